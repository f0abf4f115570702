"""Which examples laws are tried with.

Hypothesis also tries the constants that it finds in the sources of all modules that are loaded. So
what a law is tried with depends on what ran before it, and a law that fails in a run may hold when
it is asked alone. Each worker of a run also takes three seconds to read these sources.
"""

from __future__ import annotations

import contextlib
import importlib
from typing import Any


def without_our_constants() -> None:
    """Let each law have its own examples, whatever is loaded: no source is searched for more."""
    with contextlib.suppress(ImportError):  # earlier releases search none
        providers: Any = importlib.import_module("hypothesis.internal.conjecture.providers")
        providers.is_local_module_file = lambda _: False
