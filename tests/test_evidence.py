"""The file of evidence: what is in it and what is not, and that any change in it is named."""

from __future__ import annotations

import contextlib
import datetime as dt
import html
import io
import json
import re
import shutil
import subprocess
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import ceosample as cs
import months
from authority import SECRET, authority
from ceosample.canonical import canonical_file, digest
from ceosample.configuration import TEMPLATE
from ceosample.errors import LedgerError, RecordError
from ceosample.evidence import archive, collect
from ceosample.evidence.index import FORM, sums_of
from ceosample.evidence.questions import standards
from ceosample.evidence.steps import INDEX, SIGNATURE, SUMS
from ceosample.verification import Evidence, EvidenceReport, evidence, verify_evidence
from command import asked
from needed import need
from pages import PROJECT
from test_closing import finish

AS_OF = months.LATER + dt.timedelta(days=1)
CEO = cs.Signatory("ceo", "Margaret Llewelyn", "Chief Executive")
MONTH = f"months/{months.PERIOD}"


@contextlib.contextmanager
def made(folder: Path) -> Iterator[tuple[cs.Ledger, Path]]:
    """A month that was frozen with its sheets, drawn, sent and partly signed, in a folder."""
    place = folder / months.PERIOD
    with months.open_ledger() as ledger:
        ledger.freeze(
            months.frame_of(), months.PLAN, seed_source="dice", by=months.SAMPLER, at=months.AT
        )
        sheets = cs.office.witness_sheets(ledger, **months.MONTH, paper=False)
        month = months.sent(ledger)
        month.sign()
        month.say("finding", verdict="defective", codes=["tone"])
        month.draw.save(place)
        month.pack.save(place)
        closing = cs.office.closing_sheet(
            ledger, **months.MONTH, signatory=CEO, at=months.AT, still_open=True, paper=False
        )
        for name, data in (sheets | closing).items():
            (place / name).write_bytes(data)
        yield ledger, place


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[cs.Ledger, Path]]:
    with made(tmp_path_factory.mktemp("evidence")) as found:
        yield found


def of(month: tuple[cs.Ledger, Path], **more: Any) -> Evidence:
    ledger, place = month
    wanted: dict[str, Any] = {"first": months.PERIOD, "last": months.PERIOD, "as_of": AS_OF, **more}
    return evidence(ledger, {months.PERIOD: place}, population=months.POPULATION, **wanted)


@pytest.fixture(scope="module")
def found(month: tuple[cs.Ledger, Path]) -> Evidence:
    return of(month)


@pytest.fixture(scope="module")
def signed(month: tuple[cs.Ledger, Path]) -> Evidence:
    key = cs.signing.SigningKey.from_pkcs12(authority().ceo.pkcs12(), SECRET)
    return of(month, key=key)


def checked(files: dict[str, bytes] | bytes, tmp_path: Path, **more: Any) -> EvidenceReport:
    path = tmp_path / "evidence.zip"
    path.write_bytes(files if isinstance(files, bytes) else archive.packed(files))
    return verify_evidence(path, **more)


def agreeing(files: dict[str, bytes], *, program: str | None = None) -> dict[str, bytes]:
    """The files with an index that names them, as somebody writes it who hides a change."""
    index = json.loads(files[INDEX])
    listed = {n: data for n, data in files.items() if n not in (INDEX, SUMS, SIGNATURE)}
    what = {name: entry["what"] for name, entry in index["files"].items()}
    index["files"] = {
        name: {"bytes": len(data), "sha256": digest(data), "what": what.get(name, "")}
        for name, data in sorted(listed.items())
    }
    index["program"] = program or index["program"]
    files = {**listed, INDEX: canonical_file(index)}
    return {**files, SUMS: sums_of(files)}


# What is in it


def test_it_agrees_with_itself_and_names_what_only_paper_shows(
    found: Evidence, month: tuple[cs.Ledger, Path], tmp_path: Path
) -> None:
    report = checked(dict(found.files), tmp_path)
    assert (report.ok, report.level.name, report.first_difference) == (True, "AGREES", None)
    assert report.months[months.PERIOD].level is cs.verification.Level.REPRODUCED
    assert "that the chain was not made up as a whole" in str(report)
    head = checked(dict(found.files), tmp_path, head=month[0].head)
    assert head.ok
    assert head.chain is not None
    assert head.chain.level is cs.verification.ChainLevel.ANCHORED
    other = checked(dict(found.files), tmp_path, head="0" * 64)
    assert (other.ok, other.level.name) == (False, "EVENTS")


def test_the_same_input_is_the_same_bytes(found: Evidence, month: tuple[cs.Ledger, Path]) -> None:
    assert of(month).to_zip() == found.to_zip()
    with zipfile.ZipFile(io.BytesIO(found.to_zip())) as opened:
        assert opened.testzip() is None
        assert opened.namelist() == sorted(found.files)
        assert {entry.date_time for entry in opened.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {name: opened.read(name) for name in opened.namelist()} == dict(found.files)


def test_it_holds_what_the_specification_lists(found: Evidence) -> None:
    """'draws, events, receipts, closing sheets, report, the method in two pages, ... an index'"""
    names = {re.sub(r"-[0-9a-f]{8}\.", "-HASH.", name) for name in found.files}
    assert names == {
        *("index.html", "index.json", "SHA256SUMS", "events.jsonl", "method.html"),
        *("report.html", "figures.json", "verifier.html"),
        *(f"{MONTH}/{name}" for name in ("draw.json", "manifest.csv", "exclusions.csv")),
        *(f"{MONTH}/{kind}-HASH.html" for kind in ("commitment", "dice", "interim")),
    }


def test_no_customers_name_or_text_is_in_it_unless_letters_are_asked_for(
    month: tuple[cs.Ledger, Path], found: Evidence, tmp_path: Path
) -> None:
    words = (b"Quillfeather", b"Marmalade", b"parrot", b"Zanzifield")
    assert not [(n, w) for n, data in found.files.items() for w in words if w in data]
    whole = of(month, letters=True)
    assert all(any(word in data for data in whole.files.values()) for word in words)
    report = checked(dict(whole.files), tmp_path)
    assert report.ok, report
    pack = report.months[months.PERIOD].pack
    assert pack is not None
    assert pack.sent  # the letters are those that the events have the digests of


def test_only_files_that_are_named_go_out(
    month: tuple[cs.Ledger, Path], found: Evidence, tmp_path: Path
) -> None:
    ledger, place = month
    folder = Path(shutil.copytree(place, tmp_path / months.PERIOD))
    (folder / "closing-notes.html").write_text("Mrs Quillfeather called")
    (folder / "closing-00000000.txt").write_text("Mrs Quillfeather called")
    (tmp_path / "elsewhere.html").write_text("Mrs Quillfeather called")
    (folder / "closing-00000000.html").symlink_to(tmp_path / "elsewhere.html")
    assert of((ledger, folder)).to_zip() == found.to_zip()


def test_letters_of_a_month_with_erased_texts_stay_out(tmp_path: Path) -> None:
    with made(tmp_path) as (ledger, place):
        (erased, *_) = cs.Draw.load(place).unit_ids
        ledger.forget(erased, by="dpo", at=months.AT, reason_code="request", **months.MONTH)
        whole = of((ledger, place), letters=True)
        assert not [name for name in whole.files if "/letters/" in name or "pack." in name]
        assert b"Its letters are left out: texts of it were erased." in whole.files["index.html"]
        assert checked(dict(whole.files), tmp_path).ok


def test_files_that_the_ledger_does_not_know_so_are_refused_all_at_once(
    month: tuple[cs.Ledger, Path], tmp_path: Path
) -> None:
    ledger, place = month
    folder = Path(shutil.copytree(place, tmp_path / months.PERIOD))
    (folder / "draw.json").unlink()
    with (folder / "manifest.csv").open("a") as table:
        table.write("X-1,Cards\n")
    with pytest.raises(RecordError) as refused:
        of((ledger, folder))
    draw, manifest = refused.value.faults
    assert "draw.json: not there; 'ceosample rebuild 2026-10' makes it again" in draw
    assert "manifest.csv: its SHA-256 is " in manifest


def test_what_is_too_large_names_what_to_leave_out() -> None:
    sizes = {"months/2026-07/manifest.csv": 30_000_000, "months/2026-08/letters/1.pdf": 25_000_000}
    with pytest.raises(RecordError) as refused:
        collect.require_room({**sizes, "events.jsonl": 1_000})
    assert str(refused.value) == (
        "evidence: got 55.0 MB, and a file holds 50.0 MB; the largest parts are 2026-07 30.0 MB, "
        "2026-08 25.0 MB, events.jsonl 1 kB; give fewer months with --first and --last, or leave "
        "out --with-letters (25.0 MB)"
    )
    collect.require_room({"a": archive.LARGEST})
    with pytest.raises(RecordError, match=r"closing-0\.pdf alone has 60.0 MB; move it out of its"):
        collect.require_room({"months/2026-07/closing-0.pdf": 60_000_000, "events.jsonl": 9})
    with pytest.raises(RecordError, match="hand over what 'ceosample export' writes"):
        collect.require_room({"events.jsonl": 60_000_000, "months/2026-07/manifest.csv": 9})


def test_a_broken_ledger_and_an_impossible_range_make_no_evidence(
    month: tuple[cs.Ledger, Path],
) -> None:
    with pytest.raises(LedgerError, match="first, last: got 2026-10 to 2026-09"):
        of(month, last="2026-09")


# What is changed in it

Change = Callable[[dict[str, bytes]], None]


def _edit(name: str, was: bytes, to: bytes) -> Change:
    def change(files: dict[str, bytes]) -> None:
        assert was in files[name], name
        files[name] = files[name].replace(was, to)

    return change


def _drop(name: str) -> Change:
    def change(files: dict[str, bytes]) -> None:
        del files[next(each for each in files if re.fullmatch(name, each))]

    return change


def _add(name: str) -> Change:
    def change(files: dict[str, bytes]) -> None:
        files[name] = b"<html>"

    return change


def _last_event_gone(files: dict[str, bytes]) -> None:
    files["events.jsonl"] = files["events.jsonl"].rpartition(b"\n")[0].rpartition(b"\n")[0] + b"\n"


def _sheet_of_another_ledger(files: dict[str, bytes]) -> None:
    name = next(each for each in files if "interim-" in each)
    files[f"{MONTH}/closing-00000000.html"] = files.pop(name)


def _sheet_with_another_head(files: dict[str, bytes]) -> None:
    name = next(each for each in files if "interim-" in each)
    files[name] = re.sub(rb"[0-9a-f]{64}", b"0" * 64, files[name])


CHANGES: list[tuple[str, str, Change]] = [
    ("MONTHS", "an id on the table", _edit(f"{MONTH}/manifest.csv", b"C-0,", b"C-00,")),
    ("MONTHS", "the seed", _edit(f"{MONTH}/draw.json", b"83019274650192837465", b"9" * 20)),
    ("MONTHS", "no draw", _drop(rf"{MONTH}/draw\.json")),
    ("MONTHS", "another month", _add("months/2026-09/draw.json")),
    ("EVENTS", "a verdict", _edit("events.jsonl", b'"verdict":"defective"', b'"verdict":"sound"')),
    ("EVENTS", "the newest event", _last_event_gone),
    ("EVENTS", "no events", _edit("events.jsonl", b"\n", b"")),
    ("SHEETS", "a sheet of another ledger", _sheet_of_another_ledger),
    ("SHEETS", "a sheet with another head", _sheet_with_another_head),
    ("FIGURES", "a figure", _edit("figures.json", b'"count":1', b'"count":2')),
    ("FIGURES", "a word of the report", _edit("report.html", b"Findings", b"Praise")),
    ("FIGURES", "a claim", _edit("index.html", b"not checked against", b"checked against")),
    (
        "FIGURES",
        "the page that checks",
        _edit("verifier.html", b"<title>", b"<title>Well: "),
    ),
    ("FIGURES", "the method", _edit("method.html", b"What is not proved", b"What is proved")),
]


@pytest.mark.parametrize(("level", "what", "change"), CHANGES, ids=[what for _, what, _ in CHANGES])
def test_what_is_changed_is_named_though_the_index_agrees(
    found: Evidence, tmp_path: Path, level: str, what: str, change: Change
) -> None:
    files = dict(found.files)
    change(files)
    assert checked(dict(files), tmp_path).level.name == "FILES"
    report = checked(agreeing(files), tmp_path)
    assert (report.ok, report.level.name) == (False, level), report
    assert report.first_difference


def test_figures_are_compared_where_another_release_made_the_words(
    found: Evidence, tmp_path: Path
) -> None:
    files = dict(found.files)
    report = checked(agreeing(files, program="ceosample 9.9"), tmp_path)
    assert (report.ok, report.level.name) == (True, "NUMBERS"), report
    assert "not compared: the words of the pages, made with ceosample 9.9" in str(report)
    assert "no release known here shipped it" not in str(report)
    lying = {**files, "verifier.html": b"<h1>All is well</h1>"}
    told = checked(agreeing(lying, program="ceosample 9.9"), tmp_path)
    assert "verifier.html: no release known here shipped it" in str(told)
    files["figures.json"] = files["figures.json"].replace(b'"count":1', b'"count":2')
    report = checked(agreeing(files, program="ceosample 9.9"), tmp_path)
    assert (report.level.name, report.ok) == ("FIGURES", False)
    assert re.match(r"figures\.json: .*got 2; the events give 1", str(report.first_difference))


def test_a_file_made_up_as_a_whole_shows_against_paper_alone(
    found: Evidence, month: tuple[cs.Ledger, Path], tmp_path: Path
) -> None:
    """Another ledger, with another verdict, agrees with itself: the hash on paper is not in it."""
    with months.open_ledger(ledger_id="1" * 32) as ledger:
        other = months.sent(ledger)
        other.say("finding", verdict="sound")
        other.draw.save(tmp_path / months.PERIOD)
        made_up = of((ledger, tmp_path / months.PERIOD))
    assert checked(dict(made_up.files), tmp_path).ok
    report = checked(dict(made_up.files), tmp_path, head=month[0].head)
    assert (report.ok, report.level.name) == (False, "EVENTS")


# What somebody made to harm


def _zip(*entries: tuple[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    told = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(told, "w", compression) as opened:
        warnings.simplefilter("ignore")  # of a name that is in it twice, as is asked for
        for name, data in entries:
            opened.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, compression)
    return told.getvalue()


HOSTILE = {
    "no zip": (b"<html>", "not a file that 'ceosample evidence' wrote"),
    "nothing": (b"", "not a file that 'ceosample evidence' wrote"),
    "a path that leads out": (archive.packed({"../../x": b""}), "1 name of files that no evidence"),
    "an absolute path": (archive.packed({"/etc/passwd": b""}), "1 name of files that no evidence"),
    "a hidden file": (archive.packed({"a/.ssh": b""}), "1 name of files that no evidence has"),
    "a drive": (archive.packed({"c:x": b""}), "1 name of files that no evidence has"),
    "letters beyond ASCII": (_zip(("é", b"")), "1 name of files that no evidence has"),
    "one name on many systems": (archive.packed({"A": b"", "a": b""}), "two of its names are one"),
    "a file that is a folder": (archive.packed({"a": b"", "a/b": b""}), "two of its names are one"),
    "one name twice": (_zip(("a", b"1"), ("a", b"2")), "not a file that 'ceosample evidence'"),
    "a bomb": (_zip(("a", bytes(9_000_000)), compression=zipfile.ZIP_DEFLATED), "are compressed"),
    "something behind it": (archive.packed({"a": b""}) + b"PK", "not a file that 'ceosample"),
    "something before it": (b"MZ" + archive.packed({"a": b""}), "not a file that 'ceosample"),
    "torn": (archive.packed({"a": bytes(99)})[:60], "ends in the middle; give the whole file"),
    "a sum that is wrong": (
        archive.packed({"a": b"1"}).replace(b"1PK", b"2PK"), "not a file that 'ceosample evidence'",
    ),
    "another list of names": (
        archive.packed({"a": b"1"})[:40] + archive.packed({"b": b"1"})[40:], "not a file that",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_zip_that_somebody_made_to_harm_is_refused_before_anything_is_written(
    name: str, tmp_path: Path
) -> None:
    data, said = HOSTILE[name]
    report = checked(data, tmp_path)
    assert (report.ok, report.level.name) == (False, "MALFORMED")
    assert said in str(report.first_difference)
    assert [path.name for path in tmp_path.iterdir()] == ["evidence.zip"]


def test_no_byte_of_it_can_be_another(signed: Evidence, tmp_path: Path) -> None:
    """Every file, header and name is under a digest; the signature is under the index."""
    data = signed.to_zip()
    places = [*range(0, len(data), max(1, len(data) // 25)), len(data) - 1]
    start = data.index(signed.files[SIGNATURE])
    held = range(start, start + len(signed.files[SIGNATURE]))
    for place in places:
        if place not in held:
            changed = bytearray(data)
            changed[place] ^= 1
            assert not checked(bytes(changed), tmp_path).ok, place


def test_an_index_of_other_kinds_is_a_finding_and_no_exception(
    found: Evidence, tmp_path: Path
) -> None:
    good = json.loads(found.files[INDEX])
    assert good["evidence"] == FORM
    kept = {name: data for name, data in found.files.items() if name not in (INDEX, SUMS)}

    def stating(index: dict[str, Any]) -> EvidenceReport:
        files = {**kept, INDEX: canonical_file(index)}
        return checked({**files, SUMS: sums_of(files)}, tmp_path)

    assert stating(good).ok
    for name in ("asked", "files", "ledger", "program", "signed_by", "evidence"):
        wrong: list[Any] = [7, [], {"x": {"x": []}}]
        assert [stating({**good, name: value}).ok for value in wrong] == [False] * 3, name
    for name in good["asked"]:
        for other in (7, [7], {"x": 7}):
            said = {**good["asked"], name: other}
            assert not stating({**good, "asked": said}).ok, (name, other)


# The command


def test_the_command_verifies_a_file_of_evidence(
    found: Evidence, month: tuple[cs.Ledger, Path], tmp_path: Path
) -> None:
    found.save(tmp_path / "evidence.zip")
    ended = asked("verify", "evidence.zip", "--head", month[0].head, folder=tmp_path)
    assert (ended.code, ended.out[:21]) == (0, "ok: evidence AGREES\n ")
    (tmp_path / "torn.zip").write_bytes(found.to_zip()[:999])
    ended = asked("verify", "torn.zip", "--json", folder=tmp_path)
    assert (ended.code, ended.json["ok"], ended.json["level"]) == (1, False, "MALFORMED")
    ended = asked("verify", "evidence.zip", "--ledger", folder=tmp_path)
    assert (ended.code, "--stamp-root and --json alone" in ended.err) == (2, True)
    ended = asked("verify", "nowhere.zip", folder=tmp_path)
    assert (ended.code, "nowhere.zip: not there" in ended.err) == (65, True)


def test_the_command_leaves_another_file_alone(tmp_path: Path) -> None:
    (tmp_path / "ceosample.toml").write_text(TEMPLATE, "utf-8")
    (tmp_path / "evidence.zip").write_bytes(b"another")
    line = ("evidence", "evidence.zip", "--first", "2026-10", "--last", "2026-10")
    ended = asked(*line, folder=tmp_path)
    assert (ended.code, "already exists and was left unchanged" in ended.err) == (3, True)
    ended = asked("evidence", "evidence.pdf", *line[2:], folder=tmp_path)
    assert (ended.code, "give a name that ends in .zip" in ended.err) == (2, True)


# What an auditor does without us


def test_a_month_whose_letters_have_ended_says_so(tmp_path: Path) -> None:
    """'The month is drawn', said the index after the month was closed."""
    with months.open_ledger() as ledger:
        month = months.sent(ledger)
        finish(month)
        month.draw.save(tmp_path)
        month.pack.save(tmp_path)
        page = of((ledger, tmp_path)).files["index.html"].decode()
    assert "The month is drawn, and each of its letters has come to its end." in page


def _unpacked(found: Evidence, folder: Path) -> Path:
    (folder / "EVIDENCE.zip").write_bytes(found.to_zip())
    with zipfile.ZipFile(folder / "EVIDENCE.zip") as opened:
        opened.extractall(folder)
    return folder


def lines_of(found: Evidence) -> list[str]:
    """The commands that the index tells an auditor to run."""
    page = found.files["index.html"].decode()
    return [html.unescape(line) for line in re.findall(r"<code>(.*?)</code>", page)]


def ran(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", line], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )


def test_the_commands_of_the_index_check_digests_signature_and_chain(
    signed: Evidence, month: tuple[cs.Ledger, Path], tmp_path: Path
) -> None:
    """'the simplest that an auditor can check with openssl without us'"""
    need(bool(shutil.which("openssl") and shutil.which("sha256sum")), "no openssl or sha256sum")
    folder = _unpacked(signed, tmp_path)
    (folder / "root.pem").write_bytes(authority().root.pem)
    whole, sums, signature, chain, _ = lines_of(signed)  # the last is the program itself
    assert ran(whole, folder).stdout.split()[0] == digest(signed.to_zip())
    assert ran(sums, folder).returncode == 0
    assert ran(signature, folder).returncode == 0, ran(signature, folder).stderr
    assert ran(chain, folder).stdout == f"head {month[0].head}\n"

    (folder / "report.html").write_bytes(b"all is well")
    assert "report.html: FAILED" in ran(sums, folder).stdout
    (folder / SUMS).write_bytes((folder / SUMS).read_bytes().replace(b"a", b"b", 1))
    assert ran(signature, folder).returncode != 0
    events = (folder / "events.jsonl").read_bytes()
    changed = events.replace(b'"verdict":"defective"', b'"verdict":"sound"')
    (folder / "events.jsonl").write_bytes(changed)
    # The newest event is under no other: its change gives another head.
    assert re.fullmatch(r"head [0-9a-f]{64}\n", ran(chain, folder).stdout)
    assert month[0].head not in ran(chain, folder).stdout
    (folder / "events.jsonl").write_bytes(events.replace(b'"kind":"signed"', b'"kind":"viewed"', 1))
    assert ran(chain, folder).stdout.startswith("broken at ")


def test_the_page_has_the_commands_of_the_index_and_every_level(signed: Evidence) -> None:
    page = (PROJECT / "docs/evidence.md").read_text("utf-8")
    for line in lines_of(signed)[:-1]:
        assert line in page
    rows = re.findall(r"^\| `([A-Z]+)` \|", page, re.M)
    assert rows == [level.name for level in cs.verification.EvidenceLevel]


def test_a_signature_that_was_taken_away_is_missed(signed: Evidence, tmp_path: Path) -> None:
    files = dict(signed.files)
    del files[SIGNATURE]
    report = checked(files, tmp_path)
    assert (report.level.name, report.first_difference) == (
        "FILES", "'SHA256SUMS.p7s': not in the file",
    )  # fmt: skip
    assert checked(dict(signed.files), tmp_path).ok


# Which question is answered where


def test_each_question_names_files_that_are_there_and_no_clause_is_called_checked_that_is_not(
    found: Evidence,
) -> None:
    named_alike = {re.sub(r"-[0-9a-f]{8}\.", "-HASH.", name) for name in found.files}
    there = {name.replace(months.PERIOD, "PERIOD") for name in named_alike}
    there |= {name.replace("interim", "closing") for name in there}
    for standard in standards():
        for question in standard.questions:
            assert set(question.files) <= there, (standard.name, question.clause)
    named = [standard.name for standard in standards()]
    for wanted in ("ISO 10002", "DISP 1.3", "RG 271", "section 9", "2011-42", "ISA 530"):
        assert len([name for name in named if wanted in name]) == 1, wanted
    assert [s.name.split()[0] for s in standards() if s.checked] == ["IRS"]
    page = found.files["index.html"].decode()
    for standard in standards():
        assert f"<em>{standard.standing}</em>: {standard.source}." in page.replace("&#39;", "'")


def test_the_pages_load_and_run_nothing(found: Evidence) -> None:
    for name in ("index.html", "method.html"):
        page = found.files[name].decode()
        assert "default-src 'none'; style-src 'sha256-" in page
        assert not re.search(r"<script|<img|<link|style=|https?://|@import", page)
    links = re.findall(r'href="([^"]+)"', found.files["index.html"].decode())
    assert links
    assert set(links) <= {*found.files}
