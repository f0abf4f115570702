"""The stories of the demo's bank: a data file, and the same month to the byte."""

from __future__ import annotations

import hashlib
import json
import re
import string
import tomllib
from collections.abc import Iterator
from datetime import date
from importlib import resources
from typing import Any

import pytest

from ceosample import demo
from ceosample.demo import month
from ceosample.demo.case import Case, Story, case
from ceosample.demo.chance import Chance
from ceosample.demo.facts import FACTS
from ceosample.demo.stories import _story, stories

MONTHS = [f"{year}-{number:02d}" for year in (2024, 2025, 2026) for number in range(1, 13, 2)]

#: Of some months, as the first release made them, whose stories were code.
RELEASE_0_1 = [
    pytest.param(
        MONTHS[::5],
        "d2f7e0bfe9d46c3a237b35d226cc7fc43e77c6853ea41e0b2cceb5c1bea1c8a1",
        id="one in five",
    ),
    pytest.param(
        MONTHS,
        "fcd6ef0ea84386aed3becf3b96d1e51a67766d3ecf6ed4d23aeec8279dee68fd",
        id="all",
        marks=pytest.mark.thorough,
    ),
]


def told() -> list[dict[str, Any]]:
    """The file's stories, read anew, since reading takes them apart."""
    text = (resources.files("ceosample.demo") / "stories.toml").read_text("utf-8")
    return [story for of_division in tomllib.loads(text).values() for story in of_division]


@pytest.mark.slow
@pytest.mark.parametrize(("periods", "digest"), RELEASE_0_1)
def test_the_months_of_the_bank_are_those_of_the_first_release(
    periods: list[str], digest: str
) -> None:
    """'with the same month to the byte'"""
    found = hashlib.sha256()
    for period in periods:
        bank = month(period)
        whole = [bank.responses, bank.contents]
        found.update(json.dumps(whole, sort_keys=True, ensure_ascii=False).encode())
    assert found.hexdigest() == digest


def test_every_function_of_facts_has_its_story_and_every_story_its_own() -> None:
    names = [story["name"] for story in told()]
    assert sorted(names) == sorted(FACTS)
    assert len(names) == sum(map(len, stories().values())) == 31


def slots(story: Story) -> set[str]:
    endings = (story.upheld, story.partly, story.refused)
    texts = [*story.subjects, *story.complaints, *story.lessons]
    texts += [way for ending in endings for way in (*ending.findings, *ending.remedies)]
    return {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name}


def cases(story: Story) -> Iterator[Case]:
    """Cases of a story with every outcome."""
    dates = {"received": date(2026, 9, 1), "finalised": date(2026, 10, 1)}
    for number in range(20):
        yield case(Chance.of(str(number)), story, channel="email", town="Aberwen", **dates)


@pytest.mark.parametrize(
    "story", [s for told in stories().values() for s in told], ids=lambda s: s.facts.__name__
)
def test_every_slot_of_a_story_is_filled_by_its_facts(story: Story) -> None:
    outcomes = set()
    for one in cases(story):
        outcomes.add(one.outcome)
        # A letter adds {told}: see ``letter.write``.
        assert slots(story) <= {*one.facts(), *story.facts(one), "told"}
    assert len(outcomes) == 3


@pytest.mark.parametrize("name", ["upheld", "partly", "refused", "subjects", "lessons", "name"])
def test_a_story_without_one_of_its_parts_is_refused(name: str) -> None:
    story = told()[0]
    del story[name]
    with pytest.raises(KeyError, match=name):
        _story(story)


def test_a_story_with_a_key_that_none_has_is_refused() -> None:
    for wrong in ({"lesson": ["A"]}, {"since": [9, 40], "Needs": []}):
        with pytest.raises(TypeError, match="unexpected keyword argument"):
            _story(told()[0] | wrong)
    story = told()[0]
    story["upheld"]["remedy"] = "We are sorry."
    with pytest.raises(TypeError, match="remedy"):
        _story(story)


def test_no_line_of_the_file_is_longer_than_a_page() -> None:
    text = (resources.files("ceosample.demo") / "stories.toml").read_text("utf-8")
    assert max(map(len, text.splitlines())) <= 100
    assert not re.search(r"[ \t]$", text, re.MULTILINE)


def test_no_way_of_saying_something_is_empty_and_every_slot_has_a_name() -> None:
    for story in (story for division in stories().values() for story in division):
        endings = (story.upheld, story.partly, story.refused)
        texts = [*story.subjects, *story.complaints, *story.lessons]
        texts += [way for ending in endings for way in (*ending.findings, *ending.remedies)]
        assert all(texts), story.facts.__name__
        names = [name for text in texts for _, name, _, _ in string.Formatter().parse(text)]
        assert "" not in names, story.facts.__name__


def test_the_old_name_of_the_bank_s_month_warns() -> None:
    with pytest.warns(DeprecationWarning, match=r"demo\.Month.*demo\.BankMonth.*0\.3"):
        old = demo.Month
    assert old is demo.BankMonth
    with pytest.raises(AttributeError, match="no attribute 'Year'"):
        demo.Year  # noqa: B018 - asking is the test
