"""Letters that need somebody: soon late, or without an owner; and how often customers called."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import attrs

from ceosample.canonical import Json
from ceosample.errors import LedgerError
from ceosample.form import is_count
from ceosample.plain import plain_count
from ceosample.result import Result
from ceosample.sampling.frames.strata import Stratum
from ceosample.show import html_table, stratum_words, text_table
from ceosample.signoff.figures.letter_facts import LetterFacts, letter_facts
from ceosample.signoff.figures.ratio import Ratio
from ceosample.signoff.replay.valid_events import histories_of, valid_events, valid_events_at
from ceosample.signoff.replay.zones import Zones
from ceosample.signoff.store.events import Event
from ceosample.text import quoted

_HEADER = ["letter", "stratum", "state", "signatory", "owner", "sign by", "due", "days left"]
_ALIGN = "lllllllr"


@attrs.frozen
class OpenLetter(Result):
    """A letter for which a step is still to come.

    Attributes:
        unit_id, period, stratum: which.
        state: its state.
        signatory, owner: whose move it is; None where its newest version names nobody.
        sign_by: the day by which it must be signed.
        due: the day by which it must go out, or None.
        days_left: days from the day of asking to ``sign_by``; below 0 once that is over.
        overdue: whether ``due`` is over.
    """

    unit_id: str
    period: str
    stratum: Stratum
    state: str
    signatory: str | None
    owner: str | None
    sign_by: dt.date
    due: dt.date | None
    days_left: int
    overdue: bool

    @property
    def cells(self) -> list[str]:
        """Its row of the table."""
        return [
            self.unit_id,
            stratum_words(self.stratum),
            self.state,
            self.signatory or "-",
            self.owner or "-",
            self.sign_by.isoformat(),
            "-" if self.due is None else self.due.isoformat(),
            f"{self.days_left}{' (overdue)' if self.overdue else ''}",
        ]


@attrs.frozen
class AtRisk(Result):
    """Open letters that must be signed now or soon.

    Attributes:
        letters: overdue ones first, then by the day by which they must be signed.
        ratio: these / open letters that say by when they must be signed.
        undated: open letters that do not say.
    """

    letters: tuple[OpenLetter, ...]
    ratio: Ratio
    undated: int

    def __iter__(self) -> Iterator[OpenLetter]:
        return iter(self.letters)

    def __len__(self) -> int:
        return len(self.letters)

    @property
    def _title(self) -> str:
        undated = f"; {self.undated} more do not say by when" if self.undated else ""
        return f"{self.ratio}{undated}"

    def __str__(self) -> str:
        rows = [letter.cells for letter in self.letters]
        return f"{self._title}\n\n{text_table(_HEADER, rows, _ALIGN)}" if rows else self._title

    def _repr_html_(self) -> str:
        rows = [letter.cells for letter in self.letters]
        return html_table(self._title, _HEADER, rows, _ALIGN)


@attrs.frozen
class WithoutOwner(Result):
    """Letters without an owner.

    Attributes:
        letters: their ids, by month and id.
        ratio: these / letters that were rendered.
    """

    letters: tuple[str, ...]
    ratio: Ratio

    def __str__(self) -> str:
        return f"{self.ratio}: {', '.join(self.letters)}" if self.letters else str(self.ratio)

    def _repr_html_(self) -> str:
        return html_table(str(self.ratio), ["letter"], [[name] for name in self.letters], "l")


@attrs.frozen
class Contacts(Result):
    """How often customers got in touch before they had their answer.

    Attributes:
        channels: contacts by channel, over all letters.
        ratio: letters whose newest version says how many there were / letters rendered.
    """

    channels: Mapping[str, int]
    ratio: Ratio

    @property
    def total(self) -> int:
        """All contacts."""
        return sum(self.channels.values())

    def to_dict(self) -> dict[str, Json]:
        """For JSON."""
        return {
            "channels": dict(self.channels),
            "total": self.total,
            "ratio": self.ratio.to_dict(),
        }

    def __str__(self) -> str:
        by_channel = ", ".join(f"{count} {channel}" for channel, count in self.channels.items())
        return f"{self.total} contacts ({by_channel or 'none'}); {self.ratio}"

    def _repr_html_(self) -> str:
        rows = [[channel, str(count)] for channel, count in self.channels.items()]
        return html_table(str(self), ["channel", "contacts"], rows, "lr")


def whole_days(within: int) -> int:
    """The number of calendar days that was given.

    Raises:
        LedgerError: it is no whole number, or below 0.
    """
    days = plain_count(within)
    if not is_count(days):
        raise LedgerError(f"within: got {quoted(within)}; give whole days, 0 or more")
    return days


def at_risk(events: Iterable[Event], *, as_of: dt.datetime, within: int = 0) -> AtRisk:
    """Open letters that must be signed by the day of asking or so many days after it.

    A letter that is signed and has not gone out is open, and in the list if its day has come.

    Args:
        events: a ledger's.
        as_of: the moment, aware; its day is that of each letter's zone.
        within: calendar days, 0 or more.

    Raises:
        LedgerError: a moment without a time zone, or another number of days.

    >>> at = dt.datetime(2026, 11, 30, tzinfo=dt.UTC)
    >>> print(at_risk([], as_of=at, within=14))
    0 of 0 open letters at risk
    """
    within = whole_days(within)
    read = list(events)
    histories = histories_of(valid_events_at(read, as_of)).values()
    waiting = [letter for letter in letter_facts(histories, Zones.of(read)) if letter.is_open]
    dated = [_open(f, f.sign_by, f.day_of_asking(as_of)) for f in waiting if f.sign_by is not None]
    risky = sorted(
        (letter for letter in dated if letter.days_left <= within),
        key=lambda f: (not f.overdue, f.sign_by, f.period, f.unit_id),
    )
    return AtRisk(
        letters=tuple(risky),
        ratio=Ratio(len(risky), len(dated), "open letters at risk"),
        undated=len(waiting) - len(dated),
    )


def without_owner(events: Iterable[Event]) -> WithoutOwner:
    """Letters whose newest version names no owner, of those that were rendered.

    Args:
        events: a ledger's.

    >>> print(without_owner([]))
    0 of 0 letters without an owner
    """
    rendered = _rendered(events)
    none = sorted((f.period, f.unit_id) for f in rendered if not f.owner)
    return WithoutOwner(
        letters=tuple(unit_id for _, unit_id in none),
        ratio=Ratio(len(none), len(rendered), "letters without an owner"),
    )


def contacts_by_channel(events: Iterable[Event]) -> Contacts:
    """The contacts that the letters' newest versions count, the commonest channel first.

    Args:
        events: a ledger's.

    >>> print(contacts_by_channel([]))
    0 contacts (none); 0 of 0 letters say how many there were
    """
    rendered = _rendered(events)
    said = [letter.contacts for letter in rendered if letter.contacts is not None]
    totals: Counter[str] = Counter()
    for contacts in said:
        totals.update(contacts)
    return Contacts(
        channels=dict(sorted(totals.items(), key=lambda pair: (-pair[1], pair[0]))),
        ratio=Ratio(len(said), len(rendered), "letters say how many there were"),
    )


def _rendered(events: Iterable[Event]) -> list[LetterFacts]:
    read = list(events)
    histories = histories_of(valid_events(read)).values()
    return [letter for letter in letter_facts(histories, Zones.of(read)) if letter.versions]


def _open(letter: LetterFacts, sign_by: dt.date, today: dt.date) -> OpenLetter:
    return OpenLetter(
        unit_id=letter.unit_id,
        period=letter.period,
        stratum=letter.stratum,
        state=letter.state,
        signatory=letter.signatory,
        owner=letter.owner,
        sign_by=sign_by,
        due=letter.due,
        days_left=(sign_by - today).days,
        overdue=letter.due is not None and letter.due < today,
    )
