"""The quick proof that an index finds each row says nothing that the full comparison does not."""

from __future__ import annotations

import contextlib
import random
import shutil
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from ceosample.errors import CeosampleError
from ceosample.signoff.store import lookups
from ceosample.signoff.store.lookups import look_up_difference, look_ups
from ceosample.signoff.store.store import Store

GOLDEN = Path(__file__).parent / "golden" / "ledger.db"
PAGE_SIZE = 4096

OURS = "SELECT sql FROM sqlite_schema WHERE name = 'events_kind'"
DISGUISED = "UPDATE sqlite_schema SET sql = ? WHERE name = 'events_kind'"

#: What stands under our own definition of an index: fewer rows, and the same in another order.
OTHERS = {
    "fewer rows": "CREATE INDEX events_kind ON events (kind, sequence) WHERE sequence <> 7",
    "another order": "CREATE INDEX events_kind ON events (kind DESC, sequence)",
    "another column": "CREATE INDEX events_kind ON events (unit_id, sequence)",
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A ledger that 0.1 wrote: a month, people and two texts, in 41 events."""
    return Path(shutil.copy(GOLDEN, tmp_path / "signoff.db"))


def found(file: Path) -> list[str]:
    """What is said of each look-up; of one that cannot be asked the error's kind."""
    said = []
    with contextlib.closing(Store.connect(f"sqlite:///{file}", create=False)) as store:
        for look_up in look_ups("sqlite"):
            try:
                with store.transaction() as connection:
                    said.append(str(look_up_difference(connection, look_up)))
            except CeosampleError as error:
                said.append(type(error).__name__)
    return said


def found_fully(file: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The same without the quick proof."""
    with monkeypatch.context() as patch:
        patch.setattr(lookups, "_finds_each", lambda _connection, _look_up: False)
        return found(file)


def index_pages(file: Path) -> Sequence[int]:
    with contextlib.closing(sqlite3.connect(file)) as connection:
        pages = connection.execute("SELECT rootpage FROM sqlite_schema WHERE type = 'index'")
        return [page for (page,) in pages]


def test_the_proof_holds_for_a_sound_file(file: Path) -> None:
    """So the full comparison, which sorts the table for each index, is not needed"""
    store = Store.connect(f"sqlite:///{file}", create=False)
    with contextlib.closing(store), store.transaction() as connection:
        proved = [lookups._finds_each(connection, look_up) for look_up in look_ups("sqlite")]
    assert proved == [True] * 8


def test_bits_that_flip_are_told_of_in_the_same_words(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, pages, chance = file.read_bytes(), index_pages(file), random.Random(23)
    told: set[str] = set()
    for _ in range(12):
        flipped = bytearray(whole)
        # An index's entries fill its page from the end on.
        place = (chance.choice(pages) - 1) * PAGE_SIZE + chance.choice(
            [chance.randrange(100), chance.randrange(PAGE_SIZE - 900, PAGE_SIZE)]
        )
        flipped[place] ^= 1 << chance.randrange(8)
        file.write_bytes(flipped)
        quickly = found(file)
        assert quickly == found_fully(file, monkeypatch), place
        told.update(said.partition(": ")[2] for said in quickly)
    assert any(said.startswith("gives other rows than the table") for said in told)


@pytest.mark.parametrize("what", OTHERS)
def test_another_index_under_our_own_definition_is_told_of_in_the_same_words(
    file: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    with contextlib.closing(sqlite3.connect(file)) as connection:
        ours = connection.execute(OURS).fetchone()
        connection.executescript(
            f"DROP INDEX events_kind; {OTHERS[what]}; PRAGMA writable_schema = ON;"
        )
        connection.execute(DISGUISED, ours)
        connection.commit()
    quickly = found(file)
    assert quickly == found_fully(file, monkeypatch)
    assert "index events_kind: gives other rows than the table" in quickly[0]


def test_a_row_that_an_index_has_and_the_table_has_not_is_told_of(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All rows of the table are found, and one more is there"""
    with contextlib.closing(sqlite3.connect(file)) as connection:
        ours = connection.execute(OURS).fetchone()
        connection.executescript("DROP TRIGGER events_no_delete; PRAGMA writable_schema = ON;")
        but_one = "CREATE INDEX events_kind ON events (kind, sequence) WHERE sequence <> 41"
        connection.execute(DISGUISED, (but_one,))
        connection.commit()
    with contextlib.closing(sqlite3.connect(file)) as connection:
        connection.execute("DELETE FROM events WHERE sequence = 41")
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(DISGUISED, ours)
        connection.commit()
    quickly = found(file)
    assert quickly == found_fully(file, monkeypatch)
    assert "index events_kind: gives other rows than the table, from row" in quickly[0]
