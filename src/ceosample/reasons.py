"""The one table of reasons: why a command ended as it did, and with which exit code.

Programs go by these codes, so a code stays what it is from release to release. ``docs/on-call.md``
has a row for each, and a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

#: The exit code of "try again later": nothing is wrong that a person must correct.
AGAIN: Final = 75

#: The exit code of "a person must correct how it is set up".
SETUP: Final = 78

#: What a shell adds to a signal's number for a program that the signal ended.
SIGNALLED: Final = 128

#: The exit code of a reader that went away, ``| head -1``: as of other programs of Unix.
PIPE: Final = SIGNALLED + 13

#: Reason to exit code.
REASONS: Final[Mapping[str, int]] = {
    # All is well.
    "done": 0,
    "nothing-due": 0,
    # A check, and what was asked.
    "difference": 1,
    "usage": 2,
    "conflict": 3,
    # What was given cannot be taken.
    "table": 65,
    "plan": 65,
    "seed": 65,
    "gate": 65,
    "inference": 65,
    "record": 65,
    "letters": 65,
    "signature": 65,
    "ledger-refused": 65,
    "order": 65,
    "no-ledger": 65,
    "ledger-damaged": 65,
    # The machine.
    "missing-part": 69,
    "internal-error": 70,
    "disk": 70,
    # Later.
    "waiting-for-seed": AGAIN,
    "busy": AGAIN,
    "database-busy": AGAIN,
    "database-away": AGAIN,
    "database-lost": AGAIN,
    "database-standby": AGAIN,
    "disk-full": AGAIN,
    "clock": AGAIN,
    "clock-behind": AGAIN,
    # How it is set up.
    "configuration": SETUP,
    "regime": SETUP,
    "database-password": SETUP,
    "database-missing": SETUP,
    "database-rights": SETUP,
    "database-ssl": SETUP,
    "database-settings": SETUP,
    # From outside.
    "hung-up": SIGNALLED + 1,
    "interrupted": SIGNALLED + 2,
    "broken-pipe": PIPE,
    "stopped": SIGNALLED + 15,
}
