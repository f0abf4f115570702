"""A valid configuration, and how it is read."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import attrs

from ceosample import files
from ceosample.configuration import populations
from ceosample.configuration.database import url_in, without_password
from ceosample.configuration.faults import docket_of, faults_of, plan_of, signatory_of
from ceosample.configuration.keys import ALONE, GROUP, UNIT_ID
from ceosample.configuration.source import Source, TableForm
from ceosample.days import day_of, local, midnight, on_the_clock
from ceosample.errors import ConfigurationError, RecordError, raise_faults
from ceosample.letters.contents.docket_fields import DocketField
from ceosample.letters.markup.languages import ENGLISH
from ceosample.letters.pdf.paper_size import A4
from ceosample.letters.signatory import Signatory
from ceosample.period import Period
from ceosample.sampling.plans.plan import Plan
from ceosample.sealed.passphrase import read_passphrase
from ceosample.signoff.intake.tracker_columns import TrackerColumns
from ceosample.signoff.replay.methods import Method
from ceosample.signoff.replay.readings import READING
from ceosample.text import fault_in_title

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

#: What stands in a path for the month.
PERIOD: Final = "{period}"


@attrs.frozen
class Configuration:
    """A valid configuration.

    Attributes:
        home: the folder of the file, to which its paths are relative.
        population: the population's id.
        title: what people read in place of that id, for months that you freeze from now on; None
            for the id itself.
        ahead: how far the time of an event may be after the recorder's clock; None to leave that as
            the ledger has it.
        firm: the firm's name on cover sheets and reports: its key, or else the letterhead's first
            line; None where there is neither.
        source: where the responses come from.
        variables: the stratum variables.
        clean: the argument of ``Frame.from_csv`` with this name.
        plan: the sampling plan.
        seed_source: where seeds come from: the kinds of their parts, joined by ``+``.
        seeding: the rest of the table [seed]: secret, passphrase, beacon, delay.
        signatory: the person who signs.
        contents: the path of the letters' contents, with ``{period}``; None where every letter
            exists already and nothing else is known of it.
        existing: the path of letters that exist already as PDF, with ``{period}`` and
            ``{unit_id}``; or the folder of the files that the contents name; None for neither.
        posted: what is posted of such a letter: ``letter``, or ``with-slip``.
        columns: the fields of contents that are a table, each with its column's heading.
        contents_form: how such a table is written.
        apart: whether the file has a list of populations, so that each has folders of its own.
        letterhead, template, kind, shared, language, page_words, fonts, pdf, strict: the
            arguments of ``render`` with these names, the template as a path.
        paper: the size of all papers: ``a4`` or ``letter``.
        deadlines: the table of that name: margin, holidays or country, own regimes, sampling.
        signatures: the table of that name: the roots, and who has which certificate.
        check_at: where anyone can check a notice's figures, as the notice says it; None where that
            was not stated.
        notice_language: of notices: their own, or else that of letters.
        docket: the fields of the firm's own that dockets show, in their order.
        logo: the logo above letters: its ``file`` and its ``alt``; None without one.
        ledger: the ledger's URL.
        ledger_id: the id of the ledger that must be there; None before the first run.
        file: the file that it was read from; None if it was read from none.
        method: how verdicts are read, for months that you freeze from now on; None states none.
        own_codes: the firm's own codes for *was never eligible*, each with the one of the fixed
            list that it means.
        folder: the folder that holds the months' folders, or those of the populations.
        word: the path of the Word template; None without one.
        first: the month with which runs begin while the ledger has none; None if it must be given.
        is_reading: whether its units are no letters but calls, chats or posts: they are read.
        zone: the IANA time zone of the firm's dates, for months that you freeze from now on: where
            a month is over, and where times of the source that carry a zone are dated; None for
            UTC, and then no such time is accepted.
        pickup: the folder where another system fetches the office's files; None without one.
        for_group: whether the group of a new folder or file can read it; others never can.
        seal: whether signing rooms are sealed.
        passphrase: the path of the file that holds the passphrase of rooms; None without one.
        tracker: the columns of an older table of sign-offs; None without one.
        key: the path of the recorder's private key; None where events are not signed.
        key_passphrase: the path of the file that holds its passphrase; None without one.

    >>> import tempfile, ceosample as cs
    >>> toml = '''
    ... population = {name = "complaint-responses", first = "2026-10"}
    ... source = {csv = "responses.csv", unit_id = "id"}
    ... plan = {size = 2}
    ... seed = {source = "dice"}
    ... signatory = {id = "ceo", name = "Margaret Llewelyn", title = "Chief Executive"}
    ... letters = {contents = "letters.jsonl"}
    ... ledger = {url = "sqlite:///signoff.db"}
    ... output = {folder = "packs"}
    ... '''
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "ceosample.toml")
    ...     _ = file.write_text(toml, "utf-8")
    ...     cs.batch.Configuration.load(file).plan.size
    2
    """

    home: Path
    population: str
    source: Source
    variables: tuple[str, ...]
    clean: Literal["spaces"] | None
    plan: Plan
    seed_source: str
    seeding: Mapping[str, Any]
    signatory: Signatory
    contents: str | None
    columns: Mapping[str, str]
    letterhead: tuple[str, ...]
    template: str | None
    kind: str | None
    shared: Mapping[str, Any]
    language: str
    page_words: Mapping[str, str] | None
    fonts: str | None
    pdf: bool | None
    strict: bool
    deadlines: Mapping[str, Any]
    signatures: Mapping[str, Any]
    ledger: str = attrs.field(repr=without_password)
    folder: str
    word: str | None = None
    first: Period | None = None
    zone: str | None = None
    pickup: str | None = None
    for_group: bool = False
    seal: bool = False
    passphrase: str | None = None
    tracker: TrackerColumns | None = None
    title: str | None = None
    firm: str | None = None
    existing: str | None = None
    posted: str = ALONE
    ahead: dt.timedelta | None = None
    own_codes: Mapping[str, str] = attrs.field(factory=dict)
    method: Method | None = None
    check_at: str | None = None
    notice_language: str = ENGLISH
    docket: tuple[DocketField, ...] = ()
    logo: Mapping[str, str] | None = None
    paper: str = A4
    contents_form: TableForm = attrs.field(factory=TableForm)
    ledger_id: str | None = None
    file: Path | None = None
    apart: bool = False
    is_reading: bool = False
    key: str | None = None
    key_passphrase: str | None = None

    @classmethod
    def load(cls, path: str | Path, population: str | None = None) -> Configuration:
        """The configuration of a population of a file.

        Args:
            path: the file.
            population: which of them, where it has several; None for the only one.

        Raises:
            ConfigurationError: each problem with the file, the key, what it got and what is
                allowed; several populations and none chosen, or one that it does not have.
        """
        return cls.chosen(path, cls.load_all(path), population)

    @staticmethod
    def chosen(
        path: str | Path, found: Sequence[Configuration], population: str | None
    ) -> Configuration:
        """One of the configurations of a file; arguments and errors as :meth:`load` has them."""
        fault = populations.choice([one.population for one in found], population)
        raise_faults(ConfigurationError, [] if fault is None else [f"{path}, {fault}"])
        return next(one for one in found if population in (None, one.population))

    @classmethod
    def load_all(cls, path: str | Path) -> tuple[Configuration, ...]:
        """The configurations of all populations of a file, in its order.

        They share the ledger, the folders and whatever else a population has none of its own of.

        Raises:
            ConfigurationError: each problem, as for :meth:`load`; what is wrong for all of the
                populations is told once.
        """
        place = Path(path)
        tables = _tables(place)
        apart = populations.are_several(tables)
        faults = populations.faults_of_names(tables) if apart else []
        each = [] if faults else populations.tables_of_each(tables)
        found: list[tuple[Any, list[str]]] = []
        parts: list[_Parts] = []
        for own in each:
            own_faults = faults_of(own)
            parts.append(_Parts.of(own, own_faults))
            found.append((own.get("population", {}), own_faults))
        named = [
            (table.get("name") if apart and isinstance(table, dict) else None, said)
            for table, said in found
        ]
        faults += populations.told_once(named) if named else []
        raise_faults(ConfigurationError, (f"{place}, {fault}" for fault in faults))
        return tuple(
            cls._of(place, own, made, apart=apart) for own, made in zip(each, parts, strict=True)
        )

    @classmethod
    def _of(
        cls, place: Path, tables: Mapping[str, Any], parts: _Parts, *, apart: bool
    ) -> Configuration:
        """The configuration of the valid tables of a file."""
        letters, first = tables["letters"], tables["population"].get("first")
        told = tables.get("notice", {})
        return cls(
            home=place.parent.resolve(),
            apart=apart,
            population=tables["population"]["name"],
            source=Source.of(tables["source"]),
            variables=tuple(tables.get("strata", {}).get("variables", ())),
            clean=tables.get("strata", {}).get("clean"),
            plan=parts.plan,
            seed_source=tables["seed"]["source"],
            seeding={name: value for name, value in tables["seed"].items() if name != "source"},
            signatory=parts.signatory,
            contents=letters.get("contents"),
            existing=letters.get("existing"),
            posted=letters.get("posted", ALONE),
            # The ids' heading is that of the responses' table unless another is named.
            columns={UNIT_ID: tables["source"]["unit_id"], **letters.get("columns", {})},
            contents_form=TableForm.of(letters),
            letterhead=tuple(letters.get("letterhead", ())),
            template=letters.get("template"),
            kind=READING if tables["population"].get("kind") == READING else letters.get("kind"),
            shared=letters.get("shared", {}),
            language=letters.get("language", ENGLISH),
            page_words=letters.get("page_words"),
            fonts=letters.get("fonts"),
            word=letters.get("word"),
            pdf=letters.get("pdf"),
            paper=letters.get("paper", A4),
            strict=letters.get("strict", False),
            deadlines=tables.get("deadlines", {}),
            signatures=tables.get("signatures", {}),
            ledger=tables["ledger"]["url"],
            ledger_id=tables["ledger"].get("id") or None,
            file=place,
            folder=tables["output"]["folder"],
            first=None if first is None else Period.parse(first),
            zone=tables["population"].get("zone"),
            is_reading=tables["population"].get("kind") == READING,
            pickup=tables["output"].get("pickup"),
            for_group=tables["output"].get("readable_by") == GROUP,
            seal=tables["output"].get("seal", False),
            passphrase=tables["output"].get("passphrase"),
            tracker=_tracker(tables),
            title=tables["population"].get("title"),
            own_codes=tables["ledger"].get("own_codes", {}),
            check_at=told.get("check_at"),
            notice_language=told.get("language", letters.get("language", ENGLISH)),
            docket=parts.docket,
            logo=letters.get("logo"),
            firm=letters.get("firm") or _first_line(letters.get("letterhead", ())),
            ahead=_minutes(tables["ledger"].get("ahead")),
            key=tables["ledger"].get("key"),
            key_passphrase=tables["ledger"].get("key_passphrase"),
            method=Method(**tables["inference"]) if "inference" in tables else None,
        )

    def path(self, text: str, period: Period) -> Path:
        """A path of the configuration for a month."""
        return self.home / text.replace(PERIOD, str(period))

    @property
    def packs(self) -> Path:
        """The folder that holds the months' folders."""
        return self._own(self.folder)

    @property
    def pickup_folder(self) -> Path | None:
        """The folder where another system fetches the months' files; None without one."""
        return None if self.pickup is None else self._own(self.pickup)

    def sealing_passphrase(self) -> str | None:
        """What new rooms are sealed with; None where they stay open.

        Raises:
            RecordError: its file is not there, others can read it, or it holds no passphrase.
        """
        return self.opening_passphrase() if self.seal else None

    def opening_passphrase(self) -> str | None:
        """What opens rooms and decisions that were sealed; None where no file is named.

        Raises:
            RecordError: as for :meth:`sealing_passphrase`.
        """
        return None if self.passphrase is None else read_passphrase(self.home / self.passphrase)

    def _own(self, folder: str) -> Path:
        """The population's part of a folder, where the file has a list of populations."""
        place = self.home / folder
        return place / self.population if self.apart else place

    def month_folder(self, period: Period) -> Path:
        """The folder of a month's files."""
        return self.packs / str(period)

    @property
    def casebook(self) -> Path:
        """The folder of what is written about cases, by the month in which each came."""
        return self.packs / "casebook"

    @property
    def lock_folder(self) -> Path:
        """The path that is locked so that one run at a time works on the population's months."""
        return self.packs / self.population

    def day(self, at: dt.datetime) -> dt.date:
        """The date of a moment in the zone in which a month is over."""
        return day_of(at, self.zone)

    def local(self, at: dt.datetime) -> dt.datetime:
        """A moment as the command writes it: with its zone's offset, or as given without a zone.

        A time without an offset is what a clock in the zone shows.
        """
        if at.utcoffset() is None:
            return on_the_clock(at, self.zone)
        return at if self.zone is None else local(at, self.zone)

    def is_over(self, period: Period, at: dt.datetime) -> bool:
        """Whether a month's last day has passed there."""
        return period.last_day < self.day(at)

    def midnight(self, day: dt.date) -> dt.datetime:
        """When a day begins there."""
        return midnight(day, self.zone)

    @property
    def ledger_url(self) -> str | URL:
        """The ledger's URL, a file of SQLite relative to the configuration's folder."""
        return url_in(self.home, self.ledger)


@attrs.frozen
class _Parts:
    """What is made of tables before they are known to be valid; each None with a problem in it."""

    plan: Any
    signatory: Any
    docket: tuple[DocketField, ...]

    @classmethod
    def of(cls, tables: Mapping[str, Any], faults: list[str]) -> _Parts:
        """The parts of a population's tables; their problems go into ``faults``."""
        return cls(
            plan_of(tables.get("plan", {}), faults),
            signatory_of(tables.get("signatory"), faults),
            docket_of(tables.get("letters"), faults),
        )


def _tables(place: Path) -> dict[str, Any]:
    """The tables of a file.

    Raises:
        ConfigurationError: it is not there, or not TOML.
    """
    try:
        return tomllib.loads(files.read(place).decode())
    except RecordError:
        raise ConfigurationError(
            f"{place}: not there; write one to start from with 'ceosample init'"
        ) from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(f"{place}: not TOML ({error}); correct that line") from None


def _minutes(number: int | None) -> dt.timedelta | None:
    return None if number is None else dt.timedelta(minutes=number)


def _first_line(letterhead: Sequence[str]) -> str | None:
    """The firm's name at the head of its letters, unless that line can head no other page."""
    first = letterhead[0].strip() if letterhead else None
    return first if fault_in_title(first, "") is None else None


def _tracker(tables: Mapping[str, Any]) -> TrackerColumns | None:
    """The columns of an older table, its strata in the order of the frame's."""
    table = tables.get("tracker")
    if table is None:
        return None
    headings = table.get("strata", {})
    variables = tables.get("strata", {}).get("variables", ())
    ordered = {name: headings[name] for name in variables if headings}
    return TrackerColumns(**{**table, "strata": ordered})
