"""The casebook: what reached the executive without being drawn, through the command alone."""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ceosample as cs
import release_0_1
from ceosample.errors import LedgerError
from ceosample.signoff.figures.outside.casebook import casebook_summary
from ceosample.signoff.replay.cases import CASE_KINDS, CASE_STEPS, OF_A_CASE, WAYS, cases_at
from ceosample.signoff.store.events import Event
from command import Ended, asked_at
from months import AT, MONTH, PLAN, POPULATION, SEED, open_ledger

#: When the command is asked; the demonstration's month ended before.
THEN: Final = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)

#: What each kind needs, as the command takes it.
NEEDS: Final = {
    "withdrawn": "--reason-code settled --approver audit",
    "recognition": "--colleague h-7 --reason-code kind",
    "contact": "--channel phone --outcome kept",
    "board_answer": "--outcome agreed",
    "note": "--text Hm.",
}
WORDS: Final = "Mrs Quillfeather waited for nine weeks."


@pytest.fixture
def folder(demonstration: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(demonstration, tmp_path / "month"))


def ask(folder: Path, line: str, *more: str, at: dt.datetime = THEN) -> Ended:
    return asked_at(at, *line.split(), *more, folder=folder)


def do(folder: Path, line: str, *more: str, at: dt.datetime = THEN) -> Any:
    ended = ask(folder, line, *more, "--json", at=at)
    assert ended.code == 0, ended.err
    return ended.json


def refused(folder: Path, line: str, *more: str) -> str:
    ended = ask(folder, line, *more)
    assert ended.code != 0, line
    return ended.err


def refer(folder: Path, line: str = "--came-by letter", *more: str) -> str:
    return str(do(folder, f"refer {line} --by pa-2", *more)["unit_id"])


def say(folder: Path, kind: str, case: str = "case-1", more: str = "", by: str = "ceo") -> Any:
    return do(folder, f"record {kind} {case} --by {by} {NEEDS.get(kind, '')} {more}")


def figures(folder: Path, place: Path) -> dict[str, str]:
    """Every figure of the sample, as the command prints it, without what names the newest event."""
    as_of = f"--as-of {THEN.isoformat()}"
    lines = ["status", f"metrics {as_of}", f"metrics {as_of} --json", "infer --period 2026-10"]
    lines += [f"at-risk {as_of} --within 30", "health --json"]
    found = {line: ask(folder, line).out for line in lines}
    for name in ("letters.csv", "board.html"):
        (place / name).unlink(missing_ok=True)
    ended = ask(folder, "export", str(place / "letters.csv"))
    found["export"] = (place / "letters.csv").read_text("utf-8") + ended.out
    assert ask(folder, f"report --no-pictures {as_of} --out {place / 'board.html'}").code == 0
    found["report"] = (place / "board.html").read_text("utf-8")
    return {name: _without_newest(text) for name, text in found.items()}


def _without_newest(text: str) -> str:
    text = re.sub(r"[0-9a-f]{64}", "HEAD", text)
    return re.sub(r"\b\d+ events|\"events\": \d+", "EVENTS", text)


def apart(name: str, text: str) -> str:
    """What is left once the section about cases is taken out."""
    if name.startswith("metrics") and name.endswith("--json"):
        found = json.loads(text)
        assert found.pop("casebook")
        return json.dumps(found, indent=2, ensure_ascii=False) + "\n"
    own = {
        "status": r"open cases, .*?\n\n",
        "metrics": r"casebook: .*?(?=head )",
        "at-risk": r"\n\n\d+ of \d+ open cases at risk.*(?=\n)",
        "report": r"<section[^>]*>\s*<h2 id=\"casebook\".*?</section>\s*",
    }.get(name.split()[0])
    if own is None:
        return text
    left, count = re.subn(own, "", text, count=1, flags=re.S)
    assert count == 1, name
    return left


# What can be done


def test_everything_that_a_drawn_letter_can_have_done_to_it(folder: Path) -> None:
    """'take over, resolve within the limit, escalate, contact, recognise, note'"""
    do(folder, "refer --came-by letter --by pa-2 --due 2026-11-30 --owner o-3", "--text", WORDS)
    for role in ("signatory --limit 500.00 --currency GBP", "board"):
        who = "ceo" if "limit" in role else "chair"
        assert ask(folder, f"role grant {who} {role} --since 2026-01-01 --by board").code == 0
    say(folder, "taken_over")
    say(folder, "contact", more="--text Rang.")
    say(folder, "escalated_to_board", more="--reason-code policy")
    say(folder, "board_answer", by="chair")
    say(folder, "recognition")
    say(folder, "note", by="pa-2")
    beyond = "record resolved_nonstandard case-1 --by ceo --currency GBP --amount"
    assert "beyond this person's authority (at most 500.00 GBP)" in refused(
        folder, f"{beyond} 500.01"
    )
    do(folder, f"{beyond} 500.00")
    assert "it is resolved_nonstandard, which is final" in refused(
        folder, "record dispatched case-1 --by ceo"
    )
    story = do(folder, "ledger letter case-1")
    jsonschema.validate(story, cs.schema("letter"))
    assert (story["state"], story["is_case"]) == ("resolved_nonstandard", True)
    assert [e["words"] for e in story["events"] if e["words"]] == [WORDS, "Rang.", "Hm."]
    assert "Case case-1 of complaint-responses" in ask(folder, "ledger letter case-1").out
    assert WORDS not in ask(folder, "export -").out
    assert ask(folder, "status --check").code == 0


def test_ids_are_given_in_order_and_the_same_words_at_the_same_time_are_one_case(
    folder: Path,
) -> None:
    at = "--at 2026-11-18T09:00+00:00"
    assert [refer(folder, f"--came-by {way} {at}") for way in WAYS] == [
        f"case-{n}" for n in range(1, 6)
    ]
    assert refer(folder, f"--came-by board {at}") == "case-3"
    assert refer(folder, "--came-by board") == "case-6"


def test_a_compliment_is_settled_by_a_recognition(folder: Path) -> None:
    """'a case that is a compliment; recognise follows'"""
    case = refer(folder, "--came-by social --compliment")
    waiting = do(folder, "status")
    jsonschema.validate(waiting, cs.schema("status"))
    assert [c["case"] for c in waiting["open_cases"]] == [case]
    say(folder, "recognition", case)
    assert "open_cases" not in do(folder, "status")
    every = do(folder, "metrics")
    jsonschema.validate(every, cs.schema("metrics"))
    found = every["casebook"]
    assert found["recognised"]["count"] == found["recognised"]["of"] == 1
    assert found["settled"]["of"] == 0


def test_what_is_late_or_open_is_listed(folder: Path) -> None:
    refer(folder, "--came-by letter --due 2026-11-19 --owner o-1")
    refer(folder, "--came-by walk-in --due 2026-11-24")
    refer(folder, "--came-by board")
    assert "  referred: case-1 (late), case-2, case-3" in ask(folder, "status").out
    every = do(folder, "at-risk --within 3")
    jsonschema.validate(every, cs.schema("at-risk"))
    risk = every["cases"]
    assert [(c["case"], c["overdue"], c["days_left"]) for c in risk["cases"]] == [
        ("case-1", True, -1)
    ]
    assert (risk["ratio"]["count"], risk["ratio"]["of"], risk["undated"]) == (1, 2, 1)
    assert (risk["unowned"]["count"], risk["unowned"]["of"]) == (2, 3)
    assert "case-2" in ask(folder, "at-risk --within 4").out
    say(folder, "dispatched", by="desk")
    assert "case-1" not in ask(folder, "at-risk").out


def test_a_step_that_is_taken_again_is_recorded_again_and_one_that_is_told_twice_is_not(
    folder: Path,
) -> None:
    refer(folder)
    first = say(folder, "taken_over")
    assert say(folder, "taken_over", more="--at 2026-11-20T08:59+00:00") == first
    say(folder, "escalated_to_board")
    again = say(folder, "taken_over")
    assert again["sequence"] == first["sequence"] + 2


# Apart from the sample


def test_no_figure_of_the_sample_changes_by_a_byte(folder: Path, tmp_path: Path) -> None:
    """'Kept apart from every figure of the sample: a test shows that no sample figure changes by a
    byte.'"""
    before = figures(folder, tmp_path)
    refer(folder, "--came-by letter --due 2026-12-24 --division Cards", "--text", WORDS)
    refer(folder, "--came-by social --compliment --owner o-1")
    wrong = refer(folder, "--came-by board")
    (opened,) = (e for e in do(folder, f"ledger letter {wrong}")["events"])
    say(folder, "taken_over")
    slip = say(folder, "escalated_to_board")
    for event in (slip, opened):
        do(folder, f"correct {event['hash']} --reason-code slip --by {event['actor']}")
    for kind in ("contact", "note", "recognition"):
        say(folder, kind)
    do(folder, "erase case-1 --by office --reason-code asked")
    after = figures(folder, tmp_path)
    for name, text in before.items():
        left = apart(name, after[name])
        assert left == text, name


def test_a_letter_and_a_case_of_one_id_are_told_apart(folder: Path) -> None:
    """'what if a drawn complaint's id looks like `case-1`? refuse/tell apart'"""
    (folder / "signoff.db").unlink()
    configuration = (folder / "ceosample.toml").read_text("utf-8")
    configuration = re.sub(r'^id = "(d3)+"', 'id = ""', configuration, flags=re.M)
    (folder / "ceosample.toml").write_text(configuration, "utf-8")
    with open_ledger(f"sqlite:///{folder / 'signoff.db'}") as ledger:
        rows = [{"id": f"case-{n}", "division": "Cards"} for n in range(1, 7)]
        rows += [{"id": f"L-{n}", "division": "Loans"} for n in range(4)]
        frame = cs.Frame.from_records(rows, **MONTH, unit_id="id", strata=["division"])
        ledger.freeze(frame, PLAN, seed_source="dice", by="sam", at=AT)
        ledger.register(cs.draw(frame, PLAN, SEED), by="sam", at=AT)
        drawn = [str(e.unit_id) for e in ledger.events() if e.kind == "selected"]
    same = min(unit_id for unit_id in drawn if unit_id.startswith("case-"))
    while refer(folder, "--came-by letter", "--text", WORDS) != same:
        pass
    month = f"--period {MONTH['period']}"
    note = f"record note {same} --by ceo --text Hm."
    for line in (note, f"ledger letter {same}"):
        said = refused(folder, line)
        assert f"is a case of {POPULATION}, and a letter of {POPULATION}, 2026-10" in said
        assert "(--period)" in said
        assert "(--case)" in said
    of_letter, of_case = do(folder, f"{note} {month}"), do(folder, f"{note} --case")
    assert (of_letter["kind"], of_letter["period"]) == ("note", MONTH["period"])
    assert (of_case["kind"], of_case["period"]) == ("case_note", None)
    line = f"ledger letter {same}"
    shown = [do(folder, f"{line} {more}") for more in (month, "--case")]
    assert [[e["kind"] for e in one["events"]] for one in shown] == [
        ["selected", "note"], ["case_referred", "case_note"],
    ]  # fmt: skip
    erase = f"erase {same} --by x --reason-code asked"
    assert do(folder, f"{erase} {month}")["payload"]["texts"] == 1
    assert [e["words"] for e in do(folder, f"{line} --case")["events"]] == [WORDS, "Hm."]
    assert do(folder, erase)["payload"]["texts"] == 2
    assert "neither a case nor a letter" in refused(folder, note.replace(same, "case-99"))
    assert ask(folder, "policies --check").code == 0  # it has no packs, of which status speaks


# Corrections and texts


@pytest.mark.parametrize("kind", OF_A_CASE)
def test_every_kind_can_be_corrected(folder: Path, kind: str) -> None:
    """'every new kind can be corrected'"""
    refer(folder)
    ask(folder, "role grant ceo board --since 2026-01-01 --by board")
    ask(folder, "role grant ceo signatory --since 2026-01-01 --by board")
    ask(folder, "role grant ceo executive-office --since 2026-01-01 --by board")
    if kind == "resolved_nonstandard":
        say(folder, "taken_over")
    before = do(folder, "ledger letter case-1")["state"]
    said = say(folder, kind)
    do(folder, f"correct {said['hash']} --reason-code slip --by ceo")
    story = do(folder, "ledger letter case-1")
    assert story["state"] == before
    assert [e["kind"] for e in story["events"] if e["void_by"]] == [f"case_{kind}"]
    assert said["hash"] != say(folder, kind)["hash"]
    assert ask(folder, "status --check").code == 0


def test_a_case_that_was_opened_by_mistake_is_void_and_its_number_stays_used(
    folder: Path,
) -> None:
    opened = do(folder, "refer --came-by letter --owner o-1 --by pa-2")
    noted = say(folder, "note", by="pa-2")
    line = f"correct {opened['hash']} --reason-code slip --by"
    assert "correct that one first" in refused(folder, f"{line} pa-2")
    do(folder, f"correct {noted['hash']} --reason-code slip --by pa-2")
    assert "is the owner, and may not decide this" in refused(folder, f"{line} o-1")
    do(folder, f"{line} pa-2")
    assert "was corrected, so it counts no more" in refused(
        folder, "record note case-1 --by x --text Hm."
    )
    assert "casebook" not in do(folder, "metrics")
    assert refer(folder) == "case-2"
    assert do(folder, "erase case-1 --by office --reason-code asked")["payload"]["texts"] == 1


def test_texts_are_held_and_erased_like_those_of_letters(folder: Path) -> None:
    refer(folder, "--came-by letter", "--text", WORDS)
    say(folder, "note")
    do(folder, "hold case-1 --by office --reason-code court")
    erase = "erase case-1 --by office --reason-code asked"
    assert "is under a legal hold" in refused(folder, erase)
    do(folder, "hold case-1 --lift --by office --reason-code court")
    first = do(folder, erase)
    assert (first["kind"], first["payload"]["texts"]) == ("case_forgotten", 2)
    assert do(folder, erase)["hash"] == first["hash"]
    assert WORDS.encode() not in (folder / "signoff.db").read_bytes()
    story = do(folder, "ledger letter case-1")
    assert [e["words"] for e in story["events"]] == [None] * len(story["events"])
    assert "give --period" in refused(folder, "erase R-1 --by office --reason-code asked")
    assert ask(folder, "status --check").code == 0


# Copies, old ledgers, forged events


def test_an_export_carries_the_cases(folder: Path, tmp_path: Path) -> None:
    refer(folder, "--came-by letter --due 2026-11-30", "--text", WORDS)
    say(folder, "taken_over")
    before = do(folder, "metrics")["casebook"]
    assert ask(folder, f"export {tmp_path / 'events.jsonl'}").code == 0
    for schema, line in zip(
        [cs.schema("event")] * 200,
        (tmp_path / "events.jsonl").read_bytes().splitlines(),
        strict=False,
    ):
        jsonschema.validate(json.loads(line), schema)
    (folder / "signoff.db").unlink()
    ended = ask(folder, f"import {tmp_path / 'events.jsonl'}")
    assert ended.code == 0, ended.err
    assert do(folder, "metrics")["casebook"] == before
    assert refer(folder) == "case-2"


def test_a_ledger_of_0_1_has_a_casebook_once_it_is_upgraded(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(release_0_1.FOLDER, tmp_path / "old"))
    at = release_0_1.AS_OF
    line = "refer --came-by letter --by pa"
    ended = ask(folder, line, at=at)
    assert (ended.code, "'ceosample upgrade' first" in ended.err) == (65, True)
    assert ask(folder, "upgrade --by office", at=at).code == 0
    assert do(folder, line, at=at)["unit_id"] == "case-1"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"kind": "case_referred", "unit_id": "case-9"}, "the next case is case-1"),
        ({"kind": "case_referred", "unit_id": "R-1"}, "the next case is case-1"),
        ({"kind": "case_taken_over"}, "is not in this ledger"),
        ({"kind": "case_held"}, "is not in this ledger"),
        (
            {"kind": "case_referred", "payload": {"came_by": "fax", "nature": "complaint"}},
            "came_by",
        ),
    ],
)
def test_an_import_refuses_cases_that_the_ledger_would_not_record(
    wrong: dict[str, Any], said: str
) -> None:
    payload = {"came_by": "letter", "nature": "complaint"}
    payloads = {"case_taken_over": {}, "case_held": {"reason_code": "court"}}
    with open_ledger() as ledger:
        lines = list(ledger.export())
    newest = Event.parse(lines[-1].removesuffix(b"\n"))
    fields = {
        **newest.to_dict(), "sequence": newest.sequence + 1, "population": POPULATION,
        "unit_id": "case-1", "payload": payloads.get(wrong["kind"], payload),
        "previous": newest.hash, "actor": "x", **wrong,
    }  # fmt: skip
    with pytest.raises(LedgerError, match=said):
        cs.Ledger.restore("sqlite://", [*lines, Event(**fields).text + b"\n"])


# The figures


def year() -> Iterator[tuple[str, str]]:
    """A way and a month: letters become fewer, and one comes on the year's last evening in UTC."""
    for month, letters in enumerate([4, 4, 3, 3, 2, 1, 1, 0], 1):
        for day in range(1, letters + 1):
            yield "letter", f"2026-{month:02}-{day:02}T12:00:00+00:00"
    yield "social", "2026-03-31T23:30:00+00:00"


def test_letters_to_the_executive_become_fewer_month_by_month() -> None:
    """'Monthly counts by way (do letters to the chief executive become fewer?)'"""
    with open_ledger() as ledger:
        for way, at in year():
            moment = dt.datetime.fromisoformat(at)
            ledger.refer(way, population=POPULATION, by="pa", at=moment)
        events = list(ledger.events())
    as_of = dt.datetime(2026, 8, 20, tzinfo=dt.UTC)
    found = casebook_summary(events, population=POPULATION, as_of=as_of)
    assert [m.complaints["letter"] for m in found.months] == [4, 4, 3, 3, 2, 1, 1, 0]
    assert [m.complaints["social"] for m in found.months] == [0, 0, 1, 0, 0, 0, 0, 0]
    assert "4 in the last 3 whole months, 10 in the 3 months before" in found.trend
    early = casebook_summary(
        events, population=POPULATION, as_of=dt.datetime(2026, 2, 3, tzinfo=dt.UTC)
    )
    assert [m.complaints["letter"] for m in early.months] == [4, 2]
    part = casebook_summary(
        events, population=POPULATION, first="2026-02", last="2026-03", as_of=as_of
    )
    assert (part.count, len(part.open)) == (8, 19)
    assert casebook_summary(events, population="other", as_of=as_of).months == ()
    board = cs.report.board_report(events, population=POPULATION, as_of=as_of)
    page = board.to_html(pictures=False).decode()
    assert f"L{found.trend[1:]}." in page
    assert "Open, whenever they came: 19 cases, of which 0 past the last date." in page
    other = cs.report.board_report(events, population="other", as_of=as_of)
    assert b"casebook" not in other.to_html(pictures=False)


def test_on_time_counts_what_it_can_be_said_of() -> None:
    """Kept, late, late and open; neither one that is still to come nor one without a date."""
    with open_ledger(clock=lambda: THEN) as ledger:
        for number, day in enumerate([3, 3, 3, 28, None], 1):
            due = None if day is None else dt.date(2026, 11, day)
            ledger.refer("letter", population=POPULATION, by="pa", at=AT, due=due, text=str(number))
        for case, day in (("case-1", 3), ("case-2", 4)):
            at = dt.datetime(2026, 11, day, 12, tzinfo=dt.UTC)
            ledger.record("dispatched", case, by="desk", at=at)
        events = list(ledger.events())
    as_of = dt.datetime(2026, 11, 5, tzinfo=dt.UTC)
    found = casebook_summary(events, population=POPULATION, as_of=as_of).on_time
    assert (found.count, found.of) == (1, 3)


def test_a_case_is_as_it_was_before_a_later_correction() -> None:
    with open_ledger() as ledger:
        ledger.refer("letter", population=POPULATION, by="pa", at=AT)
        taken = ledger.record("taken_over", "case-1", by="ceo", at=AT)
        later = AT + dt.timedelta(minutes=5)
        ledger.correct(taken.hash, by="ceo", at=later, reason_code="slip")
        ledger.record("dispatched", "case-1", by="desk", at=later)
        events = list(ledger.events())
    assert [case.state for case in cases_at(events, AT)] == ["taken_over"]
    assert [case.state for case in cases_at(events, later)] == ["dispatched"]


def test_the_table_of_steps_is_about_states_that_people_can_record() -> None:
    steps = {state for following in CASE_STEPS.values() for state in following}
    assert steps == CASE_STEPS.keys() - {"referred"}
    assert {f"case_{state}" for state in steps} < set(CASE_KINDS)


#: What somebody may try: to record a kind about one of two cases, to open another, to take it back.
TRIES = st.lists(
    st.tuples(st.sampled_from([*OF_A_CASE, "refer", "correct", "forget"]), st.integers(1, 2)),
    max_size=10,
)
FIELDS: Final[dict[str, dict[str, Any]]] = {
    "withdrawn": {"reason_code": "settled", "approver": "audit"},
    "recognition": {"colleague": "h-7", "reason_code": "kind"},
    "contact": {"channel": "phone", "outcome": "kept"},
    "note": {"text": "Hm."},
}


@given(TRIES)
@settings(max_examples=10)
def test_whatever_is_recorded_checks_and_comes_back_from_an_export(
    tries: list[tuple[str, int]],
) -> None:
    """The ledger's answer is the table's, its walk agrees, and a replay gives the same states."""
    with open_ledger() as ledger:
        refer_one = functools.partial(ledger.refer, "letter", population=POPULATION, by="pa")
        refer_one(at=AT)
        for number, (kind, which) in enumerate(tries):
            at, case = AT + dt.timedelta(seconds=number), f"case-{which}"
            with contextlib.suppress(LedgerError):
                before = ledger.case(case).state
                if kind == "refer":
                    refer_one(at=at)
                elif kind == "forget":
                    of_case: dict[str, Any] = {"population": POPULATION, "period": None}
                    ledger.forget(case, **of_case, by="x", at=at, reason_code="asked")
                elif kind == "correct":
                    newest = [e for e in ledger.events() if e.unit_id == case][-1]
                    ledger.correct(newest.hash, by=newest.actor, at=at, reason_code="slip")
                else:
                    ledger.record_case(kind, case, by="ceo", at=at, **FIELDS.get(kind, {}))
                    assert kind not in CASE_STEPS or kind in {before, *CASE_STEPS[before]}
        assert ledger.check().ok
        events = list(ledger.events())
        states = {case.id: case.state for case in cases_at(events, AT + dt.timedelta(days=1))}
        for case, state in states.items():
            assert ledger.case(case).state == state
        opened = [e.unit_id for e in events if e.kind == "case_referred"]
        assert opened == [f"case-{n + 1}" for n in range(len(opened))]
        with cs.Ledger.restore("sqlite://", list(ledger.export())) as again:
            assert again.head == ledger.head
