"""What customers went through, what waits for them, and what was promised to them.

It imports ``figures``, ``replay`` and ``store``.
"""
