"""Workbooks written part by part: what openpyxl would not write, and Excel and others do."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import quoteattr

from openpyxl import Workbook

TRANSITIONAL = "http://schemas.openxmlformats.org"
STRICT = "http://purl.oclc.org/ooxml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_PACKAGE = f"{TRANSITIONAL}/package/2006"


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return made.getvalue()


def parts_of(
    rows: str,
    *,
    strict: bool = False,
    prefix: str = "",
    formats: Sequence[str] = (),
    strings: str = "",
    after: str = "",
    is_1904: bool = False,
    sheets: str = '<sheet name="Register" sheetId="1" r:id="rId1"/>',
) -> dict[str, str | bytes]:
    """The parts of a workbook with one sheet.

    Args:
        rows: the XML of its rows, without a prefix; ``s="1"`` has the first of ``formats``.
        strict: whether its namespaces are those of Strict.
        prefix: a prefix for the namespace of its elements.
        formats: the codes of number formats.
        strings: the XML of its shared strings.
        after: what stands behind the rows.
        is_1904: whether days count from 1904.
        sheets: the XML of the book's list of sheets.
    """
    base = STRICT if strict else TRANSITIONAL
    main = f"{base}/spreadsheetml/main" if strict else f"{base}/spreadsheetml/2006/main"
    link = f"{base}/officeDocument{'' if strict else '/2006'}/relationships"
    given = f' xmlns{":" if prefix else ""}{prefix}="{main}" xmlns:r="{link}"'
    codes = "".join(
        f"<numFmt numFmtId={quoteattr(str(n))} formatCode={quoteattr(code)}/>"
        for n, code in enumerate(formats, 164)
    )
    styles = "".join(f'<xf numFmtId="{n}"/>' for n in [0, *range(164, 164 + len(formats))])

    def part(name: str, inner: str) -> str:
        text = f"<{name}{given}>{inner}</{name}>"
        if prefix:
            text = text.replace("</", "\0").replace("<", f"<{prefix}:")
            text = text.replace("\0", f"</{prefix}:")
        return _HEAD + text

    def leads(**targets: str) -> str:
        kinds = "".join(
            f'<Relationship Id="{id_}" Type="{link}/{target.split("|")[0]}" '
            f'Target="{target.split("|")[1]}"/>'
            for id_, target in targets.items()
        )
        return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{kinds}</Relationships>'

    dated = '<workbookPr date1904="1"/>' if is_1904 else ""
    return {
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"/>',
        "_rels/.rels": leads(rId1="officeDocument|xl/workbook.xml"),
        "xl/workbook.xml": part("workbook", f"{dated}<sheets>{sheets}</sheets>"),
        "xl/_rels/workbook.xml.rels": leads(
            rId1="worksheet|worksheets/sheet1.xml",
            rId2="styles|styles.xml",
            rId3="sharedStrings|/xl/sharedStrings.xml",
        ),
        "xl/styles.xml": part(
            "styleSheet", f"<numFmts>{codes}</numFmts><cellXfs>{styles}</cellXfs>"
        ),
        "xl/sharedStrings.xml": part("sst", strings),
        "xl/worksheets/sheet1.xml": part("worksheet", f"<sheetData>{rows}</sheetData>{after}"),
    }


def sheet_of(rows: str, **given: Any) -> bytes:
    """A workbook with these rows; see ``parts_of``."""
    return zipped(parts_of(rows, **given))


def inline(*rows: Sequence[str | tuple[str, str]]) -> str:
    """The XML of rows of inline texts; a pair is a cell's attributes and what is in it."""
    found = []
    for number, row in enumerate(rows, 1):
        cells = "".join(
            f"<c {cell[0]}>{cell[1]}</c>"
            if isinstance(cell, tuple)
            else f'<c t="inlineStr"><is><t xml:space="preserve">{cell}</t></is></c>'
            for cell in row
        )
        found.append(f'<row r="{number}">{cells}</row>')
    return "".join(found)


def book_of(rows: Sequence[Sequence[Any]], formats: Mapping[str, str] | None = None) -> bytes:
    """A workbook with these rows, as openpyxl writes it; ``formats`` by cells' places."""
    return saved_book("Sheet", rows, formats or {})


def saved_book(title: str, rows: Sequence[Sequence[Any]], formats: Mapping[str, str]) -> bytes:
    """A workbook with one sheet of this name."""
    book = Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    for place, code in formats.items():
        book.active[place].number_format = code
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()
