"""The public face as it is: its names, those of its namespaces, and what the page of names has."""

from __future__ import annotations

import re
from types import ModuleType
from typing import Any

import ceosample
from pages import PROJECT, blocks

#: The page of names.
PAGE = PROJECT / "docs/api.md"

#: The namespaces by their names.
NAMESPACES: dict[str, ModuleType] = {
    name: thing
    for name in ceosample.__all__
    if isinstance(thing := getattr(ceosample, name), ModuleType)
}

_DIRECTIVE = re.compile(r"^\.\. (?:auto|py:)?(\w+):: (\S+)$", re.M)


def public_names() -> dict[str, Any]:
    """Every public name, ``Frame`` or ``gate.Report``, with what it stands for.

    ``CeosampleError`` is there once, though the namespace of errors has it too.
    """
    found = {name: getattr(ceosample, name) for name in ceosample.__all__ if name not in NAMESPACES}
    for space, module in NAMESPACES.items():
        own = {name: getattr(module, name) for name in module.__all__}
        found |= {
            f"{space}.{name}": thing
            for name, thing in own.items()
            if name not in ceosample.__all__ or getattr(ceosample, name) is not thing
        }
    return found


def documented_names() -> list[str]:
    """What the page of names documents, each by its full path, in the page's order."""
    found, module = [], ""
    for block in blocks(PAGE, "{eval-rst}"):
        for kind, name in _DIRECTIVE.findall(block):
            if kind in ("currentmodule", "module"):
                module = name
            if kind != "currentmodule":
                found.append(name if name.startswith("ceosample.") else f"{module}.{name}")
    return found
