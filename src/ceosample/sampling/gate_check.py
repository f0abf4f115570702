"""After the reveal: every answer of a gate's period, the noes included, is worked out again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

import attrs

from ceosample.canonical import Json, canonical_file, digest, parse_json
from ceosample.errors import GateError, listed
from ceosample.result import Result
from ceosample.sampling.gate import PURPOSE, Gate
from ceosample.sampling.gate_lines import GateAnswer
from ceosample.sampling.strata import Stratum
from ceosample.show import html_table, of, percent, stratum_words, text_table
from ceosample.text import shown

_HEADER = ["stratum", "asked", "selected", "share", "chance"]
_ALIGN = "lrrrr"


@attrs.frozen
class GateReport(Result):
    """What the register of a period, its seed and the letters that went out say of one another.

    Attributes:
        differences: what contradicts the gate's rule or the register itself, in its order: another
            answer than the ticket gives, a gap, a line that was changed, an id asked about twice.
        never_sent: ids that were asked about and did not go out; None where that was not given.
        never_asked: ids that went out and were not asked about; None where that was not given.
        asked, selected: by stratum, how many questions and how many of them were answered yes.
        chances: by stratum, the probability that was committed to.
        head: the SHA-256 of the register's last line.
    """

    differences: tuple[str, ...]
    never_sent: tuple[str, ...] | None
    never_asked: tuple[str, ...] | None
    asked: dict[Stratum, int]
    selected: dict[Stratum, int]
    chances: dict[Stratum, Fraction]
    head: str

    @property
    def ok(self) -> bool:
        """Whether every answer is right, no question is missing, and nothing went around the gate.

        A letter that was asked about and not sent is no fault: it may still be in work.
        """
        return not self.differences and not self.never_asked

    @property
    def first_difference(self) -> str | None:
        """What is wrong first, in words; None if nothing is."""
        if self.differences:
            return self.differences[0]
        if self.never_asked:
            return f"went out without being asked about: {listed(list(self.never_asked))}"
        return None

    def to_dict(self) -> dict[str, Json]:
        """For JSON."""
        return {
            "ok": self.ok,
            "first_difference": self.first_difference,
            "differences": list(self.differences),
            "never_sent": None if self.never_sent is None else list(self.never_sent),
            "never_asked": None if self.never_asked is None else list(self.never_asked),
            "strata": [
                {
                    "stratum": list(stratum),
                    "asked": self.asked[stratum],
                    "selected": self.selected[stratum],
                    "probability": f"{chance.numerator}/{chance.denominator}",
                }
                for stratum, chance in sorted(self.chances.items())
            ],
            "head": self.head,
        }

    def _caption(self) -> str:
        verdict = "ok" if self.ok else "NOT ok"
        total = of(sum(self.selected.values()), sum(self.asked.values()), "responses selected")
        return f"{verdict}: {total}, register {self.head[:8]}"

    def _rows(self) -> list[list[str]]:
        return [
            [
                stratum_words(stratum),
                str(self.asked[stratum]),
                str(self.selected[stratum]),
                percent(Fraction(self.selected[stratum], self.asked[stratum]))
                if self.asked[stratum]
                else "",
                str(chance),
            ]
            for stratum, chance in sorted(self.chances.items())
        ]

    def _notes(self) -> list[str]:
        notes = [f"difference: {difference}" for difference in self.differences]
        for found, words in (
            (self.never_asked, "went out without being asked about"),
            (self.never_sent, "asked about and not sent"),
        ):
            if found is None:
                notes.append(f"{words}: not checked, since the letters sent were not given")
            else:
                notes.append(
                    f"{words}: {len(found)}" + (f" ({listed(list(found))})" if found else "")
                )
        return notes

    def __str__(self) -> str:
        table = text_table(_HEADER, self._rows(), _ALIGN)
        return "\n".join([self._caption(), table, *self._notes()])

    def _repr_html_(self) -> str:
        return html_table(self._caption(), _HEADER, self._rows(), _ALIGN, self._notes())


def verify_gate(
    register: Iterable[bytes],
    seed: str,
    *,
    sent: Iterable[str] | None = None,
    heads: Iterable[str] = (),
) -> GateReport:
    """Work out every answer of a period again, from the register and the seed that was revealed.

    A register that was written anew from its first line, or that lost its last ones, contradicts
    nothing in itself; what was put on paper while the period lasted tells.

    Args:
        register: the register's lines, with their ends: its file, read as bytes.
        seed: the seed, as it was revealed.
        sent: the ids of all letters that went out in the period, by the system that sends them;
            None if that is not known.
        heads: the gate's commitment and heads of the register, from dated paper.

    Returns:
        A report; a register that is wrong is a finding and not an exception.

    Raises:
        GateError: the first line is no gate's, or the seed is not the one that it commits to.
    """
    lines = iter(register)
    first = next(lines, b"")
    gate = _gate(first, seed)
    found = _Found(gate, digest(first), dict.fromkeys(heads))
    for number, line in enumerate(lines, 2):
        found.take(number, line)
    found.look_for_heads()
    return found.report(None if sent is None else dict.fromkeys(map(str, sent)))


def _gate(line: bytes, seed: str) -> Gate:
    """The gate that the first line commits to, opened with the seed."""
    try:
        fields: Any = parse_json(line)
        chances = {tuple(entry["stratum"]): entry["probability"] for entry in fields["chances"]}
        gate = Gate(fields["population"], fields["period"], chances, seed)
    except GateError:
        raise
    except (ValueError, KeyError, TypeError):
        raise GateError(f"register, line 1: not the first line of a {PURPOSE}'s register") from None
    if gate.seed_commitment != fields.get("seed_commitment"):
        raise GateError(
            f"seed: its SHA-256 is {gate.seed_commitment}, and the register commits to "
            f"{shown(fields.get('seed_commitment'), 64)}; give the seed of this period"
        )
    if canonical_file(gate.to_dict()) != line:
        raise GateError("register, line 1: changed since it was written")
    return gate


class _Found:
    """What was found so far, line by line."""

    def __init__(self, gate: Gate, head: str, missing: dict[str, None]) -> None:
        self.gate = gate
        self.missing = missing
        self._pass(head)
        self.expected = 1
        self.differences: list[str] = []
        self.first_line: dict[str, int] = {}
        self.asked = dict.fromkeys(gate.chances, 0)
        self.selected = dict.fromkeys(gate.chances, 0)

    def take(self, number: int, line: bytes) -> None:
        try:
            answer = GateAnswer.parse(line)
        except ValueError:
            self.differences.append(f"line {number}: not a question")
            self._pass(digest(line))
            return
        self.differences += [f"line {number}: {fault}" for fault in self._faults(answer)]
        if answer.line() != line:
            self.differences.append(f"line {number}: not as a register writes it")
        self.first_line.setdefault(answer.unit_id, number)
        if answer.stratum in self.asked:
            self.asked[answer.stratum] += 1
            self.selected[answer.stratum] += answer.selected
        self.expected = answer.sequence + 1
        self._pass(digest(line))

    def _pass(self, head: str) -> None:
        self.head = head
        self.missing.pop(head, None)

    def look_for_heads(self) -> None:
        """What was on paper and stands nowhere in the register."""
        self.differences += [
            f"head {shown(head, 64)}: is that of no line; lines were taken out, or all written anew"
            for head in self.missing
        ]

    def _faults(self, answer: GateAnswer) -> Iterator[str]:
        if answer.sequence != self.expected:
            yield f"question {answer.sequence} follows question {self.expected - 1}"
        if answer.previous != self.head:
            yield "the line before it is not the one that it was written after"
        if answer.unit_id in self.first_line:
            first = self.first_line[answer.unit_id]
            yield f"response {answer.unit_id} was asked about before, in line {first}"
        try:
            right = self.gate.selects(answer.unit_id, answer.stratum)
        except GateError as error:
            yield error.faults[0]
            return
        if answer.selected != right:
            said, is_right = ("yes", "no") if answer.selected else ("no", "yes")
            yield f"response {answer.unit_id} was answered {said}; its ticket says {is_right}"

    def report(self, sent: dict[str, None] | None) -> GateReport:
        asked = self.first_line
        return GateReport(
            differences=tuple(self.differences),
            never_sent=None if sent is None else tuple(u for u in asked if u not in sent),
            never_asked=None if sent is None else tuple(u for u in sent if u not in asked),
            asked=self.asked,
            selected=self.selected,
            chances=dict(self.gate.chances),
            head=self.head,
        )
