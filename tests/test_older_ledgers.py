"""A ledger that is older than its packs, or another one, is told by what it does not have."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ceosample.errors import ConflictError, LedgerError
from ceosample.signoff.known_heads import require_known_heads, unknown_heads
from months import AT, MONTH, PERIOD, POPULATION, Month, open_ledger, sent


@pytest.fixture(scope="module")
def month() -> Iterator[Month]:
    with open_ledger() as book:
        yield sent(book)


def written(folder: Path, name: str, **fields: Any) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps({"population": POPULATION, **fields}), "utf-8")


def unknown(month: Month, packs: Path) -> list[str]:
    return [
        said.removeprefix(f"{packs}/") for said in unknown_heads(month.ledger, POPULATION, packs)
    ]


@pytest.fixture
def packs(tmp_path: Path, month: Month) -> Path:
    """A month's folder and one of rework, each with what the ledger has."""
    head = month.registration.hash
    written(tmp_path / PERIOD, "pack.json", registration=head)
    seed = {"value": month.seed.value}
    written(tmp_path / PERIOD, "draw.json", period=PERIOD, seed=seed)
    written(tmp_path / PERIOD / "rework-2", "pack.json", registration=head)
    (tmp_path / PERIOD / f"closing-{head[:8]}.html").touch()
    return tmp_path


def test_a_ledger_that_has_all_of_it_is_the_newest(month: Month, packs: Path) -> None:
    assert unknown(month, packs) == []
    require_known_heads(month.ledger, POPULATION, packs)
    assert unknown(month, packs / "nowhere") == []


def test_an_event_that_a_pack_or_one_of_rework_names_is_missed(month: Month, packs: Path) -> None:
    written(packs / PERIOD / "rework-2", "pack.json", registration="ab" * 32)
    assert unknown(month, packs) == [
        f"{PERIOD}/rework-2/pack.json: was made with the event abababab, which is not there"
    ]
    written(packs / PERIOD, "pack.json", registration="cd" * 32)
    assert len(unknown(month, packs)) == 2
    with pytest.raises(ConflictError, match="older than its packs, or another one"):
        require_known_heads(month.ledger, POPULATION, packs)


@pytest.mark.parametrize("seed", [{"value": "0" * 20}, {}, None, "0" * 20])
def test_a_seed_that_was_never_revealed_is_missed(month: Month, packs: Path, seed: Any) -> None:
    written(packs / PERIOD, "draw.json", period=PERIOD, seed=seed)
    assert unknown(month, packs) == [f"{PERIOD}/draw.json: was drawn with a seed that is not there"]


def test_a_seed_of_another_month_is_none_of_this_one(month: Month, packs: Path) -> None:
    written(packs / "2026-11", "draw.json", period="2026-11", seed={"value": month.seed.value})
    assert unknown(month, packs) == ["2026-11/draw.json: was drawn with a seed that is not there"]


@pytest.mark.parametrize("name", ["closing-abababab.html", "interim-abababababab.pdf"])
def test_a_sheet_that_was_made_at_a_newer_head_is_missed(
    month: Month, packs: Path, name: str
) -> None:
    (packs / PERIOD / name).touch()
    (said,) = unknown(month, packs)
    assert said.startswith(f"{PERIOD}/{name}: was made at the head abababab")


def test_other_populations_and_what_is_no_pack_are_passed_over(month: Month, packs: Path) -> None:
    written(packs / "others", "pack.json", registration="ab" * 32, population="internal")
    (packs / "others" / "closing-abababab.html").touch()
    (packs / "torn").mkdir()
    (packs / "torn" / "pack.json").write_bytes(b'{"population": "complaint-responses", "regis')
    (packs / PERIOD / "closing-abababab.txt").touch()
    (packs / "pack.json").touch()
    assert unknown(month, packs) == []


def test_a_room_is_sealed_again_for_a_pack_that_was_sent_and_for_no_other() -> None:
    with open_ledger() as book:
        ours = sent(book)
        sealed = book.seal_room(ours.pack, b"room", by="ann", at=AT)
        assert (sealed.kind, sealed.payload["pack"]) == ("room_sealed", ours.pack.digest)
        assert (sealed.population, sealed.period) == (MONTH["population"], MONTH["period"])
    with open_ledger() as other, pytest.raises(LedgerError, match="no letter was sent in the pack"):
        other.seal_room(ours.pack, b"room", by="ann", at=AT)
