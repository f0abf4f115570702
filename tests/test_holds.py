"""A legal hold that comes, goes and comes again: the newest word of the letter's own counts."""

from __future__ import annotations

from typing import Any

import pytest

from ceosample.errors import LedgerError
from months import AT, MONTH, OFFICE, nothing_written, open_ledger, sent

BY: dict[str, Any] = {**MONTH, "by": OFFICE, "at": AT}


def test_a_letter_that_is_held_again_keeps_its_texts_until_it_is_let_go_again() -> None:
    """'a legal hold on a letter'"""
    with open_ledger() as book:
        month = sent(book)
        for _ in range(2):
            assert book.hold(month.first, **BY, reason_code="court").kind == "held"
            with nothing_written(book), pytest.raises(LedgerError, match="lift it before you"):
                book.forget(month.first, **BY, reason_code="asked")
            book.forget(month.second, **BY, reason_code="asked")
            lifted = book.hold(month.first, **BY, reason_code="over", lift=True)
            assert lifted.kind == "hold_lifted"
        book.forget(month.first, **BY, reason_code="asked")
        assert book.check().ok
