"""The fields of a letter's events: what each may hold, and what is missing or too much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, TypedDict

from ceosample.canonical import Json
from ceosample.errors import LedgerError, raise_faults
from ceosample.got import Private, got
from ceosample.signoff.replay.lifecycle import (
    ANNOTATIONS,
    AUTOMATIC_STATES,
    RECORDED_STATES,
    EventFields,
)
from ceosample.signoff.rules.fields import FIELDS, faults_of_amount
from ceosample.text import quoted


class EventDetails(TypedDict, total=False):
    """The fields of a letter's event; ``RECORDED_STATES`` and ``ANNOTATIONS`` list what each needs.

    Attributes:
        letter: the digest of the letter that was signed, or that went out.
        file, certificate, image: the SHA-256 of a digitally signed file, of its signer's
            certificate, and of an image of a signature in it. Where a letter went out with its
            approval slip, ``file`` is what was posted.
        reason_code, outcome, channel: codes of up to 40 lower-case letters, digits and hyphens.
        own_code: the firm's own code, where ``reason_code`` is the one of a fixed list for it.
        to: the deputy's id.
        approver: who approved a withdrawal, not the letter's owner; or the second person who
            confirmed that a letter was never eligible.
        amount, currency: of a non-standard resolution: ``"250.00"`` and ``"GBP"``.
        verdict: ``sound`` or ``defective``.
        codes: what was found, as codes.
        severity: how bad a defect is, as a decimal from 0 to 1: ``"0.25"``.
        colleague: who is recognised.
        promise: what was promised to the customer, as a code: ``call-back``.
        cause, action: why a defect came about, and what is to be done about that, as codes.
        due: the date by which it is to be done: ``"2026-11-30"``.
        evidence: the SHA-256 of the file that shows that it was done.
        text: words, kept in a table that can be erased; the event holds a salted digest of them.
    """

    letter: str | None
    file: str | None
    certificate: str | None
    image: str | None
    reason_code: str | None
    own_code: str | None
    outcome: str | None
    channel: str | None
    to: str | None
    approver: str | None
    amount: str | int | Decimal | None
    currency: str | None
    verdict: str | None
    codes: Sequence[str] | None
    severity: str | Decimal | None
    colleague: str | None
    promise: str | None
    cause: str | None
    action: str | None
    due: str | None
    evidence: str | None
    text: str | None


#: Every kind of event that people record about a letter.
RECORDABLE: Final = {**RECORDED_STATES, **ANNOTATIONS}


def read(kind: str, unit_id: str, given: Mapping[str, Any]) -> dict[str, Json]:
    """What the event of these fields holds, before a text is taken out of it.

    Args:
        kind: the event's kind.
        unit_id: the letter, for messages.
        given: the fields by name; one that is None was not given.

    Raises:
        LedgerError: not a kind that people record; every field that is missing, wrong or too much.
    """
    where = f"letter {unit_id}, {quoted(kind)}"
    if kind not in RECORDABLE:
        why = AUTOMATIC_STATES.get(kind, "which is not a kind of event")
        raise LedgerError(
            f"letter {unit_id}, kind: got {quoted(kind)}, {why}; use one of "
            + ", ".join(sorted(RECORDABLE))
        )
    return fields_of(where, kind, RECORDABLE[kind], given)


def fields_of(
    where: str, kind: str, fields: EventFields, given: Mapping[str, Any]
) -> dict[str, Json]:
    """What an event of these fields holds, before a text is taken out of it.

    Args:
        where: what the event is about, for messages.
        kind: the event's kind.
        fields: those that it needs, and may have.
        given: the fields by name; one that is None was not given.

    Raises:
        LedgerError: every field that is missing, wrong or too much.
    """
    given = {name: value for name, value in given.items() if value is not None}
    known = (*fields.needs, *fields.may)
    faults = [
        f"{where}, {name}: {_got(name, value)}; remove it, since {kind} takes none"
        for name, value in given.items()
        if name not in known
    ]
    found: dict[str, Json] = {}
    for name in known:
        if name not in given:
            if name in fields.needs:
                faults.append(f"{where}, {name}: missing; give {FIELDS[name].allowed}")
            continue
        try:
            found[name] = FIELDS[name].read(given[name])
        except ValueError:
            faults.append(
                f"{where}, {name}: {_got(name, given[name])}; give {FIELDS[name].allowed}"
            )
    faults += [f"{where}, {fault}" for fault in faults_of_amount(given)]
    if found.get("verdict") == "sound" and "severity" in found:
        faults.append(
            f"{where}, severity: got {quoted(found['severity'])} of a sound letter; remove it, or "
            "give the verdict defective"
        )
    raise_faults(LedgerError, faults)
    return found


def _got(name: str, value: object) -> str:
    """What was got for a field, for a message; a text is private."""
    return got(value, Private.CONTENTS if name == "text" else None)


def code(value: str) -> str:
    """A reason code, as it is.

    Raises:
        LedgerError: a value that is not a code.
    """
    field = FIELDS["reason_code"]
    try:
        return str(field.read(value))
    except ValueError:
        raise LedgerError(f"reason_code: got {quoted(value)}; give {field.allowed}") from None
