"""How a right event of a letter is written, as one pattern for each kind, made from its form.

A text that fits is an event of its kind, canonical to the byte, and of a form that the newest rules
allow: that is proved in one pass, and no JSON is read but the payload's. A text that does not fit
may be right all the same; it is read in full.
"""

from __future__ import annotations

import functools
import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from ceosample.canonical import are_canonical
from ceosample.signoff.rules import fields
from ceosample.signoff.rules.forms import KINDS, LETTER, Form, is_moment, is_month, is_name
from ceosample.signoff.rules.in_force import NEWEST
from ceosample.signoff.store.events import Event

#: Texts of a kind of which reading them in full takes as long as making its pattern.
_FEW: Final = 40

_A_TIME: Final = "T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"

#: An event of a letter, by its kind and the pattern of its payload.
_EVENT: Final = (
    r'\{{"actor":{text},"at":{text},"kind":"{kind}","payload":(\{{{payload}\}}),"period":{text},'
    r'"population":{text},"previous":"([0-9a-f]{{64}})","recorded_at":"({day}{time}\.[0-9]{{6}}Z)",'
    r'"sequence":([1-9][0-9]{{0,14}}),"unit_id":{text}\}}'
)

_NOTHING: Final = re.compile(r"(?!)")

_decode: Final = json.JSONDecoder().raw_decode


class WrittenEvents:
    """The reader of texts that are written as most are; a check has one of its own.

    Args:
        few: how many texts of a kind are read in full before its pattern is made.
    """

    def __init__(self, few: int = _FEW) -> None:
        self._few = few
        self._seen: Counter[str] = Counter()
        self._patterns: dict[str, re.Pattern[str]] = {}

    def read(self, kind: str, text: str) -> Event | None:
        """The event of a kind that a text is proved to hold; None where nothing is proved.

        The proof is one of the bytes and of the form: whether the event may follow is for rules.

        Args:
            kind: its kind, as the text is hoped to say.
            text: text without half of a surrogate pair.
        """
        match = (self._patterns.get(kind) or self._pattern(kind)).fullmatch(text)
        if match is None:
            return None
        about = match.groups()
        actor, at, written, period, population, previous, recorded_at, sequence, unit_id = about
        if not (is_moment(at) and is_name(actor) and is_name(population) and is_month(period)):
            return None
        payload, _ = _decode(written)
        if written.count("{") > 1 and not _are_in_order(written, payload):
            return None
        return Event(
            sequence=int(sequence),
            at=at,
            recorded_at=recorded_at,
            actor=actor,
            kind=kind,
            population=population,
            period=period,
            unit_id=unit_id,
            payload=payload,
            previous=previous,
        )

    def _pattern(self, kind: str) -> re.Pattern[str]:
        """The pattern of a kind, once there are some of it; until then one that nothing fits."""
        if kind not in KINDS:
            return _NOTHING
        self._seen[kind] += 1
        if self._seen[kind] <= self._few:
            return _NOTHING
        return self._patterns.setdefault(kind, pattern_of(kind) or _NOTHING)


def _are_in_order(written: str, payload: Mapping[str, Any]) -> bool:
    """Whether the names of each object in a payload are in their order, and none is there twice."""
    if not written.isascii():
        return are_canonical([written], [payload])
    inside = [value for value in payload.values() if isinstance(value, dict)]
    # No text of a pattern holds a quotation mark, so each of these ends a name.
    is_once = written.count('":') == len(payload) + sum(map(len, inside))
    return is_once and all([*names] == sorted(names) for names in inside)


@functools.cache
def pattern_of(kind: str) -> re.Pattern[str] | None:
    """The pattern of a kind's events under the newest rules; None of a kind without one."""
    form = KINDS.get(kind)
    if form is None or form.about != (LETTER,) or form.since > NEWEST:
        return None
    payload = _payload_written(form)
    if payload is None:
        return None
    text, day = f'"({fields.A_TEXT_WRITTEN[1:-1]})"', fields.A_DATE_WRITTEN
    return re.compile(_EVENT.format(text=text, kind=kind, payload=payload, day=day, time=_A_TIME))


def _payload_written(form: Form) -> str | None:
    """The pattern of a payload's fields; None where one that is needed has no pattern."""
    parts: list[str] = []
    for name in sorted(form.names):
        field = form.field(name, NEWEST)
        if field is None or (field.written is None and not form.needed(name, NEWEST)):
            continue
        if field.written is None:
            return None
        # A comma stands between two fields, and before none that is the first.
        part = rf'(?:(?<=\{{)|(?<!\{{),)"{name}":{field.written}'
        parts.append(part if form.needed(name, NEWEST) else f"(?:{part})?")
    return "".join(parts)
