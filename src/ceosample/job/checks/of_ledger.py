"""The ledger's part: what opens, which months are due, who may sign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy.engine import make_url

from ceosample.configuration import Configuration
from ceosample.configuration.recorder_key import key_words
from ceosample.errors import (
    ConfigurationError,
    ConflictError,
    LedgerError,
    MissingPartError,
)
from ceosample.job.checks.context import CheckContext, Doubted, NotChecked
from ceosample.job.checks.of_folders import require_writable
from ceosample.job.due import agenda, month_states
from ceosample.job.losses.named_ledger import open_to_read
from ceosample.job.month import Month
from ceosample.job.other_months import others
from ceosample.job.roll_forward import require_one_frame
from ceosample.letters.contents.names_of_people import looks_like_a_name
from ceosample.period import Period
from ceosample.signoff.replay.keys import Keys
from ceosample.signoff.rules.duties import require_role
from ceosample.signoff.store.events import Event


def check_ledger(seen: CheckContext) -> Sequence[str]:
    """The ledger, which months it says are due, and that no response had a frame before."""
    configuration = seen.month.configuration
    months = months_of(configuration)
    if months is None:
        parsed = make_url(configuration.ledger_url)
        if parsed.get_backend_name() == "sqlite":
            require_writable(Path(parsed.database or "").parent, "ledger.url")
        return [
            "does not exist yet; the first run creates it",
            *key_words(configuration, Keys()),
            *_what_is_due(seen.month, {}),
        ]
    period = seen.month.period
    if seen.frame is not None and "frozen" not in months.get(period, {}):
        require_one_frame(seen.frame, others(configuration, months, period))
    return [
        f"opens; months frozen in it: {len(months)}",
        *(
            ["ledger.id does not name it yet; the next run writes it"]
            if configuration.ledger_id is None
            else []
        ),
        *key_words(configuration, _keys(seen)),
        *_what_is_due(seen.month, months),
    ]


def _keys(seen: CheckContext) -> Keys:
    """The keys of the recorders of a ledger that is there."""
    ledger = seen.ledger()
    if ledger is None:
        return Keys()
    with ledger:
        return ledger.keys()


def months_of(configuration: Configuration) -> dict[Period, dict[str, Event]] | None:
    """The state of each month in the ledger; None where a run would create one."""
    ledger = open_to_read(configuration)
    if ledger is None:
        return None
    with ledger:
        return month_states(configuration, ledger.month_events(configuration.population))


def _what_is_due(month: Month, months: Mapping[Period, Mapping[str, Event]]) -> list[str]:
    """The months that a run takes on by itself, and whether this month is over."""
    said = [_due_now(month, months)]
    if not month.is_over and "frozen" not in months.get(month.period, {}):
        # No fault: a configuration may well be checked before its first month is over.
        said.append(f"{month.period} is not over: until {month.end} a run needs --unfinished")
    return said


def _due_now(month: Month, months: Mapping[Period, Mapping[str, Event]]) -> str:
    try:
        coming = agenda(month.configuration, months, month.at)
    except ConfigurationError:
        return "a run needs --period, for population.first is missing and no month is frozen"
    if coming.due:
        return f"a run without --period takes on: {', '.join(map(str, coming.due))}"
    return f"nothing is due before {coming.closes.isoformat()}"


def check_signatory(seen: CheckContext) -> Sequence[str]:
    """Raise unless the signatory holds that role, once it was granted to anyone."""
    configuration = seen.month.configuration
    signatory = configuration.signatory
    try:
        ledger = seen.ledger()
    except (ConflictError, LedgerError, MissingPartError) as error:
        raise NotChecked("the roles cannot be read, for the ledger has a problem") from error
    if ledger is not None:
        with ledger:
            people = ledger.people(configuration.population)
        require_role(people, "signed", signatory.id, seen.month.at, configuration.zone)
    said = f"{signatory.name}, {signatory.title} ({signatory.id})"
    if looks_like_a_name(signatory.id):
        raise Doubted(
            said,
            "signatory.id: looks like a person's name; give an id, such as ceo, for the ledger "
            "keeps it",
        )
    return [said]
