"""The ledger: the order of things, signatures bound to bytes, places, rework, refusals."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import os
import sqlite3
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest

from ceosample import Frame, Pack, Plan, Rotation, Seed, Signatory, draw, render
from ceosample.errors import (
    BusyError,
    CeosampleError,
    ConflictError,
    LedgerError,
    PlanError,
    RotationWarning,
    SeedError,
)
from ceosample.sampling.draw import Draw
from ceosample.signoff.figures.coverage import signoff_coverage
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.store.events import Event
from ceosample.signoff.store.store import PAGE
from refusals import NEVER_SENT, NOT_DRAWN, NOTHING_FROZEN, ROLL_AGAIN, cannot_become, refused

POPULATION = "complaint-responses"
AT = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=1)))
CEO = Signatory("ceo", "Margaret Llewelyn", "Chief Executive")
SEED = Seed.from_dice("83019274650192837465", witnesses=["internal audit", "executive office"])
OTHER_SEED = Seed.from_dice("11111111111111111111", witnesses=["internal audit"])
PLAN = Plan(size=4, reserves=2)


def frame_of(period: str = "2026-10", *, cards: int = 6, loans: int = 4, ids: str = "") -> Frame:
    """A month of a bank with two divisions; ``ids`` tells the responses of two months apart."""
    rows = [{"id": f"{ids}C-{i}", "division": "Cards"} for i in range(cards)]
    rows += [{"id": f"{ids}L-{i}", "division": "Loans"} for i in range(loans)]
    return Frame.from_records(
        rows, population=POPULATION, period=period, unit_id="id", strata=["division"]
    )


def contents(unit_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    return {
        unit_id: {
            "letter": {
                "recipient": f"Blodwen Quillfeather of {unit_id}",
                "address": ["14 Marmalade Crescent", "Zanzifield ZZ9 9ZZ"],
                "salutation": "Dear Ms Quillfeather,",
                "subject": "The parrot insurance",
                "body": "We are sorry about the parrot.\n\nWe shall pay for the piano.",
                "closing": "Yours sincerely,",
            },
            "docket": {"owner": "h-077", "division": "Cards", "contacts": {"telephone": 3}},
        }
        for unit_id in unit_ids
    }


def render_letters(
    drawn: Draw, registration: Event, unit_ids: list[str] | None = None, *, version: int = 1
) -> Pack:
    return render(
        drawn,
        contents,
        signatory=CEO,
        date=AT.date(),
        registration=registration.hash,
        unit_ids=unit_ids,
        version=version,
        pdf=False,
    )


@attrs.frozen
class Month:
    """A month that was registered, and its letters."""

    draw: Draw
    registration: Event
    pack: Pack

    @property
    def cards(self) -> list[str]:
        """The drawn letters of the larger division."""
        return [s.unit_id for s in self.draw.selections if s.stratum == ("Cards",)]

    @property
    def first(self) -> str:
        return self.draw.unit_ids[0]

    def reserves(self, stratum: str) -> list[str]:
        return [r.unit_id for r in self.draw.reserves if r.stratum == (stratum,)]


def register(ledger: Ledger, frame: Frame, plan: Plan = PLAN) -> Month:
    ledger.freeze(frame, plan, seed_source="dice", by="sampling", at=AT)
    # Each month has a seed of its own: one that was out before cannot be used again.
    seed = SEED if str(frame.period) == "2026-10" else OTHER_SEED
    drawn = draw(frame, plan, seed)
    registration = ledger.register(drawn, by="sampling", at=AT)
    return Month(drawn, registration, render_letters(drawn, registration))


def sent(ledger: Ledger, frame: Frame | None = None, plan: Plan = PLAN) -> Month:
    month = register(ledger, frame or frame_of(), plan)
    ledger.send(month.pack, by="office", at=AT)
    return month


def replace(ledger: Ledger, unit_id: str, by: str = "office", reason: str = "duplicate") -> Event:
    """A letter that was never eligible is replaced before it is sent; a second person confirms."""
    return ledger.record("replaced", unit_id, by=by, at=AT, reason_code=reason, approver="second")


def sign(ledger: Ledger, month: Month, unit_id: str) -> Event:
    return ledger.sign(unit_id, letter=month.pack[unit_id].digest, by="ceo", at=AT)


def kinds(ledger: Ledger, unit_id: str | None = None) -> list[str]:
    return [event.kind for event in ledger.events(unit_id=unit_id)]


@contextlib.contextmanager
def nothing_written(ledger: Ledger) -> Iterator[None]:
    before = ledger.head
    yield
    assert ledger.head == before


@pytest.fixture
def ledger(address: str) -> Iterator[Ledger]:
    with Ledger.open("sqlite://" if address.startswith("sqlite") else address) as opened:
        yield opened


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "signoff.db"


def url(file: Path) -> str:
    return f"sqlite:///{file}"


# The order of things


def test_a_seed_is_refused_without_a_freeze_before_it(ledger: Ledger) -> None:
    """'the ledger refuses a seed or a draw without a freeze before it'"""
    with nothing_written(ledger), pytest.raises(LedgerError, match="2026-10: nothing is frozen"):
        ledger.reveal(SEED, population=POPULATION, period="2026-10", by="sampling", at=AT)


def test_a_draw_is_refused_without_a_freeze_before_it(ledger: Ledger) -> None:
    """'the ledger refuses a seed or a draw without a freeze before it'"""
    drawn = draw(frame_of(), PLAN, SEED)
    with nothing_written(ledger), refused(LedgerError, NOTHING_FROZEN):
        ledger.register(drawn, by="sampling", at=AT)


def test_a_freeze_of_another_month_is_no_freeze_of_this_one(ledger: Ledger) -> None:
    ledger.freeze(frame_of("2026-09"), PLAN, seed_source="dice", by="sampling", at=AT)
    with nothing_written(ledger), refused(LedgerError, NOTHING_FROZEN):
        ledger.register(draw(frame_of("2026-10"), PLAN, SEED), by="sampling", at=AT)


def test_a_month_is_written_as_freeze_then_seed_then_draw_then_letters(ledger: Ledger) -> None:
    """'Staff must not be able to foresee the draw, and nobody may be able to choose it'"""
    month = register(ledger, frame_of())
    expected = ["opened", "rules", "frozen", "seed_revealed", "drawn"]
    assert kinds(ledger) == expected + ["selected"] * 4 + ["reserve"] * 4
    chosen = [event.unit_id for event in ledger.events() if event.kind == "selected"]
    assert chosen == [*month.draw.unit_ids]


def test_the_freeze_records_the_commitment_that_the_draw_carries(ledger: Ledger) -> None:
    """'ledger.freeze(...) records it; the draw's record carries it'"""
    frozen = ledger.freeze(frame_of(), PLAN, seed_source="dice", by="sampling", at=AT)
    drawn = draw(frame_of(), PLAN, SEED)
    assert frozen.payload["commitment"] == drawn.commitment
    assert drawn.to_dict()["commitment"] == drawn.commitment


def test_a_seed_or_a_draw_is_not_said_to_be_older_than_what_it_follows(ledger: Ledger) -> None:
    """A clock that went back, or --at by mistake, would have the seed known before the freeze."""
    ledger.freeze(frame_of(), PLAN, seed_source="dice", by="sampling", at=AT)
    before = AT - dt.timedelta(seconds=1)
    with pytest.raises(LedgerError, match=r"seed_revealed at .* would be before event 3 \(frozen"):
        ledger.reveal(SEED, population=POPULATION, period="2026-10", by="sampling", at=before)
    ledger.reveal(SEED, population=POPULATION, period="2026-10", by="sampling", at=AT)
    with pytest.raises(LedgerError, match=r"drawn at .* would be before event 4 \(seed_revealed"):
        ledger.register(draw(frame_of(), PLAN, SEED), by="sampling", at=before)
    assert len(list(ledger.events())) == 4


def test_a_seed_that_is_out_is_the_only_one_that_can_be_drawn_with(ledger: Ledger) -> None:
    """'One period of one population has one draw'"""
    ledger.freeze(frame_of(), PLAN, seed_source="dice", by="sampling", at=AT)
    ledger.reveal(SEED, population=POPULATION, period="2026-10", by="sampling", at=AT)
    other = draw(frame_of(), PLAN, OTHER_SEED)
    with nothing_written(ledger), pytest.raises(ConflictError, match="and this is a different one"):
        ledger.register(other, by="sampling", at=AT)
    with (
        nothing_written(ledger),
        pytest.raises(ConflictError, match=r"already has a seed .event 4"),
    ):
        ledger.reveal(OTHER_SEED, population=POPULATION, period="2026-10", by="sampling", at=AT)


def test_revealing_the_same_seed_again_changes_nothing(ledger: Ledger) -> None:
    """'Idempotent where a scheduler may run twice'"""
    ledger.freeze(frame_of(), PLAN, seed_source="dice", by="sampling", at=AT)
    first = ledger.reveal(SEED, population=POPULATION, period="2026-10", by="sampling", at=AT)
    with nothing_written(ledger):
        again = ledger.reveal(SEED, population=POPULATION, period="2026-10", by="other", at=AT)
    assert again == first


def test_the_seed_of_another_month_is_refused(ledger: Ledger) -> None:
    """'A seed is ... fresh for each period'"""
    register(ledger, frame_of("2026-10"))
    november = frame_of("2026-11")
    ledger.freeze(november, PLAN, seed_source="dice", by="sampling", at=AT)
    with nothing_written(ledger), refused(ConflictError, ROLL_AGAIN):
        ledger.register(draw(november, PLAN, SEED), by="sampling", at=AT)
    ledger.register(draw(november, PLAN, OTHER_SEED), by="sampling", at=AT)


def test_a_draw_that_the_seed_does_not_give_is_refused(ledger: Ledger) -> None:
    """'In each stratum the n_h lowest tickets are selected'"""
    ledger.freeze(frame_of(), PLAN, seed_source="dice", by="sampling", at=AT)
    right = draw(frame_of(), PLAN, SEED)
    chosen = attrs.evolve(right.selections[0], unit_id=next(r.unit_id for r in right.reserves))
    wrong = attrs.evolve(right, selections=(chosen, *right.selections[1:]))
    with nothing_written(ledger), pytest.raises(ConflictError, match="not what the seed draws"):
        ledger.register(wrong, by="sampling", at=AT)


# Freezing, and freezing anew


def test_freezing_the_same_frame_again_changes_nothing(ledger: Ledger) -> None:
    first = ledger.freeze(frame_of(), PLAN, seed_source="dice", by="sampling", at=AT)
    with nothing_written(ledger):
        again = ledger.freeze(frame_of(), PLAN, seed_source="dice", by="sampling", at=AT)
    assert again == first


def test_a_frame_can_be_frozen_anew_while_there_is_no_seed_and_both_stay_on_record(
    ledger: Ledger,
) -> None:
    """'all that could steer it is fixed before the seed exists'"""
    ledger.freeze(frame_of(), PLAN, seed_source="dice", by="sampling", at=AT)
    second = ledger.freeze(frame_of(cards=7), PLAN, seed_source="dice", by="sampling", at=AT)
    assert kinds(ledger) == ["opened", "rules", "frozen", "frozen"]
    with nothing_written(ledger), pytest.raises(ConflictError, match="event 4 froze"):
        ledger.register(draw(frame_of(), PLAN, SEED), by="sampling", at=AT)
    drawn = ledger.register(draw(frame_of(cards=7), PLAN, SEED), by="sampling", at=AT)
    assert drawn.payload["commitment"] == second.payload["commitment"]


def test_a_freeze_taken_back_counts_as_the_newest(ledger: Ledger) -> None:
    for cards in (6, 7, 6):
        ledger.freeze(frame_of(cards=cards), PLAN, seed_source="dice", by="sampling", at=AT)
    assert kinds(ledger) == ["opened", "rules", "frozen", "frozen", "frozen"]
    ledger.register(draw(frame_of(cards=6), PLAN, SEED), by="sampling", at=AT)


@pytest.mark.parametrize("other", [frame_of(cards=7), frame_of(loans=3)])
def test_nothing_can_be_frozen_once_the_seed_is_out(ledger: Ledger, other: Frame) -> None:
    """'all that could steer it is fixed before the seed exists'"""
    first = ledger.freeze(frame_of(), PLAN, seed_source="dice", by="sampling", at=AT)
    ledger.reveal(SEED, population=POPULATION, period="2026-10", by="sampling", at=AT)
    with nothing_written(ledger):
        with pytest.raises(ConflictError, match=r"its seed has been revealed .event 4."):
            ledger.freeze(other, PLAN, seed_source="dice", by="sampling", at=AT)
        with pytest.raises(ConflictError, match=r"its seed has been revealed .event 4."):
            ledger.freeze(frame_of(), Plan(size=5), seed_source="dice", by="sampling", at=AT)
        again = ledger.freeze(frame_of(), PLAN, seed_source="dice", by="sampling", at=AT)
    assert again == first


def test_a_plan_that_cannot_be_carried_out_is_refused_before_the_freeze(ledger: Ledger) -> None:
    with nothing_written(ledger):
        with pytest.raises(PlanError):
            ledger.freeze(frame_of(), Plan(size=11), seed_source="dice", by="sampling", at=AT)
        with pytest.raises(SeedError):
            ledger.freeze(frame_of(), PLAN, seed_source="tea leaves", by="sampling", at=AT)


# Registering


def test_registering_a_draw_twice_gives_the_same_event(ledger: Ledger) -> None:
    """'Running the same draw again changes nothing'"""
    month = register(ledger, frame_of())
    with nothing_written(ledger):
        again = ledger.register(draw(frame_of(), PLAN, SEED), by="somebody else", at=AT)
    assert again == month.registration


def test_a_draw_read_back_from_its_files_is_the_registered_one(
    ledger: Ledger, tmp_path: Path
) -> None:
    """'signing happens weeks later, in another process'"""
    month = register(ledger, frame_of())
    month.draw.save(tmp_path)
    with nothing_written(ledger):
        assert ledger.register(Draw.load(tmp_path), by="sampling", at=AT) == month.registration


@pytest.mark.parametrize(
    ("frame", "plan", "seed"),
    [
        (frame_of(cards=7), PLAN, SEED),
        (frame_of(), Plan(size=5, reserves=2), SEED),
        (frame_of(), PLAN, OTHER_SEED),
    ],
    ids=["another frame", "another plan", "another seed"],
)
def test_a_second_different_draw_is_refused(
    ledger: Ledger, frame: Frame, plan: Plan, seed: Seed
) -> None:
    """'A second, different one is refused'"""
    register(ledger, frame_of())
    with (
        nothing_written(ledger),
        pytest.raises(ConflictError, match=r"already has a draw .event 5"),
    ):
        ledger.register(draw(frame, plan, seed), by="sampling", at=AT)


@pytest.mark.parametrize(
    ("frame", "plan"),
    [(frame_of(cards=7), PLAN), (frame_of(), Plan(size=5, reserves=2)), (frame_of(), Plan(size=4))],
    ids=["another frame", "another size", "nothing but the default number of reserves"],
)
def test_a_draw_of_what_was_not_frozen_is_refused(ledger: Ledger, frame: Frame, plan: Plan) -> None:
    """'One period of one population has one draw'; the commitment fixes frame and plan."""
    frozen = Plan(size=4, reserves=1)
    ledger.freeze(frame_of(), frozen, seed_source="dice", by="sampling", at=AT)
    with nothing_written(ledger), pytest.raises(ConflictError, match="event 3 froze"):
        ledger.register(draw(frame, plan, SEED), by="sampling", at=AT)


def test_the_months_of_one_ledger_are_apart(ledger: Ledger) -> None:
    october = sent(ledger, frame_of("2026-10"))
    november = sent(ledger, frame_of("2026-11"))
    assert october.registration.hash != november.registration.hash
    periods = [e.period for e in ledger.events(population=POPULATION, period="2026-11")]
    assert set(periods) == {"2026-11"}
    assert ledger.check().ok


# Sending


def test_sending_binds_each_letter_to_its_digest_and_its_pack(ledger: Ledger) -> None:
    """'A signature is bound to the SHA-256 of the exact letter that was read'"""
    month = register(ledger, frame_of())
    events = ledger.send(month.pack, by="office", at=AT)
    assert [event.unit_id for event in events] == [letter.unit_id for letter in month.pack]
    for event, letter in zip(events, month.pack, strict=True):
        assert event.kind == "sent_for_signature"
        assert event.payload == {
            "letter": letter.digest,
            "pack": month.pack.digest,
            "signatory": "ceo",
        }
    history = ledger.history(month.first)
    assert history.letter == month.pack[month.first].digest
    assert [event.kind for event in history.events][-2:] == ["rendered", "sent_for_signature"]


def test_sending_the_same_pack_twice_changes_nothing(ledger: Ledger, tmp_path: Path) -> None:
    """'saying the same thing twice changes nothing: the event of the first time is given back'"""
    month = register(ledger, frame_of())
    first = ledger.send(month.pack, by="office", at=AT)
    month.pack.save(tmp_path)
    with nothing_written(ledger):
        assert ledger.send(Pack.load(tmp_path), by="office", at=AT) == first


def test_sending_again_after_signatures_changes_nothing(ledger: Ledger) -> None:
    month = register(ledger, frame_of())
    first = ledger.send(month.pack, by="office", at=AT)
    sign(ledger, month, month.first)
    ledger.record(
        "withdrawn",
        month.draw.unit_ids[1],
        by="office",
        at=AT,
        reason_code="customer",
        approver="h-002",
    )
    with nothing_written(ledger):
        assert ledger.send(month.pack, by="office", at=AT) == first


def test_sending_is_all_or_nothing(ledger: Ledger) -> None:
    """'Every method that writes takes its events whole or not at all'"""
    month = register(ledger, frame_of())
    last = month.draw.unit_ids[-1]
    ledger.record(
        "withdrawn", last, by="office", at=AT, reason_code="customer-withdrew", approver="h-002"
    )
    with nothing_written(ledger), pytest.raises(LedgerError, match=f"letter {last}: cannot become"):
        ledger.send(month.pack, by="office", at=AT)
    assert "rendered" not in kinds(ledger)


def test_every_letter_that_cannot_be_sent_is_named(ledger: Ledger) -> None:
    """'A check of a table reports every fault it found, not only the first'"""
    month = register(ledger, frame_of())
    two = [month.draw.unit_ids[0], month.draw.unit_ids[2]]
    for unit_id in two:
        ledger.record(
            "withdrawn",
            unit_id,
            by="office",
            at=AT,
            reason_code="customer-withdrew",
            approver="h-002",
        )
    with nothing_written(ledger), pytest.raises(LedgerError) as refusal:
        ledger.send(month.pack, by="office", at=AT)
    assert [fault.partition(":")[0] for fault in refusal.value.faults] == [
        f"letter {unit_id}" for unit_id in two
    ]


def test_a_pack_that_does_not_name_its_registration_is_not_sent(ledger: Ledger) -> None:
    """'A month's cover sheet prints the hash of its registration event'"""
    month = register(ledger, frame_of())
    frozen = next(event for event in ledger.events() if event.kind == "frozen")
    preview = render(month.draw, contents, signatory=CEO, date=AT.date(), pdf=False)
    with nothing_written(ledger):
        for pack in (preview, render_letters(month.draw, frozen)):
            with pytest.raises(ConflictError, match="does not name the registration"):
                ledger.send(pack, by="office", at=AT)


def test_a_pack_of_another_draw_is_not_sent(ledger: Ledger) -> None:
    month = register(ledger, frame_of())
    other = render_letters(draw(frame_of(), PLAN, OTHER_SEED), month.registration)
    with nothing_written(ledger), pytest.raises(ConflictError, match="got a pack of the draw"):
        ledger.send(other, by="office", at=AT)


def test_a_pack_of_a_month_without_a_draw_is_not_sent(ledger: Ledger) -> None:
    register(ledger, frame_of())
    november = draw(frame_of("2026-11"), PLAN, SEED)
    pack = render(
        november, contents, signatory=CEO, date=AT.date(), registration="0" * 64, pdf=False
    )
    with nothing_written(ledger), pytest.raises(LedgerError):
        ledger.send(pack, by="office", at=AT)


def test_a_letter_in_reserve_is_not_sent(ledger: Ledger) -> None:
    month = register(ledger, frame_of())
    reserve = month.draw.reserves[0].unit_id
    pack = render_letters(month.draw, month.registration, [reserve])
    with nothing_written(ledger), pytest.raises(LedgerError, match="cannot become rendered from r"):
        ledger.send(pack, by="office", at=AT)


def test_a_letter_that_is_out_can_be_recalled_by_a_new_version(ledger: Ledger) -> None:
    """'rendered (recalled)'"""
    month = sent(ledger)
    anew = render_letters(month.draw, month.registration, [month.first], version=2)
    ledger.send(anew, by="office", at=AT)
    with nothing_written(ledger), refused(LedgerError, NEVER_SENT):
        sign(ledger, month, month.first)
    ledger.sign(month.first, letter=anew[month.first].digest, by="ceo", at=AT)


@pytest.mark.parametrize("version", [1, 3])
def test_a_version_is_the_one_after_the_last(ledger: Ledger, version: int) -> None:
    """'version: 1, or one more each time that these letters are rendered anew'"""
    month = sent(ledger)
    anew = render(
        month.draw,
        contents,
        signatory=CEO,
        date=AT.date() + dt.timedelta(days=1),
        registration=month.registration.hash,
        unit_ids=[month.first],
        version=version,
        pdf=False,
    )
    with nothing_written(ledger), pytest.raises(LedgerError, match="version=2"):
        ledger.send(anew, by="office", at=AT)


# Signing


def test_a_signature_holds_the_digest_of_the_letter_that_was_read(ledger: Ledger) -> None:
    """'A signature is bound to the SHA-256 of the exact letter that was read'"""
    month = sent(ledger)
    event = sign(ledger, month, month.first)
    assert (event.kind, event.actor, event.subject) == (
        "signed",
        "ceo",
        (POPULATION, "2026-10", month.first),
    )
    assert event.payload == {"letter": month.pack[month.first].digest}
    assert event.at == "2026-11-02T09:00:00+01:00"
    assert ledger.history(month.first).state == "signed"


def test_signing_twice_gives_the_same_event(ledger: Ledger) -> None:
    """'Idempotent where a scheduler may run twice'"""
    month = sent(ledger)
    first = sign(ledger, month, month.first)
    with nothing_written(ledger):
        later = AT + dt.timedelta(days=3)
        digest = month.pack[month.first].digest
        assert ledger.sign(month.first, letter=digest, by="ceo", at=later) == first


def test_a_letter_that_was_not_read_cannot_be_signed(ledger: Ledger) -> None:
    """'A signature is bound to the SHA-256 of the exact letter that was read'"""
    month = sent(ledger)
    another = month.pack[month.draw.unit_ids[1]].digest
    with nothing_written(ledger):
        for digest in (another, "0" * 64):
            with pytest.raises(LedgerError, match=f"{digest}.* was never sent for signature"):
                ledger.sign(month.first, letter=digest, by="ceo", at=AT)
        for nonsense in ("", "abc", another.upper(), None, 7):
            with pytest.raises(LedgerError, match="give the letter's SHA-256"):
                ledger.sign(month.first, letter=nonsense, by="ceo", at=AT)  # type: ignore[arg-type]


def test_a_letter_is_signed_by_nobody_but_its_signatory(ledger: Ledger) -> None:
    """'originally selected letters that the signatory signed in person'"""
    month = sent(ledger)
    digest = month.pack[month.first].digest
    with nothing_written(ledger):
        for person in ("deputy", "CEO", "h-077"):
            with pytest.raises(LedgerError, match="only they can sign or delegate it"):
                ledger.sign(month.first, letter=digest, by=person, at=AT)
        for nobody in ("", " ceo", "ceo\n", None, 7):
            with pytest.raises(LedgerError):
                ledger.sign(month.first, letter=digest, by=nobody, at=AT)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "at",
    [dt.datetime(2026, 11, 2, 9, 0), dt.date(2026, 11, 2), "2026-11-02T09:00:00Z", None, 0],  # noqa: DTZ001
    ids=["naive", "a date", "text", "None", "a number"],
)
def test_a_time_without_a_zone_is_refused(ledger: Ledger, at: Any) -> None:
    """'at is RFC 3339 with its offset'"""
    month = sent(ledger)
    digest = month.pack[month.first].digest
    with nothing_written(ledger), pytest.raises(LedgerError, match=r"^at: .* aware datetime"):
        ledger.sign(month.first, letter=digest, by="ceo", at=at)


def test_an_offset_with_seconds_is_not_written_down(ledger: Ledger) -> None:
    """'at is RFC 3339 with its offset': an offset of RFC 3339 has hours and minutes alone."""
    old = dt.timezone(dt.timedelta(minutes=19, seconds=32))  # Amsterdam's until 1937
    with contextlib.suppress(LedgerError):
        event = ledger.freeze(
            frame_of(), PLAN, seed_source="dice", by="sampling", at=AT.astimezone(old)
        )
        assert dt.datetime.fromisoformat(event.at) == AT
        assert len(event.at.rpartition("+")[2]) == len("00:19")


def test_a_letter_that_was_not_sent_cannot_be_signed(ledger: Ledger) -> None:
    month = register(ledger, frame_of())
    with nothing_written(ledger), pytest.raises(LedgerError, match="cannot become signed from sel"):
        sign(ledger, month, month.first)


def test_an_unknown_letter_is_named(ledger: Ledger) -> None:
    sent(ledger)
    with nothing_written(ledger), refused(LedgerError, NOT_DRAWN, place="letter R-404"):
        ledger.sign("R-404", letter="0" * 64, by="ceo", at=AT)
    with refused(LedgerError, NOT_DRAWN, place="letter R-404"):
        ledger.history("R-404")


def test_a_letter_in_reserve_was_not_drawn(ledger: Ledger) -> None:
    month = sent(ledger)
    reserve = month.draw.reserves[0].unit_id
    with nothing_written(ledger), refused(LedgerError, NOT_DRAWN):
        ledger.record("viewed", reserve, by="ceo", at=AT)


@pytest.mark.parametrize("unit_id", ["\udcff", "a\ud800b"])
def test_an_id_that_is_not_text_at_all_is_refused_in_words(ledger: Ledger, unit_id: str) -> None:
    """'Impossible input raises': what a terminal sends for a byte that is not UTF-8."""
    with nothing_written(ledger), pytest.raises(LedgerError):
        ledger.record("viewed", unit_id, by="ceo", at=AT)


def test_an_id_of_two_months_needs_its_month(ledger: Ledger) -> None:
    """'a call may leave out population and period when exactly one open letter fits, and is
    otherwise an error that lists the candidates'"""
    everything = Plan(size=10, reserves=0)
    october = sent(ledger, frame_of("2026-10"), everything)
    november = sent(ledger, frame_of("2026-11"), everything)
    with nothing_written(ledger), pytest.raises(LedgerError) as refusal:
        ledger.record("viewed", "C-1", by="ceo", at=AT)
    assert "complaint-responses, 2026-10; complaint-responses, 2026-11" in str(refusal.value)
    event = ledger.sign(
        "C-1", letter=november.pack["C-1"].digest, by="ceo", at=AT, period="2026-11"
    )
    assert event.period == "2026-11"
    assert ledger.history("C-1", period="2026-10").state == "sent_for_signature"
    ledger.record(
        "withdrawn", "C-1", by="office", at=AT, reason_code="customer", approver="h-002",
        period="2026-10", population=POPULATION,
    )  # fmt: skip
    # One of the two is at its end, so exactly one open letter fits.
    assert ledger.record("dispatched", "C-1", by="office", at=AT).period == "2026-11"
    assert october.registration.period == "2026-10"


# Places and reserves


def test_a_replaced_letters_place_goes_to_the_next_reserve_of_its_stratum(ledger: Ledger) -> None:
    """'The substitute is the next reserve of the stratum, never chosen'"""
    month = register(ledger, frame_of())
    first, second = month.reserves("Cards")
    for place, substitute in zip(month.cards, (first, second), strict=True):
        replace(ledger, place, "office", "duplicate")
        history = ledger.history(substitute)
        assert (history.state, history.original) == ("selected", False)
        assert history.events[-1].payload["replaces"] == place
    for loan in month.reserves("Loans"):
        assert kinds(ledger, loan) == ["reserve"]


def test_a_substitute_that_is_replaced_gives_its_place_to_the_next(ledger: Ledger) -> None:
    month = register(ledger, frame_of())
    first, second = month.reserves("Cards")
    replace(ledger, month.cards[0], "office", "duplicate")
    replace(ledger, first, "office", "out-of-scope")
    assert ledger.history(second).events[-1].payload["replaces"] == first


def test_without_a_reserve_of_the_stratum_the_place_stays_empty_and_counts(ledger: Ledger) -> None:
    """'with no reserve left the place stays empty and counts'"""
    month = register(ledger, frame_of(cards=2, loans=8), Plan(size=4, reserves=2))
    (card,) = month.cards
    (substitute,) = month.reserves("Cards")
    replace(ledger, card, "office", "duplicate")
    before = len(list(ledger.events()))
    replace(ledger, substitute, "office", "duplicate")
    assert len(list(ledger.events())) == before + 1
    assert all(kinds(ledger, loan) == ["reserve"] for loan in month.reserves("Loans"))
    coverage = signoff_coverage(ledger.events())
    assert (coverage.signoff.of, coverage.completion.of) == (4, 4)


def test_replacing_twice_moves_one_reserve_up(ledger: Ledger) -> None:
    month = register(ledger, frame_of())
    first = replace(ledger, month.cards[0], "office", "duplicate")
    with nothing_written(ledger):
        again = replace(ledger, month.cards[0], "office", "duplicate")
        assert again == first
        with pytest.raises(LedgerError, match="which is final"):
            replace(ledger, month.cards[0], "other", "duplicate")


def test_a_substitute_is_rendered_sent_and_signed_like_any_other(ledger: Ledger) -> None:
    month = register(ledger, frame_of())
    substitute = month.reserves("Cards")[0]
    replace(ledger, month.cards[0], "office", "duplicate")
    pack = render_letters(month.draw, month.registration, [substitute])
    ledger.send(pack, by="office", at=AT)
    ledger.sign(substitute, letter=pack[substitute].digest, by="ceo", at=AT)
    coverage = signoff_coverage(ledger.events())
    assert str(coverage.signoff) == "0 of 4 selected letters signed in person (0 %)"
    assert str(coverage.completion) == "1 of 4 places filled"


def test_a_letter_of_a_stratum_read_in_full_has_no_substitute(ledger: Ledger) -> None:
    month = register(ledger, frame_of(), Plan(size=2, reserves=2, take_all=["Loans"]))
    loan = next(s.unit_id for s in month.draw.selections if s.stratum == ("Loans",))
    before = len(list(ledger.events()))
    replace(ledger, loan, "office", "duplicate")
    assert len(list(ledger.events())) == before + 1


# Rework


def reworked(ledger: Ledger) -> tuple[Month, Pack]:
    """A month whose first letter came back and went out again as version 2."""
    month = sent(ledger)
    ledger.record("returned_for_rework", month.first, by="ceo", at=AT, reason_code="tone")
    anew = render_letters(month.draw, month.registration, [month.first], version=2)
    ledger.send(anew, by="office", at=AT)
    return month, anew


def test_a_letter_comes_back_is_written_anew_and_signed_once(ledger: Ledger) -> None:
    """'A new version voids the approval'"""
    month, anew = reworked(ledger)
    digest = anew[month.first].digest
    assert digest != month.pack[month.first].digest
    with (
        nothing_written(ledger),
        pytest.raises(LedgerError, match=f"out for signature is {digest}"),
    ):
        sign(ledger, month, month.first)
    ledger.sign(month.first, letter=digest, by="ceo", at=AT)
    history = ledger.history(month.first)
    assert (history.versions, history.letter, history.state) == (2, digest, "signed")
    assert str(signoff_coverage(ledger.events()).signoff).startswith("1 of 4 ")


def test_a_return_after_the_signature_makes_it_void(ledger: Ledger) -> None:
    """'returned_for_rework (the approval is void)'"""
    month = sent(ledger)
    sign(ledger, month, month.first)
    ledger.record("returned_for_rework", month.first, by="office", at=AT, reason_code="figures")
    assert signoff_coverage(ledger.events()).signoff.count == 0
    with nothing_written(ledger), refused(LedgerError, cannot_become("signed")):
        sign(ledger, month, month.first)
    anew = render_letters(month.draw, month.registration, [month.first], version=2)
    ledger.send(anew, by="office", at=AT)
    ledger.sign(month.first, letter=anew[month.first].digest, by="ceo", at=AT)
    assert signoff_coverage(ledger.events()).signoff.count == 1


def test_a_version_that_came_back_is_not_signed_when_the_letter_is_taken_over(
    ledger: Ledger,
) -> None:
    """'returned_for_rework (the approval is void)': whoever takes it over signs what is new."""
    month = sent(ledger)
    ledger.record("returned_for_rework", month.first, by="ceo", at=AT, reason_code="tone")
    ledger.record("taken_over", month.first, by="ceo", at=AT)
    with nothing_written(ledger), pytest.raises(LedgerError):
        sign(ledger, month, month.first)


@pytest.mark.parametrize("state", ["sent_for_signature", "signed", "dispatched"])
def test_sending_the_months_pack_again_after_rework_changes_nothing(
    ledger: Ledger, state: str
) -> None:
    """'saying the same thing twice changes nothing: the event of the first time is given back'"""
    month, anew = reworked(ledger)
    if state != "sent_for_signature":
        ledger.sign(month.first, letter=anew[month.first].digest, by="ceo", at=AT)
    if state == "dispatched":
        ledger.record("dispatched", month.first, by="office", at=AT)
    with nothing_written(ledger):
        events = ledger.send(month.pack, by="office", at=AT)
    assert [event.payload["letter"] for event in events] == [x.digest for x in month.pack]
    assert [event.kind for event in events] == ["sent_for_signature"] * 4


# What each step needs


@pytest.mark.parametrize("kind", ["returned_for_rework", "declined", "replaced", "withdrawn"])
def test_a_step_that_needs_a_reason_needs_a_code(ledger: Ledger, kind: str) -> None:
    """'no free text': a reason is up to 40 lower-case letters, digits and hyphens."""
    month = sent(ledger)
    for code in (None, "", "Tone", "too angry", "a" * 41, "tone\n", "größe", 7):
        with (
            nothing_written(ledger),
            pytest.raises(LedgerError, match=r"reason_code: (missing|got)"),
        ):
            ledger.record(kind, month.first, by="ceo", at=AT, reason_code=code)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["viewed", "taken_over"])
def test_a_step_that_needs_nothing_takes_nothing(ledger: Ledger, kind: str) -> None:
    month = sent(ledger)
    digest = month.pack[month.first].digest
    with nothing_written(ledger):
        with pytest.raises(LedgerError, match=r"reason_code: got .*; remove it"):
            ledger.record(kind, month.first, by="ceo", at=AT, reason_code="tone")
        with pytest.raises(LedgerError, match=r"letter: got .*; remove it"):
            ledger.record(kind, month.first, by="ceo", at=AT, letter=digest)
    assert ledger.record(kind, month.first, by="ceo", at=AT).payload == {}


def test_the_letter_that_went_out_is_on_record(ledger: Ledger) -> None:
    """'(end: a letter went out; its digest and time are recorded)'"""
    month = sent(ledger)
    sign(ledger, month, month.first)
    event = ledger.record("dispatched", month.first, by="office", at=AT)
    assert event.payload == {"letter": month.pack[month.first].digest}


def test_a_lapse_before_any_version_needs_the_digest_of_what_went_out(ledger: Ledger) -> None:
    """'lapsed: ... It needs a named releaser and a reason code'"""
    month = register(ledger, frame_of())
    with nothing_written(ledger), pytest.raises(LedgerError, match="give the letter's SHA-256"):
        ledger.record("lapsed", month.first, by="office", at=AT, reason_code="deadline")
    event = ledger.record(
        "lapsed", month.first, by="office", at=AT, reason_code="deadline", letter="ab" * 32
    )
    assert event.payload == {"letter": "ab" * 32, "reason_code": "deadline"}


def test_what_is_dispatched_is_what_was_signed(ledger: Ledger) -> None:
    """'A signature is bound to the SHA-256 of the exact letter that was read'"""
    month = sent(ledger)
    sign(ledger, month, month.first)
    with nothing_written(ledger), pytest.raises(LedgerError):
        ledger.record("dispatched", month.first, by="office", at=AT, letter="0" * 64)


def test_nobody_is_a_deputy_who_is_not_registered(ledger: Ledger) -> None:
    """'only to a deputy registered beforehand'"""
    month = sent(ledger)
    with nothing_written(ledger), pytest.raises(LedgerError, match="not registered as deputy of"):
        ledger.record("delegated", month.first, by="ceo", at=AT, to="deputy")


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("selected", "which registering a draw records"),
        ("reserve", "which registering a draw records"),
        ("rendered", "which sending a pack records"),
        ("sent_for_signature", "which sending a pack records; .*take back a delegation"),
        ("drawn", "which is not a kind of event"),
        ("frozen", "which is not a kind of event"),
        ("", "which is not a kind of event"),
    ],
)
def test_what_is_not_said_by_hand_is_refused_with_the_reason(
    ledger: Ledger, kind: str, why: str
) -> None:
    month = sent(ledger)
    with nothing_written(ledger), pytest.raises(LedgerError, match=why):
        ledger.record(kind, month.first, by="ceo", at=AT)


def test_a_step_that_the_table_does_not_have_is_refused(ledger: Ledger) -> None:
    month = sent(ledger)
    ledger.record("declined", month.first, by="ceo", at=AT, reason_code="not-mine")
    with nothing_written(ledger), pytest.raises(LedgerError, match="cannot become signed from dec"):
        sign(ledger, month, month.first)
    with nothing_written(ledger), refused(LedgerError, cannot_become("viewed")):
        ledger.record("viewed", month.first, by="ceo", at=AT)


# The book


def test_the_first_event_names_the_ledger_and_its_schema(ledger: Ledger) -> None:
    """'The first event names the ledger (a random id) and the schema'"""
    first, rules = ledger.events()
    assert (first.kind, first.sequence, first.previous) == ("opened", 1, "0" * 64)
    assert first.payload["schema"] == 1
    assert (rules.kind, rules.payload) == ("rules", {"rules": 2})
    with Ledger.open("sqlite://") as other:
        assert next(other.events()).payload["ledger"] != first.payload["ledger"]


def test_events_come_page_by_page_without_a_gap(address: str) -> None:
    """'Reading goes in pages, each in its own transaction'"""
    frame = frame_of(cards=PAGE, loans=60)
    with Ledger.open(address) as ledger:
        ledger.freeze(frame, Plan(size=PAGE + 50), seed_source="dice", by="sampling", at=AT)
        ledger.register(draw(frame, Plan(size=PAGE + 50), SEED), by="sampling", at=AT)
        sequences = [event.sequence for event in ledger.events()]
        assert sequences == [*range(1, len(sequences) + 1)]
        assert len(sequences) > PAGE + 50
        month = list(ledger.events(population=POPULATION, period="2026-10"))
        assert len(month) == len(sequences) - 2
        assert ledger.check().events == len(sequences)


@pytest.mark.parametrize("extra", [-1, 0, 1])
def test_a_book_of_exactly_a_page_is_read_to_its_end(address: str, extra: int) -> None:
    with Ledger.open(address) as ledger:
        frame = frame_of(cards=PAGE, loans=10)
        # opened, rules, frozen, seed_revealed and drawn come before the letters
        plan = Plan(size=PAGE - 5 + extra, reserves=0)
        ledger.freeze(frame, plan, seed_source="dice", by="sampling", at=AT)
        ledger.register(draw(frame, plan, SEED), by="sampling", at=AT)
        assert len(list(ledger.events())) == PAGE + extra


def test_a_reader_in_the_middle_of_the_book_keeps_no_writer_waiting(address: str) -> None:
    """'an open reader blocks commits under a rollback journal'"""
    with Ledger.open(address) as reader, Ledger.open(address) as writer:
        month = sent(writer)
        reading = reader.events()
        next(reading)
        sign(writer, month, month.first)
        assert sum(1 for _ in reading) == len(list(writer.events())) - 2


def test_two_writers_at_once_write_a_draw_once(address: str) -> None:
    """'One period of one population has one draw'"""
    drawn = draw(frame_of(), PLAN, SEED)
    found: list[str] = []

    def write() -> None:
        with Ledger.open(address) as ledger:
            ledger.freeze(frame_of(), PLAN, seed_source="dice", by="sampling", at=AT)
            found.append(ledger.register(drawn, by="sampling", at=AT).hash)

    threads = [threading.Thread(target=write) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Ledger.open(address) as ledger:
        assert len(found) == 6
        assert len(set(found)) == 1
        assert kinds(ledger).count("opened") == kinds(ledger).count("drawn") == 1
        assert ledger.check().ok


def test_a_writer_that_waits_too_long_says_so(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """'75 busy'"""
    monkeypatch.setattr("ceosample.signoff.store.databases.PATIENCE", 50)
    with Ledger.open(url(file)) as ledger:
        blocker = sqlite3.connect(file, isolation_level=None)
        blocker.execute("BEGIN IMMEDIATE")
        with pytest.raises(BusyError, match="try again") as refusal:
            ledger.freeze(frame_of(), PLAN, seed_source="dice", by="sampling", at=AT)
        blocker.close()
        assert refusal.value.exit_code == 75


def test_a_clock_that_goes_backwards_leaves_the_book_in_order(address: str) -> None:
    """'recorded_at (UTC, microseconds, Z, never decreasing but at a clock_corrected event)'"""
    nine = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)
    zone = dt.timezone(dt.timedelta(hours=-5))
    times = [nine]
    with Ledger.open(address, clock=lambda: times[-1]) as ledger:
        times.append(nine - dt.timedelta(minutes=5))
        ledger.freeze(frame_of("2026-08"), PLAN, seed_source="dice", by="sampling", at=AT)
        times.append(dt.datetime(2026, 11, 2, 5, 30, 0, 7, tzinfo=zone))
        ledger.freeze(frame_of("2026-09"), PLAN, seed_source="dice", by="sampling", at=AT)
        times.append(times[-1] - dt.timedelta(minutes=1))
        register(ledger, frame_of())
        recorded = [event.recorded_at for event in ledger.events()]
        assert ledger.check().ok
    assert recorded == sorted(recorded)
    assert recorded[:4] == [
        "2026-11-02T09:00:00.000000Z",
        "2026-11-02T09:00:00.000000Z",
        "2026-11-02T09:00:00.000000Z",
        "2026-11-02T10:30:00.000007Z",
    ]
    assert recorded[-1] == recorded[3]


def test_a_clock_without_a_zone_is_refused() -> None:
    times = [dt.datetime(2026, 11, 2, tzinfo=dt.UTC)]
    with Ledger.open("sqlite://", clock=lambda: times[-1]) as ledger:
        times.append(dt.datetime(2026, 11, 2))  # noqa: DTZ001
        with pytest.raises(CeosampleError, match="aware datetime"):
            ledger.freeze(frame_of(), PLAN, seed_source="dice", by="sampling", at=AT)
        assert kinds(ledger) == ["opened", "rules"]


def test_nothing_of_a_customers_data_is_in_the_file(file: Path) -> None:
    """'Free text and names stay out: the ledger holds ids, roles, codes and salted digests'"""
    with Ledger.open(url(file)) as ledger:
        month = sent(ledger)
        sign(ledger, month, month.first)
        ledger.record(
            "returned_for_rework", month.draw.unit_ids[1], by="ceo", at=AT, reason_code="tone"
        )
    held = file.read_bytes()
    assert month.first.encode() in held
    for word in (
        "Blodwen", "Quillfeather", "Marmalade", "Zanzifield", "parrot", "piano",
        "Margaret", "Llewelyn",
    ):  # fmt: skip
        assert word.encode() not in held
        assert word.encode("utf-16-le") not in held


# The file


@pytest.fixture
def written(file: Path) -> Path:
    with Ledger.open(url(file)) as ledger:
        sent(ledger)
    return file


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET text = '{}' WHERE sequence = 3",
        "UPDATE events SET kind = 'signed'",
        "DELETE FROM events WHERE sequence = (SELECT max(sequence) FROM events)",
        "DELETE FROM events",
        "INSERT OR REPLACE INTO events SELECT sequence, 'x', kind, population, period, unit_id, "
        "'{}' FROM events WHERE sequence = 3",
        "UPDATE OR REPLACE events SET sequence = 4 WHERE sequence = 3",
    ],
)
def test_the_database_itself_refuses_to_change_an_event(written: Path, statement: str) -> None:
    """'Append-only'"""
    before = written.read_bytes()
    plain = sqlite3.connect(written)
    with pytest.raises(sqlite3.DatabaseError, match="append-only"), plain:
        plain.execute(statement)
    plain.close()
    assert written.read_bytes() == before


def test_a_ledger_is_read_by_whoever_opens_it_next(written: Path) -> None:
    before = written.read_bytes()
    with Ledger.open(url(written)) as ledger:
        head = ledger.head
    with Ledger.open(url(written), create=False) as ledger:
        assert (ledger.head, ledger.check().ok) == (head, True)
    assert written.read_bytes() == before
    assert [path.name for path in written.parent.iterdir()] == [written.name]


def _foreign(tables: Mapping[str, str], *, wal: bool = False) -> Any:
    def make(file: Path) -> None:
        plain = sqlite3.connect(file)
        if wal:
            plain.execute("PRAGMA journal_mode=WAL")
        for name, columns in tables.items():
            plain.execute(f"CREATE TABLE {name} ({columns})")
        plain.commit()
        plain.close()

    return make


FOREIGN = {
    "not a database": lambda file: file.write_bytes(b"Dear Ms Quillfeather,\n" * 200),
    "a few bytes": lambda file: file.write_bytes(b"PK\x03\x04"),
    "another database": _foreign({"customers": "name TEXT"}),
    "another database with a write-ahead log": _foreign({"customers": "name TEXT"}, wal=True),
    "another database with events": _foreign({"events": "starts TEXT, place TEXT"}),
    "a table with the columns of ours": _foreign(
        {"events": "sequence INTEGER PRIMARY KEY, hash, kind, population, period, unit_id, text"}
    ),
}


@pytest.mark.parametrize("create", [True, False])
@pytest.mark.parametrize("what", FOREIGN)
def test_a_file_that_is_no_ledger_is_refused_and_left_as_it_is(
    file: Path, what: str, create: bool
) -> None:
    """'the URL or what it leads to is not a ledger that this release reads'"""
    FOREIGN[what](file)
    before = file.read_bytes()
    with pytest.raises(LedgerError, match="ledger"):
        Ledger.open(url(file), create=create)
    assert file.read_bytes() == before


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="there is no /proc to look into")
@pytest.mark.parametrize("what", FOREIGN)
def test_a_file_that_was_refused_is_let_go(file: Path, what: str) -> None:
    """Else it stays open for as long as nobody collects garbage, and Python 3.13 warns of it."""
    FOREIGN[what](file)
    with pytest.raises(LedgerError):
        Ledger.open(url(file))
    handles = [os.path.realpath(path) for path in Path("/proc/self/fd").iterdir()]
    assert str(file.resolve()) not in handles


def test_an_empty_file_is_no_ledger_where_one_must_be_there(file: Path) -> None:
    """'create: whether a ledger that is not there may be begun'"""
    file.touch()
    with pytest.raises(LedgerError, match="ledger"):
        Ledger.open(url(file), create=False)
    assert file.read_bytes() == b""


def test_an_empty_file_is_what_a_first_run_leaves_that_was_killed_and_is_begun(file: Path) -> None:
    """'a run that was stopped anywhere is finished by the next one'"""
    file.touch()
    with Ledger.open(url(file)) as ledger:
        assert kinds(ledger) == ["opened", "rules"]


def test_a_ledger_that_is_not_there_is_not_begun_unless_that_was_asked(file: Path) -> None:
    with pytest.raises(LedgerError, match=r"signoff\.db does not exist"):
        Ledger.open(url(file), create=False)
    assert not file.exists()
    with pytest.raises(LedgerError, match="ledger"):
        Ledger.open("sqlite://", create=False)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="ledger"):
        Ledger.open(url(tmp_path / "nowhere" / "signoff.db"))
    with pytest.raises(LedgerError, match="ledger"):
        Ledger.open(url(tmp_path))


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("postgresql+asyncpg://localhost/signoff", "got a URL of postgresql.asyncpg; give"),
        ("mysql+pymysql://localhost/signoff", "got a URL of mysql"),
        ("signoff.db", "ledger: got .*; give a URL such as sqlite:///signoff.db"),
        ("", "ledger: got empty text; give a URL"),
        ("sqlite+nonsense:///signoff.db", "ledger"),
        ("sqlite+aiosqlite:///signoff.db", "ledger"),
        ("sqlite://somebody@somewhere/signoff.db", "ledger"),
    ],
)
def test_a_url_that_leads_to_no_database_of_ours_is_refused(
    address: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(LedgerError, match=words):
        Ledger.open(address)
    assert not list(tmp_path.iterdir())


def test_a_password_in_a_url_is_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(LedgerError) as refusal:
        Ledger.open("mysql://clerk:hunter2@localhost/signoff")
    assert "hunter2" not in str(refusal.value)


def test_a_ledger_of_another_schema_is_left_as_it_is(written: Path) -> None:
    """'Both schema and scheme: refuses what it does not know'"""
    plain = sqlite3.connect(written)
    plain.execute("DROP TRIGGER events_no_update")
    (text,) = plain.execute("SELECT text FROM events WHERE sequence = 1").fetchone()
    newer = text.replace('"schema":1', '"schema":2')
    digest = hashlib.sha256(newer.encode()).hexdigest()
    plain.execute("UPDATE events SET text = ?, hash = ? WHERE sequence = 1", (newer, digest))
    plain.commit()
    plain.close()
    before = written.read_bytes()
    with pytest.raises(LedgerError, match="schema 1"):
        Ledger.open(url(written))
    assert written.read_bytes() == before


def test_the_package_knows_the_ledger_and_loads_it_when_it_is_asked_for() -> None:
    """'import ceosample opens nothing, configures no logging ... and is fast'"""
    script = (
        "import sys, ceosample\n"
        "assert 'sqlalchemy' not in sys.modules\n"
        "with ceosample.Ledger.open('sqlite://') as ledger:\n"
        "    assert ledger.check().ok\n"
        "assert 'sqlalchemy' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", script], check=True)


# Receipts


def test_a_head_between_freeze_and_seed_proves_the_order(ledger: Ledger) -> None:
    """'only a receipt of the commitment that is older than the seed proves the order'"""
    frozen = ledger.freeze(frame_of(), PLAN, seed_source="dice", by="sampling", at=AT)
    drawn = draw(frame_of(), PLAN, SEED)
    registration = ledger.register(drawn, by="sampling", at=AT)
    rolled = AT + dt.timedelta(hours=1)
    assert ledger.receipt(drawn, head=frozen.hash, dated=AT, rolled=rolled).commitment == (
        drawn.commitment
    )
    opened = next(ledger.events()).hash
    with pytest.raises(LedgerError, match="older than any freeze"):
        ledger.receipt(drawn, head=opened, dated=AT, rolled=rolled)
    with pytest.raises(LedgerError, match="not older than the seed"):
        ledger.receipt(drawn, head=registration.hash, dated=AT, rolled=rolled)
    with pytest.raises(LedgerError, match="no event has the hash"):
        ledger.receipt(drawn, head="0" * 64, dated=AT, rolled=rolled)


# A rotation


def rotated(ledger: Ledger) -> Draw:
    plan = Plan(size=4, reserves=3, rotation=Rotation(months=2, start="2026-10"))
    ledger.freeze(frame_of(), plan, seed_source="dice", by="sampling", at=AT)
    drawn = draw(frame_of(), plan, SEED)
    ledger.register(drawn, by="sampling", at=AT)
    return drawn


@pytest.mark.parametrize("line", ["called", "open"])
def test_a_replaced_letter_s_place_goes_to_the_next_of_its_line(ledger: Ledger, line: str) -> None:
    drawn = rotated(ledger)
    gone = next(s for s in drawn if s.line == line)
    replace(ledger, gone.unit_id)
    risen = [e for e in ledger.events() if e.payload.get("replaces") == gone.unit_id]
    behind = [
        r
        for r in drawn.reserves
        if r.line == line and (line == "open" or r.stratum == gone.stratum)
    ]
    first = min(behind, key=lambda reserve: reserve.rank)
    assert [event.unit_id for event in risen] == [first.unit_id]
    assert ledger.check().ok


def test_a_freeze_names_all_earlier_draws_of_its_block_and_no_other(ledger: Ledger) -> None:
    first = rotated(ledger)
    plan = first.plan
    frame = frame_of("2026-11", ids="n")
    stray = draw(frame_of(cards=9), plan, OTHER_SEED)
    for earlier, says in (([], "give it in earlier="), ([stray], "not registered here")):
        with nothing_written(ledger), pytest.raises(ConflictError, match=says):
            ledger.freeze(frame, plan, seed_source="dice", by="sampling", at=AT, earlier=earlier)
    ledger.freeze(frame, plan, seed_source="dice", by="sampling", at=AT, earlier=[first])
    second = draw(frame, plan, OTHER_SEED, [first])
    ledger.register(second, by="sampling", at=AT)
    alone = draw(frame, plan, OTHER_SEED)
    with nothing_written(ledger), pytest.raises(ConflictError):
        ledger.register(alone, by="sampling", at=AT)
    assert ledger.check().ok


@pytest.mark.parametrize("months", [2, 3])
def test_superseding_a_month_on_which_its_block_counts_says_so_first(
    ledger: Ledger, months: int
) -> None:
    """'Superseding an early month of a rotation block after a later one was drawn can make the last
    month impossible: say so before'"""
    plan = Plan(size=4, reserves=3, rotation=Rotation(months=months, start="2026-10"))
    ledger.freeze(frame_of(), plan, seed_source="dice", by="sampling", at=AT)
    first = draw(frame_of(), plan, SEED)
    ledger.register(first, by="sampling", at=AT)
    frame = frame_of("2026-11", ids="n")
    ledger.freeze(frame, plan, seed_source="dice", by="sampling", at=AT, earlier=[first])
    ledger.register(draw(frame, plan, OTHER_SEED, [first]), by="sampling", at=AT)
    who: Any = {"by": "head", "approver": "audit", "at": AT, "reason_code": "wrong-table"}
    says = "draw 2026-10 again, or they" if months == 2 else "give 2026-12 more letters"
    with nothing_written(ledger), warnings.catch_warnings():
        warnings.simplefilter("error", RotationWarning)
        with pytest.raises(RotationWarning, match=f"superseded after 2026-11 of.*{says}"):
            ledger.supersede("complaint-responses", "2026-10", **who)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # nothing counts on the newest
        ledger.supersede("complaint-responses", "2026-11", **who)
        ledger.supersede("complaint-responses", "2026-10", **who)
    assert ledger.check().ok


# What was open after the first month


def test_a_ledger_that_somebody_keeps_open_with_a_write_ahead_log_is_busy(file: Path) -> None:
    """'Several current builds of SQLite can corrupt a write-ahead log', so it is not left there."""
    Ledger.open(url(file)).close()
    with contextlib.closing(sqlite3.connect(file)) as other:
        assert other.execute("PRAGMA journal_mode=WAL").fetchone() == ("wal",)
        other.execute("SELECT count(*) FROM events").fetchone()
        with pytest.raises(BusyError, match="another run is using it"):
            Ledger.open(url(file))
    with Ledger.open(url(file)) as ledger:
        assert ledger.check().ok


def test_saying_signed_again_after_it_went_out_gives_the_first_event_back(ledger: Ledger) -> None:
    """'saying the same thing twice changes nothing: the event of the first time is given back'"""
    month = sent(ledger)
    first = sign(ledger, month, month.first)
    ledger.record("dispatched", month.first, by="office", at=AT)
    with nothing_written(ledger):
        assert sign(ledger, month, month.first) == first


def test_an_approval_that_came_back_is_not_given_back_as_if_it_stood(ledger: Ledger) -> None:
    month = sent(ledger)
    sign(ledger, month, month.first)
    ledger.record("returned_for_rework", month.first, by="ceo", at=AT, reason_code="tone")
    with nothing_written(ledger), pytest.raises(LedgerError, match="returned_for_rework"):
        sign(ledger, month, month.first)


# Complaints that colleagues make about each other


def test_internal_complaints_are_a_second_population_with_the_same_machinery(
    ledger: Ledger,
) -> None:
    """'internal complaints as a population': the same ids in the same month, and no mixing."""
    month = sent(ledger)
    internal = Frame.from_records(
        [{"id": f"C-{i}", "division": "Cards"} for i in range(6)],
        population="internal-complaints",
        period="2026-10",
        unit_id="id",
        strata=["division"],
    )
    plan = Plan(size=6, reserves=0)
    ledger.grant(
        "hr", "signatory", since=AT.date(), population="internal-complaints", by="board", at=AT
    )
    ledger.freeze(internal, plan, seed_source="dice", by="people-team", at=AT)
    drawn = draw(internal, plan, OTHER_SEED)
    registration = ledger.register(drawn, by="people-team", at=AT)
    pack = render(
        drawn,
        contents,
        signatory=Signatory("hr", "Nia Rees", "Director of People"),
        date=AT.date(),
        registration=registration.hash,
        pdf=False,
    )
    ledger.send(pack, by="office", at=AT)
    both = next(unit_id for unit_id in month.draw.unit_ids if unit_id.startswith("C-"))
    with pytest.raises(LedgerError, match="2 letters have this id"):
        ledger.sign(both, letter=pack[both].digest, by="hr", at=AT)
    ledger.sign(both, letter=pack[both].digest, by="hr", at=AT, population="internal-complaints")
    counted = {
        name: signoff_coverage(ledger.events(population=name)).signoff.count
        for name in (POPULATION, "internal-complaints")
    }
    assert counted == {POPULATION: 0, "internal-complaints": 1}
    assert ledger.check().ok
