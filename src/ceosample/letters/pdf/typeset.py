"""Pages: the fixed Typst shell is given data as JSON, and gives PDF/A-2a that is PDF/UA-1 too.

No Typst markup is ever made from data. The project's root is a folder that holds the shell, the
data and a logo, the fonts are those that Typst bundles and those of a folder that the user names,
and the time is the letter's date, so the same letter is the same file on every machine with the
same release of Typst.

A process sets one document after the other with the same Typst: the shell is parsed once, and what
does not depend on the data is evaluated once. So the data is a file: Typst keeps nothing of what it
evaluated where its inputs change.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
import tempfile
from collections.abc import Callable, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import attrs

from ceosample.errors import CeosampleError, MissingPartError
from ceosample.letters import child_process
from ceosample.letters.pdf.fonts import compiler_of, with_latin
from ceosample.letters.pdf.in_words import in_words
from ceosample.letters.pdf.language import with_languages

if TYPE_CHECKING:
    import typst

#: Both at once: to be kept for years, and to be read aloud.
STANDARDS: Final[list[Literal["a-2a", "ua-1"]]] = ["a-2a", "ua-1"]

#: A letter of many pages takes well under a second; a pack of 250 a few, and 700 MB. What is
#: limited is address space, of which a process has far more than it uses.
LIMITS: Final = child_process.Limits(seconds=120, megabytes=4096)

#: What the shell imports.
_FUNCTIONS: Final = ("text.typ", "pages.typ", "sheets.typ")


@attrs.frozen
class Page:
    """One document to set.

    Attributes:
        data: what the shell prints, JSON; the shell reads it from ``/data.json``.
        date: the letter's date, which the file carries as its time.
        fonts: a folder of the user's fonts, or None.
        shell: the Typst program that prints it; None for that of letters and packs.
        logo: the PNG at the head of letters, which the shell reads from ``/logo.png``; or None.
    """

    data: str
    date: dt.date
    fonts: str | None = None
    shell: bytes | None = None
    logo: bytes | None = None


def is_installed() -> bool:
    """Whether the extra ``pdf`` is there; Typst itself is not loaded."""
    return importlib.util.find_spec("typst") is not None


def require_installed() -> None:
    """Raise if the extra is not there.

    Raises:
        MissingPartError: with the command that installs it.
    """
    if not is_installed():
        raise MissingPartError(
            "pdf: needs Typst, which is not installed; pip install 'ceosample[pdf]'"
        )


def compile_batches(
    batches: Sequence[Sequence[Page]], progress: Callable[[int, int], None] = lambda made, of: None
) -> list[bytes | child_process.Failure]:
    """The PDF of every document, or why it failed; one that fails does not stop the others.

    Args:
        batches: the documents; each batch is set in a process of its own, and two at once.
        progress: called after each batch with the number of documents done and the number of all.

    Returns:
        The PDFs of the first batch, of the second, ...
    """
    made: list[bytes | child_process.Failure] = []
    # The folder is ours, so that it goes even where a child was ended in the middle of its work.
    with tempfile.TemporaryDirectory() as desk:
        orders = [[(desk, *attrs.astuple(page)) for page in batch] for batch in batches]
        for results in child_process.run_beside(job, orders, LIMITS):
            made += results
            progress(len(made), sum(map(len, batches)))
    return made


def compile_page(page: Page, what: str, error: type[CeosampleError]) -> bytes:
    """The PDF of one document.

    Args:
        page: the document.
        what: what messages call it.
        error: what is raised if it cannot be set, with its reason.
    """
    (made,) = compile_batches([[page]])
    if isinstance(made, child_process.Failure):
        raise error(f"{what}: {made.message}")
    return made


def job(order: tuple[str, str, dt.date, str | None, bytes | None, bytes | None]) -> bytes:
    """The PDF of one document, a :class:`Page` after a folder for files; the worker calls this.

    Raises:
        ValueError: Typst's message, in words for a reader who knows nothing of Typst.
    """
    import typst

    desk, page = order[0], Page(*order[1:])
    root, compiler = _press(desk, page.shell, page.fonts)
    _lay(root / "data.json", _with_families(page).encode())
    _lay(root / "logo.png", page.logo)
    try:
        made, warnings = compiler.compile_with_warnings(
            format="pdf",
            pdf_standards=[*STANDARDS],
            timestamp=dt.datetime.combine(page.date, dt.time(), dt.UTC),
        )
    except typst.TypstError as error:
        raise ValueError(in_words(error.message)) from None
    # Typst warns where page numbers may be wrong, and goes on.
    if not isinstance(made, bytes) or warnings:
        said = [warning.message for warning in warnings]
        raise ValueError(f"the page cannot be set: {'; '.join(said) or 'there is no document'}")
    return with_languages(made, page.data) if page.shell is None else made


@cache
def _press(desk: str, shell: bytes | None, fonts: str | None) -> tuple[Path, typst.Compiler]:
    """A root that holds a shell, and the Typst that sets what is put next to it."""
    root = Path(tempfile.mkdtemp(dir=desk))
    main = root / "main.typ"
    main.write_bytes(_template("shell.typ") if shell is None else shell)
    for name in _FUNCTIONS:
        _lay(root / name, _template(name))
    return root, compiler_of(str(main), str(root), fonts, {})


def _lay(file: Path, data: bytes | None) -> None:
    """Put data into a file, or take the file away."""
    if data is None:
        file.unlink(missing_ok=True)
    else:
        file.write_bytes(data)


def _with_families(page: Page) -> str:
    """The page's data with the user's own fonts, which the shell tries first."""
    if page.fonts is None:
        return page.data
    data: dict[str, Any] = json.loads(page.data)
    data["fonts"] = with_latin(page.fonts)
    return json.dumps(data, ensure_ascii=False)


def _template(name: str) -> bytes:
    return (resources.files("ceosample.letters") / "templates" / name).read_bytes()
