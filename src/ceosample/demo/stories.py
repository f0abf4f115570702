"""The kinds of complaint that each division answers, read from ``stories.toml``."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from ceosample.demo.case import Ending, Story, ways
from ceosample.demo.facts import FACTS


@cache
def stories() -> Mapping[str, tuple[Story, ...]]:
    """Each division's stories, in the file's order: a letter's story is drawn by its place."""
    text = (resources.files("ceosample.demo") / "stories.toml").read_text("utf-8")
    return {division: tuple(map(_story, told)) for division, told in tomllib.loads(text).items()}


def _story(told: dict[str, Any]) -> Story:
    """One story; a key that no story has is refused, and so is one that is missing."""
    parts: dict[str, Any] = {"facts": FACTS[told["name"]]}
    for name in ("subjects", "complaints", "lessons"):
        parts[name] = ways(told[name])
    for name in ("upheld", "partly", "refused"):
        parts[name] = Ending(**{part: ways(text) for part, text in told[name].items()})
    known = {*parts, "name"}
    parts |= {name: tuple(value) for name, value in told.items() if name not in known}
    return Story(**parts)
