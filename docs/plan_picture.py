"""Draw plan.svg: twelve letters and eight divisions, by rounding and by the method that is used.

python docs/plan_picture.py > docs/plan.svg
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from html import escape

import ceosample as cs

#: The invented bank's October 2026, as the page's table has it.
DIVISIONS = {
    "Current accounts": 380,
    "Credit cards": 242,
    "Mortgages": 188,
    "Savings": 139,
    "Fraud and disputes": 102,
    "Insurance": 64,
    "Business banking": 22,
    "Private bank": 16,
}
LETTERS = 12

ROW, TOP, LONGEST = 34, 92, 150
NAMES, BARS, ROUNDED, SHARED = 20, 170, 400, 580
INK, MUTED, ACCENT, NEVER = "#1d2730", "#5c6a75", "#1f6f8b", "#a4341f"


def rounded(sizes: Mapping[str, int], n: int) -> dict[str, int]:
    """Each division's share of the letters, rounded."""
    total = sum(sizes.values())
    return {name: round(Fraction(n * size, total)) for name, size in sizes.items()}


def picture() -> str:
    """The picture as SVG."""
    shared = cs.design.allocate(DIVISIONS, LETTERS, minimum=1)
    by_rounding = rounded(DIVISIONS, LETTERS)
    never = sum(count == 0 for count in by_rounding.values())
    words = (
        f"{sum(DIVISIONS.values())} responses in {len(DIVISIONS)} divisions. Shares of {LETTERS} "
        f"letters, rounded, leave {never} divisions without a letter in every month. The method "
        "used here gives each division one, and the others where a letter is missed most."
    )
    height = TOP + ROW * len(DIVISIONS) + 16
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 {height}" role="img" '
        'aria-labelledby="title words" font-family="Helvetica, Arial, sans-serif">',
        '<title id="title">Twelve letters, eight divisions</title>',
        f'<desc id="words">{escape(words)}</desc>',
        f'<rect width="760" height="{height}" rx="8" fill="#ffffff"/>',
        _text(NAMES, 34, "Twelve letters, eight divisions", size=19, weight="bold"),
        _text(BARS, 70, "responses in the month", fill=MUTED),
        _text(ROUNDED, 70, "shares, rounded", fill=MUTED),
        _text(SHARED, 70, "equal proportions", fill=MUTED),
    ]
    for place, (name, size) in enumerate(DIVISIONS.items()):
        lines += _row(TOP + ROW * place, name, size, by_rounding[name], shared[name])
    return "\n".join([*lines, "</svg>"]) + "\n"


def _row(y: int, name: str, size: int, by_rounding: int, shared: int) -> Iterator[str]:
    middle = y + 14
    length = max(1, round(LONGEST * size / max(DIVISIONS.values())))
    yield f'<path d="M{NAMES} {y - 5}H740" stroke="#e3e7ea"/>'
    yield _text(NAMES, middle + 5, name)
    yield f'<rect x="{BARS}" y="{middle - 6}" width="{length}" height="12" fill="#b9c8d0"/>'
    yield _text(BARS + length + 7, middle + 5, str(size), fill=MUTED)
    yield from _letters(ROUNDED, middle, by_rounding, MUTED)
    yield from _letters(SHARED, middle, shared, ACCENT)


def _letters(x: int, y: int, count: int, colour: str) -> Iterator[str]:
    """So many envelopes; where there is none, the word for it."""
    if not count:
        yield _text(x, y + 5, "never", fill=NEVER, weight="bold")
    for number in range(count):
        left = x + 32 * number
        yield (
            f'<path d="M{left} {y - 9}h26v18h-26z m0 0l13 10l13 -10" fill="#ffffff" '
            f'stroke="{colour}" stroke-width="1.6" stroke-linejoin="round"/>'
        )


def _text(
    x: int, y: int, text: str, *, size: int = 14, fill: str = INK, weight: str = "normal"
) -> str:
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" fill="{fill}" font-weight="{weight}">'
        f"{escape(text)}</text>"
    )


if __name__ == "__main__":
    print(picture(), end="")
