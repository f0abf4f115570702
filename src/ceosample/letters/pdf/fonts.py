"""Fonts: those in Typst itself and those of a folder that the user names; never the system's."""

from __future__ import annotations

import json
import tempfile
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    import typst

#: A character that a font lacks is a box, and all boxes are as wide: so i is as wide as m. A
#: typewriter's font has them alike, too, and no letter is set in one.
_HAVE_LATIN: Final = b"""
#let width(name, letter) = measure(text(font: name, fallback: false, letter)).width
#context [#metadata(json(bytes(sys.inputs.names)).map(
  name => width(name, "i") != width(name, "m")
)) <latin>]
"""

#: A program as bytes, or the path of one.
Source = TypeVar("Source", bytes, str)


@cache
def _fonts(folder: str | None, *, bundled: bool) -> typst.Fonts:
    """The fonts of a folder, with or without those in Typst itself; never the system's."""
    import typst

    paths = [] if folder is None else [folder]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=bundled, font_paths=paths)


def fonts_of(folder: str | None) -> typst.Fonts:
    """Typst's own fonts and those of a folder."""
    return _fonts(folder, bundled=True)


def families(folder: str) -> list[str]:
    """The names of a folder's fonts."""
    return _fonts(folder, bundled=False).families()


@cache
def with_latin(folder: str) -> list[dict[str, Any]]:
    """The fonts of a folder by name, and whether each has Latin letters."""
    names = families(folder)
    with tempfile.TemporaryDirectory() as root:
        compiler = compiler_of(_HAVE_LATIN, root, folder, {"names": json.dumps(names)})
        have_latin = json.loads(compiler.query("<latin>", field="value", one=True))
    return [{"name": name, "latin": latin} for name, latin in zip(names, have_latin, strict=True)]


def compiler_of(
    source: Source, root: str, fonts: str | None, inputs: dict[str, str]
) -> typst.Compiler:
    """Typst with nothing to read but its source, its inputs and what is in its root.

    A source that is a path is read again each time; bytes are there for the first time alone.
    """
    import typst

    return typst.Compiler(
        source,
        root=root,
        font_paths=fonts_of(fonts),
        ignore_system_fonts=True,
        sys_inputs=inputs,
    )
