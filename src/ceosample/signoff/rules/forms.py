"""The one table of kinds of events: what each is about, and which fields it holds.

A new kind, or a new field of a kind, is a line of ``KINDS`` with the number of the rules that bring
it.
"""

from __future__ import annotations

import datetime as dt
import functools
import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeAlias

import attrs

from ceosample.canonical import Json
from ceosample.errors import CeosampleError, LedgerError
from ceosample.got import Private, got, kind_of
from ceosample.period import Period
from ceosample.signoff.replay import keys, naming
from ceosample.signoff.replay.cases import NATURES, OF_A_CASE, PREFIX, REFERRED, WAYS
from ceosample.signoff.replay.lifecycle import (
    ANNOTATIONS,
    DIGITALLY,
    PROMISED,
    RECORDED_STATES,
    EventFields,
)
from ceosample.signoff.replay.readings import READING
from ceosample.signoff.rules import clock
from ceosample.signoff.rules import fields as a
from ceosample.signoff.rules.fields import FIELDS, Field
from ceosample.signoff.store.events import PROGRAM, Event, UnreadEvent, moment
from ceosample.text import fault_in_name, quoted

_ABOUT: Final = ("population", "period", "unit_id")

#: Which of these an event has, by whether each is there.
_HAS: Final[Mapping[tuple[bool, ...], frozenset[str]]] = {
    there: frozenset(itertools.compress(_ABOUT, there))
    for there in itertools.product((False, True), repeat=len(_ABOUT))
}

#: What an event is about: the parts of its subject that it has.
LEDGER: Final = frozenset[str]()
POPULATION: Final = frozenset({"population"})
MONTH: Final = frozenset({"population", "period"})
LETTER: Final = frozenset(_ABOUT)
RESPONSE: Final = frozenset({"population", "unit_id"})


@attrs.frozen
class Form:
    """What an event of a kind looks like.

    Attributes:
        about: what it can be about; several where it has a choice.
        needs, may: the fields that its payload must have, and those that it may have.
        since: the number of the rules from which on there is such an event.
        since_rules: of fields that came later than the kind, the number of the rules that brought
            them.
    """

    about: tuple[frozenset[str], ...]
    needs: Mapping[str, Field] = {}
    may: Mapping[str, Field] = {}
    since: int = 1
    since_rules: Mapping[str, int] = {}

    @property
    def names(self) -> frozenset[str]:
        """The names of all fields that it has under any rules."""
        return frozenset({*self.needs, *self.may, *_ANY})

    def needed(self, name: str, rules: int) -> bool:
        """Whether a field must be there under the rules of a number."""
        return name in self.needs and self.since_rules.get(name, 1) <= rules

    def field(self, name: str, rules: int) -> Field | None:
        """The field of a name; None where these rules know none."""
        if self.since_rules.get(name, 1) > rules:
            return None
        return self.needs.get(name) or self.may.get(name) or _ANY.get(name)


#: Fields that every event may have: who recorded what another person did.
_ANY: Final[Mapping[str, Field]] = {"recorder": a.A_PERSON}

#: Fields whose texts are kept outside the ledger: a message does not repeat what is there instead.
_WORDS: Final = frozenset({"text", "name", "what", "why"})

_OF_A_DRAW: Final[Mapping[str, Field]] = {
    "draw": a.A_DIGEST,
    "stratum": a.TEXTS,
    "rank": a.count(1),
    "take_all": a.YES_OR_NO,
}

_OF_A_DOCKET: Final[Mapping[str, Field]] = {
    **dict.fromkeys(
        ("owner", "author", "regime", "regime_version", "sampling", "content"), a.SOME_TEXT
    ),
    **dict.fromkeys(("received", "due", "sign_by"), a.A_DAY),
    "contacts": a.COUNTS,
    "passed_between": a.A_COUNT,
    "promises": a.DAYS,
}

_OF_A_FREEZE: Final[Mapping[str, Field]] = {
    "commitment": a.A_DIGEST,
    "scheme": a.SOME_TEXT,
    "population": a.A_NAME,
    "period": a.A_MONTH,
    "plan": a.A_PLAN,
    "manifest": a.A_DIGEST,
    "excluded": a.A_DIGEST,
    "seed_source": a.A_SEED_SOURCE,
    "earlier": a.DIGESTS,
    "count": a.A_COUNT,
    "exclusions": a.COUNTS,
    "control_total": a.maybe(a.A_COUNT),
}

_SENT: Final[Mapping[str, Field]] = {"letter": FIELDS["letter"], "signatory": a.A_PERSON}


#: What a wrong clock claimed, of an event whose ``at`` is what was made of it.
_CLAIMED: Final[Mapping[str, Field]] = {clock.CLAIMED: a.A_MOMENT}
_SINCE_CLAIMED: Final = {clock.CLAIMED: 2}


#: Which program froze or drew a month.
_PROGRAM: Final[Mapping[str, Field]] = {PROGRAM: a.SOME_TEXT}
_SINCE_PROGRAM: Final = {PROGRAM: 2}


def _recorded(said: EventFields) -> Form:
    """The form of an event that people record about a letter: its text is a salted digest."""
    given = {**FIELDS, "text": a.A_DIGEST}
    return Form(
        (LETTER,),
        {name: given[name] for name in said.needs},
        {**{name: given[name] for name in said.may}, **_CLAIMED},
        since_rules={
            **_SINCE_CLAIMED,
            **{name: 2 for name in ("severity", "cause") if name in said.may},
        },
    )


def _recorded_of_case(said: EventFields) -> Form:
    """The form of an event that people record about a case."""
    letter = _recorded(said)
    return Form((RESPONSE,), letter.needs, {n: letter.may[n] for n in said.may}, since=2)


#: Every kind of event that there is.
KINDS: Final[Mapping[str, Form]] = {
    # The ledger itself.
    "opened": Form((LEDGER,), {"ledger": a.SOME_TEXT, "schema": a.count(1)}),
    "rules": Form((LEDGER,), {"rules": a.count(2)}, {clock.AHEAD_SECONDS: a.A_COUNT}),
    "clock_corrected": Form((LEDGER,), {"reason_code": a.A_CODE, "newest": a.A_MOMENT}, since=2),
    "zone_stated": Form((MONTH,), {"zone": a.A_ZONE}, since=2),
    "method_stated": Form((MONTH,), a.A_METHOD, {"tolerable": a.A_RATE}, since=2),
    # An old ledger is repaired as it is, without being upgraded.
    "repaired": Form((LEDGER,), {"rebuilt": a.TEXTS}),
    # A month.
    "chain_published": Form(
        (POPULATION,),
        {"end": a.A_DIGEST, "first": a.A_MONTH, "months": a.count(1)},
        {"reason_code": a.A_CODE, "zone": a.A_ZONE},
    ),
    "frozen": Form(
        (MONTH,),
        _OF_A_FREEZE,
        {
            "block": a.A_MONTH,
            "title": a.A_TITLE,
            "zone": a.A_ZONE,
            READING: a.TRUE,
            **_PROGRAM,
        },
        since_rules={READING: 2, **_SINCE_PROGRAM},
    ),
    "seed_revealed": Form(
        (MONTH,),
        {"value": a.SOME_TEXT, "source": a.A_SEED_SOURCE, "witnesses": a.TEXTS},
        {"contributions": a.TEXTS, "signature": a.SOME_TEXT, "previous_signature": a.SOME_TEXT},
        since_rules={"previous_signature": 2},
    ),
    "drawn": Form(
        (MONTH,),
        {"draw": a.A_DIGEST, "commitment": a.A_DIGEST, "strata": a.POOLS},
        _PROGRAM,
        since_rules=_SINCE_PROGRAM,
    ),
    "superseded": Form(
        (MONTH,),
        {"draw": a.A_DIGEST, "reason_code": a.A_CODE},
        {"approver": a.A_PERSON},  # rules 2 need one, which is a rule and no form
        since_rules={"approver": 2},
    ),
    # A pack's room, sealed again: what it was about, and the file.
    "room_sealed": Form((MONTH,), {"pack": a.A_DIGEST, "room": a.A_DIGEST}),
    "reconciled": Form((MONTH,), dict.fromkeys(("opening", "new", "final", "carried"), a.A_COUNT)),
    # A letter, as registering, replacing and sending record it.
    "selected": Form(
        (LETTER,),
        _OF_A_DRAW,
        {"line": a.SOME_TEXT, "division": a.TEXTS, "replaces": a.SOME_TEXT, READING: a.TRUE},
        since_rules={"division": 2, READING: 2},
    ),
    "reserve": Form(
        (LETTER,),
        _OF_A_DRAW,
        {"line": a.SOME_TEXT, "division": a.TEXTS, READING: a.TRUE},
        since_rules={"division": 2, READING: 2},
    ),
    "rendered": Form(
        (LETTER,),
        {**_SENT, "version": a.count(1), "words": a.A_COUNT},
        {**_OF_A_DOCKET, "edited_by": a.A_PERSON, "edited_for": a.A_CODE},
        since_rules=dict.fromkeys(("edited_by", "edited_for", "passed_between", "promises"), 2),
    ),
    # A letter, as people record it.
    **{kind: _recorded(said) for kind, said in {**RECORDED_STATES, **ANNOTATIONS}.items()},
    "replaced": Form(
        (LETTER,),
        {"reason_code": a.A_CODE},
        {"approver": a.A_PERSON, "own_code": a.A_CODE, **_CLAIMED},
        since_rules={"approver": 2, "own_code": 2, **_SINCE_CLAIMED},
    ),
    "dispatched": attrs.evolve(
        _recorded(RECORDED_STATES["dispatched"]), since_rules={"file": 2, **_SINCE_CLAIMED}
    ),
    **{
        kind: attrs.evolve(_recorded(said[kind]), since=2)
        for said, kind in (
            (RECORDED_STATES, "found_ineligible"),
            (RECORDED_STATES, "read"),
            (ANNOTATIONS, "eligibility_questioned"),
            *((ANNOTATIONS, kind) for kind in PROMISED),
        )
    },
    "sent_for_signature": Form(
        (LETTER,), {**_SENT, "pack": a.A_DIGEST}, _CLAIMED, since_rules=_SINCE_CLAIMED
    ),
    "signed": Form(
        (LETTER,),
        {"letter": FIELDS["letter"]},
        {**{name: FIELDS[name] for name in DIGITALLY}, "own_letter": a.TRUE, **_CLAIMED},
        since_rules=_SINCE_CLAIMED,
    ),
    "signed_by_deputy": Form(
        (LETTER,),
        {"letter": FIELDS["letter"], "for": a.A_PERSON},
        {**{name: FIELDS[name] for name in DIGITALLY}, **_CLAIMED},
        since_rules=_SINCE_CLAIMED,
    ),
    # A case of the casebook.
    REFERRED: Form(
        (RESPONSE,),
        {"came_by": a.one_of(*WAYS), "nature": a.one_of(*NATURES)},
        {"owner": a.A_PERSON, "division": a.A_NAME, "due": a.A_DAY, "text": a.A_DIGEST},
        since=2,
    ),
    **{PREFIX + kind: _recorded_of_case(said) for kind, said in OF_A_CASE.items()},
    "case_held": Form((RESPONSE,), {"reason_code": a.A_CODE}, since=2),
    "case_hold_lifted": Form((RESPONSE,), {"reason_code": a.A_CODE}, since=2),
    "case_forgotten": Form((RESPONSE,), {"texts": a.A_COUNT, "reason_code": a.A_CODE}, since=2),
    # What people recorded, taken back; and texts.
    "corrected": Form(
        (LEDGER, POPULATION, MONTH, LETTER, RESPONSE),
        {"event": a.A_DIGEST, "reason_code": a.A_CODE},
    ),
    "held": Form((LETTER,), {"reason_code": a.A_CODE}),
    "hold_lifted": Form((LETTER,), {"reason_code": a.A_CODE}),
    "forgotten": Form(
        (LEDGER, LETTER),
        {"texts": a.A_COUNT, "reason_code": a.A_CODE},
        {"person": a.A_PERSON},
    ),
    # People.
    "named": Form((LEDGER,), {"person": a.A_PERSON, "name": a.A_DIGEST}),
    naming.AGREED: Form(
        (LEDGER,),
        {"person": a.A_PERSON, "audience": a.AN_AUDIENCE, "name": a.A_DIGEST},
        since=2,
    ),
    naming.WITHDRAWN: Form((LEDGER,), {"person": a.A_PERSON}, since=2),
    # Recorders' keys.
    keys.REGISTERED: Form((LEDGER,), {"person": a.A_PERSON, "key": a.A_KEY}, since=2),
    keys.ROTATED: Form(
        (LEDGER,), {"person": a.A_PERSON, "key": a.A_KEY, "replaces": a.A_KEY}, since=2
    ),
    keys.REVOKED: Form(
        (LEDGER,),
        {"person": a.A_PERSON, "key": a.A_KEY, "reason_code": a.A_CODE, "approver": a.A_PERSON},
        since=2,
    ),
    "role_granted": Form(
        (LEDGER, POPULATION),
        {"person": a.A_PERSON, "role": a.A_ROLE, "from": a.A_DAY},
        {"until": a.A_DAY, "for": a.A_PERSON, "limit": FIELDS["amount"], "currency": a.A_CURRENCY},
    ),
    "role_revoked": Form(
        (LEDGER, POPULATION),
        {"person": a.A_PERSON, "role": a.A_ROLE, "from": a.A_DAY},
        {"for": a.A_PERSON},
        since_rules={"for": 2},
    ),
    # Resolutions outside policy.
    "oop_proposed": Form(
        (POPULATION, RESPONSE),
        {"resolution": a.A_NAME, "policy": a.A_CODE, "review_by": a.A_DAY},
        {
            "amount": FIELDS["amount"],
            "currency": a.A_CURRENCY,
            "division": a.A_NAME,
            "what": a.A_DIGEST,
            "why": a.A_DIGEST,
        },
        since_rules={"what": 2, "why": 2},
    ),
    "oop_cosigned": Form((POPULATION, RESPONSE), {"resolution": a.A_NAME}),
    "oop_reviewed": Form(
        (POPULATION, RESPONSE),
        {"resolution": a.A_NAME, "outcome": a.AN_OUTCOME},
        {"text": a.A_DIGEST},
        since_rules={"text": 2},
    ),
    "oop_forgotten": Form(
        (POPULATION, RESPONSE),
        {"resolution": a.A_NAME, "texts": a.A_COUNT, "reason_code": a.A_CODE},
        since=2,
    ),
    # Past sign-offs of an older tracker.
    "imported": Form(
        (LETTER,),
        {
            "verified": a.FALSE,
            "outcome": a.A_CLAIM,
            "stratum": a.maybe(a.TEXTS),
            "signed_by": a.maybe(a.SOME_TEXT),
            "signed_on": a.maybe(a.A_DAY),
            "file": a.A_DIGEST,
            "sheet": a.maybe(a.A_COUNT),
            "row": a.A_COUNT,
        },
        {"zone": a.A_ZONE},
    ),
    "import_withdrawn": Form((MONTH,), {"file": a.A_DIGEST, "reason_code": a.A_CODE}),
}


def faults_of_form(event: Event, rules: int) -> Iterator[str]:
    """What is wrong with an event's form, by itself, under the rules of a number.

    Each is ``place: got VALUE; do THIS``, without the event's number.
    """
    return iter(()) if _is_right(event, rules) else _faults(event, rules)


def _is_right(event: Event, rules: int) -> bool:
    """Whether an event's form is right: the quick proof that nothing is wrong with it."""
    read = None if isinstance(event, UnreadEvent) else _reading(event.kind, rules)
    if read is None:
        return False
    about, needed, readers = read
    if not (
        _has(event) in about
        and is_moment(event.at)
        and clock.is_recorded(event.recorded_at)
        and is_name(event.actor)
        and (event.population is None or is_name(event.population))
        and (event.period is None or is_month(event.period))
    ):
        return False
    try:
        for name, value in event.payload.items():
            readers[name](value)
    except (KeyError, CeosampleError, ValueError, TypeError, OverflowError):
        return False
    return event.payload.keys() >= needed


#: What a kind is about, the fields that it must have, and how each that it can have is read.
_Reading: TypeAlias = (
    "tuple[tuple[frozenset[str], ...], frozenset[str], Mapping[str, Callable[[Any], Json]]]"
)


@functools.lru_cache(maxsize=4096)
def _reading(kind: str, rules: int) -> _Reading | None:
    """How an event of a kind is read; None where there is no such kind."""
    form = KINDS.get(kind)
    if form is None or form.since > rules:
        return None
    fields = {name: form.field(name, rules) for name in form.names}
    needed = frozenset(name for name in form.needs if form.needed(name, rules))
    return (
        form.about,
        needed,
        {name: field.read for name, field in fields.items() if field is not None},
    )


def _faults(event: Event, rules: int) -> Iterator[str]:
    if isinstance(event, UnreadEvent):
        yield event.fault
        return
    form = KINDS.get(event.kind)
    if form is None or form.since > rules:
        do = "" if form is None else "; run 'ceosample upgrade' first"
        yield f"kind: got {quoted(event.kind)}, which is no kind of event under rules {rules}{do}"
        return
    yield from _faults_of_head(event, form)
    for name in form.needs:
        if name not in event.payload and form.needed(name, rules):
            yield f"{name}: missing; give {form.needs[name].allowed}"
    for name, value in event.payload.items():
        field = form.field(name, rules)
        if field is None and form.since_rules.get(name, rules) > rules:
            yield (
                f"{quoted(name)}: got {kind_of(value)}, which {event.kind} takes from rules "
                f"{form.since_rules[name]} on; run 'ceosample upgrade' first, or remove it"
            )
        elif field is None:
            yield f"{quoted(name)}: got {kind_of(value)}; remove it, since {event.kind} takes none"
        elif not _is_read(field, value):
            said = got(value, Private.CONTENTS if name in _WORDS else None)
            yield f"{name}: {said}; give {field.allowed}"


def _is_read(field: Field, value: Any) -> bool:
    try:
        field.read(value)
    except (CeosampleError, ValueError, TypeError, OverflowError):
        return False
    return True


def _has(event: Event) -> frozenset[str]:
    """The parts of its subject that an event has."""
    return _HAS[event.population is not None, event.period is not None, event.unit_id is not None]


def _faults_of_head(event: Event, form: Form) -> Iterator[str]:
    """What is wrong with the times, the actor and the subject of an event."""
    if not is_moment(event.at):
        yield f"at: {got(event.at)}; give a time with its offset, '2026-11-02T09:00:00+00:00'"
    if not clock.is_recorded(event.recorded_at):
        yield (
            f"recorded_at: {got(event.recorded_at)}; give a time in UTC, "
            "'2026-11-02T09:00:00.000000Z'"
        )
    if not is_name(event.actor):
        yield f"actor: {got(event.actor)}; give a person's id"
    about = _has(event)
    if about not in form.about:
        yield f"subject: got {', '.join(sorted(about)) or 'nothing'}; {event.kind} has another"
    if event.population is not None and not is_name(event.population):
        yield f"population: {got(event.population)}; give a population's id"
    if event.period is not None and not is_month(event.period):
        yield f"period: {got(event.period)}; give {a.A_MONTH.allowed}"


@functools.lru_cache(maxsize=4096)
def is_moment(text: str) -> bool:
    """Whether a time is written as the recorder writes it."""
    try:
        value = dt.datetime.fromisoformat(text)
        if value.isoformat() != text:
            return False
        # Whole minutes of offset, and far from the ends of the calendar: most need no arithmetic.
        if text[-6:-5] in ("+", "-") and 1 < value.year < dt.MAXYEAR:
            return True
        return moment(value, "at") == text
    except (LedgerError, ValueError):
        return False


@functools.lru_cache(maxsize=4096)
def is_name(text: str) -> bool:
    """Whether it can be the id of a person or of a population."""
    return bool(text) and not fault_in_name(text)


@functools.lru_cache(maxsize=4096)
def is_month(text: str) -> bool:
    """Whether it is a month as an event writes it."""
    try:
        return str(Period.parse(text)) == text
    except ValueError:
        return False
