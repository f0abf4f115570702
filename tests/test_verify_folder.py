"""verify of a whole folder: what is found where a letter, a page, a PDF or the room was changed.

The specification: "it checks draw, pack.json, letters, PDFs (by the digests in pack.json; nothing
is typeset again) and room.html: its data block is parsed and every letter's words, digest and code
compared; the rest of the page has the digest of a shell that a release shipped, or the level says
*words compared, page not*; with --ledger also the digests that were sent."
"""

from __future__ import annotations

import html
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ceosample as cs
import release_0_1
from ceosample.canonical import canonical_file, digest
from ceosample.letters.markup import tree
from ceosample.letters.papers import shown_pages
from ceosample.letters.papers.signing_room import Room
from ceosample.letters.pdf.paper_size import A4, PAPERS
from ceosample.signoff.verify_folder import FolderReport
from command import Ended, asked
from thorough import examples

MONTH = release_0_1.FOLDER / "packs" / "2026-10"

SHELLS = Path(shown_pages.__file__).with_name("shells.json")

#: A logo, with which a page may show pictures.
SQUARE = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'


@pytest.fixture
def month(tmp_path: Path) -> Path:
    """A month that 0.1 rendered, with the signing room that is made of its page."""
    folder = Path(shutil.copytree(MONTH, tmp_path / "packs" / "2026-10"))
    (folder / "room.html").write_bytes(cs.Pack.load(folder).room())
    return folder


@pytest.fixture
def ledger() -> Iterator[cs.Ledger]:
    found = cs.Ledger.open_readonly(f"sqlite:///{release_0_1.FOLDER / 'signoff.db'}")
    assert found is not None
    with found:
        yield found


def level(report: FolderReport) -> str | None:
    return None if report.pack is None else report.pack.level.name


def change(path: Path, was: str, to: str) -> None:
    """Put other words into a file, in which the old ones are."""
    text = path.read_text("utf-8")
    assert was in text
    path.write_text(text.replace(was, to), "utf-8")


def fields(folder: Path) -> Any:
    return json.loads((folder / "pack.json").read_bytes())


def agree(folder: Path, *names: str) -> None:
    """Edit pack.json as somebody would who hides that these files were changed."""
    said = fields(folder)
    for name in names:
        said["files"][name] = digest((folder / name).read_bytes())
        for entry in said["letters"]:
            if name == f"letters/{entry['name']}.json":
                entry["letter"] = said["files"][name]
    (folder / "pack.json").write_bytes(canonical_file(said))


# What is as it was


def test_a_folder_is_compared_as_a_whole(month: Path, ledger: cs.Ledger) -> None:
    report = cs.verify(month, ledger=ledger)
    assert report.ok, report
    assert report.level is cs.verification.Level.REPRODUCED
    # The rework of 0.1 is kept without its room, so its page was not looked at.
    assert level(report) == "WORDS"
    assert report.pack is not None
    assert report.pack.letters == 13
    shutil.rmtree(month / "rework-1")
    assert level(cs.verify(month)) == "PAGE"


def test_with_the_ledger_the_level_is_that_of_what_was_sent(month: Path, ledger: cs.Ledger) -> None:
    (month / "rework-1" / "room.html").write_bytes(cs.Pack.load(month / "rework-1").room())
    assert level(cs.verify(month)) == "PAGE"
    assert level(cs.verify(month, ledger=ledger)) == "RECORDED"


def test_without_a_pack_the_draw_alone_is_checked(month: Path) -> None:
    """'Without pack.json it does what it does today.'"""
    for name in ("pack.json", "room.html"):
        (month / name).unlink()
    report = cs.verify(month)
    assert (report.ok, report.pack) == (True, None)
    assert str(report).startswith("ok: REPRODUCED\n")


def test_the_shells_that_are_listed_are_those_that_the_code_makes() -> None:
    """Where this fails, put the new digest into the entry of the release that is not out yet."""
    pack = cs.Pack.load(MONTH)
    old = Room.read(pack.room().decode())
    assert old is not None
    assert old.page == pack.rendered["pack.html"].decode()
    assert shown_pages.release_of_page(old.page) == "0.1.0"


@pytest.mark.parametrize("logo", [None, SQUARE], ids=["words", "pictures"])
@pytest.mark.parametrize("paper", PAPERS)
def test_so_are_those_of_each_paper_with_pictures_and_without(
    paper: str, logo: bytes | None
) -> None:
    """Where this fails, put the new digests into the entries of the release that is not out yet."""
    room = Room.read(_new_pack(paper=paper, logo=logo).room().decode())
    assert room is not None
    release = cs.__version__.partition(".dev")[0]
    [entry] = [
        entry
        for entry in json.loads(SHELLS.read_text("utf-8"))["pages"]
        if (entry["release"], entry.get("paper"), entry.get("pictures", False))
        == (release, paper, logo is not None)
    ]
    assert shown_pages.shell_of_page(room.page) == entry["sha256"]
    assert shown_pages.release_of_page(room.page) == release
    assert shown_pages.release_of_tools(room.tools) == release


def test_a_room_s_shell_is_computed_as_the_data_file_says() -> None:
    """'take what follows the first </style>, line feed, <style> ...', by another implementation."""
    room = cs.Pack.load(MONTH).room().decode()
    text = room.split("</style>\n<style>", 1)[1].rsplit("</script>\n</body>", 1)[0]
    note, rest = text.split("</aside>", 1)
    before, script = rest.rsplit("</main>\n", 1)[1].split('id="room-data">', 1)
    data = script.split("</script>", 1)
    shell = f'{note}</aside></main>\n{before}id="room-data"></script>{data[1]}</script>\n</body>'
    assert shown_pages.release_of_tools(shell) is not None


def _new_pack(
    body: str = "We are sorry.", *, paper: str = A4, logo: bytes | None = None
) -> cs.Pack:
    frame = cs.Frame.from_records(
        [{"id": "R-1"}, {"id": "<b>&'\""}],
        population="complaint-responses", period="2026-10", unit_id="id",
    )  # fmt: skip
    seed = cs.Seed.from_dice("83019274650192837465", witnesses=["internal audit"])
    drawn = cs.draw(frame, cs.Plan(size=2, reserves=0), seed)
    letter = {
        "recipient": "Ann O'Hara & <Co>", "address": ["1 High Street"], "salutation": "Dear Ms X,",
        "subject": "A fee", "body": body, "closing": "Yours sincerely,",
    }  # fmt: skip
    return cs.render(
        drawn,
        {unit_id: {"letter": letter, "docket": {"owner": "h-1"}} for unit_id in drawn.unit_ids},
        signatory=cs.Signatory("ceo", 'Margaret "Meg" <L>', "Chief & Executive"),
        date=release_0_1.AS_OF.date(), pdf=False, title="A & B", firm="C's", paper_size=paper,
        logo=None if logo is None else cs.office.Logo.load(logo, "C's"),
    )  # fmt: skip


# What was changed


def edit_letter(month: Path) -> None:
    change(month / "letters" / "0001-R-C7YJ7D.json", "Yours", "Not yours")


def swap_pdfs(month: Path) -> None:
    first, second = (month / "letters" / f"{n}.pdf" for n in ("0001-R-C7YJ7D", "0002-R-BSHQD8"))
    data = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(data)


def empty_pack(month: Path) -> None:
    (month / "pack.json").write_bytes(b"{}\n")


def no_letters(month: Path) -> None:
    said = {**fields(month), "letters": [], "files": {}}
    (month / "pack.json").write_bytes(canonical_file(said))


def a_name_twice(month: Path) -> None:
    data = (month / "pack.json").read_bytes()
    (month / "pack.json").write_bytes(data.replace(b"{", b'{"draw":1,', 1))


def name_outside(month: Path) -> None:
    said = fields(month)
    said["files"]["../x"] = "0" * 64
    (month / "pack.json").write_bytes(canonical_file(said))


def names_of_one_spelling(month: Path) -> None:
    said = fields(month)
    said["files"]["letters/0001-r-c7yj7d.json"] = "0" * 64
    (month / "pack.json").write_bytes(canonical_file(said))


def another_draw(month: Path) -> None:
    (month / "pack.json").write_bytes(canonical_file({**fields(month), "draw": "0" * 64}))


def missing(month: Path) -> None:
    (month / "letters" / "0012-R-K3YBQH.pdf").unlink()


def one_more_letter(month: Path) -> None:
    shutil.copy(month / "letters" / "0001-R-C7YJ7D.pdf", month / "letters" / "0013-R-ME.pdf")


def one_more_pack(month: Path) -> None:
    shutil.copy(month / "pack.pdf", month / "pack-2.pdf")


def linked_elsewhere(month: Path) -> None:
    path = month / "letters" / "0001-R-C7YJ7D.json"
    shutil.copy(path, month.parent / "elsewhere.json")
    path.unlink()
    path.symlink_to(month.parent / "elsewhere.json")


def a_pipe(month: Path) -> None:
    (month / "letters" / "0001-R-C7YJ7D.pdf").unlink()
    os.mkfifo(month / "letters" / "0001-R-C7YJ7D.pdf")


def a_device(month: Path) -> None:
    (month / "pack.pdf").unlink()
    (month / "pack.pdf").symlink_to("/dev/zero")


def pack_is_a_pipe(month: Path) -> None:
    (month / "pack.json").unlink()
    os.mkfifo(month / "pack.json")


def one_letter_less(month: Path) -> None:
    """Letter, page and list agree that one of the drawn letters never was."""
    said = fields(month)
    gone = said["letters"].pop()
    for end in ("json", "pdf"):
        del said["files"][f"letters/{gone['name']}.{end}"]
        (month / "letters" / f"{gone['name']}.{end}").unlink()
    (month / "pack.json").write_bytes(canonical_file(said))


def letter_with_its_name(month: Path) -> None:
    """A letter changed with its entry in pack.json, the page left as it was."""
    edit_letter(month)
    agree(month, "letters/0001-R-C7YJ7D.json")


def page_with_its_name(month: Path) -> None:
    change(month / "pack.html", "Yours sincerely", "Yours")
    agree(month, "pack.html")


def script_in_a_letter(month: Path) -> None:
    path = month / "letters" / "0001-R-C7YJ7D.json"
    said = json.loads(path.read_bytes())
    said["tree"].append({"tag": "script", "attributes": {}, "children": ["alert(1)"]})
    path.write_bytes(canonical_file(said))
    agree(month, "letters/0001-R-C7YJ7D.json")


def room_words(month: Path) -> None:
    change(month / "room.html", "Yours sincerely", "Yours")


def room_code(month: Path) -> None:
    change(month / "room.html", fields(month)["letters"][0]["letter"][:8], "0" * 8)


def room_digest(month: Path) -> None:
    change(month / "room.html", fields(month)["letters"][0]["letter"], "0" * 64)


def room_docket(month: Path) -> None:
    change(month / "room.html", "<dt>Owner</dt>", "<dt>Nobody</dt>")


def room_has_two_letters(month: Path) -> None:
    change(month / "room.html", "</main>", '<article id="letter-13"></article></main>')


def room_is_of_another_pack(month: Path) -> None:
    shutil.copy(month / "pack.html", month / "room.html")


def room_data_has_a_name_twice(month: Path) -> None:
    change(month / "room.html", 'id="room-data">{', 'id="room-data">{"pack":"0",')


def room_data_goes_on(month: Path) -> None:
    text = (month / "room.html").read_text("utf-8")
    before, mark, rest = text.partition('id="room-data">')
    data, end, after = rest.partition("</script>")
    (month / "room.html").write_text(f"{before}{mark}{data}{data}{end}{after}", "utf-8")


def room_offers_a_deputy(month: Path) -> None:
    """One that the pack does not name."""
    change(month / "room.html", 'id="room-data">{', 'id="room-data">{"deputies":["me"],')


def room_is_a_pipe(month: Path) -> None:
    (month / "room.html").unlink()
    os.mkfifo(month / "room.html")


def rework_letter(month: Path) -> None:
    change(month / "rework-1" / "letters" / "0001-R-YWR3C7.json", "Yours", "Not yours")


CHANGES: list[tuple[Callable[[Path], None], str]] = [
    (empty_pack, "MALFORMED"),
    (no_letters, "MALFORMED"),
    (a_name_twice, "MALFORMED"),
    (name_outside, "MALFORMED"),
    (names_of_one_spelling, "MALFORMED"),
    (another_draw, "MALFORMED"),
    (pack_is_a_pipe, "MALFORMED"),
    (edit_letter, "FILES"),
    (swap_pdfs, "FILES"),
    (missing, "FILES"),
    (one_more_letter, "FILES"),
    (one_more_pack, "FILES"),
    (linked_elsewhere, "FILES"),
    (a_pipe, "FILES"),
    (a_device, "FILES"),
    (rework_letter, "FILES"),
    (one_letter_less, "LETTERS"),
    (letter_with_its_name, "LETTERS"),
    (page_with_its_name, "LETTERS"),
    (script_in_a_letter, "LETTERS"),
    (room_words, "ROOM"),
    (room_code, "ROOM"),
    (room_digest, "ROOM"),
    (room_docket, "ROOM"),
    (room_has_two_letters, "ROOM"),
    (room_is_of_another_pack, "ROOM"),
    (room_data_has_a_name_twice, "ROOM"),
    (room_data_goes_on, "ROOM"),
    (room_offers_a_deputy, "ROOM"),
    (room_is_a_pipe, "ROOM"),
]


@pytest.mark.parametrize(("done", "where"), CHANGES, ids=[done.__name__ for done, _ in CHANGES])
def test_what_was_changed_is_named(done: Callable[[Path], None], where: str, month: Path) -> None:
    done(month)
    report = cs.verify(month)
    assert not report.ok, report
    assert report.first_difference
    assert level(report) == where, report.first_difference
    assert "REPRODUCED" not in str(report)
    assert cs.verify(month).to_dict()["pack"]["level"] == where  # type: ignore[index, call-overload]


@pytest.mark.parametrize(
    ("was", "to"),
    [
        ("--ink: #1b1b1b", "--ink: #fff"),
        ('"use strict";', '"use strict"; alert(1);'),
        ('<article id="letter-2"', '<!-- a --><article id="letter-2"'),
        ("script-src ", "script-src 'unsafe-inline' "),
        ("Save decisions", "Sign"),
    ],
)
def test_a_page_of_no_release_is_compared_by_its_words_alone(
    was: str, to: str, month: Path
) -> None:
    shutil.rmtree(month / "rework-1")
    change(month / "room.html", was, to)
    report = cs.verify(month)
    assert report.ok, report
    assert level(report) == "WORDS"
    assert "words compared, page not" in str(report)


def test_a_page_that_was_changed_with_its_digest_is_of_no_release(month: Path) -> None:
    shutil.rmtree(month / "rework-1")
    change(month / "pack.html", ".letter { margin-top", ".letter p { display: none } .letter { m")
    agree(month, "pack.html")
    (month / "room.html").write_bytes(cs.Pack.load(month).room())
    report = cs.verify(month)
    assert (report.ok, level(report)) == (True, "WORDS")


def test_what_agrees_with_itself_shows_against_the_ledger_alone(
    month: Path, ledger: cs.Ledger
) -> None:
    """A letter, the page and pack.json edited together: only what was sent shows it."""
    shutil.rmtree(month / "rework-1")
    name = "0001-R-C7YJ7D"
    old = fields(month)["letters"][0]["letter"]
    change(month / "letters" / f"{name}.json", "Yours sincerely", "Yours for ever")
    agree(month, f"letters/{name}.json")
    new = fields(month)["letters"][0]["letter"]
    first, mark, rest = (month / "pack.html").read_text("utf-8").partition("Yours sincerely")
    page = f"{first}Yours for ever{rest}".replace(old[:8], new[:8])
    assert mark
    (month / "pack.html").write_text(page, "utf-8")
    agree(month, "pack.html")
    (month / "room.html").write_bytes(cs.Pack.load(month).room())
    report = cs.verify(month)
    assert (report.ok, level(report)) == (True, "PAGE"), report
    assert "--ledger" in str(report)
    report = cs.verify(month, ledger=ledger)
    assert level(report) == "SENT"
    assert "R-C7YJ7D" in str(report.first_difference)


def test_pdfs_that_were_swapped_with_their_digests_show_against_the_ledger_alone(
    month: Path, ledger: cs.Ledger
) -> None:
    shutil.rmtree(month / "rework-1")
    swap_pdfs(month)
    agree(month, "letters/0001-R-C7YJ7D.pdf", "letters/0002-R-BSHQD8.pdf")
    (month / "room.html").write_bytes(cs.Pack.load(month).room())
    assert level(cs.verify(month)) == "PAGE"
    report = cs.verify(month, ledger=ledger)
    assert (level(report), "the ledger sent the pack" in str(report)) == ("SENT", True)


def test_a_rework_that_was_sent_and_is_gone_shows_against_the_ledger(
    month: Path, ledger: cs.Ledger
) -> None:
    shutil.rmtree(month / "rework-1")
    report = cs.verify(month, ledger=ledger)
    assert level(report) == "SENT"
    assert "R-YWR3C7" in str(report.first_difference)


def test_hostile_texts_are_found_on_the_pages_as_they_are(tmp_path: Path) -> None:
    """Names that are escaped, on a page of this release."""
    pack = _new_pack("</section></article><script>alert(1)</script>\n\n'\"& <!-- x -->")
    page = pack.rendered["pack.html"].decode()
    assert shown_pages.other_words(page, pack.letters) is None
    assert shown_pages.release_of_page(page) is not None


_WORDS = st.text("ab &<>\"' \n\t\u00a0\u05d0", max_size=6).map(html.escape)
_INSIDE = st.recursive(
    st.one_of(_WORDS, st.just("<br>")),
    lambda inner: st.builds(
        "<{0}>{1}</{0}>".format, st.sampled_from(["em", "bdi"]), st.lists(inner).map("".join)
    ),
    max_leaves=6,
)
_BLOCKS = st.builds(
    "<{0} dir='auto'>{1}</{0}>".format,
    st.sampled_from(["p", "h1", "section", "td"]),
    st.lists(_INSIDE, max_size=4).map("".join),
).map(lambda block: f"<table><tr>{block}</tr></table>" if block[1:3] == "td" else block)


@settings(max_examples=examples(100, one_in=4))
@given(markup=st.lists(st.one_of(_BLOCKS, _INSIDE), max_size=4).map("".join))
def test_a_tree_that_is_written_is_read_back_the_same(markup: str) -> None:
    """Or a letter as it was rendered would not be taken for one."""
    nodes = tree.parse(markup)
    assert tree.parse(tree.to_html(nodes)) == nodes


# Names that prove nothing


def test_a_name_that_proves_nothing_is_named_and_strictly_a_difference(month: Path) -> None:
    said = json.loads((month / "draw.json").read_bytes())
    said["approved_by"] = "the board"
    said["seed"]["certified"] = True
    said["selections"][2]["line"] = "open"
    (month / "draw.json").write_bytes(canonical_file(said))
    report = cs.verify(month)
    places = ("approved_by", "seed, certified", "selections, entry 3, line")
    assert report.ok
    assert report.unknown == tuple(f"draw.json, {place}" for place in places)
    assert report.to_dict()["unknown"] == [*report.unknown]
    for place in report.unknown:
        assert f"{place}: not part of ceosample/1, proves nothing" in str(report)
    strict = cs.verify(month, strict=True)
    assert not strict.ok
    assert "approved_by: not part of ceosample/1" in str(strict.first_difference)


@pytest.mark.parametrize("name", ["draw.json", "manifest.csv", "exclusions.csv"])
def test_a_pipe_in_the_record_is_no_file(name: str, month: Path) -> None:
    (month / name).unlink()
    os.mkfifo(month / name)
    report = cs.verify(month)
    assert "a pipe, which is no file" in str(report.first_difference)


# The command


def run(folder: Path, *arguments: str) -> Ended:
    return asked(*arguments, folder=folder)


def test_the_command_says_it_in_words_in_json_and_by_its_exit_code(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(release_0_1.FOLDER, tmp_path / "month"))
    ended = run(folder, "verify", "packs/2026-10", "--ledger")
    assert (ended.code, ended.out.partition("\n")[0][:18]) == (0, "ok: REPRODUCED; pa")
    assert "ledger: sent exactly these letters" in ended.out
    by_file = run(folder, "verify", "packs/2026-10", "--ledger", "signoff.db", "--json")
    assert by_file.json["pack"]["sent"] is True
    edit_letter(folder / "packs" / "2026-10")
    ended = run(folder, "verify", "packs/2026-10", "--json")
    assert (ended.code, ended.json["ok"], ended.json["pack"]["level"]) == (1, False, "FILES")
    draw = folder / "packs" / "2026-12" / "draw.json"
    draw.write_bytes(canonical_file({**json.loads(draw.read_bytes()), "approved_by": "the board"}))
    assert run(folder, "verify", "packs/2026-12").code == 0
    ended = run(folder, "verify", "packs/2026-12", "--strict", "--json")
    assert (ended.code, ended.json["unknown"]) == (1, ["draw.json, approved_by"])
    nowhere = run(folder, "verify", "packs/2026-10", "--ledger", "none.db")
    assert (nowhere.code, (folder / "none.db").exists()) == (65, False)


def test_a_backup_that_was_put_back_is_named_and_draws_nothing(tmp_path: Path) -> None:
    """'status and run name a ledger whose head is older than one that a folder of packs holds'"""
    folder = Path(shutil.copytree(release_0_1.FOLDER, tmp_path / "month"))
    lines = (release_0_1.EXPECTED / "events.jsonl").read_bytes().splitlines(keepends=True)
    frozen = next(n for n, line in enumerate(lines) if b'"kind":"seed_revealed"' in line)
    (folder / "signoff.db").unlink()
    cs.Ledger.restore(f"sqlite:///{folder / 'signoff.db'}", lines[:frozen])
    before = (folder / "signoff.db").read_bytes()
    ended = run(folder, "status")
    assert ended.code == 1
    assert "packs/2026-10/pack.json" in ended.out
    assert "closing-20f962de.html" in ended.out
    assert run(folder, "status", "--json").json["not_in_ledger"]
    for line in (("--period", "2026-10", "--dice", "1" * 20), ("--dry-run",), ()):
        ended = run(folder, "run", *line)
        assert (ended.code, "older than its packs" in ended.err) == (3, True), ended
    assert (folder / "signoff.db").read_bytes() == before
    # Under another name the folder still tells.
    for other in ("2026-11", "2026-12"):
        shutil.rmtree(folder / "packs" / other)
    for name in ("pack.json", "closing-20f962de.html"):
        (folder / "packs" / "2026-10" / name).unlink()
    shutil.rmtree(folder / "packs" / "2026-10" / "rework-1")
    (folder / "packs" / "2026-10").rename(folder / "packs" / "old")
    ended = run(folder, "run", "--period", "2026-10", "--dice", "1" * 20)
    assert (ended.code, "packs/old/draw.json" in ended.err) == (3, True)
