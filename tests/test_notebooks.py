"""The notebooks: what stands in them is what their code gives, and they follow their parameters."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pyarrow as pa
import pytest

import ceosample as cs
import console
from ceosample.demo import month
from firm import POPULATION, YEAR, Firm

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"
NAMES = ["coverage", "first-month", "planning", "verdicts", "warehouse"]
EXPORT = "data/cfpb-one-bank-2017-05-to-2023-08.csv.gz"
SEED = cs.Seed.from_dice("83019274650192837465", witnesses=["internal audit", "executive office"])

#: What a page would say that was made on another day or machine: paths, addresses, timings.
PASSING = re.compile(r"/(tmp|home|root|usr|Users)/|[A-Z]:\\|\bat 0x[0-9a-f]+|\b\d+(\.\d+)? m?s\b")


def read(path: Path) -> Any:
    return nbformat.read(path, as_version=4)


def words_of(notebook: Any) -> str:
    """All that its outputs say in words; pictures have an image's words."""
    parts: list[str] = []
    for output in (output for cell in notebook.cells for output in cell.get("outputs", ())):
        parts.append(output.get("text", ""))
        parts += [t for kind, t in output.get("data", {}).items() if kind.startswith("text/")]
    return re.sub(r"base64,[A-Za-z0-9+/=]+", "", "\n".join(parts))


def run_with(tmp_path: Path, name: str, **parameters: object) -> str:
    """What a notebook says that papermill ran with these parameters."""
    out = tmp_path / "out.ipynb"
    papermill.execute_notebook(
        FOLDER / f"{name}.ipynb", out, parameters, cwd=tmp_path, progress_bar=False
    )
    return words_of(read(out))


def test_all_notebooks_are_tried_here() -> None:
    assert [path.stem for path in sorted(FOLDER.glob("*.ipynb"))] == NAMES


@pytest.fixture(scope="module", autouse=True)
def _kernels() -> Iterator[None]:
    """Jupyter's Python 3 is here a kernel that need not import everything anew."""
    with console.kernels() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", str(folder))
        yield


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of all notebooks, executed by one run of the script.

    From copies without outputs, so nothing but the code can put them there.
    """
    folder = tmp_path_factory.mktemp("notebooks")
    for name in NAMES:
        bare = read(FOLDER / f"{name}.ipynb")
        for cell in bare.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        bare.metadata["kernelspec"]["display_name"] = "whoever's"
        nbformat.write(bare, folder / f"{name}.ipynb")
    shutil.copy(FOLDER / "execute.py", folder)
    done = subprocess.run(
        [sys.executable, folder / "execute.py"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [f"{name}.ipynb" for name in NAMES]
    return folder


@pytest.mark.parametrize("name", NAMES)
def test_what_stands_in_a_notebook_is_what_its_code_gives(name: str, executed: Path) -> None:
    committed = read(FOLDER / f"{name}.ipynb")
    for found, stood in zip(read(executed / f"{name}.ipynb").cells, committed.cells, strict=True):
        assert found.get("outputs") == stood.get("outputs"), f"cell {stood.id}"
    assert (executed / f"{name}.ipynb").read_bytes() == (FOLDER / f"{name}.ipynb").read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_can_be_read_in_ten_minutes_and_says_nothing_that_passes(name: str) -> None:
    """238 words a minute, code counted as words."""
    notebook = read(FOLDER / f"{name}.ipynb")
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert [cell.metadata.tags for cell in notebook.cells if cell.metadata] == [["parameters"]]
    assert len(" ".join(cell.source for cell in notebook.cells).split()) < 10 * 238
    assert all(output.output_type != "error" for cell in code for output in cell.outputs)
    assert not PASSING.search(words_of(notebook))


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_points_at_pages_that_are_there(name: str) -> None:
    notebook = read(FOLDER / f"{name}.ipynb")
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    targets = re.findall(r"\]\((?!https:)([^)]+)\)", text)
    assert targets
    assert [target for target in targets if not (FOLDER / target).is_file()] == []


def test_the_first_month_follows_its_parameters(tmp_path: Path) -> None:
    said = run_with(tmp_path, "first-month", period="2026-11", size=16)
    frame = cs.Frame.from_records(
        month("2026-11").responses, population=POPULATION, period="2026-11",
        unit_id="response_id", strata=["division"], exclusion="why_excluded", control_total=1200,
    )  # fmt: skip
    draw = cs.draw(frame, cs.Plan(size=16, minimum=1), SEED)
    assert repr(frame)[1:-1] in said
    assert f"16 of {frame.count} responses drawn" in said
    assert draw.digest in said
    assert "13 of 16 selected letters signed in person" in said


def test_the_first_month_reads_the_public_export(tmp_path: Path, shared: Path) -> None:
    with gzip.open(shared / EXPORT, "rt", encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["Date submitted"][:7] == "2023-07"]
    open_yet = sum(row["Company response to consumer"] == "In progress" for row in rows)
    said = run_with(tmp_path, "first-month", export=str(shared / EXPORT), period="2023-07")
    assert 0 < open_yet < len(rows)
    assert f"{len(rows) - open_yet} eligible in " in said
    assert f"{open_yet} left out" in said
    assert "ok: REPRODUCED" in said
    assert "9 of 12 selected letters signed in person (75.0 %)" in said
    assert "Here stands your answer: Closed with" in said
    assert "Chief Executive, and I approve this response." in said


def test_planning_follows_its_parameters(tmp_path: Path) -> None:
    said = run_with(tmp_path, "planning", size=20, minutes=60, per_letter=5, rotation_size=6)
    for words in ("20 of 1153 letters a month, about 100.0", "12 of 1153 letters a month, about"):
        assert words in said
    frame = cs.Frame.from_records(
        month("2026-10").responses, population=POPULATION, period="2026-10",
        unit_id="response_id", strata=["division"], exclusion="why_excluded",
    )  # fmt: skip
    turns = cs.Plan(size=6, rotation=cs.Rotation(months=3, start="2026-10"))
    assert str(turns.promise(frame)).splitlines()[-1] in said


def test_coverage_follows_its_parameters_and_reads_a_ledger_of_one_s_own(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'signoff.db'}"
    firm = Firm(url, 7)
    firm.months = YEAR[:3]
    with firm.ledger:
        firm.live()
    as_of = "2026-04-20T18:00:00+00:00"
    said = run_with(tmp_path, "coverage", ledger=url, first="2026-01", last="2026-03", as_of=as_of)
    with cs.Ledger.open(url, create=False) as ledger:
        events = list(ledger.events())
        assert ledger.head in said
    figures = cs.figures.metrics(
        events, population=POPULATION, first="2026-01", last="2026-03",
        as_of=dt.datetime.fromisoformat(as_of),
    )  # fmt: skip
    assert figures.title in said
    assert str(figures.sample.signoff) in said
    assert "2026-01 to 2026-03" in said


def test_verdicts_follow_their_parameters(tmp_path: Path) -> None:
    said = run_with(tmp_path, "verdicts", sizes=[500, 300], letters=[8, 5], first="2026-03")
    found = cs.inference.bound([(500, 8, 0), (300, 5, 0)])
    assert f"0 found: at most {found.upper} of 800" in said
    assert "In March 2026 to December 2026, 130 of 8000 responses were drawn." in said
    assert "1 of the 130 drawn has no verdict: 1 still open." in said


def test_the_warehouse_follows_its_parameters(tmp_path: Path) -> None:
    digits = "31415926535897932384"
    said = run_with(tmp_path, "warehouse", rows=3000, size=30, digits=digits, timings=True)
    assert len(re.findall(r"^(in memory|DuckDB|DataFusion.*): \d+\.\d\d s$", said, re.M)) == 4
    divisions = ["Current accounts"] * 9 + ["Credit cards"] * 5 + ["Mortgages"] * 3
    divisions += ["Savings"] * 2 + ["Insurance"]
    table = pa.table(
        {
            "response_id": [f"R-{number:07}" for number in range(3000)],
            "division": [divisions[number % 20] for number in range(3000)],
            "why_excluded": [None if number % 97 else "in-progress" for number in range(3000)],
        }
    )
    frame = cs.Frame.from_dataframe(
        table, population=POPULATION, period="2026-10", unit_id="response_id",
        strata=["division"], exclusion="why_excluded", control_total=3000,
    )  # fmt: skip
    seed = cs.Seed.from_dice(digits, witnesses=["internal audit"])
    digest = cs.draw(frame, cs.Plan(size=30), seed).digest
    assert said.count(f"<td>{digest[:16]}</td>") == 3
