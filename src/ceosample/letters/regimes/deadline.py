"""A latest date: the rule by which it is counted, and its date for one response.

A rule counts from the date of its event, *day zero*. "Within n days *after*" leaves that day out:
one working day after a Monday is Tuesday. "*Commencing on*" and "*beginning with*" take it in: one
working day that begins with a Monday is that Monday.
"""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections.abc import Iterable
from typing import Any, Final

import attrs

from ceosample.canonical import Json
from ceosample.days import day_of
from ceosample.errors import RegimeError
from ceosample.form import is_count
from ceosample.letters.regimes.workdays import WorkingDays, as_date
from ceosample.plain import plain_count
from ceosample.result import Result
from ceosample.show import Described
from ceosample.text import quoted

#: What a rule counts in.
CALENDAR_DAYS: Final = "calendar-days"
WORKING_DAYS: Final = "working-days"
WEEKS: Final = "weeks"
MONTHS: Final = "months"
UNITS: Final = (CALENDAR_DAYS, WORKING_DAYS, WEEKS, MONTHS)

#: Where a day off goes: it stays, or becomes the next working day, or the last one before.
NONE: Final = "none"
FORWARD: Final = "forward"
BACKWARD: Final = "backward"

#: Whether a regime was compared with its source.
YES: Final = "yes"
PARTLY: Final = "partly"
NO: Final = "no"

#: What is said of a regime that was not compared with all of it.
COMPARE: Final = "compare with the source before you rely on it"

#: Which day is day one: that of the event, as in "commencing on", or the next, as in "after".
SAME: Final = "same"
NEXT: Final = "next"

#: Longer limits than this many units are slips of the pen.
MOST: Final = 1000

#: So are years outside these.
YEARS: Final = range(1900, 2200)


def _tuple(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(values)


@attrs.frozen
class Rule:
    """How one deadline of a regime is counted: a ``[[deadline]]`` of its file.

    Attributes:
        name: its name; ``"final"`` is the default of ``Regime.deadline``.
        amount: the number of units, 1 to 1000.
        unit: ``calendar-days``, ``working-days``, ``weeks`` (of seven calendar days) or ``months``
            (to the same day of a later month, or to its last day if it is too short).
        since: the event it runs from, ``from`` in the file.
        roll: a start on a day off. ``none``: day zero stays where it is, so the first working day
            after it is day one. ``forward``: day zero becomes the next working day.
        zone: the IANA name of the time zone in which a moment's date is taken.
        roll_end: an end on a day off: ``none``, ``forward`` or ``backward``. A count of working
            days never ends on one.
    """

    name: str
    amount: int
    unit: str
    since: str
    roll: str
    zone: str
    roll_end: str = NONE
    first_day: str = NEXT
    kinds: tuple[str, ...] = attrs.field(default=(), converter=_tuple)

    @property
    def words(self) -> str:
        """``15 working days from received``, ``30 calendar days beginning with received``."""
        begins = "beginning with" if self.first_day == SAME else "from"
        unit = self.unit.replace("-", " ")
        unit = unit.removesuffix("s") if self.amount == 1 else unit
        return f"{self.amount} {unit} {begins} {self.since}"

    def date_of(self, moment: dt.date | str, where: str) -> dt.date:
        """The date of a moment in the rule's zone, or a plain date as it is.

        Raises:
            RegimeError: neither a date nor a moment with its offset, or not in 1900 to 2199.
        """
        day = as_date(moment)
        if day is None:
            day = day_of(_as_moment(moment, where), self.zone)
        if day.year not in YEARS:
            raise RegimeError(
                f"{where}: got {day}; give a date from {YEARS.start} to {YEARS.stop - 1}"
            )
        return day

    def day_zero(self, start: dt.date, days: WorkingDays) -> dt.date:
        """The day from which the count begins, given the day of the event."""
        return days.on_or_after(start) if self.roll == FORWARD else start

    def due(self, day_zero: dt.date, days: WorkingDays) -> dt.date:
        """The latest date, given day zero."""
        earlier = 1 if self.first_day == SAME else 0
        if self.unit == WORKING_DAYS:
            # Day one is the first working day of all that count.
            first = days.on_or_after(day_zero) if earlier else days.plus(day_zero, 1)
            return days.plus(first, self.amount - 1)
        if self.unit == MONTHS:
            end = _months_after(day_zero, self.amount)
        else:
            end = day_zero + dt.timedelta(self.amount * (7 if self.unit == WEEKS else 1))
        end -= dt.timedelta(earlier)
        if self.roll_end == NONE:
            return end
        return days.on_or_after(end) if self.roll_end == FORWARD else days.on_or_before(end)


@attrs.frozen
class Deadline(Described, Result):
    """The latest date to send one response and how it was counted, from ``Regime.deadline``.

    Attributes:
        regime: the regime's id.
        version: the regime's version, which goes on record with the date.
        rule: how the date was counted.
        start: the day of the event, in the rule's zone.
        day_zero: the day from which the count began; ``start``, unless that was a day off that
            rolled.
        due: the latest date.
        days: the working days by which it was counted.
        checked: whether its regime was compared with the source: ``yes``, ``partly`` or ``no``.
        text: the day from which the source's text held by which it was counted, where the regime
            lists several.

    >>> import ceosample as cs
    >>> deadline = cs.regimes.Regime.named("fca-disp-1.6.2r").deadline("2026-10-01")
    >>> str(deadline.due), str(deadline.sign_by(3))
    ('2026-11-26', '2026-11-23')
    """

    regime: str
    version: str
    rule: Rule
    start: dt.date
    day_zero: dt.date
    due: dt.date
    days: WorkingDays = attrs.field(repr=False)
    checked: str = YES
    text: dt.date | None = None

    @property
    def name(self) -> str:
        """The name of the rule."""
        return self.rule.name

    def _facts(self) -> tuple[str, list[tuple[str, str]]]:
        facts = [("due", self.due.isoformat()), ("rule", self.rule.words)]
        facts.append((self.rule.since, self.start.isoformat()))
        if self.day_zero != self.start:
            facts.append(("counted from", self.day_zero.isoformat()))
        if self.text is not None:
            facts.append(("text of", self.text.isoformat()))
        if self.holidays:
            facts.append(("holidays between", ", ".join(map(str, self.holidays))))
        if self.checked != YES:
            facts.append(("checked", f"{self.checked}; {COMPARE}"))
        return f"Deadline, {self.name}, of {self.regime} {self.version}", facts

    @property
    def holidays(self) -> tuple[dt.date, ...]:
        """The given holidays that took a working day away, from the start to the due date.

        Those that follow at once on the due date are among them: it may have rolled back over
        them.
        """
        week, end = WorkingDays(self.days.week), self.days.plus(self.due, 1)
        return tuple(
            day for day in self.days.holidays if self.start <= day < end and week.works(day)
        )

    def sign_by(self, margin: int, holidays: Iterable[dt.date | str] = ()) -> dt.date:
        """The last day for the signature, so that the letter can still be posted in time.

        Margins are in working days whatever the deadline is counted in, for people sign and post
        on working days. The day may lie before the start: then there never was room.

        Args:
            margin: working days between the signature and the due date; with 0 the signature may
                be on the due date, or on the last working day before it.
            holidays: days off in addition to those by which the deadline was counted, such as the
                signatory's own.

        Raises:
            RegimeError: a margin that is not a whole number from 0 to 1000, or a holiday that is
                not a date.

        >>> from ceosample.letters.regimes.regime import Regime
        >>> Regime.named("fca-disp-1.6.2r").deadline("2026-10-01").sign_by(3).isoformat()
        '2026-11-23'
        """
        margin = plain_count(margin)
        if not is_count(margin) or margin > MOST:
            raise RegimeError(f"margin: got {quoted(margin)}; give 0 to {MOST} working days")
        return self.days.also_off(holidays).minus(self.due, margin)

    def to_dict(self) -> dict[str, Json]:
        """For JSON: enough to count the date again without the regime's file."""
        rule = self.rule
        return {
            "regime": self.regime,
            "version": self.version,
            "name": rule.name,
            "amount": rule.amount,
            "unit": rule.unit,
            "from": rule.since,
            "first_day": rule.first_day,
            "roll": rule.roll,
            "roll_end": rule.roll_end,
            "zone": rule.zone,
            "working_week": list(self.days.week),
            "holidays": [day.isoformat() for day in self.holidays],
            "start": self.start.isoformat(),
            "day_zero": self.day_zero.isoformat(),
            "due": self.due.isoformat(),
            "checked": self.checked,
            "text": None if self.text is None else self.text.isoformat(),
        }


def _as_moment(value: Any, where: str) -> dt.datetime:
    """A moment with its offset; one without is refused, since its date depends on a guess."""
    moment = value
    if isinstance(value, str):
        try:
            moment = dt.datetime.fromisoformat(value)
        except ValueError:
            moment = None
    if not isinstance(moment, dt.datetime) or moment.utcoffset() is None:
        raise RegimeError(
            f"{where}: got {quoted(value)}; give a date, 2026-10-03, or a moment with its offset, "
            "2026-10-03T23:30:00+01:00"
        )
    return moment


def _months_after(day: dt.date, months: int) -> dt.date:
    """The same day of a later month, or that month's last day if it is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
