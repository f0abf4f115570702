"""What may be recorded, and the recording of it, in one transaction: one file a subject.

It imports ``replay``, ``rules`` and ``store``.
"""
