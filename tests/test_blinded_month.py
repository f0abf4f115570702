"""A whole month of the command with blinded ids: papers show the number, public files a hash."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import stat
from pathlib import Path

import pytest

import ceosample as cs
from ceosample.sampling.blinding.salts import load
from command import Ended, asked_at
from inputs import configure, write_month
from months import AT, PERIOD

DICE = "83019274650192837465"
RUN = ("run", "--period", PERIOD, "--at", AT.isoformat())
WITH_DICE = (*RUN, "--dice", DICE, "--witness", "internal audit", "--witness", "office")
PUBLIC = ("draw.json", "manifest.csv", "exclusions.csv")


def command(*arguments: str, folder: Path) -> Ended:
    return asked_at(AT, *arguments, folder=folder)


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Ended]]:
    """A month that was frozen, drawn, rendered and sent."""
    folder = tmp_path_factory.mktemp("blinded")
    write_month(folder, PERIOD, count=60)
    configure(
        folder, ("size = 12", "size = 8"), ("# pdf = true ", "pdf = false "),
        ('# salts = "salts.csv"', 'salts = "private/salts.csv"'),
    )  # fmt: skip
    ended = [command(*line, folder=folder) for line in (("check",), RUN)]
    ended += [command(*WITH_DICE, "--log", "run.log", folder=folder)]
    assert [one.code for one in ended] == [0, 75, 0], ended
    return folder, ended


@pytest.fixture
def month(begun: tuple[Path, list[Ended]], tmp_path: Path) -> Path:
    return Path(shutil.copytree(begun[0], tmp_path / "month"))


def drawn(folder: Path) -> list[str]:
    record = json.loads((folder / "packs" / PERIOD / "draw.json").read_bytes())
    return [one["unit_id"] for one in record["selections"]]


def test_a_check_and_a_plan_write_no_salts(month: Path) -> None:
    """'this draws and writes nothing'"""
    shutil.rmtree(month / "private")
    for line in (("check", "--period", "2026-11"), ("plan", "--period", PERIOD)):
        command(*line, folder=month)
    assert not (month / "private").exists()


def test_the_job_blinds_every_response_of_the_month(begun: tuple[Path, list[Ended]]) -> None:
    folder, _ = begun
    salts = load(folder / "private/salts.csv")
    assert stat.S_IMODE((folder / "private/salts.csv").stat().st_mode) == 0o600
    with (folder / f"responses-{PERIOD}.csv").open(encoding="utf-8") as table:
        assert {row["response_id"] for row in csv.DictReader(table)} == {*salts.by_number}
    public = b"".join((folder / "packs" / PERIOD / name).read_bytes() for name in PUBLIC[1:])
    ids = [line.split(",")[0] for line in public.decode().splitlines()]
    assert {*ids} - {"unit_id"} == {*salts.numbers}


def test_papers_show_the_number_and_the_letter_the_code(begun: tuple[Path, list[Ended]]) -> None:
    """'docket, room and letter show the firm's number; the customer's letter carries the salt as a
    code'"""
    folder, _ = begun
    salts, place = load(folder / "private/salts.csv"), folder / "packs" / PERIOD
    pack = cs.Pack.load(place)
    assert [letter.unit_id for letter in pack] == drawn(folder)
    pages = {name: (place / name).read_text("utf-8") for name in ("pack.html", "room.html")}
    for letter in pack:
        number = salts.numbers[letter.unit_id]
        words = " ".join(str(letter).split())
        assert f"Our reference: {number}" in words
        assert f"Your code in the draw: {salts.code_of(number)}" in words
        for name, page in pages.items():
            assert page.count(f"<bdi>{number}</bdi>") >= 2, name  # the list and its docket
            assert f"<bdi>{letter.unit_id}</bdi>" not in page, name


def test_numbers_and_codes_are_in_no_public_file_no_log_and_no_ledger(month: Path) -> None:
    """'Salt codes and numbers never appear in logs, errors, ledger or public records (a byte
    test)'"""
    unit_id = drawn(month)[0]
    ended = [
        command(*line, folder=month)
        for line in (
            ("record", "signed", unit_id, "--by", "ceo"),
            ("ledger", "letter", unit_id),
            ("status",),
            ("export", "events.jsonl"),
            ("export", "letters.csv"),
            ("metrics", "--check"),
            ("verify", f"packs/{PERIOD}", "--ledger"),
            ("report", "--out", "board.html"),
            ("record", "signed", "CR-none", "--by", "ceo"),
        )
    ]
    assert [one.code for one in ended[:-1]] == [0] * (len(ended) - 1), ended
    files = [month / "signoff.db", month / "run.log", month / "events.jsonl"]
    files += [month / "letters.csv", month / "board.html"]
    files += [month / "packs" / PERIOD / name for name in (*PUBLIC, "pack.json")]
    seen = {path.name: path.read_bytes() for path in files}
    seen["spoken"] = "".join(one.out + one.err for one in ended).encode()
    salts = load(month / "private/salts.csv")
    secrets = [*salts.by_number, *map(salts.code_of, salts.by_number)]
    secrets += [salt.hex() for salt in salts.by_number.values()]
    found = [
        (name, secret)
        for name, data in seen.items()
        for secret in secrets
        if secret.encode() in data
    ]
    assert found == []
    assert all(unit_id.encode() in seen[name] for name in ("signoff.db", "events.jsonl"))


def test_what_the_run_says_holds_no_number(begun: tuple[Path, list[Ended]]) -> None:
    folder, ended = begun
    said = "".join(one.out + one.err for one in ended)
    assert [n for n in load(folder / "private/salts.csv").by_number if n in said] == []


def test_faults_of_the_source_and_the_contents_hold_no_number(tmp_path: Path) -> None:
    write_month(tmp_path, PERIOD, count=40)
    configure(tmp_path, ("size = 12", "size = 8"), ("# pdf = true ", "pdf = false "),
              ('# salts = "salts.csv"', 'salts = "salts.csv"'))  # fmt: skip
    table, letters = tmp_path / f"responses-{PERIOD}.csv", tmp_path / f"letters-{PERIOD}.jsonl"
    rows = table.read_text("utf-8").splitlines(keepends=True)
    table.write_text("".join([*rows, rows[1]]), "utf-8")
    twice = command(*RUN, folder=tmp_path)
    assert (twice.code, "got the number of row 1 again" in twice.err) == (65, True)
    assert not (tmp_path / "salts.csv").exists()
    table.write_text("".join(rows), "utf-8")
    lines = letters.read_text("utf-8").splitlines()
    letters.write_text("\n".join([*lines, *lines]) + "\n", "utf-8")
    command(*RUN, folder=tmp_path)
    said = command(*WITH_DICE, folder=tmp_path)
    assert (said.code, "appears in the file before" in said.err) == (65, True)
    numbers = [*load(tmp_path / "salts.csv").by_number]
    assert [number for number in numbers if number in twice.err + said.err] == []


def test_explain_takes_the_number_and_the_code(month: Path) -> None:
    salts = load(month / "private/salts.csv")
    number = salts.numbers[drawn(month)[0]]
    office = command("explain", number, folder=month)
    assert office.out.startswith(f"{number}: drawn (complaint-responses, {PERIOD})\n")
    assert f"its blinded id, made of the number and the code: {drawn(month)[0]}" in office.out
    place, code = f"packs/{PERIOD}", salts.code_of(number)
    customer = command("explain", number, place, "--code", code, "--for", "customer", folder=month)
    assert customer.out.startswith(f"Your reference {number} was chosen")
    without = command("explain", number, place, folder=month)
    assert "in no file of this month" in without.out


def test_addresses_may_go_by_the_number(month: Path) -> None:
    salts, unit_id = load(month / "private/salts.csv"), drawn(month)[0]
    number = salts.numbers[unit_id]
    assert command("record", "signed", unit_id, "--by", "ceo", folder=month).code == 0
    (month / "to.csv").write_text(f"unit_id,address\n{number},ann@example.org\n", "utf-8")
    line = ("mail", unit_id, "--period", PERIOD, "--to", "to.csv", "--out", "drafts",
            "--from", "office@example.org")  # fmt: skip
    written = command(*line, folder=month)
    assert written.code == 0, written.err
    (draft,) = (month / "drafts").iterdir()
    assert b"To: ann@example.org" in draft.read_bytes()
    (month / "to.csv").write_text("unit_id,address\n", "utf-8")
    lacking = command(*line, folder=month)
    assert (lacking.code, number in lacking.err) == (65, False)


def test_salts_do_not_lie_where_files_are_handed_out(month: Path) -> None:
    configure(month, ('salts = "private/salts.csv"', 'salts = "packs/salts.csv"'))
    ended = command("check", folder=month)
    said = "source.salts: got 'packs/salts.csv', a path in output.folder"
    assert (ended.code, said in " ".join(ended.out.split())) == (78, True), ended


def test_lost_salts_cost_the_link_and_not_the_proof(month: Path) -> None:
    """'Lost salts cost the link, not the proof: a test shows it'"""
    (month / "private/salts.csv").unlink()
    proved = command("verify", f"packs/{PERIOD}", "--ledger", folder=month)
    assert (proved.code, "ok: REPRODUCED" in proved.out) == (0, True)
    again = command("rework", drawn(month)[0], "--period", PERIOD, "--by", "ceo", folder=month)
    assert again.code != 0


def test_a_lost_frame_comes_back_from_source_and_salts(month: Path) -> None:
    for name in PUBLIC:
        (month / "packs" / PERIOD / name).unlink()
    told = command("rebuild", PERIOD, folder=month)
    assert (told.code, (month / "packs" / PERIOD / "draw.json").exists()) == (0, True), told


def test_the_attendance_sheet_s_table_goes_by_ids(begun: tuple[Path, list[Ended]]) -> None:
    folder, _ = begun
    table = folder / "packs" / PERIOD / "attendance.csv"
    rows = csv.DictReader(io.StringIO(table.read_bytes().decode("utf-8-sig")))
    assert [row["unit_id"].lstrip("'") for row in rows] == drawn(folder)
    assert all(re.fullmatch("[0-9a-f]{64}", unit_id) for unit_id in drawn(folder))
