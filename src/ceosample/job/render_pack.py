"""A month's letters rendered by its configuration, for the first time or again."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ceosample import files
from ceosample.canonical import digest
from ceosample.configuration import Configuration
from ceosample.configuration.keys import WITH_SLIP
from ceosample.days import day_of
from ceosample.errors import (
    ConflictError,
    LedgerError,
    LetterError,
    RecordError,
    raise_faults,
)
from ceosample.job.losses.lost_files import pack_folders
from ceosample.job.month import OFFICE, Month
from ceosample.job.pickup_folder import put_out
from ceosample.job.sources.existing_files import contents_of
from ceosample.letters.check_contents import ContentsReport, Trial
from ceosample.letters.contents.content_digest import Edit
from ceosample.letters.contents.due_dates import DueDatePolicy
from ceosample.letters.papers import PACK, attendance_sheet
from ceosample.letters.papers.logo import Logo
from ceosample.letters.papers.pack import Pack
from ceosample.letters.pdf import typeset
from ceosample.letters.regimes.elements import BEFORE_ISSUE
from ceosample.letters.regimes.regime import Regime
from ceosample.letters.regimes.workdays import public_holidays
from ceosample.letters.render import render
from ceosample.letters.word.edit import Body, require_bodies, with_bodies
from ceosample.sampling.draw import Draw
from ceosample.sampling.frames.frame import Frame
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.replay.lifecycle import require_step
from ceosample.signoff.replay.zones import Zones
from ceosample.signoff.rules.in_force import FIRST
from ceosample.signoff.store.events import Event
from ceosample.signoff.witness_sheets import sheet_names, witness_sheets
from ceosample.signoff.words.letter_words import said_before, said_of, texts_of

#: The folder, in a month's, of the PDFs that were made of finished letters in Word.
CONVERTED = "converted"

_LOG = logging.getLogger("ceosample.job")


def render_again(
    month: Month,
    ledger: Ledger,
    unit_ids: Sequence[str],
    bodies: Mapping[str, Body] = MappingProxyType({}),
    edit: Edit | None = None,
) -> Pack:
    """Render letters that came back, or substitutes, and send them: a new version, a new folder.

    In a month that was never sent, since a letter cannot be rendered as the frame commits to it,
    all of its letters are rendered and sent once a named person allows the edit of that one.

    Args:
        month: the month.
        ledger: the ledger, which records it.
        unit_ids: the letters.
        bodies: unit id to the body that replaces the one in the contents.
        edit: who allows that these letters differ from what the frame commits to, and why.

    Raises:
        LetterError, LedgerError: a letter is not of the month's draw, or cannot be sent now, or
            the letters would have different versions, or an edit in a ledger under rules 1.
    """
    with files.locked(month.folder, for_group=month.configuration.for_group):
        return _render_again(month, ledger, unit_ids, bodies, edit)


def _render_again(
    month: Month,
    ledger: Ledger,
    unit_ids: Sequence[str],
    bodies: Mapping[str, Body],
    edit: Edit | None,
) -> Pack:
    if edit is not None and ledger.rules == FIRST:
        raise LedgerError(
            f"edits: the ledger is under rules {FIRST}, which do not know an edit that a person "
            "allowed; run 'ceosample upgrade' first"
        )
    passphrase = month.configuration.sealing_passphrase()
    drawn = Draw.load(month.folder)
    histories = [ledger.history(unit_id, **month.subject) for unit_id in unit_ids]
    for history in histories:
        require_step(
            history.subject.unit_id, history.state, "rendered", is_reading=history.is_reading
        )
    versions = {history.subject.unit_id: history.versions + 1 for history in histories}
    if len(set(versions.values())) != 1:
        said = ", ".join(f"{unit_id} {version}" for unit_id, version in versions.items())
        raise LetterError(f"letters: their next versions differ ({said}); render them one by one")
    registration = ledger.register(drawn, by=month.by, at=month.at)
    edits = {} if edit is None else dict.fromkeys(unit_ids, edit)
    version = versions[unit_ids[0]]
    never_sent = edit is not None and not _was_sent(month, ledger)
    asked = None if never_sent else unit_ids
    pack = rendered(month, ledger, drawn, registration, asked, version, bodies, edits, words=ledger)
    require_bodies(pack, bodies)
    if never_sent:
        pack.save(month.folder, passphrase=passphrase)
        write_attendance(month, pack, month.folder)
        put_out(month, pack, month.folder)
        ledger.send(pack, by=OFFICE, at=month.at)
        return pack
    number = 1
    while _holds_another(month.folder / f"rework-{number}", pack):
        number += 1
    folder = month.folder / f"rework-{number}"
    pack.save(folder, passphrase=passphrase)
    write_attendance(month, pack, folder)
    put_out(month, pack, folder, rework=number)
    ledger.send(pack, by=OFFICE, at=month.at)
    return pack


def folder_of(month: Month, pack: Pack) -> Path:
    """Where a pack of the month is, which was saved there."""
    return pack_folders(month.folder)[pack.digest]


def unchanged(month: Month, pack: Pack) -> list[str]:
    """The letters of a pack that say what the version before them said, in words for a person."""
    found = []
    before = _letters_on_disk(month.folder)
    for letter in pack:
        version = int(letter.fields["version"])
        earlier = before.get((letter.unit_id, version - 1))
        if earlier is not None and _says_the_same(earlier, letter.fields):
            how = "put the new PDF in the place of the old one"
            found.append(
                f"letter {letter.unit_id}: version {version} says what version {version - 1} said; "
                f"{how if 'pdf' in earlier else 'change its contents'} and render it again"
            )
    return found


def _says_the_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two versions are one letter; of one that exists already the slip has its digest."""
    return bool(one["tree"] == other["tree"]) if "pdf" not in one else _pdf(one) == _pdf(other)


def _pdf(fields: Mapping[str, Any]) -> str | None:
    found: str | None = fields.get("pdf", {}).get("sha256")
    return found


def _letters_on_disk(folder: Path) -> dict[tuple[str, int], Mapping[str, Any]]:
    """The letters of all packs of a month, by id and version."""
    found: dict[tuple[str, int], Mapping[str, Any]] = {}
    place, number = folder, 0
    while files.read_if_there(place / PACK) is not None:
        for letter in Pack.load(place):
            found[letter.unit_id, int(letter.fields["version"])] = letter.fields
        number += 1
        place = folder / f"rework-{number}"
    return found


def _was_sent(month: Month, ledger: Ledger) -> bool:
    """Whether any letter of the month was ever sent."""
    return any(event.kind == "sent_for_signature" for event in ledger.events(**month.subject))


def _holds_another(folder: Path, pack: Pack) -> bool:
    """Whether a folder has another pack; this one may be there from a run that was stopped."""
    data = files.read_if_there(folder / PACK)
    return data is not None and digest(data) != pack.digest


def pack_of(month: Month, ledger: Ledger, drawn: Draw, registration: Event, sent: bool) -> Pack:
    """The pack that the folder holds, or a new one."""
    if files.read_if_there(month.folder / PACK) is not None:
        pack = Pack.load(month.folder)
        if (pack.draw, pack.registration) != (drawn.digest, registration.hash):
            raise ConflictError(
                f"{month.folder / PACK}: is of another draw or registration; move it away"
            )
        return pack
    if sent:
        raise ConflictError(
            f"{month.folder / PACK}: not there, and its letters were sent; restore it from the "
            f"backup, or make it again with 'ceosample rebuild {month.period}'"
        )
    passphrase = month.configuration.sealing_passphrase()
    try:
        pack = rendered(month, ledger, drawn, registration)
    except LetterError as error:
        if not drawn.frame.content:
            raise LetterError(
                *error.faults,
                f"{month.words}: these letters were drawn, and the draw stays; correct their files "
                "or contents and run it again",
            ) from None
        raise LetterError(
            *error.faults,
            f"{month.words}: its frame commits to its letters; restore their contents, or correct "
            "what cannot be rendered and let a named person allow it: 'ceosample rework ID "
            f"--period {month.period} --allowed-by PERSON --reason-code CODE'",
        ) from None
    pack.save(month.folder, passphrase=passphrase)
    return pack


def rendered(
    month: Month,
    ledger: Ledger,
    drawn: Draw,
    registration: Event,
    unit_ids: Sequence[str] | None = None,
    version: int = 1,
    bodies: Mapping[str, Body] = MappingProxyType({}),
    edits: Mapping[str, Edit] = MappingProxyType({}),
    words: Ledger | None = None,
) -> Pack:
    """A month's letters and papers, which say what its ledger says of it.

    With ``words``, the ledger that keeps the texts, the docket of a letter that came back shows
    what was said of the versions before.

    Raises:
        LedgerError: the ledger is broken, so what it says is not to be believed.
    """
    check = ledger.check()
    if not check.ok:
        raise LedgerError(f"ledger: {check.first_difference}; letters need an intact ledger")
    _LOG.info(
        "%s: ledger %s, %d events, head %s",
        *(month.words, check.level.name, check.events, check.head),
    )
    configuration = month.configuration
    zone = ledger.zone(**month.subject) or configuration.zone
    return render(
        drawn,
        lambda ids: with_bodies(contents_of(configuration, month.period, ids), bodies),
        signatory=configuration.signatory,
        date=day_of(month.at, zone),
        registration=registration.hash,
        letterhead=configuration.letterhead,
        template=template_of(configuration),
        kind=configuration.kind,
        shared=configuration.shared,
        language=configuration.language,
        page_words=configuration.page_words,
        unit_ids=unit_ids,
        version=version,
        pdf=configuration.pdf,
        fonts=_fonts(configuration),
        deadlines=deadlines_of(month),
        attempts=ledger.attempts(**month.subject),
        title=ledger.title(**month.subject),
        firm=configuration.firm,
        zone=zone,
        strict=configuration.strict,
        edits=edits,
        deputies=_deputies(month, ledger),
        docket=configuration.docket,
        logo=logo_of(configuration),
        paper_size=configuration.paper,
        converted=month.folder / CONVERTED,
        said=_said_before(month, ledger, words, unit_ids or (), version),
        with_slip=configuration.posted == WITH_SLIP,
    )


def _said_before(
    month: Month, ledger: Ledger, words: Ledger | None, unit_ids: Sequence[str], version: int
) -> dict[str, list[tuple[str, list[str]]]]:
    """What was said of the versions before of each letter; of a first version nothing."""
    if words is None or version == 1:
        return {}
    zones, found = Zones.of(ledger.events(**month.subject)), {}
    for unit_id in unit_ids:
        history = ledger.history(unit_id, **month.subject)
        said = said_of(history, texts_of(words, history), zones)
        found[unit_id] = said_before(said, version)
    return found


def _deputies(month: Month, ledger: Ledger) -> list[str]:
    """Who may sign for the signatory on the day of the run."""
    people = ledger.people(month.configuration.population)
    return people.deputies_of(month.configuration.signatory.id, month.configuration.day(month.at))


def letters_tried(
    month: Month, frame: Frame, contents: Mapping[str, Mapping[str, Any]] | None = None
) -> ContentsReport:
    """What a trial of all eligible letters finds, before any is drawn.

    Args:
        month: the month.
        frame: its frame.
        contents: the letters' contents, if they were read already; None to read them.

    Raises:
        LetterError: they cannot be read.
    """
    configuration = month.configuration
    eligible = [unit.unit_id for unit in frame.units]
    if contents is None:
        contents = contents_of(configuration, month.period, eligible)
    fonts = _fonts(configuration)
    trial = Trial(
        signatory=configuration.signatory,
        date=configuration.day(month.at),
        letterhead=configuration.letterhead,
        template=template_of(configuration),
        kind=configuration.kind,
        shared=configuration.shared,
        language=configuration.language,
        deadlines=deadlines_of(month),
        zone=configuration.zone,
        fonts=None if fonts is None else str(fonts),
        pdf=configuration.pdf is not False and typeset.is_installed(),
        strict=frame.content or configuration.strict,
        docket=configuration.docket,
    )
    return trial.report(eligible, contents, frame.committed(eligible))


def require_contents(month: Month, frame: Frame) -> None:
    """Raise unless every letter that the frame commits to can be rendered as it was committed to.

    Raises:
        LetterError: every letter that cannot: after the draw it could not be mended.
    """
    if not frame.content:
        return
    report = letters_tried(month, frame)
    raise_faults(LetterError, [*report.lacking, *report.problems])


def write_witness_sheets(month: Month, ledger: Ledger, frozen: str, seed_source: str) -> list[Path]:
    """Write the sheets that witnesses sign before there is a seed; those that are there stay.

    Args:
        month: the month.
        ledger: the ledger, in which it is frozen.
        frozen: the hash of the event that froze it.
        seed_source: where its seed comes from, as the freeze names it.

    Returns:
        The sheets to print: their PDFs where they are made, else their pages.

    Raises:
        ConflictError: the month's seed is known already.
    """
    configuration = month.configuration
    on_paper = configuration.pdf is not False and typeset.is_installed()
    endings = (".pdf", ".html") if on_paper else (".html",)
    sheets = [month.folder / name for name in sheet_names(frozen, seed_source)]
    wanted = [sheet.with_name(sheet.name + ending) for sheet in sheets for ending in endings]
    missing = [path for path in wanted if files.read_if_there(path) is None]
    if missing:
        made = witness_sheets(
            ledger,
            **month.subject,
            paper=configuration.pdf,
            fonts=_fonts(configuration),
            paper_size=configuration.paper,
        )
        for path in missing:
            files.write_whole(path, made[path.name])
    return [sheet.with_name(sheet.name + endings[0]) for sheet in sheets]


def write_attendance(month: Month, pack: Pack, folder: Path) -> None:
    """The sheet, then its table: where the table is, the office may be filling it in."""
    if files.read_if_there(folder / attendance_sheet.TABLE) is not None:
        return
    made = attendance_sheet.attendance_sheet(pack, fonts=_fonts(month.configuration))
    for name in reversed(made):
        files.write_whole(folder / name, made[name])


def _fonts(configuration: Configuration) -> Path | None:
    fonts = configuration.fonts
    return None if fonts is None else configuration.home / fonts


def logo_of(configuration: Configuration) -> Logo | None:
    """The configured logo, checked and drawn.

    Raises:
        LetterError: it is none, or is not there.
        MissingPartError: Typst, which draws it, is not installed.
    """
    said = configuration.logo
    return None if said is None else Logo.load(configuration.home / said["file"], said["alt"])


def deadlines_of(month: Month) -> DueDatePolicy:
    """How due dates are computed, by the configuration."""
    said, home = month.configuration.deadlines, month.configuration.home
    holidays: list[dt.date] = list(said.get("holidays", ()))
    if "country" in said:
        # A deadline of a year and its margin stay inside these.
        today = month.configuration.day(month.at)
        first, last = (today + dt.timedelta(days=days) for days in (-800, 800))
        holidays += public_holidays(
            said["country"], said.get("subdivision"), first=first, last=last
        )
    return DueDatePolicy(
        margin=said.get("margin", 0),
        holidays=sorted(set(holidays)),
        own=[Regime.load(home / path) for path in said.get("regimes", ())],
        sampling=said.get("sampling", BEFORE_ISSUE),
    )


def template_of(configuration: Configuration) -> str | None:
    if configuration.template is None:
        return None
    path = configuration.home / configuration.template
    try:
        return files.read(path).decode()
    except (RecordError, UnicodeDecodeError):
        raise LetterError(
            f"{path}: not there, or not UTF-8; give the path of the template in letters.template"
        ) from None
