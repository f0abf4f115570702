"""Every table and key of ``ceosample.toml``, and what each may hold."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from typing import Any, Final

import attrs

from ceosample.canonical import is_digest
from ceosample.configuration.database import is_lasting_url, is_url
from ceosample.days import is_zone
from ceosample.encoded import is_encoding
from ceosample.form import Key, is_count
from ceosample.got import Private
from ceosample.letters.markup.languages import is_language
from ceosample.letters.markup.page_words import is_page_words
from ceosample.letters.pdf.paper_size import PAPERS
from ceosample.letters.regimes.elements import KINDS, SAMPLINGS
from ceosample.period import Period
from ceosample.sampling.engine import ENGINES
from ceosample.sampling.names import POPULATION, REASON_CODE
from ceosample.sampling.plans.plan import Plan
from ceosample.sampling.plans.plan_faults import ALLOCATIONS
from ceosample.sampling.seeds.seed_source import Dice, Link, Round, is_beacon
from ceosample.signoff.intake.tracker_columns import KEYS as TRACKER
from ceosample.signoff.replay import methods
from ceosample.signoff.replay.lifecycle import INELIGIBLE
from ceosample.signoff.replay.readings import READING
from ceosample.written_dates import is_pattern

#: The field that says whose letter some contents are.
UNIT_ID: Final = "unit_id"

#: What the name of an Excel file ends with; the last three are refused by what they are.
_EXCEL: Final = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")

#: What stands for a letter's id in the path of its file.
UNIT: Final = "{unit_id}"

#: What is posted of a letter that exists already.
ALONE: Final = "letter"
WITH_SLIP: Final = "with-slip"


def is_table(path: str) -> bool:
    """Whether a file of contents is a table, by its name."""
    return path.removesuffix(".gz").lower().endswith(".csv") or is_excel(path)


def is_excel(path: str) -> bool:
    """Whether a file is an Excel file, by its name; what it is in truth is seen when it is read."""
    return path.lower().endswith(_EXCEL)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_id(value: Any) -> bool:
    """Whether it is the id of a ledger, or nothing, before there is one."""
    return isinstance(value, str)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _are_dates(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(day, dt.date) and not isinstance(day, dt.datetime) for day in value
    )


def _are_certificates(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(theirs, list) and theirs and all(map(is_digest, theirs))
        for theirs in value.values()
    )


def _are_headings(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_is_text, value.values()))


def _is_logo(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and {*value} == {"file", "alt"}
        and all(map(_is_text, value.values()))
    )


def _are_tables(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(entry, dict) for entry in value)


def kind_of(value: Any) -> str | None:
    """As what a condition compares with a value; None if it cannot."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return "text" if value else None  # an empty text is missing
    if isinstance(value, int | float):
        return "number" if math.isfinite(value) else None
    is_day = isinstance(value, dt.date) and not isinstance(value, dt.datetime)
    return "date" if is_day else None


def _are_alike(value: Any) -> bool:
    if not isinstance(value, list):
        return False
    kinds = {kind_of(one) for one in value}
    return len(kinds) == 1 and None not in kinds


def _is_point(value: Any) -> bool:
    return kind_of(value) in ("number", "date")


def _are_kinds(names: list[str]) -> bool:
    return len({*names}) == len(names) and all(name in _SEEDS for name in names)


def _is_month(value: Any) -> bool:
    try:
        return bool(Period.parse(value))
    except ValueError:
        return False


def _are_codes(value: Any) -> bool:
    return _is_texts(value) and all(map(REASON_CODE.fullmatch, value))


def _are_own_codes(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and _are_codes([*value])
        and all(v in INELIGIBLE for v in value.values())
    )


def _anything(_value: Any) -> bool:
    return True  # the class that is made of the table says what is wrong with it


_TITLE = Key("a line of text", _anything)  # TITLES names these keys
#: Who else can read what is written, by ``[output] readable_by``.
GROUP: Final = "group"

_TEXT = Key("text of 1 character or more", _is_text)
_NEEDED = Key("text of 1 character or more", _is_text, needed=True)
_POPULATION = Key(
    "lower-case letters, digits and hyphens",
    lambda value: isinstance(value, str) and POPULATION.fullmatch(value) is not None,
    needed=True,
)
_LEDGER = Key(
    "a database's URL, sqlite:///signoff.db: a file, for a ledger in memory is gone after the run",
    is_lasting_url,
    needed=True,
    private=Private.URL,
)
_LANGUAGE = Key(
    "a language's code: en, en-GB, es-419, zh-Hant",
    is_language,
)
_SEEDS: Final = (Dice.kind, Link.kind, Round.kind)
_SOURCE = Key(
    f"{', '.join(_SEEDS)}, or several of them joined by +, each once",
    lambda value: isinstance(value, str) and _are_kinds(value.split("+")),
    needed=True,
)

#: What the fields of a plan may be, in words; the plan itself checks them.
_PLAN: Final = {
    "size": "a number of letters, or {at_most = 12}",
    "allocation": f"one of {', '.join(ALLOCATIONS)}, or letters for each stratum",
    "minimum": "a number of letters, 0 or more",
    "reserves": "a number of units, 0 or more",
    "take_all": "a list of strata, each a list of its values",
    "cap": "a number of letters",
    "variances": "a table of strata, each with a number, for the allocation neyman",
    "power": "a number from 0 to 1, for the allocation power",
    "minutes": "the time for reading",
    "per_letter": "the minutes that a letter takes",
    "detect": "a rate of bad letters and a confidence, as two texts",
    "rotation": "a table with months and start",
    "rest": "a number of months",
    "cuts": "a table of variables, each with a list of numbers or dates",
    "uncut": "a table of variables, each with a list of values",
    "merge_below": "a number of responses",
    "into": "the name of a stratum",
}

#: The keys of one of [[source.exclusions]].
EXCLUSION: Final[Mapping[str, Key]] = {
    "reason": Key(
        "a code of up to 40 lower-case letters, digits and hyphens",
        lambda value: isinstance(value, str) and REASON_CODE.fullmatch(value) is not None,
        needed=True,
    ),
    "column": Key("the name of a column", _is_text, needed=True),
    "is": Key("a list of texts, of numbers, of dates, or of true and false", _are_alike),
    "is_not": Key("a list of texts, of numbers, of dates, or of true and false", _are_alike),
    "missing": Key("true or false", lambda value: isinstance(value, bool)),
    "from": Key("a number, or a date such as 2026-10-01", _is_point),
    "before": Key("a number, or a date such as 2026-10-01", _is_point),
}

#: The keys of one of [[source.filter]].
FILTER: Final = {name: key for name, key in EXCLUSION.items() if name != "reason"}

#: How a table of responses or of letters is written.
_FORM: Final[Mapping[str, Key]] = {
    "encoding": Key("an encoding such as cp1252, iso-8859-15 or utf-16", is_encoding),
    "sheet": Key("the name of a sheet", _is_text),
    "header": Key("the number of the row of headings", lambda value: is_count(value, 1)),
    "day_first": Key("true or false", lambda value: isinstance(value, bool)),
    "date_format": Key("a pattern with a year and a month, %d.%m.%Y", is_pattern),
}

#: The keys, by table, that hold a line of text for people.
TITLES: Final[Mapping[str, str]] = {
    "population": "title",
    "letters": "firm",
    "notice": "check_at",
}

#: Every table and key that there is.
KEYS: Final[Mapping[str, Mapping[str, Key]]] = {
    "population": {
        "name": _POPULATION,
        "title": _TITLE,
        "first": Key("an ISO month, 2026-10", _is_month),
        "zone": Key("a time zone, Europe/London", is_zone),
        "kind": Key("letter or reading", lambda value: value in ("letter", READING)),
    },
    "source": {
        "csv": Key("the path of a CSV file", _is_text),
        "excel": Key("the path of an Excel file, .xlsx or .xlsm", _is_text),
        "parquet": Key("the path of a Parquet file, or of a folder of them", _is_text),
        "sql": Key("the path of a file that holds a query", _is_text),
        "url": Key("a database's URL, sqlite:///complaints.db", is_url, private=Private.URL),
        "unit_id": Key("the name of a column", _is_text, needed=True),
        "exclusion": Key("the name of a column", _is_text),
        "missing": _TEXT,
        "content": Key("the name of a column", _is_text),
        "salts": Key("the path of the file that keeps the salts", _is_text),
        "period_column": Key("the name of a column", _is_text),
        "exclusions": Key("a list of tables, each [[source.exclusions]]", _are_tables),
        "filter": Key("a list of tables, each [[source.filter]]", _are_tables),
        "open": Key("a list of exclusions' codes, in-progress", _are_codes),
        "engine": Key(" or ".join(ENGINES), lambda value: value in list(ENGINES)),
        **_FORM,
    },
    "strata": {
        "variables": Key("a list of column names", _is_texts),
        "clean": Key("spaces", lambda value: value == "spaces"),
    },
    "plan": {field.name: Key(_PLAN[field.name], _anything) for field in attrs.fields(Plan)},
    "seed": {
        "source": _SOURCE,
        "secret": _TEXT,
        "passphrase": Key("the path of a file that holds it", _is_text, private=Private.SECRET),
        "beacon": Key("drand- and a chain's hash, nist- and a number, or a name", is_beacon),
        "delay": Key("minutes, 0 or more", is_count),
    },
    "inference": {
        "confidence": Key(methods.CONFIDENCE, methods.is_confidence),
        "missing": Key(" or ".join(methods.MISSING), lambda value: value in methods.MISSING),
        "tolerable": Key(methods.RATE, methods.is_rate),
        "year_begins": Key(methods.MONTH_NUMBER, methods.is_month_number),
    },
    "notice": {"check_at": _TITLE, "language": _LANGUAGE},
    "signatory": {"id": _NEEDED, "name": _NEEDED, "title": _NEEDED},
    "letters": {
        "contents": _TEXT,
        "existing": Key(f"a folder of PDFs, or a path with {UNIT}, letters/{UNIT}.pdf", _is_text),
        "posted": Key(f"{ALONE} or {WITH_SLIP}", lambda value: value in (ALONE, WITH_SLIP)),
        "columns": Key("a table of fields, each with the heading of its column", _are_headings),
        "letterhead": Key("a list of lines", _is_texts),
        "docket": Key("a list of tables, each [[letters.docket]]", _are_tables),
        "logo": Key(
            'a table of a file and its words, {file = "logo.png", alt = "The Bank"}', _is_logo
        ),
        "firm": _TITLE,
        "template": _TEXT,
        "kind": Key(f"one of {', '.join(KINDS)}", lambda value: value in list(KINDS)),
        "shared": Key("a table of fields", lambda value: isinstance(value, dict)),
        "language": _LANGUAGE,
        "page_words": Key(
            'a table of one or both of page = "Page {x} of {y}" and code = "Code {code}"',
            is_page_words,
        ),
        "fonts": _TEXT,
        "word": _TEXT,
        "strict": Key("true or false", lambda value: isinstance(value, bool)),
        "pdf": Key("true or false", lambda value: isinstance(value, bool)),
        "paper": Key("a4 or letter", lambda value: value in list(PAPERS)),
        **_FORM,
    },
    "deadlines": {
        "margin": Key("working days, 0 or more", is_count),
        "holidays": Key("a list of dates", _are_dates),
        "country": Key("a country's two capitals, GB", _is_text),
        "subdivision": Key("its part, ENG", _is_text),
        "regimes": Key("a list of files", _is_texts),
        "sampling": Key("before-issue or after-issue", lambda value: value in SAMPLINGS),
    },
    "signatures": {
        "roots": Key("a list of files", _is_texts),
        "certificates": Key(
            "a table of people's ids, each with a list of SHA-256", _are_certificates
        ),
    },
    "tracker": TRACKER,
    "ledger": {
        "url": _LEDGER,
        "id": Key("the id of the ledger, which the first run writes, or nothing", _is_id),
        "ahead": Key("minutes from 0 to 1440", lambda value: is_count(value) and value <= 1440),
        "key": _TEXT,
        "key_passphrase": Key("the path of a file that holds it", _is_text, private=Private.SECRET),
        "own_codes": Key(
            f"a table of your codes, each with one of {', '.join(INELIGIBLE)}", _are_own_codes
        ),
    },
    "output": {
        "folder": _NEEDED,
        "pickup": _TEXT,
        "readable_by": Key("owner or group", lambda value: value in ("owner", GROUP)),
        "seal": Key("true or false", lambda value: isinstance(value, bool)),
        "passphrase": Key("the path of a file that holds it", _is_text, private=Private.SECRET),
    },
}
