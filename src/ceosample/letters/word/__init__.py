"""Word files, for offices that edit in Word: a letter goes out as one, and a new body comes back.

The file is never the letter. What comes back is read as text of a closed set and rendered anew, as
a new version with a digest of its own.

It imports ``child_process``, ``contents``, ``letter``, ``markup`` and ``papers``.
"""
