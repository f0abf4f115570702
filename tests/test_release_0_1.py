"""What ceosample 0.1 left is read and gone on with: every command runs on it, its figures stay.

``golden/release-0.1`` is the folder, with what 0.1 said of it; ``make_release_0_1.py`` made both. A
later release may say more than 0.1 did: another key of an object, another option, another column.
What 0.1 said it must say too.
"""

from __future__ import annotations

import csv
import datetime as dt
import importlib
import re
import shutil
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import attrs
import click
import openpyxl
import pytest
from asn1crypto import tsp

from ceosample.cli import cli
from ceosample.cli.group import OLD_VERBS
from ceosample.spreadsheet import unguarded
from command import Ended
from pages import PROJECT
from release_0_1 import (
    AS_OF,
    EXPECTED,
    FIXTURE,
    FOLDER,
    MONTHS,
    ask,
    cs,
    expected,
    from_python,
    json_of,
    of_commands,
    of_name,
)
from stamping import answer, root

#: Names of 0.1 may warn that they go; they work.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

#: Commands that 0.1 did not have: a line that runs in the folder, and how it ends.
NEW_COMMANDS: Final[Mapping[str, tuple[str, int]]] = {
    "compare": (f"compare {'0' * 64}", 1),
    "explain": ("explain R-KBRL2Z", 0),
    "evidence": ("evidence evidence.zip --first 2026-10 --last 2026-10", 0),
    "infer": ("infer --year 2026", 0),
    "key list": ("key list", 0),
    "key new": ("key new recorder.pem", 0),
    "key register": ("key register recorder.pem --by office", 65),
    "key revoke": ("key revoke 00000000 --by office --approver dpo --reason-code lost", 65),
    "key rotate": ("key rotate recorder.pem --by office", 65),
    "ledger head": ("ledger head", 0),
    "ledger letter": ("ledger letter R-KBRL2Z", 0),
    "health": ("health", 1),
    "naming agree": ("naming agree h-007 --name Ann --to staff", 65),
    "naming erase": ("naming erase h-007 --by dpo --reason-code request", 0),
    "naming show": ("naming show", 0),
    "naming withdraw": ("naming withdraw h-007 --by office", 65),
    "notice": ("notice public --period 2026-10", 0),
    "passphrase": ("passphrase", 0),
    "refer": ("refer --came-by letter --by office", 65),
    "rebuild": ("rebuild 2026-10", 3),
    "repair": ("repair --dry-run --by office", 0),
    "resolution erase": (
        "resolution erase OOP-999 --reason-code slip --by office --population complaint-responses",
        65,
    ),
    "resolution precedents": ("resolution precedents late-fee", 0),
    "resolution show": ("resolution show OOP-999", 65),
    "room": ("room 2026-10 --by office", 0),
    "stamp request": ("stamp request --period 2026-10", 3),
    "stamp take": ("stamp take nowhere.tsr --root nowhere.pem", 65),
    "sheets": ("sheets --period 2026-10", 3),
    "slips": ("slips --period 2026-10", 0),
    "upgrade": ("upgrade --dry-run --by office", 0),
    "words": ("words R-KBRL2Z", 0),
}

#: When the commands of that table run; after all that 0.1 was asked.
LATER = dt.datetime(2027, 2, 20, 12, tzinfo=dt.UTC)

#: Keys whose values are words for people; their wording is not promised.
WORDS: Final = frozenset({"said", "notes", "first_difference", "what"})

#: Keys whose values are digests of events, of letters and of PDFs that this release writes anew.
OF_NEW_BYTES: Final = frozenset(
    {"hash", "previous", "head", "frozen", "registration", "file", "letter", "pack"}
)


@attrs.frozen
class Step:
    """A command that 0.1 was asked, what 0.1 answered, and what is answered now."""

    said: Mapping[str, Any]
    ended: Ended
    json: Any

    @property
    def line(self) -> str:
        return " ".join(self.said["arguments"])

    @property
    def faults(self) -> list[str]:
        """Where the two answers are not the same."""
        if self.ended.code != self.said["code"]:
            return [f"{self.line}: ended with {self.ended.code}, not {self.said['code']}"]
        if self.said["json"] is None:
            return []
        passed_over = WORDS | OF_NEW_BYTES if self.said["writes"] else WORDS
        found = lost(self.said["json"], self.json, passed_over)
        return [f"{self.line}: {fault}" for fault in found]


def lost(was: Any, now: Any, passed_over: frozenset[str] = WORDS, place: str = "") -> Iterator[str]:
    """What stood in an answer of 0.1 and does not stand in ours; objects may have grown."""
    if isinstance(was, dict) and isinstance(now, dict):
        for key in sorted(was.keys() - passed_over):
            if key not in now:
                yield f"{place}.{key}: is gone"
            else:
                yield from lost(was[key], now[key], passed_over, f"{place}.{key}")
    elif isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        for number, (one, other) in enumerate(zip(was, now, strict=True)):
            yield from lost(one, other, passed_over, f"{place}[{number}]")
    elif was != now:
        yield f"{place}: was {was!r}, is {now!r}"


def copy_of_folder(place: Path) -> Path:
    """The folder as its owner has it: Git keeps no mode, and the secret is for its owner alone."""
    copy = Path(shutil.copytree(FOLDER, place / "month"))
    (copy / "chain.json").chmod(0o600)
    return copy


@attrs.frozen
class Asked:
    """The folder after every command ran in it, and what each of them answered."""

    folder: Path
    steps: list[Step]
    new: dict[str, Ended]


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    folder = copy_of_folder(tmp_path_factory.mktemp("release-0.1"))
    steps = []
    for said in expected("steps.json"):
        moment = dt.datetime.fromisoformat(said["now"])
        (folder / said["folder"]).mkdir(exist_ok=True)
        ended = ask(said["arguments"], folder / said["folder"], moment)
        steps.append(Step(said, ended, json_of(ended, said["arguments"], folder)))
    new = {name: ask(line.split(), folder, LATER) for name, (line, _) in NEW_COMMANDS.items()}
    return Asked(folder, steps, new)


# The command


def leaves(command: click.Command, *above: str) -> Iterator[tuple[str, ...]]:
    """The words of every command that runs something."""
    if not isinstance(command, click.Group):
        yield above
        return
    for name, one in command.commands.items():
        yield from leaves(one, *above, name)


def test_every_command_is_run_on_the_folder() -> None:
    """'every command runs on it and its figures stay, now and in every later issue'"""
    lines = [said["arguments"] for said in expected("steps.json") if said["code"] == 0]
    lines += [line.split() for line, _ in NEW_COMMANDS.values()]
    lines = [[*OLD_VERBS.get(verb, (verb,)), *rest] for verb, *rest in lines]
    ran = {tuple(line[:length]) for line in lines for length in (1, 2)}
    missing = [" ".join(words) for words in leaves(cli) if words not in ran]
    assert not missing, f"add to NEW_COMMANDS, with a line that runs in the folder: {missing}"


@pytest.mark.slow
def test_every_command_ends_as_it_did_with_the_same_figures(everything: Asked) -> None:
    assert [fault for step in everything.steps for fault in step.faults] == []


def test_commands_that_0_1_did_not_have_run_on_it_too(everything: Asked) -> None:
    assert {name: ended.code for name, ended in everything.new.items()} == {
        name: code for name, (_, code) in NEW_COMMANDS.items()
    }


def test_every_command_and_option_is_still_there() -> None:
    now = of_commands(cli)
    for name, was in expected("commands.json").items():
        for one, of in was.items() if "options" not in was else [("", was)]:
            here = now
            for word in (*OLD_VERBS.get(name, (name,)), *filter(None, [one])):
                here = here[word]
            assert set(of["options"]) <= set(here["options"]), f"{name} {one}"
            # They are given by their place; nobody types their names.
            assert len(of["arguments"]) == len(here["arguments"]), f"{name} {one}"


# After the upgrade

#: What ends with another code than 0 after an upgrade too, and rightly: letters are late.
NOT_WELL: Final = frozenset({"health"})

#: A value for the beacon that the month 2027-01 waits for.
BEACON: Final = "00f1e2d3c4b5a69788796a5b4c3d2e1f" * 4

#: What the frame and the draw of a month are kept in.
OF_THE_DRAW: Final = ("manifest.csv", "exclusions.csv", "draw.json")

#: Questions about the months that 0.1 ended, which have one answer before an upgrade and after it.
FIGURES: Final[Sequence[str]] = (
    *(f"status --period {month} --json" for month in MONTHS),
    *(f"verify packs/{month} --json" for month in MONTHS),
    f"metrics --first {MONTHS[0]} --last {MONTHS[-1]} --as-of {LATER.isoformat()} --json",
    f"metrics --as-of {AS_OF.isoformat()} --budget 45 --json",
    f"at-risk --as-of {AS_OF.isoformat()} --within 30 --json",
    f"policies --as-of {AS_OF.isoformat()} --json",
    "infer --year 2026 --json",
)

#: Keys of those answers that are of the whole ledger, and so of what is recorded after the upgrade.
OF_THE_LEDGER: Final = frozenset({"head", "open_cases", "without_owner"})


@attrs.frozen
class Office:
    """Somebody who works in the folder after all that 0.1 was asked."""

    folder: Path
    lines: list[str] = attrs.field(factory=list)

    def done(self, line: str, key: str = "") -> Ended:
        """Run a command that must succeed, under the recorder's key if there is one."""
        with pytest.MonkeyPatch.context() as environment:
            if key:
                environment.setenv("CEOSAMPLE_KEY", key)
            ended = ask(line.split(), self.folder, LATER)
        assert ended.code == 0, f"{line}: ended with {ended.code}, {ended.err}"
        self.lines.append(line)
        return ended

    def figures(self) -> dict[str, Any]:
        answers = {line: ask(line.split(), self.folder, LATER).json for line in FIGURES}
        return {
            line: {key: value for key, value in answer.items() if key not in OF_THE_LEDGER}
            for line, answer in answers.items()
        }


def record_a_case_a_name_and_a_resolution(office: Office) -> None:
    office.done("refer --came-by letter --owner h-007 --by office")
    office.done("record dispatched case-1 --by office")
    office.done("naming agree h-007 --name Ann --to staff --recorder office")
    assert "Ann" in office.done("naming show").out
    office.done("naming withdraw h-007 --by office")
    words = "--what Refunded --why Slip"
    office.done(
        f"resolution propose OOP-999 --policy late-fee --review-by 2027-06-30 {words} --by h-1"
    )
    office.done("resolution cosign OOP-999 --by h-2")
    assert "Refunded" in office.done("resolution show OOP-999").out
    office.done("resolution erase OOP-999 --reason-code slip --by office")
    assert "Refunded" not in office.done("resolution show OOP-999").out


def keep_keys(office: Office) -> None:
    """The office loses its second key, and revokes it together with the data protection officer."""
    for name in ("first.pem", "second.pem", "dpo.pem"):
        office.done(f"key new {name}")
    office.done("key register first.pem --by office")
    office.done("key rotate second.pem --by office", "first.pem")
    office.done("key register dpo.pem --by dpo", "second.pem")
    office.done("role grant dpo recorder --since 2027-02-01 --by board", "dpo.pem")
    keys = office.done("key list --json").json["keys"]
    (lost,) = (key["public"] for key in keys if key["person"] == "office" and not key["ended"])
    office.done(f"key revoke {lost[:8]} --by dpo --approver office --reason-code lost", "dpo.pem")
    keys = office.done("key list --json").json["keys"]
    assert [key["ended"] for key in keys] == ["rotated", "revoked", None]


def lose_files_and_make_them_again(office: Office) -> None:
    """Those of 2026-10 cannot be: its plan was changed since, as a rebuild says."""
    for month in MONTHS[1:]:
        places = [Path("packs", month, name) for name in OF_THE_DRAW]
        for place in places:
            (office.folder / place).unlink()
        office.done(f"rebuild {month}")
        for place in places:
            assert (office.folder / place).read_bytes() == (FOLDER / place).read_bytes()


def end_the_month_that_waits(office: Office) -> None:
    """Its commitment is printed and stamped while there is no seed; then one is drawn with."""
    office.done("sheets --period 2027-01")
    query = Path(office.done("stamp request --period 2027-01").out.partition(": asks")[0])
    asked = tsp.TimeStampReq.load(query.read_bytes(), strict=True)
    digest = asked["message_imprint"]["hashed_message"].native.hex()
    given = answer(digest, nonce=asked["nonce"].native, at=LATER)
    query.with_suffix(".tsr").write_bytes(given)
    (office.folder / "root.pem").write_bytes(root().pem)
    office.done(f"stamp take {query.with_suffix('.tsr')} --root root.pem")
    office.done(f"run --period 2027-01 --beacon {BEACON}", "dpo.pem")
    assert "ok: REPRODUCED" in office.done("verify packs/2027-01").out


def test_after_an_upgrade_new_commands_succeed_and_the_figures_stay(folder: Path) -> None:
    """'Each event is judged by the rules in force at its place, so every figure stays as it is'"""
    office = Office(folder)
    before = office.figures()
    office.done("upgrade --by office")
    assert office.figures() == before
    record_a_case_a_name_and_a_resolution(office)
    keep_keys(office)
    lose_files_and_make_them_again(office)
    end_the_month_that_waits(office)
    on_paper = expected("steps.json")[0]["json"]["head"]
    assert "ok: PREFIX" in office.done(f"compare {on_paper}").out
    assert "ledger ok: INTACT" in office.done("status --check").out
    assert office.figures() == before
    ended_otherwise = {name for name, (_, code) in NEW_COMMANDS.items() if code}
    succeeded = {" ".join(line.split()[:length]) for line in office.lines for length in (1, 2)}
    assert ended_otherwise - succeeded == NOT_WELL


# What it wrote


def table_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def sheets_of(path: Path) -> dict[str, Any]:
    """The rows of each sheet; what its first row says is the names of the columns."""
    book = openpyxl.load_workbook(path)
    found = {}
    for sheet in book:
        names, *rows = sheet.iter_rows(values_only=True)
        found[sheet.title] = [dict(zip(names, row, strict=True)) for row in rows]
    return found


def test_the_tables_of_letters_have_the_rows_that_they_had(everything: Asked) -> None:
    """A cell that begins with a letter or a digit has no apostrophe before it any more."""
    name = "letters.csv"
    was, now = (
        [
            {column: unguarded(cell) for column, cell in row.items()}
            for row in table_of(place / name)
        ]
        for place in (EXPECTED, everything.folder)
    )
    assert [*lost(was, now)] == []
    name = "letters.xlsx"
    assert [*lost(sheets_of(EXPECTED / name), sheets_of(everything.folder / name))] == []


def test_the_events_come_out_to_the_byte(everything: Asked) -> None:
    name = "events.jsonl"
    assert (everything.folder / name).read_bytes() == (EXPECTED / name).read_bytes()


def counts_of(page: Path) -> Counter[str]:
    """Every 'so many of so many' on a page, but for those of nothing, which are dashes now."""
    text = re.sub(r"<[^>]*>", " ", page.read_text("utf-8"))
    return Counter(re.findall(r"\b\d+ of [1-9]\d*\b", text))


def test_the_board_s_page_has_the_counts_that_it_had(everything: Asked) -> None:
    was, now = (counts_of(place / "board.html") for place in (EXPECTED, everything.folder))
    assert was.total() > 40
    assert was <= now


def test_drafts_word_files_sheets_and_signed_letters_are_written(everything: Asked) -> None:
    here = {p.relative_to(everything.folder).as_posix() for p in everything.folder.rglob("*.*")}
    there = {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.*")}
    ends = Counter(Path(name).suffix for name in here - there if not name.startswith("new-demo"))
    assert (ends[".eml"], ends[".docx"]) == (1, 1)
    assert {"november.pdf", "packs/2026-11/rework-1/signed"} <= here | {
        str(Path(name).parent) for name in here
    }


# The library


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copy_of_folder(tmp_path)


def test_python_answers_as_it_did(folder: Path) -> None:
    was, now = expected("python.json"), from_python(folder)
    assert [*lost(was, now)] == []


def test_python_goes_on_with_the_ledger(folder: Path) -> None:
    """'A record or a ledger that any release wrote is read, verified and gone on with'"""
    with cs.Ledger.open(f"sqlite:///{folder / 'signoff.db'}", create=False) as ledger:
        head = ledger.head
        letter = next(e for e in ledger.events() if e.kind == "selected" and e.period == "2026-11")
        event = ledger.record("note", letter.unit_id, by="office", at=LATER, text="Read by 0.2.")
        assert event.previous == head
        assert ledger.check(head).ok


def test_every_public_name_is_still_there_with_what_it_takes() -> None:
    for name, was in expected("names.json").items():
        now = of_name(getattr(cs, name))
        assert gone(getattr(cs, name), was.get("takes", []), now["takes"]) == [], name
        for attribute, takes in was.get("has", {}).items():
            own = getattr(getattr(cs, name), attribute, None)
            assert own is not None or attribute in now["has"], f"{name}.{attribute}"
            assert gone(own, takes, now["has"].get(attribute, [])) == [], f"{name}.{attribute}"


def gone(function: Any, was: list[str], now: list[str]) -> list[str]:
    """Arguments that are taken no more, neither as they are called now nor by their old names."""
    if any(name.startswith("**") for name in now):
        return []
    return [name for name in was if name not in now and not takes_old(function, name)]


def takes_old(function: Any, name: str) -> bool:
    """Whether a function knows an argument by its old name: it warns, and asks for the others."""
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        with pytest.raises(TypeError):
            function(**{name: None})
    return any(w.category is DeprecationWarning and f"{name}=" in str(w.message) for w in warned)


# The page


def page_on_upgrading() -> str:
    return (PROJECT / "docs/upgrading.md").read_text("utf-8")


def renamed(pattern: str) -> list[tuple[str, str]]:
    """The rows of the page's tables 'old name, new name' whose old name looks like that."""
    found = re.findall(rf"^\| `({pattern})` \| `([^`]+)` \|$", page_on_upgrading(), re.M)
    assert found, pattern
    return found


def test_the_page_on_upgrading_names_every_command_and_every_name_that_moved() -> None:
    for name in expected("commands.json"):
        assert re.search(rf"`{name}[` ]", page_on_upgrading()), name
    for name in expected("names.json"):
        row = rf"^\|[^|\n]*`cs\.{name}`[^|\n]*\| "
        assert name in cs.__all__ or re.search(row, page_on_upgrading(), re.M), name


@pytest.mark.parametrize(("old", "new"), renamed(r"Ledger\.\w+"))
def test_an_old_method_on_the_page_works_and_says_what_the_page_says(old: str, new: str) -> None:
    """'public Python names keep working with a DeprecationWarning until 0.3'"""
    with pytest.warns(DeprecationWarning, match=f"{re.escape(old)}.*{re.escape(new)}.*0.3"):
        method = getattr(cs.Ledger, old.removeprefix("Ledger."))
    assert method == getattr(cs.Ledger, new.removeprefix("Ledger."))


@pytest.mark.parametrize(("old", "new"), renamed(r"render\(\w+=\.\.\.\)"))
def test_an_old_argument_on_the_page_works_and_says_what_the_page_says(old: str, new: str) -> None:
    was, now = (name.replace("...", "") for name in (old, new))
    match = f"{re.escape(was)}.*{re.escape(now)}.*0.3"
    argument = was.removeprefix("render(").removesuffix("=)")
    with pytest.warns(DeprecationWarning, match=match), pytest.raises(TypeError, match="missing"):
        cs.render(**{argument: None})


@pytest.mark.parametrize(("old", "new"), renamed(r"cs\.\w+"))
def test_an_old_name_on_the_page_works_and_says_what_the_page_says(old: str, new: str) -> None:
    name = old.removeprefix("cs.")
    if name in cs.__all__:  # it has not moved yet
        assert getattr(cs, name)
        return
    _, namespace, now = new.split(".")
    with pytest.warns(DeprecationWarning, match=rf"{name}\b.*{namespace}\.{now}\b.*0\.3"):
        value = getattr(cs, name)
    assert value is getattr(importlib.import_module(f"ceosample.{namespace}"), now)


# The folder itself


def test_the_fixture_names_no_place_of_the_machine_that_made_it() -> None:
    kinds = (".csv", ".html", ".json", ".jsonl", ".md", ".toml", ".txt")
    pages = [path for path in FIXTURE.rglob("*.*") if path.suffix in kinds]
    assert len(pages) > 50
    for path in pages:
        found = re.search(r"(?<![\w.<])/(tmp|home|root|work|Users)/", path.read_text("utf-8"))
        assert not found, path
