"""What cannot be taken back: a hold that never was, a step that a later one stands on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from ceosample.errors import LedgerError
from ceosample.signoff.figures.policies import policy_summary
from ceosample.signoff.ledger import Ledger
from test_ledger_machine import AT, begin, drawn, pack

MONTH: dict[str, Any] = {"population": "complaint-responses", "period": "2026-10"}
OOP: dict[str, Any] = {"population": "complaint-responses", "at": AT}


@pytest.fixture
def ledger(address: str) -> Iterator[Ledger]:
    ledger, _ = begin(address)
    yield ledger
    ledger.close()


def test_a_hold_that_never_was_cannot_be_lifted(ledger: Ledger) -> None:
    unit_id = drawn().unit_ids[0]
    said: dict[str, Any] = {**MONTH, "by": "audit", "at": AT, "reason_code": "court"}
    with pytest.raises(LedgerError, match="has no legal hold"):
        ledger.hold(unit_id, lift=True, **said)
    held = ledger.hold(unit_id, **said)
    assert ledger.hold(unit_id, **said) == held
    lifted = ledger.hold(unit_id, lift=True, **said)
    assert ledger.hold(unit_id, lift=True, **said) == lifted


def test_a_delegation_is_taken_back_once_however_often_it_is_said(ledger: Ledger) -> None:
    """'saying the same thing twice changes nothing: the event of the first time is given back'"""
    unit_id = drawn().unit_ids[0]
    ledger.send(pack(None, 1), by="office", at=AT)
    with pytest.raises(LedgerError, match="only to take back a delegation"):
        ledger.record("sent_for_signature", unit_id, by="office", at=AT)
    ledger.record("delegated", unit_id, by="ceo", to="dep", at=AT)
    back = ledger.record("sent_for_signature", unit_id, by="ceo", at=AT)
    assert ledger.record("sent_for_signature", unit_id, by="ceo", at=AT) == back
    assert ledger.head == back.hash


def test_a_resolution_is_corrected_from_its_newest_step_back(ledger: Ledger) -> None:
    """'refused if what came after would be impossible', or no figure could be counted any more"""
    review_by = dt.date(2026, 12, 1)
    steps = [
        ledger.propose("oop-1", policy="fees", review_by=review_by, by="h-1", **OOP),
        ledger.cosign("oop-1", by="h-2", **OOP),
        ledger.review("oop-1", "adopted", by="panel", **OOP),
    ]
    for step in steps[:2]:
        with pytest.raises(LedgerError, match="would be impossible"):
            ledger.correct(step.hash, by="office", at=AT, reason_code="slip")
    for left, step in enumerate(reversed(steps)):
        ledger.correct(step.hash, by="office", at=AT, reason_code="slip")
        total = policy_summary(ledger.events(), AT).total
        assert (total.proposed, total.cosigned.count) == [(1, 1), (1, 0), (0, 0)][left]
        assert total.adopted.of == 0
