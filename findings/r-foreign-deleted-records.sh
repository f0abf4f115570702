#!/usr/bin/env bash
# R's foreign 0.8-84 reads the deleted records of a DBF file as records like any other.
#
# dBase deletes a record by an asterisk in its first byte, and leaves it in the file until the file is packed. read.dbf
# does not look at that byte, and the data frame has no column for it; its help page is silent. dbfread, Gnumeric and
# SheetJS leave the record out. A complaint that was taken out of the register is drawn, counted and written to by
# whoever reads it in R, and by nobody else.
#
# Seen 2026-11-30 with foreign 0.8-84 of R 4.2.2 and Gnumeric 1.12.55 (both Debian 12), xlsx (SheetJS) 0.18.5, Node.js
# 20, dbf 0.99.11 and dbfread 2.0.7, Python 3.11. Fails if that changes.
set -euo pipefail
room=$(mktemp -d); trap 'rm -rf "$room"' EXIT
for tool in Rscript ssconvert; do
  command -v $tool > /dev/null || { echo "needs Debian's r-base-core, r-cran-foreign and gnumeric" >&2; exit 2; }
done
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check dbf==0.99.11 dbfread==2.0.7
cd "$room"
npm install --silent --no-audit --no-fund xlsx@0.18.5
"$room/venv/bin/python" - <<'PYTHON'
import dbf
import dbfread

register = dbf.Table("register.dbf", "ref C(10); redress N(10,2)", dbf_type="db3", codepage="cp1252")
register.open(mode=dbf.READ_WRITE)
for number in (1, 2, 3):
    register.append((f"R-{number}", number))
dbf.delete(register[1])
register.close()
found = [record["REF"] for record in dbfread.DBF("register.dbf")]
deleted = [record["REF"] for record in dbfread.DBF("register.dbf").deleted]
print("dbfread reads", found, "and has deleted", deleted)
assert (found, deleted) == (["R-1", "R-3"], ["R-2"])
PYTHON
gnumeric=$(ssconvert -T Gnumeric_stf:stf_csv register.dbf fd://1 2> /dev/null | cut -d , -f 1 | xargs)
sheetjs=$(node -e 'const X = require("xlsx");
  const rows = X.utils.sheet_to_json(Object.values(X.readFile("register.dbf").Sheets)[0], { header: 1 });
  console.log(rows.map((row) => row[0]).join(" "))')
r=$(Rscript -e 'data <- foreign::read.dbf("register.dbf", as.is = TRUE)
  cat(names(data)[1], data[[1]])' 2> /dev/null)
echo "Gnumeric reads $gnumeric"
echo "SheetJS reads $sheetjs"
echo "R reads $r"
[ "$gnumeric" = "REF R-1 R-3" ]
[ "$sheetjs" = "REF R-1 R-3" ]
[ "$r" = "REF R-1 R-2 R-3" ]
