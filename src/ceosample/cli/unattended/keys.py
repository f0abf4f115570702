"""Recorders' keys: made, registered, rotated, revoked and listed."""

from __future__ import annotations

import os
from pathlib import Path

import click

from ceosample.canonical import Json
from ceosample.cli.group import SectionedGroup, cli
from ceosample.cli.options import (
    Actor,
    any_configured,
    config_file_option,
    in_words,
    json_option,
    ledger_of,
    ledger_to_run,
    reason_option,
    recording_options,
)
from ceosample.configuration import Configuration
from ceosample.configuration.recorder_key import PASSPHRASE, passphrase_of, recorder_key
from ceosample.errors import ConfigurationError
from ceosample.result import as_json_text
from ceosample.signoff.keys.recorder_key import KeyInFile, RecorderKey
from ceosample.signoff.keys.signed_note import NoteKey

_file = click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)


@cli.group("key", cls=SectionedGroup)
def key_group() -> None:
    """Make, register, rotate, revoke and list the keys with which recorders sign events."""


@key_group.command()
@_file
@config_file_option
def new(file: Path | None, config: Path) -> None:
    """Make a private key, and keep it in FILE, which its owner alone can read.

    FILE is by default the one of ledger.key. It is encrypted if ledger.key_passphrase names the
    file of a passphrase, or CEOSAMPLE_KEY_PASSPHRASE holds one. Nothing prints the private key.
    """
    configuration = any_configured(config) if file is None or config.exists() else None
    place = _place(configuration) if file is None else file
    wanted = PASSPHRASE in os.environ or (configuration and configuration.key_passphrase)
    key = RecorderKey.new()
    key.save(place, passphrase=passphrase_of(configuration)() if wanted else None)
    how = "encrypted" if wanted else "NOT encrypted"
    click.echo(f"{place}: written, {how}, for its owner alone")
    click.echo(f"public key {key.public}")
    click.echo("register it before it signs: ceosample key register --by ID")


@key_group.command()
@_file
@recording_options
def register(file: Path | None, who: Actor) -> None:
    """Record the public part of your key in the ledger; from then on you sign with it.

    FILE holds the private key, by default the one of ledger.key. Each person registers their own.
    """
    configuration = any_configured(who.config)
    key = _key(configuration, file)
    with ledger_to_run(configuration, who.recorder) as ledger:
        event = ledger.register_key(key, by=who.by, at=who.at)
    click.echo(in_words(event))
    click.echo(f"public key {key.public}; the next closing sheet prints it")
    if configuration.key is None:
        click.echo("name its file as ledger.key, or in CEOSAMPLE_KEY, to sign with it")


@key_group.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@recording_options
def rotate(file: Path, who: Actor) -> None:
    """Exchange your key for the one in FILE; the old key and the new one sign that.

    The old key is the one of ledger.key, or of CEOSAMPLE_KEY. If it is lost, two persons revoke it.
    """
    configuration = any_configured(who.config)
    key = _key(configuration, file)
    with who.ledger() as ledger:
        event = ledger.rotate_key(key, by=who.by, at=who.at)
    click.echo(in_words(event))
    click.echo(f"public key {key.public}; name {file} as ledger.key from now on")


@key_group.command()
@click.argument("key", metavar="KEY")
@click.option("--approver", required=True, help="The id of the second person who revokes it.")
@click.option(
    "--approver-key",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file of the approver's private key; needed where they sign with one.",
)
@reason_option
@recording_options
def revoke(
    key: str, approver: str, approver_key: Path | None, reason_code: str, who: Actor
) -> None:
    """Record that a lost or stolen KEY signs nothing more; two persons decide it.

    KEY is the first 8 digits of the public key, or more.
    """
    second = None if approver_key is None else _key(any_configured(who.config), approver_key)
    with who.ledger() as ledger:
        event = ledger.revoke_key(
            key,
            by=who.by,
            approver=approver,
            at=who.at,
            reason_code=reason_code,
            approver_key=second,
        )
    click.echo(in_words(event))


@key_group.command("list")
@config_file_option
@json_option
def list_command(config: Path, as_json: bool) -> None:
    """Show every key: whose it is, which events it can sign, and its line for verifiers of notes.

    Those lines are for --key of 'ceosample compare', and for other programs that read signed notes.
    """
    with ledger_of(config) as ledger:
        found = ledger.keys()
    lines = {key.public: str(NoteKey.of(key.person, key.public)) for key in found.keys}
    if as_json:
        keys: list[Json] = [{**key.to_dict(), "verifier": lines[key.public]} for key in found.keys]
        click.echo(as_json_text({"keys": keys}))
        return
    click.echo(str(found))
    for line in lines.values():
        click.echo(line)


def _key(configuration: Configuration, file: Path | None) -> KeyInFile:
    if file is not None:
        return KeyInFile(file, passphrase_of(configuration))
    found = recorder_key(configuration)
    if found is None:
        raise _no_key()
    return found


def _place(configuration: Configuration | None) -> Path:
    if configuration is None or configuration.key is None:
        raise _no_key()
    return configuration.home / configuration.key


def _no_key() -> ConfigurationError:
    return ConfigurationError(
        'ledger.key: missing; write key = "recorder.pem" under [ledger], or give the file'
    )
