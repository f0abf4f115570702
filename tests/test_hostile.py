"""Hostile input: 'a clear error or a correct letter, and nothing else.'

``make thorough`` tries 10,000 generated tables, 10,000 generated letters on the screen and 200 on
paper, and every other run a fifth of them; ids that would be paths; and templates that loop, grow
or reach out. A clear error is one of the library's own, short, printable, and it names the row or
the letter.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import attrs
import numpy as np
import pypdf
import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

import ceosample as cs
from ceosample.letters import child_process, letter_trees
from ceosample.letters.markup import tree
from ceosample.spreadsheet import is_blank
from ceosample.text import BIDI_CONTROLS
from thorough import examples

pytestmark = pytest.mark.slow

SEED = cs.Seed.from_dice("83019274650192837465", witnesses=["internal audit"])
SIGNATORY = cs.Signatory("ceo", "Margaret Llewelyn", "Chief Executive")
DATE = dt.date(2026, 11, 2)

# ---- What people, spreadsheets and attackers write ---------------------------------------------

MARKUP = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</section></main>", "<!--",
    "-->", "<![CDATA[", "]]>", "<?xml?>", "&lt;b&gt;", "&#x202e;", "&amp;amp;", "<", ">", "&",
    '"', "'", "{{", "}}", "{{ 7 * 7 }}", "{% raw %}", "{%", "{#", "#}", "${7*7}", "<%= 7 %>",
    "%s", "{0}", "\\", "#eval(\"1\")", "#read(\"/etc/passwd\")", "$x$", "$", "@ref", "<label>",
    "\\u{41}", "*b*", "_i_", "`raw`", "```", "= Head", "- item", "+ item", "/ term: x", "// gone",
    "/*", "*/", "~", "---", "#", "=cmd|' /C calc'!A0", "+1+1", "-1", "@SUM(A1)", "\tx",
    "javascript:alert(1)", "'; DROP TABLE--",
)  # fmt: skip
LAYOUT = (
    " ", "  ", "\n", "\n\n", "\r\n", "\r", "\t", "\n \n", "\n\n\n", "\xa0", "\u3000", "\u2009",
)  # fmt: skip
ODD = (
    *"\x00\x07\x0b\x0c\x1b\x1f\x7f\x85\u2028\u2029\ud800\udfff\ufdd0\uffff\U0010ffff\U0001fae8",
    *BIDI_CONTROLS,
    *"\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\ufe0f\U000e0041\ue000",
    *"e\u0301éﬁßİſΩЖשעبم日本한ไ๏हिक्ष😀👩🏽🇬🇧",
    *("Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞", "مرحبا", "שלום", "ŵ", "Łódź", "Ǆ", "cafe\u0301", "А", "\u1e9b\u0323"),
)
PATHS = (
    "../x", "..", ".", "...", "a..b", "..a", "a..", "../../etc/passwd", "/etc/passwd", "a/b",
    "a\\b", "C:\\x", "C:", "CON", "NUL", "nul.txt", "COM1", "aux", "LPT9.json", ".hidden", "-rf",
    "~", "~root", "x.", "x.json", "pack.json", "pack", "letters", "%2e%2e%2f", "a:b", "a::$DATA",
    "a*b", "a?b", "a|b", "a%00b", "$HOME", "`id`", "$(id)", "a;b", "a&b", "A" * 64, "A" * 65,
    "A" * 200, "é" * 100,
)  # fmt: skip
WORDS = ("Dear", "complaint", "refund", "office", "of", "AVA", "fee", "42")

PLAIN = st.text("abcXYZ09 -_.", min_size=1, max_size=8)


def made_of(*pieces: str) -> st.SearchStrategy[str]:
    """Texts of a few of these pieces."""
    return st.lists(st.sampled_from(pieces), min_size=1, max_size=6).map("".join)


ANY_CHARACTERS = st.text(st.characters(exclude_categories=()), max_size=8)
LONG = st.sampled_from(("W" * 300, "word " * 300, "x" * 200_001, "\u0301" * 90, "<b>" * 200))


def of_kind(kind: str) -> st.SearchStrategy[str]:
    """Hostile texts of a kind; about one in two is ordinary enough to be printed."""
    pieces = {"markup": MARKUP, "layout": LAYOUT, "odd": ODD, "paths": PATHS}[kind]
    return made_of(*pieces, *WORDS) | made_of(*WORDS, " ")


# ---- What a clear error is ---------------------------------------------------------------------


def require_clear(error: cs.CeosampleError, *, names: str) -> None:
    """Every fault is short, printable, on one line, and names its place."""
    assert isinstance(error, ValueError)
    assert error.faults
    for fault in error.faults:
        assert len(fault) <= 500, f"a fault of {len(fault)} characters"
        hidden = [c for c in fault if unicodedata.category(c) in ("Cc", "Cs") or c in BIDI_CONTROLS]
        assert not hidden, f"{fault!a} holds {hidden!a}"
        assert re.match(names, fault), f"{fault} does not begin with {names}"


# ---- (a) Tables --------------------------------------------------------------------------------

NAMES = st.one_of(
    PLAIN,
    st.sampled_from(PATHS),
    st.sampled_from((*MARKUP, *WORDS, "a,b", 'a"b', '"', ",", "in-progress", "duplicate")),
    st.sampled_from(ODD),
    ANY_CHARACTERS,
)
NOT_NAMES: st.SearchStrategy[object] = st.sampled_from(
    (
        None, "", " ", "a ", "\na", "x" * 201, "x" * 100_000, "\ud800" * 500, "\n" * 500,
        1.0, float("nan"), float("inf"), Decimal("7.0"), Decimal("NaN"), 1j, np.float64(3),
        10**201, 10**5000, -(10**5000), True, False, np.bool_(True), dt.date(2026, 10, 1),
        b"id", [], {}, (),
    )
)  # fmt: skip
NUMBERS = st.integers() | st.sampled_from((0, -1, 2**53, 10**199, np.int64(7), np.uint8(8)))
CELLS = st.one_of(PLAIN, PLAIN, NAMES, NUMBERS, st.sampled_from((1, "1", 2, "2")))
REASONS = st.none() | st.sampled_from(("in-progress", "duplicate", "a" * 40))


def tables(variables: Sequence[str]) -> st.SearchStrategy[list[dict[str, object]]]:
    """One to three rows; most cells could stand in a frame."""

    def mostly(usual: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
        return st.integers(0, 7).flatmap(lambda dice: usual if dice else NAMES | NOT_NAMES)

    columns = {"id": mostly(CELLS), **{name: mostly(CELLS) for name in variables}}
    return st.lists(
        st.fixed_dictionaries({**columns, "why": mostly(REASONS)}), min_size=1, max_size=3
    )


def require_a_faithful_frame(frame: cs.Frame, rows: Sequence[Mapping[str, object]]) -> None:
    """Every row is in it once, and its files say all of it and no more."""
    manifest, excluded = b"".join(frame.manifest()), b"".join(frame.excluded())
    assert frame.digest == hashlib.sha256(manifest).hexdigest()
    assert frame.excluded_digest == hashlib.sha256(excluded).hexdigest()

    ids = [unit.unit_id for unit in frame.units] + [unit_id for unit_id, _ in frame.left_out]
    assert len(set(ids)) == len(ids)
    # A row of which every cell is blank is no row.
    assert sorted(ids) == sorted(str(row["id"]) for row in rows if not is_blank(row.values()))

    lines = list(csv.reader(io.StringIO(manifest.decode(), newline=""), strict=True))
    assert lines[0] == ["unit_id", *frame.variables]
    assert lines[1:] == [[unit.unit_id, *unit.stratum] for unit in frame.units]
    assert [line[0].encode() for line in lines[1:]] == sorted(
        line[0].encode() for line in lines[1:]
    )

    again = cs.Frame.from_manifest(manifest, excluded, population="p", period="2026-10")
    assert again == frame


def test_a_whole_number_of_thousands_of_digits_is_refused_for_its_length() -> None:
    """'A unit id is text: 1 to 200 bytes of UTF-8 ... An integer id is written in decimal.'"""
    for number in (10**200, 10**5000, -(10**5000)):
        with pytest.raises(cs.errors.FrameError, match="give at most 200"):
            cs.Frame.from_records([{"id": number}], population="p", period="2026-10", unit_id="id")


@pytest.mark.parametrize("variables", [(), ("division",), ("reason",), ("a, b", '"=1+1')])
def test_any_table_is_refused_by_its_rows_or_becomes_a_faithful_frame(
    variables: tuple[str, ...],
) -> None:
    """'Anything else (a float, a boolean, a null, bytes) is a FrameError that lists every offending
    row'; 'The digest of each is the SHA-256 of the file'; 'Variable names are unique, and none is
    unit_id or content' (so `reason` may be one)."""
    outcomes: Counter[str] = Counter()

    @settings(max_examples=examples(2000))
    @given(tables(variables))
    def check(rows: list[dict[str, object]]) -> None:
        try:
            frame = cs.Frame.from_records(
                rows, population="p", period="2026-10", unit_id="id", strata=variables,
                exclusion="why",
            )  # fmt: skip
        except cs.errors.FrameError as error:
            outcomes["refused"] += 1
            require_clear(error, names=r"row [1-3], column '")
        else:
            outcomes["frozen"] += 1
            require_a_faithful_frame(frame, rows)

    check()
    assert min(outcomes["refused"], outcomes["frozen"]) > examples(200), outcomes


def test_any_csv_is_refused_by_its_rows_or_becomes_a_faithful_frame() -> None:
    """'UTF-8 ... an empty cell means eligible'; a formula in a cell is a text like any other."""
    outcomes: Counter[str] = Counter()
    cells = st.one_of(
        PLAIN, PLAIN, NAMES, st.sampled_from(("=cmd|' /C calc'!A0", "", "x" * 140_000))
    )
    tails = st.sampled_from(
        ("", "", "", "", '"', 'a"b,c', "\n\n", "x", "x,y,z,w", '"a""b",c,', "\x00")
    )

    @settings(max_examples=examples(2000))
    @given(st.lists(st.tuples(cells, cells, REASONS), min_size=1, max_size=3), tails)
    def check(rows: list[tuple[str, str, str | None]], tail: str) -> None:
        text = io.StringIO(newline="")
        csv.writer(text).writerows([("id", "division", "why"), *rows])
        lines = io.StringIO(text.getvalue() + tail, newline="")
        try:
            frame = cs.Frame.from_csv(
                lines, population="p", period="2026-10", unit_id="id", strata=["division"],
                exclusion="why",
            )  # fmt: skip
        except cs.errors.FrameError as error:
            outcomes["refused"] += 1
            require_clear(error, names=r"row [1-9](, column '|: )")
        else:
            outcomes["frozen"] += 1
            extra = list(csv.reader([tail], strict=True)) if tail.strip("\n") else []
            require_a_faithful_frame(frame, [{"id": row[0]} for row in (*rows, *extra)])

    check()
    assert min(outcomes["refused"], outcomes["frozen"]) > examples(200), outcomes


MANIFEST_PIECES = (
    "unit_id", "reason", "content", "Product", "A", "B", "C", ",", ",", ",", "\n", "\n", "\n",
    '"', "\r\n", "\ufeff", "é", "in-progress", " ", "\x00", "a" * 64,
)  # fmt: skip


@settings(max_examples=examples(1000))
@given(
    st.just("unit_id") | st.just("unit_id,Product") | st.just("unit_id,reason") | st.just(""),
    st.lists(st.sampled_from(MANIFEST_PIECES), max_size=8).map("".join),
    st.sampled_from(
        ("", "A", "A\n", "A,x\n", "A,in-progress\nB,duplicate\n", "A,x,y\n", "\n", '"A",x\n')
    ),
)
def test_any_manifest_is_refused_or_is_the_file_that_its_frame_writes(
    header: str, manifest: str, excluded: str
) -> None:
    """'manifest.csv: ... rows sorted by the bytes of unit_id': read strictly, so that no byte of a
    public file goes unseen."""
    files = (f"{header}\n{manifest}\n".encode(), f"unit_id,reason\n{excluded}".encode())
    try:
        frame = cs.Frame.from_manifest(*files, population="p", period="2026-10")
    except (cs.errors.FrameError, cs.errors.RecordError) as error:
        require_clear(error, names=r"(row|manifest\.csv|exclusions\.csv|strata|column)\b")
    else:
        assert (b"".join(frame.manifest()), b"".join(frame.excluded())) == files


# ---- (b) Letters on the screen -----------------------------------------------------------------

SHELL_TAGS = tree.TAGS | {
    "html", "head", "meta", "title", "style", "body", "a", "header", "h4", "h5", "nav", "main",
    "article", "dl", "dt", "dd", "div", "span", "caption",
}  # fmt: skip
SHELL_ATTRIBUTES = tree.ATTRIBUTES | {
    "charset", "http-equiv", "content", "name", "class", "href", "id", "aria-label",
    "aria-labelledby",
}  # fmt: skip
VOID = ("br", "meta")


class Screen(HTMLParser):
    """What a browser makes of ``pack.html``; anything that the shell does not have is a failure."""

    def __init__(self, page: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.letters: list[str] = []
        self.dockets: list[dict[str, str]] = []
        self.styles = 0
        self._open: list[tuple[str, str]] = []
        self._label = ""
        self.feed(page.decode())
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in SHELL_TAGS, tag
        given_ = dict(attrs)
        assert set(given_) <= SHELL_ATTRIBUTES, given_
        assert re.fullmatch(r"#[a-z0-9-]+", given_.get("href") or "#x"), given_
        assert re.fullmatch(r"[a-z0-9-]+", given_.get("id") or "x"), given_
        self.styles += tag == "style"
        kind = given_.get("class") or ""
        if tag == "article":
            self.dockets.append({})
        if kind == "letter":
            self.letters.append("")
        if tag == "dt":
            self._label = ""
        if tag == "dd" and self.dockets:
            self.dockets[-1][self._label] = ""
        self._break(tag)
        if tag not in VOID:
            self._open.append((tag, kind))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag
        self._break(tag)

    def handle_data(self, data: str) -> None:
        if any(kind == "letter" for _, kind in self._open):
            self.letters[-1] += data
        elif self.dockets and ("dt", "") in self._open:
            self._label += data
        elif self.dockets and any(tag == "dd" for tag, _ in self._open):
            self.dockets[-1][self._label] += data

    def _break(self, tag: str) -> None:
        """Blocks stand on lines of their own; tags inside a line do not part words."""
        inside = any(kind == "letter" for _, kind in self._open)
        if inside and tag not in ("bdi", "strong", "em", "span"):
            self.letters[-1] += "\n"

    def handle_decl(self, decl: str) -> None:
        assert decl == "doctype html"

    def handle_comment(self, data: str) -> None:
        raise AssertionError("a comment")

    def unknown_decl(self, data: str) -> None:
        raise AssertionError("a declaration")

    def handle_pi(self, data: str) -> None:
        raise AssertionError("a processing instruction")


def cleaned(value: object) -> str:
    """The documented cleaning: bidirectional controls are dropped, line ends of others are ours."""
    dropped: dict[int, str | None] = dict.fromkeys(map(ord, BIDI_CONTROLS))
    return str(value).translate(dropped | dict.fromkeys(map(ord, "\x0b\u2028\u2029"), "\n"))


def words(*values: object) -> list[str]:
    """The words of some fields, which white space parts."""
    return [word for value in values for word in cleaned(value).split()]


def folded(text: str) -> str:
    """White space as HTML folds it; that of other scripts stays."""
    return re.sub(r"[ \t\n\r\f]+", " ", text).strip(" ")


def lines_of(address: Any) -> list[Any]:
    """The lines of an address: a list's, or one text's; an empty mapping has none either."""
    return list(address) if isinstance(address, list | dict) else [address]


def expected_words(unit_id: str, fields: Mapping[str, Any], code: str) -> list[str]:
    """Every word of a letter of the default template, in order, and nothing else."""
    return [
        *words(
            fields["recipient"],
            *lines_of(fields["address"]),
            "2 November 2026",
            "Our reference:",
            unit_id,
        ),
        *words(fields["salutation"], fields["subject"], fields["body"], fields["closing"]),
        *words("I am Margaret Llewelyn, Chief Executive, and I approve this response."),
        *words("Margaret Llewelyn", "Chief Executive", "Code", code),
    ]


def content(text: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """One letter's contents, all of whose fields are hostile or could be."""
    some = PLAIN | text
    return st.fixed_dictionaries(
        {
            "letter": st.fixed_dictionaries(
                {
                    "recipient": some,
                    "address": st.lists(some, max_size=2),
                    "salutation": some,
                    "subject": some,
                    "body": text,
                    "closing": some,
                }
            ),
            "docket": st.fixed_dictionaries({}, optional={"owner": some, "division": some}),
        }
    )


def drawn(unit_ids: Sequence[str]) -> cs.Draw:
    """A draw of all of these."""
    frame = cs.Frame.from_records(
        [{"id": unit_id} for unit_id in unit_ids], population="p", period="2026-10", unit_id="id"
    )
    return cs.draw(frame, cs.Plan(size=len(unit_ids), reserves=0), SEED)


def naming(unit_ids: Sequence[str]) -> str:
    """What a fault of one of these letters, or of every one of them, begins with."""
    every = ["every letter:"] if len(unit_ids) > 1 else []
    return "|".join([*(rf"letter {re.escape(unit_id)}[,:]" for unit_id in unit_ids), *every])


def require_faithful_letters(pack: cs.Pack, contents: Mapping[str, Mapping[str, Any]]) -> None:
    """Each letter says what its fields say, in the tree and on the screen, and no more."""
    screen = Screen(pack.files()["pack.html"])
    assert screen.styles == 1
    assert len(screen.letters) == len(pack) == len(contents)
    for letter, shown, docket in zip(pack, screen.letters, screen.dockets, strict=True):
        fields, inside = contents[letter.unit_id]["letter"], contents[letter.unit_id]["docket"]
        assert words(shown) == expected_words(letter.unit_id, fields, letter.code)
        assert not [c for c in shown if unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t"]
        parts = dict(tree.elements(letter.tree))
        recipient = parts["recipient"][0]
        assert isinstance(recipient, dict)
        first = tree.to_text([recipient["children"][0]])
        assert folded(first) == folded(cleaned(fields["recipient"]))
        for name, label in (("owner", "Owner"), ("division", "Division")):
            assert words(docket.get(label, "")) == words(inside.get(name, ""))


def check_letters(contents: Mapping[str, Mapping[str, Any]], outcomes: Counter[str]) -> None:
    """A clear error, or a correct letter."""
    try:
        pack = cs.render(drawn(list(contents)), contents, signatory=SIGNATORY, date=DATE, pdf=False)
    except cs.errors.LetterError as error:
        outcomes["refused"] += 1
        require_clear(error, names=naming(list(contents)))
    else:
        outcomes["printed"] += 1
        require_faithful_letters(pack, contents)


@pytest.mark.parametrize("kind", ["markup", "layout", "odd"])
def test_any_text_is_refused_by_its_letter_or_printed_as_it_is(kind: str) -> None:
    """'Body text is plain; a blank line starts a paragraph'; a field is data and never code."""
    outcomes: Counter[str] = Counter()

    @settings(max_examples=examples(2000))
    @given(st.lists(content(of_kind(kind)), min_size=1, max_size=2))
    def check(letters: list[dict[str, Any]]) -> None:
        check_letters({f"R-{n}": letter for n, letter in enumerate(letters)}, outcomes)

    check()
    # Most layouts are blank somewhere, and a part of a letter that is blank is refused.
    assert min(outcomes["refused"], outcomes["printed"]) > examples(10), outcomes


def test_any_characters_at_any_length_are_refused_by_their_letter_or_printed() -> None:
    """A letter holds no control, surrogate or unassigned character, and is not without end."""
    outcomes: Counter[str] = Counter()

    @settings(max_examples=examples(2000))
    @given(content(st.one_of(ANY_CHARACTERS, PLAIN, LONG)))
    def check(letter: dict[str, Any]) -> None:
        check_letters({"R-1": letter}, outcomes)

    check()
    assert min(outcomes["refused"], outcomes["printed"]) > examples(50), outcomes


def test_any_id_is_refused_by_the_frame_or_printed_as_it_is() -> None:
    """'A unit id is text: 1 to 200 bytes of UTF-8' and may be markup, a formula or a path."""
    outcomes: Counter[str] = Counter()

    @settings(max_examples=examples(1000))
    @given(NAMES, content(PLAIN))
    def check(unit_id: str, letter: dict[str, Any]) -> None:
        assume(not is_blank([unit_id]))  # with nothing else in it, it is no row
        try:
            drawn([unit_id])
        except cs.errors.FrameError as error:
            outcomes["no id"] += 1
            require_clear(error, names="row 1, column 'id': ")
        else:
            check_letters({unit_id: letter}, outcomes)

    check()
    assert min(outcomes["no id"], outcomes["printed"]) > examples(50), outcomes


NOT_TEXT = st.sampled_from(
    (
        *(0, -1, 7, 2**64, 3.5, Decimal("1.50"), dt.date(2026, 10, 1), np.int64(9)),
        *(None, float("nan"), float("inf"), Decimal("NaN"), 10**5000, b"x", 1j, object, {1}),
        *([], ["a"], ["a", None], {}, {"a": 1}, {"a": None}, {1: "a"}, [[[[[[[[[[[1]]]]]]]]]]]),
    )
)
#: Fields that no template asks for; their names come from the same database as their values.
EXTRA_FIELDS = st.dictionaries(
    st.sampled_from((*MARKUP, *ODD)).map(lambda name: name * 40),
    st.sampled_from(("x", "x", "\x00", b"x")),
    max_size=1,
)
PRINTABLE = (str, int, float, Decimal, dt.date, np.int64)


def prints(value: object) -> bool:
    """Whether a value has one plain way of being printed."""
    if isinstance(value, float | Decimal):
        return Decimal(value).is_finite()
    return isinstance(value, PRINTABLE) and (not isinstance(value, int) or value < 10**4000)


def test_a_value_of_any_type_is_refused_by_its_letter_or_printed_plainly() -> None:
    """'`None` and NaN are refused wherever they would print', inside lists and mappings as well;
    and nobody is sent a letter with a Python list printed in it."""
    outcomes: Counter[str] = Counter()
    some = PLAIN | NOT_TEXT

    @settings(max_examples=examples(1000))
    @given(content(some), some | st.lists(some, max_size=2), EXTRA_FIELDS)
    def check(letter: dict[str, Any], address: Any, extra: dict[str, object]) -> None:
        fields = {**letter["letter"], "address": address}
        others = [value for name, value in fields.items() if name != "address"]
        is_mapping = isinstance(address, dict) and bool(address)
        plain = all(map(prints, [*others, *lines_of(address)])) and not is_mapping
        before = outcomes["printed"]
        check_letters({"R-1": {**letter, "letter": {**fields, **extra}}}, outcomes)
        assert plain or outcomes["printed"] == before, "this should not have been printed"

    check()
    assert min(outcomes["refused"], outcomes["printed"]) > examples(20), outcomes


# ---- (c) Letters on paper ----------------------------------------------------------------------

LETTERS_A_RENDER = 20


def render_what_can_be(
    contents: Mapping[str, Mapping[str, Any]], outcomes: Counter[str]
) -> cs.Pack:
    """The pack of the letters that nothing keeps from being set; the error names all others."""
    draw = drawn(list(contents))
    try:
        return cs.render(draw, contents, signatory=SIGNATORY, date=DATE, pdf=True)
    except cs.errors.LetterError as error:
        require_clear(error, names=naming(list(contents)))
        refused = {require_a_named_letter(fault, contents) for fault in error.faults}
    outcomes["refused"] += len(refused)
    left = [unit_id for unit_id in contents if unit_id not in refused]
    # Once for what the fields hold, once for what no font has.
    return render_what_can_be({unit_id: contents[unit_id] for unit_id in left}, outcomes)


def require_a_named_letter(fault: str, contents: Mapping[str, Mapping[str, Any]]) -> str:
    """The letter that a fault names; the characters that it names are that letter's."""
    match = re.match(r"letter (R-\d\d)\b", fault)
    assert match, fault
    unit_id = match[1]
    there = str(contents[unit_id]["letter"]["body"])
    named = [chr(int(digits, 16)) for digits in re.findall(r"U\+([0-9A-F]{4,6})", fault)]
    assert all(character in there for character in named), fault
    assert named or "no font" not in fault, fault
    return unit_id


def text_of(pdf: bytes) -> str:
    """The text of a PDF, decomposed, without white space: lines break where they must."""
    pages = pypdf.PdfReader(io.BytesIO(pdf), strict=True).pages
    text = "".join(page.extract_text() for page in pages)
    return "".join(unicodedata.normalize("NFD", text).split())


def test_any_letter_on_paper_is_refused_by_name_or_says_the_words_of_its_body() -> None:
    """'The fonts that Typst bundles (Latin, Greek, Cyrillic; Arabic passably)'; a character that no
    font has is an error, never an empty box; nothing in a field is Typst's markup."""
    outcomes: Counter[str] = Counter()
    pieces = (*MARKUP, *MARKUP, *LAYOUT, *WORDS, *WORDS, *ODD)
    bodies = st.lists(made_of(*pieces) | made_of(*MARKUP, *WORDS, " "), min_size=1, max_size=3)

    # A failure is not shrunk: each step of that would set twenty letters.
    @settings(
        max_examples=examples(20, one_in=10), phases=[Phase.explicit, Phase.reuse, Phase.generate]
    )
    @given(st.lists(bodies.map(" ".join), min_size=LETTERS_A_RENDER, max_size=LETTERS_A_RENDER))
    def check(texts: list[str]) -> None:
        rest = {"recipient": "Ann", "address": [], "salutation": "Dear Ann", "subject": "Fees"}
        contents = {
            f"R-{n:02}": {"letter": {**rest, "closing": "Yours", "body": text}}
            for n, text in enumerate(texts)
        }
        pack = render_what_can_be(contents, outcomes)
        for letter in pack:
            said = text_of(pack.files()[f"letters/{letter.name}.pdf"])
            body = cleaned(contents[letter.unit_id]["letter"]["body"])
            missing = [word for word in re.findall("[A-Za-z]{2,}", body) if word not in said]
            assert not missing, (missing, body, said)
            outcomes["printed"] += 1

    check()
    assert min(outcomes["refused"], outcomes["printed"]) >= examples(20), outcomes


# ---- (d) File names ----------------------------------------------------------------------------

SAFE_FILE = re.compile(r"pack\.(json|html)|letters/[0-9]{4}-[A-Za-z0-9._-]{1,64}\.json")


@settings(max_examples=examples(200, one_in=6))
@given(
    st.sets(
        st.sampled_from(PATHS) | made_of("..", "/", "a", "\\", ".", "-", "é"),
        min_size=1,
        max_size=3,
    )
)
def test_no_id_is_a_path(unit_ids: set[str]) -> None:
    """'NAME is the letter's number in the pack, four digits, -, and the id if it is
    [A-Za-z0-9._-]{1,64}, else the first 16 hex digits of SHA-256(id)'; `Pack.load(folder)` reads a
    pack back whatever its ids are."""
    ids = sorted(unit_ids)
    field = dict.fromkeys(("recipient", "salutation", "subject", "body", "closing"), "x")
    contents = {unit_id: {"letter": {**field, "address": []}} for unit_id in ids}
    pack = cs.render(drawn(ids), contents, signatory=SIGNATORY, date=DATE, pdf=False)
    files = pack.files()
    for name in files:
        assert SAFE_FILE.fullmatch(name), name
    for number, letter in enumerate(pack, 1):
        plain = re.fullmatch("[A-Za-z0-9._-]{1,64}", letter.unit_id)
        stem = plain[0] if plain else hashlib.sha256(letter.unit_id.encode()).hexdigest()[:16]
        assert letter.name == f"{number:04}-{stem}"
    assert len({name.casefold() for name in files}) == len(files) == len(ids) + 2
    with TemporaryDirectory() as around:
        folder = Path(around, "month", "pack")
        pack.save(folder)
        there = {path for path in Path(around).rglob("*") if not path.is_dir()}
        assert there == {folder / name for name in (*files, "room.html", "verifier.html")}
        assert cs.Pack.load(folder).files() == files


# ---- (e) Templates -----------------------------------------------------------------------------

APPROVED = '{% call element("approval") %}<p>Approved.</p>{% endcall %}'


def refusal_of(template: str, **fields: Any) -> str:
    """The message that a template of the user's own gets, for a letter with some fields."""
    letter = {"recipient": "Ann", "body": "One.", "nothing": None, "customer": {"a": "b"}, **fields}
    contents = {"R-1": {"letter": letter}}
    with pytest.raises(cs.errors.LetterError) as caught:
        cs.render(
            drawn(["R-1"]), contents, signatory=SIGNATORY, date=DATE, pdf=False,
            template=f"{template}\n{APPROVED}",
        )  # fmt: skip
    require_clear(caught.value, names=r"letter R-1: .")
    return str(caught.value)


@pytest.fixture
def short_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """One second in place of five: a loop is cut at any limit, and works until then."""
    limits = letter_trees.TEMPLATE_LIMITS
    assert (limits.seconds, child_process.SECONDS_TO_START) == (5, 5)
    monkeypatch.setattr(letter_trees, "TEMPLATE_LIMITS", attrs.evolve(limits, seconds=1))


@pytest.mark.usefixtures("short_limit")
def test_a_template_that_loops_is_cut() -> None:
    """'Templates render under a limit of time and memory when they are not our own.'"""
    loop = "{% for i in range(10 ** 9) %}{% for j in range(10 ** 9) %}{% endfor %}{% endfor %}"
    assert "took longer than 1 seconds" in refusal_of(loop)


@pytest.mark.usefixtures("short_limit")
def test_a_template_that_loops_inside_one_operation_is_cut_as_well(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """'Templates render under a limit of time': of one that no signal interrupts, too."""
    monkeypatch.setattr(child_process, "SECONDS_TO_START", 1)
    assert "took longer than 1 seconds" in refusal_of("{{ (10 ** (10 ** 9)) | length }}")


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ('{{ "a" * 10 ** 10 }}', "memory"),
        ("{{ range(10 ** 12) | list | length }}", "memory"),
        ("{% for i in range(300) %}{{ 'x' * 10000 }}{% endfor %}", "make at most 2000000"),
        ("{{ range(10 ** 6) | join }}", "make at most 2000000"),
        ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "RecursionError"),
        ("{% block a %}{{ self.a() }}{% endblock %}", "RecursionError"),
        ("{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}", "RecursionError"),
        ("<p>" + "<em>" * 30, "nested more than"),
    ],
)
def test_a_template_that_grows_is_refused(template: str, message: str) -> None:
    """'Templates render under a limit of time and memory when they are not our own.'"""
    assert message in refusal_of(template)


@pytest.mark.parametrize(
    "template",
    [
        '{{ "".__class__ }}',
        '{{ "".__class__.__mro__[1].__subclasses__() }}',
        '{{ ().__class__.__base__.__subclasses__() }}',
        "{{ element.__globals__ }}",
        "{{ range.__class__.mro() }}",
        '{{ "" | attr("__class__") }}',
        '{{ customer["__class__"].mro }}',
        '{{ "{0.__class__}".format(1) }}',
        '{{ signatory.update({"name": "Mallory"}) }}',
        '{{ customer.clear() }}',
        "{{ self._TemplateReference__context }}",
        "{{ config }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ lipsum() }}",
        "{{ [1, 2] | random }}",
    ],
)  # fmt: skip
def test_a_template_reaches_nothing_but_its_fields(template: str) -> None:
    """'The Jinja environment: sandboxed, strict, autoescaped.'"""
    assert re.search("unsafe|missing|No filter", refusal_of(template))


@pytest.mark.parametrize(
    "template",
    [
        '{% include "/etc/passwd" %}',
        '{% include "../letter.py" %}',
        '{% include "pack.html" %}',
        '{% import "os" as os %}',
        '{% from "letter.txt" import x %}',
        '{% extends "shell.typ" %}',
    ],
)
def test_a_template_reads_no_file_but_the_default_one(template: str) -> None:
    """'template: the text of a Jinja template of your own; it may extend letter.html.'"""
    assert ", which does not exist" in refusal_of(template)


@pytest.mark.parametrize(
    "template",
    [
        "{% autoescape false %}{{ body }}{% endautoescape %}",
        "{% autoescape true %}{{ body }}{% endautoescape %}",
        "{{ body | safe }}",
        '{{ body | default("") }}',
        '{{ body | d("") }}',
        "{% do body %}",
        "{{ body",
        "{% block a %}",
        "{{ body | nothing }}",
    ],
)
def test_what_is_not_in_the_language_of_templates_is_refused_by_its_line(template: str) -> None:
    """'Nothing turns the escaping off'; 'the `default` filter is not there.'"""
    assert re.match(r"letter R-1: the template, line \d+: ", refusal_of(template))


@pytest.mark.parametrize(
    "template",
    [
        *("{{ none }}", "{{ nothing }}", "{{ absent }}", "{{ customer.absent }}"),
        *('{{ "Dear " ~ none }}', '{{ "Dear " ~ nothing }}', '{{ "Dear " ~ absent }}'),
        *("{{ none | string }}", "{{ none | upper }}", "{{ none | title }}", "{{ none | trim }}"),
        *("{{ none | e }}", "{{ none | center }}", "{{ none | tojson }}", "{{ none | pprint }}"),
        *("{{ [none] | join }}", "{{ [nothing] | join }}", "{{ none | paragraphs }}"),
        *('{{ "%s" | format(none) }}', '{{ "%s" % none }}', '{{ "{}".format(none) }}'),
        *('{{ customer.get("absent") }}', '{{ "Dear " ~ customer.get("absent") }}'),
        *("{{ [none] }}", "{{ [nothing] }}", '{{ {"a": none} }}', "{{ (none, 1) }}"),
        *('{{ customer | map(attribute="x") | list }}', "{{ customer }}"),
        *('{{ "nan" | float }}', '{{ "nan" | float ~ "" }}', '{{ "inf" | float }}'),
        *('{{ ("1e999" | float - "1e999" | float) | string }}', '{{ "nan" | float | round }}'),
        "{% set x %}{{ none }}{% endset %}{{ x }}",
        "{% macro m(x) %}{{ x }}{% endmacro %}{{ m(none) }}",
    ],
)
def test_a_template_never_prints_a_null(template: str) -> None:
    """'`None` and NaN are refused wherever they would print.'"""
    refusal_of(f"<p>{template}</p>")


@pytest.mark.parametrize(
    "template",
    ["{{ element }}", "{{ range }}", "{{ body.upper }}", "{{ self }}",
     "{% macro m() %}{% endmacro %}{{ m }}", "{% for x in [1] %}{{ loop }}{% endfor %}"],
)  # fmt: skip
def test_a_template_never_prints_what_is_no_value(template: str) -> None:
    """'A clear error or a correct letter, and nothing else': a forgotten pair of parentheses must
    not post '<built-in method upper of str object at 0x7f8ad9>'."""
    refusal_of(f"<p>{template}</p>")


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("<script>alert(1)</script>", "<script>"),
        ("<SCRIPT>alert(1)</SCRIPT>", "<script>"),
        ('<img src="https://example.org/x.png">', "<img>"),
        ('<iframe src="x"></iframe>', "<iframe>"),
        ("<style>p { color: red }</style>", "<style>"),
        ('<link rel="stylesheet" href="x">', "<link>"),
        ('<svg onload="alert(1)"></svg>', "<svg>"),
        ('<form action="x"></form>', "<form>"),
        ('<a href="javascript:alert(1)">x</a>', "<a>"),
        ('<meta http-equiv="refresh" content="0">', "<meta>"),
        ("<div>x</div>", "<div>"),
        ("<plaintext>", "<plaintext>"),
        ('<p onclick="alert(1)">x</p>', "onclick"),
        ('<p ONCLICK="alert(1)">x</p>', "onclick"),
        ('<p style="color: red">x</p>', "style"),
        ('<p class="x">x</p>', "class"),
        ('<p href="javascript:alert(1)">x</p>', "href"),
        ('<p lang="en&quot; onclick=&quot;x">x</p>', "lang"),
        ('<p dir="javascript:alert(1)">x</p>', "dir"),
        ('<section data-element="Approval">x</section>', "data-element"),
        ("<!-- a note -->", "comment"),
        ("<!-- a note", "comment|not closed|closes no open tag"),
        ("<!doctype html>", "declaration"),
        ("<![CDATA[x]]>", "declaration"),
        ("<![if IE]>x<![endif]>", "declaration"),
        ("<![foo[x]]>", "declaration"),
        ("<![ x", "declaration"),
        ("<!x>", "declaration|comment"),
        ("<?php echo 1 ?>", "processing instruction"),
        ("<p>x", "not closed|is not allowed"),
        ("x</p>", "closes no open tag"),
        ("<p><strong>x</p></strong>", "closes no open tag"),
        ("<p><table></table></p>", "is not allowed"),
        ("<td>x</td>", "is not allowed"),
        ("<table>x</table>", "is not allowed"),
        ("<ul>x</ul>", "is not allowed"),
        ('{{ "https://example.org" | urlize }}', "<a>"),
        ('{% call element("Odd Name") %}x{% endcall %}', "element"),
        ('{% call element("note") %} {% endcall %}', "empty"),
    ],
)
def test_markup_outside_the_closed_set_is_refused_by_name(template: str, message: str) -> None:
    """'Tags that templates may use: h1-h3 p ul ol li table thead tbody tr th td strong em br
    section bdi, with the attributes lang, dir, scope and data-element only.'"""
    assert re.search(message, refusal_of(template))


MARKUP_PIECES = (
    "<p>", "</p>", "<em>", "</em>", "<br>", "<ul>", "<li>", "</li>", "</ul>", "<table>", "<tr>",
    "<td>", "</td>", "</tr>", "</table>", "<p lang='en' dir=rtl>", "<section data-element=a>",
    "</section>", "<", ">", "</", "<!", "<!-", "--", "-->", "<!--", "<![", "<![CDATA[", "]]>",
    "<?", "&", "&#", "&#0;", "&#x202e;", "&lt;", "&nosuch;", "/", "=", "'", '"', " ", "\n", "x",
    "script", "<script", "<p ", "<P\n", "<svg/onload=x>", "<p\x00>", "<textarea>", "<title>",
    "<b", "é", "שלום", "\u2028", "<a href=//x>",
)  # fmt: skip


@settings(max_examples=examples(2000))
@given(made_of(*MARKUP_PIECES))
def test_any_markup_is_refused_or_is_a_tree_of_the_closed_set(markup: str) -> None:
    """The tree holds the closed set of tags and attributes, and its HTML says the same again."""
    try:
        nodes = tree.parse(markup)
    except tree.MarkupError as error:
        require_clear(cs.errors.LetterError(str(error)), names=".")
        return
    html = tree.to_html(nodes)
    for tag, attributes in re.findall(r"<([a-z0-9]+)([^>]*)>", html):
        assert tag in tree.TAGS
        assert set(re.findall(r" ([a-z-]+)=", attributes)) <= tree.ATTRIBUTES
    assert tree.parse(html) == nodes
