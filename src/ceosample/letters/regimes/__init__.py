"""A regulation as data: rules, deadlines, working days, elements; the files ``*.toml`` are the
shipped ones. It imports nothing else of ``letters``.
"""
