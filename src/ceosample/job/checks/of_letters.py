"""The parts of the letters: what prints them, their contents and dates, each of them tried."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

from ceosample import files
from ceosample.configuration import Configuration
from ceosample.configuration.keys import UNIT
from ceosample.errors import (
    CeosampleError,
    ConfigurationError,
    LetterError,
    raise_faults,
)
from ceosample.job.checks.context import CheckContext, Doubted, NotChecked
from ceosample.job.render_pack import deadlines_of, letters_tried, logo_of, template_of
from ceosample.job.sources.dated_before import open_letters_dated_before
from ceosample.job.sources.existing_files import (
    contents_of,
    looked_at,
    require_programs,
)
from ceosample.letters import child_process
from ceosample.letters.contents.due_dates import DueDatePolicy
from ceosample.letters.contents.names_of_people import names_in_dockets
from ceosample.letters.existing.given import PDF
from ceosample.letters.letter_trees import TEMPLATE_LIMITS
from ceosample.letters.markup import languages
from ceosample.letters.markup.template import compiled
from ceosample.letters.papers import attendance_sheet
from ceosample.letters.pdf import typeset
from ceosample.letters.pdf.fonts import families
from ceosample.letters.pdf.unprintable import faults_in_lines
from ceosample.letters.signatures import signing_key
from ceosample.letters.word import package
from ceosample.problems import causes_of
from ceosample.text import counted, quoted


def check_letters(seen: CheckContext) -> Sequence[str]:
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


def check_pdf(seen: CheckContext) -> Sequence[str]:
    configuration = seen.month.configuration
    if configuration.fonts is not None:
        folder = configuration.home / configuration.fonts
        if not folder.is_dir():
            raise ConfigurationError(f"letters.fonts: got {folder}; give a folder that exists")
        if typeset.is_installed() and not families(str(folder)):
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
    raise_faults(ConfigurationError, faults_in_lines(given, fonts))
    return ["Typst is installed"]


def check_contents(seen: CheckContext) -> Sequence[str]:
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


def check_deadlines(seen: CheckContext) -> Sequence[str]:
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


def check_trial(seen: CheckContext) -> Sequence[str]:
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


def check_signatures(seen: CheckContext) -> Sequence[str]:
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
