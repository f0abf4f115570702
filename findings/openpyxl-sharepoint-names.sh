#!/usr/bin/env bash
# openpyxl 3.1.5 writes a text with _x0020_ in it so that other readers find a space there.
#
# A workbook writes a letter that XML cannot hold as _xHHHH_, and so a text that looks like that has to be written with
# _x005F_ before it (ST_Xstring, ECMA-376 part 1, 22.9.2.19). XlsxWriter does that; openpyxl writes the text as it is,
# and reads it back so. SharePoint names its columns in that way (Complaint_x0020_No): python-calamine, SheetJS and
# read-excel-file then have a column "Complaint No", and a reference R_x002D_1 is R-1, like another one. Nothing is
# raised, and openpyxl's own reader does not show it. pandas writes by openpyxl where XlsxWriter is not installed.
#
# Seen 2026-11-30 with openpyxl 3.1.5, XlsxWriter 3.3.1, pandas 3.1.1, python-calamine 0.9.1, Python 3.11, xlsx
# (SheetJS) 0.18.5 and read-excel-file 9.3.17, Node.js 20. Fails if that changes.
set -euo pipefail
room=$(mktemp -d); trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check \
  openpyxl==3.1.5 XlsxWriter==3.3.1 pandas==3.1.1 python-calamine==0.9.1
cd "$room"
npm install --silent --no-audit --no-fund xlsx@0.18.5 read-excel-file@9.3.17
"$room/venv/bin/python" - <<'PYTHON'
import openpyxl
import pandas
from python_calamine import CalamineWorkbook

register = pandas.DataFrame({"Complaint_x0020_No": ["R_x002D_1", "R-1"]})
texts = ["Complaint_x0020_No", "R_x002D_1", "R-1"]
for engine in ("openpyxl", "xlsxwriter"):
    file = f"{engine}.xlsx"
    register.to_excel(file, index=False, engine=engine)
    own = [row[0] for row in openpyxl.load_workbook(file).active.values]
    calamine = [row[0] for row in CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()]
    print(f"written by {engine}: openpyxl reads {own}, python-calamine {calamine}")
    assert own == texts
    assert calamine == (["Complaint No", "R-1", "R-1"] if engine == "openpyxl" else texts)
PYTHON
cat > read.cjs <<'JAVASCRIPT'
const assert = require('assert');
const XLSX = require('xlsx');
const readExcelFile = require('read-excel-file/node');
(async () => {
  for (const [engine, texts] of [
    ['openpyxl', ['Complaint No', 'R-1', 'R-1']],
    ['xlsxwriter', ['Complaint_x0020_No', 'R_x002D_1', 'R-1']],
  ]) {
    const sheet = Object.values(XLSX.readFile(`${engine}.xlsx`).Sheets)[0];
    const sheetjs = XLSX.utils.sheet_to_json(sheet, { header: 1 }).map((row) => row[0]);
    const read = await (readExcelFile.default || readExcelFile)(`${engine}.xlsx`);
    const other = (read[0].data || read).map((row) => row[0]);
    console.log(`written by ${engine}: SheetJS reads`, sheetjs, 'read-excel-file', other);
    assert.deepStrictEqual(sheetjs, texts);
    assert.deepStrictEqual(other, texts);
  }
})().catch((error) => { console.error(error.message); process.exit(1); });
JAVASCRIPT
node read.cjs
