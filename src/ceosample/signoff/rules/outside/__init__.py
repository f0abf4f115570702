"""Rules about what is outside the sample: the casebook, and resolutions outside policy.

It imports ``replay``, ``rules`` and ``store``.
"""
