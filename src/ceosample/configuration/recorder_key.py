"""The recorder's private key that a configuration names, or the environment for one person."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeAlias

from ceosample import files
from ceosample.configuration.configuration import Configuration
from ceosample.errors import CeosampleError, SignatureError
from ceosample.signoff.keys.recorder_key import KeyInFile
from ceosample.signoff.replay.keys import Keys

Passphrase: TypeAlias = Callable[[], str]

#: Where the path of a person's own key may stand, on a machine that several share.
KEY: Final = "CEOSAMPLE_KEY"

#: Where its passphrase may stand, which no list of processes shows.
PASSPHRASE: Final = "CEOSAMPLE_KEY_PASSPHRASE"  # noqa: S105


def recorder_key(configuration: Configuration) -> KeyInFile | None:
    """The key that signs what is recorded; None where nothing names one.

    Its file is opened when the first event is recorded.
    """
    own = os.environ.get(KEY)
    if own:
        return KeyInFile(Path(own), passphrase_of(configuration))
    if configuration.key is None:
        return None
    return KeyInFile(configuration.home / configuration.key, passphrase_of(configuration))


def key_words(configuration: Configuration, keys: Keys) -> list[str]:
    """What a check says of the key: it opens, and whose it is; nothing where none is named.

    Args:
        configuration: names its file.
        keys: those of the ledger.

    Raises:
        RecordError: its file is not there.
        SignatureError: others can read the file, or it does not open.
        LedgerError: the ledger does not know the key, or the key ended.
        MissingPartError: the extra ``keys`` is not installed.
    """
    key = recorder_key(configuration)
    if key is None:
        return []
    return [f"key {key.public[:8]}: opens; it signs for {keys.able(key.public).person}"]


def passphrase_of(configuration: Configuration | None) -> Passphrase:
    """Asks for the passphrase of a key: in the environment, or the configuration's file."""
    named = None if configuration is None else configuration.key_passphrase

    def ask() -> str:
        if PASSPHRASE in os.environ:
            return os.environ[PASSPHRASE]
        if configuration is None or named is None:
            raise SignatureError(
                f"passphrase: got none for an encrypted key; give its file as "
                f"ledger.key_passphrase, or set {PASSPHRASE}"
            )
        try:
            return files.read_secret(configuration.home / named).decode().rstrip("\r\n")
        except (CeosampleError, UnicodeDecodeError, OSError, ValueError):
            # A path that is none may be the passphrase itself.
            raise SignatureError(
                "ledger.key_passphrase: got text that names no file in UTF-8 of mode 0600; give "
                "the path of a file that holds the passphrase"
            ) from None

    return ask
