"""What an event may be: one definition, with a number, for what is recorded, imported and checked.
It imports ``store`` and ``replay``.
"""
