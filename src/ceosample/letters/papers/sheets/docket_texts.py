"""Fields of the firm's own on a docket as printed: lines, or paragraphs under a heading."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from ceosample.letters.contents.docket_fields import DocketField
from ceosample.letters.markup import tree
from ceosample.letters.markup.template import longdate

#: A text that is longer than this, or has a line end, is printed as paragraphs.
LONGEST_LINE: Final = 200

_BLANK_LINE: Final = re.compile(r"\n[ \t]*\n\s*")
_WORDS: Final = {True: "yes", False: "no"}


def parts_of(
    docket: Mapping[str, Any], fields: Sequence[DocketField], not_recorded: str
) -> list[dict[str, Any]]:
    """The fields as a page prints them, in their order: lines together, a long text by itself.

    Returns:
        ``{"facts": [[label, value], ...]}`` or ``{"title": label, "text": [paragraph, ...]}``.
    """
    parts: list[dict[str, Any]] = []
    for field in fields:
        value = docket.get(field.name)
        texts = [text for text in _texts(value) if text.strip()] or [not_recorded]
        is_long = len(texts) > 1 or "\n" in texts[0] or len(texts[0]) > LONGEST_LINE
        if field.long or is_long:
            parts.append({"title": field.label, "text": texts})
        elif parts and "facts" in parts[-1]:
            parts[-1]["facts"].append([field.label, texts[0]])
        else:
            parts.append({"facts": [[field.label, texts[0]]]})
    return parts


def _texts(value: Any) -> Iterator[str]:
    """A cleaned value as paragraphs, each with its lines."""
    if isinstance(value, Mapping):
        lines = [f"{name}: {line}" for name, item in value.items() for line in _texts(item)]
        yield "\n".join(lines)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, bool):
        yield _WORDS[value]
    elif isinstance(value, dt.date):
        yield _date(value)
    elif value is not None:
        yield from (part.strip("\n") for part in _BLANK_LINE.split(str(value).strip()))


def _date(value: dt.date) -> str:
    return (
        f"{longdate(value)}, {value:%H:%M}" if isinstance(value, dt.datetime) else longdate(value)
    )


def all_texts(docket: Mapping[str, Any], fields: Sequence[DocketField]) -> list[str]:
    """All that is printed of the fields, for a look whether a font has its characters."""
    return [field.label for field in fields] + [
        text for field in fields for text in _texts(docket.get(field.name))
    ]


def with_directions(parts: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Fields of the firm's own with a direction where a text has letters that run from the right,
    and with nothing put around any other."""
    return [
        {
            "title": part.get("title"),
            "facts": [
                [label, text, _runs_from_right(text)] for label, text in part.get("facts", ())
            ],
            "text": [
                [text.split("\n"), tree.first_strong_direction(text), _runs_from_right(text)]
                for text in part.get("text", ())
            ],
        }
        for part in parts
    ]


def _runs_from_right(text: str) -> bool:
    return any(unicodedata.bidirectional(one) in ("R", "AL") for one in text)
