"""What was said of letters: told again, on dockets, on slips for owners and in notes of thanks.

It imports ``ledger``, ``replay`` and ``store``.
"""
