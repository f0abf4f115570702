"""What a ledger's verdicts say: collected letter by letter, kept as a record, put into words.

It imports ``bounds``, ``cells`` and ``monitoring``.
"""
