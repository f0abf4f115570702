"""An engine for the tickets of a frame in memory: the same letters and bytes, and only when asked.

'never unasked [...]; same bytes; print(frame) names it above a million rows'
"""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pytest

import ceosample as cs
from ceosample import job
from ceosample.configuration import Configuration
from ceosample.errors import ConfigurationError, FrameError, MissingPartError
from ceosample.sampling import engine as engines
from ceosample.sampling.engine import engine_of
from ceosample.sampling.frames.units import Unit
from ceosample.warehouse import columns

ABOUT: dict[str, Any] = {
    "population": "complaint-responses",
    "period": "2026-10",
    "unit_id": "id",
    "strata": ["division", "region"],
    "exclusion": "reason",
}
SEED = cs.Seed("83019274650192837465", source="dice", witnesses=["internal audit"])

#: Two large strata, a small one that is taken as a whole, names of two bytes a letter and more.
ROWS = {
    "id": [f"Gŵyn-{number}" if number % 3 else f"東京,{number}" for number in range(3000)],
    "division": ["Loans" if number % 2 else 'Cards, "old"' for number in range(2990)]
    + ["Few"] * 10,
    "region": ["Łódź"] * 3000,
    "reason": [None if number % 50 else "in-progress" for number in range(3000)],
}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The number of units, each time that the engine is asked."""
    found: list[int] = []
    lowest_among = columns.lowest_among

    def watched(units: Any, *more: Any) -> Any:
        found.append(len(units))
        return lowest_among(units, *more)

    monkeypatch.setattr(columns, "lowest_among", watched)
    return found


@pytest.mark.parametrize(
    "plan",
    [
        {"size": 30, "reserves": 2},
        {"size": 30, "allocation": "srs"},
        {"size": 30, "take_all": [("Few", "Łódź")], "reserves": 1},
    ],
)
def test_it_draws_the_same_letters_and_writes_the_same_bytes(
    plan: dict[str, Any], asked: list[int]
) -> None:
    ours = cs.Frame.from_dataframe(pa.table(ROWS), **ABOUT)
    theirs = cs.Frame.from_dataframe(pa.table(ROWS), engine="datafusion", **ABOUT)
    assert theirs == ours
    expected = cs.draw(ours, cs.Plan(**plan), SEED).files()
    assert asked == [], "an engine was asked unasked"
    assert cs.draw(theirs, cs.Plan(**plan), SEED).files() == expected
    assert asked == [ours.count]
    report = cs.verification.verify_record(
        expected["draw.json"],
        expected["manifest.csv"],
        expected["exclusions.csv"],
        engine="datafusion",
    )
    # Commas and quotation marks in names are for the strict reader alone, which reads by rows.
    assert report == cs.verification.verify_record(
        expected["draw.json"], expected["manifest.csv"], expected["exclusions.csv"]
    )
    assert report.level is cs.verification.Level.REPRODUCED


def test_it_verifies_a_folder_and_reports_the_same_differences(
    tmp_path: Path, asked: list[int]
) -> None:
    table = pa.table({"id": [f"CR-{n}" for n in range(500)], "team": ["A", "B"] * 250})
    about = {**ABOUT, "strata": ["team"], "exclusion": None}
    cs.draw(cs.Frame.from_dataframe(table, **about), cs.Plan(size=6), SEED).save(tmp_path)
    report = cs.verify(tmp_path, engine="datafusion")
    assert asked == [500]
    assert report == cs.verify(tmp_path)
    assert report.level is cs.verification.Level.REPRODUCED
    record = (tmp_path / "draw.json").read_bytes()
    (tmp_path / "draw.json").write_bytes(record.replace(b'"rank":1', b'"rank":2', 1))
    report = cs.verify(tmp_path, engine="datafusion")
    assert report == cs.verify(tmp_path)
    assert report.level is cs.verification.Level.SELECTION


def test_a_frame_without_strata_or_without_responses_is_asked_about_too() -> None:
    about = {**ABOUT, "strata": []}
    frame = cs.Frame.from_dataframe(pa.table(ROWS), engine="datafusion", **about)
    plain = cs.Frame.from_dataframe(pa.table(ROWS), **about)
    key = "0" * 32
    assert frame.lowest(key, {(): 5}) == plain.lowest(key, {(): 5})
    rested = frame.rest([unit.unit_id for unit in frame.units[1:]])
    assert rested.engine == "datafusion"
    assert [unit.unit_id for unit in rested.lowest(key, {(): 5})[()]] == [frame.units[0].unit_id]
    nothing = frame.rest([unit.unit_id for unit in frame.units])
    assert nothing.lowest(key, {(): 5}) == {(): []}


def test_another_engine_is_refused_before_anything_is_read() -> None:
    said = "engine: got 'spark'; use 'datafusion', or None"
    for work in (
        lambda: cs.Frame.from_dataframe(None, engine="spark", **ABOUT),  # type: ignore[arg-type]
        lambda: cs.verify("nowhere", engine="spark"),  # type: ignore[arg-type]
        lambda: cs.verification.verify_record(b"", engine="spark"),  # type: ignore[arg-type]
    ):
        with pytest.raises(FrameError) as raised:
            work()
        assert raised.value.faults == (said,)


def test_one_that_is_not_installed_is_named_with_the_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    missing: ModuleType | None = None
    monkeypatch.setitem(sys.modules, "datafusion", missing)
    with pytest.raises(MissingPartError, match=r"pip install 'ceosample\[datafusion\]'"):
        cs.Frame.from_dataframe(pa.table(ROWS), engine="datafusion", **ABOUT)
    with pytest.raises(MissingPartError, match='engine="datafusion" needs DataFusion'):
        cs.verify("nowhere", engine="datafusion")


def test_a_printed_frame_names_it_from_a_million_rows_on(monkeypatch: pytest.MonkeyPatch) -> None:
    assert engines.MANY == 1_000_000
    units = [Unit(f"CR-{number}", ()) for number in range(4)]
    frame = cs.Frame("p", cs.Period.parse("2026-10"), (), units)
    assert "engine" not in str(frame)
    monkeypatch.setattr(engines, "MANY", 3)
    assert 'engine="datafusion" draws from so many responses in less time' in str(frame)
    assert "engine=" in frame._repr_html_()
    with_one = cs.Frame("p", frame.period, (), units, engine="datafusion")
    assert str(with_one).endswith('tickets by engine="datafusion"')


def test_each_engine_is_there_to_be_loaded() -> None:
    for name in engines.ENGINES:
        engine_of(name).require_engine()


def _configured(folder: Path, source: str) -> Configuration:
    (folder / "ceosample.toml").write_text(
        f"""
[population]
name = "complaint-responses"
[source]
csv = "table.csv"
unit_id = "id"
{source}
[plan]
size = 2
[seed]
source = "dice"
[letters]
contents = "letters"
[signatory]
id = "ceo"
name = "Jane Roe"
title = "Chief Executive"
[ledger]
url = "sqlite:///signoff.db"
[output]
folder = "packs"
""",
        "utf-8",
    )
    return Configuration.load(folder / "ceosample.toml")


def test_a_source_names_it(tmp_path: Path, asked: list[int]) -> None:
    (tmp_path / "table.csv").write_text("id\nR-1\nR-2\nR-3\n", "utf-8")
    at = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
    drawn = []
    for source in ("", 'engine = "datafusion"'):
        month = job.Month(_configured(tmp_path, source), "2026-10", at)
        frame = job.read_source(month).frame
        drawn.append(cs.draw(frame, cs.Plan(size=2), SEED).record)
    assert drawn[0] == drawn[1]
    assert asked == [3]
    with pytest.raises(ConfigurationError, match=r"source\.engine: got 'spark'; give datafusion"):
        _configured(tmp_path, 'engine = "spark"')
