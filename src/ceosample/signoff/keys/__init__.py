"""Recorders' private keys, their signatures, signed heads, and two ledgers compared by them.

It imports ``replay`` and ``store``.
"""
