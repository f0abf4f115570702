"""The real thing: 76 months of complaints about one bank, drawn, verified, rendered, signed."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pypdf
import pytest

import ceosample as cs

DATA = "data/cfpb-one-bank-2017-05-to-2023-08.csv.gz"
NOW = dt.datetime(2023, 8, 7, 9, tzinfo=dt.UTC)
SEED = cs.Seed.from_dice("83019274650192837465", witnesses=["internal audit", "executive office"])
MONTHS = [f"{year}-{month:02}" for year in range(2017, 2024) for month in range(1, 13)][4:80]


@cache
def complaints(path: Path) -> dict[str, list[dict[str, str]]]:
    """The rows by the month in which the bureau received them."""
    months: dict[str, list[dict[str, str]]] = {}
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            open_yet = row["Company response to consumer"] == "In progress"
            row["why_excluded"] = "in-progress" if open_yet else ""
            months.setdefault(row["Date submitted"][:7], []).append(row)
    return months


def frame_of(rows: Sequence[dict[str, str]], period: str) -> cs.Frame:
    return cs.Frame.from_records(
        [{**row, "why_excluded": row["why_excluded"] or None} for row in rows],
        population="complaint-responses",
        period=period,
        unit_id="Complaint ID",
        strata=["Product"],
        exclusion="why_excluded",
        control_total=len(rows),
    )


def test_there_are_76_months(shared: Path) -> None:
    assert sorted(complaints(shared / DATA)) == MONTHS


@pytest.mark.parametrize("period", MONTHS)
@pytest.mark.slow
def test_every_month_draws_and_verifies(shared: Path, period: str) -> None:
    frame = frame_of(complaints(shared / DATA)[period], period)
    draw = cs.draw(frame, cs.Plan(size=12), SEED)
    manifest, excluded, record = draw.files().values()
    report = cs.verification.verify_record(record, manifest, excluded)
    assert report.ok, report.first_difference
    assert len(draw) == 12
    assert {s.stratum for s in draw.selections} == set(frame.sizes())


@pytest.mark.slow
def test_july_2023_from_the_table_to_the_count_of_what_was_signed(
    shared: Path, tmp_path: Path
) -> None:
    rows = complaints(shared / DATA)["2023-07"]
    frame = frame_of(rows, "2023-07")
    assert len(rows) == 1749
    assert frame.exclusions == {"in-progress": 863}
    assert frame.count == 886
    assert len(frame.sizes()) == 8
    plan = cs.Plan(size=12, minimum=1, reserves=2)
    by_id = {row["Complaint ID"]: row for row in rows}
    asked: list[Sequence[str]] = []

    def contents(unit_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        asked.append(unit_ids)
        return {unit_id: fields(by_id[unit_id]) for unit_id in unit_ids}

    url = f"sqlite:///{tmp_path / 'signoff.db'}"
    folder = tmp_path / "2023-07"
    with cs.Ledger.open(url) as ledger:
        ledger.freeze(frame, plan, seed_source="dice", by="sampling", at=NOW)
        draw = cs.draw(frame, plan, SEED)
        draw.save(folder)
        event = ledger.register(draw, by="sampling", at=NOW)
        pack = cs.render(
            draw,
            contents,
            signatory=cs.Signatory("ceo", "Margaret Llewelyn", "Chief Executive"),
            date=NOW.date(),
            registration=event.hash,
            pdf=True,
        )
        pack.save(folder)
        ledger.send(pack, by="executive office", at=NOW)
    assert asked == [draw.unit_ids]
    assert cs.verify(folder).level is cs.verification.Level.REPRODUCED
    assert_pages(folder, draw, by_id)

    with cs.Ledger.open(url) as ledger:
        pack = cs.Pack.load(folder)
        for letter in list(pack)[:9]:
            ledger.sign(letter.unit_id, letter=letter.digest, by="ceo", at=NOW)
        events = ledger.events(population="complaint-responses", period="2023-07")
        coverage = cs.signoff_coverage(events)
        assert ledger.check().ok
    assert str(coverage.signoff) == "9 of 12 selected letters signed in person (75.0 %)"
    assert (coverage.completion.count, coverage.completion.of) == (9, 12)
    assert coverage.stratum_reach.of == 8


def fields(row: dict[str, str]) -> dict[str, Any]:
    """A letter from the row's own fields: the public data have neither names nor texts."""
    return {
        "letter": {
            "recipient": f"Complainant {row['Complaint ID']}",
            "address": [row["State"] or "State not stated"],
            "salutation": "Dear complainant,",
            "subject": row["Issue"],
            "body": (
                f"You complained about {row['Sub-product'] or row['Product']} on "
                f"{row['Date submitted']}.\n\nOur response: {row['Company response to consumer']}."
            ),
            "closing": "Yours sincerely,",
        },
        "docket": {
            "division": row["Product"],
            "contacts": {row["Submitted via"]: 1},
            "received": row["Date submitted"],
        },
    }


def assert_pages(folder: Path, draw: cs.Draw, by_id: dict[str, dict[str, str]]) -> None:
    """The pack holds a docket and a letter for each; a letter for posting has no docket."""
    pack = pypdf.PdfReader(folder / "pack.pdf")
    texts = [page.extract_text() for page in pack.pages]
    assert "12 of 886 eligible responses" in " ".join(texts[0].split())
    assert sum("not posted" in text for text in texts) == 12
    for unit_id in draw.unit_ids:
        assert any(f"Complainant {unit_id}" in text for text in texts)
    for path in sorted((folder / "letters").glob("*.pdf")):
        text = "".join(page.extract_text() for page in pypdf.PdfReader(path).pages)
        assert "I approve this response" in " ".join(text.split())
        assert "not posted" not in text
