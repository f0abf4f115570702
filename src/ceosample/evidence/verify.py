"""A file of evidence checked with nothing but itself: index, chain, draws, sheets and figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import attrs

from ceosample import files
from ceosample.canonical import Json, digest, is_digest, parse_canonical
from ceosample.errors import CeosampleError, RecordError, joined
from ceosample.evidence.archive import LARGEST, unpacked
from ceosample.evidence.dated_head import DatedHead
from ceosample.evidence.index import FORM, index_of, sums_of
from ceosample.evidence.levels import EvidenceLevel, EvidenceReport, StoppedAt
from ceosample.evidence.month_steps import MonthSteps
from ceosample.evidence.months import EvidenceMonth, months_of
from ceosample.evidence.request import FIGURES, EvidenceRequest
from ceosample.evidence.steps import EVENTS, INDEX, PAGE, SIGNATURE, SUMS
from ceosample.release import program
from ceosample.report.board import BoardReport
from ceosample.sampling.verify import Level
from ceosample.signoff.check import ChainReport
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.verify_folder import FolderReport
from ceosample.text import counted, quoted
from ceosample.verifier.page import VERIFIER, is_shipped

_UNKNOWN_VERIFIER: Final = (
    f"{VERIFIER}: no release known here shipped it; use another copy, since this one can lie"
)


@attrs.define
class _Found:
    """What was found so far."""

    chain: ChainReport | None = None
    months: dict[str, FolderReport] = attrs.field(factory=dict)
    notes: list[str] = attrs.field(factory=list)


def verify_evidence(
    path: str | Path,
    *,
    head: str | None = None,
    dated: dt.datetime | None = None,
    rolled: dt.datetime | None = None,
    stamp_roots: bytes | None = None,
) -> EvidenceReport:
    """Check a file of evidence, and report the first difference.

    The index is compared with the files, each event with the one before it, each month with the
    ledger's digests and with a draw that is made again, each sheet and time stamp with the chain,
    and the report's figures with the events.

    Args:
        path: the file.
        head: a hash from dated paper, that of a signed closing sheet for example; None to check
            without. Without one, a history that was made up as a whole does not show.
        dated, rolled: the time on the paper and the time of the dice by the minutes, both aware,
            where ``head`` is the hash on a commitment sheet's line Event. They show that the
            commitment of that month is older than its seed. None for neither. ``rolled`` without
            ``dated`` goes with ``stamp_roots``: it is the time of the file's one month from dice.
        stamp_roots: the certificates of the time-stamping authorities that you trust, in PEM: the
            time stamps are checked, and can prove the order. None holds each time stamp to its
            event, and leaves its signature.

    Returns:
        A report; a file that is wrong is a finding and not an exception.

    Raises:
        RecordError: there is no such file, the roots are no certificates, ``dated`` is given
            without the others, ``head`` with times is no freeze of a month of the file, or
            ``rolled`` could be of several months.
        MissingPartError: what checks time stamps is not installed.
        OSError: it cannot be read.

    >>> import tempfile, ceosample as cs
    >>> with tempfile.NamedTemporaryFile(suffix=".zip") as file:
    ...     cs.verification.verify_evidence(file.name).level.name
    'MALFORMED'
    """
    with_stamps = rolled if dated is None and stamp_roots is not None else None
    paper = DatedHead.of(head, dated, rolled) if with_stamps is None else None
    place = Path(path)
    if not place.is_file():
        raise RecordError(f"{place}: not there; give the path of a file of evidence")
    with files.opened(place) as file:
        data = file.read(LARGEST + 1)  # one byte more says that it is too large
    found = _Found()
    try:
        level = _check(data, place.name, head, paper, with_stamps, stamp_roots, found)
        difference = None
    except StoppedAt as stop:
        level, difference = stop.level, stop.difference
    return EvidenceReport(
        level, difference, digest(data), found.chain, found.months, tuple(found.notes)
    )


def _check(
    data: bytes,
    where: str,
    head: str | None,
    paper: DatedHead | None,
    rolled: dt.datetime | None,
    roots: bytes | None,
    found: _Found,
) -> EvidenceLevel:
    parts, index, request = _read(data, where)
    _require_files(parts, index)
    with _ledger(parts) as ledger:
        found.chain = ledger.check(head)
        _require_chain(found.chain, index)
        # The report was made of a chain that nobody had compared with paper.
        chain = found.chain if head is None else ledger.check()
        months = months_of(ledger, request.population, request.first, request.last, chain.events)
        steps = MonthSteps.of(
            parts, ledger, months, roots, paper, rolled, found.months, found.notes
        )
        steps.require_months(letters=request.letters)
        steps.require_papers()
        report = request.report(ledger, chain)
    found.notes += _require_pages(report, chain, parts, index, request, steps)
    found.notes += _notes(parts, index, head, months)
    found.notes += _unproved(found.months)
    return EvidenceLevel.AGREES if index["program"] == program() else EvidenceLevel.NUMBERS


def _read(data: bytes, where: str) -> tuple[dict[str, bytes], dict[str, Any], EvidenceRequest]:
    """The parts, what the index states, and what was asked for."""
    try:
        parts = unpacked(data, where)
        if INDEX not in parts:
            raise RecordError(f"{where}: holds no {INDEX}, so it is no evidence; give another file")
        index = _index(parts[INDEX])
        return parts, index, EvidenceRequest.of(index["asked"])
    except CeosampleError as error:
        raise StoppedAt(EvidenceLevel.MALFORMED, error.faults[0]) from None


def _index(data: bytes) -> dict[str, Any]:
    try:
        if not data.endswith(b"\n"):
            raise ValueError("has no newline at its end")
        fields = parse_canonical(data[:-1])
    except ValueError as error:
        raise RecordError(f"{INDEX}: {error}") from None
    if not isinstance(fields, dict) or fields.get("evidence") != FORM:
        raise RecordError(f"{INDEX}: not an index that this release reads; use a newer release")
    wanted = {"asked": dict, "files": dict, "ledger": dict, "program": str}
    for name, kind in wanted.items():
        if not isinstance(fields.get(name), kind):
            raise RecordError(f"{INDEX}, {name}: missing, or of another kind")
    signed = fields.get("signed_by")
    if signed is not None and not is_digest(signed):
        raise RecordError(f"{INDEX}, signed_by: got {quoted(signed, 64)}; it is a SHA-256 or null")
    return fields


def _require_files(parts: Mapping[str, bytes], index: Mapping[str, Any]) -> None:
    """Raise unless the files are those that the index names, to the byte."""
    listed = index["files"]
    beside = {INDEX, SUMS, *([SIGNATURE] if index["signed_by"] is not None else [])}
    if missing := sorted({*listed, *beside} - parts.keys()):
        raise StoppedAt(EvidenceLevel.FILES, f"{quoted(missing[0], 200)}: not in the file")
    if others := sorted(parts.keys() - listed.keys() - beside):
        raise StoppedAt(EvidenceLevel.FILES, f"{others[0]}: the index does not name it")
    for name, said in listed.items():
        held = {"bytes": len(parts[name]), "sha256": digest(parts[name])}
        for field, value in held.items():
            if not isinstance(said, dict) or said.get(field) != value:
                raise StoppedAt(
                    EvidenceLevel.FILES,
                    f"{name}: its {field} is {value}, and the index has another",
                )
    summed = {name: data for name, data in parts.items() if name not in (SUMS, SIGNATURE)}
    if parts[SUMS] != sums_of(summed):
        raise StoppedAt(EvidenceLevel.FILES, f"{SUMS}: has other digests than the files")


def _ledger(parts: Mapping[str, bytes]) -> Ledger:
    """A ledger in memory that holds the events."""
    try:
        return Ledger.restore("sqlite://", parts.get(EVENTS, b"").splitlines(keepends=True))
    except CeosampleError as error:
        raise StoppedAt(EvidenceLevel.EVENTS, f"{EVENTS}: {error.faults[0]}") from None


def _require_chain(chain: ChainReport, index: Mapping[str, Any]) -> None:
    """Raise unless the chain is whole, holds the hash on paper, and ends where the index says."""
    if chain.first_difference is not None:
        raise StoppedAt(EvidenceLevel.EVENTS, f"{EVENTS}: {chain.first_difference}")
    said = {"events": chain.events, "head": chain.head}
    if index["ledger"] != said:
        raise StoppedAt(
            EvidenceLevel.EVENTS,
            f"{INDEX}, ledger: the events end with number {chain.events}, {chain.head}; "
            "the index says another end",
        )


def _require_pages(
    report: BoardReport,
    chain: ChainReport,
    parts: Mapping[str, bytes],
    index: Mapping[str, Any],
    request: EvidenceRequest,
    steps: MonthSteps,
) -> list[str]:
    """What to say of the pages, which are those that the events give.

    Raises:
        StoppedAt: they are not.
    """
    if what := _other_figures(parts.get(FIGURES, b""), report.to_dict()):
        raise StoppedAt(EvidenceLevel.FIGURES, f"{FIGURES}: {what}")
    if index["program"] != program():
        # Another release prints other words.
        return [
            *([] if is_shipped(parts.get(VERIFIER, b"")) else [_UNKNOWN_VERIFIER]),
            "the figures are those of the events",
            f"not compared: the words of the pages, made with {index['program']}; check them with "
            "that release",
        ]
    kept = {n: data for n, data in parts.items() if n not in (PAGE, INDEX, SUMS, SIGNATURE)}
    index_again = index_of(
        request,
        chain,
        steps.months,
        kept,
        title=report.title,
        program=program(),
        certificate=index["signed_by"],
        digests=steps.digests,
    )
    for name, data in {**request.pages(report), **index_again}.items():
        if parts.get(name) != data:
            raise StoppedAt(EvidenceLevel.FIGURES, f"{name}: the events give another")
    return ["report, figures, method and index: made again from the events, byte by byte"]


def _other_figures(data: bytes, made: Json) -> str | None:
    """The first figure that the events give otherwise; names that only one release has are left."""
    try:
        return _difference(parse_canonical(data.removesuffix(b"\n")), made, "")
    except ValueError as error:
        return str(error)


def _difference(said: Json, made: Json, where: str) -> str | None:
    """Where two values differ first, in words; None if they do not."""
    pairs: list[tuple[str, Json, Json]]
    if isinstance(said, dict) and isinstance(made, dict):
        pairs = [(f"{where}, {name}", said[name], made[name]) for name in said if name in made]
    elif isinstance(said, list) and isinstance(made, list) and len(said) == len(made):
        pairs = [(f"{where}, {n}", *both) for n, both in enumerate(zip(said, made, strict=True), 1)]
    elif said == made:
        return None
    else:
        place = where.removeprefix(", ")
        return f"{place}: got {quoted(said, 40)}; the events give {quoted(made, 40)}"
    found = (_difference(one, other, place) for place, one, other in pairs)
    return next(filter(None, found), None)


def _unproved(months: Mapping[str, FolderReport]) -> Iterator[str]:
    """What to do for the months of which nothing shows that the seed came last."""
    if periods := [period for period, one in months.items() if one.level is Level.REPRODUCED]:
        yield (
            f"not shown by this file, of {joined(periods)}: that the commitment is older than the "
            "seed; give the hash on a month's dated commitment sheet, line Event, as --head, its "
            "date as --dated, and the time of its seed as --rolled"
        )


def _notes(
    parts: Mapping[str, bytes],
    index: Mapping[str, Any],
    head: str | None,
    months: list[EvidenceMonth],
) -> list[str]:
    notes = [f"{counted(len(parts), 'file')}, each with its digest in {INDEX} and {SUMS}"]
    if waiting := [month.period for month in months if month.draw is None]:
        notes.append(f"no draw counts in {', '.join(waiting)}")
    if index["signed_by"] is not None:
        notes.append(
            f"not looked at: {SIGNATURE}; check it with openssl, as index.html says, against a "
            "root certificate that you have from somebody else"
        )
    if head is None:
        notes.append(
            "not shown by this file: that the chain was not made up as a whole; give --head with "
            "the hash of a signed closing sheet"
        )
    return notes
