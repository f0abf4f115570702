"""Names in a month's record: its files, its population, the codes of what it leaves out.

They are here for those who need a name and no frame or draw, such as a configuration.
"""

from __future__ import annotations

import re
from typing import Final

#: What a population may be called.
POPULATION: Final = re.compile(r"[a-z0-9-]{1,100}")

#: The record of a draw.
DRAW: Final = "draw.json"

#: The file of the units, and that of what was left out.
MANIFEST: Final = "manifest.csv"
EXCLUSIONS: Final = "exclusions.csv"

#: The code of a reason.
REASON_CODE: Final = re.compile(r"[a-z0-9-]{1,40}")

#: The reason of a unit that was drawn of late, or whose writer's letter was.
AT_REST: Final = "at-rest"
