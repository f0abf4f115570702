"""The arguments of frames: one list, shown by every constructor, and nothing else is taken."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

import attrs
import pytest

from ceosample import Frame
from ceosample.sampling.frames.arguments import FrameArguments, FrameSpec
from ceosample.warehouse import SqlFrame
from ceosample.warehouse.table_spec import TableArguments, TableSpec
from refusals import did_you_mean

IN_MEMORY = [Frame.from_dataframe, Frame.from_records, Frame.from_csv, Frame.from_excel]

#: What a constructor asks besides.
OWN = {
    "from_dataframe": ["engine"],
    "from_csv": ["encoding"],
    "from_excel": ["sheet", "header"],
}
IN_DATABASES = [
    *(SqlFrame.from_duckdb, SqlFrame.from_postgresql, SqlFrame.from_datafusion),
    *(SqlFrame.from_arrow, SqlFrame.from_spark),
]
GIVEN: dict[str, Any] = {"population": "responses", "period": "2026-10", "unit_id": "id"}


@pytest.mark.parametrize(
    ("arguments", "spec", "own"),
    [(FrameArguments, FrameSpec, set()), (TableArguments, TableSpec, {"table"})],
)
def test_what_type_checkers_see_is_what_is_taken(
    arguments: Any, spec: type[attrs.AttrsInstance], own: set[str]
) -> None:
    fields = {field.name: field for field in attrs.fields(spec) if field.name not in own}
    assert fields.keys() == arguments.__annotations__.keys()
    # NotRequired stands in the annotation, which is text until it is looked at.
    optional = {n for n, kind in arguments.__annotations__.items() if "NotRequired" in str(kind)}
    assert optional == {n for n, field in fields.items() if field.default is not attrs.NOTHING}


@pytest.mark.parametrize("function", [*IN_MEMORY, *IN_DATABASES], ids=lambda f: f.__qualname__)
def test_every_constructor_shows_them_and_refuses_others(function: Callable[..., Any]) -> None:
    spec = TableSpec if function in IN_DATABASES else FrameSpec
    shown = inspect.signature(function).parameters.values()
    keywords = {p.name: p.default for p in shown if p.kind is p.KEYWORD_ONLY}
    for field in attrs.fields(spec):
        if field.name != "table":
            expected = inspect.Parameter.empty if field.default is attrs.NOTHING else field.default
            assert keywords.pop(field.name) == expected
    assert keywords == dict.fromkeys(OWN.get(function.__name__, ()))
    name = function.__qualname__
    own = len(keywords)
    given = [None] * (len(shown) - len(attrs.fields(spec)) - own + (spec is TableSpec))
    with pytest.raises(TypeError, match=f"{name}: got an unexpected keyword argument 'stratum'"):
        function(*given, **GIVEN, stratum=["division"])
    near = f"{name}: got an unexpected keyword argument 'unitid' ({did_you_mean('unit_id')})"
    with pytest.raises(TypeError, match=re.escape(near)):
        function(*given, population="responses", period="2026-10", unitid="id")
    with pytest.raises(TypeError, match=f"{name}: missing a required .*argument: 'unit_id'"):
        function(*given, population="responses", period="2026-10")
    with pytest.raises(TypeError, match=f"{name}: too many positional arguments"):
        function(*given, "responses", **GIVEN)
