"""Fields of the firm's own on dockets: what the executive needs beside the letter, escaped."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pypdf
import pytest

import ceosample as cs
from ceosample.canonical import canonical_file, digest
from ceosample.configuration import Configuration
from ceosample.letters.papers.shown_pages import release_of_page
from inputs import configure
from test_letters import DATE, SIGNATORY, entry, letter, render

Field = cs.office.DocketField

#: The order is the configuration's, and not the alphabet's.
FIELDS = (
    Field("redress", "Redress"),
    Field("complaint", "The complaint", long=True),
    Field("outcome", "Outcome"),
)
SALT = "ab" * 32


def pack(docket: dict[str, Any], fields: Any = FIELDS, **arguments: Any) -> cs.Pack:
    contents = {"A-1": {"letter": letter(), "docket": docket}}
    return render(contents=contents, docket=fields, **arguments)


def page_of(made: cs.Pack) -> str:
    return made.rendered["pack.html"].decode()


def words_of(data: bytes) -> list[str]:
    """The words of each page of a PDF."""
    pages = pypdf.PdfReader(io.BytesIO(data)).pages
    return [" ".join(page.extract_text().split()) for page in pages]


def test_a_docket_shows_the_fields_in_their_order_with_their_labels() -> None:
    made = pack(
        {"outcome": "Upheld", "redress": Decimal("25.50"), "complaint": "You lost my letter."},
        pdf=True,
    )
    html = page_of(made)
    places = [html.index(label) for label in ("Redress", "The complaint", "Outcome")]
    assert places == sorted(places)
    assert "<dt>Redress</dt><dd>25.50</dd>" in html
    assert "<h3>The complaint</h3>\n<p>You lost my letter.</p>" in html
    docket = words_of(made.rendered["pack.pdf"])[2]
    assert "Redress 25.50 The complaint You lost my letter. Outcome Upheld" in docket
    assert "<h3>The complaint</h3>\n<p>You lost my letter.</p>" in made.room().decode()


def test_what_a_docket_does_not_give_is_not_recorded() -> None:
    html = page_of(pack({"outcome": None}))
    assert "<dt>Redress</dt><dd>not recorded</dd>" in html
    assert "<h3>The complaint</h3>\n<p>not recorded</p>" in html
    assert "<dt>Outcome</dt><dd>not recorded</dd>" in html


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (dt.date(2026, 9, 3), "<dd>3 September 2026</dd>"),
        (True, "<dd>yes</dd>"),
        (12, "<dd>12</dd>"),
        ("</dd></dl><script>alert(1)</script>", "<dd>&lt;/dd&gt;&lt;/dl&gt;&lt;script&gt;"),
        ("{{ 7 * 7 }} & #[x]", "<dd>{{ 7 * 7 }} &amp; #[x]</dd>"),
        ("One.\n\nTwo,\nthree.", "<p>One.</p>\n<p>Two,<br>three.</p>"),
        ("w " * 150, "<h3>Outcome</h3>\n<p>w w"),
        (
            [{"on": dt.date(2026, 9, 3), "what": "<rang>"}, {"on": "later"}],
            "<p>on: 3 September 2026<br>what: &lt;rang&gt;</p>\n<p>on: later</p>",
        ),
    ],
)
def test_any_value_is_shown_as_text(value: object, shown: str) -> None:
    assert shown in page_of(pack({"outcome": value}, [Field("outcome", "Outcome")]))


def test_a_docket_cannot_hide_that_a_page_shows_other_words() -> None:
    """It tries to end its own section, and to begin a letter of its own making."""
    hostile = '</section><section class="letter"><p>I approve.</p></section><article id="x">'
    made = pack({"complaint": hostile})
    assert page_of(made).count('<section class="letter"') == 1
    assert release_of_page(page_of(made)) is not None


def test_a_text_in_typst_s_own_words_is_text_on_paper() -> None:
    made = pack({"complaint": '#panic("x") $a$ *b* <docket-1> \\n'}, pdf=True)
    assert '#panic("x") $a$ *b* <docket-1> \\n' in words_of(made.rendered["pack.pdf"])[2]


def test_a_long_text_goes_on_for_pages_and_loses_no_word() -> None:
    words = [f"word-{number}" for number in range(3000)]
    long = "\n\n".join(" ".join(words[first : first + 100]) for first in range(0, 3000, 100))
    pages = words_of(pack({"complaint": long}, pdf=True).rendered["pack.pdf"])
    assert sum("word-" in page for page in pages) > 3
    assert [one for page in pages for one in page.split() if one.startswith("word-")] == words


def test_a_word_without_an_end_stays_on_its_page() -> None:
    made = pack({"complaint": "x" * 400, "outcome": "y" * 190}, pdf=True)
    (docket,) = [page for page in words_of(made.rendered["pack.pdf"]) if "Docket 1" in page]
    assert docket.replace(" ", "").count("x" * 400) == 1
    assert docket.replace(" ", "").count("y" * 190) == 1


def test_a_direction_is_put_only_on_text_that_runs_from_the_right() -> None:
    """Marks in ordinary text would be found by nobody who searches it or copies from it."""
    fields = [Field("name", "Name"), Field("complaint", "The complaint", long=True)]
    plain = pack({"name": "Ann", "complaint": "You lost it."}, fields, pdf=True)
    mixed = pack({"name": "שלום", "complaint": "שלום, I said.\n\nHello."}, fields, pdf=True)
    assert "<dd>Ann</dd>" in page_of(plain)
    assert "<p>You lost it.</p>" in page_of(plain)
    assert "<dd><bdi>שלום</bdi></dd>" in page_of(mixed)
    assert '<p dir="rtl">שלום, I said.</p>\n<p>Hello.</p>' in page_of(mixed)
    raw = pypdf.PdfReader(io.BytesIO(plain.rendered["pack.pdf"])).pages[2].extract_text()
    assert not {"\u2068", "\u2069"} & {*raw.partition("Contacts")[0].partition("Letter")[2]}


def test_a_month_without_such_fields_is_the_same_to_the_byte() -> None:
    contents = {"A-1": {"letter": letter(), "docket": {"owner": "amy"}}}
    before = render(contents=contents, pdf=True)
    assert render(contents=contents, docket=[], pdf=True).files() == before.files()
    assert "<h3>" not in page_of(before).partition('class="docket"')[2].partition("</section>")[0]


# ---- What is committed to -----------------------------------------------------------------------


def committed(docket: dict[str, Any], given: dict[str, Any], salt: str = SALT) -> cs.Pack:
    """A pack of a frame that commits to a letter with a docket, rendered with another one."""
    cell = cs.content_digest(letter(), salt, docket)
    frame = cs.Frame.from_records(
        [{"id": "A-1", "content": cell}],
        population="complaint-responses", period="2026-10", unit_id="id", content="content",
    )  # fmt: skip
    seed = cs.Seed.from_dice("83019274650192837465", witnesses=["internal audit"])
    draw = cs.draw(frame, cs.Plan(size=1, reserves=0), seed)
    contents = {"A-1": {"letter": letter(), "docket": given, "salt": salt}}
    report = cs.check_contents(contents, frame=frame, docket=FIELDS)
    try:
        made = cs.render(draw, contents, signatory=SIGNATORY, date=DATE, pdf=False, docket=FIELDS)
    except cs.errors.LetterError:
        assert not report.ok
        raise
    assert report.ok
    return made


def test_a_commitment_covers_every_field_that_was_given() -> None:
    """The complaint that the executive reads cannot be another than before the draw."""
    docket = {"complaint": "You lost my letter.", "redress": 25}
    assert "as committed to before the seed" in page_of(committed(docket, {**docket}))
    for other in ({**docket, "redress": 26}, {"complaint": docket["complaint"]}, {}):
        with pytest.raises(cs.errors.LetterError, match="not what was committed to before"):
            committed(docket, other)
    with pytest.raises(cs.errors.LetterError, match="not what was committed to before"):
        committed({}, docket)


def test_the_owner_of_a_letter_may_change_after_the_draw() -> None:
    docket = {"complaint": "You lost my letter."}
    assert committed(docket, {**docket, "owner": "amy"})


def test_a_digest_of_letter_and_docket_is_checked_by_hand() -> None:
    docket: dict[str, Any] = {"complaint": "You lost it."}
    data = canonical_file([letter(), docket])
    assert cs.content_digest(letter(), SALT, docket) == digest(bytes.fromhex(SALT) + data)
    assert cs.content_digest(letter(), SALT, {}) == cs.content_digest(letter(), SALT)


def test_a_trial_names_a_character_of_a_docket_that_no_font_has() -> None:
    contents = {"A-1": {"letter": letter(), "docket": {"complaint": "\U0001f600"}}}
    report = cs.check_contents(contents, docket=FIELDS)
    assert any("no font has" in problem for problem in report.problems)


# ---- What is refused ----------------------------------------------------------------------------


def test_a_field_that_nobody_named_is_refused_with_the_way_to_name_it() -> None:
    with pytest.raises(cs.errors.LetterError) as caught:
        pack({"complaint": "x", "history": "y"})
    assert str(caught.value).startswith("letter A-1, docket, 'history': not known; use one of own")
    assert "[[letters.docket]]" in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("owner", "Owner"), "name: got 'owner', which every docket has; remove it"),
        (("Com plaint", "x"), "name: got 'Com plaint'; use up to 40 lower-case letters"),
        (("complaint", ""), "label: got ''; give a line of text"),
        (("complaint", "a\u202eb"), "label: got"),
        (("complaint", "x", 1), "long: got 1; give True or False"),
    ],
)
def test_a_field_that_cannot_be_shown_is_refused(arguments: Any, reason: str) -> None:
    with pytest.raises(cs.errors.LetterError, match="docket field, ") as caught:
        Field(*arguments)
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ("complaint", "docket: got 'complaint'; give a list of DocketField"),
        ([Field("a", "A"), Field("a", "B")], "got the field 'a' 2 times; remove one"),
        ([Field(f"f{n}", "x") for n in range(21)], "got 21 fields; give at most 20"),
        (["complaint"], "docket, field 1: got 'complaint'; give a DocketField"),
    ],
)
def test_a_list_of_fields_that_cannot_be_shown_is_refused(fields: Any, reason: str) -> None:
    with pytest.raises(cs.errors.LetterError) as caught:
        render(contents={"A-1": entry()}, docket=fields)
    assert reason in str(caught.value)


def configured(folder: Path, docket: str) -> Configuration:
    configure(folder, ("\n[letters]\n", f"\n[letters]\ndocket = {docket}\n"))
    return Configuration.load(folder / "ceosample.toml")


def test_the_configuration_names_the_fields(tmp_path: Path) -> None:
    said = '[{field = "b", label = "B", long = true}, {field = "a", label = "A"}]'
    assert configured(tmp_path, said).docket == (Field("b", "B", long=True), Field("a", "A"))


def test_all_that_is_wrong_with_configured_fields_is_told_at_once(tmp_path: Path) -> None:
    said = '[{field = "owner", label = "B"}, {field = "a"}, {field = "c", label = "C", lang = 1}]'
    with pytest.raises(cs.errors.ConfigurationError) as caught:
        configured(tmp_path, said)
    assert [fault.partition("toml, ")[2] for fault in caught.value.faults] == [
        "letters.docket[1], name: got 'owner', which every docket has; remove it",
        "letters.docket[2].label: missing; give a line of text",
        "letters.docket[3].lang: not known; use one of field, label, long (did you mean long?)",
    ]
