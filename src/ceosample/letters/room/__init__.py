"""The parts that a room's page is put together from, and the page of a sealed one.

It imports nothing else of ``letters``.
"""
