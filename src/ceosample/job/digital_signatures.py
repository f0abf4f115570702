"""A month's digital signatures from a configuration: letters signed, and signed files recorded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from ceosample import files
from ceosample.errors import ConfigurationError, RecordError, SignatureError, raise_faults
from ceosample.job import Month
from ceosample.letters.papers import PACK
from ceosample.letters.papers.pack import Pack
from ceosample.letters.signatures.sign import Consent, sign_letters
from ceosample.letters.signatures.signing_key import SigningKey
from ceosample.letters.signatures.validate import SignedReport, check_signed
from ceosample.signoff.intake.decisions import Decision, Decisions
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.replay.history import History
from ceosample.signoff.store.events import Event
from ceosample.text import printable, quoted

#: The folder beside a pack's letters that holds the signed ones.
SIGNED: Final = "signed"

#: The states in which a letter waits for a signature, and who gives it.
_WAITING: Final = ("sent_for_signature", "viewed", "delegated")


def sign(
    month: Month,
    ledger: Ledger,
    key: SigningKey,
    unit_ids: Sequence[str] = (),
    *,
    image: bytes | None = None,
    consent: Mapping[str, Consent] | None = None,
) -> list[Path]:
    """Sign a month's letters that wait for this key's holder, and return the files written.

    Letters signed before stay as they are.

    Args:
        month: the month, and the time that the signatures claim.
        ledger: the ledger, which knows which letters wait for whom.
        key: the holder's key, whose certificate the configuration lists.
        unit_ids: the letters to sign; None for all that wait.
        image, consent: the arguments of ``sign_letters`` with these names.

    Returns:
        The files that were written, ``signed/NAME.pdf`` next to each pack.

    Raises:
        SignatureError: a letter in ``unit_ids`` does not wait for this person, or cannot be signed;
            nothing is written then.
        ConfigurationError: the configuration does not list this certificate for one person.
    """
    if month.configuration.is_reading:
        raise SignatureError(
            f"{month.words}: its units are readings, which nobody signs; record them as 'read'"
        )
    person = _person_of(month, key)
    _require_waiting(month, ledger, unit_ids, person)
    signed: dict[Path, bytes] = {}
    with files.locked(month.folder, for_group=month.configuration.for_group):
        for folder, pack in _packs(month):
            waiting = [
                unit_id
                for unit_id in _waiting(ledger, month, pack, person, unit_ids)
                if files.read_if_there(_place(folder, pack, unit_id)) is None
            ]
            if waiting:
                made = sign_letters(
                    pack,
                    key,
                    at=month.at,
                    unit_ids=waiting,
                    image=image,
                    consent=consent,
                    fonts=_fonts(month),
                )
                signed |= {_place(folder, pack, unit_id): pdf for unit_id, pdf in made.items()}
        for path, pdf in signed.items():
            files.write_whole(path, pdf)
    return list(signed)


def _require_waiting(month: Month, ledger: Ledger, unit_ids: Sequence[str], person: str) -> None:
    histories = [ledger.history(unit_id, **month.subject) for unit_id in unit_ids]
    raise_faults(
        SignatureError,
        (
            f"letter {history.subject.unit_id}: is {history.state}, and does not wait for "
            f"{quoted(person)}; remove it from the letters to sign"
            for history in histories
            if not _waits_for(history, person)
        ),
    )


def take(
    month: Month, ledger: Ledger, folder: Path, *, clock_ahead: dt.timedelta | None = None
) -> tuple[Event, ...]:
    """Check every PDF of a folder and record who signed which letter: all of them, or none.

    Args:
        month: the month, and the moment of the check.
        ledger: the ledger; a second time changes nothing.
        folder: the folder of the signed files, whatever their names.
        clock_ahead: how far the signers' clock was ahead; None where it was right.

    Raises:
        SignatureError: each file that is refused, with the reason; none is recorded then.
        LedgerError: each letter that cannot be signed now, or not by that person.
        ConfigurationError: the configuration has no roots or no certificates.
    """
    roots, people = _trusted(month)
    packs = [pack for _, pack in _packs(month)]
    decisions: list[Decision] = []
    faults: list[str] = []
    for path in _pdfs(folder):
        report = _best(
            check_signed(files.read(path), pack, roots=roots, people=people, at=month.at)
            for pack in packs
        )
        if report.ok:
            decisions.append(_decision(path.name, report, month))
        else:
            faults.append(f"{printable(path.name)}: {_of_letter(report)}{report.reason}")
    raise_faults(SignatureError, faults)
    return ledger.record_all(Decisions(tuple(decisions)), clock_ahead=clock_ahead)


def _of_letter(report: SignedReport) -> str:
    return "" if report.unit_id is None else f"letter {report.unit_id}: "


def _decision(name: str, report: SignedReport, month: Month) -> Decision:
    """The decision to record about a file that was accepted."""
    if report.unit_id is None or report.person is None or report.at is None:
        raise SignatureError(f"{name}: accepted without a signer")  # a report that is ok has one
    what = {
        "letter": report.letter,
        "file": report.file,
        "certificate": report.certificate,
        "image": report.image,
    }
    return Decision(
        where=name,
        unit_id=report.unit_id,
        kind="signed" if report.in_person else "signed_by_deputy",
        by=report.person,
        at=min(report.at, month.at),  # the signer's clock may be ahead of ours
        population=month.configuration.population,
        period=str(month.period),
        code=None,
        what={field: value for field, value in what.items() if value is not None},
    )


def _best(reports: Iterable[SignedReport]) -> SignedReport:
    """The report on the pack whose letter it is, or the one that came furthest."""
    return max(reports, key=lambda report: report.level)


def _pdfs(folder: Path) -> list[Path]:
    found = [folder / name for name in files.names(folder) if name.lower().endswith(".pdf")]
    if not found:
        raise RecordError(f"{folder}: got a folder without a PDF; give that of the signed letters")
    return found


def _packs(month: Month) -> Iterator[tuple[Path, Pack]]:
    """The month's packs with their folders: the first, and each that was rendered again."""
    yield month.folder, Pack.load(month.folder)
    number = 1
    while files.read_if_there((folder := month.folder / f"rework-{number}") / PACK) is not None:
        yield folder, Pack.load(folder)
        number += 1


def _waiting(
    ledger: Ledger, month: Month, pack: Pack, person: str, unit_ids: Sequence[str]
) -> Iterator[str]:
    """The letters of a pack that are the newest of their kind and wait for this person."""
    for letter in pack:
        if unit_ids and letter.unit_id not in unit_ids:
            continue
        history = ledger.history(letter.unit_id, **month.subject)
        if history.letter == letter.digest and _waits_for(history, person):
            yield letter.unit_id


def _waits_for(history: History, person: str) -> bool:
    newest = history.events[-1]
    if history.state not in _WAITING:
        return False
    if history.state == "delegated":
        return bool(newest.payload["to"] == person)
    return bool(history.signatory == person)


def _place(folder: Path, pack: Pack, unit_id: str) -> Path:
    return folder / SIGNED / f"{pack[unit_id].name}.pdf"


def _fonts(month: Month) -> Path | None:
    fonts = month.configuration.fonts
    return None if fonts is None else month.configuration.home / fonts


def _trusted(month: Month) -> tuple[list[bytes], Mapping[str, Sequence[str]]]:
    """The roots, and who has which certificate, as the configuration says."""
    said = month.configuration.signatures
    if not said.get("roots") or not said.get("certificates"):
        raise ConfigurationError(
            "signatures: no roots, or no certificates; give both in the table [signatures]"
        )
    home = month.configuration.home
    return [files.read(home / path) for path in said["roots"]], said["certificates"]


def _person_of(month: Month, key: SigningKey) -> str:
    _, people = _trusted(month)
    found = [person for person, theirs in people.items() if key.certificate in theirs]
    if len(found) != 1:
        raise ConfigurationError(
            f"signatures.certificates: got {key.certificate} ({key.subject}), which is listed for "
            f"{' and '.join(map(quoted, found)) or 'no person'}; list it for the one who holds it"
        )
    return found[0]
