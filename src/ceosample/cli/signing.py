"""Digital signatures: a whole month of letters with one key."""

from __future__ import annotations

import datetime as dt
import functools
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import click

from ceosample import files
from ceosample.canonical import parse_json
from ceosample.cli.group import cli
from ceosample.cli.options import (
    at_option,
    config_option,
    configured,
    ledger_of,
    now,
    period_option,
)
from ceosample.errors import SignatureError
from ceosample.job import Month, digital_signatures
from ceosample.letters.signatures.sign import Consent
from ceosample.letters.signatures.signing_key import SigningKey
from ceosample.period import Period
from ceosample.text import counted

_file = click.Path(dir_okay=False, path_type=Path)


@attrs.frozen
class GivenKey:
    """A key as the options give it: in a file or in a device, with the secret that opens it."""

    pkcs12: Path | None
    pkcs11: Path | None
    token: str | None
    label: str | None
    passphrase_file: Path | None
    passphrase_env: str | None

    @property
    def is_there(self) -> bool:
        """Whether any of the options was used."""
        return any(given is not None for given in attrs.astuple(self))

    def require_one_way(self) -> None:
        """Raise unless the key is in a file, or in a device that is named in full."""
        if (self.pkcs12 is None) == (self.pkcs11 is None):
            raise click.UsageError("give the key: --pkcs12 FILE, or --pkcs11 LIBRARY")
        if len({self.pkcs11 is None, self.token is None, self.label is None}) != 1:
            raise click.UsageError("--pkcs11, --token and --label go together")

    def opened(self) -> SigningKey:
        """The key, opened with its secret."""
        self.require_one_way()
        secret = _secret(self.passphrase_file, self.passphrase_env)
        if self.pkcs12 is not None:
            return SigningKey.from_pkcs12(files.read(self.pkcs12), secret)
        return SigningKey.from_pkcs11(
            str(self.pkcs11), str(self.token), pin=secret, label=str(self.label)
        )


def key_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options by which a key is given; the command gets them as ``given``."""

    @functools.wraps(command)
    def with_key(
        *,
        pkcs12: Path | None,
        pkcs11: Path | None,
        token: str | None,
        label: str | None,
        passphrase_file: Path | None,
        passphrase_env: str | None,
        **rest: Any,
    ) -> None:
        given = GivenKey(pkcs12, pkcs11, token, label, passphrase_file, passphrase_env)
        command(given=given, **rest)

    wrapped: Callable[..., None] = with_key
    for option in reversed(
        (
            click.option("--pkcs12", type=_file, help="A file with the key and its certificates."),
            click.option(
                "--pkcs11", type=_file, help="The library of a device that holds the key."
            ),
            click.option("--token", help="The device's label."),
            click.option("--label", help="The label of the key and of its certificate."),
            click.option(
                "--passphrase-file",
                type=_file,
                help="A file whose first line is the passphrase, or the PIN.",
            ),
            click.option(
                "--passphrase-env",
                metavar="NAME",
                help="The environment variable that holds the passphrase, or the PIN.",
            ),
        )
    ):
        wrapped = option(wrapped)
    return wrapped


@cli.command()
@click.argument("unit_ids", metavar="[ID]...", nargs=-1)
@period_option
@key_options
@click.option("--image", type=_file, help="A picture of the signature, PNG; it needs --consent.")
@click.option("--consent", type=_file, help='{"ID": {"by": "ceo", "at": "2026-11-02T09:00:00Z"}}')
@config_option
@at_option
def sign(
    unit_ids: tuple[str, ...],
    period: Period,
    given: GivenKey,
    image: Path | None,
    consent: Path | None,
    config: Path,
    at: dt.datetime | None,
) -> None:
    """Sign the letters ID..., or all letters of a month that wait for the holder of the key.

    You sign by running this with the key; it asks no further question. It writes the signed PDFs
    to signed/ next to each pack. Then record them with: ceosample record --signed FOLDER
    """
    given.require_one_way()
    month = Month(configured(config), period, at or now())
    picture = None if image is None else files.read(image)
    consents = None if consent is None else _consents(consent)
    with given.opened() as key, ledger_of(config) as ledger:
        written = digital_signatures.sign(
            month, ledger, key, unit_ids, image=picture, consent=consents
        )
    for path in written:
        click.echo(str(path))
    click.echo(f"{counted(len(written), 'letter')} signed by {key.name}", err=True)


def _secret(path: Path | None, variable: str | None) -> str:
    """The passphrase or the PIN: from a file, the environment, or a person at the terminal."""
    if path is not None and variable is not None:
        raise click.UsageError("give --passphrase-file or --passphrase-env, not both")
    if path is not None:
        return files.read(path).decode(errors="replace").partition("\n")[0].rstrip("\r")
    if variable is not None:
        if variable not in os.environ:
            raise click.UsageError(
                f"--passphrase-env: got {variable!r}, which is not set; set it, or give another"
            )
        return os.environ[variable]
    if not sys.stdin.isatty():
        raise click.UsageError("no passphrase; give --passphrase-file or --passphrase-env")
    return str(click.prompt("Passphrase or PIN", hide_input=True, err=True))


def _consents(path: Path) -> dict[str, Consent]:
    """Who consented to the image on which letter, and when."""
    try:
        said: Any = parse_json(files.read(path))
        found = {
            unit_id: Consent(str(entry["by"]), dt.datetime.fromisoformat(entry["at"]))
            for unit_id, entry in said.items()
        }
        if any(given.at.tzinfo is None for given in found.values()):
            raise ValueError("a time without its zone")
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise SignatureError(
            f"{path}: not a file of consents ({error}); write "
            '{"ID": {"by": "ceo", "at": "2026-11-02T09:00:00+00:00"}}'
        ) from None
    return found
