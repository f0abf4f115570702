"""What you can do with a ledger, and ask it: one file a subject. ``Ledger`` inherits from each. It
imports what lies in ``signoff``, except for ``ledger``; what a single act needs, the act loads:
who reads a ledger needs no draw, no tracker of others and no pack.
"""
