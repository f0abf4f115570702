"""Files that an office fills in: decisions (JSON, CSV), and the older tracker, taken over.

It imports ``recording``, ``replay``, ``rules`` and ``store``.
"""
