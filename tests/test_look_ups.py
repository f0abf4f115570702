"""What figures are read from: no index, table or trigger differs without a word of the check."""

from __future__ import annotations

import contextlib
import json
import random
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ceosample.cli import cli
from ceosample.errors import CeosampleError, LedgerError
from ceosample.problems import gathered
from ceosample.signoff.check import ChainLevel, ChainReport
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.store.lookups import UNIQUE, _in_postgresql, look_ups
from ceosample.signoff.store.store import Store
from postgresql import Server

GOLDEN = Path(__file__).parent / "golden"
MONTH = {"population": "complaint-responses", "period": "2026-10"}
PAGE_SIZE = 4096


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A ledger that 0.1 wrote: a month, people and two texts, in 41 events."""
    return Path(shutil.copy(GOLDEN / "ledger.db", tmp_path / "signoff.db"))


@pytest.fixture(scope="module")
def template(postgresql: Server) -> Iterator[str]:
    """The same events in PostgreSQL."""
    with postgresql.database() as name:
        lines = (GOLDEN / "ledger.jsonl").read_bytes().splitlines(keepends=True)
        Ledger.restore(postgresql.url(name), lines[:41]).close()
        store = Store.connect(postgresql.url(name), create=False)
        with store.transaction(writing=True) as connection:
            store.keep(connection, "A parrot.", salt=bytes(32), unit_id="Ŵ-1", person="h-077")
        store.close()
        yield name


@pytest.fixture
def database(postgresql: Server, template: str) -> Iterator[str]:
    """A database of one's own with them."""
    with postgresql.database(template) as name:
        yield name


def check(url: str, head: str | None = None) -> ChainReport:
    with Ledger.open(url, create=False) as ledger:
        return ledger.check(head)


def figures(url: str) -> list[list[str]]:
    """What each look-up gives to those who count."""
    with Ledger.open(url, create=False) as ledger:
        found = [
            ledger.events(),
            ledger.events(**MONTH),
            ledger.events_for(MONTH["population"], MONTH["period"], MONTH["period"]),
            ledger.month_events(MONTH["population"]),
            ledger.events(unit_id="Ŵ-1"),
        ]
        return [[event.hash for event in events] for events in found]


# SQLite: what an owner can do

PARTIAL = "CREATE INDEX events_{0} ON events ({1}) WHERE kind <> 'returned_for_rework'"
MONTH_COLUMNS = "population, period, sequence"
IN_SQLITE = {
    "an index that leaves out rows": (
        f"DROP INDEX events_month; {PARTIAL.format('month', MONTH_COLUMNS)}",
        "index events_month: defined otherwise",
    ),
    "an index that is gone": ("DROP INDEX events_kind", "index events_kind: missing"),
    "an index of other columns": (
        "DROP INDEX events_unit; CREATE INDEX events_unit ON events (period, sequence)",
        "index events_unit: defined otherwise",
    ),
    "an index of an expression": (
        "DROP INDEX events_unit; CREATE INDEX events_unit ON events (lower(unit_id), sequence)",
        "index events_unit: defined otherwise",
    ),
    "an index that folds case": (
        "DROP INDEX events_kind; "
        "CREATE INDEX events_kind ON events (kind COLLATE NOCASE, sequence)",
        "index events_kind: defined otherwise",
    ),
    "an index more": (
        "CREATE INDEX more ON events (population) WHERE sequence < 9",
        "table events: got a foreign index 'more'",
    ),
    "texts found by fewer rows": (
        "DROP INDEX texts_person; CREATE INDEX texts_person ON texts (person) WHERE person > 'h'",
        "index texts_person: defined otherwise",
    ),
    "a trigger that is gone": (
        "DROP TRIGGER events_no_delete",
        "trigger events_no_delete: missing",
    ),
    "a trigger that does nothing": (
        "DROP TRIGGER events_no_update; "
        "CREATE TRIGGER events_no_update BEFORE UPDATE ON events BEGIN SELECT 1; END",
        "trigger events_no_update: defined otherwise",
    ),
    "a trigger that swallows events": (
        "CREATE TRIGGER quiet BEFORE INSERT ON events WHEN NEW.kind = 'signed' "
        "BEGIN SELECT RAISE(IGNORE); END",
        "table events: got a foreign trigger 'quiet'",
    ),
    "a table with another column": (
        "ALTER TABLE texts ADD COLUMN more TEXT",
        "table texts: defined otherwise",
    ),
    "a view in a table's place": (
        "ALTER TABLE texts RENAME TO texts_1; CREATE VIEW texts AS SELECT * FROM texts_1",
        "table texts: got a view of this name",
    ),
}


@pytest.mark.parametrize("change", IN_SQLITE)
def test_what_an_owner_of_a_file_changes_is_named_and_is_not_intact(
    file: Path, change: str
) -> None:
    """'compares tables, indexes and triggers with our own definitions, and says what differs'"""
    statements, place = IN_SQLITE[change]
    head = check(f"sqlite:///{file}").head
    with contextlib.closing(sqlite3.connect(file)) as connection:
        connection.executescript(statements)
    report = check(f"sqlite:///{file}", head)
    assert (report.level, report.ok) == (ChainLevel.BROKEN, False)
    assert place in "\n".join(report.database)
    assert str(report.first_difference).startswith(report.database[0])
    assert "ceosample repair" in str(report.first_difference)


def test_an_index_that_lacks_rows_under_our_own_definition_is_named(file: Path) -> None:
    """'an owner can make an index incomplete, so that a returned letter ... vanish'"""
    url = f"sqlite:///{file}"
    before = figures(url)
    with contextlib.closing(sqlite3.connect(file)) as connection:
        ours = connection.execute(
            "SELECT sql FROM sqlite_schema WHERE name = 'events_month'"
        ).fetchone()
        connection.executescript(
            f"DROP INDEX events_month; {PARTIAL.format('month', MONTH_COLUMNS)};"
            "PRAGMA writable_schema = ON;"
        )
        connection.execute("UPDATE sqlite_schema SET sql = ? WHERE name = 'events_month'", ours)
        connection.commit()
    assert figures(url) != before
    report = check(url)
    assert report.level is ChainLevel.BROKEN
    assert any(said.startswith("index events_month: gives other rows") for said in report.database)
    assert any(said.startswith("file: SQLite's integrity check") for said in report.database)


def test_a_ledger_of_the_first_release_differs_in_nothing(file: Path) -> None:
    """'what exists stays: old ledgers open, verify and give the figures they gave'"""
    report = check(f"sqlite:///{file}")
    assert report == ChainReport(ChainLevel.INTACT, None, 41, report.head, (), notes=report.notes)
    assert {note.partition(":")[0] for note in report.notes} == {"event 31"}


# SQLite: bits that flip


def index_pages(file: Path) -> list[int]:
    with contextlib.closing(sqlite3.connect(file)) as connection:
        found = connection.execute("SELECT rootpage FROM sqlite_schema WHERE type = 'index'")
        return sorted(page for (page,) in found)


@pytest.mark.slow
def test_no_bit_that_flips_in_an_index_gives_wrong_figures_and_intact(file: Path) -> None:
    """'Nine of 250 one-bit flips in SQLite's index pages gave INTACT with wrong figures'"""
    url, whole = f"sqlite:///{file}", file.read_bytes()
    right, pages, chance = figures(url), index_pages(file), random.Random(16)
    found = set()
    for _ in range(20):
        flipped = bytearray(whole)
        # An index's entries fill its page from the end on.
        place = (chance.choice(pages) - 1) * PAGE_SIZE + chance.choice(
            [chance.randrange(100), chance.randrange(PAGE_SIZE - 900, PAGE_SIZE)]
        )
        flipped[place] ^= 1 << chance.randrange(8)
        file.write_bytes(flipped)
        report = check(url)
        try:
            is_right = figures(url) == right
        except LedgerError:
            is_right = False
        assert is_right or not report.ok, place
        found.add((report.ok, is_right))
    assert (False, False) in found  # some of these flips do harm


def test_a_damaged_page_is_told_in_our_words_by_every_reader(file: Path) -> None:
    """'Nothing gives a traceback': a bit flips in any page, the schema's too."""
    url, whole, chance = f"sqlite:///{file}", file.read_bytes(), random.Random(4)
    refused = []
    for page in range(len(whole) // PAGE_SIZE):
        flipped = bytearray(whole)
        for _ in range(3):
            flipped[page * PAGE_SIZE + chance.randrange(PAGE_SIZE)] ^= 1 << chance.randrange(8)
        flipped[page * PAGE_SIZE + (100 if page == 0 else 0)] ^= 8  # what kind of page it is
        file.write_bytes(flipped)
        for read in (check, figures):
            try:
                read(url)
            except CeosampleError as error:
                refused.append(str(error))
    assert refused
    assert all(said.startswith("ledger: ") for said in refused)


# PostgreSQL


def test_each_database_is_asked_by_all_the_indexes_that_it_has() -> None:
    """SQLite has none for the numbers of events, which are its rows' own, and PostgreSQL has no
    numbers of rows."""
    lite, pg = ({one.index: one for one in look_ups(kind)} for kind in UNIQUE)
    shared = {
        *("events_kind", "events_month", "events_subject", "events_unit"),
        *("texts_person", "texts_unit"),
    }
    assert lite.keys() == {*shared, *UNIQUE["sqlite"]}
    assert pg.keys() == {*shared, *UNIQUE["postgresql"], "events_pkey"}
    assert {one.columns[-1] for one in lite.values()} == {"rowid"}
    assert not any("rowid" in one.columns for one in pg.values())


def test_neither_answer_of_postgresql_is_loaded_whole(postgresql: Server, database: str) -> None:
    """'what a check holds in memory does not grow with the ledger'"""
    store = Store.connect(postgresql.url(database), create=False)
    with contextlib.closing(store), store.transaction() as connection:
        for look_up in look_ups("postgresql"):
            with _in_postgresql(connection, look_up):
                waiting = connection.exec_driver_sql("SELECT count(*) FROM pg_cursors")
                assert waiting.scalar_one() == 2


IN_POSTGRESQL = {
    "an index that leaves out rows": (
        [
            "DROP INDEX events_month",
            f"{PARTIAL.format('month', MONTH_COLUMNS)}",
        ],
        "index events_month: defined otherwise",
    ),
    "an index that is gone": (["DROP INDEX texts_unit"], "index texts_unit: missing"),
    "an index with another collation": (
        [
            "DROP INDEX events_kind",
            'CREATE INDEX events_kind ON events (kind COLLATE "POSIX", sequence)',
        ],
        "index events_kind: defined otherwise",
    ),
    "an index more": (
        ["CREATE INDEX more ON events (population) WHERE sequence < 9"],
        "table events: got a foreign index 'more'",
    ),
    "a constraint that is gone": (
        ["ALTER TABLE events DROP CONSTRAINT events_hash_key"],
        "table events: UNIQUE (hash) is missing",
    ),
    "a constraint more": (
        ["ALTER TABLE events ADD CHECK (kind <> 'escalated_to_board') NOT VALID"],
        "table events: got a foreign constraint",
    ),
    "a trigger that is gone": (
        ["DROP TRIGGER events_no_change ON events"],
        "trigger events_no_change: missing",
    ),
    "triggers that are disabled": (
        ["ALTER TABLE events DISABLE TRIGGER USER"],
        "trigger events_only_next: disabled",
    ),
    "a trigger of fewer statements": (
        [
            "DROP TRIGGER events_no_change ON events",
            "CREATE TRIGGER events_no_change BEFORE DELETE ON events "
            "FOR EACH STATEMENT EXECUTE FUNCTION events_refuse()",
        ],
        "trigger events_no_change: defined otherwise",
    ),
    "a trigger that swallows events": (
        [
            "CREATE FUNCTION quiet() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RETURN NULL; END $$",
            "CREATE TRIGGER quiet BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION quiet()",
        ],
        "table events: got a foreign trigger 'quiet'",
    ),
    "a function with another body": (
        [
            "CREATE OR REPLACE FUNCTION texts_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RETURN NULL; END $$",
        ],
        "trigger texts_no_update: its function texts_refuse",
    ),
    "a rule that writes nothing": (
        ["CREATE RULE quiet AS ON INSERT TO events DO INSTEAD NOTHING"],
        "table events: got a foreign rule 'quiet'",
    ),
    "a policy that hides texts": (
        [
            "ALTER TABLE texts ENABLE ROW LEVEL SECURITY",
            "CREATE POLICY hidden ON texts USING (person IS NULL)",
        ],
        "table texts: got a foreign policy 'hidden'",
    ),
    "row security alone": (
        ["ALTER TABLE texts ENABLE ROW LEVEL SECURITY"],
        "table texts: row security is on",
    ),
    "a table that inherits": (
        ["CREATE TABLE heir () INHERITS (texts)"],
        "table texts: inherits with 'heir'",
    ),
    "a column of another collation": (
        ['ALTER TABLE texts ALTER COLUMN person TYPE text COLLATE "POSIX"'],
        "table texts: column person: defined otherwise",
    ),
    "a column more, that is computed": (
        ["ALTER TABLE events ADD COLUMN more text GENERATED ALWAYS AS (kind) STORED"],
        "table events: column 'more': is foreign",
    ),
    "a table that a crash empties": (
        ["ALTER TABLE texts SET UNLOGGED"],
        "table texts: is not logged",
    ),
    "a view in a table's place": (
        ["ALTER TABLE texts RENAME TO texts_1", "CREATE VIEW texts AS SELECT * FROM texts_1"],
        "table texts: got a view",
    ),
    "another meaning of equal": (
        [
            "CREATE FUNCTION alike(text, text) RETURNS boolean LANGUAGE sql AS "
            "$$ SELECT $1 OPERATOR(pg_catalog.=) $2 "
            "AND $1 OPERATOR(pg_catalog.<>) 'returned_for_rework' $$",
            "CREATE OPERATOR public.= (LEFTARG = text, RIGHTARG = text, FUNCTION = alike)",
            "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = "
            "public, pg_catalog', current_database()); END $$",
        ],
        "search_path: got 'public' before pg_catalog",
    ),
}


def tamper(server: Server, database: str, statements: list[str]) -> None:
    with server.connect(database) as connection:
        for statement in statements:
            connection.execute(statement.encode())


@pytest.mark.parametrize("change", IN_POSTGRESQL)
def test_what_an_owner_of_a_database_changes_is_named_and_is_not_intact(
    postgresql: Server, database: str, change: str
) -> None:
    """'definitions are read from the catalogue, without superuser or extension'"""
    statements, place = IN_POSTGRESQL[change]
    url = postgresql.url(database)
    head = check(url).head
    tamper(postgresql, database, statements)
    report = check(url, head)
    assert (report.level, report.ok) == (ChainLevel.BROKEN, False)
    assert place in "\n".join(report.database)


def test_an_index_of_postgresql_that_lacks_rows_under_our_own_definition_is_named(
    postgresql: Server, database: str
) -> None:
    """'On PostgreSQL each look-up is asked twice, by index and with index scans off'"""
    url = postgresql.url(database)
    for index, columns in (("month", MONTH_COLUMNS), ("unit", "unit_id, sequence")):
        tamper(
            postgresql,
            database,
            [
                f"DROP INDEX events_{index}",
                PARTIAL.format(index, columns),
                # What an administrator could do, and a damaged index looks like.
                "UPDATE pg_catalog.pg_index SET indpred = NULL "
                f"WHERE indexrelid = 'events_{index}'::regclass",
            ],
        )
    report = check(url)
    assert report.level is ChainLevel.BROKEN
    assert [said.partition(": gives other rows")[0] for said in report.database] == [
        "index events_month",
        "index events_unit",
    ]


def test_a_role_that_only_reads_compares_everything(postgresql: Server, database: str) -> None:
    """'without superuser or extension'"""
    with postgresql.connect(database) as connection:
        connection.execute("DROP ROLE IF EXISTS auditor")
        connection.execute("CREATE ROLE auditor LOGIN")
        connection.execute("GRANT SELECT ON events, texts TO auditor")
        url = postgresql.url(database, user="auditor")
        with Ledger.open(url, create=False) as ledger:
            assert ledger.check().ok
            connection.execute("ALTER TABLE events DISABLE TRIGGER USER")
            assert not ledger.check().ok
        connection.execute("DROP OWNED BY auditor")
        connection.execute("DROP ROLE auditor")


# Figures on paper


@pytest.fixture
def firm(tmp_path: Path) -> Path:
    """The folder that 0.1 left, with four months."""
    return Path(shutil.copytree(GOLDEN / "release-0.1" / "ceosample-demo", tmp_path / "firm"))


def ask(firm: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, [*words, "--config", str(firm / "ceosample.toml")])


@pytest.mark.slow
def test_figures_for_paper_name_the_check_that_was_made_with_them(firm: Path) -> None:
    """'Figures that go on paper or before a board come with a check ..., its level and head'"""
    board, table = firm / "new.html", firm / "new.csv"
    with Ledger.open(f"sqlite:///{firm / 'signoff.db'}") as ledger:
        report = ledger.check()
    told = f"ledger ok: INTACT, {report.events} events, head {report.head}"
    for words in (("report", "--no-pictures", "--out", str(board)), ("export", str(table))):
        assert told in ask(firm, *words).output
    assert f"INTACT: {report.events} events, all of them checked" in board.read_text("utf-8")
    told_whole = told + "".join(f"\n  note: {note}" for note in gathered(report.notes))
    assert len(gathered(report.notes)) < 5 < len(report.notes)
    for command in ("metrics", "policies", "status"):
        assert ask(firm, command, "--check").output.endswith(f"{told_whole}\n")
        assert ask(firm, command, "--head", str(report.head)).output.endswith(
            f"{told_whole.replace('INTACT', 'ANCHORED')}\n"
        )
        assert f"head {report.head}" in ask(firm, command).output
    assert "the ledger was not checked; --check does it" in ask(firm, "metrics").output
    for command, check in (("metrics", report.to_dict()), ("policies", report.to_dict())):
        said = json.loads(ask(firm, command, "--json", "--check").output)
        assert (said["head"], said["check"]) == (report.head, {**check, "database": []})
        assert json.loads(ask(firm, command, "--json").output)["check"] is None


def test_figures_for_paper_are_refused_from_a_ledger_with_an_incomplete_index(firm: Path) -> None:
    with contextlib.closing(sqlite3.connect(firm / "signoff.db")) as connection:
        connection.executescript(
            f"DROP INDEX events_month; {PARTIAL.format('month', MONTH_COLUMNS)}"
        )
    for words in (
        ("report", "--no-pictures", "--out", str(firm / "new.html")),
        ("export", str(firm / "new.csv")),
        ("metrics", "--check"),
        ("policies", "--check", "--json"),
        ("status", "--check"),
    ):
        ended = ask(firm, *words)
        assert ended.exit_code == 1
        assert "index events_month: defined otherwise than this library does" in ended.output
    ended = ask(firm, "close", "--period", "2026-12", "--still-open")
    assert isinstance(ended.exception, LedgerError)
    assert "a closing sheet needs an intact ledger" in str(ended.exception)
    assert not (firm / "new.html").exists()
    assert not (firm / "new.csv").exists()
