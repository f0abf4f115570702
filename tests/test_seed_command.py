"""Months without hands by the command: the secret's file, the runs, and that nothing leaks."""

from __future__ import annotations

import datetime as dt
import inspect
import io
import json
import os
import secrets
import shutil
import sqlite3
import stat
import sys
import traceback
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import ceosample as cs
from ceosample import files
from ceosample.cli import cli, main
from ceosample.configuration import Configuration
from ceosample.job import STEPS, Month, run
from ceosample.job.seed_supply import SeedInputs
from ceosample.sampling.seeds.beacon import TIMETABLES
from ceosample.sampling.seeds.chain import seal, secret_file
from ceosample.sampling.seeds.seed_source import SeedSource, hashed
from ceosample.signoff.ledger import Ledger
from command import Ended, time_told
from inputs import configure, write_month
from refusals import IS_THERE_ALREADY, NOTHING_FROZEN_YET, refused
from thorough import first_of

#: Long after whenever this is run; chains are published before the months begin.
EARLIER = "2099-09-01T09:00:00+00:00"
PERIOD, NEXT = "2099-10", "2099-11"
AT = "2099-12-01T09:00:00+00:00"
LATER = "2099-12-01T11:00:00+00:00"
QUICKNET = list(TIMETABLES)[1]
SECRET = 'secret = "chain.json"\n#'
PASSPHRASE = "parrots are not insured"
VALUE = hashed("0" * 64, 1)


@pytest.fixture(autouse=True)
def _a_seal_s_key_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What scrypt makes of a passphrase and a salt is always the same, and takes 0.3 seconds."""
    monkeypatch.setattr(seal, "_cipher", cache(seal._cipher))


def ceosample(*arguments: str, folder: Path, clock: str | None = None, **env: str) -> Ended:
    """Run the command's own ``main``; a trace that it lets through is what it says too.

    It is as late as ``clock`` by the recorder's clock: without it as late as the command claims.
    """
    if clock is None:
        clock = arguments[arguments.index("--at") + 1] if "--at" in arguments else EARLIER
    moment = dt.datetime.fromisoformat(clock)
    code: Any = None
    streams = {"stdin": io.StringIO(), "stdout": io.StringIO(), "stderr": io.StringIO()}
    with pytest.MonkeyPatch.context() as patch, time_told(lambda: moment):
        patch.chdir(folder)
        patch.setattr(sys, "argv", ["ceosample", *arguments])
        for name, stream in streams.items():
            patch.setattr(sys, name, stream)
        for name, value in env.items():
            patch.setenv(name, value)
        try:
            main()
        except SystemExit as ended:
            code = ended.code
        except BaseException:
            streams["stderr"].write(traceback.format_exc())
    return Ended(code, streams["stdout"].getvalue(), streams["stderr"].getvalue())


@pytest.fixture(scope="module")
def input_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("input")
    for period in (PERIOD, NEXT):
        write_month(folder, period)
    configure(
        folder,
        ('source = "dice"', f'source = "chain"\n{SECRET}'),
        ("# pdf = true ", "pdf = false "),
    )
    return folder


@pytest.fixture
def folder(input_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(input_folder, tmp_path / "month"))


def with_beacon(folder: Path, source: str = "chain+beacon") -> None:
    beacon = f'source = "{source}"\nbeacon = "{QUICKNET}"\ndelay = 60\n'
    configure(folder, ('source = "chain"\n', beacon))


def make_chain(folder: Path, *, months: int = 12) -> cs.seeds.SeedChain:
    made = ceosample("seed", "new", "--first", PERIOD, "--months", str(months), folder=folder)
    assert made.code == 0, made.err
    return secret_file.load(folder / "chain.json")


def published(folder: Path) -> cs.seeds.SeedChain:
    chain = make_chain(folder)
    done = ceosample("seed", "publish", "--by", "custodian", folder=folder)
    assert done.code == 0, done.err
    return chain


def events(folder: Path) -> list[Any]:
    with Ledger.open(f"sqlite:///{folder / 'signoff.db'}", create=False) as ledger:
        return list(ledger.events())


# The secret's file


def a_chain(secret: bytes = bytes(range(32))) -> cs.seeds.SeedChain:
    return cs.seeds.SeedChain.new("letters", first="2027-01", months=3, random=lambda _: secret)


@pytest.mark.parametrize("mask", [0, 0o022, 0o077])
def test_the_file_is_for_its_owner_alone_from_the_first_byte(
    tmp_path: Path, mask: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """'The secret's file has mode 0600'"""
    modes = []
    fsync = os.fsync

    def looking(handle: int) -> None:
        found = os.fstat(handle)
        if stat.S_ISREG(found.st_mode):
            modes.append(stat.S_IMODE(found.st_mode))
        fsync(handle)

    monkeypatch.setattr(os, "fsync", looking)
    before = os.umask(mask)
    try:
        secret_file.save(a_chain(), tmp_path / "chain.json")
    finally:
        os.umask(before)
    modes.append(stat.S_IMODE((tmp_path / "chain.json").stat().st_mode))
    assert modes == [0o600, 0o600]
    assert [path.name for path in tmp_path.iterdir()] == ["chain.json"]


def test_a_secret_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "chain.json"
    secret_file.save(a_chain(), path)
    data = path.read_bytes()
    with refused(cs.errors.ConflictError, IS_THERE_ALREADY):
        secret_file.save(a_chain(bytes(32)), path)
    assert path.read_bytes() == data
    assert [path.name for path in tmp_path.iterdir()] == ["chain.json"]


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620, 0o601])
def test_a_secret_that_others_can_read_is_not_taken(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "chain.json"
    secret_file.save(a_chain(), path)
    path.chmod(mode)
    with pytest.raises(cs.errors.SeedError, match=f"mode {mode:04o}.*chmod 600"):
        secret_file.load(path)
    path.chmod(0o400)
    assert secret_file.load(path) == a_chain()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"scheme": "ceosample-chain/2"}, "this release reads ceosample-chain/1"),
        ({"months": 4}, "it does not give the chain's end"),
        ({"end": "0" * 64}, "it does not give the chain's end"),
        ({"secret": "0" * 64}, "it does not give the chain's end"),
        ({"secret": 7}, "secret: missing or malformed"),
        ({"months": "3"}, "months: missing or malformed"),
        ({"first": "soon"}, "give an ISO month"),
        ({"population": "L"}, "lower-case letters"),
    ],
)
def test_a_file_that_was_changed_is_not_taken(
    tmp_path: Path, change: dict[str, Any], says: str
) -> None:
    path = tmp_path / "chain.json"
    secret_file.save(a_chain(), path)
    fields = json.loads(path.read_bytes()) | change
    path.write_text(json.dumps(fields), "utf-8")
    with pytest.raises(cs.errors.SeedError, match=says) as caught:
        secret_file.load(path)
    assert a_chain().secret not in str(caught.value)


def test_a_file_of_something_else_is_not_taken(tmp_path: Path) -> None:
    path = tmp_path / "chain.json"
    with pytest.raises(cs.errors.SeedError, match="seed new"):
        secret_file.load(path)
    for data, says in ((b"\xff", "not JSON"), (b"[]", "this release reads"), (b"{}", "reads")):
        path.unlink(missing_ok=True)
        files.write_secret(path, data)
        with pytest.raises(cs.errors.SeedError, match=says):
            secret_file.load(path)


@pytest.mark.slow
def test_a_sealed_file_opens_with_its_passphrase_alone(tmp_path: Path) -> None:
    """'can be encrypted with a passphrase (`cryptography`, an extra)'"""
    chain, path = a_chain(secrets.token_bytes(32)), tmp_path / "chain.json"
    secret_file.save(chain, path, passphrase=PASSPHRASE, random=secrets.token_bytes)
    links = [chain.link(f"2027-0{month}") for month in (1, 2, 3)]
    assert not any(link.encode() in path.read_bytes() for link in links)
    assert secret_file.load_published(path) == chain.published
    assert secret_file.load(path, passphrase=lambda: PASSPHRASE) == chain
    with pytest.raises(cs.errors.SeedError, match="this passphrase does not open it"):
        secret_file.load(path, passphrase=lambda: PASSPHRASE + " ")
    with pytest.raises(cs.errors.SeedError, match="is sealed"):
        secret_file.load(path)


@pytest.mark.parametrize(
    "name", first_of(2, ["population", "box", "first", "months", "end", "salt", "nonce"])
)
@pytest.mark.slow
def test_a_sealed_file_that_was_changed_does_not_open(tmp_path: Path, name: str) -> None:
    """The public part is bound to the secret: nobody makes it another population's."""
    path = tmp_path / "chain.json"
    secret_file.save(a_chain(), path, passphrase=PASSPHRASE, random=secrets.token_bytes)
    fields = json.loads(path.read_bytes())
    other = {"population": "others", "first": "2027-02", "months": 4}
    fields[name] = other.get(name) or fields[name][::-1]
    path.write_text(json.dumps(fields), "utf-8")
    with pytest.raises(
        cs.errors.SeedError, match=r"this passphrase does not open it.*if it was changed"
    ):
        secret_file.load(path, passphrase=lambda: PASSPHRASE)


def test_a_passphrase_that_is_not_utf_8_is_refused_and_not_shown(tmp_path: Path) -> None:
    """An environment may hold any bytes; Python's own error would hold them all."""
    passphrase = PASSPHRASE + "\udcff"
    with pytest.raises(cs.errors.SeedError, match=r"passphrase: got .*, not UTF-8") as caught:
        secret_file.save(
            a_chain(), tmp_path / "c.json", passphrase=passphrase, random=secrets.token_bytes
        )
    assert PASSPHRASE not in str(caught.value)
    assert not (tmp_path / "c.json").exists()


def test_a_passphrase_that_could_be_tried_is_refused(tmp_path: Path) -> None:
    with pytest.raises(cs.errors.SeedError, match="too short; give at least 12"):
        secret_file.save(
            a_chain(), tmp_path / "c.json", passphrase=PASSPHRASE[:11], random=secrets.token_bytes
        )
    assert [*tmp_path.iterdir()] == []


def test_without_the_extra_a_seal_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "chain.json"
    secret_file.save(a_chain(), path, passphrase=PASSPHRASE, random=secrets.token_bytes)
    monkeypatch.setattr(seal, "_cipher", inspect.unwrap(seal._cipher))
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.ciphers.aead", None)
    with pytest.raises(cs.errors.MissingPartError, match=r"ceosample\[seal\]"):
        secret_file.load(path, passphrase=lambda: PASSPHRASE)
    with pytest.raises(cs.errors.MissingPartError, match=r"ceosample\[seal\]"):
        secret_file.save(
            a_chain(), tmp_path / "d.json", passphrase=PASSPHRASE, random=secrets.token_bytes
        )
    assert not (tmp_path / "d.json").exists()


# The commands


def test_a_chain_is_made_published_and_checked(folder: Path) -> None:
    new = ceosample("seed", "new", "--first", PERIOD, folder=folder)
    chain = secret_file.load(folder / "chain.json")
    assert (new.code, chain.published.months) == (0, 60)
    assert chain.end in new.out
    assert "NOT sealed" in new.out
    assert ceosample("seed", "check", folder=folder).code == 1
    assert "not published" in ceosample("seed", "show", folder=folder).out
    done = ceosample("seed", "publish", "--by", "custodian", folder=folder)
    assert (done.code, chain.end in done.out) == (0, True)
    assert ceosample("seed", "check", folder=folder).out.startswith("ok: ")
    shown = json.loads(ceosample("seed", "show", "--json", folder=folder).out)
    assert shown == {
        "population": "complaint-responses", "end": chain.end, "first": PERIOD, "months": 60,
        "months_left": 60, "published": True, "sealed": False,
    }  # fmt: skip
    assert f"seed chain {chain.end[:8]} for 2099-10" in ceosample("status", folder=folder).out


def test_a_chain_begins_next_month_unless_it_is_said(folder: Path) -> None:
    assert ceosample("seed", "new", folder=folder).code == 0
    assert ceosample("seed", "publish", "--by", "custodian", folder=folder).code == 0


def test_a_run_on_a_chain_does_the_month_in_one_go(folder: Path) -> None:
    """'month i reveals `s[i]`'"""
    chain = published(folder)
    done = ceosample("run", "--period", PERIOD, "--at", AT, folder=folder)
    assert (done.code, "sent for signature" in done.out) == (0, True)
    told = events(folder)
    assert [event.kind for event in told][:7] == [
        "opened", "rules", "chain_published", "frozen", "method_stated", "seed_revealed", "drawn"
    ]  # fmt: skip
    assert told[5].payload["value"] == chain.link(PERIOD)
    assert "seed custodian-trusted" in ceosample("status", folder=folder).out
    assert "custodian-trusted" in ceosample("verify", f"packs/{PERIOD}", folder=folder).out
    cover = (folder / f"packs/{PERIOD}/pack.html").read_text("utf-8")
    assert "custodian-trusted" in cover
    assert "frozen 1 time" in cover
    again = ceosample("run", "--period", PERIOD, "--at", LATER, folder=folder)
    assert (again.code, "already done" in again.out, events(folder)) == (0, True, told)


def test_a_month_that_is_done_needs_no_secret(folder: Path) -> None:
    published(folder)
    assert ceosample("run", "--period", PERIOD, "--at", AT, folder=folder).code == 0
    (folder / "chain.json").unlink()
    assert ceosample("run", "--period", PERIOD, "--at", AT, folder=folder).code == 0
    gone = ceosample("run", "--period", NEXT, "--at", AT, folder=folder)
    assert (gone.code, "chain.json: not there" in gone.err) == (65, True)


def test_a_frame_that_is_frozen_twice_shows_on_the_cover_sheet(folder: Path) -> None:
    """'Trying several seeds or several frames leaves events that the cover sheet and `status`
    show'"""
    with_beacon(folder)
    published(folder)
    for more in ([], ["--refreeze", "--control-total", "160"]):
        waits = ceosample("run", "--period", PERIOD, "--at", AT, *more, folder=folder)
        assert waits.code == 75, waits.err
    at_last, beacon = ("--at", LATER), ("--beacon", VALUE.upper())
    done = ceosample("run", "--period", PERIOD, *at_last, *beacon, folder=folder, clock=LATER)
    assert done.code == 0, done.err
    assert "frozen 2 times" in (folder / f"packs/{PERIOD}/pack.html").read_text("utf-8")
    assert "frozen 2 times" in ceosample("status", folder=folder).out


def test_with_a_beacon_a_run_names_its_round_and_waits(folder: Path) -> None:
    """'the value is given to the run by the operator or the scheduler; nothing is fetched'"""
    with_beacon(folder)
    chain = published(folder)
    early = ceosample("run", "--period", PERIOD, "--beacon", VALUE, folder=folder)
    assert (early.code, NOTHING_FROZEN_YET in early.err) == (3, True)
    waits = ceosample("run", "--period", PERIOD, "--at", AT, "--json", folder=folder)
    source = SeedSource.parse(json.loads(waits.out)["seed_source"])
    assert (waits.code, source.kinds, source.link) == (
        75, ("chain", "beacon"), SeedSource.parse(chain.source(PERIOD)).link
    )  # fmt: skip
    assert "published at 2099-12-01T10:00:03Z" in waits.err
    later = ceosample("run", "--period", PERIOD, "--at", LATER, "--json", folder=folder)
    assert json.loads(later.out)["seed_source"] == str(source)  # it is not named anew
    assert chain.link(PERIOD) not in b"".join(_bytes_of(folder)).decode("latin-1").replace(
        (folder / "chain.json").read_text("utf-8"), ""
    )
    wrong = ceosample("run", "--period", PERIOD, "--beacon", "77", folder=folder, clock=AT)
    assert (wrong.code, "64 lower-case hex digits" in wrong.err) == (65, True)
    dice = ("--dice", "1" * 20, "--witness", "audit")
    assert ceosample("run", "--period", PERIOD, *dice, folder=folder, clock=AT).code == 65
    answer = folder / "round.json"
    answer.write_text('{"round": 1000, "signature": "00ff"}', "utf-8")
    other = ("run", "--period", PERIOD, "--round-file", str(answer))
    refused = ceosample(*other, folder=folder, clock=AT)
    assert (refused.code, "got the answer for round 1000" in refused.err) == (65, True)
    beacon = ("--beacon", VALUE)
    # The round is not out by the recorder's clock, whatever the run claims.
    claimed = ("run", "--period", PERIOD, "--at", LATER, *beacon)
    early = ceosample(*claimed, folder=folder, clock=AT)
    assert (early.code, "which is 2 hours after the recorder's clock" in early.err) == (65, True)
    done = ceosample(*claimed, folder=folder, clock=LATER)
    assert done.code == 0, done.err
    seed = cs.Draw.load(folder / "packs" / PERIOD).seed
    assert (seed.contributions, seed.label) == ((chain.link(PERIOD), VALUE), None)
    assert "custodian-trusted" not in (folder / f"packs/{PERIOD}/pack.html").read_text("utf-8")


def test_a_round_of_an_unknown_beacon_is_named_by_hand(folder: Path) -> None:
    with_beacon(folder, "beacon")
    configure(folder, (QUICKNET, "lottery"), ('secret = "chain.json"\n', ""))
    run = ("run", "--period", PERIOD, "--at", AT)
    unnamed = ceosample(*run, folder=folder)
    assert (unnamed.code, "name the round" in unnamed.err) == (65, True)
    named = ceosample(*run, "--round", "7", "--json", folder=folder)
    assert json.loads(named.out)["seed_source"] == "beacon:lottery:7"
    assert ceosample(*run, "--beacon", "1" * 20, folder=folder).code == 0


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.slow
def test_a_run_that_was_stopped_goes_on_with_the_same_link(folder: Path, step: str) -> None:
    chain = published(folder)
    configuration = Configuration.load(folder / "ceosample.toml")
    month = Month(configuration, PERIOD, dt.datetime.fromisoformat(AT))

    def stop(name: str) -> None:
        if name == step:
            raise KeyboardInterrupt

    def go(progress: Any) -> Any:
        with Ledger.open(configuration.ledger_url, clock=lambda: month.at) as ledger:
            return run(month, ledger, supply=SeedInputs(chain=lambda: chain), progress=progress)

    with pytest.raises(KeyboardInterrupt):
        go(stop)
    assert go(lambda name: None).state == "sent"
    told = [event.kind for event in events(folder)]
    assert [told.count(kind) for kind in ("frozen", "seed_revealed", "drawn")] == [1, 1, 1]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ([('secret = "chain.json"', "")], "seed.secret: missing; give it, since seed.source"),
        ([('"chain"', '"beacon"')], "seed.beacon: missing; give it, since seed.source is beacon"),
        ([('"chain"', '"dice"')], "seed.secret: needs the source chain, and seed.source is 'dice'"),
        ([('"chain"', '"chain+chain"')], "joined by +, each once"),
        ([('"chain"', '"chain+tea"')], "joined by +, each once"),
        ([(SECRET, f'{SECRET[:-1]}beacon = "drand-1"\n#')], "drand- and a chain's hash"),
        ([(SECRET, f"{SECRET[:-1]}delay = -1\n#")], "minutes, 0 or more"),
    ],
)
def test_a_seed_that_cannot_be_configured_is_refused(
    folder: Path, changes: list[tuple[str, str]], says: str
) -> None:
    configure(folder, *changes)
    ended = ceosample("run", "--period", PERIOD, folder=folder)
    assert (ended.code, says in ended.err) == (78, True), ended.err


def test_another_population_s_chain_is_refused(folder: Path) -> None:
    published(folder)
    configure(folder, ('"complaint-responses"', '"letters"'))
    ended = ceosample("run", "--period", PERIOD, "--at", AT, folder=folder)
    assert (ended.code, "got the chain of complaint-responses" in ended.err) == (78, True)


# Nothing leaks


def _bytes_of(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()]


@pytest.mark.parametrize("sealed", [False, True])
@pytest.mark.slow
def test_no_command_prints_or_keeps_a_secret(folder: Path, sealed: bool) -> None:
    """'is never printed or logged (a test searches every output for it)'

    Every command there is runs with the chain, rightly and wrongly; nothing that it says and no
    byte of what it leaves holds the secret, a link that is not out, or the passphrase.
    """
    env = {"CEOSAMPLE_PASSPHRASE": PASSPHRASE}
    new = ("new", "--first", PERIOD, "--months", "12", *(["--seal"] if sealed else []))
    told = {"seed", "run"}
    said: list[Ended] = []

    def go(*arguments: str, **more: str) -> None:
        told.add(arguments[0])
        said.append(ceosample(*arguments, folder=folder, **{**env, **more}))

    for words in (new, new, ("show",), ("check",), ("publish", "--by", "custodian"), ("check",)):
        go("seed", *words)
    go("seed", "show", "--json")
    go("seed", "check", CEOSAMPLE_PASSPHRASE=PASSPHRASE[::-1])
    go("run", "--period", "2099-09", "--at", AT)  # a month that has no link
    go("run", "--period", PERIOD, "--at", AT)
    go("run", "--period", PERIOD, "--at", AT, "--refreeze")
    go("check", "--period", NEXT)
    go("check", "--json")
    go("run", "--at", AT, "--dry-run", "--json")
    go("run", "--at", "2099-11-15T09:00:00+00:00")  # by then nothing more is due
    go("export", "letters.csv")
    for words in (
        ("status", "--check"), ("status", "--json"), ("metrics",), ("at-risk",), ("people",),
        ("policies",), ("plan", "--period", PERIOD), ("verify", f"packs/{PERIOD}"),
        ("export", "events.jsonl"), ("reconcile",), ("init",),
    ):  # fmt: skip
        go(*words)
    for name in sorted(set(cli.commands) - told - {"demo"}):
        go(name)
    (folder / "chain.json").chmod(0o644)
    go("run", "--period", NEXT, "--at", AT)
    (folder / "chain.json").chmod(0o600)
    chain = secret_file.load(folder / "chain.json", passphrase=lambda: PASSPHRASE)
    assert [ended.code for ended in said[:7]] == [0, 3, 0, 1, 0, 0, 0]
    assert said[9].code == 0
    if not sealed:
        text = (folder / "chain.json").read_text("utf-8")
        spoilt = text.replace(chain.end, "0" * 64)
        (folder / "chain.json").write_text(spoilt, "utf-8")
        go("run", "--period", NEXT, "--at", AT)
        go("seed", "check")
        (folder / "chain.json").write_text("x" + text, "utf-8")
        go("run", "--period", NEXT, "--at", AT)
        assert {ended.code for ended in said[-3:]} == {65}
    (folder / "chain.json").unlink()
    links = [hashed(chain.secret, number) for number in range(11)]
    assert links[0] == chain.secret
    assert links[10] == chain.link(NEXT)
    written = [
        *(ended.out.encode() + ended.err.encode() for ended in said),
        *_bytes_of(folder),
        *(row.encode() for row in _rows(folder)),
    ]
    everything = b"\n".join(written)
    for text in (*links, PASSPHRASE):
        assert text.encode() not in everything
        assert text.upper().encode() not in everything
    assert bytes.fromhex(chain.secret) not in everything
    assert chain.link(PERIOD).encode() in everything  # so the search finds what is there


def _rows(folder: Path) -> list[str]:
    with sqlite3.connect(folder / "signoff.db") as connection:
        return [row[0] for row in connection.execute("SELECT text FROM events")]
