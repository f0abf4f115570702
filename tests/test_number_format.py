"""What a number's format shows: held against LibreOffice, and refused where languages differ."""

from __future__ import annotations

import csv
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ceosample.workbook.number_format import as_format
from needed import PATIENCE
from workbooks import book_of

NUMBERS = (0, 7, 123, 999, 1000, 12345, 1234567, 123456789012345)

#: Formats that show a whole number alike in every language.
EXACT = (
    "General", "0", "00000", "#", "##0", '"CMP-"00000', "000-000", "00000;-00000", "\\C\\-0000",
    "00-00-00", "###-###", "[$-409]00000", "[$£-809]000", "[Red]0000;[Blue]-0000", "000;-000;\\0;@",
    "[>999]0000-0;000", '[<100]"L-"000;"H-"000', "(000) 000", "00000_)", '"No. "General', "??0",
    "0000 0000", "000000000000000000", '0;-0;"none"', "[=7]\"seven\";000", "$000",
)  # fmt: skip


@pytest.mark.parametrize(
    ("code", "number", "shown"),
    [
        ('"CMP-"00000', 123, "CMP-00123"),
        ("000-000", 123456, "123-456"),
        ("000-000", 1234567, "1234-567"),
        ("00000;-00000", 123, "00123"),
        ("[>999]0000-0;000", 12345, "1234-5"),
        ("[>999]0000-0;000", 12, "012"),
        ("00000_);(00000)", 45, "00045"),
        ("@", 45, "45"),
        ("0;-0;;@", 0, ""),
        (";;;", 123, ""),
    ],
)
def test_an_id_is_what_people_see(code: str, number: int, shown: str) -> None:
    """'ids as they are *shown*: a number whose format shows more than its digits'"""
    assert as_format(code).shown(number) == shown


@pytest.mark.parametrize(
    "code",
    [
        "#,##0", "0.00", "0%", "0.00E+00", "# ?/?", "00/0000", "0,", "* 0", "*x0", "0_x0",
        "yyyy-mm-dd", "h:mm", "[h]:mm", "[$-D000000]0000", "[DBNum1]0", "CMP00000", '"CMP-"@',
        "General0", "0;[<5]0;[>9]0", "00.00.00",
    ],
)  # fmt: skip
def test_what_is_not_the_same_everywhere_is_not_shown(code: str) -> None:
    assert as_format(code).shown(123) is None


@given(st.text('0#?@-;,.%/\\"[]<>=$ _*yMdhsGAPE+123eneral', max_size=20), st.integers(0, 10**14))
def test_no_format_ends_in_an_error_and_none_loses_digits(code: str, number: int) -> None:
    """'exactly what is shown or is refused, never bare digits'"""
    shown = as_format(code).shown(number)
    has_places = any("digit" in one.kinds for one in as_format(code).sections)
    if shown and number and has_places and '"' not in code and "\\" not in code:
        section = as_format(code).section(number)
        assert section is not None
        if "digit" in section.kinds:
            kept = iter(shown)
            assert all(digit in kept for digit in str(number))


@pytest.mark.parametrize(
    ("code", "text", "shown"),
    [
        ("@", "CMP-1", "CMP-1"),
        ('"CMP-"@', "123", "CMP-123"),
        ("00000", "123", "123"),
        ('0;-0;0;"x"@', "123", "x123"),
        ("0;0;0;", "123", ""),
        ("* @", "123", None),
    ],
)
def test_a_text_is_shown_by_its_own_section(code: str, text: str, shown: str | None) -> None:
    assert as_format(code).shown_text(text) == shown


def test_what_is_shown_is_what_libreoffice_shows(
    office_calc: str, office_profile: str, tmp_path: Path
) -> None:
    """Another program's opinion: the same formats and numbers, saved as they are shown."""
    rows = [[*NUMBERS] for _ in EXACT]
    places = {
        f"{chr(ord('A') + column)}{row}": code
        for row, code in enumerate(EXACT, 1)
        for column in range(len(NUMBERS))
    }
    (tmp_path / "shown.xlsx").write_bytes(book_of(rows, places))
    subprocess.run(
        [office_calc, office_profile, "--headless",
         "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true",
         "--outdir", str(tmp_path), str(tmp_path / "shown.xlsx")],
        check=True, capture_output=True, timeout=PATIENCE,
    )  # fmt: skip
    with (tmp_path / "shown.csv").open(encoding="utf-8", newline="") as file:
        theirs = [*csv.reader(file)]
    differing = [
        (code, number, as_format(code).shown(number), shown)
        for code, row in zip(EXACT, theirs, strict=True)
        for number, shown in zip(NUMBERS, row, strict=True)
        if as_format(code).shown(number) not in (None, shown.strip())
    ]
    assert differing == []
