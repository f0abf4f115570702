"""What leaves the ledger whole: its events, and their signatures, as lines."""

from __future__ import annotations

from collections.abc import Iterator

from ceosample.signoff.acts.opened import OpenedLedger
from ceosample.signoff.rules.judge import fault_of_form, warn_malformed


class Exports(OpenedLedger):
    """The events and signatures as lines, as a copy of the ledger needs them."""

    def export(self) -> Iterator[bytes]:
        """All events as JSON Lines, oldest first: each line is an event's hashed text.

        An event that is malformed under its own rules is named in a warning, and is among them:
        without it the next one's hash would follow from nothing.
        """
        begun = self._rules_begun()
        for event in self._store.pages():
            fault = fault_of_form(event, begun)
            if fault is not None:
                warn_malformed(event, fault)
            yield event.text + b"\n"

    def texts_of_events(self) -> Iterator[bytes]:
        """The text of each event as its row has it, unread, for a comparison that trusts none."""
        for page in self._store.row_pages():
            for row in page:
                yield str(row.text).encode(errors="surrogateescape")

    def export_signatures(self) -> Iterator[bytes]:
        """All signatures as JSON Lines, in the order of their events; none without keys."""
        from ceosample.signoff.keys import exported

        return exported.exported(self._store)
