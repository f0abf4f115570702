"""Time stamps in the file of evidence: which go in, what they prove, and who is told of it."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

import ceosample as cs
from ceosample.errors import RecordError
from ceosample.evidence import archive
from ceosample.evidence.stamps import proved
from ceosample.sampling.stamps.request import request
from ceosample.sampling.stamps.stamp import check_stamp
from ceosample.verification import Evidence, EvidenceReport, evidence, verify_evidence
from command import asked
from needed import need
from stamping import AT, answer, certify, root
from test_evidence import agreeing, lines_of, ran
from test_stamped import BEFORE, CHAIN, OUT, SOURCE, by_beacon, frame, saved

PERIOD = "2023-07"
PLACE = f"months/{PERIOD}"
RANGE: dict[str, Any] = {
    "population": "letters", "first": PERIOD, "last": PERIOD,
    "as_of": dt.datetime(2023, 9, 1, tzinfo=dt.UTC),
}  # fmt: skip
LATER_CHAIN = cs.seeds.SeedChain.new("letters", first="2023-10", months=3, random=bytes)


@attrs.frozen
class Month:
    """A drawn month in a folder, and what an authority can stamp of it."""

    folder: Path
    ledger: cs.Ledger
    freeze: str
    commitment: str

    def keep(self, kind: str, named: str, digest: str, at: dt.datetime = BEFORE) -> Path:
        """An answer with the request for it, as ``ceosample stamp`` leaves them."""
        above = self.folder.parent if kind == "chain" else self.folder
        path = above / f"{kind}-{named[:8]}.tsr"
        path.write_bytes(answer(digest, at=at))
        path.with_suffix(".tsq").write_bytes(request(digest, nonce=7))
        return path

    def made(self, **more: Any) -> Evidence:
        return evidence(self.ledger, {PERIOD: self.folder}, **RANGE, **more)


@pytest.fixture
def month(tmp_path: Path) -> Iterator[Month]:
    now = [BEFORE]
    with cs.Ledger.open("sqlite://", clock=lambda: now[0], ledger_id="2" * 32) as ledger:
        ledger.publish(LATER_CHAIN, by="keeper", at=BEFORE)
        frozen = ledger.freeze(frame(), cs.Plan(size=2), seed_source=SOURCE, by="sam", at=BEFORE)
        now[0] = OUT + dt.timedelta(seconds=1)
        draw = saved(tmp_path / PERIOD, by_beacon())
        ledger.register(draw, by="sam", at=now[0])
        yield Month(tmp_path / PERIOD, ledger, frozen.hash, draw.commitment)


def checked(files: dict[str, bytes], folder: Path, **more: Any) -> EvidenceReport:
    path = folder / "evidence.zip"
    path.write_bytes(archive.packed(files))
    return verify_evidence(path, **more)


def test_a_stamped_commitment_proves_the_order_out_of_the_zip(month: Month, tmp_path: Path) -> None:
    kept = month.keep("commitment", month.freeze, month.commitment)
    found = month.made()
    assert found.files[f"{PLACE}/{kept.name}"] == kept.read_bytes()
    assert f"{PLACE}/{kept.stem}.tsq" in found.files
    assert month.made().to_zip() == found.to_zip()

    report = checked(dict(found.files), tmp_path, stamp_roots=root().pem)
    assert (report.ok, report.level.name) == (True, "AGREES"), report
    assert report.months[PERIOD].level is cs.verification.Level.ORDER_PROVEN
    (proof,) = (note for note in report.notes if "the commitment is older than the seed" in note)
    for part in (PERIOD, "CN=Test Clock", "to within 1 s", "whose signature was checked"):
        assert part in proof

    untrusting = checked(dict(found.files), tmp_path)
    assert untrusting.months[PERIOD].level is cs.verification.Level.REPRODUCED
    assert f"the signatures of 1 time stamp, {kept.name} first" in str(untrusting)
    assert "--stamp-root" in str(untrusting)


def test_a_stamped_head_proves_it_too_and_a_later_one_proves_nothing_and_harms_nothing(
    month: Month, tmp_path: Path
) -> None:
    late = month.keep("head", month.ledger.head, month.ledger.head, OUT + dt.timedelta(hours=1))
    report = checked(dict(month.made().files), tmp_path, stamp_roots=root().pem)
    assert (report.ok, report.months[PERIOD].level.name) == (True, "REPRODUCED"), report
    assert f"{late.name}: the ledger's head is at least as old as a time stamp of" in str(report)
    month.keep("head", month.freeze, month.freeze)
    report = checked(dict(month.made().files), tmp_path, stamp_roots=root().pem)
    assert (report.ok, report.months[PERIOD].level.name) == (True, "ORDER_PROVEN"), str(report)
    assert f"under the head {month.freeze} in a time stamp of 'CN=Test Clock'" in str(report)


def test_a_chain_s_stamp_goes_in_and_says_how_old_its_end_is(month: Month, tmp_path: Path) -> None:
    kept = month.keep("chain", LATER_CHAIN.end, LATER_CHAIN.end)
    found = month.made(chain_stamps=[kept, kept.with_suffix(".tsq")])
    assert f"chains/{kept.name}" in found.files
    assert checked(dict(found.files), tmp_path, stamp_roots=root().pem).ok
    stamp = check_stamp(answer(CHAIN.end), roots=root().pem)
    draw = saved(tmp_path / "chained", CHAIN.seed(PERIOD))
    receipt, (note,) = proved(draw, {f"chains/chain-{CHAIN.end[:8]}.tsr": stamp}, [])
    assert receipt is None
    assert "the chain's end is at least as old as a time stamp of" in note


def test_a_paper_of_no_event_is_refused_before_anything_is_written(month: Month) -> None:
    """The file would not agree with itself; and a sheet of a lost event is worth a question."""
    month.keep("commitment", "0" * 64, month.commitment)
    month.keep("head", month.ledger.head, "ab" * 32)
    (month.folder / "closing-00000000.html").write_text("0" * 64)
    chain = month.keep("chain", CHAIN.end, CHAIN.end)
    with pytest.raises(RecordError) as refused:
        month.made(chain_stamps=[chain])
    said = "\n".join(refused.value.faults)
    assert said.count("ask who made it, and move it out of the folder") == 5
    assert "closing-00000000.html: no event has a hash that begins so" in said
    assert f".tsr: is no time stamp of {month.ledger.head}, nor a request for one" in said
    with pytest.raises(RecordError, match="is no time stamp of a chain"):
        month.made(chain_stamps=[month.folder / "draw.json"])


#: What is answered in the place of the right answer, the roots that are trusted, and the reason.
WRONG: dict[str, tuple[dict[str, Any], bytes, str]] = {
    "another root": ({}, certify("Another", ca=True).pem, "lead to none of the roots"),
    "another digest": ({"digest": "ab" * 32}, root().pem, "is no time stamp of "),
    "another request": ({"nonce": 8}, root().pem, "it does not answer the request"),
    "a changed content": ({"stated": "ab" * 32}, root().pem, "is no time stamp of "),
    "no authority's": ({"by": certify("Firm", root())}, root().pem, "is not for time stamps"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_stamp_stops_the_check_with_its_reason(
    what: str, month: Month, tmp_path: Path
) -> None:
    more, roots, said = WRONG[what]
    kept = month.keep("commitment", month.freeze, month.commitment)
    files = dict(month.made().files)
    files[f"{PLACE}/{kept.name}"] = answer(**{"digest": month.commitment, "at": BEFORE, **more})
    report = checked(agreeing(files), tmp_path, stamp_roots=roots)
    assert (report.ok, report.level.name) == (False, "SHEETS"), report
    assert str(report.first_difference).startswith(f"{PLACE}/{kept.name}: ")
    assert said in str(report.first_difference)


def test_a_stamp_of_after_the_seed_is_a_difference(month: Month, tmp_path: Path) -> None:
    month.keep("commitment", month.freeze, month.commitment, OUT + dt.timedelta(minutes=1))
    report = checked(dict(month.made().files), tmp_path, stamp_roots=root().pem)
    assert (report.ok, report.level.name) == (False, "MONTHS"), report
    assert "which is not before the seed's" in str(report.first_difference)


def test_roots_without_stamps_and_roots_that_are_none_are_told(
    month: Month, tmp_path: Path
) -> None:
    files = dict(month.made().files)
    report = checked(files, tmp_path, stamp_roots=root().pem)
    assert (report.level.name, report.ok) == ("SHEETS", False)
    assert "got no time stamp in the file" in str(report.first_difference)
    month.keep("commitment", month.freeze, month.commitment)
    files = dict(month.made().files)
    with pytest.raises(RecordError, match="roots: got no certificates"):
        checked(files, tmp_path, stamp_roots=b"root")


def test_openssl_agrees_by_the_lines_of_the_index(month: Month, tmp_path: Path) -> None:
    need(bool(shutil.which("openssl")), "no openssl")
    month.keep("commitment", month.freeze, month.commitment, AT)
    found = month.made()
    folder = tmp_path / "unpacked"
    for name, data in found.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    (folder / "root.pem").write_bytes(root().pem)
    (line,) = (line for line in lines_of(found) if line.startswith("openssl ts"))
    timed = f"{line} -attime {int(AT.timestamp())}"
    ended = ran(timed, folder)
    assert (ended.returncode, "Verification: OK" in ended.stdout) == (0, True), ended.stderr
    assert ran(timed.replace(month.commitment, "ab" * 32), folder).returncode != 0


def test_the_command_takes_the_root(month: Month, tmp_path: Path) -> None:
    month.keep("commitment", month.freeze, month.commitment)
    month.made().save(tmp_path / "evidence.zip")
    (tmp_path / "root.pem").write_bytes(root().pem)
    ended = asked("verify", "evidence.zip", "--stamp-root", "root.pem", folder=tmp_path)
    assert ended.code == 0, ended.err
    assert f"{PERIOD} ok: ORDER_PROVEN" in ended.out
