"""An old ledger comes under the newest rules by one command: a backup first, safe to repeat."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

import ceosample as cs
import months
from ceosample.errors import ConflictError, LedgerError
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.rules import judge as judging
from ceosample.signoff.rules.in_force import FIRST, NEWEST, rules_in_force
from ceosample.signoff.rules.judge import EventRule
from ceosample.signoff.store.events import Event
from command import asked
from release_0_1 import AS_OF, FOLDER, POPULATION

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
    with Ledger.open(f"sqlite:///{old}", clock=lambda: AT) as ledger:
        assert rules_of(ledger) == FIRST


def test_a_kind_of_event_that_newer_rules_have_says_what_to_do_first(old: Path) -> None:
    with (
        Ledger.open(f"sqlite:///{old}", clock=lambda: AT) as ledger,
        pytest.raises(LedgerError, match="under rules 1; run 'ceosample upgrade' first"),
    ):
        ledger.agree_to_naming("h-001", "Ann", "staff", at=AT)


def test_an_upgrade_keeps_the_ledger_as_it_was_and_begins_the_newest_rules(old: Path) -> None:
    """'a backup first, safe to repeat, says what it would change'"""
    backup = old.with_suffix(".backup")
    with Ledger.open(f"sqlite:///{old}", clock=lambda: AT) as ledger:
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
    with Ledger.open(f"sqlite:///{old}", clock=lambda: AT) as ledger:
        head = ledger.head
        with pytest.raises(ConflictError, match="left unchanged"):
            ledger.upgrade(by="office", at=AT, backup=backup)
        assert (ledger.head, backup.read_bytes()) == (head, b"kept")
    assert {path.name for path in old.parent.iterdir()} == {old.name, backup.name}


def test_a_ledger_on_postgresql_is_kept_as_json_lines_before_it_is_upgraded(
    address: str, tmp_path: Path
) -> None:
    lines = [line for line in old_lines() if b'"payload"' in line]
    with Ledger.restore(address, lines, clock=lambda: AT) as ledger:
        backup = tmp_path / "kept"
        assert ledger.upgrade(by="office", at=AT, backup=backup).done
        assert rules_of(ledger) == NEWEST
    if address.startswith("postgresql"):
        kept = [json.loads(line)["events"]["text"] for line in backup.read_bytes().splitlines()]
        assert [text.encode() + b"\n" for text in kept] == lines


def old_lines() -> list[bytes]:
    return (GOLDEN / "ledger.jsonl").read_bytes().splitlines(keepends=True)


# The folder that 0.1 left


def figures(folder: Path) -> dict[str, Any]:
    """What a ledger's figures come to, as numbers."""
    with Ledger.open(f"sqlite:///{folder / 'signoff.db'}", create=False) as ledger:
        events = list(ledger.events())
        return {
            "metrics": cs.figures.metrics(events, population=POPULATION, as_of=AS_OF).to_dict(),
            "coverage": cs.signoff_coverage(events).to_dict(),
            "letters": cs.figures.letters_table(events).to_dict(),
            "policies": cs.figures.policy_summary(events, AS_OF).to_dict(),
            "people": ledger.people(POPULATION).to_dict(),
        }


def test_the_ledger_of_0_1_keeps_every_figure_after_an_upgrade(tmp_path: Path) -> None:
    """'The golden ledger (line 31: a letter replaced after it was sent, by one person) keeps every
    figure, after `upgrade` too.'"""
    folder = Path(shutil.copytree(FOLDER, tmp_path / "month"))
    before = figures(folder)
    assert len(before["letters"]) > 0
    dry = asked("upgrade", "--dry-run", "--by", "office", "--json", folder=folder)
    assert (dry.code, dry.json["done"], len(dry.json["changes"])) == (0, False, 2)
    done = asked("upgrade", "--by", "office", "--json", folder=folder)
    assert (done.code, done.json["done"]) == (0, True)
    assert Path(folder, done.json["backup"]).is_file()
    again = asked("upgrade", "--by", "office", folder=folder)
    assert (again.code, again.out) == (0, "up to date: nothing to change\n")
    assert figures(folder) == before
    assert asked("status", "--check", folder=folder).code == 0


def test_the_golden_ledger_is_whole_after_an_upgrade_and_says_what_rules_2_would_refuse(
    old: Path, tmp_path: Path
) -> None:
    with Ledger.open(f"sqlite:///{old}", clock=lambda: AT) as ledger:
        before = ledger.check()
        ledger.upgrade(by="office", at=AT, backup=tmp_path / "kept")
        after = ledger.check(before.head)
    assert (before.ok, after.ok, after.level.name) == (True, True, "ANCHORED")
    assert after.notes == before.notes
    assert all(len(note.splitlines()) == 1 for note in after.notes)


# A release of 0.1 next to this one


def beside() -> list[bytes]:
    """A ledger that this release began under rules 2 and in which 0.1 (a32b541) then recorded.

    0.1 wrote its last four events: signed, dispatched, returned for rework, a role. The clock of
    those before was moved on since, to what they claim, and all were chained again.
    """
    return (GOLDEN / "beside-0.1.jsonl").read_bytes().splitlines(keepends=True)


def test_what_0_1_records_next_to_this_release_is_judged_by_the_rules_in_force(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """'What an old release may still do beside a new one on the same PostgreSQL ledger'"""
    with Ledger.restore(address, beside()) as ledger:
        assert (ledger.check().ok, rules_of(ledger)) == (True, NEWEST)
        assert [event.kind for event in ledger.events()][-4:] == [
            "signed",
            "dispatched",
            "returned_for_rework",
            "role_granted",
        ]
        # This release goes on from what 0.1 recorded.
        second = months.drawn_with(months.SEED).unit_ids[1]
        at = months.LATER
        assert ledger.record("taken_over", second, by=months.CEO, at=at).kind == "taken_over"
        assert ledger.check().ok

        def refuse(event: Event, _: object) -> None:
            raise LedgerError(f"letter {event.unit_id}: is refused by rules 2")

        rules = [*judging._RULES_OF["dispatched"], EventRule(2, refuse, "dispatched")]
        monkeypatch.setitem(judging._RULES_OF, "dispatched", rules)
        (problem,) = ledger.check().problems
        assert problem.endswith("is refused by rules 2")


def test_a_failed_import_leaves_no_table_and_no_file(address: str, tmp_path: Path) -> None:
    """'A failed import leaves no file behind.'"""
    with pytest.raises(LedgerError, match="import"):
        Ledger.restore(address, [*beside()[:-1], b"{}"])
    assert [path.name for path in tmp_path.iterdir()] == []
    with Ledger.restore(address, beside()) as ledger:  # a ledger of before would be refused
        assert ledger.check().ok
