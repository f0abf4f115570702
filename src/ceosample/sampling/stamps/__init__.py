"""Time stamps of RFC 3161: what asks for one, what an answer shows, what it proves of a draw.

It imports ``draw``, ``seeds`` and ``verify``.
"""
