"""One response's own story: drawn again, counted by hand, told to staff and to customers."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, get_args

import pytest

import ceosample as cs
from ceosample import Draw, Frame, Plan, Rotation, Seed, draw
from ceosample.canonical import netstring
from ceosample.configuration import TEMPLATE
from ceosample.errors import RecordError
from ceosample.sampling.explained.explanation import Audience
from ceosample.sampling.frames.units import Unit
from ceosample.verification import DrawOutcome, explain
from command import asked, ceosample
from generated_months import generated, tampered
from release_0_1 import FOLDER

GOLDEN = Path(__file__).parent / "golden" / "explained.txt"
SEED = Seed.from_dice("83019274650192837465", witnesses=["internal audit"])
STRATA = ["Cards"] * 9 + ["Loans"] * 6 + ["Pensions"] * 3 + ["Escalated"] * 2 + ["Rare"] * 2


def saved(files: dict[str, bytes], folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def units_of(drawn: Draw) -> tuple[Unit, ...]:
    assert isinstance(drawn.frame, Frame)
    return drawn.frame.units


def month(plan: Plan, period: str = "2026-10", earlier: tuple[Draw, ...] = ()) -> Draw:
    rows: list[dict[str, object]] = [
        {"id": f"{period[-2:]}-{number}", "division": division, "why": ""}
        for number, division in enumerate(STRATA)
    ]
    rows.append({"id": "left", "division": "Cards", "why": "in-progress"})
    frame = Frame.from_records(rows, population="complaint-responses", period=period,
                               unit_id="id", strata=["division"], exclusion="why")  # fmt: skip
    return draw(frame, plan, SEED, earlier=earlier)


def rows_of(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode(), newline="")))[1:]


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def key_of(record: dict[str, Any], *purpose: str) -> str:
    parts = ["ceosample/1", record["population"], record["period"], record["seed"]["value"]]
    return sha(b"".join(map(netstring, [*parts, *purpose])))[:32]


def plan_strata(record: dict[str, Any], rows: list[list[str]]) -> dict[str, tuple[str, ...]]:
    """The stratum of each unit by the page on the record: cut, merged, or one for all."""
    plan, width = record["plan"], len(record["frame"]["variables"])
    whole = [tuple(values) for values in plan.get("take_all", [])]
    found = {row[0]: tuple(row[1 : 1 + width]) for row in rows}
    if "cuts" in plan:
        found = {u: (s[0], cut(float(s[1]))) for u, s in found.items()}
    if "merge_below" in plan:
        sizes = Counter(found.values())
        small = {s for s in sizes if sizes[s] < plan["merge_below"] and s not in whole}
        found = {u: (plan["into"],) if s in small else s for u, s in found.items()}
    if plan.get("allocation") == "srs":
        found = {u: s if s in whole else () for u, s in found.items()}
    return found


def cut(amount: float) -> str:
    if amount < 100:
        return "under 100"
    return "100 to under 1000.5" if amount < 1000.5 else "1000.5 and over"


# The arithmetic


#: Months of every allocation, cut, merged, taken in full, with called letters and without.
MONTHS = (0, 1, 2, 3, 4, 5, 6, 20, 24, 28, 35)


@pytest.mark.parametrize("number", MONTHS)
def test_it_says_what_the_record_says_and_counts_as_anyone_can(number: int, tmp_path: Path) -> None:
    """'ticket = SHA-256( draw_key "," unit_id )'; 'The n lowest tickets of each stratum are
    drawn'; 'whether that response was in the frame, its ticket, how many were lower'"""
    files = generated(number)
    folder, record = saved(files, tmp_path), json.loads(files["draw.json"])
    drawn = {one["unit_id"]: one for one in record["selections"]}
    kept = {one["unit_id"]: one for one in record["reserves"]}
    strata = plan_strata(record, rows_of(files["manifest.csv"]))
    chances = {tuple(one["stratum"]): Fraction(one["probability"]) for one in record["strata"]}
    whole = [tuple(values) for values in record["plan"].get("take_all", [])]
    called = {u for u, one in drawn.items() if one.get("line") == "called"}
    for unit_id in {*[*strata][:1], *[*drawn][:1], *[*drawn][-1:], *[*kept][:1]}:
        found = explain(folder, unit_id)
        expected = DrawOutcome.RESERVE if unit_id in kept else DrawOutcome.NOT_DRAWN
        assert found.outcome is (DrawOutcome.DRAWN if unit_id in drawn else expected)
        assert (found.ok, found.draw) == (True, sha(files["draw.json"]))
        assert (found.stratum, found.probability) == (strata[unit_id], chances[strata[unit_id]])
        assert found.take_all == (strata[unit_id] in whole)
        assert found.eligible == len(strata)
        for standing in found.standings:
            key = key_of(record, *(["open"] if standing.line == "open" else []))
            tickets = {u: (sha(f"{key},{u}".encode()), u) for u in strata}
            rivals = [u for u in strata if strata[u] == found.stratum]
            if standing.line == "open":
                rivals = [u for u in strata if u not in called and strata[u] not in whole]
            chosen = [u for u in rivals if u in drawn and drawn[u].get("line") == standing.line]
            assert standing.ticket == tickets[unit_id][0]
            assert standing.among == len(rivals)
            assert standing.lower == sum(tickets[u] < tickets[unit_id] for u in rivals)
            assert standing.letters == len(chosen)
            assert standing.cut == max((tickets[u][0] for u in chosen), default=None)
        last = found.standings[-1]
        assert (found.outcome is DrawOutcome.DRAWN) == (last.lower < last.letters)
        if unit_id in kept:
            letters = {s.line: s.letters for s in found.standings}[kept[unit_id].get("line")]
            assert found.reserve == kept[unit_id]["rank"] - letters


def test_open_letters_of_a_rotation_leave_strata_aside_that_are_read_whole(tmp_path: Path) -> None:
    """'Take-all strata are left aside'; 'among all other units'"""
    drawn = month(Plan(size=3, rotation=Rotation(3, "2026-10"), take_all=["Escalated"]))
    folder = saved(drawn.files(), tmp_path)
    called = [unit.unit_id for unit in drawn if unit.line == "called"]
    others = [unit for unit in units_of(drawn) if unit.stratum != ("Escalated",)]
    unit_id = next(unit.unit_id for unit in others if unit.unit_id not in drawn.unit_ids)
    (_, openly) = explain(folder, unit_id).standings
    assert (openly.line, openly.among) == ("open", len(others) - len(called))
    (whole,) = explain(folder, "10-18").standings
    assert (whole.line, whole.among, whole.letters) == (None, 2, 2)


@pytest.mark.parametrize("number", range(24))
def test_what_does_not_verify_is_not_explained(number: int, tmp_path: Path) -> None:
    """'recomputed and not believed: say when the files do not verify'"""
    whole = generated(number % 8)
    what, files = tampered(whole, number)
    folder = saved(files, tmp_path)
    report = cs.verification.verify_record(
        files["draw.json"], files["manifest.csv"], files["exclusions.csv"],
        earlier=[files[name] for name in sorted(files) if name.startswith("earlier-")],
    )  # fmt: skip
    unit_id = rows_of(whole["manifest.csv"])[0][0]
    try:
        found = explain(folder, unit_id)
    except RecordError:
        assert report.level.name == "MALFORMED", what
        return
    assert (found.ok, found.first_difference) == (report.ok, report.first_difference), what
    assert (found.outcome is DrawOutcome.UNPROVED) == (not report.ok)
    assert bool(found.standings) <= report.ok


@pytest.mark.parametrize("name", ["manifest.csv", "exclusions.csv"])
def test_a_table_that_is_missing_is_told(name: str, tmp_path: Path) -> None:
    files = generated(3)
    del files[name]
    found = explain(saved(files, tmp_path), "R-1")
    assert (found.outcome, name in str(found.first_difference)) == (DrawOutcome.UNPROVED, True)


# The words


def cases(folder: Path) -> Iterator[tuple[str, Path, str]]:
    """What is asked of which month: every scheme, every outcome."""
    plain = month(Plan(size=6, take_all=["Escalated"]))
    first, reserve = plain.selections[0].unit_id, plain.reserves[0].unit_id
    rest = next(u.unit_id for u in units_of(plain) if u.unit_id not in
                [*plain.unit_ids, *(r.unit_id for r in plain.reserves)])  # fmt: skip
    place = saved(plain.files(), folder / "plain")
    yield from (("drawn", place, first), ("in reserve", place, reserve), ("not drawn", place, rest))
    yield "in a stratum that is read whole", place, "10-18"
    yield "left out", place, "left"
    yield "nowhere", place, "CR-1"
    yield "nowhere in these letters", place, "LEFT"
    broken = saved(plain.files() | {"exclusions.csv": b"unit_id,reason\n"}, folder / "broken")
    yield "files that do not verify", broken, first
    srs = month(Plan(size=3, allocation="srs"))
    yield "srs", saved(srs.files(), folder / "srs"), "10-1"
    cut_off = month(Plan(size=6, merge_below=3, into="Small"))
    yield "a merged stratum", saved(cut_off.files(), folder / "merged"), "10-20"
    rotating = Plan(size=3, rotation=Rotation(3, "2026-09"), reserves=1)
    before = month(rotating, "2026-09")
    now = month(rotating, earlier=(before,))
    place = saved(now.files(), folder / "rotation")
    by_line = {one.line: one for one in now.selections}
    yield "a rotation's called letter", place, by_line["called"].unit_id
    yield "a rotation's open letter", place, by_line["open"].unit_id
    called = [s.stratum for s in now.selections if s.line == "called"]
    gave = [s.stratum for s in before.selections]
    others = [u.stratum for u in units_of(now) if u.stratum not in [*called, *gave]]
    for what, strata in (
        ("called, another letter", called),
        ("drawn before", gave),
        ("not called", others),
    ):
        units = (u for u in units_of(now) if u.stratum in strata and u.unit_id not in now.unit_ids)
        yield f"a rotation, {what}", place, next(units).unit_id
    waiting = Plan(size=2, allocation="waiting", reserves=1)
    now = month(waiting, earlier=(month(waiting, "2026-09"),))
    place = saved(now.files(), folder / "waiting")
    gave = [s.stratum for s in now.selections]
    for what, in_it in (("picked", True), ("not picked", False)):
        units = (u for u in units_of(now) if (u.stratum in gave) == in_it)
        yield f"waiting, {what}", place, next(units).unit_id
    sure = month(Plan(size=5, allocation="waiting"))
    yield "waiting, certain", saved(sure.files(), folder / "certain"), "10-0"


def told(folder: Path) -> str:
    return "\n".join(
        f"## {what}, for {audience}\n\n{explain(place, unit_id).words(audience)}\n"
        for what, place, unit_id in cases(folder)
        for audience in get_args(Audience)
    )


def test_staff_and_customers_read_these_words(tmp_path: Path) -> None:
    """'Two audiences: staff text (with ticket numbers), customer text (plain, kind, short, no
    jargon)'; written again with: PYTHONPATH=src:tests python tests/test_explain.py"""
    assert told(tmp_path) == GOLDEN.read_text("utf-8")


def test_a_customer_reads_no_hash_and_no_jargon(tmp_path: Path) -> None:
    words = [
        "stratum",
        "strata",
        "ticket",
        "seed",
        "hash",
        "frame",
        "digest",
        "draw.json",
        "manifest",
        "probability",
    ]
    for _, place, unit_id in cases(tmp_path):
        text = explain(place, unit_id).words("customer")
        assert not [word for word in words if word in text.lower()]
        assert re.search("[0-9a-f]{16}", text) is None
        assert len(text.split()) < 160


@pytest.mark.parametrize(
    ("asked_for", "said"),
    [
        ("cmp-1", "CMP-1"),
        ("Éa-é", "éA-É"),
        ("LEFT", "left"),
        ("two", None),  # Two and TWO
        ("cmp-2", None),
        ("Unit_id", None),  # the header is no id
        ("unit_id", None),
    ],
)
def test_capital_letters_are_told_where_one_id_alone_is_alike(
    asked_for: str, said: str | None, tmp_path: Path
) -> None:
    """'a hint when exactly one id differs by letter case ... never reveal other ids otherwise'"""
    ids = ["CMP-1", "éA-É", "Two", "TWO", "left"]
    rows = [{"id": one, "why": "in-progress" if one == "left" else ""} for one in ids]
    frame = Frame.from_records(rows, population="p", period="2026-10", unit_id="id",
                               exclusion="why")  # fmt: skip
    found = explain(saved(draw(frame, Plan(size=1), SEED).files(), tmp_path), asked_for)
    assert (found.outcome, found.other_case) == (DrawOutcome.ABSENT, said)
    assert (str(said) in found.words()) == (said is not None)
    customer = found.words("customer")
    assert ("capital letters" in customer) == (said is not None)
    assert not [one for one in ids if one in customer]


# The command


def test_the_command_looks_for_capital_letters_in_every_month(tmp_path: Path) -> None:
    """The newest month is not the one that has it."""
    (tmp_path / "ceosample.toml").write_text(TEMPLATE, "utf-8")
    for period in ("2026-09", "2026-10", "2026-11"):
        rows = [{"id": f"CMP-{period[-2:]}{n}"} for n in range(3)]
        frame = Frame.from_records(rows, population="p", period=period, unit_id="id")
        saved(draw(frame, Plan(size=1), SEED).files(), tmp_path / "packs" / period)
    told = asked("explain", "cmp-091", folder=tmp_path).out
    assert "in no file of this month (p, 2026-09)\n" in told
    assert "they have CMP-091" in told
    plain = asked("explain", "cmp-091", "--for", "customer", folder=tmp_path).out
    assert ("CMP" in plain, "check capital letters" in plain) == (False, True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of 0.1, which no test here changes."""
    return Path(shutil.copytree(FOLDER, tmp_path_factory.mktemp("explained") / "month"))


def test_the_command_finds_the_month(folder: Path) -> None:
    """'ceosample explain ID [--for staff|customer]'"""
    record = json.loads((folder / "packs/2026-10/draw.json").read_bytes())
    unit_id = record["selections"][0]["unit_id"]
    told = ceosample("explain", unit_id, folder=folder)
    assert (told.code, told.out.splitlines()[0]) == (
        0, f"{unit_id}: drawn (complaint-responses, 2026-10)",
    )  # fmt: skip
    plain = ceosample("explain", unit_id, "packs/2026-10", "--for", "customer", folder=folder)
    assert plain.out == explain(folder / "packs/2026-10", unit_id).words("customer") + "\n"
    as_json = ceosample("explain", unit_id, "--period", "2026-10", "--json", folder=folder).json
    assert as_json == explain(folder / "packs/2026-10", unit_id).to_dict()
    assert (as_json["outcome"], as_json["ok"]) == ("DRAWN", True)


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        (("R-1", "nowhere"), 65, "nowhere/draw.json: not there; restore it"),
        (("", "."), 65, "ID: got ''; give it a value"),
        (("R-1", ".", "--period", "2026-10"), 2, "give FOLDER or --period, not both"),
        (("R-1", ".", "--code", "abc"), 65, "code: got 3 characters that are not shown; give"),
    ],
)
def test_a_slip_is_told(line: tuple[str, ...], code: int, said: str, tmp_path: Path) -> None:
    ended = ceosample("explain", *line, folder=tmp_path)
    assert (ended.code, said in ended.err) == (code, True), ended.err


def test_files_that_do_not_verify_end_with_1(tmp_path: Path) -> None:
    files = generated(5) | {"exclusions.csv": b"unit_id,reason\n"}
    ended = ceosample("explain", "R-1", str(saved(files, tmp_path)), folder=tmp_path)
    assert (ended.code, "do not verify" in ended.out) == (1, True)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as written:
        GOLDEN.write_text(told(Path(written)), "utf-8")
