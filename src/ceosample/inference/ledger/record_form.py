"""What a record of verdicts must look like before a figure is computed from it."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, Final

from ceosample.canonical import is_digest
from ceosample.errors import LedgerError
from ceosample.form import faults_of_form, is_count, is_text, is_texts
from ceosample.inference.ledger.readings import DEFECTIVE, INELIGIBLE, SOUND
from ceosample.period import Period
from ceosample.sampling.plans.rotation import OPEN
from ceosample.signoff.replay.methods import Method
from ceosample.text import quoted

#: A severity as a record holds it, an exact fraction.
_SCORE: Final = re.compile(r"[0-9]{1,5}(/[1-9][0-9]{0,4})?")


def _is_boolean(value: Any) -> bool:
    return isinstance(value, bool)


def _is_month(value: Any) -> bool:
    try:
        return is_text(value) and bool(Period.parse(value))
    except ValueError:
        return False


def _is_moment(value: Any) -> bool:
    try:
        return dt.datetime.fromisoformat(value).tzinfo is not None
    except (TypeError, ValueError):
        return False


def _is_number_or_none(value: Any) -> bool:
    return value is None or is_count(value, 1)


def _are_numbers(value: Any) -> bool:
    return isinstance(value, list) and all(is_count(item, 1) for item in value)


def _is_score(value: Any) -> bool:
    return is_text(value) and _SCORE.fullmatch(value) is not None and 0 <= Fraction(value) <= 1


def _is_method(value: Any) -> bool:
    try:
        Method(**value).require()
    except (LedgerError, TypeError):
        return False
    return True


_LETTER: Final = {
    "unit_id": is_text,
    "stratum": is_texts,
    "take_all": _is_boolean,
    "line": lambda value: value in ("stratum", OPEN),
    "verdict": lambda value: value in (SOUND, DEFECTIVE, INELIGIBLE, None),
    "basis": is_text,
    "readers": is_texts,
    "by_other": _is_boolean,
    "codes": is_texts,
    "severity": lambda value: value is None or _is_score(value),
    "edited": _is_boolean,
    "events": _are_numbers,
}

_POOL: Final = {
    "stratum": is_texts,
    "size": lambda value: is_count(value, 1),
    "letters": is_count,
    "take_all": _is_boolean,
}

_MONTH: Final = {
    "period": _is_month,
    "draw": is_digest,
    "pools": [_POOL],
    "excluded": is_count,
    "letters": [_LETTER],
    "substitutes": is_count,
    "set_aside": is_count,
    "method": lambda value: value is None or _is_method(value),
    "stated": _is_number_or_none,
    "first_verdict": _is_number_or_none,
}


def faults_of_record(found: Any, scheme: str) -> list[str]:
    """Every problem of a record, each as ``place: got VALUE; do THIS``.

    Args:
        found: what its JSON holds.
        scheme: the one that is read.
    """
    form = {
        "scheme": lambda value: value == scheme,
        "population": is_text,
        "as_of": _is_moment,
        "head": lambda value: value is None or is_digest(value),
        "months": [_MONTH],
        "undrawn": lambda value: is_texts(value) and all(map(_is_month, value)),
        "fallback": _is_method,
    }
    faults = faults_of_form(found, form, "record")
    return faults or [*_faults_of_counts(found["months"])]


def _faults_of_counts(months: list[Mapping[str, Any]]) -> Iterator[str]:
    """Letters that do not add up to the strata from which they were drawn, and months twice."""
    periods = Counter(month["period"] for month in months)
    for period, count in periods.items():
        if count > 1:
            yield f"{period}: got {count} entries; give each month once"
    if sorted(periods) != [*periods]:
        yield f"months: got {', '.join(periods)}; give them in order"
    for month in months:
        for unit_id, count in Counter(one["unit_id"] for one in month["letters"]).items():
            if count > 1:
                yield f"{month['period']}, letter {quoted(unit_id)}: got {count} entries; give one"
        yield from _faults_of_pools(month)


def _faults_of_pools(month: Mapping[str, Any]) -> Iterator[str]:
    drawn = Counter((*letter["stratum"],) for letter in month["letters"])
    pools = {(*pool["stratum"],): pool for pool in month["pools"]}
    for stratum in drawn.keys() - pools.keys():
        yield f"{month['period']}, stratum: got {quoted('/'.join(stratum))}, which no pool has"
    for stratum, pool in pools.items():
        if not drawn[stratum] <= pool["size"] or drawn[stratum] != pool["letters"]:
            yield (
                f"{month['period']}, {'/'.join(stratum) or 'all'}: got {drawn[stratum]} letters of "
                f"{pool['letters']} drawn from {pool['size']}; give each drawn letter once"
            )
