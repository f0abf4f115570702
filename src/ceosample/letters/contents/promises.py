"""What a letter promises: the docket's own list, and the payment that a ready letter names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from ceosample.canonical import Json
from ceosample.days import date_of, plain_date
from ceosample.got import Private, got

#: The docket's field: for each promise, as a code, the date by which it is to be kept.
PROMISES: Final = "promises"

#: The promise of a ready letter's field ``payment``, which has the date of its own ``by``.
PAYMENT: Final = "payment"

_CODE: Final = re.compile(r"[a-z0-9-]{1,40}")
_FORM: Final = "give the date of each by its code, {'call-back': '2026-11-30'}"


def with_payment(docket: Mapping[str, Any], letter: Mapping[str, Any]) -> dict[str, Any]:
    """A docket with the payment that its letter promises; what the docket says of it stays.

    >>> with_payment({}, {"payment": {"amount": "25.50", "currency": "GBP", "by": "2026-11-09"}})
    {'promises': {'payment': '2026-11-09'}}
    """
    payment, said = letter.get(PAYMENT), docket.get(PROMISES)
    by = payment.get("by") if isinstance(payment, Mapping) else None
    if _day(by) is None or not isinstance(said, Mapping | None):
        return dict(docket)
    return {**docket, PROMISES: {PAYMENT: by, **(said or {})}}


def promises_of(docket: Mapping[str, Any]) -> dict[str, Json]:
    """The promises of a docket as the ledger keeps them: ISO dates, the earliest first."""
    days = {str(name): _day(day) for name, day in docket[PROMISES].items()}
    told = sorted((day.isoformat(), name) for name, day in days.items() if day is not None)
    return {name: day for day, name in told}


def faults_of_promises(promises: object, where: str) -> Iterable[str]:
    """What is wrong with a docket's promises."""
    if promises is None:
        return []
    if not isinstance(promises, Mapping):
        return [f"{where}: {got(promises, Private.CONTENTS)}; {_FORM}"]
    unnamed = [
        name for name in promises if not isinstance(name, str) or _CODE.fullmatch(name) is None
    ]
    return [
        f"{where}: {got(name, Private.CONTENTS)} as a promise; give a code of up to 40 lower-case "
        "letters, digits and hyphens"
        for name in unnamed
    ] + [
        f"{where}, {name}: {got(day, Private.CONTENTS)}; give a date, 2026-11-30"
        for name, day in promises.items()
        if name not in unnamed and _day(day) is None
    ]


def _day(value: Any) -> Any:
    """The date of a value; None where it is none."""
    return date_of(plain_date(value))
