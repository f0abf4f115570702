"""The proof that nothing was changed: a note of the head, the check, a receipt for a draw."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from ceosample.errors import LedgerError
from ceosample.signoff.acts.keys import KeyActs
from ceosample.signoff.acts.opened import iso
from ceosample.text import quoted

if TYPE_CHECKING:
    from ceosample.progress import Progress
    from ceosample.sampling.draw import Draw
    from ceosample.sampling.verify import Receipt
    from ceosample.signoff.check import ChainReport
    from ceosample.signoff.keys.head_note import HeadNote


class CheckActs(KeyActs):
    """What proves the ledger: a signed head, the check of every event, a receipt."""

    def note(self, *, at_event: int | None = None) -> HeadNote:
        """What a signed note of the head says; ``note().sign(person, key)`` signs it.

        Args:
            at_event: the number of the event whose hash it holds; None for the newest.

        Raises:
            LedgerError: there is no such event.
        """
        from ceosample.signoff.keys.head_note import HeadNote

        size = self.count if at_event is None else at_event
        found = self._store.at(size)
        if found is None:
            raise LedgerError(
                f"at_event: got {quoted(at_event)}; give a number from 1 to {self.count}"
            )
        return HeadNote(self.ledger_id, size, found.hash)

    def check(
        self,
        head: str | None = None,
        *,
        checked_head: str | None = None,
        progress: Progress | None = None,
    ) -> ChainReport:
        """The result of checking every event: the first that was changed, if one was.

        Args:
            head: a hash from paper, without which a cut tail does not show; None to check without.
                The text of a signed note will do too.
            checked_head: the head of an earlier check, which you keep where nobody who can write to
                the ledger can write. It proves the events up to its own, and only later ones are
                read and judged. None to judge all. The text of a signed note will do too.
            progress: called after each event with the number checked and the number of all; by
                default a bar on a terminal or in a notebook.
        """
        from ceosample.signoff.check import check_book

        head, checked_head = self._hash_in(head), self._hash_in(checked_head)
        return check_book(self._store, head, progress, checked_head)

    def _hash_in(self, head: str | None) -> str | None:
        """A head as it is, or the one of a note that a recorder of this ledger signed."""
        if head is None or "\n" not in head:
            return head
        from ceosample.signoff.keys.head_note import read_note

        note = read_note(head.encode(errors="surrogateescape"), self.keys())
        if note.ledger != self.ledger_id:
            raise LedgerError(
                f"note: got one of the ledger {note.ledger}, and this is {self.ledger_id}; give a "
                "note of this ledger"
            )
        return note.head

    def receipt(
        self,
        draw: Draw,
        *,
        head: str,
        dated: dt.datetime,
        rolled: dt.datetime,
        proof: str = "on dated paper",
    ) -> Receipt:
        """A receipt for ``verify``, from a head of this ledger that is on dated paper.

        Args:
            draw: whose commitment.
            head: the hash on the paper: that of the freeze, or of a later event before the seed.
            dated: when the paper was dated; aware.
            rolled: when the seed came to be, by the witnesses' minutes; aware.
            proof: what dates the head, in words for the report.

        Raises:
            LedgerError: the ledger is broken, has no such event, or that event is older than the
                freeze of this commitment.
        """
        from ceosample.signoff.receipts import receipt_for

        report = self.check(head)
        if not report.ok:
            raise LedgerError(f"ledger: {report.first_difference}")
        of_month = self._pages(population=draw.population, period=iso(draw.period))
        return receipt_for(draw, of_month, self._pages(), head, dated, rolled, proof)
