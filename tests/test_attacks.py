"""Attacks on what is published of a draw: who names them, and where none of the files can.

The page of threats has a row for each change. Its levels are what ``verify`` says of these months,
over every change that the corpus makes, with and without the digests made right.
"""

from __future__ import annotations

import json
import re
import shutil
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

import ceosample as cs
import months
from browser import opened
from ceosample.canonical import canonical_file
from ceosample.verification import Level, verifier_page
from ceosample.verifier.page import VERIFIER
from generated_months import _CHANGES, generated, tampered
from pages import PROJECT
from test_verify_in_sql import in_sql, written
from verifier_cases import Case, script_for

THREATS = PROJECT / "docs" / "threats.md"

#: Months, and changes of each: enough for every change to come, as it is and made right.
MONTHS, TRIES = 12, 40

RIGHT = ", made right"


def verdict(files: dict[str, bytes]) -> cs.VerificationReport:
    earlier = [files[name] for name in sorted(files) if name.startswith("earlier")]
    tables = (files["manifest.csv"], files["exclusions.csv"])
    return cs.verification.verify_record(files["draw.json"], *tables, earlier=earlier)


@cache
def corpus() -> dict[str, dict[str, dict[str, bytes]]]:
    """By what was changed, and by the level that was found, the first such record.

    A change that changes nothing is left out: a commitment that was made right again, or letters
    that moved from a month's only stratum into itself.
    """
    found: dict[str, dict[str, dict[str, bytes]]] = defaultdict(dict)
    for number in range(MONTHS):
        month = generated(number)
        for trial in range(TRIES):
            what, files = tampered(month, number * 1000 + trial)
            if files != month:
                report = verdict(files)
                assert report.ok == (report.level == Level.REPRODUCED)
                found[what].setdefault(report.level.name, files)
    return found


def table() -> dict[str, list[str]]:
    """The rows of the page of threats about changed files, by the change."""
    section = THREATS.read_text("utf-8").partition("## Changes of a record")[2]
    rows = re.findall(r"^\| \*(.+?)\* \|(.*)\|$", section.partition("\n## ")[0], re.M)
    return {what: [cell.strip() for cell in cells.split("|")] for what, cells in rows}


@pytest.mark.slow
def test_the_page_has_a_row_for_each_change_with_the_levels_that_are_found() -> None:
    names = [change.__name__[1:].replace("_", " ") for change in _CHANGES]
    assert sorted(table()) == sorted(names)
    for name in names:
        plain, right = (set(re.findall("`([A-Z]+)`", cell)) for cell in table()[name][1:3])
        assert plain == {*corpus()[name]}, name
        assert right == {*corpus().get(f"{name}{RIGHT}", {})}, name


@pytest.mark.slow
def test_what_passes_is_another_draw_that_only_the_ledger_or_paper_tells_apart(
    tmp_path: Path,
) -> None:
    """A plan with more reserves, in strata that have no more units, draws the same letters. Its
    commitment is another, and the ledger has the one that was frozen."""
    passing = {
        what: found["REPRODUCED"] for what, found in corpus().items() if "REPRODUCED" in found
    }
    assert [*passing] == [f"plan has more reserves{RIGHT}"]
    with months.open_ledger() as ledger:
        month = months.sent(ledger)
        plan = cs.Plan(size=months.PLAN.size, reserves=months.PLAN.reserves + 3)
        other = cs.draw(months.frame_of(), plan, months.SEED)
        other.save(tmp_path)
        assert cs.verify(tmp_path).ok  # the files agree with themselves
        with pytest.raises(cs.errors.ConflictError):
            ledger.register(other, by=months.SAMPLER, at=months.AT)
        head = month.registration.previous
        with pytest.raises(cs.errors.LedgerError, match="is not the one registered for"):
            ledger.receipt(other, head=head, dated=months.AT, rolled=months.LATER)


def as_the_table_says(level: str, cell: str, said: str, left_out: set[str]) -> bool:
    """Whether what SQL says of a record is what the last column of its row has."""
    if said == level:
        return True
    unchecked = any(part.startswith("how many letters each stratum has") for part in left_out)
    passed = said == "REPRODUCED" and "*not checked here*" in cell
    return unchecked and (passed or f"`{said}`" in cell)


def test_page_and_sql_name_what_the_table_has(
    tmp_path: Path, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page names the same of every change, as it is and made right. SQL is given one record of
    each, and all of those of which the table says more than *the same*."""
    cases = [
        (what.removesuffix(RIGHT), level, Case.of(what, files))
        for what, levels in corpus().items()
        for level, files in levels.items()
    ]
    with opened(browser, written(tmp_path, {VERIFIER: verifier_page()}) / VERIFIER) as room:
        shown = room.page.evaluate(f"() => {{ {script_for([case for *_, case in cases])} }}")
    assert shown == [case.told for *_, case in cases]
    tried: set[str] = set()
    for what, level, case in cases:
        cell = table()[what][3]
        if what in tried and cell == "the same":
            continue
        tried.add(what)
        folder = tmp_path / case.what / level
        folder.mkdir(parents=True)
        (said, _, _), left_out = in_sql(written(folder, case.files), monkeypatch)
        assert as_the_table_says(level, cell, said, left_out), (case.what, level, said)
    assert tried == {*table()}


def test_a_reason_that_no_response_has_is_a_difference() -> None:
    """Reasons are data: a count for one that is not in the table is no unknown name of the scheme,
    to be ignored."""
    for number in range(MONTHS):
        files = generated(number)
        record: dict[str, Any] = json.loads(files["draw.json"])
        record["frame"]["exclusions"]["withdrawn"] = 46
        report = verdict({**files, "draw.json": canonical_file(record)})
        assert (report.level, report.first_difference) == (
            Level.FRAME,
            "frame, exclusions, withdrawn: the record has 46; no response was left out for it",
        )


def test_a_response_that_was_moved_to_another_division_is_another_frame(tmp_path: Path) -> None:
    """After the freeze the digest shows it; before it, each division's count is what the register
    has to be compared with."""
    with months.open_ledger() as ledger:
        months.sent(ledger).draw.save(tmp_path / months.PERIOD)
        table = tmp_path / months.PERIOD / "manifest.csv"
        table.write_bytes(table.read_bytes().replace(b"C-0,Cards", b"C-0,Loans"))
        report = cs.verify(tmp_path / months.PERIOD)
        assert (report.ok, report.level) == (False, Level.FRAME)
        shutil.rmtree(tmp_path / months.PERIOD)

        rows = [{"id": f"C-{i}", "division": "Cards" if i else "Loans"} for i in range(6)]
        rows += [{"id": f"L-{i}", "division": "Loans"} for i in range(4)]
        moved = cs.Frame.from_records(rows, **months.MONTH, unit_id="id", strata=["division"])
        with pytest.raises(cs.errors.ConflictError):  # the month is frozen, and its seed is out
            ledger.freeze(moved, months.PLAN, seed_source="dice", by=months.SAMPLER, at=months.AT)


def test_a_unit_that_was_moved_keeps_its_ticket() -> None:
    """Moving a letter does not draw it anew: the ticket knows no division."""

    def tickets(draw: cs.Draw) -> dict[str, str]:
        drawn: list[Any] = [*draw.selections, *draw.reserves]
        return {one.unit_id: one.ticket for one in drawn}

    rows = [{"id": f"C-{i}", "division": "Cards" if i % 2 else "Loans"} for i in range(10)]
    frames = [
        cs.Frame.from_records(
            [{**row, **({"division": "Loans"} if row["id"] == "C-1" else {})} for row in given],
            **months.MONTH, unit_id="id", strata=["division"],
        )
        for given in ([row for row in rows if row["id"] != "C-1"], rows)
    ]  # fmt: skip
    one, two = (tickets(cs.draw(frame, months.PLAN, months.SEED)) for frame in frames)
    assert {unit: one[unit] for unit in one.keys() & two.keys()} == {
        unit: two[unit] for unit in one.keys() & two.keys()
    }
    assert one.keys() & two.keys()
