"""One response's own story in a month: where its ticket stands, and why it was drawn or not.

It imports ``blinding``, ``verify`` and what those import.
"""
