"""Progress of long work, where somebody watches it: a terminal or a notebook, and never a log."""

from __future__ import annotations

import contextlib
import importlib.util
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeAlias, TypeVar

T = TypeVar("T")

#: What is told how far a piece of work has come: so many done, of so many.
Progress: TypeAlias = Callable[[int, int], None]

#: Work that takes less time than this shows nothing.
SECONDS: Final = 1.0


@contextlib.contextmanager
def watched(what: str, unit: str, progress: Progress | None = None) -> Iterator[Progress]:
    """What to tell of a piece of work: the caller's own function, or else a bar that is shown.

    The bar is tqdm's, on standard error; its own switch for the environment is ``TQDM_DISABLE=1``.

    Args:
        what: the work, in a word or two.
        unit: what is counted: ``letter``.
        progress: the caller's own function; None for a bar where somebody watches.

    >>> with watched("setting", "letter") as tell:     # nobody watches a doctest
    ...     tell(1, 12)
    """
    if progress is not None:
        yield progress
    elif not _is_watched():
        yield lambda done, of: None
    else:
        with _bar(what, unit) as tell:
            yield tell


def counted(things: Iterable[T], of: int, tell: Progress) -> Iterator[T]:
    """The same things, each told when it is done with.

    >>> list(counted("ab", 2, print))
    1 2
    2 2
    ['a', 'b']
    """
    for number, thing in enumerate(things, 1):
        yield thing
        tell(number, of)


def _is_watched() -> bool:
    """Whether standard error is a terminal, or the code runs in a notebook's kernel."""
    return (sys.stderr is not None and sys.stderr.isatty()) or "ipykernel" in sys.modules


@contextlib.contextmanager
def _bar(what: str, unit: str) -> Iterator[Progress]:
    # It takes its time to load, and most work needs none. Without ipywidgets a notebook has the
    # plain bar too, and not a warning beside it.
    name = "tqdm.auto" if importlib.util.find_spec("ipywidgets") else "tqdm.std"
    tqdm = importlib.import_module(name).tqdm

    class Bar(tqdm):  # type: ignore[misc,valid-type]
        monitor_interval = 0  # no thread of its own: it would be there when a process forks

    with Bar(desc=what, unit=unit, delay=SECONDS, leave=False, total=0, dynamic_ncols=True) as bar:

        def tell(done: int, of: int) -> None:
            bar.total = of
            bar.update(done - bar.n)

        yield tell
