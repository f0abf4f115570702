"""Every other worker of a parallel run collects its files from the last to the first.

In a clean clone pytest rewrites the assertions of each file, which is more than half of collecting,
and keeps what it made for whoever comes next. Workers that go the same way rewrite every file at
the same time, each for itself; those that come from both ends meet in the middle.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest


class Backwards:
    """The plugin of a worker that collects a folder's files from the last to the first."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_collect_directory(self, path: Path, parent: pytest.Collector) -> pytest.Dir:
        found: pytest.Dir = pytest.Dir.from_parent(parent, path=path)
        forwards = found.collect
        found.collect = lambda: reversed([*forwards()])  # type: ignore[method-assign]
        return found


def is_for(config: pytest.Config) -> bool:
    """Whether a process is such a worker: gw1, gw3 and so on."""
    worker = str(getattr(config, "workerinput", {}).get("workerid", ""))
    return worker[-1:] in {*"13579"}


def in_order(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """Tests in the order of their files: all workers must come to the same one."""
    return sorted(items, key=lambda item: item.path)
