"""The gate: one response at a time, asked about once, re-checked after the reveal."""

from __future__ import annotations

import copy
import datetime as dt
import hashlib
import json
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ceosample as cs
from ceosample.canonical import canonical_file
from ceosample.text import fault_in_name
from gates import AT, SEED, by_hand, gate_of, lines_of
from needed import PATIENCE
from refusals import CHANGED_SINCE_WRITTEN, NOT_THERE, refused

IDS = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=20).filter(
    lambda text: fault_in_name(text) is None
)


@given(IDS, st.fractions(0, 1, max_denominator=10**6))
def test_a_response_is_selected_if_its_ticket_is_below_the_threshold(
    unit_id: str, chance: Fraction
) -> None:
    """'the threshold of a stratum is `floor(p * 2^256)`, p an exact fraction; the response goes to
    the executive if and only if its ticket is below it'"""
    assert gate_of(chance).selects(unit_id) == by_hand(unit_id, chance)


def test_a_ticket_at_the_threshold_is_not_below_it() -> None:
    key = "ed432033968d79d81db8d7fb61050c17"  # the one in docs/gate.md
    ticket = int(hashlib.sha256(f"{key},CR-1042".encode()).hexdigest(), 16)
    assert not gate_of(Fraction(ticket, 2**256)).selects("CR-1042")
    assert gate_of(Fraction(ticket + 1, 2**256)).selects("CR-1042")


@given(IDS, st.fractions(0, 1), st.fractions(0, 1))
def test_a_larger_chance_selects_all_that_a_smaller_one_does(
    unit_id: str, one: Fraction, other: Fraction
) -> None:
    small, large = sorted([one, other])
    assert gate_of(large).selects(unit_id) >= gate_of(small).selects(unit_id)


def test_the_ends_select_everything_and_nothing() -> None:
    assert all(gate_of(1).selects(f"C-{i}") for i in range(1000))
    assert not any(gate_of(0).selects(f"C-{i}") for i in range(1000))


def test_a_vector_for_other_languages() -> None:
    """The one in docs/gate.md."""
    page = (Path(__file__).parents[1] / "docs" / "gate.md").read_text("utf-8")
    gate = gate_of("1/4")
    for unit_id in ("CR-1042", "CR-1043", "CR-1047"):
        said = "yes" if gate.selects(unit_id) else "no"
        assert f"| `{unit_id}` | {said} |" in page
    assert gate.commitment in page
    assert gate.seed_commitment in page


def test_a_quarter_is_a_quarter() -> None:
    """20,000 answers; 5 standard deviations are 306."""
    gate = gate_of("1/4")
    assert abs(sum(gate.selects(f"C-{i}") for i in range(20_000)) - 5_000) < 306


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ({"population": "Complaints!"}, "gate, population: got 'Complaints!'"),
        ({"population": None}, "gate, population: got None"),
        ({"period": "2026-13"}, "2026-13"),
        ({"seed": 51423}, "gate, seed: got a whole number; give at least 32"),
        (
            {"seed": "5e" * 15},
            "gate, seed: got text of 30 characters; give at least 32",
        ),
        (
            {"seed": "83019274650192837465"},
            "gate, seed: got text of 20 digits; give at least 32",
        ),
        (
            {"seed": ("5e" * 32).upper()},
            "gate, seed: got text of 64 characters; give at least 32",
        ),
        ({"chances": {}}, "gate, chances: got {}"),
        ({"chances": {"Cards": "1.01"}}, "gate, chances, Cards: got '1.01'; give a chance from 0"),
        ({"chances": {"Cards": -1}}, "got -1; give a chance from 0 to 1"),
        ({"chances": {"Cards": "some"}}, "gate, chances, Cards: got 'some'"),
        ({"chances": {" Cards": 1}}, "gate, chances"),
        ({"chances": {"Cards": 0, ("Cards",): 1}}, "gate, chances, Cards: got 1 as a second"),
        ({"chances": {None: 1}}, "gate, chances, None: "),
        ({"chances": {("Cards", "North"): 1, "Loans": 1}}, "got strata of 1, 2 values"),
    ],
)
def test_a_gate_that_cannot_be_is_refused(arguments: dict[str, Any], fault: str) -> None:
    given: dict[str, Any] = {
        "population": "p", "period": "2026-10", "chances": {"Cards": "1/4"}, "seed": SEED,
    }  # fmt: skip
    with pytest.raises(cs.errors.GateError) as caught:
        cs.gate.Gate(**{**given, **arguments})
    assert fault in str(caught.value)
    assert str(arguments.get("seed", SEED)) not in str(caught.value)


def test_all_faults_of_a_gate_are_told_at_once() -> None:
    with pytest.raises(cs.errors.GateError) as caught:
        cs.gate.Gate("P!", "x", {"a": 2, "b": "y"}, "short")
    assert len(caught.value.faults) == 5


def test_a_seed_is_never_shown() -> None:
    gate = gate_of()
    assert SEED not in repr(gate) + str(gate) + gate._repr_html_() + json.dumps(gate.to_dict())


@pytest.mark.parametrize("unit_id", [1.5, True, None, b"x", " x", "", "a\u202eb"])
def test_what_is_no_id_is_no_question(unit_id: Any, tmp_path: Path) -> None:
    questions = cs.gate.Register(tmp_path / "gate.jsonl", gate_of())
    with pytest.raises(cs.errors.GateError, match="unit_id: "):
        questions.ask(unit_id, "Cards", at=AT)
    assert len(questions) == 0


def test_a_number_and_its_text_are_one_response(tmp_path: Path) -> None:
    questions = cs.gate.Register(tmp_path / "gate.jsonl", gate_of())
    assert questions.ask(1042, "Cards", at=AT) == questions.ask("1042", "Cards", at=AT)
    assert len(questions) == 1


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"stratum": "Mortgages"}, "stratum: got 'Mortgages'; use one of"),
        ({"stratum": ("Cards", "North")}, r"stratum: got \['Cards', 'North'\]; use one of"),
        ({"at": dt.datetime(2026, 10, 5, 9, 30)}, "give a time with its zone"),  # noqa: DTZ001
        ({"at": "2026-10-05"}, "give a time with its zone"),
        ({"content": "abc"}, "give its digest"),
    ],
)
def test_a_question_that_cannot_be_is_not_written_down(
    change: dict[str, Any], fault: str, tmp_path: Path
) -> None:
    path = tmp_path / "gate.jsonl"
    questions = cs.gate.Register(path, gate_of())
    before = path.read_bytes()
    with pytest.raises(cs.errors.GateError, match=fault):
        questions.ask("C-1", **{"stratum": "Cards", "at": AT, **change})
    assert path.read_bytes() == before


def test_an_id_has_one_answer_for_ever(tmp_path: Path) -> None:
    """'To keep it from being an oracle that is asked until it says no'"""
    path = tmp_path / "gate.jsonl"
    first = cs.gate.Register(path, gate_of()).ask("C-1", "Cards", at=AT, content="ab" * 32)
    size = path.stat().st_size
    again = cs.gate.Register(path, gate_of())
    later = AT + dt.timedelta(days=3)
    assert again.ask("C-1", "Cards", at=later, content="cd" * 32) == first
    assert again.ask("C-1", "Cards", at=later) == first
    with pytest.raises(cs.errors.ConflictError, match="got 'Loans', and question 1 had 'Cards'"):
        again.ask("C-1", "Loans", at=later)
    assert path.stat().st_size == size


def test_a_question_is_on_the_disk_before_its_answer_is_known(tmp_path: Path) -> None:
    """'each question is first written down (id, stratum, content digest, a sequence number without
    gaps)'"""
    path = tmp_path / "gate.jsonl"
    questions = cs.gate.Register(path, gate_of())
    for number in range(1, 4):
        answer = questions.ask(f"C-{number}", "Loans", at=AT, content="ab" * 32)
        line = json.loads(path.read_bytes().splitlines()[-1])
        assert line["unit_id"] == f"C-{number}"
        assert line["stratum"] == ["Loans"]
        assert line["content"] == "ab" * 32
        assert (line["sequence"], line["selected"]) == (number, answer.selected)
        assert line["at"] == "2026-10-05T09:30:00+01:00"


@pytest.mark.parametrize("other", [gate_of({"Cards": "1/3"}), gate_of(seed="5e" * 32)])
def test_another_gates_register_is_refused_and_stays(other: cs.gate.Gate, tmp_path: Path) -> None:
    path = tmp_path / "gate.jsonl"
    cs.gate.Register(path, gate_of()).ask("C-1", "Cards", at=AT)
    before = path.read_bytes()
    with pytest.raises(cs.errors.ConflictError, match="the register of another gate"):
        cs.gate.Register(path, other)
    assert path.read_bytes() == before


def test_a_disk_that_is_full_leaves_no_answer_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    questions = cs.gate.Register(tmp_path / "gate.jsonl", gate_of())

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            questions.ask("C-1", "Cards", at=AT)
        assert len(questions) == 0
    assert questions.ask("C-1", "Cards", at=AT).sequence == 1
    report = cs.gate.verify(lines_of(tmp_path / "gate.jsonl"), SEED)
    assert report.ok, report


MANY = """
import datetime as dt, sys
import ceosample as cs
gate = cs.gate.Gate("complaint-responses", "2026-10", {"Loans": "1/2"}, sys.argv[2])
register = cs.gate.Register(sys.argv[1], gate)
at = dt.datetime(2026, 10, 5, tzinfo=dt.UTC)
for number in range(60):
    register.ask(f"C-{number * int(sys.argv[3]) % 60}", "Loans", at=at)
"""


def test_threads_and_processes_have_one_answer_an_id(tmp_path: Path) -> None:
    """'one answer an id for ever, across threads and processes'"""
    path = tmp_path / "gate.jsonl"
    processes = [
        subprocess.Popen([sys.executable, "-c", MANY, str(path), SEED, step]) for step in ("1", "7")
    ]
    shared = cs.gate.Register(path, gate_of({"Loans": "1/2"}))
    heard: list[cs.gate.Answer] = []

    def ask(step: int) -> None:
        heard.extend(shared.ask(f"C-{(n * step) % 60}", "Loans", at=AT) for n in range(60))

    threads = [threading.Thread(target=ask, args=(step,)) for step in (1, 7, 11, 13)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [process.wait(timeout=PATIENCE) for process in processes] == [0, 0]
    report = cs.gate.verify(lines_of(path), SEED)
    assert report.ok, report
    assert report.asked[("Loans",)] == 60
    assert all(count == 4 for count in Counter(heard).values())


ASKER = """
import datetime as dt, sys
import ceosample as cs
gate = cs.gate.Gate("complaint-responses", "2026-10", "1/2", sys.argv[2])
questions = cs.gate.Register(sys.argv[1], gate)
at = dt.datetime(2026, 10, 5, tzinfo=dt.UTC)
print("ready", flush=True)
for number in range(100_000):
    answer = questions.ask(f"C-{number}", at=at)
    print(answer.unit_id, answer.selected, flush=True)
"""


@pytest.mark.parametrize("least", [0, 1, 5, 25, 60])
def test_a_writer_that_is_killed_loses_no_answer_that_was_heard(tmp_path: Path, least: int) -> None:
    path = tmp_path / "gate.jsonl"
    order = [sys.executable, "-c", ASKER, str(path), SEED]
    with subprocess.Popen(order, stdout=subprocess.PIPE, text=True) as asker:
        assert asker.stdout is not None
        assert asker.stdout.readline() == "ready\n"
        heard = [asker.stdout.readline().split() for _ in range(least)]
        asker.send_signal(signal.SIGKILL)
        heard += [line.split() for line in asker.stdout if line.endswith("\n")]
    assert asker.returncode == -signal.SIGKILL  # and it had not given up by itself
    again = cs.gate.Register(path, gate_of("1/2"))
    found = {answer.unit_id: str(answer.selected) for answer in again}
    assert all(found[unit_id] == selected for unit_id, selected in heard)
    again.ask("one-more", at=AT)
    assert cs.gate.verify(lines_of(path), SEED).ok


def test_a_line_that_was_cut_off_was_never_answered_and_goes(tmp_path: Path) -> None:
    path = tmp_path / "gate.jsonl"
    cs.gate.Register(path, gate_of()).ask("C-1", "Cards", at=AT)
    with path.open("ab") as file:
        file.write(b'{"at":"2026-10-05T09:')
    assert cs.gate.Register(path, gate_of()).ask("C-2", "Cards", at=AT).sequence == 2
    assert cs.gate.verify(lines_of(path), SEED).ok


def test_a_line_that_was_cut_off_is_not_said_to_be_another(tmp_path: Path) -> None:
    """A crash at the month's end leaves one that no later question dropped."""
    path = tmp_path / "gate.jsonl"
    cs.gate.Register(path, gate_of()).ask("C-1", "Cards", at=AT)
    first, line = lines_of(path)
    report = cs.gate.verify([first, line[:-20]], SEED)
    assert report.differences == ("line 2: cut off before its end",)


Lines = list[bytes]


def _changed(line: bytes, **fields: Any) -> bytes:
    text = json.dumps({**json.loads(line), **fields}, sort_keys=True, separators=(",", ":"))
    return text.encode() + b"\n"


def _flipped(lines: Lines) -> Lines:
    selected = json.loads(lines[3])["selected"]
    return [*lines[:3], _changed(lines[3], selected=not selected), *lines[4:]]


def _rewritten(lines: Lines) -> Lines:
    """A no in place of a yes, with all hashes after it made anew."""
    made = lines[:1]
    for line in lines[1:]:
        fields: dict[str, Any] = {"previous": hashlib.sha256(made[-1]).hexdigest()}
        if json.loads(line)["unit_id"] == "C-3":
            fields["selected"] = not json.loads(line)["selected"]
        made.append(_changed(line, **fields))
    return made


TAMPERED: dict[str, tuple[Callable[[Lines], Lines], str]] = {
    "an answer turned round": (_flipped, "line 4: response C-3 was answered"),
    "an answer turned round, and the chain made anew": (_rewritten, "line 4: response C-3 was ans"),
    "a question taken out": (lambda x: x[:3] + x[4:], "question 4 follows question 2"),
    "two questions exchanged": (lambda x: [*x[:3], x[4], x[3], *x[5:]], "follows question 2"),
    "a question twice": (lambda x: x[:4] + x[3:], "response C-3 was asked about before, in line 4"),
    "another stratum": (
        lambda x: [*x[:3], _changed(x[3], stratum=["Mortgages"]), *x[4:]],
        "stratum: got ",
    ),
    "another time": (
        lambda x: [*x[:3], _changed(x[3], at="2026-10-04T00:00:00+01:00"), *x[4:]],
        "line 5: the line before it is not the one that it was written after",
    ),
    "no question": (lambda x: [*x[:3], b"[]\n", *x[4:]], "line 4: not a question"),
    "white space": (lambda x: [*x[:3], x[3].replace(b":", b": ", 1), *x[4:]], "line 4: not as a"),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_whatever_is_changed_in_a_register_is_found(name: str, tmp_path: Path) -> None:
    change, said = TAMPERED[name]
    path = tmp_path / "gate.jsonl"
    questions = cs.gate.Register(path, gate_of())
    for number in range(1, 7):
        questions.ask(f"C-{number}", "Loans", at=AT)
    lines = change(lines_of(path))
    report = cs.gate.verify(lines, SEED)
    assert not report.ok
    assert any(said in difference for difference in report.differences)
    path.write_bytes(b"".join(lines))
    with refused(cs.errors.GateError, CHANGED_SINCE_WRITTEN):
        cs.gate.Register(path, gate_of())
    path.write_bytes(b"".join(lines[:2]))
    with pytest.raises(cs.errors.GateError, match="shorter than it was"):  # by whoever has it open
        questions.ask("C-9", "Loans", at=AT)


def test_a_last_answer_that_was_turned_round_is_given_to_nobody(tmp_path: Path) -> None:
    """No line after it has its hash; the rule tells."""
    path = tmp_path / "gate.jsonl"
    cs.gate.Register(path, gate_of()).ask("C-1", "Complaints about us", at=AT)
    lines = lines_of(path)
    path.write_bytes(lines[0] + _changed(lines[1], selected=False))
    with refused(cs.errors.GateError, CHANGED_SINCE_WRITTEN, place="line 2"):
        cs.gate.Register(path, gate_of())


def test_a_file_of_the_same_size_that_took_the_place_of_the_register_is_refused(
    tmp_path: Path,
) -> None:
    """'A file that was shortened or exchanged while it is open is refused'"""
    path, other = tmp_path / "gate.jsonl", tmp_path / "other.jsonl"
    questions = cs.gate.Register(path, gate_of())
    questions.ask("C-1", "Complaints about us", at=AT)
    cs.gate.Register(other, gate_of()).ask("C-2", "Complaints about us", at=AT)
    assert other.stat().st_size == path.stat().st_size
    there = other.read_bytes()
    other.replace(path)
    with pytest.raises(cs.errors.GateError, match="another file than it was"):
        questions.ask("C-3", "Cards", at=AT)
    assert path.read_bytes() == there


def test_paper_tells_of_a_register_that_was_cut_or_written_anew(tmp_path: Path) -> None:
    """Neither contradicts anything in itself."""
    path = tmp_path / "gate.jsonl"
    gate = gate_of()
    questions = cs.gate.Register(path, gate)
    paper = [gate.commitment]
    for number in range(1, 4):
        questions.ask(f"C-{number}", "Loans", at=AT)
        paper.append(questions.head)
    lines = lines_of(path)
    assert cs.gate.verify(lines, SEED, heads=paper).ok
    cut = cs.gate.verify(lines[:-1], SEED, heads=paper)
    assert cs.gate.verify(lines[:-1], SEED).ok
    assert (cut.ok, len(cut.differences)) == (False, 1)
    assert f"head '{paper[-1]}': is that of no line" in cut.differences[0]
    again = tmp_path / "again.jsonl"
    seed = "5e" * 32
    cs.gate.Register(again, gate_of(seed=seed)).ask("C-1", "Loans", at=AT)
    assert cs.gate.verify(lines_of(again), seed).ok
    assert len(cs.gate.verify(lines_of(again), seed, heads=paper).differences) == 4


def test_a_gate_goes_to_another_process_and_answers_the_same() -> None:
    gate = gate_of()
    for other in (pickle.loads(pickle.dumps(gate)), copy.deepcopy(gate)):  # noqa: S301 - our own
        assert other == gate
        assert [other.selects(f"C-{n}", "Cards") for n in range(99)] == [
            gate.selects(f"C-{n}", "Cards") for n in range(99)
        ]


@pytest.mark.parametrize("stratum", [5, None, [["Cards"]], {"Cards": 1}])
def test_what_is_no_stratum_has_no_chance(stratum: Any) -> None:
    with pytest.raises(cs.errors.GateError, match="response C-1, stratum: got "):
        gate_of().selects("C-1", stratum)


def test_a_stratum_is_written_as_an_id_is() -> None:
    """`1` and `"1"` are the same; what differs in its bytes alone is said to."""
    by_code = gate_of({7: 1, "8": 0, "\u00e9": 1})
    assert by_code.selects("C-1", 7) is by_code.selects("C-1", "7") is True
    assert by_code.selects("C-1", [8]) is False
    with pytest.raises(cs.errors.GateError, match=r"stratum: .* not in Unicode's normal form NFC"):
        by_code.selects("C-1", "e\u0301")
    many = gate_of({f"S{number}": 1 for number in range(1000)})
    with pytest.raises(cs.errors.GateError, match=r"use one of S0, S1, .* and 988 more"):
        many.selects("C-1", "Cards")


def test_a_strange_name_of_a_stratum_is_told_on_one_line() -> None:
    for name in ("Ca\nrds", "Ca\x1b[2Jrds", "\ud800"):
        with pytest.raises(cs.errors.GateError) as caught:
            gate_of({name: 1})
        assert not {"\n", "\x1b", "\ud800"} & set(str(caught.value))


@pytest.mark.parametrize(
    "chance", [Fraction(1, 2**256), Fraction(2**256 - 1, 2**256), Fraction(1, 3**161), "1e-60"]
)
def test_a_chance_that_a_gate_takes_can_be_checked_after_the_reveal(
    chance: Any, tmp_path: Path
) -> None:
    path = tmp_path / "gate.jsonl"
    cs.gate.Register(path, gate_of(chance)).ask("C-1", at=AT)
    assert cs.gate.verify(lines_of(path), SEED).ok


@pytest.mark.parametrize("chance", [Fraction(1, 2**256 + 1), Fraction(1, 10**5000), "1e-100"])
def test_a_chance_finer_than_a_ticket_is_refused(chance: Any) -> None:
    with pytest.raises(cs.errors.GateError, match=r"gate, chances, all: got .*, finer than"):
        gate_of(chance)


def test_the_seed_that_opens_a_register_is_the_one_it_commits_to(tmp_path: Path) -> None:
    path = tmp_path / "gate.jsonl"
    cs.gate.Register(path, gate_of()).ask("C-1", "Cards", at=AT)
    with pytest.raises(cs.errors.GateError, match="the register commits to"):
        cs.gate.verify(lines_of(path), "5e" * 32)


@pytest.mark.parametrize(
    "change",
    [
        {"sequence": True}, {"sequence": "1"}, {"at": 5}, {"unit_id": 5}, {"stratum": "Loans"},
        {"stratum": [1]}, {"content": "x"}, {"selected": 1}, {"previous": None}, {"more": 1},
    ],
)  # fmt: skip
def test_a_line_of_another_form_is_no_question(change: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "gate.jsonl"
    cs.gate.Register(path, gate_of()).ask("C-1", "Loans", at=AT)
    lines = lines_of(path)
    for spoilt in (_changed(lines[1], **change), b"5\n", b"[]\n"):
        report = cs.gate.verify([lines[0], spoilt], SEED)
        assert report.first_difference == "line 2: not a question"
        path.write_bytes(lines[0] + spoilt)
        with refused(cs.errors.GateError, CHANGED_SINCE_WRITTEN, place="line 2"):
            cs.gate.Register(path, gate_of())


@pytest.mark.parametrize("first", [b"", b"{}\n", b"[]\n", b"x\n", b'{"chances":[1]}\n'])
def test_what_is_no_register_is_said_to_be_none(first: bytes) -> None:
    with pytest.raises(cs.errors.GateError, match="register, line 1"):
        cs.gate.verify([first] if first else [], SEED)


@pytest.mark.parametrize("chances", [None, 3, [{}], [3], [{"stratum": 3, "probability": "1/2"}]])
def test_a_first_line_whose_chances_are_none_is_not_as_a_register_begins(chances: Any) -> None:
    first = {key: value for key, value in gate_of().to_dict().items() if key != "chances"}
    if chances is not None:
        first["chances"] = chances
    with pytest.raises(cs.errors.GateError, match="line 1: not as a register begins; restore it"):
        cs.gate.verify([canonical_file(first)], SEED)


def test_other_chances_in_the_first_line_are_found(tmp_path: Path) -> None:
    path = tmp_path / "gate.jsonl"
    cs.gate.Register(path, gate_of("1/2")).ask("C-1", at=AT)
    lines = lines_of(path)
    lines[0] = lines[0].replace(b'"1/2"', b'"1/4"')
    assert "line 2: the line before it is not the one" in str(
        cs.gate.verify(lines, SEED).first_difference
    )


def test_letters_around_the_gate_and_letters_that_never_went_are_listed(tmp_path: Path) -> None:
    """'letters that were answered and never sent, and letters that went out without being asked
    about'"""
    path = tmp_path / "gate.jsonl"
    questions = cs.gate.Register(path, gate_of())
    for number in range(1, 7):
        questions.ask(f"C-{number}", "Loans", at=AT)
    lines = lines_of(path)
    sent = ["C-1", "C-2", "C-4", "C-6", "C-7"]
    report = cs.gate.verify(lines, SEED, sent=sent)
    assert report.never_sent == ("C-3", "C-5")
    assert report.never_asked == ("C-7",)
    assert not report.ok
    assert report.first_difference == "went out without being asked about: C-7"
    assert str(report).startswith("NOT ok: ")
    whole = cs.gate.verify(lines, SEED, sent=sent[:-1])
    assert (whole.ok, whole.first_difference) == (True, None)
    assert str(whole).startswith("ok: ")
    told: Any = whole.to_dict()
    assert (told["never_sent"], told["never_asked"]) == (["C-3", "C-5"], [])
    assert "asked about and not sent: 2 (C-3, C-5)" in str(whole)
    unknown = cs.gate.verify(lines, SEED)
    assert (unknown.never_sent, unknown.never_asked) == (None, None)
    nothing: Any = unknown.to_dict()
    assert (nothing["never_sent"], nothing["never_asked"]) == (None, None)
    assert "not checked, since the letters sent were not given" in str(unknown)
    said: Any = report.to_dict()
    loans = next(row for row in said["strata"] if row["stratum"] == ["Loans"])
    assert loans["asked"] == 6
    assert loans["selected"] == sum(by_hand(f"C-{n}", Fraction(1, 2)) for n in range(1, 7))


def test_a_report_shows_itself_in_a_notebook_as_text(tmp_path: Path) -> None:
    path = tmp_path / "gate.jsonl"
    gate = gate_of({"<b>Cards": "1/2"})
    cs.gate.Register(path, gate).ask("C-1", "<b>Cards", at=AT)
    report = cs.gate.verify(lines_of(path), SEED, sent=["<i>x"])
    assert "&lt;b&gt;Cards" in report._repr_html_()
    assert "<i>x" not in report._repr_html_()
    assert "<b>Cards" not in gate._repr_html_()


def test_a_month_without_letters_is_ok(tmp_path: Path) -> None:
    path = tmp_path / "gate.jsonl"
    gate = gate_of()
    cs.gate.Register(path, gate)
    report = cs.gate.verify(lines_of(path), SEED, sent=[], heads=[gate.commitment])
    assert (report.ok, report.never_sent, report.never_asked) == (True, (), ())
    assert "ok: 0 of 0 responses selected" in str(report)


def test_a_question_after_the_reveal_is_listed(tmp_path: Path) -> None:
    """'The seed is secret during the period, committed to before it and revealed after it': who
    knows it writes a no, with the right ticket, for a letter that has gone out."""
    path = tmp_path / "gate.jsonl"
    gate = gate_of()
    questions = cs.gate.Register(path, gate)
    questions.ask("C-1", "Loans", at=AT)
    last = questions.head
    sent = ["C-1", "C-2"]
    assert cs.gate.verify(lines_of(path), SEED, sent=sent[:1], last=last).asked_late == ()
    questions.ask("C-2", "Nothing", at=AT)
    report = cs.gate.verify(lines_of(path), SEED, sent=sent, heads=[gate.commitment], last=last)
    assert report.asked_late == ("C-2",)
    assert report.first_difference == "asked about after the reveal: C-2"
    assert not report.ok
    assert "asked about after the reveal: 1 (C-2)" in str(report)
    told: Any = report.to_dict()
    assert told["asked_late"] == ["C-2"]
    silent = cs.gate.verify(lines_of(path), SEED, sent=sent)
    assert (silent.ok, silent.asked_late) == (True, None)
    assert "after the reveal: not checked, since the last head before it was not" in str(silent)
    again = cs.gate.verify([*lines_of(path), lines_of(path)[1]], SEED, last=last)
    assert again.asked_late == ("C-2", "C-1")
    lost = cs.gate.verify(lines_of(path)[:1], SEED, last=last)
    assert f"head '{last}': is that of no line" in lost.differences[0]


@pytest.mark.parametrize(
    ("at", "taken"),
    [
        ("2026-10-01T00:30:00+14:00", True),
        ("2026-09-30T11:00:00+00:00", True),
        ("2026-11-01T11:30:00+00:00", True),
        ("2026-09-29T09:59:59+00:00", False),
        ("2026-11-02T12:00:01+00:00", False),
        ("2027-10-05T00:00:00+00:00", False),
        ("0001-01-01T00:00:00+14:00", False),
        ("9999-12-31T23:00:00-12:00", False),
    ],
)
def test_a_gate_answers_in_its_period_alone(at: str, taken: bool, tmp_path: Path) -> None:
    """A worker that went on with last month's gate would ask under a seed that is known."""
    path = tmp_path / "gate.jsonl"
    questions = cs.gate.Register(path, gate_of())
    heard = questions.ask("C-1", "Loans", at=AT)
    moment = dt.datetime.fromisoformat(at)
    assert questions.ask("C-1", "Loans", at=moment) == heard
    if taken:
        assert questions.ask("C-2", "Loans", at=moment).at == at
    else:
        with pytest.raises(
            cs.errors.GateError, match=r"response C-2, at: got .* is not in 2026-10; ask the"
        ):
            questions.ask("C-2", "Loans", at=moment)
    first, line = lines_of(path)[:2]
    report = cs.gate.verify([first, _changed(line, at=at)], SEED)
    assert report.differences == (
        () if taken else (f"line 2: response C-1 was asked about at {at}, not in 2026-10",)
    )


NEXT_SEED = hashlib.sha256(b"the seed of November").hexdigest()
LATER = AT + dt.timedelta(days=30)


def next_gate(chances: Any = None) -> cs.gate.Gate:
    return cs.gate.Gate(
        "complaint-responses", "2026-11", {"Cards": 0, "Loans": 0} if chances is None else chances,
        NEXT_SEED,
    )  # fmt: skip


def test_an_answer_stands_in_the_months_after_it(tmp_path: Path) -> None:
    """'an id has one answer for ever': who heard yes is not to wait for the next month's gate"""
    october, november = tmp_path / "gate-2026-10.jsonl", tmp_path / "gate-2026-11.jsonl"
    heard = cs.gate.Register(october, gate_of(1)).ask("C-1", at=AT)
    later = cs.gate.Register(november, next_gate(0), earlier=[october])
    assert later.ask("C-1", at=LATER) == heard
    assert later.ask("C-2", at=LATER).selected is False
    assert [answer.unit_id for answer in later] == ["C-2"]
    alone = cs.gate.Register(tmp_path / "alone.jsonl", next_gate(0))
    assert alone.ask("C-1", at=LATER).selected is False
    report = cs.gate.verify(
        lines_of(tmp_path / "alone.jsonl"), NEXT_SEED, earlier=[lines_of(october)]
    )
    assert report.differences == (
        "line 2: response C-1 was asked about before, in earlier register 1",
    )


def test_a_letter_that_goes_out_in_the_month_after_its_question_did_not_go_around(
    tmp_path: Path,
) -> None:
    october, november = tmp_path / "gate-2026-10.jsonl", tmp_path / "gate-2026-11.jsonl"
    cs.gate.Register(october, gate_of(1)).ask("C-1", at=AT)
    cs.gate.Register(november, next_gate(0), earlier=[october]).ask("C-2", at=LATER)
    sent = ["C-1", "C-2", "C-3"]
    lines = lines_of(november)
    assert cs.gate.verify(lines, NEXT_SEED, sent=sent).never_asked == ("C-1", "C-3")
    report = cs.gate.verify(lines, NEXT_SEED, sent=sent, earlier=[lines_of(october)])
    assert (report.never_asked, report.never_sent) == (("C-3",), ())


def test_what_is_no_earlier_register_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "gate.jsonl"
    cs.gate.Register(path, gate_of()).ask("C-1", "Cards", at=AT)
    lines = lines_of(path)
    other = _changed(lines[0], population="other-letters")
    before = _changed(lines[0], seed_commitment="ab" * 32)
    for spoilt, said in (
        ([], "line 1: not the first line of a gate's register"),
        (lines, "give the registers of complaint-responses that are earlier than 2026-10"),
        ([other], "got 'other-letters', '2026-10'; give the registers of"),
        ([_changed(lines[0], period="2026-09")], "had the same seed, which is known now; give"),
        ([_changed(before, period="2026-09"), b"[]\n"], "line 2: not a question; restore it"),
    ):
        with pytest.raises(cs.errors.GateError, match=f"earlier register 1.*{said}"):
            cs.gate.verify(lines, SEED, earlier=[spoilt])
        earlier = tmp_path / "earlier.jsonl"
        earlier.write_bytes(b"".join(spoilt))
        with pytest.raises(cs.errors.GateError, match=f"earlier.jsonl.*{said}"):
            cs.gate.Register(tmp_path / "new.jsonl", gate_of(), earlier=[earlier])
    with refused(cs.errors.RecordError, NOT_THERE, place="gone.jsonl"):
        cs.gate.Register(tmp_path / "new.jsonl", gate_of(), earlier=[tmp_path / "gone.jsonl"])
    assert not (tmp_path / "new.jsonl").exists()
    cut = [_changed(before, period="2026-09"), b'{"at":"2026']  # by a crash
    assert cs.gate.verify(lines, SEED, earlier=[cut]).ok


def test_what_is_easily_taken_for_a_registers_lines_is_said_not_to_be(tmp_path: Path) -> None:
    path = tmp_path / "gate.jsonl"
    questions = cs.gate.Register(path, gate_of())
    questions.ask("C-1", "Cards", at=AT)
    for wrong in (path, str(path), path.read_bytes(), path.read_text().splitlines(True), questions):
        with pytest.raises(cs.errors.GateError, match=r"register.*: got .*; give the lines"):
            cs.gate.verify(wrong, SEED)  # type: ignore[arg-type]
    with pytest.raises(
        cs.errors.GateError, match="line 1: got no line feed; give the lines with their ends"
    ):
        cs.gate.verify(path.read_bytes().splitlines(), SEED)


def test_a_register_of_a_later_scheme_is_not_said_to_be_changed(tmp_path: Path) -> None:
    path = tmp_path / "gate.jsonl"
    cs.gate.Register(path, gate_of())
    line = _changed(lines_of(path)[0], scheme="ceosample/2")
    with pytest.raises(
        cs.errors.GateError, match="scheme: got 'ceosample/2', and this release reads ceosample/1"
    ):
        cs.gate.verify([line], SEED)


def test_what_is_compared_with_a_register_is_what_it_should_be(tmp_path: Path) -> None:
    path = tmp_path / "gate.jsonl"
    questions = cs.gate.Register(path, gate_of())
    questions.ask(1042, "Cards", at=AT)
    lines = lines_of(path)
    assert cs.gate.verify(lines, SEED, sent=[1042], heads=questions.head).ok
    with pytest.raises(cs.errors.GateError, match="sent: got '1042'; give a list of ids"):
        cs.gate.verify(lines, SEED, sent="1042")
    with pytest.raises(cs.errors.GateError) as caught:
        cs.gate.verify(lines, SEED, sent=[1042, 1042.0, None])  # type: ignore[list-item]
    assert [fault.partition(":")[0] for fault in caught.value.faults] == [
        "sent, entry 2",
        "sent, entry 3",
    ]
    for wrong in ([questions.head.upper()], [questions.head[:8]], [f"{questions.head}\n"], [None]):
        with pytest.raises(
            cs.errors.GateError, match=r"heads: got .*; give all 64 lower-case hex digits"
        ):
            cs.gate.verify(lines, SEED, heads=wrong)  # type: ignore[arg-type]
    with pytest.raises(cs.errors.GateError, match="give all 64 lower-case hex digits"):
        cs.gate.verify(lines, SEED, last="9")


def test_a_report_says_other_peoples_ids_on_one_line(tmp_path: Path) -> None:
    path = tmp_path / "gate.jsonl"
    cs.gate.Register(path, gate_of()).ask("C-1", "Cards", at=AT)
    first, line = lines_of(path)
    hostile = "C-2\nok: 9 of 9\x1b[2J"
    forged = [_changed(line, unit_id=hostile), _changed(line, unit_id=hostile)]
    forged.append(_changed(line, at="2027-01-01\x1b00:00:00+00:00"))
    report = cs.gate.verify([first, *forged], SEED, sent=[hostile + "?", "\ud800"])
    said = str(report) + str(report.first_difference) + "".join(report.differences)
    assert not {"\x1b", "\ud800"} & set(said)
    assert "\nok: 9" not in said


def test_a_report_of_thousands_of_differences_is_read_without_scrolling(tmp_path: Path) -> None:
    path = tmp_path / "gate.jsonl"
    cs.gate.Register(path, gate_of())
    report = cs.gate.verify(lines_of(path) + [b"[]\n"] * 5000, SEED)
    assert len(report.differences) == 5000
    assert "and 4980 more differences" in str(report)
    assert "and 4980 more differences" in report._repr_html_()
    assert len(str(report).splitlines()) < 40


@given(
    st.integers(1, 2**53 - 1), st.text(st.characters(exclude_categories=["Cs"])),
    st.lists(st.text(st.characters(exclude_categories=["Cs"]))), st.booleans(),
)  # fmt: skip
def test_a_line_is_canonical_json(
    number: int, unit_id: str, stratum: list[str], selected: bool
) -> None:
    answer = cs.gate.Answer(
        number, AT.isoformat(), unit_id, tuple(stratum), None, selected, "ab" * 32
    )
    assert answer.line() == canonical_file({**attrs.asdict(answer), "stratum": [*stratum]})
    assert cs.gate.Answer.parse(answer.line()) == answer
