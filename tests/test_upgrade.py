"""An old ledger comes under the newest rules by one command: a backup first, safe to repeat."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from ceosample.errors import ConflictError
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.rules.in_force import FIRST, NEWEST, rules_in_force

GOLDEN = Path(__file__).parent / "golden"
AT = dt.datetime(2028, 1, 3, 9, tzinfo=dt.UTC)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A ledger that 0.1 wrote."""
    return Path(shutil.copy(GOLDEN / "ledger.db", tmp_path / "ledger.db"))


def rules_of(ledger: Ledger) -> int:
    return rules_in_force(event for event in ledger.events() if event.kind == "rules")


def test_a_new_ledger_is_under_the_newest_rules_and_says_who_began_them() -> None:
    """'An event `rules` (who, when) begins rules 2: new ledgers at once'"""
    with Ledger.open("sqlite://") as one, Ledger.open("sqlite://", recorder="pa-2") as other:
        assert rules_of(one) == rules_of(other) == NEWEST
        assert [e.actor for ledger in (one, other) for e in list(ledger.events())[1:]] == [
            "ledger",
            "pa-2",
        ]


def test_opening_an_old_ledger_changes_no_rules(old: Path) -> None:
    """'old ones by `ceosample upgrade`, never by opening'"""
    with Ledger.open(f"sqlite:///{old}") as ledger:
        assert rules_of(ledger) == FIRST


def test_an_upgrade_keeps_the_ledger_as_it_was_and_begins_the_newest_rules(old: Path) -> None:
    """'a backup first, safe to repeat, says what it would change'"""
    backup = old.with_suffix(".backup")
    with Ledger.open(f"sqlite:///{old}") as ledger:
        head, before = ledger.head, list(ledger.export())
        would = ledger.upgrade(by="office", at=AT, backup=backup, dry_run=True)
        assert (ledger.head, backup.exists(), would.done) == (head, False, False)
        done = ledger.upgrade(by="office", at=AT, backup=backup)
        assert (done.changes, done.done, done.backup) == (would.changes, True, str(backup))
        *kept, rules = ledger.events()
        assert [event.text + b"\n" for event in kept] == before
        assert (rules.kind, rules.actor, rules.payload) == ("rules", "office", {"rules": NEWEST})
        assert ledger.check(head).ok
        again = ledger.upgrade(by="office", at=AT, backup=backup)
        assert (again.changes, again.done, again.backup) == ((), False, None)
        assert ledger.head == rules.hash
    assert backup.stat().st_mode & 0o077 == 0
    with Ledger.open(f"sqlite:///{backup}") as copy:
        assert (copy.head, list(copy.export())) == (head, before)


def test_an_upgrade_whose_backup_would_replace_a_file_changes_nothing(old: Path) -> None:
    backup = old.with_suffix(".backup")
    backup.write_bytes(b"kept")
    with Ledger.open(f"sqlite:///{old}") as ledger:
        head = ledger.head
        with pytest.raises(ConflictError, match="left unchanged"):
            ledger.upgrade(by="office", at=AT, backup=backup)
        assert (ledger.head, backup.read_bytes()) == (head, b"kept")
    assert {path.name for path in old.parent.iterdir()} == {old.name, backup.name}
