"""An office has every file that a room saved: the count of each, and which is the newest."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

from ceosample.errors import LedgerError
from ceosample.sampling.ticket import SCHEME
from ceosample.signoff.intake.decisions import Decisions
from ceosample.signoff.intake.newer_decisions import brought, newer_files, newer_on_record
from months import AT, CEO, Month, open_ledger, sent

SOON = dt.timedelta(minutes=1)


@pytest.fixture(scope="module")
def month() -> Iterator[Month]:
    with open_ledger() as opened:
        yield sent(opened)


def file_of(month: Month, *rows: Any, saved: dt.timedelta = SOON, **top: Any) -> bytes:
    fields = {
        "scheme": SCHEME, "pack": month.pack.digest, "saved_at": (AT + saved).isoformat(),
        "count": len(rows), "decisions": list(rows), **top,
    }  # fmt: skip
    return json.dumps(fields).encode()


def row(month: Month, place: int = 0, kind: str = "signed", **what: Any) -> dict[str, Any]:
    unit_id = month.draw.unit_ids[place]
    return {
        "unit_id": unit_id, "letter": month.pack[unit_id].digest, "kind": kind,
        "at": AT.isoformat(), "by": CEO, **what,
    }  # fmt: skip


# ---- The file ----------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
def test_a_file_is_read_as_an_editor_saved_it(month: Month, encoding: str) -> None:
    """'`decisions.json` with a byte order mark or in UTF-16 is taken like the tables.'"""
    text = file_of(month, row(month, kind="note", text="Grüße, Ωmega")).decode()
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    found = Decisions.from_json((mark + text).encode(encoding))
    assert found == Decisions.from_json(text.encode())


def test_a_file_is_named_as_it_is_called_and_known_by_its_ending(
    month: Month, tmp_path: Path
) -> None:
    """A table was answered as 'decisions.json'; Windows and scanners write endings in capitals."""
    capitals = tmp_path / "OCTOBER.JSON"
    capitals.write_bytes(file_of(month, row(month)))
    assert Decisions.read(capitals).name == "OCTOBER.JSON"
    assert len(Decisions.read(capitals).decisions) == 1
    table = tmp_path / "posted.csv"
    unit_id = month.draw.unit_ids[0]
    table.write_text(f"unit_id,code\n{unit_id},{month.pack[unit_id].code}\n", "utf-8")
    read = Decisions.read(table, kind="signed", by=CEO, at=AT)
    assert brought(read, (), 0).startswith("posted.csv: 0 decisions")


def test_what_begins_as_utf_16_and_is_not_is_told_by_its_byte() -> None:
    with pytest.raises(LedgerError, match=r"x\.json: not UTF-16 at byte 2; save it as UTF-8"):
        Decisions.from_json(b"\xff\xfe\x00\xd8", "x.json")


@pytest.mark.parametrize("count", [0, 1, 3, True, "2", [2], None])
def test_a_file_that_holds_another_number_than_it_says_is_refused(
    month: Month, count: object
) -> None:
    rows = [row(month), row(month, 1)]
    assert len(Decisions.from_json(file_of(month, *rows)).decisions) == 2
    with pytest.raises(LedgerError, match=r"count: .*the number of its decisions, 2, or find"):
        Decisions.from_json(file_of(month, *rows, count=count))


def test_a_file_without_a_count_is_taken_as_before(month: Month) -> None:
    fields = json.loads(file_of(month, row(month)))
    del fields["count"]
    assert len(Decisions.from_json(json.dumps(fields).encode()).decisions) == 1


# ---- Newer files in the folder -----------------------------------------------------------------


def said_of(month: Month, folder: Path, other: bytes, name: str) -> list[str]:
    """What is said of a file with one decision, next to another."""
    mine = folder / "decisions.json"
    mine.write_bytes(file_of(month, row(month)))
    (folder / name).write_bytes(other)
    return list(newer_files(mine, Decisions.read(mine)))


@pytest.mark.parametrize("name", ["decisions (1).json", "decisions-2026-10-3fa9c1d2.json"])
def test_a_newer_file_that_holds_more_is_named(month: Month, tmp_path: Path, name: str) -> None:
    """'`record` says when it takes less than a newer file of the same pack.'"""
    newer = file_of(month, row(month), row(month, 1), row(month, 2), saved=2 * SOON)
    (said,) = said_of(month, tmp_path, newer, name)
    assert said.startswith(f"decisions.json: is older than '{name}', saved at 20")
    assert "holds 2 decisions that this file does not, and lacks 0 of the 1 here" in said


def test_a_newer_file_that_took_a_decision_back_is_named(month: Month, tmp_path: Path) -> None:
    newer = file_of(month, row(month, kind="taken_over"), saved=2 * SOON)
    (said,) = said_of(month, tmp_path, newer, "decisions-2.json")
    assert "holds 1 decision that this file does not, and lacks 1 of the 1 here" in said


def test_what_is_no_newer_file_of_this_pack_is_passed_over(month: Month, tmp_path: Path) -> None:
    more = (row(month), row(month, 1))
    for name, other in (
        ("decisions-older.json", file_of(month, *more, saved=SOON / 2)),
        ("decisions-same.json", file_of(month, row(month), saved=2 * SOON)),
        ("decisions-pack.json", file_of(month, *more, saved=2 * SOON, pack="0" * 64)),
        ("decisions-broken.json", b"{"),
        ("something.json", file_of(month, *more, saved=2 * SOON)),
    ):
        assert said_of(month, tmp_path, other, name) == [], name


def test_a_folder_called_like_a_file_is_passed_over(month: Month, tmp_path: Path) -> None:
    (tmp_path / "decisions-old.json").mkdir()
    assert said_of(month, tmp_path, b"[]", "decisions-1.json") == []


# ---- Newer decisions on record -----------------------------------------------------------------


def test_a_file_older_than_what_is_on_record_is_told_of() -> None:
    with open_ledger() as ledger:
        month = sent(ledger)
        later = (AT + 2 * SOON).isoformat()
        old = Decisions.from_json(file_of(month, row(month)))
        new = Decisions.from_json(
            file_of(month, row(month), row(month, 1, at=later), saved=3 * SOON)
        )
        before = ledger.count
        assert newer_on_record(ledger.events(), old, before) is None
        events = ledger.record_all(new)
        assert brought(new, events, before).startswith(
            "decisions.json: 2 decisions about 2 letters, 2 of 2 new in the ledger; saved at "
        )
        assert newer_on_record(ledger.events(), new, before) is None, "its own are not earlier"
        before = ledger.count
        events = ledger.record_all(old)
        assert "1 decision about 1 letter, 0 of 1 new" in brought(old, events, before)
        said = newer_on_record(ledger.events(), old, before)
        assert said is not None
        assert f"already held 1 newer decision about this pack, the last of {later}" in said
        assert said.count(month.draw.unit_ids[1]) == 1
        other = attrs.evolve(old, pack="e" * 64)
        assert newer_on_record(ledger.events(), other, before) is None, "of another pack"
        # The clock that saved it was ahead, so it is older still; what was void is not counted.
        assert newer_on_record(ledger.events(), old, before, SOON) is not None
        void = next(e for e in ledger.events() if e.at == later)
        ledger.correct(void.hash, by="office", at=AT + 4 * SOON, reason_code="mistake")
        assert newer_on_record(ledger.events(), old, ledger.count) is None
