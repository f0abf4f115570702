"""Slips and notes as files: text, a page for a browser, and a PDF where Typst is installed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from ceosample.errors import LedgerError
from ceosample.letters import child_process
from ceosample.letters.papers import shell_pages
from ceosample.letters.papers.said_before import lacking, legible, paragraphs
from ceosample.letters.papers.sheets.docket_texts import with_directions
from ceosample.letters.pdf import typeset
from ceosample.letters.pdf.paper_size import A4
from ceosample.signoff.words.letter_words import wrapped
from ceosample.signoff.words.slips import Paper
from ceosample.text import printable


def files_of(
    papers: Sequence[Paper],
    *,
    paper: bool | None = None,
    fonts: str | Path | None = None,
    paper_size: str = A4,
) -> dict[str, bytes]:
    """The files of all papers, by name: ``slip-0001-h-042.txt``, ``.html`` and ``.pdf``.

    Args:
        papers: what ``slips.papers`` returned.
        paper: True for the PDFs too, False for none; None makes them if the extra ``pdf`` is
            installed.
        fonts: a folder of fonts for scripts that Typst's own fonts lack.
        paper_size: ``a4``, or ``letter`` for US Letter.

    Raises:
        MissingPartError: you asked for PDFs and the extra is not installed.
        LedgerError: a paper cannot be set.
    """
    if paper:
        typeset.require_installed()
    on_paper = paper is not False and typeset.is_installed()
    made = {f"{one.name}.txt": _text(one.sheet).encode() for one in papers}
    for one in papers:
        page = _page(one, lambda text: legible(text), paper_size)
        made[f"{one.name}.html"] = shell_pages.sheet_html(_with_directions(page))
    if on_paper:
        made |= _on_paper(papers, None if fonts is None else str(fonts), paper_size)
    return made


def _on_paper(papers: Sequence[Paper], fonts: str | None, paper_size: str) -> dict[str, bytes]:
    """The PDFs; a character that no font has is named by its code point."""
    every = [text for one in papers for text in _strings(one.sheet)]
    without = lacking(every, fonts, on_paper=True)
    pages = [_page(one, lambda text: legible(text, without), paper_size) for one in papers]
    documents = [
        typeset.Page(shell_pages.as_json(page), one.date, fonts)
        for one, page in zip(papers, pages, strict=True)
    ]
    size = child_process.JOBS_A_CHILD
    batches = [documents[first : first + size] for first in range(0, len(documents), size)]
    made = {}
    for one, data in zip(papers, typeset.compile_batches(batches), strict=True):
        if isinstance(data, child_process.Failure):
            raise LedgerError(f"{one.name}: {data.message}")
        made[f"{one.name}.pdf"] = data
    return made


def _page(paper: Paper, read: Callable[[str], str], paper_size: str) -> dict[str, Any]:
    """All that the shells print of a paper, every text of it made legible."""
    sheet = paper.sheet
    printed = {
        **{name: read(sheet[name]) for name in ("firm", "title", "subtitle", "lead")},
        "facts": [[read(text) for text in row] for row in sheet["facts"]],
        "signed": [read(text) for text in sheet["signed"]],
        "sections": [
            {
                "title": read(section["title"]),
                "facts": [[read(text) for text in row] for row in section["facts"]],
                "said": [
                    {"title": read(title), "text": paragraphs(map(read, texts))}
                    for title, texts in section["said"]
                ],
            }
            for section in sheet["sections"]
        ],
    }
    heading = f"{printed['title']}: {printed['subtitle']}"
    return {**shell_pages.sheet_page("said", heading, printed), "paper": paper_size}


def _with_directions(page: dict[str, Any]) -> dict[str, Any]:
    """The page with the direction of each paragraph, which a browser does not find by itself."""
    sections = [
        {**section, "said": with_directions(section["said"])}
        for section in page["sheet"]["sections"]
    ]
    return {**page, "sheet": {**page["sheet"], "sections": sections}}


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _strings(one)


def _text(sheet: dict[str, Any]) -> str:
    """The paper as plain text, for a mail."""
    lines = [sheet["firm"]] * bool(sheet["firm"])
    lines += [sheet["title"], sheet["subtitle"], "", *wrapped([sheet["lead"]], ""), ""]
    lines += _fact_lines(sheet["facts"])
    for section in sheet["sections"]:
        lines += ["", section["title"]] if section["title"] else []
        lines += _fact_lines(section["facts"])
        for title, texts in section["said"]:
            lines += ["", *wrapped([title], "  ")] if title else [""]
            lines += wrapped(texts, "    ")
    lines += ["", *sheet["signed"]] if sheet["signed"] else []
    return "\n".join([*(printable(line) for line in lines), ""])


def _fact_lines(facts: Iterable[Sequence[str]]) -> Iterator[str]:
    for label, value in facts:
        yield from wrapped([f"{label}: {value}"], "  ")
