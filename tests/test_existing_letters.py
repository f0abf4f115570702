"""Letters that exist already, in the pack: what is signed, shown, compared, and what goes out."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, cast

import pikepdf
import pypdfium2
import pytest

import ceosample as cs
import existing
import months
from authority import AT, authority, key_of
from ceosample.errors import LedgerError, LetterError
from ceosample.letters.letter import Letter
from ceosample.letters.papers import shown_pages
from ceosample.signing import check as check_signed
from ceosample.signing import sign as sign_letters
from ceosample.signoff.letter_story import letter_story
from existing import contents, letter_of, pack_of


@cache
def pack() -> cs.Pack:
    """A pack with its PDFs."""
    return pack_of(pdf=True)


def first(of: cs.Pack) -> Letter:
    return next(iter(of))


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def pages_as_drawn(pdf: bytes) -> list[bytes]:
    """The pixels of each page."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [bytes(page.render(scale=0.5).buffer) for page in document]


def test_what_is_signed_is_the_file_that_was_given() -> None:
    """'that digest is what is signed': the SHA-256 of the PDF, which any tool computes."""
    for letter in pack():
        given = letter_of(letter.unit_id)
        assert letter.digest == sha256(given)
        assert pack().rendered[letter.pdf] == given
        assert pack().fields["files"][letter.pdf] == letter.digest
        assert letter.code == letter.digest[:8]
        assert letter.words == len(existing.WORDS.split()) - 1 + 3  # no page break, a reference


def test_the_slip_prints_digest_pages_approval_and_who_approves() -> None:
    letter = first(pack())
    said = str(letter)
    assert f"SHA-256 of the letter:\n{letter.digest}" in said
    assert "Pages of the letter: 2" in said
    assert "I am Margaret Llewelyn, Chief Executive, and I approve this response." in said
    assert "right to refer your complaint" in said  # and the letter's own words behind it


def test_the_joined_file_is_the_slip_and_the_unaltered_pages() -> None:
    letter = first(pack())
    joined = pack().rendered[letter.signing_pdf]
    slip, *behind = pages_as_drawn(joined)
    assert behind == pages_as_drawn(letter_of(letter.unit_id))
    with pypdfium2.PdfDocument(joined) as document:
        words = document[0].get_textpage().get_text_range()
    assert letter.digest in words.replace("\r\n", "").replace(" ", "")
    assert slip not in behind


def test_the_pack_of_paper_has_each_letter_s_pages_after_its_slip() -> None:
    """'docket and approval slip before it, unaltered pages after it', on sheets of their own."""
    drawn = pages_as_drawn(pack().rendered["pack.pdf"])
    with pypdfium2.PdfDocument(pack().rendered["pack.pdf"]) as document:
        texts = [page.get_textpage().get_text_range() for page in document]
    for number, letter in enumerate(pack(), 1):
        docket = next(n for n, text in enumerate(texts) if text.startswith(f"Docket {number} of"))
        assert letter.digest in texts[docket].replace("\r\n", "")
        assert "Approval of the letter that follows" in texts[docket + 2]
        assert drawn[docket + 4 : docket + 6] == pages_as_drawn(letter_of(letter.unit_id))
    assert f"of {len(drawn)}" in texts[0]  # the pages are counted with the letters'


def test_no_joined_file_claims_what_holds_for_the_slip_alone() -> None:
    """PDF/A, PDF/UA and tags: a reader that trusts them would pass over the letter's pages."""
    for name in (first(pack()).signing_pdf, "pack.pdf"):
        with pikepdf.open(io.BytesIO(pack().rendered[name])) as pdf:
            said = pdf.Root.Metadata.read_bytes()
            assert b"<pdfaid:" not in said
            assert b"<pdfuaid:" not in said
            assert not pdf.Root.MarkInfo.Marked
            assert not any("/StructParents" in page for page in pdf.pages[1:] if name != "pack.pdf")


def test_the_same_letters_are_the_same_pack_each_time() -> None:
    assert pack_of(pdf=True).data == pack().data


def test_the_page_shows_each_page_as_picture_and_as_text() -> None:
    html = pack().rendered["pack.html"].decode()
    letter = first(pack())
    article = html.partition("<article ")[2].partition("</article>")[0]
    sources = re.findall(r'<img alt="" [^>]*src="data:image/png;base64,([^"]*)">', article)
    assert [sha256(base64.b64decode(source)) for source in sources] == [
        page["picture"] for page in (letter.existing or {})["pages"]
    ]
    assert article.index("Approval of the letter") < article.index("Page 1 of 2 of the letter")
    assert "<p>You have the right to refer your complaint" in article
    assert "img-src data:" in html.partition("</head>")[0]


def test_a_pack_without_such_letters_allows_no_picture() -> None:
    written = pack_of(lambda ids: months.contents(ids, months.AUTHOR))
    assert "img-src" not in written.rendered["pack.html"].decode()
    assert "img-src" not in written.room().decode()


def test_a_scan_says_so_in_the_room_and_on_the_docket() -> None:
    def scans(ids: Any) -> dict[str, Any]:
        scan = existing.letter("#rect(width: 5cm, height: 5cm)\n#pagebreak()\nWords.")
        return {unit_id: {"letter": {"pdf": scan}, "docket": {}} for unit_id in ids}

    html = pack_of(scans).rendered["pack.html"].decode()
    assert "Page 1 of 2 of the letter. This page is a picture without text" in html
    assert "; 1 page without text" in html


def test_a_file_that_is_given_for_several_letters_is_told_on_their_dockets() -> None:
    def slip_of_the_hand(ids: Any) -> dict[str, Any]:
        one, other, *_ = ids
        return {**contents(ids), other: contents(ids)[one]}

    html = pack_of(slip_of_the_hand).rendered["pack.html"].decode()
    assert html.count("1 other letter here: the same file") == 2
    assert "the same file" not in pack().rendered["pack.html"].decode()


def test_what_the_text_of_a_letter_holds_is_text_and_no_markup() -> None:
    def hostile(ids: Any) -> dict[str, Any]:
        words = existing.letter('#("</section><script>alert(1)</script> & <img src=x>")')
        return {unit_id: {"letter": {"pdf": words}, "docket": {}} for unit_id in ids}

    html = pack_of(hostile).rendered["pack.html"].decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;img src=x&gt;" in html
    assert "<script" not in html


def test_the_docket_says_found_or_look_for_it_and_never_complete(tmp_path: Path) -> None:
    regime = tmp_path / "own.toml"
    regime.write_text(
        'id = "own"\nname = "Own"\nversion = "1"\nsource = "us"\nchecked = true\n'
        'fits = ["before-issue"]\n'
        '[[deadline]]\nname = "final"\namount = 8\nunit = "weeks"\nfrom = "received"\n'
        'roll = "none"\nzone = "Europe/London"\n'
        '[[element]]\nid = "right"\ntext = "where else to go"\nsource = "us"\n'
        'phrases = ["no such words", "financial ombudsman service"]\n'
        '[[element]]\nid = "limit"\ntext = "by when"\nsource = "us"\n'
        'phrases = ["within six months"]\n'
        '[[element]]\nid = "leaflet"\ntext = "the leaflet"\nsource = "us"\n'
        '[[element]]\nid = "why"\ntext = "the reasons"\nsource = "us"\nkinds = ["not-upheld"]\n'
    )
    policy = cs.regimes.DueDatePolicy(own=[cs.regimes.Regime.load(regime)])

    def under(ids: Any) -> dict[str, Any]:
        found = contents(ids)
        for fields in found.values():
            fields["docket"] = {**fields["docket"], "regime": "own"}
        return found

    def rows(**arguments: Any) -> dict[str, str]:
        html = pack_of(under, deadlines=policy, **arguments).rendered["pack.html"].decode()
        assert "complete" not in html.lower().partition("</style>")[2]
        docket = html.partition("What it must say: a phrase was searched for")[2]
        return dict(re.findall(r"<tr><td>([^<]*)</td><td>([^<]*)</td></tr>", docket))

    asked = {"where else to go": "found", "by when": "look for it", "the leaflet": "look for it"}
    assert rows(kind="upheld") == asked
    assert rows() == {**asked, "the reasons": "look for it"}  # of no kind: all that it may be


def test_letters_of_both_ways_go_into_one_pack() -> None:
    """A month in which some letters are written by a template, a template of one's own too."""

    def both(ids: Any) -> dict[str, Any]:
        found = contents(ids)
        written = months.contents(ids, months.AUTHOR)
        return {u: (found if n % 2 else written)[u] for n, u in enumerate(ids)}

    for template in (None, '{% extends "letter.html" %}'):
        mixed = pack_of(both, template=template)
        assert [letter.existing is not None for letter in mixed] == [False, True, False, True]
        assert [sum(name.endswith(".pdf") for name in mixed.rendered)] == [2]


def test_only_the_drawn_letters_are_loaded(tmp_path: Path) -> None:
    """A file that is asked for is opened; those of responses that were not drawn are not there."""
    drawn = months.drawn_with(months.SEED).unit_ids
    for unit_id in drawn:
        (tmp_path / f"{unit_id}.pdf").write_bytes(letter_of(unit_id))
    everyone = {
        unit.unit_id: {"letter": {"pdf": tmp_path / f"{unit.unit_id}.pdf"}, "docket": {}}
        for unit in months.frame_of().units
    }
    assert [letter.unit_id for letter in pack_of(everyone)] == [*drawn]


def test_fields_next_to_a_pdf_are_named_since_nothing_prints_them() -> None:
    assert pack_of(lambda ids: contents(ids, body="words")).unprinted == {"body": 4}
    with pytest.raises(LetterError, match="'body': this kind of letter does not print it"):
        pack_of(lambda ids: contents(ids, body="words"), strict=True)


def test_the_file_is_what_a_frame_commits_to(tmp_path: Path) -> None:
    """'that digest is what is ... committed to': by hand, and by bytes or path alike."""
    data = existing.letter()
    (tmp_path / "a.pdf").write_bytes(data)
    salt = "ab" * 32
    fields = f'{{"pdf":"{sha256(data)}"}}\n'.encode()
    by_hand = sha256(bytes.fromhex(salt) + fields)
    assert cs.content_digest({"pdf": data}, salt) == by_hand
    assert cs.content_digest({"pdf": tmp_path / "a.pdf"}, salt) == by_hand
    with pytest.raises(LetterError, match=r"pdf: .*not there"):
        cs.content_digest({"pdf": tmp_path / "b.pdf"}, salt)


def committed(other: bool) -> cs.Pack:
    salts = {f"C-{n}": f"{n:064x}" for n in range(4)}
    frame = cs.Frame.from_records(
        [
            {"id": unit_id, "content": cs.content_digest({"pdf": letter_of(unit_id)}, salt)}
            for unit_id, salt in salts.items()
        ],
        population="complaint-responses", period="2026-10", unit_id="id", content="content",
    )  # fmt: skip
    drawn = cs.draw(frame, cs.Plan(size=2), months.SEED)

    def given(ids: Any) -> dict[str, Any]:
        return {
            u: {
                "letter": {"pdf": existing.letter() if other else letter_of(u)},
                "docket": {},
                "salt": salts[u],
            }
            for u in ids
        }

    return cs.render(
        drawn, given, signatory=existing.SIGNATORY, date=months.AT.date(), registration="0" * 64,
        pdf=False,
    )  # fmt: skip


def test_another_file_than_was_committed_to_is_refused() -> None:
    assert "as committed to before the seed" in committed(False).rendered["pack.html"].decode()
    with pytest.raises(LetterError, match="not what was committed to before the draw"):
        committed(True)


def test_letters_are_tried_before_the_draw_and_read_only_if_they_are_committed_to(
    tmp_path: Path,
) -> None:
    (tmp_path / "good.pdf").write_bytes(existing.letter())
    locked = existing.changed(
        lambda pdf: None, encryption=pikepdf.Encryption(owner="o"), deterministic_id=False
    )
    (tmp_path / "locked.pdf").write_bytes(locked)
    given: dict[str, dict[str, Any]] = {
        name: {"letter": {"pdf": tmp_path / f"{name}.pdf"}, "docket": {"owner": "o-1"}}
        for name in ("good", "locked", "absent")
    }
    report = cs.check_contents(given)
    assert [problem.partition(":")[0] for problem in report.problems] == ["letter absent, pdf"]
    salt = "cd" * 32
    there: dict[str, dict[str, Any]] = {
        name: {**given[name], "salt": salt} for name in ("good", "locked")
    }
    frame = cs.Frame.from_records(
        [
            {"id": name, "content": cs.content_digest(cast("Any", fields["letter"]), salt)}
            for name, fields in there.items()
        ],
        population="complaint-responses", period="2026-10", unit_id="id", content="content",
    )  # fmt: skip
    (problem,) = cs.check_contents(there, frame=frame).problems
    assert "letter locked, pdf: got an encrypted PDF" in problem


# ---- Verified


@pytest.fixture(scope="module")
def saved_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("existing") / "month"
    months.drawn_with(months.SEED).save(folder)
    pack().save(folder)
    return folder


@pytest.fixture
def saved(saved_once: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(saved_once, tmp_path / "month"))


def test_a_folder_of_such_letters_verifies_and_is_loaded_again(saved: Path) -> None:
    report = cs.verify(saved)
    assert report.pack is not None
    assert (report.ok, report.pack.level.name) == (True, "PAGE"), str(report)
    assert cs.Pack.load(saved).data == pack().data
    assert cs.Pack.load(saved).room() == (saved / "room.html").read_bytes()


def _set_again(folder: Path, name: str, data: bytes) -> None:
    """Change a file, and pack.json with it."""
    (folder / name).write_bytes(data)
    fields = json.loads((folder / "pack.json").read_bytes())
    fields["files"][name] = sha256(data)
    import rfc8785

    (folder / "pack.json").write_bytes(rfc8785.dumps(fields) + b"\n")


def _other_picture(folder: Path) -> None:
    html = (folder / "pack.html").read_text()
    picture = re.findall(r"base64,([^\"]*)", html)
    _set_again(folder, "pack.html", html.replace(picture[0], picture[1], 1).encode())


def _other_words(folder: Path) -> None:
    html = (folder / "pack.html").read_text().replace("You have the right", "You have no right")
    _set_again(folder, "pack.html", html.encode())


def _other_letter(folder: Path) -> None:
    name = first(pack()).pdf
    _set_again(folder, name, existing.letter("Another letter."))


def _no_pages(folder: Path) -> None:
    html = (folder / "pack.html").read_text()
    cut = re.sub(r'<section class="pages".*?</section>\n', "", html, count=1, flags=re.DOTALL)
    _set_again(folder, "pack.html", cut.encode())


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (_other_picture, "other pages than the letter has"),
        (_other_words, "other pages than the letter has"),
        (_no_pages, "other pages than the letter has"),
        (_other_letter, "is not the letter"),
    ],
    ids=["picture", "words", "no pages", "letter"],
)
def test_a_folder_that_shows_another_letter_is_refused(change: Any, what: str, saved: Path) -> None:
    change(saved)
    report = cs.verify(saved)
    assert not report.ok
    assert what in str(report.first_difference), str(report)


def test_a_room_with_pictures_is_taken_apart_again() -> None:
    room = pack().room().decode()
    assert shown_pages.other_words(room, pack().letters) is None
    assert "img-src data:;" in room.partition("<style>")[0]
    assert room.count("img-src") == 1


# ---- Signed, sent, gone out


def test_the_digital_signature_stands_on_the_slip_of_the_joined_file() -> None:
    letter = first(pack())
    signed = sign_letters(pack(), key_of(authority().ceo), at=AT, unit_ids=[letter.unit_id])[
        letter.unit_id
    ]
    assert signed.startswith(pack().rendered[letter.signing_pdf])
    with pikepdf.open(io.BytesIO(signed)) as pdf:
        field = pdf.Root.AcroForm.Fields[0]
        assert field.P.objgen == pdf.pages[0].objgen
    given: dict[str, Any] = {"roots": [authority().root.pem], "people": authority().people}
    report = check_signed(signed, pack(), at=AT, **given)
    assert (report.ok, report.letter) == (True, letter.digest), str(report)
    other = check_signed(pack().rendered[letter.pdf], pack(), at=AT, **given)
    assert not other.ok


def test_the_pages_behind_the_slip_are_covered_by_the_signature() -> None:
    letter = first(pack())
    key = key_of(authority().ceo)
    signed = sign_letters(pack(), key, at=AT, unit_ids=[letter.unit_id])[letter.unit_id]
    assert pages_as_drawn(signed)[1:] == pages_as_drawn(letter_of(letter.unit_id))


@pytest.fixture
def ledger() -> Iterator[cs.Ledger]:
    with months.open_ledger() as opened:
        months.registered(opened)
        yield opened


def sent(ledger: cs.Ledger, version: int = 1, given: Any = contents, **more: Any) -> cs.Pack:
    registered = next(e for e in ledger.events(**months.MONTH) if e.kind == "drawn")
    made = pack_of(given, registration=registered.hash, version=version, **more)
    ledger.send(made, by=months.OFFICE, at=months.AT)
    return made


def test_the_ledger_has_the_digest_of_the_file_from_sending_to_posting(ledger: cs.Ledger) -> None:
    letter = first(sent(ledger))
    digest = sha256(letter_of(letter.unit_id))
    months.a_day_on(ledger)
    signed = ledger.sign(letter.unit_id, letter=digest, by=months.CEO, at=months.LATER)
    assert signed.payload["letter"] == digest
    out = ledger.record("dispatched", letter.unit_id, by=months.OFFICE, at=months.LATER)
    assert out.payload["letter"] == digest
    assert "file" not in out.payload
    assert ledger.check().ok


def test_what_went_out_with_its_slip_is_named_next_to_the_letter(ledger: cs.Ledger) -> None:
    letter = first(sent(ledger))
    months.a_day_on(ledger)
    ledger.sign(letter.unit_id, letter=letter.digest, by=months.CEO, at=months.LATER)
    file = "ef" * 32
    out = ledger.record("dispatched", letter.unit_id, by=months.OFFICE, at=months.LATER, file=file)
    assert (out.payload["letter"], out.payload["file"]) == (letter.digest, file)
    told = str(letter_story(ledger, letter.unit_id)).splitlines()[-1].strip()
    assert told == f"posted as the file efefefef, letter {letter.code}"
    assert ledger.check().ok


def test_a_letter_that_came_back_can_be_sent_again_as_it_was(ledger: cs.Ledger) -> None:
    """Only its docket was wrong: the same file is a new version, and has to be signed again."""
    letter = first(sent(ledger))
    months.a_day_on(ledger)
    say: dict[str, Any] = {"by": months.CEO, "at": months.LATER}
    ledger.record("returned_for_rework", letter.unit_id, reason_code="docket", **say)
    with pytest.raises(LedgerError):
        ledger.sign(letter.unit_id, letter=letter.digest, **say)
    again = pack_of(
        contents, version=2, unit_ids=[letter.unit_id],
        registration=next(e for e in ledger.events(**months.MONTH) if e.kind == "drawn").hash,
    )  # fmt: skip
    first_time = ledger.send(again, by=months.OFFICE, at=months.LATER)
    assert ledger.send(again, by=months.OFFICE, at=months.LATER) == first_time
    history = ledger.history(letter.unit_id, **months.MONTH)
    assert (history.state, history.versions) == ("sent_for_signature", 2)
    ledger.sign(letter.unit_id, letter=letter.digest, **say)
    assert ledger.check().ok
