"""Letters that exist already, as PDF: checked, read, shown and joined to their approval slip, and
never changed. What reads their bytes works in the child process. It imports ``markup``.
"""
