"""The board's report: its counts against plain counts of events, and what it keeps to itself."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest

import ceosample as cs
from book import Book, digest_of
from ceosample.report.outline import FOUND_ALONE, page_of
from firm import POPULATION, YEAR, year

END = dt.datetime(2027, 6, 30, 18, tzinfo=dt.UTC)
RANGES = [(None, None), ("2026-05", "2026-05"), ("2026-06", "2026-08")]
OUT = ("dispatched", "issued_under_other_name", "resolved_nonstandard", "lapsed")
AT = dt.datetime(2026, 12, 15, 9, tzinfo=dt.UTC)


def report(
    events: Iterable[cs.Event],
    first: str | None = None,
    last: str | None = None,
    *,
    as_of: dt.datetime = END,
    ids: bool = False,
) -> cs.report.BoardReport:
    return cs.report.board_report(
        events, population=POPULATION, first=first, last=last, as_of=as_of, ids=ids
    )


# Counted by hand: what counts is found anew here, and nothing of the report's code is used


@attrs.define
class Letter:
    """A letter that was ever selected, and all that was said of it."""

    full: bool
    stratum: str
    original: bool
    told: list[cs.Event] = attrs.field(factory=list)

    def said(self, kind: str) -> list[cs.Event]:
        return [event for event in self.told if event.kind == kind]

    @property
    def signed(self) -> bool:
        kinds = [e.kind for e in self.told if e.kind in ("signed", "returned_for_rework")]
        return kinds[-1:] == ["signed"]

    @property
    def late(self) -> bool:
        """Due by the end of the year's telling, and not out by its day."""
        due = self.said("rendered")[-1].payload.get("due") if self.said("rendered") else None
        if due is None:
            return False
        ended = [e for e in self.told if e.kind in (*OUT, "replaced", "withdrawn")]
        return not ended or ended[-1].at[:10] > due


def standing() -> list[cs.Event]:
    """The year without what was corrected, and without the draw of May that was set aside."""
    void = {event.payload["event"] for event in year() if event.kind == "corrected"}
    kept = [event for event in year() if event.hash not in void]
    aside = next(n for n, event in enumerate(kept) if event.kind == "superseded")
    month = kept[aside].period
    return [e for n, e in enumerate(kept) if e.period != month or n > aside]


def letters(first: str | None, last: str | None) -> dict[str, Letter]:
    found: dict[str, Letter] = {}
    reserves: dict[str, Letter] = {}
    for event in standing():
        if event.unit_id is None or not (first or "") <= (event.period or "") <= (last or "9"):
            continue
        said = event.payload
        if event.kind == "reserve":
            reserves[event.unit_id] = Letter(said["take_all"], said["stratum"][0], False)
        elif event.kind == "selected":
            fresh = (
                Letter(said["take_all"], said["stratum"][0], True) if "stratum" in said else None
            )
            found[event.unit_id] = reserves.get(event.unit_id) or fresh or Letter(False, "", True)
        elif event.unit_id in found:
            found[event.unit_id].told.append(event)
    return found


@pytest.mark.parametrize(("first", "last"), RANGES)
def test_what_was_signed_late_lapsed_or_unowned_is_what_the_events_say(
    first: str | None, last: str | None
) -> None:
    found, asked = report(year(), first, last, ids=True), letters(first, last)
    drawn = [one for one in asked.values() if one.original and not one.full]
    signoff = found.metrics.sample.signoff
    assert (signoff.count, signoff.of) == (sum(one.signed for one in drawn), len(drawn))
    assert found.named is not None
    assert sorted(found.named.late) == sorted(u for u, one in asked.items() if one.late)
    lapsed = {u: one.said("lapsed")[0] for u, one in asked.items() if one.said("lapsed")}
    assert sorted(found.named.lapsed) == sorted(lapsed)
    assert found.lapsed == Counter(event.payload["reason_code"] for event in lapsed.values())
    rendered = {
        u: one.said("rendered")[-1].payload for u, one in asked.items() if one.said("rendered")
    }
    unowned = [unit_id for unit_id, said in rendered.items() if not said.get("owner")]
    assert sorted(found.named.unowned) == sorted(unowned)
    assert (found.unowned.count, found.unowned.of) == (len(unowned), len(rendered))


@pytest.mark.parametrize(("first", "last"), RANGES)
def test_findings_recognitions_and_answers_are_those_of_the_letters(
    first: str | None, last: str | None
) -> None:
    found, asked = report(year(), first, last), letters(first, last)
    for full, ours in ((False, found.findings), (True, found.full_findings)):
        some = [one for one in asked.values() if one.full == full]
        said = [one.said("finding") for one in some if one.said("finding")]
        assert (ours.found.count, ours.found.of) == (len(said), len(some))
        bad = [one for one in said if "defective" in [event.payload["verdict"] for event in one]]
        assert (ours.defective.count, ours.defective.of) == (len(bad), len(said))
        codes = Counter(
            c for one in said for c in {c for e in one for c in e.payload.get("codes", [])}
        )
        assert ours.codes == codes
    for row in found.strata_findings:
        some = [x for x in asked.values() if (x.stratum, x.full) == (row.stratum[0], row.take_all)]
        with_one = sum(bool(one.said("finding")) for one in some)
        assert (row.findings.found.count, row.findings.found.of) == (with_one, len(some))
    named = [event for one in asked.values() for event in one.said("recognition")]
    assert found.recognitions.reasons == Counter(event.payload["reason_code"] for event in named)
    assert found.recognitions.colleagues == len({event.payload["colleague"] for event in named})
    raised = [one for one in asked.values() if one.said("escalated_to_board")]
    answers = [one.said("board_answer")[-1] for one in raised if one.said("board_answer")]
    assert found.escalations.letters.count == len(raised)
    assert found.escalations.unanswered == len(raised) - len(answers)
    assert found.escalations.outcomes == Counter(event.payload["outcome"] for event in answers)


@pytest.mark.parametrize(("first", "last"), RANGES)
def test_resolutions_outside_policy_are_of_the_months_of_their_proposals(
    first: str | None, last: str | None
) -> None:
    found = report(year(), first, last)
    told = [event for event in standing() if event.kind.startswith("oop_")]
    proposed = {
        event.payload["resolution"]: event.payload
        for event in told
        if event.kind == "oop_proposed" and (first or "") <= event.at[:7] <= (last or "9")
    }
    ours = {name: counts.proposed for name, counts in found.policies.policies.items()}
    assert ours == Counter(said["policy"] for said in proposed.values())
    kinds: dict[str, set[str]] = {}
    for event in told:
        kinds.setdefault(event.payload["resolution"], set()).add(event.kind)
    waiting = [n for n, k in kinds.items() if "oop_cosigned" in k and "oop_reviewed" not in k]
    assert (found.reviews.count, found.reviews.of) == (len(waiting), len(waiting))


def test_an_answer_of_the_board_that_came_later_is_missing_before() -> None:
    """What is said beside the states counts from its own moment on."""
    answered = [event for event in standing() if event.kind == "board_answer"]
    moment = dt.datetime.fromisoformat(answered[2].at)
    before = report(year(), as_of=moment - dt.timedelta(seconds=1)).escalations
    after = report(year(), as_of=moment).escalations
    assert before.unanswered == after.unanswered + 1
    assert (before.answered.count, after.answered.count) == (2, 3)
    words = page_of(report(year(), as_of=moment - dt.timedelta(seconds=1)), {})["attention"][0]
    assert words == {
        "words": f"{before.unanswered} letter{'s' * (before.unanswered != 1)} before the board, "
        "not answered yet",
        "names": [],
        "to": "escalations",
    }


def test_months_are_counted_each_and_a_month_that_was_drawn_anew_once() -> None:
    found = report(year())
    assert [str(month) for month in found.months] == YEAR
    drawn = letters(None, None)
    for month, coverage in found.months.items():
        own = [x for u, x in drawn.items() if u[:7] == str(month) and x.original and not x.full]
        assert coverage.signoff.of == len(own)
        assert coverage.signoff.count == sum(one.signed for one in own)
    frozen = {e.period: e.payload["count"] for e in standing() if e.kind == "frozen"}
    assert {str(frame.period): frame.eligible for frame in found.frames} == frozen
    assert found.undrawn == tuple(cs.Period(2027, month) for month in range(1, 6))


# A short story whose counts are known


def story(
    division: str = "Loans", reason: str = "in-court", code: str = "tone", earlier: str = "2025-10"
) -> Book:
    """October is drawn and November frozen; Cards are signed, and Savings were long before."""
    book = Book(month=earlier)
    book.draw({"Savings": (9, 1)}, on="2025-12-01")
    book.sent("S-1", "Savings", on="2025-12-01", due="2025-12-20", owner="o-1")
    book.sign("S-1", on="2025-12-02")
    book.month = "2026-10"
    book.write("frozen", count=70, exclusions={reason: 5, "at-rest": 7}, control_total=82,
               seed_source="dice")  # fmt: skip
    book.draw({"Cards": (40, 2), division: (20, 1), "Savings": (9, 0), "Upheld": (1, 1)},
              take_all=["Upheld"])  # fmt: skip
    for unit_id, stratum in (("C-1", "Cards"), ("C-2", "Cards"), ("L-1", division)):
        book.sent(unit_id, stratum, due="2026-11-20", owner=None if unit_id == "L-1" else "o-1")
    book.sent("U-1", "Upheld", take_all=True, owner="o-2")
    book.sign("C-1", on="2026-11-03")
    book.write("finding", "C-1", verdict="defective", codes=[code], on="2026-11-03")
    book.write("finding", "C-1", verdict="sound", codes=[code], on="2026-11-04")
    book.write("finding", "C-2", verdict="sound", on="2026-11-04")
    book.write("escalated_to_board", "L-1", on="2026-11-05")
    book.write("recognition", "C-1", colleague="h-1", reason_code="kind", on="2026-11-05")
    book.month = "2026-11"
    book.write("frozen", count=60, exclusions={}, control_total=None, seed_source="dice",
               on="2026-12-01")  # fmt: skip
    return book


def test_who_was_not_reached_is_named_drawn_or_not() -> None:
    """October of the year before is beyond the twelve months, November is among them."""
    found = report(story().events, "2026-10", "2026-10", as_of=AT)
    assert [(row.stratum[0], row.selected) for row in found.unreached] == [
        ("Loans", 1), ("Savings", 0), ("Upheld", 1),
    ]  # fmt: skip
    assert found.unreached == found.unreached_year
    assert report(story().events, "2025-10", "2025-10", as_of=AT).unreached == ()
    newer = report(story(earlier="2025-11").events, "2026-10", "2026-10", as_of=AT)
    assert newer.unreached == found.unreached
    assert [row.stratum[0] for row in newer.unreached_year] == ["Loans", "Upheld"]
    tables = {t["title"]: t for s in page_of(found, {})["sections"] for t in s["tables"]}
    assert tables["Not reached in these months"]["rows"] == [
        ["Loans", "20", "0 of 1"],
        ["Savings", "9", "none drawn"],
        ["Upheld (in full)", "1", "0 of 1"],
    ]


def test_a_letter_found_defective_once_is_defective_and_a_code_counts_once() -> None:
    found = report(story().events, "2026-10", "2026-10", as_of=AT).findings
    assert str(found.found) == "2 of 3 letters with a finding"
    assert (found.defective.count, found.defective.of, dict(found.codes)) == (1, 2, {"tone": 1})


def test_a_deputy_s_signature_reaches_no_division() -> None:
    book = story()
    book.month = "2026-10"
    book.write("taken_over", "U-1", on="2026-11-05")
    book.write("resolved_nonstandard", "U-1", letter=digest_of("U-1"), on="2026-11-06")
    book.sent("L-2", "Loans", due="2026-12-15", owner="o-1")
    book.write("delegated", "L-2", on="2026-11-03", to="dep")
    book.write("signed_by_deputy", "L-2", on="2026-11-04", letter=digest_of("L-2"))
    found = report(book.events, "2026-10", "2026-10", as_of=AT)
    assert [row.stratum[0] for row in found.unreached] == ["Loans", "Savings", "Upheld"]


def test_what_is_due_today_is_not_overdue_yet() -> None:
    for day, count in ((20, 0), (21, 3)):
        moment = dt.datetime(2026, 11, day, 23, tzinfo=dt.UTC)
        found = report(story().events, "2026-10", "2026-10", as_of=moment)
        assert (found.overdue.count, found.overdue.of) == (count, 3)


def test_the_board_s_newest_answer_counts_and_then_nobody_waits() -> None:
    book = story()
    book.month = "2026-10"
    for day, outcome in ((6, "asks-back"), (9, "policy-changes")):
        book.write("board_answer", "L-1", on=f"2026-11-0{day}", actor="board", outcome=outcome)
    found = report(book.events, "2026-10", "2026-10", as_of=AT)
    assert found.escalations.outcomes == {"policy-changes": 1}
    assert "escalations" not in [item["to"] for item in page_of(found, {})["attention"]]


def test_undercoverage_is_what_was_left_out_uncounted_or_not_drawn() -> None:
    found = report(story().events, "2026-10", as_of=AT)
    assert found.undrawn == (cs.Period(2026, 11),)
    october, november = found.frames
    assert (october.eligible, october.left_out, october.control_total) == (70, 12, 82)
    assert list(october.exclusions) == ["at-rest", "in-court"]
    assert november.control_total is None
    section = next(s for s in page_of(found, {})["sections"] if s["id"] == "frames")
    assert "12 of 142 responses on the tables (8.5 %) were left out" in section["said"][0]
    assert "In 1 of 2 months there was no independent count" in section["said"][0]
    assert section["said"][1] == "No draw counts for November 2026."
    reasons = next(t for t in section["tables"] if t["title"] == "Why responses were left out")
    assert reasons["rows"] == [["at-rest", "7 of 142"], ["in-court", "5 of 142"]]


def test_a_month_that_is_not_over_yet_is_not_missing() -> None:
    during = dt.datetime(2026, 11, 30, 23, tzinfo=dt.UTC)
    assert report(story().events, "2026-10", "2027-03", as_of=during).undrawn == ()


def test_attention_has_the_board_s_own_work_first_and_nothing_that_is_well() -> None:
    page = page_of(report(story().events, "2026-10", "2026-10", as_of=AT), {})
    assert [(item["to"], item["words"]) for item in page["attention"]] == [
        ("escalations", "1 letter before the board, not answered yet"),
        ("reach", "No letter signed in person in the last twelve months in 3 divisions"),
        ("late", "3 of 3 open letters past their due day"),
        ("unowned", "1 of 4 letters without an owner"),
        ("frames", "1 of 1 month without counts of the register that add up"),
    ]
    assert page["attention"][1]["names"] == ["Loans", "Savings", "Upheld (in full)"]
    assert page_of(report([], as_of=AT), {})["attention"] == []


def frozen_and_drawn(sources: Mapping[str, str]) -> Book:
    """Months that were drawn, each by a seed of the source that its freeze named."""
    book = Book()
    for month, source in sources.items():
        book.month = month
        said: dict[str, Any] = {
            "count": 40,
            "exclusions": {},
            "control_total": None,
            "seed_source": source,
        }
        book.write("frozen", on=f"{month}-27", **said)
        book.draw({"Cards": (40, 2)}, on=f"{month}-28")
    return book


QUICKNET = "beacon:drand-52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971:27946612"
CHAIN = f"chain:3:{'e' * 64}"
DICE_KNOWN = (
    "he ledger says that dice were rolled before witnesses after the list was fixed, so nobody "
    "could know beforehand which ones."
)
KEEPER_KNOWS = (
    "hoever keeps the secret of the seed chain could know beforehand which ones "
    "(custodian-trusted)."
)
ROUND_KNOWN = (
    "he ledger says that the list was fixed before the seed's public round came out, so nobody "
    "could know beforehand which ones."
)
ROUND_UNKNOWN = (
    "obody could know beforehand which ones if round 7 of lottery came out after the list was "
    "fixed, which the ledger alone cannot show."
)


@pytest.mark.parametrize(
    ("sources", "said"),
    [
        (["dice"], [f"T{DICE_KNOWN}"]),
        ([CHAIN], [f"W{KEEPER_KNOWS}"]),
        ([QUICKNET], [f"T{ROUND_KNOWN}"]),
        (["beacon:lottery:7"], [f"N{ROUND_UNKNOWN}"]),
        ([f"dice+{CHAIN}", "dice+beacon:lottery:7"], [f"T{DICE_KNOWN}"]),
        ([f"{CHAIN}+{QUICKNET}"], [f"T{ROUND_KNOWN}"]),
        (["dice", CHAIN, "dice"], [
            f"October 2026, December 2026: t{DICE_KNOWN}", f"November 2026: w{KEEPER_KNOWS}",
        ]),
        ([], []),
    ],
)  # fmt: skip
def test_the_page_says_who_could_know_the_draw_by_each_month_s_seed(
    sources: list[str], said: list[str]
) -> None:
    """'"Nobody could know beforehand which ones" on a page whose seed is `custodian-trusted`'"""
    months = dict(zip(("2026-10", "2026-11", "2026-12"), sources, strict=False))
    found = report(frozen_and_drawn(months).events)
    assert page_of(found, {})["lead"][1:] == said
    frames = json.loads(found.to_json())["frames"]
    assert [frame["seed_source"] for frame in frames] == sources


def test_a_month_that_is_frozen_and_not_drawn_says_nothing_of_who_could_know() -> None:
    book = frozen_and_drawn({"2026-10": "dice"})
    book.month = "2026-11"
    book.write("frozen", count=4, exclusions={}, control_total=None, seed_source=CHAIN)
    assert page_of(report(book.events), {})["lead"][1:] == [f"T{DICE_KNOWN}"]


def test_a_range_without_a_draw_says_so_and_that_no_division_was_reached() -> None:
    """Of nothing, neither 'every division was reached' nor 'in the 0 months on record' is said."""
    events = frozen_and_drawn({"2026-10": "dice"}).events
    years_later = report(events, "2028-01", "2028-02")
    for found in (report([]), report(events[:1]), report(events, "2026-11"), years_later):
        assert page_of(found, {})["lead"] == [
            "In these months no response was drawn for the chief executive to read and sign."
        ]
        for text in (found.to_html(pictures=False).decode(), str(found), str(found.metrics)):
            assert "every division was reached" not in text
            assert "the 0 months" not in text


def test_a_month_of_which_every_response_was_drawn_was_known_beforehand() -> None:
    book = Book()
    said: dict[str, Any] = {"exclusions": {}, "control_total": None, "seed_source": "dice"}
    book.write("frozen", on="2026-10-27", count=2, **said)
    book.draw({"Cards": (2, 2)}, on="2026-10-28")
    lead = page_of(report(book.events), {})["lead"]
    assert lead[0].startswith("In October 2026, 2 of 2 eligible responses were drawn for the chief")
    assert lead[1:] == ["Every one of them was drawn, so it was known beforehand which ones."]


def test_found_defective_is_a_count_that_says_what_it_does_not_say() -> None:
    """'a count, with the sentence that it says nothing about other letters on the page itself'"""
    found = report(year())
    assert found.findings.defective.of >= 30  # so there would be a percentage
    page = page_of(found, {})
    (tile,) = (tile for tile in page["figures"] if tile["name"] == "Found defective")
    assert (tile["share"], tile["bar"], tile["note"]) == ("", None, FOUND_ALONE)
    assert all(other["bar"] is not None for other in page["figures"] if other is not tile)
    for text in (str(found), found._repr_html_(), found.to_html(pictures=False).decode()):
        assert FOUND_ALONE in text
    (section,) = (part for part in page["sections"] if part["id"] == "findings")
    assert "found defective (" not in section["said"][0]
    assert "says nothing about the letters without a finding" in section["said"][0]


def test_a_ledger_of_one_month_speaks_of_that_month_and_of_no_year() -> None:
    """'"in the last twelve months" and "never" of a ledger that holds one month'"""
    found = report(frozen_and_drawn({"2026-10": "dice"}).events)
    page = found.to_html().decode()
    assert "Not reached in the 1 month on record" in page
    assert "No letter signed in person in the 1 month on record in 1 division" in page
    assert "not in 1 month" in page
    for text in (page, str(found), str(found.metrics), found.metrics._repr_html_()):
        assert re.search(r"\b(twelve|12) months|\bnever signed|>never<", text) is None


def test_every_link_of_the_first_page_leads_to_a_section() -> None:
    page = page_of(report(year(), ids=True), {})
    there = {section["id"] for section in page["sections"]}
    assert {item["to"] for item in page["figures"] + page["attention"]} <= there


def test_every_row_of_a_table_has_the_cells_of_its_header() -> None:
    for asked in (report(year(), ids=True), report(story().events, as_of=AT)):
        tables = [t for s in page_of(asked, {})["sections"] for t in s["tables"]]
        assert len(tables) > 9
        for table in tables:
            rows = [*table["rows"], *table["totals"]]
            assert {len(row) for row in rows} == {len(table["header"])}, table["title"]


# What it keeps to itself


def strings(value: Any) -> Iterable[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)
    elif isinstance(value, str):
        yield value


def test_no_id_of_a_letter_or_a_person_is_in_it_unless_asked_for() -> None:
    told = year()
    ids = {e.unit_id for e in told if e.unit_id} | {e.actor for e in told}
    ids |= {e.payload["owner"] for e in told if e.payload.get("owner")}
    ids |= {e.payload["colleague"] for e in told if "colleague" in e.payload}
    plain, named = report(told), report(told, ids=True)
    html = plain.to_html(pictures=False).decode()
    assert not ids & set(strings(plain.to_dict()))
    assert [one for one in ids if f">{one}<" in html] == []
    assert ids & set(strings(named.to_dict()))
    assert "personal data" in named.to_html(pictures=False).decode()
    assert "personal data" not in html


def test_it_is_of_one_population_alone() -> None:
    other = story()
    other.population = "internal-complaints"
    other.month = "2026-10"
    other.draw({"Cards": (99, 1)}, on="2026-11-02")
    mine = report(other.events, as_of=AT).to_dict()
    assert mine == report(story().events, as_of=AT).to_dict()


def test_its_dictionary_is_json_without_floats() -> None:
    def refuse(text: str) -> float:
        raise AssertionError(text)

    found = report(year(), ids=True)
    assert json.loads(found.to_json(), parse_float=refuse) == found.to_dict()


def test_a_range_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(cs.errors.LedgerError, match="give the earlier month first"):
        report([], "2026-10", "2026-09")


def test_it_is_saved_whole_as_html_or_pdf_and_as_nothing_else(tmp_path: Path) -> None:
    found = report(story().events, as_of=AT)
    with pytest.raises(ValueError, match=r"ends in \.html or \.pdf"):
        found.save(tmp_path / "board.doc")
    found.save(tmp_path / "board.html", pictures=False)
    assert (tmp_path / "board.html").read_bytes() == found.to_html(pictures=False)
    assert [path.name for path in tmp_path.iterdir()] == ["board.html"]
