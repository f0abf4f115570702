"""What figures ask of a letter: when it was sent, signed, due and gone, and what befell it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import attrs

from ceosample.days import day_of
from ceosample.letters.regimes.elements import AFTER_ISSUE
from ceosample.sampling.frames.strata import Stratum
from ceosample.signoff.replay.history import History
from ceosample.signoff.replay.lifecycle import CONTACT_ASKED, ENDS, IN_PERSON, WENT_OUT
from ceosample.signoff.replay.zones import Zones
from ceosample.signoff.store.events import Event


@attrs.frozen
class LetterFacts:
    """A letter that was ever selected.

    Attributes:
        unit_id, period, stratum, take_all: which letter.
        original: whether it was drawn, and not moved up from the reserves.
        happened: the states that it was ever in.
        state: the one that it is in.
        due: what its newest version says; None where it names no day.
        sign_by: by when it must be signed, likewise.
        after_issue: whether what is signed is a letter about one that went out before the draw.
        owner: who owns it, by its newest version.
        signatory: to whom its newest version is addressed.
        versions: how many versions were rendered.
        sent: the day on which it was first sent for signature.
        signed: the day of the signature in person that stands.
        ended: the day of its end.
        words: the words of the versions sent for signature, each version once.
        counted, uncounted: how many such versions say how many words they have, and do not.
        contacts: contacts with the customer by channel, by its newest version; None if unsaid.
        passed_between: people that the customer was passed between, likewise.
        answers: the outcomes of the contacts with the customer that came about or were tried,
            oldest first; empty where the history has no annotations.
        zone: the time zone of its days, those above and those of asking.
    """

    unit_id: str
    period: str
    stratum: Stratum
    take_all: bool
    original: bool
    happened: frozenset[str]
    state: str
    due: dt.date | None
    sign_by: dt.date | None
    after_issue: bool
    owner: str | None
    signatory: str | None
    versions: int
    sent: dt.date | None
    signed: dt.date | None
    ended: dt.date | None
    words: int
    counted: int
    uncounted: int
    contacts: dict[str, int] | None
    passed_between: int | None
    answers: tuple[str, ...]
    zone: str

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something about it."""
        return self.ended is None

    @property
    def went_out(self) -> dt.date | None:
        """The day on which a letter went out, however it ended; None if none did."""
        return self.ended if self.state in WENT_OUT else None

    def day_of_asking(self, as_of: dt.datetime) -> dt.date:
        """The day of asking, where the letter is."""
        return day_of(as_of, self.zone)


def letter_facts(histories: Iterable[History], zones: Zones) -> list[LetterFacts]:
    """The facts of every letter that was ever selected; reserves that stayed so have none."""
    return [_facts(history, zones) for history in histories if history.state != "reserve"]


def _facts(history: History, zones: Zones) -> LetterFacts:
    first: dict[str, Event] = {}
    for event in history.events:
        first.setdefault(event.kind, event)
    newest = history.latest("rendered")
    said = {} if newest is None else newest.payload
    signed, sent = history.standing(*IN_PERSON), first.get("sent_for_signature")
    words = _words_sent(history.events)
    counted = [number for number in words if number is not None]
    return LetterFacts(
        unit_id=history.subject.unit_id,
        period=history.subject.period,
        stratum=history.stratum,
        take_all=history.take_all,
        original=history.original,
        happened=frozenset(first),
        state=history.state,
        due=_date(said.get("due")),
        sign_by=_date(said.get("sign_by")),
        after_issue=said.get("sampling") == AFTER_ISSUE,
        owner=said.get("owner"),
        signatory=said.get("signatory"),
        versions=history.versions,
        sent=None if sent is None else zones.day(sent),
        signed=None if signed is None else zones.day(signed),
        ended=zones.day(history.events[-1]) if history.state in ENDS else None,
        words=sum(counted),
        counted=len(counted),
        uncounted=len(words) - len(counted),
        contacts=said.get("contacts"),
        passed_between=said.get("passed_between"),
        answers=tuple(
            event.payload["outcome"]
            for event in history.annotations
            if event.kind == "contact" and event.payload["outcome"] != CONTACT_ASKED
        ),
        zone=zones.zone(history.subject.population, history.subject.period),
    )


def _words_sent(events: Iterable[Event]) -> list[int | None]:
    """The words of each version that was sent, None where it does not say."""
    rendered: dict[str, int | None] = {}
    sent: dict[str, int | None] = {}
    for event in events:
        if event.kind == "rendered":
            rendered[event.payload["letter"]] = event.payload.get("words")
        elif event.kind == "sent_for_signature":
            sent[event.payload["letter"]] = rendered.get(event.payload["letter"])
    return list(sent.values())


def _date(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)
