"""What a new version of a regime makes of the date that a letter was rendered with.

The letter keeps its date and its version on record; whoever owns it is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ceosample.errors import CeosampleError, LetterError, RegimeError
from ceosample.letters.contents.due_dates import DueDatePolicy
from ceosample.letters.regimes.regime import Regime


def is_of_another_version(recorded: Mapping[str, Any], policy: DueDatePolicy) -> bool:
    """Whether a letter was rendered by another version of its regime than the one of today.

    Args:
        recorded: what its ``rendered`` event holds.
        policy: the regimes of today.
    """
    regime = policy.known().get(str(recorded.get("regime")))
    return regime is not None and recorded.get("regime_version") != regime.version


def moved_due_date(
    recorded: Mapping[str, Any],
    policy: DueDatePolicy,
    docket: Mapping[str, Any] | None = None,
    kind: str | None = None,
) -> str | None:
    """What today's version of its regime says of a letter's date, in words; None if it stays.

    Args:
        recorded: what its ``rendered`` event holds.
        policy: how due dates are computed today.
        docket: the docket in its contents; None where they cannot be read any more: then it stays
            if any deadline of the regime gives the date on record.
        kind: the letter's kind, or None.
    """
    if not is_of_another_version(recorded, policy):
        return None
    regime = policy.known()[str(recorded["regime"])]
    versions = f"version {recorded.get('regime_version')} of {regime.id}"
    before = recorded.get("due")
    try:
        days = _dates(regime, recorded, policy) if docket is None else _date(docket, kind, policy)
    except CeosampleError as error:
        said = " and ".join(getattr(error, "faults", [str(error)]))
        return f"due {before} by {versions}, and version {regime.version} gives no date ({said})"
    if before in days:
        return None
    now = " or ".join(sorted({str(day) for day in days})) or "no date"
    return f"due {before} by {versions}, and {now} by version {regime.version}"


def _date(docket: Mapping[str, Any], kind: str | None, policy: DueDatePolicy) -> list[str | None]:
    """The date that a docket has today, or that it has none; one that it gives itself stays."""
    found = policy.facts({**docket, "due": None}, kind).get("due", docket.get("due"))
    return [None if found is None else str(found)]


def _dates(regime: Regime, recorded: Mapping[str, Any], policy: DueDatePolicy) -> list[str | None]:
    """The dates that the deadlines of a regime give for the receipt on record."""
    received = recorded.get("received")
    if received is None:
        return [recorded.get("due")]
    found: list[str | None] = []
    faults: list[str] = []
    for rule in regime.deadlines:
        try:
            found.append(str(regime.deadline(received, rule.name, policy.holidays).due))
        except RegimeError as error:
            faults += error.faults
    if not found:
        raise LetterError(*faults)
    return found
