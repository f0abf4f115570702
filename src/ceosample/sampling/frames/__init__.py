"""A table of responses becomes units, strata, exclusions, a manifest and files, and comes back.

It imports ``engine``, ``names`` and ``ticket``.
"""
