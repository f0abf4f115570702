"""A plugin of pytest: laws are tried with few examples, the same ones each time."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import HealthCheck, settings

#: A mutant that a law notices is mostly noticed by its first examples.
EXAMPLES: Final = 12


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        law = getattr(item, "obj", None)
        own = getattr(law, "_hypothesis_internal_use_settings", None) or settings()
        if hasattr(law, "hypothesis"):
            law._hypothesis_internal_use_settings = settings(  # type: ignore[union-attr]
                own,
                max_examples=min(own.max_examples, EXAMPLES),
                derandomize=True,
                database=None,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            )
