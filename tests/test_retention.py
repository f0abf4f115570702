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

from ceosample.cli.group import VERBS
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
OF_LETTERS: Final = {
    "returned_for_rework": "record returned_for_rework R-BSHQD8 --reason-code tone --by ceo",
    "declined": "record declined R-PVCM75 --reason-code tone --by ceo",
    "escalated_to_board": "record escalated_to_board R-C595ZY --by ceo",
    "board_answer": "record board_answer R-C595ZY --outcome agreed --by chair",
    "resolved_nonstandard": "record resolved_nonstandard R-YWR3C7 --by ceo",
    "found_ineligible": "record found_ineligible R-K2QWKM --reason-code duplicate --approver coo "
    "--by pa",
    "eligibility_questioned": "record eligibility_questioned R-K3YBQH --reason-code duplicate "
    "--by ceo",
    "finding": "record finding R-KBRL2Z --verdict sound --by ceo",
    "recognition": "record recognition R-KBRL2Z --colleague h-007 --reason-code kind --by ceo",
    "contact": "record contact R-KBRL2Z --channel phone --outcome kept --by ceo",
    "note": "record note R-KBRL2Z --by ceo",
    "promise": "record promise R-KBRL2Z --promise call-back --due 2026-12-12 --to h-9 --by pa",
    "promise_kept": f"record promise_kept R-KBRL2Z --promise call-back --evidence {'a' * 64} "
    "--by h-9",
    "promise_broken": "record promise_broken R-K3YBQH --promise remedy --reason-code lost --by h-9",
    "action": "record action R-KBRL2Z --cause form --action new-form --due 2026-12-31 --to h-5 "
    "--by pa",
    "action_done": "record action_done R-KBRL2Z --action new-form --by h-5",
}
OF_OTHERS: Final = {
    "naming_agreed": "naming agree h-007 --to public --name {words}",
    "named": None,  # by the library alone
    "case_referred": "refer --came-by letter --owner o-3 --by pa --text {words}",
    "case_escalated_to_board": "record escalated_to_board case-1 --by ceo --text {words}",
    "case_board_answer": "record board_answer case-1 --outcome agreed --by chair --text {words}",
    "case_recognition": "record recognition case-1 --colleague h-7 --reason-code kind --by ceo "
    "--text {words}",
    "case_contact": "record contact case-1 --channel phone --outcome kept --by ceo --text {words}",
    "case_note": "record note case-1 --by ceo --text {words}",
    "case_resolved_nonstandard": "record resolved_nonstandard case-1 --by ceo --text {words}",
    "oop_proposed": "resolution propose OOP-7 --policy late-fee --review-by 2026-12-31 --by h-014 "
    "--what {words} --why {words}",
    "oop_reviewed": "resolution review OOP-7 adopted --by boss --text {words}",
}
SCENES: Final = {
    **{kind: f"{line} --text {{words}}" for kind, line in OF_LETTERS.items()},
    **OF_OTHERS,
}

#: What must happen before a scene.
BEFORE: Final = {
    "declined": [
        "record returned_for_rework R-PVCM75 --reason-code tone --by ceo",
        "rework R-PVCM75 --period 2026-10",
    ],
    "board_answer": ["role grant chair board --since 2026-11-01 --by ceo"],
    "resolved_nonstandard": ["record taken_over R-YWR3C7 --by ceo"],
    "promise_broken": ["record promise R-K3YBQH --promise remedy --due 2026-12-12 --by pa"],
    "action": ["record finding R-KBRL2Z --verdict defective --cause form --by ceo"],
    "oop_reviewed": ["resolution cosign OOP-7 --by h-052"],
}

#: What writes words into files, and what erases those of no letter and no person.
WRITERS: Final = {"slips": "slips --period 2026-10"}
RESOLUTION: Final = "resolution erase OOP-7 --by dpo --reason-code request"


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
    assert not kinds.keys() - SCENES.keys(), "give the new kind a scene, and see it erased"


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
        for kind, scene in SCENES.items():
            if kind in words_of_kinds() and scene is not None:
                for line in (*BEFORE.get(kind, ()), scene):
                    run(line)
        moment += dt.timedelta(minutes=1)
        with Ledger.open(f"sqlite:///{folder / 'signoff.db'}", clock=lambda: moment) as ledger:
            ledger.name("ceo", SECRET, by="pa", at=moment)
            happened = {event.kind for event in ledger.events()}
        assert words_of_kinds().keys() <= happened
        assert SECRET.encode() in (folder / "signoff.db").read_bytes()
        for name, line in WRITERS.items():
            if name in VERBS:
                run(line)
        run("export before.jsonl")
        for period, unit_id, person in sorted({*kept(folder)}, key=str):
            if unit_id is not None:
                month = f"--period {period}" if period else ""
                run(f"erase {unit_id} {month} --by dpo --reason-code request")
            elif person is None:
                run(RESOLUTION)
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
