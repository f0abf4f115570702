"""Texts that can be erased, and their digests, which stay."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from books import Book
from ceosample.errors import ConflictError, LedgerError
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.store.store import PAGE, Store
from postgresql import Server
from storage import DATABASES

SALT = bytes(range(32))
LETTER = {"population": "complaint-responses", "period": "2026-10", "unit_id": "C-1"}


@pytest.fixture(params=DATABASES)
def book(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Book]:
    """A ledger with nothing but its first event."""
    with contextlib.ExitStack() as stack:
        if request.param == "sqlite":
            found = Book.of_file(tmp_path / "signoff.db")
        else:
            server: Server = request.getfixturevalue("postgresql")
            found = Book.of_server(server, stack.enter_context(server.database()))
        Ledger.open(found.url).close()
        yield found


@pytest.fixture
def store(book: Book) -> Iterator[Store]:
    opened = Store.connect(book.url, create=False)
    yield opened
    opened.close()


def keep(store: Store, text: str, salt: bytes = SALT, /, **about: str) -> str:
    with store.transaction(writing=True) as connection:
        return store.keep(connection, text, salt=salt, **about)


def texts(store: Store, **about: str | None) -> dict[str, str]:
    with store.transaction() as connection:
        return store.texts(connection, **about)


def erase(store: Store, **about: str | None) -> int:
    with store.transaction(writing=True) as connection:
        return store.erase(connection, **about)


def test_a_text_is_kept_under_the_digest_of_salt_and_text(store: Store) -> None:
    """'salted digests in the chain': SHA-256(salt || UTF-8 text)"""
    text = "Dear Ms Ŵilliams, it was the parrot 🦜."
    digest = keep(store, text, **LETTER, person="h-077")
    assert digest == hashlib.sha256(SALT + text.encode()).hexdigest()
    assert texts(store) == texts(store, unit_id="C-1") == {digest: text}
    assert texts(store, person="h-077", period="2026-10") == {digest: text}
    assert texts(store, person=None) == texts(store, unit_id="C-2") == {}


def test_keeping_the_same_again_changes_nothing_and_about_another_is_refused(store: Store) -> None:
    digest = keep(store, "the parrot", **LETTER)
    assert keep(store, "the parrot", **LETTER) == digest
    with pytest.raises(ConflictError, match="a salt of its own"):
        keep(store, "the parrot", person="h-077")
    assert keep(store, "the parrot", bytes(32), person="h-077") != digest
    assert len(texts(store)) == 2


def test_what_is_erased_is_gone_and_the_rest_stays(store: Store, book: Book) -> None:
    """'so a customer can be forgotten and the chain still verifies'"""
    keep(store, "a parrot", **LETTER)
    keep(store, "a piano", bytes(32), **LETTER)
    kept = keep(store, "a plumber", population="complaint-responses", person="h-077")
    assert erase(store, unit_id="C-1") == 2
    assert erase(store, unit_id="C-1") == 0
    assert texts(store) == {kept: "a plumber"}
    assert book.check().ok


def test_nobody_erases_everything_by_leaving_out_the_name(store: Store) -> None:
    digest = keep(store, "a parrot", **LETTER)
    with pytest.raises(LedgerError, match="got no subject"):
        erase(store)
    assert erase(store, digest=digest) == 1


def test_of_an_erased_text_nothing_is_left_in_the_file(tmp_path: Path) -> None:
    """'Texts and names in a table that can be erased': SQLite leaves them in free pages else."""
    file = tmp_path / "signoff.db"
    Ledger.open(f"sqlite:///{file}").close()
    store = Store.connect(f"sqlite:///{file}", create=False)
    keep(store, "Quillfeather " * 2000, **LETTER)
    assert b"Quillfeather" in file.read_bytes()
    erase(store, unit_id="C-1")
    store.close()
    held = file.read_bytes()
    assert b"Quillfeather" not in held
    assert SALT.hex().encode() not in held


@pytest.mark.parametrize("salt", [b"", bytes(31), bytes(33)], ids=len)
def test_a_salt_has_32_bytes(store: Store, salt: bytes) -> None:
    with pytest.raises(LedgerError, match=f"got {len(salt)} bytes; give 32"):
        keep(store, "the parrot", salt)


@pytest.mark.parametrize(("text", "words"), [("a\0b", "NUL"), ("a\ud800b", "surrogate")])
def test_what_a_database_cannot_keep_is_refused_in_words_that_do_not_repeat_it(
    store: Store, text: str, words: str
) -> None:
    """The same on both, so that a ledger can move from one to the other."""
    for call in (
        lambda: keep(store, text),
        lambda: keep(store, "x", person=text),
        lambda: texts(store, person=text),
    ):
        with pytest.raises(LedgerError, match=words) as refusal:
            call()
        assert text not in str(refusal.value)


CHANGES = [
    "UPDATE texts SET text = 'another'",
    "UPDATE texts SET unit_id = 'C-2'",
    "INSERT INTO texts SELECT digest, salt, 'another', population, period, unit_id, person "
    "FROM texts",
]


@pytest.mark.parametrize("statement", CHANGES)
def test_the_database_refuses_to_change_a_text_and_lets_it_be_deleted(
    store: Store, book: Book, statement: str
) -> None:
    digest = keep(store, "a parrot", **LETTER)
    with book.open() as execute:
        with pytest.raises(Exception, match=r"kept as it is|duplicate key"):
            execute(statement, {})
        if book.kind == "sqlite":
            with pytest.raises(sqlite3.DatabaseError, match="kept as it is"):
                execute(statement.replace("INSERT", "INSERT OR REPLACE"), {})
    assert texts(store) == {digest: "a parrot"}
    with book.open() as execute:
        execute("DELETE FROM texts", {})
    assert texts(store) == {}


@pytest.mark.parametrize("column", ["text", "salt", "digest"])
@pytest.mark.parametrize("value", ["", "another", "00"])
def test_a_text_that_was_changed_behind_the_library_s_back_is_named(
    store: Store, book: Book, column: str, value: str
) -> None:
    """'check also verifies that every stored text has the digest it is kept under'"""
    for number in range(3):
        keep(store, "a parrot", bytes([number]) * 32, **LETTER)
    with book.open() as execute:
        execute("DELETE FROM texts WHERE salt LIKE '01%'", {})
    assert book.check().ok
    book.tamper(f"UPDATE texts SET {column} = :value WHERE salt LIKE '02%'", value=value)
    report = book.check()
    assert (report.ok, report.level.name, report.events) == (False, "BROKEN", 2)
    assert str(report.first_difference).startswith("text '")


def test_texts_are_checked_to_the_last_page(store: Store, book: Book) -> None:
    with store.transaction(writing=True) as connection:
        for number in range(PAGE + 1):
            store.keep(connection, str(number), salt=bytes(32))
    assert len(list(store.kept())) == PAGE + 1
    last = max(texts(store))
    book.tamper("UPDATE texts SET text = 'x' WHERE digest = :digest", digest=last)
    assert last in str(book.check().first_difference)
