"""What a re-check of a gate's register found, for people and for another system."""

from __future__ import annotations

from fractions import Fraction

import attrs

from ceosample.canonical import Json
from ceosample.errors import FAULTS_IN_FULL, joined
from ceosample.rational import fraction_text
from ceosample.result import Result
from ceosample.sampling.frames.strata import Stratum
from ceosample.show import html_table, ratio_text, share_text, stratum_words, text_table
from ceosample.text import printable

_HEADER = ["stratum", "asked", "selected", "share", "chance"]
_ALIGN = "lrrrr"


@attrs.frozen
class GateReport(Result):
    """The result of comparing a period's register, its seed and the letters that went out.

    Attributes:
        differences: what contradicts the gate's rule or the register itself, in its order: another
            answer than the ticket gives, a gap, a line that was changed, an id asked about twice,
            a question of another month.
        never_sent: ids that were asked about and did not go out; None where that was not given.
        never_asked: ids that went out and were not asked about; None where that was not given.
        asked_late: ids that were asked about after the reveal; None where its head was not given.
        asked, selected: by stratum, how many questions and how many of them were answered yes.
        chances: by stratum, the probability that was committed to.
        letters: the ids that were answered yes, each with its stratum.
        head: the SHA-256 of the register's last line.
    """

    differences: tuple[str, ...]
    never_sent: tuple[str, ...] | None
    never_asked: tuple[str, ...] | None
    asked_late: tuple[str, ...] | None
    asked: dict[Stratum, int]
    selected: dict[Stratum, int]
    chances: dict[Stratum, Fraction]
    letters: dict[str, Stratum]
    head: str

    @property
    def ok(self) -> bool:
        """Whether every answer is right, no question is missing, and nothing went around the gate.

        A letter that was asked about and not sent is right: it may still be in work.
        """
        return self.first_difference is None

    @property
    def first_difference(self) -> str | None:
        """The first problem in words; None if all is right."""
        if self.differences:
            return self.differences[0]
        if self.never_asked:
            return f"went out without being asked about: {_named(self.never_asked)}"
        if self.asked_late:
            return f"asked about after the reveal: {_named(self.asked_late)}"
        return None

    def to_dict(self) -> dict[str, Json]:
        """For JSON."""
        return {
            "ok": self.ok,
            "first_difference": self.first_difference,
            "differences": list(self.differences),
            "never_sent": None if self.never_sent is None else list(self.never_sent),
            "never_asked": None if self.never_asked is None else list(self.never_asked),
            "asked_late": None if self.asked_late is None else list(self.asked_late),
            "strata": [
                {
                    "stratum": list(stratum),
                    "asked": self.asked[stratum],
                    "selected": self.selected[stratum],
                    "probability": fraction_text(chance),
                }
                for stratum, chance in sorted(self.chances.items())
            ],
            "head": self.head,
        }

    def _caption(self) -> str:
        verdict = "ok" if self.ok else "NOT ok"
        total = ratio_text(
            sum(self.selected.values()), sum(self.asked.values()), "responses selected"
        )
        return f"{verdict}: {total}, register {self.head[:8]}"

    def _rows(self) -> list[list[str]]:
        return [
            [
                stratum_words(stratum),
                str(self.asked[stratum]),
                str(self.selected[stratum]),
                share_text(self.selected[stratum], self.asked[stratum]),
                str(chance),
            ]
            for stratum, chance in sorted(self.chances.items())
        ]

    def _notes(self) -> list[str]:
        notes = [f"difference: {difference}" for difference in self.differences[:FAULTS_IN_FULL]]
        more = len(self.differences) - len(notes)
        notes += [f"and {more} more differences"] if more else []
        for found, words, missing in (
            (self.never_asked, "went out without being asked about", "the letters sent were"),
            (self.never_sent, "asked about and not sent", "the letters sent were"),
            (self.asked_late, "asked about after the reveal", "the last head before it was"),
        ):
            if found is None:
                notes.append(f"{words}: not checked, since {missing} not given")
            else:
                notes.append(f"{words}: {len(found)}" + (f" ({_named(found)})" if found else ""))
        return notes

    def __str__(self) -> str:
        table = text_table(_HEADER, self._rows(), _ALIGN)
        return "\n".join([self._caption(), table, *self._notes()])

    def _repr_html_(self) -> str:
        return html_table(self._caption(), _HEADER, self._rows(), _ALIGN, self._notes())


def _named(ids: tuple[str, ...]) -> str:
    """Some ids in a message; they are other people's text."""
    return printable(joined(ids))
