"""Pages and their examples: found on a page, run in a folder, held to what the page says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs

PROJECT = Path(__file__).resolve().parents[1]

#: Every page of the project.
PAGES = sorted([*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md")])

_FENCE = re.compile(
    r"^(?P<ticks>`{3,})(?P<language>[^\n`]*)\n(?P<text>.*?)^(?P=ticks)$", re.M | re.S
)
_PROMISE = re.compile(r"\s*print\(.*\) +# (.+)")


@attrs.frozen
class Example:
    """A fenced block of a page.

    Attributes:
        language: what stands behind the first fence.
        text: the lines between the fences.
        line: the number of the first of them.
    """

    language: str
    text: str
    line: int


def examples(page: Path) -> Iterator[Example]:
    """Every fenced block of a page, in order."""
    text = page.read_text("utf-8")
    for found in _FENCE.finditer(text):
        line = text.count("\n", 0, found.start("text")) + 1
        yield Example(found["language"].strip(), found["text"], line)


def blocks(page: Path, language: str, lines: range | None = None) -> list[str]:
    """The texts of a page's blocks in a language; of those that begin in some lines, if named."""
    return [
        example.text
        for example in examples(page)
        if example.language == language and (lines is None or example.line in lines)
    ]


def lines_of(page: Path, first: str, last: str | None = None) -> range:
    """The lines of a page from one heading, or the beginning, to another, or the end."""
    text = page.read_text("utf-8").splitlines()
    return range(text.index(first) if first else 0, len(text) if last is None else text.index(last))


def pages_with(language: str) -> list[Path]:
    """The pages that have blocks in a language."""
    return [page for page in PAGES if blocks(page, language)]


def name_of(page: Path) -> str:
    """A page as a test is called."""
    return str(page.relative_to(PROJECT))


class Printed(list[tuple[int, str]]):
    """What a page's Python printed, each with the line of the page that printed it."""

    def __call__(self, *values: object) -> None:
        self.append((sys._getframe(1).f_lineno, " ".join(map(str, values))))


def run_python(page: Path) -> dict[str, Any]:
    """Run a page's Python from top to bottom, and hold what it prints to what the page says.

    ``print(...)  # text`` promises that line, with what may follow a colon. A block of text behind
    Python promises what was printed since the last one by lines that promise nothing themselves.

    Returns:
        The names that the page leaves.
    """
    printed = Printed()
    names: dict[str, Any] = {"print": printed}
    lines = page.read_text("utf-8").splitlines()
    open_ends: list[str] = []
    for example in examples(page):
        if example.language == "text":
            assert "\n".join(open_ends) + "\n" == example.text, f"line {example.line}"
            open_ends.clear()
        elif example.language == "python":
            above = "\n" * (example.line - 1)  # so a traceback names the page's own line
            exec(compile(above + example.text, str(page), "exec"), names)  # noqa: S102 - our page
            promises = dict(_promises(lines, example))
            assert set(promises) <= {line for line, _ in printed}
            for line, said in printed:
                if line not in promises:
                    open_ends.append(said)
                    continue
                promise = promises[line]
                assert promise == said or promise.startswith(said + ": "), f"line {line}: {said}"
            printed.clear()
    return names


def _promises(lines: list[str], example: Example) -> Iterator[tuple[int, str]]:
    """The lines of an example that say what they print, by their numbers on the page."""
    for number in range(example.line, example.line + example.text.count("\n")):
        if found := _PROMISE.fullmatch(lines[number - 1]):
            yield number, found[1]


def run_console(
    page: Path,
    folder: Path,
    replaced: dict[str, str] | None = None,
    lines: range | None = None,
    commands: Path | None = None,
) -> None:
    """Run a page's commands in one shell, and hold what they print to what the page shows.

    Args:
        page: its ``console`` blocks are run; a line that does not begin with ``$`` is printed by
            the command above it. Three dots stand for whatever differs from time to time.
        folder: where the shell begins.
        replaced: texts of the page, such as an address, and what is there in their place.
        lines: the page's lines in which the blocks begin; None for all of it.
        commands: the folder in which the shell finds our command; by default that of the tests'
            interpreter.
    """
    text = "".join(blocks(page, "console", lines))
    for old, new in (replaced or {}).items():
        assert old in text
        text = text.replace(old, new)
    script: list[str] = []
    expected: list[str] = []
    for line in text.splitlines():
        (script if line.startswith("$ ") else expected).append(line.removeprefix("$ "))
    scripts = str(Path(sys.executable).parent)
    done = subprocess.run(
        ["bash", "-eu"],
        input="\n".join(["exec 2>&1", *script]),
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ,
            "LC_ALL": "C.UTF-8",
            "PATH": os.pathsep.join(
                [*([str(commands)] if commands else []), scripts, os.environ["PATH"]]
            ),
        },
    )
    said = done.stdout.splitlines()
    for got, wanted in zip(said, expected, strict=False):
        pattern = ".*".join(map(re.escape, wanted.split("...")))
        assert re.fullmatch(pattern, got), f"{name_of(page)} says {wanted!r}, and it is {got!r}"
    assert len(said) == len(expected), said[len(expected) :] or expected[len(said) :]
    assert done.returncode == 0
