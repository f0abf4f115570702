"""The table of what README's promises rest on names what is there, and leaves no promise out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).parents[1]
PAGE = PROJECT / "docs" / "what-it-rests-on.md"
ROW = re.compile(r"^\| (.+) \| (.+) \|$", re.MULTILINE)
NAMED = re.compile(r"`([\w/]+\.py)(?:::(\w+))?`")
MEETINGS = "## Where two programs meet"
FILE = re.compile(r"`(test_\w+\.py|findings/[\w.-]+\.sh)`")
LINKED = re.compile(r"\]\(([\w-]+\.md)\)")


def plain(text: str) -> str:
    """Without line ends and the marks of bold letters and links."""
    return " ".join(re.sub(r"\*\*|\]\([^)]*\)|\[", "", text).split())


def rows() -> Iterator[tuple[str, str]]:
    promises, _ = PAGE.read_text("utf-8").split(MEETINGS)
    for promise, rests_on in ROW.findall(promises):
        if promise != "README says":
            yield promise, rests_on


def test_every_quotation_is_readme_s() -> None:
    readme = plain((PROJECT / "README.md").read_text("utf-8"))
    assert [promise for promise, _ in rows() if plain(promise) not in readme] == []


def test_every_promise_has_a_row() -> None:
    """'A table of what each promise of README rests on (test, benchmark, or page)'"""
    readme = (PROJECT / "README.md").read_text("utf-8")
    section = readme.split("## What it promises, and what it does not")[1].split("\n## ")[0]
    promises = re.findall(r"^- ((?:.|\n  )+)", section, re.MULTILINE)
    assert len(promises) >= 8
    quoted = [plain(promise) for promise, _ in rows()]
    for promise in promises:
        assert any(quotation in plain(promise) for quotation in quoted), promise


def test_what_a_promise_rests_on_is_there() -> None:
    for promise, rests_on in rows():
        found = [*NAMED.findall(rests_on), *LINKED.findall(rests_on)]
        assert found, f"{promise}: rests on nothing"
        for file, function in NAMED.findall(rests_on):
            path = PROJECT / ("" if "/" in file else "tests") / file
            text = path.read_text("utf-8")
            assert not function or f"def {function}(" in text, f"{file}::{function}"
        for page in LINKED.findall(rests_on):
            assert (PROJECT / "docs" / page).is_file(), page


def test_each_of_the_twelve_meetings_or_more_names_what_is_there() -> None:
    """'Twelve places where two real things meet ... each becomes a test, a mend, or a script'"""
    _, meetings = PAGE.read_text("utf-8").split(MEETINGS)
    found = [row.split(" | ") for row in meetings.splitlines() if row.startswith("| ")][1:]
    assert len(found) >= 12
    for what, programs, came in found:
        assert re.search(r"\d", programs), what
        assert FILE.search(came) or LINKED.search(came) or "](" in came, what
        for name in FILE.findall(came):
            assert (PROJECT / ("tests" if name.startswith("test_") else "") / name).is_file(), name
