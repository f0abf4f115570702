"""A regulation as data: rules, deadlines, working days, elements; ``*.toml`` are those shipped.

It imports nothing else of ``letters``.
"""
