"""A month's letters as drafts of mail, and as Word files for editing, and back.

Nothing here sends a letter or records anything; the ledger tells which version counts.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import attrs

from ceosample import files
from ceosample.canonical import digest
from ceosample.configuration import Configuration
from ceosample.configuration.keys import WITH_SLIP
from ceosample.encoded import fault_of_bytes
from ceosample.errors import LedgerError, LetterError, RecordError, raise_faults
from ceosample.job import Month
from ceosample.job.digital_signatures import SIGNED
from ceosample.job.sources.existing_files import contents_of
from ceosample.letters.existing_letters import require_new
from ceosample.letters.letter import Letter
from ceosample.letters.mail import mail_drafts
from ceosample.letters.papers import PACK
from ceosample.letters.papers.logo import LOGO
from ceosample.letters.papers.pack import Pack
from ceosample.letters.word.edit import Body, edited_body, fits_template, word_file
from ceosample.period import Period
from ceosample.sampling.blinding.salts import load
from ceosample.signoff.intake.decisions import Decisions
from ceosample.signoff.intake.decisions_csv import PATH
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.replay.history import History
from ceosample.spreadsheet import separated, unguarded

#: States in which a letter is signed and has not gone out.
MAY_GO_OUT: Final = ("signed", "signed_by_deputy")

#: The event of a signed letter that went out.
DISPATCHED: Final = "dispatched"

#: The columns of a list for posting, which ``ceosample record dispatched --from`` takes as it is.
TO_POST: Final = ("unit_id", "period", "code", PATH)

#: The columns of a file of addresses; others are passed over.
COLUMNS: Final = ("unit_id", "address")


def mail(
    month: Month,
    ledger: Ledger,
    addresses: Path,
    unit_ids: Sequence[str] = (),
    *,
    sender: str,
    name: str = "",
    pdf: bool = False,
    inline: bool = False,
) -> dict[str, bytes]:
    """Drafts of mail for a month's signed letters, each in the version that was signed.

    Args:
        month: the month.
        ledger: the ledger, which knows what was signed.
        addresses: a CSV file with the columns ``unit_id`` and ``address``; where ids are blinded,
            ``unit_id`` may be the firm's number.
        unit_ids: the letters; None for all that are signed and have not gone out.
        sender, name, pdf, inline: the arguments of ``mail_drafts`` with these names.

    Raises:
        LedgerError: every letter that is not signed, or has gone out.
        LetterError: an address that is missing or cannot be used.
        RecordError: the month's folder does not hold the version that was signed.
    """
    wanted = unit_ids or [
        history.subject.unit_id
        for history in _histories(month, ledger)
        if history.state in MAY_GO_OUT
    ]
    signed = _signed(month, ledger, wanted)
    salts = month.configuration.source.salts
    numbers = {} if salts is None else load(month.configuration.home / salts).numbers_of(wanted)
    found = read_addresses(addresses, wanted, numbers)
    drafts: dict[str, bytes] = {}
    faults: list[str] = []
    for pack, ids, _ in _by_pack(month, signed):
        try:
            drafts |= mail_drafts(
                pack,
                {unit_id: found[unit_id] for unit_id in ids},
                sender=sender,
                name=name,
                pdf=pdf,
                with_slip=month.configuration.posted == WITH_SLIP,
                inline=inline,
                zone=ledger.zone(**month.subject) or month.configuration.zone,
            )
        except LetterError as error:
            faults += error.faults
    raise_faults(LetterError, dict.fromkeys(faults))
    return drafts


def word(month: Month, ledger: Ledger, unit_ids: Sequence[str]) -> dict[str, bytes]:
    """Word files of the newest versions of these letters, for editing.

    Raises:
        LedgerError: a letter that was not drawn or not rendered.
        LetterError: a letter that cannot be edited in Word, or a template that cannot be used.
        RecordError: the month's folder does not hold the newest version.
    """
    newest = {unit_id: _newest(month, ledger, unit_id) for unit_id in dict.fromkeys(unit_ids)}
    made: dict[str, bytes] = {}
    for pack, ids, _ in _by_pack(month, newest):
        for unit_id in ids:
            letter = pack[unit_id]
            require_new(letter)
            version = letter.fields["version"]
            stem = letter.name.partition("-")[2]
            made[f"{stem}-version-{version}.docx"] = word_file(
                letter,
                **_template(month, ledger, letter),
                logo=pack.rendered.get(LOGO) if letter.fields.get("logo") else None,
            )
    return made


def body_from_word(month: Month, ledger: Ledger, unit_id: str, path: Path) -> Body:
    """The edited body of a letter's newest version, for ``job.render_again``.

    Raises:
        LedgerError, LetterError, RecordError: for the reasons of :func:`word` and ``edited_body``.
    """
    ((pack, _, _),) = _by_pack(month, {unit_id: _newest(month, ledger, unit_id)})
    letter = pack[unit_id]
    require_new(letter)
    data = files.read_if_there(path)
    if data is None:
        raise LetterError(f"{path}: not there; give the path of the edited letter")
    return edited_body(data, letter, **_template(month, ledger, letter))


def posted_file(
    configuration: Configuration, history: History, given: Mapping[str, Any]
) -> dict[str, str]:
    """What ``dispatched`` says next to the letter's digest: the file, where the slip is posted too.

    Args:
        configuration: says what is posted of letters that exist already.
        history: the letter's, which says what was signed, and whether digitally.
        given: the fields of the event; a ``file`` among them stays.

    Returns:
        ``file`` and its SHA-256, or nothing where the letter alone is posted.
    """
    signed = history.standing(*MAY_GO_OUT)
    said = {"letter": history.letter} if signed is None else signed.payload
    if configuration.posted != WITH_SLIP or given.get("file") is not None:
        return {}
    for pack, _ in _packs(configuration.month_folder(Period.parse(history.subject.period))):
        for letter in pack:
            if letter.existing is None or letter.unit_id != history.subject.unit_id:
                continue
            if letter.digest == said["letter"]:
                file = said.get("file", pack.fields["files"].get(letter.signing_pdf))
                return {} if file is None else {"file": str(file)}
    return {}


def with_posted_files(
    configuration: Configuration, ledger: Ledger, decisions: Decisions
) -> Decisions:
    """The decisions, where each letter that went out names the file that was posted."""
    found = []
    for one in decisions.decisions:
        if one.kind == DISPATCHED and configuration.posted == WITH_SLIP:
            month = {"population": one.population, "period": one.period}
            history = ledger.history(one.unit_id, **month)
            more = {}
            if history.subject.population == configuration.population:
                more = posted_file(configuration, history, one.what)
            one = attrs.evolve(one, what={**one.what, **more})
        found.append(one)
    return attrs.evolve(decisions, decisions=tuple(found))


def to_post(
    configuration: Configuration, histories: Iterable[History], at: dt.datetime
) -> list[tuple[str, str, str, str]]:
    """A row with ``TO_POST`` for each letter that is signed and has not gone out.

    Args:
        configuration: says where the packs are, and what is posted of letters that exist already.
        histories: those of the letters of any months.
        at: the moment of the list.

    Raises:
        RecordError: a month's folder does not hold the version that was signed.
    """
    signed: dict[Period, dict[str, Mapping[str, Any]]] = {}
    for history in histories:
        event = history.standing(*MAY_GO_OUT)
        if history.state in MAY_GO_OUT and event is not None:
            month = signed.setdefault(Period.parse(history.subject.period), {})
            month[history.subject.unit_id] = event.payload
    rows = []
    for period, said in sorted(signed.items()):
        wanted = {unit_id: str(payload["letter"]) for unit_id, payload in said.items()}
        for pack, ids, folder in _by_pack(Month(configuration, period, at), wanted):
            for unit_id in ids:
                letter = pack[unit_id]
                path = _posted_path(configuration, folder, pack, letter, said[unit_id])
                rows.append((unit_id, str(period), letter.code, path))
    return rows


def _posted_path(
    configuration: Configuration, folder: Path, pack: Pack, letter: Letter, said: Mapping[str, Any]
) -> str:
    """The file that is posted of a letter, from the configuration's folder.

    It is the pack's page where there is no PDF, and nothing where a file that was signed digitally
    lies elsewhere.
    """
    alone = letter.existing is not None and configuration.posted != WITH_SLIP
    name = letter.pdf if alone else letter.signing_pdf
    path = folder / (name if name in pack.rendered else "pack.html")
    if "file" in said and not alone:
        path = folder / SIGNED / f"{letter.name}.pdf"
        data = files.read_if_there(path)
        if data is None or digest(data) != said["file"]:
            return ""
    home = configuration.home
    return (path.relative_to(home) if path.is_relative_to(home) else path).as_posix()


def read_addresses(
    path: Path, unit_ids: Sequence[str], numbers: Mapping[str, str] = MappingProxyType({})
) -> dict[str, str]:
    """The addresses of these letters alone; the file's other rows are ignored.

    Args:
        path: the file.
        unit_ids: the letters.
        numbers: blinded ids to the firm's numbers, by which a row may go.

    Raises:
        LetterError: the file cannot be read, or a letter has no row or several. No address is
            quoted.
    """
    wanted = set(unit_ids)
    ids = {number: unit_id for unit_id, number in numbers.items()}
    found: dict[str, str] = {}
    faults: list[str] = []
    for number, address in _addresses(path):
        unit_id = ids.get(number, number)
        if unit_id not in wanted:
            continue
        if unit_id in found:
            faults.append(f"letter {unit_id}: appears twice in {path.name}; remove one row")
        found[unit_id] = address
    faults += [
        f"letter {unit_id}: no address in {path.name}; add its row"
        for unit_id in unit_ids
        if unit_id not in found
    ]
    raise_faults(LetterError, faults)
    return found


def _addresses(path: Path) -> Iterator[tuple[str, str]]:
    """The id and the address of each row."""
    try:
        with files.open_text(path) as lines:
            _, rows = separated(lines, COLUMNS)
            header = next(rows, [])
            missing = [name for name in COLUMNS if name not in header]
            if missing:
                raise LetterError(
                    f"{path}: no column {' and '.join(missing)}; name the columns in the first line"
                )
            for cells in rows:
                row = dict(zip(header, cells, strict=False))
                yield unguarded(row.get("unit_id", "")), row.get("address", "")
    except FileNotFoundError:
        raise LetterError(f"{path}: not there; give the path of the letters' addresses") from None
    except UnicodeError as error:  # of UTF-16, too: a file of an odd number of bytes
        said = fault_of_bytes(lambda: files.open_unpacked(path), None, can_be_named=False)
        raise LetterError(f"{path}: {said or f'cannot be read ({error.args[-1]})'}") from None
    except csv.Error as error:
        raise LetterError(f"{path}: not CSV ({error}); save it again") from None


def _histories(month: Month, ledger: Ledger) -> list[History]:
    """The month's letters, in the order of its packs."""
    ids = dict.fromkeys(letter.unit_id for pack, _ in _packs(month.folder) for letter in pack)
    return [ledger.history(unit_id, **month.subject) for unit_id in ids]


def _signed(month: Month, ledger: Ledger, unit_ids: Sequence[str]) -> dict[str, str]:
    """The digests that were signed."""
    signed: dict[str, str] = {}
    faults: list[str] = []
    for unit_id in dict.fromkeys(unit_ids):
        history = ledger.history(unit_id, **month.subject)
        event = history.standing(*MAY_GO_OUT)
        if history.state not in MAY_GO_OUT or event is None:
            faults.append(
                f"letter {unit_id}: is {history.state}; draft only letters that are signed and "
                "have not gone out"
            )
        else:
            signed[unit_id] = str(event.payload["letter"])
    raise_faults(LedgerError, faults)
    return signed


def _newest(month: Month, ledger: Ledger, unit_id: str) -> str:
    digest = ledger.history(unit_id, **month.subject).letter
    if digest is None:
        raise LedgerError(f"letter {unit_id}: was not rendered yet; render it before you edit it")
    return digest


def _packs(folder: Path) -> Iterator[tuple[Pack, Path]]:
    """The pack of a month's folder, and those of its reworked letters, each with its folder."""
    yield Pack.load(folder), folder
    number = 1
    while files.read_if_there((place := folder / f"rework-{number}") / PACK) is not None:
        yield Pack.load(place), place
        number += 1


def _by_pack(month: Month, wanted: Mapping[str, str]) -> list[tuple[Pack, list[str], Path]]:
    """For each pack the letters that it has in the wanted version, and its folder.

    Raises:
        RecordError: no pack has one of them.
    """
    found: dict[str, None] = {}
    packs: list[tuple[Pack, list[str], Path]] = []
    for pack, folder in _packs(month.folder):
        ids = [
            letter.unit_id
            for letter in pack
            if wanted.get(letter.unit_id) == letter.digest and letter.unit_id not in found
        ]
        found |= dict.fromkeys(ids)
        if ids:
            packs.append((pack, ids, folder))
    raise_faults(
        RecordError,
        (
            f"letter {unit_id}: no pack in {month.folder} has the version {digest}; restore it"
            for unit_id, digest in wanted.items()
            if unit_id not in found
        ),
    )
    return packs


def _template(month: Month, ledger: Ledger, letter: Letter) -> dict[str, Any]:
    """The configured Word template with the letter's fields; nothing where there is none.

    A ready letter is edited in Word's own styles: it has headings and marked elements.
    """
    configuration = month.configuration
    if configuration.word is None or not fits_template(letter):
        return {}
    path = configuration.home / configuration.word
    template = files.read_if_there(path)
    if template is None:
        raise LetterError(f"{path}: not there; give the path of the Word template in letters.word")
    found = contents_of(configuration, month.period, [letter.unit_id])
    fields = found.get(letter.unit_id, {})
    zone = ledger.zone(**month.subject) or configuration.zone
    return {"template": template, "fields": fields.get("letter", {}), "zone": zone}
