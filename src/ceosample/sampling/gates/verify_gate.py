"""After the reveal: every answer of a gate's period, the noes included, is worked out again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ceosample.canonical import canonical_file, digest, is_digest
from ceosample.errors import GateError, raise_faults
from ceosample.got import got, kind_of
from ceosample.sampling.frames.cells import name_of_unit
from ceosample.sampling.frames.strata import Stratum
from ceosample.sampling.gates.gate import Gate
from ceosample.sampling.gates.gate_report import GateReport
from ceosample.sampling.gates.register_lines import GateAnswer, earlier_answers, gate_fields
from ceosample.text import printable, quoted


def verify_gate(
    register: Iterable[bytes],
    seed: str,
    *,
    sent: Iterable[str | int] | None = None,
    heads: Iterable[str] = (),
    last: str | None = None,
    earlier: Iterable[Iterable[bytes]] = (),
) -> GateReport:
    """Work out every answer of a period again, from the register and the seed that was revealed.

    A register that was written again from its first line, or that lost its last ones, contradicts
    nothing in itself; what was put on paper while the period lasted tells.

    Args:
        register: the register's lines, with their ends: its file, read as bytes.
        seed: the seed, as it was revealed.
        sent: the ids of all letters that went out in the period, by the system that sends them;
            None if that is not known.
        heads: the gate's commitment and heads of the register, from dated paper.
        last: the head on paper as the seed was revealed; None if there is none. Whoever asked
            after it may have known the answer.
        earlier: the registers of earlier periods, as lines. A letter may go out in the month after
            it was asked about, and is asked about in one month only.

    Returns:
        A report; a register that is wrong is a finding and not an exception.

    Raises:
        GateError: the first line is no gate's, the seed is not the one that it commits to, or what
            is to be compared with it is not what it should be.

    >>> import datetime as dt, tempfile, ceosample as cs
    >>> from pathlib import Path
    >>> gate = cs.gate.Gate("complaint-responses", "2026-10", "1/2", "5e" * 32)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     register = cs.gate.Register(Path(folder, "gate.jsonl"), gate)
    ...     answer = register.ask("CR-1042", at=dt.datetime(2026, 10, 5, 9, 30, tzinfo=dt.UTC))
    ...     with Path(folder, "gate.jsonl").open("rb") as lines:
    ...         report = cs.gate.verify(lines, "5e" * 32, sent=["CR-1042"])
    >>> report.ok, report.asked, report.selected
    (True, {(): 1}, {(): 0})
    """
    paper = _heads(
        [*([heads] if isinstance(heads, str) else heads), *([] if last is None else [last])]
    )
    out = None if sent is None else _sent(sent)
    lines = _lines(register, "register")
    first = next(lines, b"")
    gate = _gate(first, seed)
    before: dict[str, str] = {}
    for number, other in enumerate(earlier, 1):
        where = f"earlier register {number}"
        for answer in earlier_answers(_lines(other, where), gate, where):
            before.setdefault(answer.unit_id, where)
    found = _Found(gate, digest(first), paper, last, before)
    for number, line in enumerate(lines, 2):
        found.take(number, line)
    found.look_for_heads()
    return found.report(out)


def _lines(register: Iterable[bytes], where: str) -> Iterator[bytes]:
    """The lines of a register that is one; what is easily taken for one is not."""
    how = "give the lines of its file, opened in the mode 'rb'"
    if isinstance(register, str | bytes) or not isinstance(register, Iterable):
        raise GateError(f"{where}: got {kind_of(register)}; {how}")
    for number, line in enumerate(register, 1):
        if not isinstance(line, bytes):
            raise GateError(f"{where}, line {number}: got {kind_of(line)}; {how}")
        yield line


def _heads(heads: list[str]) -> dict[str, None]:
    raise_faults(
        GateError,
        (
            f"heads: {got(head, most=64)}; give all 64 lower-case hex digits, as printed"
            for head in heads
            if not is_digest(head)
        ),
    )
    return dict.fromkeys(heads)


def _sent(sent: Iterable[str | int]) -> dict[str, None]:
    """The ids that went out. Text stands as it is: whatever it looks like, it went out."""
    if isinstance(sent, str) or not isinstance(sent, Iterable):
        raise GateError(f"sent: {got(sent)}; give a list of ids")
    found: dict[str, None] = {}
    faults = []
    for number, unit_id in enumerate(sent, 1):
        try:
            found[unit_id if isinstance(unit_id, str) else name_of_unit(unit_id)] = None
        except ValueError as error:
            faults.append(f"sent, entry {number}: {error}")
    raise_faults(GateError, faults)
    return found


def _gate(line: bytes, seed: str) -> Gate:
    """The gate that the first line commits to, opened with the seed."""
    fields: Any = gate_fields(line, "register")
    if not line.endswith(b"\n"):
        raise GateError("register, line 1: got no line feed; give the lines with their ends")
    try:
        chances = {tuple(entry["stratum"]): entry["probability"] for entry in fields["chances"]}
        gate = Gate(fields["population"], fields["period"], chances, seed)
    except GateError:
        raise
    except (ValueError, KeyError, TypeError):
        raise GateError("register, line 1: not as a register begins; restore it") from None
    if gate.seed_commitment != fields.get("seed_commitment"):
        raise GateError(
            f"seed: got one whose SHA-256 is {gate.seed_commitment}, and the register commits to "
            f"{quoted(fields.get('seed_commitment'), 64)}; give the seed of this period"
        )
    if canonical_file(gate.to_dict()) != line:
        raise GateError("register, line 1: changed since it was written")
    return gate


class _Found:
    """What was found so far, line by line."""

    def __init__(
        self,
        gate: Gate,
        head: str,
        missing: dict[str, None],
        last: str | None,
        before: dict[str, str],
    ) -> None:
        self.gate = gate
        self.missing = missing
        self.last = last
        self.late: list[str] | None = None
        self.before = before
        self._pass(head)
        self.expected = 1
        self.differences: list[str] = []
        self.first_line: dict[str, int] = {}
        self.asked = dict.fromkeys(gate.chances, 0)
        self.selected = dict.fromkeys(gate.chances, 0)
        self.letters: dict[str, Stratum] = {}

    def take(self, number: int, line: bytes) -> None:
        try:
            answer = GateAnswer.parse(line)
        except ValueError:
            what = "not a question" if line.endswith(b"\n") else "cut off before its end"
            self.differences.append(f"line {number}: {what}")
            self._pass(digest(line))
            return
        self.differences += [f"line {number}: {fault}" for fault in self._faults(answer)]
        if answer.line() != line:
            self.differences.append(f"line {number}: not as a register writes it")
        self.first_line.setdefault(answer.unit_id, number)
        if self.late is not None:
            self.late.append(answer.unit_id)
        if answer.stratum in self.asked:
            self.asked[answer.stratum] += 1
            self.selected[answer.stratum] += answer.selected
            if answer.selected:
                self.letters.setdefault(answer.unit_id, answer.stratum)
        self.expected = answer.sequence + 1
        self._pass(digest(line))

    def _pass(self, head: str) -> None:
        self.head = head
        self.missing.pop(head, None)
        if head == self.last and self.late is None:
            self.late = []

    def look_for_heads(self) -> None:
        """What was on paper and stands nowhere in the register."""
        self.differences += [
            f"head {quoted(head, 64)}: is that of no line; lines were taken out, or all "
            "were written again"
            for head in self.missing
        ]

    def _faults(self, answer: GateAnswer) -> Iterator[str]:
        if answer.sequence != self.expected:
            yield f"question {answer.sequence} follows question {self.expected - 1}"
        if answer.previous != self.head:
            yield "the line before it is not the one that it was written after"
        faults = [*self._asked_before(answer), *self._not_the_rules(answer)]
        if faults:
            yield from (f"response {printable(answer.unit_id)} {fault}" for fault in faults)

    def _asked_before(self, answer: GateAnswer) -> Iterator[str]:
        if answer.unit_id in self.first_line:
            yield f"was asked about before, in line {self.first_line[answer.unit_id]}"
        if answer.unit_id in self.before:
            yield f"was asked about before, in {self.before[answer.unit_id]}"

    def _not_the_rules(self, answer: GateAnswer) -> Iterator[str]:
        if not answer.is_of(self.gate.period):
            yield f"was asked about at {printable(answer.at)}, not in {self.gate.period}"
        try:
            right = self.gate.selects(answer.unit_id, answer.stratum)
        except GateError as error:
            yield error.faults[0]
            return
        if answer.selected != right:
            said, is_right = ("yes", "no") if answer.selected else ("no", "yes")
            yield f"was answered {said}; its ticket says {is_right}"

    def report(self, sent: dict[str, None] | None) -> GateReport:
        asked = self.first_line
        return GateReport(
            differences=tuple(self.differences),
            never_sent=None if sent is None else tuple(u for u in asked if u not in sent),
            never_asked=None
            if sent is None
            else tuple(u for u in sent if u not in asked and u not in self.before),
            asked_late=None if self.last is None else tuple(self.late or ()),
            asked=self.asked,
            selected=self.selected,
            chances=dict(self.gate.chances),
            letters=self.letters,
            head=self.head,
        )
