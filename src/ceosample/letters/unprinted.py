"""Fields that a ready letter does not print: its docket names them, or they are refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs

from ceosample.canonical import Json
from ceosample.errors import LetterError, raise_faults
from ceosample.letters.contents.fields import LetterContents
from ceosample.letters.existing.given import PDF
from ceosample.letters.markup.printed import unprinted, unprinted_fault
from ceosample.letters.requirements import LetterRequirements


def with_unprinted(
    fetched: Sequence[LetterContents],
    orders: Sequence[LetterRequirements],
    told: Sequence[Mapping[str, Any]],
    *,
    own: bool,
    strict: bool,
) -> list[LetterContents]:
    """The fields, each docket with those that the ready letter does not print; what a template of
    the user's own prints is not known.

    Raises:
        LetterError: there are such fields, and they are refused.
    """
    found, faults = [], []
    for fields, order, context in zip(fetched, orders, told, strict=True):
        lost = unprinted_of(fields, order, context, own=own)
        faults += [unprinted_fault(fields.unit_id, name) for name in lost]
        more: dict[str, Json] = {"unprinted": [*lost]} if lost else {}
        found.append(attrs.evolve(fields, found={**fields.found, **more}))
    raise_faults(LetterError, faults if strict else ())
    return found


def unprinted_of(
    fields: LetterContents, order: LetterRequirements, context: Mapping[str, Any], *, own: bool
) -> list[str]:
    """The fields that a ready letter, or a slip, does not print."""
    if own and not order.is_slip:
        return []
    given = {name: value for name, value in fields.letter.items() if name != PDF}
    return unprinted(given, order.packaged, order.kind, context)


def count_unprinted(fetched: Iterable[LetterContents]) -> dict[str, int]:
    """The fields that are not printed, each with the number of letters that have it."""
    lost: Counter[str] = Counter()
    for fields in fetched:
        names: Any = fields.found.get("unprinted", ())
        lost.update(names)
    return dict(lost)
