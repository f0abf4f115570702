"""What whoever fetched a month's files is told when it is set aside or corrected."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import ceosample as cs
import command
from ceosample.configuration import Configuration
from command import Ended
from due_months import go, ledger_of, on, write_months
from inputs import configure

MONTH = "2026-09"
SET_ASIDE = (
    "supersede", "--period", MONTH, "--by", "audit-1", "--approver", "audit-2",
    "--reason-code", "frame-wrong",
)  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A month that was sent, its files still in the pick-up folder."""
    folder = tmp_path_factory.mktemp("sent")
    write_months(folder, MONTH, count=20)
    configure(folder, ('# pickup = "outbox" ', 'pickup = "outbox" '))
    go(folder, on("2026-10-02"))
    go(folder, on("2026-10-02"), dice="83019274650192837465")
    return folder


@pytest.fixture
def sent(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "firm"))


def ceosample(folder: Path, *arguments: str, at: str = "2026-10-03") -> Ended:
    with command.time_told(lambda: on(at)):
        return command.asked(*arguments, folder=folder)


def test_a_month_that_is_set_aside_is_told_to_whoever_fetched_it(sent: Path) -> None:
    (sent / "outbox" / MONTH).rename(sent / "fetched")
    ready = json.loads((sent / "fetched" / "ready.json").read_text("utf-8"))
    ended = ceosample(sent, *SET_ASIDE)
    assert ended.code == 0, ended.err
    (place,) = (sent / "outbox").iterdir()
    assert str(place) in ended.err
    with ledger_of(sent) as ledger:
        event = list(ledger.events(period=MONTH))[-1]
    assert place.name == f"{MONTH}-superseded-{event.sequence}"
    told = json.loads((place / "ready.json").read_text("utf-8"))
    assert (told["notice"], told["reason_code"]) == ("superseded", "frame-wrong")
    assert (told["event"], told["packs"]) == (event.hash, [ready["pack"]])
    assert (told["population"], told["period"]) == (ready["population"], MONTH)
    words = (place / "notice.txt").read_bytes()
    assert told["files"] == {"notice.txt": cs.canonical.digest(words)}
    assert b"not to be signed or posted" in words
    assert {path.name for path in place.iterdir()} == {"notice.txt", "ready.json"}


def test_files_that_nobody_fetched_are_taken_back_and_the_new_draw_comes(sent: Path) -> None:
    """Without that, the new pack would find another one in its place."""
    kept = (sent / "packs" / MONTH / "room.html").read_bytes()
    assert (sent / "outbox" / MONTH / "room.html").read_bytes() == kept
    assert ceosample(sent, *SET_ASIDE).code == 0
    assert not (sent / "outbox" / MONTH).exists()
    assert (sent / "packs" / MONTH / "room.html").read_bytes() == kept
    (sent / "packs" / MONTH).rename(sent / "archive")
    run = ("run", "--period", MONTH)
    assert ceosample(sent, *run, at="2026-10-04").code == 75
    dice = ("--dice", "19283746501928374650", "--witness", "internal audit")
    assert ceosample(sent, *run, *dice, at="2026-10-05").code == 0
    assert (sent / "outbox" / MONTH / "ready.json").exists()


def test_a_correction_is_told_and_takes_nothing_back(sent: Path) -> None:
    draw = json.loads((sent / "packs" / MONTH / "draw.json").read_text("utf-8"))
    unit_id = draw["selections"][0]["unit_id"]
    signed = ceosample(sent, "record", "signed", unit_id, "--by", "ceo", "--json")
    ended = ceosample(
        sent, "correct", signed.json["hash"], "--by", "ceo", "--reason-code", "wrong-letter",
        at="2026-10-04",
    )  # fmt: skip
    assert ended.code == 0, ended.err
    (place,) = (sent / "outbox").glob(f"{MONTH}-corrected-*")
    told = json.loads((place / "ready.json").read_text("utf-8"))
    assert (told["notice"], told["reason_code"]) == ("corrected", "wrong-letter")
    assert "made void" in (place / "notice.txt").read_text("utf-8")
    assert unit_id not in "".join(path.read_text("utf-8") for path in place.iterdir())
    assert (sent / "outbox" / MONTH / "ready.json").exists()


def test_where_nothing_was_put_out_there_is_nobody_to_tell(sent: Path, tmp_path: Path) -> None:
    """No pick-up folder; another population; a month that is frozen and not sent."""
    with ledger_of(sent) as ledger:
        event = ledger.supersede(
            "complaint-responses", MONTH, by="audit-1", approver="audit-2",
            at=on("2026-10-03"), reason_code="frame-wrong",
        )  # fmt: skip
        configuration = Configuration.load(sent / "ceosample.toml")
        first = cs.batch.tell_pickup(configuration, ledger, event)
        again = cs.batch.tell_pickup(configuration, ledger, event)
        assert first is not None
        assert first == again
    configure(sent, ('pickup = "outbox" ', '# pickup = "outbox" '))
    with ledger_of(sent) as ledger:
        without = Configuration.load(sent / "ceosample.toml")
        assert cs.batch.tell_pickup(without, ledger, event) is None
    configure(sent, ('# pickup = "outbox" ', 'pickup = "other" '))
    frozen = tmp_path / "frozen"
    frozen.mkdir()
    write_months(frozen, MONTH, count=20)
    configure(frozen, ('# pickup = "outbox" ', 'pickup = "outbox" '))
    go(frozen, on("2026-10-02"))
    with ledger_of(frozen) as ledger:
        event = next(e for e in ledger.events(period=MONTH) if e.kind == "frozen")
    ended = ceosample(frozen, "correct", event.hash, "--by", "sampling", "--reason-code", "mistake")
    assert ended.code == 0, ended.err
    assert not (frozen / "outbox").exists()
