"""The JSON Schemas and the forms that the code checks refuse the same: a test holds them together.

Every place of a valid document is taken out, or given a value of each other type of JSON, a number
that is out of range or a word that is none; every object gets a name too many. A run's schema has
no reader here: it is held to what writes it.
"""

from __future__ import annotations

import copy
import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import attrs
import click
import jsonschema
import pytest

import ceosample as cs
from ceosample.canonical import LARGEST_INTEGER
from ceosample.error_report import ErrorReport
from ceosample.job.due import Agenda
from ceosample.job.losses.lost_files import LostFiles
from ceosample.job.month import Outcome
from ceosample.job.roll_forward import RollForward
from ceosample.job.run_due_months import RunReport
from ceosample.period import Period
from ceosample.sampling.record import Record
from ceosample.signoff.intake.decisions import _SAID
from ceosample.signoff.recording import event_fields
from ceosample.signoff.rules.fields import LONGEST_TEXT
from ceosample.text import LONGEST_TITLE

GOLDEN = Path(__file__).parent / "golden"
WRONG: dict[str, Any] = {
    "null": None, "boolean": True, "negative": -1, "zero": 0, "fraction": 0.5, "1.0": 1.0,
    "large": LARGEST_INTEGER + 1, "text": "", "word": "No such word!", "list": [], "object": {},
}  # fmt: skip

#: The exit codes of what a signal ended: of the hang-up, Ctrl-C and SIGTERM.
SIGNALS = {129, 130, 143}

#: Why one says more than the other, in several places.
PLAN = "the schema leaves the fields of a plan to the page about it"
WRITTEN = "the schema knows how it is written; the form takes text, and a redraw finds what differs"
EVENT = "the schema knows how it is written; the hashes hold an event to what was recorded"
NAME = "the schema knows that a name is not empty; the form takes text, and a redraw differs"
FIELD = "the reader takes null for a field that is not given"
STATES = "which fields a kind needs is in the table of states"
LOOKED_UP = "the reader leaves it to the ledger, which finds no such month or letter"


def texts(*places: str) -> list[str]:
    """The changes of these places from one text to another."""
    return [f"{place}: {what}" for place in places for what in ("text", "word")]


#: Where schema and code differ, by the beginning of the place and the change, and why.
EXCEPTIONS: dict[str, dict[str, str]] = {
    "draw": {
        "plan.": PLAN, "plan: surplus": PLAN,
        **dict.fromkeys(
            texts("population", "seed.value", "seed.signature", "strata.probability",
                  "selections.probability", "selections.line", "reserves.line"),
            WRITTEN,
        ),
        **dict.fromkeys(
            ("seed.source: text", "seed.witnesses: text", "frame.variables: text",
             "strata.stratum: text", "selections.stratum: text", "selections.unit_id: text",
             "reserves.stratum: text", "reserves.unit_id: text", "rotation.unreached: text",
             "waiting.lots.stratum: text"),
            NAME,
        ),
    },
    "event": {
        "payload.": "each kind of event has a payload of its own; a fraction is no canonical JSON",
        **dict.fromkeys(
            [*texts("at", "recorded_at", "kind", "period"), "actor: text", "unit_id: text"], EVENT
        ),
    },
    "decisions": {
        **{f"decisions.{name}: null": FIELD
           for name in (
               "population", "period", "code", "codes", "severity", "text", "approver", "own_code",
               "cause", "to",
           )},
        **{f"decisions.{name}: missing": STATES
           for name in _SAID
           if name not in ("codes", "severity", "text", "approver", "own_code")},
        "decisions.amount: missing": "an amount and its currency go together",
        "decisions.amount: zero": "the reader takes a whole number too; writers are to give text",
        **dict.fromkeys(texts("decisions.period", "decisions.code"), LOOKED_UP),
    },
}  # fmt: skip


def kind(value: object) -> str:
    for name, types in {"boolean": bool, "number": int | float, "text": str, "list": list}.items():
        if isinstance(value, types):
            return name
    return "null" if value is None else "object"


def named(path: tuple[str | int, ...]) -> str:
    return ".".join(str(part) for part in path if not isinstance(part, int))


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place below the document itself; of a list the first entry, as others are like it."""
    entries: Iterable[tuple[str | int, Any]] = value.items() if isinstance(value, dict) else ()
    if isinstance(value, list):
        entries = enumerate(value[:1])
    for name, inner in entries:
        yield (*path, name)
        yield from places(inner, (*path, name))


def same(one: object, other: object) -> bool:
    return type(one) is type(other) and one == other


def changed(document: Any) -> Iterator[tuple[str, Any]]:
    """Each change by its name, and the document with it."""
    for path in [(), *places(document)]:
        again = copy.deepcopy(document)
        place = again
        for part in path:
            place = place[part]
        if isinstance(place, dict):
            place["surplus"] = "x"
            yield f"{named(path)}: surplus", again
    for path in places(document):
        *above, last = path
        for what, value in {"missing": None, **WRONG}.items():
            again = copy.deepcopy(document)
            place = again
            for part in above:
                place = place[part]
            if what == "missing":
                del place[last]
                what = what if isinstance(last, str) else "one fewer"
            elif same(place[last], value) or (
                kind(value) in ("list", "object") and kind(place[last]) == kind(value)
            ):
                continue
            else:
                place[last] = value
            yield f"{named(path)}: {what}", again


def in_bytes(value: Any) -> bytes:
    """The document as a file; a fraction of a number has no canonical form, and so is no record."""
    return json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()


def takes(check: Callable[[Any], object], document: Any) -> bool:
    try:
        check(document)
    except (cs.CeosampleError, ValueError):
        return False
    return True


def draws() -> list[Any]:
    """The golden record with all that a record may have: only its form is read."""
    full = json.loads((GOLDEN / "draw.json").read_text("utf-8"))
    full["seed"] |= {"contributions": ["83019", "27465"], "signature": "ab"}
    for entry in (*full["selections"], *full["reserves"]):
        entry["line"] = "open"
    earlier = {"period": "2026-09", "draw": "c" * 64}
    full["rotation"] = {"block": "2026-07", "earlier": [earlier], "unreached": [["Loans"]]}
    lots = [{"stratum": ["Loans"], "lots": 3}]
    full["waiting"] = {"block": "2024-10", "earlier": [earlier], "lots": lots, "start": 4}
    return [full]


def events() -> list[Any]:
    """The ledger's first event, of no month; one of a month; one of a response."""
    lines = (GOLDEN / "ledger.jsonl").read_text("utf-8").splitlines()
    return [json.loads(lines[n]) for n in (0, 5, 7)]


#: A value of each field that a file of decisions can give.
SAMPLES: dict[str, Any] = {
    "letter": "a" * 64, "reason_code": "tone", "own_code": "crm-7", "outcome": "upheld",
    "channel": "phone",
    "to": "deputy", "approver": "board", "colleague": "handler-1", "amount": "250.00",
    "currency": "GBP", "verdict": "defective", "codes": ["tone"], "severity": "0.25",
    "text": "No.", "promise": "call-back", "cause": "old-form", "action": "rewrite",
    "due": "2026-11-30", "evidence": "c" * 64,
}  # fmt: skip


def decisions() -> list[Any]:
    """A file for each of some kinds that have every field between them."""
    about = {
        "unit_id": "R-1", "by": "ceo", "at": "2026-11-02T09:00:00+00:00",
        "population": "complaint-responses", "period": "2026-10", "code": "a" * 8,
    }  # fmt: skip
    saved = {"saved_at": "2026-11-02T09:00:00+00:00"}
    files: list[Any] = []
    left = set(SAMPLES)
    for kind, fields in event_fields.RECORDABLE.items():
        has = {name for name in (*fields.needs, *fields.may) if name in SAMPLES}
        if has & left:
            left -= has
            row = about | {"kind": kind} | {name: SAMPLES[name] for name in sorted(has)}
            files.append({"scheme": "ceosample/1", "pack": "b" * 64, "decisions": [row]} | saved)
            saved = {}  # tried once, as what follows
            about = {name: about[name] for name in ("unit_id", "by", "at")}
    assert left == set()
    return files


def read_and_check(data: bytes) -> None:
    """Decisions as they are taken in: their form, and then the fields that go into the event."""
    for decision in cs.Decisions.from_json(data).decisions:
        event_fields.read(decision.kind, decision.unit_id, decision.what)


READERS: dict[str, tuple[Callable[[], list[Any]], Callable[[Any], object]]] = {
    "draw": (draws, lambda value: Record.parse(in_bytes(value) + b"\n")),
    "event": (events, lambda value: cs.Event.parse(in_bytes(value))),
    "decisions": (decisions, lambda value: read_and_check(in_bytes(value))),
}


@pytest.mark.parametrize("name", READERS)
@pytest.mark.slow
def test_a_schema_and_the_code_refuse_the_same(name: str) -> None:
    make, check = READERS[name]
    schema = cs.schema(name)
    validator = jsonschema.Draft202012Validator(schema)
    differ: list[str] = []
    for whole in make():
        validator.validate(whole)
        check(whole)
        differ += [
            what
            for what, document in changed(whole)
            if validator.is_valid(document) != takes(check, document)
        ]
    # JSON Schema has one number for 1 and 1.0, and canonical JSON has no 1.0.
    differ = [what for what in differ if not what.endswith(": 1.0")]
    reasons = EXCEPTIONS[name]
    assert [what for what in differ if not what.startswith(tuple(reasons))] == []
    # A reason that is needed no more is taken out.
    assert [r for r in reasons if not any(what.startswith(r) for what in differ)] == []


def test_each_field_of_a_decision_is_tried() -> None:
    assert set(SAMPLES) == set(_SAID)


def reports() -> list[RunReport]:
    """A run that waits, one of which nothing is known but its error, and one that had no month."""
    at = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
    digests = dict.fromkeys(("commitment", "frozen", "draw", "registration", "pack"), "a" * 64)
    about: dict[str, Any] = {
        "population": "responses", "period": "2026-10", "seed_source": "dice", "folder": "2026-10",
        "letters": 4, "open": 0, "roll_forward": RollForward(1, 2, 2, 1), **digests,
    }  # fmt: skip
    done, waits = Outcome(state="sent", **about), Outcome(state="waiting", **about)
    october = Period(2026, 10)
    lost = LostFiles("2026-10", Path("packs/2026-10"), ("draw.json",), ("c" * 64,))
    agenda = Agenda((october,), Period(2026, 11), at, (october,), (october,))
    return [
        RunReport("responses", at, (done, waits), agenda, "b" * 64),
        RunReport("responses", at, (), None, None, ErrorReport("BusyError", 75, "busy")),
        RunReport("responses", at, (), agenda, "b" * 64, lost=(lost,)),
    ]


def test_the_schema_of_a_run_is_what_is_written() -> None:
    """Each name that a run writes is needed, no other is taken, and none has another type."""
    validator = jsonschema.Draft202012Validator(cs.schema("run"))
    loose: dict[str, set[str]] = {}
    for report in reports():
        written = report.to_dict()
        validator.validate(written)
        for change, document in changed(written):
            place, _, what = change.partition(": ")
            if validator.is_valid(document):
                loose.setdefault(what, set()).add(place)
    assert not loose.keys() & {"missing", "surplus", "boolean", "fraction", "list", "object"}
    outcome = {"draw", "registration", "pack", "letters", "roll_forward"}
    nulls = {field.name for field in attrs.fields(Outcome) if field.default is None}
    assert nulls == outcome | {"title"}  # people read a title; JSON has the population's id
    # What is null at the top is known only of a run that came so far.
    assert loose["null"] == {f"months.{n}" for n in outcome} | {"head", "next", "waiting", "error"}
    assert loose["negative"] == {"months.roll_forward.difference"}
    assert loose["one fewer"] == {
        *("months", "due", "passed_over", "set_aside"),
        *("lost", "lost.files", "lost.packs"),
    }


def test_the_numbers_in_schemas_are_those_of_the_code() -> None:
    def numbers(value: Any, name: str) -> Iterator[int]:
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            if key == name:
                yield inner
            elif isinstance(inner, dict | list):
                yield from numbers(inner, name)

    for which in ("draw", "event", "decisions"):
        assert set(numbers(cs.schema(which), "maximum")) <= {LARGEST_INTEGER}
    assert {*numbers(cs.schema("decisions"), "maxLength")} == {LONGEST_TEXT}
    assert {*numbers(cs.schema("event"), "maxLength")} == {LONGEST_TITLE}
    kinds = [kind for kind in vars(cs.errors).values() if isinstance(kind, type)]
    codes = {kind.exit_code for kind in kinds if issubclass(kind, cs.CeosampleError)}
    error = cs.schema("run")["properties"]["error"]["oneOf"][1]
    # The usage error, which a run tells before its report; and what ends it from outside.
    codes |= {click.UsageError.exit_code, *SIGNALS}
    assert set(error["properties"]["exit_code"]["enum"]) == codes
    error = cs.schema("failure")["properties"]["error"]
    assert set(error["properties"]["exit_code"]["enum"]) == codes
