"""Resolutions outside policy with their words: reviewed, looked up, erased; and who co-signs."""

from __future__ import annotations

import datetime as dt
import shutil
from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ceosample as cs
import release_0_1
from ceosample.errors import LedgerError
from ceosample.signoff.figures.outside.co_signers import OFTEN, co_signers
from ceosample.signoff.figures.outside.precedents import precedents
from command import Ended, asked_at
from months import AT, POPULATION, open_ledger
from thorough import examples

THEN: Final = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
WHAT: Final = "Refunded three fees and the interest."
WHY: Final = "The delay was ours: the account stayed open for a month."
SAYS: Final = "Fits every closing that we delay."
LETTER: Final = "R-C595ZY"


@pytest.fixture
def folder(demonstration: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(demonstration, tmp_path / "month"))


def ask(folder: Path, line: str, *more: str, at: dt.datetime = THEN) -> Ended:
    return asked_at(at, *line.split(), *more, folder=folder)


def do(folder: Path, line: str, *more: str) -> str:
    ended = ask(folder, line, *more)
    assert ended.code == 0, ended.err
    return ended.out


def refused(folder: Path, line: str, *more: str) -> str:
    ended = ask(folder, line, *more)
    assert ended.code != 0, line
    return ended.err


def propose(folder: Path, name: str, *more: str, line: str = "", by: str = "h-1") -> str:
    what = f"resolution propose {name} --policy late-fee --review-by 2026-12-31 --by {by} {line}"
    return do(folder, what, *more)


def adopt(folder: Path, name: str = "OOP-1", *more: str) -> None:
    propose(folder, name, *(more or ("--what", WHAT, "--why", WHY)), line=f"--response {LETTER}")
    do(folder, f"resolution cosign {name} --by h-2")
    do(folder, f"resolution review {name} adopted --by head", "--text", SAYS)


def found(folder: Path, *words: str) -> list[str]:
    lines = do(folder, "resolution precedents", *words).splitlines()
    return [line for line in lines if line.startswith("OOP-")]


def test_its_review_reads_what_was_done_and_why(folder: Path) -> None:
    """'A proposal says what was done and why, in words; ... the later review has something to
    read'"""
    line = f"--response {LETTER} --amount 75.00 --currency GBP --division Cards"
    propose(folder, "OOP-1", "--what", WHAT, "--why", WHY, line=line)
    do(folder, "resolution cosign OOP-1 --by h-2")
    assert "OOP-1          late-fee  2026-12-31" in do(folder, "policies")
    shown = do(folder, "resolution show OOP-1")
    for words in (WHAT, WHY, "75.00 GBP", "Cards", "2026-11-20 by h-1", "h-2", "approved", LETTER):
        assert words in shown
    do(folder, "resolution review OOP-1 kept --by head", "--text", SAYS)
    assert SAYS in do(folder, "resolution show OOP-1")
    assert "up for review" not in do(folder, "policies")
    assert not {WHAT, WHY, SAYS} & set(do(folder, "export -").split('"'))
    assert [w in do(folder, f"ledger letter {LETTER}") for w in (WHAT, SAYS)] == [True, True]
    assert do(folder, "status --check")


@pytest.mark.parametrize(
    "words",
    [["late-fee"], ["LATE"], ["interest"], ["delay was OURS"], ["every", "fees"], ["oop-1"], []],
)
def test_adopted_ones_are_found_by_words(words: list[str], folder: Path) -> None:
    """'adopted ones can be searched as precedents by the next colleague'"""
    adopt(folder)
    assert found(folder, *words) == ["OOP-1"]


def test_only_adopted_ones_are_precedents_and_without_people_and_responses(folder: Path) -> None:
    adopt(folder)
    for name, outcome in (("OOP-2", "kept"), ("OOP-3", "refused"), ("OOP-4", None)):
        propose(folder, name, "--what", WHAT, "--why", WHY)
        do(folder, f"resolution cosign {name} --by h-3")
        if outcome:
            do(folder, f"resolution review {name} {outcome} --by head")
    assert found(folder, "late-fee") == ["OOP-1"]
    assert found(folder, "late-fee", "gift") == []
    shown = do(folder, "resolution precedents interest")
    assert shown.startswith("1 of 1 adopted resolutions found\n")
    assert WHY in shown.replace("\n                ", " ")
    as_json = do(folder, "resolution precedents interest --json")
    for hidden in (LETTER, "h-1", "h-2", "head"):
        assert hidden not in shown
        assert f'"{hidden}"' not in as_json


def test_one_that_was_corrected_is_found_no_more(folder: Path) -> None:
    adopt(folder)
    events = [line for line in do(folder, "export -").splitlines() if "oop_reviewed" in line]
    with cs.Ledger.open(f"sqlite:///{folder / 'signoff.db'}", create=False) as ledger:
        wrong = next(e for e in ledger.events() if e.kind == "oop_reviewed")
    assert len(events) == 1
    do(folder, f"correct {wrong.hash} --reason-code slip --by head")
    assert found(folder) == []
    do(folder, "resolution review OOP-1 adopted --by head", "--text", SAYS)
    assert found(folder) == ["OOP-1"]


# Words


@pytest.mark.parametrize(
    "erase",
    [
        "resolution erase OOP-1 --by dpo --reason-code asked",
        f"erase {LETTER} --period 2026-10 --by dpo --reason-code asked",
    ],
)
def test_erased_texts_are_never_found(erase: str, folder: Path) -> None:
    """'erased texts are never found'"""
    adopt(folder)
    hold = f"hold {LETTER} --period 2026-10 --by legal --reason-code court"
    do(folder, hold)
    assert "is under a legal hold" in refused(folder, erase)
    do(folder, f"{hold} --lift")
    do(folder, erase)
    for word in ("interest", "delay", "Fits"):
        assert found(folder, word) == []
    assert found(folder, "late-fee") == ["OOP-1"]
    assert "1 adopted without words" in do(folder, "resolution precedents late-fee")
    assert "(erased)" in do(folder, "resolution show OOP-1")
    stored = (folder / "signoff.db").read_bytes()
    assert not [words for words in (WHAT, WHY, SAYS) if words.encode() in stored]
    assert do(folder, erase) == do(folder, erase)
    assert "1 of 1 proposed resolutions say what" in do(folder, "policies")
    assert do(folder, "status --check")


def test_erasing_one_leaves_the_words_of_another(folder: Path) -> None:
    adopt(folder)
    adopt(folder, "OOP-2", "--what", "Sent flowers.", "--why", "A birthday in the branch.")
    do(folder, "resolution erase OOP-1 --by dpo --reason-code asked")
    assert found(folder, "flowers") == ["OOP-2"]


@pytest.mark.parametrize("option", ["--what", "--why"])
def test_words_that_name_the_response_are_refused(option: str, folder: Path) -> None:
    """'customers' data stays out'"""
    line = (
        f"resolution propose OOP-1 --policy x --review-by 2026-12-31 --by h-1 --response {LETTER}"
    )
    said = refused(folder, line, option, f"Rang about {LETTER}.")
    assert f"{option}: names the response" in said
    assert "Rang" not in said
    propose(folder, "OOP-1", option, f"Rang about {LETTER}2.", line=f"--response {LETTER}")


def test_the_same_words_again_are_the_same_event_and_others_a_conflict(folder: Path) -> None:
    first = propose(folder, "OOP-1", "--what", WHAT, "--why", WHY)
    assert propose(folder, "OOP-1", "--what", WHAT, "--why", WHY) == first
    line = "resolution propose OOP-1 --policy late-fee --review-by 2026-12-31 --by h-1"
    for words in (("--what", WHAT), ("--what", WHAT, "--why", "Another."), ()):
        assert "already exists with other contents" in refused(folder, line, *words)


def test_an_export_carries_the_events_and_none_of_the_words(folder: Path, tmp_path: Path) -> None:
    adopt(folder)
    place = tmp_path / "events.jsonl"
    do(folder, f"export {place}")
    before = do(folder, f"policies --as-of {THEN.isoformat()}")
    (folder / "signoff.db").unlink()
    do(folder, f"import {place}")
    assert do(folder, f"policies --as-of {THEN.isoformat()}") == before
    assert (found(folder, "late-fee"), found(folder, "interest")) == (["OOP-1"], [])


def test_a_ledger_of_0_1_takes_words_once_it_is_upgraded(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(release_0_1.FOLDER, tmp_path / "old"))
    line = "resolution propose N-1 --policy fee --review-by 2027-12-31 --by h-1"
    ended = ask(folder, line, "--what", WHAT, "--why", WHY, at=release_0_1.AS_OF)
    assert (ended.code, "'ceosample upgrade' first" in ended.err) == (65, True)
    assert ask(folder, line, at=release_0_1.AS_OF).code == 0
    assert ask(folder, "upgrade --by office", at=release_0_1.AS_OF).code == 0
    line = line.replace("N-1", "N-2")
    assert ask(folder, line, "--what", WHAT, "--why", WHY, at=release_0_1.AS_OF).code == 0


def test_an_id_can_be_proposed_again_after_its_words_were_erased_and_it_was_corrected(
    folder: Path,
) -> None:
    propose(folder, "OOP-1", "--what", WHAT, "--why", WHY)
    with cs.Ledger.open(f"sqlite:///{folder / 'signoff.db'}", create=False) as ledger:
        wrong = next(e for e in ledger.events() if e.kind == "oop_proposed")
    do(folder, "resolution erase OOP-1 --by dpo --reason-code asked")
    do(folder, f"correct {wrong.hash} --reason-code slip --by h-1")
    assert "was not proposed" in refused(folder, "resolution cosign OOP-1 --by h-2")
    adopt(folder)
    assert found(folder, "interest") == ["OOP-1"]
    assert do(folder, "status --check")


# Limits and pairs


@pytest.mark.parametrize(
    ("amount", "currency", "cosigner", "said"),
    [
        ("100.00", "GBP", "h-2", None),
        ("100.01", "GBP", "h-2", "may apply at most 100.00 GBP"),
        ("250.00", "GBP", "h-3", None),
        ("250.01", "GBP", "h-3", "may apply at most 250.00 GBP"),
        ("1.00", "EUR", "h-3", "may apply nothing in EUR"),
    ],
)
def test_two_colleagues_stay_inside_the_higher_of_their_limits(
    amount: str, currency: str, cosigner: str, said: str | None, folder: Path
) -> None:
    """'limits (amounts the role may resolve alone)'"""
    for person, limit in (("h-1", "100.00"), ("h-2", "50.00"), ("h-3", "250.00")):
        role = f"role grant {person} handler --since 2026-01-01 --limit {limit} --currency GBP"
        do(folder, f"{role} --by board")
    propose(folder, "OOP-1", line=f"--amount {amount} --currency {currency}")
    line = f"resolution cosign OOP-1 --by {cosigner}"
    if said is None:
        do(folder, line)
    else:
        assert said in refused(folder, line)
    propose(folder, "OOP-2")
    do(folder, "resolution cosign OOP-2 --by h-2")


def test_without_limits_on_record_none_is_asked_for(folder: Path) -> None:
    for person in ("h-1", "h-2"):
        do(folder, f"role grant {person} handler --since 2026-01-01 --by board")
    propose(folder, "OOP-1", line="--amount 5000.00 --currency GBP")
    do(folder, "resolution cosign OOP-1 --by h-2")


def test_pairs_that_always_co_sign_together_are_counted_and_shown(folder: Path) -> None:
    """'pairs that always co-sign together are counted and shown'"""
    for name, by, other in (
        ("OOP-1", "ann", "bo"), ("OOP-2", "bo", "ann"), ("OOP-3", "cy", "di"),
        ("OOP-4", "cy", "di"), ("OOP-5", "di", "ed"),
    ):  # fmt: skip
        propose(folder, name, by=by)
        do(folder, f"resolution cosign {name} --by {other}")
    shown = do(folder, "policies")
    assert "1 of 2 pairs with two or more resolutions co-sign with each other alone" in shown
    assert "2 of 5 co-signed resolutions are by such a pair" in shown
    rows = [line.split() for line in shown.splitlines() if " of " in line and "-" not in line]
    cells = [" ".join(row) for row in rows]
    assert {"ann bo 2 of 2 2 of 2 always", "cy di 2 of 2 2 of 3"} <= set(cells)
    with cs.Ledger.open(f"sqlite:///{folder / 'signoff.db'}", create=False) as ledger:
        events = [e for e in ledger.events() if e.kind.startswith("oop_")]  # no month to infer from
    board = cs.report.board_report(events, population=POPULATION, as_of=THEN)
    page = board.to_html(pictures=False).decode()
    assert "1 of 2 pairs with two or more resolutions" in page
    assert "0 of 5 proposed resolutions say what was done and why" in page
    assert ">ann<" not in page


NAMES = st.sampled_from("abcd")


@given(st.lists(st.tuples(NAMES, NAMES).filter(lambda both: both[0] != both[1]), max_size=12))
@settings(max_examples=examples(60, one_in=4))
def test_each_pair_counts_what_its_two_names_are_on(both: list[tuple[str, str]]) -> None:
    result = co_signers(both)
    each = Counter(name for names in both for name in names)
    for pair in result.pairs:
        names = {pair.first, pair.second}
        assert pair.together == sum(set(one) == names for one in both)
        assert (pair.of_first, pair.of_second) == (each[pair.first], each[pair.second])
        assert pair.always == all(set(one) == names or not names & set(one) for one in both)
    assert sum(pair.together for pair in result.pairs) == len(both) == result.repeated.of
    assert result.always.of == sum(pair.together >= OFTEN for pair in result.pairs)


def test_the_newest_adopted_comes_first_and_words_show_no_controls() -> None:
    with open_ledger() as ledger:
        here: dict[str, Any] = {"population": POPULATION}
        for number in range(3):
            name, at = f"F-{number}", AT + dt.timedelta(seconds=number)
            ledger.propose(
                name, policy="fee", review_by=AT.date(), by="a", at=at, what="x\x1b[1m", **here
            )
            ledger.cosign(name, by="b", at=at, **here)
            ledger.review(name, "adopted", by="c", at=at, **here)
        result = precedents(
            ledger.events(), ledger.resolution_texts(POPULATION), population=POPULATION
        )
        with pytest.raises(LedgerError, match=r"resolution 'F-9': was not proposed"):
            ledger.forget_resolution("F-9", by="x", at=AT, reason_code="asked", **here)
    assert [one.resolution for one in result] == ["F-2", "F-1", "F-0"]
    assert "\x1b" not in str(result)
