"""A month's run: as far as it can be taken, as often as one likes, whatever kills it on the way."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs
import pytest

import forked
import needed
from ceosample import Draw, Pack, Plan, Seed, render, verify
from ceosample.configuration import Configuration
from ceosample.errors import (
    ConfigurationError,
    ConflictError,
    FrameError,
    LetterError,
    PlanError,
)
from ceosample.job import STEPS, Month, Outcome, read_contents, run
from ceosample.job import promise as promise_of
from ceosample.letters.markup import tree
from ceosample.sampling.plans.waiting import Waiting
from ceosample.signoff.ledger import Ledger
from command import ceosample
from inputs import configure, write_month
from kill_runs import drive
from months import AT, PERIOD, SEED
from refusals import (
    CHANGED_SINCE_THE_FREEZE,
    NOTHING_FROZEN_YET,
    ROLL_AGAIN,
    SEED_IS_OUT,
    had_a_seed,
    refused,
)
from thorough import some_of

DICE = "83019274650192837465"
OTHER_SEED = Seed.from_dice("1" * 20, witnesses=["internal audit"])

RUN = ("ceosample", "run", "--period", PERIOD, "--at", AT.isoformat())
RUN_WITH_DICE = (
    *(*RUN, "--dice", DICE),
    *("--witness", "internal audit", "--witness", "executive office"),
)


def write_input(folder: Path, *, count: int = 160, size: int = 8, pdf: bool = False) -> None:
    """The files that a user has: a table, the letters' contents, a configuration."""
    write_month(folder, PERIOD, count=count)
    configure(
        folder, ("size = 12", f"size = {size}"), ("# pdf = true ", f"pdf = {str(pdf).lower()} ")
    )


@pytest.fixture(scope="module")
def input_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("input")
    write_input(folder)
    return folder


@pytest.fixture
def folder(input_folder: Path, tmp_path: Path) -> Path:
    """A month that nobody has begun."""
    return copy_of(input_folder, tmp_path / "month")


def copy_of(folder: Path, place: Path) -> Path:
    shutil.copytree(folder, place)
    return place


def job(folder: Path, **changes: Any) -> Month:
    configuration = Configuration.load(folder / "ceosample.toml")
    return attrs.evolve(Month(configuration, PERIOD, at=AT), **changes)


@contextmanager
def ledger_of(folder: Path, clock: dt.datetime | None = None) -> Iterator[Ledger]:
    """The ledger; the recorder's clock is the running one unless it is told."""
    configuration = Configuration.load(folder / "ceosample.toml")
    tell = None if clock is None else (lambda: clock)
    with Ledger.open(configuration.ledger_url, clock=tell) as ledger:
        yield ledger


def go(
    folder: Path,
    seed: Seed | None = None,
    progress: Callable[[str], None] = lambda step: None,
    clock: dt.datetime | None = None,
    **changes: Any,
) -> Outcome:
    """One run, in this process."""
    with ledger_of(folder, clock) as ledger:
        return run(job(folder, **changes), ledger, seed=seed, progress=progress)


def finished(folder: Path) -> Outcome:
    """A month that was frozen, drawn and sent."""
    assert go(folder).state == "waiting"
    return go(folder, SEED)


def kinds(folder: Path) -> list[str]:
    with ledger_of(folder) as ledger:
        return [event.kind for event in ledger.events()]


def everything(folder: Path) -> dict[str, bytes]:
    """Every file and its bytes, but for the locks that runs hold each other off with."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".lock"
    }


def packs(folder: Path) -> Path:
    return folder / "packs" / PERIOD


@contextmanager
def nothing_changes(folder: Path) -> Iterator[None]:
    """'what was done stays done': no byte of any file, and so no event either."""
    before = everything(folder)
    yield
    after = everything(folder)
    assert sorted(after) == sorted(before)
    assert [name for name in after if after[name] != before[name]] == []


# As far as it can be taken


def test_without_a_seed_a_month_is_frozen_and_waits(folder: Path) -> None:
    """'freeze the frame; print the commitment; wait'"""
    outcome = go(folder)
    assert (outcome.state, outcome.draw, outcome.letters) == ("waiting", None, None)
    assert kinds(folder) == ["opened", "rules", "frozen", "method_stated"]
    with ledger_of(folder) as ledger:
        frozen = next(event for event in ledger.events() if event.kind == "frozen")
        sheets = [f"{kind}-{frozen.hash[:8]}" for kind in ("commitment", "dice")]
        assert {path.stem for path in packs(folder).iterdir()} == {
            "exclusions", "manifest", *sheets
        }  # fmt: skip
        assert (outcome.frozen, outcome.commitment) == (frozen.hash, frozen.payload["commitment"])


def test_with_the_seed_a_month_is_drawn_rendered_and_sent(folder: Path) -> None:
    """'which ones were? what does the executive sign?'"""
    outcome = finished(folder)
    drawn, pack = Draw.load(packs(folder)), Pack.load(packs(folder))
    assert (outcome.state, outcome.letters) == ("sent", 8)
    assert (outcome.draw, outcome.pack) == (drawn.digest, pack.digest)
    assert pack.registration == outcome.registration
    assert drawn.commitment == outcome.commitment
    assert verify(packs(folder)).ok
    written = kinds(folder)
    assert written[:6] == [
        *("opened", "rules", "frozen", "method_stated", "seed_revealed", "drawn")
    ]
    assert written.count("selected") == written.count("sent_for_signature") == 8
    assert json.loads(json.dumps(outcome.to_dict()))["folder"] == str(packs(folder))


def test_a_second_run_of_a_finished_month_changes_nothing(folder: Path) -> None:
    """'Idempotent where a scheduler may run twice'"""
    first = finished(folder)
    with nothing_changes(folder):
        for seed in (SEED, None):
            again = go(folder, seed, at=AT + dt.timedelta(days=3))
            assert again == attrs.evolve(first, state="done")


def test_a_second_run_of_a_waiting_month_changes_nothing(folder: Path) -> None:
    first = go(folder)
    with nothing_changes(folder):
        assert go(folder, at=AT + dt.timedelta(days=3)) == first


def test_each_step_is_named_before_it(folder: Path) -> None:
    named: list[str] = []
    go(folder, progress=named.append)
    assert named == ["frame", "freeze", "seed"]
    named.clear()
    go(folder, SEED, named.append)
    assert named == [*STEPS]


def test_a_seed_that_is_on_record_need_not_be_given_again(folder: Path) -> None:
    """'one that the ledger has already need not be given'"""

    def stop(step: str) -> None:
        if step == "draw":
            raise KeyboardInterrupt

    go(folder)
    with pytest.raises(KeyboardInterrupt):
        go(folder, SEED, stop)
    assert kinds(folder)[-1] == "seed_revealed"
    assert go(folder).state == "sent"


def test_another_seed_is_refused_at_every_stage(folder: Path) -> None:
    """'A second, different one is refused'"""

    def stop(step: str) -> None:
        if step == "draw":
            raise KeyboardInterrupt

    go(folder)
    with pytest.raises(KeyboardInterrupt):
        go(folder, SEED, stop)
    with (
        nothing_changes(folder),
        refused(ConflictError, had_a_seed("5")),
    ):
        go(folder, OTHER_SEED)
    go(folder, SEED)
    with (
        nothing_changes(folder),
        refused(ConflictError, had_a_seed("5")),
    ):
        go(folder, OTHER_SEED)


def test_two_months_of_one_folder_are_apart(folder: Path) -> None:
    finished(folder)
    write_month(folder, "2026-11")
    over = AT + dt.timedelta(days=30)
    november: dict[str, Any] = {"period": "2026-11", "at": over, "clock": over}
    assert go(folder, **november).state == "waiting"
    with nothing_changes(folder), refused(ConflictError, ROLL_AGAIN):
        go(folder, SEED, **november)
    assert go(folder, OTHER_SEED, **november).state == "sent"
    with nothing_changes(folder):
        assert go(folder, clock=over).state == "done"
    assert verify(folder / "packs" / "2026-11").ok


# A month that goes on


def test_a_month_that_is_not_over_is_not_frozen(folder: Path) -> None:
    """'every closed month': also where it is named, unless it is asked for as it is"""
    early = dt.datetime(2026, 10, 20, 9, tzinfo=dt.UTC)
    with pytest.raises(FrameError) as refusal:
        go(folder, at=early)
    assert str(refusal.value) == (
        "complaint-responses, 2026-10: is not over at 2026-10-20T09:00:00+00:00; wait for the end "
        "of 2026-10-31 (UTC), or freeze what there is with --unfinished. Then later responses are "
        "in no frame"
    )
    assert kinds(folder) == ["opened", "rules"]
    assert not packs(folder).exists()
    assert go(folder, at=early, unfinished=True).state == "waiting"


def test_a_month_that_was_frozen_before_it_was_over_goes_on_without_asking(folder: Path) -> None:
    early = dt.datetime(2026, 10, 20, 9, tzinfo=dt.UTC)
    first = go(folder, at=early, unfinished=True)
    assert go(folder, at=early) == first
    with nothing_changes(folder), pytest.raises(FrameError, match="is not over"):
        go(folder, at=early, refreeze=True)
    assert go(folder, at=early, refreeze=True, unfinished=True).state == "waiting"
    assert go(folder, SEED, at=early).state == "sent"


@pytest.mark.parametrize(
    ("zone", "last"),
    [
        ("UTC", "2026-10-31T23:59:59+00:00"),
        ("Pacific/Auckland", "2026-10-31T10:59:59+00:00"),
        ("America/New_York", "2026-11-01T03:59:59+00:00"),
    ],
)
def test_a_month_is_over_where_its_population_is(folder: Path, zone: str, last: str) -> None:
    """'A month is closed when the run's at, in [population] zone, is past its last day'"""
    configure(folder, ('# zone = "Europe/London" ', f'zone = "{zone}" '))
    moment = dt.datetime.fromisoformat(last)
    with pytest.raises(FrameError, match=rf"the end of 2026-10-31 \({zone}\)"):
        go(folder, at=moment)
    assert go(folder, at=moment + dt.timedelta(seconds=1)).state == "waiting"


# What changed in between


def test_the_source_no_longer_counts_once_the_frame_is_frozen(folder: Path, tmp_path: Path) -> None:
    """'The frame as it was frozen: the source may have changed since, and no longer counts'"""
    untouched = copy_of(folder, tmp_path / "untouched")
    finished(untouched)
    go(folder)
    source = folder / f"responses-{PERIOD}.csv"
    lines = source.read_text("utf-8").splitlines(keepends=True)
    source.write_text("".join(lines[:100]), "utf-8")
    go(folder, SEED)
    source.unlink()
    assert go(folder).state == "done"
    for name in ("draw.json", "manifest.csv", "exclusions.csv"):
        assert (packs(folder) / name).read_bytes() == (packs(untouched) / name).read_bytes()


@pytest.mark.parametrize("seed_is_out", [False, True])
def test_a_plan_that_changed_since_the_freeze_is_refused(folder: Path, seed_is_out: bool) -> None:
    """'all that could steer it is fixed before the seed exists'"""
    if seed_is_out:
        finished(folder)
    else:
        go(folder)
    configure(folder, ("size = 8", "size = 9"))
    with nothing_changes(folder):
        for seed in (None, SEED):
            with pytest.raises(ConflictError, match="plan changed since the freeze"):
                go(folder, seed)


@pytest.mark.parametrize("name", ["manifest.csv", "exclusions.csv"])
def test_a_frozen_file_that_changed_is_refused(folder: Path, name: str) -> None:
    """'From now on the frozen files count'"""
    go(folder)
    path = packs(folder) / name
    path.write_text(path.read_text("utf-8").rpartition("\nR-")[0] + "\n", "utf-8")
    with nothing_changes(folder), refused(ConflictError, CHANGED_SINCE_THE_FREEZE):
        go(folder, SEED)


@pytest.mark.parametrize("name", ["manifest.csv", "exclusions.csv"])
def test_a_frozen_file_that_is_gone_is_written_again_if_the_source_still_gives_it(
    folder: Path, name: str
) -> None:
    """'None if a run was stopped between the freeze and its files'"""
    first = go(folder)
    path = packs(folder) / name
    data = path.read_bytes()
    path.unlink()
    assert go(folder) == first
    assert path.read_bytes() == data
    path.unlink()
    source = folder / f"responses-{PERIOD}.csv"
    source.write_text(source.read_text("utf-8").rpartition("\nR-")[0] + "\n", "utf-8")
    with nothing_changes(folder), refused(ConflictError, CHANGED_SINCE_THE_FREEZE):
        go(folder)


def test_digits_that_are_known_before_the_freeze_do_not_count(folder: Path) -> None:
    """'Digits that are given to a month that is not frozen yet are refused'"""
    with refused(ConflictError, NOTHING_FROZEN_YET):
        go(folder, SEED)
    assert kinds(folder) == ["opened", "rules"]
    assert not packs(folder).exists()
    go(folder)
    with nothing_changes(folder), refused(ConflictError, NOTHING_FROZEN_YET):
        go(folder, SEED, refreeze=True)


def test_files_of_a_month_that_the_ledger_does_not_know_are_left_alone(folder: Path) -> None:
    """'a run never replaces files of a month that it did not write'"""
    finished(folder)
    (folder / "signoff.db").rename(folder / "away.db")
    before = everything(packs(folder))
    with pytest.raises(ConflictError, match="they were left unchanged"):
        go(folder)
    assert everything(packs(folder)) == before
    for name in ("draw.json", "pack.json"):  # which name a seed and an event of the other ledger
        (packs(folder) / name).unlink()
    (packs(folder) / "manifest.csv").write_text("unit_id,division\nR-1,Cards\n", "utf-8")
    before = everything(packs(folder))
    with pytest.raises(ConflictError, match="they were left unchanged"):
        go(folder)
    assert everything(packs(folder)) == before


def test_letters_that_were_sent_are_not_rendered_again_when_their_pack_is_gone(
    folder: Path,
) -> None:
    """'A signature is bound to the SHA-256 of the exact letter that was read'"""
    finished(folder)
    (packs(folder) / "pack.json").unlink()
    with nothing_changes(folder), pytest.raises(ConflictError, match="restore it from the backup"):
        go(folder)


def test_a_control_total_is_frozen_with_the_frame(folder: Path) -> None:
    """'frame reconciliation ... against the register's counts'"""
    go(folder, control_total=160)
    with nothing_changes(folder):
        assert go(folder, control_total=160).state == go(folder).state == "waiting"
        with pytest.raises(ConflictError, match="froze the control total 160; got 161"):
            go(folder, control_total=161)


def test_a_frame_is_frozen_anew_where_that_was_asked_for(folder: Path) -> None:
    """'freeze anew with --refreeze while there is no seed'"""
    first = go(folder)
    source = folder / f"responses-{PERIOD}.csv"
    lines = source.read_text("utf-8").splitlines(keepends=True)
    source.write_text("".join(lines[:-1]), "utf-8")
    configure(folder, ("size = 8", "size = 9"))
    second = go(folder, refreeze=True)
    assert second.commitment != first.commitment
    assert kinds(folder) == ["opened", "rules", "frozen", "method_stated", "frozen"]
    assert go(folder, SEED).letters == 9
    assert verify(packs(folder)).ok


@pytest.mark.parametrize("stage", ["seed", "sent"])
def test_nothing_is_frozen_anew_once_the_seed_is_out(folder: Path, stage: str) -> None:
    """'nothing can be frozen any more'; 'what is already on record ... stayed as it was'"""

    def stop(step: str) -> None:
        if step == "draw":
            raise KeyboardInterrupt

    go(folder)
    if stage == "seed":
        with pytest.raises(KeyboardInterrupt):
            go(folder, SEED, stop)
    else:
        go(folder, SEED)
    source = folder / f"responses-{PERIOD}.csv"
    lines = source.read_text("utf-8").splitlines(keepends=True)
    source.write_text("".join(lines[:-1]), "utf-8")
    with nothing_changes(folder), refused(ConflictError, SEED_IS_OUT):
        go(folder, refreeze=True)
    assert go(folder).state == ("sent" if stage == "seed" else "done")
    assert verify(packs(folder)).ok


def test_an_impossible_plan_leaves_the_files_of_the_earlier_freeze(folder: Path) -> None:
    go(folder)
    configure(folder, ("size = 8", "size = 3"))
    with nothing_changes(folder), pytest.raises(PlanError):
        go(folder, refreeze=True)


def test_a_table_that_does_not_reconcile_is_not_frozen(folder: Path) -> None:
    """'the count from an independent register that the frame must reconcile to'"""
    with pytest.raises(FrameError, match="control_total"):
        go(folder, control_total=161)
    assert kinds(folder) == ["opened", "rules"]
    assert not packs(folder).exists()
    go(folder, control_total=160)
    assert go(folder, SEED).state == "sent"
    assert Draw.load(packs(folder)).to_dict()["frame"]["control_total"] == 160  # type: ignore[index, call-overload]


def test_another_draws_pack_in_the_folder_is_left_there(folder: Path, tmp_path: Path) -> None:
    other = copy_of(folder, tmp_path / "other")
    finished(other)
    go(folder)
    for name in ("pack.json", "pack.html"):
        shutil.copy(packs(other) / name, packs(folder) / name)
    shutil.copytree(packs(other) / "letters", packs(folder) / "letters")
    with pytest.raises(
        ConflictError, match=r"pack\.json: was made with the event .* or another one"
    ):
        go(folder, SEED)
    shutil.rmtree(packs(folder) / "letters")
    (packs(folder) / "pack.json").unlink()
    assert go(folder, SEED).state == "sent"


def test_a_month_with_a_letter_in_rework_is_done_all_the_same(folder: Path) -> None:
    """'a run of a finished month changes nothing'"""
    outcome = finished(folder)
    drawn = Draw.load(packs(folder))
    first = drawn.unit_ids[0]
    with ledger_of(folder) as ledger:
        ledger.record("returned_for_rework", first, by="ceo", at=AT, reason_code="tone")
        with nothing_changes(folder):
            assert go(folder).state == "done"
        anew = render(
            drawn,
            lambda ids: read_contents(folder / f"letters-{PERIOD}.jsonl", ids),
            signatory=job(folder).configuration.signatory,
            date=AT.date(),
            registration=outcome.registration,
            unit_ids=[first],
            version=2,
            pdf=False,
        )
        ledger.send(anew, by="office", at=AT)
        with nothing_changes(folder):
            assert go(folder).state == "done"
        ledger.sign(first, letter=anew[first].digest, by="ceo", at=AT)
        ledger.record("dispatched", first, by="office", at=AT)
    with nothing_changes(folder):
        assert go(folder).state == "done"


def test_what_was_done_before_a_fault_stays_done(folder: Path) -> None:
    """'whatever a step finds wrong; what was done before it stays done'"""
    letters = folder / f"letters-{PERIOD}.jsonl"
    away = letters.rename(folder / "away.jsonl")
    go(folder)
    with pytest.raises(LetterError, match=r"letters-2026-10\.jsonl: not there"):
        go(folder, SEED)
    assert kinds(folder)[5] == "drawn"
    assert not (packs(folder) / "pack.json").exists()
    away.rename(letters)
    assert go(folder).state == "sent"


def test_a_template_of_ones_own_is_read_from_the_configurations_folder(folder: Path) -> None:
    configure(folder, ("# template =", "template ="))
    go(folder)
    with pytest.raises(LetterError, match=r"own\.html: not there, or not UTF-8"):
        go(folder, SEED)
    (folder / "own.html").write_text('{% extends "final-response.html" %}', "utf-8")
    assert go(folder).state == "sent"


def test_kind_language_and_shared_fields_are_those_of_the_configuration(folder: Path) -> None:
    path = folder / f"letters-{PERIOD}.jsonl"
    rows = [json.loads(row) for row in path.read_text("utf-8").splitlines()]
    for row in rows:
        del row["letter"]["kind"]
    lines(path, *(json.dumps(row) for row in rows))
    configure(
        folder,
        ('# kind = "covering" ', 'kind = "covering" '),
        ('# language = "es" ', 'language = "es" '),
        ("# shared = {contact", "shared = {sent = 2026-10-20, contact"),
    )
    finished(folder)
    letter = next(iter(Pack.load(packs(folder))))
    said = " ".join(tree.to_text(letter.tree).split())
    assert "El 20 de octubre de 2026 le escribimos para responder a su reclamación." in said


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('kind = "cover"', "letters.kind: got 'cover'; give one of upheld, partly-upheld, "),
        ('language = "English"', "letters.language: got 'English'; give a language's code"),
        ('shared = "x"', "letters.shared: got 'x'; give a table of fields"),
    ],
)
def test_a_fault_of_the_letters_words_is_named(folder: Path, line: str, fault: str) -> None:
    configure(folder, ("# template =", f"{line}\n# template ="))
    with pytest.raises(ConfigurationError, match=fault):
        go(folder)


def test_a_plan_without_strata_is_run_like_any_other(folder: Path) -> None:
    configure(folder, ('# allocation = "proportional" ', 'allocation = "srs" '))
    assert finished(folder).letters == 8
    assert Draw.load(packs(folder)).plan == Plan(size=8, allocation="srs")


# The letters' contents


def lines(path: Path, *rows: str) -> Path:
    path.write_text("".join(f"{row}\n" for row in rows), "utf-8")
    return path


def test_only_the_drawn_letters_are_read(tmp_path: Path) -> None:
    """'nobody else's letter is ever loaded'"""
    path = lines(
        tmp_path / "letters.jsonl",
        '{"unit_id": "R-1", "letter": {"body": "one"}}',
        "",
        '{"unit_id": "R-2", "letter": {"body": "two"}}',
        '{"unit_id": 3, "letter": {"body": "three"}, "docket": {}}',
    )
    assert read_contents(path, ["3", "R-1", "R-9"]) == {
        "R-1": {"letter": {"body": "one"}},
        "3": {"letter": {"body": "three"}, "docket": {}},
    }


@pytest.mark.parametrize(
    "row",
    [
        "[1, 2]", "[]", '["unit_id"]', '"R-1"', "3", "null", "true", "{", "", "{}",
        '{"id": "R-1"}', "[" * 5000, "\x00",
    ],
    ids=lambda row: row[:12],
)  # fmt: skip
def test_a_line_that_is_no_letter_is_named(tmp_path: Path, row: str) -> None:
    """'A check of a table reports every fault it found, not only the first'"""
    path = lines(tmp_path / "letters.jsonl", '{"unit_id": "R-1", "letter": {}}', row, "{")
    with pytest.raises(LetterError) as refusal:
        read_contents(path, ["R-1"])
    expected = ["letters.jsonl, line 2"] if row else []
    assert [fault.partition(":")[0] for fault in refusal.value.faults] == [
        *expected,
        "letters.jsonl, line 3",
    ]


def test_a_letter_that_is_there_twice_is_named(tmp_path: Path) -> None:
    path = lines(tmp_path / "letters.jsonl", *['{"unit_id": "R-1", "letter": {}}'] * 2)
    with pytest.raises(LetterError, match="line 2: got 'R-1': it appears in the file before"):
        read_contents(path, ["R-1"])


def test_contents_may_be_packed(tmp_path: Path) -> None:
    path = tmp_path / "letters.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"unit_id": "R-1", "letter": {}}\n'))
    assert read_contents(path, ["R-1"]) == {"R-1": {"letter": {}}}


@pytest.mark.parametrize(
    "data",
    [
        gzip.compress(b'{"unit_id": "R-1", "letter": {}}\n')[:-12],
        b"not packed at all",
        gzip.compress(b'{"unit_id": "R-1"}\n' * 99)[:40] + b"\xff" * 40,
        gzip.compress(b'{"unit_id": "R-1", "letter": "\xff"}\n'),
    ],
    ids=["cut off", "not packed", "spoilt", "not UTF-8"],
)
def test_contents_that_cannot_be_read_are_named(tmp_path: Path, data: bytes) -> None:
    """'Raises: LetterError: the file is not there, or a line cannot be read'"""
    path = tmp_path / "letters.jsonl.gz"
    path.write_bytes(data)
    with pytest.raises(LetterError, match=r"letters\.jsonl\.gz"):
        read_contents(path, ["R-1"])


@pytest.mark.parametrize("name", ["nowhere.jsonl", "folder"])
def test_contents_that_are_not_there_are_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(LetterError, match=name):
        read_contents(tmp_path / name, ["R-1"])


# Killed on the way


@pytest.fixture(scope="module")
def never_killed(input_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = copy_of(input_folder, tmp_path_factory.mktemp("never") / "killed")
    finished(folder)
    return folder


def assert_no_halves(folder: Path, whole: Path) -> None:
    """'so it is there whole or not at all': whatever carries its final name is finished."""
    for path in packs(folder).rglob("*"):
        if path.is_dir() or (path.name.startswith(".") and path.name.endswith(".part")):
            continue
        data = path.read_bytes()
        if path.suffix == ".json":
            assert data.endswith(b"\n")
            json.loads(data)
        if path.suffix == ".html":
            assert data.rstrip().endswith(b"</html>")
        if path.suffix == ".pdf":
            assert data.startswith(b"%PDF")
            assert data.rstrip().endswith(b"%%EOF")
        if path.name in ("draw.json", "manifest.csv", "exclusions.csv"):
            assert data == (packs(whole) / path.name).read_bytes()
    if (packs(folder) / "draw.json").exists():
        assert verify(packs(folder)).ok
    if (packs(folder) / "pack.json").exists():
        Pack.load(packs(folder))


def assert_finished_like(folder: Path, whole: Path) -> None:
    """The same letters, the same bytes of them, the same events in an unbroken book."""
    names = ["draw.json", "manifest.csv", "exclusions.csv"]
    names += [f"letters/{path.name}" for path in (packs(whole) / "letters").glob("*.json")]
    for name in names:
        assert (packs(folder) / name).read_bytes() == (packs(whole) / name).read_bytes()
    Pack.load(packs(folder))
    assert kinds(folder) == kinds(whole)
    with ledger_of(folder) as ledger:
        assert ledger.check().ok


@pytest.mark.parametrize(
    ("where", "least", "first"), [("step", 9, 2), ("rename", 13, 4), ("commit", 5, 1)]
)
@pytest.mark.slow
def test_a_run_that_is_killed_anywhere_is_finished_by_the_next(
    input_folder: Path, never_killed: Path, tmp_path: Path, where: str, least: int, first: int
) -> None:
    """'a run that was stopped anywhere is finished by the next one'"""
    places = int(drive(copy_of(input_folder, tmp_path / "0"), "month", where, 0).stdout)
    assert places >= least
    for number in some_of(places, first):
        folder = copy_of(input_folder, tmp_path / str(number))
        assert drive(folder, "month", where, number).returncode == -signal.SIGKILL
        assert_no_halves(folder, never_killed)
        if "seed_revealed" not in kinds(folder):
            assert go(folder).state == "waiting"
        assert go(folder, SEED).state in ("sent", "done")
        assert_finished_like(folder, never_killed)


@pytest.mark.slow
def test_a_run_that_is_killed_again_and_again_gets_there(
    input_folder: Path, never_killed: Path, tmp_path: Path
) -> None:
    """Every second rename is its last, until there is nothing left to do."""
    folder = copy_of(input_folder, tmp_path / "month")
    for _ in range(60):
        ended = drive(folder, "month", "rename", 2)
        assert_no_halves(folder, never_killed)
        if ended.returncode == 0:
            break
        assert ended.returncode == -signal.SIGKILL
    assert ended.returncode == 0
    assert_finished_like(folder, never_killed)


@pytest.mark.parametrize(("where", "places"), [("commit", 1), ("rename", 2)])
def test_a_refreeze_that_is_killed_is_finished_by_the_next(
    folder: Path, tmp_path: Path, where: str, places: int
) -> None:
    """'Every step can be taken twice'"""
    go(folder)
    configure(folder, ("size = 8", "size = 9"))
    # Two rows less, of which one is left out already, so that both files change.
    source = folder / f"responses-{PERIOD}.csv"
    rows = source.read_text("utf-8").splitlines(keepends=True)
    out = next(row for row in rows if ",duplicate," in row)
    source.write_text("".join(row for row in rows[:-1] if row != out), "utf-8")
    for number in range(1, places + 1):
        copy = copy_of(folder, tmp_path / str(number))
        assert drive(copy, "refreeze", where, number).returncode == -signal.SIGKILL
        assert go(copy, refreeze=True).state == "waiting"
        assert go(copy, SEED).letters == 9
        assert verify(packs(copy)).ok
        with ledger_of(copy) as ledger:
            assert ledger.check().ok


def time_of(command: tuple[str, ...], folder: Path) -> float:
    """How long a run takes just now, in seconds."""
    began = time.monotonic()
    forked.run(*command, folder=folder)
    return time.monotonic() - began


def killed_after(seconds: float, command: tuple[str, ...], folder: Path) -> int:
    needed.sigkill()
    ended = forked.run(*command, folder=folder, seconds=seconds)
    assert "Traceback" not in ended.stderr
    return ended.returncode


@pytest.mark.parametrize(
    ("pdf", "dice", "kills"), [(False, False, 3), (False, True, 5), (True, True, 2)],
    ids=["freezing", "drawing", "drawing with PDF"],
)  # fmt: skip
@pytest.mark.slow
def test_the_command_killed_at_any_moment_is_finished_by_the_next(
    input_folder: Path, never_killed: Path, tmp_path: Path, pdf: bool, dice: bool, kills: int
) -> None:
    """'Every file ... is there whole or not at all'; 'what was stopped is finished'"""
    start = copy_of(input_folder, tmp_path / "start")
    if pdf:
        configure(start, ("pdf = false", "pdf = true"))
    if dice:
        go(start)
    command = RUN_WITH_DICE if dice else RUN
    whole = time_of(command, copy_of(start, tmp_path / "timed"))
    ends = []
    for number in range(kills):
        folder = copy_of(start, tmp_path / str(number))
        ends.append(killed_after(whole * (number + 0.5) / kills, command, folder))
        if ends[-1] != -signal.SIGKILL:  # the machine has become faster than it was
            whole = min(whole, time_of(command, copy_of(start, tmp_path / f"timed-{number}")))
        assert_no_halves(folder, never_killed)
        if pdf:
            assert forked.run(*RUN_WITH_DICE, folder=folder).returncode == 0
        else:
            if not dice:
                assert go(folder).state == "waiting"
            assert go(folder, SEED).state in ("sent", "done")
        assert_finished_like(folder, never_killed)
    assert -signal.SIGKILL in ends


# Two at once


@pytest.mark.parametrize("dice", [False, True], ids=["freezing", "drawing"])
@pytest.mark.slow
def test_two_runs_at_once_do_it_once(
    input_folder: Path, never_killed: Path, tmp_path: Path, dice: bool
) -> None:
    """'One period of one population has one draw'"""
    for number in range(3):
        folder = copy_of(input_folder, tmp_path / str(number))
        if dice:
            go(folder)
        command = RUN_WITH_DICE if dice else RUN
        said = forked.run_together([command, command], folder=folder)
        codes = sorted(ended.returncode for ended in said)
        assert codes in ([0, 0], [0, 75]) if dice else codes == [75, 75], said
        assert go(folder, SEED).state == ("done" if dice else "sent")
        assert kinds(folder).count("drawn") == kinds(folder).count("frozen") == 1
        assert_no_halves(folder, never_killed)
        assert_finished_like(folder, never_killed)


@pytest.mark.slow
def test_two_runs_at_once_with_different_seeds_draw_with_one(
    input_folder: Path, tmp_path: Path
) -> None:
    """'A second, different one is refused'"""
    folder = copy_of(input_folder, tmp_path / "month")
    go(folder)
    other = tuple("1" * 20 if word == DICE else word for word in RUN_WITH_DICE)
    said = forked.run_together([RUN_WITH_DICE, other], folder=folder)
    assert sorted(ended.returncode for ended in said) in (
        [0, 3],
        [0, 75],
    )  # refused, or told to come back, said
    assert "Traceback" not in "".join(ended.stderr for ended in said)
    assert kinds(folder).count("drawn") == kinds(folder).count("seed_revealed") == 1
    assert verify(packs(folder)).ok
    with ledger_of(folder) as ledger:
        assert ledger.check().ok


@pytest.mark.slow
def test_two_runs_at_once_on_two_days_leave_one_pack(input_folder: Path, tmp_path: Path) -> None:
    """'What belongs together is written whole': at midnight the letters' dates differ."""
    for number in range(4):
        folder = copy_of(input_folder, tmp_path / str(number))
        go(folder)
        tomorrow = (AT + dt.timedelta(days=1)).isoformat()
        other = tuple(tomorrow if word == AT.isoformat() else word for word in RUN_WITH_DICE)
        said = forked.run_together([RUN_WITH_DICE, other], folder=folder)
        codes = {ended.returncode for ended in said}
        assert 0 in codes, said
        assert codes <= {0, 3, 75}, said
        Pack.load(packs(folder))
        assert go(folder).state == "done"


def test_a_run_needs_no_other_folder_than_its_own(folder: Path, tmp_path: Path) -> None:
    """'Paths are relative to this file'"""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    config = str(folder / "ceosample.toml")
    ended = forked.run(*RUN, "--config", config, folder=elsewhere)
    assert ended.returncode == 75
    assert os.listdir(elsewhere) == []  # noqa: PTH208
    assert (packs(folder) / "manifest.csv").exists()


# A rotation, month after month


def rotating(folder: Path, *months: str, size: int = 5) -> None:
    """Tables of some months, and a plan of fewer letters than there are divisions."""
    for period in months:
        write_month(folder, period, count=60)
    rotation = '\nrotation = {months = 2, start = "2026-09"}'
    configure(folder, ("size = 12", f"size = {size}{rotation}"), ("# pdf = true ", "pdf = false "))


def seed_for(period: str) -> Seed:
    return Seed.from_dice(period.replace("-", "").zfill(20), witnesses=["internal audit"])


def test_a_block_of_months_runs_by_itself_and_each_division_has_its_turn(tmp_path: Path) -> None:
    """'a stratum that has letters in every month of a block, or in its last, is drawn'"""
    rotating(tmp_path, "2026-09", "2026-10")
    for period in ("2026-09", "2026-10"):
        assert go(tmp_path, period=period).state == "waiting"
        assert go(tmp_path, seed_for(period), period=period).state == "sent"
        assert go(tmp_path, period=period).state == "done"
    second = tmp_path / "packs" / "2026-10"
    assert sorted(path.name for path in second.glob("earlier-*")) == ["earlier-2026-09.json"]
    assert verify(second).ok
    drawn = Draw.load(second)
    first = Draw.load(tmp_path / "packs" / "2026-09")
    assert {s.stratum for s in (*first, *drawn)} == set(first.frame.sizes()) | set(
        drawn.frame.sizes()
    )
    assert drawn.unreached == ()
    with ledger_of(tmp_path) as ledger:
        assert ledger.check().ok
        frozen = [e for e in ledger.events(period="2026-10") if e.kind == "frozen"]
        assert frozen[0].payload["earlier"] == [first.digest]
        assert frozen[0].payload["block"] == "2026-09"
    who = ("--by", "head", "--approver", "audit", "--reason-code", "wrong-table")
    ended = ceosample("supersede", "--period", "2026-09", *who, folder=tmp_path)
    assert ended.code == 0
    assert "warning: complaint-responses, 2026-09: superseded after 2026-10" in ended.err


def test_a_month_s_draw_may_not_be_passed_over(tmp_path: Path) -> None:
    """Whoever could leave one out could choose which strata are called."""
    rotating(tmp_path, "2026-09", "2026-10", size=9)
    go(tmp_path, period="2026-09")
    go(tmp_path, seed_for("2026-09"), period="2026-09")
    record = tmp_path / "packs" / "2026-09" / "draw.json"
    record.rename(tmp_path / "hidden.json")
    with pytest.raises(ConflictError, match="of 2026-09 is registered here and belongs to the"):
        go(tmp_path, period="2026-10")
    (tmp_path / "hidden.json").rename(record)
    assert go(tmp_path, period="2026-10").state == "waiting"


def test_a_draw_that_came_between_a_freeze_and_its_seed_must_be_frozen_with(tmp_path: Path) -> None:
    """Else whoever sees it first could choose whether it counts."""
    rotating(tmp_path, "2026-09", "2026-10", size=9)
    go(tmp_path, period="2026-10")
    go(tmp_path, period="2026-09")
    go(tmp_path, seed_for("2026-09"), period="2026-09")
    with pytest.raises(ConflictError, match=r"of 2026-09 is registered here.*; freeze again"):
        go(tmp_path, seed_for("2026-10"), period="2026-10")
    go(tmp_path, period="2026-10", refreeze=True)
    assert go(tmp_path, seed_for("2026-10"), period="2026-10").state == "sent"
    assert verify(packs(tmp_path)).ok
    with ledger_of(tmp_path) as ledger:
        assert ledger.check().ok


def test_a_letter_a_month_runs_by_itself_and_carries_on_what_was_drawn(tmp_path: Path) -> None:
    """The command's months: each names all draws before it, and none may be hidden."""
    months = ("2026-07", "2026-08", "2026-09")
    for period in months:
        write_month(tmp_path, period, count=60)
    waits = ("size = 12", 'size = 1\nallocation = "waiting"')
    configure(tmp_path, waits, ("# pdf = true ", "pdf = false "))
    for period in months:
        assert go(tmp_path, period=period).state == "waiting"
        assert go(tmp_path, seed_for(period), period=period).state == "sent"
    last = tmp_path / "packs" / "2026-09"
    assert sorted(path.name for path in last.glob("earlier-*")) == [
        "earlier-2026-07.json",
        "earlier-2026-08.json",
    ]
    assert verify(last).ok
    told = ceosample("plan", "--period", "2026-09", folder=tmp_path)
    assert "a stratum has one, and one for each of the last 24 months" in told.out
    drawn = Draw.load(last)
    assert isinstance(drawn.turn, Waiting)
    first, second = (record.past for record in drawn.earlier)
    for stratum, lots in drawn.turn.lots(drawn.frame.sizes()).items():
        waited = [stratum in past.present for past in (first, second)]
        if stratum in first.drawn:
            waited[0] = False
        assert lots == 1 if stratum in second.drawn else lots == 1 + sum(waited), stratum
    with ledger_of(tmp_path) as ledger:
        assert ledger.check().ok
    write_month(tmp_path, "2026-10", count=60)
    (tmp_path / "packs" / "2026-08" / "draw.json").rename(tmp_path / "hidden.json")
    with pytest.raises(ConflictError, match="of 2026-08 is registered here and counts"):
        go(tmp_path, period="2026-10")


def test_a_promise_is_made_without_writing_anything(folder: Path) -> None:
    with nothing_changes(folder):
        promise = promise_of(job(folder))
    assert promise.letters == 8


# How verdicts will be read


def test_a_freeze_states_the_method_and_a_later_configuration_leaves_it(folder: Path) -> None:
    """'Method and confidence stand in the ledger beforehand'"""
    path = folder / "ceosample.toml"
    path.write_text(path.read_text("utf-8").replace("# tolerable =", "tolerable ="), "utf-8")
    go(folder)
    path.write_text(path.read_text("utf-8").replace('confidence = "0.95"', 'confidence = "0.9"'))
    go(folder, SEED)
    with ledger_of(folder) as ledger:
        told = [event for event in ledger.events() if event.kind == "method_stated"]
        drawn = next(event for event in ledger.events() if event.kind == "drawn")
    (stated,) = told
    assert (stated.payload["confidence"], stated.payload["tolerable"]) == ("0.95", "0.05")
    assert stated.sequence < drawn.sequence
    assert "inference" not in (packs(folder) / "draw.json").read_text("utf-8")


def test_a_configuration_without_the_table_states_no_method(folder: Path) -> None:
    path = folder / "ceosample.toml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("[inference]", "").replace('confidence = "0.95"', ""), "utf-8")
    go(folder)
    assert kinds(folder) == ["opened", "rules", "frozen"]
