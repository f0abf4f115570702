"""The catalogues of translations: what the templates ask for, and the bytes of a compiled one.

Run as a program, it takes new messages into each .po, drops those that nothing asks for any more,
and compiles it.
"""

from __future__ import annotations

import io
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from ceosample import letters
from ceosample.letters.markup import page_words

LETTERS = Path(letters.__file__).parent
CATALOGUES = sorted((LETTERS / "languages").glob("*.po"))


def extracted() -> Catalog:
    """Every message of the packaged templates and of the pages."""
    found = Catalog(project="ceosample", fuzzy=False)
    templates = extract_from_dir(
        LETTERS / "templates",
        method_map=[("**.html", "jinja2")],
        options_map={"**.html": {"trimmed": "true", "silent": "false", "trim_blocks": "true"}},
    )
    for file, line, message, _, _ in templates:
        found.add(message, locations=[(file, line)])
    for message in page_words.PAGE_WORDS.values():
        found.add(message)
    return found


def read(path: Path) -> Catalog:
    """A catalogue as its file has it."""
    with path.open("rb") as file:
        return read_po(file, locale=path.stem)


def compiled(catalogue: Catalog) -> bytes:
    """The bytes of the .mo."""
    data = io.BytesIO()
    write_mo(data, catalogue)
    return data.getvalue()


def _renew(path: Path) -> None:
    catalogue = read(path)
    catalogue.update(extracted(), no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    text = io.BytesIO()
    write_po(text, catalogue, width=100, no_location=True, omit_header=False, sort_output=False)
    path.write_bytes(text.getvalue())
    path.with_suffix(".mo").write_bytes(compiled(read(path)))


if __name__ == "__main__":
    for place in CATALOGUES:
        _renew(place)
