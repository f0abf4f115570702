"""What the verdicts say of the responses that nobody read: figures, words, page and command."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import shutil
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import jsonschema
import pytest

import ceosample as cs
from book import CEO, POPULATION, Book
from ceosample.errors import InferenceError
from ceosample.inference.ledger.infer import Statement
from ceosample.report import pictures
from ceosample.report.outline import page_of
from ceosample.signoff.replay.methods import CHOSEN_AFTER
from command import asked
from release_0_1 import FOLDER, MONTHS

ASKED = dt.datetime(2027, 6, 30, 9, tzinfo=dt.UTC)

#: July 2023 of the bank whose complaints are public: each product's responses, and letters drawn.
JULY = {"a": (432, 4), "b": (245, 2), "c": (98, 1), "d": (44, 1), "e": (38, 1), "f": (15, 1),
        "g": (10, 1), "h": (4, 1)}  # fmt: skip
SMALL = {"Cards": (40, 4), "Loans": (20, 2)}


def month(
    book: Book,
    strata: Mapping[str, tuple[int, int]],
    bad: Mapping[str, int] = {},
    without: Mapping[str, int] = {},
    **method: Any,
) -> None:
    """A month whose letters are signed, but for the first ones of a stratum."""
    count = sum(size for size, _ in strata.values())
    book.write("frozen", count=count, exclusions={"draft": 3}, control_total=None,
               seed_source="dice", zone="UTC")  # fmt: skip
    if method:
        stated = {"method": "exact-and-monitor-1", "missing": "defective", "year_begins": 1}
        book.write("method_stated", **{**stated, "confidence": "0.95", **method})
    book.draw(strata)
    for name, (_, letters) in strata.items():
        for number in range(letters):
            unit_id = f"{book.month}-{name}-{number}"
            book.sent(unit_id, name)
            if number < bad.get(name, 0):
                book.write("finding", unit_id, actor=CEO, verdict="defective")
            elif number >= bad.get(name, 0) + without.get(name, 0):
                book.sign(unit_id)


def told(book: Book, **more: Any) -> Statement:
    record = cs.inference.verdict_record(book.events, population=POPULATION, as_of=ASKED, **more)
    return cs.inference.infer(record)


def july(bad: Mapping[str, int] = {}) -> Statement:
    book = Book(month="2023-07")
    month(book, JULY, bad, confidence="0.95")
    return told(book)


@pytest.mark.parametrize(
    ("bad", "upper"), [({}, 270), ({"a": 1}, 385), ({"b": 1}, 404), ({"c": 1}, 367)]
)
def test_july_2023_says_of_the_others_what_the_exact_bound_says(
    bad: dict[str, int], upper: int
) -> None:
    """'none found 270; one in the 432, 245 or 98: 385, 404, 367'"""
    found = july(bad)
    assert (found.counts.eligible, found.counts.read, found.upper) == (886, 12, upper)
    assert (found.counts.others, found.others_upper) == (874, upper - len(bad))
    claim = " ".join(found.words.claim)
    assert f"at most {upper - len(bad)} of the other 874 responses" in claim
    assert "With 95 % confidence" in claim


def test_a_month_that_may_be_looked_at_every_month_has_a_limit_of_its_own() -> None:
    """'For a single month the exact bound is sharper (270 against 305): report both'"""
    found = july()
    assert found.bound is not None
    assert (found.bound.upper, found.monitor.upper) == (270, 305)
    assert "is 305 of 886" in " ".join(found.words.method)


def test_letters_without_a_verdict_count_as_defective_and_both_figures_are_told() -> None:
    """'the sentence prints both figures where they differ'"""
    book = Book()
    month(book, SMALL, {"Cards": 1}, {"Cards": 1, "Loans": 1}, confidence="0.95")
    found = told(book)
    by_rule = cs.inference.bound([(40, 4, 2), (20, 2, 1)]).upper
    as_sound = cs.inference.bound([(40, 4, 1), (20, 2, 0)]).upper
    assert by_rule is not None
    assert as_sound is not None
    assert by_rule > as_sound
    assert (found.upper, found.upper_otherwise) == (by_rule, as_sound)
    assert (found.counts.read, found.counts.missing, found.counts.others) == (4, 2, 56)
    assert (found.others_upper, found.others_otherwise) == (by_rule - 1, as_sound - 1)
    sentence = next(words for words in found.words.claim if "no verdict" in words)
    assert "2 of the 6 drawn have no verdict: 2 still open" in sentence
    assert f"If each counted as sound, the limit would be {as_sound - 1}." in sentence
    stated = Book()
    month(stated, SMALL, {"Cards": 1}, {"Cards": 1, "Loans": 1}, missing="sound")
    other = told(stated)
    assert (other.upper, other.upper_otherwise) == (as_sound, by_rule)


def test_a_rate_above_the_tolerable_one_is_shown_by_what_was_found_alone() -> None:
    """A letter without a verdict shows no defect, whatever it counts as in the limit."""
    against = {}
    for name, bad, without in (("found", 6, 0), ("missing", 0, 6), ("clean", 0, 0)):
        book = Book()
        month(book, {"Cards": (40, 30)}, {"Cards": bad}, {"Cards": without}, tolerable="0.1")
        against[name] = told(book).against
    assert against == {"found": "exceeded", "missing": "not shown yet", "clean": "shown"}
    book = Book()
    month(book, {"Cards": (40, 20)}, tolerable="0.02")
    assert told(book).words.claim[-1] == (
        "Below 2 %, the rate that was stated as tolerable: not shown yet."
    )


@pytest.mark.parametrize("late", [False, True])
def test_a_method_that_came_late_labels_every_output(late: bool) -> None:
    """'every output is labelled `method chosen after the verdicts`'"""
    book = Book()
    stated: dict[str, Any] = {} if late else {"confidence": "0.95"}
    month(book, SMALL, **stated)
    found = told(book)
    report = cs.report.board_report(book.events, population=POPULATION, as_of=ASKED)
    outputs = [str(found), found.to_json(), report.to_html(pictures=False).decode(), str(report)]
    assert [CHOSEN_AFTER in text.lower() for text in outputs[:3]] == [late] * 3


def test_months_together_have_the_monitor_s_limit_and_the_first_month_s_method() -> None:
    book = Book(month="2026-01")
    month(book, SMALL, confidence="0.9")
    for name in ("2026-02", "2026-04"):
        book.month = name
        month(book, SMALL, {"Loans": 1}, confidence="0.95")
    found = told(book)
    cells = [[(40, 4, 0), (20, 2, 0)], *[[(40, 4, 0), (20, 2, 1)]] * 2]
    assert found.upper == cs.inference.monitor(cells, confidence="0.9").upper
    assert (found.bound, found.label, found.whole_years) == (None, None, True)
    assert [str(m) for m in found.differing] == ["2026-02", "2026-04"]
    assert [str(m) for m in found.undrawn] == ["2026-03"]
    assert "March 2026, of which no draw counts" in " ".join(found.words.not_said)
    assert not told(book, first="2026-02").whole_years
    picture = pictures.limits(found)
    for each in found.monitor.months:
        assert f"at most {each.upper} and at least {each.lower} of {each.eligible}" in picture.words
    book.month = "2026-05"
    month(book, SMALL, {}, {"Loans": 1}, confidence="0.9")
    assert "at least" not in pictures.limits(told(book)).words


def test_every_number_of_the_claim_is_a_figure_of_the_statement() -> None:
    book = Book()
    month(book, SMALL, {"Cards": 1}, {"Loans": 1}, confidence="0.95", tolerable="0.05")
    found = told(book)
    numbers = {int(n) for n in re.findall(r"(?<![\d.])\d+(?![\d.])", " ".join(found.words.claim))}
    counts = found.counts
    assert numbers <= {
        counts.drawn, counts.eligible, counts.read, counts.defective, counts.others,
        found.others_upper, found.others_otherwise, counts.missing, 95, 5, 2026,
    } | {*counts.without.values(), *counts.defective_by.values()}  # fmt: skip


def test_an_auditor_computes_the_figure_from_the_record_alone(tmp_path: Path) -> None:
    """'a record of verdicts and method that an auditor can recompute'"""
    book = Book(month="2026-01")
    month(book, SMALL, {"Cards": 1}, {"Loans": 1}, confidence="0.9", tolerable="0.3")
    record = cs.inference.verdict_record(book.events, population=POPULATION, as_of=ASKED)
    record.save(tmp_path / "verdicts.json")
    record.save(tmp_path / "verdicts.csv")
    figures = cs.inference.infer(record).to_dict()
    again = cs.inference.infer(cs.inference.VerdictRecord.load(tmp_path / "verdicts.json"))
    assert again.to_dict() == figures
    # And from the table by hand, with the bound alone: strata, letters, and what each counts as.
    text = (tmp_path / "verdicts.csv").read_bytes().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    bad = Counter(r["stratum"] for r in rows if r["verdict"] in ("defective", "none"))
    strata = {row["stratum"]: (int(row["eligible"]), int(row["drawn"])) for row in rows}
    cells = [(size, drawn, bad[name]) for name, (size, drawn) in strata.items()]
    assert cs.inference.bound(cells, confidence="0.9").upper == figures["upper"]
    assert again.method.confidence == "0.9"


def test_json_is_of_its_schema_and_no_draw_is_refused() -> None:
    for one in (july(), july({"a": 1})):
        jsonschema.validate(one.to_dict(), cs.schema("infer"))
    with pytest.raises(InferenceError, match="no draw counts in these months"):
        told(Book())


# The board's page


def test_the_board_s_page_answers_what_was_read_claimed_and_not_claimed() -> None:
    """'how many letters were read, what is claimed of the others, with what confidence'"""
    book = Book()
    month(book, SMALL, {"Cards": 1}, confidence="0.95", tolerable="0.05")
    found = told(book)
    report = cs.report.board_report(book.events, population=POPULATION, as_of=ASKED)
    assert report.inference is not None
    assert report.inference.to_dict() == found.to_dict()
    page = re.sub(r"<[^>]+>|\s+", " ", report.to_html(pictures=False).decode())
    page = re.sub(r"\s+", " ", page.replace("\u00a0", " "))
    limit = f"at most {found.others_upper} of the other 54"
    assert page.count(limit) >= 2  # on top, and in its section
    for words in ("Letters read 6 of 6 drawn from 60", "Confidence 95 %", "Not claimed How many"):
        assert words in page


def test_no_figure_of_the_page_counts_other_defective_letters_than_its_claim() -> None:
    """A letter that was sent back has no finding: 'Found defective 0' over a claim of 1."""
    book = Book()
    month(book, SMALL, {"Cards": 1}, {"Loans": 1}, confidence="0.95", tolerable="0.05")
    book.write("returned_for_rework", "2026-10-Loans-0", reason_code="TONE", actor=CEO)
    report = cs.report.board_report(book.events, population=POPULATION, as_of=ASKED)
    assert report.inference is not None
    claim = " ".join(report.inference.words.claim)
    assert "All 6 were read. 2 of them are defective: 1 by a finding, 1 sent back." in claim
    page = page_of(report, {})
    (tile,) = (tile for tile in page["figures"] if tile["name"] == "Found defective")
    assert (tile["count"], tile["of"], tile["to"]) == ("2", "of 6 letters read", "inference")
    parts = {part["id"]: part for part in page["sections"]}
    facts = dict(parts["inference"]["facts"])
    assert facts["Found defective"] == "2 of the 6 that were read"
    assert facts["Claimed of the others"].endswith(" are defective")
    assert facts["Tolerable rate"] == "5 %. Above 5 %: shown"
    also = "Without a finding, 1 letter also counts as defective: a reader sent it back or declined"
    assert any(words.startswith(also) for words in parts["findings"]["said"])


@pytest.mark.parametrize(
    ("bad", "without", "said"),
    [
        ({}, {}, "In October 2026, 1 of 40 responses was drawn. It was read. It is sound."),
        ({"Cards": 1}, {}, "It was read. It is defective: by a finding."),
        ({}, {"Cards": 1}, "It was not read. These verdicts set no limit for the other 40"),
    ],
)
def test_a_letter_a_month_is_told_as_one_letter(
    bad: Mapping[str, int], without: Mapping[str, int], said: str
) -> None:
    """'All 1 were read. None of them is defective.'"""
    book = Book()
    month(book, {"Cards": (40, 1)}, bad, without, confidence="0.95")
    assert said in " ".join(told(book).words.claim)


def test_of_letters_that_nobody_read_the_page_says_nothing_good() -> None:
    book = Book()
    month(book, SMALL, without={"Cards": 4, "Loans": 2}, confidence="0.95")
    claim = " ".join(told(book).words.claim)
    assert "None of these 6 were read. These verdicts set no limit for the other 60" in claim


def test_a_bound_that_is_not_exact_is_not_called_exact() -> None:
    """'labelled `upper bound, at most k too large` with k computed'"""
    found = july()
    assert found.bound is not None
    coarse = attrs.evolve(found, bound=attrs.evolve(found.bound, slack=9))
    (said,) = (words for words in coarse.words.method if "too large" in words)
    assert said == (
        "The search for the exact bound stopped early: the figure is an upper bound, at most 9 "
        "too large."
    )


def test_a_page_is_written_where_nothing_can_be_claimed() -> None:
    book = Book()
    month(book, SMALL, confidence="0.95")
    for verdict in ("sound", "defective"):
        book.write("finding", "2026-10-Cards-0", actor=CEO, verdict=verdict)
    report = cs.report.board_report(book.events, population=POPULATION, as_of=ASKED)
    assert report.inference is None
    assert "got 2 findings" in report.to_html(pictures=False).decode()
    empty = cs.report.board_report([], population=POPULATION, as_of=ASKED)
    assert empty.uninferred == "No draw counts in these months."


def test_a_page_without_the_extra_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: object) -> None:
        raise cs.errors.MissingPartError("bounds need numpy")

    monkeypatch.setattr("ceosample.report.board.infer", missing)
    book = Book()
    month(book, SMALL, confidence="0.95")
    with pytest.warns(UserWarning, match="bounds need numpy"):
        report = cs.report.board_report(book.events, population=POPULATION, as_of=ASKED)
    assert "a part of the library is not installed" in report.to_html(pictures=False).decode()


# The command


@pytest.fixture(scope="module")
def old_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of 0.1, of four months: its ledger states no method."""
    folder = tmp_path_factory.mktemp("verdicts") / "old"
    shutil.copytree(FOLDER, folder)
    return folder


def test_the_command_tells_a_year_of_an_old_ledger_and_writes_a_record(old_folder: Path) -> None:
    """'for months before this issue, every output is labelled'"""
    order = ("infer", "--year", "2026", "--as-of", "2027-02-01T09:00:00+00:00")
    ended = asked(*order, "--record", "verdicts.json", "--json", folder=old_folder)
    assert ended.code == 0, ended.err
    jsonschema.validate(ended.json, cs.schema("infer"))
    again = cs.inference.VerdictRecord.load(old_folder / "verdicts.json")
    assert cs.inference.infer(again).to_dict() == ended.json
    assert (ended.json["months"], ended.json["label"]) == ([*MONTHS], CHOSEN_AFTER)
    words = asked(*order, folder=old_folder)
    assert "Method chosen after the verdicts" in words.out
    refused = asked(*order, "--record", "verdicts.json", folder=old_folder)
    assert (refused.code, "already exists" in refused.err) == (3, True)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        ([], 2, "give --period, or --year, or --first and --last"),
        (["--year", "2026", "--period", "2026-01"], 2, "give --period, or --year"),
        (["--year", "2026", "--record", "x.txt"], 2, "give a name that ends in .json or .csv"),
        (["--year", "99999"], 2, "--year"),
        (["--period", "2031-01"], 65, "no draw counts in these months"),
    ],
)
def test_what_cannot_be_asked_is_told(
    old_folder: Path, arguments: list[str], code: int, says: str
) -> None:
    ended = asked("infer", *arguments, folder=old_folder)
    assert (ended.code, says in ended.err) == (code, True), ended.err
    assert json.dumps(ended.out) == '""'
