"""What the caller gives for a letter, checked and cleaned; its digest; its due date.

It imports ``existing`` and ``regimes``.
"""
