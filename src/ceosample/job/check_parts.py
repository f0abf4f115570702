"""The parts of a configuration, and how each is checked before a run, with nothing written."""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import attrs
from sqlalchemy.engine import make_url

from ceosample import file_modes, files
from ceosample.configuration import PERIOD, Configuration
from ceosample.configuration.keys import UNIT
from ceosample.configuration.recorder_key import key_words
from ceosample.errors import (
    CeosampleError,
    ConfigurationError,
    ConflictError,
    LedgerError,
    LetterError,
    MissingPartError,
    SeedError,
    raise_faults,
)
from ceosample.job.due import agenda, month_states
from ceosample.job.freeze_month import (
    earlier_draws,
    frame_of,
    require_as_frozen,
    require_own_folder,
    seed_source,
)
from ceosample.job.losses.lost_files import LostFiles, lost_files
from ceosample.job.losses.named_ledger import open_to_read
from ceosample.job.month import Month
from ceosample.job.other_months import others
from ceosample.job.render_pack import deadlines_of, letters_tried, logo_of, template_of
from ceosample.job.roll_forward import require_one_frame
from ceosample.job.seed_supply import SeedInputs
from ceosample.job.sources.dated_before import open_letters_dated_before
from ceosample.job.sources.existing_files import (
    contents_of,
    folder_of,
    looked_at,
    require_programs,
)
from ceosample.job.sources.source import read_source
from ceosample.letters import child_process
from ceosample.letters.contents.due_dates import DueDatePolicy
from ceosample.letters.contents.names_of_people import looks_like_a_name, names_in_dockets
from ceosample.letters.existing.given import PDF
from ceosample.letters.letter_trees import TEMPLATE_LIMITS
from ceosample.letters.markup import languages
from ceosample.letters.markup.template import compiled
from ceosample.letters.papers import attendance_sheet, typeset
from ceosample.letters.signatures import signing_key
from ceosample.letters.word import package
from ceosample.period import Period
from ceosample.problems import causes_of
from ceosample.sampling.blinding.salts import Salts
from ceosample.sampling.commitment import commit_again
from ceosample.sampling.frames.frame import Frame
from ceosample.sampling.names import DRAW, EXCLUSIONS, MANIFEST
from ceosample.sampling.seeds import drand
from ceosample.sampling.seeds.chain import SeedChain
from ceosample.sampling.seeds.seed_source import Link, SeedSource
from ceosample.sealed.envelope import require_cipher
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.replay.keys import Keys
from ceosample.signoff.replay.seeds import published_by
from ceosample.signoff.replay.valid_events import valid_events
from ceosample.signoff.rules.duties import require_role
from ceosample.signoff.store.events import Event
from ceosample.text import counted, quoted


class Doubted(Exception):
    """A part that a run could use, with something to look at; the lines are the arguments."""


#: So many files that others can read are named, and the rest counted.
FILES_NAMED: Final = 5


class NotChecked(Exception):
    """A part that cannot be checked because of another; the message names the reason."""


@attrs.define
class CheckContext:
    """The month that is checked, and what the parts before have found.

    Attributes:
        month: the configuration and the month.
        chain: opens the file of the chain.
        frame: the month's: as it was frozen, or as the source gives it.
        salts: those of the source's numbers, where ids are blinded and it was read.
        contents: the contents of the eligible letters that have some; None if they cannot be read.
    """

    month: Month
    chain: Callable[[], SeedChain] | None
    frame: Frame | None = None
    salts: Salts | None = None
    contents: Mapping[str, Mapping[str, Any]] | None = None

    @functools.cached_property
    def recorded(self) -> list[Event]:
        """The month's events; none if the ledger cannot be read, which its part reports."""
        with contextlib.suppress(CeosampleError):
            ledger = self.ledger()
            if ledger is not None:
                with ledger:
                    return list(ledger.events(**self.month.subject))
        return []

    @functools.cached_property
    def events(self) -> list[Event]:
        """The month's valid events."""
        return valid_events(self.recorded)

    def frozen(self) -> Event | None:
        """The event that froze the month; None if it is not frozen."""
        return next((event for event in reversed(self.events) if event.kind == "frozen"), None)

    def frame_read(self) -> Frame:
        """The frame, for the parts that need one."""
        if self.frame is None:
            raise NotChecked("there is no frame, for the source has a problem")
        return self.frame

    def ledger(self) -> Ledger | None:
        """The ledger, to be closed by the caller; None where a run would create one."""
        return open_to_read(self.month.configuration)


def _source(seen: CheckContext) -> Sequence[str]:
    """The frame that a run would go on with: once it is frozen, the source is not read again."""
    if seen.frozen() is not None:
        seen.frame = frame_of(seen.month, seen.events, known=False)
        return [f"frozen before: {seen.frame.count} eligible; the source is not read again"]
    reading = read_source(seen.month, seen.month.control_total)
    seen.frame, seen.salts = reading.frame, reading.salts
    source, said = seen.month.configuration.source, str(reading).splitlines()
    if source.kind != "sql" and source.period_column is None and PERIOD not in source.file:
        said.append(
            f"all of its rows count for {seen.month.period}; if it holds several months, set "
            "source.period_column"
        )
    if reading.moved:
        raise Doubted(*said)
    return said


def _plan(seen: CheckContext) -> Sequence[str]:
    """What the plan promises; of a month that is frozen, nothing may have changed since."""
    frame, plan, frozen = seen.frame_read(), seen.month.configuration.plan, seen.frozen()
    earlier = earlier_draws(seen.month, seen.events)
    promise = plan.promise(frame, earlier)
    if frozen is not None:
        named = frozen.payload["seed_source"]
        now = commit_again(frame, plan, seed_source=named, earlier=earlier)
        require_as_frozen(seen.month, frozen, now)
    return str(promise).splitlines()[:1]


def _seed(seen: CheckContext) -> Sequence[str]:
    """The source that a freeze named, or would name now; a chain must be published."""
    configuration, month, frozen = seen.month.configuration, seen.month, seen.frozen()
    named = seed_source(month, frozen, SeedInputs(chain=seen.chain))
    if SeedSource.parse(named).link is None or seen.chain is None:
        said = f"{'a freeze now would name' if frozen is None else 'its freeze named'} {named}"
        return _with_beacon(named, said)
    mine = seen.chain().published
    try:
        ledger = seen.ledger()
    except ConflictError as error:
        raise NotChecked("the chains cannot be read, for the ledger has a problem") from error
    if ledger is None:
        raise SeedError(
            "the chain is not published, for there is no ledger; publish it with 'ceosample seed "
            "publish'"
        )
    with ledger:
        chains = [published_by(event) for event in ledger.chains(configuration.population)]
    covering = [chain for chain in chains if chain.covers(month.period)]
    if not covering or covering[-1] != mine:
        what = "not published" if mine not in chains else "not the newest that is published"
        raise SeedError(
            f"the chain {mine.end[:8]} is {what} for {month.period}; publish it with 'ceosample "
            "seed publish'"
        )
    return _with_beacon(
        named,
        f"the secret gives the published end {mine.end[:8]}",
        f"{Link.kind} {mine.first} to {mine.last}",
    )


def _with_beacon(named: str, *said: str) -> Sequence[str]:
    """The same lines, unless a beacon's signature is to come that could not be checked here.

    Raises:
        Doubted: a run would take the round's value as it is given.
    """
    beacon = SeedSource.parse(named).round
    if beacon is not None and beacon.beacon in drand.CHAINS and not drand.is_installed():
        raise Doubted(
            *said,
            "signatures of the beacon are not checked here; pip install 'ceosample[beacon]'",
        )
    return said


def _signatory(seen: CheckContext) -> Sequence[str]:
    """Raise unless the signatory holds that role, once it was granted to anyone."""
    configuration = seen.month.configuration
    signatory = configuration.signatory
    try:
        ledger = seen.ledger()
    except (ConflictError, LedgerError, MissingPartError) as error:
        raise NotChecked("the roles cannot be read, for the ledger has a problem") from error
    if ledger is not None:
        with ledger:
            people = ledger.people(configuration.population)
        require_role(people, "signed", signatory.id, seen.month.at, configuration.zone)
    said = f"{signatory.name}, {signatory.title} ({signatory.id})"
    if looks_like_a_name(signatory.id):
        raise Doubted(
            said,
            "signatory.id: looks like a person's name; give an id, such as ceo, for the ledger "
            "keeps it",
        )
    return [said]


def _letters(seen: CheckContext) -> Sequence[str]:
    configuration = seen.month.configuration
    faults: list[str] = []
    with _noted(faults):
        source = template_of(configuration)
        if source is not None:
            (made,) = child_process.run(
                compiled, [(source, configuration.language)], TEMPLATE_LIMITS
            )
            if isinstance(made, child_process.Failure):
                faults.append(f"letters.template: {made.message}")
    own = configuration.template is not None
    if not own and configuration.language.partition("-")[0] not in languages.languages():
        there = ", ".join(languages.languages())
        faults.append(
            f"letters.language: got {quoted(configuration.language)}; use one of {there}, or give "
            "letters.template"
        )
    with _noted(faults):
        logo_of(configuration)
    if configuration.word is not None:
        with _noted(faults):
            package.open_parts(files.read(configuration.home / configuration.word), "letters.word")
    raise_faults(LetterError, faults)
    languages.require_installed(configuration.language)
    if configuration.word is not None:
        package.require_installed()
    return [_printed_with(configuration)]


def _printed_with(configuration: Configuration) -> str:
    """What prints the letters, or that they are finished files of which the slip alone is ours."""
    ready = f"ready ones, {configuration.kind or 'by each kind'}"
    template = f"template {configuration.template or ready}; language {configuration.language}"
    pattern = configuration.existing
    if pattern is not None and UNIT in pattern:
        return f"finished files, {pattern}: no template; slips in language {configuration.language}"
    if pattern is not None or PDF in configuration.columns:
        return f"finished files where the contents name one; for the others {template}"
    return template


@contextlib.contextmanager
def _noted(faults: list[str]) -> Any:
    """What is wrong joins the other faults."""
    try:
        yield
    except (LetterError, ValueError) as error:
        faults += getattr(error, "faults", [str(error)])


def _pdf(seen: CheckContext) -> Sequence[str]:
    configuration = seen.month.configuration
    if configuration.fonts is not None:
        folder = configuration.home / configuration.fonts
        if not folder.is_dir():
            raise ConfigurationError(f"letters.fonts: got {folder}; give a folder that exists")
        if typeset.is_installed() and not typeset.families(str(folder)):
            raise ConfigurationError(
                f"letters.fonts: got {folder}, which holds no font; put the fonts into it"
            )
    if configuration.pdf is False:
        return ["none, for letters.pdf is false: HTML alone"]
    if configuration.pdf is None and not typeset.is_installed():
        return ["none, for the extra pdf is not installed: HTML alone"]
    typeset.require_installed()
    attendance_sheet.require_installed()
    lines = {"population.title": configuration.title, "letters.firm": configuration.firm}
    fonts = None if configuration.fonts is None else str(configuration.home / configuration.fonts)
    given = {key: line for key, line in lines.items() if line is not None}
    if seen.frame is not None:  # the cover sheet has the strata, and each letter its id
        given |= {
            f"source, the stratum {quoted(value)}": value
            for value in sorted({value for stratum in seen.frame.sizes() for value in stratum})
        }
    raise_faults(ConfigurationError, typeset.faults_in_lines(given, fonts))
    return ["Typst is installed"]


def _contents(seen: CheckContext) -> Sequence[str]:
    configuration = seen.month.configuration
    eligible = [] if seen.frame is None else [unit.unit_id for unit in seen.frame.units]
    found = contents_of(configuration, seen.month.period, eligible, seen.salts)
    if seen.frame is None:
        if configuration.contents is None:
            raise NotChecked("the eligible letters are not known")
        path = configuration.path(configuration.contents, seen.month.period)
        return [f"{path}: every line can be read; the eligible letters are not known"]
    seen.contents = found
    lacking = len(eligible) - len(found)
    said = [f"{len(found)} of {len(eligible)} eligible letters have contents"]
    said += require_programs(found)
    if lacking and seen.frame.content:
        raise LetterError(
            f"contents: {said[0]}, and the frame commits to all of them; add the other {lacking} "
            "before the freeze"
        )
    doubts = names_in_dockets(found)
    if lacking:
        doubts.insert(0, f"a run that draws one of the other {lacking} stops until it has them")
    if doubts:
        raise Doubted(*said, *doubts)
    return said


def _deadlines(seen: CheckContext) -> Sequence[str]:
    """The margin and the days off; open letters whose date a new version of a regime moves."""
    deadlines = deadlines_of(seen.month)
    said = f"margin {deadlines.margin}, {counted(len(deadlines.holidays), 'day')} off"
    lines = [f"{said}, {len(deadlines.own)} regimes of your own"]
    old = _dated_before(seen, deadlines)
    moved = [f"{letter}: {found}" for letter, found in old if found is not None]
    if not moved:
        return lines
    raise Doubted(
        *lines,
        f"{len(moved)} of {counted(len(old), 'open letter')} that an earlier version of its regime "
        "dated would have another date now; the date on record stays until you render it again",
        *moved,
    )


def _dated_before(seen: CheckContext, deadlines: DueDatePolicy) -> Sequence[tuple[str, str | None]]:
    """Open letters of earlier versions; none if the ledger cannot be read, as its part reports."""
    with contextlib.suppress(CeosampleError):
        ledger = seen.ledger()
        if ledger is not None:
            with ledger:
                return open_letters_dated_before(ledger, seen.month, deadlines)
    return []


def _trial(seen: CheckContext) -> Sequence[str]:
    """Try every letter that has contents: what keeps one from being rendered stops the month."""
    if not seen.contents:
        raise NotChecked("there is no letter to try")
    try:
        template_of(seen.month.configuration)
        deadlines_of(seen.month)
    except CeosampleError as error:
        raise NotChecked("the template or the deadlines have problems") from error
    report = letters_tried(seen.month, seen.frame_read(), seen.contents)
    raise_faults(LetterError, report.problems)
    files_seen = looked_at(seen.contents, whole=seen.frame_read().content)
    new = report.tried - sum(files_seen.values())
    said = [f"{counted(new, 'letter')} can be rendered"] if new or not files_seen else []
    said += files_seen
    if report.unprinted:
        raise Doubted(*said, *map(str, causes_of(report.unprinted)))
    return said


def _signatures(seen: CheckContext) -> Sequence[str]:
    configuration = seen.month.configuration
    said = configuration.signatures
    if not said:
        return ["none are digital"]
    signing_key.require_sign()
    from ceosample.letters.signatures.certificates import read_roots

    roots = read_roots([files.read(configuration.home / path) for path in said.get("roots", ())])
    if not said.get("certificates"):
        raise ConfigurationError(
            "signatures.certificates: missing; give each signer's id with their certificates"
        )
    return [f"{len(roots)} roots, {len(said['certificates'])} people"]


def _ledger(seen: CheckContext) -> Sequence[str]:
    """The ledger, which months it says are due, and that no response had a frame before."""
    configuration = seen.month.configuration
    months = months_of(configuration)
    if months is None:
        parsed = make_url(configuration.ledger_url)
        if parsed.get_backend_name() == "sqlite":
            _require_writable(Path(parsed.database or "").parent, "ledger.url")
        return [
            "does not exist yet; the first run creates it",
            *key_words(configuration, Keys()),
            *_what_is_due(seen.month, {}),
        ]
    period = seen.month.period
    if seen.frame is not None and "frozen" not in months.get(period, {}):
        require_one_frame(seen.frame, others(configuration, months, period))
    return [
        f"opens; months frozen in it: {len(months)}",
        *(
            ["ledger.id does not name it yet; the next run writes it"]
            if configuration.ledger_id is None
            else []
        ),
        *key_words(configuration, _keys(seen)),
        *_what_is_due(seen.month, months),
    ]


def _keys(seen: CheckContext) -> Keys:
    """The keys of the recorders of a ledger that is there."""
    ledger = seen.ledger()
    if ledger is None:
        return Keys()
    with ledger:
        return ledger.keys()


def months_of(configuration: Configuration) -> dict[Period, dict[str, Event]] | None:
    """The state of each month in the ledger; None where a run would create one."""
    ledger = open_to_read(configuration)
    if ledger is None:
        return None
    with ledger:
        return month_states(configuration, ledger.month_events(configuration.population))


def _what_is_due(month: Month, months: Mapping[Period, Mapping[str, Event]]) -> list[str]:
    """The months that a run takes on by itself, and whether this month is over."""
    said = [_due_now(month, months)]
    if not month.is_over and "frozen" not in months.get(month.period, {}):
        # No fault: a configuration may well be checked before its first month is over.
        said.append(f"{month.period} is not over: until {month.end} a run needs --unfinished")
    return said


def _due_now(month: Month, months: Mapping[Period, Mapping[str, Event]]) -> str:
    try:
        coming = agenda(month.configuration, months, month.at)
    except ConfigurationError:
        return "a run needs --period, for population.first is missing and no month is frozen"
    if coming.due:
        return f"a run without --period takes on: {', '.join(map(str, coming.due))}"
    return f"nothing is due before {coming.closes.isoformat()}"


def _output(seen: CheckContext) -> Sequence[str]:
    folder = seen.month.folder
    if seen.frozen() is None:
        require_own_folder(seen.month, seen.recorded)
    _require_writable(folder, "output.folder")
    sealed = seen.month.configuration.sealing_passphrase() is not None
    if sealed:
        require_cipher()
    said = [str(folder), *["rooms are sealed"] * sealed, *_who_can_read(seen.month)]
    lost = _lost(seen)
    if lost:
        raise Doubted(*said, *map(str, lost))
    return said


def _lost(seen: CheckContext) -> list[LostFiles]:
    """What months' folders lost; nothing if the ledger cannot be read, as its part reports."""
    configuration = seen.month.configuration
    with contextlib.suppress(CeosampleError):
        ledger = seen.ledger()
        if ledger is not None:
            with ledger:
                events = ledger.month_events(configuration.population)
            return lost_files(configuration, events)
    return []


def _who_can_read(month: Month) -> list[str]:
    """Where the file system has no modes, and what others on this machine can read by theirs."""
    packs = month.configuration.packs
    said = []
    if not file_modes.keeps_modes(packs):
        said.append(
            f"{packs}: its file system has no modes, which keep others from reading; use another, "
            "or let nobody else onto the machine"
        )
    found = file_modes.read_by_others(_private_places(month))
    open_to_all = [path for path in found if path.name not in (DRAW, MANIFEST, EXCLUSIONS)]
    said += [f"{path}: others can read it; use chmod o=" for path in open_to_all[:FILES_NAMED]]
    if len(open_to_all) > FILES_NAMED:
        said.append(f"and {len(open_to_all) - FILES_NAMED} more files that others can read")
    return said


def _private_places(month: Month) -> list[Path]:
    """Where customers' data are kept: packs, the ledger's file, tables, letters that exist."""
    configuration = month.configuration
    home, period = configuration.home, month.period
    tables = [configuration.source.path(home, period)]
    if configuration.contents is not None:
        tables.append(configuration.path(configuration.contents, period))
    pickup = [] if configuration.pickup_folder is None else [configuration.pickup_folder]
    url = make_url(configuration.ledger_url)
    ledger = [Path(url.database)] if url.get_backend_name() == "sqlite" and url.database else []
    letters = [] if configuration.existing is None else [folder_of(configuration, period)]
    if home in letters:  # the letters are among files of every kind
        letters = [path for kind in ("pdf", "docx") for path in sorted(home.glob(f"*.{kind}"))]
    return [*dict.fromkeys([configuration.packs, *pickup, *ledger, *tables, *letters])]


def _require_writable(folder: Path, key: str) -> None:
    """Raise unless files can be written to a folder, or it can be made."""
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        raise ConfigurationError(
            f"{key}: got {there}, which is not a folder to which files can be written; choose "
            "another, or change its permissions"
        )


#: What is asked, in the order in which a run comes to it.
PARTS: Final[Mapping[str, Callable[[CheckContext], Sequence[str]]]] = {
    "source": _source,
    "plan": _plan,
    "seed": _seed,
    "ledger": _ledger,
    "signatory": _signatory,
    "letters": _letters,
    "pdf": _pdf,
    "contents": _contents,
    "deadlines": _deadlines,
    "trial": _trial,
    "signatures": _signatures,
    "output": _output,
}
