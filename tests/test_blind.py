"""Blinded ids: one formula, a private file of salts, tables of every kind."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path
from shutil import which
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ceosample as cs
import needed
from ceosample.errors import FrameError, LetterError, RecordError
from ceosample.sampling.blinding.code import code_of, salt_of
from ceosample.sampling.blinding.formula import blinded_id
from ceosample.sampling.blinding.salts import load
from ceosample.sealed.typed import ALPHABET
from ceosample.verification import DrawOutcome, explain
from pages import PROJECT

RECORD = (PROJECT / "docs/record.md").read_text("utf-8")
SALTS = st.binary(min_size=32, max_size=32)
ROWS = [{"id": f"CR-{n}", "division": division} for n, division in enumerate("AABBCC")]
KINDS: dict[str, Callable[[list[dict[str, Any]]], Any]] = {
    "records": lambda rows: rows,
    "pandas": lambda rows: pd.DataFrame(rows, index=range(10, 10 + len(rows))),
    "pandas, Arrow's texts": lambda rows: pd.DataFrame(rows).convert_dtypes(
        dtype_backend="pyarrow"
    ),
    "polars": pl.DataFrame,
    "pyarrow": pa.Table.from_pylist,
}


def bytes_from(start: int = 0) -> Callable[[int], bytes]:
    """Bytes that are as good as random, and the same each time."""
    count = start

    def random(size: int) -> bytes:
        nonlocal count
        count += 1
        return hashlib.sha256(str(count).encode()).digest()[:size]

    return random


def blind(table: Any, path: Path, start: int = 0) -> Any:
    return cs.blind(table, unit_id="id", salts=path, random=bytes_from(start))


def rows_of(table: Any) -> list[dict[str, Any]]:
    if isinstance(table, list):
        return table
    if isinstance(table, pd.DataFrame):
        return [{str(name): cell for name, cell in row.items()} for row in table.to_dict("records")]
    rows = table.to_dicts() if isinstance(table, pl.DataFrame) else table.to_pylist()
    return [*rows]


# The formula


@given(SALTS, st.text(st.characters(codec="utf-8"), min_size=1, max_size=20))
def test_the_id_is_the_hash_that_the_page_says(salt: bytes, number: str) -> None:
    """'blinded_id = SHA-256( netstring("ceosample/1") netstring("blind") netstring(salt)
    netstring(number) ), 64 lower-case hex digits'"""
    parts = [b"ceosample/1", b"blind", salt, number.encode()]
    said = b"".join(str(len(part)).encode() + b":" + part + b"," for part in parts)
    assert blinded_id(salt, number) == hashlib.sha256(said).hexdigest()


def test_the_page_s_examples_come_out() -> None:
    """'The salt of the bytes 0, 1, ..., 31 has the code ...'"""
    salt = bytes(range(32))
    flat = " ".join(RECORD.split())
    assert f"has the code `{code_of(salt)}`" in flat
    for number in ("CR-1042", "Beschwerde Nº 7"):
        assert f"`{number}` becomes `{blinded_id(salt, number)}`" in flat


def test_the_page_s_javascript_gives_the_same() -> None:
    """'implementable in a few lines of JavaScript'"""
    needed.need(which("node"), "no node, which runs the page's lines")
    (lines,) = re.findall(r"\n((?:    const .*\n|      .*\n)+)\nThe salt of", RECORD)
    code = (
        'const sha256 = (u) => require("crypto").createHash("sha256").update(u).digest("hex");'
        f"{lines}"
        "const salt = Uint8Array.from({length: 32}, (_, i) => i);"
        'console.log(blinded(salt, " Beschwerde N\\u00ba 7"));'
    )
    done = subprocess.run(["node", "-e", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == blinded_id(bytes(range(32)), "Beschwerde Nº 7")


@given(SALTS)
def test_a_code_leads_back_to_its_salt_however_it_is_typed(salt: bytes) -> None:
    """'A reader ignores capitals, white space and hyphens. It reads i and l as 1, and o as 0'"""
    code = code_of(salt)
    assert re.fullmatch(f"[{ALPHABET}]{{4}}(-[{ALPHABET}]{{4}}){{12}}", code)
    bits = 0
    for character in code.replace("-", ""):
        bits = bits * 32 + ALPHABET.index(character)
    assert bits == int.from_bytes(salt) * 16 + int(hashlib.sha256(salt).hexdigest()[0], 16)
    typed = code.upper().replace("-", " ").replace("0", "O").replace("1", "l")
    assert salt_of(code) == salt_of(typed) == salt


@given(SALTS, st.data())
def test_a_slip_in_a_code_gives_no_line_of_another(salt: bytes, data: st.DataObject) -> None:
    characters = [*code_of(salt).replace("-", "")]
    place = data.draw(st.integers(0, 51))
    characters[place] = data.draw(st.sampled_from(ALPHABET.replace(characters[place], "")))
    typed = "".join(characters)
    try:
        found = salt_of(typed)
    except RecordError as error:
        found, said = None, str(error)
    else:
        said = ""  # 1 of 16 slips passes the check
    assert (found == salt, typed in said) == (False, False)


def test_the_check_finds_nearly_all_slips() -> None:
    code = code_of(bytes(range(32))).replace("-", "")
    missed = 0
    for place in range(51):
        slip = code[:place] + ALPHABET[ALPHABET.index(code[place]) ^ 1] + code[place + 1 :]
        try:
            missed += salt_of(slip) is not None
        except RecordError:
            continue
    assert missed < 10  # of 51; 1 in 16 by chance


# The table


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_of_every_kind_comes_back_as_its_kind(kind: str, tmp_path: Path) -> None:
    """'which dataframe kinds it takes is what Frame.from_dataframe takes, returns the same kind'"""
    table = KINDS[kind](ROWS)
    made = blind(table, tmp_path / "salts.csv")
    salts = load(tmp_path / "salts.csv")
    assert type(made) is type(table)
    assert rows_of(made) == [{**row, "id": salts.id_of(row["id"])} for row in ROWS]
    if isinstance(table, pd.DataFrame):
        assert made.index.equals(table.index)
    frame = (cs.Frame.from_records if kind == "records" else cs.Frame.from_dataframe)(
        made, population="p", period="2026-10", unit_id="id", strata=["division"]
    )
    assert frame.sizes() == {("A",): 2, ("B",): 2, ("C",): 2}


def test_the_same_file_gives_the_same_ids_and_new_numbers_get_new_salts(tmp_path: Path) -> None:
    """'a second blind of the same month with the same salts file gives the same ids'"""
    path = tmp_path / "salts.csv"
    first = blind(ROWS[:4], path)
    again = blind(ROWS, path, start=900)
    assert again[:4] == first
    assert len({row["id"] for row in again}) == 6
    assert blind(list(reversed(ROWS)), path) == list(reversed(again))
    other = blind(ROWS, tmp_path / "other.csv", start=50)
    assert not {row["id"] for row in other} & {row["id"] for row in again}


def test_the_file_is_its_owner_s_alone_and_stays_so(tmp_path: Path) -> None:
    """'Salts stay in a file of mode 0600'"""
    tmp_path.chmod(0o755)
    before = os.umask(0)
    try:
        for rows in (ROWS[:2], ROWS):
            blind(rows, tmp_path / "salts.csv")
            assert stat.S_IMODE((tmp_path / "salts.csv").stat().st_mode) == 0o600
    finally:
        os.umask(before)
    assert {path.name for path in tmp_path.iterdir()} == {"salts.csv", ".salts.csv.lock"}
    assert (tmp_path / ".salts.csv.lock").read_bytes() == b""


@pytest.mark.parametrize(
    ("there", "mode", "said"),
    [
        (b"id,division\nCR-1,Cards\n", 0o600, "holds no salts, which was left unchanged"),
        (b"", 0o600, "does not end with one line feed"),
        (b"number,code\nCR-0,abc\n", 0o600, "line 2, code: got 3 characters that are not shown"),
        (b"number,code\n", 0o644, "has the mode 0644, so others can read it"),
    ],
)
def test_what_is_there_and_holds_no_salts_stays(
    there: bytes, mode: int, said: str, tmp_path: Path
) -> None:
    """'whole or not at all, refused when it exists'"""
    path = tmp_path / "salts.csv"
    path.write_bytes(there)
    path.chmod(mode)
    with pytest.raises(RecordError, match=re.escape(said)) as caught:
        blind(ROWS, path)
    assert "CR-" not in str(caught.value)
    assert path.read_bytes() == there


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["Ms Lee", "Ms Lee"], "row 2, column 'id': got the number of row 1 again"),
        (["Ms Lee "], "row 1, column 'id': got text of 7 characters: white space at an end"),
        ([1.5], "row 1, column 'id': got a float; convert it to text or a whole number"),
    ],
)
def test_a_wrong_number_is_told_by_its_row_and_never_shown(
    cells: list[Any], said: str, tmp_path: Path
) -> None:
    """'duplicates refused'; 'Salt codes and numbers never appear in [...] errors'"""
    with pytest.raises(FrameError) as caught:
        blind([{"id": cell} for cell in cells], tmp_path / "salts.csv")
    assert said in str(caught.value)
    assert "Lee" not in str(caught.value)
    assert not (tmp_path / "salts.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"unit_id": "nr"}, "column 'nr': not in the table; use one of 'id', 'division'"),
        ({"unit_id": 3}, "unit_id: got 3; give the name of a column"),
        ({"salts": ""}, "salts: got ''; give the path of a file"),
        ({"random": lambda size: b"7"}, "random: got 1 bytes; give what returns 32 random bytes"),
        ({"random": None}, "random: got None; give what returns 32 random bytes"),
    ],
)
def test_a_wrong_argument_is_told(arguments: dict[str, Any], said: str, tmp_path: Path) -> None:
    given: dict[str, Any] = {"unit_id": "id", "salts": tmp_path / "s.csv", "random": bytes_from()}
    with pytest.raises(FrameError, match=re.escape(said)):
        cs.blind(ROWS, **{**given, **arguments})
    assert not (tmp_path / "s.csv").exists()


def test_an_empty_row_is_no_row(tmp_path: Path) -> None:
    rows = [*ROWS[:1], {"id": None, "division": None}, *ROWS[1:2]]
    made = blind(rows, tmp_path / "salts.csv")
    assert (made[1], len(load(tmp_path / "salts.csv"))) == ({"id": None, "division": None}, 2)


# The scheme on blinded ids


def test_a_customer_s_code_shows_their_line_and_lost_salts_cost_the_link_alone(
    tmp_path: Path,
) -> None:
    """'a frame can be published without ids in clear and still be drawn again by anyone'; 'Lost
    salts cost the link, not the proof'"""
    path = tmp_path / "salts.csv"
    made = blind(ROWS, path)
    frame = cs.Frame.from_records(made, population="p", period="2026-10", unit_id="id",
                                  strata=["division"])  # fmt: skip
    drawn = cs.draw(frame, cs.Plan(size=3), cs.Seed.from_dice("8" * 19 + "1", witnesses=["a"]))
    drawn.save(tmp_path / "month")
    salts = load(path)
    for number in ("CR-0", "CR-1"):
        found = explain(tmp_path / "month", f" {number}\n", code=salts.code_of(number).upper())
        assert (found.number, found.name, found.unit_id) == (number, number, salts.id_of(number))
        chosen = found.unit_id in drawn.unit_ids
        assert found.outcome is (DrawOutcome.DRAWN if chosen else DrawOutcome.RESERVE)
        assert number in found.words("customer")
        assert found.unit_id not in found.words("customer")
    wrong = explain(tmp_path / "month", "CR-0", code=salts.code_of("CR-1"))
    assert wrong.outcome is DrawOutcome.ABSENT
    assert "your code" in wrong.words("customer")
    path.unlink()
    assert cs.verify(tmp_path / "month").level.name == "REPRODUCED"
    assert explain(tmp_path / "month", "CR-0").outcome is DrawOutcome.ABSENT
    with pytest.raises(RecordError, match=r"salts: got none for 3 of 3 .* restore the file"):
        load(path).numbers_of(drawn.unit_ids)


def test_a_stratum_of_one_tells_who_was_drawn_though_its_id_is_blinded(tmp_path: Path) -> None:
    """'small strata are named as a residual risk': here is the risk, by public files alone"""
    rows = [*ROWS, {"id": "CR-9", "division": "Yachts"}]
    frame = cs.Frame.from_records(blind(rows, tmp_path / "salts.csv"), population="p",
                                  period="2026-10", unit_id="id", strata=["division"])  # fmt: skip
    drawn = cs.draw(frame, cs.Plan(size=4), cs.Seed.from_dice("8" * 19 + "1", witnesses=["a"]))
    lines = drawn.files()["manifest.csv"].decode().splitlines()
    (yachts,) = (line.split(",")[0] for line in lines if line.endswith(",Yachts"))
    assert yachts in drawn.unit_ids
    assert "**Small strata.**" in (PROJECT / "docs/threats.md").read_text("utf-8")


def test_a_notebook_renders_by_its_numbers(tmp_path: Path) -> None:
    """'both the notebook and the scheduled job must be able to use it'"""
    path = tmp_path / "salts.csv"
    frame = cs.Frame.from_records(blind(ROWS, path), population="p", period="2026-10",
                                  unit_id="id", strata=["division"])  # fmt: skip
    drawn = cs.draw(frame, cs.Plan(size=3), cs.Seed.from_dice("8" * 19 + "1", witnesses=["a"]))
    fields = {"recipient": "A", "address": "1 High Street", "salutation": "Dear A,",
              "subject": "A fee", "body": "Sorry.", "closing": "Yours,"}  # fmt: skip
    rows = [{"unit_id": row["id"], **fields} for row in ROWS]
    tried = cs.check_contents(rows, frame=frame, salts=path)
    assert (tried.ok, tried.eligible, tried.without) == (True, 6, ())
    with pytest.raises(LetterError, match="row 7: got text of 4 characters again"):
        cs.check_contents([*rows, rows[0]], frame=frame, salts=path)
    asked = []

    def contents(numbers: Any) -> Any:
        asked.extend(numbers)
        letter = {"recipient": "A", "address": ["1 High Street"], "salutation": "Dear A,",
                  "subject": "A fee", "body": "Sorry.", "closing": "Yours,"}  # fmt: skip
        return {number: {"letter": letter, "docket": {"owner": "o-1"}} for number in numbers}

    pack = cs.render(
        drawn, contents, salts=path, pdf=False, date=cs.Period.parse("2026-11").first_day,
        signatory=cs.Signatory("ceo", "Margaret Llewelyn", "Chief Executive"),
    )  # fmt: skip
    salts = load(path)
    assert {salts.id_of(number) for number in asked} == {*drawn.unit_ids}
    for letter, number in zip(pack, asked, strict=True):
        assert (letter.unit_id, letter.shown) == (salts.id_of(number), number)
        assert f"Our reference: {number}" in str(letter)
        assert f"Your code in the draw: {salts.code_of(number)}" in " ".join(str(letter).split())
    assert json.loads(pack.data)["letters"][0]["unit_id"] == drawn.unit_ids[0]
    page = pack.rendered["pack.html"].decode()
    assert all(f"<bdi>{number}</bdi>" in page for number in asked)
    assert not any(f"<bdi>{unit_id}</bdi>" in page for unit_id in drawn.unit_ids)
