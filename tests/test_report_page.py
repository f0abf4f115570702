"""The board's report as people meet it: in a browser, on paper, from the command."""

from __future__ import annotations

import datetime as dt
import io
import os
import pickle
import re
import shutil
import sqlite3
import subprocess
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import axe_playwright_python
import pypdf
import pytest
from playwright.sync_api import Browser

import ceosample as cs
from browser import Room, opened
from ceosample.report.outline import page_of
from command import asked
from firm import year
from refusals import IS_THERE_ALREADY
from test_report import AT, report, story
from thorough import first_of

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")

#: A division's name may hold anything that is printable, a reason and a policy too.
NASTY = "</style><script>document.title='gone'</script><img src=//evil.example onerror=alert(1)>"
TYPST = '#panic("gone") $x^2$ *b* @coverage <record> \\u{41} {{ 7 * 7 }}'
LONG = "W" * 120
HEBREW = "תלונות"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a year, with everything that it can have."""
    path = tmp_path_factory.mktemp("report") / "board.html"
    report(year(), as_of=AT, ids=True).save(path)
    return path


@pytest.fixture(scope="module")
def on_paper() -> bytes:
    """The PDF of the same year."""
    return report(year(), as_of=AT, ids=True).to_pdf()


def hostile() -> cs.report.BoardReport:
    book = story(division=NASTY, reason=TYPST)
    book.month = "2026-10"
    for number, name in enumerate((LONG, HEBREW, TYPST)):
        book.month = f"2026-0{number + 6}"
        book.draw({name: (5, 1)}, on=f"2026-0{number + 7}-01")
    book.write("oop_proposed", monthly=False, resolution="r", policy=NASTY, review_by="2026-11-20",
               on="2026-11-03")  # fmt: skip
    return report(book.events, as_of=AT)


# In a browser


def faults_of(
    room: Room,
    needs: Iterable[str] = (
        *("color-contrast", "heading-order", "image-alt", "region", "td-headers-attr"),
    ),
) -> list[str]:
    """What axe finds: every rule that it has, the best practices too; some of them must apply."""
    room.page.evaluate(f"{AXE}; 0")
    found = room.page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    tried = {rule["id"] for rule in found["passes"]}
    assert {*needs} <= tried
    return [
        f"{fault['id']}: {node['html']} {node['failureSummary']}"
        for fault in found["violations"]
        for node in fault["nodes"]
    ]


@pytest.mark.parametrize(
    ("scheme", "width"), first_of(2, [("light", 1280), ("dark", 320), ("dark", 1280)])
)
def test_axe_finds_nothing(browser: Browser, whole: Path, scheme: Any, width: int) -> None:
    size: Any = {"width": width, "height": 900}
    # Axe brings a style of its own, which the page's policy would stop.
    with opened(browser, whole, color_scheme=scheme, viewport=size, bypass_csp=True) as room:
        assert faults_of(room) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_loads_nothing_and_its_policy_stops_nothing_of_its_own(
    browser: Browser, whole: Path, scheme: Any
) -> None:
    """``opened`` fails if anything is asked for, stopped, or complained about."""
    with opened(browser, whole, color_scheme=scheme) as room:
        policy = room.page.locator("meta[http-equiv]").get_attribute("content") or ""
        assert re.fullmatch(
            r"default-src 'none'; style-src 'sha256-[\w+/]{43}='; img-src data:; "
            r"base-uri 'none'; form-action 'none'",
            policy,
        )
        # The style counts, so its digest is the one that the policy names.
        rule = "getComputedStyle(document.querySelector('.count')).fontSize"
        assert float(room.page.evaluate(rule).removesuffix("px")) > 40
        images = "[...document.images].map((one) => one.complete && one.naturalWidth > 0)"
        assert room.page.evaluate(images) == [True] * 5


def test_the_policy_stops_a_style_and_a_script_that_came_in(
    browser: Browser, tmp_path: Path, whole: Path
) -> None:
    """The test of the tests: what escaping should keep out is stopped once more."""
    bad = tmp_path / "bad.html"
    bad.write_bytes(
        whole.read_bytes().replace(
            b"</main>", b"<style>h1{color:red}</style><script>document.title='gone'</script></main>"
        )
    )
    page = browser.new_page()
    page.goto(bad.as_uri())
    assert page.title() != "gone"
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).color") == (
        "rgb(27, 27, 27)"
    )
    page.close()


def test_hostile_names_are_text(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "board.html"
    hostile().save(path)
    with opened(browser, path) as room:
        text = room.page.inner_text("main")
        assert text.count(NASTY) >= 6
        assert TYPST in text
        assert room.page.title().startswith("Complaint responses before the chief executive")
        assert room.page.locator("script").count() == 0
        sources = room.page.evaluate("[...document.images].map((one) => one.src.slice(0, 26))")
        assert set(sources) == {"data:image/svg+xml;base64,"}


@pytest.mark.parametrize("width", [320, 640])
def test_nothing_is_cut_off_in_a_narrow_window(
    browser: Browser, tmp_path: Path, width: int
) -> None:
    """WCAG 1.4.10: 320 pixels, and 200 % of 1280, without scrolling sideways; names of any size."""
    path = tmp_path / "board.html"
    hostile().save(path)
    with opened(browser, path, viewport={"width": width, "height": 700}) as room:
        assert room.page.evaluate("document.documentElement.scrollWidth") == width
        # What is wider than its place can be scrolled there, by the keyboard too.
        cut = """[...document.querySelectorAll("main *")].filter((one) =>
            one.getBoundingClientRect().right > innerWidth && !one.closest(".wide, figure"))
            .map((one) => one.outerHTML.slice(0, 80))"""
        assert room.page.evaluate(cut) == []
        focusable = "[...document.querySelectorAll('.wide, figure')].every((e) => e.tabIndex === 0)"
        assert room.page.evaluate(focusable)


def test_a_screen_reader_hears_headings_captions_and_whose_row_it_is(
    browser: Browser, whole: Path
) -> None:
    with opened(browser, whole) as room:
        page = room.page
        assert page.locator("h1").count() == 1
        headings = page.locator("h2").all_inner_texts()
        assert headings[:3] == ["In brief", "For the board’s attention", "What was signed"]
        assert headings[-1] == "The record behind these figures"
        tables = page.locator("table").count()
        assert tables == page.locator("table > caption").count() > 12
        scopes = "[...document.querySelectorAll('tr')].every((r) => r.querySelector('th[scope]'))"
        assert page.evaluate(scopes)
        row = page.get_by_role("table", name="By division", exact=True).get_by_role("row").nth(1)
        assert row.get_by_role("rowheader").inner_text() == "Cards"
        counts = [one.get_attribute("alt") or "" for one in page.locator("img").all()]
        assert re.search(r"2026-01: Cards \d of \d, Escalated \d of \d", counts[0])


def test_links_of_the_first_page_go_where_they_say(browser: Browser, whole: Path) -> None:
    with opened(browser, whole) as room:
        for link in room.page.locator("a").all():
            target = (link.get_attribute("href") or "")[1:]
            assert room.page.locator(f"h2[id='{target}']").count() == 1


def test_paper_is_white_and_whole_even_from_a_dark_screen(browser: Browser, whole: Path) -> None:
    with opened(browser, whole, color_scheme="dark") as room:
        room.page.emulate_media(media="print", color_scheme="dark")
        body = "getComputedStyle(document.body).backgroundColor"
        assert room.page.evaluate(body) == "rgb(255, 255, 255)"
        paper = pypdf.PdfReader(io.BytesIO(room.page.pdf(prefer_css_page_size=True)))
        said = "".join(page.extract_text() for page in paper.pages)
        # A machine's own font may have one glyph for two letters.
        text = " ".join(unicodedata.normalize("NFKC", said).split())
        for heading in room.page.locator("h2").all_inner_texts()[1:]:
            assert heading in text


# On paper


def text_of(pdf: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


@pytest.mark.slow
def test_the_pdf_says_what_the_page_says_and_is_tagged(on_paper: bytes) -> None:
    found = report(year(), as_of=AT, ids=True)
    text = text_of(on_paper).replace("\u2068", "").replace("\u2069", "")
    page = page_of(found, {})
    for section in page["sections"]:
        assert section["title"] in text
        for table in section["tables"]:
            for row in [*table["rows"], *table["totals"]]:
                assert " ".join(filter(None, row)) in text.replace("\u00a0", " "), row
    reader = pypdf.PdfReader(io.BytesIO(on_paper))
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    metadata = root["/Metadata"].get_data().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
    alts = list(alternatives(root["/StructTreeRoot"]))
    assert len(alts) == 5
    assert alts[0].startswith("Letters signed in person, of those selected. 2026-01: Cards ")


def alternatives(node: Any) -> Iterator[str]:
    """The words that stand for pictures, from the tags of a PDF."""
    node = node.get_object()
    if isinstance(node, list):
        for inner in node:
            yield from alternatives(inner)
    elif isinstance(node, dict):
        if "/Alt" in node:
            yield str(node["/Alt"])
        if "/K" in node:
            yield from alternatives(node["/K"])


def test_in_a_pdf_hostile_names_are_text() -> None:
    text = text_of(hostile().to_pdf(pictures=False)).replace(" ", "")
    assert TYPST.replace(" ", "") in text
    assert NASTY.replace(" ", "") in text
    assert LONG in text


def test_a_character_that_no_font_has_is_named_in_a_pdf_and_printed_on_the_page() -> None:
    found = report(story(division="龍").events, as_of=AT)
    with pytest.raises(cs.errors.LedgerError, match=r"report: no font has 龍 \(U\+9F8D\)"):
        found.to_pdf(pictures=False)
    assert "龍" in found.to_html(pictures=False).decode()


@pytest.mark.slow
def test_the_same_events_give_the_same_bytes_in_another_process(
    whole: Path, on_paper: bytes, tmp_path: Path
) -> None:
    (tmp_path / "events").write_bytes(pickle.dumps(year()))
    code = (
        "import pickle, sys, datetime as dt, pathlib, ceosample as cs\n"
        "place = pathlib.Path(sys.argv[1])\n"
        "events = pickle.loads((place / 'events').read_bytes())\n"
        "at = dt.datetime(2026, 12, 15, 9, tzinfo=dt.UTC)\n"
        "found = cs.report.board_report(\n"
        "    events, population='complaint-responses', as_of=at, ids=True)\n"
        "found.save(place / 'board.html'); found.save(place / 'board.pdf')\n"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "77", "TZ": "Asia/Tokyo"}
    order = [sys.executable, "-c", code, str(tmp_path)]
    subprocess.run(order, env=environment, check=True, cwd=tmp_path)
    assert (tmp_path / "board.html").read_bytes() == whole.read_bytes()
    assert (tmp_path / "board.pdf").read_bytes() == on_paper


@pytest.fixture
def no_matplotlib(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)  # neither found nor imported


NO_PICTURES = r"no pictures; pip install 'ceosample\[plot\]', or leave pictures out"


@pytest.mark.usefixtures("no_matplotlib")
def test_without_matplotlib_a_report_has_its_tables_and_says_how_to_get_pictures(
    tmp_path: Path,
) -> None:
    found = report(year(), as_of=AT)
    tables = {".html": found.to_html(pictures=False), ".pdf": found.to_pdf(pictures=False)}
    assert tables[".html"].count(b"<table>") > 10
    for end, page in tables.items():
        with pytest.warns(UserWarning, match=NO_PICTURES) as said:
            found.save(tmp_path / f"board{end}")
        assert len(said) == 1
        assert (tmp_path / f"board{end}").read_bytes() == page


@pytest.mark.usefixtures("no_matplotlib")
def test_the_warning_names_the_line_that_asked_for_the_report() -> None:
    found = report(story().events, as_of=AT)
    for make in (found.to_html, found.to_pdf):
        with pytest.warns(UserWarning, match=NO_PICTURES) as said:
            make()
        assert said[0].filename == __file__


@pytest.mark.usefixtures("no_matplotlib")
def test_pictures_that_are_asked_for_are_never_left_out() -> None:
    found = report(story().events, as_of=AT)
    for make in (found.to_html, found.to_pdf):
        with pytest.raises(
            cs.errors.MissingPartError, match=r"pip install 'ceosample\[plot\]', or leave"
        ):
            make(pictures=True)
    assert b"<img" not in found.to_html(pictures=False)


# From the command


@pytest.fixture(scope="module")
def bank(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(demonstration, tmp_path_factory.mktemp("bank") / "bank"))


MOMENT = ("--as-of", "2026-11-30T18:00:00+00:00")


@pytest.mark.slow
def test_the_command_writes_the_month_s_report_and_prints_its_head(bank: Path) -> None:
    done = asked("report", "--period", "2026-10", *MOMENT, "--out", "board.html", folder=bank)
    assert done.code == 0, done.err
    page = (bank / "board.html").read_text("utf-8")
    with cs.Ledger.open(f"sqlite:///{bank / 'signoff.db'}") as ledger:
        head, check = ledger.head, ledger.check()
    assert done.out == (
        f"board.html: 9 of 12 selected letters signed in person (75.0 %), ledger {check}\n"
    )
    assert f"<dd>INTACT: {check.events} events, all of them checked</dd>" in page
    assert f'<dd class="digest">{head}</dd>' in page
    assert "Fraud and disputes" in page
    ranged = ("--first", "2026-10", "--last", "2026-10", *MOMENT)
    again = asked("report", *ranged, "--out", "again.html", folder=bank)
    assert again.code == 0
    assert (bank / "again.html").read_text("utf-8") == page


def test_the_command_writes_a_pdf_and_names_letters_only_if_asked(bank: Path) -> None:
    for name, more in (("plain.pdf", ()), ("named.pdf", ("--ids",))):
        done = asked("report", *MOMENT, "--no-pictures", *more, "--out", name, folder=bank)
        assert done.code == 0, done.err
    plain, named = (text_of((bank / name).read_bytes()) for name in ("plain.pdf", "named.pdf"))
    assert re.search(r"\bR-[0-9A-Z]{6}\b", named)
    assert not re.search(r"\bR-[0-9A-Z]{6}\b", plain)


HIDDEN = "import sys; sys.modules['matplotlib'] = None; from ceosample.cli import main; main()"


@pytest.mark.parametrize("name", first_of(1, ["tables.html", "tables.pdf"]))
@pytest.mark.slow
def test_without_matplotlib_the_command_writes_tables_and_says_how_to_get_pictures(
    bank: Path, name: str
) -> None:
    order = [sys.executable, "-c", HIDDEN, "report", *MOMENT, "--out"]
    done = subprocess.run([*order, name], cwd=bank, capture_output=True, check=True, text=True)
    assert done.stdout.startswith(f"{name}: 9 of 12 selected letters signed in person")
    assert re.search(NO_PICTURES, done.stderr)
    assert done.stderr.count("\n") == 1
    plain = asked("report", *MOMENT, "--out", f"plain-{name}", "--no-pictures", folder=bank)
    assert (plain.code, plain.err) == (0, "")
    assert (bank / name).read_bytes() == (bank / f"plain-{name}").read_bytes()


def test_a_report_that_is_there_stays_as_it_is(bank: Path) -> None:
    (bank / "old.html").write_text("older", "utf-8")
    done = asked("report", *MOMENT, "--out", "old.html", folder=bank)
    assert (done.code, IS_THERE_ALREADY in done.err) == (3, True)
    assert (bank / "old.html").read_text("utf-8") == "older"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--out", "board.doc"), "got 'board.doc'; give a name that ends in .html or .pdf"),
        (("--out", "x.html", "--period", "2026-10", "--last", "2026-11"), "give --period, or"),
        (("--out", "x.html", "--period", "October"), "'--period': got 'October'; give a month"),
        (("--out", "x.html", "--as-of", "2026-11-30"), "got '2026-11-30'; give its zone"),
        ((), "Missing option '--out'"),
    ],
)
def test_what_the_command_does_not_take_is_said(
    bank: Path, arguments: tuple[str, ...], words: str
) -> None:
    done = asked("report", *arguments, folder=bank)
    assert done.code == 2
    assert words in done.err
    assert not (bank / "x.html").exists()


def test_a_range_backwards_leaves_no_file(bank: Path) -> None:
    backwards = ("--first", "2026-11", "--last", "2026-10")
    done = asked("report", *backwards, "--out", "x.html", folder=bank)
    assert (done.code, (bank / "x.html").exists()) == (65, False)


def test_a_broken_ledger_gives_no_report(bank: Path, tmp_path: Path) -> None:
    for name in ("ceosample.toml", "signoff.db"):
        (tmp_path / name).write_bytes((bank / name).read_bytes())
    with sqlite3.connect(tmp_path / "signoff.db") as book:
        kept = book.execute("select name from sqlite_master where type = 'trigger'").fetchall()
        for (name,) in kept:
            book.execute(f'drop trigger "{name}"')
        book.execute("update events set text = replace(text, '\"signed\"', '\"viewed\"')")
    book.close()
    done = asked("report", *MOMENT, "--out", "board.html", folder=tmp_path)
    assert (done.code, done.out.startswith("ledger NOT ok")) == (1, True)
    assert not (tmp_path / "board.html").exists()


def test_the_moment_stands_on_the_page_in_its_own_zone() -> None:
    moment = dt.datetime(2026, 12, 15, 10, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    assert page_of(report(story().events, as_of=moment), {})["as_of"] == (
        "As of 15 December 2026, 10:00 UTC+01:00"
    )
