"""What the board is told of a month or a year: counts and what they are out of, nothing else."""

from __future__ import annotations

import datetime as dt
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import attrs

from ceosample import files
from ceosample.days import AS_WRITTEN, month_of
from ceosample.errors import InferenceError, LedgerError, MissingPartError
from ceosample.inference.ledger.infer import Statement, infer
from ceosample.inference.ledger.verdict_record import verdict_record
from ceosample.letters.pdf.paper_size import A4
from ceosample.period import Period, within
from ceosample.report import page
from ceosample.report.figures import BoardFigures, MonthFrame, Named
from ceosample.report.findings import (
    Beside,
    commonest_first,
    disagreements,
    escalations,
    findings,
    findings_by_stratum,
    recognitions,
)
from ceosample.report.outline import summary_of
from ceosample.show import html_table, text_table
from ceosample.signoff.check import ChainReport
from ceosample.signoff.figures.coverage import signoff_coverage
from ceosample.signoff.figures.divisions import unreached
from ceosample.signoff.figures.letter_facts import LetterFacts, letter_facts
from ceosample.signoff.figures.metrics import Metrics, metrics
from ceosample.signoff.figures.on_time import on_time
from ceosample.signoff.figures.open_letters import without_owner
from ceosample.signoff.figures.outside.casebook import CasebookSummary, casebook_summary
from ceosample.signoff.figures.policies import (
    OutOfPolicy,
    PolicySummary,
    policies_of,
    resolutions,
)
from ceosample.signoff.figures.ratio import Ratio
from ceosample.signoff.figures.reach import divisions_within
from ceosample.signoff.replay.cases import apart_from_cases
from ceosample.signoff.replay.history import History
from ceosample.signoff.replay.lifecycle import empty_months
from ceosample.signoff.replay.methods import Method
from ceosample.signoff.replay.past_signoffs import KINDS
from ceosample.signoff.replay.titles import title_of
from ceosample.signoff.replay.valid_events import histories_of, valid_events_at
from ceosample.signoff.replay.zones import Zones
from ceosample.signoff.store.events import Event
from ceosample.text import fault_in_title

_HEADER = ["", "count", "out of", "share"]
_ALIGN = "lrlr"


@attrs.frozen
class BoardReport(BoardFigures):
    """What the board is told, as a value, a page and a PDF.

    Its fields are those of :class:`~ceosample.report.figures.BoardFigures`.
    """

    def to_html(self, *, pictures: bool | None = None, paper_size: str = A4) -> bytes:
        """One page that asks the network for nothing and runs nothing.

        Args:
            pictures: True for tables and pictures, False for tables alone. None draws the pictures
                if the extra ``plot`` is installed, and warns if it is not.
            paper_size: what a browser prints it on: ``a4``, or ``letter`` for US Letter.

        Raises:
            ValueError: another size of paper.
            MissingPartError: ``pictures`` is True, and the extra ``plot`` is not installed.
        """
        return page.html(self, pictures=pictures, paper_size=paper_size)

    def to_pdf(self, *, pictures: bool | None = None, paper_size: str = A4) -> bytes:
        """The same as PDF/A-2a that is PDF/UA-1 too.

        Args:
            pictures, paper_size: as :meth:`to_html` takes them.

        Raises:
            MissingPartError: the extra ``pdf`` is not installed; or ``pictures`` is True, and
                ``plot`` is not.
            LedgerError: a name has a character that no font has.
        """
        return page.pdf(self, pictures=pictures, paper_size=paper_size)

    def save(self, path: str | Path, *, pictures: bool | None = None, paper_size: str = A4) -> None:
        """Write it to a file, as HTML or PDF by the ending of its name, whole or not at all.

        Args:
            path: ends in ``.html`` or ``.pdf``.
            pictures, paper_size: as :meth:`to_html` takes them.

        Raises:
            ValueError: a name that ends in neither ``.html`` nor ``.pdf``.
        """
        place = Path(path)
        made = {".html": self.to_html, ".pdf": self.to_pdf}.get(place.suffix)
        if made is None:
            raise ValueError(f"path: got {place.name!r}; give a name that ends in .html or .pdf")
        files.write_whole(place, made(pictures=pictures, paper_size=paper_size))

    def __str__(self) -> str:
        title, rows, notes = summary_of(self)
        return "\n".join([title, "", text_table(_HEADER, rows, _ALIGN), "", *notes])

    def _repr_html_(self) -> str:
        title, rows, notes = summary_of(self)
        return html_table(title, _HEADER, rows, _ALIGN, notes)


def board_report(
    events: Iterable[Event],
    *,
    population: str,
    first: Period | str | None = None,
    last: Period | str | None = None,
    as_of: dt.datetime,
    head: str | None = None,
    check: ChainReport | None = None,
    holidays: Iterable[dt.date] = (),
    ids: bool = False,
    firm: str | None = None,
    method: Method | None = None,
) -> BoardReport:
    """Count what the board is told of a range of months, as it stood at a moment.

    Args:
        events: a ledger's, from its beginning: reach and reviews look further back than ``first``.
        population: which.
        first, last: the months, both included; open by default.
        as_of: the moment, aware; the day of asking is its day in each month's zone.
        head: the hash of the ledger's newest event, to be printed; left out, the one of ``check``.
        check: what ``ledger.check()`` returned of these events, to be printed with its level; None
            if they were not checked, which the page then says.
        holidays: days off from Monday to Friday.
        ids: whether letters that are late, lapsed or without an owner are named by their ids, and
            signatories by theirs. To the law these are personal data.
        firm: the firm's name, on one line, to head the page.
        method: how verdicts are read where the first month states no method; None for 95 %, where
            a letter without a verdict counts as defective.

    Raises:
        LedgerError: a moment without a time zone, a range that ends before it begins, a firm's name
            that cannot be printed, or a story that the table of states does not allow.
        ValueError: a month that is none.

    >>> report = board_report([], population="complaint-responses",
    ...                       as_of=dt.datetime(2026, 11, 30, tzinfo=dt.UTC))
    >>> print(report.metrics.sample.signoff)
    0 of 0 selected letters signed in person
    """
    if firm is not None and (fault := fault_in_title(firm, "firm")):
        raise LedgerError(fault)
    told = [event for event in events if event.population == population]
    own = apart_from_cases(told)
    figures = metrics(
        own, population=population, first=first, last=last, as_of=as_of, holidays=holidays
    )
    known = valid_events_at(own, as_of)
    ranged = [e for e in known if within(e.period, figures.first, figures.last)]
    histories = list(histories_of(known, annotations=True).values())
    zones = Zones.of(own, as_of)
    letters = letter_facts(_within(histories, figures.first, figures.last), zones)
    sample, in_full = ([f for f in letters if f.take_all == full] for full in (False, True))
    said = Beside.of("finding", ranged, letters)
    unowned = without_owner(ranged)
    newest = figures.reach.last
    year = divisions_within(known, histories, newest.plus(-11), newest) if newest else ()
    inference, uninferred = _inferred(own, population, figures, method)
    return BoardReport(
        population=population,
        head=head if check is None else check.head,
        check=check,
        metrics=figures if ids else attrs.evolve(figures, signatories=()),
        months={m: signoff_coverage(_of_month(ranged, m)) for m in figures.months},
        undrawn=tuple(_undrawn(figures, ranged)),
        unreached=unreached(division.coverage for division in figures.divisions),
        unreached_year=unreached(year),
        findings=findings(sample, said),
        full_findings=findings(in_full, said),
        strata_findings=findings_by_stratum(letters, said),
        disagreements=disagreements(letters, said),
        lapsed=_lapsed(ranged),
        overdue=_overdue(letters, as_of),
        unowned=unowned.ratio,
        recognitions=recognitions(letters, Beside.of("recognition", ranged, letters)),
        escalations=escalations(letters, Beside.of("board_answer", ranged, letters)),
        policies=_policies(known, figures, as_of, zones),
        reviews=OutOfPolicy.count(resolutions(known, zones), as_of, zones).overdue,
        frames=tuple(_frames(ranged)),
        named=_named(letters, unowned.letters, as_of) if ids else None,
        title=title_of(ranged, known),
        firm=firm,
        inference=inference,
        uninferred=uninferred,
        casebook=_casebook(told, figures),
    )


def _casebook(told: Iterable[Event], figures: Metrics) -> CasebookSummary | None:
    """The cases of the range, or of any time if they are open; None where there are none."""
    found = casebook_summary(
        told,
        population=str(figures.population),
        first=figures.first,
        last=figures.last,
        as_of=figures.as_of,
    )
    return found if found.months or found.open else None


def _inferred(
    own: Sequence[Event], population: str, figures: Metrics, method: Method | None
) -> tuple[Statement | None, str | None]:
    """What the verdicts say of the other responses; or why nothing can be said."""
    if not figures.months:
        return None, "No draw counts in these months."
    try:
        record = verdict_record(
            own,
            population=population,
            first=figures.first,
            last=figures.last,
            as_of=figures.as_of,
            method=method,
        )
        return infer(record), None
    except MissingPartError as error:
        warnings.warn(f"the report says nothing of unread letters; {error}", stacklevel=3)
        return None, "It was not computed: a part of the library is not installed."
    except InferenceError as error:
        return None, "; ".join(error.faults)


def _within(
    histories: Iterable[History], first: Period | None, last: Period | None
) -> list[History]:
    return [history for history in histories if within(history.subject.period, first, last)]


def _of_month(events: Iterable[Event], month: Period) -> list[Event]:
    return [event for event in events if event.period == str(month)]


def _undrawn(figures: Metrics, events: Sequence[Event]) -> Iterator[Period]:
    """The months of the range that were over by the moment, and of which no draw counts.

    A month in which nothing was eligible is none of them: it needs no draw.
    """
    own = (e.period for e in events if e.period and e.kind not in KINDS)
    begun = min(map(Period.parse, own), default=None)
    month = figures.first or begun
    empty = empty_months(events)
    over = month_of(figures.as_of, AS_WRITTEN).previous()
    while month is not None and month <= min(figures.last or over, over):
        if month not in figures.months and month not in empty:
            yield month
        month = month.next()


def _lapsed(events: Iterable[Event]) -> dict[str, int]:
    reasons = Counter(event.payload["reason_code"] for event in events if event.kind == "lapsed")
    return commonest_first(reasons)


def _overdue(letters: Iterable[LetterFacts], as_of: dt.datetime) -> Ratio:
    """Of the open letters that say when they are due, those whose day is over."""
    dated = [letter for letter in letters if letter.is_open and letter.due is not None]
    over = sum(
        letter.due is not None and letter.due < letter.day_of_asking(as_of) for letter in dated
    )
    return Ratio(over, len(dated), "open letters past their due day")


def _policies(
    known: Iterable[Event], figures: Metrics, as_of: dt.datetime, zones: Zones
) -> PolicySummary:
    """The resolutions that were proposed in the range, as the metrics count them."""
    asked = (
        resolution
        for resolution in resolutions(known, zones)
        if within(str(month_of(resolution.proposed, AS_WRITTEN)), figures.first, figures.last)
    )
    return policies_of(asked, as_of, zones)


def _frames(events: Iterable[Event]) -> Iterator[MonthFrame]:
    """Each month's newest freeze that counts."""
    newest = {e.period: e for e in events if e.kind == "frozen" and e.period is not None}
    for period, event in sorted(newest.items()):
        yield MonthFrame(
            period=Period.parse(period),
            eligible=event.payload["count"],
            exclusions=commonest_first(event.payload["exclusions"]),
            control_total=event.payload["control_total"],
            seed_source=event.payload["seed_source"],
        )


def _named(letters: Iterable[LetterFacts], unowned: tuple[str, ...], as_of: dt.datetime) -> Named:
    ordered = sorted(letters, key=lambda letter: (letter.period, letter.unit_id))
    return Named(
        late=tuple(letter.unit_id for letter in ordered if _is_late(letter, as_of)),
        lapsed=tuple(letter.unit_id for letter in ordered if letter.state == "lapsed"),
        unowned=unowned,
    )


def _is_late(letter: LetterFacts, as_of: dt.datetime) -> bool:
    alone = on_time([letter], as_of).ratio
    return alone.count < alone.of
