"""Commands of the executive's office: words, cases, notices, seals.

It imports ``group``, ``letters``, ``options`` and ``signing``.
"""
