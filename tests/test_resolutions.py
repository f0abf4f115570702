"""Out-of-policy resolutions in the book: proposed by one, co-signed by another, reviewed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ceosample.errors import CeosampleError, ConflictError, LedgerError
from ceosample.signoff.figures.policies import PolicySummary, policy_summary
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.replay.lifecycle import REVIEW_OUTCOMES
from ceosample.signoff.store.events import Event
from months import AT, LATER, POPULATION, Clock, Salts, kinds, nothing_written, open_ledger
from thorough import examples

DUE = dt.date(2026, 12, 15)
AS_OF = dt.datetime(2026, 12, 31, tzinfo=dt.UTC)
HERE: Any = {"population": POPULATION, "at": AT}


@pytest.fixture
def ledger(address: str) -> Iterator[Ledger]:
    with open_ledger("sqlite://" if address.startswith("sqlite") else address) as opened:
        yield opened


def propose(ledger: Ledger, resolution: str = "F-1", **what: Any) -> Event:
    fields = {"policy": "fees", "review_by": DUE, "by": "ann", **HERE, **what}
    return ledger.propose(resolution, **fields)


def cosign(ledger: Ledger, resolution: str = "F-1", *, by: str = "bo", **what: Any) -> Event:
    return ledger.cosign(resolution, **{"by": by, **HERE, **what})


def review(
    ledger: Ledger, outcome: str = "adopted", *, by: str = "cy", resolution: str = "F-1"
) -> Event:
    return ledger.review(resolution, outcome, by=by, **HERE)


def summary(ledger: Ledger, as_of: dt.datetime = AS_OF) -> PolicySummary:
    return policy_summary(ledger.events(), as_of)


def state(ledger: Ledger) -> str:
    (found,) = summary(ledger).resolutions
    return found.state


def test_two_colleagues_agree_and_it_holds_at_once_and_is_reviewed_later(ledger: Ledger) -> None:
    """'two different co-signers, automatic approval, review due, adopted or not'"""
    proposed = propose(
        ledger, unit_id="C-1", division="Cards", amount=Decimal("120.50"), currency="GBP"
    )
    assert proposed.payload == {
        "resolution": "F-1", "policy": "fees", "review_by": "2026-12-15", "division": "Cards",
        "amount": "120.50", "currency": "GBP",
    }  # fmt: skip
    assert (proposed.population, proposed.period, proposed.unit_id) == (POPULATION, None, "C-1")
    assert state(ledger) == "proposed"
    agreed = cosign(ledger)
    assert (agreed.payload, agreed.unit_id) == ({"resolution": "F-1"}, "C-1")
    assert state(ledger) == "approved"
    assert summary(ledger).total.overdue.count == 1
    reviewed = review(ledger)
    assert reviewed.payload == {"resolution": "F-1", "outcome": "adopted"}
    (found,) = summary(ledger).resolutions
    assert (found.state, found.amount, found.proposer, found.cosigner) == (
        "adopted", Decimal("120.50"), "ann", "bo",
    )  # fmt: skip
    assert summary(ledger).total.overdue.of == 0
    assert ledger.check().ok


def test_saying_it_twice_is_once(ledger: Ledger) -> None:
    """'saying the same thing twice changes nothing: the event of the first time is given back'"""
    first = propose(ledger)
    agreed = cosign(ledger)
    reviewed = review(ledger)
    with nothing_written(ledger):
        assert propose(ledger, at=LATER) == first
        assert cosign(ledger, at=LATER) == agreed
        assert review(ledger) == reviewed


def test_the_recorder_makes_no_other_event_of_it(address: str) -> None:
    with open_ledger(address, recorder="office") as ledger:
        first = propose(ledger)
        assert first.payload["recorder"] == "office"
    with open_ledger(address) as ledger, nothing_written(ledger):
        assert propose(ledger) == first


def test_who_proposed_it_does_not_co_sign_it(ledger: Ledger) -> None:
    """'Two customer-facing colleagues who agree'"""
    propose(ledger)
    with nothing_written(ledger), pytest.raises(LedgerError, match="ask a second colleague"):
        cosign(ledger, by="ann")
    assert state(ledger) == "proposed"


@pytest.mark.parametrize("by", ["ann", "bo"])
def test_who_had_a_hand_in_it_does_not_review_it(ledger: Ledger, by: str) -> None:
    propose(ledger)
    cosign(ledger)
    with nothing_written(ledger), pytest.raises(LedgerError, match="choose another reviewer"):
        review(ledger, by=by)


def test_each_step_needs_the_one_before(ledger: Ledger) -> None:
    with nothing_written(ledger):
        for call in (cosign, review):
            with pytest.raises(LedgerError, match="'F-1': was not proposed"):
                call(ledger)
    propose(ledger)
    with nothing_written(ledger):
        with pytest.raises(LedgerError, match="was not co-signed"):
            review(ledger)
        with pytest.raises(LedgerError, match="'F-1': was not proposed"):
            cosign(ledger, population="internal")


def test_an_id_is_one_resolution_s(ledger: Ledger) -> None:
    propose(ledger)
    with nothing_written(ledger):
        for other in (
            {"policy": "refunds"},
            {"by": "bo"},
            {"review_by": AT.date()},
            {"unit_id": "C-1"},
            {"amount": "1", "currency": "GBP"},
        ):
            with pytest.raises(
                ConflictError, match=r"already exists with other contents .event 3."
            ):
                propose(ledger, **other)
    assert propose(ledger, population="internal").sequence == 4


def test_a_second_co_signature_or_another_outcome_is_refused(ledger: Ledger) -> None:
    propose(ledger)
    cosign(ledger)
    with nothing_written(ledger), pytest.raises(ConflictError, match="was co-signed by 'bo'"):
        cosign(ledger, by="dee")
    review(ledger, "kept")
    with nothing_written(ledger):
        for who, outcome in (("cy", "adopted"), ("dee", "kept")):
            with pytest.raises(ConflictError, match="correct that one first"):
                review(ledger, outcome, by=who)


def test_every_fault_of_a_proposal_is_named_at_once(ledger: Ledger) -> None:
    """'A check of a table reports every fault it found, not only the first'"""
    wrong: Any = AT
    with nothing_written(ledger), pytest.raises(LedgerError) as refusal:
        propose(
            ledger, "", policy=" x", review_by=wrong, unit_id="", division="", amount="lots",
            currency="quid",
        )  # fmt: skip
    named = [fault.split(", ")[1].split(":")[0] for fault in refusal.value.faults]
    assert named == [
        "resolution", "unit_id", "division", "policy", "review_by", "amount", "currency",
    ]  # fmt: skip


NO_PROPOSALS: list[dict[str, Any]] = [
    {"amount": "1"},
    {"currency": "GBP"},
    {"amount": 1.5, "currency": "GBP"},
    {"policy": None},
    {"resolution": ["F"]},
    {"unit_id": 7},
    {"population": None},
    {"population": ""},
    {"by": ""},
    {"by": None},
    {"at": "2026-11-02"},
    {"review_by": "2026-12-15"},
]


def test_a_proposal_that_is_none_is_refused(ledger: Ledger) -> None:
    for changes in NO_PROPOSALS:
        with nothing_written(ledger), pytest.raises(LedgerError):
            propose(ledger, **{"resolution": "F-1", **changes})


@pytest.mark.parametrize("outcome", ["", "Adopted", "approved", None, 7])
def test_an_outcome_that_is_none_is_refused(ledger: Ledger, outcome: Any) -> None:
    propose(ledger)
    cosign(ledger)
    with nothing_written(ledger), pytest.raises(LedgerError, match="use one of adopted, kept"):
        review(ledger, outcome)


# Corrections


def correct(ledger: Ledger, event: Event) -> Event:
    return ledger.correct(event.hash, by="exec", at=AT, reason_code="slip")


def test_corrected_steps_are_as_if_never_said_from_the_last_to_the_first(ledger: Ledger) -> None:
    """'that event is void, as if never said; it stays on record'"""
    steps = [propose(ledger, unit_id="C-1"), cosign(ledger), review(ledger)]
    correct(ledger, steps[2])
    assert state(ledger) == "approved"
    review(ledger, "refused")
    assert state(ledger) == "refused"
    correct(ledger, list(ledger.events())[-1])
    correct(ledger, steps[1])
    assert state(ledger) == "proposed"
    cosign(ledger, by="dee")
    correct(ledger, list(ledger.events())[-1])
    correct(ledger, steps[0])
    assert summary(ledger).resolutions == ()
    propose(ledger, policy="refunds", by="bo")
    assert list(summary(ledger).policies) == ["refunds"]
    assert kinds(ledger).count("corrected") == 5
    assert ledger.check().ok


def test_a_step_that_others_stand_on_is_not_corrected(ledger: Ledger) -> None:
    """'refused when what came after would be impossible'"""
    proposed, agreed = propose(ledger), cosign(ledger)
    with nothing_written(ledger), pytest.raises(LedgerError, match=r"event 4 \(oop_cosigned\)"):
        correct(ledger, proposed)
    reviewed = review(ledger)
    with nothing_written(ledger):
        for event in (proposed, agreed):
            with pytest.raises(LedgerError, match="would be impossible; correct that one first"):
                correct(ledger, event)
    assert state(ledger) == "adopted"
    correct(ledger, reviewed)
    with nothing_written(ledger), pytest.raises(LedgerError, match="was corrected by event"):
        ledger.correct(reviewed.hash, by="dee", at=AT, reason_code="slip")


@settings(max_examples=examples(50, one_in=6))
@given(st.data())
@pytest.mark.slow
def test_whatever_is_said_of_a_resolution_the_summary_agrees(data: st.DataObject) -> None:
    """'OutOfPolicyResolution with two different co-signers, automatic approval, review due'"""
    with Ledger.open("sqlite://", clock=Clock(), salts=Salts()) as ledger:
        said: list[Event] = []
        for _ in range(data.draw(st.integers(1, 10))):
            name = data.draw(st.sampled_from(["F-1", "F-2"]))
            by = data.draw(st.sampled_from(["ann", "bo", "cy"]))
            what = data.draw(st.sampled_from(["propose", "cosign", "review", "correct"]))
            before = ledger.head
            try:
                if what == "propose":
                    said.append(propose(ledger, name, by=by))
                elif what == "cosign":
                    said.append(cosign(ledger, name, by=by))
                elif what == "review":
                    outcome = data.draw(st.sampled_from(REVIEW_OUTCOMES))
                    said.append(review(ledger, outcome, by=by, resolution=name))
                elif said:
                    correct(ledger, data.draw(st.sampled_from(said)))
            except CeosampleError:
                assert ledger.head == before
            found = summary(ledger)  # which names any story that cannot be
            for resolution in found.resolutions:
                assert resolution.proposer != resolution.cosigner
                assert (resolution.state != "proposed") is (resolution.cosigner is not None)
            assert found.total.proposed == len(found.resolutions)
        assert ledger.check().ok


def test_two_colleagues_apply_what_the_higher_of_their_limits_allows() -> None:
    """'costs more than the limit of either of them'"""
    with open_ledger() as ledger:
        for person, limit, of in (("ann", "100", "GBP"), ("bo", "250", "GBP"), ("cy", "70", "EUR")):
            ledger.grant(person, "handler", since=AT.date(), by="board", at=AT, limit=limit,
                         currency=of)  # fmt: skip
        for one, other, currency, most in (
            ("ann", "bo", "GBP", "250"),
            ("bo", "ann", "GBP", "250"),
            ("ann", "cy", "GBP", "100"),
            ("ann", "cy", "EUR", "70"),
        ):
            costs = {"by": one, "currency": currency}
            at, over = (f"{word}-{one}-{other}-{currency.lower()}" for word in ("at", "over"))
            propose(ledger, at, amount=Decimal(most), **costs)
            assert cosign(ledger, at, by=other).kind == "oop_cosigned"
            propose(ledger, over, amount=Decimal(most) + Decimal("0.01"), **costs)
            refused = pytest.raises(LedgerError, match=f"may apply at most {most} {currency}")
            with nothing_written(ledger), refused:
                cosign(ledger, over, by=other)
        propose(ledger, "none", by="ann", amount=Decimal("0.01"), currency="EUR")
        with pytest.raises(LedgerError, match="may apply nothing in EUR"):
            cosign(ledger, "none", by="bo")
        propose(ledger, "free", by="ann")
        assert cosign(ledger, "free", by="bo").kind == "oop_cosigned"


def test_without_any_limit_on_record_colleagues_apply_what_they_agree_on() -> None:
    """'A ledger in which nobody who deals with customers was ever granted a limit sets none.'"""
    with open_ledger() as ledger:
        ledger.grant("ceo", "signatory", since=AT.date(), by="board", at=AT, limit="1",
                     currency="GBP")  # fmt: skip
        propose(ledger, amount=Decimal(9999), currency="GBP")
        assert cosign(ledger).kind == "oop_cosigned"
