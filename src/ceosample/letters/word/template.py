"""A Word template of the user's own: docxtpl, with our sandbox and everything escaped."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping
from typing import Any, Final

from ceosample.errors import CeosampleError, LetterError
from ceosample.letters import child_process
from ceosample.letters.contents.fields import fetch
from ceosample.letters.contents.moments import in_zone
from ceosample.letters.letter import Letter
from ceosample.letters.markup import template as templates
from ceosample.letters.markup.plain_text import inline_lines, is_inline
from ceosample.letters.markup.tree import Node
from ceosample.letters.word.package import open_parts
from ceosample.zipped import dated

#: A template is a letterhead and a few fields.
LIMITS: Final = child_process.Limits(seconds=20)


def from_template(
    letter: Letter,
    template: bytes,
    fields: Mapping[str, Any],
    body: list[Node],
    zone: str | None,
) -> bytes:
    """The letter in a template of your own, as a Word file.

    Args:
        letter: the letter.
        template: a ``.docx`` with Jinja in its text, as docxtpl reads it.
        fields: the letter's fields in ``contents``.
        body: the nodes of the letter's body.
        zone: the time zone by which moments in the fields are written; None for UTC.

    Raises:
        LetterError: a template that cannot be used, or a field that is missing.
    """
    where = f"letter {letter.unit_id}"
    open_parts(template, "the Word template")
    cleaned = fetch({letter.unit_id: {"letter": fields}}, [letter.unit_id])[0].letter
    cleaned = in_zone(cleaned, zone)
    # The contents' body may be older than the letter's, which an edit in Word changed.
    beside = {name: value for name, value in cleaned.items() if name != "body"}
    context = {
        **beside,
        "unit_id": letter.shown,
        "version": letter.fields["version"],
        "code": letter.code,
        "date": dt.date.fromisoformat(letter.fields["date"]),
        "signatory": letter.fields["signatory"],
        "paragraphs": _paragraphs(body, where),
    }
    (made,) = child_process.run(job, [(template, context)], LIMITS)
    if isinstance(made, child_process.Failure):
        raise LetterError(f"{where}: {made.message}")
    return dated(made, context["date"])


def job(order: tuple[bytes, Mapping[str, Any]]) -> bytes:
    """The Word file of one filled template; the worker calls this.

    Raises:
        ValueError: what is wrong with the template or the fields; no field is quoted.
    """
    import jinja2
    from docxtpl import DocxTemplate

    template, fields = order
    environment = templates.word_environment()
    document = DocxTemplate(io.BytesIO(template))
    try:
        document.render(templates.with_missing(fields), environment, autoescape=True)
    except (CeosampleError, templates.TemplateError, MemoryError, TimeoutError):
        raise  # a limit is for the worker to say
    except jinja2.UndefinedError as error:
        raise templates.TemplateError(error.message or "a field is missing") from None
    except jinja2.TemplateError as error:
        # Line numbers are of Word's XML, which nobody sees.
        raise templates.TemplateError(f"the Word template: {error.message}") from None
    except Exception as error:
        raise templates.TemplateError(f"the Word template: {type(error).__name__}") from None
    properties = document.core_properties
    properties.created = properties.modified = dt.datetime.combine(fields["date"], dt.time())
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def has_only_paragraphs(body: list[Node]) -> bool:
    """Whether a body is plain paragraphs, the only form that a template can print."""
    return all(
        isinstance(node, dict) and node["tag"] == "p" and all(map(is_inline, node["children"]))
        for node in body
    )


def _paragraphs(body: list[Node], where: str) -> list[str]:
    if not has_only_paragraphs(body):
        raise LetterError(
            f"{where}: its body has more than paragraphs; make its Word file without a template"
        )
    return ["\n".join(inline_lines(node["children"])) for node in body if isinstance(node, dict)]
