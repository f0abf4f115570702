"""A frame left in its files gives what the frame in memory gives, and is never held."""

from __future__ import annotations

import csv
import io
import tracemalloc
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import ceosample as cs
from ceosample.sampling.frames.manifest import batches_of, csv_to_rows, rows_to_csv
from ceosample.sampling.frames.saved_frame import SavedFrame

ABOUT: Any = {"population": "complaint-responses", "period": "2026-10"}
SEED = cs.Seed.from_dice("83019274650192837465", witnesses=["internal audit"])


def in_chunks(data: bytes, size: int) -> Callable[[], Iterator[bytes]]:
    return lambda: (data[start : start + size] for start in range(0, len(data), size))


def said(work: Callable[[], object]) -> object:
    """What comes out, or the first fault."""
    try:
        return work()
    except (cs.errors.FrameError, cs.errors.RecordError) as error:
        return error.faults[0]


def read_at_once(data: bytes, name: str) -> list[list[str]]:
    """The same rules, stated for a text that is all there."""
    try:
        text = data.decode()
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise cs.errors.RecordError(f"{name}: cannot be read ({error})") from None
    if not rows or b"".join(rows_to_csv(rows[0], rows[1:])) != data:
        for number, (line, row) in enumerate(zip(text.split("\n"), rows, strict=False), 1):
            if f"{line}\n".encode() != b"".join(rows_to_csv(row, [])):
                what = f"line {number} is not written as the specification has it"
                raise cs.errors.RecordError(f"{name}: {what}")
        raise cs.errors.RecordError(f"{name}: the file does not end with one line feed")
    for number, row in enumerate(rows, 1):
        if not row or len(row) != len(rows[0]):
            what = f"line {number} has {len(row)} fields, the header {len(rows[0])}"
            raise cs.errors.RecordError(f"{name}: {what}")
    for number, (before, after) in enumerate(pairwise(row[0] for row in rows[1:]), 3):
        if before >= after:
            what = "repeats an id" if before == after else "is out of order"
            raise cs.errors.RecordError(
                f"{name}: line {number} {what}; rows are sorted by the id's bytes"
            )
    return rows


#: Lines of which most files are no manifests, and a few are.
lines = st.sampled_from(
    [b"unit_id,s", b"a,x", b"b,x", b"b,y", b'c,"x,y"', b'd,"x""y"', b"e,\xc3\xa9", b"f", b"",
     b"g,x,y", b'h,"x', b'"i",x', b"j,x\r", b"k,\xff", b"l,\xe2\x82", b'm,x"y', b'n,"x"y']
)  # fmt: skip


@given(st.lists(lines, max_size=9), st.sampled_from([b"\n", b"", b"\n\n"]), st.integers(1, 40))
@example([b"unit_id,s", b"a,x", b'c,"x,y"', b"e,\xc3\xa9"], b"\n", 3)
@example([b"unit_id,s", b'h,"x', b'"i",x', b"k,\xff"], b"\n", 5)
@example([b"unit_id,s", b"b,x", b"a,x", b"f"], b"\n", 4)
@example([b"unit_id,s", b"a,x", b"b,x"], b"", 100)
@example([b"unit_id,s", b"a,x", b"b,x", b"b,y"], b"\n", 4)
@example([b"", b"unit_id,s", b""], b"\n", 1)
@example([], b"", 1)
def test_a_file_is_read_in_pieces_as_it_is_at_once(
    given_lines: list[bytes], end: bytes, size: int
) -> None:
    data = b"\n".join(given_lines) + end
    expected = said(lambda: read_at_once(data, "manifest.csv"))
    pieces = said(
        lambda: [row for rows in batches_of(in_chunks(data, size), "manifest.csv") for row in rows]
    )
    assert pieces == expected
    assert said(lambda: csv_to_rows(data, "manifest.csv")) == expected


#: Ids, strata, reasons and digests, good ones and bad ones.
ids = st.sampled_from(["1", "2", "A-3", "b", "c,d", 'e"', " f", "g\u200b", "", "é", "z" * 201])
values = st.sampled_from(["Cards", "Loans", "1", "", "x ", "ü"])
reasons = st.sampled_from(["late", "in-progress", "No!", ""])
contents = st.sampled_from(["0" * 64, "f" * 64, "", "no digest"])


@given(
    st.dictionaries(ids, st.tuples(values, values, contents), max_size=6),
    st.dictionaries(ids, reasons, max_size=4),
    st.booleans(),
    st.integers(1, 60),
    st.sampled_from([None, 3]),
)
def test_a_filed_frame_is_the_frame_in_memory_or_is_refused_for_the_same_reason(
    units: dict[str, tuple[str, str, str]],
    left_out: dict[str, str],
    content: bool,
    size: int,
    total: int | None,
) -> None:
    header = ["unit_id", "division", "channel", *(["content"] if content else [])]
    rows = [[unit, *fields][: len(header)] for unit, fields in sorted(units.items())]
    manifest = b"".join(rows_to_csv(header, rows))
    excluded = b"".join(rows_to_csv(["unit_id", "reason"], sorted(left_out.items())))

    def questions(frame: cs.Frame | SavedFrame) -> object:
        strata = {stratum: stratum[:1] for stratum in frame.sizes()}
        return (
            frame.sizes(), frame.exclusions, frame.variables, frame.digest, frame.excluded_digest,
            frame.lowest("0" * 32, dict.fromkeys(frame.sizes(), 2)),
            frame.merged(strata).lowest("1" * 32, dict.fromkeys(strata.values(), 3)),
            frame.merged(strata).merged(dict.fromkeys(strata.values(), ())).sizes(),
            frame.committed([*units][:2]), b"".join(frame.manifest()), b"".join(frame.excluded()),
        )  # fmt: skip

    about = ABOUT | {"control_total": total}
    filed = said(
        lambda: questions(
            SavedFrame.of(in_chunks(manifest, size), in_chunks(excluded, size), **about)
        )
    )
    assert filed == said(lambda: questions(cs.Frame.from_manifest(manifest, excluded, **about)))


def test_an_exclusion_without_a_reason_is_no_unit_of_a_frame_without_strata() -> None:
    with pytest.raises(cs.errors.FrameError, match=r"exclusions\.csv: a row without a reason"):
        SavedFrame.of(b"unit_id\n1\n", b"unit_id,reason\n2,\n", **ABOUT)


def test_too_many_reasons_are_refused_though_no_batch_has_them_all() -> None:
    rows = [(f"{n:03}", f"r-{n}") for n in range(60)]
    excluded = b"".join(rows_to_csv(["unit_id", "reason"], rows))
    with pytest.raises(cs.errors.FrameError, match="got 60 different reasons; group them"):
        SavedFrame.of(b"unit_id\n1\n", in_chunks(excluded, 100), **ABOUT)


def a_folder(folder: Path, count: int) -> Path:
    frame = cs.Frame.from_records(
        [{"id": f"R-{n:06}", "s": f"s{n % 7}"} for n in range(count)]
        + [{"id": f"X-{n:06}", "s": None, "why": "late"} for n in range(count // 5)],
        **ABOUT, unit_id="id", strata=["s"], exclusion="why",
    )  # fmt: skip
    cs.draw(frame, cs.Plan(size=20), SEED).save(folder)
    return folder


@pytest.mark.slow
def test_a_verification_holds_no_table(tmp_path: Path) -> None:
    """Three times the rows take no more memory."""
    peaks = []
    for count in (40_000, 120_000):
        folder = a_folder(tmp_path / str(count), count)
        tracemalloc.start()
        report = cs.verify(folder)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert report.level is cs.verification.Level.REPRODUCED
    assert peaks[1] < 1.3 * peaks[0], peaks


@pytest.mark.parametrize("name", ["manifest.csv", "exclusions.csv"])
@pytest.mark.parametrize("when", ["of", "lowest_among"])
@pytest.mark.parametrize("gone", [True, False])
def test_a_file_that_changes_while_it_is_verified_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, when: str, gone: bool
) -> None:
    folder = a_folder(tmp_path, 60)
    file = folder / name
    honest = getattr(SavedFrame, when)

    def change(*args: Any, **about: Any) -> Any:
        if gone:
            file.unlink()
        else:
            file.write_bytes(file.read_bytes().replace(b"000003", b"0000021"))
        return honest(*args, **about)

    monkeypatch.setattr(SavedFrame, when, change)
    report = cs.verify(folder)
    if (name, when) == ("exclusions.csv", "lowest_among"):  # which no letter comes from
        assert report.ok
    else:
        assert report.level is cs.verification.Level.FRAME
        words = {"of": "the record has", "lowest_among": "changed while they were read"}[when]
        assert (f"{name}: not there" if gone else words) in str(report.first_difference)
