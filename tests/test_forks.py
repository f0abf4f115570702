"""A ledger that is open in a process that forks, as servers with workers do."""

from __future__ import annotations

import os
import subprocess
import sys
import traceback
import warnings
from collections.abc import Callable

import pytest

from ceosample.signoff.ledger import Ledger
from test_databases import freeze

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks")


def fork(do: Callable[[], object]) -> int:
    """A child that does something, and ends with 0 if it could."""
    with warnings.catch_warnings():
        # Python warns of threads, which the child here has no use for.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        code = 1
        try:
            do()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    return child


def test_children_and_parent_write_to_a_ledger_that_was_open(address: str) -> None:
    """'An open PostgreSQL ledger in a preforked parent fails in parent and children'"""
    with Ledger.open(address) as ledger:
        first = ledger.head  # a connection is open, and waits in the pool

        def work(sizes: range) -> None:
            for size in sizes:
                freeze(ledger, size)
                assert ledger.head != first
            assert ledger.check().ok

        children = [fork(lambda n=n: work(range(n, 9, 3))) for n in (1, 2, 3)]  # type: ignore[misc]
        work(range(1, 9, 2))
        codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        assert codes == [0, 0, 0]
        assert ledger.check().ok
        found = [event.sequence for event in ledger.events()]
        assert found == [*range(1, len(found) + 1)]
        assert len(found) >= 10


def test_a_child_that_ends_leaves_the_parents_connection(address: str) -> None:
    """What a child closes is its own: it ends as interpreters do, and everything is collected."""
    with Ledger.open(address) as ledger:
        head = ledger.head

        def end() -> None:
            import gc

            ledger.close()
            gc.collect()

        child = fork(end)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        with ledger._store.transaction() as connection:  # the same connection, without a new one
            assert ledger._store.last(connection).hash == head  # type: ignore[union-attr]


def test_a_ledger_in_memory_goes_into_the_child() -> None:
    with Ledger.open("sqlite://") as ledger:
        freeze(ledger)

        def read() -> None:
            assert len([*ledger.events()]) == 3

        assert os.waitstatus_to_exitcode(os.waitpid(fork(read), 0)[1]) == 0


WORKERS = """
import os, signal, sys
import {library} as library
import ceosample as cs

def freeze(table, **more):
    about = dict(population="responses", period="2026-10", unit_id="id", strata=["division"])
    frame = cs.Frame.from_dataframe(table, **about, **more)
    seed = cs.Seed("83019274650192837465", source="dice", witnesses=["internal audit"])
    return cs.draw(frame, cs.Plan(size=5), seed)

def forked(do):
    child = os.fork()
    if child == 0:
        signal.alarm(30)  # what waits for threads that are gone is ended
        try:
            os._exit(do())
        finally:
            os._exit(9)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

numbers = range(500)
columns = {{"id": [f"R-{{n}}" for n in numbers], "division": [f"D{{n % 5}}" for n in numbers]}}
"""


def run(script: str) -> str:
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    ("library", "table"),
    [
        ("pandas", "library.DataFrame(columns)"),
        ("polars", "library.DataFrame(columns).sort('id')"),  # which starts its threads
        ("pyarrow", "library.table(columns)"),
    ],
)
def test_a_forked_worker_draws_from_its_parents_table(library: str, table: str) -> None:
    """Nobody asked for an engine, so no thread of one is waited for."""
    made = f"table = {table}\nfreeze(table)\n"
    assert run(WORKERS.format(library=library) + made + (
        "print(forked(lambda: 0 if len(freeze(table)) == 5 else 1))"
    )) == "0\n"  # fmt: skip


def test_an_engine_is_refused_in_a_process_that_was_forked_after_it_was_asked() -> None:
    ask = """
def asked():
    try:
        freeze(table, engine="datafusion")
    except cs.errors.FrameError as error:
        return 5 if "forked after it was first asked" in str(error) else 1
    return 0

table = library.table(columns)
print(forked(asked), asked(), forked(asked), asked())
"""
    assert run(WORKERS.format(library="pyarrow") + ask) == "0 0 5 0\n"
