"""Quick proofs with which a check begins; whatever fails one is read and judged in full.

It imports ``rules`` and ``store``.
"""
