"""What every result can do: be written as JSON, for another system."""

from __future__ import annotations

import json

from ceosample.canonical import Json


def as_json_text(value: Json) -> str:
    """JSON to be read, by people too: two spaces a level, letters as they are."""
    return json.dumps(value, ensure_ascii=False, indent=2)


class Result:
    """A result; ``to_dict`` says what is in it, in types of JSON alone."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Json]:
        """For JSON: objects, lists, text, whole numbers, booleans and nulls."""
        raise NotImplementedError

    def to_json(self) -> str:
        """The same as JSON text."""
        return as_json_text(self.to_dict())
