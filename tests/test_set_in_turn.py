"""Documents that one process sets one after the other: each is what it is when it is set alone."""

from __future__ import annotations

import datetime as dt
import io
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pypdf
import pytest
from PIL import Image

from ceosample.letters.papers import shell_pages
from ceosample.letters.pdf import typeset, unprintable
from ceosample.letters.pdf.typeset import Page
from test_letters import DATE, entry, render

#: A table with a cell that breaks only where it is measured, between cells that need no measuring.
NARROW = """{% extends "letter.html" %}{% block body %}{% call element("body") %}<table><tr>
{% for n in range(8) %}<td>Rechtsschutzversicherungsgesellschaften</td><td>12.50</td>{% endfor %}
</tr></table>{% endcall %}{% endblock %}"""


def page(logo: bytes | None = None, **arguments: Any) -> Page:
    """A letter alone, as it is set for posting."""
    (letter,) = render(**arguments)
    data = {**shell_pages.letter_page(letter), "paper": "a4"}
    if logo is not None:
        data["letters"][0]["logo"] = "The Bank"
    return Page(json.dumps(data), DATE, logo=logo)


def png(shade: int) -> bytes:
    made = io.BytesIO()
    Image.new("L", (40, 20), shade).save(made, "PNG")
    return made.getvalue()


def pages() -> Iterator[Page]:
    """Neighbours that differ in what a Typst that is used again could keep of the one before."""
    first = page(contents={"A-1": entry(body="The first.")})
    yield first
    yield page(contents={"A-1": entry(body="Another, much longer. " * 200)})
    yield page(png(0))
    yield page(png(200))
    yield attrs.evolve(first, date=dt.date(2027, 1, 2))
    yield page(contents={"A-1": entry()}, template=NARROW)
    yield Page(json.dumps({"line": "Ünï", "fonts": []}), DATE, shell=unprintable._ONE_LINE)
    yield first


def job(desk: Path, one: Page) -> bytes:
    return typeset.job((str(desk), *attrs.astuple(one)))


def test_a_document_has_the_same_bytes_whatever_was_set_before_it(tmp_path: Path) -> None:
    """One Typst sets all of a process: data, logo and date of one must not reach the next."""
    together = tmp_path / "together"
    together.mkdir()
    given = [*pages()]
    in_turn = [job(together, one) for one in given]
    for number, one in enumerate(given[1:-1]):
        alone = tmp_path / str(number)
        alone.mkdir()
        assert job(alone, one) == in_turn[number + 1]
    assert in_turn[0] == in_turn[-1]
    assert len({*in_turn}) == len(given) - 1


def test_a_document_that_fails_does_not_stand_in_the_way_of_the_next(tmp_path: Path) -> None:
    first = page()
    before = job(tmp_path, first)
    with pytest.raises(ValueError, match="no font has"):
        job(tmp_path, attrs.evolve(first, data=first.data.replace("We are sorry", "\U00012000")))
    with pytest.raises(ValueError, match="cannot be set"):
        job(tmp_path, attrs.evolve(first, data="{"))
    assert job(tmp_path, first) == before


@pytest.mark.parametrize("data", ["{}", None], ids=["one-fails", "all-well"])
def test_nothing_of_a_letter_is_left_in_the_folder_for_temporary_files(
    data: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is set is a file meanwhile, which only its owner may read."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    given = page()
    batch = [given, given if data is None else attrs.evolve(given, data=data)]
    made = typeset.compile_batches([batch])
    assert [isinstance(one, bytes) for one in made] == [True, data is None]
    assert [*tmp_path.iterdir()] == []


def test_a_long_word_breaks_in_a_narrow_column_and_nowhere_else(tmp_path: Path) -> None:
    made = job(tmp_path, page(contents={"A-1": entry()}, template=NARROW))
    reader = pypdf.PdfReader(io.BytesIO(made))
    lines = "\n".join(one.extract_text() for one in reader.pages).splitlines()
    assert not any("Rechtsschutzversicherungsgesellschaften" in line for line in lines)
    assert sum(line.count("12.50") for line in lines) == 8
