"""The ledger: who did what to which letter, and when, in events that can only be added."""

from __future__ import annotations

import contextlib
import datetime as dt
import secrets
from collections.abc import Iterable, Iterator
from types import FunctionType, TracebackType
from typing import TYPE_CHECKING, Final

from ceosample.errors import CeosampleError, LedgerError
from ceosample.renamed import OldName
from ceosample.show import html_table, text_table
from ceosample.signoff import opening
from ceosample.signoff.acts.cases import CaseActs
from ceosample.signoff.acts.checking import CheckActs
from ceosample.signoff.acts.clock import ClockActs
from ceosample.signoff.acts.exports import Exports
from ceosample.signoff.acts.keys import KeyActs
from ceosample.signoff.acts.letters import LetterActs
from ceosample.signoff.acts.months import MonthActs
from ceosample.signoff.acts.names import NameActs
from ceosample.signoff.acts.opened import random_salt
from ceosample.signoff.acts.past_signoffs import PastSignoffActs
from ceosample.signoff.acts.reading import EventReader
from ceosample.signoff.acts.resolutions import ResolutionActs
from ceosample.signoff.acts.roles import RoleActs
from ceosample.signoff.acts.texts import TextActs
from ceosample.signoff.acts.upkeep import UpkeepActs
from ceosample.signoff.recording.times import Clock
from ceosample.signoff.recording.transaction import Salts
from ceosample.signoff.store.signatures import Signer
from ceosample.text import fault_in_name, quoted

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

    from ceosample.signoff.keys.compare import Comparison

#: The number of newest events that a ledger shows.
SHOWN: Final = 8

_HEADER = ["event", "at", "kind", "month", "letter", "by"]
_ALIGN = "rlllll"


class Ledger(
    MonthActs,
    PastSignoffActs,
    LetterActs,
    TextActs,
    CaseActs,
    RoleActs,
    NameActs,
    ResolutionActs,
    ClockActs,
    UpkeepActs,
    CheckActs,
    KeyActs,
    EventReader,
    Exports,
):
    """An append-only ledger of events, each bound to the one before by its hash.

    Every method that writes keeps its events whole or not at all. Recording the same thing twice
    returns the original event. ``at`` is when something happened, as you claim it; the event also
    holds when it was recorded, by the recorder's own clock.

    >>> with Ledger.open("sqlite://") as ledger:
    ...     ledger.check().level.name
    'INTACT'
    """

    @classmethod
    def open(
        cls,
        url: str | URL,
        *,
        create: bool = True,
        clock: Clock | None = None,
        ledger_id: str | None = None,
        recorder: str | None = None,
        salts: Salts | None = None,
        late: bool = False,
        key: Signer | None = None,
    ) -> Ledger:
        """The ledger of a URL; a new one begins with the events ``opened``, ``rules``.

        Args:
            url: ``sqlite:///signoff.db``, ``sqlite://`` for one in memory, or
                ``postgresql+psycopg://user@host/database``.
            create: False to refuse a URL without a ledger, True to create one there.
            clock: the recorder's clock, for tests; the system's by default.
            ledger_id: the new ledger's name, for tests; 32 random hexadecimal digits by default.
            recorder: the id of the person who records, noted in every event in which another
                person acts; None for no such note.
            salts: returns 32 bytes for each text that is kept, for tests; random by default.
            late: True to create a missing ledger together with its first event, so that what is
                refused before it leaves nothing behind.
            key: the recorder's private key, a ``cs.verification.RecorderKey``, which signs every
                event that is recorded; its holder is then the recorder. None for no signatures.

        Raises:
            LedgerError: the URL or what it leads to is not a ledger that this release reads.
            MissingPartError: psycopg is needed and not installed.
            BusyError: another run holds it.
        """
        if recorder is not None and (not isinstance(recorder, str) or fault_in_name(recorder)):
            raise LedgerError(f"recorder: got {quoted(recorder)}; give a person's id")
        clock, salts = clock or _now, salts or random_salt
        name = ledger_id or secrets.token_hex(16)
        store = opening.opened(
            url,
            create=create,
            clock=clock,
            salts=salts,
            ledger_id=name,
            recorder=recorder,
            late=late,
        )
        return cls(store, clock, salts=salts, recorder=recorder, key=key)

    @classmethod
    def open_readonly(cls, url: str | URL) -> Ledger | None:
        """The ledger of a URL, to read only: nothing is created, and an old form stays as it is.

        Returns:
            The ledger; None where a run would create one.

        Raises:
            LedgerError, MissingPartError, BusyError: for the reasons of :meth:`open`.
        """
        store = opening.opened_readonly(url)
        return None if store is None else cls(store, _now)

    @classmethod
    def restore(
        cls,
        url: str | URL,
        lines: Iterable[bytes],
        *,
        signed: Iterable[bytes] = (),
        clock: Clock | None = None,
    ) -> Ledger:
        """A new ledger with the events that :meth:`export` returned, every one of them checked.

        Texts are not among them; they stay where they can be erased.

        Args:
            url: a URL without a ledger.
            lines: JSON Lines, an event each.
            signed: JSON Lines, a signature each, as :meth:`export_signatures` returned them.
            clock: the recorder's clock, for tests; the system's by default.

        Raises:
            LedgerError: a line is not an event, or events are missing; nothing is kept.
            ConflictError: a ledger already exists there; it is left unchanged.
        """
        return cls(opening.restored(url, lines, signed), clock or _now)

    def close(self) -> None:
        """Close the database."""
        self._store.close()

    def __repr__(self) -> str:
        return f"<Ledger {self._store.place}>"

    def __str__(self) -> str:
        return f"{repr(self)[1:-1]}\n{text_table(_HEADER, self._newest(), _ALIGN)}"

    def _repr_html_(self) -> str:
        return html_table(repr(self)[1:-1], _HEADER, self._newest(), _ALIGN)

    def _newest(self) -> list[list[str]]:
        """The newest events as rows, newest first: a ledger may be too long to show whole."""
        try:
            with self._store.transaction() as connection:
                newest = self._store.newest(connection, SHOWN)
        except CeosampleError:
            return []  # a display does not fail: the next method that is called raises
        return [
            [str(e.sequence), e.at, e.kind, e.period or "", e.unit_id or "", e.actor]
            for e in newest
        ]

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Ledger]:
        """A block whose events are all recorded, or none of them.

        >>> with Ledger.open("sqlite://") as ledger, ledger.transaction():
        ...     _ = ledger.grant("ceo", "signatory", since=dt.date(2026, 1, 1), by="board",
        ...                      at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
        """
        key = self._key
        try:
            with self._writing() as transaction:
                outer, self._transaction = self._transaction, transaction
                try:
                    yield self
                finally:
                    self._transaction = outer
        except BaseException:
            self._key = key  # one that was rotated inside is not
            raise

    def compare(self, other: Ledger | str) -> Comparison:
        """How this ledger and another copy of it stand to each other, or a head kept elsewhere.

        Args:
            other: a ledger, the text of a signed note, or a head of 64 digits.

        Raises:
            ConflictError: they are two different ledgers.
            SignatureError: the note is none, or no key of this ledger signed it.
        """
        from ceosample.signoff.keys.compare import BareHead, Chain, compare_chains, compare_head
        from ceosample.signoff.keys.head_note import read_note

        chain = Chain("this ledger", self.texts_of_events)
        if isinstance(other, Ledger):
            return compare_chains(chain, Chain("the other ledger", other.texts_of_events))
        if "\n" in other:
            note = read_note(other.encode(errors="surrogateescape"), self.keys())
            return compare_head(chain, note, "the note")
        return compare_head(chain, BareHead(other), "the head")

    # The names of 0.1.
    take = OldName("record_all")
    together = OldName("transaction")
    as_it_is = OldName("open_readonly")
    tried = OldName("attempts")
    months = OldName("month_events")
    events_around = OldName("events_for")


# A call with wrong arguments is answered in the name that people know: ``Ledger.sign() missing``.
for _part in Ledger.__mro__[1:-1]:
    for _act in vars(_part).values():
        if isinstance(_act, FunctionType):
            _act.__module__, _act.__qualname__ = __name__, f"Ledger.{_act.__name__}"


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
