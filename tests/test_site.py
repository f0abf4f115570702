"""The site of the pages: built without a warning, whole, of one piece, and readable."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import attrs
import nbformat
import pytest
from playwright.sync_api import Browser
from sphinx.util.inventory import InventoryFile

import ceosample
from ceosample.cli import cli
from face import NAMESPACES, public_names
from pages import PAGES, PROJECT


@attrs.frozen
class Site:
    """A site that was built.

    Attributes:
        project: of what; its pages may be changed and built again.
        folder: where its pages are.
        said: what the build said: its warnings.
        status: what it ended with.
    """

    project: Path
    folder: Path
    said: str
    status: int

    @classmethod
    def build(cls, project: Path, folder: Path, *pages: Path) -> Site:
        """Build the pages of a project, strictly: all, or these and what has changed."""
        build = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-n", "-b", "html"]
        done = subprocess.run(
            [*build, project / "docs", folder, *pages], capture_output=True, text=True, check=False
        )
        return cls(project, folder, done.stdout + done.stderr, done.returncode)

    def again(self, folder: Path, *pages: Path) -> Site:
        """Build it anew in another folder, after pages of it were changed."""
        shutil.copytree(self.folder, folder)
        return Site.build(self.project, folder, *pages)

    def pages(self) -> Iterator[tuple[Path, str]]:
        """Every page with its HTML."""
        for path in sorted(self.folder.rglob("*.html")):
            yield path, path.read_text("utf-8")


def copied(folder: Path) -> Path:
    """What a site is made of, in a folder of its own, so that a build writes nothing beside it."""
    for name in ("docs", "notebooks"):
        if (PROJECT / name).is_dir():
            shutil.copytree(PROJECT / name, folder / name)
    for page in PROJECT.glob("*.md"):
        shutil.copy(page, folder)
    return folder


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("project")
    return Site.build(copied(folder), folder / "site")


def test_the_site_is_built_without_a_warning(site: Site) -> None:
    assert site.said == ""
    assert site.status == 0


def test_every_page_is_in_the_site_and_can_be_reached_from_its_index(site: Site) -> None:
    wanted = {
        str(page.relative_to(PROJECT / "docs").with_suffix(".html"))
        for page in PAGES
        if page.is_relative_to(PROJECT / "docs")
    }
    index = (site.folder / "index.html").read_text("utf-8")
    found = {"index.html", *re.findall(r'href="([^"#:]+\.html)"', index)}
    assert wanted <= found


@pytest.fixture(scope="module")
def changed(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The site with a fault in one page, and with a notebook that raises if it is run."""
    page = site.project / "docs/glossary.md"
    text = page.read_text("utf-8")
    page.write_text(f"{text}\n[nowhere](nowhere.md)\n", "utf-8")
    output = nbformat.v4.new_output("stream", text="printed when it was committed\n")
    cells = [
        nbformat.v4.new_markdown_cell("# Trying\n\n[The plan](../docs/plan.md) says more."),
        nbformat.v4.new_code_cell("raise SystemExit", outputs=[output]),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"language_info": {"name": "python"}})
    place = site.project / "notebooks/planning.ipynb"
    committed = place.read_text("utf-8")
    place.write_text(nbformat.writes(notebook), "utf-8")
    copy = site.project / "docs/notebooks/planning.ipynb"
    built = site.again(tmp_path_factory.mktemp("changed") / "site", page, copy)
    page.write_text(text, "utf-8")
    place.write_text(committed, "utf-8")
    return built


def test_a_fault_in_a_page_fails_the_build(changed: Site) -> None:
    (fault,) = (line for line in changed.said.splitlines() if "WARNING" in line)
    assert "glossary.md" in fault
    assert "nowhere.md" in fault
    assert changed.status != 0


def test_a_notebook_is_a_page_with_the_outputs_that_it_was_committed_with(changed: Site) -> None:
    page = (changed.folder / "notebooks/planning.html").read_text("utf-8")
    assert "printed when it was committed" in page
    assert 'href="../plan.html"' in page


def documented(site: Site) -> set[str]:
    """The Python names that the site has a place for."""
    kinds = InventoryFile.loads((site.folder / "objects.inv").read_bytes(), uri="").data
    return {name for kind, names in kinds.items() if kind.startswith("py:") for name in names}


def test_the_page_of_names_has_every_public_name_and_no_other(site: Site) -> None:
    names = documented(site)
    assert {name for name in names if re.fullmatch(r"ceosample\.\w+", name)} == {
        f"ceosample.{name}" for name in ceosample.__all__
    }
    assert {f"ceosample.{name}" for name in public_names()} <= names
    for part in ("report.pictures.coverage", "gate.Register.ask", "warehouse.SqlFrame.from_duckdb"):
        assert f"ceosample.{part}" in names


def text_of(page: Path) -> str:
    """A page, without the column of old names where it has one."""
    return re.sub(r"^\| `cs\.\w+` \|", "|", page.read_text("utf-8"), flags=re.M)


def test_every_name_in_an_example_is_on_the_page_of_names(site: Site) -> None:
    spaces = "|".join([*NAMESPACES, "pictures"])
    used = {
        name
        for page in PAGES
        for name in re.findall(rf"\bcs\.((?:(?:{spaces})\.)*\w+)", text_of(page))
    }
    assert len(used) > 60
    assert {f"ceosample.{name}" for name in used} <= documented(site)


def test_the_page_of_commands_has_every_command_and_option(site: Site) -> None:
    page = (site.folder / "command-reference.html").read_text("utf-8")
    for name, command in cli.commands.items():
        assert f'id="ceosample-{name}"' in page
        for option in command.params:
            for flag in option.opts:
                if flag.startswith("-"):
                    assert f'id="cmdoption-ceosample-{name}-{flag.lstrip("-")}"' in page or (
                        f">{flag}<" in page
                    )


def test_a_page_asks_no_network_for_anything(site: Site) -> None:
    for path, html in site.pages():
        loaded = re.findall(r"<(?:script|link|img|iframe|source)\b[^>]*", html)
        far = [tag for tag in loaded if re.search(r'(?:src|href)="(?:https?:)?//', tag)]
        assert far == [], path


#: On a telephone and on a desk; colours make nothing wider, so they are tried in one scheme.
WIDTHS = (360, 390, 1280)

#: What a page says of itself in a window: by how much it is wider, and of its tables of sentences
#: how many there are, how many names of columns are seen, and where the last cell ends.
SEEN = """() => {
  const all = (what) => [...document.querySelectorAll(`table.sentences${what}`)];
  return {
    over: document.documentElement.scrollWidth - innerWidth,
    tables: all("").length,
    names: all(" .column-name").filter((one) => one.checkVisibility()).length,
    right: Math.max(0, ...all(" td").map((one) => one.getBoundingClientRect().right)),
  };
}"""


@pytest.fixture(scope="module")
def seen(site: Site, browser: Browser) -> dict[tuple[str, int], dict[str, float]]:
    """Each page in windows of several widths: it is loaded once, and the window is changed."""
    found = {}
    tab = browser.new_page()
    for path, _ in site.pages():
        tab.goto(path.as_uri())
        for width in WIDTHS:
            tab.set_viewport_size({"width": width, "height": 800})
            found[str(path.relative_to(site.folder)), width] = tab.evaluate(SEEN)
    tab.close()
    return found


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_is_wider_than_its_window(
    seen: dict[tuple[str, int], dict[str, float]], width: int
) -> None:
    wide = [
        (name, one["over"]) for (name, w), one in seen.items() if w == width and one["over"] > 0
    ]
    assert wide == []


def test_a_table_of_sentences_is_read_on_a_telephone_without_moving_it_sideways(
    seen: dict[tuple[str, int], dict[str, float]],
) -> None:
    pages = {name: one for (name, width), one in seen.items() if width == 390}
    assert sum(one["tables"] for one in pages.values()) > 20
    assert sum(one["names"] for one in pages.values()) > 200
    assert [name for name, one in pages.items() if one["right"] > 390] == []
