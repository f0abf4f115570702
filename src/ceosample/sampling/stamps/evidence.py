"""What time stamps prove of a draw: that its commitment, or its chain's end, came before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

import attrs

from ceosample import files
from ceosample.errors import CeosampleError, LedgerError, RecordError
from ceosample.sampling.draw import Draw
from ceosample.sampling.seeds import drand
from ceosample.sampling.seeds.beacon import TIMETABLES, time_of
from ceosample.sampling.seeds.seed import Seed
from ceosample.sampling.seeds.seed_source import SeedSource
from ceosample.sampling.stamps.stamp import TimeStamp, check_stamp
from ceosample.sampling.verify import GIVEN, Receipt

#: What the files of answers are called, and those of a month's commitments.
ANSWER: Final = ".tsr"
OF_COMMITMENT: Final = "commitment-*.tsr"

#: Gives the receipt for a head of the ledger: its hash, when it was stamped, when the seed came to
#: be, and what dates it, in words.
OfHead = Callable[[str, dt.datetime, dt.datetime, str], Receipt]


@attrs.frozen
class Stamps:
    """Time stamps that a verification is to look at.

    Attributes:
        roots: the certificates of the authorities that you trust, in PEM.
        answers: files of answers, besides the ``commitment-*.tsr`` in the month's folder.
        rolled: when the seed came to be, by the witnesses' minutes; aware. None where a beacon's
            round shows it.
    """

    roots: bytes
    answers: Sequence[Path] = ()
    rolled: dt.datetime | None = None


@attrs.define
class EvidenceOfOrder:
    """What was found.

    Attributes:
        receipt: the oldest one; None where nothing proves the order.
        notes: what to say of the time stamps that are right.
        fault: what is wrong first; None where nothing is.
        useful: whether one of them is of the draw at all.
    """

    receipt: Receipt | None = None
    notes: list[str] = attrs.field(factory=list)
    fault: str | None = None
    useful: bool = False


def evidence_of(folder: Path, stamps: Stamps, of_head: OfHead | None) -> EvidenceOfOrder:
    """What the time stamps of a month's folder prove, and those that are given besides.

    Args:
        folder: the month's.
        stamps: what to look at.
        of_head: gives a receipt for a head of the ledger; None without a ledger.

    Raises:
        MissingPartError: the extra ``timestamp`` is not installed.
        RecordError: the roots are none.
    """
    found = EvidenceOfOrder()
    there = sorted(folder.glob(OF_COMMITMENT))
    given = [path for path in map(Path, stamps.answers) if path not in there]
    if not there and not given:
        found.fault = f"{folder}: got no time stamp; give the file of an answer (--stamp)"
        return found
    try:
        draw = Draw.load(folder)
    except CeosampleError:
        return found  # the verification says what is wrong with the record
    for path in [*there, *given]:
        try:
            stamp = check_stamp(files.read(path), roots=stamps.roots)
            _take(found, draw, path, stamp, stamps.rolled, of_head, asked=path in given)
        except RecordError as error:
            found.fault = found.fault or f"{path.name}: {error.faults[0]}"
    if not found.useful and found.fault is None:
        found.fault = f"{folder}: no time stamp is of {draw.commitment}, its commitment; give it"
    return found


def _take(
    found: EvidenceOfOrder,
    draw: Draw,
    path: Path,
    stamp: TimeStamp,
    rolled: dt.datetime | None,
    of_head: OfHead | None,
    *,
    asked: bool,
) -> None:
    """Take one right time stamp for what it proves of the draw.

    Raises:
        RecordError: it proves nothing of it.
    """
    link = SeedSource.parse(draw.seed.source).link
    if link is not None and stamp.digest == link.end:
        found.useful = True
        found.notes.append(f"{path.name}: the chain's end is at least as old as {stamp.words}")
        return
    of_commitment = stamp.digest == draw.commitment
    if not of_commitment and not asked:
        found.notes.append(
            f"{path.name}: of another commitment, {stamp.digest}; proves nothing here"
        )
        return
    if not of_commitment and of_head is None:
        raise RecordError(
            f"got one of {stamp.digest}, which is neither the commitment {draw.commitment} nor the "
            "end of its chain; give the ledger (--ledger) if it is a head"
        )
    found.useful = True
    when = seed_time(draw.seed, rolled)
    if when is None:
        found.notes.append(
            f"{path.name}: {'the commitment' if of_commitment else 'the head'} is at least as old "
            f"as {stamp.words}; nothing shows when the seed came to be (--rolled)"
        )
        return
    seed_at, words = when
    receipt = Receipt(draw.commitment, stamp.latest, seed_at, stamp.words, words)
    if not of_commitment and of_head is not None:
        try:
            receipt = of_head(stamp.digest, stamp.latest, seed_at, f"in {stamp.words}")
        except LedgerError as error:
            raise RecordError(error.faults[0]) from None
        receipt = attrs.evolve(receipt, seed_evidence=words)
    if found.receipt is None or receipt.at < found.receipt.at:
        found.receipt = receipt


def seed_time(seed: Seed, rolled: dt.datetime | None) -> tuple[dt.datetime, str] | None:
    """When a seed came to be at the earliest, and what shows it; None where nothing does.

    The round of a beacon shows it where its signature was checked: it did not exist before.
    """
    named = SeedSource.parse(seed.source).round
    due = None if named is None else time_of(named)
    if (
        named is not None
        and due is not None
        and drand.why_unchecked(named, seed.signature, seed.previous_signature) is None
    ):
        name = TIMETABLES[named.beacon].name
        return due, f"round {named.number} of {name}, whose signature was checked"
    return None if rolled is None else (rolled, GIVEN)


def unchecked(folder: Path) -> Iterator[str]:
    """What to say of answers in a folder that nobody asked to look at."""
    there = sorted(path.name for path in folder.glob(f"*{ANSWER}"))
    if there:
        yield f"{', '.join(there)}: not checked; give the root of the authority (--stamp-root)"
