"""A chain of seeds: what of it is published, its secret, and the file that keeps the secret.

It imports ``names`` and ``seeds``.
"""
