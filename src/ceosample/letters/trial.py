"""Letters rendered on trial, before there is a draw: can they be, and what do they not print?

Ready templates print what a field says and ask only which fields there are. So of the letters of
one shape one is rendered. A template of one's own can ask anything, so each letter is rendered, and
of those with one outline one is read. So ten thousand letters take seconds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

import attrs

from ceosample.days import date_of
from ceosample.errors import LetterError
from ceosample.letters.child_process import Failure
from ceosample.letters.contents.docket_fields import DocketField
from ceosample.letters.contents.due_dates import DueDatePolicy, with_deadlines
from ceosample.letters.contents.fields import clean_fields, fetch
from ceosample.letters.contents.moments import in_zone, with_days
from ceosample.letters.letter_trees import (
    common_fields,
    markups,
    read,
    require_trees,
    template_context,
)
from ceosample.letters.markup.outline import outline_of
from ceosample.letters.papers.sheets.docket_texts import all_texts
from ceosample.letters.regimes.elements import KIND
from ceosample.letters.render_arguments import check_words, clean_letterhead
from ceosample.letters.requirements import TIME_LIMITS, LetterRequirements, requirements_of
from ceosample.letters.signatory import Signatory
from ceosample.letters.unprinted import unprinted_of

#: The fields into which ready templates look: letters of one shape have the same.
_LOOKED_INTO: Final = frozenset({KIND, TIME_LIMITS, "stage", "payment", "ombudsman", "needed"})

#: A text of more characters is no date.
_LONGEST_DATE: Final = 40

Shape: TypeAlias = Any


@attrs.frozen
class TrialLetter:
    """A letter that can be rendered.

    Attributes:
        unit_id: the response.
        text: what its fields say.
        unprinted: the fields that its ready template does not print.
    """

    unit_id: str
    text: str
    unprinted: tuple[str, ...]


def try_letters(
    contents: Mapping[str, Mapping[str, Any]],
    *,
    period: str,
    signatory: Signatory,
    date: dt.date,
    letterhead: Sequence[str],
    template: str | None,
    kind: str | None,
    shared: Mapping[str, Any],
    language: str,
    deadlines: DueDatePolicy,
    zone: str | None,
    docket: Sequence[DocketField],
) -> list[TrialLetter]:
    """The letters, each of which can be rendered; nothing is written.

    Args:
        contents: unit id to ``{"letter": {...}, "docket": {...}}``.
        period: the month from which they would be drawn.
        signatory, date, letterhead, template, kind, shared, language, deadlines, zone,
            docket: the arguments of ``render`` with these names.

    Raises:
        LetterError: everything that is wrong with any of them.
    """
    check_words(template, kind, language)
    fetched = with_days(fetch(contents, tuple(contents), docket), deadlines, zone)
    fetched = with_deadlines(fetched, deadlines, kind)
    orders = requirements_of(fetched, deadlines, kind)
    common = common_fields("trial", period, 1, language, signatory, date)
    supplied = {**common, "date": date, "letterhead": clean_letterhead(letterhead)}
    everywhere = in_zone(clean_fields(shared, "shared"), zone)
    told = template_context(fetched, orders, everywhere, supplied)
    # A letter that exists already needs no template; its slip says the same of each.
    new = [place for place, order in enumerate(orders) if not order.is_slip]
    _try(
        [fetched[place].unit_id for place in new],
        [told[place] for place in new],
        [orders[place] for place in new],
        *(language, template),
    )
    lost = [
        unprinted_of(fields, order, context, own=template is not None)
        for fields, order, context in zip(fetched, orders, told, strict=True)
    ]
    return [
        TrialLetter(
            fields.unit_id,
            "\n".join([*_texts(fields.letter), *all_texts(fields.docket, docket)]),
            tuple(names),
        )
        for fields, names in zip(fetched, lost, strict=True)
    ]


def _try(
    unit_ids: Sequence[str],
    told: Sequence[Mapping[str, Any]],
    orders: Sequence[LetterRequirements],
    language: str,
    template: str | None,
) -> None:
    """Render one letter of each shape, and all those of a shape that cannot be rendered.

    Raises:
        LetterError: every letter that cannot be rendered.
    """
    groups: dict[Shape, list[int]] = {}
    for place, (fields, order) in enumerate(zip(told, orders, strict=True)):
        shape = place if template is not None else (order.packaged, _shape_of_letter(fields))
        groups.setdefault(shape, []).append(place)

    def errors(places: Sequence[int]) -> dict[int, LetterError]:
        found = _errors([told[n] for n in places], [orders[n] for n in places], language, template)
        return {
            place: error for place, error in zip(places, found, strict=True) if error is not None
        }

    failed = errors([first for first, *_ in groups.values()])
    failed |= errors(
        [place for first, *more in groups.values() if first in failed for place in more]
    )
    require_trees(unit_ids, [failed.get(place) for place, _ in enumerate(told)])


def _errors(
    told: Sequence[Mapping[str, Any]],
    orders: Sequence[LetterRequirements],
    language: str,
    template: str | None,
) -> Iterator[LetterError | None]:
    """What keeps each letter from being read; of those with one outline the first is read."""
    known: dict[Any, LetterError | None] = {}
    for order, made in zip(orders, markups(template, told, orders, language), strict=True):
        outline = None if isinstance(made, Failure) else outline_of(made)
        if outline is None:
            yield _error(made, order)
            continue
        asked = (None if order.regime is None else order.regime.id, order.elements, outline)
        if asked not in known:
            known[asked] = _error(made, order)
        yield known[asked]


def _error(made: str | Failure, order: LetterRequirements) -> LetterError | None:
    try:
        read(made, order)
    except LetterError as error:
        return error
    return None


def _shape_of_letter(fields: Mapping[str, Any]) -> Shape:
    return tuple(
        (name, repr(value) if name in _LOOKED_INTO else _shape(value))
        for name, value in sorted(fields.items())
        if name != "unit_id"
    )


def _shape(value: Any) -> Shape:
    """What a ready template asks of a value that it prints: its kind, and whether it is blank."""
    if isinstance(value, str):
        if not any(map(str.isalnum, value)):
            return value
        is_date = len(value) <= _LONGEST_DATE and date_of(value) is not None
        return "date" if is_date else "text"
    if isinstance(value, Mapping):
        return repr(value)
    if isinstance(value, list | tuple):
        return tuple(map(_shape, value))
    return value if value is None or isinstance(value, bool) else type(value).__name__


def _texts(value: Any) -> list[str]:
    """All texts in a letter's fields."""
    if isinstance(value, Mapping):
        return [text for item in value.values() for text in _texts(item)]
    if isinstance(value, list | tuple):
        return [text for item in value for text in _texts(item)]
    return [value] if isinstance(value, str) else []
