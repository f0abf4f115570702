"""Where two numbers or two records of a ledger are nearly the same, and what then is told."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace as Namespace
from typing import Any

import attrs
import pytest

from book import Book as Handwritten
from book import digest_of
from ceosample import Frame, Plan, draw
from ceosample.errors import ConflictError, LedgerError
from ceosample.period import Period
from ceosample.sampling.plans.waiting import MONTHS
from ceosample.sampling.verify import Receipt
from ceosample.signoff.intake.decisions import Decision, Decisions
from ceosample.signoff.intake.newer_decisions import brought
from ceosample.signoff.receipts import receipt_for
from ceosample.signoff.recording.month import _counted_on
from ceosample.signoff.store import store
from ceosample.signoff.store.events import Event
from ceosample.signoff.upgrade import MovedFigure, Upgrade
from ceosample.signoff.verify_folder import _not_sent
from months import (
    AT,
    CEO,
    FRESH_SEED,
    MONTH,
    OFFICE,
    PERIOD,
    POPULATION,
    SAMPLER,
    SEED,
    drawn_with,
    kinds,
    nothing_written,
    open_ledger,
    sent,
)


def test_the_same_step_with_words_added_is_no_repetition_of_it() -> None:
    """A step without words is not the same as one with words at the same moment."""
    with open_ledger() as book:
        month = sent(book)
        first = month.say("returned_for_rework", reason_code="tone")
        with nothing_written(book):
            assert month.say("returned_for_rework", reason_code="tone") == first
        with nothing_written(book), pytest.raises(LedgerError, match="returned_for_rework"):
            month.say("returned_for_rework", reason_code="tone", text="Too cold.")
        other = month.say("returned_for_rework", month.second, reason_code="tone", text="Cold.")
        with nothing_written(book), pytest.raises(LedgerError, match="returned_for_rework"):
            month.say("returned_for_rework", month.second, reason_code="tone")
        with nothing_written(book):
            again = {"reason_code": "tone", "text": "Cold."}
            assert month.say("returned_for_rework", month.second, **again) == other


def test_a_file_brought_what_came_after_the_newest_event_before_it() -> None:
    with open_ledger() as book:
        event = sent(book).say("viewed")
        read = Decisions(())
        for newest, new in ((event.sequence - 1, 1), (event.sequence, 0), (event.sequence + 1, 0)):
            said = brought(read, [event], newest)
            assert f"1 decision about 1 letter, {new} of 1 new in the ledger" in said


def test_an_upgrade_shows_in_a_notebook_each_change_and_each_figure_that_moves() -> None:
    moved = (MovedFigure("letters that are late", "3", "4"),)
    upgrade = Upgrade(("rules 2",), done=False, backup=None, moved=moved)
    page = upgrade._repr_html_()
    for told in ("would change", "rules 2", "letters that are late", "3 -&gt; 4", "none"):
        assert told in page
    assert "moves: letters that are late: 3 -> 4" in str(upgrade)
    assert "no figure moves" in str(attrs.evolve(upgrade, moved=()))
    assert "figure" not in str(attrs.evolve(upgrade, moved=None))


def test_what_a_refused_call_read_is_not_taken_for_what_is_on_record() -> None:
    """Of two signatures the second is refused, so the first is undone, and is then made again."""
    with open_ledger() as book:
        month = sent(book)
        about = (AT, POPULATION, PERIOD, None)
        two = Decisions(
            (
                Decision("1", month.first, "signed", CEO, *about, {"letter": month.digest()}),
                Decision(
                    "2",
                    month.second,
                    "signed",
                    "coo",
                    *about,
                    {"letter": month.digest(month.second)},
                ),
            )
        )
        with book.transaction():
            month.say("viewed", month.second)
            with pytest.raises(LedgerError, match="only they can sign"):
                book.record_all(two)
            assert month.sign().kind == "signed"
        assert month.state() == "signed"
        assert kinds(book)[-2:] == ["viewed", "signed"]
        assert book.check().ok


def test_a_step_that_was_undone_does_not_stand_in_the_way_of_another() -> None:
    """A file declines a letter and then signs it: it is refused whole, and the letter is signed."""
    with open_ledger() as book:
        month = sent(book)
        about = (AT, POPULATION, PERIOD, None)
        file = Decisions(
            (
                Decision("1", month.first, "declined", CEO, *about, {"reason_code": "tone"}),
                Decision("2", month.first, "signed", CEO, *about, {"letter": month.digest()}),
            )
        )
        with book.transaction():
            with nothing_written(book), pytest.raises(LedgerError, match="signed"):
                book.record_all(file)
            assert month.sign().kind == "signed"
        assert (kinds(book, month.first)[-1], book.check().ok) == ("signed", True)


def test_a_draw_is_registered_with_the_register_s_count_that_was_frozen() -> None:
    """'got a draw of a frame with': the count is next to the commitment, and not in it."""
    rows = [{"id": f"C-{n}"} for n in range(300)]
    counted, uncounted = (
        draw(
            Frame.from_records(rows, **MONTH, unit_id="id", control_total=total),
            Plan(size=2, reserves=1),
            SEED,
        )
        for total in (300, None)
    )
    assert counted.commitment == uncounted.commitment
    for one, other in ((counted, uncounted), (uncounted, counted)):
        with open_ledger() as book:
            book.freeze(one.frame, one.plan, seed_source="dice", by=SAMPLER, at=AT)
            with nothing_written(book), pytest.raises(ConflictError, match="the control total"):
                book.register(other, by=SAMPLER, at=AT)
            assert book.register(one, by=SAMPLER, at=AT).kind == "drawn"


@pytest.mark.parametrize("earlier_draw", [False, True])
def test_a_receipt_s_head_is_between_its_freeze_and_its_seed(earlier_draw: bool) -> None:
    """Freezes that were set right before it, and draws that were set aside, are none of its own."""
    drawn, book = drawn_with(SEED), Handwritten()
    if earlier_draw:
        book.write("frozen", commitment="a" * 64)
        book.write("seed_revealed")
        book.write("drawn", draw="a" * 64)
        book.write("superseded", draw="a" * 64)
    slip = book.write("frozen", commitment="b" * 64)
    book.write("corrected", event=slip.hash)
    freeze = book.write("frozen", commitment=drawn.commitment)
    book.write("noted", monthly=False)
    seed = book.write("seed_revealed")
    book.write("drawn", draw=drawn.digest)
    book.write("noted", monthly=False)
    month = [event for event in book.events if event.period]

    def receipt(head: Event) -> Receipt:
        return receipt_for(drawn, month, iter(book.events), head.hash, AT, AT, "on paper")

    for event in book.events:
        if event.sequence < freeze.sequence:
            with pytest.raises(LedgerError, match="older than any freeze"):
                receipt(event)
        elif event.sequence >= seed.sequence:
            with pytest.raises(
                LedgerError, match=f"not older than the seed .event {seed.sequence}"
            ):
                receipt(event)
        else:
            assert f"event {freeze.sequence} of the ledger" in receipt(event).evidence
    with pytest.raises(LedgerError, match="is not the one registered"):
        receipt_for(drawn_with(FRESH_SEED), month, book.events, freeze.hash, AT, AT, "on paper")


def test_a_letter_is_imported_once_until_its_file_is_withdrawn() -> None:
    """Also by what came before in the same transaction."""
    said: dict[str, Any] = {"verified": False, "outcome": "signed", "stratum": None, "sheet": 1,
                            "signed_by": CEO, "signed_on": "2026-01-20", "row": 2}  # fmt: skip
    with open_ledger() as book, book._writing() as transaction:

        def imported(unit_id: str, file: str) -> Event:
            payload = {**said, "file": file * 64}
            return transaction.append(
                "imported", OFFICE, AT, payload, POPULATION, "2026-01", unit_id
            )

        imported("R-1", "a")
        imported("R-2", "b")
        for file in ("a", "b"):
            with pytest.raises(LedgerError, match="R-1: was imported before, and not withdrawn"):
                imported("R-1", file)
        withdrawn: dict[str, Any] = {"file": "a" * 64, "reason_code": "slip"}
        transaction.append("import_withdrawn", OFFICE, AT, withdrawn, POPULATION, "2026-01")
        imported("R-1", "b")
        with pytest.raises(LedgerError, match="R-2: was imported before, and not withdrawn"):
            imported("R-2", "a")


def test_a_pack_is_one_in_which_the_ledger_sent_its_own_letters() -> None:
    """Not one in which it sent others, nor a letter of its own in another version."""
    book = Handwritten()
    book.draw({"Cards": (9, 3)})
    for unit_id, version, pack in (("R-1", 1, "a"), ("R-1", 2, "b"), ("R-2", 1, "c")):
        book.write(
            "sent_for_signature", unit_id, letter=digest_of(unit_id, version), pack=pack * 64
        )

    def fault(pack: str, *letters: tuple[str, str], registration: str | None = None) -> str | None:
        saved: Any = Namespace(
            folder=Path("october"),
            pack=Namespace(
                registration=registration or book.events[0].hash,
                digest=pack * 64,
                letters=[Namespace(unit_id=name, digest=digest) for name, digest in letters],
            ),
        )
        return _not_sent(saved, book.events)

    first, second, other = digest_of("R-1"), digest_of("R-1", 2), digest_of("R-2")
    for pack, letter in (("a", ("R-1", first)), ("b", ("R-1", second)), ("c", ("R-2", other))):
        assert fault(pack, letter) is None
    assert f"the ledger sent the pack {'b' * 64}" in str(fault("c", ("R-1", first)))
    assert f"the ledger sent the pack {'c' * 64}" in str(fault("b", ("R-2", other)))
    assert f"the ledger sent {second}" in str(fault("a", ("R-1", other)))
    assert "the ledger never sent it" in str(fault("a", ("R-1", first), ("R-3", first)))
    assert "is no event of the ledger" in str(fault("a", registration=book.events[1].hash))


@pytest.mark.parametrize(
    ("rotation", "last"),
    [({"months": 3}, Period(2026, 12)), (None, Period(2026, 10).plus(2 * MONTHS))],
)
def test_a_month_that_is_superseded_warns_of_the_draws_that_counted_on_it(
    rotation: dict[str, int] | None, last: Period
) -> None:
    """Those from the month after it to the last of its block, and no others."""
    book = Handwritten()
    frozen = book.write("frozen", plan={"rotation": rotation}, block="2026-10")

    def later(*months: Period) -> str | None:
        drawn = [attrs.evolve(frozen, kind="drawn", period=str(month)) for month in months]
        return _counted_on(frozen, drawn)

    own = Period(2026, 10)
    assert later() is None
    assert later(own.plus(-1), own, last.plus(1)) is None
    for month in (own.plus(1), last):
        assert f"superseded after {month}" in str(later(own, month, last.plus(1)))
    assert _counted_on(attrs.evolve(frozen, payload={"plan": {}}), [frozen]) is None
    assert _counted_on(None, [frozen]) is None


def test_a_range_of_months_has_the_events_of_the_eleven_before_its_last() -> None:
    with open_ledger() as book:
        sent(book)
        month = list(book.events(period=PERIOD))
        assert month

        def found(first: str, last: str) -> list[Event]:
            return [event for event in book.events_for(POPULATION, first, last) if event.period]

        for first, last in ((PERIOD, PERIOD), ("2027-09", "2027-09"), (PERIOD, "2028-01")):
            assert found(first, last) == month
        for first, last in (("2026-09", "2026-09"), ("2027-10", "2027-10"), ("2026-11", "2028-01")):
            assert found(first, last) == []


@pytest.mark.parametrize("page", [1, 2, 3, 4096])
def test_a_ledger_is_read_to_its_end_whatever_the_page(
    page: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """'Reading goes in pages, each in its own transaction'"""
    with open_ledger() as book:
        sent(book)
        whole = [event.hash for event in book.events()]
        monkeypatch.setattr(store, "PAGE", page)
        assert [event.hash for event in book.events()] == whole
        assert len(whole) > 3 * 3
