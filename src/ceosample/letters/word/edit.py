"""Out to Word and back: a letter as a file for editing, and the body that came back in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from ceosample.canonical import digest
from ceosample.errors import LetterError, raise_faults
from ceosample.letters.letter import Letter
from ceosample.letters.markup import tree
from ceosample.letters.markup.plain_text import inline_lines, runs
from ceosample.letters.markup.tree import Node
from ceosample.letters.papers.pack import Pack
from ceosample.letters.word.elements import Mark, marks_of
from ceosample.letters.word.package import require_installed
from ceosample.letters.word.read import WordText, read_word
from ceosample.letters.word.template import from_template, has_only_paragraphs
from ceosample.letters.word.write import written

#: A letter's body: plain text, or ``{"markup": ...}`` where it is more than paragraphs.
Body: TypeAlias = str | dict[str, str]


def word_file(
    letter: Letter,
    *,
    template: bytes | None = None,
    fields: Mapping[str, Any] | None = None,
    zone: str | None = None,
    logo: bytes | None = None,
) -> bytes:
    """A letter as a Word file, for editing its body.

    The file names the letter's version, so that the edited file is compared with that one. The same
    letter is the same file, compressed by this machine's zlib.

    Args:
        letter: the letter.
        template: a ``.docx`` of your own with Jinja in its text, as docxtpl reads it: the letter's
            fields, and ``unit_id``, ``version``, ``code``, ``date``, ``signatory``, ``paragraphs``.
            None for Word's own styles, as a body needs that is more than plain paragraphs.
        fields: with a template, the letter's fields in ``contents``.
        zone: the time zone that the letter was rendered with; None for UTC.
        logo: the PNG of the letter's logo, ``pack.rendered["logo.png"]``; None leaves it out. A
            template has a logo of its own, in its header.

    Raises:
        LetterError: the letter has something that cannot be edited in Word, the template leaves
            out its body or its code, or the letter has another logo.
        MissingPartError: the extra ``docx`` is not installed.

    >>> import datetime as dt, ceosample as cs
    >>> frame = cs.Frame.from_records([{"id": "R-1"}], population="p", period="2026-10",
    ...                               unit_id="id", strata=[])
    >>> seed = cs.Seed.from_dice("83019274650192837465", witnesses=["internal audit"])
    >>> fields = {"recipient": "Ann", "address": [], "salutation": "Dear Ann,", "subject": "A fee",
    ...           "body": "We are sorry.", "closing": "Yours,"}
    >>> pack = cs.render(cs.draw(frame, cs.Plan(size=1), seed), {"R-1": {"letter": fields}},
    ...                  signatory=cs.Signatory("ceo", "M. Llewelyn", "Chief Executive"),
    ...                  date=dt.date(2026, 11, 2), pdf=False)
    >>> data = cs.office.word_file(pack["R-1"])
    >>> cs.office.edited_body(data, pack["R-1"])
    'We are sorry.'
    """
    require_installed()
    body = _body(letter)
    _require_logo(letter, logo)
    if template is None:
        made = written(letter, body, logo)
    else:
        made = from_template(letter, template, fields or {}, body, zone)
    said = _read(made, letter)
    _require_code(said, letter, "print {{ code }} in the Word template")
    _place_of_body(said, letter)
    return made


def _require_logo(letter: Letter, logo: bytes | None) -> None:
    said = letter.fields.get("logo")
    if logo is not None and (said is None or digest(logo) != said["sha256"]):
        named = "no logo" if said is None else f"the logo {said['sha256'][:8]}"
        raise LetterError(
            f"letter {letter.unit_id}, logo: got a picture with the SHA-256 {digest(logo)[:8]}, "
            f"and the letter has {named}; give the logo.png of its pack"
        )


def edited_body(
    data: bytes,
    letter: Letter,
    *,
    template: bytes | None = None,
    fields: Mapping[str, Any] | None = None,
    zone: str | None = None,
) -> Body:
    """The edited body of a letter that came back from Word, for its next version's ``contents``.

    Only the body may be edited. Everything else comes from the template and the contents. The
    body's marked elements come back with it.

    Args:
        data: the edited file.
        letter: the letter from which it was made.
        template, fields, zone: the arguments that :func:`word_file` had.

    Returns:
        Plain text if the body has only paragraphs; else ``{"markup": ...}``, which ``paragraphs``
        in a template prints.

    Raises:
        LetterError: the file is not of this letter's version, more than the body was changed, it
            holds something that letters cannot hold, or marked elements were removed or emptied.
        MissingPartError: the extra ``docx`` is not installed.

    The example of :func:`word_file` reads a file back.
    """
    where = f"letter {letter.unit_id}"
    before = _read(word_file(letter, template=template, fields=fields, zone=zone), letter)
    after = _read(data, letter)
    _require_code(
        after,
        letter,
        f"edit a file that was made of version {letter.fields['version']}",
    )
    first, end = _place_of_body(before, letter)
    left = len(before.blocks) - end
    last = len(after.blocks) - left
    _require_same(before.blocks[:first], after.blocks[:first], letter)
    _require_same(before.blocks[end:], after.blocks[max(last, 0) :], letter)
    if last <= first:
        raise LetterError(f"{where}, body: got empty text; write the body")
    edited = after.blocks[first:last]
    marks = [mark for mark, _ in marks_of(_body(letter))]
    if not marks:
        return _as_field(edited)
    _require_elements(edited, marks, where)
    return {"markup": tree.to_html(_as_it_was(edited, before.blocks[first:end], _body(letter)))}


def fits_template(letter: Letter) -> bool:
    """Whether a Word template can print the letter: its body is plain paragraphs."""
    return has_only_paragraphs(_body(letter))


def with_bodies(
    contents: Mapping[str, Mapping[str, Any]], bodies: Mapping[str, Body]
) -> dict[str, Mapping[str, Any]]:
    """The contents with these bodies in the place of their own."""
    return {
        unit_id: (
            {**given, "letter": {**given["letter"], "body": bodies[unit_id]}}
            if unit_id in bodies and isinstance(given.get("letter"), dict)
            else given
        )
        for unit_id, given in contents.items()
    }


def require_bodies(pack: Pack, bodies: Mapping[str, Body]) -> None:
    """Raise unless these letters hold what came back: a template may print it otherwise.

    Raises:
        LetterError: naming each letter that does not.
    """
    raise_faults(
        LetterError,
        (
            f"letter {unit_id}: its template does not print the body as it came back; print "
            "{{ body | paragraphs }} in it"
            for unit_id, body in bodies.items()
            if _words(_body(pack[unit_id])) != _words_of_field(body)
        ),
    )


def _words_of_field(body: Body) -> str:
    return " ".join(body.split()) if isinstance(body, str) else _words(tree.parse(body["markup"]))


def _read(data: bytes, letter: Letter) -> WordText:
    marks = [mark for mark, _ in marks_of(_body(letter))]
    return read_word(data, f"letter {letter.unit_id}", marks)


def _require_elements(edited: Sequence[Node], marks: Sequence[Mark], where: str) -> None:
    """Raise unless each element came back with something to read."""
    there = [(name, tree.to_text(inside)) for name, inside in tree.elements([*edited])]
    left = Counter(name for name, _ in there)
    left.subtract(mark.name for mark in marks)
    otherwise = "or change the letter's fields in the contents and rework it without Word"
    removed = [
        f"{where}: the element {name!r} was removed in Word; put it back, {otherwise}"
        for name, more in left.items()
        if more < 0
    ]
    emptied = [
        f"{where}: the element {name!r} was emptied in Word; give it text, {otherwise}"
        for name, text in there
        if not any(map(tree.leaves_ink, text))
    ]
    raise_faults(LetterError, dict.fromkeys([*removed, *emptied]))


def _as_it_was(edited: Sequence[Node], before: Sequence[Node], body: Sequence[Node]) -> list[Node]:
    """The edited blocks, those that nobody edited as the letter has them.

    Word has no names that keep their own direction, and no language of a paragraph that we would
    read; what was not touched keeps them.
    """
    known = _pairs(before, body)

    def restored(node: Node) -> Node:
        if isinstance(node, str):
            return node
        same = known.get(tree.to_html([node]))
        return same or {**node, "children": [restored(child) for child in node["children"]]}

    return [restored(node) for node in edited]


def _pairs(read: Sequence[Node], body: Sequence[Node]) -> dict[str, Node]:
    """Blocks as they are read from an unedited file, each with the letter's own."""
    own: list[dict[str, Any]] = [
        {"tag": "p", "attributes": {}, "children": node} if isinstance(node, list) else node
        for node in runs(body)
    ]
    own = [node for node in own if tree.to_text([node]).strip()]
    is_one_to_one = [_words([node]) for node in read] == [_words([node]) for node in own]
    found: dict[str, Node] = {}
    for one, other in zip(read, own, strict=True) if is_one_to_one else ():
        if not isinstance(one, dict) or one["tag"] != other["tag"]:
            continue
        found[tree.to_html([one])] = other
        if one["tag"] == "section":
            found |= _pairs(one["children"], other["children"])
    return found


def _body(letter: Letter) -> list[Node]:
    bodies = [inside for name, inside in tree.elements(letter.tree) if name == "body"]
    if len(bodies) != 1:
        raise LetterError(
            f"letter {letter.unit_id}: its template marks {len(bodies)} bodies; to be edited in "
            'Word, mark one with {% call element("body") %}...{% endcall %}'
        )
    return bodies[0]


def _words(nodes: Sequence[Node]) -> str:
    return " ".join(tree.to_text(list(nodes)).split())


def _place_of_body(said: WordText, letter: Letter) -> tuple[int, int]:
    """Where the body's blocks begin and end in a file: there is one place with its words."""
    wanted = _words(_body(letter))
    texts = [_words([block]) for block in said.blocks]
    places = [
        (first, end)
        for first in range(len(texts))
        for end in range(first + 1, len(texts) + 1)
        if " ".join(texts[first:end]) == wanted
    ]
    if len(places) != 1:
        raise LetterError(
            f"letter {letter.unit_id}: its body appears {len(places)} times in the Word file; "
            "print it once in the template, and give the contents from which it was rendered"
        )
    return places[0]


def _require_code(said: WordText, letter: Letter, otherwise: str) -> None:
    if letter.code not in f"{_words(said.blocks)} {said.margins}":
        raise LetterError(f"letter {letter.unit_id}: its code is not in the Word file; {otherwise}")


def _require_same(
    before: Sequence[dict[str, Any]], after: Sequence[dict[str, Any]], letter: Letter
) -> None:
    """Raise if more than the body was changed; no message quotes it."""
    for place, block in enumerate(before):
        if place < len(after) and _words([block]) == _words([after[place]]):
            continue
        name = next(
            (
                name
                for name, inside in tree.elements(letter.tree)
                if _words([block]) in _words(inside)
            ),
            "text outside the body",
        )
        raise LetterError(
            f"letter {letter.unit_id}: {name} was changed in Word, where the body alone is edited; "
            "change it in the contents"
        )


def _as_field(blocks: Sequence[dict[str, Any]]) -> Body:
    is_plain = all(
        block["tag"] == "p"
        and all(isinstance(node, str) or node["tag"] == "br" for node in block["children"])
        for block in blocks
    )
    if is_plain:
        return "\n\n".join("\n".join(inline_lines(block["children"])) for block in blocks)
    return {"markup": tree.to_html(list(blocks))}
