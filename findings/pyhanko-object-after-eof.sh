#!/usr/bin/env bash
# pyHanko 0.38 puts the first object of an incremental update onto the line of the file's %%EOF.
#
# A PDF may end with `%%EOF` and no line end, as Typst's PDFs do (ISO 32000-1, 7.5.5). pyHanko appends its update
# right behind it, so the file holds `%%EOF6 0 obj`. Readers go by the cross-reference table and find the object.
# PDF/A wants the object number to follow a line end (ISO 19005-2, 6.1.9), so a PDF/A that pyHanko signs is none any
# more. With a line end in the input the update begins a line.
#
# Seen 2026-11-30 with pyHanko 0.38.0, Python 3.11. Fails if that changes.
set -euo pipefail
room=$(mktemp -d); trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check pyhanko==0.38.0
"$room/venv/bin/python" - <<'PYTHON'
import io

from pyhanko.pdf_utils.generic import NumberObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

OBJECTS = (
    b"<</Type /Catalog /Pages 2 0 R>>",
    b"<</Type /Pages /Kids [3 0 R] /Count 1>>",
    b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 100 100]>>",
)


def pdf() -> bytes:
    """One empty page, and no line end after its last line."""
    made, places = b"%PDF-1.7\n", []
    for number, text in enumerate(OBJECTS, start=1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return made + (
        b"xref\n0 4\n0000000000 65535 f \n%strailer\n<</Size 4 /Root 1 0 R /ID [<00> <00>]>>\nstartxref\n%d\n%%%%EOF"
        % (table, len(made))
    )


def updated(data: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    writer.add_object(NumberObject(7))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


for name, data in (("ends with %%EOF", pdf()), ("ends with a line end", pdf() + b"\n")):
    found = updated(data)
    print(f"{name}: {found[len(data) - 6 : len(data) + 8]!r}")
    assert (found[len(data) - 1 : len(data)] == b"F") == (name == "ends with %%EOF")
    assert found[len(data) : len(data) + 1].isdigit()
PYTHON
