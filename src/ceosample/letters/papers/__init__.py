"""What goes before the executive: cover and dockets, pack, signing room, attendance sheet,
typesetting. It imports ``letter`` and what that imports.
"""
