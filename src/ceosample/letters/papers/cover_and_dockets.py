"""What stands on the cover sheet and the dockets, for paper and for the screen alike.

Both shells print what they are given here, so a figure cannot differ between them.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from ceosample.canonical import Json
from ceosample.days import date_of
from ceosample.errors import joined
from ceosample.letters.contents import content_digest
from ceosample.letters.contents.docket_fields import DocketField
from ceosample.letters.contents.fields import PASSED_BETWEEN, LetterContents
from ceosample.letters.contents.promises import PROMISES, promises_of
from ceosample.letters.existing.existing_letter import ExistingLetter
from ceosample.letters.existing_letters import ELEMENTS, SAME_FILE
from ceosample.letters.letter import Letter
from ceosample.letters.markup import tree
from ceosample.letters.markup.languages import ENGLISH, direction_of
from ceosample.letters.markup.page_words import page_words
from ceosample.letters.markup.template import longdate
from ceosample.letters.papers.date_warnings import date_warnings
from ceosample.letters.papers.docket_texts import parts_of, with_directions
from ceosample.letters.papers.letter_pages import pages_html
from ceosample.letters.papers.logo import Logo, html_of
from ceosample.letters.papers.paper_size import A4
from ceosample.letters.papers.seed_lines import seed_facts, who_could_know
from ceosample.letters.regimes.deadline import COMPARE, YES
from ceosample.period import Period
from ceosample.sampling.draw import Draw, Reserve, Selection
from ceosample.sampling.frames.frame import summary
from ceosample.sampling.plans.pool import Pool
from ceosample.sampling.plans.rotation import CALLED
from ceosample.show import decimal, percent, ratio_text, stratum_words
from ceosample.text import counted

if TYPE_CHECKING:
    import jinja2

#: Words a minute, silent reading of non-fiction in English: M. Brysbaert, *How many words do we
#: read per minute?*, Journal of Memory and Language 109 (2019).
WORDS_A_MINUTE: Final = 238

NOT_RECORDED: Final = "not recorded"


#: The heading of every cover sheet; of what is no letter, the other.
TITLE: Final = "Responses for signature"
TITLE_OF_READINGS: Final = "To be read"


def sheet_page(mode: str, heading: str, sheet: Mapping[str, Any]) -> dict[str, Any]:
    """All that the shells print of a sheet that stands by itself, which is in English.

    Args:
        mode: which part of the shells prints it.
        heading: the document's title.
        sheet: what is on it.
    """
    return {
        "mode": mode,
        "fonts": [],
        "language": "en",
        "title": heading,
        "words": page_words(ENGLISH),
        "sheet": sheet,
    }


def month_words(population: str, title: str | None, period: Period) -> str:
    """A month as people read it: the population's title, or its id where it has none, and when."""
    return f"{title or population}, {period.words}"


def pack_page(
    draw: Draw,
    letters: Sequence[Letter],
    dockets: Sequence[LetterContents],
    registration: str | None,
    attempts: str | None = None,
    *,
    title: str | None = None,
    firm: str | None = None,
    own: Sequence[DocketField] = (),
    with_slip: bool = False,
) -> dict[str, Any]:
    """All that the pack's shells print; ``own`` are the dockets' fields of the firm's own.

    With ``with_slip`` a letter that existed already is posted behind its approval slip.
    """
    month = month_words(draw.population, title, draw.period)
    heading = TITLE_OF_READINGS if _are_readings(letters) else TITLE
    return {
        "mode": "pack",
        "fonts": [],
        "language": ENGLISH,
        "title": f"{heading}: {month}",
        "words": {
            **page_words(ENGLISH),
            **({"letter": "The reading"} if _are_readings(letters) else {}),
        },
        "cover": {
            "firm": firm or "",
            "title": heading,
            "subtitle": month,
            **_cover(draw, letters, dockets, with_slip),
            "auditor": _for_the_auditor(draw, registration, attempts),
            "list": _list_of_letters(draw, letters),
        },
        "letters": [
            {
                **_item(number, letter),
                "docket": {
                    **_docket(draw, letter, fields, number, len(letters), month),
                    "own": parts_of(fields.docket, own, NOT_RECORDED),
                },
            }
            for number, (letter, fields) in enumerate(zip(letters, dockets, strict=True), 1)
        ],
    }


def part_of(page: dict[str, Any], items: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The pack with these of its letters, which alone are listed: setting a list of thousands takes
    longer than the letters."""
    listed = page["cover"]["list"]
    if not items or len(items) == len(listed["rows"]):
        return {**page, "letters": items}
    first, last = items[0]["number"], items[-1]["number"]
    title = f"Letters {first} to {last} of {len(listed['rows'])}"
    rows = listed["rows"][first - 1 : last]
    return {
        **page,
        "cover": {**page["cover"], "list": {**listed, "title": title, "rows": rows}},
        "letters": items,
    }


def letter_page(letter: Letter) -> dict[str, Any]:
    """All that the shell prints of one letter, for posting."""
    return {
        "mode": "letter",
        "fonts": [],
        "language": letter.fields["language"],
        "title": f"Response {letter.shown}",
        "words": _words_below(letter),
        "letters": [_item(1, letter)],
    }


def as_json(page: dict[str, Any]) -> str:
    """A page's data for the shell."""
    return json.dumps(page, ensure_ascii=False)


def pack_html(
    page: dict[str, Any],
    letters: Sequence[Letter],
    existing: Mapping[int, ExistingLetter] = MappingProxyType({}),
    logo: Logo | None = None,
) -> bytes:
    """The pack as one page for a browser: no script, nothing fetched.

    Args:
        page: all that it prints.
        letters: the letters, in their order.
        existing: those that exist already, by their number, with the pictures of their pages.
        logo: what stands above each of the others, and above the slips.
    """
    pages = {
        number: pages_html(letters[number - 1], [one.picture for one in letter.pages])
        for number, letter in existing.items()
    }
    head = "" if logo is None else html_of(logo.to_dict(), base64.b64encode(logo.data).decode())
    shown = [
        {
            **item,
            # Their own HTML: every text in it is escaped already.
            "html": Markup(head + tree.to_html(item["letter"]["tree"], under=2)),  # noqa: S704
            "pages": Markup(pages.get(item["number"], "")),  # noqa: S704
            "own": with_directions(item["docket"]["own"]),
        }
        for item in page["letters"]
    ]
    has_pictures = bool(existing) or logo is not None
    given = {"paper": A4, **page, "letters": shown, "pictures": has_pictures}
    return _html_shell("pack.html").render(given).lstrip().encode()


def sheet_html(page: dict[str, Any]) -> bytes:
    """A sheet of facts, tables and lines to sign on, as a page for a browser."""
    return _html_shell("sheet.html").render({"paper": A4, **page}).lstrip().encode()


def reading_minutes(letters: Sequence[Letter]) -> int:
    """Whole minutes to read all letters, rounded up."""
    return math.ceil(Fraction(sum(letter.words for letter in letters), WORDS_A_MINUTE))


@cache
def _html_shell(name: str) -> jinja2.Template:
    source = (resources.files("ceosample.letters") / "templates" / name).read_text("utf-8")
    import jinja2

    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals["direction_of"] = direction_of
    return environment.from_string(source)


def _words_below(letter: Letter) -> dict[str, str]:
    return page_words(letter.fields["language"], letter.fields.get("page_words"))


def _item(number: int, letter: Letter) -> dict[str, Any]:
    return {
        "number": number,
        "code": letter.code,
        "unit_id": letter.shown,
        "words": _words_below(letter),
        "letter": {
            "reading": bool(letter.fields.get("reading")),
            **{name: letter.fields[name] for name in ("language", "signatory", "date", "tree")},
        },
        "existing": 0 if letter.existing is None else len(letter.existing["pages"]),
        "logo": letter.fields.get("logo", {}).get("alt", ""),
    }


def _cover(
    draw: Draw, letters: Sequence[Letter], dockets: Sequence[LetterContents], with_slip: bool
) -> dict[str, Any]:
    """What the executive reads first."""
    eligible = sum(draw.frame.sizes().values())
    return {
        "lead": _lead(draw, letters, eligible, with_slip),
        "facts": [*_cover_facts(draw, letters, eligible), *_edited(dockets)],
        "tables": [_strata_table(draw)],
    }


def _list_of_letters(draw: Draw, letters: Sequence[Letter]) -> dict[str, Any]:
    return {
        "title": "The readings" if _are_readings(letters) else "The letters",
        "header": [
            "No.",
            "Reading" if _are_readings(letters) else "Response",
            "Stratum",
            "Code",
            "Page",
        ],
        "rows": [
            [str(number), letter.shown, stratum_words(draw[letter.unit_id].stratum), letter.code]
            for number, letter in enumerate(letters, 1)
        ],
    }


def _lead(draw: Draw, letters: Sequence[Letter], eligible: int, with_slip: bool) -> str:
    if _are_readings(letters):
        part = "" if len(letters) == len(draw) else f" This pack holds {len(letters)} of them."
        return (
            f"{_drawn(draw, eligible, 'readings')}{part} Please read each beside its docket. A "
            "reading is no letter: it asks for no signature, and nothing goes out."
        )
    drawn = _drawn(draw, eligible)
    here = counted(len(letters), "letter")
    part = "" if len(letters) == len(draw) else f" This pack holds {here} of them."
    return (
        f"{drawn}{part} Please read each letter beside its docket; then sign it, or send it back. "
        f"It goes out as it stands here{_goes_out(letters, with_slip)}"
    )


def _goes_out(letters: Sequence[Letter], with_slip: bool) -> str:
    """How a letter is posted: what is finished already has the executive's name on its slip alone.

    The words continue a sentence.
    """
    finished = sum(letter.existing is not None for letter in letters)
    if finished == 0:
        return ", under your name."
    if with_slip:
        return ", under your name: a finished letter is posted behind its slip."
    if finished == len(letters):
        return ", without its slip: the slip, which has your name, stays in your office."
    return ", under your name. A finished letter is posted without its slip."


def _unit(letters: Sequence[Letter]) -> str:
    return "Reading" if _are_readings(letters) else "Response"


def _units(letters: Sequence[Letter]) -> str:
    return f"{_unit(letters).lower()}s"


def _are_readings(letters: Sequence[Letter]) -> bool:
    return any(letter.fields.get("reading") for letter in letters)


def _drawn(draw: Draw, eligible: int, units: str = "responses") -> str:
    """How the letters were chosen: what is read in full came by no chance."""
    in_full = sum(pool.size for pool in draw.pools if pool.probability == 1)
    by_chance = len(draw) - in_full
    drawn = f"{by_chance} of the month's {eligible} {units} were drawn by chance."
    more = "comes from a stratum that is" if in_full == 1 else "come from strata that are"
    return f"{drawn} {in_full} more {more} read in full." if in_full else drawn


def _cover_facts(draw: Draw, letters: Sequence[Letter], eligible: int) -> list[list[str]]:
    minutes = reading_minutes(letters)
    return [
        ["Selected", ratio_text(len(draw), eligible, f"eligible {_units(letters)}"), "text"],
        ["Left out", _left_out(draw), "text"],
        ["Register", _register(draw, eligible), "text"],
        ["Plan", f"{draw.plan.words}; {len(draw.reserves)} in reserve", "text"],
        *([["Rotation", draw.block_words, "text"]] if draw.block_words else []),
        ["Reading time", f"about {minutes} min at {WORDS_A_MINUTE} words a minute", "text"],
        *who_could_know(draw.seed),
    ]


def _edited(dockets: Sequence[LetterContents]) -> list[list[str]]:
    """The number of letters that are not what the frame committed to."""
    edited = sum(fields.found.get("content") == content_digest.EDITED for fields in dockets)
    said = f"{edited} of {counted(len(dockets), 'letter')} since the draw: see the dockets"
    return [["EDITED", said, "text"]] if edited else []


def _for_the_auditor(draw: Draw, registration: str | None, attempts: str | None) -> dict[str, Any]:
    """The box at the end of the cover sheet: what ties the pack to the record and the ledger."""
    frame = summary(draw.frame)
    facts = [
        *seed_facts(draw.seed),
        ["Letters' contents", _content(draw), "text"],
        _committed("Manifest", frame["manifest"]),
        _committed("Exclusions", frame["excluded"]),
        ["Commitment", draw.commitment, "digest"],
        ["Draw", draw.digest, "digest"],
        *([["On record", attempts, "text"]] if attempts else []),
        [
            "Registration",
            registration or "not registered yet",
            "digest" if registration else "text",
        ],
    ]
    return {
        "title": "For the auditor",
        "lead": "These tie the pack to the record of the draw and to the ledger.",
        "facts": facts,
    }


def _committed(name: str, digest: Json) -> list[str]:
    return [name, "not committed to", "text"] if digest is None else [name, str(digest), "digest"]


def _left_out(draw: Draw) -> str:
    reasons = draw.frame.exclusions
    total = sum(reasons.values())
    if not total:
        return "none"
    return f"{total}: " + ", ".join(f"{reason} {count}" for reason, count in reasons.items())


def _register(draw: Draw, eligible: int) -> str:
    total = draw.frame.control_total
    if total is None:
        return "no independent count was given"
    left_out = sum(draw.frame.exclusions.values())
    return f"{total} in the independent register = {eligible} eligible + {left_out} left out"


def _content(draw: Draw) -> str:
    return "committed to before the seed" if draw.frame.content else "not committed to beforehand"


def _strata_table(draw: Draw) -> dict[str, Any]:
    rows = [
        [
            stratum_words(pool.stratum) + (" (in full)" if pool.take_all else ""),
            str(pool.size),
            str(pool.letters),
            percent(pool.probability),
            decimal(1 / pool.probability) if pool.letters else "-",
        ]
        for pool in draw.pools
    ]
    total = ["All", str(sum(p.size for p in draw.pools)), str(len(draw)), "", ""]
    return {
        "title": "How they were drawn",
        "header": ["Stratum", "Eligible", "Drawn", "Chance", "Stands for"],
        "rows": [*rows, total],
        "align": ["left", "right", "right", "right", "right"],
    }


def _docket(
    draw: Draw, letter: Letter, fields: LetterContents, number: int, count: int, month: str
) -> dict[str, Any]:
    selection = draw[letter.unit_id]
    docket = fields.facts
    doubted = date_warnings(fields, dt.date.fromisoformat(letter.fields["date"]))
    said = [
        [label, str(docket.get(name, NOT_RECORDED))]
        for label, name in (
            ("Owner", "owner"),
            ("Author", "author"),
            ("Division", "division"),
            ("Regime", "regime"),
        )
        # A stratum that is the division says it already.
        if name in docket or name not in {one.casefold() for one in draw.frame.variables}
    ]
    return {
        "title": f"Docket {number} of {count}",
        "note": "Inside page: not posted",
        "facts": _recorded(
            *said,
            *_checked(docket),
            ["Received", _day(docket.get("received"))],
            *([["Counted from", _day(docket["counted_from"])]] if "counted_from" in docket else []),
            ["Due", _due(docket.get("due"), letter)],
            *([["Sign by", _day(docket["sign_by"])]] if "sign_by" in docket else []),
            *_days_open(docket.get("received"), letter),
            *_passed_between(docket.get(PASSED_BETWEEN)),
            *_promises(docket),
            ["Drawn from", month],
            ["Stratum", stratum_words(selection.stratum)],
            ["Why this one", _why(draw, selection)],
            ["Ticket", selection.ticket, "digest"],
            [
                "Reading" if _are_readings([letter]) else "Letter",
                f"version {letter.fields['version']}, code {letter.code}",
            ],
            *_of_file(letter, docket.get(SAME_FILE, 0)),
            *([["Look twice", f"The letter says: {'; '.join(doubted)}."]] if doubted else []),
            *(
                [["Not printed", f"fields of its contents: {joined(docket['unprinted'])}"]]
                if "unprinted" in docket
                else []
            ),
            *(
                [["Its text", content_digest.WORDS[docket["content"]] + _allowed(docket)]]
                if "content" in docket
                else []
            ),
            *([] if docket.get("contacts") else [["Contacts so far", NOT_RECORDED]]),
        ),
        "tables": [*_elements(docket), *_contacts(docket.get("contacts"))],
    }


def _recorded(*facts: list[str]) -> list[list[str]]:
    """The facts that are on record; the others together, in a last line."""
    missing = [label for label, value, *_ in facts if value == NOT_RECORDED]
    last = [[NOT_RECORDED.capitalize(), ", ".join(missing)]] if missing else []
    return [fact for fact in facts if fact[1] != NOT_RECORDED] + last


def _of_file(letter: Letter, others: int) -> list[list[str]]:
    """What the docket says of a letter that exists already, as ``others`` of the month may be."""
    if letter.existing is None:
        return []
    pages, size = letter.existing["pages"], letter.existing["bytes"]
    without = sum(not page["text"] for page in pages)
    scanned = f"; {counted(without, 'page')} without text" if without else ""
    return [
        ["Its PDF", f"{counted(len(pages), 'page')}, {size:,} bytes{scanned}"],
        ["Its SHA-256", letter.digest, "digest"],
        *([["Word file", source, "digest"]] if (source := letter.existing.get("source")) else []),
        *(
            [["Look twice", f"{counted(others, 'other letter')} here: the same file"]]
            * bool(others)
        ),
    ]


def _elements(docket: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the regime asks for, and whether the letter has a phrase of it; a person has to read."""
    if not docket.get(ELEMENTS):
        return []
    return [
        {
            "title": "What it must say: a phrase was searched for",
            "header": ["Element", "In the letter"],
            "rows": docket[ELEMENTS],
            "align": ["left", "left"],
        }
    ]


def _checked(docket: Mapping[str, Any]) -> list[list[str]]:
    """How far the letter's regime was compared with its source; of an unknown one, nothing."""
    if "regime_checked" not in docket:
        return []
    day = docket.get("regime_checked_on")
    said = docket["regime_checked"] + ("" if day is None else f", on {longdate(day)}")
    return [["Regime checked", said + ("" if docket["regime_checked"] == YES else f"; {COMPARE}")]]


def _allowed(docket: Mapping[str, Any]) -> str:
    """Who allowed a text that was not committed to, and why."""
    if "edited_by" not in docket:
        return ""
    return f"; allowed by {docket['edited_by']} ({docket['edited_for']})"


def _why(draw: Draw, unit: Selection | Reserve) -> str:
    pool = next(pool for pool in draw.pools if pool.stratum == unit.stratum)
    if pool.take_all:
        return f"all {pool.size} of its stratum are drawn"
    place = _place(draw, unit, pool)
    if isinstance(unit, Reserve):
        return f"{place}; it was in reserve, and a letter before it was replaced"
    return f"{place}; the chance was {unit.probability}"


def _place(draw: Draw, unit: Selection | Reserve, pool: Pool) -> str:
    if unit.line is None:
        return f"ticket {unit.rank} from the lowest of {pool.size} (drawn: {pool.letters})"
    if unit.line == CALLED:
        return f"its stratum was called; ticket {unit.rank} from the lowest of {pool.size}"
    every = sum(pool.size for pool in draw.pools if not pool.take_all)
    return f"open ticket {unit.rank} from the lowest of {every}, whatever the stratum"


def _contacts(contacts: dict[str, int] | None) -> list[dict[str, Any]]:
    if not contacts:
        return []
    rows = [[channel, str(count)] for channel, count in contacts.items()]
    return [
        {
            "title": "Contacts so far",
            "header": ["Channel", "Contacts"],
            "rows": [*rows, ["All", str(sum(contacts.values()))]],
            "align": ["left", "right"],
        }
    ]


def _passed_between(people: int | None) -> list[list[str]]:
    """The number of people that the customer was passed between, where the docket says it."""
    return [] if people is None else [["Passed between", counted(people, "colleague")]]


def _promises(docket: Mapping[str, Any]) -> list[list[str]]:
    """What the letter promises and by when, where its docket says it."""
    promises = promises_of(docket) if docket.get(PROMISES) else {}
    told = [f"{name} by {_day(day)}" for name, day in promises.items()]
    return [["Promises", ", ".join(told)]] if told else []


def _day(value: object) -> str:
    day = date_of(value)
    return NOT_RECORDED if day is None else longdate(day)


def _due(due: object, letter: Letter) -> str:
    """A letter that is late by its own date says so: it is signed as one, or not at all."""
    day, written = date_of(due), dt.date.fromisoformat(letter.fields["date"])
    late = f": overdue on {longdate(written)}" if day is not None and day < written else ""
    return _day(due) + late


def _days_open(received: object, letter: Letter) -> list[list[str]]:
    """How long it is open; nothing where the day of receipt is missing, which is said already."""
    first = date_of(received)
    if first is None:
        return []
    days = (dt.date.fromisoformat(letter.fields["date"]) - first).days
    day = longdate(dt.date.fromisoformat(letter.fields["date"]))
    return [["Days open", f"{days} on {day}"]]
