"""Two copies of a ledger, or a ledger and a head that was kept elsewhere, compared."""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, TypeAlias

import click

from ceosample import files
from ceosample.cli.group import cli
from ceosample.cli.options import DIFFERENCE, any_configured, config_file_option, json_option
from ceosample.errors import LedgerError, NoLedgerError
from ceosample.reasons import AGAIN
from ceosample.result import as_json_text
from ceosample.signoff.keys.compare import (
    Agreement,
    BareHead,
    Chain,
    Comparison,
    compare_chains,
    compare_head,
    compare_notes,
)
from ceosample.signoff.keys.head_note import HeadNote, read_note
from ceosample.signoff.keys.signed_note import NoteKey, SignedNote
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.replay.keys import Keys, RegisteredKey

_HEAD: Final = re.compile(r"[0-9a-f]{64}")

#: The bytes of a note that was not read yet, or something that is compared as it is.
_Part: TypeAlias = "Chain | BareHead | bytes"


@cli.command("compare")
@click.argument("one", metavar="ONE")
@click.argument("other", metavar="[OTHER]", required=False)
@click.option(
    "--key",
    "trusted",
    multiple=True,
    help="A key that you trust to sign notes, NAME+HASH+KEY as 'ceosample key list' shows it. "
    "Needed where no ledger that is compared has it.",
)
@config_file_option
@json_option
def compare(
    one: str, other: str | None, trusted: Sequence[str], config: Path, as_json: bool
) -> None:
    """Compare two copies of a ledger, or a ledger with a head that was kept elsewhere.

    ONE and OTHER are each the URL of a ledger, the file of an export, the file of a signed note, or
    a head of 64 digits. OTHER is by default the configuration's ledger. It changes nothing.

    It ends with 0 where the two are one ledger as far as both go, with 1 where they part or the
    head is in no event, and with 75 where a note is of a later event than this copy has.
    """
    with contextlib.ExitStack() as opened:
        parts = [_part(opened, place, config) for place in (one, other)]
        names = (one, other or "the configuration's ledger")
        found = _compared(parts, names, [NoteKey.parse(text) for text in trusted])
    click.echo(as_json_text(found.to_dict()) if as_json else str(found))
    if found.agreement is Agreement.BEHIND:
        sys.exit(AGAIN)
    if not found.ok:
        sys.exit(DIFFERENCE)


def _part(opened: contextlib.ExitStack, place: str | None, config: Path) -> _Part:
    if place is None or "://" in place:
        url = any_configured(config).ledger_url if place is None else place
        ledger = Ledger.open_readonly(url)
        if ledger is None:
            raise NoLedgerError("ledger: there is none at this place; give its URL, or its file")
        opened.enter_context(ledger)
        name = "the ledger" if place is None else repr(ledger)[1:-1]
        return Chain(name, ledger.texts_of_events)
    if _HEAD.fullmatch(place):
        return BareHead(place)
    data = files.read(Path(place))
    if data.startswith(b"{"):
        return Chain(place, data.splitlines)
    SignedNote.parse(data)
    return data


def _compared(
    parts: Sequence[_Part], names: tuple[str, str], trusted: Iterable[NoteKey]
) -> Comparison:
    chains = [part for part in parts if isinstance(part, Chain)]
    if len(chains) == 2:
        return compare_chains(*chains)
    keys = Keys(
        (
            *(key for chain in chains for key in chain.keys().keys),
            *(RegisteredKey(key.name, key.public, 1) for key in trusted),
        )
    )
    heads = [
        (read_note(part, keys) if isinstance(part, bytes) else part, name)
        for part, name in zip(parts, names, strict=True)
        if not isinstance(part, Chain)
    ]
    if chains:
        return compare_head(chains[0], *heads[0])
    notes = [head for head, _ in heads if isinstance(head, HeadNote)]
    if len(notes) == 2:
        return compare_notes(notes[0], notes[1], names)
    raise LedgerError(
        "compare: got a head without its number, and no ledger; give the URL of a ledger or the "
        "file of an export"
    )
