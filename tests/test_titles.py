"""Titles: people read 'Complaint responses', machines 'complaint-responses', and no record changes.

A title is a field of the event that froze the month. Whatever may be in it is text wherever it is
shown, and what no page should show is refused at every door.
"""

from __future__ import annotations

import html
import io
import json
import re
import tomllib
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pypdf
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import ceosample as cs
from ceosample import job
from ceosample.configuration import TEMPLATE, Configuration
from ceosample.errors import (
    ConfigurationError,
    LedgerError,
    LetterError,
    RecordError,
)
from ceosample.letters.papers import shell_pages
from ceosample.office import attendance_sheet, closing_sheet, mail_drafts
from ceosample.report import board_report
from ceosample.signoff.figures.month_summary import summarise
from ceosample.signoff.ledger import Ledger
from ceosample.text import LONGEST_TITLE, fault_in_title
from command import asked
from inputs import configure, write_month
from months import (
    AT,
    LATER,
    MONTH,
    OFFICE,
    PERIOD,
    PLAN,
    POPULATION,
    SAMPLER,
    SEED,
    Clock,
    a_day_on,
    contents,
    drawn_with,
    frame_of,
    kinds,
    nothing_written,
    open_ledger,
)
from thorough import examples, first_of

TITLE = "Complaint responses"
FIRM = "Hafren & Vale <b>Bank</b>"
SIGNATORY = cs.Signatory("ceo", "Margaret Llewelyn", "Chief Executive")

#: Each would be more than text somewhere: HTML, Typst, Jinja, JavaScript, CSV, mail.
HOSTILE = (
    '</title></style><script>document.title="gone"</script><img src=x onerror=alert(1)>',
    '#panic("gone") $x^2$ *b* @coverage <record> \\u{41} {{ 7 * 7 }}{% raw %}',
    '"><svg/onload=alert(1)>', "=cmd|' /C calc'!A0", "Subject: x, Bcc: a@b.example",
    "${7*7} %s {0}", "תלונות", "شكاوى", "می\u200cخواهم", "W" * LONGEST_TITLE, "é" * LONGEST_TITLE,
)  # fmt: skip

#: What is wrong, and the words for it.
BAD: dict[Any, str] = {
    "": "got ''; give a line of text",
    " \t": "got ' \\t'; give a line of text",
    3: "got 3; give a line of text",
    "Complaint responses ": "got 'Complaint responses '; remove white space at an end",
    "two\nlines": "got 'two\\nlines'; remove a control character (U+000A)",
    "two\u2028lines": "got 'two\\u2028lines'; remove a line separator (U+2028)",
    "a\x00b\u202ec": "got 'a\\x00b\\u202ec'; remove a control character (U+0000), "
    "a bidirectional control character (U+202E)",
    "a\u00adb": "got 'a\\xadb'; remove a character that prints nothing (U+00AD)",
    "\ue000": "got '\\ue000'; remove a private character (U+E000)",
    "cafe\u0301": "got 'cafe\u0301'; write it in Unicode's normal form NFC",
    "x" * 101: f"got '{'x' * 60}'... (101 characters); use 100 characters at most, not 101",
    " x" * 51: f"got '{' x' * 30}'... (102 characters); remove white space at an end, and use 100 "
    "characters at most, not 102",
}

titles = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co")), min_size=1).map(
    lambda text: unicodedata.normalize("NFC", text).strip()[:LONGEST_TITLE].strip()
)


def legal(title: str) -> bool:
    return fault_in_title(title, "title") is None


@attrs.frozen
class Told:
    """A month as it went through a ledger: its events, its pack and what people read of it."""

    ledger: Ledger
    frozen: cs.Event
    pack: cs.Pack

    @property
    def pages(self) -> dict[str, str]:
        """All that a person reads of the month, by what it is."""
        events = list(self.ledger.events())
        close: dict[str, Any] = {"signatory": SIGNATORY, "at": LATER, "still_open": True}
        (closing,) = closing_sheet(self.ledger, **MONTH, **close, paper=False).values()
        report = board_report(events, population=POPULATION, as_of=LATER)
        return {
            "pack.html": self.pack.rendered["pack.html"].decode(),
            "room.html": self.pack.room().decode(),
            "closing sheet": closing.decode(),
            "report": report.to_html(pictures=False).decode(),
            "the report in a notebook": report._repr_html_(),
            "the pack in a notebook": self.pack._repr_html_(),
            "the figures in a notebook": report.metrics._repr_html_(),
        }

    @property
    def texts(self) -> dict[str, str]:
        """The same in a terminal."""
        events = list(self.ledger.events())
        (month,) = summarise(events)
        report = board_report(events, population=POPULATION, as_of=LATER)
        return {
            "status": str(month),
            "report": str(report),
            "pack": str(self.pack),
            "metrics": str(report.metrics),
        }


def told(ledger: Ledger, title: str | None, **more: Any) -> Told:
    """A month that was frozen with this title and went out, as a user's own script does it."""
    frozen = ledger.freeze(frame_of(), PLAN, seed_source="dice", by=SAMPLER, at=AT, title=title)
    drawn = drawn_with(SEED)
    registration = ledger.register(drawn, by=SAMPLER, at=AT)
    pack = cs.render(
        drawn, lambda ids: contents(ids, "handler-1"), signatory=SIGNATORY, date=AT.date(),
        registration=registration.hash, attempts=ledger.attempts(**MONTH),
        title=ledger.title(**MONTH), **{"pdf": False, **more},
    )  # fmt: skip
    ledger.send(pack, by=OFFICE, at=AT)
    return Told(ledger, frozen, pack)


def heading(page: str, closed_by: str) -> str:
    """The words of the first element of a page that ends with this tag, as a reader sees them."""
    found = re.search(rf"<p class=\"subtitle\">(.*?)</{closed_by}>", page)
    assert found is not None
    return html.unescape(re.sub("<[^>]*>", "", found[1]))


# ---- From the freeze to the papers ---------------------------------------------------------------


@settings(deadline=None, max_examples=examples(40))
@given(titles.filter(legal))
@example("complaint-responses")
@example(HOSTILE[0])
@example(HOSTILE[1])
@example("می\u200cخواهم")
@pytest.mark.slow
def test_any_legal_title_goes_from_the_freeze_to_all_that_people_read(title: str) -> None:
    """'people see the title on papers, room, report and mail'"""
    with open_ledger() as ledger:
        month = told(ledger, title)
        assert month.frozen.payload["title"] == ledger.title(**MONTH) == month.pack.title == title
        restored = Ledger.restore("sqlite://", list(ledger.export()))
        assert restored.title(**MONTH) == title
        assert restored.check().ok
        restored.close()
        pages, texts = month.pages, month.texts
    for name, page in pages.items():
        assert f"{title}, " in html.unescape(page), name
        assert not re.search("<script>d|<img|<svg/", page), name
    for name, text in texts.items():
        assert f"{title}, " in text, name
    assert heading(pages["pack.html"], "p") == f"{title}, October 2026"
    assert heading(pages["closing sheet"], "p") == f"{title}, October 2026"
    dockets = html.unescape(pages["pack.html"])
    assert dockets.count(f"<dt>Drawn from</dt><dd>{title}, October 2026</dd>") == 4


@settings(deadline=None, max_examples=examples(20))
@given(titles.filter(legal))
@example(TITLE)
@pytest.mark.slow
def test_a_record_holds_no_title(title: str) -> None:
    """'never in `draw.json`, commitment or digest': with and without one its bytes are the same."""
    with open_ledger() as one, open_ledger() as other:
        with_title, without = told(one, title), told(other, None)
    assert {**with_title.frozen.payload, "title": None} == {**without.frozen.payload, "title": None}
    assert "title" not in without.frozen.payload
    commitment = with_title.frozen.payload["commitment"]
    assert commitment == cs.commit(frame_of(), PLAN, seed_source="dice").digest
    assert (with_title.pack.draw, commitment) == (
        without.pack.draw,
        without.frozen.payload["commitment"],
    )
    letters = [
        {letter.unit_id: letter.data for letter in made.pack} for made in (with_title, without)
    ]
    assert letters[0] == letters[1]


def test_a_months_folder_is_the_same_bytes_with_a_title_and_without(tmp_path: Path) -> None:
    folders = []
    for name, changes in (("with", []), ("without", [(f'title = "{TITLE}"', "# no title")])):
        place = tmp_path / name
        place.mkdir()
        write_month(place, PERIOD)
        configure(place, *changes, ("# pdf = true", "pdf = false"))
        folders.append(run_month(place))
    names = ("draw.json", "manifest.csv", "exclusions.csv", "letters/0001-*.json", "attendance.csv")
    for pattern in names:
        (one,), (other,) = (list(folder.glob(pattern)) for folder in folders)
        if pattern != "letters/0001-*.json":
            assert one.name == other.name
        assert one.read_bytes() == other.read_bytes(), pattern
    for folder in folders:
        record = (folder / "draw.json").read_text("utf-8")
        assert TITLE not in record
        assert POPULATION in record
    pages = [(folder / "pack.html").read_text("utf-8") for folder in folders]
    assert [heading(page, "p") for page in pages] == [
        f"{TITLE}, October 2026", f"{POPULATION}, October 2026"
    ]  # fmt: skip


def run_month(folder: Path) -> Path:
    """A month of a folder, to its end; what the command printed is left to others."""
    configuration = Configuration.load(folder / "ceosample.toml")
    with Ledger.open(configuration.ledger_url) as ledger:
        month = job.Month(configuration, PERIOD, AT)
        job.run(month, ledger)
        return job.run(month, ledger, seed=SEED).folder


# ---- What is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(("title", "words"), BAD.items(), ids=ascii)
def test_a_title_that_no_page_should_show_is_refused_at_every_door(
    title: Any, words: str, tmp_path: Path
) -> None:
    """'empty, control characters, line breaks, too long, bidi controls'"""
    with open_ledger() as ledger, nothing_written(ledger), pytest.raises(LedgerError) as frozen:
        ledger.freeze(frame_of(), PLAN, seed_source="dice", by=SAMPLER, at=AT, title=title)
    assert frozen.value.faults == (f"title: {words}",)
    with pytest.raises(LedgerError) as reported:
        board_report([], population=POPULATION, as_of=LATER, firm=title)
    assert reported.value.faults == (f"firm: {words}",)
    with pytest.raises(LetterError) as rendered:
        cs.render(
            drawn_with(SEED), {}, signatory=SIGNATORY, date=AT.date(), title=title, firm=title
        )
    assert rendered.value.faults == (f"title: {words}", f"firm: {words}")
    path = tmp_path / "ceosample.toml"
    text = TEMPLATE.replace(f'title = "{TITLE}"', f"title = {json.dumps(title)}")
    text = text.replace("# firm =", f"firm = {json.dumps(title)} #")
    assert tomllib.loads(text)["population"]["title"] == title
    path.write_text(text.replace('name = "complaint', 'name = "Complaint'), "utf-8")
    with pytest.raises(ConfigurationError) as read:
        Configuration.load(path)
    assert [fault.partition(", ")[2] for fault in read.value.faults] == [
        "population.name: got 'Complaint-responses'; give lower-case letters, digits and hyphens",
        f"population.title: {words}",
        f"letters.firm: {words}",
    ]


@pytest.mark.parametrize("title", [*BAD, None, [], {"a": 1}], ids=ascii)
def test_a_pack_and_a_ledger_with_such_a_title_are_not_read(title: Any, tmp_path: Path) -> None:
    """'Data is never code': a file that somebody else wrote may say anything."""
    with open_ledger() as ledger:
        month = told(ledger, TITLE)
        lines = list(ledger.export())
    month.pack.save(tmp_path)
    pack = json.loads((tmp_path / "pack.json").read_bytes()) | {"title": title}
    (tmp_path / "pack.json").write_text(json.dumps(pack), "utf-8")
    with pytest.raises(RecordError, match=r"pack\.json, title"):
        cs.Pack.load(tmp_path)
    place = next(n for n, line in enumerate(lines) if b'"kind":"frozen"' in line)
    forged = cs.Event.parse(lines[place].rstrip(b"\n"))
    event = attrs.evolve(forged, payload={**forged.payload, "title": title})
    with pytest.raises(LedgerError, match="event 3: title: got "):
        Ledger.restore("sqlite://", [*lines[:place], event.text + b"\n"])
    # Events that nobody checked show the id.
    report = board_report([event], population=POPULATION, as_of=LATER)
    assert report.title is None
    assert f"{POPULATION}, no month drawn" in str(report)


def test_all_that_is_wrong_with_a_title_is_one_sentence_and_shows_what_was_got() -> None:
    fault = fault_in_title(f" a\nb\u202e{'x' * 200}", "population.title")
    assert fault is not None
    assert fault.startswith("population.title: got ' a\\nb\\u202e")
    assert fault.endswith(
        "; remove white space at an end, a control character (U+000A), a bidirectional control "
        "character (U+202E), and use 100 characters at most, not 205"
    )


# ---- Which title a month has ---------------------------------------------------------------------


def test_a_later_title_does_not_change_a_month_that_is_frozen() -> None:
    with open_ledger() as ledger:
        about: dict[str, Any] = {"seed_source": "dice", "by": SAMPLER, "at": AT}
        first = ledger.freeze(frame_of(), PLAN, **about, title=TITLE)
        with nothing_written(ledger):
            assert ledger.freeze(frame_of(), PLAN, **about, title="Letters") == first
            assert ledger.freeze(frame_of(), PLAN, **about) == first
        ledger.reveal(SEED, **MONTH, by=SAMPLER, at=AT)
        with nothing_written(ledger):
            assert ledger.freeze(frame_of(), PLAN, **about, title="Letters") == first
        assert ledger.title(**MONTH) == TITLE


def test_another_freeze_and_another_draw_have_the_title_that_was_given_then() -> None:
    with open_ledger() as ledger:
        about: dict[str, Any] = {"seed_source": "dice", "by": SAMPLER, "at": AT}
        ledger.freeze(frame_of(), PLAN, **about, title="Leters")
        ledger.freeze(frame_of(), cs.Plan(size=3), **about)
        assert ledger.title(**MONTH) is None
        ledger.freeze(frame_of(), PLAN, **about, title=TITLE)
        assert ledger.title(**MONTH) == TITLE
        ledger.register(drawn_with(SEED), by=SAMPLER, at=AT)
        a_day_on(ledger)
        ledger.supersede(**MONTH, by="board", at=LATER, reason_code="wrong-frame", approver="b")
        (month,) = summarise(ledger.events())
        assert str(month).startswith(f"{TITLE}, 2026-10: superseded")
        assert kinds(ledger).count("frozen") == 3
        assert ledger.check().ok


def test_a_month_that_was_frozen_before_shows_its_id_in_the_job_too(tmp_path: Path) -> None:
    """'months frozen before show the id': papers say what the ledger says."""
    write_month(tmp_path, PERIOD)
    configure(tmp_path, (f'title = "{TITLE}"', "# title"), ("# pdf = true", "pdf = false"))
    begin = ["run", "--period", PERIOD, "--at", AT.isoformat()]
    assert asked(*begin, folder=tmp_path).out.startswith(f"{POPULATION}, 2026-10: frozen in ")
    configure(tmp_path, ("# title ", f'title = "{TITLE}" #'))
    seed = ["--dice", SEED.value, "--witness", "internal audit"]
    assert asked(*begin, "--dry-run", folder=tmp_path).out.startswith(f"{POPULATION}, 2026-10: ")
    done = asked(*begin, *seed, folder=tmp_path)
    assert done.out.startswith(f"{POPULATION}, 2026-10: 12 letters, sent for signature")
    page = (tmp_path / f"packs/{PERIOD}/pack.html").read_text("utf-8")
    assert heading(page, "p") == f"{POPULATION}, October 2026"
    assert asked("status", folder=tmp_path).out.startswith(f"{POPULATION}, 2026-10: drawn")
    checked = asked("check", "--period", PERIOD, folder=tmp_path).out
    assert checked.startswith(f"{POPULATION}, 2026-10: ")
    assert (
        f"2026-10 was frozen as '{POPULATION}' and keeps that; '{TITLE}' is for months frozen from "
        "now on" in checked
    )
    closed = asked("close", "--period", PERIOD, "--still-open", folder=tmp_path)
    assert closed.code == 0, closed.err
    (sheet,) = (tmp_path / f"packs/{PERIOD}").glob("interim-*.html")
    assert heading(sheet.read_text("utf-8"), "p") == f"{POPULATION}, October 2026"


@pytest.mark.slow
def test_people_read_the_title_and_machines_the_id(tmp_path: Path) -> None:
    """'people see the title ..., machines the id'"""
    write_month(tmp_path, PERIOD)
    configure(tmp_path, ("# pdf = true", "pdf = false"), ("# firm =", f'firm = "{FIRM}" #'))
    begin = ["run", "--period", PERIOD, "--at", AT.isoformat()]
    seed = ["--dice", SEED.value, "--witness", "internal audit"]
    assert asked("check", "--period", PERIOD, folder=tmp_path).out.startswith(f"{TITLE}, 2026-10: ")
    assert asked(*begin, "--dry-run", folder=tmp_path).out.startswith(f"{TITLE}, 2026-10: would ")
    assert asked(*begin, folder=tmp_path).out.startswith(f"{TITLE}, 2026-10: frozen in ")
    assert asked(*begin, *seed, folder=tmp_path).out.startswith(f"{TITLE}, 2026-10: 12 letters, ")
    assert asked("status", folder=tmp_path).out.startswith(f"{TITLE}, 2026-10: drawn")
    assert asked("metrics", folder=tmp_path).out.startswith(f"{TITLE}, 2026-10, as of ")
    assert asked("metrics", "--first", PERIOD, "--last", PERIOD, folder=tmp_path).out.startswith(
        TITLE
    )
    report = ["report", "--period", PERIOD, "--no-pictures", "--out", "board.html"]
    assert asked(*report, folder=tmp_path).code == 0
    page = (tmp_path / "board.html").read_text("utf-8")
    assert heading(page, "p") == f"{TITLE}, October 2026"
    assert f'<p class="firm"><bdi>{html.escape(FIRM)}</bdi></p>' in page
    cover = (tmp_path / f"packs/{PERIOD}/pack.html").read_text("utf-8")
    assert f'<p class="firm"><bdi>{html.escape(FIRM)}</bdi></p>' in cover
    for words in (["status"], begin, ["check", "--period", PERIOD], ["metrics"]):
        ended = asked(*words, "--json", folder=tmp_path)
        assert f'"population": "{POPULATION}"' in ended.out
        assert TITLE not in ended.out, words
    table = (tmp_path / f"packs/{PERIOD}/attendance.csv").read_text("utf-8-sig")
    assert all(f",{POPULATION},'{PERIOD}" in line for line in table.splitlines()[1:])
    assert TITLE not in table
    asked("export", "letters.csv", folder=tmp_path)
    exported = (tmp_path / "letters.csv").read_text("utf-8-sig")
    assert POPULATION in exported
    assert TITLE not in exported
    assert not [path for path in tmp_path.rglob("*") if "Complaint" in path.name]


# ---- Data is never code --------------------------------------------------------------------------


@pytest.mark.parametrize("title", first_of(2, [HOSTILE[1], HOSTILE[-2], HOSTILE[0], HOSTILE[-1]]))
@pytest.mark.slow
def test_on_paper_a_hostile_title_is_its_own_characters(title: str) -> None:
    with open_ledger() as ledger:
        month = told(ledger, title, pdf=True, firm=title)
        close: dict[str, Any] = {"signatory": SIGNATORY, "at": LATER, "still_open": True}
        made = closing_sheet(ledger, **MONTH, **close, paper=True)
        report = board_report(ledger.events(), population=POPULATION, as_of=LATER, firm=title)
    (closing,) = (data for name, data in made.items() if name.endswith(".pdf"))
    papers = {
        "pack": month.pack.rendered["pack.pdf"],
        "closing": closing,
        "attendance": attendance_sheet(month.pack)["attendance.pdf"],
        "report": report.to_pdf(pictures=False),
    }
    wanted = squeezed(f"{title}, October 2026")
    for name, paper in papers.items():
        pages = [squeezed(page.extract_text()) for page in pypdf.PdfReader(io.BytesIO(paper)).pages]
        assert wanted in pages[0], name
        if name in ("pack", "report"):
            assert pages[0].startswith(squeezed(title)), name
    pack = [p.extract_text() for p in pypdf.PdfReader(io.BytesIO(papers["pack"])).pages]
    dockets = [squeezed(page) for page in pack if page.startswith("Docket")]
    assert len(dockets) == 4
    assert all(f"Drawnfrom{wanted}" in docket for docket in dockets)


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u2066-\u2069]", "", text)


@pytest.mark.parametrize("title", HOSTILE)
def test_a_draft_of_mail_and_a_letter_are_the_same_bytes_whatever_the_title(title: str) -> None:
    """A customer reads the firm's letter: no header and no line of it names the sampled stream."""
    made = []
    for given_title in (title, None):
        with open_ledger() as ledger:
            pack = told(ledger, given_title, firm=given_title).pack
        addresses = {letter.unit_id: "ann@example.org" for letter in pack}
        drafts = mail_drafts(pack, addresses, sender="ceo@bank.example")
        made.append((drafts, [letter.data for letter in pack]))
    assert made[0] == made[1]


def test_a_title_that_no_font_has_is_found_before_the_month_is_frozen_with_it(
    tmp_path: Path,
) -> None:
    """Once it is frozen it stays, and its papers could not be set without another font."""
    write_month(tmp_path, PERIOD)
    configure(tmp_path, (TITLE, "投诉答复"), ("# firm =", 'firm = "Hafren 漢 Bank" #'))
    ended = asked("check", "--period", PERIOD, "--json", folder=tmp_path)
    assert ended.code == ConfigurationError.exit_code
    (pdf,) = [part for part in json.loads(ended.out)["parts"] if part["name"] == "pdf"]
    assert [fault.partition("; ")[0] for fault in pdf["said"]] == [
        "population.title: no font has 投 (U+6295)",
        "letters.firm: no font has 漢 (U+6F22)",
    ]
    configure(tmp_path, ("投诉答复", "Жалобы: ответы"), ("Hafren 漢 Bank", "Hafren — Bank"))
    assert asked("check", "--period", PERIOD, folder=tmp_path).code == 0


# ---- The cover sheet -----------------------------------------------------------------------------


def cover_of(**more: Any) -> dict[str, Any]:
    page = shell_pages.pack_page(drawn_with(SEED), (), (), "ab" * 32, "frozen 1 time", **more)
    cover: dict[str, Any] = page["cover"]
    return cover


def test_page_one_is_for_the_executive_and_digests_stand_at_the_end() -> None:
    """'Digests and commitments move to a box "For the auditor" at the end of the cover sheet'"""
    cover = cover_of()
    assert [row[0] for row in cover["facts"]] == [
        "Selected", "Left out", "Register", "Plan", "Reading time"
    ]  # fmt: skip
    assert not [row for row in cover["facts"] if "digest" in row]
    assert [row[0] for row in cover["auditor"]["facts"]] == [
        "Seed", "Letters' contents", "Manifest", "Exclusions", "Commitment", "Draw", "On record",
        "Registration",
    ]  # fmt: skip
    with open_ledger() as ledger:
        pack = told(ledger, TITLE, pdf=True).pack
    page = pack.rendered["pack.html"].decode()
    top, box, rest = re.split('<section class="auditor"|</section>', page, maxsplit=2)
    hashes = re.compile(r"\b[0-9a-f]{64}\b")
    assert hashes.findall(top) == []
    assert len(hashes.findall(box)) == 5
    assert "How they were drawn" in top
    assert rest.index("The letters") < rest.index("Docket 1 of 4")
    paper = pypdf.PdfReader(io.BytesIO(pack.rendered["pack.pdf"])).pages[0].extract_text()
    before, _, after = paper.partition("For the auditor")
    assert hashes.findall(before) == []
    assert len(hashes.findall(after)) == 5


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (
            cs.Plan(size=3, allocation="srs"),
            "3 of the month's 8 responses were drawn by chance. This pack holds 0",
        ),
        (
            cs.Plan(size=2, take_all=["Tiny"]),
            "2 of the month's 8 responses were drawn by chance. "
            "1 more comes from a stratum that is read in full.",
        ),
        (
            cs.Plan(size=8),
            "0 of the month's 8 responses were drawn by chance. "
            "8 more come from strata that are read in full.",
        ),
    ],
)
def test_the_cover_says_of_no_stratum_that_is_read_in_full_that_chance_chose_it(
    plan: cs.Plan, said: str
) -> None:
    rows = [{"id": f"R-{n}", "team": "Tiny" if n == 7 else "Cards"} for n in range(8)]
    frame = cs.Frame.from_records(
        rows, population=POPULATION, period=PERIOD, unit_id="id", strata=["team"]
    )
    page = shell_pages.pack_page(cs.draw(frame, plan, SEED), (), (), None)
    assert page["cover"]["lead"].startswith(said)


def test_who_could_know_the_seed_stays_before_the_executive() -> None:
    """A box for the auditor is no place for a warning."""
    chain = cs.seeds.SeedChain.new(POPULATION, first=PERIOD, months=1, random=bytes)
    seed = cs.Seed.from_source(chain.source(PERIOD), [chain.link(PERIOD)])
    drawn = cs.draw(frame_of(), PLAN, seed)
    cover = shell_pages.pack_page(drawn, (), (), None)["cover"]
    warned = [row[1] for row in cover["facts"] if row[0] == "Who could know"]
    assert warned == ["custodian-trusted: the keeper of the chain could foresee it"]


@pytest.mark.parametrize(
    ("arguments", "firm"),
    [
        ({}, None),
        ({"letterhead": ["The Bank", "1 High Street"]}, "The Bank"),
        ({"letterhead": ["The Bank"], "firm": "The Bank plc"}, "The Bank plc"),
        ({"firm": FIRM}, html.escape(FIRM)),
    ],
)
def test_the_firm_stands_on_the_cover_sheet(arguments: dict[str, Any], firm: str | None) -> None:
    """'The firm's name stands on cover sheet and report': as given, or as the letters have it."""
    with open_ledger() as ledger:
        page = told(ledger, TITLE, **arguments).pack.rendered["pack.html"].decode()
    shown = re.findall('<p class="firm"><bdi>(.*?)</bdi></p>', page)
    assert shown == ([] if firm is None else [firm])


@pytest.mark.parametrize(
    ("lines", "firm"),
    [
        ([], None),
        (['letterhead = ["The Bank", "1 High Street"]'], "The Bank"),
        (['letterhead = ["The Bank"]', 'firm = "The Bank plc"'], "The Bank plc"),
        ([f'letterhead = ["{"x" * 150}"]'], None),
    ],
)
def test_the_configurations_firm_is_its_key_or_the_letterheads_first_line(
    lines: list[str], firm: str | None, tmp_path: Path
) -> None:
    configure(tmp_path, ("# kind = ", "\n".join([*lines, "# kind = "])))
    assert Configuration.load(tmp_path / "ceosample.toml").firm == firm


def test_a_report_is_named_by_its_newest_month() -> None:
    """A year's report spans titles: its newest month's counts, and a month without shows the id."""
    about: dict[str, Any] = {"seed_source": "dice", "by": SAMPLER, "at": AT}
    clock = Clock()
    with open_ledger(clock=clock) as ledger:
        told(ledger, "Letters of old")
        clock.now += 60 * (LATER - AT)  # the last of these months is over
        for period, title in (("2026-11", TITLE), ("2026-12", None)):
            rows = [{"id": f"{period}-{n}"} for n in range(3)]
            frame = cs.Frame.from_records(rows, population=POPULATION, period=period, unit_id="id")
            ledger.freeze(frame, cs.Plan(size=1), **about, title=title)
        events = list(ledger.events())
    titles_by_last = {
        last: board_report(events, population=POPULATION, last=last, as_of=LATER).title
        for last in ("2026-10", "2026-11", "2026-12")
    }
    assert titles_by_last == {"2026-10": "Letters of old", "2026-11": TITLE, "2026-12": None}
    # Of months that are not frozen yet it has the title of the newest that is.
    before = [event for event in events if event.period != "2026-12"]
    coming = board_report(before, population=POPULATION, first="2026-12", as_of=LATER)
    assert (coming.title, coming.metrics.title.split(",")[0]) == (TITLE, TITLE)


@pytest.mark.parametrize("make", [lambda: cover_of(title=TITLE), cover_of])
def test_a_cover_without_a_firm_has_no_empty_line(make: Callable[[], dict[str, Any]]) -> None:
    assert make()["firm"] == ""
