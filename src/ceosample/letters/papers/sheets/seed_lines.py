"""What the cover sheet says of a seed: who could foresee it, its text, and where it came from."""

from __future__ import annotations

from ceosample.sampling.seeds.beacon import TIMETABLES
from ceosample.sampling.seeds.seed import Seed
from ceosample.sampling.seeds.seed_source import Dice, Link, Round

#: The hexadecimal digits that a line holds.
_LINE = 64


def who_could_know(seed: Seed) -> list[list[str]]:
    """The row that warns of a seed that somebody could foresee; none where nobody could."""
    if seed.label is None:
        return []
    return [["Who could know", f"{seed.label}: the keeper of the chain could foresee it", "text"]]


def seed_facts(seed: Seed) -> list[list[str]]:
    """Rows of label, text and kind: the seed, then each part of its source."""
    seen = f"dice; witnesses: {', '.join(seed.witnesses)}"
    if not seed.contributions and seed.witnesses:
        return [["Seed", f"{seed.value} ({seen})", "text"]]
    facts = _digits("Seed", seed.value)
    for part, text in seed.parts:
        if isinstance(part, Dice):
            facts.append(["Seed from", f"{text} ({seen})", "text"])
        elif isinstance(part, Link):
            facts.append(["Seed from", f"link {part.number} of a published chain", "text"])
            facts += _digits("Chain's end", part.end)
        else:
            facts.append(["Seed from", f"round {part.number} of {_name(part)}", "text"])
            facts += _digits("Round's value", text) if seed.contributions else []
    return facts


def _digits(label: str, text: str) -> list[list[str]]:
    """As many rows as a long text needs: a pulse of NIST has 128 digits."""
    lines = [text[place : place + _LINE] for place in range(0, len(text), _LINE)]
    return [["" if number else label, line, "digest"] for number, line in enumerate(lines)]


def _name(named: Round) -> str:
    table = TIMETABLES.get(named.beacon)
    return table.name if table is not None else named.beacon
