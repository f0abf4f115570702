#!/usr/bin/env bash
# tablib 3.10.0 drops the rows of an OpenDocument sheet that are grouped, are a heading on each page, or are equal.
#
# LibreOffice saves rows of a group in table:table-row-group and rows to repeat on each page in table:table-header-rows,
# and Excel saves equal rows once with table:number-rows-repeated, as ODF has it. tablib takes the rows that are
# children of the table itself, and each of them once: of seven complaints here it has one, below another that it takes
# for the heading. Nothing is raised. pandas, polars and pyexcel-ods3 read all rows. django-import-export reads
# by tablib, so a register that was tidied up for print comes in short.
#
# Seen 2026-11-30 with tablib 3.10.0, odfpy 1.4.1, pandas 3.1.1, polars 2.1.0, fastexcel 0.21.0 and pyexcel-ods3 0.6.1,
# Python 3.11. Fails if that changes.
set -euo pipefail
room=$(mktemp -d); trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check \
  tablib==3.10.0 odfpy==1.4.1 pandas==3.1.1 polars==2.1.0 fastexcel==0.21.0 pyexcel-ods3==0.6.1
cd "$room"
"$room/venv/bin/python" - <<'PYTHON'
import pandas
import polars
import pyexcel_ods3
import tablib
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableHeaderRows, TableRow, TableRowGroup
from odf.text import P


def row(*texts, **attributes):
    made = TableRow(**attributes)
    for text in texts:
        cell = TableCell(valuetype="string")
        cell.addElement(P(text=text))
        made.addElement(cell)
    return made


def among(kind, *rows):
    made = kind()
    for one in rows:
        made.addElement(one)
    return made


WHOLE = [["Team", "Outcome"], ["Cards", "upheld"], ["Loans", "upheld"], ["Loans", "refused"]]
WHOLE += [["Funds", "upheld"]] * 4
table = Table(name="Register")
table.addElement(among(TableHeaderRows, row(*WHOLE[0])))
table.addElement(row(*WHOLE[1]))
table.addElement(among(TableRowGroup, row(*WHOLE[2]), row(*WHOLE[3])))
table.addElement(row(*WHOLE[4], numberrowsrepeated=4))
document = OpenDocumentSpreadsheet()
document.spreadsheet.addElement(table)
document.save("register.ods")

with open("register.ods", "rb") as file:
    dataset = tablib.Dataset().load(file, format="ods")
found = {
    "tablib": [list(dataset.headers), *map(list, dataset)],
    "pandas": pandas.read_excel("register.ods", engine="odf", header=None).values.tolist(),
    "polars": list(map(list, polars.read_ods("register.ods", has_header=False).rows())),
    "pyexcel-ods3": pyexcel_ods3.get_data("register.ods")["Register"],
}
for name, rows in found.items():
    print(f"{name}: {len(rows) - 1} complaints below {rows[0]}: {rows[1:]}")
assert found.pop("tablib") == [["Cards", "upheld"], ["Funds", "upheld"]]
assert all(rows == WHOLE for rows in found.values())
PYTHON
