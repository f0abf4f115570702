#!/usr/bin/env bash
# polars 2.1.0 reads every time of a day or more in an OpenDocument sheet as null, and raises nothing.
#
# office:time-value of ODF is a duration of XML Schema: LibreOffice saves 26 hours and a half, in a cell of the format
# [HH]:MM, as PT26H30M00S. fastexcel, which reads for polars, takes it for a time of the day: 9:30 comes back, and 26:30
# is lost. Asked for the column as text, polars loses 9:30 too. From an Excel workbook it reads the same cells in full,
# and python-calamine and pyexcel-ods3 have all of them from the ODS. The mean of the hours that were worked on
# complaints is then the mean of the short ones.
#
# Seen 2026-11-30 with polars 2.1.0, fastexcel 0.21.0, python-calamine 0.9.1 and pyexcel-ods3 0.6.1, Python 3.11. Fails
# if that changes.
set -euo pipefail
room=$(mktemp -d); trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check \
  polars==2.1.0 fastexcel==0.21.0 python-calamine==0.9.1 pyexcel-ods3==0.6.1 odfpy==1.4.1 openpyxl==3.1.5
cd "$room"
"$room/venv/bin/python" - <<'PYTHON'
from datetime import timedelta

import openpyxl
import polars
import pyexcel_ods3
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from python_calamine import CalamineWorkbook

WORKED = {"R-1": timedelta(hours=9.5), "R-2": timedelta(hours=26.5), "R-3": timedelta(hours=48)}
ods, sheet = OpenDocumentSpreadsheet(), Table(name="Register")
book = openpyxl.Workbook()
ods.spreadsheet.addElement(sheet)
for reference, worked in [("Reference", "Worked"), *WORKED.items()]:
    book.active.append([reference, worked])
    row = TableRow()
    for value in (reference, worked):
        if isinstance(value, timedelta):
            hours, minutes = divmod(int(value.total_seconds()) // 60, 60)
            cell = TableCell(valuetype="time", timevalue=f"PT{hours:02}H{minutes:02}M00S")
            cell.addElement(P(text=f"{hours}:{minutes:02}"))
        else:
            cell = TableCell(valuetype="string")
            cell.addElement(P(text=value))
        row.addElement(cell)
    sheet.addElement(row)
ods.save("register.ods")
book.save("register.xlsx")

text = {"Worked": polars.String}
calamine = CalamineWorkbook.from_path("register.ods").get_sheet_by_index(0).to_python()
found = {
    "polars, xlsx": polars.read_excel("register.xlsx")["Worked"].to_list(),
    "polars, ods": polars.read_ods("register.ods")["Worked"].to_list(),
    "polars, ods as text": polars.read_ods("register.ods", schema_overrides=text)["Worked"].to_list(),
    "calamine, ods": [row[1] for row in calamine[1:]],
    "pyexcel, ods": [row[1] for row in pyexcel_ods3.get_data("register.ods")["Register"][1:]],
}
for name, values in found.items():
    print(f"{name}:", [None if value is None else str(value) for value in values])
assert found["polars, xlsx"] == list(WORKED.values())
assert found["polars, ods"] == [timedelta(hours=9.5), None, None]
assert found["polars, ods as text"] == [None, None, None]
assert found["calamine, ods"][1:] == ["PT26H30M00S", "PT48H00M00S"]
assert found["pyexcel, ods"][1:] == list(WORKED.values())[1:]
PYTHON
