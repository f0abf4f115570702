"""What goes before the executive: cover and dockets, pack, signing room, attendance sheet.

It imports ``existing_letters``, ``pdf``, ``room`` and what those import.
"""

from typing import Final

#: The record of a pack; its name is here for those who look for one and make none.
PACK: Final = "pack.json"
