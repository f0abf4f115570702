"""A file of decisions: whole or not at all, twice is once, bound to the letters that were read."""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ceosample import Frame, Plan, Signatory, draw, render
from ceosample.errors import CeosampleError, LedgerError, RecordError
from ceosample.sampling.ticket import SCHEME
from ceosample.signoff.intake.decisions import NEEDED, PLACE, Decisions
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.recording.event_fields import RECORDABLE
from ceosample.signoff.replay.lifecycle import (
    ANNOTATIONS,
    DIGITALLY,
    READ,
    RECORDED_STATES,
)
from ceosample.signoff.rules.fields import FIELDS
from ceosample.spreadsheet import LONGEST_CELL, guarded
from months import (
    AT,
    AUTHOR,
    CEO,
    FRESH_SEED,
    LATER,
    MONTH,
    OFFICE,
    PERIOD,
    POPULATION,
    SAMPLER,
    Month,
    a_day_on,
    contents,
    kinds,
    nothing_written,
    open_ledger,
    sent,
)
from refusals import DRAW_SUPERSEDED, NOT_DRAWN, NOT_THERE, refused
from thorough import examples

#: What a file may say: what a check of a signed file finds comes from the check alone.
SAID = [name for name in FIELDS if name not in DIGITALLY]

SECRET = "Mrs Quillfeather sings in the choir"


@pytest.fixture
def ledger(address: str) -> Iterator[Ledger]:
    with open_ledger("sqlite://" if address.startswith("sqlite") else address) as opened:
        yield opened


@pytest.fixture
def month(ledger: Ledger) -> Month:
    return sent(ledger)


@pytest.fixture
def here() -> Iterator[Month]:
    """A month in memory, where the database makes no difference."""
    with open_ledger() as opened:
        yield sent(opened)


def row(month: Month, kind: str = "signed", unit_id: str | None = None, **what: Any) -> Any:
    name = unit_id or month.first
    known = name in month.draw.unit_ids
    fields = {
        "unit_id": name,
        "letter": month.pack[name].digest if known else None,
        "kind": kind,
        "at": AT.isoformat(),
        "by": CEO,
        **what,
    }
    return {name: value for name, value in fields.items() if value is not None}


def as_json(month: Month, *rows: Any, **top: Any) -> bytes:
    fields = {"scheme": SCHEME, "pack": month.pack.digest, "decisions": list(rows), **top}
    return json.dumps(fields, ensure_ascii=False).encode()


def in_json(month: Month, *rows: Any, **top: Any) -> Decisions:
    return Decisions.from_json(as_json(month, *rows, **top))


def as_csv(month: Month, *rows: Any) -> bytes:
    """The rows with the code that is printed on the letter, not its digest."""
    table = io.StringIO(newline="")
    made = []
    for fields in rows:
        cells = dict(fields)
        letter = cells.pop("letter", None)
        if letter is not None:
            cells["code"] = letter[:8]
        made.append(cells)
    columns = dict.fromkeys(("unit_id", "code", "kind", "at", "by", "reason_code", "text"))
    writer = csv.DictWriter(table, [*columns, *({n for r in made for n in r} - columns.keys())])
    writer.writeheader()
    writer.writerows(made)
    return table.getvalue().encode()


FORMS = ("json", "csv")


def read(form: str, month: Month, *rows: Any) -> Decisions:
    if form == "json":
        return in_json(month, *rows)
    return Decisions.from_csv(as_csv(month, *rows))


def several(month: Month) -> list[Any]:
    """A morning's work: every letter, each otherwise."""
    one, two, three, four = month.draw.unit_ids
    return [
        row(month, "viewed", one),
        row(month, "signed", one),
        row(month, "returned_for_rework", two, reason_code="tone", text=SECRET),
        row(month, "declined", three, reason_code="not-mine"),
        row(month, "contact", three, channel="telephone", outcome="satisfied"),
        row(month, "escalated_to_board", four),
        row(month, "note", four, text='=HYPERLINK("x")\n\'@+-'),
    ]


@pytest.mark.parametrize("form", FORMS)
def test_a_file_is_taken_in_its_order(ledger: Ledger, month: Month, form: str) -> None:
    """'decisions: [{unit_id, letter, kind, at, by, reason_code?, text?}]; as CSV: ...'"""
    rows = several(month)
    events = ledger.record_all(read(form, month, *rows))
    assert [(e.unit_id, e.kind, e.actor, e.at) for e in events] == [
        (r["unit_id"], r["kind"], r["by"], r["at"]) for r in rows
    ]
    assert events[1].payload == {"letter": month.digest()}
    assert list(ledger.texts(month.second, **MONTH).values()) == [SECRET]
    assert ledger.texts(month.draw.unit_ids[3], **MONTH).keys() == {events[6].payload["text"]}
    assert SECRET not in "".join(event.text.decode() for event in ledger.events())
    assert ledger.check().ok


@pytest.mark.parametrize("form", FORMS)
def test_taking_a_file_twice_is_once_also_after_the_letters_moved_on(
    ledger: Ledger, month: Month, form: str
) -> None:
    """'Taking a file twice changes nothing'"""
    decisions = read(form, month, *several(month))
    first = ledger.record_all(decisions)
    with nothing_written(ledger):
        assert ledger.record_all(decisions) == first
    month.say("dispatched", by=OFFICE)
    month.send_anew(month.second)
    month.sign(month.second)
    month.say("issued_under_other_name", month.draw.unit_ids[2], by=OFFICE)
    ledger.forget(month.second, **MONTH, by="exec", at=AT, reason_code="asked")
    with nothing_written(ledger):
        assert ledger.record_all(decisions) == first
    assert ledger.texts(month.second, **MONTH) == {}


@pytest.mark.parametrize("form", FORMS)
def test_a_file_with_one_impossible_decision_is_not_taken_at_all(
    ledger: Ledger, month: Month, form: str
) -> None:
    """'whole or not at all'"""
    rows = several(month)
    wrong = [row(month, "dispatched", month.second), row(month, "signed", "C-404")]
    with nothing_written(ledger), pytest.raises(LedgerError) as refusal:
        ledger.record_all(read(form, month, *rows, *wrong))
    place = "decisions.json, decision" if form == "json" else "decisions.csv, row"
    assert [fault.split(": ")[0] for fault in refusal.value.faults] == [
        f"{place} 8 ({month.second})",
        f"{place} 9 (C-404)",
    ]
    assert SECRET not in str(refusal.value)
    assert ledger.texts(month.second, **MONTH) == {}
    assert "viewed" not in kinds(ledger)


@pytest.mark.parametrize("form", FORMS)
def test_the_same_cause_in_many_rows_is_told_once_with_their_letters(
    here: Month, form: str
) -> None:
    """'The same cause in many rows is told once, with its count and first three rows'"""
    wrong = [row(here, "viewed", f"X-{number}") for number in range(1, 6)]
    with nothing_written(here.ledger), pytest.raises(LedgerError) as refusal:
        here.ledger.record_all(read(form, here, *wrong))
    word = "decisions.json, decisions" if form == "json" else "decisions.csv, rows"
    assert str(refusal.value).startswith(
        f"{word} 1 (X-1), 2 (X-2), 3 (X-3) and 2 more: {NOT_DRAWN}"
    )
    assert len(refusal.value.faults) == 5


def test_a_refused_file_leaves_nothing_in_a_block_that_goes_on(
    ledger: Ledger, month: Month
) -> None:
    """'Every method that writes takes its events whole or not at all'"""
    wrong = in_json(month, *several(month), row(month, "signed", "C-404"))
    with ledger.transaction():
        with pytest.raises(LedgerError):
            ledger.record_all(wrong)
        month.say("viewed", month.second)
    assert kinds(ledger)[-2:] == ["sent_for_signature", "viewed"]
    assert ledger.texts(month.second, **MONTH) == {}
    assert ledger.check().ok


# Every kind


def ready(month: Month, kind: str) -> dict[str, Any]:
    """Bring the first letter to where this can be said of it; the fields that go with it."""
    if kind in ("dispatched",):
        month.sign()
    if kind == "issued_under_other_name":
        month.say("declined", reason_code="a")
    if kind == "resolved_nonstandard":
        month.say("taken_over")
        limit: dict[str, Any] = {"limit": "2", "currency": "GBP", "by": "board", "at": AT}
        month.ledger.grant(CEO, "accountable-executive", since=AT.date(), **limit)
    if kind == "board_answer":
        month.ledger.grant("board-1", "board", since=AT.date(), by="board", at=AT)
    if kind in ("delegated", "signed_by_deputy", "sent_for_signature"):
        month.ledger.grant(
            "dep", "deputy", since=dt.date(2026, 1, 1), of=CEO, by="board", at=AT
        )  # fmt: skip
    if kind in ("signed_by_deputy", "sent_for_signature"):
        month.say("delegated", to="dep")
    month.prepare(kind)
    valid: dict[str, Any] = {
        "promise": "call-back", "cause": "old-form", "action": "rewrite", "due": "2026-12-31",
        "evidence": "5" * 64,
        "reason_code": "a", "outcome": "a", "channel": "a", "to": "dep", "approver": "c",
        "amount": "1.50", "currency": "GBP", "verdict": "sound", "codes": ["b", "c"],
        "colleague": "d", "text": SECRET,
    }  # fmt: skip
    saying = RECORDABLE[kind]
    fields = {n: valid[n] for n in (*saying.needs, *saying.may) if n in valid}
    if "own_code" in saying.may:
        fields["reason_code"] = "duplicate"
    office = dict.fromkeys(("replaced", "found_ineligible", "lapsed"), "exec")
    by = {"signed_by_deputy": "dep", "board_answer": "board-1", **office}.get(kind, CEO)
    return {"by": by, **fields}


#: What can be said of a letter; of a reading see test_readings.
OF_A_LETTER = sorted({**RECORDED_STATES, **ANNOTATIONS}.keys() - {READ})


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", OF_A_LETTER)
def test_every_kind_can_be_said_in_a_file_and_twice_is_once(
    here: Month, form: str, kind: str
) -> None:
    fields = ready(here, kind)
    if form == "csv" and "codes" in fields:
        fields["codes"] = " ".join(fields["codes"])
    decisions = read(form, here, row(here, kind, **fields))
    if kind == "replaced":  # what is decided in a file was sent
        with nothing_written(here.ledger), pytest.raises(LedgerError, match="no substitute"):
            here.ledger.record_all(decisions)
        return
    (event,) = here.ledger.record_all(decisions)
    assert event.kind == kind
    for name in ("reason_code", "to", "amount", "verdict", "channel"):
        assert event.payload.get(name) == fields.get(name)
    assert event.payload.get("codes") == (["b", "c"] if "codes" in fields else None)
    if "letter" in RECORDABLE[kind].needs:
        assert event.payload["letter"] == here.digest()
    with nothing_written(here.ledger):
        assert here.ledger.record_all(decisions) == (event,)
    if kind == "sent_for_signature":
        here.sign()
        with nothing_written(here.ledger):
            assert here.ledger.record_all(decisions) == (event,)
    assert here.ledger.check().ok


# What was read


def test_decisions_of_another_pack_are_refused(ledger: Ledger, month: Month) -> None:
    """'JSON binds each decision to the pack and the letter that were read'"""
    other = in_json(month, row(month), pack="0" * 64)
    with nothing_written(ledger), pytest.raises(LedgerError, match="was not in the pack 00000000"):
        ledger.record_all(other)


@pytest.mark.parametrize("letter", ["0" * 64, None, "", "short", 7, ["x"]], ids=repr)
def test_a_decision_about_an_altered_letter_is_refused(here: Month, letter: Any) -> None:
    """'A signature is bound to the SHA-256 of the exact letter that was read'"""
    fields = {**row(here, "viewed"), "letter": letter}
    with (
        nothing_written(here.ledger),
        pytest.raises(LedgerError, match=r"decision 1 \(C-\d\), letter: got"),
    ):
        here.ledger.record_all(in_json(here, fields))


@pytest.mark.parametrize("form", FORMS)
def test_a_decision_about_a_version_that_is_not_the_newest_is_refused(
    ledger: Ledger, month: Month, form: str
) -> None:
    """'A new version voids the approval'"""
    month.say("returned_for_rework", reason_code="tone")
    month.send_anew()
    with nothing_written(ledger), pytest.raises(LedgerError, match=r"version|never sent"):
        ledger.record_all(read(form, month, row(month)))
    if form == "csv":
        with nothing_written(ledger), pytest.raises(LedgerError, match="and the newest is"):
            ledger.record_all(read(form, month, row(month, "viewed")))


def test_the_code_on_the_letter_tells_which_letter_it_is(here: Month) -> None:
    """'as CSV: unit_id,code,kind,at,by,reason_code,text'"""
    other = row(here, letter=here.digest(here.second))
    both = {**row(here, letter=None), "code": here.digest()[:8], "letter": here.digest(here.second)}
    with nothing_written(here.ledger):
        with pytest.raises(
            LedgerError, match=r"row 1 \(C-\d\), code: got .* which no version of it has"
        ):
            here.ledger.record_all(read("csv", here, other))
        with pytest.raises(LedgerError, match="is not that of the letter"):
            here.ledger.record_all(in_json(here, both, pack=here.pack.digest))
    (event,) = here.ledger.record_all(read("csv", here, row(here)))
    assert event.payload == {"letter": here.digest()}


def test_the_month_can_be_named_and_must_fit(here: Month) -> None:
    (event,) = here.ledger.record_all(
        in_json(here, row(here, population=POPULATION, period=PERIOD))
    )  # fmt: skip
    assert event.kind == "signed"
    with nothing_written(here.ledger), refused(LedgerError, NOT_DRAWN):
        here.ledger.record_all(in_json(here, row(here, "viewed", here.second, period="2026-11")))


# Files that are none


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xff\xfe", "not UTF-8 at byte 0"),
        (b"", "not JSON"),
        (b"[]", "got []; give an object"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 50_000, "nested too deeply"),
        (b'{"scheme": "x"}', "scheme: got 'x'; give 'ceosample/1'"),
        (b'{"scheme": ["x"], "pack": 1}', "scheme: got ['x']; give 'ceosample/1'"),
        (b'{"pack": "a", "pack": "b"}', "appears twice"),
        (b'{"a": 1e5}', "float"),
        (b'{"a": ' + b"9" * 5000 + b"}", ""),
        (b'{"a": "\\ud800"}', "surrogate"),
    ],
)
def test_a_file_that_is_no_decisions_is_refused_with_its_name(data: bytes, words: str) -> None:
    with pytest.raises(LedgerError) as refusal:
        Decisions.from_json(data, "mine.json")
    assert all(re.match("mine.json[:,] ", fault) for fault in refusal.value.faults)
    assert words in str(refusal.value)


@pytest.mark.parametrize(
    "top",
    [{"pack": None}, {"pack": "abc"}, {"decisions": None}, {"decisions": {}}, {"decisions": "x"}],
)
def test_a_file_without_its_pack_or_its_list_is_refused(here: Month, top: dict[str, Any]) -> None:
    ((name, value),) = top.items()
    with refused(LedgerError, "; give ", place=f"decisions.json, {name}", got=repr(value)):
        in_json(here, **top)


def test_every_fault_of_the_form_is_listed_with_its_place(here: Month) -> None:
    """'A check of a table reports every fault it found, not only the first'"""
    good = row(here)
    bad = [
        good, "text", None, {}, {**good, "kind": "drawn"}, {**good, "at": "2026-11-02T09:00:00"},
        {**good, "at": "soon"}, {**good, "by": 7}, {**good, "colour": "red"},
        {**good, "period": 202610}, {**good, "unit_id": ["C-1"], "at": ""},
    ]  # fmt: skip
    with pytest.raises(LedgerError) as refusal:
        in_json(here, *bad)
    places = [fault.partition(":")[0] for fault in refusal.value.faults]
    one = "decisions.json, decision"
    assert places == [
        f"{one} 2", f"{one} 3", *(f"{one} 4, {name}" for name in NEEDED), f"{one} 5, kind",
        f"{one} 6, at", f"{one} 7, at", f"{one} 8, by", f"{one} 9, 'colour'", f"{one} 10, period",
        f"{one} 11, at", f"{one} 11, unit_id",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", ["no column 'unit_id'", "no column 'kind'", "no column 'at'", "no column 'by'"]),
        (b"unit_id,kind\n", ["no column 'at'; add it, or give it once for all rows (at=, --at)"]),
        (b"\xff", ["save it as CSV in UTF-8"]),
        (b'unit_id,kind,at,by\n"open', ["save it as CSV in UTF-8"]),
        (b"unit_id,kind,at,by\n" + b"x" * (LONGEST_CELL + 1) + b",a,b,c", ["field larger than"]),
        (b"unit_id|kind|at|by\n", ["no column 'unit_id'", "not known"]),
        (b"unit_id,kind,at,by,colour\n", ["column 'colour': not known"]),
        (b"unit_id,kind,at,by,by\n", ["column 'by': appears 2 times"]),
        (b"unit_id,kind,at,by\nC-1,signed\n", ["row 1: got 2 cells; give 4"]),
        (b"unit_id,kind,at,by\n\n\nC-1,viewed,now,ceo\n", ["row 3, at: got 'now'"]),
        (b"unit_id,kind,at,by\n,viewed,,\n", ["row 1, unit_id: missing", "row 1, by: missing"]),
        (b"unit_id,kind,at,by\nC-1,,now,\n", ["row 1, kind: missing, and at is filled in"]),
        (b"unit_id,kind,at,by\n,,now,\n", ["row 1, kind: missing"]),
        (b"code,unit_id,kind,at,by\n1E+12,C-1,,,\n", ["row 1, code: got '1e+12'", "apostrophe"]),
        (b"code,unit_id,kind,at,by\n12345,C-1,,,\n", ["row 1, code: got '12345'"]),
    ],
)
def test_a_table_that_is_no_decisions_is_refused_in_words(data: bytes, words: list[str]) -> None:
    with pytest.raises(LedgerError) as refusal:
        Decisions.from_csv(data, "mine.csv")
    for word in words:
        assert word in str(refusal.value)
    assert all(fault.startswith("mine.csv") for fault in refusal.value.faults)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "with a byte order mark"])
@pytest.mark.parametrize("ends", [b"\r\n", b"\n"], ids=repr)
def test_a_table_as_spreadsheets_save_it_is_read(here: Month, mark: bytes, ends: bytes) -> None:
    data = mark + as_csv(here, row(here)).replace(b"\r\n", ends)
    (event,) = here.ledger.record_all(Decisions.from_csv(data))
    assert event.kind == "signed"


def test_a_file_is_read_by_the_end_of_its_name(here: Month, tmp_path: Path) -> None:
    for name, data in (("a.json", as_json(here, row(here))), ("a.csv", as_csv(here, row(here)))):
        (tmp_path / name).write_bytes(data)
        (decision,) = Decisions.read(tmp_path / name).decisions
        assert decision.where.startswith(name)
    with refused(RecordError, NOT_THERE):
        Decisions.read(tmp_path / "b.json")
    with refused(RecordError, NOT_THERE):
        Decisions.read(tmp_path)


HOSTILE: list[dict[str, Any]] = [
    {"unit_id": "\0"},
    {"unit_id": " C-1"},
    {"unit_id": "x" * 5000},
    {"by": "\0"},
    {"by": "a\u202eb"},
    {"population": "\0"},
    {"period": "\0"},
    {"period": "x" * 5000},
    {"code": "\0"},
    {"at": "0001-01-01T00:00:00+01:00"},
    {"at": "9999-12-31T23:59:59-01:00"},
    {"reason_code": {"a": [1]}},
    {"codes": [["a"]]},
    {"text": "a\0b"},
    {"amount": 10**15},
]


def test_hostile_values_are_refused_in_words_on_every_database(
    ledger: Ledger, month: Month
) -> None:
    for what in HOSTILE:
        kind = "finding" if "codes" in what else "note" if "text" in what else "viewed"
        with nothing_written(ledger), pytest.raises(LedgerError, match="decision 1"):
            ledger.record_all(in_json(month, row(month, kind, **what)))


plain_text = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=30)


@settings(max_examples=examples(60, one_in=4))
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "unit_id": plain_text,
                "kind": st.sampled_from(sorted(RECORDABLE)),
                "at": st.datetimes(timezones=st.just(dt.UTC)).map(dt.datetime.isoformat),
                "by": plain_text,
            },
            optional={name: plain_text for name in (*PLACE, *SAID) if name != "codes"}
            | {"code": st.from_regex(r"[0-9a-f]{8}", fullmatch=True)}
            | {"codes": st.lists(st.from_regex(r"[a-z0-9-]{1,5}", fullmatch=True), min_size=1)},
        ),
        max_size=4,
    )
)
def test_what_is_written_to_a_file_is_what_is_read_from_it(rows: list[dict[str, Any]]) -> None:
    """Both forms: nothing is trimmed, evaluated or lost on the way."""
    data = json.dumps({"scheme": SCHEME, "pack": "0" * 64, "decisions": rows}).encode()
    columns = [*NEEDED, *PLACE, *SAID]
    table = io.StringIO(newline="")
    writer = csv.DictWriter(table, columns)
    writer.writeheader()
    writer.writerows(
        {
            n: " ".join(v) if isinstance(v, list) else v if n == "text" else guarded(v)
            for n, v in fields.items()
        }
        for fields in rows
    )
    for decisions in (Decisions.from_json(data), Decisions.from_csv(table.getvalue().encode())):
        for decision, fields in zip(decisions.decisions, rows, strict=True):
            found = {
                "unit_id": decision.unit_id, "kind": decision.kind, "by": decision.by,
                "at": decision.at.isoformat(), "population": decision.population,
                "period": decision.period, "code": decision.code, **decision.what,
            }  # fmt: skip
            assert {n: v for n, v in found.items() if v is not None} == fields


@settings(max_examples=examples(150, one_in=4))
@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda t: t.encode(errors="replace")))
def test_no_bytes_end_in_anything_but_decisions_or_a_refusal(data: bytes) -> None:
    for call in (Decisions.from_json, Decisions.from_csv):
        with contextlib.suppress(CeosampleError):
            call(data)
        with contextlib.suppress(CeosampleError):
            call(b"unit_id,kind,at,by\n" + data)


def test_each_decision_of_a_file_sees_those_before_it(here: Month) -> None:
    a_day_on(here.ledger)
    steps = [
        row(here, "viewed"),
        row(here, "signed", at=LATER.isoformat()),
        row(here, "dispatched", at=LATER.isoformat()),
    ]
    events = here.ledger.record_all(in_json(here, *steps))
    assert [event.kind for event in events] == ["viewed", "signed", "dispatched"]
    assert here.state() == "dispatched"
    assert here.ledger.record_all(in_json(here, *steps)) == events
    with nothing_written(here.ledger), pytest.raises(LedgerError, match="decision 2"):
        here.ledger.record_all(in_json(here, row(here, "note", text="x"), steps[1] | {"by": "x"}))


def test_the_same_words_at_another_time_are_said_anew(here: Month) -> None:
    a_day_on(here.ledger)
    said = {"channel": "telephone", "outcome": "no-answer"}
    (first,) = here.ledger.record_all(in_json(here, row(here, "contact", **said)))
    (later,) = here.ledger.record_all(
        in_json(here, row(here, "contact", at=LATER.isoformat(), **said))
    )
    assert here.ledger.history(here.first).annotations == [first, later]


def test_a_file_that_is_taken_again_after_a_correction_says_nothing_anew(ledger: Ledger) -> None:
    """'Taking the same file twice changes nothing, whatever happened to the letters since.'"""
    month = sent(ledger)
    a_day_on(ledger)
    unit_id = month.first
    rows = (
        f"unit_id,kind,at,by,reason_code\n{unit_id},declined,2026-11-02T10:00:00+00:00,ceo,tone\n"
    )
    decisions = Decisions.from_csv(rows.encode())
    (declined,) = ledger.record_all(decisions)
    ledger.correct(
        declined.hash, by="ceo", at=AT + dt.timedelta(hours=9), reason_code="another-letter"
    )
    with nothing_written(ledger):
        assert ledger.record_all(decisions) == (declined,)


def test_a_file_s_letter_is_another_month_s_letter_of_the_same_id(here: Month) -> None:
    """What was recorded of the one, at the same moment, says nothing of the other."""
    a_day_on(here.ledger)
    again = {**MONTH, "period": "2026-11"}
    of_both = Decisions.from_csv(
        f"unit_id,kind,at,by\n{here.first},viewed,{LATER.isoformat()},{CEO}\n".encode()
    )
    (first,) = here.ledger.record_all(of_both)
    here.sign(at=LATER)
    here.say("dispatched", at=LATER)
    rows = [{"id": here.first}]
    frame = Frame.from_records(rows, **again, unit_id="id")
    here.ledger.freeze(frame, Plan(size=1), seed_source="dice", by=SAMPLER, at=AT)
    later = draw(frame, Plan(size=1), FRESH_SEED)
    registration = here.ledger.register(later, by=SAMPLER, at=AT)
    pack = render(
        later,
        contents([here.first], AUTHOR),
        signatory=Signatory(CEO, "Margaret Llewelyn", "Chief Executive"),
        date=AT.date(),
        registration=registration.hash,
        pdf=False,
    )
    here.ledger.send(pack, by=OFFICE, at=AT)
    (second,) = here.ledger.record_all(of_both)
    assert [first.period, second.period] == [PERIOD, "2026-11"]


def test_a_file_in_the_block_that_superseded_its_month_is_refused(here: Month) -> None:
    """A month is read once in a transaction: not before its draw was set aside."""
    file = in_json(here, row(here))
    with here.ledger.transaction():
        here.say("viewed", here.second)
        here.ledger.supersede(
            POPULATION, PERIOD, by="exec", at=AT, reason_code="wrong-frame", approver="second"
        )  # fmt: skip
        with nothing_written(here.ledger), pytest.raises(LedgerError, match=DRAW_SUPERSEDED):
            here.ledger.record_all(file)
    assert "signed" not in kinds(here.ledger)
