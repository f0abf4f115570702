"""The search for the most and the fewest defects that explain what was found in one month.

It imports ``cells`` and ``few_errors``.
"""
