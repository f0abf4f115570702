"""A letter's tree as a Word file, paragraph by paragraph, in Word's own styles."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import attrs

from ceosample.errors import LetterError
from ceosample.letters.letter import Letter
from ceosample.letters.markup import tree
from ceosample.letters.markup.plain_text import runs
from ceosample.letters.markup.tree import HEADINGS, Node
from ceosample.letters.papers.logo import DOTS
from ceosample.letters.word.elements import Mark, marks_of, put_control
from ceosample.zipped import dated

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

#: Word's own styles for lists go so deep.
DEEPEST_LIST: Final = 3

_FONT: Final = "Calibri"


def written(letter: Letter, body: Sequence[Node], logo: bytes | None = None) -> bytes:
    """The letter as a Word file, for editing its body.

    Args:
        letter: the letter.
        body: the nodes of its body, whose marked elements become content controls.
        logo: the PNG above its first page; None for none.

    Raises:
        LetterError: the letter has a table inside a table or a list, or lists deeper than Word's.
    """
    from docx import Document

    document = Document()
    _lay_out(document, letter)
    if logo is not None:
        _put_logo(document, letter, logo)
    marks = {id(node): mark for mark, node in marks_of(body)}
    writer = _Writer(document, f"letter {letter.unit_id}", marks)
    writer.blocks(letter.tree)
    made = io.BytesIO()
    document.save(made)
    return dated(made.getvalue(), dt.date.fromisoformat(letter.fields["date"]))


def foot(letter: Letter) -> str:
    """What stands at the foot of each page."""
    return (
        f"For editing: {letter.shown}, version {letter.fields['version']}, code {letter.code}. "
        "What is signed is the next version, not this file."
    )


def _lay_out(document: Document, letter: Letter) -> None:
    """A4, one font, the letter's language, and properties that hold no clock and no machine."""
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt, RGBColor

    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(25)
    section.top_margin = section.bottom_margin = Mm(25)
    for name in ("Normal", "Heading 1", "Heading 2", "Heading 3"):
        style = document.styles[name]
        style.font.name = _FONT
        style.font.size = Pt(11 if name in ("Normal", "Heading 3") else 13)
        style.font.color.rgb = RGBColor(0, 0, 0)
        # The template's themes would win over the name of a font.
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            style.element.rPr.rFonts.attrib.pop(qn(f"w:{theme}"), None)
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), letter.fields["language"])
    for style in document.styles:
        if style.name in ("List Bullet", "List Number"):
            style.paragraph_format.space_after = Pt(3)
    _put_foot(section.footer, letter)
    day = dt.datetime.combine(dt.date.fromisoformat(letter.fields["date"]), dt.time())
    properties = document.core_properties
    properties.title = f"{letter.shown}, version {letter.fields['version']}"
    properties.language = letter.fields["language"]
    properties.author = properties.last_modified_by = letter.fields["signatory"]["name"]
    properties.comments = properties.keywords = ""
    properties.created = properties.modified = day
    _drop_thumbnail(document)


def _put_foot(footer: Any, letter: Letter) -> None:
    from docx.shared import Pt

    footer.paragraphs[0].add_run(foot(letter)).font.size = Pt(8)


def _put_logo(document: Document, letter: Letter, logo: bytes) -> None:
    """The logo above the first page, as large as on paper, with its words for a screen reader."""
    from docx.shared import Inches, Pt

    section = document.sections[0]
    section.different_first_page_header_footer = True
    _put_foot(section.first_page_footer, letter)
    said = letter.fields["logo"]
    line = section.first_page_header.paragraphs[0]
    line.paragraph_format.space_after = Pt(12)
    place = line.add_run()
    place.add_picture(io.BytesIO(logo), width=Inches(said["width"] / DOTS))
    (named,) = place._r.xpath(".//wp:docPr")
    named.set("name", "Logo")
    named.set("descr", said["alt"])


def _drop_thumbnail(document: Document) -> None:
    """The template's picture of its first page is of another document."""
    relations = document.part.package.rels
    for key in [key for key, rel in relations.items() if rel.reltype.endswith("/thumbnail")]:
        del relations[key]


@attrs.frozen
class _Writer:
    document: Document
    where: str
    marks: Mapping[int, Mark]

    def blocks(self, nodes: Sequence[Node]) -> None:
        for node in runs(nodes):
            if isinstance(node, list):
                _fill(self.document.add_paragraph(), node)
            elif node["tag"] in HEADINGS:
                paragraph = self.document.add_heading(level=int(node["tag"][1]))
                _fill(paragraph, node["children"])
            elif node["tag"] == "p":
                _fill(self.document.add_paragraph(), node["children"])
            elif node["tag"] in ("ul", "ol"):
                self.list(node, 1)
            elif node["tag"] == "table":
                self.table(node)
            else:
                first = len(self.document.element.body) - 1
                self.blocks(node["children"])
                if mark := self.marks.get(id(node)):
                    put_control(self.document, mark, first)

    def list(self, node: dict[str, Any], level: int) -> None:
        if level > DEEPEST_LIST:
            raise LetterError(
                f"{self.where}: lists more than {DEEPEST_LIST} deep cannot be edited in Word; "
                "flatten them in its contents"
            )
        kind = "List Bullet" if node["tag"] == "ul" else "List Number"
        style = kind if level == 1 else f"{kind} {level}"
        numbering = None if node["tag"] == "ul" else self._new_numbering(style)
        for item in node["children"]:
            self._item(item, style, numbering, level)

    def _item(self, item: dict[str, Any], style: str, numbering: int | None, level: int) -> None:
        paragraph = self.document.add_paragraph(style=style)
        if numbering is not None:
            properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
            properties.get_or_add_ilvl().val = 0
            properties.get_or_add_numId().val = numbering
        parts: list[list[Node]] = []
        for node in runs(item["children"]):
            if isinstance(node, list):
                parts.append(node)
            elif node["tag"] == "p":
                parts.append(node["children"])
        _fill(paragraph, _with_breaks(parts))
        for node in runs(item["children"]):
            if isinstance(node, dict) and node["tag"] in ("ul", "ol"):
                self.list(node, level + 1)
            elif isinstance(node, dict) and node["tag"] != "p":
                raise LetterError(
                    f"{self.where}: <{node['tag']}> in a list cannot be edited in Word; "
                    "change its contents"
                )

    def _new_numbering(self, style: str) -> int:
        """A list of its own that begins at 1: Word's style alone counts on from the last list."""
        from docx.oxml.ns import qn

        own = self.document.styles[style].element.pPr.numPr.numId.val
        numbering = self.document.part.numbering_part.element
        abstract = numbering.num_having_numId(own).abstractNumId.val
        number = numbering.add_num(abstract)
        number.add_lvlOverride(ilvl=0).add_startOverride(1)
        return int(number.get(qn("w:numId")))

    def table(self, node: dict[str, Any]) -> None:
        from docx.oxml import OxmlElement

        rows = list(_rows(node))
        columns = max((len(cells) for cells, _ in rows), default=0)
        if columns == 0:
            return
        table = self.document.add_table(rows=len(rows), cols=columns, style="Table Grid")
        for (cells, is_head), row in zip(rows, table.rows, strict=True):
            if is_head:
                row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
            for cell, place in zip(cells, row.cells, strict=False):
                self._cell(cell, place)
        _mark_first_column(table, [cells for cells, is_head in rows if not is_head])
        self.document.add_paragraph()  # Word joins two tables that touch

    def _cell(self, cell: dict[str, Any], place: Any) -> None:
        parts: list[list[Node]] = []
        for node in runs(cell["children"]):
            if isinstance(node, list):
                parts.append(node)
            elif node["tag"] == "p":
                parts.append(node["children"])
            else:
                raise LetterError(
                    f"{self.where}: <{node['tag']}> in a table cannot be edited in Word; "
                    "change its contents"
                )
        for number, part in enumerate(parts):
            paragraph = place.add_paragraph() if number else place.paragraphs[0]
            _fill(paragraph, part, bold=cell["tag"] == "th")


def _mark_first_column(table: Any, rows: Sequence[Sequence[dict[str, Any]]]) -> None:
    """Word's own way to say that the first cell of each row is its heading."""
    from docx.oxml.ns import qn

    is_heading = bool(rows) and all(cells and cells[0]["tag"] == "th" for cells in rows)
    look = table._tbl.tblPr.find(qn("w:tblLook"))
    if look is not None:
        look.attrib.clear()
        look.set(qn("w:firstColumn"), str(int(is_heading)))
        look.set(qn("w:val"), "0080" if is_heading else "0000")


def _rows(node: dict[str, Any], *, is_head: bool = False) -> Any:
    for child in node["children"]:
        if child["tag"] == "tr":
            yield child["children"], is_head
        else:
            yield from _rows(child, is_head=child["tag"] == "thead")


def _with_breaks(parts: Sequence[Sequence[Node]]) -> list[Node]:
    nodes: list[Node] = []
    for number, part in enumerate(parts):
        if number:
            nodes.append({"tag": "br", "attributes": {}, "children": []})
        nodes += part
    return nodes


def _fill(paragraph: Paragraph, nodes: Sequence[Node], *, bold: bool = False) -> None:
    """Runs for what stands inside a line; a paragraph runs in its own text's direction."""
    from docx.oxml import OxmlElement

    if tree.first_strong_direction(tree.to_text(list(nodes))) == "rtl":
        paragraph._p.get_or_add_pPr().insert_element_before(
            OxmlElement("w:bidi"), "w:jc", "w:rPr", "w:sectPr", "w:pPrChange"
        )
    _add_runs(paragraph, nodes, bold, italic=False)


def _add_runs(paragraph: Paragraph, nodes: Sequence[Node], bold: bool, italic: bool) -> None:
    for node in nodes:
        if isinstance(node, dict) and node["tag"] != "br":
            _add_runs(
                paragraph,
                node["children"],
                bold or node["tag"] == "strong",
                italic or node["tag"] == "em",
            )
            continue
        run = paragraph.add_run()
        if isinstance(node, str):
            run.text = node
            if tree.first_strong_direction(node) == "rtl":
                run.font.rtl = True
        else:
            run.add_break()
        if bold:
            run.bold = True
        if italic:
            run.italic = True
