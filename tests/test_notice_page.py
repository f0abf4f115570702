"""A notice as people meet it: in a browser, on paper, as text, in each of its languages."""

from __future__ import annotations

import datetime as dt
import io
import random
import re
from pathlib import Path
from typing import Any

import attrs
import pypdf
import pytest
from playwright.sync_api import Browser

import ceosample as cs
from book import POPULATION, Book
from browser import opened
from ceosample.notices.outline import page_of
from ceosample.notices.words import NoticeWords, languages
from notice_books import COLLEAGUES, everywhere, some_consents, some_month
from structure import structure
from test_report_page import HEBREW, LONG, NASTY, TYPST, faults_of

AT = dt.datetime(2026, 12, 15, 9, tzinfo=dt.UTC)


def events() -> list[cs.Event]:
    chance, book = random.Random(3), Book()
    for month, seed in (
        ("2026-09", "dice"),
        ("2026-10", "dice+beacon:lottery-saturday:1042"),
        ("2026-11", f"chain:3:{'ab' * 32}"),
    ):
        some_month(chance, book, month)
        book.write("seed_revealed", value="1", source=seed, witnesses=["internal audit", HEBREW])
        book.write("oop_proposed", monthly=False, resolution=month, policy=f"late-fee-{month}",
                   review_by="2026-12-01")  # fmt: skip
        book.write(
            "oop_reviewed", on=f"{month}-28", monthly=False, resolution=month, outcome="adopted"
        )
    some_consents(chance, book)
    for colleague in COLLEAGUES[:4]:
        everywhere(
            book, "naming_agreed", colleague, person=colleague, audience="public", name="a" * 64
        )
    return book.events


def notice(language: str = "en", **said: Any) -> cs.report.Notice:
    given: dict[str, Any] = {
        "audience": "public", "population": POPULATION, "as_of": AT, "language": language,
        "names": dict(zip(COLLEAGUES, ("Siân Rhys", HEBREW, "Jo Li", "Ann"), strict=False)),
        "firm": "Hafren & Vale Bank", "check_at": "https://example.org/sign-off", "head": "0f" * 32,
    }  # fmt: skip
    return cs.report.notice(events(), **{**given, **said})


def hostile() -> cs.report.Notice:
    seeds = tuple(attrs.evolve(one, witnesses=(NASTY, LONG)) for one in notice().seeds)
    return attrs.evolve(
        notice(), seeds=seeds, thanked=(NASTY, TYPST, LONG), firm=NASTY, title=LONG, check_at=NASTY
    )


@pytest.fixture(scope="module", params=["en", "ar"])
def file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("notice") / f"{request.param}.html"
    notice(request.param).save(path)
    return path


@pytest.mark.parametrize(("scheme", "width"), [("light", 1200), ("dark", 390)])
def test_axe_finds_nothing_and_nothing_is_cut_off(
    browser: Browser, file: Path, scheme: Any, width: int
) -> None:
    size: Any = {"width": width, "height": 900}
    with opened(browser, file, color_scheme=scheme, viewport=size) as room:
        assert room.page.evaluate("document.documentElement.scrollWidth") == width
        assert room.page.locator("h1").count() == 1
        assert room.page.locator("section > h2").count() == 5
        side = "getComputedStyle(document.querySelector('dd')).direction"
        assert room.page.evaluate(side) == ("rtl" if file.stem == "ar" else "ltr")
    # Axe brings a style of its own, which the page's policy would stop.
    with opened(browser, file, color_scheme=scheme, viewport=size, bypass_csp=True) as room:
        assert faults_of(room, needs=("color-contrast", "heading-order", "region")) == []


def test_hostile_names_are_text_and_fit_a_narrow_window(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "notice.html"
    hostile().save(path)
    with opened(browser, path, viewport={"width": 320, "height": 700}) as room:
        text = room.page.inner_text("body")
        assert text.count(NASTY) >= 4
        assert TYPST in text
        assert room.page.locator("script, img").count() == 0
        assert room.page.evaluate("document.documentElement.scrollWidth") == 320


@pytest.mark.parametrize("language", languages())
def test_each_language_says_all_in_text_and_html(language: str) -> None:
    """No English is left in another language's page, and each figure is there in both."""
    told = notice(language)
    page = page_of(told)
    english = page_of(notice())
    text, html = " ".join(told.to_text().split()), told.to_html().decode()
    assert f'<html lang="{language}" dir="{NoticeWords.of(language).direction}">' in html
    for section, other in zip(page["sections"], english["sections"], strict=True):
        assert language == "en" or section["title"] != other["title"]
        for (label, value), (label_in_english, _) in zip(
            section["rows"], other["rows"], strict=True
        ):
            if section["id"] != "drawing":
                assert language == "en" or label != label_in_english
                assert f"{label}: {value}" in text
                assert value in html
    assert "{" not in re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)


def test_the_languages_have_the_same_places() -> None:
    english = NoticeWords.of("en").phrases
    for language in languages():
        phrases = NoticeWords.of(language).phrases
        assert phrases.keys() == english.keys(), language
        for name, phrase in phrases.items():
            places = [sorted(re.findall(r"\{\w+\}", one)) for one in (phrase, english[name])]
            assert places[0] == places[1], (language, name)
    assert NoticeWords.of("de-AT").phrases == NoticeWords.of("de").phrases
    assert NoticeWords.of("ar-EG").number(12) == "١٢"


@pytest.mark.parametrize("language", ["en", "ar"])
def test_on_paper_it_is_one_page_that_can_be_read_aloud(language: str) -> None:
    """PDF/UA as Typst checks it; the structure has every label with its figure."""
    told = attrs.evolve(notice(language), thanked=("Siân Rhys",))
    told = attrs.evolve(
        told, seeds=tuple(attrs.evolve(s, witnesses=("internal audit",)) for s in told.seeds)
    )
    pdf = told.to_pdf()
    assert pdf == told.to_pdf()
    assert len(pypdf.PdfReader(io.BytesIO(pdf)).pages) == 1
    read = structure(pdf)
    assert read.language.startswith(language)
    assert [part.tag for part in read.all("H1", "H2")] == ["H1", *["H2"] * 5]
    if language == "en":
        text = " ".join(read.text.split())
        for section in page_of(told)["sections"]:
            for cells in section["rows"]:
                assert all(cell in text for cell in cells)


def test_data_is_no_markup_on_paper_and_another_paper_is_another_size() -> None:
    odd = attrs.evolve(hostile(), seeds=())
    pdf = odd.to_pdf(paper_size="letter")
    text = "".join(pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text().split())
    assert "".join(TYPST.split()) in text
    assert b"size: letter" in odd.to_html(paper_size="letter")
    with pytest.raises(ValueError, match="use a4 or letter"):
        odd.to_html(paper_size="a3")
    with pytest.raises(ValueError, match=r"\.html, \.pdf or \.txt"):
        odd.save("notice.doc")


def test_of_readings_nobody_is_said_to_sign_them() -> None:
    book = Book()
    book.write("frozen", reading=True, seed_source="dice", count=9, exclusions={})
    book.draw({"Calls": (9, 1)})
    book.sent("C-1", "Calls")
    told = cs.report.notice(book.events, audience="staff", population=POPULATION, as_of=AT)
    assert "Divisions of which the executive read an answer: 0 of 1" in told.to_text()
    assert "sign" not in told.to_text().replace("not signed as they were", "")


def test_months_without_a_draw_have_a_page_that_says_so() -> None:
    told = cs.report.notice([], audience="staff", population=POPULATION, as_of=AT)
    assert "No answer was drawn in these months." in told.to_text()
    assert page_of(told)["sections"] == []
