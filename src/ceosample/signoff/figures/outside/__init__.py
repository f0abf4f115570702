"""Figures of what is outside the sample: the casebook, and who co-signs with whom.

It imports ``figures``, ``replay`` and ``store``.
"""
