"""A notice to staff or to the public: figures of the sign-off on one page, small counts hidden."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import attrs

from ceosample import files
from ceosample.errors import LedgerError
from ceosample.letters.markup.languages import ENGLISH
from ceosample.letters.pdf.paper_size import A4
from ceosample.notices import page
from ceosample.notices.counts import Counts, count
from ceosample.notices.figures import NoticeFigure, NoticeFigures
from ceosample.notices.suppression import shown_parts, shown_total
from ceosample.notices.words import NoticeWords
from ceosample.period import Period, as_period
from ceosample.show import html_facts
from ceosample.signoff.replay.naming import AUDIENCES, consents
from ceosample.signoff.replay.titles import title_of
from ceosample.signoff.replay.valid_events import valid_events_at
from ceosample.signoff.replay.zones import Zones
from ceosample.signoff.store.events import Event, moment
from ceosample.text import fault_in_title, quoted


@attrs.frozen
class Notice(NoticeFigures):
    """What staff or the public is told, as a value, a page, a PDF and text.

    Its fields are those of :class:`~ceosample.notices.figures.NoticeFigures`.
    """

    def to_html(self, *, paper_size: str = A4) -> bytes:
        """One page that asks the network for nothing and runs nothing.

        Args:
            paper_size: what a browser prints it on: ``a4``, or ``letter`` for US Letter.
        """
        return page.html(self, paper_size)

    def to_pdf(self, *, paper_size: str = A4, fonts: str | Path | None = None) -> bytes:
        """The same as PDF/A-2a that is PDF/UA-1 too.

        Args:
            paper_size: as :meth:`to_html` takes it.
            fonts: a folder of fonts for scripts that the bundled ones lack.

        Raises:
            MissingPartError: the extra ``pdf`` is not installed.
            LedgerError: a character that no font has.
        """
        return page.pdf(self, paper_size, None if fonts is None else str(fonts))

    def to_text(self) -> str:
        """The same as plain text."""
        return page.text(self)

    def save(
        self, path: str | Path, *, paper_size: str = A4, fonts: str | Path | None = None
    ) -> None:
        """Write it to a file by the ending of its name, whole or not at all.

        Args:
            path: ends in ``.html``, ``.pdf`` or ``.txt``.
            paper_size, fonts: as :meth:`to_pdf` takes them.

        Raises:
            ValueError: a name that ends in none of them.
        """
        place = Path(path)
        if place.suffix == ".html":
            made = self.to_html(paper_size=paper_size)
        elif place.suffix == ".pdf":
            made = self.to_pdf(paper_size=paper_size, fonts=fonts)
        elif place.suffix == ".txt":
            made = self.to_text().encode()
        else:
            raise ValueError(
                f"path: got {place.name!r}; give a name that ends in .html, .pdf or .txt"
            )
        files.write_whole(place, made)

    def _repr_html_(self) -> str:
        first, *lines = self.to_text().rstrip().split("\n")
        return html_facts(first, [], [line.strip() for line in lines if line.strip()])

    def __str__(self) -> str:
        return self.to_text()


def notice(
    events: Iterable[Event],
    *,
    audience: str,
    population: str,
    first: Period | str | None = None,
    last: Period | str | None = None,
    as_of: dt.datetime,
    names: Mapping[str, str] | None = None,
    check_at: str | None = None,
    head: str | None = None,
    firm: str | None = None,
    language: str = ENGLISH,
) -> Notice:
    """What staff or the public is told of a range of months, as it stood at a moment.

    Staff and the public are told the same figures; only the names of those who are thanked differ.

    Args:
        events: a ledger's, from its beginning.
        audience: ``staff`` or ``public``.
        population: which.
        first, last: the months, both included; open by default.
        as_of: the moment, aware.
        names: by person what ``ledger.may_be_named(audience)`` returned; without it nobody is
            named. A name without a consent among the events is left out.
        check_at: a line that says where anyone can check the figures, an address for example.
        head: the hash of the ledger's newest event, to be printed.
        firm: the firm's name, on one line, to head the page.
        language: of the page; see ``docs/notices.md`` for those that there are.

    Raises:
        LedgerError: another audience, a moment without a time zone, a range that ends before it
            begins, a line that cannot be printed, or a language that has no words here.
        ValueError: a month that is none.

    >>> told = notice([], audience="public", population="complaint-responses",
    ...               as_of=dt.datetime(2026, 11, 30, tzinfo=dt.UTC))
    >>> print(told.figures["divisions"])
    0 of 0
    """
    if audience not in AUDIENCES:
        raise LedgerError(f"audience: got {quoted(audience)}; use one of {', '.join(AUDIENCES)}")
    for name, line in (("firm", firm), ("check_at", check_at)):
        if line is not None and (fault := fault_in_title(line, name)):
            raise LedgerError(fault)
    begin = None if first is None else as_period(first)
    end = None if last is None else as_period(last)
    if begin is not None and end is not None and end < begin:
        raise LedgerError(f"first, last: got {begin} to {end}; give the earlier month first")
    moment(as_of, "as_of")
    NoticeWords.of(language)
    told = list(events)
    own = [event for event in told if event.population == population]
    counts = count(own, begin, end, as_of)
    agreed = consents(told)
    reaching = {
        each: {person for person, one in agreed.items() if one.reaches(each)} for each in AUDIENCES
    }
    known = {} if names is None else names
    return Notice(
        audience=audience,
        population=population,
        title=_title(counts, valid_events_at(own, as_of)),
        first=begin,
        last=end,
        months=counts.drawn,
        as_of=Zones.of(own, as_of).local(as_of, population),
        figures=dict(_figures(counts, reaching)),
        adopted=counts.adopted,
        seeds=counts.seeds,
        thanked=tuple(
            sorted(known[one] for one in counts.thanked & reaching[audience] if one in known)
        ),
        check_at=check_at,
        head=head,
        firm=firm,
        language=language,
        readings=counts.readings,
    )


def _title(counts: Counts, known: Sequence[Event]) -> str | None:
    """The population's title in the newest of these months, or in the newest of all."""
    months = {str(month) for month in counts.drawn}
    return title_of((event for event in known if event.period in months), known)


def _figures(
    counts: Counts, reaching: Mapping[str, set[str]]
) -> Iterator[tuple[str, NoticeFigure]]:
    """Each figure by its name; those of a kind that did not occur are left out."""
    sample, whole = counts.sample, counts.in_full
    read, selected = sample.read + whole.read, sample.selected + whole.selected
    yield "drawn", NoticeFigure(sample.drawn, sample.eligible)
    yield "read", NoticeFigure(sample.read, sample.selected)
    if whole.drawn:
        yield "whole", NoticeFigure(whole.drawn, whole.eligible)
        yield "whole_read", NoticeFigure(whole.read, whole.selected)
    yield "divisions", NoticeFigure(*counts.divisions)
    yield "months", NoticeFigure(len(counts.drawn), counts.months)
    if counts.set_aside:
        yield "set_aside", NoticeFigure(counts.set_aside, counts.set_aside + len(counts.drawn))
    for name, shown in shown_parts(counts.changes).items():
        yield name, NoticeFigure(shown, read)
    called = shown_parts({"not": read - counts.contacted, "contacted": counts.contacted})
    yield "contacted", NoticeFigure(called["contacted"], read)
    if counts.reviewed:
        yield "policies", NoticeFigure(len(counts.adopted), len(counts.reviewed))
    praised = shown_parts({"not": selected - counts.praised, "praised": counts.praised})
    yield "praised", NoticeFigure(praised["praised"], selected)
    total = shown_total(counts.thanked, *(counts.thanked & people for people in reaching.values()))
    yield "thanked", NoticeFigure(total, None)
