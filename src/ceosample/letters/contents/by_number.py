"""Contents that are kept by the firm's numbers, for a draw of blinded ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ceosample.letters.contents.fields import DRAW_CODE, NUMBER, Contents
from ceosample.sampling.blinding.salts import Salts


def by_id(contents: Contents, salts: Salts) -> Contents:
    """The same contents by blinded id, each with its number and its code.

    Args:
        contents: by the firm's number; a function is called with the numbers of those drawn.
        salts: lead from an id to its number.
    """

    def of_drawn(unit_ids: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        numbers = salts.numbers_of(unit_ids)
        found = contents(tuple(numbers.values())) if callable(contents) else contents
        return with_numbers(found, numbers, salts)

    return of_drawn


def with_numbers(
    found: Mapping[str, Mapping[str, Any]], numbers: Mapping[str, str], salts: Salts
) -> dict[str, Mapping[str, Any]]:
    """Contents by number as contents by id; of one in clear, the id is the number.

    Args:
        found: by the firm's number.
        numbers: ids to numbers.
        salts: have the code of each number whose id is blinded.
    """
    return {
        unit_id: found[number]
        if unit_id == number or not isinstance(found[number], Mapping)
        else {**found[number], NUMBER: number, DRAW_CODE: salts.code_of(number)}
        for unit_id, number in numbers.items()
        if number in found
    }


def blinded(
    contents: Mapping[str, Mapping[str, Any]], salts: Salts
) -> dict[str, Mapping[str, Any]]:
    """All contents whose numbers have a salt, by id; those of other months have none."""
    numbers = {salts.id_of(number): number for number in contents if number in salts.by_number}
    return with_numbers(contents, numbers, salts)
