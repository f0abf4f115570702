"""What was lost is noticed: the ledger that a configuration names, and the files of its months.

It imports ``due``, ``freeze_month``, ``month``, ``pickup_folder``, ``render_pack`` and ``sources``.
"""
