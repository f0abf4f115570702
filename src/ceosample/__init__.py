"""Draw, render and track the random sample of complaint responses that a chief executive signs.

Four questions about a month, each answered by an object that the next one takes::

    frame = Frame.from_dataframe(...)      # which responses could have been chosen?
    drawn = draw(frame, plan, seed)        # which ones were?
    pack = render(drawn, contents, ...)    # what does the executive sign?
    ledger.send(pack, ...)                 # what happened to each?

Importing it opens nothing, configures no logging and loads neither SQLAlchemy nor Typst. The public
names are those of ``__init__.pyi``; each is fetched when you first ask for it.
"""

from __future__ import annotations

import logging
from importlib import import_module
from typing import Any

from ceosample.stub import homes

# Who uses the library decides where messages go; without a handler Python would print warnings.
logging.getLogger(__name__).addHandler(logging.NullHandler())

_HOMES = homes()

__all__ = sorted([*_HOMES, "__version__"])


def __getattr__(name: str) -> Any:
    if name in __all__:
        # Kept, so that a name is fetched once.
        return globals().setdefault(name, _fetch(name))
    from ceosample.old_names import new_thing

    return new_thing(name)


def __dir__() -> list[str]:
    return [*__all__]


def _fetch(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version(__name__)
    if _HOMES[name] == ".":
        return import_module(f".{name}", __name__)
    return getattr(import_module(_HOMES[name], __name__), name)
