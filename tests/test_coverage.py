"""Sign-off coverage, completion and reach on months made by hand, against a plain count."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ceosample.errors import MalformedEventWarning
from ceosample.signoff.figures.coverage import SignoffCoverage, signoff_coverage
from ceosample.signoff.figures.ratio import Ratio
from ceosample.signoff.replay.lifecycle import TRANSITIONS
from ceosample.signoff.store.events import NOTHING_BEFORE, Event

#: The ways to a state, each begun where a letter begins that was drawn.
SENT = ("selected", "rendered", "sent_for_signature")
SIGNED = (*SENT, "signed")
BY_DEPUTY = (*SENT, "delegated", "signed_by_deputy")
RETURNED = (*SIGNED, "returned_for_rework")
REPLACED = (*SENT, "replaced")
SUBSTITUTE = ("reserve", "selected", "rendered", "sent_for_signature")


@attrs.define
class Book:
    """Events written down by hand, as the ledger would."""

    events: list[Event] = attrs.field(factory=list)
    month: tuple[str, str] = ("complaint-responses", "2026-10")

    def write(self, kind: str, unit_id: str | None = None, **payload: Any) -> None:
        self.events.append(
            Event(
                sequence=len(self.events) + 1,
                at="2026-11-02T09:00:00+00:00",
                recorded_at="2026-11-02T09:00:00.000000Z",
                actor="somebody",
                kind=kind,
                population=self.month[0],
                period=self.month[1],
                unit_id=unit_id,
                payload=payload,
                previous=NOTHING_BEFORE,
            )
        )

    def draw(self, sizes: Mapping[str, tuple[int, int]], *, take_all: Sequence[str] = ()) -> None:
        """The registration of a draw: stratum to N and n."""
        entries = [
            {"stratum": name.split(" / "), "N": size, "n": letters, "take_all": name in take_all}
            for name, (size, letters) in sizes.items()
        ]
        self.write("drawn", draw="d" * 64, commitment="c" * 64, strata=entries)

    def letter(self, unit_id: str, stratum: str, *kinds: str, take_all: bool = False) -> None:
        """One letter's whole story."""
        for number, kind in enumerate(kinds):
            first = {"stratum": stratum.split(" / "), "take_all": take_all, "rank": 1}
            self.write(kind, unit_id, **({} if number else first))

    def coverage(self) -> SignoffCoverage:
        return signoff_coverage(self.events)


def month(*stories: Sequence[str], size: int = 100) -> SignoffCoverage:
    """A month of one stratum whose drawn letters had these stories; substitutes beside them."""
    book = Book()
    drawn = sum(story[0] == "selected" for story in stories)
    book.draw({"Cards": (size, drawn)})
    for number, story in enumerate(stories):
        book.letter(f"R-{number}", "Cards", *story)
    return book.coverage()


def counts(coverage: SignoffCoverage) -> tuple[tuple[int, int], ...]:
    """Sign-off coverage, completion, reach and take-all as plain numbers."""
    ratios = (coverage.signoff, coverage.completion, coverage.stratum_reach, coverage.take_all)
    return tuple((ratio.count, ratio.of) for ratio in ratios)


# Ratios


def test_a_ratio_carries_its_counts() -> None:
    """'Ratios carry their counts: 41 of 60 signed (68.3 %)'"""
    ratio = Ratio(41, 60, "signed")
    assert str(ratio) == "41 of 60 signed (68.3 %)"
    assert ratio.share == Fraction(41, 60)
    assert ratio.to_dict() == {"count": 41, "of": 60, "what": "signed"}


def test_nothing_of_nothing_has_no_share() -> None:
    ratio = Ratio(0, 0, "signed")
    assert (str(ratio), ratio.share) == ("0 of 0 signed", None)


# Nothing


def test_no_events_are_nothing_of_nothing() -> None:
    """'always count and denominator'"""
    coverage = signoff_coverage([])
    assert counts(coverage) == ((0, 0),) * 4
    assert coverage.strata == ()
    assert str(coverage.signoff) == "0 of 0 selected letters signed in person"
    assert "0 of 0" in str(coverage)
    assert "0 of 0" in coverage._repr_html_()


def test_a_month_that_is_frozen_and_not_drawn_is_nothing_of_nothing() -> None:
    book = Book()
    book.write("frozen", commitment="c" * 64)
    book.write("seed_revealed", value="0" * 20)
    assert counts(book.coverage()) == ((0, 0),) * 4


# What counts


def test_a_letter_signed_in_person_counts() -> None:
    """'originally selected letters signed in person by the signatory / originally selected'"""
    assert counts(month(SIGNED, SENT, ("selected",)))[:2] == ((1, 3), (1, 3))


@pytest.mark.parametrize("end", ["dispatched", "withdrawn", "lapsed"])
def test_what_comes_after_a_signature_does_not_unsign_it(end: str) -> None:
    """'Metrics count states reached and not voided: a dispatched letter still counts as signed'"""
    assert counts(month((*SIGNED, end)))[:2] == ((1, 1), (1, 1))


def test_a_return_after_the_signature_makes_it_void() -> None:
    """'returned_for_rework (the approval is void)'"""
    assert counts(month(RETURNED))[:2] == ((0, 1), (0, 1))
    assert counts(month((*RETURNED, "rendered", "sent_for_signature")))[:2] == ((0, 1), (0, 1))


def test_a_letter_signed_again_after_rework_counts_once() -> None:
    again = (*RETURNED, "rendered", "sent_for_signature", "signed")
    assert counts(month(again))[:2] == ((1, 1), (1, 1))
    assert counts(month((*again, "returned_for_rework")))[:2] == ((0, 1), (0, 1))


def test_a_return_before_the_signature_makes_nothing_void() -> None:
    reworked = (*SENT, "returned_for_rework", "rendered", "sent_for_signature", "signed")
    assert counts(month(reworked))[:2] == ((1, 1), (1, 1))


@pytest.mark.parametrize("way", ["taken_over", "escalated_to_board", "viewed"])
def test_a_letter_signed_on_a_longer_way_counts(way: str) -> None:
    assert counts(month((*SENT, way, "signed")))[:2] == ((1, 1), (1, 1))


def test_a_deputys_signature_completes_and_is_not_in_person() -> None:
    """'places filled by signed, signed_by_deputy or resolved_nonstandard'"""
    coverage = month(BY_DEPUTY, (*BY_DEPUTY, "dispatched"), SIGNED)
    assert counts(coverage)[:3] == ((1, 3), (3, 3), (1, 1))
    assert coverage.strata[0].by_deputy == 2


def test_a_resolution_out_of_the_standard_completes_and_is_not_signed() -> None:
    """'places filled by signed, signed_by_deputy or resolved_nonstandard'"""
    assert counts(month((*SENT, "taken_over", "resolved_nonstandard")))[:2] == ((0, 1), (1, 1))


@pytest.mark.parametrize(
    "story",
    [
        (*SENT, "withdrawn"),
        ("selected", "withdrawn"),
        (*SENT, "lapsed"),
        ("selected", "lapsed"),
        (*SENT, "declined"),
        (*SENT, "declined", "issued_under_other_name"),
        (*SENT, "escalated_to_board"),
        (*SENT, "delegated"),
        (*SENT, "returned_for_rework"),
        REPLACED,
    ],
    ids=lambda story: story[-1],
)
def test_a_letter_that_nobody_signed_stays_in_the_denominators(story: tuple[str, ...]) -> None:
    """'stays in every denominator' (lapsed), 'stays in the denominators' (withdrawn)"""
    coverage = month(story, SIGNED)
    assert counts(coverage)[:3] == ((1, 2), (1, 2), (1, 1))
    assert coverage.strata[0].states == {story[-1]: 1}


# Substitutes


def test_a_substitute_counts_for_completion_alone() -> None:
    """'places filled ..., substitutes included'; 'originally selected letters'"""
    coverage = month(REPLACED, (*SUBSTITUTE, "signed"))
    assert counts(coverage)[:2] == ((0, 1), (1, 1))
    assert coverage.strata[0].selected == 1


def test_a_place_that_nobody_took_stays_empty_and_counts() -> None:
    """'with no reserve left the place stays empty and counts'"""
    assert counts(month(REPLACED, SIGNED))[:2] == ((1, 2), (1, 2))


def test_a_place_is_filled_once_however_often_it_changed_hands() -> None:
    second = (*SUBSTITUTE, "replaced")
    third = (*SUBSTITUTE, "signed")
    assert counts(month(REPLACED, second, third))[:2] == ((0, 1), (1, 1))
    void = (*SIGNED, "returned_for_rework", "replaced")
    assert counts(month(void, (*SUBSTITUTE, "signed")))[:2] == ((0, 1), (1, 1))


def test_a_reserve_that_stayed_one_counts_nowhere() -> None:
    coverage = month(SIGNED, ("reserve",), ("reserve",))
    assert counts(coverage)[:2] == ((1, 1), (1, 1))
    assert coverage.strata[0].states == {}


# Strata


def test_a_stratum_is_reached_by_one_letter_signed_in_person() -> None:
    """'strata with at least one letter signed in person / strata with any letter'"""
    book = Book()
    book.draw({"Cards": (50, 2), "Loans": (20, 1), "Savings": (10, 1)})
    book.letter("R-1", "Cards", *SIGNED)
    book.letter("R-2", "Cards", *SENT)
    book.letter("R-3", "Loans", *BY_DEPUTY)
    book.letter("R-4", "Savings", *RETURNED)
    coverage = book.coverage()
    assert counts(coverage)[2] == (1, 3)
    assert [row.stratum for row in coverage.strata] == [("Cards",), ("Loans",), ("Savings",)]
    assert [(row.eligible, row.selected, row.signed) for row in coverage.strata] == [
        (50, 2, 1),
        (20, 1, 0),
        (10, 1, 0),
    ]


def test_strata_of_several_values_are_apart() -> None:
    book = Book()
    book.draw({"Cards / North": (5, 1), "Cards / South": (5, 1)})
    book.letter("R-1", "Cards / North", *SIGNED)
    book.letter("R-2", "Cards / South", *SENT)
    assert [row.signed for row in book.coverage().strata] == [1, 0]


def test_letters_of_strata_read_in_full_are_apart() -> None:
    """'the random sample and the take-all letters apart'"""
    book = Book()
    book.draw({"Cards": (50, 2), "Escalated": (3, 3)}, take_all=["Escalated"])
    book.letter("R-1", "Cards", *SIGNED)
    book.letter("R-2", "Cards", *SENT)
    book.letter("E-1", "Escalated", *SIGNED, take_all=True)
    book.letter("E-2", "Escalated", *SIGNED, "dispatched", take_all=True)
    book.letter("E-3", "Escalated", *SENT, "lapsed", take_all=True)
    coverage = book.coverage()
    assert counts(coverage) == ((1, 2), (1, 2), (2, 2), (2, 3))
    assert [row.take_all for row in coverage.strata] == [False, True]
    assert "read in full: 2 of 3 letters of strata read in full signed in person" in str(coverage)
    assert "Escalated (in full)" in str(coverage)


# Several months


def two_months() -> Book:
    book = Book()
    for period, signed in (("2026-10", 2), ("2026-11", 1)):
        book.month = ("complaint-responses", period)
        book.draw({"Cards": (40, 2), "Loans": (10, 1)})
        for number in range(3):
            stratum = "Loans" if number == 2 else "Cards"
            book.letter(f"R-{number}", stratum, *(SIGNED if number < signed else SENT))
    return book


def test_months_together_are_the_sum_of_the_months() -> None:
    """'Each for a period, a stratum and any range of months'"""
    book = two_months()
    assert counts(book.coverage())[:3] == ((3, 6), (3, 6), (1, 2))
    assert [(row.eligible, row.selected) for row in book.coverage().strata] == [(80, 4), (20, 2)]
    for period, expected in (("2026-10", (2, 3)), ("2026-11", (1, 3))):
        one = signoff_coverage(event for event in book.events if event.period == period)
        assert counts(one)[:2] == (expected, expected)


def test_one_id_in_two_months_is_two_letters() -> None:
    """'A subject is (population, period, unit_id)'"""
    book = Book()
    for month_ in (("a", "2026-10"), ("a", "2026-11"), ("b", "2026-11")):
        book.month = month_
        book.draw({"Cards": (5, 1)})
        book.letter("R-1", "Cards", *SENT)
    book.write("signed", "R-1")
    assert counts(book.coverage())[:2] == ((1, 3), (1, 3))


@pytest.mark.parametrize("in_full_first", [True, False])
def test_a_stratum_read_in_full_in_one_month_and_sampled_in_another_is_both(
    in_full_first: bool,
) -> None:
    """'any range of months, ... the random sample and the take-all letters apart'"""
    book = Book()
    for period, in_full in (("2026-10", in_full_first), ("2026-11", not in_full_first)):
        book.month = ("complaint-responses", period)
        letters = 3 if in_full else 2
        book.draw({"Cards": (3, letters)}, take_all=["Cards"] if in_full else [])
        for number in range(letters):
            story = SIGNED if number == 0 else SENT
            book.letter(f"R-{number}", "Cards", *story, take_all=in_full)
    assert counts(book.coverage()) == ((1, 2), (1, 2), (1, 1), (1, 3))


def test_a_month_counts_as_it_stood_after_any_event() -> None:
    """'as_of a moment': the events up to it."""
    book = Book()
    book.draw({"Cards": (40, 2)})
    book.letter("R-1", "Cards", *SIGNED, "returned_for_rework")
    book.letter("R-2", "Cards", "selected")
    signed = [e.kind for e in book.events].index("signed")
    assert signoff_coverage(book.events[: signed + 1]).signoff.count == 1
    assert signoff_coverage(book.events[: signed + 2]).signoff.count == 0


def test_what_is_said_beside_the_states_counts_nowhere() -> None:
    """'Beside the states, and at any time: a finding, recognition, contact, a note'"""
    book = Book()
    book.draw({"Cards": (40, 1)})
    book.letter("R-1", "Cards", *SIGNED)
    for kind in ("finding", "recognition", "contact", "note"):
        book.write(kind, "R-1", code="clear")
    assert counts(book.coverage())[:2] == ((1, 1), (1, 1))


def test_a_story_that_the_table_does_not_allow_is_not_counted_but_named() -> None:
    """'State is a replay of events'"""
    book = Book()
    book.draw({"Cards": (40, 1)})
    book.letter("R-1", "Cards", "selected", "signed")
    with pytest.warns(MalformedEventWarning, match="event 3: letter R-1: cannot become signed"):
        coverage = book.coverage()
    assert counts(coverage)[:2] == ((0, 1), (0, 1))


# Displays


def small() -> SignoffCoverage:
    book = Book()
    book.draw({"Cards": (50, 3), "Ŵ & <b>Söhne</b>": (7, 1)})
    book.letter("R-1", "Cards", *SIGNED)
    book.letter("R-2", "Cards", *SENT, "viewed")
    book.letter("R-3", "Cards", *SENT)
    book.letter("R-4", "Ŵ & <b>Söhne</b>", *BY_DEPUTY)
    return book.coverage()


def test_the_text_has_every_count_with_its_denominator() -> None:
    """'always count and denominator'"""
    assert str(small()) == (
        "sign-off coverage: 1 of 4 selected letters signed in person (25.0 %)\n"
        "completion: 2 of 4 places filled\n"
        "stratum reach: 1 of 2 divisions reached\n"
        "\n"
        "stratum           eligible  selected  signed in person  by deputy  otherwise\n"
        "Cards                   50         3                 1          0  "
        "1 sent_for_signature, 1 viewed\n"
        "Ŵ & <b>Söhne</b>         7         1                 0          1"
    )


def test_the_html_has_the_same_counts_and_escapes_what_it_shows() -> None:
    html = small()._repr_html_()
    assert "<b>" not in html
    assert "Ŵ &amp; &lt;b&gt;Söhne&lt;/b&gt;" in html
    for words in (
        "1 of 4 selected letters signed in person (25.0 %)",
        "2 of 4 places filled",
        "1 of 2 divisions reached",
        "1 sent_for_signature, 1 viewed",
        '<th scope="col"',
    ):
        assert words in html


def test_the_stratum_without_values_is_called_all() -> None:
    """'A frame without strata has the one stratum []'"""
    book = Book()
    book.write("drawn", strata=[{"stratum": [], "N": 9, "n": 1, "take_all": False}])
    book.write("selected", "R-1", stratum=[], take_all=False, rank=1)
    assert book.coverage().strata[0].stratum == ()
    assert str(book.coverage()).splitlines()[-1].startswith("all  ")


def test_the_counts_go_into_json_and_back() -> None:
    fields = small().to_dict()
    assert json.loads(json.dumps(fields)) == fields
    strata: Any = fields["strata"]
    assert fields["signoff"] == {"count": 1, "of": 4, "what": "selected letters signed in person"}
    assert strata[0] == {
        "stratum": ["Cards"],
        "eligible": 50,
        "planned": 3,
        "selected": 3,
        "signed": 1,
        "by_deputy": 0,
        "filled": 1,
        "states": {"sent_for_signature": 1, "viewed": 1},
        "take_all": False,
    }


# Any story that the table allows


@st.composite
def stories(data: st.DrawFn) -> tuple[str, bool, list[str]]:
    """A stratum, whether the letter is a substitute, and a walk through the table."""
    stratum = data(st.sampled_from(["Cards", "Loans", "Escalated"]))
    substitute = stratum != "Escalated" and data(st.booleans())
    walk = ["reserve", "selected"] if substitute else ["selected"]
    for _ in range(data(st.integers(0, 10))):
        following = TRANSITIONS[walk[-1]]
        if not following:
            break
        walk.append(data(st.sampled_from(following)))
    return stratum, substitute, walk


def stands(walk: list[str], kind: str) -> bool:
    """Whether a state was reached after the last return."""
    after = (
        len(walk) - walk[::-1].index("returned_for_rework") if "returned_for_rework" in walk else 0
    )
    return kind in walk[after:]


@given(st.lists(stories(), max_size=12))
def test_every_ratio_is_a_plain_count(found: list[tuple[str, bool, list[str]]]) -> None:
    """The definitions of 'Metrics', counted again letter by letter."""
    original = [(stratum, walk) for stratum, substitute, walk in found if not substitute]
    sampled = [(stratum, walk) for stratum, walk in original if stratum != "Escalated"]
    in_full = [(stratum, walk) for stratum, walk in original if stratum == "Escalated"]
    strata = sorted({stratum for stratum, _, _ in found} | {"Cards"})
    book = Book()
    planned = {name: sum(stratum == name for stratum, _ in original) for name in strata}
    book.draw({name: (100, planned[name]) for name in strata}, take_all=["Escalated"])
    for number, (stratum, _, walk) in enumerate(found):
        book.letter(f"R-{number}", stratum, *walk, take_all=stratum == "Escalated")
    filled = sum(
        any(stands(walk, kind) for kind in ("signed", "signed_by_deputy", "resolved_nonstandard"))
        for stratum, _, walk in found
        if stratum != "Escalated" and walk[-1] not in ("replaced", "found_ineligible")
    )
    reached = {stratum for stratum, _, walk in found if stands(walk, "signed")}
    in_person = {stratum for stratum, walk in original if stands(walk, "signed")}
    coverage = book.coverage()
    assert coverage.stratum_reach.by_substitute == len(reached - in_person)
    assert counts(coverage) == (
        (sum(stands(walk, "signed") for _, walk in sampled), len(sampled)),
        (filled, len(sampled)),
        (len(reached), len(strata)),
        (sum(stands(walk, "signed") for _, walk in in_full), len(in_full)),
    )
