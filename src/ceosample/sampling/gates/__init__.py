"""One response at a time: the rule, the register and its lines, the re-check and its report.

It imports ``frames``, ``names`` and ``ticket``.
"""
