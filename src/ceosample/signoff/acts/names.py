"""People's names, which are kept where they can be erased, and who agreed to be named."""

from __future__ import annotations

import datetime as dt

from ceosample.signoff.acts.opened import OpenedLedger
from ceosample.signoff.recording import names, naming
from ceosample.signoff.store.events import Event


class NameActs(OpenedLedger):
    """People's names, and who agreed to be named in notices."""

    def name(self, person: str, name: str, *, by: str, at: dt.datetime) -> Event:
        """Keep a person's name, where it can be erased."""
        with self._writing() as transaction:
            return names.keep(transaction, person, name, by, at)

    def names(self) -> dict[str, str]:
        """The names that are kept, by person; a person's newest where there are several."""
        with self._reading() as transaction:
            return names.kept(transaction)

    def forget_person(self, person: str, *, by: str, at: dt.datetime, reason_code: str) -> Event:
        """Erase a person's name; their id stays, and every figure with it."""
        with self._writing() as transaction:
            return names.forget(transaction, person, by, at, reason_code)

    def agree_to_naming(self, person: str, name: str, audience: str, *, at: dt.datetime) -> Event:
        """Record that a person agrees to be named in notices, and by which name.

        Their newest consent counts. The name is kept where it can be erased.

        Args:
            person: the id of the person, who alone can agree.
            name: how they want to be named.
            audience: ``staff``, or ``public``, which includes staff.
            at: when they agreed; aware.

        Raises:
            LedgerError: every field with a wrong value.
        """
        with self._writing() as transaction:
            return naming.agree(transaction, person, name, audience, at)

    def withdraw_naming(self, person: str, *, by: str, at: dt.datetime) -> Event:
        """Record that a person is named in no later notice; anybody may say so for them.

        Raises:
            LedgerError: they have not agreed to be named.
        """
        with self._writing() as transaction:
            return naming.withdraw(transaction, person, by, at)

    def may_be_named(self, audience: str) -> dict[str, str]:
        """The names of those who agreed to be named before ``staff`` or ``public``, by person."""
        with self._reading() as transaction:
            return naming.kept(transaction, audience)
