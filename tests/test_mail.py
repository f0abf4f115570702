"""Drafts of mail: the headers that were set and no others, one recipient, the letter as signed."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import subprocess
import sys
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import ceosample as cs
from ceosample.letters.mail import fault_in_address, mail_drafts
from ceosample.letters.markup import tree
from ceosample.letters.markup.plain_text import WIDTH, to_plain
from refusals import problems
from test_letters import entry, render

ADDRESS = "ann@example.org"
SENDER = "ceo@bank.example"
HEADERS = {
    *("MIME-Version", "Content-Type", "From", "To", "Subject", "Date", "Message-ID"),
    *("Content-Language", "X-Unsent"),
}

RICH = """{% extends "letter.html" %}{% block body %}{% call element("body") %}
<p>We looked into it <strong>again</strong>.</p>
<ul><li>One<ol><li>First</li><li>Second, which is a line so long that it has to be wrapped</li></ol>
</li><li>Two</li></ul>
<table><thead><tr><th>What</th><th>Sum</th></tr></thead>
<tbody><tr><td>Fee</td><td>12.00</td></tr><tr><td>Interest</td><td>1.05</td></tr></tbody></table>
{% endcall %}{% endblock %}"""


def draft(pack: cs.Pack, **arguments: Any) -> EmailMessage:
    """The draft of a pack's one letter, as a mail program reads it."""
    (data,) = mail_drafts(pack, {"A-1": ADDRESS}, **{"sender": SENDER, **arguments}).values()
    message = message_from_bytes(data, policy=SMTP)
    assert isinstance(message, EmailMessage)
    return message


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def refusal(addresses: dict[str, Any], **arguments: Any) -> str:
    with pytest.raises(cs.errors.LetterError) as caught:
        mail_drafts(render(), addresses, **{"sender": SENDER, **arguments})
    return str(caught.value)


def test_a_draft_has_the_headers_that_were_set_and_no_others() -> None:
    pack = render()
    message = draft(pack, name="The Bank")
    assert set(message.keys()) == HEADERS
    assert len(message.keys()) == len(HEADERS)
    assert message["From"] == f"The Bank <{SENDER}>"
    assert message["To"] == ADDRESS
    assert message["Subject"] == "Your complaint about a fee"
    assert message["Date"].datetime == dt.datetime(2026, 11, 2, tzinfo=dt.UTC)
    assert message["Message-ID"] == f"<{pack['A-1'].digest}@bank.example>"
    assert message["X-Unsent"] == "1"


def test_both_parts_are_the_letter_that_was_signed() -> None:
    letter = render(template=RICH)["A-1"]
    message = draft(render(template=RICH))
    assert text_of(message) == to_plain(letter.tree) + "\n"
    assert tree.to_html(letter.tree) in text_of(message, "html")


def test_the_text_has_lists_and_tables_that_can_be_read() -> None:
    text = text_of(draft(render(template=RICH)))
    assert (
        """- One
  1. First
  2. Second, which is a line so long that it has to be wrapped
- Two

What      Sum
Fee       12.00
Interest  1.05
"""
        in text
    )


def test_a_table_too_wide_for_a_line_has_a_line_for_each_cell() -> None:
    long = "a word " * 12
    table = (
        "<table><thead><tr><th>What</th><th>Why</th></tr></thead><tbody>"
        f"<tr><td>Fee</td><td>{long}</td></tr><tr><td>Sum</td><td>x</td></tr></tbody></table>"
    )
    lines = to_plain(tree.parse(table)).split("\n")
    assert lines[:2] == ["What: Fee", "Why: " + " ".join(["a word"] * 9) + " a"]
    assert lines[-2:] == ["What: Sum", "Why: x"]
    assert max(map(len, lines)) <= WIDTH


def test_the_pdf_of_the_pack_is_attached_byte_for_byte() -> None:
    pack = render(pdf=True)
    (attached,) = draft(pack, pdf=True).iter_attachments()
    assert attached.get_filename() == "A-1.pdf"
    assert attached.get_content() == pack.rendered["letters/0001-A-1.pdf"]


def test_a_pdf_that_the_pack_has_not_is_asked_for_in_vain() -> None:
    assert refusal({"A-1": ADDRESS}, pdf=True) == (
        "letter A-1: the pack has no PDF of it; render with pdf=True"
    )


@pytest.mark.parametrize(
    "address",
    [
        "ann@example.org\r\nBcc: eve@example.net",
        "ann@example.org\nBcc: eve@example.net",
        "ann@example.org\x00",
        "ann@example.org, eve@example.net",
        "ann@example.org;eve@example.net",
        "Ann <ann@example.org>",
        '"ann@example.org" <eve@example.net>',
        "ann@example.org(comment)",
        "undisclosed:ann@example.org;",
        "ann@еxample.org",  # a Cyrillic letter that looks Latin
        "ann@example\u3002org",  # a full stop of another script, which IDNA takes for one
        "\u202eann@example.org",
        "=?utf-8?q?eve=40example.net?=@example.org",
        "ann@example.org@example.net",
        "ann@[127.0.0.1]",
        "ann@127.0.0.1",
        "ann@localhost",
        "ann@-example.org",
        ".ann@example.org",
        "ann..b@example.org",
        f"{'a' * 65}@example.org",
        f"a@{'b' * 63}.{'c' * 63}.{'d' * 63}.{'e' * 63}.org",
        "",
        " ann@example.org",
        None,
        b"ann@example.org",
    ],
)
def test_what_is_not_one_plain_address_is_refused_and_not_quoted(address: Any) -> None:
    message = refusal({"A-1": address})
    assert message.startswith("letter A-1, address: ")
    assert "ann" not in message.lower().replace("cannot", "")
    assert "eve" not in message.replace("several", "")
    assert fault_in_address(address) is not None


@pytest.mark.parametrize(
    "address", ["a@b.co", "o'neil+bank@mail.example.org", "x@xn--bcher-kva.example"]
)
def test_an_ordinary_address_is_fine(address: str) -> None:
    (data,) = mail_drafts(render(), {"A-1": address}, sender=SENDER).values()
    message = message_from_bytes(data, policy=SMTP)
    assert [recipient.addr_spec for recipient in message["To"].addresses] == [address]


@pytest.mark.parametrize(
    "name",
    ["Bank\r\nBcc: eve@example.net", "fraud@bank.example", "Bank <b>", 'The "Bank"', "B\u202eknaB",
     "=?utf-8?q?Bank?=", "x" * 201, "Bank\x85", None],
)  # fmt: skip
def test_a_name_that_could_pass_for_something_else_is_refused(name: Any) -> None:
    assert refusal({"A-1": ADDRESS}, name=name).startswith(("name: ", f"{problems(2)}\n  name: "))


def test_all_faults_are_said_at_once() -> None:
    message = refusal({"A-1": "a b", "A-2": ADDRESS}, sender="x", date=dt.datetime(2026, 1, 1))  # noqa: DTZ001
    assert [line.split(":")[0].strip() for line in message.splitlines()] == [
        *(problems(4), "sender", "date", "letter A-1, address", "letter A-2"),
    ]  # fmt: skip


@pytest.mark.parametrize("subject", ["=?utf-8?q?Bcc=3A_eve?=", "x" * 201])
def test_a_subject_that_mail_programs_read_otherwise_is_refused(subject: str) -> None:
    with pytest.raises(cs.errors.LetterError, match=r"^letter A-1, subject: "):
        draft(render(contents={"A-1": entry(subject=subject)}))


def test_a_letter_without_a_subject_is_refused() -> None:
    template = '{% call element("approval") %}<p>Approved.</p>{% endcall %}'
    with pytest.raises(cs.errors.LetterError, match="letter A-1: no subject"):
        draft(render(template=template))


LINES = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp", "Cn"]), max_size=150)


@given(subject=LINES, name=LINES, body=LINES)
@pytest.mark.slow
def test_whatever_the_fields_the_draft_says_them_and_nothing_else(
    subject: str, name: str, body: str
) -> None:
    """It catches a fold that loses or adds a space, a header that grows, a text that changes."""
    try:
        pack = render(contents={"A-1": entry(subject=subject, body=body)})
        message = draft(pack, name=name)
    except cs.errors.LetterError:
        assume(False)  # an empty subject, a character that Unicode 14 has not
    said = " ".join(tree.to_text(dict(tree.elements(pack["A-1"].tree))["subject"]).split())
    assert len(message.keys()) == len(HEADERS)
    assert message["Subject"] == said
    assert [address.addr_spec for address in message["To"].addresses] == [ADDRESS]
    assert [address.addr_spec for address in message["From"].addresses] == [SENDER]
    # A long name is folded into two encoded words, which a reader joins (RFC 2047, 6.2); the
    # standard library's parser leaves a space between them in a phrase.
    assert "".join(message["From"].addresses[0].display_name.split()) == "".join(name.split())
    assert text_of(message) == to_plain(pack["A-1"].tree) + "\n"
    assert len(list(message.walk())) == 3


def test_no_text_can_hold_the_boundary() -> None:
    """The text is made of what the boundary of this very letter would be."""
    body = "--=_{0}.0--\n\n--=_{0}.0\n\nContent-Type: text/html"
    message = draft(render(contents={"A-1": entry(body=body)}))
    assert [part.get_content_type() for part in message.walk()] == [
        *("multipart/alternative", "text/plain", "text/html")
    ]
    boundary = message.get_boundary()
    assert boundary is not None
    for part in message.iter_parts():
        assert "=_" not in str(part.get_payload())


def test_every_line_of_a_draft_is_one_that_mail_can_carry() -> None:
    """RFC 5322: no line of more than 998 bytes; ASCII alone, each line ended by CR LF."""
    body = "wort" * 400 + " " + "語" * 900
    (data,) = mail_drafts(
        render(contents={"A-1": entry(body=body)}), {"A-1": ADDRESS}, sender=SENDER
    ).values()
    assert data.isascii()
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert max(map(len, data.split(b"\r\n"))) < 100


def test_styles_are_written_onto_the_tags_only_if_that_is_asked_for() -> None:
    pack = render(template=RICH)
    inlined = text_of(draft(pack, inline=True), "html")
    assert "<style" not in inlined
    assert '<td style="' in inlined
    assert "<style" in text_of(draft(pack), "html")


def digest_of_a_draft() -> str:
    """Of one with other alphabets in its headers, a subject of several lines, and styles."""
    pack = render(contents={"A-1": entry(subject="Über ŵ " * 9)})
    drafts = mail_drafts(pack, {"A-1": ADDRESS}, sender=SENDER, name="Zoë, Bank", inline=True)
    return hashlib.sha256(drafts["0001-A-1.eml"]).hexdigest()


@pytest.mark.slow
def test_a_draft_is_the_same_bytes_in_another_process() -> None:
    """It has another hash seed than this one."""
    seed = "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"
    there = subprocess.run(
        [sys.executable, "-c", "import test_mail; print(test_mail.digest_of_a_draft())"],
        env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parent,
    ).stdout
    assert there == f"{digest_of_a_draft()}\n"
