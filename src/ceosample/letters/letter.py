"""One letter: what is signed, in bytes that can be hashed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import attrs

from ceosample.canonical import Json, canonical_file, digest
from ceosample.letters.contents.fields import NUMBER
from ceosample.letters.markup import tree
from ceosample.letters.markup.plain_text import to_plain

#: The part without which nothing is signed: the executive's own sentence.
APPROVAL: Final = "approval"

#: So many digits of a letter's digest are printed on it as its code.
CODE_DIGITS: Final = 8

_PLAIN_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


@attrs.frozen
class Letter:
    """A rendered letter.

    Attributes:
        unit_id: the response.
        name: its files' name without the ending: its number in the pack and its id.
        data: the bytes of ``letters/NAME.json``; the letter *is* these bytes, unless it existed
            already: then it is the PDF that they describe, and its tree is the approval slip's.
        fields: what the bytes hold, by name: unit_id, version, language, signatory, date, tree, ...
    """

    unit_id: str
    name: str
    data: bytes = attrs.field(repr=False)
    fields: Mapping[str, Any] = attrs.field(repr=False, eq=False)

    @classmethod
    def write(cls, fields: dict[str, Json], number: int) -> Letter:
        """The letter with these fields, as number ``number`` of its pack."""
        unit_id = str(fields["unit_id"])
        return cls(unit_id, file_name(number, unit_id), canonical_file(fields), fields)

    @property
    def shown(self) -> str:
        """What people call the response: the firm's number where its id is blinded, else its id."""
        return str(self.fields.get(NUMBER, self.unit_id))

    @property
    def digest(self) -> str:
        """What a signature is bound to: the SHA-256 of ``data``, or of the PDF that existed."""
        return digest(self.data) if self.existing is None else str(self.existing["sha256"])

    @property
    def existing(self) -> Mapping[str, Any] | None:
        """The PDF that the letter is: its ``sha256``, ``bytes`` and ``pages``; or None."""
        found: Mapping[str, Any] | None = self.fields.get("pdf")
        return found

    @property
    def pdf(self) -> str:
        """The name of its PDF in a pack: the letter alone, for posting."""
        return f"letters/{self.name}.pdf"

    @property
    def signing_pdf(self) -> str:
        """The name of the PDF that is signed digitally: with the slip, where it existed already."""
        return self.pdf if self.existing is None else f"letters/{self.name}.with-slip.pdf"

    @property
    def code(self) -> str:
        """The first eight digits of the digest, printed on the letter."""
        return self.digest[:CODE_DIGITS]

    @property
    def tree(self) -> list[tree.Node]:
        """The letter's markup as a tree."""
        nodes: list[tree.Node] = self.fields["tree"]
        return nodes

    @property
    def words(self) -> int:
        """The number of words to read: in a letter that existed already, those of its pages."""
        if self.existing is None:
            return len(tree.to_text(self.tree).split())
        return sum(len(page["text"].split()) for page in self.existing["pages"])

    def __str__(self) -> str:
        pages = () if self.existing is None else self.existing["pages"]
        return "\n\n".join([to_plain(self.tree), *(page["text"] for page in pages)])

    def _repr_html_(self) -> str:
        # A frame, or its headings would look like those of the page around it.
        frame = "border:1px solid;padding:1em 1.5em;max-width:44em"
        return f'<div style="{frame}">{tree.to_html(self.tree)}</div>'


def file_name(number: int, unit_id: str) -> str:
    """Four digits, a hyphen, and the id if it is plain, else the start of its digest.

    >>> file_name(7, "CR-1042"), file_name(8, "../etc/passwd")
    ('0007-CR-1042', '0008-7fef78f53440346c')
    """
    stem = unit_id if _PLAIN_ID.fullmatch(unit_id) else digest(unit_id.encode())[:16]
    return f"{number:04}-{stem}"


def faults_of_elements(
    nodes: list[tree.Node], names: Mapping[str, str | None]
) -> list[tuple[str, str]]:
    """The parts that are not marked in the letter, or are marked and empty: name and problem.

    Args:
        nodes: the letter.
        names: the parts that it must have, each with what it must say, in words.
    """
    there = [(name, tree.to_text(inside)) for name, inside in tree.elements(nodes)]
    marked = {name for name, _ in there}
    missing = [
        (
            name,
            f"the element {name!r}{f' ({text})' if text else ''} is missing; mark it with "
            f'{{% call element("{name}") %}}...{{% endcall %}}',
        )
        for name, text in names.items()
        if name not in marked
    ]
    empty = [name for name, text in there if not any(map(tree.leaves_ink, text))]
    return missing + [
        (name, f"the element {name!r} is empty; give it text") for name in dict.fromkeys(empty)
    ]
