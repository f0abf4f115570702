#!/usr/bin/env bash
# ExcelJS 4.4.0 reads ヤマダ for 山田 if it reads the workbook as a stream, and 山田 if it reads it whole.
#
# Japanese Excel keeps with a name how it was typed, as a phonetic run behind it in the shared strings (rPh, ECMA-376
# part 1, 18.4.6); it is no part of the cell's text. ExcelJS's Workbook leaves it out, as its readme says. Its
# WorkbookReader, which the readme has for large files, keeps the last text that it finds, so the reading takes the
# place of the name. Nothing is raised. openpyxl, python-calamine and SheetJS read the name. A letter drawn from such a
# register is addressed to a reading, and two names that sound alike are one.
#
# Seen 2026-11-30 with exceljs 4.4.0 and xlsx (SheetJS) 0.18.5, Node.js 20, openpyxl 3.1.5, python-calamine 0.9.1
# and XlsxWriter 3.3.1, Python 3.11. Fails if that changes.
set -euo pipefail
room=$(mktemp -d); trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check \
  openpyxl==3.1.5 python-calamine==0.9.1 XlsxWriter==3.3.1
cd "$room"
npm install --silent --no-audit --no-fund exceljs@4.4.0 xlsx@0.18.5
"$room/venv/bin/python" - <<'PYTHON'
import zipfile

import openpyxl
import xlsxwriter
from python_calamine import CalamineWorkbook

NAMES = {"山田": "ヤマダ", "山多": "ヤマダ"}
with xlsxwriter.Workbook("plain.xlsx") as book:
    book.add_worksheet("Register").write_column("A1", NAMES)
with zipfile.ZipFile("plain.xlsx") as plain, zipfile.ZipFile("register.xlsx", "w") as typed:
    for part in sorted(plain.namelist(), key=lambda part: "worksheets" in part):  # in Excel's order
        data = plain.read(part).decode()
        if part == "xl/sharedStrings.xml":
            for name, reading in NAMES.items():
                assert f"<t>{name}</t>" in data
                data = data.replace(f"<t>{name}</t>", f'<t>{name}</t><rPh sb="0" eb="2"><t>{reading}</t></rPh>')
        typed.writestr(part, data)

found = {
    "openpyxl": [row[0] for row in openpyxl.load_workbook("register.xlsx").active.values],
    "calamine": [row[0] for row in CalamineWorkbook.from_path("register.xlsx").get_sheet_by_index(0).to_python()],
}
print(found)
assert all(names == ["山田", "山多"] for names in found.values())
PYTHON
cat > read.cjs <<'JAVASCRIPT'
const assert = require('assert');
const ExcelJS = require('exceljs');
const XLSX = require('xlsx');
(async () => {
  const found = { sheetjs: Object.values(XLSX.readFile('register.xlsx').Sheets)[0] };
  found.sheetjs = XLSX.utils.sheet_to_json(found.sheetjs, { header: 1 }).map((row) => row[0]);
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile('register.xlsx');
  found.whole = [];
  book.worksheets[0].eachRow((row) => found.whole.push(row.getCell(1).value));
  found.stream = [];
  for await (const sheet of new ExcelJS.stream.xlsx.WorkbookReader('register.xlsx')) {
    for await (const row of sheet) found.stream.push(row.getCell(1).value);
  }
  console.log('SheetJS', found.sheetjs, 'ExcelJS, whole', found.whole, 'ExcelJS, as a stream', found.stream);
  assert.deepStrictEqual(found.sheetjs, ['山田', '山多']);
  assert.deepStrictEqual(found.whole, ['山田', '山多']);
  assert.deepStrictEqual(found.stream, ['ヤマダ', 'ヤマダ']);
})().catch((error) => { console.error(error.message); process.exit(1); });
JAVASCRIPT
node read.cjs
