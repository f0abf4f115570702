"""A ledger's head as a checkpoint (c2sp.org/tlog-checkpoint): origin, size and head in three lines.

Ours is the head of a hash chain and no root of a Merkle tree, so no proof of inclusion leads to it.
The origin says so, and a fourth line says so in words: no witness of trees can take it for one.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

import attrs

from ceosample.errors import SignatureError
from ceosample.result import Result
from ceosample.signoff.keys.signed_note import NoteKey, SignedNote, signed
from ceosample.signoff.replay.keys import Keys, RegisteredKey
from ceosample.signoff.store.signatures import Signer
from ceosample.text import quoted

#: The origin of a ledger's notes; its id follows.
ORIGIN: Final = "ceosample/hash-chain/"

#: The line below the head.
NO_TREE: Final = "ceosample: the head of a hash chain, no root of a Merkle tree"

_SIZE: Final = re.compile(r"[1-9][0-9]{0,18}")


@attrs.frozen
class HeadNote(Result):
    """What a note says of a ledger.

    Attributes:
        ledger: the ledger's id.
        size: the number of its events.
        head: the hash of the last of them.
        signed_by: the ids of the persons whose keys signed it, and are known.
    """

    ledger: str
    size: int
    head: str
    signed_by: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What is signed."""
        root = base64.b64encode(bytes.fromhex(self.head)).decode()
        return f"{ORIGIN}{self.ledger}\n{self.size}\n{root}\n{NO_TREE}\n"

    def sign(self, person: str, signer: Signer) -> str:
        """The note, signed by a person's key."""
        return signed(self.text, NoteKey.of(person, signer.public), signer)


def read_note(data: bytes, keys: Keys) -> HeadNote:
    """A note of a ledger, signed by a key that could sign its last event.

    Args:
        data: the note.
        keys: those that are trusted for it, with the events that each can sign.

    Raises:
        SignatureError: it is no such note, or no trusted key signed it.
        MissingPartError: the extra ``keys`` is not installed.
    """
    note = SignedNote.parse(data)
    found = _parsed(note.text)
    by_name = {NoteKey.of(key.person, key.public): key for key in keys.keys}
    signers = [by_name[key] for key in note.signed_by(by_name)]
    able = [key.person for key in signers if key.signs(found.size)]
    if not able:
        raise SignatureError(f"note: {_why(note, signers, found)}")
    return attrs.evolve(found, signed_by=tuple(able))


def _why(note: SignedNote, signers: list[RegisteredKey], found: HeadNote) -> str:
    if signers:
        key = signers[0]
        return (
            f"its key {key.public[:8]} of {quoted(key.person)} signs events {key.since} to "
            f"{key.until or 'the newest'}, and the note is of event {found.size}; ask for one that "
            "a key of its time signed"
        )
    names = ", ".join(sorted({quoted(name) for name, _, _ in note.signatures}))
    return (
        f"got signatures by {names}, and none by a key that is known here; give the signer's key "
        "with --key, as their 'ceosample key list' shows it"
    )


def _parsed(text: str) -> HeadNote:
    lines = text.split("\n")
    if len(lines) != 5 or not lines[0].startswith(ORIGIN) or lines[3] != NO_TREE:
        raise SignatureError(
            f"note: got the origin {quoted(lines[0])}, which is none of a ledger of ceosample; "
            "give a note that 'ceosample ledger head --note' printed"
        )
    try:
        head = base64.b64decode(lines[2], validate=True)
    except (binascii.Error, ValueError):
        head = b""
    if _SIZE.fullmatch(lines[1]) is None or len(head) != 32:
        raise SignatureError(
            f"note: got the size {quoted(lines[1])} and the head {quoted(lines[2])}; give a number "
            "of events and 32 bytes in Base64"
        )
    return HeadNote(lines[0].removeprefix(ORIGIN), int(lines[1]), head.hex())
