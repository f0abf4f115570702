"""Work in which Python's garbage collector rests: it makes many objects, and no circles of them."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def collector_resting() -> Iterator[None]:
    """A block in which Python looks for no circles of garbage; one inside another changes nothing.

    >>> with collector_resting():
    ...     gc.isenabled()
    False
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
