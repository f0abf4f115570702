"""Counts with denominators, pure functions of events: they write nothing and know no database.

It imports ``replay`` and ``store``.
"""
