"""What was said of letters beside their states: findings, recognitions, the board's answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import attrs

from ceosample.canonical import Json
from ceosample.result import Result
from ceosample.sampling.frames.strata import Stratum
from ceosample.show import stratum_words
from ceosample.signoff.figures.letter_facts import LetterFacts
from ceosample.signoff.figures.ratio import Ratio
from ceosample.signoff.store.events import Event


@attrs.frozen
class Findings(Result):
    """What the executive found in a number of letters.

    Attributes:
        found: letters with a finding / letters ever selected.
        defective: letters with a finding that says so / letters with a finding. One that was
            found defective stays so, whatever was found of a later version.
        codes: for each code the letters whose findings name it, the commonest first.
    """

    found: Ratio
    defective: Ratio
    codes: Mapping[str, int]


@attrs.frozen
class StratumFindings(Result):
    """A stratum's findings; where it was read in full, those are a row of their own."""

    stratum: Stratum
    take_all: bool
    findings: Findings

    @property
    def name(self) -> str:
        """What tables call it."""
        return stratum_words(self.stratum) + (" (in full)" if self.take_all else "")

    def to_dict(self) -> dict[str, Json]:
        """For JSON."""
        return {
            "stratum": list(self.stratum),
            "take_all": self.take_all,
            **self.findings.to_dict(),
        }


@attrs.frozen
class Recognitions(Result):
    """Good work that was named.

    Attributes:
        letters: letters with a recognition / letters ever selected.
        colleagues: how many different colleagues.
        reasons: recognitions by reason, the commonest first.
    """

    letters: Ratio
    colleagues: int
    reasons: Mapping[str, int]


@attrs.frozen
class Escalations(Result):
    """Letters that the executive put before the board.

    Attributes:
        letters: letters ever escalated / letters ever selected.
        answered: escalated letters with an answer of the board / escalated letters.
        outcomes: the answers by outcome, of each letter the newest; the commonest first.
    """

    letters: Ratio
    answered: Ratio
    outcomes: Mapping[str, int]

    @property
    def unanswered(self) -> int:
        """Escalated letters that the board has not answered."""
        return self.answered.of - self.answered.count


@attrs.frozen
class Beside:
    """The events of one kind that are about letters of one population, by letter."""

    said: Mapping[tuple[str, str], Sequence[Event]]

    @classmethod
    def of(cls, kind: str, events: Iterable[Event], letters: Iterable[LetterFacts]) -> Beside:
        """Those that are about these letters."""
        said: dict[tuple[str, str], list[Event]] = {(f.period, f.unit_id): [] for f in letters}
        for event in events:
            place = (event.period or "", event.unit_id or "")
            if event.kind == kind and place in said:
                said[place].append(event)
        return cls(said)

    def about(self, letter: LetterFacts) -> Sequence[Event]:
        """What was said of one letter, in order."""
        return self.said[letter.period, letter.unit_id]


def findings(letters: Iterable[LetterFacts], said: Beside) -> Findings:
    """What was found in these letters."""
    asked = list(letters)
    found = [of_one for letter in asked if (of_one := said.about(letter))]
    defective = sum(any(e.payload["verdict"] == "defective" for e in one) for one in found)
    codes = Counter(
        code for one in found for code in {c for e in one for c in e.payload.get("codes") or ()}
    )
    return Findings(
        found=Ratio(len(found), len(asked), "letters with a finding"),
        defective=Ratio(defective, len(found), "letters with a finding found defective"),
        codes=commonest_first(codes),
    )


def findings_by_stratum(
    letters: Iterable[LetterFacts], said: Beside
) -> tuple[StratumFindings, ...]:
    """The same for each stratum that a letter was selected from."""
    strata: dict[tuple[Stratum, bool], list[LetterFacts]] = {}
    for letter in letters:
        strata.setdefault((letter.stratum, letter.take_all), []).append(letter)
    return tuple(StratumFindings(*key, findings(strata[key], said)) for key in sorted(strata))


def disagreements(letters: Iterable[LetterFacts], said: Beside) -> Ratio:
    """Letters whose readers' newest verdicts differ, of those that several persons read."""
    verdicts = [
        {event.actor: event.payload["verdict"] for event in said.about(letter)}
        for letter in letters
    ]
    several = [by_reader for by_reader in verdicts if len(by_reader) > 1]
    differ = sum(len(set(by_reader.values())) > 1 for by_reader in several)
    return Ratio(differ, len(several), "letters with several readers' verdicts that disagree")


def recognitions(letters: Sequence[LetterFacts], said: Beside) -> Recognitions:
    """What was recognised in these letters."""
    all_said = [event for letter in letters for event in said.about(letter)]
    recognised = sum(bool(said.about(letter)) for letter in letters)
    return Recognitions(
        letters=Ratio(recognised, len(letters), "letters with a recognition"),
        colleagues=len({event.payload["colleague"] for event in all_said}),
        reasons=commonest_first(Counter(event.payload["reason_code"] for event in all_said)),
    )


def escalations(letters: Sequence[LetterFacts], answers: Beside) -> Escalations:
    """Which of these letters came before the board, and what it answered."""
    escalated = [letter for letter in letters if "escalated_to_board" in letter.happened]
    newest = [said[-1] for letter in escalated if (said := answers.about(letter))]
    return Escalations(
        letters=Ratio(len(escalated), len(letters), "letters escalated to the board"),
        answered=Ratio(len(newest), len(escalated), "escalated letters answered by the board"),
        outcomes=commonest_first(Counter(event.payload["outcome"] for event in newest)),
    )


def commonest_first(counts: Mapping[str, int]) -> dict[str, int]:
    """Counts by name, the largest first, equal ones by name."""
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
