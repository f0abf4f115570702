"""Every example is run: README's Python, the page of commands by hand, the docstrings."""

from __future__ import annotations

import doctest
import importlib
import os
import pkgutil
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import attrs
import pytest

import ceosample
from ceosample.demo.story import perform
from ceosample.signoff.figures import Figures, StratumMetrics
from ceosample.signoff.metrics import Metrics

PROJECT = Path(__file__).resolve().parents[1]


def blocks(page: Path, language: str) -> list[str]:
    """The fenced examples of a page, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text("utf-8"), re.M | re.S)


def test_readme_quick_start_runs_as_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    code = blocks(PROJECT / "README.md", "python")
    assert len(code) == 2
    for block in code:
        exec(compile(block, "README.md", "exec"), names)  # noqa: S102 - our own page
    assert capsys.readouterr().out == "1 of 12 selected letters signed in person (8.3 %)\n"
    assert (tmp_path / "packs/2026-10/pack.pdf").is_file()


def test_the_page_about_plans_runs_and_its_table_is_what_a_plan_gives(
    capsys: pytest.CaptureFixture[str],
) -> None:
    page = PROJECT / "docs/plan.md"
    names: dict[str, Any] = {}
    for block in blocks(page, "python"):
        exec(compile(block, "plan.md", "exec"), names)  # noqa: S102 - our own page
    said = capsys.readouterr().out
    assert said.startswith("12 of 1153 letters a month")
    assert "month 1 of 3 of the block that began in 2026-10: 8 of 8 strata" in said
    assert said.endswith("missed by the block that began in 2026-10: none\n")
    rows = re.findall(r"^\| ([A-Z].*?) \| (\d+) \| (\d+) \|", page.read_text("utf-8"), re.M)
    assert sorted(rows) == [
        (pool.stratum[0], str(pool.size), str(pool.letters)) for pool in names["promise"].pools
    ]


def test_the_page_about_warehouses_runs_and_prints_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    (code,) = blocks(PROJECT / "docs/warehouse.md", "python")
    exec(compile(code, "warehouse.md", "exec"), names)  # noqa: S102 - our own page
    said = re.findall(r"^print\(.*\) +# (.+)", code, re.M)
    assert capsys.readouterr().out.splitlines() == said == ["True", "REPRODUCED"]


def test_the_page_about_metrics_runs_and_prints_what_it_says(
    capsys: pytest.CaptureFixture[str],
) -> None:
    page = PROJECT / "docs/metrics.md"
    names: dict[str, Any] = {}
    for block in blocks(page, "python"):
        exec(compile(block, "metrics.md", "exec"), names)  # noqa: S102 - our own page
    assert [capsys.readouterr().out] == blocks(page, "text")
    fields = attrs.fields_dict(Figures) | attrs.fields_dict(Metrics)
    fields |= attrs.fields_dict(StratumMetrics)
    named = re.findall(r"^\| `(\w+)", page.read_text("utf-8"), re.M)
    assert set(named) <= set(fields)
    assert set(attrs.fields_dict(Figures)) - {"letters"} <= set(named)


def test_the_page_about_the_report_runs_and_names_its_sections(
    capsys: pytest.CaptureFixture[str],
) -> None:
    page = PROJECT / "docs/report.md"
    names: dict[str, Any] = {}
    for block in blocks(page, "python"):
        exec(compile(block, "report.md", "exec"), names)  # noqa: S102 - our own page
    assert [capsys.readouterr().out] == blocks(page, "text")
    html = names["page"].decode()
    rows = re.findall(r"^\| ([A-Z][^|]*?) \|", page.read_text("utf-8"), re.M)
    titles = re.findall(r'<h2 id="\w+">([^<]+)</h2>', html)[2:]
    assert [title.startswith(row) for title, row in zip(titles, rows, strict=True)] == [True] * 10


def test_the_picture_of_the_page_about_plans_is_of_its_figures() -> None:
    script = PROJECT / "docs/plan_picture.py"
    drawn = subprocess.run([sys.executable, script], capture_output=True, check=True, text=True)
    assert (PROJECT / "docs/plan.svg").read_text("utf-8") == drawn.stdout
    page = (PROJECT / "docs/plan.md").read_text("utf-8")
    for name, size in re.findall(r'^    "(.+)": (\d+),$', script.read_text("utf-8"), re.M):
        assert f"| {name} | {size} |" in page
    assert drawn.stdout.count(">never<") == 2


def test_the_page_about_deadlines_runs_and_prints_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = PROJECT / "docs/regimes.md"
    monkeypatch.chdir(tmp_path)
    (file,) = blocks(page, "toml")
    Path("our-promise.toml").write_text(file, "utf-8")
    names: dict[str, Any] = {}
    code = blocks(page, "python")
    for block in code:
        exec(compile(block, "regimes.md", "exec"), names)  # noqa: S102 - our own page
    promised = re.findall(r"^print\(.*\) +# ([^:\n]+)", "".join(code), re.M)
    assert capsys.readouterr().out.splitlines() == promised


def test_the_page_about_deadlines_lists_the_regimes_as_they_are_shipped() -> None:
    page = (PROJECT / "docs/regimes.md").read_text("utf-8")
    assert re.findall(r"^\| `[a-z].*", page.partition("\n| id |")[2], re.M) == [
        f"| `{regime.id}` | {regime.name} | "
        + "<br>".join(f"`{rule.name}`: {rule.words}" for rule in regime.deadlines)
        + f" | {', '.join(regime.fits)} | {'yes' if regime.checked else 'no'} |"
        for regime in ceosample.shipped_regimes()
    ]


def test_the_page_of_commands_by_hand_prints_what_it_says(tmp_path: Path) -> None:
    perform(tmp_path / "ceosample-demo")
    script: list[str] = []
    expected: list[str] = []
    for line in "".join(blocks(PROJECT / "docs/verify-by-hand.md", "console")).splitlines():
        if line.startswith("$ "):
            script.append(line[2:])
        else:
            expected.append(line)
    assert len(script) > 20
    done = subprocess.run(
        ["bash", "-eu"],
        input="\n".join(script),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )
    assert done.stderr == ""
    assert done.stdout.splitlines() == expected


MODULES = sorted(module.name for module in pkgutil.walk_packages(ceosample.__path__, "ceosample."))


@pytest.mark.parametrize("name", ["ceosample", *MODULES])
def test_docstring_examples_give_what_they_show(name: str) -> None:
    failed, _ = doctest.testmod(importlib.import_module(name))
    assert failed == 0


def test_some_docstrings_have_examples() -> None:
    examples = sum(
        len(test.examples)
        for name in MODULES
        for test in doctest.DocTestFinder().find(importlib.import_module(name))
    )
    assert examples > 20


def test_every_public_name_is_documented_and_there() -> None:
    for name in ceosample.__all__:
        thing = getattr(ceosample, name)
        assert thing.__doc__, name
        assert name in dir(ceosample)


def test_readme_command_lines_are_commands_there_are() -> None:
    command = shutil.which("ceosample", path=Path(sys.executable).parent)
    assert command is not None
    page = (PROJECT / "README.md").read_text("utf-8")
    for name in set(re.findall(r"^ceosample (\w+)", page, re.M)):
        done = subprocess.run([command, name, "--help"], capture_output=True, check=False)
        assert done.returncode == 0, name
