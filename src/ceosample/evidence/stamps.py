"""The time stamps in a file of evidence checked at their own time, and what they prove of a month.

They are checked only against roots that the caller gives. Without them each is held to the digest
that it must be of, and to nothing else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

import attrs

from ceosample.errors import LedgerError, RecordError
from ceosample.evidence.papers import Digests, answers_in, stamp_in
from ceosample.sampling.draw import Draw
from ceosample.sampling.seeds.seed_source import SeedSource
from ceosample.sampling.stamps.evidence import ANSWER, seed_time
from ceosample.sampling.stamps.stamp import TimeStamp, check_stamp
from ceosample.sampling.verify import Receipt
from ceosample.signoff.receipts import receipt_for
from ceosample.signoff.store.events import Event
from ceosample.text import counted

#: What the files of requests are called.
QUERY = ".tsq"

_WHAT = {"commitment": "the commitment", "head": "the ledger's head", "chain": "the chain's end"}

_NO_TIME = (
    "this file does not show when the seed came to be; give its time by the minutes with --rolled"
)


@attrs.frozen
class CheckedStamps:
    """What is found of the time stamps in a file of evidence.

    Attributes:
        right: the time stamps that are right, by name.
        faults: what is wrong with the others, by name.
    """

    right: Mapping[str, TimeStamp] = attrs.field(factory=dict)
    faults: Mapping[str, str] = attrs.field(factory=dict)

    def of(self, period: str) -> dict[str, TimeStamp]:
        """Those in a month's folder, and those of chains."""
        return {
            name: stamp
            for name, stamp in self.right.items()
            if name.startswith(f"months/{period}/") or stamp_kind(name) == "chain"
        }


def checked_stamps(parts: Mapping[str, bytes], digests: Digests, roots: bytes) -> CheckedStamps:
    """Check each time stamp: of the digest that its name calls for, and an answer to its request.

    Args:
        parts: the files of the evidence.
        digests: those of its events.
        roots: the certificates of the authorities that you trust, in PEM.

    Raises:
        RecordError: the roots are no certificates.
        MissingPartError: the extra ``timestamp`` is not installed.
    """
    right: dict[str, TimeStamp] = {}
    faults: dict[str, str] = {}
    for name in answers_in(parts):
        asked = parts.get(f"{name.removesuffix(ANSWER)}{QUERY}")
        try:
            right[name] = check_stamp(
                parts[name], roots=roots, digest=digests.stamped(name), query=asked
            )
        except RecordError as error:
            if error.faults[0].startswith("roots"):
                raise
            faults[name] = error.faults[0]
    return CheckedStamps(right, faults)


def stamp_kind(name: str) -> str | None:
    """Of what a time stamp is: a commitment, a head, or a chain."""
    found = stamp_in(name)
    return None if found is None else found["kind"]


def proved(
    draw: Draw,
    stamps: Mapping[str, TimeStamp],
    events: Sequence[Event],
    rolled: dt.datetime | None = None,
) -> tuple[Receipt | None, list[str]]:
    """The oldest receipt that time stamps give a draw, and what to say of each of them.

    Args:
        draw: the month's.
        stamps: right ones, by name.
        events: all of the ledger, oldest first.
        rolled: the time of the dice by the minutes; None where a beacon shows the seed's time.
    """
    receipts: list[Receipt] = []
    notes: list[str] = []
    for name, stamp in stamps.items():
        receipt, note = _of(draw, name, stamp, events, rolled)
        receipts += [] if receipt is None else [receipt]
        notes += [] if note is None else [f"{PurePosixPath(name).name}: {note}"]
    return min(receipts, key=lambda one: one.at, default=None), notes


def _of(
    draw: Draw, name: str, stamp: TimeStamp, events: Sequence[Event], rolled: dt.datetime | None
) -> tuple[Receipt | None, str | None]:
    kind = str(stamp_kind(name))
    said = f"{_WHAT[kind]} is at least as old as {stamp.words}"
    if kind == "chain":
        link = SeedSource.parse(draw.seed.source).link
        return None, said if link is not None and link.end == stamp.digest else None
    if kind == "commitment" and stamp.digest != draw.commitment:
        return None, f"of another commitment, {stamp.digest}; proves nothing here"
    when = seed_time(draw.seed, rolled)
    if when is None:
        return None, f"{said}; {_NO_TIME}"
    seed_at, words = when
    if kind == "commitment":
        return Receipt(draw.commitment, stamp.latest, seed_at, stamp.words, words), None
    if stamp.latest >= seed_at:
        return None, said
    subject = (draw.population, str(draw.period))
    month = [event for event in events if (event.population, event.period) == subject]
    try:
        receipt = receipt_for(
            draw, month, events, stamp.digest, stamp.latest, seed_at, f"in {stamp.words}"
        )
    except LedgerError as error:
        return None, f"{said}; {error.faults[0]}"
    return attrs.evolve(receipt, seed_evidence=words), None


def unchecked(parts: Mapping[str, bytes]) -> Iterator[str]:
    """What to say of time stamps where no roots were given."""
    if names := answers_in(parts):
        yield (
            f"not looked at: the signatures of {counted(len(names), 'time stamp')}, "
            f"{PurePosixPath(names[0]).name} first; each names a digest of these events. Give "
            "--stamp-root with the root certificate that you have from the authority"
        )
