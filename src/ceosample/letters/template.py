"""The Jinja environment: sandboxed, strict, autoescaped; and a letter's markup from its fields.

A field is data and never code: it is escaped whatever the template's file is called, nothing turns
the escaping off, and a field that is missing or null is an error wherever it would be printed.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import traceback
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache, lru_cache
from importlib import resources
from typing import Any, Final

import jinja2
from jinja2 import nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from ceosample.letters import tree
from ceosample.letters.contents import clean_text
from ceosample.period import MONTHS

#: The name of the default template, which a user's own may extend.
DEFAULT: Final = "letter.html"

#: The name under which a user's template is reported.
OWN: Final = "the template"

#: More markup than this for one letter is a template that grows.
MOST_MARKUP: Final = 2_000_000

_ELEMENT_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_BLANK_LINE = re.compile(r"\n[ \t]*\n\s*")


class TemplateError(ValueError):
    """What a template did wrong with one letter, or with all; the message says which field."""


class MissingField(jinja2.StrictUndefined):
    """A field that is not there, or is null: an error wherever it is printed or compared."""

    @property
    def _undefined_message(self) -> str:
        if self._undefined_hint:
            return self._undefined_hint
        return f"the field {self._undefined_name!r} is missing"


class _Environment(ImmutableSandboxedEnvironment):
    """The sandbox, without the tag that turns escaping off and without a literal nothing."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A mapping has its fields and no methods, so ``order.items`` is a field too."""
        if isinstance(obj, dict):
            return obj[attribute] if attribute in obj else self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        for const in tree.find_all(nodes.Const):
            if const.value is None:  # filters and ~ would print it as a word
                raise jinja2.TemplateSyntaxError(
                    "'none' is never printed; ask with 'is defined'", const.lineno, name, filename
                )
        for kind in (nodes.EvalContextModifier, nodes.ScopedEvalContextModifier):
            for node in tree.find_all(kind):
                raise jinja2.TemplateSyntaxError(
                    "'autoescape' is always on", node.lineno, name, filename
                )
        return tree


def markup(source: str | None, fields: Mapping[str, Any]) -> str:
    """What a template gives for one letter: HTML, still to be read by ``tree.parse``.

    Args:
        source: the text of the user's template; None for the default.
        fields: the letter's fields by name.

    Raises:
        TemplateError: the template cannot be read, or asks for a field that is missing, or breaks.
    """
    environment = _environment()
    try:
        template = environment.get_template(DEFAULT) if source is None else _compiled(source)
        return template.render(_with_missing(environment, fields))
    except TemplateError:
        raise
    except jinja2.UndefinedError as error:
        raise TemplateError(error.message or "a field is missing") from None
    except jinja2.TemplateSyntaxError as error:
        raise TemplateError(f"{OWN}, line {error.lineno}: {error.message}") from None
    except jinja2.TemplateNotFound as error:
        raise TemplateError(f"{OWN}: there is no template {error.name!r} to include") from None
    except SecurityError as error:
        raise TemplateError(f"{_line_of(error)}: {error}") from None
    except (MemoryError, TimeoutError):
        raise  # a limit, not a fault of one line: the worker says which
    except Exception as error:
        # The message of an unknown error may quote a customer's data; its type does not.
        raise TemplateError(f"{_line_of(error)}: {type(error).__name__}") from None


def job(order: tuple[str | None, Mapping[str, Any]]) -> str:
    """One letter's markup, for the worker; a letter that grows without end is no letter."""
    text = markup(*order)
    if len(text) > MOST_MARKUP:
        raise TemplateError(f"{OWN} gives {len(text)} characters; the most is {MOST_MARKUP}")
    return text


def longdate(value: dt.date) -> str:
    """A date as a letter writes it: ``2 November 2026``."""
    if not isinstance(value, dt.date):
        raise TemplateError(f"longdate: got {type(value).__name__}; give it a date")
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def paragraphs(text: object) -> Markup:
    """Plain text as paragraphs: a blank line starts one, a single line end is kept.

    ``{"markup": ...}``, as a body that was edited in Word is given, is tags of the closed set; it
    can mark no element.

    >>> str(paragraphs("One <b>.\\n\\nTwo,\\nthree."))
    '<p dir="auto">One &lt;b&gt;.</p><p dir="auto">Two,<br>three.</p>'
    """
    if isinstance(text, Mapping) and set(text) == {"markup"}:
        return _checked_markup(text["markup"])
    parts = (part.strip("\n") for part in _BLANK_LINE.split(str(_printable(text)).strip()))
    return Markup("").join(
        Markup('<p dir="auto">{}</p>').format(Markup("<br>").join(part.split("\n")))
        for part in parts
        if part
    )


def _checked_markup(source: object) -> Markup:
    """Markup that is data: read, looked through, and written anew."""
    if not isinstance(source, str):
        raise TemplateError(f"paragraphs: got markup of type {type(source).__name__}; give text")
    try:
        nodes = tree.parse(source)
    except tree.MarkupError as error:
        raise TemplateError(f"paragraphs: {error}") from None
    if any(tree.elements(nodes)):
        raise TemplateError("paragraphs: markup in a field cannot mark an element")
    text = tree.to_text(nodes)
    faults: list[str] = []
    # &#x202e; comes through the cleaning of fields, and is a character only now.
    if clean_text(text, "paragraphs", faults) != text or faults:
        raise TemplateError("paragraphs: the markup holds characters that print nothing")
    return Markup(tree.to_html(nodes))  # noqa: S704 - every text and value was escaped just now


def element(name: str, caller: Callable[[], Markup]) -> Markup:
    """Mark a part of the letter, so that a check can find it and a page can place it."""
    if not isinstance(name, str) or _ELEMENT_NAME.fullmatch(name) is None:
        raise TemplateError("element: its name is lower-case letters, digits and underscores")
    return Markup('<section data-element="{}">{}</section>').format(name, escape(caller()))


@cache
def _environment() -> _Environment:
    environment = _Environment(
        autoescape=True,
        undefined=MissingField,
        finalize=_printable,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=jinja2.FunctionLoader(_packaged),
    )
    # `default` would print a blank for a field that is not there; `safe` would print data as code.
    for name in ("default", "d", "safe"):
        del environment.filters[name]
    # Nothing random belongs into a letter, nor the nan and inf that `float` makes of a word.
    for name in ("random", "float"):
        del environment.filters[name]
    environment.globals.clear()
    environment.globals["range"] = range
    environment.globals["element"] = element
    environment.filters["longdate"] = longdate
    environment.filters["paragraphs"] = paragraphs
    return environment


def word_environment() -> jinja2.Environment:
    """The same sandbox for a Word file, whose white space is not the template's to trim."""
    environment = _environment().overlay(trim_blocks=False, lstrip_blocks=False)
    # These give HTML.
    for name in ("paragraphs", "urlize", "xmlattr"):
        environment.filters = {k: v for k, v in environment.filters.items() if k != name}
    environment.globals = {"range": range}
    environment.loader = None
    return environment


def with_missing(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields with nulls as missing ones, for a template that is filled elsewhere."""
    found: dict[str, Any] = _with_missing(_environment(), fields)
    return found


@lru_cache(maxsize=8)
def _compiled(source: str) -> jinja2.Template:
    return _environment().from_string(source)


def _packaged(name: str) -> str | None:
    """The default template alone can be extended or included; no other file can be reached."""
    if name != DEFAULT:
        return None
    return (resources.files("ceosample.letters") / "templates" / DEFAULT).read_text("utf-8")


def _printable(value: Any) -> Any:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        raise TemplateError("a null would be printed")
    if not isinstance(value, str | int | float | Decimal | dt.date | dt.time | jinja2.Undefined):
        kind = type(value).__name__
        raise TemplateError(f"a value of type {kind} would be printed; print what is in it")
    return value


def _with_missing(environment: _Environment, value: Any, name: str = "") -> Any:
    """Nulls become missing fields with their names; ``{% if x is defined %}`` asks for them."""
    if value is None:
        return environment.undefined(hint=f"the field {name!r} is null", name=name)
    if isinstance(value, Mapping):
        return {
            key: _with_missing(environment, item, f"{name}.{key}" if name else key)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [
            _with_missing(environment, item, f"{name}[{place}]") for place, item in enumerate(value)
        ]
    return value


def _line_of(error: BaseException) -> str:
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename in ("<template>", "<unknown>")
    ]
    return f"{OWN}, line {lines[-1]}" if lines else OWN
