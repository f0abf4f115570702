"""The register of a gate's questions: each is written down before anybody learns its answer.

Without it a gate could be asked about one draft after another until it says no. It is a file of
lines that only grows: the first names the gate's commitment, each other one is a question with its
answer and the hash of the line before it. An id has one answer for ever.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final

import attrs

from ceosample import files
from ceosample.canonical import Json, canonical_file, digest, is_digest, parse_json
from ceosample.errors import ConflictError, GateError
from ceosample.form import faults_of_form, is_text
from ceosample.sampling.gate import Gate
from ceosample.sampling.strata import Stratum
from ceosample.show import Facts, html_facts, of, stratum_words
from ceosample.text import shown

#: What a question's line must hold.
FORM: Final[dict[str, Any]] = {
    "sequence": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "at": is_text,
    "unit_id": is_text,
    "stratum": lambda value: isinstance(value, list) and all(map(is_text, value)),
    "content": lambda value: value is None or is_digest(value),
    "selected": lambda value: isinstance(value, bool),
    "previous": is_digest,
}


@attrs.frozen
class GateAnswer(Facts):
    """A question and its answer, as the register holds them.

    Attributes:
        sequence: 1 for the first question of the period, without gaps.
        at: when it was asked, as claimed; ISO 8601 with its offset.
        unit_id, stratum: which response, and what it counts as.
        content: the salted digest of its text then, or None.
        selected: whether it goes to the executive.
        previous: the SHA-256 of the line before this one.
    """

    sequence: int
    at: str
    unit_id: str
    stratum: Stratum
    content: str | None
    selected: bool
    previous: str

    @classmethod
    def parse(cls, line: bytes) -> GateAnswer:
        """The question of a line.

        Raises:
            ValueError: it is none.
        """
        fields: Any = parse_json(line)
        faults = faults_of_form(fields, FORM, "question") if isinstance(fields, dict) else ["?"]
        if faults or set(fields) != set(FORM):
            raise ValueError("not a question")
        return cls(**{**fields, "stratum": tuple(fields["stratum"])})

    def _facts(self) -> tuple[str, list[tuple[str, str]]]:
        facts = [
            ("asked at", self.at),
            ("response", self.unit_id),
            ("stratum", stratum_words(self.stratum)),
            ("content", self.content or "not committed to"),
            ("line before", self.previous),
        ]
        return f"Question {self.sequence}: {'' if self.selected else 'not '}selected", facts

    def line(self) -> bytes:
        """As it stands in the file."""
        fields: dict[str, Json] = {**attrs.asdict(self), "stratum": list(self.stratum)}
        return canonical_file(fields)


class GateRegister:
    """A register in a file. Any number of threads and processes may ask it at once.

    Args:
        path: of the file, which is begun if it is not there.
        gate: whose questions it holds.

    Raises:
        ConflictError: it is another gate's: other chances, another seed, another period.
        GateError: it was changed since it was written.

    >>> import tempfile
    >>> gate = Gate("complaint-responses", "2026-10", "1/2", "5e" * 32)
    >>> register = GateRegister(Path(tempfile.mkdtemp()) / "gate.jsonl", gate)
    >>> at = dt.datetime(2026, 10, 5, 9, 30, tzinfo=dt.UTC)
    >>> answer = register.ask("CR-1042", at=at)
    >>> answer.sequence, answer.selected, register.ask("CR-1042", at=at) == answer
    (1, False, True)
    """

    def __init__(self, path: str | Path, gate: Gate) -> None:
        self._path = Path(path)
        self._gate = gate
        self._answers: dict[str, GateAnswer] = {}
        self._read = 0  # bytes of the file, and of the newest line in it
        self._length = 0
        self._head = ""
        self._lock = threading.Lock()
        with files.appending(self._path) as file:
            self._catch_up(file)

    @property
    def head(self) -> str:
        """The SHA-256 of the newest line that this object has read: for dated paper."""
        return self._head

    def ask(
        self,
        unit_id: str | int,
        stratum: str | Sequence[str] = (),
        *,
        at: dt.datetime,
        content: str | None = None,
    ) -> GateAnswer:
        """Whether a response goes to the executive; the question is on the disk before the answer.

        Asked again, a response has the answer that it had, whatever its text has become.

        Args:
            unit_id: the response.
            stratum: its stratum's values, or the one value.
            at: when; aware.
            content: the salted digest of its text (``content_digest``), or None.

        Raises:
            GateError: no id, no such stratum, no digest, a time without a zone, or a register that
                was changed since it was written.
            ConflictError: it was asked about as of another stratum.
        """
        name, values = self._gate.named(unit_id, stratum)
        if content is not None and not is_digest(content):
            raise GateError(f"response {name}: content: got {shown(content)}; give its digest")
        if not isinstance(at, dt.datetime) or at.utcoffset() is None:
            raise GateError(f"response {name}: at: got {shown(at)}; give a time with its zone")
        with self._lock:
            if name not in self._answers:
                with files.appending(self._path) as file:
                    self._catch_up(file)
                    if name not in self._answers:
                        self._write(file, name, values, at, content)
            answer = self._answers[name]
        if answer.stratum != values:
            raise ConflictError(
                f"response {name}: was asked about as {stratum_words(answer.stratum)} (question "
                f"{answer.sequence}), and now as {stratum_words(values)}; its answer stays"
            )
        return answer

    def _write(
        self, file: BinaryIO, name: str, stratum: Stratum, at: dt.datetime, content: str | None
    ) -> None:
        answer = GateAnswer(
            sequence=len(self._answers) + 1,
            at=at.isoformat(),
            unit_id=name,
            stratum=stratum,
            content=content,
            selected=self._gate.selects_named(name, stratum),
            previous=self._head,
        )
        self._append(file, answer.line())
        self._answers[name] = answer

    def _append(self, file: BinaryIO, line: bytes) -> None:
        files.append(file, line)  # before anything is remembered, since the disk may be full
        self._remember(line)

    def _remember(self, line: bytes) -> None:
        self._read += len(line)
        self._length = len(line)
        self._head = digest(line)

    def _catch_up(self, file: BinaryIO) -> None:
        """Read what others have written since; begin a file that is empty."""
        size = file.seek(0, 2)
        if size < self._read:
            raise GateError(f"{self._path}: shorter than it was; restore it")
        file.seek(self._read - self._length)
        if self._head and digest(file.read(self._length)) != self._head:
            raise GateError(f"{self._path}: another file than it was; restore it")
        fresh = file.read()
        whole = fresh[: fresh.rfind(b"\n") + 1]
        if len(whole) < len(fresh):
            # A writer was stopped in the middle of a line, whose answer nobody has learnt.
            file.truncate(self._read + len(whole))
        for line in whole.splitlines(keepends=True):
            self._take(line)
        if not self._head:
            self._append(file, canonical_file(self._gate.to_dict()))

    def _take(self, line: bytes) -> None:
        if not self._head:
            self._require_own(line)
        else:
            try:
                answer = GateAnswer.parse(line)
                self._require_right(answer)
            except ValueError:
                raise GateError(
                    f"{self._path}, line {len(self._answers) + 2}: changed since it was written; "
                    "restore it"
                ) from None
            self._answers[answer.unit_id] = answer
        self._remember(line)

    def _require_right(self, answer: GateAnswer) -> None:
        """Raise ``ValueError`` unless it is the next question, with the answer that the rule gives.

        The hashes alone would not show that a no was put in the place of a yes: whoever changes the
        file can make them anew.
        """
        follows = (answer.previous, answer.sequence) == (self._head, len(self._answers) + 1)
        right = self._gate.selects(answer.unit_id, answer.stratum) == answer.selected
        if not follows or not right or answer.unit_id in self._answers:
            raise ValueError("not what was written")

    def _require_own(self, line: bytes) -> None:
        if line != canonical_file(self._gate.to_dict()):
            raise ConflictError(
                f"{self._path}: the register of another gate; its first line has other chances, "
                "another period or the commitment to another seed"
            )

    def __len__(self) -> int:
        return len(self._answers)

    def __iter__(self) -> Iterator[GateAnswer]:
        return iter(list(self._answers.values()))

    def __repr__(self) -> str:
        selected = sum(answer.selected for answer in self)
        return (
            f"<GateRegister {self._gate.population} {self._gate.period}: "
            f"{of(selected, len(self), 'responses selected')}>"
        )

    def _repr_html_(self) -> str:
        return html_facts(repr(self)[1:-1], [("head", self.head)])
