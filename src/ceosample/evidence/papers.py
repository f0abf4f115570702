"""The papers of a month: sheets that people sign, and time stamps, each named by a digest.

The name of a sheet begins the hash of an event. That of a time stamp begins the hash of a freeze,
of a ledger's head, or of a chain's end. So each paper is held to the events, when a file of
evidence is made and when it is checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

import attrs

from ceosample.sampling.stamps.evidence import ANSWER
from ceosample.sampling.stamps.stamp import MOST_BYTES
from ceosample.signoff.store.events import Event

#: Where the months are in the file, and the time stamps of the chains' ends.
MONTHS: Final = "months"
CHAINS: Final = "chains"

#: The sheets that people sign, each named by a hash of the ledger.
SHEET: Final = re.compile(
    r"(?P<kind>closing|interim|commitment|dice)-(?P<hash>[0-9a-f]{8})\.(?:html|pdf)"
)

#: Requests for time stamps, and an authority's answers. Those of a chain are in no month's folder.
STAMP: Final = re.compile(r"(?P<kind>commitment|head)-(?P<hash>[0-9a-f]{8})\.ts[qr]")
STAMP_OF_CHAIN: Final = re.compile(r"(?P<kind>chain)-(?P<hash>[0-9a-f]{8})\.ts[qr]")

#: So many digits of a digest are in the name of a paper.
_DIGITS: Final = 8


@attrs.frozen
class Digests:
    """What papers can be named by, each by its first eight digits.

    Attributes:
        head: the hash of every event.
        commitment: by the hash of a freeze, its commitment.
        chain: the ends of the chains that were published.
    """

    head: Mapping[str, str]
    commitment: Mapping[str, str]
    chain: Mapping[str, str]

    @classmethod
    def of(cls, events: Iterable[Event]) -> Digests:
        """Those of a ledger's events."""
        head: dict[str, str] = {}
        commitment: dict[str, str] = {}
        chain: dict[str, str] = {}
        for event in events:
            begins = event.hash[:_DIGITS]
            head[begins] = event.hash
            if event.kind == "frozen":
                commitment[begins] = event.payload["commitment"]
            elif event.kind == "chain_published":
                chain[event.payload["end"][:_DIGITS]] = event.payload["end"]
        return cls(head, commitment, chain)

    def stamped(self, name: str) -> str | None:
        """The digest that a time stamp of this name must be of; None where there is none."""
        found = stamp_in(name)
        if found is None:
            return None
        known: Mapping[str, str] = getattr(self, found["kind"])
        return known.get(found["hash"])

    def fault(self, name: str, data: bytes) -> str | None:
        """What is wrong with a paper of this name in a file of evidence; None where nothing is."""
        if (sheet := sheet_in(name)) is not None:
            whole = self.head.get(sheet["hash"])
            if whole is None:
                return "no event has a hash that begins so"
            shows = not name.endswith(".html") or whole.encode() in data
            return None if shows else f"does not show the hash {whole}"
        if stamp_in(name) is None:
            return None
        digest = self.stamped(name)
        if digest is None:
            return "no event has a hash, or a chain's end, that begins so"
        if len(data) > MOST_BYTES or bytes.fromhex(digest) not in data:
            return f"is no time stamp of {digest}, nor a request for one"
        return None


def sheet_in(name: str) -> re.Match[str] | None:
    """A sheet of a month, by its name in the file of evidence."""
    return _inside(SHEET, MONTHS, name)


def stamp_in(name: str) -> re.Match[str] | None:
    """A time stamp or a request for one, by its name in the file of evidence."""
    return _inside(STAMP, MONTHS, name) or _inside(STAMP_OF_CHAIN, CHAINS, name)


def answers_in(parts: Mapping[str, bytes]) -> list[str]:
    """The names of the authorities' answers."""
    return sorted(name for name in parts if name.endswith(ANSWER) and stamp_in(name))


def _inside(wanted: re.Pattern[str], folder: str, name: str) -> re.Match[str] | None:
    above, _, last = name.rpartition("/")
    return wanted.fullmatch(last) if above.partition("/")[0] == folder else None
