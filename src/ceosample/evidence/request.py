"""What a file of evidence was asked to hold, from which its pages are made, and made again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Final

import attrs

from ceosample.canonical import Json, canonical_file
from ceosample.errors import LedgerError, RecordError, raise_faults
from ceosample.evidence.page import method_html
from ceosample.form import faults_of_form, is_text, is_texts
from ceosample.letters.papers.shell_pages import month_words
from ceosample.letters.pdf.paper_size import A4, fault_of_paper
from ceosample.period import Period
from ceosample.report.board import BoardReport, board_report
from ceosample.result import Result
from ceosample.signoff.check import ChainReport
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.replay.methods import Method
from ceosample.signoff.store.events import moment
from ceosample.text import fault_in_name, fault_in_title
from ceosample.verifier.page import VERIFIER, verifier_page

#: The pages that follow from the events and from what was asked.
REPORT, FIGURES, METHOD = "report.html", "figures.json", "method.html"


def _is_text_or_null(value: Any) -> bool:
    return value is None or is_text(value)


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _in_order(days: Iterable[dt.date]) -> tuple[dt.date, ...]:
    return tuple(sorted(set(days)))


_FORM: Final[dict[str, Any]] = {
    "population": is_text,
    "first": is_text,
    "last": is_text,
    "as_of": is_text,
    "firm": _is_text_or_null,
    "holidays": is_texts,
    "paper_size": is_text,
    "letters": _is_flag,
}


@attrs.frozen
class EvidenceRequest(Result):
    """Which months, as of when, and what the report needs besides the events.

    Attributes:
        population: whose months.
        first, last: the months, both included.
        as_of: the moment of the report; aware.
        firm: the firm's name at the head of the pages; None leaves it out.
        method: how verdicts are read where the first month states no method; None as the report
            has it.
        holidays: days off from Monday to Friday.
        paper_size: what a browser prints the pages on.
        letters: whether the letters are in it, with customers' names and texts.
    """

    population: str
    first: Period
    last: Period
    as_of: dt.datetime
    firm: str | None = None
    method: Method | None = None
    holidays: tuple[dt.date, ...] = attrs.field(default=(), converter=_in_order)
    paper_size: str = A4
    letters: bool = False

    def require(self) -> None:
        """Raise unless it can be fulfilled.

        Raises:
            LedgerError: every field with a wrong value.
        """
        moment(self.as_of, "as_of")
        raise_faults(LedgerError, self._faults())

    def _faults(self) -> list[str]:
        faults = [fault_of_paper(self.paper_size)]
        if fault_in_name(self.population):
            faults.append(f"population: got {self.population!r}; give its id")
        if self.firm is not None:
            faults.append(fault_in_title(self.firm, "firm"))
        if self.last < self.first:
            faults.append(
                f"first, last: got {self.first} to {self.last}; give the earlier month first"
            )
        return [fault for fault in faults if fault]

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> EvidenceRequest:
        """The request that an index states.

        Raises:
            RecordError: a field is missing, or of the wrong kind.
        """
        raise_faults(RecordError, faults_of_form(fields, _FORM, "index.json, asked"))
        try:
            said = {name: fields[name] for name in ("population", "firm", "paper_size", "letters")}
            request = cls(
                **said,
                first=Period.parse(fields["first"]),
                last=Period.parse(fields["last"]),
                as_of=dt.datetime.fromisoformat(fields["as_of"]),
                method=None if fields["method"] is None else Method(**fields["method"]),
                holidays=tuple(map(dt.date.fromisoformat, fields["holidays"])),
            )
            request.require()
        except (ValueError, TypeError, KeyError) as error:
            raise RecordError(f"index.json, asked: {error}") from None
        return request

    @property
    def range_words(self) -> str:
        """The months in words."""
        words = self.first.words
        return words if self.first == self.last else f"{words} to {self.last.words}"

    def subtitle(self, title: str | None) -> str:
        """The population and the months, as the pages are headed."""
        if self.first == self.last:
            return month_words(self.population, title, self.first)
        return f"{title or self.population}, {self.range_words}"

    def report(self, ledger: Ledger, check: ChainReport) -> BoardReport:
        """The board's report of these months, without ids of letters or people."""
        events = ledger.report_events(
            self.population, self.first, self.last, as_of=self.as_of, until=check.events
        )
        return board_report(
            events,
            population=self.population,
            first=self.first,
            last=self.last,
            as_of=self.as_of,
            check=check,
            holidays=self.holidays,
            firm=self.firm,
            method=self.method,
        )

    def pages(self, report: BoardReport) -> dict[str, bytes]:
        """The report, its figures, the method and the page that checks a month, by name.

        The report has tables and no pictures: pictures differ with the release that draws them.
        """
        figures: dict[str, Json] = report.to_dict()
        return {
            REPORT: report.to_html(pictures=False, paper_size=self.paper_size),
            FIGURES: canonical_file(figures),
            VERIFIER: verifier_page(),
            METHOD: method_html(
                firm=self.firm, subtitle=self.subtitle(report.title), paper_size=self.paper_size
            ),
        }
