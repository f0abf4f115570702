"""What an event may be: one definition, with a number, for all who record, import and check.

It imports ``replay`` and ``store``.
"""
