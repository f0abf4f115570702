"""Letters in other languages: whole catalogues, dates and money by locale, hostile fields."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from babel.messages.mofile import read_mo

import catalogues
import ceosample as cs
from ceosample.letters.markup import languages, tree
from ceosample.letters.papers import shell_pages
from ready import MATRIX, contents, pack

pytestmark = pytest.mark.slow

APPROVED = '{% call element("approval") %}<p>.</p>{% endcall %}'
HOSTILE = "<strong>%(x)s</strong> 100 % %s {{ 7 * 7 }} {0} & %(unit_id)s"


def says(made: cs.Pack, unit_id: str = "A-1") -> str:
    """The words of a letter, white space folded."""
    return " ".join(tree.to_text(made[unit_id].tree).split())


def own(template: str, language: str = "en", **fields: Any) -> str:
    """What a template of one's own says of these fields."""
    entry = {"letter": fields, "docket": {}}
    made = pack(entry, template=template + APPROVED, language=language)
    return says(made).removesuffix(" .")


def refusal(template: str, language: str = "en", **fields: Any) -> str:
    """The message that such a letter gets."""
    with pytest.raises(cs.errors.LetterError) as caught:
        own(template, language, **fields)
    return str(caught.value)


# ---- Catalogues ------------------------------------------------------------------------------

BY_LANGUAGE = pytest.mark.parametrize("path", catalogues.CATALOGUES, ids=lambda path: path.stem)


def test_every_catalogue_is_a_language_of_the_templates() -> None:
    assert languages.languages() == ("en", *(path.stem for path in catalogues.CATALOGUES))
    assert "es" in languages.languages()


@BY_LANGUAGE
def test_a_catalogue_has_every_message_of_the_templates_and_no_other(path: Path) -> None:
    """'no message of the templates is missing or fuzzy in Spanish'"""
    there = {message.id: message for message in catalogues.read(path) if message.id}
    assert set(there) == {message.id for message in catalogues.extracted() if message.id}
    assert [name for name, message in there.items() if not message.string or message.fuzzy] == []


@BY_LANGUAGE
def test_a_translation_names_what_the_message_names_and_marks_what_it_marks(path: Path) -> None:
    parts = re.compile(r"%\(\w+\)s|</?\w+>|\{\w+\}")
    for message in catalogues.read(path):
        if message.id:
            assert sorted(parts.findall(str(message.string))) == sorted(
                parts.findall(str(message.id))
            )
            assert str(message.string).count("%") == len(
                re.findall(r"%\(\w+\)s", str(message.string))
            )


@BY_LANGUAGE
def test_a_compiled_catalogue_says_what_its_text_says(path: Path) -> None:
    """'a test that .mo equals the .po compiled'; the header names the release of Babel."""
    with path.with_suffix(".mo").open("rb") as file:
        compiled = {message.id: message.string for message in read_mo(file) if message.id}
    assert compiled == {m.id: m.string for m in catalogues.read(path) if m.id}


@pytest.mark.slow
def test_no_word_of_english_stands_in_a_letter_in_spanish() -> None:
    """'Spanish, complete and idiomatic': every text of ours is another in the two languages."""
    messages = {str(message.id) for message in catalogues.extracted() if message.id}
    ours = {re.sub(r"<[^>]*>", "", text) for text in messages if "%(" not in text}
    for regime, kind in MATRIX:
        entry = contents(regime, kind, refer_now=True)
        english, spanish = (says(pack(entry, language=code)) for code in ("en", "es"))
        assert any(text in english for text in ours)
        assert [text for text in ours if text in spanish] == []


def test_a_letter_in_spanish_reads_as_one() -> None:
    said = says(pack(contents("fca-disp-1.6.2r", "not-upheld"), language="es"))
    assert "2 de noviembre de 2026 Nuestra referencia: A-1" in said
    assert "que recibimos el 7 de septiembre de 2026" in said
    assert "No estimamos su reclamación." in said
    assert "Le pagaremos 25,50 GBP a más tardar el 9 de noviembre de 2026." in said
    assert said.endswith("Soy Margaret Llewelyn, Chief Executive, y apruebo esta respuesta.")


def test_below_a_letter_its_own_language_is_spoken_and_on_the_docket_the_pack_s() -> None:
    made = pack(contents("fca-disp-1.6.2r", "upheld"), language="es")
    letter = made["A-1"]
    html = made.files()["pack.html"].decode()
    assert f'<p class="code">Código {letter.code}</p>' in html
    assert f"</bdi>Code {letter.code}</p>" in html
    assert shell_pages.letter_page(letter)["words"]["page"] == "Página {x} de {y}"


def test_a_region_has_the_words_of_its_language() -> None:
    made = pack(contents("fca-disp-1.6.2r", "upheld"), language="es-US")
    assert "Nuestra referencia" in says(made)
    assert "Le pagaremos GBP 25.50" in says(made).replace("\xa0", " ")
    assert made["A-1"].fields["language"] == "es-US"


def test_our_templates_are_refused_in_a_language_that_they_are_not_in() -> None:
    with pytest.raises(cs.errors.LetterError) as caught:
        pack(contents("fca-disp-1.6.2r", "upheld"), language="cy")
    assert str(caught.value) == (
        "language: got 'cy'; use one of en, es, or give a template of your own"
    )


def test_a_template_of_one_s_own_may_be_in_any_language() -> None:
    assert own("<p>Annwyl {{ name }}, {{ day | longdate }}</p>", "cy", name="Gwen",
               day=dt.date(2026, 11, 2)) == "Annwyl Gwen, 2 Tachwedd 2026"  # fmt: skip
    assert own("<p>dubh</p>", "gd") == "dubh"


def test_no_line_of_english_slips_into_a_letter_in_another_language() -> None:
    """'our ready templates in a language with no catalogue must be refused', in parts too."""
    extends = '{% extends "letter.html" %}'
    fields = dict.fromkeys(("recipient", "salutation", "subject", "body", "closing"), "x")
    message = refusal(extends, "cy", **fields, address=[])
    assert message == (
        "letter A-1: no translation of 'Our reference: <bdi>%(unit_id)s</bdi>': 'cy' has no "
        "catalogue, only en, es have one; write it in a template of your own"
    )
    replaced = extends + "".join(
        f"{{% block {name} %}}<p>{name}</p>{{% endblock %}}" for name in ("reference", "subject")
    )
    whole = replaced + "{% block approval %}" + APPROVED + "{% endblock %}"
    made = pack({"letter": {**fields, "address": []}}, template=whole, language="cy")
    assert "reference" in says(made)
    message = refusal("<p>{% trans %}Ours alone{% endtrans %}</p>", "es")
    assert "no translation of 'Ours alone': the catalogue of 'es' does not have it" in message


def test_a_template_of_one_s_own_can_use_our_messages() -> None:
    template = (
        "<p>{% trans day=day | longdate %}You have until {{ day }} to do so.{% endtrans %}</p>"
    )
    assert own(template, "es", day="2026-11-02") == "Puede hacerlo hasta el 2 de noviembre de 2026."
    assert own(template, "en", day="2026-11-02") == "You have until 2 November 2026 to do so."


# ---- Hostile fields and templates ------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_field_in_a_translated_sentence_is_text_and_no_format(language: str) -> None:
    """'no format-string attack through data; `%` in data harmless'"""
    template = "<p>{% trans day=x %}You have until {{ day }} to do so.{% endtrans %}</p>"
    assert HOSTILE in own(template, language, x=HOSTILE)
    entry = contents("fca-disp-1.6.2r", "upheld", ombudsman={"name": HOSTILE, "website": "x"})
    ready = pack(entry, language=language)
    assert says(ready).count(HOSTILE) == 2
    assert "<strong>%(x)s" not in ready.files()["pack.html"].decode()


def test_a_percent_sign_in_a_template_is_one() -> None:
    assert own("<p>{% trans %}100 % of {{ x }}{% endtrans %}</p>", x="50 %") == "100 % of 50 %"


@pytest.mark.parametrize(
    "expression",
    ["gettext(x)", "_(x)", "_('x')", "ngettext(x, 'b', 1)", "ngettext('a', x, 1)",
     "pgettext('a', x)",
     "gettext(*[x])", "gettext(**{'a': x})", "gettext()", "gettext", "gettext('a' ~ x)",
     "[x] | map('upper') | map(gettext)"],
)  # fmt: skip
def test_a_field_is_never_a_message(expression: str) -> None:
    """Handed to gettext, it would be printed as markup and read as a format."""
    message = refusal(f"<p>{{{{ {expression} }}}}</p>", x="<strong>%(y)s</strong>")
    assert re.match(r"letter A-1: the template, line 1: '\w+' is not for templates", message)


@pytest.mark.parametrize(
    "template",
    ["{% set gettext = x %}", "{% set g = gettext %}", "{% for gettext in [x] %}{% endfor %}",
     "{% macro m(gettext) %}{% endmacro %}", '{% trans "context" %}a{% endtrans %}'],
)  # fmt: skip
def test_the_functions_of_trans_are_not_handed_around(template: str) -> None:
    assert "is not for templates" in refusal(template, x="x")


@pytest.mark.parametrize(
    "value",
    [None, ["a"], {"a": "b"}, float("inf"), ...],
    ids=["null", "list", "map", "inf", "no"],
)
def test_a_translated_sentence_prints_no_null_and_no_list(value: object) -> None:
    fields: dict[str, Any] = {} if value is ... else {"x": value}
    assert refusal("<p>{% trans %}You are {{ x }}.{% endtrans %}</p>", **fields)


def test_things_are_counted_by_the_language() -> None:
    template = "<p>{% trans n=n %}{{ n }} call{% pluralize %}{{ n }} calls{% endtrans %}</p>"
    assert [own(template, n=n) for n in (1, 2)] == ["1 call", "2 calls"]
    assert "as what is counted; give a whole number" in refusal(template, n="2")
    assert "the field 'n' is missing" in refusal(template)


# ---- Dates and money -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "2 November 2026"), ("en-GB", "2 November 2026"), ("en-US", "November 2, 2026"),
     ("es", "2 de noviembre de 2026"), ("cy", "2 Tachwedd 2026"), ("de", "2. November 2026")],
)  # fmt: skip
def test_a_long_date_is_written_as_the_language_writes_it(language: str, text: str) -> None:
    assert own("<p>{{ day | longdate }}</p>", language, day=dt.date(2026, 11, 2)) == text
    assert own("<p>{{ day | longdate }}</p>", language, day="2026-11-02") == text


@pytest.mark.parametrize(
    ("value", "currency", "language", "text"),
    [
        ("1234.5", "GBP", "en", "£1,234.50"),
        (Decimal("1234.50"), "EUR", "en-GB", "€1,234.50"),
        (75, "GBP", "en", "£75.00"),
        ("-0.10", "GBP", "en", "-£0.10"),
        ("1234567.89", "EUR", "es", "1.234.567,89 €"),
        ("1234.5", "GBP", "es", "1234,50 GBP"),
        ("1234", "JPY", "en", "JP¥1,234"),
        ("12.345", "KWD", "en", "KWD 12.345"),
        ("1234.50", "USD", "en-US", "$1,234.50"),
    ],
)
def test_money_is_written_as_the_language_writes_it(
    value: Any, currency: str, language: str, text: str
) -> None:
    said = own("<p>{{ x | money(c) }}</p>", language, x=value, c=currency)
    assert said.replace("\xa0", " ") == text


@pytest.mark.parametrize("value", ["0", "12.5", "-1234567.89", "999999999999999.99"])
@pytest.mark.parametrize("currency", ["GBP", "EUR"])
def test_english_without_babel_is_what_babel_gives(value: str, currency: str) -> None:
    """So a letter in English is the same bytes on a machine with the extra and without it."""
    from babel.numbers import format_currency

    ours = languages.amount(value, currency, "en")
    assert ours == format_currency(Decimal(value), currency, locale="en_GB")


@pytest.mark.parametrize(
    ("value", "currency", "fault"),
    [
        (12.5, "GBP", "money: got a float; give a Decimal"),
        (True, "GBP", "money: got a boolean"),
        ("1,234.50", "GBP", "money: got text of 8 characters; give a Decimal"),
        ("£5", "GBP", "money: got text of 2 characters; give a Decimal"),
        ("١٢", "GBP", "money: got text of 2 characters; give a Decimal"),
        ("1e5", "GBP", "money: got text of 3 characters; give a Decimal"),
        ("9" * 30, "GBP", "money: got a sum too large for a letter"),
        ("12.345", "GBP", "money: got 3 decimals, and GBP has 2"),
        ("0.5", "JPY", "money: got 1 decimals, and JPY has 0"),
        ("5", "£", "money: got text of 1 character as currency"),
        ("5", "ZZZ", "money: got ZZZ, which is not a currency"),
        ("5", 7, "money: got a whole number as currency"),
        (None, "GBP", "the field 'x' is null"),
        (["5"], "GBP", "a list of 1 would be printed"),
    ],
)
def test_a_sum_that_is_not_exact_is_refused(value: Any, currency: Any, fault: str) -> None:
    """'of Decimal/int/text decimals, never float'; nothing is rounded."""
    assert fault in refusal("<p>{{ x | money(c) }}</p>", x=value, c=currency)


def test_a_sum_or_a_date_that_is_missing_says_so() -> None:
    assert "the field 'x' is missing" in refusal("<p>{{ x | money('GBP') }}</p>")
    assert "the field 'c' is missing" in refusal("<p>{{ 5 | money(c) }}</p>")
    assert "the field 'x' is missing" in refusal("<p>{{ x | longdate }}</p>")
    assert "longdate: got text of 1 character; give it a date" in refusal(
        "<p>{{ 'x' | longdate }}</p>"
    )


WITHOUT_BABEL = """
import sys
sys.modules["babel"] = None
sys.path.insert(0, sys.argv[1])
import importlib.util
real = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == "babel" else real(name, *rest)
import ceosample as cs
from ready import contents, pack
from ceosample.letters.markup import tree
entry = contents("fca-disp-1.6.2r", "upheld")
print("£25.50 by 9 November 2026" in tree.to_text(pack(entry)["A-1"].tree))
for call in (lambda: pack(entry, language="es"), lambda: pack(contents(
    "fca-disp-1.6.2r", "upheld", payment={"amount": 1, "currency": "USD", "by": "2026-11-09"}))):
    try:
        call()
    except (cs.errors.MissingPartError, cs.errors.LetterError) as error:
        print(error.exit_code, error)
"""


def test_english_needs_no_extra_and_another_language_names_it() -> None:
    """'English long date works without Babel as today'; '69: the message names the extra'."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_BABEL, str(Path(__file__).parent)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == [
        "True",
        "69 letters in 'es': Babel is not installed; pip install 'ceosample[locale]'",
        "65 letter A-1: USD in 'en': Babel is not installed; pip install 'ceosample[locale]'",
    ]
