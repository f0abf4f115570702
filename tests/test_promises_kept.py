"""What a signed letter promises is an item until it is kept; a cause has actions with dates."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest

import ceosample as cs
import months
from ceosample.errors import LedgerError, LetterError
from command import Ended, asked_at, done_at
from inputs import configure
from rooms import DOCKET, letter, pack_of

MONTH: Final = "2026-10"
THEN: Final = dt.datetime(2026, 11, 5, 9, tzinfo=dt.UTC)

#: A letter that came back, and one that is signed and not sent.
BACK, SIGNED, OWNER = "R-YWR3C7", "R-BSHQD8", "h-046"


def ask(folder: Path, *line: str, at: dt.datetime = THEN) -> Ended:
    return asked_at(at, *line, folder=folder)


def do(folder: Path, *line: str, at: dt.datetime = THEN) -> Ended:
    return done_at(at, *line, folder=folder)


@pytest.fixture
def folder(demonstration: Path, tmp_path: Path) -> Path:
    place = Path(shutil.copytree(demonstration, tmp_path / "month"))
    configure(place, ("# pdf = true ", "pdf = false "))
    return place


def items(folder: Path, *more: str) -> Any:
    found = do(folder, "at-risk", "--json", *more).json
    jsonschema.validate(found, cs.schema("at-risk"))
    return found["promises"]["items"]


def told(folder: Path) -> list[tuple[str, str, str, str]]:
    return [(one["name"], one["unit_id"], one["owner"], one["due"]) for one in items(folder)]


def metrics(folder: Path) -> Any:
    found = do(folder, "metrics", "--json").json
    jsonschema.validate(found, cs.schema("metrics"))
    return found


def counts(ratios: dict[str, Any]) -> dict[str, tuple[int, int]]:
    return {name: (one["count"], one["of"]) for name, one in ratios.items() if name != "cause"}


def promise(folder: Path, unit_id: str, name: str, due: str, *more: str) -> Any:
    line = ("record", "promise", unit_id, "--promise", name, "--due", due, "--by", "office")
    return do(folder, *line, "--json", *more).json


def test_what_a_letter_promises_is_an_item_once_it_is_signed(folder: Path) -> None:
    """'What a signed letter promises (remedy, payment by, call-back: fields of ready letters)'"""
    path = folder / f"letters-{MONTH}.jsonl"
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    (mine,) = (one for one in lines if one.get("unit_id", one.get("id")) == BACK)
    mine["letter"]["payment"] = {"amount": "25.50", "currency": "GBP", "by": "2026-11-20"}
    mine["docket"]["promises"] = {"call-back": "2026-11-12"}
    path.write_text("".join(json.dumps(one) + "\n" for one in lines), "utf-8")
    do(folder, "rework", BACK, "--period", MONTH)
    page = (folder / "packs" / MONTH / "rework-1" / "pack.html").read_text("utf-8")
    assert "call-back by 12 November 2026, payment by 20 November 2026</dd>" in page
    assert items(folder) == []  # nothing is promised until somebody signs it
    do(folder, "record", "signed", BACK, "--by", "ceo")
    assert told(folder) == [
        ("call-back", BACK, "h-049", "2026-11-12"), ("payment", BACK, "h-049", "2026-11-20"),
    ]  # fmt: skip
    assert counts(metrics(folder)["promises"])["open"] == (2, 2)
    do(folder, "record", "returned_for_rework", BACK, "--reason-code", "tone", "--by", "ceo")
    assert items(folder) == []  # the approval is void, so nothing is promised any more


def test_a_promise_that_is_typed_in_has_an_owner_and_a_date(folder: Path) -> None:
    promise(folder, SIGNED, "call-back", "2026-11-03")
    promise(folder, SIGNED, "remedy", "2026-11-30", "--to", "h-9")
    assert told(folder) == [
        ("call-back", SIGNED, OWNER, "2026-11-03"), ("remedy", SIGNED, "h-9", "2026-11-30"),
    ]  # fmt: skip
    out = do(folder, "at-risk").out
    assert "1 of 2 open promises and actions are overdue or due in 5 days" in out
    assert "-2 (overdue)" in out
    promise(folder, SIGNED, "call-back", "2026-11-10")  # agreed anew: one item, the newer date
    assert told(folder)[0] == ("call-back", SIGNED, OWNER, "2026-11-10")


def test_it_is_kept_with_the_digest_of_its_evidence(folder: Path) -> None:
    """'kept or not with evidence's digest'"""
    made = promise(folder, SIGNED, "remedy", "2026-11-30")
    (folder / "proof.pdf").write_bytes(b"paid")
    kept = ("record", "promise_kept", SIGNED, "--promise", "remedy", "--by", "h-9")
    assert "--evidence: missing" in ask(folder, *kept).err
    event = do(folder, *kept, "--evidence", "@proof.pdf", "--json").json
    assert event["payload"]["evidence"] == hashlib.sha256(b"paid").hexdigest()
    assert items(folder) == []
    assert counts(metrics(folder)["promises"]) == {
        "letters": (1, 12), "kept": (1, 1), "broken": (0, 1), "open": (0, 1), "in_time": (1, 1),
        "overdue": (0, 0),
    }  # fmt: skip
    broken = ("record", "promise_broken", SIGNED, "--promise", "remedy", "--reason-code", "no")
    assert "is promise_kept by event" in ask(folder, *broken, "--by", "h-9").err
    slip = ("--reason-code", "slip", "--by", "ceo")
    assert "correct that one first" in ask(folder, "correct", made["hash"], *slip).err
    do(folder, "correct", event["hash"], *slip)
    assert len(items(folder)) == 1
    do(folder, *broken, "--by", "h-9")
    found = counts(metrics(folder)["promises"])
    assert (found["kept"], found["broken"], found["open"]) == ((0, 1), (1, 1), (0, 1))


def test_a_promise_that_nobody_made_is_not_kept(folder: Path) -> None:
    line = ("record", "promise_kept", SIGNED, "--promise", "remedy", "--evidence", "0" * 64)
    said = ask(folder, *line, "--by", "h-9").err
    assert "got 'remedy', which is not on record; give one of its own (none" in said


def test_a_cause_has_actions_and_the_report_shows_which_are_open(folder: Path) -> None:
    """'A finding may name a cause, a cause an action, an action a date'"""
    action = ("record", "action", SIGNED, "--cause", "old-form", "--action", "rewrite")
    late = (*action, "--due", "2026-11-04", "--to", "h-5", "--by", "office")
    assert "which no finding names" in ask(folder, *late).err
    by = ("--verdict", "defective", "--by", "ceo")
    finding = do(folder, "record", "finding", SIGNED, "--cause", "old-form", *by, "--json").json
    do(folder, "record", "finding", BACK, "--cause", "rush", *by)
    do(folder, *late)
    assert [(one["name"], one["cause"], one["owner"]) for one in items(folder)] == [
        ("rewrite", "old-form", "h-5")
    ]
    causes = {one["cause"]: counts(one) for one in metrics(folder)["causes"]}
    assert causes == {
        "old-form": {"letters": (1, 2), "done": (0, 1), "overdue": (1, 1)},
        "rush": {"letters": (1, 2), "done": (0, 0), "overdue": (0, 0)},
    }
    do(folder, "report", "--period", MONTH, "--out", "r.html", "--no-pictures")
    page = " ".join((folder / "r.html").read_text("utf-8").split())
    assert "The findings name 2 causes. Against 1 of them no action is on record." in page
    assert "Of 1 action, 1 is open, 1 of these past the date." in page
    slip = ("--reason-code", "slip", "--by", "ceo")
    assert "correct that one first" in ask(folder, "correct", finding["hash"], *slip).err
    done = ("record", "action_done", SIGNED, "--action", "rewrite", "--by", "h-5")
    do(folder, *done)
    assert items(folder) == []
    assert counts(metrics(folder)["causes"][0])["done"] == (1, 1)


@pytest.mark.parametrize(
    "value", [["call-back"], {"Call back": "2026-11-30"}, {"call-back": "soon"}, {"a": None}, "x"]
)
def test_promises_of_a_docket_are_dates_by_a_code(value: Any) -> None:
    with pytest.raises(LetterError, match="promises"):
        pack_of({"R-1": {"letter": letter(), "docket": {**DOCKET, "promises": value}}})


def test_the_dockets_own_date_wins_over_that_of_the_payment() -> None:
    docket = {**DOCKET, "promises": {"payment": dt.date(2026, 12, 1), "a": "2026-11-30"}}
    pack = pack_of({"R-1": {"letter": letter(payment={"by": "2026-11-09"}), "docket": docket}})
    assert pack.docket("R-1")["promises"] == {"a": "2026-11-30", "payment": "2026-12-01"}


def test_a_finding_without_a_cause_has_the_payload_that_it_had() -> None:
    with months.open_ledger() as ledger:
        month = months.sent(ledger)
        assert month.say("finding", verdict="sound").payload == {"verdict": "sound"}
        with pytest.raises(LedgerError, match=r"due: got '30\.11\.2026'; give a date"):
            month.say("promise", promise="call-back", due="30.11.2026")
