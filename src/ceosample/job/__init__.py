"""Months from a configuration: freeze, wait for the seed, draw, render, send.

Every step can be taken twice, so a run that was stopped anywhere is finished by the next one, and
a run of a finished month changes nothing.

Its names are those of ``__init__.pyi``, each fetched when it is first asked for: ``status`` needs
one of them, and all of them together are what a run needs.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from ceosample.stub import homes

_HOMES = homes(__name__)

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    thing = getattr(import_module(_HOMES[name], __name__), name)
    return globals().setdefault(name, thing)
