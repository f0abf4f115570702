"""A law is tried with the same examples, whatever ran before it."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from thorough import THOROUGH


def _examples() -> list[str]:
    tried: list[str] = []

    @settings(
        derandomize=True, database=None, max_examples=200, suppress_health_check=list(HealthCheck)
    )
    @given(st.text())
    def law(text: str) -> None:
        tried.append(text)

    law()
    return tried


@pytest.mark.skipif(THOROUGH, reason="a thorough run tries the sources' constants too")
def test_what_is_loaded_changes_no_example(tmp_path: Path) -> None:
    before = _examples()
    words = [f"zebra{number}" for number in range(100)]
    source = tmp_path / "stripes.py"
    source.write_text("".join(f"{word} = {word!r}\n" for word in words), "utf-8")
    spec = importlib.util.spec_from_file_location("stripes", source)
    assert spec is not None
    assert spec.loader is not None
    sys.modules["stripes"] = module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
        after = _examples()
    finally:
        del sys.modules["stripes"]
    assert after == before
    assert not set(words).intersection(after)
