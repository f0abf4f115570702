"""Deadlines of letters: from the docket's regime to the ledger and the letters at risk."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

import ceosample as cs
from ceosample.configuration import Configuration
from ceosample.errors import LetterError
from ceosample.job import Month, run
from ceosample.letters.due import Deadlines
from inputs import configure, write_month
from ready import CASE

AT = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)
CEO = cs.Signatory("ceo", "Margaret Llewelyn", "Chief Executive")
SEED = cs.Seed.from_dice("83019274650192837465", witnesses=["internal audit"])


def drawn() -> cs.Draw:
    frame = cs.Frame.from_records(
        [{"id": f"R-{number}"} for number in range(5)],
        population="complaint-responses",
        period="2026-10",
        unit_id="id",
    )
    return cs.draw(frame, cs.Plan(size=2, reserves=0), SEED)


def pack_of(docket: dict[str, Any], deadlines: Deadlines | None = None, **other: Any) -> cs.Pack:
    letter = {**CASE, "kind": "summary" if docket.get("regime") == "fca-disp-1.5" else "upheld"}
    return cs.render(
        drawn(),
        lambda ids: {unit_id: {"letter": letter, "docket": docket} for unit_id in ids},
        signatory=CEO,
        date=AT.date(),
        pdf=False,
        deadlines=deadlines,
        **other,
    )


def facts(docket: dict[str, Any], deadlines: Deadlines | None = None) -> dict[str, Any]:
    pack = pack_of(docket, deadlines)
    return pack.docket(drawn().unit_ids[0])


def test_a_docket_s_regime_gives_the_due_date_and_its_version_is_kept() -> None:
    """'The computed date and the regime's version are stored.' Eight weeks from 1 September."""
    found = facts(
        {"regime": "fca-disp-1.6.2r", "received": "2026-09-01", "owner": "h-1"},
        Deadlines(margin=3, holidays=[dt.date(2026, 10, 26)]),
    )
    assert found == {
        "regime": "fca-disp-1.6.2r",
        "regime_version": "1",
        "received": "2026-09-01",
        "due": "2026-10-27",
        # Three working days before Tuesday 27 October; Monday 26 is a day off.
        "sign_by": "2026-10-21",
        "owner": "h-1",
    }


def test_a_regime_s_only_deadline_needs_no_name() -> None:
    docket = {"regime": "fca-disp-1.5", "received": "2026-10-05"}
    assert Deadlines(sampling="after-issue").facts(docket)["due"] == "2026-10-08"


def test_a_staged_regime_without_a_stage_says_how_one_is_named() -> None:
    with pytest.raises(cs.LetterError, match=r"name one of them: .*housing-ombudsman:stage-1"):
        Deadlines().facts({"regime": "housing-ombudsman", "received": "2026-10-01"})


def test_a_staged_regime_names_its_stage() -> None:
    """'stage 1: 10 working days ... from acknowledgement'"""
    names = [rule.name for rule in cs.Regime.named("housing-ombudsman").deadlines]
    stage = next(name for name in names if "1" in name)
    found = facts({"regime": f"housing-ombudsman:{stage}", "received": "2026-10-01"})
    assert found["due"] == "2026-10-15"
    with pytest.raises(LetterError, match=r"letter R-.*, docket: .*name one of them"):
        pack_of({"regime": "housing-ombudsman", "received": "2026-10-01"})


def test_a_due_date_that_contradicts_its_regime_is_refused_for_every_letter() -> None:
    with pytest.raises(
        LetterError, match=r"due 2026-10-01, and by fca-disp-1\.6\.2r it is"
    ) as error:
        pack_of({"regime": "fca-disp-1.6.2r", "received": "2026-09-01", "due": "2026-10-01"})
    assert len(error.value.faults) == 2
    same = facts({"regime": "fca-disp-1.6.2r", "received": "2026-09-01", "due": "2026-10-27"})
    assert same["due"] == "2026-10-27"


def test_a_regime_that_is_not_known_is_kept_as_it_is_named() -> None:
    found = facts({"regime": "House rules, 8 weeks", "due": "2026-10-27"})
    assert found == {"regime": "House rules, 8 weeks", "due": "2026-10-27"}


def test_after_issue_is_marked_and_must_fit_the_regime() -> None:
    """'a regime says which fit'"""
    after = Deadlines(sampling="after-issue")
    assert facts({"due": "2026-10-27"}, after)["sampling"] == "after-issue"
    assert facts({"regime": "fca-disp-1.5"}, after)["regime"] == "fca-disp-1.5"
    with pytest.raises(LetterError, match=r"fca-disp-1\.5 does not fit sampling before-issue"):
        pack_of({"regime": "fca-disp-1.5"})
    with pytest.raises(LetterError, match="sampling: got 'never'; it is before-issue or after"):
        Deadlines(sampling="never")
    with pytest.raises(LetterError, match="margin: got -1"):
        Deadlines(margin=-1)


def test_a_user_s_own_regime_stands_beside_the_shipped(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        'id = "house"\nname = "House rules"\nversion = "7"\nsource = "the board"\n'
        'checked = true\nfits = ["before-issue"]\n[[deadline]]\nname = "final"\namount = 5\n'
        'unit = "working-days"\nfrom = "received"\nroll = "none"\nzone = "Europe/London"\n',
        "utf-8",
    )
    found = facts(
        {"regime": "house", "received": "2026-10-02"}, Deadlines(own=[cs.Regime.load(own)])
    )
    assert (found["due"], found["regime_version"]) == ("2026-10-09", "7")


def test_what_is_due_goes_into_the_ledger_and_letters_at_risk_are_shown() -> None:
    docket = {"regime": "fca-disp-1.6.2r", "received": "2026-09-14", "contacts": {"email": 4}}
    with cs.Ledger.open("sqlite://") as ledger:
        draw = drawn()
        ledger.freeze(draw.frame, draw.plan, seed_source="dice", by="sampling", at=AT)
        registered = ledger.register(draw, by="sampling", at=AT)
        pack = pack_of(docket, Deadlines(margin=2), head=registered.hash)
        ledger.send(pack, by="office", at=AT)
        events = list(ledger.events())
    rendered = next(event for event in events if event.kind == "rendered")
    assert rendered.payload["due"] == "2026-11-09"
    assert rendered.payload["sign_by"] == "2026-11-05"
    assert rendered.payload["contacts"] == {"email": 4}
    assert len(cs.at_risk(events, as_of=AT, within=3)) == 2
    assert len(cs.at_risk(events, as_of=AT, within=2)) == 0
    assert str(cs.without_owner(events)).startswith("2 of 2")


def test_a_configuration_s_deadlines_reach_the_docket(tmp_path: Path) -> None:
    write_month(tmp_path, "2026-10", count=60)
    lines = (tmp_path / "letters-2026-10.jsonl").read_text("utf-8").splitlines()
    changed = [json.loads(line) for line in lines]
    for fields in changed:
        assert fields["docket"]["regime"] == "fca-disp-1.6.2r"
        del fields["docket"]["due"]
    text = "\n".join(json.dumps(fields) for fields in changed)
    (tmp_path / "letters-2026-10.jsonl").write_text(text + "\n", "utf-8")
    configure(
        tmp_path,
        ("# pdf = true ", "pdf = false "),
        ("# [deadlines]", "[deadlines]"),
        ("# margin = 3 ", "margin = 3 "),
        ("# holidays = [", "holidays = ["),
    )
    configuration = Configuration.load(tmp_path / "ceosample.toml")
    with cs.Ledger.open(configuration.ledger_url) as ledger:
        month = Month(configuration, "2026-10", at=AT)
        run(month, ledger)
        run(month, ledger, seed=SEED)
        events = [event for event in ledger.events() if event.kind == "rendered"]
    assert {event.payload["regime_version"] for event in events} == {"1"}
    for event in events:
        received = dt.date.fromisoformat(event.payload["received"])
        assert event.payload["due"] == (received + dt.timedelta(weeks=8)).isoformat()
        assert event.payload["sign_by"] < event.payload["due"]


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ("margin = -1", "deadlines.margin: got -1"),
        ('holidays = ["2026-12-25"]', "deadlines.holidays: got"),
        ('sampling = "later"', "deadlines.sampling: got 'later'"),
        ("margn = 3", "deadlines.margn: not known"),
    ],
)
def test_a_fault_of_the_deadlines_is_named(tmp_path: Path, lines: str, fault: str) -> None:
    configure(tmp_path, ("# [deadlines]", f"[deadlines]\n{lines}"))
    with pytest.raises(cs.ConfigurationError, match=fault):
        Configuration.load(tmp_path / "ceosample.toml")


@pytest.mark.parametrize(
    ("docket", "fault"),
    [
        ({"regime": "I am furious " * 50}, "regime: "),
        ({"owner": "h-1\nMrs Smith"}, "owner: "),
        (
            {"contacts": {"Mrs Jane Smith shouted at us for an hour on the line": 2}},
            "name the channel",
        ),
        ({"received": "2026-12-01", "due": "2026-01-01"}, "is before received"),
        ({"regime": "FCA-DISP-1.6.2R"}, "in lower case"),
    ],
)
def test_a_docket_takes_names_and_dates_that_can_be(docket: dict[str, Any], fault: str) -> None:
    """'Free text and names stay out' of the ledger, into which these go."""
    with pytest.raises(LetterError, match=fault):
        pack_of(docket)
