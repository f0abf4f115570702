#!/usr/bin/env bash
# pdfium, MuPDF and Poppler do not open a letter with its right password, if the password is "3º izquierda".
#
# AES-256 as of PDF 2.0 prepares a password with SASLprep before it takes the bytes (ISO 32000-2, 7.6.4.3.3): º becomes
# an o, ½ three characters, a no-break space a space, and an ë of two code points one. pyHanko, pypdf and fpdf2 do so.
# pdfium (in Chromium), MuPDF, Poppler (in Evince) and qpdf (in pikepdf; its manual says so) take the bytes as they were
# typed, and pikepdf writes so too. Neither camp opens what the other one wrote, and all that is said is that the
# password is wrong. "Köln" opens everywhere, so a test with an umlaut shows nothing. ASCII is safe.
#
# Seen 2026-11-30 with pyHanko 0.38.0, pypdf 7.1.1, fpdf2 2.8.9, pikepdf 10.18.0, pypdfium2 5.15.2, PyMuPDF 2.0.0 and
# Poppler 22.12 (Debian 12), Python 3.11. Fails if that changes.
set -euo pipefail
room=$(mktemp -d); trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check \
  pyhanko==0.38.0 'pypdf[crypto]==7.1.1' fpdf2==2.8.9 pikepdf==10.18.0 pypdfium2==5.15.2 pymupdf==2.0.0
cd "$room"
LC_ALL=C.UTF-8 "$room/venv/bin/python" - <<'PYTHON'
import contextlib
import subprocess

import fpdf
import pikepdf
import pymupdf
import pypdf
import pypdfium2
from pyhanko.pdf_utils.reader import PdfFileReader


def by_fpdf2(file, password):
    letter = fpdf.FPDF()
    letter.add_page()
    letter.set_encryption("owner", password, encryption_method=fpdf.enums.EncryptionMethod.AES_256)
    letter.output(file)


def by_pikepdf(file, password):
    with pikepdf.new() as letter:
        letter.add_blank_page()
        letter.save(file, encryption=pikepdf.Encryption(owner="owner", user=password, R=6))


def in_pyhanko(file, password):
    with open(file, "rb") as opened:
        return PdfFileReader(opened).decrypt(password).status.name == "USER"


def in_poppler(file, password):
    return subprocess.run(["pdfinfo", "-upw", password, file], capture_output=True).returncode == 0


READERS = {
    "pyHanko": in_pyhanko,
    "pypdf": lambda file, password: pypdf.PdfReader(file).decrypt(password) == pypdf.PasswordType.USER_PASSWORD,
    "pikepdf": lambda file, password: bool(pikepdf.open(file, password=password)),
    "pdfium": lambda file, password: bool(pypdfium2.PdfDocument(file, password=password)),
    "MuPDF": lambda file, password: pymupdf.open(file).authenticate(password) > 0,
    "Poppler": in_poppler,
}


def readers_of(write, password):
    write("letter.pdf", password)
    found = set()
    for name, read in READERS.items():
        with contextlib.suppress(pikepdf.PasswordError, pypdfium2.PdfiumError):
            found |= {name} if read("letter.pdf", password) else set()
    print(f"{write.__name__}, {password!r}: opened by {', '.join(sorted(found)) or 'nobody'}")
    return found


for password in ("3º izquierda", "no\u00a0break", "Zoe\u0308"):
    assert readers_of(by_fpdf2, password) == {"pyHanko", "pypdf"}
    assert readers_of(by_pikepdf, password) == set(READERS) - {"pyHanko", "pypdf"}
for write in (by_fpdf2, by_pikepdf):
    assert readers_of(write, "Köln") == set(READERS)
PYTHON
