"""What the reader of each drawn letter made of it, by the letter's history in the ledger.

The question is how many letters would have gone out defective had nobody drawn them. So the verdict
is on the letter as it first came to its reader: a letter that was sent back counts as defective,
however well it was put right.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from typing import Final

import attrs

from ceosample.errors import InferenceError, raise_faults
from ceosample.result import Result
from ceosample.sampling.frames.strata import Stratum
from ceosample.signoff.replay.history import History
from ceosample.signoff.store.events import Event
from ceosample.text import quoted

SOUND: Final = "sound"
DEFECTIVE: Final = "defective"
#: Of a letter that was never eligible, and was never sent: it is no defect, and N stays.
INELIGIBLE: Final = "ineligible"

FINDING: Final = "finding"

#: What a reader does that is a verdict, whether or not a finding says so too.
VERDICT_KINDS: Final = (FINDING, "signed", "signed_by_deputy", "returned_for_rework", "declined")

_SENT_BACK: Final = ("returned_for_rework", "declined")
_SIGNED: Final = ("signed", "signed_by_deputy")
_NEVER_ELIGIBLE: Final = ("found_ineligible", "replaced")


@attrs.frozen
class Reading(Result):
    """What became of a letter that was drawn.

    Attributes:
        unit_id: the response.
        stratum: where it was drawn, by the plan.
        take_all: whether its stratum is read in full.
        line: ``stratum``; or ``open`` for an open letter of a rotation.
        verdict: ``sound``, ``defective``, ``ineligible``; None without one.
        basis: the kind of event that gives the verdict; without one the state the letter is in.
        readers: the ids of the people who gave it.
        by_other: whether the person to whom it was sent is not among them, so that a deputy or
            another executive read it.
        codes: what the findings name, each once.
        severity: how bad its defect is, from 0 to 1: the worst that a finding says; None where
            none says, and it then counts as 1.
        edited: whether the reader had a text that was edited after the draw.
        events: the numbers of the events that give the verdict.
    """

    unit_id: str
    stratum: Stratum
    take_all: bool
    line: str
    verdict: str | None
    basis: str
    readers: tuple[str, ...]
    by_other: bool
    codes: tuple[str, ...]
    severity: Fraction | None
    edited: bool
    events: tuple[int, ...]


def reading_of(history: History) -> Reading:
    """What the events of a drawn letter come to.

    A finding of a defect counts, whatever came before or after. Otherwise the letter is defective
    if a reader sent it back or declined it, unless the same reader found that version sound. It is
    sound if a reader found it so, or signed it. A signature on the executive's own letter, after
    they took the case over, says nothing about the letter that was drawn.
    """
    findings = [e for e in history.annotations if e.kind == FINDING]
    bad = [e for e in findings if e.payload["verdict"] == DEFECTIVE]
    back = [*_sent_back(history, [e for e in findings if e not in bad])]
    signed = [e for e in history.events if e.kind in _SIGNED and "own_letter" not in e.payload]
    sent = history.latest("sent_for_signature") is not None
    if bad:
        return _reading(history, DEFECTIVE, bad)
    if history.state == "replaced" and not sent:
        return _reading(history, INELIGIBLE, [history.events[-1]])
    if history.state in _NEVER_ELIGIBLE:
        return _reading(history, None, [])
    if back:
        return _reading(history, DEFECTIVE, back[:1])
    if findings:
        return _reading(history, SOUND, findings)
    return _reading(history, SOUND, signed[:1]) if signed else _reading(history, None, [])


def _reading(history: History, verdict: str | None, said: list[Event]) -> Reading:
    readers = () if verdict == INELIGIBLE else dict.fromkeys(event.actor for event in said)
    codes = (code for event in said for code in event.payload.get("codes") or ())
    told = [Fraction(e.payload["severity"]) for e in said if "severity" in e.payload]
    version = _version_at(history, said[0]) if said else 0
    addressed = _addressed(history)
    edited = any("edited_by" in docket for docket in history.dockets[:version])
    return Reading(
        unit_id=history.subject.unit_id,
        stratum=history.stratum,
        take_all=history.take_all,
        line=history.line[0],
        verdict=verdict,
        basis=said[0].kind if said else history.state,
        readers=tuple(readers),
        by_other=bool(readers) and {*readers}.isdisjoint(addressed) and bool(addressed),
        codes=tuple(dict.fromkeys(codes)),
        severity=max(told) if told and verdict == DEFECTIVE else None,
        edited=edited,
        events=tuple(event.sequence for event in said),
    )


def _sent_back(history: History, sound: list[Event]) -> Iterator[Event]:
    """The events by which a reader sent the letter back; what the office calls back is none."""
    readers = _addressed(history) | {e.payload["to"] for e in history.events if "to" in e.payload}
    spared = {(event.actor, _version_at(history, event)) for event in sound}
    for event in history.events:
        by_reader = event.kind in _SENT_BACK and event.actor in readers
        if by_reader and (event.actor, _version_at(history, event)) not in spared:
            yield event


def _addressed(history: History) -> set[str]:
    """The ids of the people to whom the letter was sent for signature."""
    sent = (event for event in history.events if event.kind == "sent_for_signature")
    return {str(event.payload["signatory"]) for event in sent}


def _version_at(history: History, event: Event) -> int:
    """Which version a reader had before them, from 1."""
    rendered = (e for e in history.events if e.kind == "rendered")
    return sum(e.sequence < event.sequence for e in rendered)


def require_judged_once(histories: list[History]) -> None:
    """Raise if a reader judged one version of a letter twice: only one of the two can count.

    Raises:
        InferenceError: every such letter, with its events.
    """
    raise_faults(InferenceError, (fault for one in histories for fault in _judged_twice(one)))


def _judged_twice(history: History) -> Iterator[str]:
    findings = [event for event in history.annotations if event.kind == FINDING]
    found = Counter((event.actor, _version_at(history, event)) for event in findings)
    for (reader, version), count in found.items():
        if count > 1:
            numbers = [
                str(event.sequence)
                for event in findings
                if (event.actor, _version_at(history, event)) == (reader, version)
            ]
            yield (
                f"{history.subject.period}, letter {history.subject.unit_id}: got {count} findings "
                f"of {quoted(reader)} (events {', '.join(numbers)}); correct all but one"
            )
