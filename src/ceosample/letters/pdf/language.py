"""A PDF's language as its letter has it, where Typst can say less: ``zh-Hant``, ``es-419``.

Typst knows a language and a region of two letters. It writes ``es`` for ``es-419``, and for
``zh-Hant`` the ``zh-TW`` that its fonts are chosen by. A reader that speaks goes by the tag.
"""

from __future__ import annotations

import io
import json
import re
from typing import Any, Final

#: As templates/shell.typ has them.
_REGIONS_OF_HAN: Final = {"Hans": "CN", "Hant": "TW"}

#: What Typst can say by itself.
_PLAIN: Final = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")


def typst_tag(tag: str) -> str:
    """The tag that Typst writes for a language.

    >>> [typst_tag(tag) for tag in ("es-419", "zh-Hant", "sr-Latn-RS", "ca-valencia", "en-GB")]
    ['es', 'zh-TW', 'sr-RS', 'ca', 'en-GB']
    """
    first, *rest = tag.split("-")
    regions = [one for one in rest if len(one) == 2 and one.isalpha()]
    regions += [_REGIONS_OF_HAN[one] for one in rest if one in _REGIONS_OF_HAN]
    return "-".join([first, *regions[:1]])


def with_languages(data: bytes, page: str) -> bytes:
    """The PDF with the tags of its page's letters; the same bytes where Typst's are right.

    Args:
        data: the PDF, as Typst made it.
        page: what the shell printed, JSON.
    """
    tags = {item["letter"]["language"] for item in json.loads(page).get("letters", ())}
    exact = {typst_tag(tag): tag for tag in tags if _PLAIN.fullmatch(tag) is None}
    return _renamed(data, exact) if exact else data


def _renamed(data: bytes, exact: dict[str, str]) -> bytes:
    # In the extra ``pdf``, and slow to load.
    import pikepdf

    with pikepdf.open(io.BytesIO(data)) as pdf:
        for one in pdf.objects:
            if isinstance(one, pikepdf.Dictionary) and "/Lang" in one:
                one["/Lang"] = pikepdf.String(_exact(one["/Lang"], exact))
        about = pdf.Root.Metadata
        about.write(_in_metadata(about.read_bytes(), exact))
        output = io.BytesIO()
        pdf.save(output, deterministic_id=True, fix_metadata_version=False)
    return output.getvalue()


def _exact(tag: Any, exact: dict[str, str]) -> str:
    return exact.get(str(tag), str(tag))


def _in_metadata(xmp: bytes, exact: dict[str, str]) -> bytes:
    """XMP's ``dc:language`` lists the languages of the document."""
    return re.sub(
        r"(?<=<dc:language>).*?(?=</dc:language>)",
        lambda bag: re.sub(r"(?<=<rdf:li>)[^<]*", lambda tag: _exact(tag[0], exact), bag[0]),
        xmp.decode(),
        flags=re.DOTALL,
    ).encode()
