"""A repair: a backup, indexes and triggers again, an event; events and texts stay as they are."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy.engine import Connection

from ceosample.cli import cli
from ceosample.errors import BusyError, ClockError, ConflictError, LedgerError
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.repair import repair
from ceosample.signoff.store import databases
from ceosample.signoff.store.store import Store
from command import time_told
from postgresql import Server

GOLDEN = Path(__file__).parent / "golden"
AT = dt.datetime(2028, 1, 3, 9, tzinfo=dt.UTC)
LINES = (GOLDEN / "ledger.jsonl").read_bytes().splitlines(keepends=True)[:41]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A ledger that 0.1 wrote, under its rules."""
    return Path(shutil.copy(GOLDEN / "ledger.db", tmp_path / "signoff.db"))


def change(file: Path, statements: str) -> None:
    with contextlib.closing(sqlite3.connect(file)) as connection:
        connection.executescript(statements)


def texts(url: str) -> list[tuple[str, ...]]:
    store = Store.connect(url, create=False)
    with contextlib.closing(store):
        return sorted(tuple(map(str, row)) for row in store.kept())


UNSOUND = {
    "an index": "DROP INDEX events_kind",
    "an index that leaves out rows": "DROP INDEX events_unit; "
    "CREATE INDEX events_unit ON events (unit_id, sequence) WHERE sequence < 20",
    "triggers": "DROP TRIGGER events_no_update; DROP TRIGGER texts_only_new; "
    "CREATE TRIGGER quiet BEFORE INSERT ON events BEGIN SELECT RAISE(IGNORE); END",
    "a column": "ALTER TABLE texts ADD COLUMN more TEXT",
}


@pytest.mark.parametrize("unsound", UNSOUND)
def test_a_repair_makes_all_but_the_rows_again_and_is_on_record(file: Path, unsound: str) -> None:
    """'makes a backup, rebuilds indexes and triggers, and records that'"""
    url, backup = f"sqlite:///{file}", file.with_suffix(".backup")
    kept = texts(url)
    change(file, UNSOUND[unsound])
    before, inode = file.read_bytes(), file.stat().st_ino
    with Ledger.open(url) as ledger:
        events = [*ledger.export()]
        would = ledger.repair(by="ann", at=AT, backup=backup, dry_run=True)
        assert (would.done, backup.exists(), file.read_bytes()) == (False, False, before)
        done = ledger.repair(by="ann", at=AT, backup=backup)
        assert (done.differences, done.done, done.backup) == (would.differences, True, str(backup))
        assert ledger.check().ok
        *rest, event = ledger.events()
        assert [said.text + b"\n" for said in rest] == events
        again = ledger.repair(by="ann", at=AT, backup=backup)
        assert (again.differences, again.done, ledger.head) == ((), False, event.hash)
        with pytest.raises(LedgerError, match="append-only"), ledger._store.transaction(
            writing=True
        ) as connection:  # fmt: skip
            connection.exec_driver_sql("UPDATE events SET kind = 'signed'")
    places = {str(said).partition(":")[0] for said in done.differences}
    assert (event.kind, event.actor, event.at) == ("repaired", "ann", AT.isoformat())
    assert set(event.payload["rebuilt"]) == places
    assert (texts(url), file.stat().st_ino) == (kept, inode)
    # Pages as they were: SQLite counts a copy as a change in the first hundred bytes.
    assert (backup.read_bytes()[100:], backup.stat().st_mode & 0o777) == (before[100:], 0o600)
    assert {path.name for path in file.parent.iterdir()} == {file.name, backup.name}


def test_an_index_whose_page_is_damaged_is_made_again(file: Path) -> None:
    """'A corrupted SQLite index page: REINDEX'"""
    url = f"sqlite:///{file}"
    with contextlib.closing(sqlite3.connect(file)) as connection:
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'sqlite_autoindex_events_1'"
        ).fetchone()
    data = bytearray(file.read_bytes())
    data[(page - 1) * 4096] ^= 0xFF
    file.write_bytes(data)
    with Ledger.open(url) as ledger:
        assert "cannot be read" in "\n".join(ledger.check().database)
        ledger.repair(by="ann", at=AT, backup=file.with_suffix(".backup"))
        assert ledger.check().ok


@pytest.mark.parametrize("rows", ["events", "texts"])
def test_what_is_broken_itself_is_not_repaired(file: Path, rows: str) -> None:
    """'Refuses where the events themselves are broken'; 'a damaged table page: says so'"""
    change(
        file,
        "DROP TRIGGER events_no_update; DROP TRIGGER texts_no_update;"
        f"UPDATE {rows} SET text = 'x' WHERE rowid = (SELECT MAX(rowid) FROM {rows})",
    )
    before = file.read_bytes()
    with Ledger.open(f"sqlite:///{file}") as ledger:
        assert not ledger.check().ok
        with pytest.raises(LedgerError, match="cannot change events or texts: restore a backup"):
            ledger.repair(by="ann", at=AT, backup=file.with_suffix(".backup"))
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_a_table_page_that_is_damaged_is_told(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[4096 * 12 : 4096 * 12 + 8] = bytes(8)  # where the table's first leaf is
    file.write_bytes(data)
    with pytest.raises(LedgerError, match="ledger: ") as refusal, Ledger.open(
        f"sqlite:///{file}"
    ) as ledger:  # fmt: skip
        ledger.repair(by="ann", at=AT, backup=file.with_suffix(".backup"))
    assert "restore a backup" in str(refusal.value)


def test_a_backup_replaces_nothing_and_a_file_with_other_tables_stays(file: Path) -> None:
    """'never overwriting'"""
    url, backup = f"sqlite:///{file}", file.with_suffix(".backup")
    change(file, "DROP INDEX events_kind; CREATE TABLE letters (id TEXT)")
    backup.write_bytes(b"kept")
    before = file.read_bytes()
    with Ledger.open(url) as ledger:
        with pytest.raises(ConflictError, match="left unchanged"):
            ledger.repair(by="ann", at=AT, backup=backup)
        with pytest.raises(LedgerError, match="its file holds 'letters', which is not the ledger"):
            ledger.repair(by="ann", at=AT, backup=file.with_suffix(".second"))
    assert (file.read_bytes(), backup.read_bytes()) == (before, b"kept")


def test_a_repair_waits_for_who_writes_and_then_says_so(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "PATIENCE", 50)
    change(file, "DROP INDEX events_kind")
    before = file.read_bytes()
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with Ledger.open(f"sqlite:///{file}") as ledger, pytest.raises(BusyError):
            ledger.repair(by="ann", at=AT, backup=file.with_suffix(".backup"))
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("meanwhile", "found"),
    [
        ("DROP INDEX events_unit", "ledger: index events_unit: missing"),
        ("INSERT INTO events SELECT MAX(sequence) + 1, 'h', 'k', NULL, NULL, NULL, 't' FROM events",
         "ledger: event "),
    ],
)  # fmt: skip
def test_a_repair_after_which_something_still_differs_is_undone(
    file: Path, meanwhile: str, found: str
) -> None:
    change(file, "DROP INDEX events_kind")
    before, store = file.read_bytes(), Store.connect(f"sqlite:///{file}", create=False)

    def record(_: Store, connection: Connection, rebuilt: Sequence[str]) -> None:
        assert rebuilt == ["index events_kind"]
        connection.exec_driver_sql(meanwhile)

    with contextlib.closing(store), pytest.raises(LedgerError, match=f"{found}.*, after the"):
        repair(store, record, file.with_suffix(".backup"), dry_run=False)
    assert file.read_bytes() == before


def test_the_command_repairs_the_ledger_of_a_configuration_or_of_a_url(file: Path) -> None:
    """'ceosample repair'"""
    change(file, "DROP TRIGGER events_no_delete")
    backup = file.with_suffix(".backup")
    command = ["repair", f"sqlite:///{file}", "--by", "ann", "--backup", str(backup)]
    dry = CliRunner().invoke(cli, [*command, "--dry-run"])
    assert (dry.exit_code, dry.output) == (0, "would repair: trigger events_no_delete: missing\n")
    done = CliRunner().invoke(cli, [*command, "--json"])
    assert json.loads(done.output) == {
        "differences": ["trigger events_no_delete: missing"], "done": True, "backup": str(backup),
    }  # fmt: skip
    again = CliRunner().invoke(cli, command)
    assert (again.exit_code, again.output) == (0, "nothing to repair\n")


def test_a_person_says_that_the_clock_is_right_with_a_repair_too(file: Path) -> None:
    """'is refused unless a person says so by name'"""
    url = f"sqlite:///{file}"
    with Ledger.open(url, clock=lambda: AT) as ledger:
        ledger.upgrade(by="ann", at=AT, backup=file.with_suffix(".old"))
    change(file, "DROP TRIGGER events_no_delete")
    command = ["repair", url, "--by", "ann", "--backup", str(file.with_suffix(".backup"))]
    with time_told(lambda: AT - dt.timedelta(days=1)):
        refused = CliRunner().invoke(cli, command)
        assert isinstance(refused.exception, ClockError)
        file.with_suffix(".backup").unlink(missing_ok=True)
        done = CliRunner().invoke(cli, [*command, "--clock-is-right", "bob"])
    assert "repaired: trigger events_no_delete: missing" in done.output
    with Ledger.open(url) as ledger:
        *_, corrected, repaired = ledger.events()
        assert ledger.check().ok
    assert [(event.kind, event.actor) for event in (corrected, repaired)] == [
        ("clock_corrected", "bob"), ("repaired", "ann"),
    ]  # fmt: skip


# PostgreSQL


@pytest.fixture
def database(postgresql: Server) -> Iterator[str]:
    with postgresql.database() as name:
        Ledger.restore(postgresql.url(name), LINES).close()
        store = Store.connect(postgresql.url(name), create=False)
        with store.transaction(writing=True) as connection:
            store.keep(connection, "A parrot.", salt=bytes(32), unit_id="Ŵ-1", person="h-077")
        store.close()
        yield name


def test_a_repair_in_postgresql_makes_all_again_in_place(
    postgresql: Server, database: str, tmp_path: Path
) -> None:
    url, backup = postgresql.url(database), tmp_path / "events.backup"
    kept = texts(url)
    with postgresql.connect(database) as connection:
        for statement in (
            "DROP INDEX events_month",
            "CREATE INDEX events_month ON events (population, period, sequence) WHERE kind > 'e'",
            'CREATE INDEX "Mo\'re" ON texts (text)',
            "ALTER TABLE events DROP CONSTRAINT events_hash_key",
            "ALTER TABLE events ADD CHECK (kind <> 'x')",
            "ALTER TABLE events DISABLE TRIGGER USER",
            "DROP TRIGGER texts_no_update ON texts",
            "CREATE OR REPLACE FUNCTION texts_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RETURN NULL; END $$",
            "CREATE RULE quiet AS ON INSERT TO events DO INSTEAD NOTHING",
            "ALTER TABLE texts ENABLE ROW LEVEL SECURITY",
            "CREATE POLICY hidden ON texts USING (person IS NULL)",
        ):
            connection.execute(statement.encode())
    with Ledger.open(url) as ledger:
        events = [*ledger.export()]
        assert len(ledger.check().database) >= 9
        done = ledger.repair(by="ann", at=AT, backup=backup)
        assert done.done
        assert ledger.check().ok, str(ledger.check())
        assert [*ledger.export()][:-1] == events
        assert not ledger.repair(by="ann", at=AT, backup=backup).done
    assert texts(url) == kept
    lines = [json.loads(line) for line in backup.read_bytes().splitlines()]
    assert [[*line] for line in lines] == [["events"]] * 41 + [["texts"]]
    assert backup.stat().st_mode & 0o777 == 0o600


def test_what_cannot_be_made_again_in_place_is_refused(
    postgresql: Server, database: str, tmp_path: Path
) -> None:
    with postgresql.connect(database) as connection:
        connection.execute("ALTER TABLE texts ADD COLUMN more text")
    with Ledger.open(postgresql.url(database)) as ledger:
        head = ledger.head
        with pytest.raises(LedgerError, match="column 'more': is foreign; this cannot be repaired"):
            ledger.repair(by="ann", at=AT, backup=tmp_path / "backup")
        assert ledger.head == head
    assert not [*tmp_path.iterdir()]
