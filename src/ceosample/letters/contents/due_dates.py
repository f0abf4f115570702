"""The latest dates of a month's letters: due dates by their regimes, and dates to sign by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs

from ceosample.canonical import Json
from ceosample.days import date_of
from ceosample.errors import LetterError, RegimeError, raise_faults
from ceosample.form import is_count
from ceosample.letters.contents.fields import LetterContents
from ceosample.letters.regimes.deadline import Deadline, Rule
from ceosample.letters.regimes.elements import AFTER_ISSUE, BEFORE_ISSUE, KIND, KINDS
from ceosample.letters.regimes.regime import Regime, shipped_regimes
from ceosample.text import quoted


def _tuple(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(values)


@attrs.frozen
class DueDatePolicy:
    """How a month's due dates are computed.

    Attributes:
        margin: working days from the date to sign by to the due date.
        holidays: days off in addition to the regimes' weekends.
        own: regimes of your own; one with a shipped regime's id replaces it.
        sampling: ``before-issue``: the letters wait for the signature. ``after-issue``: they have
            gone out, and a covering letter is signed; then nothing is due.

    >>> docket = {"regime": "fca-disp-1.6.2r", "received": "2026-09-01"}
    >>> facts = DueDatePolicy(margin=3).facts(docket)
    >>> facts["due"], facts["sign_by"]
    ('2026-10-27', '2026-10-22')
    """

    margin: int = 0
    holidays: tuple[dt.date, ...] = attrs.field(default=(), converter=_tuple)
    own: tuple[Regime, ...] = attrs.field(default=(), converter=_tuple)
    sampling: str = BEFORE_ISSUE

    def __attrs_post_init__(self) -> None:
        faults = []
        if not is_count(self.margin):
            faults.append(f"margin: got {quoted(self.margin)}; give working days, 0 or more")
        if self.sampling not in (BEFORE_ISSUE, AFTER_ISSUE):
            faults.append(
                f"sampling: got {quoted(self.sampling)}; use {BEFORE_ISSUE} or {AFTER_ISSUE}"
            )
        raise_faults(LetterError, (f"deadlines, {fault}" for fault in faults))

    def facts(self, docket: Mapping[str, Any], kind: str | None = None) -> dict[str, Json]:
        """The regime's id and version, the due date and the date to sign by, as far as known.

        A docket names its regime, and after a colon which deadline it means where there are
        several: ``housing-ombudsman:stage-1``. An unknown regime is kept as it is named.

        Args:
            docket: what you gave for the inside page.
            kind: the letter's kind, which can have a deadline of its own; None if it has none.

        Raises:
            LetterError: the regime has no such deadline, was not in force, does not fit the
                sampling, or gives another date than the docket.
        """
        after = {"sampling": AFTER_ISSUE} if self.sampling == AFTER_ISSUE else {}
        zone = self.zone_of(docket)
        due = date_of(docket.get("due"), zone)
        named = None if docket.get("regime") is None else str(docket["regime"])
        found: dict[str, Json] = {**after}
        if due is not None:
            found["due"] = due.isoformat()
        _require_order(docket, zone)
        name = (named or "").partition(":")[0]
        regime = self._named(docket)
        if regime is None and name.lower() in self.known():
            raise LetterError(f"regime: got {quoted(name)}; write it in lower case, {name.lower()}")
        if regime is None:
            return found
        found |= {
            "regime": regime.id,
            "regime_version": regime.version,
            "regime_standing": regime.standing,
        }
        if self.sampling not in regime.fits:
            raise LetterError(
                f"regime: got {regime.id}, which does not fit the sampling {self.sampling}; use "
                f"{' or '.join(regime.fits)}, or another regime"
            )
        deadline = self.deadline(docket, kind)
        if deadline is None:
            return found
        if due not in (None, deadline.due):
            raise LetterError(
                f"due: got {due}, and by {regime.id} it is {deadline.due}; remove due, or name the "
                "regime that it follows"
            )
        sign_by = deadline.sign_by(self.margin, self.holidays)
        return found | {"due": deadline.due.isoformat(), "sign_by": sign_by.isoformat()}

    def deadline(self, docket: Mapping[str, Any], kind: str | None = None) -> Deadline | None:
        """The deadline of a letter by its docket and its kind.

        Returns:
            None where the docket names no known regime or no date, or the regime has no deadline
            for letters of this kind.

        Raises:
            LetterError: the regime has no such deadline, or was not in force.
        """
        regime = self._named(docket)
        received: Any = docket.get("received")
        start: Any = docket.get("counted_from", received)
        if regime is None or start is None:
            return None
        decides = start if received is None else received
        try:
            rule = _rule_of(regime, docket, kind)
            if rule is not None:
                return regime.deadline(start, rule.name, self.holidays, complaint=decides)
            where = f"regime {regime.id}, {regime.decided_by}"
            regime.require_in_force(regime.deadlines[0].date_of(decides, where), where)
        except RegimeError as error:
            raise LetterError(*error.faults) from None
        return None

    def zone_of(self, docket: Mapping[str, Any]) -> str | None:
        """The zone in which the regime that a docket names takes its days; None without one."""
        regime = self._named(docket)
        return None if regime is None else regime.deadlines[0].zone

    def known(self) -> dict[str, Regime]:
        """The shipped regimes and the user's own, by their ids."""
        return {regime.id: regime for regime in (*shipped_regimes(), *self.own)}

    def _named(self, docket: Mapping[str, Any]) -> Regime | None:
        """The known regime that a docket names."""
        return self.known().get(str(docket.get("regime")).partition(":")[0])


def _require_order(docket: Mapping[str, Any], zone: str | None) -> None:
    """Raise if something that comes after the receipt is dated before it."""
    received = date_of(docket.get("received"), zone)
    for name in ("due", "counted_from"):
        day = date_of(docket.get(name), zone)
        if day is not None and received is not None and day < received:
            raise LetterError(
                f"{name}: got {day}, which is before received, {received}; correct one of them"
            )


def _rule_of(regime: Regime, docket: Mapping[str, Any], kind: str | None) -> Rule | None:
    """The deadline that a docket means; None where none is for letters of this kind."""
    name = str(docket.get("regime")).partition(":")[2]
    return regime.rule(name) if name else regime.rule_for(kind)


def kind_of_letter(fields: LetterContents, kind: str | None) -> str | None:
    """The kind that a letter's fields name, else the one that is given; None for no such kind."""
    said = fields.letter.get(KIND, kind)
    return said if isinstance(said, str) and said in KINDS else None


def with_deadlines(
    fetched: Sequence[LetterContents], deadlines: DueDatePolicy, kind: str | None = None
) -> list[LetterContents]:
    """The letters' fields with the dates that their regimes give; dockets stay as they were.

    Args:
        fetched: the letters' fields.
        deadlines: the regimes that are known.
        kind: the kind of letters that name none; None for no kind.

    Raises:
        LetterError: every letter whose docket contradicts its regime.
    """
    found: list[LetterContents] = []
    faults: list[str] = []
    for fields in fetched:
        try:
            known = deadlines.facts(fields.docket, kind_of_letter(fields, kind))
        except LetterError as error:
            faults += [f"letter {fields.unit_id}, docket, {fault}" for fault in error.faults]
        else:
            found.append(attrs.evolve(fields, found={**fields.found, **known}))
    raise_faults(LetterError, faults)
    return found
