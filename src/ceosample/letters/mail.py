"""Drafts of mail: a letter as a message that a mail program opens for a person to check and send.

A message has exactly the headers that are named here. An address is one plain address of ASCII, so
nothing in it can become a second recipient, another header, or a name that it is not.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from typing import Final

from ceosample.days import fault_in_zone, midnight
from ceosample.errors import LetterError, MissingPartError, raise_faults
from ceosample.got import Private, got
from ceosample.letters.contents.clean import clean_text
from ceosample.letters.letter import Letter, file_name
from ceosample.letters.mail_headers import mailbox_header, text_header
from ceosample.letters.markup import tree
from ceosample.letters.markup.plain_text import to_plain
from ceosample.letters.papers.logo import LOGO, html_at
from ceosample.letters.papers.pack import Pack
from ceosample.text import BIDI_CONTROLS, code_point, quoted

#: The most that RFC 5321 lets an address and its part before the @ have.
LONGEST_ADDRESS: Final = 254
LONGEST_LOCAL: Final = 64

#: A subject or a name longer than this is a slip: a text in the wrong column.
LONGEST_LINE: Final = 200

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")

#: No colours but the reader's own, so that a dark page stays one.
_STYLE: Final = (
    "body{max-width:40em;margin:1em;font-family:Georgia,serif;font-size:16px;line-height:1.5}"
    "h1,h2,h3{font-size:18px;line-height:1.3}"
    "table{border-collapse:collapse}"
    "th,td{border:1px solid;padding:4px 8px;text-align:start;vertical-align:top}"
)


def mail_drafts(
    pack: Pack,
    addresses: Mapping[str, str],
    *,
    sender: str,
    name: str = "",
    date: dt.datetime | None = None,
    pdf: bool = False,
    with_slip: bool = False,
    inline: bool = False,
    zone: str | None = None,
) -> dict[str, bytes]:
    """Drafts of mail for letters of a pack, by file name; nothing is sent, and nothing recorded.

    It does not check whether a letter was signed: ``ceosample mail`` asks the ledger.

    Args:
        pack: the letters.
        addresses: unit id to the one address to which its letter goes.
        sender: the address from which they come.
        name: the name in front of that address.
        date: the messages' date, aware; None for the moment at which each letter's own date
            begins in ``zone``.
        pdf: True to attach the pack's PDF of the letter, which bears no signature. A letter that
            exists already is nothing but its PDF, and needs it.
        with_slip: True to attach such a letter with its approval slip before it, as one PDF.
        inline: True to write the styles onto the tags with css-inline (extra ``mail``), for mail
            programs that drop a style sheet.
        zone: the time zone of the letters' dates; None for UTC.

    Returns:
        A file name ending in ``.eml`` and the message's bytes, for each letter.

    Raises:
        LetterError: every address, name or letter that cannot be used. No message holds an
            address.
        MissingPartError: you asked for ``inline`` and the extra is not installed.

    >>> mail_drafts(pack, {"R-1": "ann@example.org"}, sender="ceo@bank.example")  # doctest: +SKIP
    {'0001-R-1.eml': b'From: ceo@bank.example...'}
    """
    if inline:
        _require_inliner()
    faults = _faults_of_sender(sender, name)
    if date is not None and (not isinstance(date, dt.datetime) or date.utcoffset() is None):
        faults.append(f"date: {got(date)}; give a datetime with its zone")
    if zone is not None and (fault := fault_in_zone(zone)):
        faults.append(f"zone: {fault}")
    known = {letter.unit_id: letter for letter in pack}
    for unit_id, address in addresses.items():
        where = f"letter {quoted(unit_id)[1:-1]}"
        if unit_id not in known:
            faults.append(f"{where}: not in the pack, which has {len(pack)} others; check the id")
            continue
        if fault := fault_in_address(address):
            faults.append(f"{where}, address: {fault}")
        if known[unit_id].existing is not None and not pdf:
            faults.append(f"{where}: is nothing but its PDF; attach that, pdf=...")
        if pdf and _attached(known[unit_id], with_slip) not in pack.rendered:
            faults.append(f"{where}: the pack has no PDF of it; render with pdf=True")
        _subject(known[unit_id], where, faults)
    raise_faults(LetterError, faults)
    drafts = {}
    for unit_id, address in addresses.items():
        letter = known[unit_id]
        message = _message(letter, inline, pack.rendered.get(LOGO))
        if pdf:
            message.add_attachment(
                pack.rendered[_attached(letter, with_slip)],
                maintype="application",
                subtype="pdf",
                # The number of a letter in the sample is nothing that a customer should wonder at.
                filename=f"{file_name(1, letter.shown).partition('-')[2]}.pdf",
            )
        _set_boundaries(message, letter)
        moment = date or midnight(dt.date.fromisoformat(letter.fields["date"]), zone)
        headers = _headers(letter, address, (name, sender), moment)
        drafts[f"{letter.name}.eml"] = headers + message.as_bytes()
    return drafts


def fault_in_address(address: object) -> str | None:
    """What keeps ``address`` from being one plain mail address; None if nothing. Never quotes it.

    >>> fault_in_address("ann@example.org") is None
    True
    >>> fault_in_address("ann@example.org, bob@example.org")
    'got text of 32 characters with one that no plain address has (U+002C); give one address alone'
    """
    shown = got(address, Private.CONTENTS)
    if not isinstance(address, str):
        return f"{shown}; give one address as text"
    for character in address:
        if not "!" <= character <= "~" or character in '",:;<>()[]\\':
            hint = (
                "give one address alone"
                if character.isascii()
                else "write a domain of other letters in its xn-- form"
            )
            what = f"with one that no plain address has ({code_point(character)})"
            return f"{shown} {what}; {hint}"
    if len(address) > LONGEST_ADDRESS:
        return f"{shown}; give at most {LONGEST_ADDRESS} characters"
    local, at, domain = address.partition("@")
    if not at or "@" in domain:
        return f"{shown} with no @, or with several; give one address alone"
    if "=?" in address or len(local) > LONGEST_LOCAL or _LOCAL.fullmatch(local) is None:
        return f"{shown} whose part before the @ mail cannot carry; correct it"
    labels = domain.split(".")
    if len(labels) < 2 or not all(map(_LABEL.fullmatch, labels)) or labels[-1].isdecimal():
        return f"{shown} whose part after the @ is not a domain; correct it"
    return None


def _faults_of_sender(sender: str, name: str) -> list[str]:
    faults = []
    if fault := fault_in_address(sender):
        faults.append(f"sender: {fault}")
    if not isinstance(name, str):
        faults.append(f"name: {got(name)}; give text")
    elif any(character in name for character in '@<>"\\'):
        faults.append(f'name: {got(name)}, which could pass for an address; remove @ < > " and \\')
    else:
        _require_line(name, "name", faults)
    return faults


def _require_line(text: str, where: str, faults: list[str]) -> None:
    """Collect what keeps a text out of a header: it must be one line that prints as it is."""
    shown = got(text, Private.CONTENTS)
    if any(character in BIDI_CONTROLS for character in text):
        faults.append(f"{where}: {shown} with some that set a direction; remove them")
    clean_text(text, where, faults)
    if "\n" in text or "\r" in text or "\t" in text:
        faults.append(f"{where}: {shown} in several lines, or with a tab; make it one line")
    if "=?" in text:
        faults.append(f"{where}: {shown} with '=?', which mail programs decode; remove it")
    if len(text) > LONGEST_LINE:
        faults.append(f"{where}: {shown}; give at most {LONGEST_LINE}")


def _subject(letter: Letter, where: str, faults: list[str]) -> str:
    """The letter's own subject."""
    parts = dict(tree.elements(letter.tree))
    if "subject" not in parts:
        faults.append(
            f"{where}: no subject; mark it in the template with "
            '{% call element("subject") %}...{% endcall %}'
        )
        return ""
    subject = " ".join(tree.to_text(parts["subject"]).split())
    _require_line(subject, f"{where}, subject", faults)
    return subject


def _message(letter: Letter, inline: bool, logo: bytes | None) -> EmailMessage:
    """The letter twice, as text and as HTML; a mail program shows the last that it can.

    Args:
        letter: the letter.
        inline: whether the styles are written onto the tags.
        logo: the PNG of the pack's logo, which travels with the HTML; None for none.
    """
    said = letter.fields.get("logo")
    message = EmailMessage(policy=SMTP)
    message.set_content(to_plain(letter.tree) + "\n", cte="quoted-printable")
    if said is None or logo is None:
        page = _html(letter)
    else:
        # Short enough for one line: a longer one would be folded, and written in code.
        name = f"{said['sha256'][:32]}@logo"
        page = _html(letter, html_at(said, f"cid:{name}"))
    message.add_alternative(_inlined(page) if inline else page, "html", cte="quoted-printable")
    if said is not None and logo is not None:
        (_, shown) = message.iter_parts()
        shown.add_related(
            logo, "image", "png", cid=f"<{name}>", disposition="inline", filename=LOGO
        )
    return message


def _html(letter: Letter, head: str = "") -> str:
    direction = tree.first_strong_direction(tree.to_text(letter.tree))
    title = escape(_subject(letter, "", []))
    return (
        "<!doctype html>\n"
        f'<html lang="{escape(letter.fields["language"])}" dir="{direction}"><head>'
        '<meta charset="utf-8"><meta name="color-scheme" content="light dark">'
        f"<title>{title}</title><style>{_STYLE}</style></head>\n"
        f"<body>\n{head}{tree.to_html(letter.tree)}\n</body></html>\n"
    )


def _require_inliner() -> None:
    try:
        import css_inline  # noqa: F401 - whether it is there is the question
    except ImportError:
        raise MissingPartError(
            "inline: needs css-inline, which is not installed; pip install 'ceosample[mail]'"
        ) from None


def _inlined(page: str) -> str:
    import css_inline

    # What is inlined is our own sheet; nothing is ever fetched.
    inliner = css_inline.CSSInliner(load_remote_stylesheets=False)
    return inliner.inline(page)


def _headers(letter: Letter, address: str, sender: tuple[str, str], moment: dt.datetime) -> bytes:
    """The lines above those that say how the message is built."""
    _, _, domain = sender[1].partition("@")
    return b"".join(
        (
            mailbox_header("From", *sender),
            mailbox_header("To", "", address),
            text_header("Subject", _subject(letter, "", [])),
            text_header("Date", format_datetime(moment)),
            text_header("Message-ID", f"<{letter.digest}@{domain}>"),
            text_header("Content-Language", letter.fields["language"]),
            text_header("X-Unsent", "1"),  # mail programs open it as a draft
        )
    )


def _set_boundaries(message: EmailMessage, letter: Letter) -> None:
    for number, part in enumerate(part for part in message.walk() if part.is_multipart()):
        # "=_" stands in no quoted-printable and no base64, so no text can hold the boundary.
        part.set_boundary(f"=_{letter.digest[:32]}.{number}")


def _attached(letter: Letter, with_slip: bool) -> str:
    return letter.signing_pdf if with_slip else letter.pdf
