"""Letters that exist already, as PDF: checked, read, joined to their approval slip, never changed.

What looks into their bytes works in the child process.

It imports ``child_process``.
"""
