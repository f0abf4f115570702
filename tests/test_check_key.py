"""A check tells of a recorder's key, or a beacon's missing extra, before the day of need."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import ceosample as cs
from ceosample import job
from ceosample.configuration import Configuration
from ceosample.configuration.recorder_key import KEY, PASSPHRASE
from ceosample.signoff.keys.recorder_key import RecorderKey
from inputs import configure, write_month
from test_check import PERIOD, part
from test_seed_command import QUICKNET

AT = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
ANN = RecorderKey.new(lambda size: bytes([1]) * size)
BOB = RecorderKey.new(lambda size: bytes([2]) * size)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv(KEY, raising=False)
    monkeypatch.delenv(PASSPHRASE, raising=False)
    write_month(tmp_path, PERIOD)
    configure(tmp_path, ("[ledger]", '[ledger]\nkey = "ann.pem"'))
    ANN.save(tmp_path / "ann.pem")
    with cs.Ledger.open(f"sqlite:///{tmp_path}/signoff.db", clock=lambda: AT, key=ANN) as ledger:
        ledger.register_key(ANN, by="ann", at=AT)
    return tmp_path


def told(folder: Path) -> tuple[str, str]:
    report = job.check(job.Month(Configuration.load(folder / "ceosample.toml"), PERIOD, AT))
    found = part(report, "ledger")
    return found.state, " ".join(found.said)


def test_a_key_that_signs_is_named_with_its_person(folder: Path) -> None:
    assert f"key {ANN.public[:8]}: opens; it signs for ann" in told(folder)[1]


def _open_to_all(folder: Path) -> None:
    (folder / "ann.pem").chmod(0o640)


def _another(folder: Path) -> None:
    (folder / "ann.pem").unlink()
    BOB.save(folder / "ann.pem")


def _sealed(folder: Path) -> None:
    (folder / "ann.pem").unlink()
    ANN.save(folder / "ann.pem", passphrase="-".join(["four", "words", "of", "it"]))


def _rotated(folder: Path) -> None:
    with cs.Ledger.open(f"sqlite:///{folder}/signoff.db", clock=lambda: AT, key=ANN) as ledger:
        ledger.rotate_key(BOB, by="ann", at=AT)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_open_to_all, "has the mode 0640, so others can read it"),
        (lambda folder: (folder / "ann.pem").unlink(), "ann.pem: not there; restore it from your"),
        (lambda folder: (folder / "ann.pem").write_text("no key"), "got no private key in PEM"),
        (_sealed, "passphrase: got none for an encrypted key"),
        (_another, "is not registered in this ledger; register it with"),
        (_rotated, "of 'ann' was rotated and signs no event after"),
        (lambda folder: (folder / "signoff.db").unlink(), "is not registered in this ledger"),
    ],
    ids=["open", "lost", "damaged", "no passphrase", "another", "rotated", "no ledger"],
)
def test_a_key_with_which_nothing_could_be_recorded_is_a_problem(
    folder: Path, change: Callable[[Path], object], said: str
) -> None:
    change(folder)
    state, words = told(folder)
    assert (state, said in words) == ("fault", True), words


def test_a_person_s_own_key_is_looked_at_in_its_place(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    BOB.save(folder / "bob.pem")
    monkeypatch.setenv(KEY, str(folder / "bob.pem"))
    assert f"key: {BOB.public[:8]} is not registered" in told(folder)[1]


def test_without_the_extra_a_beacon_s_signatures_are_something_to_look_at(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beacon = f'source = "beacon"\nbeacon = "{QUICKNET}"\ndelay = 60\n#'
    configure(folder, ('source = "dice"', beacon))
    configuration = Configuration.load(folder / "ceosample.toml")

    def seed() -> tuple[str, str]:
        found = part(job.check(job.Month(configuration, PERIOD, AT)), "seed")
        return found.state, " ".join(found.said)

    assert seed()[0] == "ok", seed()
    monkeypatch.setitem(sys.modules, "py_arkworks_bls12381", None)
    state, words = seed()
    assert (state, "pip install 'ceosample[beacon]'" in words) == ("look", True)
