#!/usr/bin/env bash
# zxing-cpp 3.1.1 prints a Data Matrix that is none by ISO/IEC 16022, if the text has an unlucky length.
#
# ISO/IEC 16022 has 24 squares and six rectangles. The longer rectangles are another standard's, ISO/IEC 21471 (DMRE,
# of 2020), and readers need not know them. zxing-cpp takes whichever symbol is smallest, theirs too: of the texts of
# 1 to 79 letters below, 22 become one. libdmtx finds no code there at all. zint, whose encoder zxing-cpp builds in,
# takes them only with --dmre. A test that reads back with zxing-cpp, or tries a text of another length, sees nothing.
# Whoever prints a reference on letters should pass force_square=True, which the package's README has not.
#
# Seen 2026-11-30 with zxing-cpp 3.1.1, pylibdmtx 0.1.10 on libdmtx 0.7.7 and zint 2.11.1 (Debian 12's libdmtx0b and
# zint), Python 3.11. Fails if that changes.
set -euo pipefail
room=$(mktemp -d); trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check \
  zxing-cpp==3.1.1 pylibdmtx==0.1.10 numpy==2.4.6 pillow==13.0.0
cd "$room"
"$room/venv/bin/python" - <<'PYTHON'
import subprocess

import numpy
import zxingcpp
from PIL import Image
from pylibdmtx import pylibdmtx

TEXT = "R-2026-0017 Complaint about a card, a loan or an account at our bank in the town of X"
SIDES = [*range(10, 27, 2), *range(32, 53, 4), *range(64, 105, 8), 120, 132, 144]
STANDARD = {(side, side) for side in SIDES} | {(8, 18), (8, 32), (12, 26), (12, 36), (16, 36), (16, 48)}


def printed(text, **how):
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.DataMatrix, **how)
    return numpy.array(code.to_image(scale=1, add_quiet_zones=False)).shape, Image.fromarray(
        numpy.pad(numpy.array(code.to_image(scale=5, add_quiet_zones=False)), 30, constant_values=255)
    )


def rows_of_zint(text, *how):
    subprocess.run(["zint", "-b", "71", *how, "-d", text, "--filetype=txt", "-o", "code.txt"], check=True)
    with open("code.txt", encoding="ascii") as file:
        return len(file.read().split("\n")) - 1


def read_by_both(image):
    by_zxing = [code.text for code in zxingcpp.read_barcodes(image)]
    by_dmtx = [code.data.decode() for code in pylibdmtx.decode(image, max_count=1, timeout=20_000)]
    return by_zxing, by_dmtx


other = {length: printed(TEXT[:length])[0] for length in range(1, 80)}
other = {length: shape for length, shape in other.items() if shape not in STANDARD}
print(f"{len(other)} of 79 lengths are not in ISO/IEC 16022: {sorted(set(other.values()))}")
for length in (11, 32, 56):
    text = TEXT[:length]
    zint = rows_of_zint(text), rows_of_zint(text, "--dmre")
    print(f"{text!r}: zint has {zint[0]} rows, and with --dmre {zint[1]}")
    for how in ({}, {"force_square": True}):
        shape, image = printed(text, **how)
        by_zxing, by_dmtx = read_by_both(image)
        print(f"  zxing-cpp with {how} prints {shape}; zxing-cpp reads {len(by_zxing)}, libdmtx {len(by_dmtx)}")
        assert by_zxing == [text]
        assert by_dmtx == ([text] if how or length == 11 else [])
    assert (zint[0] == zint[1]) == (length == 11) and (zint[1] == printed(text)[0][0])
assert len(other) == 22 and set(other.values()) == {(8, 64), (8, 96), (12, 64), (20, 44)}
PYTHON
