"""The files of letters that exist already: where the configuration or a table says they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from ceosample.configuration import Configuration
from ceosample.configuration.keys import UNIT
from ceosample.errors import LetterError, raise_faults
from ceosample.job.sources.file_names import FileNames
from ceosample.job.sources.letter_contents import read_contents
from ceosample.letters.contents.by_number import with_numbers
from ceosample.letters.existing.convert import libreoffice
from ceosample.letters.existing.given import PDF, fault_in_part, is_word_file, path_inside
from ceosample.letters.existing.read import require_installed
from ceosample.period import Period
from ceosample.sampling.blinding.salts import Salts, load
from ceosample.text import counted, printable, quoted

_EMPTY: Final[Mapping[str, Any]] = {"letter": {}, "docket": {}}


def contents_of(
    configuration: Configuration,
    period: Period,
    unit_ids: Sequence[str],
    salts: Salts | None = None,
) -> Mapping[str, Mapping[str, Any]]:
    """The contents of these letters alone, by id, with the paths of those that exist already.

    Args:
        configuration: where they are.
        period: the month.
        unit_ids: the letters.
        salts: lead from blinded ids to the firm's numbers, by which contents are kept; None to read
            them where the configuration names them.

    Raises:
        LetterError: the contents cannot be read, or a path leads out of its folder.
        RecordError: the salts of a letter are lost.
    """
    if configuration.source.salts is None:
        return _contents(configuration, period, unit_ids, {})
    salts = salts or load(configuration.home / configuration.source.salts)
    numbers = salts.numbers_of(unit_ids)
    told = {number: unit_id for unit_id, number in numbers.items()}
    return with_numbers(_contents(configuration, period, [*told], told), numbers, salts)


def _contents(
    configuration: Configuration,
    period: Period,
    unit_ids: Sequence[str],
    told: Mapping[str, str],
) -> dict[str, dict[str, Any]]:
    """The contents by the ids under which they are kept; ``told`` has what messages call them."""
    found: dict[str, dict[str, Any]] = {}
    if configuration.contents is not None:
        path = configuration.path(configuration.contents, period)
        form = configuration.contents_form
        found = read_contents(path, unit_ids, configuration.columns, form, told)
    faults: list[str] = []
    pattern = configuration.existing
    if pattern is not None and UNIT in pattern:
        first, rest = _parted(configuration, period)
        names = FileNames(first)
        for unit_id in unit_ids:
            fields = found.setdefault(unit_id, {name: {**x} for name, x in _EMPTY.items()})
            letter = fields.get("letter")
            if isinstance(letter, dict) and letter.get(PDF) is None:
                name = told.get(unit_id, unit_id)
                _try(name, faults, _from_pattern, names, rest, unit_id, name, letter)
    folder = folder_of(configuration, period)
    for unit_id, fields in found.items():
        letter = fields.get("letter")
        if isinstance(letter, dict) and isinstance(letter.get(PDF), str):
            _try(told.get(unit_id, unit_id), faults, _from_table, folder, letter)
    raise_faults(LetterError, faults)
    return found


def require_programs(contents: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """What to say of these letters' files, once all programs are there that a pack needs of them.

    Args:
        contents: the letters' contents, as :func:`contents_of` returns them.

    Raises:
        MissingPartError: the extra ``pdf`` is not installed, or LibreOffice, for Word files.
    """
    letters = (fields.get("letter") for fields in contents.values())
    files = [one[PDF] for one in letters if isinstance(one, dict) and one.get(PDF) is not None]
    if not files:
        return []
    require_installed()
    words = sum(map(is_word_file, files))
    if words:
        libreoffice()
    said = f"{counted(len(files), 'letter')} already written"
    return [f"{said}, {words} of them in Word: LibreOffice prints those drawn" if words else said]


def looked_at(contents: Mapping[str, Mapping[str, Any]], *, whole: bool) -> dict[str, int]:
    """What a check did with the letters that exist already, in words, each with their number.

    Args:
        contents: the letters' contents, as :func:`contents_of` returns them, with no problem left.
        whole: whether the frame commits to the letters, so that each file was read.
    """
    letters = (fields.get("letter") for fields in contents.values())
    files = [one[PDF] for one in letters if isinstance(one, dict) and one.get(PDF) is not None]
    words = sum(map(is_word_file, files))
    pdfs = len(files) - words
    found: dict[str, int] = {}
    if pdfs:
        seen = "read" if whole else "there, by size and first bytes; each is read when drawn"
        found[f"{counted(pdfs, 'PDF file')} {_are(pdfs)} {seen}"] = pdfs
    if words:
        seen = "looked through" if whole else "there, by size and first bytes"
        later = "each is printed and read when drawn"
        found[f"{counted(words, 'Word file')} {_are(words)} {seen}; {later}"] = words
    return found


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _try(unit_id: str, faults: list[str], step: Any, *arguments: Any) -> None:
    try:
        step(*arguments)
    except LetterError as error:
        faults += [f"letter {unit_id}, {fault}" for fault in error.faults]


def _from_pattern(
    names: FileNames, rest: str, unit_id: str, name: str, letter: dict[str, Any]
) -> None:
    """Give a letter the path that the pattern makes of its id, or finds with it."""
    if fault := fault_in_part(unit_id):
        raise LetterError(
            f"pdf: got the id {quoted(name)}, which cannot be a part of a file's name: {fault}; "
            "name its file in the contents, in the field pdf"
        )
    if "*" in rest:
        letter[PDF] = path_inside(names.folder, names.named(rest, unit_id))
        return
    path = path_inside(names.folder, rest.replace(UNIT, unit_id))
    if not path.exists() and (near := names.near(unit_id)):
        raise LetterError(f"pdf: {printable(str(path))}: not there; give the letter's file{near}")
    letter[PDF] = path


def _from_table(folder: Path, letter: dict[str, Any]) -> None:
    """Give a letter the path that its own row names."""
    letter[PDF] = path_inside(folder, letter[PDF])


def _parted(configuration: Configuration, period: Period) -> tuple[Path, str]:
    """The folder in which a pattern's files are, and what is made of an id below it."""
    pattern = str(configuration.existing)
    before = pattern.partition(UNIT)[0]
    folder, slash, _ = before.rpartition("/")
    return configuration.path(folder + slash, period), _with(pattern[len(folder + slash) :], period)


def _with(text: str, period: Period) -> str:
    return text.replace("{period}", str(period))


def folder_of(configuration: Configuration, period: Period) -> Path:
    """The folder of the files that a table names: the configured one, else that of the table."""
    if configuration.existing is not None and UNIT in configuration.existing:
        return _parted(configuration, period)[0]
    if configuration.existing is not None:
        return configuration.path(configuration.existing, period)
    return configuration.path(str(configuration.contents), period).parent
