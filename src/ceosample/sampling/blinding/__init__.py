"""Ids that tell nothing: a frame that can be published, and the salts that lead back from it.

It imports ``frames`` and ``ticket``.
"""
