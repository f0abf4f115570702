"""Lengths of time as people read them and as an option gives them."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from ceosample.text import counted

_UNITS: Final = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))

_WRITTEN: Final = re.compile(r"(?=\d)(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?", re.ASCII)


def in_words(length: dt.timedelta) -> str:
    """A length in its two largest units; what is smaller is left out.

    >>> in_words(dt.timedelta(days=365, hours=2, seconds=7))
    '365 days and 2 hours'
    >>> in_words(dt.timedelta(seconds=90)), in_words(dt.timedelta(0))
    ('1 minute and 30 seconds', '0 seconds')
    """
    parts = _parts(length)
    largest = next((place for place, (count, _) in enumerate(parts) if count), len(parts) - 1)
    shown = [counted(count, unit) for count, unit in parts[largest : largest + 2] if count]
    return " and ".join(shown) or "0 seconds"


def as_option(length: dt.timedelta) -> str:
    """A length as an option takes it, rounded up to a whole minute.

    >>> as_option(dt.timedelta(days=365, hours=2)), as_option(dt.timedelta(seconds=1))
    ('365d2h', '1m')
    """
    minutes = -(-length // dt.timedelta(minutes=1))
    parts = [(count, unit) for count, unit in _parts(dt.timedelta(minutes=minutes)) if count]
    return "".join(f"{count}{unit[0]}" for count, unit in parts) or "0m"


def from_option(text: str) -> dt.timedelta:
    """The length that :func:`as_option` writes so.

    Raises:
        ValueError: another text.

    >>> from_option("365d2h")
    datetime.timedelta(days=365, seconds=7200)
    """
    found = _WRITTEN.fullmatch(text)
    if found is None:
        raise ValueError(f"got {text!r}; give days, hours and minutes, such as 365d2h or 90m")
    days, hours, minutes = (int(part or 0) for part in found.groups())
    return dt.timedelta(days=days, hours=hours, minutes=minutes)


def _parts(length: dt.timedelta) -> list[tuple[int, str]]:
    """How many of each unit, the largest first."""
    rest = length // dt.timedelta(seconds=1)
    parts = []
    for unit, seconds in _UNITS:
        count, rest = divmod(rest, seconds)
        parts.append((count, unit))
    return parts
