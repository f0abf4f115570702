"""A step that is several events: which may come next, which is one too many, which is missing."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from book import CEO, Book, digest_of
from ceosample.errors import LedgerError
from ceosample.signoff.replay.history import replay
from ceosample.signoff.rules.unfinished import MoveUp, Registration, Sending, moved_up
from ceosample.signoff.store.events import Event

#: Each stratum's responses and letters; a plan without a word of reserves has two a stratum.
SIZES = {"Cards": (9, 2), "Fraud": (3, 2), "Loans": (4, 4)}
RESERVES = {"Cards": 2, "Fraud": 1, "Loans": 0}


def begun(book: Book, **plan: Any) -> Registration:
    """A draw of which no letter was recorded yet."""
    frozen = book.write("frozen", plan=plan)
    book.draw(SIZES, take_all=["Loans"])
    return Registration(book.events[-1], frozen)


def letters(book: Book, what: str) -> list[Event]:
    """The selections, or the reserves, that follow, each of its own rank."""
    before = len(book.events)
    for place, (stratum, (_, selected)) in enumerate(SIZES.items()):
        wanted = range(selected) if what == "selected" else range(RESERVES[stratum])
        for rank in wanted:
            number = rank + 1 if what == "selected" else selected + rank + 1
            event: dict[str, Any] = {"draw": "d" * 64, "stratum": [stratum], "rank": number}
            book.write(what, f"{what}-{place}-{rank}", **event, take_all=stratum == "Loans")
    return book.events[before:]


@given(st.integers(0, 12))
def test_a_draw_is_whole_once_all_its_letters_and_then_its_reserves_are_there(taken: int) -> None:
    book = Book()
    step, found = begun(book), [*letters(book, "selected"), *letters(book, "reserve")]
    for event in found[:taken]:
        assert step.accepts(event)
        step.require(event)
        step.take(event)
    missing = step.missing()
    left = found[taken:]
    if not left:
        assert missing is None
        return
    stratum, what = left[0].payload["stratum"][0], left[0].kind
    of = {"selected": SIZES[stratum][1], "reserve": RESERVES[stratum]}[what]
    there = sum(e.payload["stratum"] == [stratum] and e.kind == what for e in found[:taken])
    words = {"selected": "letters", "reserve": "reserves"}[what]
    assert missing == f"event 2 drew {of} {words} of {stratum}, and {there} were recorded"


def test_a_reserve_waits_for_the_letters_and_a_letter_comes_after_no_reserve() -> None:
    book = Book()
    step, selected, reserves = begun(book), letters(book, "selected"), letters(book, "reserve")
    for event in selected[:-1]:
        step.take(event)
    with pytest.raises(LedgerError, match="drew 4 letters of Loans, and 3 were recorded"):
        step.require(reserves[0])
    step.take(selected[-1])
    step.require(reserves[0])
    step.take(reserves[0])
    with pytest.raises(LedgerError, match="is one letter more than event 2 drew of Cards, 2"):
        step.require(
            attrs.evolve(selected[0], unit_id="X-1", payload={**selected[0].payload, "rank": 9})
        )
    with pytest.raises(LedgerError, match="is one reserve more than Loans has"):
        step.require(
            attrs.evolve(reserves[0], unit_id="X-1", payload={**selected[-1].payload, "rank": 9})
        )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"unit_id": "selected-0-0"}, "was drawn twice"),
        ({"rank": 1}, "another letter of its line has the rank 1"),
        ({"draw": "e" * 64}, "is of another draw or stratum"),
        ({"stratum": ["Savings"]}, "is of another draw or stratum"),
        ({"take_all": True}, "take_all is not that of its stratum"),
        ({"reading": True}, "reading is not as event 1 froze it"),
        ({"actor": "ann"}, "selected by 'ann' at .* belongs to event 2, by 'office'"),
        ({"at": "2026-11-02T10:00:00+00:00"}, "belongs to event 2"),
        ({"at": "2026-11-02T10:00:00+01:00"}, None),
        ({}, None),
    ],
)
def test_the_next_letter_of_a_draw_is_one_that_it_drew(
    change: dict[str, Any], words: str | None
) -> None:
    book = Book()
    step, (first, second, *_) = begun(book), letters(book, "selected")
    step.require(first)
    step.take(first)
    fields = {name: change[name] for name in change if name in ("unit_id", "actor", "at")}
    payload = {**second.payload, **{n: v for n, v in change.items() if n not in fields}}
    event = attrs.evolve(second, payload=payload, **fields)
    if words is None:
        step.require(event)
        return
    with pytest.raises(LedgerError, match=words):
        step.require(event)


def test_under_a_rotation_the_reserves_of_a_line_are_left_to_chance() -> None:
    book = Book()
    frozen = book.write("frozen", plan={"rotation": {"months": 3}}, block="2026-10")
    book.draw(SIZES, take_all=["Loans"])
    step = Registration(book.events[-1], frozen)
    for event in letters(book, "selected"):
        assert step.missing() is not None
        step.take(event)
    assert step.missing() is None
    first = letters(book, "reserve")[0]
    open_to_all = [
        attrs.evolve(first, unit_id=f"O-{n}", payload={**first.payload, "line": "open", "rank": n})
        for n in range(1, 5)
    ]
    for event in open_to_all:
        step.require(event)
        step.take(event)
    other = {**open_to_all[0].payload, "stratum": ["Fraud"]}
    with pytest.raises(LedgerError, match="another letter of its line has the rank 1"):
        step.require(attrs.evolve(open_to_all[0], unit_id="O-9", payload=other))


@pytest.mark.parametrize(("reserves", "wanted"), [(0, 0), (1, 1), (2, 2), (6, 6), (7, 7), (9, 7)])
def test_a_stratum_has_as_many_reserves_as_the_plan_says_and_as_it_has_responses(
    reserves: int, wanted: int
) -> None:
    book = Book()
    frozen = book.write("frozen", plan={"reserves": reserves})
    book.draw({"Cards": (9, 2)})
    step = Registration(book.events[-1], frozen)
    for rank in range(1, 10):
        kind = "selected" if rank <= 2 else "reserve"
        event = book.write(kind, f"R-{rank}", draw="d" * 64, stratum=["Cards"], rank=rank,
                           take_all=False)  # fmt: skip
        if rank > 2 + wanted:
            with pytest.raises(LedgerError, match="is one reserve more than Cards has"):
                step.require(event)
        else:
            assert step.missing() is not None
            step.require(event)
            step.take(event)
    assert step.missing() is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"letter": digest_of("R-1", 2)}, "another letter was sent than event 2 rendered"),
        ({"signatory": "coo"}, "another signatory was sent than event 2 rendered"),
        ({"pack": "e" * 64}, None),
        ({}, None),
    ],
)
def test_what_is_sent_is_what_was_rendered(change: dict[str, Any], words: str | None) -> None:
    book = Book()
    book.sent("R-1")
    _, rendered, sent = book.events
    step = Sending(rendered)
    assert "R-1: was rendered in event 2 and not sent" in step.missing()
    assert step.accepts(sent)
    assert not step.accepts(attrs.evolve(sent, unit_id="R-2"))
    assert not step.accepts(book.sign("R-1"))
    event = attrs.evolve(sent, payload={**sent.payload, **change})
    if words is None:
        step.require(event)
    else:
        with pytest.raises(LedgerError, match=words):
            step.require(event)
    with pytest.raises(LedgerError, match=f"sent_for_signature by '{CEO}'"):
        step.require(attrs.evolve(sent, actor=CEO))


def test_the_next_reserve_of_its_own_line_moves_up() -> None:
    book = Book()
    for unit_id, stratum, rank in (("F-3", "Fraud", 2), ("C-9", "Cards", 9), ("C-4", "Cards", 4)):
        book.write("reserve", unit_id, draw="d" * 64, stratum=[stratum], rank=rank, take_all=False)
    book.first("C-1", "Cards")
    replaced = book.write("replaced", "C-1", reason_code="duplicate")
    found = replay(book.events)
    histories = {history.subject.unit_id: history for history in found.values()}
    up = moved_up(found.values(), histories["C-1"])
    assert up is histories["C-4"]
    step = MoveUp(replaced, up)
    assert "C-4 did not move up after event 5 replaced C-1" in step.missing()
    event = book.write("selected", "C-4", **up.events[0].payload, replaces="C-1")
    assert step.accepts(event)
    step.require(event)
    for wrong in ({"unit_id": "C-9"}, {"payload": {**event.payload, "rank": 5}}):
        with pytest.raises(LedgerError, match="C-4 takes the place of C-1"):
            step.require(attrs.evolve(event, **wrong))
    assert moved_up([histories["C-1"], histories["F-3"]], histories["C-1"]) is None
