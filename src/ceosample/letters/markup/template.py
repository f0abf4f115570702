"""The Jinja environment: sandboxed, strict, autoescaped; and a letter's markup from its fields.

There is one for each language of letters, since ``trans``, ``longdate`` and ``money`` speak it. A
field is data and never code: it is escaped whatever the template's file is called, nothing turns
the escaping off, no field is ever taken for a message to translate, and a field that is missing or
null is an error wherever it would be printed.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import traceback
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache, partial
from importlib import resources
from typing import Any, Final

import jinja2
from jinja2 import nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing
from markupsafe import Markup, escape

from ceosample.days import AS_WRITTEN, date_of
from ceosample.got import Private, got, kind_of
from ceosample.letters.contents.clean import clean_text
from ceosample.letters.markup import languages, tree
from ceosample.letters.regimes.elements import KINDS

#: The name of the default template.
DEFAULT: Final = "letter.html"

#: The template of the page that goes before a letter that exists already.
SLIP: Final = "slip.html"

#: The template of what is no letter.
READING_TEMPLATE: Final = "reading.html"

#: What a user's template may extend or include; no other file can be reached.
PACKAGED: Final = frozenset({DEFAULT, SLIP, READING_TEMPLATE, "response.html", *KINDS.values()})

#: The name under which a user's template is reported.
OWN: Final = "the template"

#: More markup than this for one letter is a template that grows.
MOST_MARKUP: Final = 2_000_000

#: The parts around a letter's body, which the template alone can mark.
FRAME: Final = frozenset(
    {
        *("letterhead", "recipient", "date", "reference", "subject", "body", "closing", "approval"),
    }
)

_ELEMENT_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_MESSAGES = {"gettext": 1, "ngettext": 2}  # the functions of `trans`: so many texts come first
_NOT_FOR_TEMPLATES = {"_", "pgettext", "npgettext", *_MESSAGES}
_BLANK_LINE = re.compile(r"\n[ \t]*\n\s*")


class TemplateError(ValueError):
    """What a template did wrong with one letter, or with all; the message names the field."""


class _PartMissing(jinja2.UndefinedError):
    """A part of a field is not there: the name of an ombudsman."""


class MissingField(jinja2.StrictUndefined):
    """A field that is not there, or is null: an error wherever it is printed or compared."""

    def __init__(
        self,
        hint: str | None = None,
        obj: Any = missing,
        name: str | None = None,
        exc: type[jinja2.TemplateRuntimeError] = jinja2.UndefinedError,
    ) -> None:
        is_part = obj is not missing and exc is jinja2.UndefinedError
        super().__init__(hint, obj, name, _PartMissing if is_part else exc)

    @property
    def _undefined_message(self) -> str:
        if self._undefined_hint:
            return self._undefined_hint
        return f"the field {self._undefined_name!r} is missing"


_MISSING = re.compile(r"the field '(\w+)' is missing")

#: What stands for a missing field while the next one is looked for: text, and a day.
_ANYTHING: Final = "2000-01-01"


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
                    "'none' is never printed; test with 'is defined'", const.lineno, name, filename
                )
        for kind in (nodes.EvalContextModifier, nodes.ScopedEvalContextModifier):
            for node in tree.find_all(kind):
                raise jinja2.TemplateSyntaxError(
                    "'autoescape' is always on; remove the tag", node.lineno, name, filename
                )
        _require_constant_messages(tree, name, filename)
        return tree


def markup(
    source: str | None,
    fields: Mapping[str, Any],
    language: str = languages.ENGLISH,
    packaged: str = DEFAULT,
) -> str:
    """The HTML that a template makes for one letter, not yet read by ``tree.parse``.

    Args:
        source: the text of the user's template; None for a packaged one.
        fields: the letter's fields by name.
        language: what ``trans``, ``longdate`` and ``money`` speak.
        packaged: the name of the packaged template.

    Raises:
        TemplateError: the template cannot be read, or asks for a field that is missing, or breaks.
    """
    try:
        return _rendered(source, fields, language, packaged)
    except TemplateError:
        raise
    except languages.UnsaidError as error:
        raise TemplateError(str(error)) from None
    except jinja2.UndefinedError as error:
        again = partial(_rendered, source, language=language, packaged=packaged)
        raise TemplateError(_all_missing(error, fields, again)) from None
    except jinja2.TemplateSyntaxError as error:
        raise TemplateError(f"{OWN}, line {error.lineno}: {error.message}") from None
    except jinja2.TemplateNotFound as error:
        raise TemplateError(
            f"{OWN}: got {error.name!r} to include, which does not exist; use one of "
            + ", ".join(sorted(PACKAGED))
        ) from None
    except SecurityError as error:
        raise TemplateError(f"{_line_of(error)}: {error}") from None
    except (MemoryError, TimeoutError):
        raise  # a limit, not a fault of one line: the worker says which
    except Exception as error:
        # The message of an unknown error may quote a customer's data; its type does not.
        raise TemplateError(f"{_line_of(error)}: {type(error).__name__}") from None


def _rendered(source: str | None, fields: Mapping[str, Any], language: str, packaged: str) -> str:
    environment = _environment(language)
    template = environment.get_template(packaged) if source is None else _compiled(source, language)
    return template.render(_with_missing(environment, fields))


def _all_missing(
    error: jinja2.UndefinedError,
    fields: Mapping[str, Any],
    again: Callable[[Mapping[str, Any]], str],
) -> str:
    """What is missing: the field that was asked for first, and those that would be asked for next.

    Jinja stops at the first; so each is filled in, and the letter rendered again.
    """
    said = error.message or "a field is missing"
    filled: dict[str, Any] = {}
    while (name := _name_of(error)) is not None and name not in fields.keys() | filled.keys():
        filled[name] = _ANYTHING
        try:
            again({**fields, **filled})
        except jinja2.UndefinedError as next_one:
            error = next_one
        except Exception:
            break  # of what was filled in, so there is nothing to say about it
    return said if len(filled) < 2 else f"the fields {', '.join(map(repr, filled))} are missing"


def _name_of(error: jinja2.UndefinedError) -> str | None:
    """The field that is missing as a whole; None where it is a part of one, or is null."""
    found = _MISSING.fullmatch(error.message or "")
    return None if found is None or isinstance(error, _PartMissing) else found[1]


@lru_cache(maxsize=len(PACKAGED))
def parsed(packaged: str) -> nodes.Template:
    """A packaged template, read and not rendered; it is shared, so change nothing in it."""
    return _environment().parse(str(_packaged(packaged)))


def job(order: tuple[str, Mapping[str, Any], str]) -> str:
    """One letter's markup, for the worker; a letter that grows without end is no letter."""
    text = markup(*order)
    if len(text) > MOST_MARKUP:
        raise TemplateError(
            f"{OWN}: got {len(text)} characters of markup from it; make at most {MOST_MARKUP}"
        )
    return text


def compiled(order: tuple[str, str]) -> str:
    """Read a template of the user's own, for the worker; nothing is rendered."""
    source, language = order
    try:
        _compiled(source, language)
    except jinja2.TemplateSyntaxError as error:
        raise TemplateError(f"{OWN}, line {error.lineno}: {error.message}") from None
    return ""


def longdate(value: Any, language: str = languages.ENGLISH) -> str:
    """A date, or its ISO text, as a letter writes it: ``2 November 2026``."""
    day = date_of(value, AS_WRITTEN)  # a moment comes written by the letter's own zone
    if day is None:
        _there(value)
        raise TemplateError(
            f"longdate: {got(value, Private.CONTENTS)}; give it a date, or its text 2026-11-02"
        )
    return languages.long_date(day, language)


def money(value: Any, currency: Any, language: str = languages.ENGLISH) -> str:
    """A sum of money as a letter writes it: ``£1,234.50``; nothing is rounded."""
    return languages.amount(_there(value), _there(currency), language)


def paragraphs(text: object) -> Markup:
    """Plain text as paragraphs: a blank line starts one, a single line end is kept.

    ``{"markup": ...}``, as a body that was edited in Word is given, is tags of the closed set; it
    can mark elements, but none of ``FRAME``.

    >>> str(paragraphs("One <b>.\\n\\nTwo,\\nthree."))
    '<p dir="auto">One &lt;b&gt;.</p><p dir="auto">Two,<br>three.</p>'
    """
    if isinstance(text, Mapping) and set(text) == {"markup"}:
        return _checked_markup(text["markup"])
    parts = (part.strip("\n") for part in _BLANK_LINE.split(str(_printable(text)).strip()))
    # Not Markup.format, which takes five times as long: of ten thousand letters that is seconds.
    lines = (str(escape(part)).replace("\n", "<br>") for part in parts if part)
    return Markup("".join(f'<p dir="auto">{said}</p>' for said in lines))  # noqa: S704 - escaped


def _checked_markup(source: object) -> Markup:
    """Markup that came as data: read, checked, and written again."""
    if not isinstance(source, str):
        raise TemplateError(f"paragraphs: {got(source, Private.CONTENTS)} as markup; give text")
    try:
        nodes = tree.parse(source)
    except tree.MarkupError as error:
        raise TemplateError(f"paragraphs: {error}") from None
    taken = [name for name, _ in tree.elements(nodes) if name in FRAME]
    if taken:
        raise TemplateError(
            f"paragraphs: got markup in a field that marks the element {taken[0]!r}; mark it in "
            "the template"
        )
    text = tree.to_text(nodes)
    faults: list[str] = []
    # &#x202e; comes through the cleaning of fields, and is a character only now.
    if clean_text(text, "paragraphs", faults) != text or faults:
        raise TemplateError(
            "paragraphs: got markup with characters that print nothing; remove them"
        )
    return Markup(tree.to_html(nodes))  # noqa: S704 - every text and value was escaped just now


def element(name: str, caller: Callable[[], Markup]) -> Markup:
    """Mark a part of the letter, so that a check can find it and a page can place it."""
    if not isinstance(name, str) or _ELEMENT_NAME.fullmatch(name) is None:
        raise TemplateError(
            f"element: {got(name)} as its name; use lower-case letters, digits and underscores"
        )
    # The name is of letters, digits and underscores; what is in it is escaped, or markup by now.
    return Markup(f'<section data-element="{name}">{escape(caller())}</section>')  # noqa: S704


@lru_cache(maxsize=8)
def _environment(language: str = languages.ENGLISH) -> _Environment:
    environment = _Environment(
        autoescape=True,
        undefined=MissingField,
        finalize=_printable,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=jinja2.FunctionLoader(_packaged),
        extensions=["jinja2.ext.i18n"],
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.newstyle_gettext = True  # type: ignore[attr-defined] # the extension made it
    # `default` would print a blank for a field that is not there; `safe` would print data as code.
    for name in ("default", "d", "safe"):
        del environment.filters[name]
    # Nothing random belongs into a letter, nor the nan and inf that `float` makes of a word.
    for name in ("random", "float"):
        del environment.filters[name]
    environment.globals.clear()
    environment.globals["range"] = range
    environment.globals["element"] = element
    environment.globals |= _spoken(language)
    environment.filters["longdate"] = partial(longdate, language=language)
    environment.filters["money"] = partial(money, language=language)
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


def _spoken(language: str) -> dict[str, Callable[..., Markup]]:
    """The two functions that ``trans`` calls; what it names is printed as anything is, escaped."""
    catalogue = languages.catalogue(language)

    def filled(message: str, variables: Mapping[str, Any]) -> Markup:
        # A message is ours or the template's, never a field: _require_constant_messages sees to it.
        printed = {name: _printable(value) for name, value in variables.items()}
        return Markup(message) % printed  # noqa: S704

    def gettext(message: str, /, **variables: Any) -> Markup:
        return filled(catalogue.gettext(message), variables)

    def ngettext(one: str, many: str, number: Any, /, **variables: Any) -> Markup:
        if isinstance(number, bool) or not isinstance(number, int):
            _there(number)
            raise TemplateError(
                f"trans: {got(number, Private.CONTENTS)} as what is counted; give a whole number"
            )
        return filled(catalogue.ngettext(one, many, number), {"num": number, **variables})

    return {"gettext": gettext, "ngettext": ngettext}


def _require_constant_messages(
    tree: nodes.Template, name: str | None, filename: str | None
) -> None:
    """Raise unless the functions of ``trans`` are called as it calls them.

    Handed a field, they would print it as markup and read it as a format.
    """
    ours = {
        id(call.node)
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name)
        and _is_constant(call, _MESSAGES.get(call.node.name, 0))
    }
    for found in tree.find_all(nodes.Name):
        if found.name in _NOT_FOR_TEMPLATES and (
            found.name not in _MESSAGES or id(found) not in ours
        ):
            raise jinja2.TemplateSyntaxError(
                f"{found.name!r} is not for templates; write {{% trans %}}...{{% endtrans %}}, "
                "without a context",
                found.lineno,
                name,
                filename,
            )


def _is_constant(call: nodes.Call, texts: int) -> bool:
    """Whether a call begins with so many texts that stand in the template."""
    first = call.args[:texts]
    return (
        len(first) == texts
        and all(isinstance(arg, nodes.Const) and isinstance(arg.value, str) for arg in first)
        and call.dyn_args is None
        and call.dyn_kwargs is None
    )


@lru_cache(maxsize=8)
def _compiled(source: str, language: str) -> jinja2.Template:
    return _environment(language).from_string(source)


def _packaged(name: str) -> str | None:
    if name not in PACKAGED:
        return None
    return (resources.files("ceosample.letters") / "templates" / name).read_text("utf-8")


def _printable(value: Any) -> Any:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        raise TemplateError("a null would be printed; test with 'is defined'")
    if not isinstance(value, str | int | float | Decimal | dt.date | dt.time | jinja2.Undefined):
        raise TemplateError(f"{kind_of(value)} would be printed; print what is in it")
    return value


def _there(value: Any) -> Any:
    """The value; a missing field raises when it is printed."""
    if isinstance(value, jinja2.Undefined):
        str(value)
    return _printable(value)


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
