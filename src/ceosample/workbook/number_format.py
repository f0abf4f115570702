"""What Excel's number formats show: an id's zeros and prefix, a date, or only a number's digits.

A format is a little language, ``"CMP-"00000;[Red]-00000``. What of it shows a whole number the
same way in every language of Excel is rendered here, and for anything else there is no answer: a
comma between thousands is a full stop in German.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

import attrs

GENERAL: Final = "General"

#: The formats that files name by a number alone, as far as they are dates, times or plain.
BUILT_IN: Final = {
    0: GENERAL,
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    48: "##0.0E+0",
    49: "@",
    **dict.fromkeys((5, 6, 7, 8, 37, 38, 39, 40, 41, 42, 43, 44), "#,##0.00"),
    **dict.fromkeys((14, 15, 16, 17, *range(27, 32), 36, *range(50, 59)), "yyyy-mm-dd"),
    **dict.fromkeys((18, 19, 20, 21, *range(32, 36), 45, 47), "h:mm:ss"),
    22: "yyyy-mm-dd h:mm",
    46: "[h]:mm:ss",
}

#: One piece of a format: quoted or escaped text, a bracket, a fill or a pad, a word, a character.
_PIECE: Final = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|\[(?P<bracket>[^\]]*)\]|(?P<side>[*_].)'
    r"|(?P<general>[Gg]eneral)|(?P<noon>[Aa][Mm]?/[Pp][Mm]?)|(?P<power>[Ee][+-])|(?P<other>.)",
    re.S,
)
_CONDITION: Final = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?[0-9]+(?:\.[0-9]+)?)")
_ELAPSED: Final = re.compile(r"h+|m+|s+", re.I)
_COLOUR: Final = re.compile(
    r"(black|blue|cyan|green|magenta|red|white|yellow|colou?r ?[0-9]+)", re.I
)

#: ``$`` and a currency's sign, a hyphen, and a language; one above FFFF has digits of its own.
_LOCALE: Final = re.compile(r"\$([^-]*)(?:-([0-9A-Fa-f]{1,8}))?")
_LATIN_DIGITS: Final = 0xFFFF

#: What is shown as it is, without quotation marks; a slash is only where no fraction can be.
_BARE: Final = frozenset("$-+():!^&'~{}<>= ")
_DATE: Final = frozenset("yYdDgGbB")
_TIME: Final = frozenset("hHsS")
_DIGITS_OF_SECONDS: Final = re.compile(r"[sS]\.0+[^0#?]*$")


@attrs.frozen
class Section:
    """One of a format's sections, which are parted by semicolons.

    Attributes:
        pieces: its text and its placeholders: ``("text", "CMP-")``, ``("digit", "0")``,
            ``("general", "")``, ``("typed", "@")``.
        condition: when it holds, as ``(">", 999)``; None where its place says so.
        is_exact: whether nothing else is in it, so that a whole number can be shown.
        has_day: whether it shows a day, a month or a year.
        has_time: whether it shows a time of day.
        is_elapsed: whether it shows a duration, ``[h]:mm``.
        kinds: the kinds of its pieces.
        zeros: what stands before its digits, how many zeros fill them up, and what stands behind,
            where they are zeros without a text between them; else None.
        decimals: how many digits it shows behind the decimal point; None where it is no plain
            number, such as a percentage.
    """

    pieces: tuple[tuple[str, str], ...]
    condition: tuple[str, float] | None
    is_exact: bool
    has_day: bool
    has_time: bool
    is_elapsed: bool
    decimals: int | None
    kinds: tuple[str, ...] = attrs.field(init=False)
    zeros: tuple[str, int, str] | None = attrs.field(init=False)

    @kinds.default
    def _kinds(self) -> tuple[str, ...]:
        return tuple(kind for kind, _ in self.pieces)

    @zeros.default
    def _zeros(self) -> tuple[str, int, str] | None:
        places = [n for n, kind in enumerate(self.kinds) if kind == "digit"]
        if not places:
            return None
        first, last = places[0], places[-1] + 1
        texts = [text for _, text in self.pieces]
        if {*self.pieces[first:last]} != {("digit", "0")}:
            return None
        return "".join(texts[:first]), last - first, "".join(texts[last:])

    @property
    def is_dated(self) -> bool:
        """Whether it shows a date, a time or a duration."""
        return self.has_day or self.has_time or self.is_elapsed

    def holds(self, number: float) -> bool:
        """Whether its condition holds of a number."""
        assert self.condition is not None  # noqa: S101 - for the type checker
        sign, bound = self.condition
        return {
            "<": number < bound,
            ">": number > bound,
            "=": number == bound,
            "<=": number <= bound,
            ">=": number >= bound,
            "<>": number != bound,
        }[sign]


@attrs.frozen
class NumberFormat:
    """A format as a file has it.

    Attributes:
        code: its text.
        sections: its sections.
        numeric: those that show numbers.
        is_dated: whether any of these shows a date, a time or a duration.
    """

    code: str
    sections: tuple[Section, ...]
    numeric: tuple[Section, ...] = attrs.field(init=False)
    is_dated: bool = attrs.field(init=False)

    @numeric.default
    def _numeric(self) -> tuple[Section, ...]:
        return tuple(one for one in self.sections[:3] if "typed" not in one.kinds)

    @is_dated.default
    def _is_dated(self) -> bool:
        return any(one.is_dated for one in self.numeric)

    def section(self, number: float) -> Section | None:
        """The section that shows a number; None where Excel shows none, or has odd rules."""
        numeric = self.numeric
        if not numeric:
            return self.sections[0] if self.code.strip() == "@" else None
        if any(one.condition for one in numeric):
            *first, last = numeric
            if any(one.condition is None for one in first):
                return None
            found = (one for one in first if one.holds(number))
            rest = last if last.condition is None or last.holds(number) else None
            return next(found, rest)
        if number < 0:
            return numeric[1] if len(numeric) > 1 else numeric[0]
        return numeric[2] if number == 0 and len(numeric) > 2 else numeric[0]

    def shown(self, number: int) -> str | None:
        """A whole number of 0 or more as it is shown; None where that cannot be said.

        >>> as_format('"CMP-"00000').shown(123), as_format("000-000").shown(123456)
        ('CMP-00123', '123-456')
        >>> as_format("#,##0").shown(1234), as_format("0;;").shown(0)
        (None, '')
        """
        section = self.section(number)
        if section is None or not section.is_exact:
            return None
        kinds = section.kinds
        if kinds == ("typed",):
            return str(number)
        if "general" in kinds:
            return "".join(
                str(number) if kind == "general" else text for kind, text in section.pieces
            )
        if section.zeros is not None:  # an id of most registers, and ten times as quick
            before, width, behind = section.zeros
            return f"{before}{number:0{width}}{behind}".strip()
        return _in_places(section.pieces, str(number) if number else "").strip()

    def shown_text(self, text: str) -> str | None:
        """A text as it is shown; None where that cannot be said.

        >>> as_format('"CMP-"@').shown_text("123"), as_format("00000").shown_text("123")
        ('CMP-123', '123')
        """
        last = self.sections[-1]
        is_for_text = len(self.sections) == 4 or "typed" in last.kinds
        if not is_for_text:
            return text
        if not last.is_exact or "digit" in last.kinds:
            return None
        return "".join(text if kind == "typed" else said for kind, said in last.pieces)


def _in_places(pieces: tuple[tuple[str, str], ...], digits: str) -> str:
    """Digits in a section's placeholders, from the right; what is too long goes to the first."""
    left = len(digits)
    found: list[str] = []
    places = [n for n, (kind, _) in enumerate(pieces) if kind == "digit"]
    for n, (kind, text) in reversed([*enumerate(pieces)]):
        if kind != "digit":
            found.append(text)
        elif n == places[0]:
            found.append(digits[:left] or {"0": "0", "?": " "}.get(text, ""))
        elif left > 0:
            left -= 1
            found.append(digits[left])
        else:
            found.append({"0": "0", "?": " "}.get(text, ""))
    return "".join(reversed(found))


@cache
def as_format(code: str) -> NumberFormat:
    """The format that a file names by its code."""
    return NumberFormat(code, tuple(_section(part) for part in _parts(code)))


def _parts(code: str) -> list[list[re.Match[str]]]:
    """The pieces of each section."""
    parts: list[list[re.Match[str]]] = [[]]
    for piece in _PIECE.finditer(code):
        if piece["other"] == ";":
            parts.append([])
        else:
            parts[-1].append(piece)
    return parts


def _section(found: list[re.Match[str]]) -> Section:
    read = _Reading()
    for piece in found:
        read.take(piece)
    signs = "".join(piece["other"] or "" for piece in found)
    # An m is a minute where there are hours or seconds, and else a month.
    has_time = any(sign in _TIME for sign in signs) or any(piece["noon"] for piece in found)
    has_day = any(sign in _DATE for sign in signs) or ("m" in signs.lower() and not has_time)
    is_of_days = has_day or has_time or read.is_elapsed
    kinds = {kind for kind, _ in read.pieces}
    # Digits belong to a date behind its seconds alone; elsewhere a letter was left unquoted.
    is_mixed = "digit" in kinds and _DIGITS_OF_SECONDS.search(signs) is None
    is_date = is_of_days and not is_mixed
    return Section(
        tuple(read.pieces),
        read.condition,
        read.is_exact and not is_of_days and not {"digit", "general"} <= kinds,
        is_date and has_day and not read.is_elapsed,
        is_date and has_time and not read.is_elapsed,
        is_date and read.is_elapsed,
        read.decimals if kinds & {"digit", "general", "typed"} and not is_of_days else None,
    )


class _Reading:
    """A section that is being read, piece by piece."""

    def __init__(self) -> None:
        self.pieces: list[tuple[str, str]] = []
        self.condition: tuple[str, float] | None = None
        self.is_exact = True
        self.is_elapsed = False
        self.decimals: int | None = 0
        self._is_after_point = False
        self._is_padded = False

    def take(self, piece: re.Match[str]) -> None:
        """Take the next piece."""
        if (text := piece["quoted"]) is not None or (text := piece["escaped"]) is not None:
            self._add("text", text)
        elif piece["bracket"] is not None:
            self._take_bracket(piece["bracket"].strip())
        elif piece["side"]:
            # A pad is as wide as a character and matters inside alone; a fill repeats one.
            self.is_exact &= piece["side"][0] == "_"
            self._is_padded = bool(self.pieces)
        elif piece["general"]:
            self._add("general", "")
        else:
            self._take_sign(piece["other"] or "")

    def _add(self, kind: str, text: str) -> None:
        self.is_exact &= not self._is_padded
        self.pieces.append((kind, text))

    def _take_bracket(self, inner: str) -> None:
        if bound := _CONDITION.fullmatch(inner):
            self.condition = (bound[1], float(bound[2]))
        elif _ELAPSED.fullmatch(inner):
            self.is_elapsed = True
        elif named := _LOCALE.fullmatch(inner):
            self.is_exact &= int(named[2] or "0", 16) <= _LATIN_DIGITS
            if named[1]:
                self._add("text", named[1])
        else:
            self.is_exact &= _COLOUR.fullmatch(inner) is not None

    def _take_sign(self, sign: str) -> None:
        if sign and sign in "0#?":
            self._add("digit", sign)
            if self._is_after_point and self.decimals is not None:
                self.decimals += 1
        elif sign == "@":
            self._add("typed", sign)
        elif sign and (sign in _BARE or not sign.isascii()):
            self._add("text", sign)
        else:  # a point, a comma, a percent sign, a slash, a power, a letter
            self.is_exact = False
            self._is_after_point |= sign == "."
            if not sign or sign not in ".,":
                self.decimals = None
