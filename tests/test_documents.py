"""Every example is run: a page's Python and commands, the docstrings."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import attrs
import click
import pytest

import ceosample
from ceosample.cli import cli
from ceosample.configuration import KEYS, Configuration
from ceosample.configuration.populations import tables_of_each
from ceosample.form import faults_of_keys
from ceosample.letters.regimes.elements import ANSWERS, KINDS
from ceosample.signoff.figures.by_stratum import Figures, StratumMetrics
from ceosample.signoff.figures.metrics import Metrics
from face import public_names
from pages import (
    PAGES,
    PROJECT,
    blocks,
    examples,
    name_of,
    pages_with,
    run_console,
    run_python,
)
from postgresql import Server
from ready import WHOLE_MATRIX, contents, pack
from trackers import workbook_of

#: Pages whose examples need a world of their own, or whose names a test looks into, and the tests
#: that run them: each page is run once.
ELSEWHERE = {
    "README.md": "test_readme.py",
    "docs/months-without-hands.md": "test_due.py",
    "docs/plan.md": "test_documents.py",
    "docs/report.md": "test_documents.py",
    "docs/your-own-data.md": "test_own_data.py",
}


def run_here(language: str) -> list[Path]:
    """The pages whose blocks in a language are run by the tests of this file."""
    return [page for page in pages_with(language) if name_of(page) not in ELSEWHERE]


def test_the_pages_that_are_run_elsewhere_are() -> None:
    for page, tests in ELSEWHERE.items():
        assert page in (PROJECT / "tests" / tests).read_text("utf-8")


@pytest.mark.parametrize("page", run_here("python"), ids=name_of)
def test_the_python_of_a_page_runs_and_prints_what_the_page_says(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for file, text in zip(FILES.get(page.name, ()), blocks(page, "toml"), strict=False):
        Path(file).write_text(text, "utf-8")
    run_python(page)


#: What a page's blocks of TOML are called in its Python.
FILES = {"regimes.md": ["our-promise.toml"]}

#: The languages of blocks, and what holds them to the truth.
LANGUAGES = {
    "python": "run above",
    "text": "what the Python above it printed",
    "console": "run, and what it prints compared",
    "sh": "its commands and options are there",
    "toml": "its tables and keys are there; or the Python of its page reads it",
    "sql": "run by test_databases and test_sources",
    "yaml": "its metrics are those of test_health",
    "": "the folders of the house, held by test_house",
    "{toctree}": "read by Sphinx",
    "{eval-rst}": "read by Sphinx",
    "{include}": "read by Sphinx",
    "{glossary}": "read by Sphinx",
    "{literalinclude}": "a file that test_schedulers runs or has checked",
}


def test_every_block_of_every_page_is_of_a_kind_that_is_held_to_the_truth() -> None:
    for page in PAGES:
        for example in examples(page):
            kind = example.language.partition(" ")[0]
            assert kind in LANGUAGES, f"{name_of(page)}, line {example.line}: {kind!r}"
        assert not re.search(r"^(~~~|:::)", page.read_text("utf-8"), re.M), name_of(page)


@pytest.mark.parametrize("page", pages_with("toml"), ids=name_of)
def test_the_configuration_on_a_page_has_tables_and_keys_that_there_are(page: Path) -> None:
    for text in blocks(page, "toml")[len(FILES.get(page.name, ())) :]:
        for tables in tables_of_each(tomllib.loads(text)):
            for name, table in tables.items():
                faults = faults_of_keys(table, KEYS[name], f"{name}.")
                assert not [fault for fault in faults if "missing" not in fault], name_of(page)


def test_the_page_of_keys_has_every_table_and_key_and_which_are_needed(tmp_path: Path) -> None:
    page = PROJECT / "docs/configuration.md"
    tables = re.findall(r"^## \[(\w+)\]\n(.*?)(?=^## )", page.read_text("utf-8"), re.M | re.S)
    row = re.compile(r"^\| (\*\*)?`(\w+)`", re.M)
    said = {name: {key: bool(bold) for bold, key in row.findall(text)} for name, text in tables}
    assert said == {
        name: {key: about.needed for key, about in keys.items()} for name, keys in KEYS.items()
    }
    (smallest,) = blocks(page, "toml")
    (tmp_path / "ceosample.toml").write_text(smallest, "utf-8")
    Configuration.load(tmp_path / "ceosample.toml")


def each_regime() -> dict[str, list[str]]:
    """The table of the page of each regime: the docket's words, and the cells after them."""
    page = (PROJECT / "docs/each-regime.md").read_text("utf-8")
    rows = re.findall(r"^\| `([a-z0-9.:-]+)` \| (.*) \|$", page, re.M)
    return {name: [cell.strip() for cell in cells.split("|")] for name, cells in rows}


def test_the_page_of_each_regime_has_every_deadline_and_what_it_comes_to() -> None:
    counted = {}
    for regime in ceosample.regimes.shipped():
        for rule in regime.deadlines:
            day = "2026-10-01" if regime.until is None else "2026-04-01"
            deadline = regime.deadline(day, rule.name)
            usual = rule.name == "final" or len(regime.deadlines) == 1
            counted[regime.id if usual else f"{regime.id}:{rule.name}"] = [
                *(rule.since, str(deadline.due), str(deadline.sign_by(3))),
                "either" if len(regime.fits) == 2 else regime.fits[0].removesuffix("-issue"),
                regime.checked,
            ]
    assert {name: cells[:5] for name, cells in each_regime().items()} == counted


def own_fields() -> dict[str, set[str]]:
    """The fields that each kind of letter needs, by the page about letters."""
    letters = (PROJECT / "docs/letters.md").read_text("utf-8")
    cells = {
        name: set(re.findall(r"`(\w+)`", fields.partition(";")[0]))
        for name, fields in re.findall(r"^\| `([a-z-]+)`[^|]* \| (.*) \|$", letters, re.M)
        if name in KINDS
    }
    for kind in ("partly-upheld", "nonstandard"):  # "the same and", "as upheld, and"
        cells[kind] = (cells[kind] | cells["upheld"]) - {"upheld"}
    return cells


#: What a bullet of the page says of fields that no row can: the docket, its kind, and the fields.
IN_A_BULLET = {
    ("uk-data-protection", "holding"): {"steps_taken"},
    ("fca-disp-1.6.2r", "acknowledgement"): {"answer_by"},
    ("fca-disp-1.6.2ar", "acknowledgement"): {"answer_by", "longest_by"},
}


@pytest.mark.parametrize("regime", [regime.id for regime in ceosample.regimes.shipped()])
def test_the_fields_that_the_page_of_each_regime_names_are_enough_and_none_is_too_much(
    regime: str,
) -> None:
    table, own = each_regime(), own_fields()
    for _, rule, kind in [entry for entry in WHOLE_MATRIX if entry[0] == regime]:
        given = contents(regime, kind, rule)
        row = table.get(f"{regime}:{rule}") or table[regime]
        column = {"holding": 5, "covering": None}.get(kind, 6)
        beside = set(re.findall(r"`(\w+)`", row[column])) if column else set()
        if kind == "acknowledgement" and not rule.endswith("acknowledgement"):
            beside = set()  # its regime has no deadline for it
        beside |= IN_A_BULLET.get((regime, kind), set())
        fields = own[kind] | beside
        if {"outstanding"} & beside and kind in ANSWERS:  # the codes with six deadlines
            fields |= {"reasons"}
        kept = fields | {"kind", "recipient", "address", "salutation", "subject", "contact"}
        given["letter"] = {name: x for name, x in given["letter"].items() if name in kept}
        pack(given)
        for name in beside:
            lacking = {**given, "letter": {k: v for k, v in given["letter"].items() if k != name}}
            with pytest.raises(ceosample.errors.LetterError, match=name):
                pack(lacking)


def test_the_table_of_the_page_about_plans_is_what_a_plan_gives() -> None:
    page = PROJECT / "docs/plan.md"
    names = run_python(page)
    rows = re.findall(r"^\| ([A-Z].*?) \| (\d+) \| (\d+) \|", page.read_text("utf-8"), re.M)
    assert sorted(rows) == [
        (pool.stratum[0], str(pool.size), str(pool.letters)) for pool in names["promise"].pools
    ]


def test_the_page_about_metrics_names_every_figure() -> None:
    page = (PROJECT / "docs/metrics.md").read_text("utf-8")
    fields = attrs.fields_dict(Figures) | attrs.fields_dict(Metrics)
    fields |= attrs.fields_dict(StratumMetrics)
    named = re.findall(r"^\| `(\w+)", page, re.M)
    assert set(named) <= set(fields)
    assert set(attrs.fields_dict(Figures)) - {"letters"} <= set(named)


def test_the_page_about_the_report_names_its_sections() -> None:
    page = PROJECT / "docs/report.md"
    html = run_python(page)["page"].decode()
    rows = re.findall(r"^\| ([A-Z][^|]*?) \|", page.read_text("utf-8"), re.M)
    titles = re.findall(r'<h2 id="\w+">([^<]+)</h2>', html)[2:]
    assert [title.startswith(row) for title, row in zip(titles, rows, strict=True)] == [True] * 14


def test_the_picture_of_the_page_about_plans_is_of_its_figures() -> None:
    script = PROJECT / "docs/plan_picture.py"
    drawn = subprocess.run([sys.executable, script], capture_output=True, check=True, text=True)
    assert (PROJECT / "docs/plan.svg").read_text("utf-8") == drawn.stdout
    page = (PROJECT / "docs/plan.md").read_text("utf-8")
    for name, size in re.findall(r'^    "(.+)": (\d+),$', script.read_text("utf-8"), re.M):
        assert f"| {name} | {size} |" in page
    assert drawn.stdout.count(">never<") == 2


def test_the_page_about_deadlines_lists_the_regimes_as_they_are_shipped() -> None:
    page = (PROJECT / "docs/regimes.md").read_text("utf-8")
    assert re.findall(r"^\| `[a-z].*", page.partition("\n| id |")[2], re.M) == [
        f"| `{regime.id}` | {regime.name} | "
        + "<br>".join(f"`{rule.name}`: {rule.words}" for rule in regime.deadlines)
        + f" | {regime.in_force or 'not known'}{f' to {regime.until}' if regime.until else ''}"
        + f" | {', '.join(regime.fits)} | {regime.checked} |"
        for regime in ceosample.regimes.shipped()
    ]


def _give_an_older_table(page: Path, folder: Path) -> None:
    """What the page's reader has: a tracker, and its columns in the configuration."""
    (folder / "sign-offs.xlsx").write_bytes(workbook_of())
    with (folder / "ceosample.toml").open("a", encoding="utf-8") as file:
        file.write("\n" + "".join(blocks(page, "toml")))


@pytest.mark.parametrize("page", run_here("console"), ids=name_of)
def test_the_commands_of_a_page_print_what_the_page_shows(
    page: Path, tmp_path: Path, commands: Path, request: pytest.FixtureRequest
) -> None:
    assert sum(line.startswith("$ ") for line in "".join(blocks(page, "console")).splitlines()) > 2
    if "$ ceosample demo" not in page.read_text("utf-8"):
        demonstration = request.getfixturevalue("demonstration")
        shutil.copytree(demonstration, tmp_path / "ceosample-demo")
    if page.name == "spreadsheets.md":
        _give_an_older_table(page, tmp_path / "ceosample-demo")
    if POSTGRESQL not in page.read_text("utf-8"):
        run_console(page, tmp_path, commands=commands)
        return
    server: Server = request.getfixturevalue("postgresql")
    with server.database() as name:
        run_console(page, tmp_path, {POSTGRESQL: server.url(name)}, commands=commands)


#: The ledger's address on pages.
POSTGRESQL = "postgresql+psycopg://complaints@db.example/signoff"


def test_the_page_of_threats_names_tests_that_there_are_for_each_of_its_rows() -> None:
    table, _, tests = (PROJECT / "docs/threats.md").read_text("utf-8").partition("\n## The tests")
    there = {
        name
        for path in (PROJECT / "tests").glob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text("utf-8"), re.M)
    }
    rows = re.findall(r"^\| (\d+[a-z]?) \| (.*)", tests, re.M)
    assert sorted(row for row, _ in rows) == sorted(re.findall(r"^\| (\d+[a-z]?) \|", table, re.M))
    for row, names in rows:
        named = re.findall(r"`(\w+)`", names)
        assert named, row
        assert set(named) <= there, row


MODULES = sorted(module.name for module in pkgutil.walk_packages(ceosample.__path__, "ceosample."))


def has_an_example(name: str) -> bool:
    """Of a module; to look for examples in the docstrings of one that has none takes as long."""
    place = PROJECT.joinpath("src", *name.split("."))
    file = place / "__init__.py"
    file = file if file.is_file() else place.with_suffix(".py")
    return ">>>" in file.read_text("utf-8")


WITH_EXAMPLES = [name for name in ["ceosample", *MODULES] if has_an_example(name)]


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_docstring_examples_give_what_they_show(name: str) -> None:
    failed, tried = doctest.testmod(importlib.import_module(name))
    assert failed == 0
    assert tried > 0


def test_some_docstrings_have_examples() -> None:
    assert len(WITH_EXAMPLES) > 100


def test_every_public_name_is_documented_and_there() -> None:
    assert dir(ceosample) == ceosample.__all__
    for name, thing in public_names().items():
        assert thing.__doc__, name


def command_lines(page: Path) -> Iterator[str]:
    """The lines of a page that call the command and are not run, those in its sentences too."""
    text = page.read_text("utf-8").replace("\\\n", "")
    yield from re.findall(r"^(?:    )?(ceosample [a-z].*)", text, re.M)
    yield from re.findall(r"`(ceosample [a-z][^`]*)`", text)


#: Those of all pages, each with its page.
ALL_LINES = [(page, line) for page in PAGES for line in command_lines(page)]


def test_the_command_lines_of_pages_name_commands_and_options_that_there_are() -> None:
    for page, line in ALL_LINES:
        command: click.Command = cli
        options = set(click.Context(cli).help_option_names) | {"--version", "-h"}
        for word in shlex.split(line.partition(" #")[0])[1:]:
            if isinstance(command, click.Group) and not word.startswith("-"):
                assert word in command.commands, f"{name_of(page)}: {line}"
                command = command.commands[word]
                options |= {name for option in command.params for name in option.opts}
            elif word.startswith("-"):
                assert word.partition("=")[0] in options, f"{name_of(page)}: {line}"


def test_command_lines_are_found() -> None:
    assert len(ALL_LINES) > 80


#: What a reader puts a value of their own for, or a shell reads: no command line as it stands.
UNFINISHED = re.compile(r"(?<![\w-])(?!GBP)[A-Z]{2,}(?![\w-])|\.\.\.|[$|>;&<]")


def test_a_command_line_with_its_values_is_one_that_the_command_takes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """An option that is required and left out, a value of no use: seen without a run."""
    for page, line in {*ALL_LINES}:
        line = line.partition(" #")[0]
        words = shlex.split(line)[1:]
        if UNFINISHED.search(line) or sum(word.startswith("--") for word in words) < 2:
            continue  # with one option it may be a mention: `plan --json`
        command: click.Command = cli
        while isinstance(command, click.Group) and not words[0].startswith("-"):
            command = command.commands[words.pop(0)]
        try:
            command.make_context(command.name, words)
        except click.exceptions.Exit:
            pass  # --help
        except click.UsageError as error:
            if "does not exist" not in error.format_message():
                raise AssertionError(f"{name_of(page)}: {line}") from error
