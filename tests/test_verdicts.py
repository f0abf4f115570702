"""Verdicts as data: who read what, what each letter counts as, and the record of it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import attrs
import pytest

import ceosample as cs
from book import CEO, POPULATION, Book
from ceosample.errors import ConflictError, InferenceError, LedgerError
from ceosample.inference.ledger.verdict_record import VerdictRecord, verdict_record
from ceosample.period import Period
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.replay.methods import Method
from months import (
    AT,
    MONTH,
    OFFICE,
    PLAN,
    SAMPLER,
    SEED,
    drawn_with,
    frame_of,
    nothing_written,
    open_ledger,
    pack_of,
    registered,
    sent,
)

ASKED = AT.replace(year=2027)
UNIT = "C-1"


def finding(verdict: str, by: str = CEO, **more: Any) -> Callable[[Book], Any]:
    return lambda book: book.write("finding", UNIT, actor=by, verdict=verdict, **more)


def said(kind: str, by: str = CEO, **more: Any) -> Callable[[Book], Any]:
    return lambda book: book.write(kind, UNIT, actor=by, **more)


def again(version: int = 2) -> Callable[[Book], Any]:
    def render(book: Book) -> None:
        book.render(UNIT, version)
        book.send(UNIT, version)

    return render


def signed(book: Book) -> None:
    book.sign(UNIT)


BACK = said("returned_for_rework", reason_code="tone")
BY_OFFICE = said("returned_for_rework", OFFICE, reason_code="letterhead")
DEPUTY = "deputy-1"

#: What is done with a letter that is out for signature, what it counts as, and why.
STORIES: dict[str, tuple[list[Callable[[Book], Any]], str | None, str]] = {
    "nothing yet": ([], None, "sent_for_signature"),
    "seen": ([said("viewed")], None, "viewed"),
    "signed": ([signed], "sound", "signed"),
    "found sound": ([finding("sound")], "sound", "finding"),
    "signed and found defective": ([signed, finding("defective")], "defective", "finding"),
    "defective, then sound": (
        [finding("defective"), BACK, again(), finding("sound")],
        "defective",
        "finding",
    ),
    "sent back": ([BACK], "defective", "returned_for_rework"),
    "sent back, put right and signed": (
        [BACK, again(), lambda book: book.sign(UNIT, 2)],
        "defective",
        "returned_for_rework",
    ),
    "sent back, put right and found sound": (
        [BACK, again(), finding("sound")],
        "defective",
        "returned_for_rework",
    ),
    "sent back for something else": ([finding("sound"), BACK], "sound", "finding"),
    "called back by the office and signed": (
        [BY_OFFICE, again(), lambda book: book.sign(UNIT, 2)],
        "sound",
        "signed",
    ),
    "declined": ([said("declined", reason_code="wrong")], "defective", "declined"),
    "lapsed": ([said("lapsed", OFFICE, letter="a" * 64, reason_code="due")], None, "lapsed"),
    "withdrawn": (
        [said("withdrawn", OFFICE, reason_code="paid", approver="x")],
        None,
        "withdrawn",
    ),
    "signed, then withdrawn": (
        [signed, said("withdrawn", OFFICE, reason_code="paid", approver="x")],
        "sound",
        "signed",
    ),
    "found sound, then ineligible": (
        [finding("sound"), said("found_ineligible", OFFICE, reason_code="duplicate")],
        None,
        "found_ineligible",
    ),
    "found defective, then ineligible": (
        [finding("defective"), said("found_ineligible", OFFICE, reason_code="duplicate")],
        "defective",
        "finding",
    ),
    "replaced after sending": (
        [said("replaced", OFFICE, reason_code="duplicate")],
        None,
        "replaced",
    ),
    "taken over, and written again by the executive": (
        [
            said("taken_over"),
            again(),
            lambda b: b.write("signed", UNIT, actor=CEO, letter="b" * 64, own_letter=True),
        ],
        None,
        "signed",
    ),
    "resolved in person": (
        [said("taken_over"), said("resolved_nonstandard", letter="a" * 64)],
        None,
        "resolved_nonstandard",
    ),
}


def book_of(*steps: Callable[[Book], Any]) -> Book:
    book = Book()
    book.draw({"Cards": (40, 1)})
    book.sent(UNIT)
    for step in steps:
        step(book)
    return book


def record_of(book: Book, **more: Any) -> VerdictRecord:
    return verdict_record(book.events, population=POPULATION, as_of=ASKED, **more)


@pytest.mark.parametrize("name", STORIES)
def test_what_becomes_of_a_letter_is_its_verdict(name: str) -> None:
    steps, verdict, basis = STORIES[name]
    (month,) = record_of(book_of(*steps)).months
    (letter,) = month.letters
    assert (letter.verdict, letter.basis) == (verdict, basis)
    bad = verdict == "defective"
    assert [cell.found for cell in month.cells("sound")] == [bad]
    assert [cell.found for cell in month.cells("defective")] == [bad or verdict is None]


def test_a_letter_that_was_replaced_before_it_was_sent_is_no_defect_and_n_stays() -> None:
    """'A letter that was never eligible is 0 and N_h stays'; its substitute is in no bound"""
    with open_ledger() as ledger:
        draw, _ = registered(ledger)
        unit_id = draw.unit_ids[0]
        ledger.record("replaced", unit_id, by=OFFICE, at=AT, reason_code="duplicate", approver="x")
        moved = next(e.unit_id for e in ledger.events() if "replaces" in e.payload)
        ledger.record("finding", str(moved), by=CEO, at=AT, verdict="defective")
        record = verdict_record(ledger.events(), population=POPULATION, as_of=ASKED)
    (month,) = record.months
    ineligible = next(letter for letter in month.letters if letter.unit_id == unit_id)
    assert (ineligible.verdict, ineligible.readers) == ("ineligible", ())
    alone = attrs.evolve(month, letters=(ineligible,))
    assert [cell.found for cell in alone.cells("defective")] == [0, 0]
    assert sum(cell.size for cell in month.cells("defective")) == 10
    assert (month.substitutes, {c.found for c in month.cells("sound")}) == (1, {0})


def test_a_letter_that_the_events_have_lost_was_not_read() -> None:
    book = Book()
    book.draw({"Cards": (40, 2)})
    book.sent(UNIT)
    with pytest.raises(InferenceError, match="Cards: got 1 letters of the 2 that event 1"):
        record_of(book)


def test_a_deputy_is_another_reader() -> None:
    steps = [said("delegated", to=DEPUTY), said("signed_by_deputy", DEPUTY, letter="a" * 64)]
    ((letter,),) = (month.letters for month in record_of(book_of(*steps)).months)
    assert (letter.verdict, letter.readers, letter.by_other) == ("sound", (DEPUTY,), True)
    ((own,),) = (month.letters for month in record_of(book_of(signed)).months)
    assert (own.readers, own.by_other) == ((CEO,), False)


def test_a_letter_judged_twice_by_one_reader_is_refused_until_one_is_corrected() -> None:
    """'a letter judged twice by one reader [is] refused'"""
    book = book_of(finding("sound"), finding("defective"))
    with pytest.raises(InferenceError, match=f"letter {UNIT}: got 2 findings of 'ceo'"):
        record_of(book)
    book.correct(book.events[-1])
    ((letter,),) = (month.letters for month in record_of(book).months)
    assert letter.verdict == "sound"
    two = book_of(finding("sound"), finding("defective", DEPUTY))
    assert record_of(two).months[0].letters[0].verdict == "defective"


def test_a_severity_is_the_score_of_a_defect_and_1_where_none_was_said() -> None:
    for said_of_it, score in ((["0.25"], "1/4"), (["0.25", "0.5"], "1/2"), ([None], "1")):
        steps = [
            finding("defective", f"reader-{n}", **({} if s is None else {"severity": s}))
            for n, s in enumerate(said_of_it)
        ]
        (month,) = record_of(book_of(*steps)).months
        (cell,) = month.cells("defective", scores=True)
        assert (cell.found, month.cells("defective")[0].found) == (Fraction(score), 1)
        watched = cs.inference.monitor([[cell]], scores=True)
        assert watched.months[0].found == Fraction(score)


def test_a_severity_is_recorded_of_a_defect_alone() -> None:
    with open_ledger() as ledger:
        month = sent(ledger)
        event = month.say("finding", verdict="defective", codes=["tone"], severity="0.25")
        assert event.payload["severity"] == "0.25"
        for severity in ("1.5", "much", 0.5, True):
            with pytest.raises(LedgerError, match="a decimal from 0 to 1"):
                month.say("finding", month.second, verdict="defective", severity=severity)
        with pytest.raises(LedgerError, match="of a sound letter"):
            month.say("finding", month.second, verdict="sound", severity="0.5")


# The method


METHOD: dict[str, Any] = {"by": SAMPLER, "at": AT}


def method(ledger: Ledger) -> tuple[Method | None, bool]:
    (month,) = verdict_record(ledger.events(), population="complaint-responses", as_of=ASKED).months
    return month.method, month.chosen_after


def test_a_method_stated_before_the_first_verdict_was_not_chosen_after_it() -> None:
    with open_ledger() as ledger:
        ledger.freeze(frame_of(), PLAN, seed_source="dice", by=SAMPLER, at=AT)
        stated = ledger.state_method(**MONTH, tolerable="0.05", **METHOD)
        assert stated.payload == {
            "method": "exact-and-monitor-1", "confidence": "0.95", "missing": "defective",
            "tolerable": "0.05", "year_begins": 1,
        }  # fmt: skip
        registration = ledger.register(drawn_with(SEED), by=SAMPLER, at=AT)
        pack = pack_of(SEED, registration.hash, None, 1, "handler-1", CEO)
        ledger.send(pack, by=OFFICE, at=AT)
        assert method(ledger) == (Method(tolerable="0.05"), False)
        ledger.record("finding", drawn_with(SEED).unit_ids[0], by=CEO, at=AT, verdict="sound")
        assert method(ledger) == (Method(tolerable="0.05"), False)
        with nothing_written(ledger):
            assert ledger.state_method(**MONTH, tolerable="0.05", **METHOD) == stated
            with pytest.raises(ConflictError, match=f"event {stated.sequence} states its method"):
                ledger.state_method(**MONTH, confidence="0.9", **METHOD)
        # Whoever corrects it after a verdict and states another has chosen after the verdicts.
        ledger.correct(stated.hash, reason_code="slip", **METHOD)
        assert method(ledger) == (None, True)
        ledger.state_method(**MONTH, confidence="0.9", **METHOD)
        assert method(ledger) == (Method("0.9"), True)
        assert ledger.check().ok


@pytest.mark.parametrize("kind", ["finding", "signed", "declined"])
def test_a_method_stated_after_a_verdict_is_labelled_even_if_that_was_corrected(kind: str) -> None:
    with open_ledger() as ledger:
        month = sent(ledger)
        ledger.record("viewed", month.second, by=CEO, at=AT)
        ledger.state_method(**MONTH, **METHOD)
        assert method(ledger) == (Method(), False)
    with open_ledger() as ledger:
        month = sent(ledger)
        what: dict[str, Any] = {
            "finding": {"verdict": "sound"}, "signed": {"letter": month.digest()},
            "declined": {"reason_code": "tone"},
        }[kind]  # fmt: skip
        event = month.say(kind, **what)
        ledger.correct(event.hash, by=CEO, at=AT, reason_code="slip")
        ledger.state_method(**MONTH, **METHOD)
        assert method(ledger) == (Method(), True)


def test_a_method_of_a_month_that_is_not_frozen_or_with_wrong_values_is_refused() -> None:
    with open_ledger() as ledger:
        with pytest.raises(LedgerError, match="method_stated before frozen"):
            ledger.state_method(**MONTH, **METHOD)
        ledger.freeze(frame_of(), PLAN, seed_source="dice", by=SAMPLER, at=AT)
        with nothing_written(ledger), pytest.raises(LedgerError) as caught:
            ledger.state_method(
                **MONTH, confidence="95", missing="maybe", tolerable="0", year_begins=13, **METHOD
            )
    places = [fault.partition(":")[0] for fault in caught.value.faults]
    assert places == ["confidence", "missing", "tolerable", "year_begins"]


# The record


def a_record() -> VerdictRecord:
    book = Book()
    for month, letters in (("2026-10", 3), ("2026-12", 2)):
        book.month = month
        book.draw({"Cards": (40, letters), "=Loans": (9, 1)})
        for number in range(letters):
            book.sent(f"{month} {number}")
        book.sent(f"{month} =1+1", "=Loans")
        book.sign(f"{month} 0")
        book.write("finding", f"{month} 1", actor=CEO, verdict="defective", codes=["tone"])
    return record_of(book)


def test_a_record_is_read_again_as_it_was_written(tmp_path: Path) -> None:
    record = a_record()
    record.save(tmp_path / "verdicts.json")
    assert cs.inference.VerdictRecord.load(tmp_path / "verdicts.json") == record
    assert record.undrawn == (Period(2026, 11),)
    with pytest.raises(ValueError, match=r"give a name that ends in .json or .csv"):
        record.save(tmp_path / "verdicts.txt")


def test_a_row_for_each_letter_is_safe_in_a_spreadsheet(tmp_path: Path) -> None:
    record = a_record()
    record.save(tmp_path / "verdicts.csv")
    text = (tmp_path / "verdicts.csv").read_bytes().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert len(rows) == sum(len(month.letters) for month in record.months) == 7
    assert [row["verdict"] for row in rows[:4]] == ["sound", "defective", "none", "none"]
    assert not [cell for row in rows for cell in row.values() if cell.startswith("=")]
    assert {(row["stratum"], row["eligible"], row["drawn"]) for row in rows} >= {
        ("Cards", "40", "3")
    }


#: What somebody may do to a record, and the place that names it.
CHANGED: dict[str, tuple[Callable[[Any], Any], str]] = {
    "another scheme": (lambda r: r.update(scheme="x"), "record, scheme"),
    "no moment": (lambda r: r.update(as_of="soon"), "record, as_of"),
    "another verdict": (
        lambda r: r["months"][0]["letters"][0].update(verdict="fine"),
        "record, months, entry 1, letters, entry 1, verdict",
    ),
    "a letter too few": (lambda r: r["months"][0]["letters"].pop(), "2026-10, =Loans"),
    "a letter twice": (
        lambda r: r["months"][0]["letters"].append(r["months"][0]["letters"][0]),
        "2026-10, letter '2026-10 0'",
    ),
    "more letters than there are": (
        lambda r: r["months"][0]["pools"][0].update(size=2),
        "2026-10, Cards",
    ),
    "a month twice": (lambda r: r["months"].append(r["months"][0]), "2026-10"),
    "a wrong method": (lambda r: r["fallback"].update(confidence="1"), "record, fallback"),
}


@pytest.mark.parametrize("name", CHANGED)
def test_a_record_that_cannot_be_is_refused(name: str) -> None:
    change, place = CHANGED[name]
    found = json.loads(a_record().to_json())
    change(found)
    with pytest.raises(InferenceError) as caught:
        VerdictRecord.from_json(json.dumps(found).encode())
    assert any(fault.startswith(f"verdicts.json, {place}") for fault in caught.value.faults)


def test_names_that_a_later_release_adds_to_a_record_are_left_out() -> None:
    found = json.loads(a_record().to_json())
    found["months"][0]["letters"][0]["mood"] = "fine"
    assert VerdictRecord.from_json(json.dumps(found).encode()) == a_record()


def test_a_rotation_s_called_letters_are_known_and_its_open_ones_one_pool() -> None:
    frame = cs.Frame.from_records(
        [{"id": f"{name}-{i}", "division": name} for name in "ABC" for i in range(9)],
        **MONTH, unit_id="id", strata=["division"],
    )  # fmt: skip
    plan = cs.Plan(size=3, rotation=cs.Rotation(months=3, start="2026-10"))
    draw = cs.draw(frame, plan, SEED)
    with open_ledger() as ledger:
        ledger.freeze(frame, plan, seed_source="dice", by=SAMPLER, at=AT)
        ledger.register(draw, by=SAMPLER, at=AT)
        record = verdict_record(ledger.events(), population="complaint-responses", as_of=ASKED)
    (month,) = record.months
    assert [(c.size, c.drawn, c.found) for c in month.cells("defective")] == [(1, 1, 1), (26, 2, 2)]
    assert VerdictRecord.from_json(record.to_json().encode()) == record
