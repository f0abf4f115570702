"""Which characters a name or a title may hold, so that one name has one spelling on every machine.

The rules of names are those of TICKETS.md for unit ids, and hold for stratum values and variables
too. They are written against Unicode 14.0, the tables of the oldest Python that is supported: a
code point that was assigned later is refused, so every Python version agrees.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from functools import cache

#: The version of Unicode whose assigned code points are accepted.
UNICODE_VERSION = "14.0.0"

#: The longest name, in bytes of UTF-8.
LONGEST_NAME = 200

#: The longest title of a population, or name of a firm, in characters: two lines of a page.
LONGEST_TITLE = 100

#: White space, listed rather than asked of Python so that other languages can do the same.
WHITE_SPACE = (
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f\x20\x85\xa0\u1680"
    "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)

#: Characters that change the direction of what follows and print nothing.
BIDI_CONTROLS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"

#: Characters without width: two names that differ by one of them look the same.
ZERO_WIDTH = (
    "\u180e\u200b\u200c\u200d\u2060\u2061\u2062\u2063\u2064"
    "\u206a\u206b\u206c\u206d\u206e\u206f\ufeff"
)

#: Joiners have no width, and are letters' own in Persian and Hindi.
JOINERS = "\u200c\u200d"

#: A value as :func:`quoted` shows a text; an apostrophe in a word begins none.
QUOTATION = r"""(?<!\w)(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""

_PLAIN_ASCII = re.compile(r"[!-~](?:[ -~]{0,198}[!-~])?")
_REFUSED_CATEGORIES = {"Cc": "a control character", "Cs": "a surrogate"}
_UNPRINTED_CATEGORIES = {"Cf": "a character that prints nothing", "Co": "a private character"}
_SEPARATORS = {"Zl": "a line separator", "Zp": "a paragraph separator"}


def fault_in_name(name: str) -> str | None:
    """What keeps ``name`` from being a unit id, a stratum value or a variable; None if nothing.

    The answer has two parts, what was got and what to do, and never quotes the name: it may be
    somebody's data in the wrong column.

    >>> fault_in_name("CR-1042") is None
    True
    >>> fault_in_name("CR-1042 ")
    'white space at an end (U+0020); remove it'
    """
    if _PLAIN_ASCII.fullmatch(name):
        return None
    if not name:
        return "empty; give it a value"
    if name[0] in WHITE_SPACE or name[-1] in WHITE_SPACE:
        end = name[0] if name[0] in WHITE_SPACE else name[-1]
        return f"white space at an end ({code_point(end)}); remove it"
    for character in name:
        kind = kind_of_refused(character)
        if kind is not None:
            return f"{kind} ({code_point(character)}); remove it"
    size = len(name.encode())
    if size > LONGEST_NAME:
        return f"{size} bytes of UTF-8; give at most {LONGEST_NAME}"
    if not unicodedata.is_normalized("NFC", name):
        return "not in Unicode's normal form NFC; normalise it"
    return None


def fault_in_title(title: object, place: str) -> str | None:
    """What keeps ``title`` from being a line that people read, all of it; None if nothing.

    A population's title and a firm's name are such lines.

    >>> fault_in_title("Complaint responses", "title") is None
    True
    >>> fault_in_title(" Complaint responses", "title")
    "title: got ' Complaint responses'; remove white space at an end"
    """
    if not isinstance(title, str) or not title.strip(WHITE_SPACE + JOINERS):
        return f"{place}: got {quoted(title)}; give a line of text"
    line = title.strip(WHITE_SPACE)
    refused = {one: _kind_of_unprinted(one) for one in line[:LONGEST_TITLE]}
    gone = ["white space at an end"] * (line != title)
    gone += [f"{kind} ({code_point(one)})" for one, kind in refused.items() if kind]
    todo = [f"remove {', '.join(gone)}"] * bool(gone)
    if len(title) > LONGEST_TITLE:
        todo.append(f"use {LONGEST_TITLE} characters at most, not {len(title)}")
    if not unicodedata.is_normalized("NFC", title):
        todo.append("write it in Unicode's normal form NFC")
    return f"{place}: got {quoted(title)}; {', and '.join(todo)}" if todo else None


def _kind_of_unprinted(character: str) -> str | None:
    """The reason for which ``character`` may not stand in a title, or None."""
    if character in JOINERS:
        return None
    category = unicodedata.category(character)
    return kind_of_refused(character) or _UNPRINTED_CATEGORIES.get(category)


def kind_of_refused(character: str) -> str | None:
    """The reason for which ``character`` may not stand in a name, or None."""
    if character in BIDI_CONTROLS:
        return "a bidirectional control character"
    if character in ZERO_WIDTH:
        return "a character without width"
    category = unicodedata.category(character)
    if category in _REFUSED_CATEGORIES:
        return _REFUSED_CATEGORIES[category]
    if category in _SEPARATORS:
        return _SEPARATORS[category]
    if not is_assigned(character):
        return f"a code point that Unicode {UNICODE_VERSION} does not assign"
    return None


def is_assigned(character: str) -> bool:
    """Whether Unicode 14.0 assigns ``character``, whatever this Python's own tables say."""
    starts, ends = _assigned()
    place = bisect_right(starts, ord(character)) - 1
    return place >= 0 and ord(character) <= ends[place]


def code_point(character: str) -> str:
    """``U+0041`` for ``A``."""
    return f"U+{ord(character):04X}"


def quoted(value: object, most: int = 60) -> str:
    """``value`` quoted for a message: printable, on one line, not too long.

    A text in a list is told as it is alone.

    >>> quoted("a" * 100, most=5)
    "'aaaaa'... (100 characters)"
    >>> quoted("Łódź"), quoted(["Łódź\\u202e"])
    ("'Łódź'", "['Łódź\\\\u202e']")
    """
    if isinstance(value, str):
        text = printable(repr(value[:most]))
        return text if len(value) <= most else f"{text}... ({len(value)} characters)"
    try:
        text = printable(repr(value)[: most + 1])
    except ValueError:  # Python does not write down a number of thousands of digits
        text = f"a very large {type(value).__name__}"
    return text if len(text) <= most else f"{text[:most]}..."


def counted(number: int, what: str) -> str:
    """A number of things, in words.

    >>> counted(1, "letter"), counted(3, "letter")
    ('1 letter', '3 letters')
    """
    return f"{number} {what}{'' if number == 1 else 's'}"


def printable(text: str) -> str:
    """What another program or a file says, on one line: nothing in it can pass for words of ours.

    >>> printable("expired\\nok: \\x1b[2J")
    'expired\\\\nok: \\\\x1b[2J'
    """
    return "".join(ascii(one)[1:-1] if kind_of_refused(one) else one for one in text)


@cache
def _assigned() -> tuple[list[int], list[int]]:
    """First and last code points of the assigned ranges, in order."""
    from importlib import resources  # slow to load, and most text is ASCII

    table = resources.files("ceosample").joinpath("unicode14.txt").read_text("ascii")
    ranges = [entry.split("-") for entry in table.split()]
    return [int(entry[0], 16) for entry in ranges], [int(entry[-1], 16) for entry in ranges]
