"""Flat names of release 0.1 that moved into a namespace: each works, warns and says the new place.

The table of them is the last part of ``__init__.pyi``: ``FrameError = errors.FrameError``.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

from ceosample.renamed import warn
from ceosample.stub import places

#: Types that no namespace has, since users only receive them, and what gives them.
RECEIVED: Final = {"Reserve": "Draw.reserves", "Selection": "Draw.selections"}


def new_thing(name: str) -> Any:
    """What an old name stands for; the line that asked ``ceosample`` for it is warned.

    Raises:
        AttributeError: it is no old name.
    """
    place = places().get(name)
    if place is None:
        raise AttributeError(
            f"module 'ceosample' has no attribute {name!r}",
            name=name,
            obj=import_module("ceosample"),
        )
    new = f"ceosample.{place}"
    if name in RECEIVED:
        new = f"what {RECEIVED[name]} holds, whose type you need not import"
    warn(f"ceosample.{name}", new, stacklevel=4)
    module, _, attribute = place.removeprefix("ceosample.").rpartition(".")
    return getattr(import_module(f"ceosample.{module}"), attribute)
