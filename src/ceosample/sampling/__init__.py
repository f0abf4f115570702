"""Frame, plan, commitment, seed, tickets, draw and verification: scheme ``ceosample/1``.

Everything here is pure: no clock, no network, no random source, and no file but through
``ceosample.files``.
"""
