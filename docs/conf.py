"""How Sphinx makes a site of these pages: ``make docs``, or ``sphinx-build -W -n docs SITE``.

Nothing is fetched, and nothing in a page is run: the tests run the examples and the notebooks.
"""

from __future__ import annotations

import gc
import itertools
import re
from importlib.metadata import version as version_of
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.domains.python import PythonDomain
from sphinx.pycode import ModuleAnalyzer

import ceosample
from ceosample.renamed import OldName

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.domains.python import ObjectEntry
    from sphinx.environment import BuildEnvironment

project = "ceosample"
author = "The ceosample maintainers"
project_copyright = author
release = version_of("ceosample")
# A development version names its commit, which would not fit at the top of a telephone.
version = release.partition(".dev")[0] + " dev" * (".dev" in release)

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_click",
]
exclude_patterns = ["*picture*.py"]

myst_enable_extensions = ["deflist"]
myst_heading_anchors = 4
nb_execution_mode = "off"

# A name is documented where people import it from, and refers to itself by that name.
add_module_names = False
autodoc_member_order = "bysource"
autodoc_type_aliases = {"Json": "Json"}
autodoc_typehints_format = "short"
smartquotes = False
# A literal block of a docstring or of the help is a command or a file, and no Python.
highlight_language = "none"
napoleon_numpy_docstring = False
napoleon_use_ivar = True
autodoc_default_options = {"members": True, "inherited-members": "int,dict,Exception,Result"}
nitpick_ignore_regex = [
    # Other packages' names: their pages are not read, since nothing is fetched.
    ("py:.*", r"(collections|dt|datetime|decimal|fractions|pathlib)\..*"),
    ("py:.*", r"(datafusion|duckdb|psycopg|pyspark|sqlalchemy)\..*|Signer|Figure"),
    # Types that say what a JSON value or a file's contents are, or that what goes in comes out.
    ("py:class", r"Contents|EngineName|Fraction|Json|Path|Stratum|TypeAliasForwardRef|.*\.S"),
    # What signatures name and nobody makes or holds by itself: parts of the library's own making.
    (
        "py:class",
        r"ceosample\.sampling\.(?!(draw|frames\.frame|plans\.plan|plans\.promise|seeds\.seed|verify)\.).*",
    ),
    ("py:class", r"ceosample\.warehouse\.(engine|lines|questions)\b.*"),
    # The same by bare names, where a module imports them for a type checker alone.
    ("py:class", r"Clock|HasPast|Progress|Salts|URL"),
    (
        "py:class",
        r"ceosample\.(signoff\.store\.(store\.Store|signatures\.Signer)|job\.month\.MonthKey|configuration\.source\.TableForm)",
    ),
]
python_maximum_signature_line_length = 80
python_use_unqualified_type_names = True

html_theme = "furo"
html_title = f"ceosample {version}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
html_theme_options = {"navigation_with_keys": False}

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"


#: In a docstring: several names of which one thing is said.
_SEVERAL = re.compile(r"( +)(\w+(?:, \w+)+): (.*)")
_JSON = re.compile(r"TypeAliasForwardRef\('Json'\)")
#: The characters of a table's row that fit on a telephone, and those of a first column that leave
#: room for a second.
_FITS, _BESIDE = 60, 24
#: The characters of a cell that needs no room beside its own: a number, a word.
_FIGURE = 12
#: What stands for a colon while napoleon reads: a character that no docstring has.
_COLON = "\N{RATIO}"


def as_napoleon_reads(
    _app: Sphinx, what: str, _name: str, _obj: Any, _options: Any, lines: list[str]
) -> None:
    """Keep napoleon from taking our sentences for its syntax.

    It would read ``first, last: the months`` as one name with a type, and in ``The design weight:
    1/pi.`` what stands before the colon as the type of a property.
    """
    if what in ("attribute", "property"):
        lines[:1] = [line.replace(":", _COLON) for line in lines[:1]]
    for number, line in reversed(list(enumerate(lines))):
        if found := _SEVERAL.fullmatch(line):
            indent, names, said = found.groups()
            deeper = [line.startswith(indent + " ") for line in lines[number + 1 :]]
            end = number + 1 + [*deeper, False].index(False)
            rest = lines[number + 1 : end]
            lines[number:end] = [
                part for name in names.split(", ") for part in (f"{indent}{name}: {said}", *rest)
            ]


def as_it_was(
    _app: Sphinx, _what: str, _name: str, _obj: Any, _options: Any, lines: list[str]
) -> None:
    """What was hidden from napoleon, shown again."""
    lines[:] = [line.replace(_COLON, ":") for line in lines]


def with_json_by_its_name(
    _app: Sphinx,
    _what: str,
    _name: str,
    _obj: Any,
    _options: Any,
    signature: str | None,
    given: str | None,
) -> tuple[str | None, str | None]:
    """A JSON value is called so, and not by what autodoc puts in an alias's place."""
    return _JSON.sub("Json", signature or "") or None, _JSON.sub("Json", given or "") or None


def with_columns(_app: Sphinx, _context: Any, lines: list[str]) -> None:
    """What a command's help sets in columns stays in columns."""
    for number in reversed(range(len(lines))):
        if lines[number].startswith("|"):
            first = not number or not lines[number - 1].startswith("|")
            lines[number : number + 1] = ["::", ""] * first + [f"   {lines[number][1:]}"]


def as_the_house_writes(_app: Sphinx, page: nodes.document) -> None:
    """Attributes are called so; and a dash: smart quotes would make one of ``--period`` too."""
    for text in list(page.findall(nodes.Text)):
        if text == " -- ":
            text.parent.replace(text, nodes.Text(" \N{EN DASH} "))
        elif text == "Variables" and isinstance(text.parent, nodes.field_name):
            text.parent.replace(text, nodes.Text("Attributes"))


def with_column_names(_app: Sphinx, page: nodes.document) -> None:
    """In a table of sentences each cell names its column: on a telephone a row is a list.

    The first cell of a row is the list's title, and names none.
    """
    for table in page.findall(nodes.table):
        head, body = (next(table.findall(part), None) for part in (nodes.thead, nodes.tbody))
        if head is None or body is None:
            continue
        names = [cell.astext() for cell in head.findall(nodes.entry)]
        rows = [list(row.findall(nodes.entry)) for row in body.findall(nodes.row)]
        widths = [max(len(cell.astext()) for cell in column) for column in zip(*rows, strict=True)]
        if sum(widths) <= _FITS or (len(names) == 2 and widths[0] <= _BESIDE):
            if max(widths[1:]) <= _FIGURE:
                table["classes"].append("figures")
            continue
        table["classes"].append("sentences")
        for row in rows:
            for name, cell in zip(names[1:], row[1:], strict=True):
                if name and cell.astext():
                    cell.insert(0, nodes.paragraph("", name, classes=["column-name"]))


def copy_notebooks(app: Sphinx) -> None:
    """Put the notebooks where Sphinx looks for pages; their links are those of the copies."""
    place = Path(app.srcdir) / "notebooks"
    for notebook in sorted(NOTEBOOKS.glob("*.ipynb")):
        text = notebook.read_text("utf-8").replace("](../docs/", "](../")
        copy = place / notebook.name
        if not copy.is_file() or copy.read_text("utf-8") != text:
            place.mkdir(exist_ok=True)
            copy.write_text(text, "utf-8")


def with_links_to_the_copies(_app: Sphinx, _page: str, source: list[str]) -> None:
    """A page leads to the notebooks where they are in the repository."""
    source[0] = source[0].replace("](../notebooks/", "](notebooks/")


class QuickPython(PythonDomain):
    """Python's names, of which each is looked for once: where Sphinx knows none of that name, as of
    another package's, it reads all names through, at every place that has it."""

    def find_obj(self, env: BuildEnvironment, *asked: Any) -> list[tuple[str, ObjectEntry]]:
        """What Sphinx finds, as long as no page brings another name."""
        known = self.__dict__.setdefault("_found", {})
        key = (len(self.objects), *asked)
        if key not in known:
            known[key] = super().find_obj(env, *asked)
        return list(known[key])


def with_titles_alone(
    _app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: object
) -> None:
    """The list of pages beside each page holds titles: their headings need not be copied first.

    Every page stands in the index itself, so one level is all. Sphinx would copy all headings of
    all pages for each of them, a fifth of its time.
    """
    toctree = context["toctree"]
    context["toctree"] = lambda **how: toctree(**{**how, "maxdepth": 1})


def name_as_imported() -> None:
    """Let a class have the name that its namespace gives it: autodoc takes it for an alias else."""
    for space in (getattr(ceosample, name) for name in ceosample.__all__):
        for name in getattr(space, "__all__", ()):
            thing = getattr(space, name)
            if isinstance(thing, type):
                thing.__name__ = name


def inherited_in_order(_app: Sphinx) -> None:
    """Show what the ledger inherits a subject at a time: Sphinx would sort it by the alphabet.

    The names of 0.1 come last.
    """
    source = ModuleAnalyzer.for_module(ceosample.Ledger.__module__)
    source.analyze()
    own, *bases = ([*vars(each)] for each in ceosample.Ledger.__mro__[:-1])
    old = [name for name in own if isinstance(vars(ceosample.Ledger)[name], OldName)]
    for number, name in enumerate(itertools.chain(*bases, old), len(source.tagorder)):
        source.tagorder[f"Ledger.{name}"] = number


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    # Trees of pages are made all the time and stay: a collector that looks through them finds none.
    gc.set_threshold(100_000, 50, 100)
    name_as_imported()
    app.add_domain(QuickPython, override=True)
    app.connect("builder-inited", copy_notebooks)
    app.connect("builder-inited", inherited_in_order)
    app.connect("autodoc-process-docstring", as_napoleon_reads, priority=400)
    app.connect("autodoc-process-docstring", as_it_was, priority=600)
    app.connect("autodoc-process-signature", with_json_by_its_name)
    app.connect("sphinx-click-process-description", with_columns)
    app.connect("source-read", with_links_to_the_copies)
    app.connect("doctree-read", as_the_house_writes)
    app.connect("doctree-read", with_column_names)
    app.connect("html-page-context", with_titles_alone, priority=400)  # before the theme asks
