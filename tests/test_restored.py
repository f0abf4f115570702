"""A ledger that other programs copied: it checks out whole, still refuses changes, and goes on."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

import ceosample as cs
from months import AT, open_ledger, registered
from needed import PATIENCE, program
from postgresql import Server, find


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def filled(url: str) -> str:
    """A ledger with a month that was drawn, and its head."""
    with open_ledger(url) as ledger:
        registered(ledger)
        return ledger.head


def goes_on(url: str, head: str) -> None:
    """The copy is the ledger: its indexes and triggers are there, and the next event follows."""
    with open_ledger(url) as ledger:
        report = ledger.check()
        assert (report.ok, report.head, report.problems) == (True, head, ())
        frame = cs.Frame.from_records(
            [{"id": "R-1"}], population="complaint-responses", period="2026-11", unit_id="id"
        )
        ledger.freeze(frame, cs.Plan(size=1), seed_source="dice", by="sampling", at=AT)
        assert ledger.check().ok


# ---- SQLite, by its own program -----------------------------------------------------------------


@pytest.mark.parametrize(
    "statement", [".backup {}", "VACUUM INTO '{}'", ".clone {}", ".dump"], ids=str.split
)
def test_a_copy_by_the_program_of_sqlite_is_the_ledger(tmp_path: Path, statement: str) -> None:
    sqlite = program("sqlite3", "sqlite3")
    there, copy = tmp_path / "signoff.db", tmp_path / "copy.db"
    head = filled(f"sqlite:///{there}")
    said = run(sqlite, str(there), statement.format(copy))
    if statement == ".dump":
        (tmp_path / "dump.sql").write_text(said, "utf-8")
        run(sqlite, str(copy), f".read {tmp_path}/dump.sql")
    goes_on(f"sqlite:///{copy}", head)


# ---- PostgreSQL ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def original(postgresql: Server) -> Iterator[tuple[str, str]]:
    """A database with a ledger, and its head."""
    with postgresql.database() as name:
        yield name, filled(postgresql.url(name))


#: How it is dumped, and what restores it, one step after the other.
WAYS = {
    "plain": (["--format=plain"], [["psql", "--quiet", "--set=ON_ERROR_STOP=1", "--file={}"]]),
    "custom": (["--format=custom"], [["pg_restore", "{}"]]),
    "in two processes": (
        ["--format=directory", "--jobs=2"],
        [["pg_restore", "--jobs=2", "{}"]],
    ),
    # The trigger that takes the next event alone is there before the rows are.
    "tables, then rows": (
        ["--format=custom"],
        [["pg_restore", "--schema-only", "{}"], ["pg_restore", "--data-only", "{}"]],
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_what_pg_dump_saved_is_the_ledger_when_it_is_restored(
    postgresql: Server, original: tuple[str, str], tmp_path: Path, way: str
) -> None:
    dumped, restored = WAYS[way]
    name, head = original
    server = ["--host=127.0.0.1", f"--port={postgresql.port}", "--username=ceosample"]
    file = str(tmp_path / "dump")
    run(str(find("pg_dump")), *server, *dumped, f"--file={file}", name)
    with postgresql.database() as copy:
        for step, *more in restored:
            options = [one.format(file) for one in more]
            run(str(find(step)), *server, f"--dbname={copy}", *options)
        goes_on(postgresql.url(copy), head)
        with postgresql.connect(copy) as connection, pytest.raises(psycopg.Error, match="only"):
            connection.execute("DELETE FROM events")
