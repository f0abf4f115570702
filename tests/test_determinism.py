"""'Same input, same bytes, on every machine, engine and hash seed.'"""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import pytest

import ceosample as cs
from ceosample.demo.story import perform

GOLDEN = Path(__file__).parent / "golden"
PERFORM = (
    "import sys, pathlib; from ceosample.demo.story import perform; "
    "perform(pathlib.Path(sys.argv[1]))"
)


def elsewhere(folder: Path, **environment: str) -> Path:
    """The demonstration, performed by a process that has other surroundings than this one."""
    command = [sys.executable, "-c", PERFORM, str(folder)]
    subprocess.run(command, env={**os.environ, **environment}, cwd=folder.parent, check=True)
    return folder


def made(folder: Path) -> tuple[dict[str, bytes], str]:
    """All files of a demonstration but the database, and the ledger's head."""
    with cs.Ledger.open(f"sqlite:///{folder / 'signoff.db'}", create=False) as ledger:
        head = ledger.head
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "signoff.db"
    }, head


@pytest.mark.slow
def test_hash_seed_zone_and_language_change_no_byte(tmp_path: Path) -> None:
    """By this process, whose hash seed is by chance or given, and by one with another of all."""
    seed, zone, language = (os.environ.get(name) for name in ("PYTHONHASHSEED", "TZ", "LC_ALL"))
    there = elsewhere(
        tmp_path / "there",
        PYTHONHASHSEED="1" if seed != "1" else "2",
        TZ="Asia/Tokyo" if zone != "Asia/Tokyo" else "UTC",
        LC_ALL="C" if language != "C" else "C.UTF-8",
    )
    perform(tmp_path / "here")
    first, second = made(tmp_path / "here"), made(there)
    assert len(first[0]) > 30
    assert "packs/2026-10/pack.pdf" in first[0]
    assert first == second


def golden_month() -> tuple[cs.Draw, cs.Pack]:
    frame = cs.Frame.from_records(
        [
            {"id": unit_id, "division": division, "why": why}
            for unit_id, division, why in [
                *((f"R-{i}", 'Cards, "gold"', None) for i in range(9)),
                *((f"Gŵyn-{i}", "Ελλάδα", None) for i in range(7)),
                *((i, "Loans", None) for i in range(100, 104)),
                ("X-1", "Loans", "in-progress"),
                ("X-2", None, "duplicate"),
            ]
        ],
        population="complaint-responses",
        period="2026-10",
        unit_id="id",
        strata=["division"],
        exclusion="why",
        control_total=22,
    )
    seed = cs.Seed.from_dice("83019274650192837465", witnesses=["audit", "executive office"])
    draw = cs.draw(frame, cs.Plan(size=4, reserves=1, take_all=["Loans"]), seed)
    letter = {
        "recipient": "Gŵyn محمد Ελένη",
        "address": ["1 High Street", "Anytown"],
        "salutation": "Dear Gŵyn,",
        "subject": "<Your> complaint & ours",
        "body": "One {{ 7 * 7 }}.\n\nאחת,\ntwo.",
        "closing": "Yours sincerely,",
    }
    pack = cs.render(
        draw,
        {unit_id: {"letter": letter, "docket": {}} for unit_id in draw.unit_ids},
        signatory=cs.Signatory("ceo", "Margaret Llewelyn", "Chief Executive"),
        date=dt.date(2026, 11, 2),
        letterhead=["The Bank", "1 Quay Parade"],
        pdf=False,
    )
    return draw, pack


@pytest.mark.parametrize("name", ["draw.json", "manifest.csv", "exclusions.csv"])
def test_the_bytes_of_a_record_never_change_within_a_scheme(name: str) -> None:
    draw, _ = golden_month()
    assert draw.files()[name] == (GOLDEN / name).read_bytes()


def test_a_letter_s_bytes_are_those_of_the_golden_one() -> None:
    _, pack = golden_month()
    assert next(iter(pack)).data == (GOLDEN / "letter.json").read_bytes()


def test_the_golden_record_verifies() -> None:
    assert cs.verify(GOLDEN).level is cs.verification.Level.REPRODUCED
