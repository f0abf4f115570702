#!/usr/bin/env bash
# openpyxl 3.1.5 opens a valid "Strict Open XML" workbook as one that has no sheets.
#
# Excel offers that form under "Save as"; LibreOffice and python-calamine read its cells. openpyxl knows only
# the Transitional namespaces. It raises nothing: `sheetnames` is empty, and its one warning is about
# "an invalid specification", so a register of complaints seems to be empty.
#
# Seen 2026-11-29 with openpyxl 3.1.5 and python-calamine 0.4.0, Python 3.11. Fails if that changes.
set -euo pipefail
room=$(mktemp -d); trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check openpyxl==3.1.5 python-calamine==0.4.0
cd "$room"
"$room/venv/bin/python" - <<'PYTHON'
import warnings
import zipfile

import openpyxl
from python_calamine import CalamineWorkbook

MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
LINK = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{KIND}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{LINK}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{LINK}" conformance="strict"><sheets>'
    '<sheet name="Register" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{LINK}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
    "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>'
    '<row r="1"><c r="A1" t="inlineStr"><is><t>Reference</t></is></c></row>'
    '<row r="2"><c r="A2" t="inlineStr"><is><t>R-1</t></is></c></row></sheetData></worksheet>',
}
with zipfile.ZipFile("strict.xlsx", "w") as file:
    for name, text in PARTS.items():
        file.writestr(name, HEAD + text)

rows = CalamineWorkbook.from_path("strict.xlsx").get_sheet_by_name("Register").to_python()
with warnings.catch_warnings(record=True) as warned:
    warnings.simplefilter("always")
    names = openpyxl.load_workbook("strict.xlsx").sheetnames
said = [str(warning.message) for warning in warned]
print("python-calamine reads", rows)
print("openpyxl", openpyxl.__version__, "finds the sheets", names, "and warns", said)
assert rows == [["Reference"], ["R-1"]], "python-calamine reads other cells now"
assert names == [], "openpyxl finds sheets now"
assert len(said) == 1 and "invalid specification" in said[0], "openpyxl warns otherwise now"
PYTHON
