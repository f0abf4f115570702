"""Letters and the pack: what is refused, what is printed, and what is read back weeks later."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Any

import markupsafe
import numpy as np
import pandas as pd
import pypdf
import pytest
import rfc8785

import ceosample as cs
from ceosample.got import Private, got
from ceosample.letters.markup import tree
from ceosample.letters.papers import set_pack
from refusals import faults_of

SEED = cs.Seed.from_dice("83019274650192837465", witnesses=["internal audit"])
SIGNATORY = cs.Signatory("ceo", "Margaret Llewelyn", "Chief Executive")
DATE = dt.date(2026, 11, 2)
HEAD = "ab" * 32
APPROVED = '{% call element("approval") %}<p>Approved.</p>{% endcall %}'


def drawn(*unit_ids: str, size: int | None = None, reserves: int = 0) -> cs.Draw:
    """A draw of these responses, all of them by default."""
    frame = cs.Frame.from_records(
        [{"id": unit_id, "division": "Cards"} for unit_id in unit_ids],
        population="complaint-responses", period="2026-10", unit_id="id", strata=["division"],
    )  # fmt: skip
    return cs.draw(frame, cs.Plan(size=size or len(unit_ids), reserves=reserves), SEED)


def letter(**fields: Any) -> dict[str, Any]:
    """The fields that the default template names, some of them replaced."""
    return {
        "recipient": "Ann Example",
        "address": ["1 High Street", "Exampleton"],
        "salutation": "Dear Ms Example,",
        "subject": "Your complaint about a fee",
        "body": "We have refunded the fee.\n\nWe are sorry.",
        "closing": "Yours sincerely,",
        **fields,
    }


def entry(docket: Mapping[str, Any] | None = None, /, **fields: Any) -> dict[str, Any]:
    """What `contents` holds for one letter."""
    return {"letter": letter(**fields), "docket": dict(docket or {})}


def render(*unit_ids: str, contents: Any = None, **arguments: Any) -> cs.Pack:
    """A pack of these letters, without PDF unless it is asked for."""
    ids = unit_ids or ("A-1",)
    given = {unit_id: entry() for unit_id in ids} if contents is None else contents
    arguments = {"signatory": SIGNATORY, "date": DATE, "pdf": False, **arguments}
    return cs.render(drawn(*ids), given, **arguments)


def refusal_of(**arguments: Any) -> str:
    """The message of the error that rendering gives."""
    with pytest.raises(cs.errors.LetterError) as caught:
        render(**arguments)
    return str(caught.value)


def says(pack: cs.Pack, unit_id: str = "A-1") -> str:
    """The words of a letter, white space folded."""
    return " ".join(tree.to_text(pack[unit_id].tree).split())


def part(pack: cs.Pack, name: str, unit_id: str = "A-1") -> list[tree.Node]:
    """What stands in a part of a letter."""
    return dict(tree.elements(pack[unit_id].tree))[name]


# ---- Fields ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(letter()))
def test_a_missing_field_is_an_error_that_names_letter_and_field(name: str) -> None:
    """'`letter`: the fields that the template names (recipient, address, salutation, ...)'."""
    fields = letter()
    del fields[name]
    message = refusal_of(contents={"A-1": {"letter": fields, "docket": {}}})
    assert message == f"letter A-1: the field {name!r} is missing"


@pytest.mark.parametrize("null", [None, float("nan"), np.float64("nan"), Decimal("NaN"), pd.NaT])
@pytest.mark.parametrize("name", list(letter()))
def test_a_null_is_refused_where_it_would_print(name: str, null: object) -> None:
    """'`None` and NaN are refused wherever they would print.'"""
    message = refusal_of(contents={"A-1": entry(**{name: null})})
    assert message == f"letter A-1: the field {name!r} is null"


@pytest.mark.parametrize("infinite", [float("inf"), np.float64("-inf"), Decimal("Infinity")])
@pytest.mark.parametrize("name", list(letter()))
def test_an_infinity_is_told_as_one(name: str, infinite: object) -> None:
    message = refusal_of(contents={"A-1": entry(**{name: infinite})})
    assert message.startswith(f"letter A-1, letter, {name}: got an infinite number; give a finite ")


def test_a_null_inside_a_list_is_refused_by_its_place() -> None:
    """'`None` and NaN are refused wherever they would print.'"""
    message = refusal_of(contents={"A-1": entry(address=["1 High Street", None])})
    assert message == "letter A-1: the field 'address[1]' is null"


@pytest.mark.parametrize("value", [["Ann", None], {"name": None}, ["Ann"], {"name": "Ann"}])
def test_a_list_or_a_mapping_is_never_printed_as_one(value: object) -> None:
    """'`None` and NaN are refused wherever they would print', and nobody's name is `['Ann']`."""
    assert "letter A-1" in refusal_of(contents={"A-1": entry(recipient=value)})


def test_a_field_that_is_null_or_absent_can_be_asked_for() -> None:
    """'The `default` filter is not there': a template asks with `is defined` instead."""
    template = "{% if x is defined %}<p>has x</p>{% else %}<p>none</p>{% endif %}" + APPROVED
    for fields, expected in (({"x": "1"}, "has x"), ({"x": None}, "none"), ({}, "none")):
        pack = render(contents={"A-1": entry(**fields)}, template=template)
        assert says(pack) == f"{expected} Approved."


def test_bidirectional_controls_are_stripped_from_every_field() -> None:
    """A name in another script must not reorder the text around it, nor a control that hides."""
    controls = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    fields = {
        name: [f"{controls}{v}{controls}" for v in value] if isinstance(value, list)
        else f"{controls}{value}\u202e"
        for name, value in letter().items()
    }  # fmt: skip
    docket = {"owner": "\u202eh-1", "contacts": {"tele\u200ephone": 2}}
    hostile = render(contents={"A-1": {"letter": fields, "docket": docket}})
    plain = render(contents={"A-1": entry({"owner": "h-1", "contacts": {"telephone": 2}})})
    assert hostile.files() == plain.files()


def test_bidirectional_controls_are_stripped_from_the_letterhead_too() -> None:
    assert says(render(letterhead=["The \u202eBank"])).startswith("The Bank ")


def test_joiners_that_letters_need_are_kept() -> None:
    """'Joiners without width are letters' own in Persian and Hindi, and stay.'"""
    name = "می\u200cخواهم"
    assert name in says(render(contents={"A-1": entry(recipient=name)}))


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\x7f", "\x85", "\ud800", "\u0378"])
def test_a_character_that_prints_nothing_is_an_error_that_names_it(character: str) -> None:
    message = refusal_of(contents={"A-1": entry(body=f"We are{character} sorry.")})
    assert message.startswith("letter A-1, letter, body: got text of ")
    assert f"(U+{ord(character):04X})" in message


def test_a_text_without_end_is_refused_by_its_length() -> None:
    message = refusal_of(contents={"A-1": entry(body="x" * 200_001)})
    assert message == (
        "letter A-1, letter, body: got text of 200001 characters; give at most 200000"
    )


@pytest.mark.parametrize("value", [b"bytes", object, 1j, {1, 2}, pd.DataFrame()])
def test_a_value_that_is_no_text_number_or_date_is_refused_by_its_type(value: object) -> None:
    message = refusal_of(contents={"A-1": entry(extra=value)})
    shown = got(value, Private.CONTENTS)
    assert message == f"letter A-1, letter, extra: {shown}; give text, a number or a date"
    assert type(value).__name__ in shown


def test_a_field_is_data_even_if_it_calls_itself_markup() -> None:
    """'A field is data and never code': it is escaped whatever its type says of it."""
    pack = render(contents={"A-1": entry(recipient=markupsafe.Markup("<strong>Ann</strong>"))})
    assert says(pack).startswith("<strong>Ann</strong> ")
    assert b"&lt;strong&gt;Ann&lt;/strong&gt;" in pack.files()["pack.html"]


def test_markup_in_a_field_is_printed_as_it_is_written() -> None:
    """Neither Jinja's, nor HTML's, nor Typst's."""
    text = '{{ 7 * 7 }} {% raw %} <script>alert(1)</script> &lt; #eval("1") $x$ @ref \\u{41} *b*'
    pack = render(contents={"A-1": entry(body=text, subject=text)})
    assert says(pack).count(text) == 2
    assert b"<script" not in pack.files()["pack.html"]


def test_an_address_given_as_one_text_is_not_taken_apart_into_letters() -> None:
    """'A clear error or a correct letter, and nothing else.'"""
    try:
        pack = render(contents={"A-1": entry(address="1 High Street")})
    except cs.errors.LetterError as error:
        assert "letter A-1" in str(error)  # noqa: PT017 - either is right
    else:
        assert "1 High Street" in says(pack)


@pytest.mark.parametrize(
    "name", ["unit_id", "population", "period", "date", "signatory", "letterhead"]
)
def test_a_field_cannot_stand_in_for_what_the_letter_supplies(name: str) -> None:
    assert f"letter A-1, {name}: got a field that every letter is given" in refusal_of(
        contents={"A-1": entry(**{name: "another"})}
    )


def test_two_names_that_become_one_are_refused() -> None:
    """Stripping a control must not lose a value without a word."""
    both = {"telephone": 3, "tele\u200ephone": 2}
    assert "letter A-1" in refusal_of(contents={"A-1": entry({"contacts": both})})
    assert "letter A-1" in refusal_of(contents={"A-1": entry(**{"x": "1", "x\u200e": "2"})})


def test_a_field_with_a_long_or_hidden_name_is_refused_in_a_short_and_printable_message() -> None:
    for name in ("x" * 100_000, "\x1b[2J", "\ud800", "\u202e" * 50):
        message = refusal_of(contents={"A-1": entry(**{name: "\x00"})})
        assert len(message) < 1000
        assert not re.search("[\x00-\x09\x0b-\x1f\u202e\ud800]", message)


# ---- Contents ----------------------------------------------------------------------------------

IDS = tuple(f"R-{number}" for number in range(30))


def test_all_ids_without_contents_are_listed_in_one_error() -> None:
    """'All missing ids are listed in one error.'"""
    with pytest.raises(cs.errors.LetterError) as caught:
        render(*IDS, contents={"R-7": entry()})
    found = faults_of(caught.value)
    assert {fault.place for fault in found} == {f"letter {one}" for one in IDS if one != "R-7"}
    assert {fault.said for fault in found} == {"no contents; give its letter and docket"}
    assert re.match(r"letters R-\d+, R-\d+, R-\d+ and 26 more: no contents;", str(caught.value))


def test_a_function_is_called_once_with_the_drawn_ids_alone() -> None:
    """'A function that is called once with the drawn ids'; nobody else's letter is ever loaded."""
    asked: list[Sequence[str]] = []

    def load(unit_ids: Sequence[str]) -> dict[str, Any]:
        asked.append(unit_ids)
        return {unit_id: entry() for unit_id in unit_ids}

    draw = drawn(*IDS, size=5, reserves=3)
    pack = cs.render(draw, load, signatory=SIGNATORY, date=DATE, pdf=False)
    assert asked == [draw.unit_ids]
    assert [letter.unit_id for letter in pack] == list(draw.unit_ids)
    by_mapping = {unit_id: entry() for unit_id in IDS}
    same = cs.render(draw, by_mapping, signatory=SIGNATORY, date=DATE, pdf=False)
    assert same.files() == pack.files()


def test_a_function_that_gives_more_than_it_was_asked_for_is_refused() -> None:
    """'Nobody else's letter is ever loaded.'"""
    with pytest.raises(
        cs.errors.LetterError, match="got 25 letters from the function that were not drawn"
    ):
        cs.render(
            drawn(*IDS, size=5), lambda _: {unit_id: entry() for unit_id in IDS},
            signatory=SIGNATORY, date=DATE, pdf=False,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        (5, "contents: got a whole number"),
        ([("A-1", {})], "contents: got a list of 1"),
        (lambda ids: list(ids), "contents: got a list of 1 from the function"),
        (lambda ids: None, "contents: got None from the function"),
        ({"A-1": None}, "letter A-1: got None; give {'letter': {...}"),
        ({"A-1": {}}, "letter A-1, letter: got None; give a mapping"),
        ({"A-1": {"letter": "Dear Ann"}}, "letter A-1, letter: got text of 8 characters; give a"),
        ({"A-1": {"letter": {}, "dockets": {}}}, "letter A-1, 'dockets': not known"),
        ({"A-1": {"letter": {}, "docket": []}}, "letter A-1, docket: got a list of 0"),
        ({"A-1": {"letter": {1: "x"}}}, "letter A-1, letter: got a whole number as a name"),
        ({"A-1": {"letter": {"": "x"}}}, "letter A-1, letter: got empty text as a name"),
    ],
)
def test_contents_of_another_shape_are_refused_by_their_letter(contents: Any, message: str) -> None:
    """'Both give {unit_id: {"letter": {...}, "docket": {...}}}.'"""
    assert refusal_of(contents=contents).startswith(message)


def test_every_letters_faults_are_told_at_once() -> None:
    """'A check of a table reports every fault it found, not only the first.'"""
    with pytest.raises(cs.errors.LetterError) as caught:
        render("A-1", "B-2", "C-3", contents={
            "A-1": entry(body="a\x00", closing="b\x07"),
            "B-2": entry({"owner": None}),
            "C-3": entry(),
        })  # fmt: skip
    assert len(caught.value.faults) == 3
    assert [fault[:10] for fault in sorted(caught.value.faults)] == ["letter A-1"] * 2 + [
        "letter B-2"
    ]


def test_all_fields_that_a_letter_lacks_are_told_at_once() -> None:
    """'A check of a table reports every fault it found, not only the first.'"""
    whole = letter()
    kept = {name: whole[name] for name in ("recipient", "address", "body")}
    lacking = list(dict.fromkeys(name for name in whole if name not in kept))
    message = refusal_of(contents={"A-1": {"letter": kept, "docket": {}}})
    named = ", ".join(map(repr, lacking))
    assert message == f"letter A-1: the fields {named} are missing"


@pytest.mark.parametrize(
    ("template", "fault"),
    [
        ("{{ a }}{{ b | longdate }}{{ a }}", "the fields 'a', 'b' are missing"),
        ("{{ a.b }}{{ c }}", "the field 'a' is missing"),
        ("{{ signatory.age }}{{ c }}", "the field 'age' is missing"),
        ("{{ a | money('GBP') }}{{ c }}", "the field 'a' is missing"),
        ("{% if a %}{{ b }}{% endif %}{{ c }}", "the fields 'a', 'b', 'c' are missing"),
    ],
)
def test_what_is_said_to_be_missing_is(template: str, fault: str) -> None:
    """What is filled in while the others are looked for is never itself complained of."""
    assert refusal_of(template=template + APPROVED) == f"letter A-1: {fault}"


def test_a_fault_that_every_letter_has_is_said_once() -> None:
    with pytest.raises(cs.errors.LetterError) as caught:
        render("A-1", "B-2", template="<p>{{ absent }}</p>" + APPROVED)
    assert caught.value.faults == ("every letter: the field 'absent' is missing",)


# ---- Dockets -----------------------------------------------------------------------------------

DOCKET = {
    "owner": "h-001", "author": "h-002", "division": "Cards", "regime": "FCA DISP 1.6",
    "contacts": {"telephone": 3, "email": 1},
    "received": "2026-09-02", "due": dt.date(2026, 10, 28),
}  # fmt: skip


def test_a_docket_says_what_it_was_given_and_counts_contacts_and_days() -> None:
    """'`docket`: owner, author, division, contacts (channel -> count), received, due, regime.'"""
    html = render(contents={"A-1": entry(DOCKET)}).files()["pack.html"].decode()
    text = re.sub(r"<[^>]*>", "|", html)
    for value in ("h-001", "h-002", "Cards", "FCA DISP 1.6", "telephone"):
        assert f"|{value}|" in text
    assert "|2 September 2026|" in text
    assert "|28 October 2026: overdue on 2 November 2026|" in text
    assert "|All||4|" in text
    days = (DATE - dt.date(2026, 9, 2)).days
    assert f"|{days} on 2 November 2026|" in text


def test_a_letter_of_its_last_day_is_not_overdue() -> None:
    html = render(contents={"A-1": entry({**DOCKET, "due": DATE})}).files()["pack.html"].decode()
    assert "<dt>Due</dt><dd>2 November 2026</dd>" in html


def docket_of(page: bytes) -> str:
    """The first docket of a pack's page."""
    return page.decode().partition("<article")[2].partition("</section>")[0]


def test_what_a_docket_leaves_out_is_named_in_one_line() -> None:
    """The stratum is the division here, so the division is not missing."""
    docket = docket_of(render(contents={"A-1": {"letter": letter()}}).files()["pack.html"])
    missing = "Owner, Author, Regime, Received, Due, Contacts so far"
    assert f"<dt>Not recorded</dt><dd>{missing}</dd>" in docket
    labels = "Owner|Author|Division|Regime|Received|Due|Days open"
    assert not re.search(rf"<dt>({labels})</dt>|Contacts so far<(?!/dd)|not recorded", docket)


def test_a_division_that_is_no_stratum_variable_can_be_missing() -> None:
    frame = cs.Frame.from_records(
        [{"id": "A-1", "product": "Cards"}],
        population="p", period="2026-10", unit_id="id", strata=["product"],
    )  # fmt: skip
    draw = cs.draw(frame, cs.Plan(size=1, reserves=0), SEED)
    docket = {name: value for name, value in DOCKET.items() if name != "division"}
    given = {"A-1": {"letter": letter(), "docket": docket}}
    pack = cs.render(draw, given, signatory=SIGNATORY, date=DATE, pdf=False)
    assert "<dt>Not recorded</dt><dd>Division</dd>" in docket_of(pack.files()["pack.html"])


def test_nothing_of_a_docket_is_in_the_letter() -> None:
    """'The docket: the inside page about a letter, never posted.'"""
    with_docket = render(contents={"A-1": entry(DOCKET)})
    assert with_docket["A-1"].data == render()["A-1"].data


@pytest.mark.parametrize(
    ("docket", "message"),
    [
        ({"ownr": "h-001"}, "'ownr': not known; use one of owner, author"),
        ({"owner": None}, "owner: got None; remove the field"),
        ({"received": None}, "received: got None; remove the field"),
        ({"contacts": None}, "contacts: got None; remove the field"),
        ({"due": float("nan")}, "due: got None; remove the field"),
        ({"received": pd.NaT}, "received: got None; remove the field"),
        ({"owner": 3.5}, "owner: got a float; give text or a number"),
        ({"division": ["Cards"]}, "division: got a list of 1; give text or a number"),
        ({"received": "02/09/2026"}, "received: got text of 10 characters; give a date"),
        ({"due": "2026-02-30"}, "due: got text of 10 characters; give a date"),
        ({"due": 20261028}, "due: got a whole number; give a date"),
        ({"contacts": 3}, "contacts: got a whole number; give channel -> number"),
        ({"contacts": {"email": -1}}, "contacts, 'email': got -1; give a whole number"),
        ({"contacts": {"email": 1.5}}, "contacts, 'email': got 1.5; give a whole number"),
        (
            {"contacts": {"email": "2"}},
            "contacts, 'email': got text of 1 digit; give a whole number",
        ),
        ({"contacts": {"email": True}}, "contacts, 'email': got True; give a whole number"),
        ({"contacts": {"email": None}}, "contacts, 'email': got None; give a whole number"),
        ({"owner": "h\x00"}, "owner: got text of 2 characters with a control character (U+0000)"),
    ],
)
def test_a_docket_that_breaks_a_rule_is_refused_by_letter_and_field(
    docket: dict[str, Any], message: str
) -> None:
    """'`docket`: owner, author, division, contacts (channel -> count), received, due, regime.'"""
    assert refusal_of(contents={"A-1": entry(docket)}).startswith(f"letter A-1, docket, {message}")


@pytest.mark.parametrize(
    "docket", [{"owner": 10**5000}, {"contacts": {"email": 10**5000}}, {"contacts": -(10**5000)}]
)
def test_a_number_of_thousands_of_digits_in_a_docket_is_refused_by_its_letter(
    docket: dict[str, Any],
) -> None:
    assert "letter A-1" in refusal_of(contents={"A-1": entry(docket)})


# ---- Arguments ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ({"date": dt.datetime(2026, 11, 2, tzinfo=dt.UTC)}, "date"),
        ({"date": "2026-11-02"}, "date"),
        ({"signatory": "ceo"}, "signatory"),
        ({"letterhead": "The Bank"}, "letterhead"),
        ({"letterhead": ["The Bank\x00"]}, "letterhead"),
        ({"letterhead": [None]}, "letterhead"),
        ({"letterhead": 5}, "letterhead"),
        ({"letterhead": [object()]}, "letterhead"),
        ({"language": "English"}, "language"),
        ({"language": "en\n"}, "language"),
        ({"language": None}, "language"),
        ({"registration": 5}, "registration"),
        ({"registration": "\ud800"}, "registration"),
        ({"registration": "a\x00b"}, "registration"),
        ({"version": 0}, "version"),
        ({"version": -1}, "version"),
        ({"version": 1.5}, "version"),
        ({"version": "2"}, "version"),
        ({"version": True}, "version"),
        ({"version": None}, "version"),
        ({"version": 2**60}, "version"),
        ({"unit_ids": ["nobody"]}, "nobody"),
        ({"unit_ids": [None]}, "None"),
    ],
)
def test_an_impossible_argument_is_refused_by_its_name(
    arguments: dict[str, Any], names: str
) -> None:
    """'Impossible input raises; nothing warns and then changes the design.'"""
    assert names in refusal_of(**arguments)


@pytest.mark.parametrize(
    "fields",
    [("", "A", "B"), ("ceo", "", "B"), ("ceo", "A", " "), ("ceo", "A\x00", "B"), (7, "A", "B"),
     ("ceo", "A\u202e", "B"), (" ceo", "A", "B"), ("ceo", None, "B")],
)  # fmt: skip
def test_a_signatory_without_a_proper_name_is_refused(fields: tuple[Any, Any, Any]) -> None:
    with pytest.raises(cs.errors.LetterError, match="signatory, "):
        cs.Signatory(*fields)


def test_a_signatory_s_name_with_a_control_character_is_shown() -> None:
    with pytest.raises(cs.errors.LetterError, match=r"signatory, name: got '\\x1fMs Lee' with a"):
        cs.Signatory("ceo", "\x1fMs Lee", "Chief Executive")


def test_some_letters_alone_can_be_rendered_in_the_order_of_the_draw() -> None:
    """'unit_ids: those that came back for rework, or a substitute from the reserves.'"""
    draw = drawn(*IDS, size=5, reserves=3)
    reserve, last = draw.reserves[0].unit_id, draw.unit_ids[-1]
    contents = {unit_id: entry() for unit_id in (reserve, last)}
    pack = cs.render(
        draw, contents, signatory=SIGNATORY, date=DATE, pdf=False,
        unit_ids=[reserve, last], version=2,
    )  # fmt: skip
    assert [letter.unit_id for letter in pack] == [last, reserve]
    assert [letter.fields["version"] for letter in pack] == [2, 2]
    assert "it was in reserve" in pack.files()["pack.html"].decode()
    assert "This pack holds 2 letters" in pack.files()["pack.html"].decode()


# ---- Templates ---------------------------------------------------------------------------------


def test_the_default_template_given_as_text_makes_the_same_letters() -> None:
    """One renders here and the other in a process of its own, under limits."""
    path = resources.files("ceosample.letters") / "templates" / "letter.html"
    contents = {"A-1": entry(recipient="<Ann> & 'Bob'", body="شكرا\n\nOne\ntwo"), "B-2": entry()}
    head = ["The Bank", "2 High Street"]
    ours = render("A-1", "B-2", contents=contents, letterhead=head)
    own = render("A-1", "B-2", contents=contents, letterhead=head, template=path.read_text("utf-8"))
    assert own.files() == ours.files()


def test_a_template_can_extend_the_default_one() -> None:
    """'template: it may extend `letter.html`.'"""
    own = '{% extends "letter.html" %}{% block closing %}<p>{{ closing }} and bye</p>{% endblock %}'
    assert "Yours sincerely, and bye" in says(render(template=own))


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("<p>{{ body }}</p>", "the element 'approval' is missing"),
        ('{% call element("approval") %} {% endcall %}', "the element 'approval' is empty"),
        ('{% extends "letter.html" %}{% block approval %}{% endblock %}', "'approval' is missing"),
        (
            '{% call element("right_to_refer") %}\n{% endcall %}' + APPROVED,
            "'right_to_refer' is empty",
        ),
    ],
)
def test_a_letter_without_what_is_signed_is_refused(template: str, message: str) -> None:
    """'A mandatory element is marked {% call element(...) %} and must not be empty.'"""
    assert message in refusal_of(template=template)


def test_a_blank_line_starts_a_paragraph_and_a_line_end_is_kept() -> None:
    """'Body text is plain; a blank line starts a paragraph.'"""
    body = "\n\nOne,\r\ntwo.\n \t\n\nThree  four.\n"
    pack = render(contents={"A-1": entry(body=body)})
    assert tree.to_html(part(pack, "body")) == (
        '<p dir="ltr">One,<br>two.</p><p dir="ltr">Three four.</p>'
    )


def test_a_paragraph_runs_in_the_direction_of_its_first_letter() -> None:
    pack = render(contents={"A-1": entry(body="42 شكرا thanks\n\nthanks شكرا")})
    directions = [node["attributes"] for node in part(pack, "body") if isinstance(node, dict)]
    assert directions == [{"dir": "rtl"}, {"dir": "ltr"}]


# ---- Files -------------------------------------------------------------------------------------


def test_a_letter_is_the_bytes_of_its_file() -> None:
    """'letters/NAME.json: canonical JSON of population, period, unit_id, version, language,
    signatory, date, tree. Its SHA-256 is the letter's digest ... The first 8 hex digits are printed
    on the letter as its code.'"""
    pack = render("A-1", "B-2", version=3)
    for letter_ in pack:
        data = pack.files()[f"letters/{letter_.name}.json"]
        fields = json.loads(data)
        assert data == rfc8785.dumps(fields) + b"\n"
        assert {**fields, "tree": ...} == {
            "population": "complaint-responses", "period": "2026-10", "unit_id": letter_.unit_id,
            "version": 3, "language": "en", "date": "2026-11-02", "tree": ...,
            "signatory": {"id": "ceo", "name": "Margaret Llewelyn", "title": "Chief Executive"},
        }  # fmt: skip
        assert letter_.digest == hashlib.sha256(data).hexdigest()
        assert letter_.code == letter_.digest[:8]
        assert f"Code {letter_.code}" in pack.files()["pack.html"].decode()


def test_the_pack_names_its_files_and_letters_with_their_digests() -> None:
    """'pack.json: draw digest, registration event's hash, letter digests in order, files with their
    digests. Its SHA-256 is the pack's digest.'"""
    draw = drawn("A-1", "B-2", "C-3")
    contents = {unit_id: entry() for unit_id in draw.unit_ids}
    pack = cs.render(draw, contents, signatory=SIGNATORY, date=DATE, registration=HEAD, pdf=False)
    files = pack.files()
    fields = json.loads(files["pack.json"])
    assert files["pack.json"] == rfc8785.dumps(fields) + b"\n"
    assert pack.digest == hashlib.sha256(files["pack.json"]).hexdigest()
    assert (fields["draw"], fields["registration"]) == (draw.digest, HEAD)
    assert [letter["unit_id"] for letter in fields["letters"]] == list(draw.unit_ids)
    assert [letter["letter"] for letter in fields["letters"]] == [letter.digest for letter in pack]
    others = {name: data for name, data in files.items() if name != "pack.json"}
    assert fields["files"] == {n: hashlib.sha256(data).hexdigest() for n, data in others.items()}
    assert HEAD in files["pack.html"].decode()


def test_a_preview_is_registered_nowhere_and_says_so() -> None:
    """'None for a preview, which the ledger will not send.'"""
    pack = render()
    assert pack.registration is None
    assert "not registered yet" in pack.files()["pack.html"].decode()


@pytest.mark.parametrize(
    ("unit_id", "stem"),
    [
        ("CR-1042", "CR-1042"),
        ("a.b_c-9", "a.b_c-9"),
        ("A" * 64, "A" * 64),
        ("A" * 65, hashlib.sha256(b"A" * 65).hexdigest()[:16]),
        ("../../etc/passwd", hashlib.sha256(b"../../etc/passwd").hexdigest()[:16]),
        ("C:\\x", hashlib.sha256(b"C:\\x").hexdigest()[:16]),
        ("Gŵyn-77", hashlib.sha256("Gŵyn-77".encode()).hexdigest()[:16]),
        ("a b", hashlib.sha256(b"a b").hexdigest()[:16]),
        ("CON", "CON"),
        ("..", ".."),
        ("A..1", "A..1"),
    ],
)
def test_a_letters_file_is_named_by_its_number_and_its_id(
    unit_id: str, stem: str, tmp_path: Path
) -> None:
    """'NAME is the letter's number in the pack, four digits, -, and the id if it is
    [A-Za-z0-9._-]{1,64}, else the first 16 hex digits of SHA-256(id).'"""
    pack = render(unit_id)
    assert set(pack.files()) == {f"letters/0001-{stem}.json", "pack.html", "pack.json"}
    pack.save(tmp_path)
    assert cs.Pack.load(tmp_path).files() == pack.files()


def test_the_same_letters_are_the_same_bytes() -> None:
    contents = {"A-1": entry(DOCKET), "B-2": entry()}
    backwards = dict(reversed(contents.items()))
    first, again = (render("A-1", "B-2", contents=given) for given in (contents, backwards))
    assert first.files() == again.files()


def test_a_pack_is_read_back_from_wherever_its_folder_went(tmp_path: Path) -> None:
    """'Pack.load(folder) reads it back: signing happens weeks later, in another process.'"""
    pack = render("A-1", "Gŵyn-77", "../x", registration=HEAD)
    pack.save(tmp_path / "october")
    shutil.move(tmp_path / "october", tmp_path / "elsewhere")
    again = cs.Pack.load(tmp_path / "elsewhere")
    assert again.files() == pack.files()
    assert again.letters == pack.letters
    assert [letter.tree for letter in again] == [letter.tree for letter in pack]
    assert (again.digest, again.draw, again.registration) == (pack.digest, pack.draw, HEAD)
    assert (again.period, again.population, str(again)) == (pack.period, pack.population, str(pack))


def test_a_changed_byte_in_any_file_is_refused_by_the_files_name(tmp_path: Path) -> None:
    """'A file is missing or is not the one that pack.json names.'"""
    pack = render("A-1", "B-2")
    for name, data in pack.files().items():
        if name == "pack.json":
            continue
        for place in (0, len(data) // 2, len(data) - 1):
            folder = tmp_path / f"{name.replace('/', '-')}-{place}"
            pack.save(folder)
            changed = bytes([*data[:place], data[place] ^ 1, *data[place + 1 :]])
            (folder / name).write_bytes(changed)
            with pytest.raises(cs.errors.RecordError, match=re.escape(str(folder / name))):
                cs.Pack.load(folder)


def test_a_file_that_is_gone_is_refused_by_its_name(tmp_path: Path) -> None:
    pack = render("A-1")
    for name in pack.files():
        folder = tmp_path / name.replace("/", "-")
        pack.save(folder)
        (folder / name).unlink()
        with pytest.raises(cs.errors.RecordError, match=re.escape(str(folder / name))):
            cs.Pack.load(folder)


Change = Callable[[dict[str, Any]], object]

HOSTILE_CHANGES: dict[str, Change] = {
    **{
        name: lambda fields, name=name: fields["files"].update({name: "0" * 64})  # type: ignore[misc]
        for name in ("../x", "letters/../../x", "/etc/passwd", "..", ".", "letters", "a\\b", "C:x",
                     "pack.html\n", "", "letters/", "letters/0001-a/b", "pack.json")
    },
    "files is a list": lambda fields: fields.update(files=list(fields["files"])),
    "files is null": lambda fields: fields.update(files=None),
    "files is gone": lambda fields: fields.pop("files"),
    "a digest is a number": lambda fields: fields["files"].update({"pack.html": 5}),
    "letters is an object": lambda fields: fields.update(letters={}),
    "letters is null": lambda fields: fields.update(letters=None),
    "letters is gone": lambda fields: fields.pop("letters"),
    "a letter is text": lambda fields: fields.update(letters=["A-1"]),
    "a letter has no name": lambda fields: fields["letters"][0].pop("name"),
    "a letter has no digest": lambda fields: fields["letters"][0].pop("letter"),
    "a letter's name is a path": lambda fields: fields["letters"][0].update(name="../../x"),
    "a letter is another's": lambda fields: fields["letters"][0].update(unit_id="C-3"),
    "a letter stands twice": lambda fields: fields["letters"].append(fields["letters"][0]),
    "the signatory has no name": lambda fields: fields.update(signatory={}),
    "the scheme is another": lambda fields: fields.update(scheme="ceosample/2"),
}  # fmt: skip


@pytest.mark.parametrize("change", HOSTILE_CHANGES.values(), ids=map(repr, HOSTILE_CHANGES))
def test_a_pack_that_was_tampered_with_is_refused_as_a_record(
    change: Change, tmp_path: Path
) -> None:
    """'RecordError: a file is missing or is not the one that pack.json names', whatever it names;
    `pack.json` may come from anybody's mail."""
    render("A-1", "B-2").save(tmp_path)
    fields = json.loads((tmp_path / "pack.json").read_bytes())
    change(fields)
    (tmp_path / "pack.json").write_bytes(rfc8785.dumps(fields) + b"\n")
    with pytest.raises(cs.errors.RecordError):
        cs.Pack.load(tmp_path)


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"null", b"\xff", b'{"a":1,"a":2}', b"[" * 9999]
)
def test_a_pack_that_is_no_pack_is_refused_by_its_file(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "pack.json").write_bytes(data)
    with pytest.raises(cs.errors.RecordError, match=re.escape(str(tmp_path / "pack.json"))):
        cs.Pack.load(tmp_path)


def saved(pack: cs.Pack) -> dict[str, bytes]:
    """Every file that saving it writes."""
    others = {"room.html": pack.room(), "verifier.html": cs.verification.verifier_page()}
    return dict(sorted({**pack.files(), **others}.items()))


def contents_of(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_another_pack_does_not_overwrite_the_one_that_is_there(tmp_path: Path) -> None:
    """'ConflictError: the folder holds another pack, which stays.'"""
    first = render("A-1", "B-2")
    second = render("A-1", "B-2", contents={"A-1": entry(body="Another."), "B-2": entry()})
    first.save(tmp_path)
    before = contents_of(tmp_path)
    with pytest.raises(cs.errors.ConflictError, match="another pack already exists"):
        second.save(tmp_path)
    assert contents_of(tmp_path) == before == saved(first)


def test_saving_the_same_pack_twice_changes_nothing(tmp_path: Path) -> None:
    """'Running the same draw again changes nothing.'"""
    render("A-1").save(tmp_path)
    times = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    render("A-1").save(tmp_path)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == times


def test_what_a_stopped_run_left_behind_is_written_again(tmp_path: Path) -> None:
    """'Every file is written beside its place and renamed, so it is there whole or not at all.'"""
    pack = render("A-1")
    (tmp_path / "letters").mkdir()
    (tmp_path / "pack.html").write_bytes(b"half a pa")
    (tmp_path / "letters" / "0001-A-1.json").write_bytes(b"{")
    pack.save(tmp_path)
    assert contents_of(tmp_path) == saved(pack)


# ---- Paper -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def paper() -> cs.Pack:
    """Two letters with their dockets, as PDF."""
    contents = {
        "A-1": entry(DOCKET, body="First body.\n\n" + "A paragraph of some words. " * 300),
        "B-2": entry(DOCKET, body="Second body.", recipient="Gwýneth Łukasz Σωκράτης Иван"),
    }
    return render(
        "A-1", "B-2", contents=contents, letterhead=["The Bank"], registration=HEAD, pdf=True
    )


def reader(data: bytes) -> pypdf.PdfReader:
    """A PDF, opened strictly."""
    return pypdf.PdfReader(io.BytesIO(data), strict=True)


def pages_of(data: bytes) -> list[str]:
    """The text of each page, white space folded."""
    return [" ".join(page.extract_text().split()) for page in reader(data).pages]


def test_a_pack_on_paper_is_one_file_and_a_file_for_each_letter(paper: cs.Pack) -> None:
    """'letters/NAME.pdf: the letter alone, for posting'; 'pack.html, pack.pdf'."""
    names = {f"letters/{letter.name}.{kind}" for letter in paper for kind in ("json", "pdf")}
    assert set(paper.files()) == {*names, "pack.html", "pack.pdf", "pack.json"}


def test_pages_are_the_same_bytes_when_rendered_again() -> None:
    """'timestamp= takes an aware datetime and is the letter's date.'"""
    first, again = (render("A-1", contents={"A-1": entry(DOCKET)}, pdf=True) for _ in range(2))
    assert first.files() == again.files()


def test_every_pdf_is_to_be_kept_and_to_be_read_aloud(paper: cs.Pack) -> None:
    """'PDF/A-2a that is PDF/UA-1 too.'"""
    titles = {"pack.pdf": "Responses for signature: complaint-responses, October 2026"}
    titles |= {f"letters/{letter.name}.pdf": f"Response {letter.unit_id}" for letter in paper}
    for name, title in titles.items():
        pdf = reader(paper.files()[name])
        root: Any = pdf.trailer["/Root"]
        xmp = root["/Metadata"].get_object().get_data().decode()
        said = {
            key: re.findall(rf'<{key}>([^<]*)<|{key}="([^"]*)"', xmp)
            for key in ("pdfaid:part", "pdfaid:conformance", "pdfuaid:part")
        }
        assert {key: "".join(*found) for key, found in said.items()} == {
            "pdfaid:part": "2", "pdfaid:conformance": "A", "pdfuaid:part": "1"
        }  # fmt: skip
        assert pdf.metadata is not None
        assert pdf.metadata.title == title
        assert root["/Lang"] == "en"
        assert root["/MarkInfo"]["/Marked"]
        assert "/Encrypt" not in pdf.trailer


def test_a_letter_for_posting_holds_nothing_of_its_docket(paper: cs.Pack) -> None:
    """'The docket: the inside page about a letter, never posted.'"""
    inside = ("Inside page", "Docket", "Ticket", "not posted", "h-001", "telephone", "Days open")
    for letter_ in paper:
        text = " ".join(pages_of(paper.files()[f"letters/{letter_.name}.pdf"]))
        assert not [words for words in inside if words in text]
        assert letter_.code in text
        assert "I am Margaret Llewelyn, Chief Executive, and I approve this response." in text


def test_a_letter_on_paper_says_what_its_tree_says(paper: cs.Pack) -> None:
    """'The tree is what is hashed, what is printed and what is shown, so they cannot differ.'"""
    for letter_ in paper:
        pages = pages_of(paper.files()[f"letters/{letter_.name}.pdf"])
        number = len(pages)
        feet = [f"Code {letter_.code} Page {page} of {number}" for page in range(1, number + 1)]
        body = "".join(page.removesuffix(foot) for page, foot in zip(pages, feet, strict=True))
        signed = "".join(tree.to_text(letter_.tree).split()) + "MargaretLlewelynChiefExecutive"
        assert "".join(body.split()) == signed


def test_the_pack_is_a_cover_a_list_and_each_docket_before_its_letter(paper: cs.Pack) -> None:
    """'Pack: cover sheet, docket, letters.'"""
    # Backs that are left blank are looked at in test_paper.py.
    cover, listed, *rest = filter(None, pages_of(paper.files()["pack.pdf"]))
    assert cover.startswith("The Bank Responses for signature complaint-responses, October 2026 ")
    assert HEAD in cover
    assert listed.startswith("The letters")
    for number, letter_ in enumerate(paper, 1):
        docket, *rest = rest
        assert docket.startswith(f"Docket {number} of 2 Inside page: not posted {letter_.unit_id}")
        assert f"{number} {letter_.unit_id} Cards {letter_.code}" in listed
        alone = pages_of(paper.files()[f"letters/{letter_.name}.pdf"])
        assert rest[: len(alone)] == alone
        rest = rest[len(alone) :]
    assert rest == []


def test_a_pack_on_paper_is_read_back_too(paper: cs.Pack, tmp_path: Path) -> None:
    paper.save(tmp_path)
    assert cs.Pack.load(tmp_path).files() == paper.files()
    name = f"letters/{paper.letters[0].name}.pdf"
    (tmp_path / name).write_bytes(paper.files()[name] + b"\n")
    with pytest.raises(cs.errors.RecordError, match=re.escape(name)):
        cs.Pack.load(tmp_path)


@pytest.mark.slow
def test_a_pack_of_more_than_250_letters_is_several_files(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """'pack.pdf (pack-1.pdf, ... above 250 letters)'; each begins with the cover and the list of
    its own letters: one of all would be set again and again."""
    assert (set_pack.LETTERS_A_PDF, set_pack.LETTERS_A_PART) == (250, 100)
    # A fiftieth of both shows the same, in a fiftieth of the time.
    monkeypatch.setattr(set_pack, "LETTERS_A_PDF", 5)
    monkeypatch.setattr(set_pack, "LETTERS_A_PART", 2)
    at_the_limit = render(*(f"R-{number}" for number in range(5)), pdf=True).files()
    assert "pack.pdf" in at_the_limit
    files = render(*(f"R-{number}" for number in range(6)), pdf=True).files()
    assert {name for name in files if not name.startswith("letters/")} == {
        "pack-1.pdf", "pack-2.pdf", "pack-3.pdf", "pack.html", "pack.json"
    }  # fmt: skip
    for number, (first, last) in enumerate([(1, 2), (3, 4), (5, 6)], 1):
        pages = pages_of(files[f"pack-{number}.pdf"])
        cover, *rest = pages
        dockets = [n for n, page in enumerate(pages) if page.startswith("Docket")]
        assert all(n % 2 == 0 and pages[n + 1] == "" for n in dockets)  # each on a sheet of its own
        assert cover.startswith("Responses for signature")
        assert rest[0].startswith(f"Letters {first} to {last} of 6")
        found = re.findall(r"Docket (\d+) of 6 ", " ".join(rest))
        assert found == [str(letter) for letter in range(first, last + 1)]
        before_dockets = " ".join(rest).partition("Docket ")[0]
        listed = re.findall(r"(\d+) R-\d+ Cards [0-9a-f]{8} \d+", before_dockets)
        assert listed == found


@pytest.mark.parametrize("where", ["recipient", "body", "subject"])
def test_a_character_that_no_font_has_is_an_error_that_names_letter_and_character(
    where: str,
) -> None:
    """'0.15.2 is the first whose errors name the character that no font has.'"""
    contents = {"A-1": entry(), "B-2": entry(**{where: "Dear 漢"})}
    with pytest.raises(cs.errors.LetterError) as caught:
        render("A-1", "B-2", contents=contents, pdf=True)
    (fault,) = caught.value.faults
    assert fault.startswith("letter B-2: no font has 漢 (U+6F22)")
    assert "fonts=" in fault


def test_a_character_that_no_font_has_names_the_letter_whose_docket_holds_it() -> None:
    """'An error says where, what it got and what to do.'"""
    contents = {"A-1": entry(), "B-2": entry({"author": "張偉"})}
    with pytest.raises(cs.errors.LetterError, match=r"(?s)B-2.*U\+5F35"):
        render("A-1", "B-2", contents=contents, pdf=True)


def test_pdf_is_made_by_default_where_typst_is_installed() -> None:
    assert "pack.pdf" in render(pdf=None).files()


WITHOUT_TYPST = """
    import sys

    class Without:
        def __init__(self, finder):
            self.finder = finder
        def find_spec(self, name, path=None, target=None):
            if name.partition(".")[0] != "typst":
                return self.finder.find_spec(name, path, target)
        def __getattr__(self, name):
            return getattr(self.finder, name)

    sys.meta_path[:] = [Without(finder) for finder in sys.meta_path]

    import datetime, json, warnings
    import ceosample as cs

    frame = cs.Frame.from_records([{"id": "A-1"}], population="p", period="2026-10", unit_id="id")
    seed = cs.Seed.from_dice("83019274650192837465", witnesses=["internal audit"])
    draw = cs.draw(frame, cs.Plan(size=1), seed)
    fields = dict.fromkeys(("recipient", "salutation", "subject", "body", "closing"), "x")
    said = {}
    for pdf in (None, False, True):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                pack = cs.render(
                    draw, {"A-1": {"letter": {**fields, "address": []}}}, pdf=pdf,
                    signatory=cs.Signatory("ceo", "Margaret Llewelyn", "Chief Executive"),
                    date=datetime.date(2026, 11, 2),
                )
                files = sorted(pack.files())
            except cs.errors.MissingPartError as error:
                files = str(error)
        warned = [str(warning.message) for warning in caught]
        said[str(pdf)] = [files, warned, [warning.filename for warning in caught]]
    print(json.dumps(said))
"""


def test_without_typst_html_is_written_with_one_warning_and_pdf_is_refused() -> None:
    """'By default PDF if the extra is installed, and a warning if it is not'; '69: a part that is
    not installed (the message names the extra)'."""
    ended = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(WITHOUT_TYPST)], capture_output=True, check=True
    )
    said = json.loads(ended.stdout)
    files = ["letters/0001-A-1.json", "pack.html", "pack.json"]
    html, (warning,), (place,) = said["None"]
    assert html == files
    assert "ceosample[pdf]" in warning
    assert place == "<string>"  # the caller's line, not one of ours
    assert said["False"] == [files, [], []]
    refused, warnings, _ = said["True"]
    assert "pip install 'ceosample[pdf]'" in refused
    assert warnings == []
