"""Every text that the ledger keeps can be erased by the command, of whatever kind of event."""

from __future__ import annotations

import datetime as dt
import shlex
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from ceosample.signoff.ledger import Ledger
from ceosample.signoff.rules import fields
from ceosample.signoff.rules.forms import _WORDS, KINDS
from command import asked, time_told

AT = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)

#: A text that no file of ours has by chance.
SECRET: Final = "Zyxwvut said what Abcdefg did"

#: Digests of documents: of what is kept elsewhere, and is no text of the ledger.
OF_DOCUMENTS: Final = {
    *("letter", "file", "certificate", "image", "draw", "commitment", "manifest", "excluded"),
    *("end", "pack", "event", "room", "evidence"),
}

#: For each kind of event with words of people the commands that record one in the demonstration's
#: month; {words} is the text. A new kind needs a line here, and a way to be erased.
SCENES: Final = {
    "returned_for_rework": [
        "record returned_for_rework R-BSHQD8 --reason-code tone --by ceo --text {words}"
    ],
    "declined": [
        "rework R-BSHQD8 --period 2026-10",
        "record declined R-BSHQD8 --reason-code tone --by ceo --text {words}",
    ],
    "escalated_to_board": ["record escalated_to_board R-C595ZY --by ceo --text {words}"],
    "board_answer": [
        "role grant chair board --since 2026-11-01 --by ceo",
        "record board_answer R-C595ZY --outcome agreed --by chair --text {words}",
    ],
    "resolved_nonstandard": [
        "record taken_over R-YWR3C7 --by ceo",
        "record resolved_nonstandard R-YWR3C7 --by ceo --text {words}",
    ],
    "found_ineligible": [
        "record found_ineligible R-K2QWKM --reason-code duplicate --approver coo --by pa "
        "--text {words}"
    ],
    "eligibility_questioned": [
        "record eligibility_questioned R-K3YBQH --reason-code duplicate --by ceo --text {words}"
    ],
    "finding": ["record finding R-KBRL2Z --verdict sound --by ceo --text {words}"],
    "recognition": [
        "record recognition R-KBRL2Z --colleague h-007 --reason-code kind --by ceo --text {words}"
    ],
    "contact": ["record contact R-KBRL2Z --channel phone --outcome kept --by ceo --text {words}"],
    "note": ["record note R-KBRL2Z --by ceo --text {words}"],
    "naming_agreed": ["naming agree h-007 --name {words} --to public"],
    "named": [],  # by the library alone
}


def words_of_kinds() -> dict[str, set[str]]:
    """The fields of each kind that stand for words of people: salted digests."""
    found = {
        kind: {
            name
            for name, field in {**form.needs, **form.may}.items()
            if field is fields.A_DIGEST and name not in OF_DOCUMENTS
        }
        for kind, form in KINDS.items()
    }
    return {kind: names for kind, names in found.items() if names}


def test_each_field_of_words_is_known_as_private_and_each_kind_has_a_scene() -> None:
    kinds = words_of_kinds()
    assert set().union(*kinds.values()) == _WORDS
    assert sorted(kinds) == sorted(SCENES), "give the new kind a scene, and see that it is erased"


def kept(folder: Path) -> Iterator[tuple[str | None, str | None, str | None]]:
    """Of each text that is kept its month, its letter and its person."""
    with sqlite3.connect(folder / "signoff.db") as database:
        yield from database.execute("SELECT period, unit_id, person FROM texts")


@pytest.mark.slow
def test_the_command_erases_the_words_of_each_kind(demonstration: Path, tmp_path: Path) -> None:
    """Every kind with words occurs; then every letter and every person is erased."""
    folder = Path(shutil.copytree(demonstration, tmp_path / "month"))
    moment = AT

    def run(line: str) -> str:
        nonlocal moment
        moment += dt.timedelta(minutes=1)
        ended = asked(*shlex.split(line.format(words=shlex.quote(SECRET))), folder=folder)
        assert ended.code == 0, f"{line}: {ended.err}"
        return ended.out

    with time_told(lambda: moment):
        for lines in SCENES.values():
            for line in lines:
                run(line)
        moment += dt.timedelta(minutes=1)
        with Ledger.open(f"sqlite:///{folder / 'signoff.db'}", clock=lambda: moment) as ledger:
            ledger.name("ceo", SECRET, by="pa", at=moment)
            happened = {event.kind for event in ledger.events()}
        assert words_of_kinds().keys() <= happened
        assert SECRET.encode() in (folder / "signoff.db").read_bytes()
        run("export before.jsonl")
        for period, unit_id, person in sorted({*kept(folder)}, key=str):
            if unit_id is not None:
                month = f"--period {period}" if period else ""
                run(f"erase {unit_id} {month} --by dpo --reason-code request")
            else:
                run(f"naming erase {person} --by dpo --reason-code request")
        assert [*kept(folder)] == []
        run("export after.jsonl")
        assert run("status --check")
    before, after = ((folder / f"{name}.jsonl").read_bytes() for name in ("before", "after"))
    assert after.startswith(before)
    holding = [
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and SECRET.encode() in path.read_bytes()
    ]
    assert holding == []
