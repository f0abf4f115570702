"""The file of evidence read back by the page: digests, events and months, in a real browser."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

import ceosample as cs
from browser import Room, opened
from ceosample.evidence import archive
from ceosample.verification import Evidence
from test_evidence import MONTH, agreeing, found, month
from test_verifier_browsers import given, page_file

__all__ = ["found", "month", "page_file"]


@pytest.fixture
def room(browser: Browser, page_file: Path) -> Iterator[Room]:
    with contextlib.ExitStack() as stack:
        yield stack.enter_context(opened(browser, page_file))


def told(room: Room, files: dict[str, bytes] | bytes) -> tuple[str, str]:
    data = files if isinstance(files, bytes) else archive.packed(files)
    verdict = given(room, {"evidence.zip": data})
    return verdict, room.page.locator("#whole-list").inner_text()


def test_the_page_checks_digests_events_and_each_month(
    room: Room, found: Evidence, month: tuple[cs.Ledger, Path]
) -> None:
    verdict, evidence = told(room, dict(found.files))
    left = room.page.locator("#left-list li").count()
    assert verdict == f"ok: REPRODUCED; not checked here: {left}"
    count = len(found.files) - 1
    assert f"{count} files, each with its digest" in evidence
    assert month[0].head in evidence
    assert "the events have the digests of its files" in evidence


def test_the_page_names_what_was_changed(room: Room, found: Evidence) -> None:
    files = dict(found.files)
    files["events.jsonl"] = files["events.jsonl"].replace(b'"kind":"signed"', b'"kind":"viewed"')
    verdict, evidence = told(room, files)
    assert (verdict[:6], "events.jsonl: has another digest" in evidence) == ("NOT ok", True)
    verdict, evidence = told(room, agreeing(files))
    assert (verdict[:6], "does not hold the SHA-256 of the one before" in evidence) == (
        "NOT ok", True,
    )  # fmt: skip

    files = dict(found.files)
    files[f"{MONTH}/manifest.csv"] = files[f"{MONTH}/manifest.csv"].replace(b"C-0,", b"C-00,")
    verdict, evidence = told(room, agreeing(files))
    assert verdict == "NOT ok: FRAME"
    assert "manifest.csv: is not the one that the events have" in evidence

    assert told(room, b"PK\3\4 and no zip")[0] == "NOT ok: MALFORMED"
