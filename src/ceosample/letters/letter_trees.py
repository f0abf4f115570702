"""A letter's fields and its template become its tree, which holds all that it must say."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from ceosample.canonical import Json
from ceosample.errors import LetterError, raise_faults
from ceosample.letters import child_process
from ceosample.letters.contents.fields import DRAW_CODE, NUMBER, LetterContents
from ceosample.letters.existing_letters import slip_context
from ceosample.letters.letter import Letter
from ceosample.letters.markup import template as templates
from ceosample.letters.markup import tree
from ceosample.letters.requirements import LetterRequirements
from ceosample.letters.signatory import Signatory

#: What a template of the user's own may use, for each letter.
TEMPLATE_LIMITS: Final = child_process.Limits(seconds=5, megabytes=1024)

#: So many letters are the work of one child: starting it takes as long as some hundreds of them.
LETTERS_A_CHILD: Final = 2500

#: How a problem begins that every letter has: it is the template's.
EVERY: Final = "every letter: "

#: Names that the letter itself supplies to the template.
SUPPLIED: Final = ("unit_id", "population", "period", "date", "signatory", "letterhead", "needed")


def common_fields(
    population: str,
    period: str,
    version: int,
    language: str,
    signatory: Signatory,
    date: dt.date,
) -> dict[str, Json]:
    """What all letters of a pack have in common."""
    return {
        "population": population,
        "period": period,
        "version": version,
        "language": language,
        "signatory": signatory.to_dict(),
        "date": date.isoformat(),
    }


def template_context(
    fetched: Sequence[LetterContents],
    orders: Sequence[LetterRequirements],
    shared: Mapping[str, Any],
    supplied: Mapping[str, Any],
) -> list[dict[str, Any]]:
    """The fields that a template receives for each letter; its own override the shared ones."""
    given = [*((f"letter {x.unit_id}", x.letter) for x in fetched), ("shared", shared)]
    raise_faults(
        LetterError,
        (
            f"{where}, {name}: got a field that every letter is given already; rename yours"
            for where, said in given
            for name in said
            if name in SUPPLIED
        ),
    )
    everywhere = {name: supplied[name] for name in SUPPLIED if name in supplied}
    return [
        {
            **order.supplied(),
            **shared,
            **fields.letter,
            **everywhere,
            "unit_id": fields.unit_id if fields.number is None else fields.number,
            **({} if fields.draw_code is None else {DRAW_CODE: fields.draw_code}),
            "needed": [element.id for element in order.elements],
            **slip_context(fields),
        }
        for fields, order in zip(fetched, orders, strict=True)
    ]


def render_letters(
    told: Sequence[Mapping[str, Any]],
    orders: Sequence[LetterRequirements],
    common: Mapping[str, Json],
    source: str | None,
    fetched: Sequence[LetterContents],
) -> list[Letter]:
    """The letters in their order, each written from its tree.

    Raises:
        LetterError: every letter that has no tree, or lacks what it must say.
    """
    trees = _trees([fields.unit_id for fields in fetched], told, orders, common, source)
    return [
        Letter.write(
            {
                **common,
                "unit_id": fields.unit_id,
                **({} if fields.number is None else {NUMBER: fields.number}),
                "tree": [*nodes],
                **({} if fields.existing is None else {"pdf": fields.existing.to_dict()}),
            },
            number,
        )
        for number, (fields, nodes) in enumerate(zip(fetched, trees, strict=True), 1)
    ]


def _trees(
    unit_ids: Sequence[str],
    told: Sequence[Mapping[str, Any]],
    orders: Sequence[LetterRequirements],
    common: Mapping[str, Json],
    source: str | None,
) -> list[list[tree.Node]]:
    """The tree of each letter.

    Raises:
        LetterError: every letter that has none, or lacks what it must say.
    """
    made = [*_trees_or_faults(told, orders, str(common["language"]), source)]
    require_trees(unit_ids, [found if isinstance(found, LetterError) else None for found in made])
    return [found for found in made if not isinstance(found, LetterError)]


def _trees_or_faults(
    told: Sequence[Mapping[str, Any]],
    orders: Sequence[LetterRequirements],
    language: str,
    source: str | None,
) -> Iterator[list[tree.Node] | LetterError]:
    """The tree of each letter, or what keeps it from having one."""
    for order, made in zip(orders, markups(source, told, orders, language), strict=True):
        try:
            yield read(made, order)
        except LetterError as error:
            yield error


def require_trees(unit_ids: Sequence[str], errors: Sequence[LetterError | None]) -> None:
    """Raise if any letter has no tree; a problem of all letters is told once, as the template's."""
    faults = [
        f"letter {unit_id}: {fault}"
        for unit_id, error in zip(unit_ids, errors, strict=True)
        for fault in (() if error is None else error.faults)
    ]
    raise_faults(LetterError, _together(faults, len(unit_ids)))


def read(made: str | child_process.Failure, order: LetterRequirements) -> list[tree.Node]:
    """The tree of a letter's markup, if there is markup and it holds what a letter must.

    Raises:
        LetterError: there is none, it is not of the closed set, or a part is missing.
    """
    if isinstance(made, child_process.Failure):
        raise LetterError(made.message)
    try:
        nodes = tree.parse(made)
    except tree.MarkupError as error:
        raise LetterError(str(error)) from None
    raise_faults(LetterError, order.faults(nodes))
    return nodes


def _together(faults: Sequence[str], letters: int) -> list[str]:
    """The problems, those that every letter has once: they are the template's."""
    times = Counter(fault.partition(": ")[2] for fault in faults)
    every = [said for said, count in times.items() if count == letters > 1]
    return [EVERY + said for said in every] + [
        fault for fault in faults if fault.partition(": ")[2] not in every
    ]


def markups(
    source: str | None,
    told: Sequence[Mapping[str, Any]],
    orders: Sequence[LetterRequirements],
    language: str,
) -> Iterator[str | child_process.Failure]:
    """The markup of each letter, or why there is none.

    The packaged templates are ours and render here; any other renders under limits.
    """
    theirs = [not order.is_slip and source is not None for order in orders]
    jobs = [
        (source, fields, language)
        for fields, is_theirs in zip(told, theirs, strict=True)
        if is_theirs
    ]
    made = child_process.run(templates.job, jobs, TEMPLATE_LIMITS, LETTERS_A_CHILD)
    for fields, order, is_theirs in zip(told, orders, theirs, strict=True):
        if is_theirs:
            yield next(made)
            continue
        try:
            yield templates.markup(None, fields, language, order.packaged)
        except templates.TemplateError as error:
            yield child_process.Failure(str(error))
