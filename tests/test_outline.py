"""Letters of one outline: what a reader says of one of them it says of all."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ceosample as cs
from ceosample.errors import LetterError
from ceosample.letters import trial
from ceosample.letters.letter_trees import read
from ceosample.letters.markup.outline import outline_of
from ceosample.letters.requirements import LetterRequirements
from thorough import examples

TAGS = [
    *("<p>", "</p>", "<ul>", "</ul>", "<li>", "</li>", "<br>", '<p dir="auto">', '<p dir="up">'),
    *('<section data-element="approval">', "</section>", "<em>", "</em>", "<b>", "<!-- x -->"),
    *('<p lang="en>', "<p lang=a&#62;>", "<script>", "<?x>", "<p", "<br/>"),
]
TEXTS = [
    *("", " ", "\n", "a", "&nbsp;", "&#32", "&", "\u00ad", "\u3164", '"', ">", "5 < 6", "ß", "-->")
]


def said(markup: str) -> object:
    """What the reader says of a letter: its problems, or none."""
    try:
        read(markup, LetterRequirements())
    except LetterError as error:
        return error.faults
    return None


@given(st.lists(st.tuples(st.sampled_from(TAGS), st.lists(st.sampled_from(TEXTS), min_size=3))))
@settings(max_examples=examples(300, one_in=6))
def test_letters_of_one_outline_are_read_alike(parts: list[tuple[str, list[str]]]) -> None:
    """'10,000 letters in under 10 s': of each outline one letter is read, and that says enough."""
    of_outline = defaultdict(set)
    for number in range(3):
        markup = "".join(tag + texts[number] for tag, texts in parts)
        if (outline := outline_of(markup)) is not None:
            of_outline[outline].add(repr(said(markup)))
    assert all(len(verdicts) == 1 for verdicts in of_outline.values())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("<ul> </ul>", "<ul>a</ul>"),
        ("<ul>&#32;</ul>", "<ul>&#33;</ul>"),
        ('<section data-element="x">\u3164</section>', '<section data-element="x">a</section>'),
        ("<p>a</p>", "<p>a</b>"),
        ('<p dir="auto">a</p>', '<p dir="up">a</p>'),
    ],
)
def test_letters_that_are_read_otherwise_have_another_outline(one: str, other: str) -> None:
    assert outline_of(one) != outline_of(other)


def test_a_trial_reads_one_letter_of_each_outline_and_names_each_that_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """'and count those without contents (10,000 letters in under 10 s)'"""
    template = '{% call element("approval") %}{{ body }}{% endcall %}<p>{{ body }}</p>'
    bodies = {f"L{n}": f"Word {n}" for n in range(40)} | {"L7": " ", "L30": " "}
    letters = [{"unit_id": name, "body": body} for name, body in bodies.items()]
    times: list[str] = []

    def counted(made: str, order: LetterRequirements) -> object:
        times.append(made)
        return read(made, order)

    monkeypatch.setattr(trial, "read", counted)
    report = cs.check_contents(letters, template)
    empty = "the element 'approval' is empty; give it text"
    assert [fault for fault in report.problems if empty in fault] == [
        f"letter L7: {empty}",
        f"letter L30: {empty}",
    ]
    assert len(times) < 8
