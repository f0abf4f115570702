"""The connections of a process that forks: they stay the parent's, and a child makes its own.

Two processes on one connection read each other's answers, and a file of SQLite that was opened
before a fork loses its locks in the child.
"""

from __future__ import annotations

import os
import weakref
from typing import Final

from sqlalchemy.engine import Engine
from sqlalchemy.pool import Pool

_ENGINES: Final[weakref.WeakSet[Engine]] = weakref.WeakSet()

#: In a child: the pools of its parents. Whatever closes one would end the parent's connections.
_PARENTS: Final[list[Pool]] = []


def keep_apart(engine: Engine) -> Engine:
    """Have every child that is forked from now on begin with no connection of this engine."""
    _ENGINES.add(engine)
    return engine


def _begin_anew() -> None:
    for engine in [*_ENGINES]:
        _PARENTS.append(engine.pool)
        engine.dispose(close=False)


if hasattr(os, "register_at_fork"):  # where there are forks
    os.register_at_fork(after_in_child=_begin_anew)
