"""Signatures of drand's rounds: published ones are right, and no other text passes for one."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ceosample as cs
from ceosample.canonical import canonical_file
from ceosample.sampling.seeds import drand
from ceosample.sampling.seeds.beacon import TIMETABLES
from ceosample.sampling.seeds.drand_answer import Answer
from ceosample.sampling.seeds.seed_source import Round
from thorough import examples

DEFAULT, QUICKNET = TIMETABLES

#: Rounds as the League of Entropy published them: chain, round, signature, the one before. They
#: stand in tests of several clients, and prove themselves by the keys.
PUBLISHED: list[tuple[str, int, str, str | None]] = [
    (
        DEFAULT,
        1,
        "8d61d9100567de44682506aea1a7a6fa6e5491cd27a0a0ed349ef6910ac5ac20ff7bc3e09d7c046566c9f7f3"
        "c6f3b10104990e7cb424998203d8f7de586fb7fa5f60045417a432684f85093b06ca91c769f0e7ca19268375"
        "e659c2a2352b4655",
        "176f93498eac9ca337150b46d21dd58673ea4e3581185f869672e59fa4cb390a",
    ),
    (
        DEFAULT,
        2,
        "aa18facd2d51b616511d542de6f9af8a3b920121401dad1434ed1db4a565f10e04fad8d9b2b4e3e009436437"
        "4caafe9b10478bf75650124831509c638b5a36a7a232ec70289f8751a2adb47fc32eb70b57dc81c39d48cbca"
        "c9fec46cdfc31663",
        "8d61d9100567de44682506aea1a7a6fa6e5491cd27a0a0ed349ef6910ac5ac20ff7bc3e09d7c046566c9f7f3"
        "c6f3b10104990e7cb424998203d8f7de586fb7fa5f60045417a432684f85093b06ca91c769f0e7ca19268375"
        "e659c2a2352b4655",
    ),
    (
        DEFAULT,
        3366165,
        "9514585af8f888f54f6f6e784be0ccd973a354f1cee2f5c30077714a4c05392c6c051d53ebe76dcd10012cb0"
        "11bec92100cab52101e46ad7fc8bd1ebdc8279ff1cac85a490aaf783ba6d3cf4658ae6d93a731b487bb046ab"
        "191abeb0c977478c",
        "939e6bd3fb386a847289ca00d10941915a05da184af69cc466c45f13a619126d5c941e5fe4d25dec0ed758dd"
        "a8dbb41e06345a9f7e12191854daa5a9036b09685bd2c3fd69ea255eb38d66c7076966aab65a0954f13ad1f9"
        "68da9bbe9bca689a",
    ),
    (
        QUICKNET,
        1000,
        "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b"
        "63ed5e39",
        None,
    ),
    (
        QUICKNET,
        1001,
        "b33bf3667cbd5a82de3a24b4e0e9fe5513cc1a0e840368c6e31f5fcfa79bea03f73896b25883abf2853d1033"
        "7fb8fa41",
        None,
    ),
    (
        QUICKNET,
        657413,
        "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85"
        "b89cd97b",
        None,
    ),
]
ROUND_1000 = PUBLISHED[3]


def fault(beacon: str, number: int, signature: str, previous: str | None) -> str | None:
    named = Round(beacon, number)
    assert drand.why_unchecked(named, signature, previous) is None
    return drand.fault_of_signature(named, signature, previous)


def seed_of(beacon: str, number: int, signature: str, previous: str | None) -> cs.Seed:
    value = hashlib.sha256(bytes.fromhex(signature)).hexdigest()
    return cs.Seed.from_source(
        f"beacon:{beacon}:{number}", [value], signature=signature, previous_signature=previous
    )


@pytest.mark.parametrize("beacon", TIMETABLES)
def test_a_chain_s_name_gives_its_key(beacon: str) -> None:
    """The hash in the name is of timetable, key and group, so a wrong key has another name."""
    chain, table = drand.CHAINS[beacon], TIMETABLES[beacon]
    parts = [
        table.period.to_bytes(4, "big"),
        table.genesis.to_bytes(8, "big"),
        bytes.fromhex(chain.key),
        bytes.fromhex(chain.group),
        b"quicknet" if beacon == QUICKNET else b"",
    ]
    assert f"drand-{hashlib.sha256(b''.join(parts)).hexdigest()}" == beacon


@pytest.mark.parametrize("published", PUBLISHED)
def test_published_rounds_are_right_and_others_are_refused(published: tuple[Any, ...]) -> None:
    """'A beacon's round that is forged/of another chain/with another round number is refused'"""
    beacon, number, signature, previous = published
    assert fault(*published) is None
    assert seed_of(*published).previous_signature == previous
    other = next(one for one in PUBLISHED if one[0] == beacon and one[1] != number)
    elsewhere = next(one for one in PUBLISHED if one[0] != beacon)
    forged = [(beacon, number + 1, signature, previous), (beacon, number, other[2], previous)]
    if previous is not None:
        forged.append((beacon, number, signature, "00" * 96))
    for one in forged:
        assert "did not sign for round" in str(fault(*one))
        with pytest.raises(cs.errors.SeedError, match="did not sign for round"):
            seed_of(*one)
    assert "have signatures of" in str(fault(beacon, number, elsewhere[2], previous))
    assert "have signatures of" in str(fault(beacon, number, signature + "00", previous))


@settings(max_examples=examples(25, one_in=3), deadline=None)
@given(st.integers(0, 383))
def test_no_bit_of_a_signature_can_be_another(bit: int) -> None:
    beacon, number, signature, _ = ROUND_1000
    changed = int(signature, 16) ^ (1 << bit)
    assert "did not sign for round 1000" in str(fault(beacon, number, f"{changed:096x}", None))


@pytest.mark.parametrize("signature", ["c0" + "00" * 47, "00" * 48, "ff" * 48, "9f" + "ff" * 47])
def test_what_is_no_point_is_no_signature(signature: str) -> None:
    """The point at infinity, no compressed point, and an abscissa that is no number of the field"""
    assert "did not sign" in str(fault(QUICKNET, 1000, signature, None))


def test_a_round_beyond_eight_bytes_is_refused_and_raises_nothing_else() -> None:
    assert "did not sign" in str(fault(QUICKNET, 2**64 + 1000, ROUND_1000[2], None))


# In a record


def drawn(seed: cs.Seed) -> cs.Draw:
    rows = [{"id": f"R-{number}", "division": "Cards"} for number in range(12)]
    frame = cs.Frame.from_records(
        rows, population="letters", period="2026-10", unit_id="id", strata=["division"]
    )
    return cs.draw(frame, cs.Plan(size=2), seed)


def verified(draw: cs.Draw, **seed: Any) -> Any:
    fields = json.loads(draw.record)
    fields["seed"] |= seed
    files = draw.files()
    return cs.verification.verify_record(
        canonical_file(fields), files["manifest.csv"], files["exclusions.csv"]
    )


@pytest.mark.parametrize("published", [PUBLISHED[1], ROUND_1000])
def test_a_report_says_that_the_signature_was_checked(published: tuple[Any, ...]) -> None:
    draw = drawn(seed_of(*published))
    report = verified(draw)
    assert (report.ok, report.level) == (True, cs.verification.Level.REPRODUCED)
    assert "signature checked, with the key of League of Entropy" in str(report)


def test_a_forged_record_stops_at_its_seed() -> None:
    """The same letters come out of it, and its seed is still not the beacon's."""
    beacon, number, _, _ = ROUND_1000
    value = hashlib.sha256(bytes.fromhex(PUBLISHED[4][2])).hexdigest()
    draw = drawn(cs.Seed.from_source(f"beacon:{beacon}:{number}", [value]))
    assert "its value was taken as given" in str(verified(draw))
    report = verified(draw, signature=PUBLISHED[4][2])
    assert (report.ok, report.level) == (False, cs.verification.Level.SEED)
    assert "did not sign for round 1000; give the one" in str(report.first_difference)


def test_what_cannot_be_checked_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """'Without the extra the level stays as today and says so'"""
    beacon, number, signature, _ = PUBLISHED[1]
    alone = drawn(seed_of(beacon, number, signature, None))
    assert "whose own truth was not checked: a round of this chain" in str(verified(alone))
    unknown = drawn(seed_of(f"drand-{'ab' * 32}", 7, signature, None))
    assert "the key of its beacon is not known here" in str(verified(unknown))
    draw = drawn(seed_of(*ROUND_1000))
    monkeypatch.setitem(sys.modules, "py_arkworks_bls12381", None)
    report = verified(draw)
    assert report.level is cs.verification.Level.REPRODUCED
    assert "pip install 'ceosample[beacon]'" in str(report)


def test_drawing_without_a_beacon_loads_no_curve() -> None:
    code = (
        "import sys, ceosample as cs; cs.Seed.from_dice('1' * 20, witnesses=['audit']); "
        "sys.exit('py_arkworks_bls12381' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"signature": None}, "seed, signature: got none; give it with previous_signature"),
        ({"previous_signature": "zz"}, "previous_signature: got text of 2 .*; give lower-case hex"),
    ],
)
def test_a_previous_signature_goes_with_its_signature(change: dict[str, Any], says: str) -> None:
    seed = seed_of(*PUBLISHED[1])
    with pytest.raises(cs.errors.SeedError, match=says):
        attrs.evolve(seed, **change)
    with pytest.raises(cs.errors.SeedError, match=r"previous_signature: .*no drand round"):
        cs.Seed("1" * 20, "beacon:lottery:7", (), previous_signature="00")


# What drand answers


def as_answer(**fields: Any) -> bytes:
    return json.dumps(fields).encode()


def test_both_forms_of_an_answer_come_to_the_same() -> None:
    """'v2 has no `randomness` field: `--signature` alone suffices'"""
    _, number, signature, _ = ROUND_1000
    value = hashlib.sha256(bytes.fromhex(signature)).hexdigest()
    first = as_answer(round=number, randomness=value, signature=signature)
    second = as_answer(round=number, signature=signature.upper(), previous_signature="", more=[1])
    assert Answer.parse(first) == Answer.parse(second) == Answer(number, value, signature, None)
    _, number, signature, previous = PUBLISHED[1]
    chained = as_answer(round=number, signature=signature, previous_signature=previous)
    assert Answer.parse(chained).previous_signature == previous


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"<html>", "not JSON at line 1"),
        (b"[7]", "give drand's answer, an object"),
        (as_answer(round="7", signature="zz"), "round: got '7'.*\n?.*signature: got 'zz'"),
        (as_answer(round=0, signature="00"), "round: got 0; give the number"),
        (as_answer(round=7), "signature: got none; give drand's whole answer"),
        (as_answer(round=7, signature="00", randomness=7), "randomness: got 7; give hex"),
        (b'{"round": 7, "round": 8, "signature": "00"}', "round"),
    ],
)
def test_a_malformed_answer_tells_every_problem(data: bytes, says: str) -> None:
    with pytest.raises(cs.errors.SeedError, match=f"(?s){says}"):
        Answer.parse(data)


def test_a_run_takes_the_answer_of_its_round(tmp_path: Path) -> None:
    from ceosample.job.seed_supply import SeedInputs

    signature = ROUND_1000[2]
    source, value = f"beacon:{QUICKNET}:1000", hashlib.sha256(bytes.fromhex(signature)).hexdigest()
    no_matter: Any = None
    alone = SeedInputs(signature=signature)
    assert (alone.known, alone.value) == (True, value)
    seed = alone.seed(no_matter, source, no_matter)
    assert seed is not None
    assert (seed.value, seed.signature) == (value, signature)
    other = SeedInputs(beacon=value, signature=signature, answered=1001)
    with pytest.raises(cs.errors.SeedError, match=r"answer for round 1001, and .* named 1000"):
        other.seed(no_matter, source, no_matter)
    with pytest.raises(cs.errors.SeedError, match="give lower-case hex digits"):
        SeedInputs(signature="zz").seed(no_matter, source, no_matter)
