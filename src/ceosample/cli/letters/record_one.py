"""One event is recorded about a letter or a case, from the options that say what happened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from ceosample import files
from ceosample.canonical import digest
from ceosample.cli.options import configured_for, now
from ceosample.errors import LedgerError
from ceosample.letters.letter import CODE_DIGITS
from ceosample.period import Period
from ceosample.signoff.intake.decisions import listed
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.recording.event_fields import RECORDABLE
from ceosample.signoff.store.events import Event
from ceosample.text import quoted


@attrs.frozen
class Details:
    """What the options say: who, when, the codes of what was found, and the other details."""

    by: str
    at: dt.datetime | None
    codes: tuple[str, ...]
    fields: Mapping[str, str | None]


def record_of_a_case(
    ledger: Ledger, config: Path, kind: str, case_id: str, population: str | None, said: Details
) -> Event:
    """Record what happened to a case."""
    case = ledger.case(case_id, population=population)
    moment = configured_for(config, case.population).local(said.at or now())
    what: Any = {**said.fields, "codes": said.codes or None, "population": case.population}
    return ledger.record_case(kind, case_id, by=said.by, at=moment, **what)


def record_of_a_letter(
    ledger: Ledger,
    config: Path,
    kind: str,
    unit_id: str,
    population: str | None,
    period: Period | None,
    code: str | None,
    said: Details,
) -> Event:
    """Record what happened to a letter, whose newest version is meant where none is named."""
    history = ledger.history(unit_id, population=population, period=period)
    configuration = configured_for(config, history.subject.population)
    fields, newest = dict(said.fields), history.letter
    if code is not None and code != (fields["letter"] or newest or "")[:CODE_DIGITS]:
        raise LedgerError(
            f"letter {unit_id}, code: got {quoted(code)}, which is not on its newest version; "
            "check the id, and that this version was read"
        )
    if "letter" in RECORDABLE[kind].needs:
        fields["letter"] = fields["letter"] or newest
    fields["evidence"] = _digest_of(fields["evidence"])
    what: Any = {**listed(kind, fields, configuration.own_codes), "codes": said.codes or None}
    if kind == "dispatched":
        from ceosample.job import outlets  # loads the templates, which other kinds do without

        what |= outlets.posted_file(configuration, history, what)
    moment = configuration.local(said.at or now())
    return ledger.record(
        kind, unit_id, by=said.by, at=moment, population=population, period=period, **what
    )


def _digest_of(evidence: str | None) -> str | None:
    """The SHA-256 that was given, or that of the file after an @."""
    if evidence is None or not evidence.startswith("@"):
        return evidence
    return digest(files.read(Path(evidence[1:])))
