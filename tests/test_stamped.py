"""What time stamps prove of a draw: who says that its commitment is older than its seed."""

from __future__ import annotations

import datetime as dt
import hashlib
import sys
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import tsp

import ceosample as cs
import stamping
from ceosample.sampling.seeds.beacon import TIMETABLES
from inputs import configure, write_month
from stamping import answer, certify, root
from test_drand import ROUND_1000
from test_seed_command import AT, LATER, PERIOD, SECRET, ceosample, events, published, with_beacon

Level = cs.verification.Level
SOURCE = f"beacon:{[*TIMETABLES][1]}:1000"
OUT = dt.datetime(2023, 8, 23, 15, 59, 24, tzinfo=dt.UTC)
BEFORE = OUT - dt.timedelta(minutes=10)
CHAIN = cs.seeds.SeedChain.new("letters", first="2023-07", months=3, random=lambda _: bytes(32))


def frame() -> cs.Frame:
    rows = [{"id": f"R-{number}", "division": "Cards"} for number in range(12)]
    return cs.Frame.from_records(
        rows, population="letters", period="2023-07", unit_id="id", strata=["division"]
    )


def by_beacon(signature: str = ROUND_1000[2]) -> cs.Seed:
    value = hashlib.sha256(bytes.fromhex(signature)).hexdigest()
    return cs.Seed(value, SOURCE, (), signature=signature)


def by_dice() -> cs.Seed:
    return cs.Seed.from_dice("83019274650192837465", witnesses=["internal audit"])


def saved(folder: Path, seed: cs.Seed, *answers: bytes) -> cs.Draw:
    draw = cs.draw(frame(), cs.Plan(size=2), seed)
    draw.save(folder)
    for number, data in enumerate(answers):
        (folder / f"commitment-{number:08d}.tsr").write_bytes(data)
    return draw


def commitment(seed: cs.Seed) -> str:
    return cs.commit(frame(), cs.Plan(size=2), seed_source=seed.source).digest


def verified(folder: Path, **more: Any) -> Any:
    trusted = more.pop("roots", root().pem)
    ledger = more.pop("ledger", None)
    return cs.verify(folder, stamps=cs.timestamps.Stamps(trusted, **more), ledger=ledger)


def test_a_time_stamp_and_a_round_prove_the_order_alone(tmp_path: Path) -> None:
    """'`ORDER_PROVEN` names its evidence': whose, and when"""
    seed = by_beacon()
    older = answer(commitment(seed), at=BEFORE - dt.timedelta(minutes=1))
    saved(tmp_path, seed, answer(commitment(seed), at=BEFORE), older)
    report = verified(tmp_path)
    assert (report.ok, report.level) == (True, Level.ORDER_PROVEN)
    note = next(note for note in report.notes if "older than the seed" in note)
    for part in (
        *("CN=Test Clock", "2023-08-23T15:48:24+00:00", "to within 1 s", stamping.POLICY),
        "round 1000 of League of Entropy, quicknet, whose signature was checked",
        "2023-08-23T15:59:24+00:00",
    ):
        assert part in note


@pytest.mark.parametrize(
    ("at", "level"),
    [(OUT - dt.timedelta(seconds=3), Level.ORDER_PROVEN), (OUT - dt.timedelta(seconds=2), None)],
)
def test_a_time_stamp_counts_from_the_end_of_what_it_can_mean(
    tmp_path: Path, at: dt.datetime, level: Level | None
) -> None:
    """With its accuracy of 1 s, and the second that its time leaves out."""
    seed = by_beacon()
    saved(tmp_path, seed, answer(commitment(seed), at=at))
    report = verified(tmp_path)
    assert (report.ok, report.level) == (level is not None, level or Level.REPRODUCED)
    assert report.ok or "which is not before the seed's" in str(report.first_difference)


def test_a_time_stamp_of_something_else_is_refused(tmp_path: Path) -> None:
    seed = by_beacon()
    saved(tmp_path, seed, answer("cd" * 32, at=BEFORE))
    report = verified(tmp_path)
    assert (report.ok, report.level) == (False, Level.REPRODUCED)
    assert f"no time stamp is of {commitment(seed)}" in str(report.first_difference)
    extra = tmp_path / "extra.tsr"
    extra.write_bytes(answer("cd" * 32, at=BEFORE))
    report = verified(tmp_path, answers=[extra])
    assert "extra.tsr: got one of cdcd" in str(report.first_difference)
    assert "give the ledger (--ledger) if it is a head" in str(report.first_difference)
    # A month that was frozen twice has one of each commitment.
    (tmp_path / "commitment-ffffffff.tsr").write_bytes(answer(commitment(seed), at=BEFORE))
    report = verified(tmp_path)
    assert (report.ok, report.level) == (True, Level.ORDER_PROVEN)
    assert f"commitment-00000000.tsr: of another commitment, {'cd' * 32}" in str(report)


def test_a_wrong_one_is_a_difference_with_its_reason(tmp_path: Path) -> None:
    seed = by_beacon()
    right = answer(commitment(seed), at=BEFORE)
    saved(tmp_path, seed, right, right.replace(b"20230823", b"20220823"))
    report = verified(tmp_path)
    assert (report.ok, report.level) == (False, Level.ORDER_PROVEN)
    assert "commitment-00000001.tsr: time stamp: " in str(report.first_difference)
    report = verified(tmp_path, roots=certify("Another", ca=True).pem)
    assert (report.ok, report.level) == (False, Level.REPRODUCED)
    assert "lead to none of the roots" in str(report.first_difference)


def test_a_forged_round_shows_no_time(tmp_path: Path) -> None:
    seed = by_beacon("b33bf3667cbd5a82de3a24b4e0e9fe5513cc1a0e840368c6e31f5fcfa79bea03"
                     "f73896b25883abf2853d10337fb8fa41")  # fmt: skip
    saved(tmp_path, seed, answer(commitment(seed), at=BEFORE))
    report = verified(tmp_path)
    assert (report.ok, report.level) == (False, Level.SEED)


def test_without_its_signature_a_round_shows_no_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed = by_beacon()
    saved(tmp_path, seed, answer(commitment(seed), at=BEFORE))
    monkeypatch.setitem(sys.modules, "py_arkworks_bls12381", None)
    report = verified(tmp_path)
    assert (report.ok, report.level) == (True, Level.REPRODUCED)
    assert "nothing shows when the seed came to be (--rolled)" in str(report)


def test_dice_have_the_time_that_the_minutes_give(tmp_path: Path) -> None:
    seed = by_dice()
    saved(tmp_path, seed, answer(commitment(seed), at=BEFORE))
    assert verified(tmp_path).level is Level.REPRODUCED
    report = verified(tmp_path, rolled=OUT)
    assert report.level is Level.ORDER_PROVEN
    assert f"the seed came at {OUT.isoformat()}, by the time given for it" in str(report)


def test_a_chain_s_end_can_be_stamped_and_proves_no_order(tmp_path: Path) -> None:
    seed = CHAIN.seed("2023-07")
    saved(tmp_path, seed, answer(commitment(seed), at=BEFORE))
    end = tmp_path / "chain.tsr"
    end.write_bytes(answer(CHAIN.end, at=BEFORE))
    report = verified(tmp_path, answers=[end])
    assert (report.ok, report.level) == (True, Level.REPRODUCED)
    assert "chain.tsr: the chain's end is at least as old as a time stamp of" in str(report)


def test_what_nobody_asked_to_look_at_is_named(tmp_path: Path) -> None:
    seed = by_beacon()
    saved(tmp_path, seed, answer(commitment(seed), at=BEFORE))
    report = cs.verify(tmp_path)
    assert (report.ok, report.level) == (True, Level.REPRODUCED)
    assert "commitment-00000000.tsr: not checked; give the root" in str(report)
    (tmp_path / "commitment-00000000.tsr").unlink()
    assert "got no time stamp" in str(verified(tmp_path).first_difference)
    (tmp_path / "draw.json").write_text("{}", "utf-8")
    assert verified(tmp_path).level is Level.MALFORMED


def test_a_head_of_the_ledger_that_was_stamped_proves_the_order(tmp_path: Path) -> None:
    """'time-stamp tokens for commitments ... and ledger heads'"""
    now = [BEFORE]
    with cs.Ledger.open("sqlite://", clock=lambda: now[0]) as ledger:
        frozen = ledger.freeze(
            frame(), cs.Plan(size=2), seed_source=SOURCE, by="sampling", at=BEFORE
        )
        now[0] = OUT + dt.timedelta(seconds=1)
        draw = saved(tmp_path, by_beacon())
        ledger.register(draw, by="sampling", at=now[0])
        stamp, late = tmp_path / "head.tsr", tmp_path / "late.tsr"
        stamp.write_bytes(answer(frozen.hash, at=BEFORE))
        late.write_bytes(answer(ledger.head, at=BEFORE))
        report = verified(tmp_path, answers=[stamp], ledger=ledger)
        assert report.level is Level.ORDER_PROVEN
        assert f"under the head {frozen.hash} in a time stamp of 'CN=Test Clock'" in str(report)
        report = verified(tmp_path, answers=[late], ledger=ledger)
        assert report.level is Level.REPRODUCED
        assert "late.tsr: head: got" in str(report.first_difference)
        assert "which is not older than the seed" in str(report.first_difference)


# The command


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A month whose seed is of a chain."""
    write_month(tmp_path, PERIOD)
    configure(
        tmp_path,
        ('source = "dice"', f'source = "chain"\n{SECRET}'),
        ("# pdf = true ", "pdf = false "),
    )
    return tmp_path


def test_a_request_is_written_and_its_answer_taken_in(folder: Path) -> None:
    """'requests are written, tokens taken in and checked offline'"""
    with_beacon(folder)
    chain = published(folder)
    assert ceosample("run", "--period", PERIOD, "--at", AT, folder=folder).code == 75
    asked = ceosample("stamp", "request", "--period", PERIOD, folder=folder, clock=AT)
    assert asked.code == 0, asked.err
    query = Path(asked.out.partition(":")[0])
    (sheet,) = (folder / "packs" / PERIOD).glob("commitment-*.html")
    assert query.name == f"{sheet.stem}.tsq"
    read = tsp.TimeStampReq.load((folder / query).read_bytes(), strict=True)
    digest, nonce = read["message_imprint"]["hashed_message"].native.hex(), read["nonce"].native
    assert digest in sheet.read_text("utf-8")
    assert ceosample("stamp", "request", "--period", PERIOD, folder=folder, clock=AT).code == 0
    assert (folder / query).read_bytes() == read.dump()  # it is not drawn again

    (folder / "root.pem").write_bytes(root().pem)
    given = folder / "given.tsr"
    take = ("stamp", "take", str(given), "--root", "root.pem", "--request", str(query))
    given.write_bytes(answer(digest, nonce=nonce ^ 1))
    refused = ceosample(*take, folder=folder)
    assert (refused.code, "does not answer the request" in refused.err) == (65, True)
    kept = (folder / query).with_suffix(".tsr")
    assert not kept.exists()
    given.write_bytes(answer(digest, nonce=nonce))
    taken = ceosample(*take, folder=folder)
    assert (taken.code, "'CN=Test Clock'" in taken.out) == (0, True), taken.err
    assert kept.read_bytes() == given.read_bytes()
    assert ceosample(*take, "--policy", "1.2.9", folder=folder).code == 65

    head = ceosample("stamp", "request", "--period", PERIOD, "--head", folder=folder)
    end = ceosample("stamp", "request", "--chain", folder=folder)
    assert chain.end in end.out
    assert (folder / f"chain-{chain.end[:8]}.tsq").exists()
    assert events(folder)[-1].hash in head.out
    late = ceosample("stamp", "request", "--period", PERIOD, folder=folder, clock=LATER)
    assert (late.code, "so a time stamp now proves nothing" in late.err) == (3, True)
    for wrong in ([], ["--head"], ["--chain", "--period", PERIOD]):
        assert ceosample("stamp", "request", *wrong, folder=folder).code == 2


def test_verify_is_told_whom_to_trust(folder: Path) -> None:
    saved(folder / "month", by_dice(), answer(commitment(by_dice()), at=BEFORE))
    (folder / "root.pem").write_bytes(root().pem)
    trusting = ("verify", "month", "--stamp-root", "root.pem")
    assert "ok: REPRODUCED" in ceosample(*trusting, folder=folder).out
    proven = ceosample(*trusting, "--rolled", OUT.isoformat(), folder=folder)
    assert (proven.code, "ok: ORDER_PROVEN" in proven.out) == (0, True)
    for wrong in (
        ("verify", "month", "--stamp", "root.pem"),
        ("verify", "--all", "--stamp-root", "root.pem"),
        (*trusting, "--head", "ab" * 32),
        ("verify", "month", "--rolled", OUT.isoformat()),
    ):
        assert ceosample(*wrong, folder=folder).code == 2
