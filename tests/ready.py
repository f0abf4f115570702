"""Ready letters: a case that every regime and kind of letter has fields enough for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

import ceosample as cs
from ceosample.letters.regimes.elements import KINDS, Element

DATE = dt.date(2026, 11, 2)
SIGNATORY = cs.Signatory("ceo", "Margaret Llewelyn", "Chief Executive")
SEED = cs.Seed.from_dice("83019274650192837465", witnesses=["internal audit"])

#: What any ready letter may ask for; each takes what it needs.
CASE: Mapping[str, Any] = {
    "recipient": "Ann Example",
    "address": ["1 High Street", "Exampleton"],
    "salutation": "Dear Ms Example,",
    "subject": "Your complaint about a fee",
    "received": "2026-09-07",
    "complaint": "You told us that we took the fee of 1 September twice.",
    "consideration": "We read your account and spoke to the colleague who dealt with it.",
    "findings": "The fee was taken on 1 September and again on 3 September.",
    "reasons": "The terms of your account allow the fee once a month.",
    "remedy": "We have paid the second fee back.",
    "payment": {"amount": "25.50", "currency": "GBP", "by": "2026-11-09"},
    "outstanding": ["We will write to you when the money has reached you."],
    "steps_taken": "We stopped the fee.",
    "communications": "You rang us twice, and we wrote to you on 10 September.",
    "follow_up": "We will look at your account again in a month.",
    "escalation": "Reply to this letter within a month, in whatever way suits you.",
    "ombudsman_contact": "Its address is in the leaflet.",
    "contact": "Please reply to this letter; the reply comes to me.",
    "accepted": True,
    "exception": "Our rules did not foresee that an account has two owners.",
    "settled": "2026-09-09",
    "delay": "Another bank has not answered us yet.",
    "answer_by": "2026-11-30",
    "longest_by": "2026-12-28",
    "sent": "2026-10-20",
    "definition": "That we took the fee twice, and that you want the second one back.",
    "all_points": "You asked why the fee was taken twice. A clerk entered it again.",
}

#: Of the regimes that name no ombudsman: the letter says whom it means.
OMBUDSMAN = {"name": "The Chosen Scheme", "website": "www.scheme.example"}

#: The deadline that a docket names where a regime has stages, or several without a usual one.
RULES = {
    "housing-ombudsman": "stage-1",
    "lgsco": "stage-1",
    "scotland-spso": "stage-1",
    "us-ca-insurance": "claimant",
}

#: The same for an acknowledgement.
ACKNOWLEDGED = {
    "housing-ombudsman": "acknowledgement",
    "lgsco": "acknowledgement",
    "scotland-spso": "stage-2-acknowledgement",
}

#: Every kind of letter under every shipped regime that has it.
MATRIX = [(regime.id, kind) for regime in cs.regimes.shipped() for kind in regime.kinds]


def elements(regime: str, kind: str, rule: str) -> tuple[Element, ...]:
    """What a regime asks of a kind of letter that meets a deadline, or none."""
    return cs.regimes.Regime.named(regime).elements_of(kind, rule or None)


def _whole_matrix() -> Iterator[tuple[str, str, str]]:
    """The same under each deadline that asks something else: regime, deadline or "", kind."""
    for regime in cs.regimes.shipped():
        for kind in regime.kinds:
            rules = [x.name for x in regime.deadlines if not x.kinds or kind in x.kinds]
            asked = {elements(regime.id, kind, name): name for name in reversed(rules or [""])}
            yield from ((regime.id, name, kind) for name in asked.values())


WHOLE_MATRIX = list(_whole_matrix())

assert {kind for _, kind in MATRIX} == set(KINDS)


def usual_rule(regime: str, kind: Any) -> str:
    """The deadline that a docket of these tests names; empty where the regime needs none."""
    rules = {**RULES, **ACKNOWLEDGED} if kind == "acknowledgement" else RULES
    return rules.get(regime, "")


def contents(regime: str, kind: Any, rule: Any = None, **changes: Any) -> dict[str, Any]:
    """What ``contents`` holds for one letter; a kind or a field that is ... is left out."""
    fields = {**CASE, "ombudsman": OMBUDSMAN, "kind": kind, **changes}
    if cs.regimes.Regime.named(regime.partition(":")[0]).ombudsman and "ombudsman" not in changes:
        del fields["ombudsman"]
    named = usual_rule(regime, kind) if rule is None else rule
    return {
        "letter": {name: value for name, value in fields.items() if value is not ...},
        "docket": {"regime": f"{regime}:{named}" if named else regime},
    }


def pack(*entries: dict[str, Any], **arguments: Any) -> cs.Pack:
    """A pack of these letters, A-1, A-2, ..., without PDF unless it is asked for."""
    ids = [f"A-{number}" for number in range(1, len(entries) + 1)]
    frame = cs.Frame.from_records(
        [{"id": unit_id} for unit_id in ids],
        population="complaint-responses",
        period="2026-10",
        unit_id="id",
    )
    draw = cs.draw(frame, cs.Plan(size=len(ids), reserves=0), SEED)
    given = {
        "signatory": SIGNATORY,
        "date": DATE,
        "pdf": False,
        "deadlines": cs.regimes.DueDatePolicy(sampling="after-issue"),
        **arguments,
    }
    return cs.render(draw, dict(zip(ids, entries, strict=True)), **given)
