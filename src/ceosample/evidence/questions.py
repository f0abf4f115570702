"""Which file answers which question of an auditor, by the standards that ask it.

The words are ours. No standard's text is quoted, and each says whether it was compared with its
source.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any, Final

import attrs

from ceosample.canonical import Json
from ceosample.result import Result

CHECKED: Final = "checked against its source"
NOT_CHECKED: Final = "not checked against its source"


@attrs.frozen
class Question(Result):
    """One question of an auditor.

    Attributes:
        clause: where the standard has it.
        asks: what is asked, in our words.
        files: the files that answer it; ``PERIOD`` in a name is each month.
        answer: what they show, and what they leave open.
    """

    clause: str
    asks: str
    files: tuple[str, ...] = attrs.field(converter=tuple)
    answer: str


@attrs.frozen
class Standard(Result):
    """A standard, and what of it the file of evidence answers.

    Attributes:
        name: the standard and the part of it.
        checked: whether the clauses were compared with the standard's own text.
        source: what was read of it, where and when.
        questions: what it asks.
    """

    name: str
    checked: bool
    source: str
    questions: tuple[Question, ...]

    @property
    def standing(self) -> str:
        """Whether it was compared with its source, in words."""
        return CHECKED if self.checked else NOT_CHECKED

    def to_dict(self) -> dict[str, Json]:
        """For JSON."""
        return {**super().to_dict(), "checked": self.standing}


@cache
def standards() -> tuple[Standard, ...]:
    """The standards, in the order of the file ``questions.toml``."""
    text = (resources.files("ceosample.evidence") / "questions.toml").read_text("utf-8")
    return tuple(map(_standard, tomllib.loads(text)["standard"]))


def _standard(fields: dict[str, Any]) -> Standard:
    questions = tuple(Question(**question) for question in fields.pop("question"))
    return Standard(**fields, questions=questions)
