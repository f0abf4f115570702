#!/usr/bin/env bash
# Gnumeric 1.12.55 and ExcelJS 4.4.0 read 31 October 2026, written as an ISO date, as 18 July 1905.
#
# A cell of the type "d" holds its date as text (ECMA-376 part 1, 18.18.11). openpyxl writes it if iso_dates is set, and
# Excel in a "Strict" workbook. The two readers do not know the type and take the number at its beginning: day 2026 of
# Excel's calendar, in a cell with the format of a date. Nothing is raised, and all days of a year are one. LibreOffice,
# python-calamine, polars and SheetJS read the date. A month drawn from such a register is empty.
#
# Seen 2026-11-30 with Gnumeric 1.12.55 (Debian 12), exceljs 4.4.0 and xlsx (SheetJS) 0.18.5, Node.js 20, openpyxl
# 3.1.5, python-calamine 0.9.1, polars 2.1.0 and fastexcel 0.21.0, Python 3.11. Fails if that changes.
set -euo pipefail
room=$(mktemp -d); trap 'rm -rf "$room"' EXIT
command -v ssconvert > /dev/null || { echo "needs Debian's package gnumeric" >&2; exit 2; }
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check \
  openpyxl==3.1.5 python-calamine==0.9.1 polars==2.1.0 fastexcel==0.21.0
cd "$room"
npm install --silent --no-audit --no-fund exceljs@4.4.0 xlsx@0.18.5
"$room/venv/bin/python" - <<'PYTHON'
import datetime

import openpyxl
import polars
from python_calamine import CalamineWorkbook

DAY = datetime.date(2026, 10, 31)
book = openpyxl.Workbook(iso_dates=True)
for row in (["Received"], [DAY], [datetime.date(2026, 11, 1)]):
    book.active.append(row)
book.save("register.xlsx")
found = {
    "openpyxl": openpyxl.load_workbook("register.xlsx").active["A2"].value,
    "calamine": CalamineWorkbook.from_path("register.xlsx").get_sheet_by_index(0).to_python()[1][0],
    "polars": polars.read_excel("register.xlsx")["Received"][0],
}
for name, day in found.items():
    print(f"{name}: {day}")
    assert str(day)[:10] == "2026-10-31"
PYTHON
ssconvert register.xlsx register.csv 2> /dev/null
mapfile -t gnumeric < <(tail -n +2 register.csv)
echo "Gnumeric: ${gnumeric[*]}"
[ "${gnumeric[*]}" = "1905/07/18 1905/07/18" ]
cat > read.cjs <<'JAVASCRIPT'
const assert = require('assert');
const ExcelJS = require('exceljs');
const XLSX = require('xlsx');
(async () => {
  const sheetjs = Object.values(XLSX.readFile('register.xlsx', { cellDates: true }).Sheets)[0].A2.v;
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile('register.xlsx');
  const exceljs = ['A2', 'A3'].map((cell) => book.worksheets[0].getCell(cell).value.toISOString().slice(0, 10));
  console.log('SheetJS:', sheetjs, 'ExcelJS:', exceljs);
  assert.strictEqual(sheetjs.toISOString().slice(0, 10), '2026-10-31');
  assert.deepStrictEqual(exceljs, ['1905-07-18', '1905-07-18']);
})().catch((error) => { console.error(error.message); process.exit(1); });
JAVASCRIPT
node read.cjs
