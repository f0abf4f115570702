"""Header lines of a draft of mail, written out by RFC 5322 and RFC 2047.

The standard library would write them too, but where a long text goes on in the next line it can
lose a space between two words, and it breaks lines at other places in other releases of Python.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from typing import Final

#: The length that lines of text should keep to (RFC 5322, 2.1.1), and those that hold code words.
_LINE: Final = 78
_LINE_OF_CODE: Final = 76

_OPENS: Final = "=?utf-8?b?"
_CLOSES: Final = "?="
#: A word of code has at most 75 characters: 45 bytes in 60 letters, and what surrounds them.
_MOST_BYTES: Final = 45

#: What a phrase can hold between quotation marks only (RFC 5322, 3.2.3).
_SPECIALS: Final = frozenset('()<>[]:;@\\,."')


def text_header(name: str, text: str) -> bytes:
    r"""A header whose value is text, such as the subject.

    >>> text_header("Subject", "Your complaint"), text_header("Subject", "Gebühr")
    (b'Subject: Your complaint\r\n', b'Subject: =?utf-8?b?R2Viw7xocg==?=\r\n')
    """
    return _written(name, text)


def mailbox_header(name: str, display_name: str, address: str) -> bytes:
    r"""A header with one address and the name in front of it, which may be empty.

    Neither holds a quotation mark, a backslash or an angle bracket: the caller refuses those.

    >>> mailbox_header("From", "M. Llewelyn", "ceo@bank.example")
    b'From: "M. Llewelyn" <ceo@bank.example>\r\n'
    """
    if not display_name:
        return _written(name, address)
    if _is_plain(display_name):
        quote = '"' if _SPECIALS & set(display_name) else ""
        return _written(name, f"{quote}{display_name}{quote} <{address}>")
    words = [*_words_of_code(name, display_name), f"<{address}>"]
    return f"{name}: {_FOLD.join(words)}\r\n".encode("ascii")


_FOLD: Final = "\r\n "


def _written(name: str, text: str) -> bytes:
    lines = _folded(name, text) if _is_plain(text) else _words_of_code(name, text)
    return f"{name}: {_FOLD.join(lines)}\r\n".encode("ascii")


def _is_plain(text: str) -> bool:
    """Whether it can be in a header as it is: ASCII, with one space between words."""
    return text.isascii() and " ".join(text.split()) == text


def _folded(name: str, text: str) -> Iterator[str]:
    """The lines of a plain text; each but the first goes on where a space was."""
    line, room = "", _LINE - len(name) - 2
    for word in text.split(" "):
        if line and len(line) + 1 + len(word) > room:
            yield line
            line, room = word, _LINE - 1
        else:
            line = f"{line} {word}" if line else word
    yield line


def _words_of_code(name: str, text: str) -> Iterator[str]:
    """A text in words of code, one a line. Readers join them, so every space is inside one."""
    room = (_LINE_OF_CODE - len(f"{name}: {_OPENS}{_CLOSES}")) // 4 * 3
    piece = b""
    for character in text:
        data = character.encode()
        if len(piece) + len(data) > room:
            yield _word_of_code(piece)
            piece, room = b"", _MOST_BYTES
        piece += data
    yield _word_of_code(piece)


def _word_of_code(data: bytes) -> str:
    return f"{_OPENS}{b64encode(data).decode()}{_CLOSES}"
