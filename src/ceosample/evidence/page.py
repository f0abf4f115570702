"""The two pages of a file of evidence: its index and the method, for a browser and for print.

Their policy lets nothing load and nothing run: the one style is named by its SHA-256.
"""

from __future__ import annotations

import base64
import hashlib
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import jinja2
from markupsafe import Markup

from ceosample.letters.pdf.paper_size import A4


def method_html(*, firm: str | None, subtitle: str, paper_size: str) -> bytes:
    """The method, in two pages of print.

    Args:
        firm: the firm's name at its head; None leaves it out.
        subtitle: the population and the months, in words.
        paper_size: what a browser prints it on.
    """
    text = tomllib.loads(_read("method.toml"))
    return _rendered("method.html", {**text, "firm": firm, "subtitle": subtitle}, paper_size)


def index_html(data: Mapping[str, Any], *, paper_size: str) -> bytes:
    """The index, by what ``index.py`` says of the file."""
    return _rendered("index.html", data, paper_size)


def _rendered(name: str, data: Mapping[str, Any], paper_size: str) -> bytes:
    style = _read("templates/evidence.css")
    if paper_size != A4:
        style = style.replace("size: A4", f"size: {paper_size}")
    shown = {
        **data,
        "style": Markup(style),  # noqa: S704 - our own file
        "style_digest": base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
    }
    return _shells().get_template(name).render(shown).lstrip().encode()


@cache
def _shells() -> jinja2.Environment:
    names = ("page.html", "index.html", "method.html")
    return jinja2.Environment(
        loader=jinja2.DictLoader({name: _read(f"templates/{name}") for name in names}),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _read(name: str) -> str:
    return (resources.files("ceosample.evidence") / name).read_text("utf-8")
