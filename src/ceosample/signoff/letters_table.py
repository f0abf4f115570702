"""Every letter of a ledger as a table with a row for each, safe to open in a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

import attrs

from ceosample import files
from ceosample.letters.letter import CODE_DIGITS
from ceosample.result import Result
from ceosample.show import html_table, stratum_words
from ceosample.signoff.figures.coverage import rows_of_strata
from ceosample.signoff.replay.history import History
from ceosample.signoff.replay.lifecycle import IN_PERSON
from ceosample.signoff.replay.past_signoffs import standing
from ceosample.signoff.replay.valid_events import histories_of, valid_events
from ceosample.signoff.replay.zones import Zones
from ceosample.signoff.store.events import Event
from ceosample.spreadsheet import SPREADSHEET, Audience, csv_table, require_audience
from ceosample.text import counted
from ceosample.workbook.write import workbook

#: A row: the text or the whole number of each column; None where there is nothing to say.
Cells: TypeAlias = "Mapping[str, str | int | None]"

COLUMNS: Final = (
    *("source", "verified", "population", "period", "unit_id", "stratum", "in_full", "drawn"),
    *("state", "version", "code", "signatory", "owner", "due", "signed_by", "signed_on"),
    *("reason_codes", "verdict", "finding_codes", "counted_signed", "counted_of", "row"),
)

#: Of a month and a stratum: counts, and what they are out of.
COUNTS: Final = (
    *("population", "period", "stratum", "in_full", "eligible", "planned", "selected"),
    *("signed", "by_deputy", "filled"),
)

#: What a notebook shows: the newest letters, and of each where it stands.
SHOWN: Final = 8
SHOWN_COLUMNS: Final = ("period", "unit_id", "stratum", "state", "signed_by", "signed_on", "due")

#: The verdict that a letter has once a finding says so.
DEFECTIVE: Final = "defective"

_SIGNED: Final = (*IN_PERSON, "signed_by_deputy")


@attrs.frozen
class LettersTable(Result):
    """The letters of a ledger, its counts, and what was imported.

    Attributes:
        letters: a row with ``COLUMNS`` for each letter selected in a valid draw. The sums of
            ``counted_signed`` and ``counted_of`` are sign-off coverage.
        months: a row with ``COUNTS`` for each month and stratum.
        imported: a row with ``COLUMNS`` for each letter imported from an older tracker:
            unverified, and counted in no figure.
    """

    letters: tuple[Cells, ...]
    months: tuple[Cells, ...]
    imported: tuple[Cells, ...]

    def to_csv(self, *, audience: Audience = SPREADSHEET) -> bytes:
        """The letters and below them the imported ones as CSV, UTF-8.

        Args:
            audience: ``"spreadsheet"`` puts an apostrophe before each text that begins with
                neither a letter nor a digit, so that no cell runs, and a byte order mark before
                the file. ``"machine"`` writes every text as it is: open it in a program, never in
                a spreadsheet.

        Raises:
            ValueError: another audience.
        """
        rows = ([row[name] for name in COLUMNS] for row in (*self.letters, *self.imported))
        return csv_table(COLUMNS, rows, audience)

    def to_xlsx(self) -> bytes:
        """A workbook of three sheets: letters, months, imported; the same table gives equal bytes.

        Raises:
            LedgerError: more letters than a sheet has rows.
            MissingPartError: the extra ``excel`` is not installed.
        """
        return workbook(
            {
                "letters": _sheet(COLUMNS, self.letters),
                "months": _sheet(COUNTS, self.months),
                "imported, unverified": _sheet(COLUMNS, self.imported),
            }
        )

    def save(self, path: str | Path, *, audience: Audience = SPREADSHEET) -> None:
        """Write it to a file, as a workbook or CSV by the ending of its name, whole or not at all.

        Args:
            path: the file.
            audience: for whom a CSV file is, see :meth:`to_csv`. A workbook is the same for both:
                its cells are typed.

        Raises:
            ValueError: a name that ends in neither ``.xlsx`` nor ``.csv``, or another audience.
        """
        place = Path(path)
        require_audience(audience)
        if place.suffix.lower() == ".xlsx":
            files.write_whole(place, self.to_xlsx())
        elif place.suffix.lower() == ".csv":
            files.write_whole(place, self.to_csv(audience=audience))
        else:
            raise ValueError(f"path: got {place.name!r}; give a name that ends in .xlsx or .csv")

    def __str__(self) -> str:
        more = f" and {len(self.imported)} imported ones, unverified" if self.imported else ""
        return f"{counted(len(self.letters), 'letter')}{more}"

    def _repr_html_(self) -> str:
        """The newest letters as HTML; the files hold all of them."""
        newest = self.letters[-SHOWN:]
        rows = [[str(row[name] or "") for name in SHOWN_COLUMNS] for row in newest]
        left = len(self.letters) - len(newest)
        notes = [f"{counted(left, 'letter')} more before these"] if left else []
        return html_table(str(self), SHOWN_COLUMNS, rows, "l" * len(SHOWN_COLUMNS), notes)


def letters_table(events: Iterable[Event]) -> LettersTable:
    """A table of every letter, from a ledger's events.

    Corrected and superseded events do not count. The table holds ids, states, codes and dates. A
    ledger's events hold neither customers' names nor text.

    >>> letters_table([]).to_csv().decode("utf-8-sig").split(",")[:5]
    ['source', 'verified', 'population', 'period', 'unit_id']
    """
    read = list(events)
    counted = valid_events(read)
    histories = histories_of(counted, annotations=True)
    drawn = (h for h in histories.values() if h.state != "reserve")
    zones = Zones.of(read)
    return LettersTable(
        letters=tuple(
            _letter(h, zones) for h in sorted(drawn, key=lambda history: history.subject)
        ),
        months=tuple(_months(counted, list(histories.values()))),
        imported=tuple(
            _claim(e)
            for e in sorted(standing(read), key=lambda e: (e.population, e.period, e.unit_id))
        ),
    )


def _letter(history: History, zones: Zones) -> dict[str, Any]:
    signed = history.standing(*_SIGNED)
    reasons = [e.payload["reason_code"] for e in history.events if "reason_code" in e.payload]
    findings = [event.payload for event in history.annotations if event.kind == "finding"]
    codes = [code for said in findings for code in said.get("codes", ())]
    docket, sample = history.docket, history.original and not history.take_all
    return _row(
        source="ledger",
        verified="yes",
        **history.subject._asdict(),
        stratum=stratum_words(history.stratum),
        in_full="yes" if history.take_all else "no",
        drawn="original" if history.original else "substitute",
        state=history.state,
        version=history.versions,
        code=history.letter and history.letter[:CODE_DIGITS],
        signatory=docket.get("signatory"),
        owner=docket.get("owner"),
        due=docket.get("due"),
        signed_by=signed and signed.actor,
        signed_on=signed and zones.day(signed).isoformat(),
        reason_codes=" ".join(reasons) or None,
        verdict=_verdict([said["verdict"] for said in findings]),
        finding_codes=" ".join(dict.fromkeys(codes)) or None,
        counted_signed=int(sample and history.reached(*IN_PERSON)),
        counted_of=int(sample),
    )


def _verdict(verdicts: Sequence[str]) -> str | None:
    """One verdict a letter: defective where any finding says so, as the board's report counts."""
    return DEFECTIVE if DEFECTIVE in verdicts else next(iter(verdicts), None)


def _claim(event: Event) -> dict[str, Any]:
    said = event.payload
    return _row(
        source="imported",
        verified="no",
        population=event.population,
        period=event.period,
        unit_id=event.unit_id,
        stratum=None if said["stratum"] is None else stratum_words(said["stratum"]),
        state=said["outcome"],
        signed_by=said["signed_by"],
        signed_on=said["signed_on"],
        counted_signed=0,
        counted_of=0,
        row=said["row"],
    )


def _row(**said: Any) -> dict[str, Any]:
    return {name: said.get(name) for name in COLUMNS}


def _months(counted: Iterable[Event], histories: Iterable[History]) -> Iterator[dict[str, Any]]:
    """The counts of each month's strata, as sign-off coverage counts them."""
    events: dict[tuple[str, str], list[Event]] = {}
    for event in counted:
        if event.kind == "drawn" and event.population and event.period:
            events.setdefault((event.population, event.period), []).append(event)
    letters: dict[tuple[str, str], list[History]] = {}
    for history in histories:
        letters.setdefault(history.subject[:2], []).append(history)
    for month in sorted(events):
        for row in rows_of_strata(events[month], letters.get(month, ())):
            yield {
                **dict(zip(("population", "period"), month, strict=True)),
                "stratum": stratum_words(row.stratum),
                "in_full": "yes" if row.take_all else "no",
                **{name: getattr(row, name) for name in COUNTS[4:]},
            }


def _sheet(columns: Iterable[str], rows: Iterable[Cells]) -> list[list[str | int | None]]:
    names = list(columns)
    return [[*names], *([row[name] for name in names] for row in rows)]
