"""What stands on the cover sheet and on the dockets, fact by fact.

It imports ``contents``, ``existing_letters``, ``letter``, ``markup`` and ``regimes``.
"""
