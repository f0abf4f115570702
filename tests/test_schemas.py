"""The JSON Schemas and the forms that the code checks refuse the same: a test holds them together.

Every place of a valid document is taken out, or given a value of each other type of JSON. Schemas
may say more of a text (a pattern) than a form does, which is why texts are not exchanged for texts.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import ceosample as cs
from ceosample.sampling.record import Record
from ceosample.signoff.recording import event_fields

GOLDEN = Path(__file__).parent / "golden"
WRONG: dict[str, Any] = {
    "null": None, "boolean": True, "negative": -1, "fraction": 0.5, "text": "", "list": [],
    "object": {},
}  # fmt: skip

#: Where schema and code differ, by the beginning of the place and the change, and why.
EXCEPTIONS: dict[str, dict[str, str]] = {
    "draw": {"plan.": "the schema leaves the fields of a plan to the page about it"},
    "event": {
        "payload.": "each kind of event has a payload of its own; a fraction is no canonical JSON",
        "unit_id: text": "schemas know that an id is not empty, and the reader takes any text",
    },
    "decisions": {
        f"decisions.{name}: null": "the reader takes null for a field that is not given"
        for name in ("text", "population", "period", "code", "codes")
    }
    | {
        f"decisions.{name}: missing": "which fields a kind needs is in the table of states"
        for name in ("letter", "verdict")
    },
}


def kind(value: object) -> str:
    for name, types in {"boolean": bool, "number": int | float, "text": str, "list": list}.items():
        if isinstance(value, types):
            return name
    return "null" if value is None else "object"


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place below the document itself; of a list the first two entries."""
    entries: Iterable[tuple[str | int, Any]] = value.items() if isinstance(value, dict) else ()
    if isinstance(value, list):
        entries = enumerate(value[:2])
    for name, inner in entries:
        yield (*path, name)
        yield from places(inner, (*path, name))


def changed(document: Any) -> Iterator[tuple[str, Any]]:
    """Each change by its name, and the document with it."""
    for path in places(document):
        name = ".".join(str(part) for part in path if not isinstance(part, int))
        *above, last = path
        for what, value in {"missing": None, **WRONG}.items():
            again = copy.deepcopy(document)
            place = again
            for part in above:
                place = place[part]
            if what == "missing":
                del place[last]
            elif kind(place[last]) == kind(value) and kind(value) != "number":
                continue
            else:
                place[last] = value
            yield f"{name}: {what}", again


def in_bytes(value: Any) -> bytes:
    """The document as a file; a fraction of a number has no canonical form, and so is no record."""
    return json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()


def takes(check: Callable[[Any], object], document: Any) -> bool:
    try:
        check(document)
    except (cs.CeosampleError, ValueError):
        return False
    return True


def draw() -> Any:
    return json.loads((GOLDEN / "draw.json").read_text("utf-8"))


def event() -> Any:
    line = (GOLDEN / "ledger.jsonl").read_text("utf-8").splitlines()[5]
    return json.loads(line)


def decisions() -> Any:
    about = {
        "unit_id": "R-1", "by": "ceo", "at": "2026-11-02T09:00:00+00:00",
        "population": "complaint-responses", "period": "2026-10", "code": "a" * 8,
    }  # fmt: skip
    finding = {"kind": "finding", "verdict": "defective", "codes": ["tone"], "text": "No."}
    rows = [about | {"kind": "signed", "letter": "a" * 64}, about | finding]
    return {"scheme": "ceosample/1", "pack": "b" * 64, "decisions": rows}


def read_and_check(data: bytes) -> None:
    """Decisions as they are taken in: their form, and then the fields that go into the event."""
    for decision in cs.Decisions.from_json(data).decisions:
        event_fields.read(decision.kind, decision.unit_id, decision.what)


READERS: dict[str, tuple[Callable[[], Any], Callable[[Any], object]]] = {
    "draw": (draw, lambda value: Record.parse(in_bytes(value) + b"\n")),
    "event": (event, lambda value: cs.Event.parse(in_bytes(value))),
    "decisions": (decisions, lambda value: read_and_check(in_bytes(value))),
}


@pytest.mark.parametrize("name", READERS)
def test_a_schema_and_the_code_refuse_the_same(name: str) -> None:
    make, check = READERS[name]
    schema = cs.schema(name)
    whole = make()
    jsonschema.validate(whole, schema)
    check(whole)
    validator = jsonschema.Draft202012Validator(schema)
    differ = [
        what
        for what, document in changed(whole)
        if validator.is_valid(document) != takes(check, document)
    ]
    reasons = EXCEPTIONS[name]
    assert [what for what in differ if not what.startswith(tuple(reasons))] == []
    # A reason that is needed no more is taken out.
    assert [r for r in reasons if not any(what.startswith(r) for what in differ)] == []
