"""Every figure of a month, or of several, as they stood at a moment: counts with denominators."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

import attrs

from ceosample.canonical import Json
from ceosample.days import AS_WRITTEN, month_of
from ceosample.errors import LedgerError
from ceosample.period import Period, within
from ceosample.rational import Rational, as_fraction
from ceosample.result import Result
from ceosample.show import html_facts, html_table, text_table
from ceosample.signoff.figures.by_stratum import RATES, Figures, Measure, StratumMetrics
from ceosample.signoff.figures.coverage import rows_of_strata
from ceosample.signoff.figures.customers.contacts import ContactFigures, contact_figures
from ceosample.signoff.figures.customers.promised import (
    DefectCause,
    PromiseFigures,
    causes_of,
    promise_figures,
    promised_of,
)
from ceosample.signoff.figures.letter_facts import letter_facts
from ceosample.signoff.figures.past_signoffs import ImportedCount, counts, in_words
from ceosample.signoff.figures.policies import OutOfPolicy, resolutions
from ceosample.signoff.figures.ratio import Ratio, of_readings, words_of_readings
from ceosample.signoff.figures.reach import (
    DivisionReach,
    Reach,
    SignatoryShare,
    divisions_within,
    drawn_months,
    months_since,
    newest_signed,
    reach,
    shares_of_signatories,
    together,
)
from ceosample.signoff.figures.reading_time import ReadingTime
from ceosample.signoff.figures.reconciliation import Reconciliation, reconciled, reconciliations
from ceosample.signoff.figures.set_aside import SetAside, set_aside
from ceosample.signoff.figures.turnaround import TOO_FEW, TOO_FEW_NOTE, calendar_of
from ceosample.signoff.replay.cases import apart_from_cases
from ceosample.signoff.replay.history import History
from ceosample.signoff.replay.lifecycle import is_empty
from ceosample.signoff.replay.readings import populations_of_readings
from ceosample.signoff.replay.titles import title_of
from ceosample.signoff.replay.valid_events import histories_of, valid_events_at, when
from ceosample.signoff.replay.zones import Zones
from ceosample.signoff.store.events import Event, moment, uncorrected
from ceosample.text import quoted

#: The table of strata is two in a terminal, which is narrow: up to here, and the rates.
_HEADER = [
    *("stratum", "drawn", "signed", "by deputy", "filled", "on time", "median", "90th"),
    *("minutes", "months since"),
]
_RATES_HEADER = ["stratum", *RATES]
_CLAIMS_HEADER = ["month", "stratum", "said of them"]


@attrs.frozen
class Metrics(Result):
    """The figures of a population's months, as they stood at a moment.

    Attributes:
        population: which; None for all that there were.
        first, last: the range of months asked for; None where it was left open.
        as_of: the moment, written by the population's zone.
        months: the months of the range that were drawn.
        sample: the figures of the random sample.
        take_all: those of the strata that were read in full.
        reach: the divisions that the signatory reached, however the plans drew their letters.
        take_all_reach: the same, of what was read in full alone.
        strata: each stratum's figures, as the plans made the strata.
        divisions: each division's letters, and when the signatory was last there.
        reading: the reading of each month, all letters together, against the month's budget.
        reconciled: months whose register's counts add up / months drawn, and those in which nothing
            was eligible.
        reconciliations: those counts.
        out_of_policy: of the resolutions that were proposed in the range.
        contacts: what the customers of the random sample went through, and what came of calling
            them.
        take_all_contacts: the same, of the strata that were read in full.
        promises: what became of what the letters promised.
        causes: why defects came about by the findings, and what is done about it.
        signatories: who signed what, in months with more than one signatory.
        superseded: draws that no longer count.
        set_aside: letters of these draws that were sent by then.
        corrected: events that were made void.
        imported: what an office's own table says of months before the ledger, by month and stratum:
            unverified, and in none of the figures above.
        population_title: the population as people read it, by the newest month's freeze; None shows
            its id.
    """

    population: str | None
    first: Period | None
    last: Period | None
    as_of: dt.datetime
    months: tuple[Period, ...]
    sample: Figures
    take_all: Figures
    reach: Reach
    take_all_reach: Reach
    strata: tuple[StratumMetrics, ...]
    divisions: tuple[DivisionReach, ...]
    reading: Mapping[Period, ReadingTime]
    reconciled: Ratio
    reconciliations: tuple[Reconciliation, ...]
    out_of_policy: OutOfPolicy
    signatories: tuple[SignatoryShare, ...]
    superseded: int
    set_aside: SetAside
    corrected: int
    imported: tuple[ImportedCount, ...]
    contacts: ContactFigures
    take_all_contacts: ContactFigures
    promises: PromiseFigures
    causes: tuple[DefectCause, ...]
    population_title: str | None = None
    populations: tuple[Metrics, ...] = ()
    is_reading: bool = False

    @property
    def title(self) -> str:
        """Of what, and as of when."""
        months = f"{self.months[0]} to {self.months[-1]}" if self.months else "no month drawn"
        if len(self.months) == 1:
            months = str(self.months[0])
        population = self.population_title or self.population or "all populations"
        return f"{population}, {months}, as of {self.as_of.isoformat(timespec='seconds')}"

    @property
    def measured_to(self) -> Period:
        """The month to which the months since a signature count: ``last``, or that of asking."""
        return self.last or month_of(self.as_of, AS_WRITTEN)

    def to_dict(self) -> dict[str, Json]:
        """For JSON, which has the population's id alone."""
        fields = super().to_dict()
        del fields["population_title"]
        if not self.is_reading:
            del fields["is_reading"]
        if not self.populations:
            del fields["populations"]
        return fields

    def _lines(self) -> list[tuple[str, str]]:
        """What there is to say beside the strata: a name and the words."""
        lines = [("stratum reach", str(self.reach))]
        lines += [("", words) for words in [self.reach.as_planned_words] if words]
        lines += [*self.sample.lines.items(), *self.contacts.lines.items()]
        if self.take_all.letters:
            in_full = {"stratum reach": str(self.take_all_reach), **self.take_all.lines}
            in_full |= self.take_all_contacts.lines
            lines += [(f"in full: {name}", words) for name, words in in_full.items()]
        lines += [(f"reading {month}", str(found)) for month, found in self.reading.items()]
        lines.append(("reconciliation", str(self.reconciled)))
        lines += [("", str(row)) for row in self.reconciliations]
        of_policy, *more = self.out_of_policy.lines
        lines.append(("promises", str(self.promises)))
        lines.append(("out of policy", of_policy))
        lines += [("", words) for words in more]
        lines += [("signatories", str(share)) for share in self.signatories]
        lines += [("seen", words) for words in [self.set_aside.words] if words]
        changes = {
            "superseded": (self.superseded, "draws"),
            "corrected": (self.corrected, "events"),
        }
        lines += [(name, f"{count} {what}") for name, (count, what) in changes.items() if count]
        return [(self._words(name), words) for name, words in lines]

    def _words(self, text: str) -> str:
        return words_of_readings(text) if self.is_reading else text

    def _headed(self, header: Sequence[str]) -> list[str]:
        return [self._words(cell) for cell in header]

    def __str__(self) -> str:
        lines = self._lines()
        width = max(len(name) for name, _ in lines)
        figures = [f"{name:{width}}  {words}" for name, words in lines]
        if self.populations:
            own = [line for each in self.populations for line in ("", str(each))]
            return "\n".join([self.title, "", *figures, *own])
        strata = text_table(
            self._headed(_HEADER), [row.cells for row in self.strata], _align(_HEADER)
        )
        rows = text_table(self._headed(_RATES_HEADER), self._rates(), _align(_RATES_HEADER))
        notes = self._notes()
        claims = (
            ["", in_words(self.imported) or "", text_table(_CLAIMS_HEADER, self._claims(), "lll")]
            if self.imported
            else []
        )
        return "\n".join([self.title, "", *figures, "", strata, *notes, "", rows, *claims])

    def _repr_html_(self) -> str:
        if self.populations:
            own = (each._repr_html_() for each in self.populations)
            return html_facts(self.title, self._lines()) + "".join(own)
        header = self._headed(_HEADER)
        strata = [row.cells for row in self.strata]
        claims = html_table(in_words(self.imported) or "", _CLAIMS_HEADER, self._claims(), "lll")
        return (
            html_facts(self.title, self._lines())
            + html_table("By stratum", header, strata, _align(_HEADER), self._notes())
            + html_table("Rates", self._headed(_RATES_HEADER), self._rates(), _align(_RATES_HEADER))
            + (claims if self.imported else "")
        )

    def _notes(self) -> list[str]:
        """What stands below the table of strata."""
        few = any(TOO_FEW in row.figures.turnaround.cells for row in self.strata)
        asked = "the last month asked for" if self.last else "the month of asking"
        since = f"months since: the newest month signed, to {self.measured_to}, {asked}"
        return [self._words(since), *([TOO_FEW_NOTE] if few else [])]

    def _rates(self) -> list[list[str]]:
        return [[row.name, *row.rates] for row in self.strata]

    def _claims(self) -> list[list[str]]:
        return [[str(row.period), row.name, str(row.signed)] for row in self.imported]


def metrics(
    events: Iterable[Event],
    *,
    population: str | None = None,
    first: Period | str | None = None,
    last: Period | str | None = None,
    as_of: dt.datetime,
    holidays: Iterable[dt.date] = (),
    budget: Rational | None = None,
    words_a_minute: Rational = 238,
) -> Metrics:
    """Every figure of a range of months, from a ledger's events, as they stood at a moment.

    What was corrected or superseded by then does not count, nor does what happened later.

    Args:
        events: a ledger's; earlier months than ``first`` are needed for the reach over twelve
            months and for the months since each stratum was signed.
        population: which; all by default. A sum over all of them leaves readings out where there
            are letters, since what was read is never added to what was signed.
        first, last: the months, both included; open by default.
        as_of: the moment, aware; the day of asking is its day in each month's zone.
        holidays: days off from Monday to Friday.
        budget: minutes a month that the executive reads.
        words_a_minute: how fast, more than 0. By default silent reading of non-fiction in English
            (M. Brysbaert, 2019).

    Raises:
        LedgerError: a moment without a time zone, a range that ends before it begins, no reading
            speed, or a story that the table of states does not allow.
        ValueError: a month that is none.

    >>> at = dt.datetime(2026, 11, 30, tzinfo=dt.UTC)
    >>> print(metrics([], as_of=at).sample.signoff)
    0 of 0 selected letters signed in person
    """
    moment(as_of, "as_of")
    begin, end = _period(first), _period(last)
    if begin is not None and end is not None and end < begin:
        raise LedgerError(f"first, last: got {begin} to {end}; give the earlier month first")
    speed, minutes = as_fraction(words_a_minute, "words_a_minute"), _budget(budget)
    if speed <= 0:
        raise LedgerError(
            f"words_a_minute: got {quoted(str(words_a_minute))}; give a number above 0"
        )
    own = (event for event in events if population in (None, event.population))
    read = apart_from_cases(own)
    known = valid_events_at(read, as_of)
    zones = Zones.of(read, as_of)
    days = list(holidays)
    measure = Measure(as_of, calendar_of(days), speed)
    claims = counts(read, as_of=as_of, first=begin, last=end)
    told = [event for event in read if when(event) <= as_of]
    seen = set_aside(event for event in told if within(event.period, begin, end))
    sums = reconciliations([e for e in known if within(e.period, None, end)], uncorrected(told))
    readings = populations_of_readings(read)
    drawn = {str(event.population) for event in known if event.kind == "drawn"}
    is_reading = bool(readings) and drawn <= readings
    # The two are never added: a sum over all populations is of those of letters.
    summed = known if is_reading else [e for e in known if e.population not in readings]
    found = _measured(summed, measure, minutes, population, begin, end, zones, claims, seen, sums)
    if is_reading:
        found = attrs.evolve(of_readings(found), is_reading=True)
    names = sorted({e.population for e in known if e.kind == "drawn" and e.population})
    if population is not None or len(names) < 2:
        return found
    each = tuple(
        metrics(
            read,
            population=name,
            first=begin,
            last=end,
            as_of=as_of,
            holidays=days,
            budget=budget,
            words_a_minute=words_a_minute,
        )
        for name in names
    )
    return attrs.evolve(
        found,
        strata=tuple(row for one in each for row in one.strata),
        divisions=tuple(row for one in each for row in one.divisions),
        populations=each,
    )


def _measured(
    known: Sequence[Event],
    measure: Measure,
    budget: Fraction | None,
    population: str | None,
    first: Period | None,
    last: Period | None,
    zones: Zones,
    claims: tuple[ImportedCount, ...],
    seen: SetAside,
    carried: Iterable[Reconciliation],
) -> Metrics:
    """The metrics, when all that was asked is in order."""
    until = [event for event in known if within(event.period, None, last)]
    ranged = [event for event in until if within(event.period, first, last)]
    histories = list(histories_of(until, annotations=True).values())
    asked = [history for history in histories if within(history.subject.period, first, last)]
    rows = rows_of_strata(ranged, asked)
    letters = letter_facts(asked, zones)
    as_of = zones.local(measure.as_of, population)
    items = list(promised_of(asked, zones, measure.as_of))
    drawn = {(e.population or "", e.period or "") for e in ranged if e.kind == "drawn"}
    # Their register's counts are on record as those of months that were drawn.
    without_letters = {
        (e.population or "", e.period or "") for e in ranged if e.kind == "frozen" and is_empty(e)
    }
    months = tuple(Period.parse(period) for period in sorted({period for _, period in drawn}))
    newest_month = last or (months[-1] if months else None)
    newest = newest_signed(histories)
    measured_in, on_record = last or month_of(as_of, AS_WRITTEN), len(drawn_months(until))
    apart = _by_population(until, histories)
    sums = [row for row in carried if within(row.period, first, last)]
    return Metrics(
        population=population,
        first=first,
        last=last,
        as_of=as_of,
        months=months,
        sample=measure.figures(rows, letters, take_all=False),
        take_all=measure.figures(rows, letters, take_all=True),
        reach=together(reach(*own, first, newest_month) for own in apart),
        take_all_reach=together(reach(*own, first, newest_month, in_full=True) for own in apart),
        strata=measure.strata(
            rows,
            letters,
            newest_signed(histories, strata=True),
            month=measured_in,
            on_record=on_record,
        ),
        divisions=tuple(
            DivisionReach(found, months_since(found.stratum, newest, measured_in), on_record)
            for found in divisions_within(until, histories, first, last)
        ),
        reading=measure.reading(months, letters, budget),
        reconciled=reconciled(sums, drawn | without_letters),
        reconciliations=tuple(sums),
        out_of_policy=OutOfPolicy.count(
            (
                resolution
                for resolution in resolutions(known, zones)
                if within(str(month_of(resolution.proposed, AS_WRITTEN)), first, last)
            ),
            as_of,
            zones,
        ),
        signatories=shares_of_signatories(letters),
        superseded=sum(event.kind == "superseded" for event in ranged),
        set_aside=seen,
        corrected=_corrected(known, zones, first, last),
        imported=claims,
        contacts=contact_figures(letter for letter in letters if not letter.take_all),
        take_all_contacts=contact_figures(letter for letter in letters if letter.take_all),
        promises=promise_figures(items, len(letters)),
        causes=causes_of(asked, items),
        population_title=None if population is None else title_of(ranged, known),
    )


def _by_population(
    events: Sequence[Event], histories: Sequence[History]
) -> list[tuple[list[Event], list[History]]]:
    """The events and the letters of each population that was drawn; of none, all of them."""
    names = sorted({str(event.population) for event in events if event.kind == "drawn"})
    if len(names) < 2:
        return [([*events], [*histories])]
    return [
        (
            [event for event in events if event.population == name],
            [history for history in histories if history.subject.population == name],
        )
        for name in names
    ]


def _period(month: Period | str | None) -> Period | None:
    return Period.parse(month) if isinstance(month, str) else month


def _budget(budget: Rational | None) -> Fraction | None:
    minutes = None if budget is None else as_fraction(budget, "budget")
    if minutes is not None and minutes < 0:
        raise LedgerError(f"budget: got {quoted(str(budget))}; give minutes a month, 0 or more")
    return minutes


def _corrected(
    events: Iterable[Event], zones: Zones, first: Period | None, last: Period | None
) -> int:
    """Corrections of the range: by the month they are about, or else the one they were made in."""
    return sum(
        within(event.period or str(zones.month(event)), first, last)
        for event in events
        if event.kind == "corrected"
    )


def _align(header: Sequence[str]) -> str:
    return "l" + "r" * (len(header) - 1)
