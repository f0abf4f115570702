"""All that was said of a letter, by the version that was read, with who and when."""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, Final

import attrs

from ceosample.canonical import Json
from ceosample.days import to_the_second
from ceosample.letters.markup.template import longdate
from ceosample.period import Period
from ceosample.result import Result
from ceosample.show import text_fields
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.replay.history import History
from ceosample.signoff.replay.zones import Zones
from ceosample.signoff.store.events import Event
from ceosample.text import printable

#: What a text that was erased leaves.
ERASED: Final = "The words were erased."

#: What an event is called where its name is not what a person would call it.
_NAMES: Final = {
    "escalated_to_board": "Question to the board",
    "eligibility_questioned": "Question whether it was ever eligible",
    "board_answer": "Answer of the board",
    "resolved_nonstandard": "Resolved by the executive",
}

#: The fields that say something, in the order in which they are told after the event's name.
_TELLING: Final = (
    *("promise", "action", "verdict", "outcome", "reason_code", "own_code", "codes", "severity"),
    *("cause", "due"),
)

_WIDTH: Final = 80
_INDENT: Final = "    "


@attrs.frozen
class Said(Result):
    """One thing that was said of a letter.

    Attributes:
        version: the version that was the newest by then; 0 before the first.
        sequence: the number of its event.
        at: when it was said, as claimed.
        day: the date of that, by the month's zone.
        by: who said it.
        kind: the event's kind: ``returned_for_rework``, ``finding``, ``note``, ...
        details: its codes: reason, verdict, outcome, channel, colleague, ...
        words: the text; None where there was none, or it was erased.
        erased: whether there was a text that was erased.
    """

    version: int
    sequence: int
    at: str
    day: dt.date
    by: str
    kind: str
    details: Mapping[str, Any]
    words: str | None
    erased: bool

    def to_dict(self) -> dict[str, Json]:
        """For JSON."""
        return {**super().to_dict(), "details": dict(self.details)}

    @property
    def headline(self) -> str:
        """What was said, in a line without who and when.

        >>> Said(1, 7, "2026-11-02T09:00:00+00:00", dt.date(2026, 11, 2), "ceo", "finding",
        ...      {"verdict": "defective", "codes": ["tone", "late"]}, None, False).headline
        'Finding: defective, tone, late'
        """
        told = [one for name in _TELLING if name in self.details for one in _texts(self, name)]
        return self._name + (f": {', '.join(told)}" if told else "")

    @property
    def line(self) -> str:
        """The same with who said it and on which date."""
        return f"{self.headline} ({self.by}, {longdate(self.day)})"

    @property
    def _name(self) -> str:
        if self.kind == "recognition":
            return f"Recognition of {self.details['colleague']}"
        if self.kind == "contact":
            return f"Contact by {self.details['channel']}"
        return _NAMES.get(self.kind, self.kind.replace("_", " ").capitalize())

    @property
    def paragraphs(self) -> list[str]:
        """Its words, or that they were erased; empty where there were none."""
        if self.erased:
            return [ERASED]
        return [] if self.words is None else [self.words]


def _texts(said: Said, name: str) -> list[str]:
    value = said.details[name]
    if name in ("severity", "cause"):
        return [f"{name} {value}"]
    if name == "due":
        return [f"by {longdate(dt.date.fromisoformat(value))}"]
    return [*map(str, value)] if isinstance(value, list | tuple) else [str(value)]


@attrs.frozen
class LetterWords(Result):
    """All that was said of one letter; ``str(words)`` is for reading.

    Attributes:
        unit_id, population, period: which letter.
        state: the state that it is in.
        is_reading: whether it is no letter, but a call, a chat or a post.
        owner: who owns it, by its newest version; None where it names nobody.
        versions: the number of versions that were rendered.
        said: what was said, oldest first. What was corrected counts as never said.
    """

    unit_id: str
    population: str
    period: str
    state: str
    is_reading: bool
    owner: str | None
    versions: int
    said: tuple[Said, ...]

    def to_dict(self) -> dict[str, Json]:
        """For JSON."""
        return {**super().to_dict(), "said": [one.to_dict() for one in self.said]}

    def __str__(self) -> str:
        facts = [("state", self.state.replace("_", " ")), ("owner", self.owner or "not recorded")]
        what = "Reading" if self.is_reading else "Letter"
        title = f"{what} {self.unit_id} of {self.population}, {self.period}"
        return "\n".join([text_fields(title, facts), *self._lines()])

    def _lines(self) -> Iterator[str]:
        if not self.said:
            yield "\nNothing was said of it."
        for version, said in groupby(self.said, key=lambda one: one.version):
            yield f"\n{version_words(version)}"
            yield from said_lines(said)


def said_lines(said: Iterable[Said]) -> Iterator[str]:
    """What was said, as lines for a terminal."""
    for one in said:
        yield f"  {one.headline}"
        yield f"{_INDENT}{one.by}, {to_the_second(one.at)}"
        yield from wrapped(one.paragraphs, _INDENT + "| ")


def version_words(version: int) -> str:
    """Of which version something was said."""
    return f"Of version {version}" if version else "Before its first version"


def wrapped(texts: Iterable[str], indent: str) -> Iterator[str]:
    """Texts as lines for a terminal, each line with an indent before it."""
    for text in texts:
        for line in text.splitlines():
            yield from textwrap.wrap(
                printable(line),
                _WIDTH,
                initial_indent=indent,
                subsequent_indent=indent,
                break_on_hyphens=False,
            )


def letter_words(
    ledger: Ledger,
    unit_id: str,
    *,
    population: str | None = None,
    period: Period | None = None,
) -> LetterWords:
    """All that was said of a letter.

    Args:
        ledger: the ledger.
        unit_id: the letter's id.
        population, period: needed only where several open letters have this id.

    Raises:
        LedgerError: no letter or several have this id.
    """
    history = ledger.history(unit_id, population=population, period=period)
    month = {"population": history.subject.population, "period": history.subject.period}
    zones = Zones.of(ledger.events(**month))
    return words_of(history, texts_of(ledger, history), zones)


def words_of(history: History, texts: Mapping[str, str], zones: Zones) -> LetterWords:
    """The same, of a letter with this history and the texts that are kept of it."""
    return LetterWords(
        **history.subject._asdict(),
        state=history.state,
        is_reading=history.is_reading,
        owner=history.docket.get("owner"),
        versions=history.versions,
        said=tuple(said_of(history, texts, zones)),
    )


def texts_of(ledger: Ledger, history: History) -> dict[str, str]:
    """The texts that are kept of a letter, by the digest in its events."""
    subject = history.subject
    return ledger.texts(subject.unit_id, population=subject.population, period=subject.period)


def said_of(history: History, texts: Mapping[str, str], zones: Zones) -> Iterator[Said]:
    """What was said of a letter, oldest first.

    Args:
        history: the letter's, with its annotations.
        texts: the texts that are kept of it, by digest; one that is missing was erased.
        zones: by which its dates count.
    """
    rendered = [event.sequence for event in history.events if event.kind == "rendered"]
    told = [*filter(says_something, history.events), *history.annotations]
    for event in sorted(told, key=lambda event: event.sequence):
        version = sum(sequence < event.sequence for sequence in rendered)
        yield said_of_event(event, event.kind, version, texts, zones)


def said_of_event(
    event: Event, kind: str, version: int, texts: Mapping[str, str], zones: Zones
) -> Said:
    """What one event says, under the name by which people record it."""
    text = event.payload.get("text")
    return Said(
        version=version,
        sequence=event.sequence,
        at=event.at,
        day=zones.day(event),
        by=event.actor,
        kind=kind,
        details={n: v for n, v in event.payload.items() if n in (*_TELLING, *_WHO_AND_HOW)},
        words=None if text is None else texts.get(text),
        erased=text is not None and text not in texts,
    )


_WHO_AND_HOW: Final = ("colleague", "channel", "amount", "currency", "to", "evidence")


def says_something(event: Event, prefix: str = "") -> bool:
    """Whether a step has a reason or words, or asks the board; a signature says nothing."""
    asks = event.kind == f"{prefix}escalated_to_board"
    return asks or bool({"reason_code", "text"} & event.payload.keys())


def said_before(said: Iterable[Said], version: int) -> list[tuple[str, list[str]]]:
    """What was said of the versions before one, as its docket shows it: headings and words.

    It is of all of them: whether a version answers what was said of the one before is for its
    reader to judge, and a version can be the same letter as before.
    """
    return [
        (f"Said of version {one.version}: {one.line}", one.paragraphs)
        for one in said
        if 0 < one.version < version
    ]
