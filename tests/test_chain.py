"""The chain of hashes against somebody with plain sqlite3, a text editor and bad intentions."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from books import Book
from ceosample import Frame, Plan, Seed, draw
from ceosample.errors import ConflictError, LedgerError
from ceosample.signoff.check import ChainLevel, check_rows
from ceosample.signoff.ledger import Ledger
from postgresql import Server
from storage import DATABASES
from thorough import first_of

AT = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)
RECONCILED = {
    "kind": "reconciled", "payload": {"opening": 0, "new": 12, "final": 12, "carried": 0}
}  # fmt: skip
RENDERED: dict[str, Any] = {
    "kind": "rendered",
    "payload": {"letter": "ab" * 32, "signatory": "ceo", "version": 1, "words": 9},
}
SEED = Seed.from_dice("83019274650192837465", witnesses=["internal audit"])


def write_book(url: str) -> None:
    """A ledger of 19 events: three months frozen, one drawn, two letters withdrawn."""
    with Ledger.open(url) as ledger:
        for period in ("2026-08", "2026-09", "2026-10"):
            frame = Frame.from_records(
                [{"id": f"Ŵ-{i}", "division": "Cards" if i % 2 else "Loans"} for i in range(12)],
                population="complaint-responses",
                period=period,
                unit_id="id",
                strata=["division"],
            )
            plan = Plan(size=6)
            ledger.freeze(frame, plan, seed_source="dice", by="sampling", at=AT)
        drawn = draw(frame, plan, SEED)
        ledger.register(drawn, by="sampling", at=AT)
        for unit_id in drawn.unit_ids[:2]:
            ledger.record(
                "withdrawn",
                unit_id,
                by="office",
                at=AT,
                reason_code="customer-withdrew",
                approver="h-002",
            )


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a ledger that nobody has touched."""
    file = tmp_path_factory.mktemp("book") / "signoff.db"
    write_book(f"sqlite:///{file}")
    return file.read_bytes()


@pytest.fixture(scope="module")
def template(postgresql: Server) -> Iterator[str]:
    """A database with such a ledger in it, to be copied."""
    with postgresql.database() as name:
        write_book(postgresql.url(name))
        yield name


@pytest.fixture(params=DATABASES)
def book(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Book]:
    """A copy of it that may be spoilt."""
    if request.param == "sqlite":
        copy = tmp_path / "signoff.db"
        copy.write_bytes(request.getfixturevalue("pristine"))
        yield Book.of_file(copy)
        return
    server: Server = request.getfixturevalue("postgresql")
    with server.database(request.getfixturevalue("template")) as name:
        yield Book.of_server(server, name)


@pytest.fixture
def rows(book: Book) -> list[dict[str, Any]]:
    """Its rows, as they are stored."""
    return book.read()


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


# What the chain is


def test_the_chain_verifies_without_any_code_of_ours(rows: list[dict[str, Any]]) -> None:
    """'hash = SHA-256(RFC 8785 JSON of the event, the previous hash in it)'"""
    previous = "0" * 64
    names = {
        "sequence", "at", "recorded_at", "actor", "kind", "population", "period", "unit_id",
        "payload", "previous",
    }  # fmt: skip
    for number, row in enumerate(rows, 1):
        event = json.loads(row["text"])
        assert rfc8785.dumps(event) == row["text"].encode()
        assert hashlib.sha256(row["text"].encode()).hexdigest() == row["hash"]
        assert set(event) == names
        assert event["sequence"] == number == row["sequence"]
        assert event["previous"] == previous
        for column in ("kind", "population", "period", "unit_id"):
            assert event[column] == row[column]
        previous = row["hash"]
    assert len(rows) == 19


def test_the_head_is_the_hash_of_the_newest_event(book: Book, rows: list[dict[str, Any]]) -> None:
    """'The newest hash is the ledger's head'"""
    with Ledger.open(book.url) as ledger:
        assert ledger.head == rows[-1]["hash"] == ledger.check().head


def test_a_book_that_nobody_touched_is_intact_and_with_a_head_from_paper_anchored(
    book: Book, rows: list[dict[str, Any]]
) -> None:
    """'ledger.check(head=None) ... return reports with .ok, .level and .first_difference'"""
    report = book.check()
    assert (report.ok, report.level, report.first_difference) == (True, ChainLevel.INTACT, None)
    assert (report.events, report.head) == (19, rows[-1]["hash"])
    for row in rows:
        assert book.check(row["hash"]).level is ChainLevel.ANCHORED
    assert str(report) == f"ok: INTACT, 19 events, head {rows[-1]['hash']}"
    assert json.loads(json.dumps(report.to_dict()))["level"] == "INTACT"


def test_checking_changes_nothing(tmp_path: Path, pristine: bytes) -> None:
    file = tmp_path / "signoff.db"
    file.write_bytes(pristine)
    Book.of_file(file).check()
    Book.of_file(file).check("0" * 64)
    assert file.read_bytes() == pristine


# What is done to it


@pytest.mark.parametrize("place", [3, 8, 19])
def test_an_edited_payload_is_named(book: Book, place: int) -> None:
    book.tamper(
        'UPDATE events SET text = replace(text, \'"payload":{\', \'"payload":{"a":1,\') '
        "WHERE sequence = :place",
        place=place,
    )
    report = book.check()
    assert (report.ok, report.level) == (False, ChainLevel.BROKEN)
    assert str(report.first_difference).startswith(f"event {place}: its text was changed")
    assert report.events == place - 1
    assert "NOT ok: BROKEN" in str(report)


def test_the_first_of_several_edits_is_named(book: Book) -> None:
    book.tamper("UPDATE events SET text = text || ' ' WHERE sequence IN (6, 10, 12)")
    assert str(book.check().first_difference).startswith("event 6: ")


@pytest.mark.parametrize("place", [3, 6, 18])
def test_an_edit_with_a_hash_to_fit_shows_at_the_next_event(book: Book, place: int) -> None:
    """'carries the hash of the event before it'"""
    event = json.loads(book.read()[place - 1]["text"])
    event["actor"] = "somebody-else"
    text = rfc8785.dumps(event).decode()
    book.tamper(
        "UPDATE events SET text = :text, hash = :hash WHERE sequence = :place",
        text=text,
        hash=sha256(text),
        place=place,
    )
    assert str(book.check().first_difference).startswith(
        f"event {place + 1}: does not follow from the event before it"
    )


def test_a_changed_hash_is_named(book: Book) -> None:
    book.tamper("UPDATE events SET hash = :hash WHERE sequence = 7", hash="ab" * 32)
    assert str(book.check().first_difference).startswith("event 7: its text was changed, or its h")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("kind", "signed"),
        ("population", "somewhere-else"),
        ("period", "2020-01"),
        ("unit_id", "R-1"),
        ("unit_id", None),
        ("kind", "SELECTED"),
    ],
)
def test_a_look_up_column_that_contradicts_the_text_is_named(
    book: Book, column: str, value: str | None
) -> None:
    """'columns that serve look-ups are compared with it by check()'"""
    book.tamper(f"UPDATE events SET {column} = :value WHERE sequence = 10", value=value)
    said = str(book.check().first_difference)
    assert said.startswith("event 10: ")
    assert column in said


@pytest.mark.parametrize("place", [3, 9, 18])
def test_an_event_that_is_missing_in_the_middle_is_named(book: Book, place: int) -> None:
    """'Each event has a sequence number without gaps'"""
    book.tamper("DELETE FROM events WHERE sequence = :place", place=place)
    assert str(book.check().first_difference).startswith(f"event {place}: missing")


def test_a_gap_that_was_closed_up_is_named(book: Book) -> None:
    book.tamper(
        "DELETE FROM events WHERE sequence = 9",
        "UPDATE events SET sequence = -sequence WHERE sequence > 9",
        "UPDATE events SET sequence = -sequence - 1 WHERE sequence < 0",
    )
    assert str(book.check().first_difference).startswith("event 9: ")


@pytest.mark.parametrize(("one", "other"), [(5, 6), (7, 13), (3, 19)])
def test_two_events_that_changed_places_are_named_at_the_first(
    book: Book, one: int, other: int
) -> None:
    book.tamper(
        "UPDATE events SET sequence = 0 WHERE sequence = :one",
        "UPDATE events SET sequence = :one WHERE sequence = :other",
        "UPDATE events SET sequence = :other WHERE sequence = 0",
        one=one,
        other=other,
    )
    assert str(book.check().first_difference).startswith(f"event {one}: ")


@pytest.mark.parametrize("kept", [18, 17, 6, 2])
def test_a_tail_that_was_cut_off_shows_against_paper_alone(
    book: Book, rows: list[dict[str, Any]], kept: int
) -> None:
    """'so a rewritten history contradicts paper that the executive signed'"""
    book.tamper("DELETE FROM events WHERE sequence > :kept", kept=kept)
    assert book.check().level is ChainLevel.INTACT
    assert book.check(rows[kept - 1]["hash"]).level is ChainLevel.ANCHORED
    report = book.check(rows[-1]["hash"])
    assert (report.ok, report.level, report.events) == (False, ChainLevel.BROKEN, kept)
    assert rows[-1]["hash"] in str(report.first_difference)
    assert f"events after event {kept} were cut off" in str(report.first_difference)


@pytest.mark.parametrize("kept", [7, 8, 10, 13, 16])
def test_a_draw_whose_letters_are_not_all_there_is_named_without_paper(
    book: Book, kept: int
) -> None:
    """'three of four selected letters after re-hashing'"""
    book.tamper("DELETE FROM events WHERE sequence > :kept", kept=kept)
    assert str(book.check().first_difference).startswith(f"event {kept + 1}: missing; event 7 drew")


@pytest.mark.parametrize("first", [4, 18, 19])
def test_a_history_that_was_written_anew_shows_against_paper_alone(
    book: Book, rows: list[dict[str, Any]], first: int
) -> None:
    """'so a rewritten history contradicts paper that the executive signed'"""
    book.forge(first, actor="nobody")
    assert book.check().level is ChainLevel.INTACT
    assert not book.check(rows[-1]["hash"]).ok
    assert not book.check(rows[first - 1]["hash"]).ok
    assert book.check(rows[first - 2]["hash"]).level is ChainLevel.ANCHORED


def test_an_event_that_was_recorded_before_the_one_that_precedes_it_is_named(book: Book) -> None:
    """'recorded_at (... never decreasing)'"""
    book.forge(10, recorded_at="1999-12-31T00:00:00.000000Z")
    assert str(book.check().first_difference).startswith("event 10: was recorded at an earlier")


@pytest.mark.parametrize(
    ("number", "change", "words"),
    [
        (5, RECONCILED, "event 6: seed_revealed before frozen"),
        (6, RECONCILED, "event 7: drawn before seed_revealed"),
        (7, RECONCILED, "event 8: selected before drawn"),
        (18, {"kind": "signed", "payload": {"letter": "ab" * 32}}, "event 18: letter "),
        (19, {"kind": "dispatched", "payload": {"letter": "ab" * 32}}, "event 19: letter "),
        (8, RENDERED, "event 8: event 7 drew 3 letters of "),
    ],
    ids=["no freeze", "no seed", "no draw", "signed unsent", "dispatched unsigned", "never drawn"],
)
def test_a_chain_of_right_hashes_that_tells_what_cannot_have_happened_is_named(
    book: Book, number: int, change: dict[str, Any], words: str
) -> None:
    """'the first that cannot have happened: a step that the table does not allow, ...'"""
    book.forge(number, **change)
    assert str(book.check().first_difference).startswith(words)


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "seed_revealed", "payload": {"value": "1" * 20, "source": "dice"}},
        {"kind": "drawn", "payload": {"draw": "ab" * 32, "strata": []}},
        {"kind": "frozen", "payload": {"commitment": "ab" * 32}},
        {"kind": "opened", "payload": {"ledger": "ab" * 16, "schema": 1}},
    ],
    ids=lambda change: str(change["kind"]),
)
def test_a_month_has_one_seed_and_one_draw_and_no_freeze_after_them(
    book: Book, change: dict[str, Any]
) -> None:
    """'One period of one population has one draw': no paper tells of one that is added later."""
    book.forge(19, **change, unit_id=None)
    assert str(book.check().first_difference).startswith("event 19: ")


def test_a_text_that_is_not_canonical_is_named_although_its_hash_fits(book: Book) -> None:
    """'the hashed text itself is stored': RFC 8785 has one text for an event."""
    event = json.loads(book.read()[18]["text"])
    text = json.dumps(event)
    book.tamper(
        "UPDATE events SET text = :text, hash = :hash WHERE sequence = 19",
        text=text,
        hash=sha256(text),
    )
    assert str(book.check().first_difference).startswith("event 19: not canonical JSON")


@pytest.mark.parametrize(
    "change",
    [
        {"recorded_at": 5},
        {"recorded_at": None},
        {"at": ["2026"]},
        {"actor": None},
        {"kind": {"a": "b"}},
        {"payload": []},
        {"sequence": "9"},
        {"extra": 1},
        {"unit_id": 7},
    ],
    ids=str,
)
def test_an_event_of_the_wrong_kind_is_named_and_stops_nothing(
    book: Book, change: dict[str, Any]
) -> None:
    """'return reports with .ok, .level and .first_difference': a fault is a finding."""
    event = {**json.loads(book.read()[9]["text"]), **change}
    text = rfc8785.dumps(event).decode()
    columns = {
        name: value if isinstance(value := event[name], str | int | None) else json.dumps(value)
        for name in ("kind", "unit_id")
    }
    book.tamper(
        "UPDATE events SET text = :text, hash = :hash, kind = :kind, unit_id = :unit_id "
        "WHERE sequence = 10",
        text=text,
        hash=sha256(text),
        **columns,
    )
    # The event itself is named, or the next one, which does not follow from it.
    assert str(book.check().first_difference).startswith(("event 10: ", "event 11: "))


def _two_months(url: str) -> None:
    """Two months whose letters' events alternate, to the end of the first month's letters."""
    with Ledger.open(url) as ledger:
        months = []
        for period, digit in (("2026-09", "1"), ("2026-10", "2")):
            frame = Frame.from_records(
                [{"id": f"R-{i}"} for i in range(9)],
                population="complaint-responses",
                period=period,
                unit_id="id",
            )
            plan = Plan(size=6, reserves=2)
            ledger.freeze(frame, plan, seed_source="dice", by="sampling", at=AT)
            drawn = draw(frame, plan, Seed.from_dice(digit * 20, witnesses=["audit"]))
            ledger.register(drawn, by="sampling", at=AT)
            months.append(drawn)
        for one, other in zip(*(drawn.unit_ids for drawn in months), strict=True):
            for drawn, unit_id in zip(months, (one, other), strict=True):
                ledger.record(
                    "replaced", unit_id, by="office", at=AT, reason_code="duplicate",
                    approver="second", period=drawn.period,
                )  # fmt: skip


_OF_A_DRAW = {"draw": "ab" * 32, "stratum": [], "rank": 1, "take_all": False}
PAYLOADS: dict[str, dict[str, Any]] = {
    "selected": _OF_A_DRAW,
    "reserve": _OF_A_DRAW,
    "withdrawn": {"reason_code": "reopened", "approver": "coo"},
    "rendered": RENDERED["payload"],
    "signed": {"letter": "ab" * 32},
    "note": {"text": "ab" * 32},
}


#: Where an event is forged, and which: each kind at the end, and each place, in every run.
FORGED = sorted(
    itertools.product([-1, -2, -5, -6], PAYLOADS),
    key=lambda forged: (forged[0] != -1, forged[1] != "selected"),
)


@pytest.fixture(scope="module")
def two_months(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a book of two months, in which a check that lets months go finds nothing."""
    file = tmp_path_factory.mktemp("two months") / "signoff.db"
    book = Book.of_file(file)
    _two_months(book.url)
    held = book.check()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ceosample.signoff.rules.walk.HELD", 0)
        assert book.check() == held
    assert held.ok
    return file


@pytest.mark.parametrize(("place", "kind"), first_of(9, FORGED))
@pytest.mark.slow
def test_a_check_that_lets_old_months_go_finds_what_one_that_holds_all_finds(
    two_months: Path, tmp_path: Path, place: int, kind: str
) -> None:
    """'check must not keep the histories of all letters in memory', and must still find the same:
    here an event after an end, or a letter that is selected twice, of a month of long ago."""
    book = Book.of_file(Path(shutil.copy(two_months, tmp_path)))
    events = [json.loads(row["text"]) for row in book.read()]
    period = events[place]["period"]
    ended = next(e["unit_id"] for e in events if e["kind"] == "replaced" and e["period"] == period)
    change = {"kind": kind, "unit_id": ended, "payload": PAYLOADS[kind]}
    book.forge(len(events) + 1 + place, **change)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ceosample.signoff.rules.walk.HELD", 0)
        report = book.check()
    assert report == book.check()
    assert report.ok is (kind == "note")


@pytest.mark.parametrize("when", [5, None, ["2026"], {}, True], ids=str)
def test_a_last_event_that_was_recorded_at_no_time_is_named(book: Book, when: object) -> None:
    """'recorded_at (UTC, microseconds, Z, never decreasing)': nothing follows that would tell."""
    book.forge(19, recorded_at=when)
    assert str(book.check().first_difference).startswith("event 19: ")


@pytest.mark.parametrize("change", [{"actor": None}, {"at": 5}, {"period": 7}], ids=str)
def test_a_last_event_of_the_wrong_kind_stops_nothing(book: Book, change: dict[str, Any]) -> None:
    """'return reports with .ok, .level and .first_difference'"""
    book.forge(19, **change)
    assert book.check().events >= 18


@pytest.mark.parametrize(
    "value",
    ["x'00ff'", "CAST(x'ff7b7d' AS TEXT)", "''", "'{}'", "'null'", "12"],
    ids=["bytes", "not UTF-8", "empty", "an object", "JSON null", "a number"],
)
def test_a_text_that_is_no_event_is_named(book: Book, value: str) -> None:
    """'return reports with .ok, .level and .first_difference': a fault is a finding."""
    if book.kind == "postgresql" and value.startswith(("x'", "CAST")):
        pytest.skip("PostgreSQL keeps nothing but text there")
    book.tamper(f"UPDATE events SET text = {value} WHERE sequence = 10")
    assert str(book.check().first_difference).startswith("event 10: ")


@pytest.mark.parametrize("sequence", [-1, -5, 0])
def test_an_event_slipped_in_before_the_first_is_found(book: Book, sequence: int) -> None:
    """'Each event has a sequence number without gaps': what a look-up finds, check() must see."""
    drawn = json.loads(book.read()[-1]["text"])
    slipped = {**drawn, "sequence": sequence, "kind": "selected", "previous": "0" * 64}
    text = rfc8785.dumps(slipped).decode()
    book.tamper(
        "INSERT INTO events VALUES (:sequence, :hash, 'selected', :population, :period, :unit_id, "
        ":text)",
        text=text,
        hash=sha256(text),
        **{name: slipped[name] for name in ("sequence", "population", "period", "unit_id")},
    )
    try:
        report = book.check()
    except LedgerError:
        return  # a ledger that cannot even be opened was found out too
    assert not report.ok


def test_an_event_that_is_there_twice_is_found(book: Book) -> None:
    book.tamper(
        "INSERT INTO events SELECT 20, 'x' || hash, kind, population, period, unit_id, text "
        "FROM events WHERE sequence = 19",
    )
    assert str(book.check().first_difference).startswith("event 20: ")


@pytest.mark.parametrize("statement", ["DELETE FROM events", "TRUNCATE events"])
def test_a_book_that_is_emptied_while_it_is_open_is_broken(book: Book, statement: str) -> None:
    """'deleting, reordering or truncating rows behind the library's back is detected'"""
    if book.kind == "sqlite":
        statement = "DELETE FROM events"
    with Ledger.open(book.url) as ledger:
        book.tamper(statement)
        report = ledger.check()
    assert (report.ok, report.events, report.head) == (False, 0, None)
    assert str(report.first_difference).startswith("event 1: missing")


def test_a_book_that_begins_with_something_else_is_broken(book: Book) -> None:
    """'The first event names the ledger'"""
    with Ledger.open(book.url) as ledger:
        book.forge(1, kind="note")
        assert str(ledger.check().first_difference).startswith("event 1: got 'note'")


def test_a_book_of_which_the_beginning_is_missing_is_not_opened(book: Book) -> None:
    book.tamper("DELETE FROM events WHERE sequence < 4")
    with pytest.raises(LedgerError, match="first event"):
        Ledger.open(book.url)


def test_a_spoilt_event_stops_whoever_would_go_on_from_it(book: Book) -> None:
    """'State is a replay of events': what cannot be read is not passed over."""
    book.tamper("UPDATE events SET text = '{}' WHERE sequence = 19")
    with (
        Ledger.open(book.url) as ledger,
        pytest.raises(LedgerError, match=r"event 19 cannot be read .*or ledger\.check\(\)"),
    ):
        list(ledger.events())


def test_a_head_that_is_no_hash_is_on_no_paper(book: Book) -> None:
    assert not book.check("0" * 64).ok
    for slip in ("", "not a hash", "A" * 64, f" {'0' * 64}"):
        with pytest.raises(LedgerError, match=r"head: got .*give all 64 digits"):
            book.check(slip)


@pytest.fixture(scope="module")
def stored(pristine: bytes, tmp_path_factory: pytest.TempPathFactory) -> list[SimpleNamespace]:
    file = tmp_path_factory.mktemp("rows") / "signoff.db"
    file.write_bytes(pristine)
    return [SimpleNamespace(**row) for row in Book.of_file(file).read()]


def _altered(text: str, place: int, character: str) -> str:
    place %= len(text)
    return text[:place] + character + text[place + 1 :]


@given(
    number=st.integers(0, 18),
    column=st.sampled_from(["hash", "kind", "population", "period", "unit_id", "text"]),
    place=st.integers(0, 10**6),
    character=st.characters(min_codepoint=32, max_codepoint=126),
)
def test_no_character_of_a_row_can_be_another(
    stored: list[SimpleNamespace], number: int, column: str, place: int, character: str
) -> None:
    """'one pass over every event, every hash, every look-up column'"""
    row = SimpleNamespace(**vars(stored[number]))
    text = getattr(row, column) or "-"
    setattr(row, column, _altered(text, place, character))
    unchanged = vars(row) == vars(stored[number])
    report = check_rows([*stored[:number], row, *stored[number + 1 :]], None)
    assert report.ok is unchanged
    if not unchanged:
        assert str(report.first_difference).startswith(f"event {number + 1}: ")
        assert report.events == number


@given(st.permutations(range(19)))
def test_no_other_order_of_the_rows_is_the_book(
    stored: list[SimpleNamespace], order: list[int]
) -> None:
    report = check_rows([stored[number] for number in order], None)
    assert report.ok is (order == sorted(order))


# Taken out and brought in


def test_a_book_that_is_taken_out_and_brought_in_is_the_same_book(tmp_path: Path) -> None:
    """'Export to and import from JSON Lines, verified on the way in.'"""
    write_book(url := f"sqlite:///{tmp_path / 'book.db'}")
    with Ledger.open(url) as ledger:
        lines, head = list(ledger.export()), ledger.head
    copy = f"sqlite:///{tmp_path / 'copy.db'}"
    with Ledger.restore(copy, lines) as again:
        assert (again.head, list(again.export())) == (head, lines)
        assert again.check(head).level.name == "ANCHORED"
        again.grant("ceo", "signatory", since=AT.date(), by="board", at=AT)
    with pytest.raises(ConflictError, match="a ledger already exists here and was left unchanged"):
        Ledger.restore(copy, lines)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda lines: lines[1:], "line 1: got event 2"),
        (lambda lines: [*lines[:3], *lines[4:]], "line 4: got event 5"),
        (lambda lines: [*lines, lines[-1]], "line 20: got event 19"),
        (lambda lines: [*lines[:2], b"{}\n", *lines[3:]], "line 3: not an event"),
        (
            lambda lines: [*lines[:2], lines[2].replace(b"sampling", b"somebody"), *lines[3:]],
            "event 4: does not",
        ),
        (lambda lines: [lines[0], b"\xff\n"], "line 2"),
        (lambda lines: [lines[0], lines[1].decode()], "line 2: got str; give the bytes"),
    ],
)
def test_a_book_that_is_not_whole_is_not_brought_in(
    tmp_path: Path, spoil: Callable[[list[bytes]], list[Any]], says: str
) -> None:
    write_book(book_url := f"sqlite:///{tmp_path / 'book.db'}")
    with Ledger.open(book_url) as ledger:
        lines = list(ledger.export())
    url = f"sqlite:///{tmp_path / 'copy.db'}"
    with pytest.raises(LedgerError, match=says):
        Ledger.restore(url, spoil(lines))
    with Ledger.restore(url, lines) as whole:  # nothing of the spoilt one was kept
        assert whole.check().ok
