"""The story of one letter: every event about it, its words, and which later event made it void."""

from __future__ import annotations

import difflib
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import attrs

from ceosample.canonical import Json, is_digest
from ceosample.days import to_the_second
from ceosample.errors import LedgerError
from ceosample.letters.letter import CODE_DIGITS
from ceosample.period import Period
from ceosample.result import Result
from ceosample.show import stratum_words, text_fields, text_table
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.replay.cases import CASE_KINDS, PREFIX, Casebook
from ceosample.signoff.replay.history import History
from ceosample.signoff.replay.lifecycle import ANNOTATIONS, STATES
from ceosample.signoff.replay.past_signoffs import CLAIM, WITHDRAWN
from ceosample.signoff.replay.valid_events import histories_of, valid_events
from ceosample.signoff.rules.letters import is_held
from ceosample.signoff.store.events import Event
from ceosample.text import printable, quoted

_HEADER: Final = ("event", "at", "what", "by")
#: What is below an event begins here, and no line of it is longer than a terminal.
_INDENT: Final = " " * 7
_WIDTH: Final = 80

#: Kinds of events whose names are not what a person would call them.
_KINDS: Final = {
    "oop_proposed": "resolution proposed",
    "oop_cosigned": "resolution co-signed",
    "oop_reviewed": "resolution reviewed",
    "oop_forgotten": "words of a resolution erased",
    "held": "legal hold placed",
    "hold_lifted": "legal hold lifted",
    "forgotten": "texts erased",
    "case_held": "legal hold placed",
    "case_hold_lifted": "legal hold lifted",
    "case_forgotten": "texts erased",
}

#: What goes with a draw that is set aside; claims, holds and erased texts stay what they are.
_OF_A_DRAW: Final = frozenset({*STATES, *ANNOTATIONS, "corrected"})

#: Fields that mean something of their own in one kind of event.
_LABELS: Final = {("dispatched", "file"): "posted as the file"}

#: Fields that are told in other words than their name and value.
_TOLD_APART: Final = ("event", "text", "what", "why", "stratum", "recorder", "draw")

#: Fields that are digests of words.
_WORDS: Final = ("what", "why", "text")


@attrs.frozen
class StoryEvent(Result):
    """An event of a letter's story.

    Attributes:
        event: as the ledger holds it.
        words: the text that was recorded with it; None without one, or where it was erased.
        erased: whether its text was erased.
        corrects: the number of the event that it makes void, if it is a correction; else None.
        void_by: the number of the event that made it void; None if it is valid.
    """

    event: Event
    words: str | None
    erased: bool
    corrects: int | None
    void_by: int | None

    def to_dict(self) -> dict[str, Json]:
        """The event's own fields and its hash, and what is said of it here."""
        return {
            **self.event.to_dict(),
            "hash": self.event.hash,
            "words": self.words,
            "erased": self.erased,
            "corrects": self.corrects,
            "void_by": self.void_by,
        }


@attrs.frozen
class LetterStory(Result):
    """Everything that a ledger holds about one letter; ``str(story)`` is for reading.

    Attributes:
        unit_id, population: which letter.
        period: the month of its draw; None for a response about which only resolutions are known.
        state: the state that it is in; None if no valid event says one.
        stratum: where it was drawn, or None.
        held: whether its texts are under a legal hold.
        events: the events, oldest first; those that concern its whole month and made some of the
            others void are among them.
        is_case: whether it is a case of the casebook, and no letter.
    """

    unit_id: str
    population: str
    period: str | None
    state: str | None
    stratum: tuple[str, ...] | None
    held: bool
    events: tuple[StoryEvent, ...]
    is_case: bool = False

    def to_dict(self) -> dict[str, Json]:
        """For JSON, in which only a case says that it is one."""
        fields = super().to_dict()
        if not self.is_case:
            del fields["is_case"]
        return fields

    def __str__(self) -> str:
        facts = [("state", (self.state or "not known by a valid event").replace("_", " "))]
        if self.stratum is not None:
            facts.append(("stratum", stratum_words(self.stratum)))
        if self.held:
            facts.append(("texts", "under a legal hold"))
        about = ", ".join(filter(None, (self.population, self.period)))
        what = "Case" if self.is_case else "Letter"
        title = text_fields(f"{what} {self.unit_id} of {about}", facts)
        return "\n".join([title, "", *self._lines()])

    def _lines(self) -> Iterator[str]:
        """A table of the events; below each its details and its words."""
        kinds = {said.event.sequence: _in_words(said.event.kind) for said in self.events}
        rows = [
            [str(number), to_the_second(said.event.at), kinds[number], printable(said.event.actor)]
            for said in self.events
            for number in [said.event.sequence]
        ]
        header, *table = text_table(_HEADER, rows, "rlll").split("\n")
        yield header
        for said, line in zip(self.events, table, strict=True):
            yield line
            yield from _wrapped(", ".join(_details(said)))
            for part in (said.words or "").splitlines():
                yield from _wrapped(part, _INDENT + "| ")
            if said.erased:
                yield _INDENT + "(its words were erased)"
            if said.void_by is not None:
                yield _INDENT + f"VOID by event {said.void_by}, {kinds[said.void_by]}"


def letter_story(
    ledger: Ledger,
    unit_id: str,
    *,
    population: str | None = None,
    period: Period | None = None,
    case: bool = False,
) -> LetterStory:
    """Everything that a ledger holds about one letter, or one case.

    Args:
        ledger: the ledger.
        unit_id: the letter's id, or a case's.
        population, period: needed only where the id occurs in several.
        case: True if you mean the case, where a letter has its id too.

    Raises:
        LedgerError: no event names this id, or the events of several letters do.
    """
    own = list(ledger.events(unit_id=unit_id))
    if not own:
        raise LedgerError(_unknown(ledger, unit_id))
    if case or ledger.is_a_case(unit_id, population=population, period=period):
        return _case_story(ledger, unit_id, own)
    own = [event for event in own if event.kind not in CASE_KINDS]
    population, month = _one_of(own, unit_id, population, period)
    whole = [] if month is None else list(ledger.events(population=population, period=month))
    about = [e for e in own if e.population == population and e.period in (month, None)]
    about += [e for e in whole if e.unit_id is None and e.kind in ("superseded", WITHDRAWN)]
    about.sort(key=lambda event: event.sequence)
    void = void_by(about)
    makers = set(void.values())
    texts = ledger.texts(unit_id, population=population, period=None)
    if month is not None:
        texts |= ledger.texts(unit_id, population=population, period=month)
    history = _history(about)
    return LetterStory(
        unit_id=unit_id,
        population=population,
        period=month,
        state=None if history is None else history.state,
        stratum=None if history is None else tuple(history.stratum),
        held=is_held(about),
        events=tuple(
            _told(event, texts, void)
            for event in about
            if event.unit_id is not None or event.sequence in makers
        ),
    )


def _case_story(ledger: Ledger, case: str, own: Sequence[Event]) -> LetterStory:
    """Everything about a case; a case that was corrected has no state."""
    events = [event for event in own if event.period is None]
    casebook = Casebook.of(events, tell=False)
    population = next((name for name, known in casebook.referred if known == case), None)
    if population is None:
        raise LedgerError(f"case {quoted(case)}: is not in this ledger; check its id")
    found = casebook.get(population, case)
    void = void_by(events)
    texts = ledger.texts(case, population=population, period=None)
    return LetterStory(
        unit_id=case,
        population=population,
        period=None,
        state=None if found is None else found.state,
        stratum=None,
        held=(population, case) in casebook.held,
        events=tuple(_told(event, texts, void) for event in events),
        is_case=True,
    )


def _one_of(
    events: Iterable[Event], unit_id: str, population: str | None, period: Period | None
) -> tuple[str, str | None]:
    """The population and the month of the letter with this id that is asked for."""
    found = dict.fromkeys((str(e.population), e.period) for e in events)
    places = [place for place in found if place[1] is not None] or list(found)
    there = "; ".join(", ".join(filter(None, place)) for place in places)
    asked = {"population": population, "period": None if period is None else str(period)}
    for number, (name, value) in enumerate(asked.items()):
        if value is None:
            continue
        places = [place for place in places if place[number] == value]
        if not places:
            raise LedgerError(
                f"letter {quoted(unit_id)}, {name}: got {quoted(value)}; "
                f"the ledger has this id in {there}"
            )
    if len(places) > 1:
        raise LedgerError(
            f"letter {quoted(unit_id)}: {len(places)} letters have this id ({there}); "
            "give period=... or population=..."
        )
    return places[0]


def _unknown(ledger: Ledger, unit_id: str) -> str:
    """What to say of an id that no event names; only here all ids are looked through."""
    named = {event.unit_id for event in ledger.events() if event.unit_id}
    ids = {one.casefold(): one for one in sorted(named)}
    close = difflib.get_close_matches(unit_id.casefold(), ids, cutoff=0.75)
    hint = (
        f"did you mean {' or '.join(quoted(ids[one]) for one in close)}?"
        if close
        else "'ceosample export letters.csv' lists the ids of all selected letters"
    )
    return f"letter {quoted(unit_id)}: no event of this ledger has this id; {hint}"


def void_by(events: Iterable[Event]) -> dict[int, int]:
    """The number of each void event, and of the one that made it void."""
    valid: dict[int, Event] = {}
    void: dict[int, int] = {}
    for event in events:
        gone: Iterable[Event] = ()
        if event.kind == "corrected":
            gone = [e for e in valid.values() if e.hash == event.payload["event"]]
        elif event.kind == WITHDRAWN:
            file = event.payload["file"]
            gone = [e for e in valid.values() if e.kind == CLAIM and e.payload["file"] == file]
        elif event.kind == "superseded":
            gone = [e for e in valid.values() if e.kind in _OF_A_DRAW]
        void |= {e.sequence: event.sequence for e in gone}
        valid = {number: e for number, e in valid.items() if number not in void}
        valid[event.sequence] = event
    return void


def _history(events: list[Event]) -> History | None:
    """What is true of the letter, by the events that are valid."""
    return next(iter(histories_of(valid_events(events)).values()), None)


def _told(event: Event, texts: Mapping[str, str], void: Mapping[int, int]) -> StoryEvent:
    digests = [event.payload[name] for name in _WORDS if name in event.payload]
    words = [texts[one] for one in digests if one in texts]
    gone = [number for number, maker in void.items() if maker == event.sequence]
    return StoryEvent(
        event=event,
        words="\n".join(words) if words else None,
        erased=len(words) < len(digests),
        corrects=gone[0] if gone and event.kind == "corrected" else None,
        void_by=void.get(event.sequence),
    )


def _in_words(kind: str) -> str:
    return _KINDS.get(kind, kind.removeprefix(PREFIX).replace("_", " "))


def _wrapped(text: str, indent: str = _INDENT) -> list[str]:
    return textwrap.wrap(
        printable(text),
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_on_hyphens=False,
    )


def _details(said: StoryEvent) -> Iterator[str]:
    """What an event says, field by field; of a digest so much as is printed on a letter."""
    if said.corrects is not None:
        yield f"makes event {said.corrects} void"
    payload = said.event.payload
    for name, value in payload.items():
        if name in _TOLD_APART or value in (None, False, [], {}):
            continue
        if name == "division" and value == payload.get("stratum"):
            continue
        label = _LABELS.get((said.event.kind, name), name.replace("_", " "))
        if value is True:
            yield label
        elif isinstance(value, Mapping):
            yield ", ".join(f"{label} {key} {item}" for key, item in value.items())
        elif isinstance(value, list):
            yield f"{label} {' '.join(map(str, value))}"
        else:
            yield f"{label} {value[:CODE_DIGITS] if is_digest(value) else value}"
    if "recorder" in payload:
        yield f"recorded by {payload['recorder']}"
