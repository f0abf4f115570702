"""PDFs as their readers find them: a screen reader, an archive, a printer, a checker's rules.

Each script has a letter of two pages with a long name, a list and a table of 30 lines. What is seen
with the eye alone (do the columns of a table from the right stand the other way round, is a line
too tight?) was looked at as pictures; what a machine can find again is held here.
"""

from __future__ import annotations

import io
import itertools
import re
import unicodedata
from pathlib import Path
from typing import Any

import page as checker
import pikepdf
import pypdf
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

import ceosample as cs
from ceosample.letters import child_process
from ceosample.letters.markup import tree
from ceosample.letters.pdf import typeset
from structure import Part, structure, to_unicode
from test_letters import DATE, DOCKET, entry, letter, render
from tongues import WORDLESS

pytestmark = pytest.mark.slow

TEMPLATE = """{% block body %}{% call element("body") %}
{{ body | paragraphs }}
<h3>{{ found }}</h3>
<ul>{% for point in points %}<li>{{ point }}</li>{% endfor %}</ul>
<table><thead><tr>{% for name in header %}<th scope="col">{{ name }}</th>{% endfor %}</tr></thead>
<tbody>{% for row in rows %}
<tr><th scope="row">{{ row[0] }}</th><td>{{ row[1] }}</td><td>{{ row[2] }}</td></tr>
{% endfor %}</tbody></table>
<p lang="fr">Veuillez nous excuser.</p>
{% endcall %}{% endblock %}
"""
ROWS = 30

#: A recipient, a sentence, a heading, two points, the header and a cell of a table.
SCRIPTS = {
    "en": (
        "Gwýneth Llŵyd ap Siôn-Nguyễn Thị Hồng Ánh",
        "We have looked at every fee again; Nguyễn Văn Đường wrote, and the ŵ was wrong.",
        "What we found", ("The first was right.", "The second was not."),
        ("No.", "What for", "Amount"), "Overdraft interest",
    ),
    "el": (
        "Κωνσταντίνος Παπαδόπουλος-Αναγνωστόπουλος",
        "Εξετάσαμε ξανά τι συνέβη. Уважаемый Иван Щедринский, мы всё проверили.",
        "Τι βρήκαμε", ("Η πρώτη ήταν σωστή.", "Η δεύτερη όχι."),
        ("Αρ.", "Για ποιο", "Ποσό"), "Мемориальный ордер",
    ),
    "ar": (
        "محمد بن عبد الرحمن الفاسي",
        "لقد راجعنا ما حدث ووجدنا أن الرسم قد خصم مرتين، كتب إليكم John Smith من البنك.",
        "ما وجدناه", ("كان الرسم الأول صحيحا.", "أما الثاني فلم يكن صحيحا."),
        ("رقم", "السبب", "المبلغ"), "تحويل إلى حساب آخر",
    ),
    "he": (
        "יעל בן־דוד",
        "בדקנו שוב מה קרה ומצאנו כי העמלה נגבתה פעמיים, כתב אלייך John Smith מהבנק.",
        "מה מצאנו", ("העמלה הראשונה הייתה נכונה.", "השנייה לא."),
        ("מס׳", "עבור", "סכום"), "עמלת כרטיס",
    ),
}  # fmt: skip


def in_script(language: str) -> cs.Pack:
    """A pack of one letter of two pages in a script that Typst's own fonts have."""
    recipient, sentence, found, points, header, cell = SCRIPTS[language]
    rows = [[f"{n}", cell, f"{n * 37 % 900}.{n % 10}0"] for n in range(1, ROWS + 1)]
    fields = {"found": found, "points": list(points), "header": list(header), "rows": rows}
    contents = entry(DOCKET, recipient=recipient, body=f"{sentence} " * 6, **fields)
    return render(
        contents={"A-1": contents}, template=WORDLESS + TEMPLATE, language=language, pdf=True,
        letterhead=["The Bank", "2 High Street"],
    )  # fmt: skip


@pytest.fixture(scope="module", params=SCRIPTS)
def script(request: pytest.FixtureRequest) -> cs.Pack:
    """A letter in each of four scripts."""
    return in_script(request.param)


@pytest.fixture(scope="module")
def month() -> cs.Pack:
    """Letters of the default template, from a line to three pages, with their dockets."""
    bodies = {f"R-{n:02}": "\n\n".join(["A paragraph of words. " * 20] * n) for n in range(1, 17)}
    contents = {unit_id: entry(DOCKET, body=body) for unit_id, body in bodies.items()}
    return render(*bodies, contents=contents, pdf=True)


def pdfs(pack: cs.Pack) -> dict[str, bytes]:
    """A pack's PDFs by name."""
    return {name: data for name, data in pack.files().items() if name.endswith(".pdf")}


def letter_pdf(pack: cs.Pack) -> bytes:
    """The only letter's PDF."""
    (one,) = pack
    return pdfs(pack)[f"letters/{one.name}.pdf"]


# ---- Rules -------------------------------------------------------------------------------------


def findings(data: bytes, profile: str) -> list[str]:
    """What a checker of the profile finds, but for lengths that are right when they are counted.

    It takes a stream that ends with CR, and the LF before ``endstream``, for one end of a line, and
    so finds one byte too few: in one compressed stream of 256.
    """
    report = checker.validate_pdf_bytes(data, profile=profile)
    return [
        f"{failure.rule_id}: {failure.message}"
        for failure in report.failures
        if not (
            failure.rule_id.endswith("-STREAM-LENGTH-001")
            and failure.object_id is not None
            and has_its_length(data, failure.object_id.object_number)
        )
    ]


def has_its_length(data: bytes, number: int) -> bool:
    """Whether a stream is as long as it says, to the byte."""
    head = re.search(rb"\n%d 0 obj\n<<.*?/Length (\d+).*?>>\nstream\n" % number, data, re.DOTALL)
    assert head is not None
    return data[head.end() + int(head[1]) :].startswith(b"\nendstream\nendobj")


@pytest.mark.parametrize("profile", ["2a", "ua1"])
def test_a_checker_finds_no_fault_in_any_script(script: cs.Pack, profile: str) -> None:
    """'PDF/UA and PDF/A ... a checker from PyPI (page-validation, pikepdf) run over them.'"""
    for name, data in pdfs(script).items():
        assert findings(data, profile) == [], name


@pytest.mark.parametrize("profile", ["2a", "ua1"])
def test_a_checker_finds_no_fault_in_a_month(month: cs.Pack, profile: str) -> None:
    for name, data in pdfs(month).items():
        assert findings(data, profile) == [], name


def broken(data: bytes, what: str) -> bytes:
    """A letter from which a part was taken that a checker looks for."""
    with pikepdf.open(io.BytesIO(data)) as file:
        if what == "a font":
            fonts: Any = file.pages[0].resources["/Font"]
            for _, font in fonts.items():
                descriptor = font.DescendantFonts[0].FontDescriptor
                for key in [key for key, _ in descriptor.items() if key.startswith("/FontFile")]:
                    del descriptor[key]
        else:
            del file.Root[f"/{what}"]
        out = io.BytesIO()
        file.save(out, static_id=True)
        return out.getvalue()


@pytest.mark.parametrize("what", ["Lang", "MarkInfo", "Metadata", "ViewerPreferences", "a font"])
def test_the_checker_does_see_what_is_missing(month: cs.Pack, what: str) -> None:
    """A checker that finds nothing anywhere would prove nothing."""
    data = broken(pdfs(month)["letters/0001-" + month.letters[0].unit_id + ".pdf"], what)
    assert findings(data, "2a") + findings(data, "ua1")


# ---- The file ----------------------------------------------------------------------------------


def test_a_pdf_is_tagged_and_shows_its_title_and_language(script: cs.Pack) -> None:
    """'Tagged, title, language'; a window shows the title and not the file's name."""
    with pikepdf.open(io.BytesIO(letter_pdf(script))) as file:
        assert file.Root.MarkInfo.Marked
        assert str(file.Root.Lang) == script.fields["language"]
        assert file.Root.ViewerPreferences.DisplayDocTitle
        with file.open_metadata() as said:
            assert said["dc:title"] == "Response A-1"
            assert (said["pdfaid:part"], said["pdfaid:conformance"]) == ("2", "A")
            assert said["pdfuaid:part"] == "1"


def fonts_of(data: bytes) -> list[Any]:
    """Every font of a PDF, once."""
    with pikepdf.open(io.BytesIO(data)) as file:
        fonts = {
            str(font.BaseFont): (
                sorted(font.DescendantFonts[0].FontDescriptor.keys()),
                "/ToUnicode" in font,
            )
            for page in file.pages
            for _, font in page.resources.get("/Font", {}).items()
        }
    return [(name, *rest) for name, rest in fonts.items()]


def test_every_font_is_embedded_and_says_what_its_glyphs_mean(script: cs.Pack) -> None:
    """'Fonts embedded'; without ToUnicode a letter can be neither searched nor read aloud."""
    for data in pdfs(script).values():
        fonts = fonts_of(data)
        assert len(fonts) > 1
        for name, descriptor, has_unicode in fonts:
            assert any(key.startswith("/FontFile") for key in descriptor), name
            assert has_unicode, name


ACTIVE = {
    "/JS", "/JavaScript", "/OpenAction", "/AA", "/EmbeddedFiles", "/EF", "/AF", "/URI", "/Launch",
    "/GoToR", "/GoToE", "/SubmitForm", "/ImportData", "/RichMedia", "/AcroForm", "/XFA", "/Encrypt",
}  # fmt: skip


def names_in(thing: Any) -> set[str]:
    """The keys and names in an object, but for those in objects of their own."""
    if isinstance(thing, pikepdf.Name):
        return {str(thing)}
    if not isinstance(thing, pikepdf.Array | pikepdf.Dictionary | pikepdf.Stream):
        return set()
    is_list = isinstance(thing, pikepdf.Array)
    keys = set() if is_list else set(thing.keys())
    inside = list(thing) if is_list else [value for _, value in thing.items()]
    return keys.union(*(names_in(one) for one in inside if not getattr(one, "is_indirect", False)))


def test_a_pdf_does_nothing_and_leads_nowhere(script: cs.Pack, month: cs.Pack) -> None:
    """No script, no action, no file inside, no address of the web: paper."""
    for data in (*pdfs(script).values(), *pdfs(month).values()):
        with pikepdf.open(io.BytesIO(data)) as file:
            found = set().union(*(names_in(thing) for thing in file.objects))
            assert "/StructTreeRoot" in found
            assert not found & ACTIVE
            for page in file.pages:
                links: Any = page.get("/Annots", [])
                assert {str(link.Subtype) for link in links} <= {"/Link"}
                assert not links or str(page.Tabs) == "/S"


# ---- Reading order -----------------------------------------------------------------------------


def read_aloud(text: str) -> str:
    """Without white space, which lines and cells stand for, and without isolates."""
    return re.sub("[\\s\\u2068\\u2069]", "", text)


def heard(text: str) -> str:
    """What is read aloud; of text from the right, which is drawn from its end, the characters."""
    said = read_aloud(text)
    from_right = any(unicodedata.bidirectional(one) in ("R", "AL") for one in said)
    return "".join(sorted(said)) if from_right else said


BLOCKS = ("p", "h1", "h2", "h3", "td", "th", "li")


def blocks(nodes: list[tree.Node]) -> list[str]:
    """The text of each block of a letter, in order."""
    found: list[str] = []
    for node in nodes:
        if isinstance(node, dict) and node["tag"] in BLOCKS:
            found.append(tree.to_text([node]))
        elif isinstance(node, dict):
            found += blocks(node["children"])
    return found


def test_a_letter_is_read_aloud_in_the_order_of_its_tree(script: cs.Pack, month: cs.Pack) -> None:
    """'Tables and reading order right': the structure says each block of the tree, and nothing but
    these, in order; the header that a table has again on its second page is not read again, nor is
    a page's foot."""
    for pack in (script, month):
        for one in pack:
            found = structure(pdfs(pack)[f"letters/{one.name}.pdf"])
            tags = ("P", "H1", "H2", "TH", "TD", "Lbl")
            said = [heard(part.text) for part in found.all(*tags) if part.text != "•"]
            signature = "MargaretLlewelynChiefExecutive"
            assert said == [*(heard(text) for text in blocks(one.tree)), signature]
            every = read_aloud(found.text).replace("•", "")
            signed = read_aloud(tree.to_text(one.tree)) + signature
            assert sorted(every) == sorted(signed)


def test_the_pack_reads_each_docket_and_then_its_letter(month: cs.Pack) -> None:
    said = read_aloud(structure(pdfs(month)["pack.pdf"]).text)
    for number, one in enumerate(month, 1):
        docket, letter_ = f"Docket{number}of16", read_aloud(tree.to_text(one.tree))
        assert said.count(docket) == 1
        said = said[said.index(docket) :]
        assert letter_ in said.partition(f"Docket{number + 1}of16")[0]


def test_a_table_says_which_column_a_cell_is_in(script: cs.Pack) -> None:
    """'Tables ... right': a header with its scope, and the rows as they were given."""
    header, cell = SCRIPTS[script.fields["language"]][4:]
    (table,) = structure(letter_pdf(script)).all("Table")
    head, body = table.parts
    assert (head.tag, body.tag) == ("THead", "TBody")
    assert [(heard(part.text), str(part.attributes["Scope"])) for part in head.all("TH")] == [
        (heard(name), "/Column") for name in header
    ]
    assert [[heard(one.text) for one in row.parts] for row in body.parts] == [
        [f"{n}", heard(cell), f"{n * 37 % 900}.{n % 10}0"] for n in range(1, ROWS + 1)
    ]
    ids = [str(part.attributes["Headers"][0]) for part in body.parts[-1].parts]
    assert len(set(ids)) == len(header)


def test_a_list_is_a_list_of_its_points(script: cs.Pack) -> None:
    (points,) = structure(letter_pdf(script)).all("L")
    assert [point.tag for point in points.parts] == ["LI", "LI"]
    assert [[part.tag for part in point.parts] for point in points.parts] == [["Lbl", "LBody"]] * 2
    bodies = [heard(point.parts[1].text) for point in points.parts]
    assert bodies == [heard(point) for point in SCRIPTS[script.fields["language"]][3]]


def levels(found: Part) -> list[int]:
    """The levels of the headings, in order."""
    return [int(part.tag[1]) for part in found.all(*(f"H{level}" for level in range(1, 7)))]


def test_no_heading_skips_a_level(script: cs.Pack) -> None:
    """The template has h3 below h1, and PDF/UA lets none be skipped."""
    for data in pdfs(script).values():
        steps = itertools.pairwise([0, *levels(structure(data))])
        assert all(after <= before + 1 for before, after in steps)
    assert levels(structure(letter_pdf(script))) == [1, 2]


def test_a_part_in_another_language_says_so(script: cs.Pack) -> None:
    """A screen reader changes its voice for `lang`."""
    found = structure(letter_pdf(script))
    spoken = {part.language for part in found.all() if "Veuillez" in part.text and not part.parts}
    assert spoken == {"fr"}
    assert {part.language for part in found.all("LBody")} == {script.fields["language"]}


# ---- Pages -------------------------------------------------------------------------------------


def texts(data: bytes) -> list[str]:
    """The text of each page."""
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages]


def test_every_page_says_its_number_and_how_many_there_are(month: cs.Pack) -> None:
    """Of letters of every length, alone and in the pack: where Typst must look twice to know how
    many pages there are, it once gave up and numbered two pages '1 of 1'."""
    lengths = set()
    in_pack = "\n".join(texts(pdfs(month)["pack.pdf"]))
    for one in month:
        pages = texts(pdfs(month)[f"letters/{one.name}.pdf"])
        lengths.add(len(pages))
        expected = [f"Page {n} of {len(pages)}" for n in range(1, len(pages) + 1)]
        assert [re.findall(r"Page \d+ of \d+", page)[-1] for page in pages] == expected
        assert re.findall(rf"Code {one.code}\s+(Page \d+ of \d+)", in_pack) == expected
    assert lengths == {1, 2, 3}


def test_a_page_that_does_not_settle_is_refused(tmp_path: Path) -> None:
    """Typst warns and gives a PDF whose page numbers may be wrong."""
    shell = b"#set document(title: [x])\n#context v(30mm - here().position().y)\nx"
    with pytest.raises(ValueError, match="did not converge"):
        typeset.job((str(tmp_path), "{}", DATE, None, shell, None))


def test_a_signature_is_never_alone_on_its_page(month: cs.Pack) -> None:
    """It could be put under any letter: the closing and what is approved stand above it."""
    for one in month:
        *_, last = texts(pdfs(month)[f"letters/{one.name}.pdf"])
        assert last.index("A paragraph") < last.index("Yours") < last.index("I approve")


def place_of(data: bytes, words: str) -> float:
    """How far from the bottom of the first page these words stand."""
    found: list[float] = []

    def see(text: str, matrix: list[float], at: list[float], *_: Any) -> None:
        if words in text:
            found.append(matrix[5] + at[5] if matrix[3] == 1 else matrix[5] - at[5])

    pypdf.PdfReader(io.BytesIO(data)).pages[0].extract_text(visitor_text=see)
    return found[0]


def test_the_address_stands_in_the_window_whatever_the_letterhead() -> None:
    heads = [[], ["The Bank"], ["The Bank", "1 High Street", "Exampleton", "Telephone 1"]]
    places = {
        place_of(letter_pdf(render(letterhead=head, pdf=True)), "Ann Example") for head in heads
    }
    assert len(places) == 1


def test_a_table_has_its_header_on_each_page(script: cs.Pack) -> None:
    """Words from the right come out of a page from either end."""
    name = SCRIPTS[script.fields["language"]][4][1]
    first, second = texts(letter_pdf(script))
    for page in (first, second):
        assert page.count(name) + page.count(name[::-1]) == 1


def test_a_name_without_end_stays_on_the_page() -> None:
    """Broken where it must be, and copied from the page without a character more."""
    name = "Wolfeschlegelsteinhausenbergerdorff" * 4
    data = letter_pdf(render(contents={"A-1": entry(recipient=name, body=name)}, pdf=True))
    assert structure(data).text.count(name) == 2
    assert "".join(texts(data)[0].split()).count(name) == 2


# ---- Fonts of one's own ------------------------------------------------------------------------


def font_of(characters: str, folder: Path, name: str) -> None:
    """A font file in which each of these characters is a box, narrower or wider by turns."""
    builder = FontBuilder(1000, isTTF=True)
    names = [".notdef", *(f"c{ord(character)}" for character in characters)]
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(character): f"c{ord(character)}" for character in characters})
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    for corner in ((0, 600), (400, 600), (400, 0)):
        pen.lineTo(corner)
    pen.closePath()
    box = pen.glyph()
    builder.setupGlyf(dict.fromkeys(names, box))
    widths = {name: (500 + 10 * place, 0) for place, name in enumerate(names)}
    builder.setupHorizontalMetrics(widths)
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": name, "styleName": "Regular", "psName": name})
    builder.setupOS2()
    builder.setupPost()
    builder.save(folder / f"{name}.ttf")


def test_a_font_for_another_script_leaves_english_words_and_figures_alone(tmp_path: Path) -> None:
    """Its figures stood in the middle of '2 November 2026', as if from another page."""
    font_of("0123456789.,漢", tmp_path, "Han")
    contents = {"A-1": entry(recipient="漢 42")}
    data = letter_pdf(render(contents=contents, pdf=True, fonts=tmp_path))
    (own,) = [used for used in used_by(data) if "Han" in used[0]]
    assert own[1] == {"漢"}
    assert "漢 42" in structure(data).text


def test_a_font_with_latin_letters_is_the_letter_s_font(tmp_path: Path) -> None:
    """A house has a typeface of its own."""
    latin = "".join(map(chr, range(32, 127)))
    font_of(latin, tmp_path, "House")
    data = letter_pdf(render(pdf=True, fonts=tmp_path))
    assert {"A", "n", "4" if "4" in letter()["address"][0] else "1"} <= {
        character for name, characters in used_by(data) if "House" in name
        for character in characters
    }  # fmt: skip


def used_by(data: bytes) -> list[tuple[str, set[str]]]:
    """Each font of a PDF, and the characters that are set in it."""
    with pikepdf.open(io.BytesIO(data)) as file:
        return [
            (str(font.BaseFont), set(to_unicode(font).values()))
            for page in file.pages
            for _, font in page.resources["/Font"].items()
        ]


# ---- The same bytes ----------------------------------------------------------------------------


def test_a_letter_is_the_same_file_whatever_is_set_beside_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """'Byte-identical when rendered again': alone or among others, in few processes or many."""
    ids = [f"R-{n}" for n in range(5)]
    together = render(*ids, pdf=True)
    monkeypatch.setattr(child_process, "JOBS_A_CHILD", 2)
    monkeypatch.setattr(child_process, "SIDE_BY_SIDE", 1)
    assert render(*ids, pdf=True).files() == together.files()
    for one in together:
        alone = render(one.unit_id, pdf=True)
        assert letter_pdf(alone) == pdfs(together)[f"letters/{one.name}.pdf"]


def test_progress_is_told_until_every_pdf_is_set() -> None:
    told: list[tuple[int, int]] = []
    render("A-1", "B-2", pdf=True, progress=lambda done, of: told.append((done, of)))
    assert told == [(1, 3), (3, 3)]
