"""The pack's pages read back: the words that each letter has there, and the shell around them.

A shell is a page without what differs from month to month. ``shells.json`` has the SHA-256 of each
that a release shipped, so a page's style, policy and scripts can be told from those of others.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from html import unescape
from importlib import resources
from typing import Any, Final

from ceosample.canonical import digest
from ceosample.letters.letter import Letter
from ceosample.letters.markup import tree
from ceosample.letters.papers.letter_pages import other_pages
from ceosample.letters.papers.logo import html_of, shows
from ceosample.text import counted, quoted

#: The level of the heading under which a page shows its letters.
UNDER: Final = 2

_TITLE: Final = re.compile("<title>[^<]*</title>")
_TAG: Final = re.compile("<[^>]*>?")
_ROW: Final = re.compile(
    r'<a href="#letter-([0-9]+)"><bdi>([^<]*)</bdi></a></th><td>[^<]*</td><td>([^<]*)</td></tr>'
)
_IDENTITY: Final = re.compile(r'<p class="identity"><bdi>([^<]*)</bdi>([^<]*)</p>')
_FOOT: Final = re.compile(
    r'\s*<p class="signature"><bdi>([^<]*)</bdi><br><span>([^<]*)</span></p>'
    r'\s*<p class="code">([^<]*)</p>\s*</section>\s*'
)
_FOOT_OF_A_READING: Final = re.compile(r'\s*<p class="code">([^<]*)</p>\s*</section>\s*')
_LOGO: Final = re.compile('<p><img [^>]* src="data:image/png;base64,([A-Za-z0-9+/=]*)">')
_CODES: Final = re.compile("[0-9a-f]{8,}")


def release_of_page(page: str) -> str | None:
    """The release that shipped the shell of a ``pack.html``, or None if none did."""
    middle = _taken_apart(page)[1]
    return _release("pages", shell_of_page(page)) if _is_plain(middle) else None


def release_of_tools(tools: str) -> str | None:
    """The release that shipped what a signing room adds to the page, or None if none did."""
    return _release("rooms", digest(tools.encode()))


def shell_of_page(page: str) -> str:
    """The SHA-256 of a page without its title, its sheets and its letters."""
    before, _, after = _taken_apart(page)
    untitled = _TITLE.sub("<title></title>", before, count=1)
    return digest(f"{untitled}<header></main>{after}".encode())


def other_words(page: str, letters: Sequence[Letter]) -> str | None:
    """The first letter of which a page shows other words, another id or another code; or None.

    Args:
        page: a ``pack.html``, or a page made of one.
        letters: those of the pack, in its order.
    """
    _, *articles = page.split("<article ")
    if len(articles) != len(letters):
        return f"shows {counted(len(articles), 'letter')}; the pack has {len(letters)}"
    listed = [(unescape(unit_id), code) for _, unit_id, code in _ROW.findall(page)]
    if listed != [(letter.shown, letter.code) for letter in letters]:
        return "lists other letters, or other codes, than the pack has"
    for letter, article in zip(letters, articles, strict=True):
        if what := next(_differences(article, letter), None):
            return f"letter {quoted(letter.unit_id)}: {what}"
    return None


def _differences(article: str, letter: Letter) -> Iterator[str]:
    """What a page shows in the place of a letter that the letter does not have."""
    docket, mark, shown = article.partition("</article>")[0].partition('<section class="letter"')
    shown, has_pages, pages = shown.partition('<section class="pages"')
    words = shown.partition(">")[2].lstrip("\n")
    html = tree.to_html(letter.tree, under=UNDER)
    if "logo" in letter.fields:
        html = html_of(letter.fields["logo"], _source_of(words)) + html
        if not shows(letter.fields["logo"], _source_of(words)):
            yield "another logo than the letter has"
    is_reading = bool(letter.fields.get("reading"))
    form = _FOOT_OF_A_READING if is_reading else _FOOT
    foot = form.fullmatch(words.removeprefix(html))
    if not mark or not words.startswith(html) or foot is None:
        yield "other words than the letter has"
        return
    is_existing = letter.existing is not None
    if bool(has_pages) != is_existing or (is_existing and other_pages(has_pages + pages, letter)):
        yield "other pages than the letter has"
    signatory = letter.fields["signatory"]
    shown_names = [] if is_reading else [unescape(foot[1]), unescape(foot[2])]
    if shown_names != ([] if is_reading else [signatory["name"], signatory["title"]]):
        yield "another signatory than the letter has"
    said = [(unescape(name), _CODES.findall(code)) for name, code in _IDENTITY.findall(docket)]
    if said != [(letter.shown, [letter.code])]:
        yield "its docket has another id, or another code, than the letter"
    if _CODES.findall(foot[foot.re.groups]) != [letter.code]:
        yield "another code than the letter has"


def _source_of(words: str) -> str:
    """The first picture in a letter's place, in Base64."""
    found = _LOGO.match(words)
    return "" if found is None else found[1]


def _taken_apart(page: str) -> tuple[str, str, str]:
    """A page before its first sheet, from there to the end of its letters, and after it."""
    before, _, rest = page.partition("<header>")
    inside, _, after = rest.rpartition("</main>")
    return before, f"<header>{inside}</main>", after


def _is_plain(middle: str) -> bool:
    """Whether sheets, dockets and letters have no tags but those that releases put there."""
    plain: re.Pattern[str] = _shells()["tags"]
    return all(plain.fullmatch(tag) for tag in set(_TAG.findall(middle)))


def _release(kind: str, sha256: str) -> str | None:
    """The newest release that shipped it."""
    found = [shell["release"] for shell in _shells()[kind] if shell["sha256"] == sha256]
    return found[-1] if found else None


@cache
def _shells() -> dict[str, Any]:
    text = (resources.files("ceosample.letters") / "papers" / "shells.json").read_text("utf-8")
    shells: dict[str, Any] = json.loads(text)
    return {**shells, "tags": re.compile("|".join(shells["tags"]))}
