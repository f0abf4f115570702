#!/usr/bin/env bash
# SheetJS 0.18.5 and read-excel-file 9.3.17 read 𠮷 of openpyxl's workbook as another letter.
#
# Where lxml is installed, openpyxl writes every letter beyond ASCII as a reference by number, and without lxml as
# UTF-8. Both are the same XML, and openpyxl reads both. The two readers of npm make sixteen bits of a reference:
# 𠮷 (U+20BB7, of the name 𠮷野) becomes ஷ (U+0BB7) of the Tamil script. Nothing is raised. Whether a name survives
# depends on a package that the writer need not know of. Whoever writes workbooks should write UTF-8.
#
# Seen 2026-11-30 with openpyxl 3.1.5, lxml 6.1.3, xlsx (SheetJS) 0.18.5, the newest on npm, read-excel-file 9.3.17 and
# Node.js 20, Python 3.11. Fails if that changes.
set -euo pipefail
room=$(mktemp -d); trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check openpyxl==3.1.5 lxml==6.1.3
cd "$room"
npm install --silent --no-audit --no-fund xlsx@0.18.5 read-excel-file@9.3.17
for lxml in True False; do
  OPENPYXL_LXML=$lxml "$room/venv/bin/python" - "lxml-$lxml.xlsx" <<'PYTHON'
import sys

import openpyxl

book = openpyxl.Workbook(write_only=True)
book.create_sheet("Register").append(["𠮷野", "Müller"])
book.save(sys.argv[1])
book = openpyxl.load_workbook(sys.argv[1])
assert list(book["Register"].values) == [("𠮷野", "Müller")]
PYTHON
done
cat > read.cjs <<'JAVASCRIPT'
const assert = require('assert');
const XLSX = require('xlsx');
const readExcelFile = require('read-excel-file/node');
(async () => {
  for (const [lxml, name] of [['True', '\u0bb7野'], ['False', '𠮷野']]) {
    const file = `lxml-${lxml}.xlsx`;
    const [sheetjs] = XLSX.utils.sheet_to_json(XLSX.readFile(file).Sheets.Register, { header: 1 });
    const read = await (readExcelFile.default || readExcelFile)(file);
    const [other] = read[0].data || read;
    console.log(`with lxml ${lxml}: SheetJS`, sheetjs.map(escape), 'read-excel-file', other.map(escape));
    assert.deepStrictEqual(sheetjs, [name, 'Müller']);
    assert.deepStrictEqual(other, [name, 'Müller']);
  }
})().catch((error) => { console.error(error.message); process.exit(1); });
JAVASCRIPT
node read.cjs
