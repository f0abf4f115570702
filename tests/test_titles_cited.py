"""Pages of the documentation that the configuration of ``ceosample init`` sends its reader to."""

from __future__ import annotations

import re

from ceosample.configuration import TEMPLATE
from pages import PROJECT


def test_init_cites_pages_by_their_titles_which_there_are() -> None:
    """A user of the wheel has no folder ``docs``."""
    assert "docs/" not in TEMPLATE
    cited = re.findall(r'\(see "([^"\n]+)"\)', TEMPLATE)
    assert len(cited) == len(re.findall(r"\bsee\b", TEMPLATE.replace('after "see"', ""))) == 4
    titles = {path.read_text("utf-8").split("\n", 1)[0] for path in PROJECT.glob("docs/*.md")}
    assert {f"# {title}" for title in cited} <= titles
