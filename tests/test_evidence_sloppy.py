"""A file of evidence of a sloppy or sly exporter: library and page refuse the same."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from browser import Room, opened
from ceosample.canonical import canonical_file, digest
from ceosample.evidence import archive
from ceosample.evidence.index import sums_of
from ceosample.evidence.steps import EVENTS, INDEX, SIGNATURE, SUMS
from ceosample.verification import Evidence
from test_evidence import MONTH, agreeing, checked, found, month
from test_verifier_browsers import given, page_file

__all__ = ["found", "month", "page_file"]

Files = dict[str, bytes]


@pytest.fixture(scope="module")
def room(browser: Browser, page_file: Path) -> Iterator[Room]:
    with opened(browser, page_file) as one:
        yield one


def summed(files: Files) -> Files:
    """The files with digests that agree with all else, as they are."""
    rest = {name: data for name, data in files.items() if name not in (SUMS, SIGNATURE)}
    return {**files, SUMS: sums_of(rest)}


def index(change: Callable[[Any], Any]) -> Callable[[Files], Files]:
    def changed(files: Files) -> Files:
        fields = json.loads(files[INDEX])
        change(fields)
        return summed({**files, INDEX: canonical_file(fields)})

    return changed


def events(change: Callable[[bytes], bytes]) -> Callable[[Files], Files]:
    return lambda files: agreeing({**files, EVENTS: change(files[EVENTS])})


def chained(data: bytes) -> bytes:
    """The lines as events again, each with the hash of the one before."""
    made, previous = [], "0" * 64
    for line in data.splitlines():
        line = re.sub(rb'"previous":"\w+"', f'"previous":"{previous}"'.encode(), line, count=1)
        previous = digest(line)
        made.append(line + b"\n")
    return b"".join(made)


def more(name: str) -> Callable[[Files], Files]:
    return lambda files: agreeing({**files, name: b"{}\n"})


#: What is changed, and what the page says of it; None where it leaves it to the program, by name.
CHANGES: dict[str, tuple[Callable[[Files], Files], str | None]] = {
    "half an event at the end": (events(lambda data: data + b'{"kind":"signed"'), "a line feed"),
    "a byte that is no text": (events(lambda data: data + b"\xff\n"), "is not UTF-8"),
    "a byte order mark": (events(lambda data: b"\xef\xbb\xbf" + data), "event 1 does not hold"),
    "events with spaces": (
        events(lambda data: chained(data.replace(b'","', b'", "'))),
        "event 1 is not canonical JSON",
    ),
    "the last event is gone": (
        events(lambda data: b"".join(data.splitlines(keepends=True)[:-1])),
        "says another end of the events",
    ),
    "a mark before the digests": (
        lambda files: {**files, SUMS: b"\xef\xbb\xbf" + files[SUMS]},
        "has another digest",
    ),
    "a report that was left out": (
        lambda files: agreeing({n: data for n, data in files.items() if n != "report.html"}),
        "report.html\nis not in the file",
    ),
    "a file of no month": (more("months/x/draw.json"), "the events froze no such month"),
    "a file next to the months": (more("months/2026-10.txt"), "the events froze no such month"),
    "an index that lacks a file": (
        index(lambda fields: fields["files"].pop(EVENTS)),
        f"names another {EVENTS}",
    ),
    "an index of another form": (index(lambda fields: fields.update(evidence=9)), "of a form"),
    "months that end before they begin": (
        index(lambda fields: fields["asked"].update(first="2026-11")),
        "does not say whose months",
    ),
    "a signer that is no digest": (
        index(lambda fields: fields.update(signed_by=3)),
        "neither a SHA-256 nor null",
    ),
    "a signature that nothing names": (lambda files: {**files, SIGNATURE: b"0"}, "no signature"),
    "a file that nobody knows": (more(f"{MONTH}/constructor"), None),
}


@pytest.mark.parametrize("what", CHANGES)
def test_library_and_page_refuse_it(what: str, room: Room, found: Evidence, tmp_path: Path) -> None:
    change, said = CHANGES[what]
    files = change(dict(found.files))
    report = checked(files, tmp_path)
    assert not report.ok
    verdict = given(room, {"evidence.zip": archive.packed(files)})
    if said is None:
        assert verdict.startswith("ok: REPRODUCED; not checked here")
        assert f"{MONTH}/constructor" in room.page.locator("#left-list").inner_text()
    else:
        assert verdict.startswith("NOT ok")
        assert said in room.page.locator("#whole-list").inner_text()
