"""A file of evidence made from a ledger and the folders of its months."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from ceosample import files
from ceosample.canonical import digest
from ceosample.errors import BusyError, LedgerError, SignatureError
from ceosample.evidence.archive import packed
from ceosample.evidence.collect import collected, megabytes, require_room
from ceosample.evidence.index import index_of
from ceosample.evidence.months import months_of
from ceosample.evidence.papers import Digests
from ceosample.evidence.request import EvidenceRequest
from ceosample.evidence.steps import EVENTS, SIGNATURE, SUMS
from ceosample.letters.pdf.paper_size import A4
from ceosample.period import Period, as_period
from ceosample.release import program
from ceosample.result import Result
from ceosample.show import Described
from ceosample.signoff.check import ChainReport
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.replay.methods import Method
from ceosample.text import counted

if TYPE_CHECKING:
    from ceosample.letters.signatures.signing_key import SigningKey


@attrs.frozen
class Evidence(Described, Result):
    """What an auditor is handed.

    Attributes:
        files: every file by its name, the index and its signature among them.
        check: the check of the ledger, whose events are in it.
        months: the months of the range that were ever frozen.
    """

    files: Mapping[str, bytes] = attrs.field(repr=False)
    check: ChainReport
    months: tuple[str, ...]

    def to_zip(self) -> bytes:
        """One file, which is the same bytes whenever and wherever it is made."""
        return packed(self.files)

    def save(self, path: str | Path) -> None:
        """Write it to a file, whole or not at all.

        Args:
            path: the file, by custom with a name that ends in ``.zip``.
        """
        files.write_whole(Path(path), self.to_zip())

    def to_dict(self) -> dict[str, Any]:
        """For JSON: the digest of each file in the place of its bytes."""
        named = {name: digest(data) for name, data in sorted(self.files.items())}
        return {"files": named, "check": self.check.to_dict(), "months": [*self.months]}

    def _facts(self) -> tuple[str, list[tuple[str, str]]]:
        size = megabytes(sum(map(len, self.files.values())))
        months = ", ".join(self.months) or "no month was frozen"
        return f"{counted(len(self.files), 'file')}, {size}", [
            ("months", months),
            ("ledger", str(self.check).splitlines()[0]),
        ]


def evidence(
    ledger: Ledger,
    folders: Mapping[str, str | Path],
    *,
    population: str,
    first: Period | str,
    last: Period | str,
    as_of: dt.datetime,
    firm: str | None = None,
    method: Method | None = None,
    holidays: Iterable[dt.date] = (),
    paper_size: str = A4,
    letters: bool = False,
    chain_stamps: Iterable[str | Path] = (),
    key: SigningKey | None = None,
) -> Evidence:
    """Everything that an outsider needs to check a range of months, in one file.

    It holds the draws, the ledger's events, the sheets and time stamps of the months, the board's
    report, the method, and an index. Names and texts of customers are in none of them, unless you
    ask for the letters.

    Args:
        ledger: the ledger. All its events up to now go in: a part of a chain cannot be checked.
        folders: by month, ``2026-10``, the folder of its files. Of what is in it, the public
            record, the sheets and the time stamps go in, and nothing else.
        population: whose months.
        first, last: the months, both included.
        as_of: the moment of the report; aware.
        firm: the firm's name, on one line, to head the pages.
        method: how verdicts are read where the first month states no method.
        holidays: days off from Monday to Friday.
        paper_size: what a browser prints the pages on: ``a4``, or ``letter`` for US Letter.
        letters: True for the letters as they were sent, with customers' names and texts.
        chain_stamps: files ``chain-....tsr`` and ``.tsq``: time stamps of the ends of chains, and
            the requests for them. They are in no month's folder.
        key: signs the digests of all files; the certificate must be valid at ``as_of``. None leaves
            the file unsigned.

    Raises:
        LedgerError: the ledger is broken, or what was asked for cannot be.
        RecordError: files that the ledger has digests of are missing or are others, a sheet or time
            stamp is of no event of the ledger, or all of them together have more than 50 MB.
        BusyError: another run wrote to the ledger meanwhile.
        SignatureError, MissingPartError: it cannot be signed.
        ValueError: a month that is none.

    >>> import datetime as dt, ceosample as cs
    >>> at = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
    >>> month = {"population": "complaint-responses", "period": "2026-10"}
    >>> frame = cs.Frame.from_records([{"id": f"R-{i}"} for i in range(100)], unit_id="id", **month)
    >>> plan, by = cs.Plan(size=3), {"by": "sampling", "at": at}
    >>> seed = cs.Seed.from_dice("83019274650192837465", witnesses=["internal audit"])
    >>> import tempfile
    >>> with cs.Ledger.open("sqlite://", clock=lambda: at) as ledger:
    ...     frozen = ledger.freeze(frame, plan, seed_source="dice", **by)
    ...     draw = cs.draw(frame, plan, seed)
    ...     drawn = ledger.register(draw, **by)
    ...     with tempfile.TemporaryDirectory() as folder:
    ...         draw.save(f"{folder}/packs")
    ...         made = cs.verification.evidence(
    ...             ledger, {"2026-10": f"{folder}/packs"}, population="complaint-responses",
    ...             first="2026-10", last="2026-10", as_of=at)
    ...         made.save(f"{folder}/evidence.zip")
    ...         report = cs.verification.verify_evidence(f"{folder}/evidence.zip")
    >>> made.months, report.level.name
    (('2026-10',), 'AGREES')
    """
    request = EvidenceRequest(
        population, as_period(first), as_period(last), as_of, firm, method,
        tuple(holidays), paper_size, letters,
    )  # fmt: skip
    request.require()
    check = ledger.check()
    if not check.ok:
        raise LedgerError(f"ledger: {check.first_difference}; evidence needs an intact ledger")
    months = months_of(ledger, population, request.first, request.last, check.events)
    digests = Digests.of(itertools.islice(ledger.events(), check.events))
    found = collected(
        months,
        {month: Path(place) for month, place in folders.items()},
        digests,
        chain_stamps=map(Path, chain_stamps),
        letters=letters,
    )
    report = request.report(ledger, check)
    found |= request.pages(report)
    found[EVENTS] = b"".join(itertools.islice(ledger.export(), check.events))
    if digest(found[EVENTS].rpartition(b"\n")[0].rpartition(b"\n")[2]) != check.head:
        raise BusyError("ledger: another run changed it while it was read; try again")
    found |= index_of(
        request,
        check,
        months,
        found,
        title=report.title,
        program=program(),
        certificate=None if key is None else key.certificate,
        digests=digests,
    )
    if key is not None:
        found[SIGNATURE] = _signature(found[SUMS], key, as_of)
    require_room({name: len(data) for name, data in found.items()})
    return Evidence(found, check, tuple(month.period for month in months))


def _signature(data: bytes, key: SigningKey, at: dt.datetime) -> bytes:
    from ceosample.letters.signatures.detached import sign_detached

    try:
        return sign_detached(data, key, at=at)
    except SignatureError as error:
        raise SignatureError(f"evidence: not signed; {error}") from None
