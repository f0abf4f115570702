"""Bytes that come out the same everywhere: netstrings, canonical JSON, digests.

Canonical JSON is RFC 8785 restricted to objects, arrays, text, booleans, null and integers below
2**53. Floats are refused: two languages print them differently.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from itertools import accumulate
from typing import Any, Final, TypeAlias

import rfc8785

from ceosample.text import quoted

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"

#: The largest integer below 2**53, which every JSON reader holds exactly.
LARGEST_INTEGER: Final = 2**53 - 1

#: So deep may lists and objects be in each other: less than any reader's own limit.
DEEPEST: Final = 500

#: So many digits of an integer are read, which is refused if it has more.
_DIGITS_READ: Final = 100

_DIGEST = re.compile(r"[0-9a-f]{64}")


def netstring(text: str) -> bytes:
    """The byte length in decimal, a colon, the UTF-8 bytes, a comma.

    Source: D. J. Bernstein, *Netstrings* (1997). It makes a sequence of texts unambiguous.

    >>> netstring("2026-10")
    b'7:2026-10,'
    """
    encoded = text.encode()
    return b"%d:%s," % (len(encoded), encoded)


def digest(data: bytes) -> str:
    """The SHA-256 of ``data``: 64 lower-case hexadecimal digits.

    >>> digest(b"")[:16]
    'e3b0c44298fc1c14'
    """
    return hashlib.sha256(data).hexdigest()


def is_digest(value: object) -> bool:
    """Whether ``value`` is text of 64 lower-case hexadecimal digits."""
    return isinstance(value, str) and _DIGEST.fullmatch(value) is not None


def canonical_json(value: Json) -> bytes:
    """RFC 8785 bytes of ``value``, without a final newline (hashed events have none).

    Raises:
        TypeError: a float or another type that the records do not use.
        ValueError: an integer of 2**53 or more, or text with a lone surrogate.

    >>> canonical_json({"b": 1, "a": ["ŵ", None]}).decode()
    '{"a":["ŵ",null],"b":1}'
    """
    quickly = _written_quickly(value)
    if quickly is not None:
        return quickly
    _require_plain(value)
    return rfc8785.dumps(value)


def canonical_file(value: Json) -> bytes:
    """RFC 8785 bytes of ``value`` and the final newline that a file has."""
    return canonical_json(value) + b"\n"


def parse_json(data: bytes) -> Json:
    """Read JSON strictly: UTF-8, no name twice in an object, none of the values refused above.

    Raises:
        ValueError: what is wrong, in words that fit behind a file's name.
    """
    try:
        value: Json = json.loads(
            data.decode(),
            object_pairs_hook=_unique_names,
            parse_constant=_refuse_constant,
            parse_int=_integer,
        )
        _require_plain(value)
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8 at byte {error.start}") from None
    except json.JSONDecodeError as error:
        if _is_too_deep(error.doc[: error.pos]):
            raise ValueError(_TOO_DEEP) from None
        raise ValueError(_words_of(error)) from None
    except TypeError as error:
        raise ValueError(str(error)) from None
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    return value


def parse_canonical(data: bytes) -> Json:
    """Read JSON that must be canonical, to the byte.

    Raises:
        ValueError: it is not JSON of ours, or not canonical.

    >>> parse_canonical(b'{"a":1}')
    {'a': 1}
    """
    try:
        text = data.decode()
        value: Json = read_quickly(text)
        if are_canonical([text], [value]):
            return value
    except (ValueError, RecursionError):
        pass  # what follows says what is wrong
    value = parse_json(data)
    if canonical_json(value) != data:
        raise ValueError("not canonical JSON (RFC 8785)")
    return value


def read_quickly(text: str) -> Any:
    """The one value of a JSON text, for which :func:`are_canonical` is to be asked too.

    Raises:
        ValueError, RecursionError: it is none, or holds a number that our records must not hold.
    """
    value: Any
    value, end = _decode(text)
    if end != len(text):
        raise ValueError("more than one value")
    return value


def are_canonical(texts: Sequence[str], values: Sequence[Any]) -> bool:
    """Whether each text is to the byte the canonical JSON of its value, as quickly as possible.

    Each text holds one value and nothing around it, so the array of all is written the same only
    if each of them is. False may also mean that this quick way cannot tell.

    Args:
        texts: the texts.
        values: what :func:`read_quickly` made of each.
    """
    written = f"[{','.join(texts)}]"
    return _is_plainly_ordered(written) and _python_json(values) == written


def _is_plainly_ordered(written: str) -> bool:
    """Whether Python writes this JSON as RFC 8785 does: code points up to U+FFFF are in its order.

    Of texts with others Python may put names in another order.
    """
    return written.isascii() or max(written) <= "\uffff"


_python_json = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def _written_quickly(value: Json) -> bytes | None:
    """The canonical JSON as Python's own encoder writes it; None where it would write another or
    write what is refused.

    What is refused does not come back as it was: a float is no number of ours, a tuple is a list.
    """
    try:
        text = _python_json(value)
        if text.count("[") + text.count("{") > DEEPEST or read_quickly(text) != value:
            return None
        return text.encode() if _is_plainly_ordered(text) else None
    except (TypeError, ValueError, RecursionError):
        return None


def _small(digits: str) -> int:
    number = int(digits)
    if abs(number) > LARGEST_INTEGER:
        raise ValueError
    return number


def _refuse_number(digits: str) -> None:
    raise ValueError(digits)


_decode = json.JSONDecoder(
    parse_float=_refuse_number, parse_int=_small, parse_constant=_refuse_number
).raw_decode


_TOO_DEEP: Final = "nested too deeply"

_TEXT_OR_BRACKET: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[][{}]')


def _is_too_deep(text: str) -> bool:
    """Whether JSON that ends somewhere had more open lists and objects than it may have."""
    if text.count("[") + text.count("{") <= DEEPEST:
        return False
    steps = (1 if one in "[{" else -1 for one in _TEXT_OR_BRACKET.findall(text) if one[0] != '"')
    return max(accumulate(steps), default=0) > DEEPEST


def _integer(digits: str) -> int:
    """An integer; of one that is refused so many digits that it stays too large."""
    return int(digits[:_DIGITS_READ])


def _words_of(error: json.JSONDecodeError) -> str:
    """Where JSON ends to be JSON, in the same words by every Python."""
    if not error.msg.startswith("Illegal trailing comma"):  # from Python 3.13 on, at the comma
        return f"not JSON at line {error.lineno}, column {error.colno}: {error.msg}"
    place = len(error.doc) - len(error.doc[error.pos + 1 :].lstrip(" \t\n\r"))
    end = error.doc[place : place + 1]
    msg = "Expecting value" if end == "]" else "Expecting property name enclosed in double quotes"
    return _words_of(json.JSONDecodeError(msg, error.doc, place))


def _unique_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the name {quoted(twice)} appears twice in one object")
    return found


def _refuse_constant(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _require_plain(value: object, depth: int = 0) -> None:
    """Refuse what RFC 8785 could write but our records must not hold."""
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, str):
        _require_encodable(value)
    elif isinstance(value, int):
        if abs(value) > LARGEST_INTEGER:
            raise ValueError(f"the integer {quoted(value)} is not below 2**53")
    elif isinstance(value, list | dict) and depth == DEEPEST:
        raise ValueError(_TOO_DEEP)
    elif isinstance(value, list):
        for item in value:
            _require_plain(item, depth + 1)
    elif isinstance(value, dict):
        for name, item in value.items():
            if not isinstance(name, str):
                raise TypeError(f"an object's name is {type(name).__name__}, not text")
            _require_encodable(name)
            _require_plain(item, depth + 1)
    else:
        raise TypeError(f"a record cannot hold a {type(value).__name__}")


def _require_encodable(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("text with a lone surrogate, which UTF-8 cannot hold") from None
