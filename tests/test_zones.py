"""The firm's day in a ledger, on its letters and by the command: the zone of a month's freeze."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

import ceosample as cs
from ceosample.canonical import canonical_json
from ceosample.days import local
from ceosample.errors import ConflictError, GateError, LedgerError, LetterError
from ceosample.letters.contents.content_digest import content_digest
from ceosample.letters.contents.due_dates import with_deadlines
from ceosample.letters.contents.fields import LetterContents, docket_facts
from ceosample.letters.contents.moments import with_days
from ceosample.letters.markup.plain_text import to_plain
from ceosample.letters.markup.template import longdate
from ceosample.letters.papers.sheets.date_warnings import date_warnings
from ceosample.office import mail_drafts
from ceosample.report import board_report
from ceosample.signoff.figures.metrics import metrics
from ceosample.signoff.figures.month_summary import summarise
from ceosample.signoff.intake.tracker import tracker_of
from ceosample.signoff.intake.tracker_columns import TrackerColumns
from ceosample.signoff.ledger import Ledger
from command import asked, time_told
from gates import gate_of
from inputs import configure, write_month
from months import (
    AT,
    CEO,
    MONTH,
    OFFICE,
    PLAN,
    POPULATION,
    SAMPLER,
    SEED,
    Clock,
    contents,
    drawn_with,
    frame_of,
    nothing_written,
    open_ledger,
)
from thorough import examples

GOLDEN = Path(__file__).parent / "golden"
SYDNEY, NEW_YORK, LONDON = "Australia/Sydney", "America/New_York", "Europe/London"
#: Nine in the morning in Europe is the day before there.
HONOLULU = "Pacific/Honolulu"
SIGNATORY = cs.Signatory(CEO, "Margaret Llewelyn", "Chief Executive")
FREEZE: dict[str, Any] = {"seed_source": "dice", "by": SAMPLER, "at": AT}


def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


#: When an old ledger is upgraded.
UPGRADED = moment("2028-01-03T09:00:00+00:00")


# A freeze


def test_a_freeze_holds_the_zone_and_keeps_it() -> None:
    """'the ledger knows the population's zone; without one it is UTC'"""
    with open_ledger() as ledger:
        first = ledger.freeze(frame_of(), PLAN, **FREEZE, zone=SYDNEY)
        assert first.payload["zone"] == SYDNEY == ledger.zone(**MONTH)
        with nothing_written(ledger):
            assert ledger.freeze(frame_of(), PLAN, **FREEZE, zone=LONDON) == first
            assert ledger.freeze(frame_of(), PLAN, **FREEZE) == first
        (month,) = summarise(ledger.events())
        assert str(month).startswith(
            f"{POPULATION}, 2026-10: waiting for the seed, dates in {SYDNEY}"
        )
        again = ledger.freeze(frame_of(), cs.Plan(size=3), **FREEZE)
        assert again.payload["zone"] == "UTC" == ledger.zone(**MONTH)
        assert ledger.check().ok


def test_a_draw_says_in_which_zone_its_dates_are_and_its_record_does_not() -> None:
    """'without one it is UTC and `print(draw)` says so'"""
    draw = drawn_with(SEED)
    assert str(draw).splitlines()[-1].startswith("dates in UTC, unless the month is frozen with")
    assert "dates in UTC" in draw._repr_html_()
    assert b"zone" not in canonical_json(draw.to_dict())


@pytest.mark.parametrize("zone", ["Sydney", "", "localtime", "right/UTC", 10, b"UTC"])
def test_a_zone_that_is_none_is_refused(zone: Any) -> None:
    with open_ledger() as ledger, nothing_written(ledger):
        with pytest.raises(LedgerError, match=r"^zone: got .*; give an IANA time zone such as"):
            ledger.freeze(frame_of(), PLAN, **FREEZE, zone=zone)
        with pytest.raises(LetterError, match=r"zone: got"):
            cs.render(
                drawn_with(SEED), contents(drawn_with(SEED).unit_ids, "a"), signatory=SIGNATORY,
                date=dt.date(2026, 11, 2), zone=zone,
            )  # fmt: skip


# What is recorded


def sent(ledger: Ledger, zone: str | None = None) -> cs.Pack:
    ledger.freeze(frame_of(), PLAN, **FREEZE, zone=zone)
    drawn = ledger.register(drawn_with(SEED), by=SAMPLER, at=AT)
    pack = cs.render(
        drawn_with(SEED), lambda ids: contents(ids, "a"), signatory=SIGNATORY,
        date=dt.date(2026, 11, 2), registration=drawn.hash, pdf=False,
    )  # fmt: skip
    ledger.send(pack, by=OFFICE, at=AT)
    return pack


def test_the_same_thing_said_again_in_another_offset_is_the_same() -> None:
    """'the same fact said again in another offset is the same fact'"""
    with open_ledger(clock=Clock(moment("2026-12-24T09:00:00+00:00"))) as ledger:
        pack = sent(ledger, SYDNEY)
        unit_id, at = pack.letters[0].unit_id, moment("2026-11-03T09:30:00+11:00")
        said = {"by": CEO, "verdict": "sound", **MONTH}
        first = ledger.record("finding", unit_id, at=at, **said)
        with nothing_written(ledger):
            for zone in (None, NEW_YORK, SYDNEY):
                assert ledger.record("finding", unit_id, at=local(at, zone), **said) == first
        assert ledger.record("finding", unit_id, at=at + dt.timedelta(seconds=1), **said) != first
        row = "unit_id,kind,at,by,letter,population,period\n"
        signed = ""
        for text in ("2026-11-03T09:40:00+11:00", "2026-11-02T22:40:00+00:00"):
            line = f"{unit_id},signed,{text},{CEO},{pack[unit_id].digest},{POPULATION},2026-10\n"
            (event,) = ledger.record_all(cs.Decisions.from_csv((row + line).encode()))
            assert signed in ("", event.hash)
            signed = event.hash


def test_a_role_begins_and_ends_by_the_zone() -> None:
    """'roles' since and until'"""
    with open_ledger(clock=Clock(moment("2026-12-24T09:00:00+00:00"))) as ledger:
        day = dt.date(2026, 11, 3)
        said: dict[str, Any] = {"by": "board", "at": AT}
        ledger.grant("board", "signatory", since=dt.date(2020, 1, 1), **said)
        ledger.grant(CEO, "signatory", since=day, until=day, **said)
        pack = sent(ledger, SYDNEY)
        first, second = (letter for letter in pack.letters[:2])
        for text in ("2026-11-02T12:59:00+00:00", "2026-11-03T13:00:00+00:00"):
            with pytest.raises(LedgerError, match=r"is not signatory on 2026-11-0[24]"):
                ledger.sign(first.unit_id, letter=first.digest, by=CEO, at=moment(text), **MONTH)
        at = moment("2026-11-02T13:00:00+00:00")  # the 3rd has begun there
        ledger.sign(first.unit_id, letter=first.digest, by=CEO, at=at, **MONTH)
        at = moment("2026-11-03T12:59:00+00:00")
        ledger.sign(second.unit_id, letter=second.digest, by=CEO, at=at, **MONTH)


def test_a_table_is_imported_by_the_zone() -> None:
    """A letter that was signed today, there, is not signed after its import."""
    table = b"id,month,signed\nR-1,2026-12,2026-12-01\n"
    columns = TrackerColumns("id", "month", signed_on="signed")
    tracker = tracker_of(table, "signed.csv", columns)
    at = moment("2026-11-30T22:30:00+00:00")
    about: dict[str, Any] = {"population": POPULATION, "by": OFFICE, "at": at}
    with open_ledger(clock=Clock(moment("2026-12-24T09:00:00+00:00"))) as ledger:
        with pytest.raises(LedgerError, match="after the import on 2026-11-30"):
            ledger.import_history(tracker, **about)
        (event,) = ledger.import_history(tracker, **about, zone=SYDNEY)
        assert event.payload["signed_on"] == "2026-12-01"


def test_a_chains_first_month_begins_by_its_zone() -> None:
    """'period ends'"""
    chain = cs.seeds.SeedChain.new(
        POPULATION, first="2026-12", months=2, random=lambda size: bytes(range(size))
    )
    eve = moment("2026-11-30T22:30:00+00:00")
    with open_ledger(clock=Clock(eve)) as ledger:
        with pytest.raises(LedgerError, match="its first month 2026-12 has begun"):
            ledger.publish(chain, by=SAMPLER, at=eve, zone=SYDNEY)
        ledger.publish(chain, by=SAMPLER, at=eve)
    late = moment("2026-12-01T04:30:00+00:00")  # still November in New York
    with open_ledger(clock=Clock(late)) as ledger:
        with pytest.raises(LedgerError, match="its first month 2026-12 has begun"):
            ledger.publish(chain, by=SAMPLER, at=late)
        event = ledger.publish(chain, by=SAMPLER, at=late, zone=NEW_YORK)
        assert event.payload["zone"] == NEW_YORK
        assert ledger.check().ok


# Letters


#: A regime without elements, so that any letter will do: eight weeks, counted in London.
REGIME = cs.regimes.Regime.parse(
    b"""
id = "ours"
name = "Ours"
version = "1"
source = "the board"
checked = true
fits = ["before-issue"]
[[deadline]]
name = "final"
amount = 8
unit = "weeks"
from = "received"
roll = "none"
zone = "Europe/London"
""",
    "ours.toml",
)

#: 14 July 23:30 in UTC is the 15th in London; half past three on the 15th is the 14th in New York.
LATE, NIGHT = "2026-07-14T23:30:00+00:00", "2026-07-15T03:30:00+00:00"


@pytest.mark.parametrize(
    ("zone", "regime", "received", "day"),
    [
        (LONDON, False, LATE, "2026-07-15"),
        (LONDON, True, LATE, "2026-07-15"),
        (LONDON, True, "2026-07-14T19:30:00-04:00", "2026-07-15"),
        (NEW_YORK, True, NIGHT, "2026-07-14"),
        (None, True, LATE, "2026-07-15"),  # the regime's own zone
        (None, False, LATE, "2026-07-14"),
        (None, False, "2026-07-15T00:30:00+01:00", "2026-07-14"),
    ],
)
def test_a_response_was_received_on_one_day(
    zone: str | None, regime: bool, received: str, day: str
) -> None:
    """'An aware `received` of 14 July 23:30Z prints and counts the same day, by the zone'"""
    docket = {"received": moment(received)} | ({"regime": "ours"} if regime else {})
    given_fields = LetterContents("R-1", {"received": moment(received)}, docket)
    policy = cs.regimes.DueDatePolicy(own=[REGIME])
    (fields,) = with_deadlines(with_days([given_fields], policy, zone), policy)
    written = dt.date.fromisoformat("2026-08-03")
    assert longdate(fields.letter["received"]) == f"{int(day[-2:])} July 2026"
    assert docket_facts(fields.facts)["received"] == str(fields.docket["received"]) == day
    assert date_warnings(fields, written) == []
    if regime:
        assert fields.found["due"] == str(dt.date.fromisoformat(day) + dt.timedelta(weeks=8))


def test_a_letter_prints_the_day_that_its_docket_shows() -> None:
    """The same in a pack, with a template of the user's own."""
    (unit_id,) = unit_ids = drawn_with(SEED).unit_ids[:1]
    found = contents(unit_ids, "a")
    found[unit_id]["letter"] |= {"calls": [{"at": moment(LATE)}]}
    found[unit_id]["docket"] |= {"received": moment(LATE), "regime": "ours"}
    pack = cs.render(
        drawn_with(SEED), found, signatory=SIGNATORY, date=dt.date(2026, 8, 3), pdf=False,
        unit_ids=unit_ids, zone=LONDON, deadlines=cs.regimes.DueDatePolicy(own=[REGIME]),
        shared={"opened": moment("2026-01-01T23:30:00-05:00")},
        template='{% extends "letter.html" %}{% block body %}<p>You rang on '
        "{{ calls[0].at | longdate }}, we opened on {{ opened | longdate }}.</p>{% endblock %}",
    )  # fmt: skip
    assert "You rang on 15 July 2026, we opened on 2 January 2026." in to_plain(pack[unit_id].tree)
    assert pack.docket(unit_id)["due"] == "2026-09-09"
    page = re.sub(r"<[^>]*>|\s+", " ", pack.rendered["pack.html"].decode())
    assert re.search(r"Received\s+15 July 2026\s+Due\s+9 September 2026", page)
    assert re.search(r"Days open\s+19 on 3 August 2026", page)


def test_a_digest_is_of_what_was_given() -> None:
    """A zone changes what is printed, and never what a frame committed to."""
    at = moment("2026-07-14T23:30:00+00:00")
    assert content_digest({"at": at}, "00" * 32) != content_digest(
        {"at": local(at, LONDON)}, "00" * 32
    )


def test_mail_has_the_date_of_its_letter_where_it_is_read() -> None:
    """A letter of 2 November is not of the 1st in New York."""
    with open_ledger() as ledger:
        pack = sent(ledger)
    to = {pack.letters[0].unit_id: "ann@example.org"}
    for zone, date in ((None, "02 Nov 2026 00:00:00 +0000"), (NEW_YORK, "00:00:00 -0500")):
        (message,) = mail_drafts(pack, to, sender="ceo@bank.example", zone=zone).values()
        assert f"02 Nov 2026 {date}".encode().replace(b"02 Nov 2026 02 Nov", b"02 Nov") in message


# A gate


@settings(max_examples=examples(25, one_in=3), deadline=None)
@given(some.integers(-60 * 60, 60 * 60), some.booleans(), some.sampled_from([-12, -5, 0, 5.75, 14]))
def test_a_gate_takes_a_moment_however_it_is_written(
    minutes: int, at_the_end: bool, offset: float
) -> None:
    """'The gate refuses or takes an instant by the offset of its spelling'"""
    edge = moment("2026-11-01T00:00:00+00:00" if at_the_end else "2026-10-01T00:00:00+00:00")
    at = edge + dt.timedelta(minutes=minutes)
    written = at.astimezone(dt.timezone(dt.timedelta(hours=offset)))
    answer = cs.gate.Answer(1, at.isoformat(), "R-1", (), None, False, "0" * 64)
    again = cs.gate.Answer(1, written.isoformat(), "R-1", (), None, False, "0" * 64)
    taken = minutes >= -38 * 60 if not at_the_end else minutes < 36 * 60
    assert answer.is_of("2026-10") == again.is_of("2026-10") == taken


def test_a_register_refuses_both_writings_or_takes_both(tmp_path: Path) -> None:
    register = cs.gate.Register(tmp_path / "gate.jsonl", gate_of())
    for text in ("2026-11-03T00:30:00+14:00", "2026-11-02T10:30:00+00:00"):
        assert register.ask("R-1", "Cards", at=moment(text)).sequence == 1
    for text in ("2026-11-02T23:00:00-14:00", "2026-11-03T13:00:00+00:00"):
        with pytest.raises(GateError):
            register.ask("R-2", "Cards", at=moment(text))


# Old ledgers


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Ledger]:
    path = shutil.copy(GOLDEN / "ledger.db", tmp_path / "ledger.db")
    with Ledger.open(f"sqlite:///{path}", clock=lambda: UPGRADED) as ledger:
        yield ledger


def figures(ledger: Ledger) -> dict[str, Any]:
    events, at = list(ledger.events()), UPGRADED
    found = metrics(events, as_of=at).to_dict()
    report = board_report(events, population=POPULATION, as_of=at)
    return {"metrics": found, "report": str(report)}


def test_an_old_ledger_keeps_its_figures_until_its_zone_is_stated(
    old: Ledger, tmp_path: Path
) -> None:
    """'Old ledgers give the figures they gave until `ceosample upgrade --zone` states theirs'"""
    before, head = figures(old), old.head
    said: dict[str, Any] = {"by": OFFICE, "at": UPGRADED}
    rules = old.upgrade(**said, backup=tmp_path / "one")
    assert (figures(old), rules.moved, old.zone(**MONTH)) == (before, None, None)
    asked_for: dict[str, Any] = {**said, "zone": HONOLULU, "population": POPULATION}
    would = old.upgrade(**asked_for, backup=tmp_path / "two", dry_run=True)
    assert figures(old) == before
    done = old.upgrade(**asked_for, backup=tmp_path / "two")
    assert (done.changes, done.moved) == (would.changes, would.moved)
    assert all(HONOLULU in words for words in done.changes)
    assert old.zone(**MONTH) == HONOLULU
    # Each figure that differs is told, and nothing else is.
    assert done.moved
    assert figures(old) != before
    assert all(figure.before != figure.after for figure in done.moved)
    again = old.upgrade(**asked_for, backup=tmp_path / "three")
    assert (again.changes, again.backup) == ((), None)
    with pytest.raises(ConflictError, match=f"zone: got {LONDON}, and event .* states {HONOLULU}"):
        old.upgrade(**{**asked_for, "zone": LONDON}, backup=tmp_path / "three")
    assert old.check(head).ok
    stated = [event for event in old.events() if event.kind == "zone_stated"]
    for event in stated:
        old.correct(event.hash, by=OFFICE, at=said["at"], reason_code="wrong-zone")
    assert old.zone(**MONTH) is None
    assert figures(old)["metrics"]["sample"] == before["metrics"]["sample"]


def test_a_figure_that_moves_is_listed_with_both_values(tmp_path: Path) -> None:
    """'each figure that moves by it is listed, old and new'"""
    with Ledger.open(f"sqlite:///{shutil.copy(GOLDEN / 'ledger.db', tmp_path / 'l.db')}") as ledger:
        events = [event for event in ledger.events() if event.kind == "signed"]
        assert events
        found = ledger.upgrade(
            by=OFFICE, at=UPGRADED, backup=tmp_path / "b",
            zone=HONOLULU, population=events[0].population, dry_run=True,
        )  # fmt: skip
    named = {figure.name.rpartition(", ")[2] for figure in found.moved or ()}
    assert "signed on" in named
    assert "moves: " in str(found)
    assert " -> " in str(found)


@pytest.mark.parametrize(
    ("zone", "population", "words"),
    [
        ("Nowhere", POPULATION, "zone: got 'Nowhere'"),
        (SYDNEY, "others", "population: got 'others'"),
        (SYDNEY, None, "population: got None"),
    ],
)
def test_a_zone_that_cannot_be_stated_is_refused(
    old: Ledger, tmp_path: Path, zone: str, population: str | None, words: str
) -> None:
    with nothing_written(old), pytest.raises(LedgerError, match=words):
        old.upgrade(by=OFFICE, at=AT, backup=tmp_path / "b", zone=zone, population=population)
    assert not (tmp_path / "b").exists()


@pytest.mark.parametrize(
    ("zone", "period", "words"),
    [
        (None, "2026-09", "2026-09: was not frozen, so it has no dates to state"),
        (LONDON, "2026-10", f"2026-10: its zone is {LONDON} already"),
    ],
)
def test_a_zone_that_was_stated_beside_the_rules_is_named_by_a_check(
    zone: str | None, period: str, words: str
) -> None:
    """'one definition of what an event may be, used when it is recorded, imported and checked'"""
    with open_ledger() as ledger:
        ledger.freeze(frame_of(), PLAN, **FREEZE, zone=zone)
        lines = list(ledger.export())
        before = list(ledger.events())[-1]
    stated = attrs.evolve(
        before, sequence=before.sequence + 1, kind="zone_stated", period=period,
        payload={"zone": SYDNEY}, previous=before.hash,
    )  # fmt: skip
    with pytest.raises(LedgerError, match=words):
        Ledger.restore("sqlite://", [*lines, stated.text + b"\n"])


# The command


@pytest.mark.slow
@time_told(lambda: moment("2026-11-30T23:15:00+00:00"))
def test_the_command_writes_and_dates_by_the_zone(tmp_path: Path) -> None:
    """'with zone Australia/Sydney, `run --at 2026-11-30T22:30:00+00:00` (1 December there)'"""
    write_month(tmp_path, "2026-11", count=40)
    configure(
        tmp_path, ("# pdf = true", "pdf = false"),
        ('# zone = "Europe/London" ', f'zone = "{SYDNEY}" #'),
    )  # fmt: skip
    begin = ["run", "--at", "2026-11-30T22:30:00+00:00", "--period", "2026-11"]
    assert asked(*begin, folder=tmp_path).code == 75
    seed = ["--dice", SEED.value, "--witness", "internal audit"]
    done = asked(*begin, *seed, folder=tmp_path)
    assert done.code == 0, done.err
    pack = cs.Pack.load(tmp_path / "packs" / "2026-11")
    assert pack.fields["date"] == "2026-12-01"
    assert "1 December 2026" in to_plain(pack.letters[0].tree)
    letter = pack.letters[0]
    when = ["--by", CEO, "--at", "2026-11-30T23:15:00+00:00"]
    assert asked("record", "signed", letter.unit_id, *when, folder=tmp_path).code == 0
    with Ledger.open(f"sqlite:///{tmp_path / 'signoff.db'}", create=False) as ledger:
        told = [event for event in ledger.events() if event.population is not None]
        assert {event.at for event in told if event.kind != "signed"} == {
            "2026-12-01T09:30:00+11:00"
        }
        assert told[-1].at == "2026-12-01T10:15:00+11:00"
        assert ledger.zone(POPULATION, "2026-11") == SYDNEY
    assert f"dates in {SYDNEY}" in asked("status", folder=tmp_path).out
    # A zone given later changes no month that is frozen.
    configure(tmp_path, (f'zone = "{SYDNEY}"', f'zone = "{NEW_YORK}"'))
    assert f"dates in {SYDNEY}" in asked("status", folder=tmp_path).out
    checked = asked("check", "--period", "2026-11", folder=tmp_path).out
    assert f"2026-11 was frozen with the zone {SYDNEY} and keeps it; {NEW_YORK} is for" in checked
    closed = asked("close", "--period", "2026-11", "--still-open", *when[2:], folder=tmp_path)
    assert closed.code == 0, closed.err
    (sheet,) = (tmp_path / "packs/2026-11").glob("interim-*.html")
    page = sheet.read_text("utf-8")
    assert "2026-12-01T10:15+11:00" in page
    assert ">2026-11-30<" not in page
