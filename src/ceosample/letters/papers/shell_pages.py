"""Pages for the shells: a pack, a letter, a sheet, for paper and for the screen alike.

Both shells print what they are given here, so a figure cannot differ between them.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from ceosample.letters.contents.docket_fields import DocketField
from ceosample.letters.contents.fields import LetterContents
from ceosample.letters.existing.existing_letter import ExistingLetter
from ceosample.letters.letter import Letter
from ceosample.letters.markup import tree
from ceosample.letters.markup.languages import ENGLISH, direction_of
from ceosample.letters.markup.page_words import page_words
from ceosample.letters.papers.letter_pages import pages_html
from ceosample.letters.papers.logo import Logo, html_of
from ceosample.letters.papers.sheets.cover import (
    are_readings,
    cover_of,
    for_the_auditor,
    list_of_letters,
)
from ceosample.letters.papers.sheets.docket import NOT_RECORDED, docket_of
from ceosample.letters.papers.sheets.docket_texts import parts_of, with_directions
from ceosample.letters.pdf.paper_size import A4
from ceosample.period import Period
from ceosample.sampling.draw import Draw

if TYPE_CHECKING:
    import jinja2

#: The heading of every cover sheet; of what is no letter, the other.
TITLE: Final = "Responses for signature"
TITLE_OF_READINGS: Final = "To be read"


def sheet_page(mode: str, heading: str, sheet: Mapping[str, Any]) -> dict[str, Any]:
    """All that the shells print of a sheet that stands by itself, which is in English.

    Args:
        mode: which part of the shells prints it.
        heading: the document's title.
        sheet: what is on it.
    """
    return {
        "mode": mode,
        "fonts": [],
        "language": "en",
        "title": heading,
        "words": page_words(ENGLISH),
        "sheet": sheet,
    }


def month_words(population: str, title: str | None, period: Period) -> str:
    """A month as people read it: the population's title, or its id where it has none, and when."""
    return f"{title or population}, {period.words}"


def pack_page(
    draw: Draw,
    letters: Sequence[Letter],
    dockets: Sequence[LetterContents],
    registration: str | None,
    attempts: str | None = None,
    *,
    title: str | None = None,
    firm: str | None = None,
    own: Sequence[DocketField] = (),
    with_slip: bool = False,
) -> dict[str, Any]:
    """All that the pack's shells print; ``own`` are the dockets' fields of the firm's own.

    With ``with_slip`` a letter that existed already is posted behind its approval slip.
    """
    month = month_words(draw.population, title, draw.period)
    heading = TITLE_OF_READINGS if are_readings(letters) else TITLE
    return {
        "mode": "pack",
        "fonts": [],
        "language": ENGLISH,
        "title": f"{heading}: {month}",
        "words": {
            **page_words(ENGLISH),
            **({"letter": "The reading"} if are_readings(letters) else {}),
        },
        "cover": {
            "firm": firm or "",
            "title": heading,
            "subtitle": month,
            **cover_of(draw, letters, dockets, with_slip),
            "auditor": for_the_auditor(draw, registration, attempts),
            "list": list_of_letters(draw, letters),
        },
        "letters": [
            {
                **_item(number, letter),
                "docket": {
                    **docket_of(draw, letter, fields, number, len(letters), month),
                    "own": parts_of(fields.docket, own, NOT_RECORDED),
                },
            }
            for number, (letter, fields) in enumerate(zip(letters, dockets, strict=True), 1)
        ],
    }


def part_of(page: dict[str, Any], items: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The pack with these of its letters, which alone are listed: setting a list of thousands takes
    longer than the letters."""
    listed = page["cover"]["list"]
    if not items or len(items) == len(listed["rows"]):
        return {**page, "letters": items}
    first, last = items[0]["number"], items[-1]["number"]
    title = f"Letters {first} to {last} of {len(listed['rows'])}"
    rows = listed["rows"][first - 1 : last]
    return {
        **page,
        "cover": {**page["cover"], "list": {**listed, "title": title, "rows": rows}},
        "letters": items,
    }


def letter_page(letter: Letter) -> dict[str, Any]:
    """All that the shell prints of one letter, for posting."""
    return {
        "mode": "letter",
        "fonts": [],
        "language": letter.fields["language"],
        "title": f"Response {letter.shown}",
        "words": _words_below(letter),
        "letters": [_item(1, letter)],
    }


def as_json(page: dict[str, Any]) -> str:
    """A page's data for the shell."""
    return json.dumps(page, ensure_ascii=False)


def pack_html(
    page: dict[str, Any],
    letters: Sequence[Letter],
    existing: Mapping[int, ExistingLetter] = MappingProxyType({}),
    logo: Logo | None = None,
) -> bytes:
    """The pack as one page for a browser: no script, nothing fetched.

    Args:
        page: all that it prints.
        letters: the letters, in their order.
        existing: those that exist already, by their number, with the pictures of their pages.
        logo: what stands above each of the others, and above the slips.
    """
    pages = {
        number: pages_html(letters[number - 1], [one.picture for one in letter.pages])
        for number, letter in existing.items()
    }
    head = "" if logo is None else html_of(logo.to_dict(), base64.b64encode(logo.data).decode())
    shown = [
        {
            **item,
            # Their own HTML: every text in it is escaped already.
            "html": Markup(head + tree.to_html(item["letter"]["tree"], under=2)),  # noqa: S704
            "pages": Markup(pages.get(item["number"], "")),  # noqa: S704
            "own": with_directions(item["docket"]["own"]),
        }
        for item in page["letters"]
    ]
    has_pictures = bool(existing) or logo is not None
    given = {"paper": A4, **page, "letters": shown, "pictures": has_pictures}
    return _html_shell("pack.html").render(given).lstrip().encode()


def sheet_html(page: dict[str, Any]) -> bytes:
    """A sheet of facts, tables and lines to sign on, as a page for a browser."""
    return _html_shell("sheet.html").render({"paper": A4, **page}).lstrip().encode()


@cache
def _html_shell(name: str) -> jinja2.Template:
    source = (resources.files("ceosample.letters") / "templates" / name).read_text("utf-8")
    import jinja2

    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals["direction_of"] = direction_of
    return environment.from_string(source)


def _words_below(letter: Letter) -> dict[str, str]:
    return page_words(letter.fields["language"], letter.fields.get("page_words"))


def _item(number: int, letter: Letter) -> dict[str, Any]:
    return {
        "number": number,
        "code": letter.code,
        "unit_id": letter.shown,
        "words": _words_below(letter),
        "letter": {
            "reading": bool(letter.fields.get("reading")),
            **{name: letter.fields[name] for name in ("language", "signatory", "date", "tree")},
        },
        "existing": 0 if letter.existing is None else len(letter.existing["pages"]),
        "logo": letter.fields.get("logo", {}).get("alt", ""),
    }
