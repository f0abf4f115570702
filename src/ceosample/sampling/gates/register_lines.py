"""The lines of a gate's register: the first is the gate's own, each other one is a question."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, Final

import attrs

from ceosample.canonical import Json, is_digest, parse_json
from ceosample.days import midnight
from ceosample.errors import GateError
from ceosample.form import faults_of_form, is_text, is_texts
from ceosample.got import got
from ceosample.period import Period
from ceosample.sampling.frames.strata import Stratum
from ceosample.sampling.gates.gate import PURPOSE, Gate
from ceosample.sampling.ticket import SCHEME
from ceosample.show import Described, stratum_words
from ceosample.text import quoted


def _is_moment(value: object) -> bool:
    try:
        return isinstance(value, str) and dt.datetime.fromisoformat(value).utcoffset() is not None
    except ValueError:
        return False


#: What a question's line must hold.
FORM: Final[dict[str, Any]] = {
    "sequence": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "at": _is_moment,
    "unit_id": is_text,
    "stratum": is_texts,
    "content": lambda value: value is None or is_digest(value),
    "selected": lambda value: isinstance(value, bool),
    "previous": is_digest,
}

#: A day, and the 14 hours by which a day begins earlier on the Line Islands than in UTC.
_BEFORE: Final = dt.timedelta(days=1, hours=14)

#: From a month's last midnight in UTC: two days, and the 12 hours by which days end later at sea.
_AFTER: Final = dt.timedelta(days=2, hours=12)

#: For these fields it gives the bytes of canonical JSON, and five times as fast: a register of a
#: month's questions is written again, line by line, to be checked.
_CANONICAL: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@attrs.frozen
class GateAnswer(Described):
    """A question and its answer, as the register holds them.

    Attributes:
        sequence: 1 for the first question of the period, without gaps.
        at: when it was asked, as claimed; ISO 8601 with its offset.
        unit_id, stratum: which response, and what it counts as.
        content: the salted digest of its text then, or None.
        selected: whether it goes to the executive.
        previous: the SHA-256 of the line before this one.
    """

    sequence: int
    at: str
    unit_id: str
    stratum: Stratum
    content: str | None
    selected: bool
    previous: str

    @classmethod
    def parse(cls, line: bytes) -> GateAnswer:
        """The question of a line.

        Raises:
            ValueError: it is none.
        """
        fields: Any = parse_json(line)
        faults = faults_of_form(fields, FORM, "question") if isinstance(fields, dict) else ["?"]
        if faults or set(fields) != set(FORM):
            raise ValueError("not a question")
        return cls(**{**fields, "stratum": tuple(fields["stratum"])})

    def _facts(self) -> tuple[str, list[tuple[str, str]]]:
        facts = [
            ("asked at", self.at),
            ("response", self.unit_id),
            ("stratum", stratum_words(self.stratum)),
            ("content", self.content or "not committed to"),
            ("line before", self.previous),
        ]
        return f"Question {self.sequence}: {'' if self.selected else 'not '}selected", facts

    def line(self) -> bytes:
        """As it is in the file: canonical JSON and a line feed."""
        fields: dict[str, Json] = {name: getattr(self, name) for name in FORM}
        return f"{_CANONICAL.encode(fields)}\n".encode()

    def is_of(self, period: str) -> bool:
        """Whether it was asked in a period, wherever on Earth, or a day either side.

        Outside of it the seed is not secret any more, or not yet committed to. It is the moment
        that counts, and not the offset in which it is written.
        """
        first, end = _span_of(period)
        return first <= dt.datetime.fromisoformat(self.at) < end


@cache
def _span_of(period: str) -> tuple[dt.datetime, dt.datetime]:
    """When a month and a day either side begin where days begin first, and end where they end last.

    At the ends of the calendar they begin or end with it.
    """
    month = Period.parse(period)
    begin, end = midnight(month.first_day), midnight(month.last_day)
    try:
        begin -= _BEFORE
    except OverflowError:
        begin = dt.datetime.min.replace(tzinfo=dt.UTC)
    try:
        end += _AFTER
    except OverflowError:
        end = dt.datetime.max.replace(tzinfo=dt.UTC)
    return begin, end


def gate_fields(line: bytes, where: str) -> dict[str, Any]:
    """What the first line of a register says of its gate.

    Raises:
        GateError: it is no register's, or of a scheme that is not known here.
    """
    try:
        fields: Any = parse_json(line)
    except ValueError:
        fields = None
    if not isinstance(fields, dict) or fields.get("purpose") != PURPOSE:
        raise GateError(f"{where}, line 1: not the first line of a gate's register; give one")
    if fields.get("scheme") != SCHEME:
        raise GateError(
            f"{where}, line 1, scheme: {got(fields.get('scheme'))}, and this release reads "
            f"{SCHEME}; use the release that wrote it, or a later one"
        )
    return fields


def earlier_answers(lines: Iterable[bytes], gate: Gate, where: str) -> Iterator[GateAnswer]:
    """The answers of an earlier period of the same population, as its register has them.

    ``verify_gate`` checks them, with the seed of their own period.

    Raises:
        GateError: it is no such register, a line is no question, or it had the same seed.
    """
    rest = iter(lines)
    fields = gate_fields(next(rest, b""), where)
    period = fields.get("period")
    if fields.get("population") != gate.population or str(period) >= gate.period:
        raise GateError(
            f"{where}: {got(fields.get('population'))}, {quoted(period)}; give the registers "
            f"of {gate.population} that are earlier than {gate.period}"
        )
    if fields.get("seed_commitment") == gate.seed_commitment:
        raise GateError(f"{where}: had the same seed, which is known now; give each period its own")
    for number, line in enumerate(rest, 2):
        try:
            yield GateAnswer.parse(line)
        except ValueError:
            if line.endswith(b"\n"):  # else a writer was stopped in the middle of it
                raise GateError(f"{where}, line {number}: not a question; restore it") from None
