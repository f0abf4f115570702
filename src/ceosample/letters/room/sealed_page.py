"""The page of a sealed room: a form that asks for the passphrase, and the room in an envelope.

What is enveloped is the open room, byte for byte. The script in the open holds all that an open
room needs but its letters, so nothing that was sealed ever runs.
"""

from __future__ import annotations

import base64
import re
from typing import Final

from ceosample.errors import RecordError
from ceosample.letters.room.page_parts import SEALED, UNSEALING, body_of, part, script, source
from ceosample.sealed import envelope
from ceosample.sealed.envelope import Seal

_INTO: Final = '<script type="text/plain" id="room-sealed">'
_HTML: Final = re.compile("<html [^>]*>")
_TITLE: Final = re.compile("<title>[^<]*</title>")
_STYLE: Final = re.compile("<style>(.*?)</style>", re.S)
_META: Final = re.compile('(<meta http-equiv="Content-Security-Policy" content=")([^"]*)"')


def sealed_page(
    room: bytes, pack: str, period: str, seal: Seal, *, is_reading: bool = False
) -> bytes:
    """A signing room, sealed.

    Args:
        room: the open one.
        pack: the digest of its pack.
        period: the ISO month, which the form shows.
        seal: its passphrase, and what gives the salt and the nonce.
        is_reading: whether it is a room of readings.
    """
    before, after = _shell(room, pack, period, is_reading)
    enveloped = base64.b64encode(envelope.sealed(envelope.ROOM, pack, room, seal)).decode()
    return f"{before}{enveloped}{after}".encode()


def _shell(room: bytes, pack: str, period: str, is_reading: bool) -> tuple[str, str]:
    """What is in the open, before the envelope and after it."""
    head = room.decode().partition("<body>")[0]
    about = f"{period}, pack {pack[:8]}"
    head = _HTML.sub('<html lang="en" dir="ltr">', head, count=1)
    head = _TITLE.sub(f"<title>Sealed signing room, {about}</title>", head, count=1)
    head = head.replace("</head>", f"<style>{part('sealed.css')}</style>\n</head>")
    inside = ("function openRoom() {", body_of(SEALED, is_reading).replace(*UNSEALING), "}")
    code = script(part("sealed.js"), *inside, part("unlock.js"))
    pictures = "img-src data:; " if "img-src" in _META.findall(head)[0][1] else ""
    styles = " ".join(source(style) for style in _STYLE.findall(head))
    policy = (
        f"default-src 'none'; script-src {source(code)}; style-src {styles}; "
        "require-trusted-types-for 'script'; trusted-types opened-room; "
        f"{pictures}base-uri 'none'; form-action 'none'"
    )
    head = _META.sub(lambda found: f'{found[1]}{policy}"', head, count=1)
    form = part("sealed.html").replace("{about}", about)
    return (
        f"{head}<body>\n{form}{_INTO}",
        f"</script>\n<script>{code}</script>\n</body>\n</html>\n",
    )


def has_our_shell(
    page: bytes, room: bytes, pack: str, period: str, *, is_reading: bool = False
) -> bool:
    """Whether what a sealed page has in the open is what this release puts there."""
    before, after = (text.encode() for text in _shell(room, pack, period, is_reading))
    inside = page.removeprefix(before).removesuffix(after)
    return len(inside) == len(page) - len(before) - len(after) and b"<" not in inside


def is_sealed(page: bytes) -> bool:
    """Whether a room is sealed."""
    return _INTO.encode() in page


def opened_page(page: bytes, passphrase: str, name: str) -> tuple[str, bytes]:
    """The digest of the pack of a sealed room, and the open room, byte for byte.

    Raises:
        RecordError: it is not sealed as a release seals it, or this passphrase does not open it.
    """
    _, _, rest = page.decode(errors="replace").partition(_INTO)
    inside, end, _ = rest.partition("</script>")
    try:
        data = base64.b64decode(inside, validate=True)
    except ValueError:
        data = b""
    if not end or not data:
        raise RecordError(f"{name}: got a page without a sealed room; seal it again from the pack")
    return envelope.opened(data, envelope.ROOM, passphrase, name)


def holds(page: bytes, passphrase: str, room: bytes) -> bool:
    """Whether a page is this room, sealed with this passphrase."""
    try:
        return is_sealed(page) and opened_page(page, passphrase, "room.html")[1] == room
    except RecordError:
        return False
