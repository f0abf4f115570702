"""A notice as a page for a browser, as a PDF and as text; all three print what the outline says.

The page's policy lets nothing load and nothing run: its one style is named by its SHA-256. In the
PDF no Typst markup is made from data.
"""

from __future__ import annotations

import base64
import hashlib
import json
import textwrap
from functools import cache
from importlib import resources

import jinja2
from markupsafe import Markup

from ceosample.days import AS_WRITTEN, day_of
from ceosample.errors import LedgerError
from ceosample.letters.pdf import typeset as typesetting
from ceosample.letters.pdf.paper_size import A4, fault_of_paper
from ceosample.notices.figures import NoticeFigures
from ceosample.notices.outline import page_of
from ceosample.notices.words import without_marks
from ceosample.text import printable

#: The columns of text.
_WIDTH = 78


def html(notice: NoticeFigures, paper_size: str) -> bytes:
    """See ``Notice.to_html``."""
    _require_paper(paper_size)
    style = _template("notice.css")
    if paper_size != A4:
        style = style.replace("size: A4", f"size: {paper_size}")
    data = {
        **page_of(notice),
        "style": Markup(style),  # noqa: S704 - our own file
        "style_digest": base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
    }
    return _shell().render(data).lstrip().encode()


def pdf(notice: NoticeFigures, paper_size: str, fonts: str | None) -> bytes:
    """See ``Notice.to_pdf``."""
    _require_paper(paper_size)
    typesetting.require_installed()
    page = {**page_of(notice), "paper": paper_size, "fonts": []}
    data = json.dumps(page, ensure_ascii=False)
    day = day_of(notice.as_of, AS_WRITTEN)
    document = typesetting.Page(data, day, fonts, shell=_template("notice.typ").encode())
    return typesetting.compile_page(document, "notice", LedgerError)


def text(notice: NoticeFigures) -> str:
    """See ``Notice.to_text``."""
    page = page_of(notice)
    head = [page["firm"], page["title"], page["subtitle"], *page["said"]]
    lines = [line for line in head if line] + ["", *_wrapped(page["lead"])]
    for section in page["sections"]:
        lines += ["", section["title"]]
        for words in section["before"]:
            lines += _wrapped(words, "  ")
        for label, value in section["rows"]:
            lines += _wrapped(f"{label}: {value}", "  ")
        for words in section["after"]:
            lines += _wrapped(words, "  ")
    checking = page["checking"]
    lines += ["", checking["title"]]
    for words in checking["said"]:
        lines += _wrapped(words, "  ")
    if checking["digest"]:
        lines += [*_wrapped(checking["head"], "  "), f"  {checking['digest']}"]
    return "".join(f"{printable(without_marks(line))}\n" for line in lines)


def _wrapped(words: str, indent: str = "") -> list[str]:
    return textwrap.wrap(
        words,
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=indent * 2,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _require_paper(size: object) -> None:
    if fault := fault_of_paper(size):
        raise ValueError(fault)


@cache
def _shell() -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(_template("notice.html"))


@cache
def _template(name: str) -> str:
    return (resources.files("ceosample.notices") / "templates" / name).read_text("utf-8")
