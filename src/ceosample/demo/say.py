"""How a letter says numbers, sums, dates and lists."""

from collections.abc import Sequence
from datetime import date

_NUMBERS = (
    *("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen", "twenty"),
)

# Named here because strftime would name them in whatever language the machine is set to.
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def spelled(number: int) -> str:
    """A number as a word while that is short, else in digits.

    >>> spelled(13), spelled(21)
    ('thirteen', '21')
    """
    return _NUMBERS[number] if number < len(_NUMBERS) else str(number)


def pounds(pence: int) -> str:
    """A sum of money; whole pounds carry no pence.

    >>> pounds(123450), pounds(7500)
    ('£1,234.50', '£75')
    """
    whole, part = divmod(pence, 100)
    return f"£{whole:,}.{part:02}" if part else f"£{whole:,}"


def rate(basis_points: int) -> str:
    """A yearly rate in per cent, two decimals.

    >>> rate(419)
    '4.19'
    """
    return f"{basis_points // 100}.{basis_points % 100:02}"


def day(when: date) -> str:
    """A date in words.

    >>> day(date(2026, 10, 3))
    '3 October 2026'
    """
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year}"


def listed(parts: Sequence[str]) -> str:
    """Parts joined as a sentence joins them.

    >>> listed(["four calls", "two emails", "one letter"])
    'four calls, two emails and one letter'
    """
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))
