"""Languages of letters with scripts and regions: numbers, the words below a letter, PDF, HTML."""

from __future__ import annotations

import datetime as dt
import io
import json
import unicodedata
from decimal import Decimal
from typing import Any

import pikepdf
import pypdfium2
import pytest

import ceosample as cs
from ceosample.configuration.keys import KEYS
from ceosample.letters.markup import languages, numbers
from ceosample.letters.markup.page_words import LONGEST, PAGE_WORDS, is_page_words, page_words
from ceosample.letters.papers import shell_pages
from ceosample.letters.pdf.language import typst_tag
from cldr_numbers import PLACE
from ready import pack

APPROVED = '{% call element("approval") %}<p>.</p>{% endcall %}'
OWN = "<p>{{ sum | money('EUR') }}, {{ day | longdate }}</p>" + APPROVED
ENTRY = {"letter": {"sum": "1234.50", "day": "2026-11-02"}, "docket": {}}


def own(language: str, **more: Any) -> cs.Pack:
    return pack(ENTRY, template=OWN, language=language, **more)


# ---- Numbers ---------------------------------------------------------------------------------

#: As ICU 78.2 with CLDR 48 writes them (Node's Intl.NumberFormat), but for kinds of spaces.
ICU = [
    ("es", "EUR", "1234.50", "1234,50 €"),
    ("es", "EUR", "12345.50", "12.345,50 €"),
    ("es-ES", "EUR", "1234.50", "1234,50 €"),
    ("es-MX", "EUR", "1234.50", "EUR 1,234.50"),
    ("es-419", "EUR", "1234.50", "EUR 1,234.50"),
    ("pl", "PLN", "1234.50", "1234,50 zł"),
    ("pl", "PLN", "12345.50", "12 345,50 zł"),
    ("pt-PT", "EUR", "1234.50", "1234,50 €"),
    ("pt-PT", "EUR", "12345.50", "12 345,50 €"),
    ("pt-BR", "BRL", "1234.50", "R$ 1.234,50"),
    ("it", "EUR", "1234.50", "1234,50 €"),
    ("it", "EUR", "12345.50", "12.345,50 €"),
    ("bg", "EUR", "1234.50", "1234,50 €"),
    ("sl", "EUR", "1234.50", "1234,50 €"),
    ("lv", "EUR", "1234.50", "1234,50 €"),
    ("et", "EUR", "1234.50", "1234,50 €"),
    ("hy", "AMD", "1234.50", "1234,50 ֏"),
    ("ee", "GHS", "12345.50", "GH₵12345.50"),
    ("ee", "GHS", "123456.50", "GH₵123,456.50"),
    ("de", "EUR", "1234.50", "1.234,50 €"),
    ("sv", "SEK", "-1234.50", "−1 234,50 kr"),
    ("zh-Hant", "TWD", "1234.50", "$1,234.50"),
    ("ar", "SAR", "1234.50", "\u200f1,234.50 ر.س.\u200f"),
    ("ar", "SAR", "-1234.50", "\u200f\u200e-1,234.50 ر.س.\u200f"),
    ("ar-EG", "EGP", "1234.50", "\u200f١٬٢٣٤٫٥٠ ج.م.\u200f"),
    ("ar-SA", "SAR", "1234.50", "\u200f١٬٢٣٤٫٥٠ ر.س.\u200f"),
    ("he", "ILS", "1234.50", "\u200f1,234.50 \u200f₪"),
    ("bn", "BDT", "123456.50", "১,২৩,৪৫৬.৫০৳"),
]


@pytest.mark.parametrize(("language", "currency", "value", "text"), ICU)
def test_money_is_what_icu_writes(language: str, currency: str, value: str, text: str) -> None:
    """'Spanish letters print `1.234,50 €` where ICU prints `1234,50 €`'"""
    said = languages.amount(value, currency, language)
    assert said.replace("\xa0", " ").replace("\u202f", " ") == text


def test_the_table_of_grouping_is_cldr_s_and_says_whence() -> None:
    data = json.loads(PLACE.read_text("utf-8"))
    assert set(data) == {"source", "version", "licence", "how", "minimum_grouping_digits", "digits"}
    assert data["source"].startswith("Unicode CLDR")
    assert data["version"].split(".")[0].isdigit()
    assert all(
        digits != data["minimum_grouping_digits"].get(tag.rpartition("-")[0], 1)
        for tag, digits in data["minimum_grouping_digits"].items()
    )
    for digits in data["digits"].values():
        assert [unicodedata.decimal(digit, -1) for digit in digits] in ([*range(10)], [-1] * 10)
    assert [numbers.minimum_grouping_digits(tag) for tag in ("es-AR", "es-XK", "und")] == [1, 2, 1]


STRONG = ("L", "R", "AL", "EN", "AN")


def shown(text: str) -> str:
    """A line in the order in which it stands on paper, where the words around run from the right.

    As Unicode's rules have it, for what a sum has: letters, figures and marks, nothing embedded.
    """
    kinds = [unicodedata.bidirectional(one) for one in text]
    strong = "R"
    for place, kind in enumerate(kinds):
        if kind in ("L", "R", "AL"):
            strong = kind
        elif kind == "EN":
            kinds[place] = {"AL": "AN", "L": "L"}.get(strong, kind)
    for place in range(1, len(kinds) - 1):
        if kinds[place] in ("CS", "ES") and kinds[place - 1] == kinds[place + 1]:
            kinds[place] = kinds[place - 1]
    runs: list[tuple[bool, str]] = []
    for place, kind in enumerate(kinds):
        before = next((one for one in reversed(kinds[:place]) if one in STRONG), "R")
        after = next((one for one in kinds[place:] if one in STRONG), "R")
        from_left = kind in ("L", "EN", "AN") or (kind not in STRONG and before == after == "L")
        if runs and runs[-1][0] == from_left:
            runs[-1] = from_left, runs[-1][1] + text[place]
        else:
            runs.append((from_left, text[place]))
    line = "".join(run if from_left else run[::-1] for from_left, run in reversed(runs))
    return "".join(one for one in line if unicodedata.category(one) != "Cf").replace("\xa0", " ")


def test_what_a_line_looks_like_is_judged_rightly_here() -> None:
    """The faults that were seen on paper."""
    assert shown("ا \u200f1,234.50\xa0US$ ب") == "ب $US 1,234.50 ا"
    assert shown("ا \u200f1,234.50\xa0ر ب") == "ب ر 1,234.50 ا"
    assert shown("ا \u200f\u200e-1,234.50\xa0US$ ب") == "ب $-1,234.50 US ا"


@pytest.mark.parametrize(
    ("language", "currency", "value", "paper"),
    [
        ("ar", "GBP", "1234.50", "ب UK£ 1,234.50 ا"),
        ("ar", "USD", "-1234.50", "ب US$ -1,234.50 ا"),
        ("ar-EG", "USD", "1234.50", "ب US$ ١٬٢٣٤٫٥٠ ا"),
        ("ur", "USD", "1234.50", "ب $1,234.50 ا"),
        ("ur", "USD", "-1234.50", "ب -$1,234.50 ا"),
        ("he", "AUD", "1234.50", "ב A$ 1,234.50 א"),
    ],
)
def test_a_sum_stands_in_one_piece_among_words_from_the_right(
    language: str, currency: str, value: str, paper: str
) -> None:
    """'Arabic money stands on the page as people write it': `US$` was `$US` there."""
    before, after = ("א", "ב") if language == "he" else ("ا", "ب")
    line = f"{before} {languages.amount(value, currency, language)} {after}"
    assert shown(line) == paper


def test_dates_and_page_numbers_have_the_digits_of_the_money() -> None:
    day = dt.date(2026, 11, 2)
    assert languages.long_date(day, "ar-EG") == "٢ نوفمبر ٢٠٢٦"
    assert languages.long_date(day, "ar") == "2 نوفمبر 2026"
    assert page_words("ar-EG")["digits"] == "٠١٢٣٤٥٦٧٨٩"
    assert "digits" not in page_words("ar")


# ---- Tags ------------------------------------------------------------------------------------

TAGS = (
    "es-419", "zh-Hant", "zh-Hans", "zh-Hant-HK", "sr-Latn", "sr-Latn-RS", "sr-Cyrl", "pt-BR",
    "en-GB", "en-001", "pa-Arab", "yue-Hans", "ca-ES-valencia", "de-CH-1996", "zh-Hant-US", "es-AQ",
)  # fmt: skip


@pytest.mark.parametrize("language", TAGS)
def test_a_language_may_have_a_script_a_region_and_a_variant(language: str) -> None:
    """'`es-419` and `zh-Hant` are languages'"""
    assert languages.is_language(language)
    assert KEYS["letters"]["language"].check(language)
    assert languages.long_date(dt.date(2026, 11, 2), language)
    assert languages.amount(Decimal("1234.50"), "EUR", language)


@pytest.mark.parametrize(
    ("given", "meant"),
    [("zh-hant", "zh-Hant"), ("en_GB", "en-GB"), ("ES-419", "es-419"), ("sr-latn-rs", "sr-Latn-RS"),
     ("english", None), ("e", None), ("zh-Hant-", None), ("es-41", None), ("en-GB\n", "en-GB")],
)  # fmt: skip
def test_another_way_of_writing_it_is_refused_with_the_right_one(
    given: str, meant: str | None
) -> None:
    with pytest.raises(cs.errors.LetterError) as caught:
        own(given)
    hint = "" if meant is None else f": did you mean {meant}?"
    assert str(caught.value).endswith(f"such as 'en', 'en-GB' or 'zh-Hant'{hint}")
    assert not KEYS["letters"]["language"].check(given)


def test_our_templates_speak_spanish_in_all_its_regions() -> None:
    assert languages.catalogue("es-419").gettext("Code {code}") == "Código {code}"
    assert page_words("es-419") == page_words("es")


@pytest.mark.parametrize(
    ("language", "direction"),
    [("zh-Hant", "ltr"), ("ar-EG", "rtl"), ("pa-Arab", "rtl"), ("ur-Latn", "ltr"), ("ks", "rtl")],
)
def test_a_page_has_the_language_and_the_direction_of_its_script(
    language: str, direction: str
) -> None:
    html = own(language).files()["pack.html"].decode()
    assert f'lang="{language}" dir="{direction}"' in html


@pytest.mark.slow
def test_a_pdf_has_the_whole_tag_and_the_same_bytes_each_time() -> None:
    words = {"page": "Hoja {x}/{y} #[*a*] $b$"}
    made = own("es-419", pdf=True, page_words=words).files()
    again = own("es-419", pdf=True, page_words=words).files()
    page = pypdfium2.PdfDocument(made["letters/0001-A-1.pdf"])[0]
    assert "Hoja 1/1 #[*a*] $b$" in page.get_textpage().get_text_bounded()
    for name in ("pack.pdf", "letters/0001-A-1.pdf"):
        assert made[name] == again[name]
        with pikepdf.open(io.BytesIO(made[name])) as pdf:
            objects = [one for one in pdf.objects if isinstance(one, pikepdf.Dictionary)]
            assert {str(one["/Lang"]) for one in objects if "/Lang" in one} <= {"en", "es-419"}
            assert pdf.check_pdf_syntax() == []
            said = pdf.Root.Metadata.read_bytes().decode()
        is_pack = name == "pack.pdf"
        assert str(pdf_language(made[name])) == ("en" if is_pack else "es-419")
        assert ("<rdf:li>es-419</rdf:li>" in said) != is_pack
    assert typst_tag("zh-Hant") == "zh-TW"


def pdf_language(data: bytes) -> Any:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return str(pdf.Root.Lang)


# ---- The words below a letter ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "page"),
    [("en", "Page {x} of {y}"), ("es-MX", "Página {x} de {y}"), ("de-AT", "Seite {x} von {y}"),
     ("cy", "Tudalen {x} o {y}"), ("ar-EG", "صفحة {x} من {y}"),
     ("zh-Hant-HK", "第 {x} 頁，共 {y} 頁"), ("zh-TW", "第 {x} 頁，共 {y} 頁"),
     ("zh-Hans", "第 {x} 页，共 {y} 页"),
     ("sr-Latn-RS", "Stranica {x} od {y}"), ("sr", "Страница {x} од {y}"), ("zu", "{x} / {y}")],
)  # fmt: skip
def test_below_a_letter_the_page_is_told_in_its_language(language: str, page: str) -> None:
    """'"Page 1 of 1" in the letter's language': English stands below English letters alone."""
    assert page_words(language)["page"] == page
    letter = own(language)["A-1"]
    assert shell_pages.letter_page(letter)["words"]["page"] == page
    assert "page_words" not in letter.fields


def test_every_phrase_of_ours_has_its_places() -> None:
    from ceosample.letters.markup import page_words as module

    assert len(module._table()) > 40
    assert all(is_page_words(words) and set(words) == set(PAGE_WORDS)
               for words in module._table().values())  # fmt: skip


def test_the_words_below_a_letter_are_as_configured() -> None:
    """'or as configured'"""
    words = {"page": "Blatt {x} <b> #sys.version {y}"}
    made = own("de", page_words=words)
    letter = made["A-1"]
    assert shell_pages.letter_page(letter)["words"] == {**words, "code": "Code {code}"}
    assert letter.fields["page_words"] == words
    hostile = own("de", page_words={"code": "<b>#(7*7)</b> {code}"})
    assert f"&lt;b&gt;#(7*7)&lt;/b&gt; {hostile['A-1'].code}</p>" in (
        hostile.files()["pack.html"].decode()
    )
    assert own("de")["A-1"].digest == own("de", page_words={})["A-1"].digest


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"page": "Seite {x}"}, "page_words, page: got 'Seite {x}'; give up to 60 characters"),
        ({"page": "{x} {y} {z}"}, "page_words, page"),
        ({"page": "{x} {y} {"}, "page_words, page"),
        ({"code": "Code"}, "page_words, code"),
        ({"code": "{code} {code}"}, "page_words, code"),
        ({"code": "\u202e{code}"}, "page_words, code"),
        ({"code": "a\n{code}"}, "page_words, code"),
        ({"code": "x" * LONGEST + "{code}"}, "page_words, code"),
        ({"code": 7}, "page_words, code: got 7"),
        ({"pages": "{x}"}, "page_words: got 'pages'; use one of page, code"),
        ("{x}", "page_words: got '{x}'; give a table"),
    ],
)
def test_words_that_would_not_tell_the_page_are_refused(given: Any, fault: str) -> None:
    with pytest.raises(cs.errors.LetterError) as caught:
        own("de", page_words=given)
    assert str(caught.value).startswith(fault)
    assert not KEYS["letters"]["page_words"].check(given)


def test_a_pack_with_own_words_is_verified(tmp_path: Any) -> None:
    made = own("de", page_words={"page": "Blatt {x}/{y}", "code": "Kennung {code}"})
    made.save(tmp_path)
    assert cs.Pack.load(tmp_path)["A-1"].fields["page_words"]["code"] == "Kennung {code}"
