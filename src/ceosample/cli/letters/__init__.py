"""Commands about letters: record, correct, erase, render again.

It imports ``failures``, ``group`` and ``options``.
"""
