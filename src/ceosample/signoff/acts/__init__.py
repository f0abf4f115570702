"""What you can do with a ledger, and ask it: one file a subject. ``Ledger`` inherits from each. It
imports what lies in ``signoff``, except for ``ledger``.
"""
