"""Digital signatures on a letter's PDF: key, certificate, CMS, field, incremental update, sign,
validate. It imports ``papers`` and what that imports.
"""
