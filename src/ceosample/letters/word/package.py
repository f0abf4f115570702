"""The parts of a Word file: opened under limits, looked through before anything reads them.

A Word file is a zip of XML parts that name each other. Only what plain letters need is let in; a
part that runs, fetches or hides something is refused with its reason.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from typing import Any, Final

from ceosample.errors import LetterError, MissingPartError, raise_faults
from ceosample.text import quoted
from ceosample.zipped import ZipLimits

#: A letter is a few dozen kilobytes; Word's own parts unpack to under two megabytes.
WORD_FILE: Final = ZipLimits(
    name="Word file",
    save_as=".docx",
    error=LetterError,
    most_bytes=10 * 2**20,
    most_unpacked=40 * 2**20,
    most_parts=200,
)

#: What a relation may be, by the last part of its type; Word writes all of these for plain text.
RELATIONS: Final = frozenset({
    *("officeDocument", "core-properties", "extended-properties", "custom-properties", "metadata"),
    *("thumbnail", "styles", "stylesWithEffects", "settings", "webSettings", "fontTable", "theme"),
    *("numbering", "header", "footer", "footnotes", "endnotes", "customXml", "customXmlProps"),
    *("people",),
})  # fmt: skip

#: Where comments are kept. Word leaves these parts behind, empty, once the last comment is deleted.
_COMMENTS: Final = ("comments", "commentsExtended", "commentsIds", "commentsExtensible")

_REASONS: Final = {
    "hyperlink": "a link; write the address out as text",
    "image": "a picture; remove it",
    **dict.fromkeys(_COMMENTS, "comments; resolve and delete them"),
    "attachedTemplate": "a template in another file; detach it",
    "vbaProject": "macros; save it as .docx without them",
    "oleObject": "an embedded object; remove it",
    "package": "an embedded file; remove it",
    "aFChunk": "another document inside; paste its text",
}

#: A picture above each page, a logo, is neither opened nor taken: of a header the words are read.
_HEADER: Final = re.compile(r"word/_rels/header[0-9]*\.xml\.rels")

_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_STRICT = "http://purl.oclc.org/ooxml/"


def require_installed() -> None:
    """Raise if the extra is not there.

    Raises:
        MissingPartError: with the command that installs it.
    """
    try:
        import docx  # noqa: F401 - whether it is there is the question
        import docxtpl  # noqa: F401
    except ImportError:
        raise MissingPartError(
            "Word files: need docxtpl, which is not installed; pip install 'ceosample[docx]'"
        ) from None


def open_parts(data: bytes, where: str) -> dict[str, bytes]:
    """The parts of a Word file by name, after a check that they hold only what letters need.

    Args:
        data: the file's bytes.
        where: what messages call it.

    Raises:
        LetterError: not a Word file, or one that is too large or holds something that runs, fetches
            or hides: every problem that was found.
    """
    parts = _unpacked(data, where)
    faults: list[str] = []
    for name in sorted(parts):
        if name.endswith("vbaProject.bin"):
            faults.append(f"{where}: holds {_REASONS['vbaProject']}")
        if name.endswith(".rels"):
            faults += _faults_of_relations(name, parts, where)
    types = parts.get("[Content_Types].xml", b"")
    if b"macroEnabled" in types:
        faults.append(f"{where}: holds {_REASONS['vbaProject']}")
    if "word/document.xml" not in parts or not types:
        faults.append(f"{where}: got a file without a Word document; save it as .docx")
    raise_faults(LetterError, dict.fromkeys(faults))
    return parts


def parse_part(part: bytes, where: str) -> Any:
    """A part's XML, without entities, declarations or anything from elsewhere.

    Raises:
        LetterError: it is not XML, or declares a document type.
    """
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False
    )
    try:
        root = etree.fromstring(part, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise LetterError(f"{where}: is not well-formed XML; save it in Word again") from None
    if root.getroottree().docinfo.doctype:
        raise LetterError(
            f"{where}: declares a document type, which Word never does; save it in Word again"
        )
    if _STRICT in str(root.nsmap):
        raise LetterError(f"{where}: is Strict Open XML; save it as 'Word Document (.docx)'")
    return root


def _unpacked(data: bytes, where: str) -> dict[str, bytes]:
    with WORD_FILE.opened(data, where) as parts:
        for name in parts:
            if posixpath.normpath(name) != name.rstrip("/"):
                raise LetterError(
                    f"{where}: the part {quoted(name)} is in another place; save it in Word again"
                )
        return {name: b"".join(pieces) for name, pieces in parts.items()}


def _faults_of_relations(name: str, parts: Mapping[str, bytes], where: str) -> list[str]:
    """What a part of relations leads to that letters do not need.

    Args:
        name: the part's name, such as ``word/_rels/document.xml.rels``.
        parts: all parts of the file.
        where: what messages call the file.
    """
    faults = []
    for relation in parse_part(parts[name], f"{where}, {name}").iter(_RELATION):
        kind = str(relation.get("Type", "")).rpartition("/")[2]
        if kind == "image" and _HEADER.fullmatch(name) and _target(name, relation) in parts:
            continue
        if kind in _COMMENTS and _is_empty(_target(name, relation), parts, where):
            continue
        if kind in _REASONS:
            faults.append(f"{where}: holds {_REASONS[kind]}")
        elif relation.get("TargetMode") == "External":
            faults.append(f"{where}: refers to another file ({quoted(kind)}); remove it")
        elif kind not in RELATIONS:
            faults.append(f"{where}: holds {quoted(kind)}, which letters do not need; remove it")
    return faults


def _target(name: str, relation: Any) -> str:
    """The name of the part that a relation leads to; that of no part, if it is outside."""
    if relation.get("TargetMode") == "External":
        return ""
    folder = posixpath.dirname(posixpath.dirname(name))
    return posixpath.normpath(posixpath.join("/", folder, str(relation.get("Target", ""))))[1:]


def _is_empty(target: str, parts: Mapping[str, bytes], where: str) -> bool:
    """Whether a part is there and has no elements in it."""
    return target in parts and len(parse_part(parts[target], f"{where}, {target}")) == 0
