"""What was said of a letter or a case, in the line that people read."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
import pytest

from book import Book
from ceosample import Signatory
from ceosample.signoff.replay.cases import cases_at
from ceosample.signoff.replay.history import History, replay
from ceosample.signoff.replay.zones import Zones
from ceosample.signoff.words.case_words import said_of_case
from ceosample.signoff.words.letter_words import ERASED, Said, said_before
from ceosample.signoff.words.printed import _strings, files_of
from ceosample.signoff.words.slips import papers
from ceosample.signoff.words.told import _by_when, _to_change
from months import AT, POPULATION, open_ledger


def said(kind: str, words: str | None = None, *, erased: bool = False, **details: Any) -> Said:
    day = dt.date(2026, 11, 2)
    return Said(1, 7, "2026-11-02T09:00:00+00:00", day, "ceo", kind, details, words, erased)


@pytest.mark.parametrize(
    ("kind", "details", "line"),
    [
        ("note", {}, "Note"),
        ("finding", {"verdict": "sound"}, "Finding: sound"),
        ("finding", {"codes": ["tone", "late"]}, "Finding: tone, late"),
        (
            "finding",
            {"codes": ("tone", "late"), "verdict": "defective"},
            "Finding: defective, tone, late",
        ),
        (
            "finding",
            {"severity": "0.25", "cause": "old-form"},
            "Finding: severity 0.25, cause old-form",
        ),
        ("promise", {"due": "2026-11-30", "promise": "call"}, "Promise: call, by 30 November 2026"),
        ("returned_for_rework", {"reason_code": "tone", "to": "x"}, "Returned for rework: tone"),
        ("board_answer", {}, "Answer of the board"),
        ("recognition", {"colleague": "ann", "reason_code": "kind"}, "Recognition of ann: kind"),
        ("contact", {"channel": "phone", "outcome": "reached"}, "Contact by phone: reached"),
    ],
)
def test_a_line_tells_what_was_said_by_its_codes(
    kind: str, details: dict[str, Any], line: str
) -> None:
    one = said(kind, **details)
    assert one.headline == line
    assert one.line == f"{line} (ceo, 2 November 2026)"


def test_words_are_kept_told_to_be_erased_or_were_never_there() -> None:
    assert said("note", "Too cold.").paragraphs == ["Too cold."]
    assert said("note", erased=True).paragraphs == [ERASED]
    assert said("note").paragraphs == []


def test_what_is_said_of_a_case_is_of_no_version_and_oldest_first() -> None:
    with open_ledger() as ledger:
        ledger.refer("letter", population=POPULATION, by="pa", at=AT, text="Broken kettle.")
        ledger.record("note", "case-1", by="ceo", at=AT, text="Call her.")
        events = list(ledger.events())
        (case,) = cases_at(events, AT)
        texts = ledger.texts("case-1", population=POPULATION, period=None)
        told = list(said_of_case(case, texts, Zones.of(events)))
    assert [(one.version, one.kind, one.words, one.by) for one in told] == [
        (0, "referred", "Broken kettle.", "pa"),
        (0, "note", "Call her.", "ceo"),
    ]
    assert [one.erased for one in said_of_case(case, {}, Zones.of(events))] == [True, True]


def test_slips_without_paper_are_text_and_pages() -> None:
    """'False for none'"""
    with open_ledger() as ledger:
        ledger.refer("letter", population=POPULATION, by="pa", at=AT, text="Broken kettle.")
        who = Signatory("ceo", "Margaret Llewelyn", "Chief Executive")
        _, made = papers(ledger, population=POPULATION, period="2026-11", signatory=who)
    (slip,) = made
    assert sorted(files_of(made, paper=False)) == [f"{slip.name}.html", f"{slip.name}.txt"]


def test_every_text_of_a_slip_is_looked_at_for_its_characters() -> None:
    sheet = {"title": "a", "facts": [["b", "c"]], "sections": [{"said": [("d", ["e"])], "n": 1}]}
    assert [*_strings(sheet)] == ["a", "b", "c", "d", "e"]
    assert [*_strings([None, 3, {}, ""])] == [""]


def letter(step: str | None = None, *, reading: bool = False, **docket: Any) -> History:
    """A letter, or a reading, that is out, or that came back by a step."""
    book = Book()
    book.sent("R-1", **docket)
    if step is not None:
        book.write(step, "R-1", reason_code="tone")
    (found,) = replay(book.events).values()
    found.is_reading = reading
    return found


def test_a_slip_tells_what_to_change_now_or_next_time() -> None:
    """'The codes that its newest version was sent back for, or found defective by.'"""
    back = said("returned_for_rework", reason_code="tone")
    wrong = said("finding", verdict="defective", codes=("facts", "tone"))
    right = said("finding", verdict="sound", codes=("style",))
    for step in ("returned_for_rework", "declined"):
        assert _to_change(letter(step), [back, wrong, right]) == (
            "tone, facts; what was said is below"
        )
    assert _to_change(letter(), [wrong, right]) == "facts, tone, in your next letters"
    assert _to_change(letter(reading=True), [wrong]) == "facts, tone, next time"
    assert _to_change(letter(), [right]) == "Nothing was asked for."


def test_a_slip_tells_by_when_a_letter_is_signed_and_sent() -> None:
    signed, sent = "signed by 20 November 2026", "sent by 30 November 2026"
    assert _by_when(letter(sign_by="2026-11-20", due="2026-11-30")) == f"{signed}, {sent}"
    assert _by_when(letter(due="2026-11-30")) == sent
    assert _by_when(letter(sign_by="2026-11-20")) == signed
    both = letter(sign_by="2026-11-20", due="2026-11-20")
    assert _by_when(both) == "signed and sent by 20 November 2026"
    assert _by_when(letter()) == "no date is on record"
    assert _by_when(letter(reading=True)) is None


def test_a_docket_shows_what_was_said_of_every_version_before() -> None:
    """Version 2 was sent unchanged and nothing was said of it, so version 3 showed nothing."""
    told = [
        attrs.evolve(said("note", words), version=version)
        for version, words in ((0, "a"), (1, "b"), (1, "c"), (2, "d"), (3, "e"))
    ]
    shown = {v: [words for _, (words,) in said_before(told, v)] for v in range(1, 5)}
    assert shown == {1: [], 2: ["b", "c"], 3: ["b", "c", "d"], 4: ["b", "c", "d", "e"]}
    (silent,) = said_before([told[1]], 3)
    assert silent[0].startswith("Said of version 1: Note (")
