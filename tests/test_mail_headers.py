"""Subjects and names of drafts come back word for word in mail programs' readers, spaces too."""

from __future__ import annotations

import json
import re
import subprocess
from email.header import decode_header, make_header
from email.parser import BytesHeaderParser
from email.policy import compat32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ceosample.letters.mail_headers import mailbox_header, text_header
from needed import PATIENCE, program

#: What RFC 2047 and folding have to do with: scripts, signs of quoting, the ends of words.
WORDS = st.sampled_from(
    ["complaint", "Gebühr", "Straße", "東京都", "𠮷野", "הודעה", "😀", "O’Neil", "1,50 €", "(ref.)",
     "A;B", "?", "’", "#12", "a", "Ünïcödé-with-a-name-that-no-line-can-hold-at-once-" * 2]
)  # fmt: skip
TEXTS = st.lists(WORDS, min_size=1, max_size=14).map(lambda words: " ".join(words)[:200].strip())

#: What lost the space before O'Neil, and before Ærø, while the standard library wrote it.
LOST = (
    "über 東京都 東京都 “quoted” 😀 O’Neil #12",
    "Llewelyn #12 ! 東京都 𠮷野 “quoted” Ærø 😀 C/O A;B",
)


def read(line: bytes, name: str) -> str:
    """A header as most readers take it apart: unfolded, and its words of code joined."""
    value = BytesHeaderParser(policy=compat32).parsebytes(line + b"\r\n")[name]
    return str(make_header(decode_header(re.sub(r"\r?\n(?=[ \t])", "", value))))


@given(TEXTS)
def test_a_subject_comes_back_as_it_was(text: str) -> None:
    line = text_header("Subject", text)
    assert read(line, "Subject") == text
    # RFC 2047, 2: a line with a word of code has at most 76 characters.
    assert all(len(one) <= 76 or b"=?" not in one for one in line.split(b"\r\n"))
    assert line.isascii()


@given(TEXTS)
def test_a_name_comes_back_as_it_was_and_is_no_second_address(name: str) -> None:
    said = read(mailbox_header("From", name, "ceo@bank.example"), "From")
    quoted, _, address = said.rpartition(" ")
    assert (quoted.strip('"'), address) == (name, "<ceo@bank.example>")


@pytest.mark.parametrize("text", LOST)
def test_no_space_between_two_lines_is_lost(text: str) -> None:
    assert read(text_header("Subject", text), "Subject") == text
    assert read(mailbox_header("From", text, "a@b.example"), "From") == f"{text} <a@b.example>"


def test_perl_reads_the_same() -> None:
    """Another implementation of RFC 2047, on every shift of the place where lines end."""
    texts = [f"{'ä' * n} {text}" for n in range(24) for text in LOST]
    lines = [text_header("Subject", text).decode().partition(": ")[2].strip() for text in texts]
    script = (
        "use JSON::PP; use Encode; local $/; my $in = decode_json(<STDIN>);"
        'print encode_json([map { decode("MIME-Header", $_) } @$in]);'
    )
    found = subprocess.run(
        [program("perl", "perl"), "-e", script],
        input=json.dumps(lines), capture_output=True, text=True, check=True, timeout=PATIENCE,
    )  # fmt: skip
    assert json.loads(found.stdout) == texts


def test_a_long_plain_subject_goes_on_where_a_space_was() -> None:
    text = " ".join(["complaint"] * 18)
    line = text_header("Subject", text)
    assert [len(one) for one in line.split(b"\r\n")] == [78, 70, 40, 0]
    assert read(line, "Subject") == text
