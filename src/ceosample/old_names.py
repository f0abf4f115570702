"""Flat names of release 0.1 that moved into a namespace: each works, warns and says the new place.

The table of them is the last part of ``__init__.pyi``: ``FrameError = errors.FrameError``.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from ceosample.renamed import warn

#: Types that no namespace has, since users only receive them, and what gives them.
RECEIVED: Final = {"Reserve": "Draw.reserves", "Selection": "Draw.selections"}


@functools.cache
def places() -> Mapping[str, str]:
    """Each old name with its place: ``gate.Report``, or a module's full path if it is received."""
    stub = Path(__file__).with_name("__init__.pyi").read_text("utf-8")
    # Read as text, which costs less than a parse: modules ask for their neighbours here too.
    return dict(re.findall(r"^(\w+) = ([\w.]+)$", stub, re.M))


def new_thing(name: str) -> Any:
    """What an old name stands for; the line that asked ``ceosample`` for it is warned.

    Raises:
        AttributeError: it is no old name.
    """
    if name not in places():
        raise AttributeError(
            f"module 'ceosample' has no attribute {name!r}",
            name=name,
            obj=import_module("ceosample"),
        )
    place = places()[name]
    new = f"ceosample.{place}"
    if name in RECEIVED:
        new = f"what {RECEIVED[name]} holds, whose type you need not import"
    warn(f"ceosample.{name}", new, stacklevel=4)
    module, _, attribute = place.removeprefix("ceosample.").rpartition(".")
    return getattr(import_module(f"ceosample.{module}"), attribute)
