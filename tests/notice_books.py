"""Random months of a book, and the programs of the page about notices, run by jq."""

from __future__ import annotations

import json
import random
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from book import CEO, POPULATION, Book
from ceosample.signoff.store.events import Event
from needed import PATIENCE, program
from pages import PROJECT

PAGE = PROJECT / "docs/notices.md"

DIVISIONS = ("Cards", "Loans", "Mortgages")
COLLEAGUES = tuple(f"h-{number}" for number in range(9))
ASK = ("sign", "back", "over", "board", "open", "unread", "lapse")


def some_month(chance: random.Random, book: Book, month: str = "2026-10") -> None:
    """A month of up to 24 letters, each with a fate of its own."""
    book.month = month
    sizes = {name: chance.randint(1, 8) for name in DIVISIONS[: chance.randint(1, 3)]}
    whole = ["Cards"] if chance.random() < 0.3 else []
    book.draw({name: (size + 5 * (name not in whole), size) for name, size in sizes.items()},
              take_all=whole)  # fmt: skip
    likely = chance.choices(ASK, k=3)
    for name, size in sizes.items():
        for number in range(size):
            fate = chance.choice([*likely, chance.choice(ASK)])
            letter(chance, book, f"{month}-{name}-{number}", name, fate, take_all=name in whole)


def letter(
    chance: random.Random, book: Book, unit_id: str, stratum: str, fate: str, *, take_all: bool
) -> None:
    book.sent(unit_id, stratum, take_all=take_all)
    if fate == "back":
        book.write("returned_for_rework", unit_id, actor=CEO, reason_code="tone")
        book.render(unit_id, 2)
        book.send(unit_id, 2)
    elif fate == "over":
        book.write("taken_over", unit_id, actor=CEO)
    elif fate == "board":
        book.write("escalated_to_board", unit_id, actor=CEO)
    elif fate == "sign":
        signed = book.sign(unit_id)
        if chance.random() < 0.1:
            book.correct(signed)
    elif fate == "open":
        book.write("viewed", unit_id, actor=CEO)
    elif fate == "lapse":
        book.out(unit_id, "lapsed")
    if chance.random() < 0.4:
        for colleague in chance.sample(COLLEAGUES, 2):
            book.write("recognition", unit_id, actor=CEO, colleague=colleague, reason_code="kind")
    if chance.random() < 0.3:
        outcome = chance.choice(("kept", "asked", "not-reached"))
        book.write("contact", unit_id, actor=CEO, channel="phone", outcome=outcome)


def some_consents(chance: random.Random, book: Book) -> None:
    """Colleagues who agree to be named, and some who think better of it."""
    for colleague in COLLEAGUES:
        for kind in chance.choices(("naming_agreed", "naming_withdrawn", "forgotten", ""), k=2):
            said: dict[str, Any] = {"person": colleague}
            if kind == "naming_agreed":
                said |= {"audience": chance.choice(("staff", "public")), "name": "ab" * 32}
            if kind:
                everywhere(book, kind, colleague, **said)


def everywhere(book: Book, kind: str, actor: str, **payload: Any) -> Event:
    """An event that is about the ledger."""
    book.population, population = None, book.population  # type: ignore[assignment]
    made = book.write(kind, actor=actor, monthly=False, **payload)
    book.population = population
    return made


def programs(folder: Path) -> None:
    """The programs of the page as files."""
    page = PAGE.read_text("utf-8")
    found = re.findall(r"cat > (\S+) <<'END'\n(.*?)^END$", page, re.MULTILINE | re.DOTALL)
    assert [name for name, _ in found] == ["standing.jq", "letters.jq", "counts.jq", "shown.jq"]
    for name, text in found:
        (folder / name).write_text(text, "utf-8")


def by_jq(
    folder: Path, events: Iterable[Event], first: str | None, last: str | None, as_of: str
) -> Any:
    """The figures by the page's programs and nothing else."""
    programs(folder)
    (folder / "events.jsonl").write_bytes(b"".join(event.text + b"\n" for event in events))
    return run_page(folder, first or "", last or "", as_of)


def run_page(folder: Path, first: str, last: str, as_of: str) -> Any:
    """What the last block of commands of the page prints, for other months and another moment."""
    program("jq", "jq")
    (_, block) = PAGE.read_text("utf-8").rsplit("asked=(", 1)
    commands = "asked=(" + block.partition("```")[0]
    for old, new in (
        ("--arg first 2026-10", f"--arg first '{first}'"),
        ("--arg last 2026-10", f"--arg last '{last}'"),
        ("complaint-responses", POPULATION),
        ("2026-11-30T18:00:00+00:00", as_of),
    ):
        assert commands.count(old) == 1
        commands = commands.replace(old, new)
    done = subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", commands],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
