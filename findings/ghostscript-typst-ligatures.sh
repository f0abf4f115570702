#!/usr/bin/env bash
# Ghostscript 10.00.0 makes "office" of a PDF by Typst into "o昀케ce", also in the PDF that it prints.
#
# Typst sets ff, fi, ffi, fl and ft as one glyph each and says in the font's ToUnicode map which letters it is, as
# PDF has it. pdfium reads "office". Ghostscript swaps the bytes of "fi" (U+0066 becomes U+6600) and loses a letter of
# "ffi": its text device prints that, and its PDF device writes it into the new file, which looks the same on paper. A
# letter that an archive or a print queue has sent through it is no longer found by a word or a reference in it.
#
# Seen 2026-11-30 with Ghostscript 10.00.0 (Debian 12), typst 0.15.2 and pypdfium2 5.12.1, Python 3.11. Fails if that
# changes.
set -euo pipefail
room=$(mktemp -d); trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check typst==0.15.2 pypdfium2==5.12.1
cd "$room"
echo "Ghostscript $(gs --version)"
printf 'The office has your first file.' > letter.typ
"$room/venv/bin/python" -c 'import typst; typst.compile("letter.typ", output="letter.pdf")'
gs -q -dNOPAUSE -dBATCH -sDEVICE=txtwrite -sOutputFile=printed.txt letter.pdf
gs -q -dNOPAUSE -dBATCH -sDEVICE=pdfwrite -sOutputFile=printed.pdf letter.pdf
"$room/venv/bin/python" - <<'PYTHON'
import pypdfium2


def text_of(name):
    return pypdfium2.PdfDocument(name)[0].get_textpage().get_text_bounded().strip()


with open("printed.txt", encoding="utf-8") as file:
    printed = file.read().strip()
found = {"by Typst": text_of("letter.pdf"), "by Ghostscript": text_of("printed.pdf"), "as text": printed}
for name, text in found.items():
    print(f"{name}: {text}")
assert found["by Typst"] == "The office has your first file."
assert found["by Ghostscript"] == found["as text"] == "The o昀케ce has your 昀椀rst 昀椀le."
PYTHON
