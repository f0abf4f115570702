"""``ceosample.toml``: what a month's run needs to know, every fault of it reported at once."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import attrs
from sqlalchemy.engine import URL

from ceosample import files
from ceosample.canonical import is_digest
from ceosample.errors import ConfigurationError, LetterError, PlanError, RecordError, raise_all
from ceosample.form import Key, faults_of_keys
from ceosample.letters.due import AFTER_ISSUE, BEFORE_ISSUE
from ceosample.letters.elements import KINDS
from ceosample.letters.languages import ENGLISH, LANGUAGE
from ceosample.letters.letter import Signatory
from ceosample.sampling.frame import POPULATION
from ceosample.sampling.plan import Plan
from ceosample.sampling.seed_source import Dice, Link, Round, is_beacon
from ceosample.text import shown

SAMPLINGS: Final = (BEFORE_ISSUE, AFTER_ISSUE)

#: What stands in a path for the month.
PERIOD: Final = "{period}"

TEMPLATE: Final = """\
# A month's sample of complaint responses for the chief executive's signature.
# Paths are relative to this file; {period} in a path is the month, 2026-10.

[population]
name = "complaint-responses"            # lower-case letters, digits and hyphens

[source]
csv = "responses-{period}.csv"          # one row a response, UTF-8; .csv.gz is read too
unit_id = "response_id"                 # the column of ids
exclusion = "why_excluded"              # optional: empty = eligible, a code = why it is left out
# missing = "not stated"                # optional: the label for an empty stratum value
# content = "content_digest"            # optional: salted digests that commit to the letters' text

[strata]
variables = ["division"]                # each value of these columns is represented

[plan]
size = 12                               # letters a month
# minimum = 1                           # letters that each stratum is given first
# reserves = 2                          # units next in line in each stratum
# allocation = "proportional"           # or "equal", "power", ..., "srs": no strata at all
# take_all = [["Escalated"]]            # strata that are signed in full, beside the size
# minutes = 45                          # instead of size: the reading time a month, and
# per_letter = 4                        # the minutes that a letter takes
# detect = ["0.05", "0.9"]              # instead of size: hold a bad letter in 20, with 90 %
# rotation = {months = 3, start = "2026-01"}   # fewer letters than strata: each has its turn
# merge_below = 5                       # strata of fewer responses this month become one,
# into = "Other"                        # which is called so
# cuts = {amount = [100, 1000]}         # a numeric or date variable of [strata], cut at points
# rest = 3                              # months in peace after a letter was drawn; the source
                                        # marks who rests with the exclusion at-rest

[seed]
source = "dice"                         # 20 digits or more, rolled after the freeze; or "chain",
                                        # "beacon", or several: "chain+beacon"
# secret = "chain.json"                 # a chain's file, of 'ceosample seed new'
# passphrase = "passphrase.txt"         # the file of its passphrase, if it is sealed
# beacon = "drand-52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"
# delay = 60                            # minutes from a freeze to the round that it names

[signatory]
id = "ceo"                              # the person's id in the ledger
name = "Margaret Llewelyn"
title = "Chief Executive"

[letters]
# One line a letter: {"unit_id": ..., "letter": {...}, "docket": {...}}
contents = "letters-{period}.jsonl"
# letterhead = ["The Bank", "1 High Street", "Anytown"]
# kind = "covering"                     # of the letters whose contents name none; docs/letters.md
# language = "es"                       # or "en", which it is without this line, "en-GB", ...
# shared = {contact = "Please reply to this letter."}    # fields that every letter has
# template = "own.html"                 # a Jinja template of your own, in place of the ready ones
# word = "letterhead.docx"              # a Word template for letters that are edited in Word
# fonts = "fonts"                       # a folder of fonts for scripts that the bundled ones lack
# pdf = true                            # false writes HTML alone; true insists on PDF

# [deadlines]
# margin = 3                            # working days before a letter is due, to sign by
# holidays = [2026-12-25, 2026-12-28]   # days off; or, with the extra deadlines, a country's
# country = "GB"
# subdivision = "ENG"
# regimes = ["our-own.toml"]            # beside those that are shipped; a docket names its regime
# sampling = "before-issue"             # or "after-issue": a covering letter is signed

# [signatures]                          # digital ones, with the extra sign
# roots = ["our-authority.pem"]         # what a signer's certificate must lead to
# certificates = {ceo = ["SHA-256"]}    # a person's id, and the SHA-256 of their certificates

[ledger]
url = "sqlite:///signoff.db"            # or "postgresql+psycopg://USER@HOST/DATABASE"

[output]
folder = "packs"                        # each month gets a folder in it
"""


def _without_password(url: str) -> str:
    """A ledger's URL for a repr: what could be a password does not stand in it."""
    return repr(re.sub(r"//.*@|\?.*", lambda found: "//***@" if "@" in found[0] else "?***", url))


@attrs.frozen
class Configuration:
    """A configuration that was found to be right.

    Attributes:
        home: the folder of the file, to which its paths are relative.
        population: the name of the sampled stream.
        csv: the path of the table, with ``{period}`` for the month.
        unit_id, exclusion, missing, content: as ``Frame.from_csv`` takes them.
        variables: the stratum variables.
        plan: the design.
        seed_source: where seeds come from: the kinds of their parts, joined by ``+``.
        seeding: the rest of the table [seed]: secret, passphrase, beacon, delay.
        signatory: who signs.
        contents: the path of the letters' contents, with ``{period}``.
        letterhead, template, kind, shared, language, fonts, pdf: as ``render`` takes them, the
            template as a path.
        deadlines: the table of that name: margin, holidays or country, own regimes, sampling.
        signatures: the table of that name: the roots, and who has which certificate.
        ledger: the ledger's URL.
        folder: where the months' folders are.
        word: the path of the Word template, or None.
    """

    home: Path
    population: str
    csv: str
    unit_id: str
    exclusion: str | None
    missing: str | None
    content: str | None
    variables: tuple[str, ...]
    plan: Plan
    seed_source: str
    seeding: Mapping[str, Any]
    signatory: Signatory
    contents: str
    letterhead: tuple[str, ...]
    template: str | None
    kind: str | None
    shared: Mapping[str, Any]
    language: str
    fonts: str | None
    pdf: bool | None
    deadlines: Mapping[str, Any]
    signatures: Mapping[str, Any]
    ledger: str = attrs.field(repr=_without_password)
    folder: str
    word: str | None = None

    @classmethod
    def load(cls, path: str | Path) -> Configuration:
        """Read a configuration.

        Raises:
            ConfigurationError: each fault with the file, the key, what it got and what is allowed.
        """
        place = Path(path)
        try:
            tables = tomllib.loads(files.read(place).decode())
        except RecordError:
            raise ConfigurationError(
                f"{place}: not there; 'ceosample init' writes one to start from"
            ) from None
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise ConfigurationError(f"{place}: not TOML: {error}") from None
        faults = _faults(tables)
        plan = _plan(tables.get("plan", {}), faults)
        signatory = _signatory(tables.get("signatory"), faults)
        raise_all(ConfigurationError, (f"{place}, {fault}" for fault in faults))
        source, letters = tables["source"], tables["letters"]
        return cls(
            home=place.parent.resolve(),
            population=tables["population"]["name"],
            csv=source["csv"],
            unit_id=source["unit_id"],
            exclusion=source.get("exclusion"),
            missing=source.get("missing"),
            content=source.get("content"),
            variables=tuple(tables.get("strata", {}).get("variables", ())),
            plan=plan,
            seed_source=tables["seed"]["source"],
            seeding={name: value for name, value in tables["seed"].items() if name != "source"},
            signatory=signatory,
            contents=letters["contents"],
            letterhead=tuple(letters.get("letterhead", ())),
            template=letters.get("template"),
            kind=letters.get("kind"),
            shared=letters.get("shared", {}),
            language=letters.get("language", ENGLISH),
            fonts=letters.get("fonts"),
            word=letters.get("word"),
            pdf=letters.get("pdf"),
            deadlines=tables.get("deadlines", {}),
            signatures=tables.get("signatures", {}),
            ledger=tables["ledger"]["url"],
            folder=tables["output"]["folder"],
        )

    def path(self, text: str, period: str) -> Path:
        """A path of the configuration for a month."""
        return self.home / text.replace(PERIOD, period)

    def month_folder(self, period: str) -> Path:
        """The folder of a month's files."""
        return self.home / self.folder / period

    @property
    def ledger_url(self) -> str | URL:
        """The ledger's URL, a file of SQLite relative to the configuration's folder."""
        scheme = "sqlite:///"
        if not self.ledger.startswith(scheme) or self.ledger == scheme:
            return self.ledger
        # Made of its parts, since a folder's name may hold what means something in a URL.
        return URL.create("sqlite", database=str(self.home / self.ledger.removeprefix(scheme)))


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _are_dates(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(day, dt.date) and not isinstance(day, dt.datetime) for day in value
    )


def _are_certificates(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(theirs, list) and theirs and all(map(is_digest, theirs))
        for theirs in value.values()
    )


def _are_kinds(names: list[str]) -> bool:
    return len({*names}) == len(names) and all(name in _SEEDS for name in names)


def _anything(_value: Any) -> bool:
    return True  # the class that is made of the table says what is wrong with it


_TEXT = Key("text", _is_text)
_NEEDED = Key("text", _is_text, needed=True)
_POPULATION = Key(
    "lower-case letters, digits and hyphens",
    lambda value: isinstance(value, str) and POPULATION.fullmatch(value) is not None,
    needed=True,
)
_LANGUAGE = Key(
    "a language's code, en or en-GB",
    lambda value: isinstance(value, str) and LANGUAGE.fullmatch(value) is not None,
)
_SEEDS: Final = (Dice.kind, Link.kind, Round.kind)
_SOURCE = Key(
    f"{', '.join(_SEEDS)}, or several of them joined by +, each once",
    lambda value: isinstance(value, str) and _are_kinds(value.split("+")),
    needed=True,
)

#: Every table and key that there is.
KEYS: Final[Mapping[str, Mapping[str, Key]]] = {
    "population": {"name": _POPULATION},
    "source": {
        "csv": _NEEDED,
        "unit_id": _NEEDED,
        "exclusion": _TEXT,
        "missing": _TEXT,
        "content": _TEXT,
    },
    "strata": {"variables": Key("a list of column names", _is_texts)},
    "plan": {field.name: Key("", _anything) for field in attrs.fields(Plan)},
    "seed": {
        "source": _SOURCE,
        "secret": _TEXT,
        "passphrase": _TEXT,
        "beacon": Key("drand- and a chain's hash, nist- and a number, or a name", is_beacon),
        "delay": Key("minutes, 0 or more", _is_count),
    },
    "signatory": {"id": _NEEDED, "name": _NEEDED, "title": _NEEDED},
    "letters": {
        "contents": _NEEDED,
        "letterhead": Key("a list of lines", _is_texts),
        "template": _TEXT,
        "kind": Key(f"one of {', '.join(KINDS)}", lambda value: value in list(KINDS)),
        "shared": Key("a table of fields", lambda value: isinstance(value, dict)),
        "language": _LANGUAGE,
        "fonts": _TEXT,
        "word": _TEXT,
        "pdf": Key("true or false", lambda value: isinstance(value, bool)),
    },
    "deadlines": {
        "margin": Key("working days, 0 or more", _is_count),
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
    "ledger": {"url": _NEEDED},
    "output": {"folder": _NEEDED},
}


def _faults(tables: Mapping[str, Any]) -> list[str]:
    faults = [
        f"{name}: not known; there are the tables {', '.join(KEYS)}"
        for name in tables
        if name not in KEYS
    ]
    for name, keys in KEYS.items():
        table = tables.get(name, {})
        if not isinstance(table, dict):
            faults.append(f"{name}: got {shown(table)}; write a table, [{name}]")
            continue
        faults += faults_of_keys(table, keys, f"{name}.")
    return faults or _faults_of_seed(tables["seed"])


def _faults_of_seed(table: Mapping[str, Any]) -> list[str]:
    """A key of [seed] goes with its kind of source."""
    kinds = table["source"].split("+")
    needs = {
        "secret": Link.kind,
        "passphrase": Link.kind,
        "beacon": Round.kind,
        "delay": Round.kind,
    }
    faults = [
        f"seed.{name}: goes with the source {kind}, and the source is {table['source']}"
        for name, kind in needs.items()
        if name in table and kind not in kinds
    ]
    for name, kind in (("secret", Link.kind), ("beacon", Round.kind)):
        if kind in kinds and name not in table:
            faults.append(f"seed.{name}: missing; the source {kind} needs it")
    return faults


def _plan(table: Any, faults: list[str]) -> Any:
    """The plan; its own faults join the others, a key that it does not have is named there."""
    if not isinstance(table, dict):
        return None
    try:
        return Plan.from_dict({key: table[key] for key in table if key in KEYS["plan"]})
    except PlanError as error:
        faults += error.faults
        return None


def _signatory(table: Any, faults: list[str]) -> Any:
    """The signatory, where the table is complete; its own faults join the others."""
    if not isinstance(table, dict) or any(fault.startswith("signatory.") for fault in faults):
        return None
    try:
        return Signatory(**table)
    except LetterError as error:
        faults += error.faults
        return None
