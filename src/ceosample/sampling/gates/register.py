"""The register of a gate's questions: each is written down before anybody learns its answer.

Without it a gate could be asked about one draft after another until it says no. It is a file of
lines that only grows: the first names the gate's commitment, each other one is a question with its
answer and the hash of the line before it. An id has one answer for ever.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import attrs

from ceosample import files
from ceosample.canonical import canonical_file, digest, is_digest, parse_json
from ceosample.errors import CeosampleError, ConflictError, GateError
from ceosample.got import got, got_name
from ceosample.sampling.frames.strata import Stratum
from ceosample.sampling.gates.gate import AnyStratum, Gate
from ceosample.sampling.gates.register_lines import GateAnswer, earlier_answers, gate_fields
from ceosample.show import html_facts, ratio_text, stratum_words
from ceosample.text import quoted
from ceosample.unseen import fault_in_new_name


@attrs.frozen
class _Place:
    """How far a register was read: bytes and questions until there, and the newest line."""

    end: int = 0
    questions: int = 0
    newest: bytes = b""

    def after(self, line: bytes) -> _Place:
        """The place behind the next line; all lines but the first are questions."""
        return _Place(self.end + len(line), self.questions + bool(self.newest), line)


class GateRegister:
    """A register in a file. Any number of threads and processes may ask it at once.

    Args:
        path: of the file, which is begun if it is not there.
        gate: whose questions it holds.
        earlier: the registers of earlier periods, which are read once. A response that was asked
            about in one of them has the answer that it had there.

    Raises:
        ConflictError: it is another gate's: other chances, another seed, another period.
        GateError: it was changed since it was written, or it is no register.
        RecordError: an earlier register is not there.
        BusyError: another process has had it for half a minute.

    >>> import tempfile
    >>> gate = Gate("complaint-responses", "2026-10", "1/2", "5e" * 32)
    >>> register = GateRegister(Path(tempfile.mkdtemp()) / "gate.jsonl", gate)
    >>> at = dt.datetime(2026, 10, 5, 9, 30, tzinfo=dt.UTC)
    >>> answer = register.ask("CR-1042", at=at)
    >>> answer.sequence, answer.selected, register.ask("CR-1042", at=at) == answer
    (1, False, True)
    """

    def __init__(self, path: str | Path, gate: Gate, *, earlier: Iterable[str | Path] = ()) -> None:
        self._path = Path(path)
        self._gate = gate
        self._own = canonical_file(gate.to_dict())
        self._answers: dict[str, GateAnswer] = {}
        self._place = _Place()
        self._earlier: dict[str, GateAnswer] = {}
        for file in map(Path, earlier):
            for answer in earlier_answers(files.lines(file), gate, str(file)):
                self._earlier.setdefault(answer.unit_id, answer)
        self._read_ahead()
        with files.appending(self._path) as register:
            self._catch_up(register)

    @property
    def head(self) -> str:
        """The SHA-256 of the newest line that this object has read: for dated paper."""
        return digest(self._place.newest)

    def ask(
        self,
        unit_id: str | int,
        stratum: AnyStratum = (),
        *,
        at: dt.datetime,
        content: str | None = None,
    ) -> GateAnswer:
        """Whether a response goes to the executive; the question is on the disk before the answer.

        Asked again, a response has the answer that it had, whatever its text has become.

        Args:
            unit_id: the response.
            stratum: its stratum's values, or the one value.
            at: when; aware. A new question's is in the gate's period, to a day.
            content: the salted digest of its text (``content_digest``), or None.

        Raises:
            GateError: no id, no such stratum, no digest, a time without a zone or outside of the
                period, or a register that was changed since it was written.
            ConflictError: it was asked about as of another stratum.
            BusyError: another process has had the register for half a minute; ask again.
        """
        name, values = self._gate.named(unit_id, stratum)
        if content is not None and not is_digest(content):
            raise GateError(f"response {name}, content: {got(content)}; give its digest")
        if not isinstance(at, dt.datetime) or at.utcoffset() is None:
            raise GateError(f"response {name}, at: {got(at)}; give a time with its zone")
        answer = self._earlier.get(name) or self._answers.get(name)
        if answer is None:
            # Only a new question is refused: an answer that was given stays.
            if said := got_name(name, rule=fault_in_new_name):
                raise GateError(f"unit_id: {said}")
            answer = self._answer_now(name, values, at, content)
        if answer.stratum != values:
            raise ConflictError(
                f"response {name}, stratum: got {quoted(stratum_words(values))}, and question "
                f"{answer.sequence} had {quoted(stratum_words(answer.stratum))}; its answer stays"
            )
        return answer

    def _answer_now(
        self, name: str, stratum: Stratum, at: dt.datetime, content: str | None
    ) -> GateAnswer:
        try:
            # One thread of one process at a time; no lock of ours, which a fork would copy locked.
            with files.appending(self._path, begin=False) as file:
                self._catch_up(file)
                if name not in self._answers:
                    self._write(file, name, stratum, at, content)
                return self._answers[name]
        except FileNotFoundError:
            raise GateError(f"{self._path}: not there any more; restore it") from None

    def _write(
        self, file: BinaryIO, name: str, stratum: Stratum, at: dt.datetime, content: str | None
    ) -> None:
        answer = GateAnswer(
            sequence=self._place.questions + 1,
            at=at.isoformat(),
            unit_id=name,
            stratum=stratum,
            content=content,
            selected=self._gate.selects_named(name, stratum),
            previous=self.head,
        )
        if not answer.is_of(self._gate.period):
            raise GateError(
                f"response {name}, at: got {answer.at}, which is not in {self._gate.period}; ask "
                "the gate of its own month"
            )
        line = answer.line()
        files.append(file, line)  # before anything is remembered, since the disk may be full
        self._remember(line, answer)

    def _remember(self, line: bytes, answer: GateAnswer | None = None) -> None:
        """A time limit may strike here: what is not remembered as read is read again."""
        if answer is not None:
            self._answers[answer.unit_id] = answer
        self._place = self._place.after(line)

    def _read_ahead(self) -> None:
        """Read a long register without keeping anybody waiting: whole lines never change."""
        with contextlib.suppress(CeosampleError):  # what is wrong is met again, and said, later
            for line in files.lines(self._path):
                if line.endswith(b"\n"):
                    self._remember(line, self._checked(line))

    def _catch_up(self, file: BinaryIO) -> None:
        """Read what others have written since; begin a file that is empty."""
        newest = self._place.newest
        if file.seek(0, 2) < self._place.end:
            raise GateError(f"{self._path}: shorter than it was; restore it")
        file.seek(self._place.end - len(newest))
        if file.read(len(newest)) != newest:
            raise GateError(f"{self._path}: another file than it was; restore it")
        for line in file:
            if line.endswith(b"\n"):
                self._remember(line, self._checked(line))
            else:
                self._mend(file, line)
        if not self._place.newest:
            files.append(file, self._own)
            self._remember(self._own)

    def _mend(self, file: BinaryIO, rest: bytes) -> None:
        """Bring a last line without an end to one.

        A whole question lost its end to an editor, and somebody may have heard its answer. Of one
        that a writer was stopped in the middle of, nobody has.
        """
        begun_only = not self._place.newest and self._own.startswith(rest)
        if not begun_only and (_is_json(rest) or not self._place.newest):
            answer = self._checked(rest + b"\n")
            files.append(file, b"\n")
            self._remember(rest + b"\n", answer)
        else:
            file.truncate(self._place.end)

    def _checked(self, line: bytes) -> GateAnswer | None:
        """The next line's question; None if it is the first line, and this gate's own."""
        if not self._place.newest:
            self._require_own(line)
            return None
        try:
            answer = GateAnswer.parse(line)
            self._require_right(answer, line)
        except ValueError:
            raise GateError(
                f"{self._path}, line {self._place.questions + 2}: changed since it was written; "
                "restore it"
            ) from None
        return answer

    def _require_right(self, answer: GateAnswer, line: bytes) -> None:
        """Raise ``ValueError`` unless it is the next question, with the answer that the rule gives.

        The hashes alone would not show that a no was put in the place of a yes: whoever changes the
        file can make them anew.
        """
        follows = (answer.previous, answer.sequence) == (self.head, self._place.questions + 1)
        right = self._gate.selects(answer.unit_id, answer.stratum) == answer.selected
        only = self._answers.get(answer.unit_id, answer) == answer
        if not follows or not right or not only or answer.line() != line:
            raise ValueError("not what was written")

    def _require_own(self, line: bytes) -> None:
        if line != self._own:
            if gate_fields(line, str(self._path)) == self._gate.to_dict():
                raise GateError(f"{self._path}, line 1: changed since it was written; restore it")
            raise ConflictError(
                f"{self._path}: the register of another gate; its first line has other chances, "
                "another period or the commitment to another seed"
            )

    def __len__(self) -> int:
        return self._place.questions

    def __iter__(self) -> Iterator[GateAnswer]:
        return iter(list(self._answers.values()))

    def __repr__(self) -> str:
        selected = sum(answer.selected for answer in self)
        return (
            f"<GateRegister {self._gate.population} {self._gate.period}: "
            f"{ratio_text(selected, len(self), 'responses selected')}>"
        )

    def _repr_html_(self) -> str:
        return html_facts(repr(self)[1:-1], [("head", self.head)])


def _is_json(data: bytes) -> bool:
    try:
        parse_json(data)
    except ValueError:
        return False
    return True
