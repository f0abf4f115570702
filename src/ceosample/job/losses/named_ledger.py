"""The ledger of a configuration, which names it once the first run has begun it.

Whoever loses the ledger and the packs would otherwise draw the month again, with a second try at
the seed.
"""

from __future__ import annotations

from ceosample import files
from ceosample.configuration import Configuration
from ceosample.configuration.pin import pinned
from ceosample.configuration.recorder_key import recorder_key
from ceosample.errors import CeosampleError, ConflictError, NoLedgerError, RecordError
from ceosample.signoff.ledger import Ledger


def open_ledger(
    configuration: Configuration, *, create: bool = False, recorder: str | None = None
) -> Ledger:
    """The configuration's ledger.

    Args:
        configuration: its URL, and the id of the ledger that must be there if it names one.
        create: True to begin a new ledger with its first event where none is named and none is
            there.
        recorder: the id of the person who records; see :meth:`Ledger.open`.

    Raises:
        ConflictError: another ledger is named than the one that is there, or none is there.
        CeosampleError: for the reasons of :meth:`Ledger.open`.
    """
    named = configuration.ledger_id
    try:
        ledger = Ledger.open(
            configuration.ledger_url,
            create=create and named is None,
            late=True,
            recorder=recorder,
            key=recorder_key(configuration),
        )
    except NoLedgerError as error:
        raise _lost(configuration, error) from None
    return _named(configuration, ledger)


def open_to_read(configuration: Configuration) -> Ledger | None:
    """The configuration's ledger, to read only; None where a run would begin one.

    Raises:
        ConflictError: another ledger is named than the one that is there, or none is there.
    """
    ledger = Ledger.open_readonly(configuration.ledger_url)
    if ledger is None:
        if configuration.ledger_id is not None:
            raise _lost(configuration, None)
        return None
    return _named(configuration, ledger)


def _named(configuration: Configuration, ledger: Ledger) -> Ledger:
    """The ledger, closed where the configuration names another."""
    try:
        require_named(configuration, ledger)
    except BaseException:
        ledger.close()
        raise
    return ledger


def require_named(configuration: Configuration, ledger: Ledger) -> None:
    """Raise if a configuration names another ledger.

    Raises:
        ConflictError: it does.
    """
    named = configuration.ledger_id
    if named is None:
        return
    if not ledger.begun:
        raise _lost(configuration, None)
    if ledger.ledger_id != named:
        raise ConflictError(
            f"ledger.id: the configuration names the ledger {named}, and got the ledger "
            f"{ledger.ledger_id}; correct ledger.url, or restore the ledger that it names"
        )


def pin(configuration: Configuration, ledger: Ledger) -> str | None:
    """Write the ledger's id into the configuration's file, unless it names one already.

    One line changes; the file is written whole or not at all.

    Returns:
        None, or what a person must do where the file cannot be written.
    """
    file = configuration.file
    if file is None or configuration.ledger_id is not None or not ledger.begun:
        return None
    said = ledger.ledger_id
    by_hand = f'add id = "{said}" to its table [ledger], so that a lost ledger is noticed'
    try:
        real = file.resolve()  # a link stays one
        text = files.read(real).decode()
        new = pinned(text, said)
        if new is None:
            return f"{file}: got no line of its own for ledger.id; {by_hand}"
        if new != text:
            files.write_whole(real, new.encode())
    except (OSError, RecordError, UnicodeDecodeError, CeosampleError):
        return f"{file}: cannot be written; {by_hand}"
    return None


def _lost(configuration: Configuration, error: NoLedgerError | None) -> CeosampleError:
    named = configuration.ledger_id
    if named is None and error is not None:
        return error
    return ConflictError(
        f"ledger: got none at its URL, and the configuration names the ledger {named}; restore its "
        'newest backup. Only to begin another ledger, with no month of this one, set ledger.id = ""'
    )
