"""A letter that promises what is over, or contradicts its docket, reaches nobody without a word."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest

from ready import contents, pack

PAYMENT = {"amount": "25.50", "currency": "GBP", "by": "2026-11-01"}


def looked_at_twice(kind: str, recorded: Any = ..., **fields: Any) -> str | None:
    """What the docket says of a letter dated 2 November 2026."""
    entry = contents("fca-disp-1.5" if kind == "summary" else "fca-disp-1.6.2r", kind, **fields)
    if recorded is not ...:
        entry["docket"]["received"] = recorded
    page = pack(entry).files()["pack.html"].decode()
    found = re.search(r"<dt>Look twice</dt><dd>(.*?)</dd>", page)
    return found and found[1].replace("&#39;", "'")


@pytest.mark.parametrize(
    ("kind", "fields", "words"),
    [
        ("upheld", {"payment": PAYMENT}, "a payment by 1 November 2026, before the letter's date"),
        ("holding", {"answer_by": "2026-11-01"}, "an answer by 1 November 2026, before"),
        ("acknowledgement", {"longest_by": "2026-11-01"}, "an answer at the latest by 1 November"),
        ("upheld", {"refer_by": "2026-11-01"}, "time to refer until 1 November 2026, before"),
        ("upheld", {"received": "2026-11-03"}, "received 3 November 2026, after the letter's date"),
        ("summary", {"settled": "2026-11-03"}, "settled on 3 November 2026, after"),
        ("covering", {"sent": "2026-11-03"}, "sent on 3 November 2026, after"),
    ],
)
def test_a_date_that_cannot_be_right_is_on_the_docket(
    kind: str, fields: dict[str, Any], words: str
) -> None:
    assert f"The letter says: {words}" in str(looked_at_twice(kind, **fields))


@pytest.mark.parametrize("kind", ["upheld", "not-upheld", "holding", "summary", "covering"])
def test_a_letter_whose_dates_can_be_is_not_doubted(kind: str) -> None:
    assert looked_at_twice(kind, recorded="2026-09-07") is None


def test_the_letter_s_own_day_is_neither_too_early_nor_too_late() -> None:
    day = "2026-11-02"
    fields = {"received": day, "payment": {**PAYMENT, "by": day}}
    entry = contents("fca-disp-1.6.2r", "upheld", **fields)
    assert "Look twice" not in pack(entry).files()["pack.html"].decode()


def test_a_letter_and_a_docket_of_two_days_of_receipt_are_shown_as_such() -> None:
    assert looked_at_twice("upheld", recorded="2026-09-02") == (
        "The letter says: received 7 September 2026, and by the docket 2 September 2026."
    )
    moment = dt.datetime(2026, 9, 6, 23, 30, tzinfo=dt.UTC)  # the next day in London
    assert looked_at_twice("upheld", recorded=moment) is None
