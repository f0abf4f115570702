"""Frame, plan, commitment, seed, tickets, draw and verification: scheme ``ceosample/1``.

Everything here is pure: no clock, no network, no random source, and no file but through
``ceosample.files``.
"""

from typing import Final

#: The record of a draw; its name is here for those who look for one and make none.
DRAW: Final = "draw.json"
