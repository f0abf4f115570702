"""The pictures: right in their counts, the same everywhere, compared with the ones looked at.

``python tests/test_pictures.py`` writes the golden ones anew; look at them before they go in.
"""

from __future__ import annotations

import datetime as dt
import io
import os
import pickle
import re
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import ceosample as cs
import months
from book import Book
from ceosample.report.picture import Picture
from firm import year

GOLDEN = Path(__file__).parent / "golden" / "pictures"
AT = dt.datetime(2026, 10, 15, 9, tzinfo=dt.UTC)
NAMES = ("coverage", "months_since", "funnel", "turnaround", "tickets", "policies")


@cache
def drawn() -> Mapping[str, Picture]:
    events = year()
    frame = cs.Frame.from_records(
        [
            {"id": f"R-{i}", "division": ("Cards", "Loans", "$x^2$ & <b>")[i % 7 % 3]}
            for i in range(90)
        ],
        **months.MONTH,
        unit_id="id",
        strata=["division"],
    )
    draw = cs.draw(frame, cs.Plan(size=9, reserves=2), months.SEED)
    return {
        "coverage": cs.report.pictures.coverage(events, as_of=AT),
        "months_since": cs.report.pictures.months_since(cs.figures.metrics(events, as_of=AT)),
        "funnel": cs.report.pictures.funnel(events, as_of=AT),
        "turnaround": cs.report.pictures.turnaround(events, as_of=AT),
        "tickets": cs.report.pictures.tickets(draw),
        "policies": cs.report.pictures.policies(cs.figures.policy_summary(events, as_of=AT)),
    }


def pixels(png: bytes) -> np.ndarray:
    from matplotlib.image import imread

    return np.asarray(imread(io.BytesIO(png)))[..., :3]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.slow
def test_a_picture_is_the_one_that_was_looked_at(name: str) -> None:
    ours = pixels(drawn()[name].to_png(dpi=60))
    golden = pixels((GOLDEN / f"{name}.png").read_bytes())
    assert ours.shape == golden.shape
    # Releases of matplotlib smooth edges differently; a bar of another length is far more.
    assert float(np.sqrt(np.mean((ours - golden) ** 2))) < 0.02


@pytest.mark.slow
def test_pictures_have_the_same_bytes_in_another_process_zone_and_hash_seed(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib, pickle, test_pictures as t\n"
        "events = pickle.loads((pathlib.Path(sys.argv[1]) / 'events').read_bytes())\n"
        "t.year = lambda: events\n"
        "for name, picture in t.drawn().items():\n"
        "    picture.save(pathlib.Path(sys.argv[1]) / f'{name}.svg')\n"
        "    if name == 'coverage':\n"
        "        picture.save(pathlib.Path(sys.argv[1]) / f'{name}.png')\n"
        "assert 'matplotlib.pyplot' not in sys.modules, 'what no picture needs took a second'\n"
    )
    (tmp_path / "events").write_bytes(pickle.dumps(year()))
    path = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONHASHSEED": "77", "TZ": "Asia/Tokyo", "PYTHONPATH": path}
    order = [sys.executable, "-c", code, str(tmp_path)]
    subprocess.run(order, env=environment, check=True, cwd=tmp_path)
    for name, picture in drawn().items():
        assert (tmp_path / f"{name}.svg").read_bytes() == picture.to_svg(), name
    # What is drawn of them is the same code for all, and takes longer than all else.
    assert (tmp_path / "coverage.png").read_bytes() == drawn()["coverage"].to_png()


def test_the_words_of_a_picture_are_its_counts() -> None:
    """Who does not see the picture has all of it."""
    for month in ("2026-01", "2026-08"):
        events = [event for event in year() if event.period == month]
        rows = cs.signoff_coverage([e for e in events if e.at < AT.isoformat()]).strata
        said = re.search(rf"{month}: ([^;]*)", drawn()["coverage"].words)
        assert said is not None
        assert len(said[1].split(", ")) == len(rows)
    measured = cs.figures.metrics(year(), as_of=AT)
    letters = measured.sample.letters + measured.take_all.letters
    assert f"selected: {letters} of {letters}" in drawn()["funnel"].words
    assert "9 of 90 drawn" in drawn()["tickets"].title
    total = cs.figures.policy_summary(year(), as_of=AT).total.proposed
    words = drawn()["policies"].words
    assert sum(
        int(number) for number in re.findall(r"(\d+) (?:adopted|kept|refused|not)", words)
    ) == (total)


def test_the_coverage_of_a_month_is_the_coverage_that_is_counted_elsewhere() -> None:
    words = drawn()["coverage"].words
    for month in {e.period for e in year() if e.kind == "drawn" and e.at < AT.isoformat()}:
        found = cs.figures.metrics(year(), first=month, last=month, as_of=AT)
        said = next(part for part in words.split("; ") if part.startswith(f"{month}: "))
        ours = {n: (int(a), int(b)) for n, a, b in re.findall(r"(\w+) (\d+) of (\d+)", said)}
        theirs = {
            row.stratum[0]: (row.figures.signoff.count, row.figures.signoff.of)
            for row in found.strata
        }
        assert ours == theirs


def test_a_stratum_without_a_signature_says_in_how_many_months_on_record() -> None:
    """'"never" of a ledger that holds one month'"""
    with months.open_ledger() as ledger:
        frame = months.frame_of()
        ledger.freeze(frame, months.PLAN, seed_source="dice", by="sampling", at=months.AT)
        ledger.register(months.drawn_with(months.SEED), by="sampling", at=months.AT)
        events = list(ledger.events())
    picture = cs.report.pictures.months_since(cs.figures.metrics(events, as_of=months.LATER))
    assert picture.words == "Cards: not in 1 month; Loans: not in 1 month"


def sent(letters: int, signed: str = "2026-11-04") -> Picture:
    """The waits of so many letters, all but one of them signed on that day."""
    book = Book()
    book.draw({"Cards": (2 * letters, letters)})
    for number in range(letters):
        book.sent(f"R-{number}", on="2026-11-02")
        if number:
            book.sign(f"R-{number}", on=signed)
    return cs.report.pictures.turnaround(
        book.events, as_of=dt.datetime(2026, 11, 9, 9, tzinfo=dt.UTC)
    )


def drawn_words(picture: Picture) -> set[str]:
    """What stands in the picture itself."""
    (axes,) = picture.figure.axes
    ticks = [label.get_text() for label in axes.get_yticklabels()]
    return {axes.get_ylabel(), *ticks, *(text.get_text() for text in axes.texts)}


def test_the_picture_of_few_waits_has_no_percentage_and_of_very_few_no_median() -> None:
    """'a percentage of fewer than 30' and 'medians of fewer than 5 letters', in pictures too"""
    many, some, few = map(sent, (30, 29, 4))
    assert many.words == "29 of 30 signed; still waiting after 0 days 100 %, 2 days 3.3 %"
    assert {"%", "half", "one in ten"} <= drawn_words(many)
    assert some.words == "28 of 29 signed; signed: 28 after 2 days; not signed: 1 after 5 days"
    assert drawn_words(some) >= {"half", "one in ten", "none", "all"}
    assert few.words == "3 of 4 signed; signed: 3 after 2 days; not signed: 1 after 5 days"
    for picture in (some, few):
        assert not any("%" in words or words.isdigit() for words in drawn_words(picture))
    assert not drawn_words(few) & {"half", "one in ten"}


def test_the_words_of_waits_have_each_number_of_days_once() -> None:
    """Not 'after 0 days 100 %, 0 days 3.3 %'"""
    same, next_day = sent(30, "2026-11-02"), sent(30, "2026-11-03")
    assert same.words == "29 of 30 signed; still waiting after 0 days 3.3 %"
    assert next_day.words == "29 of 30 signed; still waiting after 0 days 100 %, 1 day 3.3 %"
    few = "2 of 3 signed; signed: 2 after 1 day; not signed: 1 after 5 days"
    assert sent(3, "2026-11-03").words == few


@pytest.mark.parametrize("name", ["coverage", "funnel", "turnaround"])
def test_a_ledger_of_which_nothing_happened_yet_has_its_picture(name: str) -> None:
    picture = getattr(cs.report.pictures, name)([], as_of=AT)
    assert picture.to_svg().startswith(b"<?xml")


def test_a_draw_by_rotation_has_no_single_cut() -> None:
    rotation = cs.Rotation(months=3, start="2026-10")
    rows = [{"id": f"{d}{i}", "d": d} for d in "abcdef" for i in range(4)]
    frame = cs.Frame.from_records(rows, **months.MONTH, unit_id="id", strata=["d"])
    draw = cs.draw(frame, cs.Plan(size=3, rotation=rotation), months.SEED)
    with pytest.raises(cs.errors.PlanError, match="there is no one cut"):
        cs.report.pictures.tickets(draw)


def test_names_are_text_in_a_picture_and_in_its_html() -> None:
    """A dollar is no formula, and a tag no tag."""
    html = drawn()["tickets"]._repr_html_()
    assert "<b>" not in html
    assert "&lt;b&gt;" in html
    assert html.count("<") == 1


def test_a_name_of_any_length_leaves_room_for_the_picture_and_is_whole_in_its_words() -> None:
    name = "W" * 200
    book = Book()
    book.draw({name: (9, 1), name + "!": (9, 0)})
    book.sent("R-1", name)
    book.write("oop_proposed", monthly=False, resolution="r", policy=name, review_by="2026-11-20")
    for picture in (
        cs.report.pictures.coverage(book.events, as_of=months.LATER),
        cs.report.pictures.months_since(cs.figures.metrics(book.events, as_of=months.LATER)),
        cs.report.pictures.policies(cs.figures.policy_summary(book.events, as_of=months.LATER)),
    ):
        (axes,) = picture.figure.axes
        assert axes.get_window_extent().width > 0.25 * picture.figure.bbox.width
        assert name in picture.words


def test_the_settings_of_the_user_stay_as_they_are() -> None:
    import matplotlib as mpl

    with mpl.rc_context({"font.size": 31, "svg.hashsalt": "mine"}):
        before = dict(mpl.rcParams)
        assert drawn()["funnel"].to_svg() == cs.report.pictures.funnel(year(), as_of=AT).to_svg()
        assert dict(mpl.rcParams) == before


def test_a_picture_is_saved_whole_as_svg_or_png_and_as_nothing_else(tmp_path: Path) -> None:
    drawn()["funnel"].save(tmp_path / "funnel.png")
    assert (tmp_path / "funnel.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(ValueError, match=r"ends in \.svg or \.png"):
        drawn()["funnel"].save(tmp_path / "funnel.pdf")
    assert [path.name for path in tmp_path.iterdir()] == ["funnel.png"]


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for name_, picture_ in drawn().items():
        (GOLDEN / f"{name_}.png").write_bytes(picture_.to_png(dpi=60))
