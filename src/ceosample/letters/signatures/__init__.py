"""Digital signatures on a letter's PDF: key, certificate, CMS, field, update, sign, validate.

It imports ``child_process``, ``letter``, ``papers`` and ``pdf``.
"""
