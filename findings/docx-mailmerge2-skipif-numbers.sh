#!/usr/bin/env bash
# docx-mailmerge2 1.0.3 compares amounts as texts, so SKIPIF leaves out the letter about 1000 and not the one about 30.
#
# { SKIPIF { MERGEFIELD redress } < 200 } says that no letter is written below an amount. Word's documentation has that
# example ("a number less than 100"), and ECMA-376 (17.16.5.23) an IF of the same kind, about an order of at least 100
# units. In docx-mailmerge2 only = and <> know numbers. <, <=, > and >= go by the first digit that differs: "1000" comes
# before "200", and "30" after it. IF (with merge_if_fields=True) takes the wrong one of two sentences likewise. Nothing
# is raised, and a test with amounts of equally many digits is right. So are amounts with zeros in front on both sides.
#
# Seen 2026-11-30 with docx-mailmerge2 1.0.3 and python-docx 1.2.0, Python 3.11. Fails if that changes.
set -euo pipefail
room=$(mktemp -d); trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check docx-mailmerge2==1.0.3 python-docx==1.2.0
cd "$room"
"$room/venv/bin/python" - <<'PYTHON'
import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from mailmerge import MailMerge, MailMergeOptions

AMOUNTS = (30, 250, 1000)


def run(text):
    return f"<w:r>{text}</w:r>"


def field(*instruction):
    """A field in the form that Word writes: its instruction, which may hold other fields, and its last result."""
    begin, separate, end = (run(f'<w:fldChar w:fldCharType="{kind}"/>') for kind in ("begin", "separate", "end"))
    parts = (
        part if part.startswith("<") else run(f'<w:instrText xml:space="preserve">{part}</w:instrText>')
        for part in instruction
    )
    return begin + "".join(parts) + separate + run("<w:t>?</w:t>") + end


def template(name, *content):
    made = docx.Document()
    made.element.body.insert(0, parse_xml(f"<w:p {nsdecls('w')}>{''.join(content)}</w:p>"))
    made.save(name)


def merged(name, amounts):
    with MailMerge(name, options=MailMergeOptions(merge_if_fields=True)) as document:
        document.merge_templates([{"redress": amount} for amount in amounts], separator="continuous_section")
        document.write("letters.docx")
    return [paragraph.text for paragraph in docx.Document("letters.docx").paragraphs if paragraph.text]


redress = field(" MERGEFIELD redress ")
template("skip.docx", field(" SKIPIF ", redress, " &lt; 200 "), redress)
template("if.docx", redress, field(" IF ", redress, ' &lt; 200 " is below 200" " is not below 200" '))
template("zeros.docx", field(" SKIPIF ", redress, " &lt; 0200 "), redress)
template("same.docx", redress, field(" IF ", redress, ' = 250.00 " is 250" " is not 250" '))
letters = merged("skip.docx", AMOUNTS)
sentences = merged("if.docx", AMOUNTS)
same = merged("same.docx", AMOUNTS)
padded = merged("zeros.docx", ["0030", "0250", "1000"])
print("letters that SKIPIF < 200 leaves of 30, 250 and 1000:", letters)
print("IF says:", sentences)
print("with =:", same)
print("letters with zeros in front:", padded)
assert letters == ["30", "250"]
assert sentences == ["30 is not below 200", "250 is not below 200", "1000 is below 200"]
assert same == ["30 is not 250", "250 is 250", "1000 is not 250"]
assert padded == ["0250", "1000"]
PYTHON
