"""The report as a page for a browser and as a PDF; both print what the outline says.

The page's policy lets nothing load and nothing run: its one style is named by its SHA-256, and its
pictures stand in it. In the PDF no Typst markup is made from data.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import json
import warnings
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

import jinja2
from markupsafe import Markup

from ceosample.days import AS_WRITTEN, day_of
from ceosample.errors import LedgerError, MissingPartError
from ceosample.letters.pdf import typeset as typesetting
from ceosample.letters.pdf.paper_size import A4, fault_of_paper
from ceosample.report import pictures as pictures_of
from ceosample.report.outline import page_of
from ceosample.report.picture import Picture

if TYPE_CHECKING:
    from ceosample.report.figures import BoardFigures

#: What to do about a matplotlib that is missing.
_HOW: Final = "pip install 'ceosample[plot]', or leave pictures out (pictures=False, --no-pictures)"


def html(report: BoardFigures, *, pictures: bool | None, paper_size: str = A4) -> bytes:
    """See ``BoardReport.to_html``."""
    drawn = _pictures(report) if _wants_pictures(pictures) else {}
    require_paper(paper_size)
    style = _template("board.css")
    if paper_size != A4:
        style = style.replace("size: A4", f"size: {paper_size}")
    data = {
        **page_of(report, drawn),
        "style": Markup(style),  # noqa: S704 - our own file
        "style_digest": base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        "source": _source,
    }
    return _shell().render(data).lstrip().encode()


def pdf(report: BoardFigures, *, pictures: bool | None, paper_size: str = A4) -> bytes:
    """See ``BoardReport.to_pdf``."""
    require_paper(paper_size)
    typesetting.require_installed()
    drawn = _pictures(report) if _wants_pictures(pictures) else {}
    page = {**page_of(report, drawn), "paper": paper_size}
    data = json.dumps(page, ensure_ascii=False, default=_as_data)
    shell = _template("board.typ").encode()
    document = typesetting.Page(data, day_of(report.as_of, AS_WRITTEN), shell=shell)
    return typesetting.compile_page(document, "report", LedgerError)


def require_paper(size: object) -> None:
    """Raise unless it is a size of paper.

    Raises:
        ValueError: it is none; the message names those that there are.
    """
    if fault := fault_of_paper(size):
        raise ValueError(fault)


def _wants_pictures(asked: bool | None) -> bool:
    """Whether pictures are drawn; by default where they can be, and a warning says where not."""
    missing = importlib.util.find_spec("matplotlib") is None
    if asked and missing:
        raise MissingPartError(f"the report's pictures need matplotlib; {_HOW}")
    if asked is None and missing:
        warnings.warn(
            f"matplotlib is not installed, so the report has tables and no pictures; {_HOW}",
            stacklevel=4,  # past `html` or `pdf` and the method of the report
        )
        return False
    return asked is not False


def _pictures(report: BoardFigures) -> dict[str, list[Picture]]:
    """The pictures of each section; those of which there is nothing to see are left out."""
    coverage = {str(month): found.divisions for month, found in report.months.items()}
    found = report.inference
    return {
        "inference": [pictures_of.limits(found)] if found and len(found.months) > 1 else [],
        "coverage": [pictures_of.coverage_of(coverage, is_reading=report.metrics.is_reading)]
        if len(coverage) > 1
        else [],
        "reach": [pictures_of.months_since(report.metrics)] if coverage else [],
        "contacts": (
            [pictures_of.contacts(report.metrics)]
            if report.metrics.contacts.contacts.stated.count
            else []
        ),
        "policies": (
            [pictures_of.policies(report.policies)] if report.policies.total.proposed else []
        ),
    }


def _source(picture: Picture) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(picture.to_svg()).decode()}"


def _as_data(picture: Any) -> dict[str, str]:
    return {
        "title": picture.title,
        "words": picture.words,
        "svg": picture.to_svg().decode(),
    }


@cache
def _shell() -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(_template("board.html"))


@cache
def _template(name: str) -> str:
    return (resources.files("ceosample.report") / "templates" / name).read_text("utf-8")
