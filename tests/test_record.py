"""The public record: its bytes, the way back from them, and what is said of a false one."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

import ceosample as cs
from ceosample.canonical import canonical_json, parse_json
from refusals import NO_TIME_ZONE, nearest_size, refused

SEED = cs.Seed.from_dice("83019274650192837465", witnesses=["internal audit"])
NOON = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)


def a_draw() -> cs.Draw:
    frame = cs.Frame.from_records(
        [
            {"id": f"R-{i}", "division": ("Cards", "Loans", "Savings")[i % 3], "why": None}
            for i in range(60)
        ]
        + [{"id": "X-1", "division": "Loans", "why": "duplicate"}],
        population="complaint-responses",
        period="2026-10",
        unit_id="id",
        strata=["division"],
        exclusion="why",
        control_total=61,
    )
    return cs.draw(frame, cs.Plan(size=5), SEED)


def canonical(fields: Any) -> bytes:
    return rfc8785.dumps(fields) + b"\n"


def test_the_record_is_canonical_json_of_the_fields_that_are_specified() -> None:
    draw = a_draw()
    fields = json.loads(draw.record)
    assert draw.record == canonical(fields)
    assert draw.digest == hashlib.sha256(draw.record).hexdigest()
    assert sorted(fields) == sorted(
        [
            *("scheme", "population", "period", "commitment", "plan", "seed", "frame"),
            *("strata", "selections", "reserves"),
        ]
    )
    assert fields["frame"]["exclusions"] == {"duplicate": 1}
    assert fields["frame"]["control_total"] == 61
    assert fields["seed"] == {
        "value": SEED.value,
        "source": "dice",
        "witnesses": ["internal audit"],
    }
    assert fields["strata"][0] == {"stratum": ["Cards"], "N": 20, "n": 2, "probability": "1/10"}


def test_the_commitment_is_the_digest_of_what_the_page_says() -> None:
    """'commitment = SHA-256 of the canonical JSON of {scheme, population, period, plan, ...}'"""
    draw = a_draw()
    fields: dict[str, Any] = {
        "scheme": "ceosample/1",
        "population": "complaint-responses",
        "period": "2026-10",
        "plan": {"size": 5},
        "manifest": draw.frame.digest,
        "excluded": draw.frame.excluded_digest,
        "seed_source": "dice",
        "earlier": [],
    }
    assert draw.commitment == hashlib.sha256(canonical(fields)).hexdigest()


def test_a_saved_draw_is_loaded_and_verified_from_its_files_alone(tmp_path: Path) -> None:
    draw = a_draw()
    draw.save(tmp_path / "month")
    assert sorted(p.name for p in (tmp_path / "month").iterdir()) == [
        *("draw.json", "exclusions.csv", "manifest.csv")
    ]
    loaded = cs.Draw.load(tmp_path / "month")
    assert loaded.record == draw.record
    assert loaded.selections == draw.selections
    report = cs.verify(tmp_path / "month")
    assert report.ok
    assert report.level is cs.verification.Level.REPRODUCED


def test_saving_another_draw_into_the_same_folder_is_refused_and_changes_nothing(
    tmp_path: Path,
) -> None:
    draw = a_draw()
    draw.save(tmp_path)
    draw.save(tmp_path)  # the same again is fine
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    other = cs.draw(draw.frame, cs.Plan(size=6), SEED)
    with pytest.raises(cs.errors.ConflictError, match="another draw already exists"):
        other.save(tmp_path)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


def changed(change: Callable[[dict[str, Any]], object]) -> cs.VerificationReport:
    """The report on a record in which one thing was changed."""
    files = a_draw().files()
    fields = json.loads(files["draw.json"])
    change(fields)
    return cs.verification.verify_record(
        canonical(fields), files["manifest.csv"], files["exclusions.csv"]
    )


def swap(fields: dict[str, Any]) -> None:
    selections = fields["selections"]
    selections[0], selections[1] = selections[1], selections[0]


@pytest.mark.parametrize(
    ("change", "level", "says"),
    [
        (lambda f: f.pop("seed"), "MALFORMED", "draw.json, seed: missing"),
        (lambda f: f.update(scheme="ceosample/2"), "MALFORMED", "this release reads ceosample/1"),
        (lambda f: f["plan"].update(lottery=3), "MALFORMED", "'lottery': not known"),
        (lambda f: f["frame"].update(count="60"), "MALFORMED", "frame, count"),
        (lambda f: f["frame"].update(manifest="0" * 64), "FRAME", "manifest.csv: its SHA-256 is"),
        (lambda f: f["frame"].update(excluded="0" * 64), "FRAME", "exclusions.csv: its SHA-256"),
        (lambda f: f["frame"].update(count=59), "FRAME", "frame, count: the record has 59"),
        (lambda f: f["frame"].update(control_total=60), "FRAME", "register has 60"),
        (lambda f: f["frame"]["exclusions"].update(duplicate=2), "FRAME", "exclusions, duplicate"),
        (lambda f: f.update(commitment="0" * 64), "COMMITMENT", "commitment: the record has"),
        (lambda f: f["plan"].update(size=6), "COMMITMENT", "commitment: the record has"),
        (lambda f: f.update(period="2026-11"), "COMMITMENT", "commitment: the record has"),
        (lambda f: f["seed"].update(source="guess"), "SEED", "got 'guess'"),
        (lambda f: f["seed"].update(value="123"), "SEED", "roll at least 20"),
        (
            lambda f: f["strata"][0].update(n=3),
            "ALLOCATION",
            "strata, entry 1, n: the record has 3",
        ),
        (lambda f: f["strata"][1].update(probability="1/2"), "ALLOCATION", "entry 2, probability"),
        (lambda f: f["plan"].update(size=99), "ALLOCATION", nearest_size(60)),
        (
            lambda f: f["seed"].update(value="0" * 20),
            "SELECTION",
            "selections, entry 1, unit_id: the record has",
        ),
        (swap, "SELECTION", "selections, entry 1"),
        (
            lambda f: f["selections"].pop(),
            "SELECTION",
            "the record has 4 entries; a redraw gives 5",
        ),
        (lambda f: f["reserves"][0].update(rank=9), "SELECTION", "reserves, entry 1, rank"),
    ],
)
def test_a_change_is_found_at_its_step_and_said_in_words(
    change: Callable[[dict[str, Any]], object], level: str, says: str
) -> None:
    """'malformed, frame, commitment, seed, allocation, selection, in this order'"""
    report = changed(change)
    assert not report.ok
    assert report.level.name == level
    assert report.first_difference is not None
    assert says in report.first_difference
    assert "NOT ok" in str(report)
    assert report.to_dict()["ok"] is False


def test_a_name_that_a_later_release_added_is_passed_over(tmp_path: Path) -> None:
    """'A reader ignores keys that it does not know'"""
    draw = a_draw()
    draw.save(tmp_path)
    fields = json.loads(draw.record)
    fields["added"] = {"later": True}
    fields["selections"][0]["added"] = 1
    (tmp_path / "draw.json").write_bytes(canonical(fields))
    assert cs.verify(tmp_path).ok
    assert cs.Draw.load(tmp_path).digest == hashlib.sha256(canonical(fields)).hexdigest()


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("manifest.csv", b"R-1,Loans", b"R-1,Cards"),
        ("manifest.csv", b"R-1,Loans\n", b""),
        ("manifest.csv", b"R-0,Cards", b'"R-0",Cards'),
        ("exclusions.csv", b"duplicate", b"withdrawn"),
    ],
)
def test_a_changed_manifest_is_found_even_if_the_record_names_its_new_digest(
    tmp_path: Path, name: str, before: bytes, after: bytes
) -> None:
    draw = a_draw()
    draw.save(tmp_path)
    data = (tmp_path / name).read_bytes().replace(before, after, 1)
    (tmp_path / name).write_bytes(data)
    assert cs.verify(tmp_path).level is cs.verification.Level.FRAME
    with pytest.raises(cs.errors.RecordError, match="SHA-256"):
        cs.Draw.load(tmp_path)
    fields = json.loads(draw.record)
    which = "manifest" if name == "manifest.csv" else "excluded"
    fields["frame"][which] = hashlib.sha256(data).hexdigest()
    (tmp_path / "draw.json").write_bytes(canonical(fields))
    assert not cs.verify(tmp_path).ok


@given(st.binary(max_size=200))
def test_bytes_that_are_no_record_are_a_finding_and_not_an_exception(data: bytes) -> None:
    report = cs.verification.verify_record(data, b"unit_id\n", b"unit_id,reason\n")
    assert report.level is cs.verification.Level.MALFORMED


@given(st.data())
def test_a_byte_changed_anywhere_never_passes(data: st.DataObject) -> None:
    files = a_draw().files()
    name = data.draw(st.sampled_from(sorted(files)))
    place = data.draw(st.integers(0, len(files[name]) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda b: b != files[name][place]))
    files[name] = files[name][:place] + bytes([byte]) + files[name][place + 1 :]
    report = cs.verification.verify_record(
        files["draw.json"], files["manifest.csv"], files["exclusions.csv"]
    )
    # Who saw the dice is on record and steers nothing; every other byte does.
    witnesses = b'"witnesses":["'
    start = files["draw.json"].find(witnesses) + len(witnesses)
    told = name == "draw.json" and start <= place < start + len("internal audit")
    assert not report.ok or told


def test_a_missing_file_is_a_finding(tmp_path: Path) -> None:
    a_draw().save(tmp_path)
    (tmp_path / "manifest.csv").unlink()
    report = cs.verify(tmp_path)
    assert report.level is cs.verification.Level.MALFORMED
    assert "manifest.csv: not there" in str(report)


def receipt(**other: Any) -> cs.verification.Receipt:
    fields: dict[str, Any] = {
        "commitment": a_draw().commitment,
        "at": NOON,
        "seed_at": NOON + dt.timedelta(hours=1),
        "evidence": "a dated print of the freeze",
    }
    return cs.verification.Receipt(**{**fields, **other})


def test_a_receipt_older_than_the_seed_proves_the_order() -> None:
    files = list(a_draw().files().values())
    manifest, excluded, record = files
    report = cs.verification.verify_record(record, manifest, excluded, receipt=receipt())
    assert report.ok
    assert report.level is cs.verification.Level.ORDER_PROVEN


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"commitment": "0" * 64}, "is for the commitment"),
        ({"commitment": "f" * 64}, "is for the commitment"),
        ({"seed_at": NOON}, "is not before"),
    ],
)
def test_a_receipt_that_does_not_fit_is_said_not_to(other: dict[str, Any], says: str) -> None:
    manifest, excluded, record = a_draw().files().values()
    report = cs.verification.verify_record(record, manifest, excluded, receipt=receipt(**other))
    assert not report.ok
    assert report.level is cs.verification.Level.REPRODUCED
    assert says in str(report.first_difference)


def test_a_receipt_without_a_time_zone_is_refused() -> None:
    with refused(cs.errors.RecordError, NO_TIME_ZONE):
        receipt(at=dt.datetime(2026, 11, 2))  # noqa: DTZ001 - that is the point


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b'{"a":1,"a":2}', "appears twice"),
        (b"1.5", "float"),
        (b"NaN", "NaN is not JSON"),
        (b"9007199254740992", "not below 2**53"),
        (b'"\\ud800"', "surrogate"),
        (b"\xff", "not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b"{", "not JSON"),
    ],
)
def test_json_that_two_readers_could_read_differently_is_refused(text: bytes, says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)):
        parse_json(text)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
    max_leaves=20,
)


@given(json_values)
def test_canonical_json_comes_back_as_it_was(value: Any) -> None:
    assert parse_json(canonical_json(value)) == value
