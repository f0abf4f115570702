"""Words come back: to the author of the next version, to owners, to colleagues who did well."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import axe_playwright_python
import pypdf
import pytest
from playwright.sync_api import Browser

from browser import opened
from ceosample.letters.papers.said_before import legible
from command import Ended, asked, done_at, time_told
from due_months import write_months
from inputs import configure
from thorough import first_of

MONTH: Final = "2026-10"
THEN: Final = dt.datetime(2026, 11, 5, 9, tzinfo=dt.UTC)
AXE: Final = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")

#: A letter of the demonstration that came back, its owner and its author; and a second one.
BACK, OWNER, AUTHOR, OTHER = "R-YWR3C7", "h-049", "h-043", "R-8Z6LYZ"

#: What cannot be printed, what must not run, what runs from the right, and two paragraphs.
TYPED: Final = (
    "Say sorry first \U0001f44d\x07 <script>alert(1)</script> #sum({}) {{ 7 * 7 }}\n\nThen מה"
)
COMMENT, PRAISE = "The date in line three is wrong.", "As one writes to a neighbour."


def do(folder: Path, *line: str) -> Ended:
    return done_at(THEN, *line, folder=folder)


@pytest.fixture(scope="module")
def spoken(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration, in which more was said: all of it by the command."""
    folder = Path(shutil.copytree(demonstration, tmp_path_factory.mktemp("words") / "month"))
    configure(folder, ("# pdf = true ", "pdf = false "))  # setting takes the most time
    by = ("--by", "ceo")
    do(folder, "record", "note", BACK, "--text", TYPED, *by)
    do(folder, "record", "finding", BACK, "--verdict", "defective", "--codes", "facts",
       "--text", COMMENT, *by)  # fmt: skip
    do(folder, "record", "recognition", BACK, "--colleague", AUTHOR, "--reason-code", "kind-tone",
       "--text", PRAISE, *by)  # fmt: skip
    do(folder, "record", "contact", OTHER, "--channel", "telephone", "--outcome", "asked", *by)
    return folder


@pytest.fixture
def folder(spoken: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(spoken, tmp_path / "month"))


@pytest.fixture(scope="module")
def reworked(spoken: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same after the letter was rendered again, and of its second version more was said."""
    folder = Path(shutil.copytree(spoken, tmp_path_factory.mktemp("reworked") / "month"))
    configure(folder, ("pdf = false ", "pdf = true "))
    do(folder, "rework", BACK, "--period", MONTH)
    do(folder, "record", "note", BACK, "--text", "Version two is kinder.", "--by", "ceo")
    do(folder, "slips", "--period", MONTH)
    return folder


def words_in(pdf: Path) -> str:
    pages = pypdf.PdfReader(io.BytesIO(pdf.read_bytes())).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


# ceosample words


@pytest.mark.slow
def test_all_that_was_said_is_told_by_version_with_who_and_when(reworked: Path) -> None:
    found = do(reworked, "words", BACK, "--json").json
    assert [(one["version"], one["kind"], one["by"], one["words"]) for one in found["said"]] == [
        (1, "returned_for_rework", "ceo", None),
        (1, "note", "ceo", TYPED),
        (1, "finding", "ceo", COMMENT),
        (1, "recognition", "ceo", PRAISE),
        (2, "note", "ceo", "Version two is kinder."),
    ]
    assert (found["owner"], found["state"]) == (OWNER, "sent_for_signature")
    lines = do(reworked, "words", BACK).out.splitlines()
    assert lines.index("Of version 1") < lines.index("  Finding: defective, facts")
    assert lines.index("  Recognition of h-043: kind-tone") < lines.index("Of version 2")
    assert "    ceo, 2026-11-02T14:09:00+00:00" in lines
    assert not any("\x07" in line for line in lines)


def test_an_escalation_without_words_is_a_question_to_the_board(spoken: Path) -> None:
    assert "  Question to the board\n" in do(spoken, "words", OTHER).out


def test_a_letter_of_which_nothing_was_said_says_so(spoken: Path) -> None:
    assert "Nothing was said of it." in do(spoken, "words", "R-BSHQD8").out


def test_what_was_corrected_was_never_said(folder: Path) -> None:
    note = do(folder, "record", "note", OTHER, "--text", "Wrong.", "--by", "ceo", "--json").json
    assert "Wrong." in do(folder, "words", OTHER).out
    do(folder, "correct", note["hash"], "--reason-code", "slip", "--by", "ceo")
    assert "Wrong." not in do(folder, "words", OTHER).out


# The next version's docket and room


def test_the_next_version_shows_what_was_said_of_the_one_before(reworked: Path) -> None:
    pack = reworked / "packs" / MONTH / "rework-1"
    page, room = ((pack / name).read_text("utf-8") for name in ("pack.html", "room.html"))
    for text in (page, room):
        assert "Said of version 1: Returned for rework: tone (ceo, 2 November 2026)" in text
        assert COMMENT in text
        assert "Say sorry first [U+1F44D][U+0007] &lt;script&gt;alert(1)&lt;/script&gt;" in text
        assert "Version two is kinder." not in text
    paper = words_in(pack / "pack.pdf")
    assert "Said of version 1: Finding: defective, facts (ceo, 5 November 2026)" in paper
    assert COMMENT in paper
    assert "#sum({}) {{ 7 * 7 }}" in paper
    do(reworked, "verify", str(reworked / "packs" / MONTH))


def test_a_letter_that_is_posted_holds_nothing_of_it(reworked: Path) -> None:
    for file in (reworked / "packs" / MONTH / "rework-1" / "letters").glob("*.json"):
        assert COMMENT not in file.read_text("utf-8")


def test_a_pack_with_words_is_made_again_when_it_is_lost(reworked: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(reworked, tmp_path / "month"))
    pack = folder / "packs" / MONTH / "rework-1"
    kept = {path.name: path.read_bytes() for path in pack.glob("pack.*")}
    shutil.rmtree(pack)
    do(folder, "rebuild", MONTH)
    assert {path.name: path.read_bytes() for path in pack.glob("pack.*")} == kept
    shutil.rmtree(pack)
    do(folder, "erase", BACK, "--period", MONTH, "--by", "dpo", "--reason-code", "asked")
    do(folder, "rebuild", MONTH)
    assert not pack.exists()  # a pack of a letter that was erased is not missed


# Slips and notes


def slips(folder: Path, number: int = 1) -> Path:
    return folder / "packs" / MONTH / f"slips-{number}"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_each_owner_has_a_slip_and_each_recognition_a_note_in_three_forms(folder: Path) -> None:
    configure(folder, ("pdf = false ", "pdf = true "))
    said = do(folder, "slips", "--period", MONTH).out
    stems = ["slip-0001-h-049", "slip-0002-h-111", "thanks-0001-h-043"]
    made = slips(folder)
    assert names(made) == sorted(
        [f"{stem}.{end}" for stem in stems for end in ("html", "pdf", "txt")] + ["slips.json"]
    )
    assert all(f"{made / stem}: " in said for stem in stems)
    text = (made / "slip-0001-h-049.txt").read_text("utf-8")
    for one in (
        "  For: h-049",
        "  What to change: tone, facts; what was said is below",
        "  By when: signed and sent by 10 November 2026",
        f"    {COMMENT}",
    ):
        assert one in text.splitlines()
    assert "<script>" not in (made / "slip-0001-h-049.html").read_text("utf-8")
    for form in ((made / "slip-0001-h-049.html").read_text("utf-8"),
                 words_in(made / "slip-0001-h-049.pdf")):  # fmt: skip
        assert "tone, facts; what was said is below" in form
        assert "signed and sent by 10 November 2026" in form
        assert COMMENT in form
    note = words_in(made / "thanks-0001-h-043.pdf")
    assert "Margaret Llewelyn read the response R-YWR3C7" in note
    assert note.index(PRAISE) < note.index("Chief Executive")
    assert COMMENT not in note


def test_the_manifest_names_every_file_with_its_digest_and_its_letters(folder: Path) -> None:
    do(folder, "slips", "--period", MONTH)
    index = json.loads((slips(folder) / "slips.json").read_text("utf-8"))
    found = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in slips(folder).glob("*-*")}
    assert index["files"] == found
    assert index["letters"] == {
        "slip-0001-h-049": [BACK], "slip-0002-h-111": [OTHER], "thanks-0001-h-043": [BACK],
    }  # fmt: skip
    assert {oct(path.stat().st_mode & 0o777) for path in slips(folder).iterdir()} == {"0o600"}


def test_slips_that_say_the_same_are_written_once(folder: Path) -> None:
    first = do(folder, "slips", "--period", MONTH).out
    assert do(folder, "slips", "--period", MONTH).out == first
    do(folder, "record", "note", OTHER, "--text", "One thing more.", "--by", "ceo")
    do(folder, "slips", "--period", MONTH)
    assert "One thing more." in (slips(folder, 2) / "slip-0002-h-111.txt").read_text("utf-8")
    assert not slips(folder, 3).exists()


def test_a_month_of_which_nothing_was_said_has_no_slips(tmp_path: Path) -> None:
    write_months(tmp_path, MONTH)
    with time_told(lambda: THEN):
        asked("run", folder=tmp_path)
        ended = asked("slips", "--period", MONTH, folder=tmp_path)
    assert ended.code != 0
    assert "got no letter or case of which anything was said" in ended.err


# Erased words are in no later artefact


def all_files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path.read_bytes()


@pytest.mark.slow
def test_erased_words_are_in_no_later_artefact(folder: Path) -> None:
    configure(folder, ("pdf = false ", "pdf = true "))
    do(folder, "slips", "--period", MONTH)
    ended = do(folder, "erase", BACK, "--period", MONTH, "--by", "dpo", "--reason-code", "asked")
    assert ended.err.count("deleted: ") == 6
    kept = {f"slip-0002-h-111.{end}" for end in ("html", "pdf", "txt")} | {"slips.json"}
    assert {*names(slips(folder))} == kept
    do(folder, "rework", BACK, "--period", MONTH)
    do(folder, "slips", "--period", MONTH)
    do(folder, "report", "--period", MONTH, "--out", "report.html", "--no-pictures")
    do(folder, "export", "events.jsonl")
    do(folder, "export", "letters.csv")
    told = {
        line: do(folder, *line.split()).out
        for line in (
            *(f"words {BACK}", f"words {BACK} --json", f"ledger letter {BACK}"),
            *("status", "status --json", "at-risk", "at-risk --json", "metrics"),
        )
    }
    assert "The words were erased." in told[f"words {BACK}"]
    later = dict(all_files(folder))
    assert {"events.jsonl", "letters.csv", "report.html"} <= later.keys()
    pack, slip = f"packs/{MONTH}/rework-1", f"packs/{MONTH}/slips-2"
    for name in (f"{pack}/pack.html", f"{pack}/room.html", f"{slip}/thanks-0001-h-043.txt"):
        assert b"The words were erased." in later[name]
    papers = {f"{pack}/pack.pdf", *(name for name in later if name.startswith(f"{slip}/"))}
    for words in (COMMENT, PRAISE, "Say sorry first"):
        assert [name for name, data in later.items() if words.encode() in data] == []
        assert [line for line, out in told.items() if words in out] == []
        assert [n for n in papers if n.endswith(".pdf") and words in words_in(folder / n)] == []


def test_words_under_a_legal_hold_keep_their_slips(folder: Path) -> None:
    do(folder, "slips", "--period", MONTH)
    about = (BACK, "--period", MONTH, "--by", "dpo", "--reason-code", "court")
    do(folder, "hold", *about)
    with time_told(lambda: THEN):
        assert asked("erase", *about, folder=folder).code != 0
    assert "thanks-0001-h-043.txt" in names(slips(folder))


def test_an_index_that_leads_elsewhere_deletes_nothing(folder: Path) -> None:
    do(folder, "slips", "--period", MONTH)
    path = slips(folder) / "slips.json"
    index = json.loads(path.read_text("utf-8"))
    index["files"]["../../../../ceosample.toml"] = "0" * 64
    path.write_text(json.dumps(index), "utf-8")
    with time_told(lambda: THEN):
        ended = asked("erase", BACK, "--period", MONTH, "--by", "dpo", "--reason-code", "asked",
                      folder=folder)  # fmt: skip
    assert "slips.json, files: got" in ended.err
    assert (folder / "ceosample.toml").exists()
    assert "thanks-0001-h-043.txt" in names(slips(folder))


# Looks


@pytest.mark.parametrize(
    ("name", "scheme", "width"),
    first_of(
        2,
        [
            ("slip-0001-h-049.html", "dark", 390),
            ("thanks-0001-h-043.html", "light", 1200),
            ("slip-0001-h-049.html", "light", 1200),
            ("thanks-0001-h-043.html", "dark", 390),
        ],
    ),
)
def test_axe_finds_nothing(
    browser: Browser, reworked: Path, name: str, scheme: Any, width: int
) -> None:
    """``opened`` fails if anything is asked for, stopped, or complained about."""
    size: Any = {"width": width, "height": 900}
    page = slips(reworked) / name
    # Axe brings a style of its own, which the page's policy would stop.
    with opened(browser, page, color_scheme=scheme, viewport=size, bypass_csp=True) as room:
        room.page.evaluate(f"{AXE}; 0")
        found = room.page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
        assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == []
        assert room.page.evaluate("document.documentElement.scrollWidth") <= width


def test_words_from_the_right_have_their_direction(spoken: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(spoken, tmp_path / "month"))
    do(folder, "record", "note", OTHER, "--text", "שלום לכולם", "--by", "ceo")
    do(folder, "slips", "--period", MONTH)
    page = (slips(folder) / "slip-0002-h-111.html").read_text("utf-8")
    assert '<p class="said" dir="rtl">שלום לכולם</p>' in page


def test_no_word_that_was_typed_keeps_a_page_from_being_printed() -> None:
    every = "".join(map(chr, [*range(1, 0xD800), *range(0xE000, 0x11000), 0x1F44D, 0x10FFFF]))
    printed = legible(every)
    assert not {"\x07", "\u202e", "\r", "\U0010ffff"} & {*printed}
    assert (
        legible("no-break\u00a0space\r\nand a tab\there") == "no-break\u00a0space\nand a tab here"
    )
