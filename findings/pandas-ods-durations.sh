#!/usr/bin/env bash
# pandas 3.1.1 reads a time of an OpenDocument sheet from its looks: two minutes become two hours.
#
# A cell of the type "time" holds a duration (ISO 26300, office:time-value), here PT00H02M15S, and next to it the text
# that the sheet shows. engine="odf" takes the text for a time of day. Shown as MM:SS, the two minutes and 15 seconds
# that callers waited are "02:15" and become 02:15:00. Shown as [HH], the eight weeks that a firm has for its answer are
# "1344" and become midnight, as a year without a time. Nothing is raised. engine="calamine" reads the value. A month of
# a regulator's or a call centre's figures depends on the format of the column that its author liked.
#
# Seen 2026-11-30 with pandas 3.1.1, odfpy 1.4.1 and python-calamine 0.9.1, Python 3.11. Fails if that changes.
set -euo pipefail
room=$(mktemp -d); trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check pandas==3.1.1 odfpy==1.4.1 python-calamine==0.9.1
cd "$room"
"$room/venv/bin/python" - <<'PYTHON'
from datetime import time

import pandas
from odf.number import Hours, Minutes, Seconds, Text, TimeStyle
from odf.opendocument import OpenDocumentSpreadsheet
from odf.style import Style
from odf.table import Table, TableCell, TableColumn, TableRow
from odf.text import P

book = OpenDocumentSpreadsheet()
sheet = Table(name="Waiting")
sheet.addElement(TableColumn())


def form(name, *parts, **attributes):
    shown = TimeStyle(name=f"N{name}", **attributes)
    for number, part in enumerate(parts):
        if number:
            shown.addElement(Text(text=":"))
        shown.addElement(part(style="long"))
    book.automaticstyles.addElement(shown)
    style = Style(name=name, family="table-cell", datastylename=shown)
    book.automaticstyles.addElement(style)
    return style


def row(cell, text):
    cell.addElement(P(text=text))
    line = TableRow()
    line.addElement(cell)
    sheet.addElement(line)


row(TableCell(valuetype="string"), "Waited")
for name, parts, value, text, more in [
    ("HMS", (Hours, Minutes, Seconds), "PT00H02M15S", "00:02:15", {}),
    ("MS", (Minutes, Seconds), "PT00H02M15S", "02:15", {}),
    ("H", (Hours,), "PT1344H00M00S", "1344", {"truncateonoverflow": "false"}),
]:
    row(TableCell(valuetype="time", timevalue=value, stylename=form(name, *parts, **more)), text)
book.spreadsheet.addElement(sheet)
book.save("waiting.ods")

read = {name: pandas.read_excel("waiting.ods", engine=name)["Waited"].tolist() for name in ("odf", "calamine")}
for name, values in read.items():
    print(f"{name:8}", *map(repr, values))
assert read["calamine"] == [time(0, 2, 15), time(0, 2, 15), "PT1344H00M00S"]
assert read["odf"] == [time(0, 2, 15), time(2, 15), time(0, 0)], "pandas reads other times now"
PYTHON
