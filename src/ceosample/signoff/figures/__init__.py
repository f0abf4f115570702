"""Counts with denominators, pure functions of events: they write nothing and know no database. It
imports ``replay`` and of ``store`` only what an event is.
"""
