"""What is written and what is read goes by the same rules: recorded, imported, checked, shown.

Events are appended as somebody does who knows the format and may write to the database: by SQL,
with right hashes.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import shutil
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import months
from books import Book
from ceosample.canonical import digest
from ceosample.errors import CeosampleError, LedgerError, MalformedEventWarning
from ceosample.signoff.check import check_rows
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.recording.event_fields import RECORDABLE
from ceosample.signoff.rules import judge as judging
from ceosample.signoff.rules.judge import EventRule
from ceosample.signoff.store.events import Event
from ceosample.signoff.store.store import row_of
from changed_exports import changed, outcome
from command import Ended, asked
from months import AT, AUTHOR, CEO, MONTH, OFFICE, OWNER, PERIOD, POPULATION, SAMPLER
from release_0_1 import FIXTURE, FOLDER
from thorough import examples

#: Who acts, when nobody else is named, and when.
OF_A_LETTER: dict[str, Any] = {**MONTH, "actor": CEO, "at": AT.isoformat()}


@attrs.frozen
class Forged:
    """An event that recording refuses.

    Attributes:
        kind, payload, fields: the event.
        says: what names it, after its number.
        malformed: whether nothing can be read from it.
    """

    kind: str
    payload: Mapping[str, Any]
    says: str
    fields: Mapping[str, Any]
    malformed: bool = False

    def append(self, book: Book) -> int:
        """Append it; its number."""
        book.append(self.kind, self.payload, **self.fields)
        return len(book.read())


def of_a_letter(kind: str, says: str, *, malformed: bool = False, **more: Any) -> Forged:
    """An event about the first letter of the month that these tests send."""
    payload = more.pop("payload", {})
    fields = {**OF_A_LETTER, "unit_id": months.drawn_with(months.SEED).unit_ids[0], **more}
    return Forged(kind, payload, says, fields, malformed)


def of_nothing(kind: str, says: str, *, malformed: bool = False, **more: Any) -> Forged:
    """An event about the whole ledger."""
    payload = more.pop("payload", {})
    return Forged(kind, payload, says, {"actor": "board", "at": AT.isoformat(), **more}, malformed)


GRANT = {"person": "ann", "role": "auditor", "from": "2026-01-01"}
CODE = {"reason_code": "tone"}
RESOLUTION = {"resolution": "F-1", "policy": "fees", "review_by": "2026-12-31"}

#: What the issue names, and more of each kind.
MALFORMED = {
    "a time in words": of_a_letter("viewed", "at: got 'yesterday'", at="yesterday"),
    "a time without a zone": of_a_letter("viewed", "at: got", at="2026-11-02T09:00:00"),
    "a time beyond the years": of_a_letter("viewed", "at: got", at="0001-01-01T00:00:00+14:00"),
    "no actor": of_a_letter("viewed", "actor: got ''", actor=""),
    "an actor that is no name": of_a_letter("viewed", "actor: got", actor="a\u202eb"),
    "an unknown kind": of_a_letter("blessed", "kind: got 'blessed'"),
    "a kind of 0.3": of_nothing("merged", "kind: got 'merged'"),
    "a note in plain text": of_a_letter(
        "note", "text: got text of 17 ch", payload={"text": "Mrs Jones is dead"}
    ),
    "a digest that is none": of_a_letter("signed", "letter: got", payload={"letter": "ab" * 31}),
    "an emperor": of_nothing(
        "role_granted", "role: got 'emperor'", payload={**GRANT, "role": "emperor"}
    ),
    "a role from some day": of_nothing(
        "role_granted", "from: got 'soon'", payload={**GRANT, "from": "soon"}
    ),
    "a limit in words": of_nothing(
        "role_granted", "limit: got 'much'", payload={**GRANT, "limit": "much"}
    ),
    "a role of no person": of_nothing(
        "role_revoked", "person: missing", payload={"role": "auditor"}
    ),
    "a name in plain text": of_nothing(
        "named", "name: got text", payload={"person": "a", "name": "Al Gray"}
    ),
    "a reason in words": of_a_letter(
        "declined", "reason_code: got", payload={"reason_code": "I hate it"}
    ),
    "a verdict that is none": of_a_letter(
        "finding", "verdict: got", payload={"verdict": "splendid"}
    ),
    "a field too many": of_a_letter("viewed", "'mood': got", payload={"mood": "bad"}),
    "an amount in words": of_a_letter(
        "resolved_nonstandard",
        "amount: got",
        payload={"letter": "ab" * 32, "amount": "lots", "currency": "GBP"},
    ),
    "a month that is none": of_a_letter("viewed", "period: got '2026-13'", period="2026-13"),
    "a letter of no month": of_a_letter("viewed", "subject: got", period=None),
    "a review on no day": Forged(
        "oop_proposed",
        {**RESOLUTION, "review_by": 5},
        "review_by: got 5",
        {"population": POPULATION, "actor": "ann", "at": AT.isoformat()},
    ),
    "counts that are none": Forged(
        "reconciled",
        {"opening": 1, "new": "2", "final": 1, "carried": -1},
        "carried: got -1",
        {**MONTH, "actor": OFFICE, "at": AT.isoformat()},
    ),
    "a draw of nothing": Forged(
        "drawn",
        {"draw": "ab" * 32},
        "commitment: missing",
        {**MONTH, "actor": SAMPLER, "at": AT.isoformat()},
    ),
    "a claim of no file": of_a_letter("imported", "verified: missing", period="2025-01"),
    "a seed of no source": Forged(
        "seed_revealed",
        {"value": "1", "source": "guess", "witnesses": []},
        "source: got 'guess'",
        {**MONTH, "actor": SAMPLER, "at": AT.isoformat()},
    ),
    "a correction of nothing": of_a_letter(
        "corrected", "event: missing", payload={"reason_code": "slip"}
    ),
    "a chain of many months": Forged(
        "chain_published",
        {"end": "ab" * 32, "first": "2027-12", "months": "many"},
        "months: got",
        {"population": POPULATION, "actor": "custodian", "at": AT.isoformat()},
    ),
    "a title in two lines": Forged(
        "frozen",
        {"title": "a\nb"},
        "",
        {**MONTH, "actor": SAMPLER, "at": AT.isoformat()},
    ),
}

#: What has the right hashes, and is none of an event.
UNREAD = {
    "a letter whose id is a list": of_a_letter(
        "viewed", "not an event: its unit_id has the wrong type", unit_id=["R-1"]
    ),
    "an actor that is an object": of_a_letter(
        "viewed", "not an event: its actor has the wrong type", actor={"id": "ceo"}
    ),
    "a time that is a number": of_a_letter(
        "viewed", "not an event: its recorded_at has the wrong type", recorded_at=5
    ),
    "a key too many": of_a_letter("viewed", "not an event: its keys", mood="bad"),
}

EVERY = {**MALFORMED, **UNREAD}

NO_EVENT = [
    "not an event: its unit_id has the wrong type",
    "not an event: its actor has the wrong type",
    "not an event: its recorded_at has the wrong type",
    "not an event: its keys are not those of an event",
]

IMPOSSIBLE = {
    "signed in 1990": of_a_letter(
        "signed",
        "letter {first}: signed at 1990",
        at="1990-01-01T09:00:00+00:00",
        payload={"letter": "{letter}"},
    ),
    "signed by the sampler": of_a_letter(
        "signed", "letter {first}: was sent to 'ceo'", actor=SAMPLER, payload={"letter": "{letter}"}
    ),
    "superseded by the sampler": Forged(
        "superseded",
        {"draw": "{draw}", **CODE},
        "superseded: 'sampling' is the sampler",
        {**MONTH, "actor": SAMPLER, "at": AT.isoformat()},
    ),
    "lapsed by the owner": of_a_letter(
        "lapsed",
        "letter {first}: 'owner-1' is the owner",
        actor=OWNER,
        payload={"letter": "{letter}", "reason_code": "deadline"},
    ),
    "replaced by the author": of_a_letter(
        "replaced", "letter {first}: 'handler-1' is the author", actor=AUTHOR, payload=CODE
    ),
    "withdrawn with its owner's approval": of_a_letter(
        "withdrawn",
        "letter {first}: 'owner-1' owns the letter",
        payload={**CODE, "approver": OWNER},
    ),
    "dispatched unsigned": of_a_letter(
        "dispatched", "letter {first}: cannot become dispatched", payload={"letter": "{letter}"}
    ),
    "signed for a deputy": of_a_letter(
        "signed_by_deputy",
        "letter {first}: cannot become",
        payload={"letter": "{letter}", "for": CEO},
    ),
    "delegated to nobody": of_a_letter(
        "delegated", "letter {first}: 'cfo' is not", payload={"to": "cfo"}
    ),
    "an own letter that was not taken over": of_a_letter(
        "signed",
        "letter {first}: 'ceo' wrote it",
        payload={"letter": "{letter}", "own_letter": True},
    ),
    "a version left out": of_a_letter(
        "rendered",
        "letter {first}: got version 3",
        payload={"letter": "ab" * 32, "signatory": CEO, "version": 3, "words": 9},
    ),
    "sent again": of_a_letter(
        "sent_for_signature",
        "letter {first}: ",
        payload={"letter": "ab" * 32, "signatory": CEO, "pack": "ab" * 32},
    ),
    "one letter more": of_a_letter(
        "selected",
        "letter X-1: was selected after its draw",
        unit_id="X-1",
        payload={"draw": "{draw}", "stratum": ["Cards"], "rank": 9, "take_all": False},
    ),
    "a reserve that jumps the queue": of_a_letter(
        "selected",
        "letter ",
        unit_id="{reserve}",
        payload={
            "draw": "{draw}",
            "stratum": ["Cards"],
            "rank": 9,
            "take_all": False,
            "replaces": "{first}",
        },
    ),
    "a letter that was not drawn": of_a_letter(
        "viewed", "letter X-1: was not drawn", unit_id="X-1"
    ),
    "a note on a reserve": of_a_letter(
        "note", "letter {reserve}: was not drawn", unit_id="{reserve}", payload={"text": "ab" * 32}
    ),
    "a second seed": Forged(
        "seed_revealed",
        {"value": "1" * 20, "source": "dice", "witnesses": ["audit"]},
        "seed_revealed after",
        {**MONTH, "actor": SAMPLER, "at": AT.isoformat()},
    ),
    "a correction of what is not there": of_a_letter(
        "corrected", "event: got", payload={"event": "ab" * 32, **CODE}
    ),
    "a correction of the draw": Forged(
        "corrected",
        {"event": "{registration}", **CODE},
        "event 5: drawn cannot be corrected",
        {**MONTH, "actor": OFFICE, "at": AT.isoformat()},
    ),
    "a hold lifted that was not there": of_a_letter(
        "hold_lifted", "letter {first}: has no", payload=CODE
    ),
    "an erasure of nobody's": of_a_letter(
        "forgotten", "person: ", payload={"texts": 0, "person": "a", **CODE}
    ),
    "a deputy of nobody": of_nothing(
        "role_granted", "role, of: missing", payload={**GRANT, "role": "deputy"}
    ),
    "a role that ends before it begins": of_nothing(
        "role_granted", "role, until: got", payload={**GRANT, "until": "2025-01-01"}
    ),
    "a role taken from nobody": of_nothing(
        "role_revoked", "role: 'ann' is not auditor", payload=GRANT
    ),
    "a resolution co-signed by nobody's colleague": Forged(
        "oop_cosigned",
        {"resolution": "F-9"},
        "resolution 'F-9': was not proposed",
        {"population": POPULATION, "actor": "ann", "at": AT.isoformat()},
    ),
    "an import of a month that was frozen": of_a_letter(
        "imported",
        f"{POPULATION}, {PERIOD}: was frozen here",
        payload={
            "verified": False,
            "outcome": "signed",
            "stratum": None,
            "signed_by": CEO,
            "signed_on": "2026-10-01",
            "file": "ab" * 32,
            "sheet": 1,
            "row": 2,
        },
    ),
    "an import of the future": of_a_letter(
        "imported",
        "letter {first}: signed on 2099",
        period="2026-01",
        payload={
            "verified": False,
            "outcome": "signed",
            "stratum": None,
            "signed_by": CEO,
            "signed_on": "2099-10-01",
            "file": "ab" * 32,
            "sheet": 1,
            "row": 2,
        },
    ),
    "a file withdrawn that was not there": Forged(
        "import_withdrawn",
        {"file": "ab" * 32, **CODE},
        f"{POPULATION}, {PERIOD}: nothing was imp",
        {**MONTH, "actor": OFFICE, "at": AT.isoformat()},
    ),
    "opened again": of_nothing("opened", "opened again", payload={"ledger": "x", "schema": 1}),
    "the same rules again": of_nothing("rules", "rules: got 2, and rules 2", payload={"rules": 2}),
    "rules of a later release": of_nothing("rules", "rules: got 9", payload={"rules": 9}),
}


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A ledger with a month that was sent, and what the forged events fill in."""
    file = tmp_path_factory.mktemp("judged") / "signoff.db"
    with months.open_ledger(f"sqlite:///{file}") as ledger:
        month = months.sent(ledger)
        filled = {
            "first": month.first,
            "letter": month.digest(),
            "draw": month.draw.digest,
            "reserve": month.draw.reserves[0].unit_id,
            "registration": month.registration.hash,
        }
    return file, filled


@pytest.fixture
def book(tmp_path: Path, pristine: tuple[Path, dict[str, str]]) -> Book:
    return Book.of_file(Path(shutil.copy(pristine[0], tmp_path / "signoff.db")))


def filled_in(forged: Forged, words: Mapping[str, str]) -> Forged:
    """The same with what only the ledger knows: a letter's digest, a reserve's id."""

    def fill(value: Any) -> Any:
        if isinstance(value, str) and value.startswith("{"):
            return words[value[1:-1]]
        return value

    says = forged.says
    for name, value in words.items():
        says = says.replace(f"{{{name}}}", value)
    return attrs.evolve(
        forged,
        payload={name: fill(value) for name, value in forged.payload.items()},
        fields={name: fill(value) for name, value in forged.fields.items()},
        says=says,
    )


@pytest.mark.parametrize("name", [*MALFORMED, *IMPOSSIBLE])
def test_what_recording_refuses_is_named_by_a_check_and_by_an_import(
    book: Book, pristine: tuple[Path, dict[str, str]], tmp_path: Path, name: str
) -> None:
    """'`check` and `ceosample import` pass events that recording refuses'"""
    forged = filled_in({**MALFORMED, **IMPOSSIBLE}[name], pristine[1])
    assert book.check().ok
    number = forged.append(book)
    report = book.check()
    said = f"event {number}: {forged.says}"
    assert (report.ok, report.level.name, report.events) == (False, "BROKEN", number)
    assert str(report.first_difference).startswith(said)
    lines = [row["text"].encode() for row in book.read()]
    copy = tmp_path / "copy.db"
    with pytest.raises(LedgerError) as raised:
        Ledger.restore(f"sqlite:///{copy}", lines)
    assert raised.value.faults[0].startswith(f"import: {said}")
    assert {path.name for path in tmp_path.iterdir()} == {"signoff.db"}  # nothing of it is left


def test_a_check_names_what_is_no_event_and_goes_on(book: Book) -> None:
    """An event 'whose top-level types are wrong but whose hash is right'"""
    numbers = [forged.append(book) for forged in UNREAD.values()]
    report = book.check()
    assert [*report.problems] == [
        f"event {number}: {problem}" for number, problem in zip(numbers, NO_EVENT, strict=True)
    ]
    assert report.events == numbers[-1]
    lines = [row["text"].encode() for row in book.read()]
    with pytest.raises(LedgerError, match=f"import, line {numbers[0]}: not an event"):
        Ledger.restore("sqlite://", lines)


def test_a_check_names_each_problem_and_goes_on(book: Book) -> None:
    """A problem that stayed the first for ever would hide all that comes after it."""
    numbers = [MALFORMED[name].append(book) for name in ("an emperor", "an unknown kind")]
    book.append(
        "viewed", {}, **{**OF_A_LETTER, "unit_id": months.drawn_with(months.SEED).unit_ids[0]}
    )
    report = book.check()
    assert [problem.partition(":")[0] for problem in report.problems] == [
        f"event {n}" for n in numbers
    ]
    assert report.first_difference == report.problems[0]
    assert report.events == len(book.read())
    assert report.to_dict()["problems"] == list(report.problems)
    assert str(report).count("\n") == 2


@pytest.mark.parametrize("keep", [1, 3])
def test_a_draw_with_fewer_letters_than_it_drew_is_named(book: Book, keep: int) -> None:
    """'three of four selected letters after re-hashing'"""
    events = [json.loads(row["text"]) for row in book.read()]
    chosen = [event for event in events if event["kind"] == "selected"]
    gone = {event["unit_id"] for event in chosen[keep:]}
    kept = [event for event in events if event["unit_id"] not in gone]
    report = check_rows(chained(kept), None)
    drawn = next(event["sequence"] for event in events if event["kind"] == "drawn")
    assert f": event {drawn} drew 2 letters of " in str(report.first_difference)


def chained(events: list[dict[str, Any]]) -> list[SimpleNamespace]:
    """The rows of events, numbered and hashed again."""
    rows, previous = [], "0" * 64
    for number, fields in enumerate(events, 1):
        event = Event(**{**fields, "sequence": number, "previous": previous})
        previous = event.hash
        rows.append(SimpleNamespace(**row_of(event), hash=previous, text=event.text.decode()))
    return rows


# What people show is read by the same rules


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The folder that 0.1 left, as it is and with every malformed event in its ledger."""
    place = tmp_path_factory.mktemp("read")
    clean, forged = (Path(shutil.copytree(FOLDER, place / name)) for name in ("clean", "forged"))
    for folder in (clean, forged):
        (folder / "chain.json").chmod(0o600)
    book = Book.of_file(forged / "signoff.db")
    for event in EVERY.values():
        event.append(book)
    return clean, forged


READERS = {
    "status --json": 0,
    "metrics --as-of 2027-02-10T12:00:00+00:00 --json": 0,
    "people --json": 0,
    "policies --as-of 2027-02-10T12:00:00+00:00 --json": 0,
    "at-risk --within 30 --as-of 2027-02-10T12:00:00+00:00 --json": 0,
    "ledger letter R-KBRL2Z --json": 0,
    "export events.jsonl": 0,
    "check --period 2027-01 --json": 0,
    "run --dry-run --at 2027-02-10T12:00:00+00:00 --json": 0,
    "seed show --json": 0,
    "status --check --json": 1,
    "metrics --check --json": 1,
    "policies --check": 1,
    "export letters.csv": 1,
    "report --no-pictures --out board.html": 1,
}


def warned(line: str, folder: Path) -> tuple[Ended, str]:
    """What a command ended with, and all that it warned of."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        ended = asked(*line.split(), folder=folder)
    return ended, "\n".join(str(one.message) for one in told) + ended.err + ended.out


@pytest.mark.parametrize(
    "line",
    [
        # A report loads what no other reader needs.
        pytest.param(line, marks=pytest.mark.slow) if line.startswith("report ") else line
        for line in READERS
    ],
)
def test_a_reader_names_what_is_malformed_and_leaves_it_out(
    folders: tuple[Path, Path], line: str
) -> None:
    """'what is malformed under its own rules is named by every reader and left out'

    What goes on paper, or to others as a table, is not made from such a ledger.
    """
    clean, forged = folders
    before, (ended, told) = asked(*line.split(), folder=clean), warned(line, forged)
    assert (before.code, ended.code) == (0, READERS[line])
    first = len(Book.of_file(clean / "signoff.db").read()) + 1
    numbers = range(first, first + len(EVERY))
    named = [number for number in numbers if f"event {number}: " in told]
    assert named, told
    if READERS[line] or line.startswith("export events"):
        assert named == [*numbers]
    elif "--json" in line and "status" not in line:
        assert figures_of(ended.out.replace("forged", "clean")) == figures_of(before.out)
    made = [word for word in line.split() if word.endswith((".csv", ".html"))]
    assert [(clean / name).exists() for name in made] == [True] * len(made)
    assert [(forged / name).exists() for name in made] == [False] * len(made)


def figures_of(out: str) -> dict[str, Any]:
    """What a command printed as JSON, but for the head, which any event changes."""
    return {name: value for name, value in json.loads(out).items() if name != "head"}


def test_a_ledger_with_malformed_events_can_be_recorded_in(book: Book) -> None:
    """'Malformed ones then break ... for good': they do not."""
    for event in EVERY.values():
        event.append(book)
    first = months.drawn_with(months.SEED).unit_ids[0]
    with Ledger.open(book.url) as ledger:
        with pytest.warns(MalformedEventWarning):
            assert ledger.record("viewed", first, by=CEO, at=AT).kind == "viewed"
        with pytest.warns(MalformedEventWarning):
            assert ledger.people().grants == ()


def test_an_impossible_step_is_named_and_left_out_of_the_figures(
    book: Book, pristine: tuple[Path, dict[str, str]]
) -> None:
    filled_in(IMPOSSIBLE["dispatched unsigned"], pristine[1]).append(book)
    with Ledger.open(book.url) as ledger, pytest.warns(MalformedEventWarning, match="dispatched"):
        assert ledger.history(pristine[1]["first"]).state == "sent_for_signature"


# Rules have numbers


def refuse_viewed(event: Event, _: object) -> None:
    raise LedgerError(f"letter {event.unit_id}: may not be viewed on a Monday")


def add_a_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    """One more rule of rules 2, which refuses every 'viewed'."""
    rule = EventRule(2, refuse_viewed, "viewed")
    monkeypatch.setitem(judging._RULES_OF, "viewed", [*judging._RULES_OF["viewed"], rule])


def old_ledger(tmp_path: Path) -> Book:
    """A ledger under rules 1, in which a letter was viewed."""
    with months.open_ledger() as ledger:
        month = months.sent(ledger)
        month.say("viewed")
        events: list[dict[str, Any]] = [
            event.to_dict() for event in ledger.events() if event.kind != "rules"
        ]
    for event in events:  # divisions began with rules 2
        for part in (event["payload"], *event["payload"].get("strata", ())):
            part.pop("division", None)
            part.pop("divisions", None)
    lines = [f"{row.text}\n".encode() for row in chained(events)]
    book = Book.of_file(tmp_path / "old.db")
    Ledger.restore(book.url, lines).close()
    return book


def test_what_only_later_rules_refuse_is_a_note_and_counts_as_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """'what only rules 2 would refuse is a note of `check` and counts as before'"""
    book = old_ledger(tmp_path)
    add_a_rule(monkeypatch)
    report = book.check()
    first = months.drawn_with(months.SEED).unit_ids[0]
    assert (report.ok, report.problems) == (True, ())
    (note,) = report.notes
    assert note.endswith(f"letter {first}: may not be viewed on a Monday")
    assert f"note: {note}" in str(report)
    assert report.to_dict()["notes"] == [note]
    with Ledger.open(book.url) as ledger:
        assert ledger.history(first).state == "viewed"
        second = months.drawn_with(months.SEED).unit_ids[1]
        ledger.record("viewed", second, by=CEO, at=AT)  # still rules 1
        assert len(ledger.check().notes) == 2
        ledger.upgrade(by=OFFICE, at=AT, backup=tmp_path / "backup")
        with pytest.raises(LedgerError, match="may not be viewed on a Monday"):
            ledger.record("viewed", months.drawn_with(months.SEED).unit_ids[2], by=CEO, at=AT)
        assert (ledger.check().ok, len(ledger.check().notes)) == (True, 2)
        assert ledger.history(first).state == "viewed"


def test_what_is_appended_under_the_rules_that_refuse_it_is_a_problem(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_a_rule(monkeypatch)
    book.append(
        "viewed", {}, **{**OF_A_LETTER, "unit_id": months.drawn_with(months.SEED).unit_ids[0]}
    )
    assert "may not be viewed on a Monday" in str(book.check().first_difference)


def test_a_ledger_under_rules_of_a_later_release_is_read_and_not_written(book: Book) -> None:
    book.append("rules", {"rules": 3}, actor=OFFICE, at=AT.isoformat())
    first = months.drawn_with(months.SEED).unit_ids[0]
    with Ledger.open(book.url) as ledger:
        assert ledger.history(first).state == "sent_for_signature"
        with pytest.raises(LedgerError, match="is under rules 3 since event"):
            ledger.record("viewed", first, by=CEO, at=AT)


# Any event


class _UndoneError(Exception):
    """Raised to leave a transaction as if it had never been."""


@contextlib.contextmanager
def undone(ledger: Ledger) -> Iterator[None]:
    with contextlib.suppress(_UndoneError), ledger.transaction():
        yield
        raise _UndoneError


class Live:
    """A month with letters in several states; its repr is short, for what hypothesis prints."""

    def __init__(self, month: months.Month) -> None:
        self.month = month

    def __repr__(self) -> str:
        return "a month"


@pytest.fixture(scope="module")
def live() -> Iterator[Live]:
    with months.open_ledger() as ledger:
        ledger.grant(
            "cfo", "deputy", of=CEO, since=dt.date(2026, 1, 1), by="board",
            at=dt.datetime(2026, 9, 1, tzinfo=dt.UTC),
        )  # fmt: skip
        month = months.sent(ledger)
        ids = month.draw.unit_ids
        month.say("delegated", ids[1], to="cfo")
        month.sign(ids[2])
        month.say("returned_for_rework", ids[3], reason_code="tone")
        yield Live(month)


PEOPLE = (CEO, "cfo", SAMPLER, OFFICE, OWNER, AUTHOR)
MOMENTS = (AT, AT + dt.timedelta(hours=3), AT - dt.timedelta(hours=3))
VALUES: dict[str, Callable[[months.Month, str], Any]] = {
    "letter": lambda month, unit_id: month.digest(unit_id),
    "reason_code": lambda *_: "duplicate",
    "to": lambda *_: "cfo",
    "approver": lambda *_: OWNER,
    "verdict": lambda *_: "sound",
    "colleague": lambda *_: OWNER,
    "channel": lambda *_: "call",
    "outcome": lambda *_: "sorry",
    "text": lambda *_: "Thank you.",
    "promise": lambda *_: "call-back",
    "cause": lambda *_: "old-form",
    "action": lambda *_: "rewrite",
    "due": lambda *_: "2026-12-31",
    "evidence": lambda *_: "5" * 64,
}


@settings(max_examples=examples(120, one_in=6))
@given(
    kind=st.sampled_from(sorted(RECORDABLE)),
    letter=st.integers(0, 4),
    by=st.sampled_from(PEOPLE),
    at=st.sampled_from(MOMENTS),
    changed=st.sampled_from([None, None, "letter", "approver", "to", "reason_code"]),
)
def test_what_recording_refuses_a_check_names_and_what_it_records_a_check_passes(
    live: Live, kind: str, letter: int, by: str, at: dt.datetime, changed: str | None
) -> None:
    """'an event that recording refuses, appended with right hashes, is named by `check`'"""
    month, drawn = live.month, live.month.draw
    unit_id = [*drawn.unit_ids, drawn.reserves[0].unit_id][letter]
    needs = RECORDABLE[kind].needs
    said = {
        name: VALUES[name](
            month, drawn.unit_ids[0] if name == "letter" and letter == 4 else unit_id
        )
        for name in needs
    }
    if changed in said:
        said[changed] = "Not this!" if changed == "reason_code" else "f" * 64
    before = list(month.ledger.events())
    recorded: list[Event] | None = None
    with undone(month.ledger), contextlib.suppress(CeosampleError):
        event = month.ledger.record(kind, unit_id, by=by, at=at, **MONTH, **said)
        recorded = [event]
        for reserve in drawn.reserves if kind == "replaced" else ():
            with contextlib.suppress(LedgerError):  # the others stay reserves
                recorded.append(month.ledger.history(reserve.unit_id, **MONTH).events[-1])
    if recorded is not None and recorded[0].sequence <= len(before):
        return  # it was recorded before
    if recorded is None:
        payload = {**said, **({"text": digest(b"x")} if "text" in said else {})}
        forged = Event(
            sequence=0, at=at.isoformat(), recorded_at=before[-1].recorded_at, actor=by, kind=kind,
            **MONTH, unit_id=unit_id, payload=payload, previous="",
        )  # fmt: skip
        recorded_fields = [forged.to_dict()]
    else:
        recorded_fields = [event.to_dict() for event in recorded]
    report = check_rows(chained([*(e.to_dict() for e in before), *recorded_fields]), None)
    assert report.ok is (recorded is not None), report
    if recorded is None:
        assert str(report.first_difference).startswith(f"event {len(before) + 1}: ")


@pytest.mark.parametrize("hundred", range(2))
def test_a_changed_export_ends_in_no_exception_that_is_not_ours(hundred: int) -> None:
    """'a fuzzer of 20,000 changed exports gives no exception that is not ours'

    ``benchmarks/changed_exports.py`` does the other ones.
    """
    lines = (FIXTURE.parent / "ledger.jsonl").read_bytes().splitlines()
    events = [event for event in map(json.loads, lines) if "payload" in event]
    as_of = dt.datetime(2027, 3, 1, tzinfo=dt.UTC)
    for number in range(30 * hundred, 30 * hundred + examples(30, one_in=6)):
        outcome(changed(events, number), as_of, POPULATION)
