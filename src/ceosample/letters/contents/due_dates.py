"""The latest dates of a month's letters: what their regimes come to, and by when to sign."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs

from ceosample.canonical import Json
from ceosample.errors import LetterError, RegimeError, raise_faults
from ceosample.form import is_count
from ceosample.letters.contents.fields import LetterContents
from ceosample.letters.regimes.deadline import Deadline
from ceosample.letters.regimes.elements import AFTER_ISSUE, BEFORE_ISSUE
from ceosample.letters.regimes.regime import Regime, shipped_regimes
from ceosample.letters.regimes.workdays import day_of
from ceosample.text import quoted


def _tuple(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(values)


@attrs.frozen
class DueDatePolicy:
    """How a month's due dates are found.

    Attributes:
        margin: working days before the due date by which a letter is to be signed.
        holidays: days off beside the regimes' weekends.
        own: regimes of the user's own; one with a shipped one's id stands in its place.
        sampling: ``before-issue``: the letters wait for the signature. ``after-issue``: they have
            gone out, and what is signed is a covering letter; then nothing is due.

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
            got = quoted(self.sampling)
            faults.append(f"sampling: got {got}; it is {BEFORE_ISSUE} or {AFTER_ISSUE}")
        raise_faults(LetterError, (f"deadlines, {fault}" for fault in faults))

    def facts(self, docket: Mapping[str, Any]) -> dict[str, Json]:
        """The regime's id and version, the due date and the day to sign by, as far as known.

        A docket names its regime, and where that has several deadlines which of them, after a
        colon: ``housing-ombudsman:stage-1``. A regime that is not known is kept as it is named.

        Raises:
            LetterError: the regime has no such deadline, does not fit the sampling, or comes to
                another date than the docket says.
        """
        after = {"sampling": AFTER_ISSUE} if self.sampling == AFTER_ISSUE else {}
        due = day_of(docket.get("due"))
        named = None if docket.get("regime") is None else str(docket["regime"])
        found: dict[str, Json] = {**after}
        if due is not None:
            found["due"] = due.isoformat()
        received = day_of(docket.get("received"))
        if due is not None and received is not None and due < received:
            raise LetterError(f"due {due} is before received {received}; correct one of them")
        name, _, rule = (named or "").partition(":")
        regime = self.known().get(name)
        if regime is None and name.lower() in self.known():
            raise LetterError(f"the regime is written {name.lower()}, in lower case")
        if regime is None:
            return found
        found |= {"regime": regime.id, "regime_version": regime.version}
        if self.sampling not in regime.fits:
            raise LetterError(f"the regime {regime.id} does not fit sampling {self.sampling}")
        if docket.get("received") is None:
            return found
        deadline = self._deadline(regime, docket["received"], rule or _meant(regime))
        if due not in (None, deadline.due):
            raise LetterError(
                f"due {due}, and by {regime.id} it is {deadline.due}; leave due out, or name "
                "the regime that it follows"
            )
        sign_by = deadline.sign_by(self.margin, self.holidays)
        return found | {"due": deadline.due.isoformat(), "sign_by": sign_by.isoformat()}

    def known(self) -> dict[str, Regime]:
        """The shipped regimes and the user's own, by their ids."""
        return {regime.id: regime for regime in (*shipped_regimes(), *self.own)}

    def _deadline(self, regime: Regime, received: Any, rule: str) -> Deadline:
        try:
            return regime.deadline(received, rule, self.holidays)
        except RegimeError as error:
            raise LetterError(*error.faults) from None


def _meant(regime: Regime) -> str:
    """The deadline that a docket means which names none."""
    names = [rule.name for rule in regime.deadlines]
    if len(names) == 1 or "final" in names:
        return "final" if "final" in names else names[0]
    ways = ", ".join(f"{regime.id}:{name}" for name in names)
    raise LetterError(f"the regime {regime.id} has several deadlines; name one of them: {ways}")


def with_deadlines(
    fetched: Sequence[LetterContents], deadlines: DueDatePolicy
) -> list[LetterContents]:
    """The letters' fields with what their regimes come to; dockets stay as they were given.

    Raises:
        LetterError: every letter whose docket contradicts its regime.
    """
    found: list[LetterContents] = []
    faults: list[str] = []
    for fields in fetched:
        try:
            known = deadlines.facts(fields.docket)
        except LetterError as error:
            faults += [f"letter {fields.unit_id}, docket: {fault}" for fault in error.faults]
        else:
            found.append(attrs.evolve(fields, found={**fields.found, **known}))
    raise_faults(LetterError, faults)
    return found
