"""Letters signed by command, and signed letters taken into the ledger."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from authority import SECRET, Holder, authority, digest, issue, png
from ceosample import Ledger, Pack
from command import asked
from inputs import configure, write_month
from refusals import problems

PERIOD = "2026-10"
RUN = ("run", "--period", PERIOD, "--at", "2026-11-02T09:00:00+01:00")
DICE = ("--dice", "83019274650192837465", "--witness", "audit", "--witness", "office")
KEY = ("--passphrase-file", "secret", "--at", "2026-11-02T12:00:00+01:00")
SIGN = ("sign", "--period", PERIOD, "--pkcs12", "ceo.p12", *KEY)
SIGNED = f"packs/{PERIOD}/signed"
TAKE = ("record", "--signed", SIGNED, "--period", PERIOD, "--at", "2026-11-03T12:00:00+01:00")


def say(folder: Path, *arguments: str) -> str:
    """The exit code, and all that the command says."""
    ended = asked(*arguments, folder=folder)
    return f"{ended.code}: {ended.out}{ended.err}"


@pytest.fixture(scope="module")
def month_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A month that was sent, its PDFs included, with the signatory's and a deputy's key."""
    folder = tmp_path_factory.mktemp("signing") / "month"
    folder.mkdir()
    write_month(folder, PERIOD)
    people = {"ceo": authority().ceo, "deputy-1": authority().deputy}
    certificates = ", ".join(f'{person} = ["{who.digest}"]' for person, who in people.items())
    table = f'[signatures]\nroots = ["root.pem"]\ncertificates = {{{certificates}}}\n'
    configure(folder, ("# pdf = true ", "pdf = true "), ("[ledger]", f"{table}\n[ledger]"))
    (folder / "root.pem").write_bytes(authority().root.pem)
    (folder / "ceo.p12").write_bytes(authority().ceo.pkcs12())
    (folder / "deputy.p12").write_bytes(authority().deputy.pkcs12())
    (folder / "secret").write_text(f"{SECRET}\n")
    assert say(folder, *RUN).startswith("75")
    assert say(folder, *RUN, *DICE).startswith("0")
    return folder


@pytest.fixture
def month(month_once: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(month_once, tmp_path / "month"))


def pack_of(folder: Path) -> Pack:
    return Pack.load(folder / "packs" / PERIOD)


def events(folder: Path, kind: str) -> list[Any]:
    with Ledger.open(f"sqlite:///{folder / 'signoff.db'}") as ledger:
        return [event for event in ledger.events() if event.kind == kind]


@pytest.mark.slow
def test_a_month_is_signed_and_taken_in_and_twice_is_once(month: Path) -> None:
    """'a whole month with one key load'; what the ledger keeps of it."""
    pack = pack_of(month)
    told = say(month, *SIGN)
    assert f"{len(pack)} letters signed by Margaret Llewelyn" in told
    assert SECRET not in told
    files = {path.name: path.read_bytes() for path in (month / SIGNED).iterdir()}
    assert sorted(files) == sorted(f"{letter.name}.pdf" for letter in pack)
    assert "0 letters signed" in say(month, *SIGN)
    assert {path.name: path.read_bytes() for path in (month / SIGNED).iterdir()} == files

    assert say(month, *TAKE).count("signed by ceo") == len(pack)
    found = {event.unit_id: event for event in events(month, "signed")}
    for letter in pack:
        event = found[letter.unit_id]
        assert event.actor == "ceo"
        assert event.at == "2026-11-02T12:00:00+01:00"
        assert event.payload == {
            "letter": letter.digest,
            "file": digest(files[f"{letter.name}.pdf"]),
            "certificate": authority().ceo.digest,
        }
    assert say(month, *TAKE).startswith("0")
    assert len(events(month, "signed")) == len(pack)
    assert f"{len(pack)} of {len(pack)}" in say(month, "status")


@pytest.mark.slow
def test_one_file_that_is_refused_refuses_them_all(month: Path) -> None:
    """'All files of a batch taken or none', and every one that is wrong is named."""
    say(month, *SIGN)
    paths = sorted((month / SIGNED).iterdir())
    paths[0].write_bytes(paths[0].read_bytes() + b"\n")
    paths[1].write_bytes(b"%PDF-1.7")
    told = say(month, *TAKE)
    assert told.startswith(f"65: ceosample: {problems(2)}")
    assert f"{paths[0].name}: letter {pack_of(month).letters[0].unit_id}: 1 bytes were" in told
    assert f"{paths[1].name}: it begins with no letter of the pack" in told
    assert events(month, "signed") == []


def test_a_deputy_signs_what_was_delegated_and_nothing_else(month: Path) -> None:
    first, second, *_ = pack_of(month)
    # A deputy is registered beforehand, by the recorder's own clock: all this is a little after.
    soon = dt.datetime.now(dt.UTC).replace(microsecond=0) + dt.timedelta(minutes=9)
    at = ("--at", soon.isoformat())
    deputy = ("sign", "--period", PERIOD, "--pkcs12", "deputy.p12", *KEY[:2], *at)
    assert "0 letters signed" in say(month, *deputy)
    role = ("deputy", "--of", "ceo", "--since", "2026-01-01", "--by", "board", *at)
    assert say(month, "role", "grant", "deputy-1", *role).startswith("0")
    delegate = ("--by", "ceo", "--to", "deputy-1", *at)
    assert say(month, "record", "delegated", first.unit_id, *delegate).startswith("0")
    assert "1 letter signed" in say(month, *deputy)
    assert "does not wait for 'deputy-1'" in say(month, *deputy, second.unit_id)
    assert say(month, *TAKE[:-2], *at).startswith("0")
    assert [event.unit_id for event in events(month, "signed_by_deputy")] == [first.unit_id]
    assert events(month, "signed") == []


def test_a_key_of_nobody_that_the_configuration_knows_signs_nothing(month: Path) -> None:
    other: Holder = issue("Mererid Vaughan", authority().office)
    (month / "ceo.p12").write_bytes(other.pkcs12())
    told = say(month, *SIGN)
    assert told.startswith("78")
    assert other.digest in told
    assert not (month / SIGNED).exists()


def test_an_image_and_its_consent_are_on_record(month: Path) -> None:
    """'need consent per letter and are logged'"""
    first = pack_of(month).letters[0].unit_id
    (month / "signature.png").write_bytes(png())
    image = (*SIGN, first, "--image", "signature.png")
    assert f"letter {first}: no consent" in say(month, *image)
    said = {first: {"by": "ceo", "at": "2026-11-02T11:00:00+01:00"}}
    (month / "consent.json").write_text(json.dumps(said))
    assert say(month, *image, "--consent", "consent.json").startswith("0")
    assert say(month, *TAKE).startswith("0")
    (event,) = events(month, "signed")
    assert event.payload["image"] == digest(png())
    (month / "consent.json").write_text('{"x": {"by": "ceo", "at": "soon"}}')
    assert "not a file of consents" in say(month, *image, "--consent", "consent.json")


@pytest.mark.parametrize(
    "arguments",
    [
        ("sign", "--period", PERIOD),
        ("sign", "--period", PERIOD, "--pkcs12", "ceo.p12", "--pkcs11", "x.so"),
        ("sign", "--period", PERIOD, "--pkcs11", "x.so", "--token", "letters"),
        ("sign", "--period", PERIOD, "--pkcs12", "ceo.p12"),
        ("sign", "--period", PERIOD, "--pkcs12", "ceo.p12", "--passphrase-env", "NO_SUCH_ONE"),
        (*SIGN, "--passphrase-env", "HOME"),
        ("record", "--signed", SIGNED),
        (*TAKE, "--by", "ceo"),
    ],
)
def test_a_command_that_says_too_little_or_too_much_is_refused(
    month_once: Path, arguments: tuple[str, ...]
) -> None:
    assert say(month_once, *arguments).startswith("2: ")


def test_a_file_of_decisions_cannot_claim_a_checked_signature(month: Path) -> None:
    letter = pack_of(month).letters[0]
    row = f"{letter.unit_id},signed,2026-11-02T12:00:00+01:00,ceo,{letter.digest},{'0' * 64}"
    (month / "decisions.csv").write_text(f"unit_id,kind,at,by,letter,certificate\n{row}\n")
    assert "column 'certificate': not known" in say(month, "record", "--from", "decisions.csv")
