"""All that was said of a case of the casebook, with who and when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs

from ceosample.canonical import Json
from ceosample.result import Result
from ceosample.show import text_fields
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.replay.cases import PREFIX, CaseHistory
from ceosample.signoff.replay.zones import Zones
from ceosample.signoff.words.letter_words import Said, said_lines, said_of_event, says_something


@attrs.frozen
class CaseWords(Result):
    """All that was said of one case; ``str(words)`` is for reading.

    Attributes:
        unit_id, population: which case.
        state: the state that it is in; ``referred`` at first.
        owner: who owns it; None where nobody does.
        said: what was said, oldest first. What was corrected counts as never said.
    """

    unit_id: str
    population: str
    state: str
    owner: str | None
    said: tuple[Said, ...]

    def to_dict(self) -> dict[str, Json]:
        """For JSON."""
        return {**super().to_dict(), "said": [one.to_dict() for one in self.said]}

    def __str__(self) -> str:
        facts = [("state", self.state.replace("_", " ")), ("owner", self.owner or "not recorded")]
        title = f"Case {self.unit_id} of {self.population}"
        told = said_lines(self.said) if self.said else ["Nothing was said of it."]
        return "\n".join([text_fields(title, facts), "", *told])


def case_words(ledger: Ledger, case: str, *, population: str | None = None) -> CaseWords:
    """All that was said of a case.

    Args:
        ledger: the ledger.
        case: its id, ``case-1``.
        population: where to look; None for everywhere.

    Raises:
        LedgerError: there is no such case, or its opening was corrected.
    """
    found = ledger.case(case, population=population)
    zones = Zones.of(ledger.month_events(found.population))
    texts = ledger.texts(found.id, population=found.population, period=None)
    return CaseWords(
        unit_id=found.id,
        population=found.population,
        state=found.state,
        owner=found.owner,
        said=tuple(said_of_case(found, texts, zones)),
    )


def said_of_case(case: CaseHistory, texts: Mapping[str, str], zones: Zones) -> Iterator[Said]:
    """What was said of a case, oldest first; a case has no versions.

    Args:
        case: its history.
        texts: the texts that are kept of it, by digest; one that is missing was erased.
        zones: by which its dates count.
    """
    opened = [case.referred] if "text" in case.referred.payload else []
    steps = [step for step in case.steps if says_something(step, PREFIX)]
    for event in sorted([*opened, *steps, *case.annotations], key=lambda said: said.sequence):
        yield said_of_event(event, event.kind.removeprefix(PREFIX), 0, texts, zones)
