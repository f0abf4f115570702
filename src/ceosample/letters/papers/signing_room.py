"""The signing room: the pack's page with tools to decide about each letter, as one file.

It is made from ``pack.html`` by putting four things into it, each at the one place for it: a
policy that lets nothing run or load but what is named by its SHA-256, a style, a note that its
script hides, and the tools with their script and data. So it says what the pack says, and can
be made again from the pack at any time.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

import attrs

from ceosample.canonical import Json
from ceosample.errors import RecordError, raise_faults
from ceosample.letters.room.page_parts import OPEN, body_of, part, script, source

#: The file's name in the pack's folder; ``pack.json`` cannot list it, because it holds its digest.
ROOM: Final = "room.html"

_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
)
#: What a page allows besides, if it shows letters that exist already: pictures inside of it.
_PICTURES: Final = "img-src data:; "
_POLICY_WITH_PICTURES: Final = _POLICY.replace("base-uri", f"{_PICTURES}base-uri")

#: Characters that could end a script's element or line inside a text of JSON.
_IN_SCRIPT: Final = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


def signing_room(page: bytes, about: Mapping[str, Json], *, is_reading: bool = False) -> bytes:
    """The signing room of a pack.

    Args:
        page: the bytes of its ``pack.html``.
        about: the script's data: the pack's digest, its letters and their digests.
        is_reading: whether the pack holds no letters, so that the room offers to read them.

    Raises:
        RecordError: a page that is not made like this release's.
    """
    html = page.decode()
    style, tools = part("room.css", is_reading), part("tools.html", is_reading)
    code = script(body_of(OPEN, is_reading))
    inlined = html.partition("<style>")[2].partition("</style>")[0]
    has_pictures = _POLICY_WITH_PICTURES in html.partition("<style>")[0]
    changes = {
        _POLICY_WITH_PICTURES if has_pictures else _POLICY: _policy(
            code, [inlined, style], has_pictures
        ),
        "</head>": f"<style>{style}</style>\n</head>",
        "<body>": f"<body>\n{part('locked.html').strip()}",
        "</body>": (
            f"{tools}"
            f'<script type="application/json" id="room-data">{as_data(about)}</script>\n'
            f"<script>{code}</script>\n</body>"
        ),
    }
    raise_faults(
        RecordError,
        (
            f"pack.html: {place} appears {html.count(place)} times, not once; render the pack with "
            "this release to have its signing room"
            for place in changes
            if html.count(place) != 1
        ),
    )
    for place, made in changes.items():
        html = html.replace(place, made)
    return html.encode()


@attrs.frozen
class Room:
    """A signing room taken apart again.

    Attributes:
        page: the page that the four things were put into.
        tools: what was put into it, in order and with the tags around it, without the data.
        data: the data of its script, as the text of JSON.
    """

    page: str
    tools: str
    data: str

    @classmethod
    def read(cls, html: str) -> Room | None:
        """The parts of a page that is put together as :func:`signing_room` does it; else None.

        What the parts hold is not looked at, but for the policy, which must allow them alone.
        """
        top, into_body, rest = html.partition(_INTO_BODY)
        head, first, styles = top.partition("<style>")
        inlined, second, style = styles.partition(_SECOND_STYLE)
        note, after_note, rest = rest.partition(_end_of_note(rest))
        inside, end_of_main, rest = rest.rpartition(_END_OF_MAIN)
        tools, into_data, rest = rest.partition(_INTO_DATA)
        data, into_script, rest = rest.partition(_INTO_SCRIPT)
        script, end_of_script, end = rest.rpartition(_END_OF_SCRIPT)
        marks = (into_body, first, second, after_note, end_of_main, into_data, into_script)
        has_pictures = _PICTURES in head
        policy = _policy(script, [inlined, style.removesuffix("</style>\n")], has_pictures)
        if not all((*marks, end_of_script)) or head.count(policy) != 1:
            return None
        before = _POLICY_WITH_PICTURES if has_pictures else _POLICY
        page = (
            f"{head.replace(policy, before)}<style>{inlined}</style>\n</head>\n<body>{inside}"
            f"{_END_OF_MAIN}</body>{end}"
        )
        put_in = (style, into_body, note, after_note, end_of_main, tools, into_data)
        return cls(page, "".join((*put_in, into_script, script, end_of_script)), data)


#: What stands between the four things and the page's own parts.
_SECOND_STYLE: Final = "</style>\n<style>"
_INTO_BODY: Final = "</head>\n<body>\n"
_END_OF_MAIN: Final = "</main>\n"
_INTO_DATA: Final = '<script type="application/json" id="room-data">'
_INTO_SCRIPT: Final = "</script>\n<script>"
_END_OF_SCRIPT: Final = "</script>\n</body>"


def _end_of_note(body: str) -> str:
    """What ends the note for readers whose script does not run; a room of 0.1 has another element.

    A browser reads ``<noscript>`` only where scripts are switched off. Where a script was stripped
    or blocked, it shows nothing.
    """
    return "</aside>" if body.startswith("<aside ") else "</noscript>"


def as_data(value: Mapping[str, Json]) -> str:
    """JSON for an element of a page, in which no text can end the element.

    >>> as_data({"id": "</script>"})
    '{"id":"\\\\u003c/script\\\\u003e"}'
    """
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.translate(_IN_SCRIPT)


def _policy(script: str, styles: list[str], has_pictures: bool) -> str:
    """Nothing loads, and nothing runs but these bytes; no text can become markup."""
    pictures = _PICTURES if has_pictures else ""
    allowed = " ".join(source(style) for style in styles)
    return (
        f"default-src 'none'; script-src {source(script)}; style-src {allowed}; "
        "require-trusted-types-for 'script'; trusted-types 'none'; "
        f"{pictures}base-uri 'none'; form-action 'none'"
    )
