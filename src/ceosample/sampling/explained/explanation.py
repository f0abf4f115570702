"""One response's explanation, for two kinds of readers."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias, get_args

import attrs

from ceosample.canonical import Json
from ceosample.errors import RecordError
from ceosample.got import got
from ceosample.sampling.explained.customer_words import customer_words
from ceosample.sampling.explained.fields import ExplanationFields
from ceosample.sampling.explained.staff_words import staff_words
from ceosample.show import Described

#: Who reads an explanation.
Audience: TypeAlias = Literal["staff", "customer"]
STAFF: Final = "staff"
AUDIENCES: Final[tuple[str, ...]] = get_args(Audience)


@attrs.frozen
class Explanation(Described, ExplanationFields):
    """Why one response was drawn or not, worked out again from a month's public files.

    Its attributes are those of its fields' class; ``str`` of it is for staff.
    """

    def words(self, audience: Audience = STAFF) -> str:
        """The explanation in sentences.

        Args:
            audience: ``staff``, with tickets and counts; or ``customer``, short and plain.

        Raises:
            RecordError: another audience.
        """
        if audience not in AUDIENCES:
            raise RecordError(f"audience: {got(audience)}; give {' or '.join(AUDIENCES)}")
        return staff_words(self) if audience == STAFF else customer_words(self)

    def to_dict(self) -> dict[str, Json]:
        """For JSON."""
        return {"ok": self.ok, **ExplanationFields.to_dict(self)}

    def __str__(self) -> str:
        return self.words()

    def _facts(self) -> tuple[str, list[tuple[str, str]]]:
        title, *lines = self.words().splitlines()
        return title, [(str(number), line.strip()) for number, line in enumerate(lines, 1)]
