#!/usr/bin/env bash
# LibreOffice 7.4, pandoc 3.9, mammoth 1.13.0 and python-docx 1.2.0 show the £80.00 that Word computed as £4080.00.
#
# A field of Word keeps its instruction and its last result, and only the result is shown. An instruction may hold
# another field: { = { MERGEFIELD fee } * 2 } doubles a fee of 40. What the inner field gave is a part of the outer
# instruction then, before the mark that separates it from the result (ECMA-376, 17.16.2 and 17.16.18). The readers drop
# the words of each instruction, and keep the inner result in front of the outer one. An IF shows what it asked about
# likewise, such as an internal mark; LibreOffice's PDF has neither that nor the sentence. Nothing is raised. all2md
# reads what Word shows, and a field that is not nested is read well by all.
#
# Seen 2026-11-30 with LibreOffice 7.4 and Poppler 22.12 (Debian 12), pandoc 3.9 (pypandoc-binary 1.17), mammoth 1.13.0,
# python-docx 1.2.0, docx2txt 0.9, docx2python 3.7.1 and all2md 1.18.0, Python 3.11. Fails if that changes.
set -euo pipefail
room=$(mktemp -d); trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check pypandoc-binary==1.17 mammoth==1.13.0 \
  python-docx==1.2.0 docx2txt==0.9 docx2python==3.7.1 'all2md[docx]==1.18.0'
cd "$room"
"$room/venv/bin/python" - <<'PYTHON'
import os
import subprocess

import all2md
import docx
import docx2txt
import mammoth
import pypandoc
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx2python import docx2python


def run(text):
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def field(*code, result):
    begin, separate, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end"))
    words = '<w:r><w:instrText xml:space="preserve">{}</w:instrText></w:r>'
    return begin + "".join(c if c.startswith("<") else words.format(c) for c in code) + separate + run(result) + end


FEE = field(" MERGEFIELD fee ", result="40")
MARK = field(" MERGEFIELD mark ", result="vexatious")
LETTER = (
    run("You paid £") + FEE,
    run("We pay you £") + field(" = ", FEE, " * 2 \\# 0.00 ", result="80.00"),
    run("We answer ") + field(" IF ", MARK, ' = "vexatious" "in eight weeks" "soon" ', result="in eight weeks"),
)
document = docx.Document()
for place, content in enumerate(LETTER):
    document.element.body.insert(place, parse_xml(f"<w:p {nsdecls('w')}>{content}</w:p>"))
document.save("letter.docx")
office = ["soffice", "--headless", f"-env:UserInstallation=file://{os.getcwd()}/profile", "--convert-to", "pdf"]
subprocess.run([*office, "letter.docx"], check=True, capture_output=True)
with open("letter.docx", "rb") as file:
    by_mammoth = mammoth.extract_raw_text(file).value
read = {
    "all2md": all2md.to_markdown("letter.docx"),
    "LibreOffice": subprocess.run(["pdftotext", "letter.pdf", "-"], check=True, capture_output=True).stdout.decode(),
    "pandoc": pypandoc.convert_file("letter.docx", "plain"),
    "mammoth": by_mammoth,
    "python-docx": "\n".join(paragraph.text for paragraph in docx.Document("letter.docx").paragraphs),
    "docx2txt": docx2txt.process("letter.docx"),
    "docx2python": docx2python("letter.docx").text,
}
for name, text in read.items():
    read[name] = [line.strip() for line in text.splitlines() if line.strip()]
    print(f"{name}: {read[name]}")
assert read.pop("all2md") == ["You paid £40", "We pay you £80.00", "We answer in eight weeks"]
assert read.pop("LibreOffice") == ["You paid £40", "We pay you £4080.00", "We answer"]
wrong = ["You paid £40", "We pay you £4080.00", "We answer vexatiousin eight weeks"]
assert all(lines == wrong for lines in read.values())
PYTHON
