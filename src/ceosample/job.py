"""One month from a configuration: freeze, wait for the seed, draw, render, send.

Every step can be taken twice, so a run that was stopped anywhere is finished by the next one, and
a run of a finished month changes nothing.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import attrs

from ceosample import files
from ceosample.canonical import Json
from ceosample.configuration import Configuration
from ceosample.errors import ConflictError, LetterError, RecordError, raise_all
from ceosample.letters.pack import PACK, Pack, render
from ceosample.sampling.commitment import commit
from ceosample.sampling.draw import Draw, draw
from ceosample.sampling.frame import EXCLUSIONS, MANIFEST, Frame
from ceosample.sampling.seed import Seed
from ceosample.signoff.events import Event
from ceosample.signoff.ledger import Ledger
from ceosample.text import shown

#: Who the ledger says did it, where the job did.
SAMPLER: Final = "sampling"
OFFICE: Final = "executive office"

#: The steps, in order, as progress names them.
STEPS: Final = ("frame", "freeze", "seed", "draw", "render", "send")


@attrs.frozen
class Outcome:
    """How far a month's run came.

    Attributes:
        state: ``waiting`` for the seed, ``sent`` to the signatory by this run, or ``done`` before.
        population, period: which month.
        commitment: the digest that was frozen.
        frozen: the hash of the event that froze it, to be printed and dated before the roll.
        folder: where the month's files are.
        draw: the draw's digest; None while waiting.
        registration: the hash of the event that registered it; None while waiting.
        pack: the pack's digest; None while waiting.
        letters: how many letters were drawn; None while waiting.
    """

    state: str
    population: str
    period: str
    commitment: str
    frozen: str
    folder: Path
    draw: str | None = None
    registration: str | None = None
    pack: str | None = None
    letters: int | None = None

    def to_dict(self) -> dict[str, Json]:
        """For JSON."""
        fields: dict[str, Json] = {**attrs.asdict(self), "folder": str(self.folder)}
        return fields


@attrs.frozen
class Month:
    """A month that a run works on.

    Attributes:
        configuration: what to do.
        period: the ISO month.
        at: when this run happens, which its events claim; aware.
        control_total: the independent register's count, or None.
        refreeze: whether a frame that is frozen already may be frozen anew from the source.
    """

    configuration: Configuration
    period: str
    at: dt.datetime
    control_total: int | None = None
    refreeze: bool = False

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return self.configuration.month_folder(self.period)


def run(
    month: Month,
    ledger: Ledger,
    *,
    seed: Seed | None = None,
    progress: Callable[[str], None] = lambda step: None,
) -> Outcome:
    """Take a month as far as it can be taken now.

    Args:
        month: which, and how.
        ledger: where it is written down.
        seed: the seed, if it is there by now; one that the ledger has already need not be given.
        progress: called with the name of each step before it.

    Raises:
        CeosampleError: whatever a step finds wrong; what was done before it stays done.
    """
    configuration = month.configuration
    progress("frame")
    frozen = _event(ledger, month, "frozen")
    frame = _frame(month, frozen)
    progress("freeze")
    frozen = ledger.freeze(
        frame,
        configuration.plan,
        seed_source=configuration.seed_source,
        by=SAMPLER,
        at=month.at,
    )
    outcome = Outcome(
        state="waiting",
        population=configuration.population,
        period=month.period,
        commitment=frozen.payload["commitment"],
        frozen=frozen.hash,
        folder=month.folder,
    )
    progress("seed")
    revealed = _event(ledger, month, "seed_revealed")
    if seed is None and revealed is None:
        return outcome
    seed = seed or Seed.from_dict(revealed.payload if revealed else {})
    # On record before anybody can see what it draws, so that no other can be tried.
    ledger.reveal(
        seed, population=configuration.population, period=month.period, by=SAMPLER, at=month.at
    )
    progress("draw")
    drawn = draw(frame, configuration.plan, seed)
    drawn.save(month.folder)
    registration = ledger.register(drawn, by=SAMPLER, at=month.at)
    progress("render")
    pack = _pack(month, drawn, registration)
    progress("send")
    before = ledger.head
    ledger.send(pack, by=OFFICE, at=month.at)
    return attrs.evolve(
        outcome,
        state="done" if ledger.head == before else "sent",
        draw=drawn.digest,
        registration=registration.hash,
        pack=pack.digest,
        letters=len(pack),
    )


def read_contents(path: Path, unit_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The contents of these letters alone from a file of JSON lines; the others are passed over.

    Raises:
        LetterError: the file is not there, or a line cannot be read, or a letter stands twice.
    """
    wanted = set(unit_ids)
    found: dict[str, dict[str, Any]] = {}
    faults: list[str] = []
    try:
        with files.open_text(path) as lines:
            for number, line in enumerate(lines, 1):
                _take_line(line, f"{path.name}, line {number}", wanted, found, faults)
    except FileNotFoundError:
        raise LetterError(f"{path}: not there; it holds the letters' contents") from None
    except UnicodeDecodeError as error:
        raise LetterError(f"{path}: not UTF-8 ({error.reason}); save it as UTF-8") from None
    raise_all(LetterError, faults)
    return found


def _take_line(
    line: str,
    where: str,
    wanted: set[str],
    found: dict[str, dict[str, Any]],
    faults: list[str],
) -> None:
    if not line.strip():
        return
    try:
        fields = json.loads(line)
        unit_id = str(fields.pop("unit_id"))
    except (ValueError, KeyError, AttributeError, RecursionError):
        faults.append(f'{where}: not a JSON object with a "unit_id"')
        return
    if unit_id not in wanted:
        return
    if unit_id in found:
        faults.append(f"{where}: the letter {shown(unit_id)} stands in the file already")
    found[unit_id] = fields


def _event(ledger: Ledger, month: Month, kind: str) -> Event | None:
    """The newest event of a kind that is about the month as a whole."""
    newest = None
    for event in ledger.events(population=month.configuration.population, period=month.period):
        if event.kind == kind:
            newest = event
    return newest


def _frame(month: Month, frozen: Event | None) -> Frame:
    """The frozen frame from the month's folder, or a new one from the source."""
    if frozen is not None and not month.refreeze:
        return _frozen_frame(month, frozen)
    configuration = month.configuration
    frame = Frame.from_csv(
        configuration.path(configuration.csv, month.period),
        population=configuration.population,
        period=month.period,
        unit_id=configuration.unit_id,
        strata=configuration.variables,
        exclusion=configuration.exclusion,
        missing=configuration.missing,
        control_total=month.control_total,
    )
    # Refused here, a plan that is impossible leaves the files of an earlier freeze as they were.
    commit(frame, configuration.plan, seed_source=configuration.seed_source)
    files.write_whole(month.folder / MANIFEST, b"".join(frame.manifest()))
    files.write_whole(month.folder / EXCLUSIONS, b"".join(frame.excluded()))
    return frame


def _frozen_frame(month: Month, frozen: Event) -> Frame:
    """The frame as it was frozen: the source may have changed since, and no longer counts."""
    frame = Frame.from_manifest(
        files.read(month.folder / MANIFEST),
        files.read(month.folder / EXCLUSIONS),
        population=month.configuration.population,
        period=month.period,
        control_total=frozen.payload["control_total"],
    )
    configuration = month.configuration
    now = commit(frame, configuration.plan, seed_source=configuration.seed_source).to_dict()
    differing = [name for name, value in now.items() if frozen.payload[name] != value]
    if differing:
        raise ConflictError(
            f"{configuration.population}, {month.period}: {' and '.join(differing)} changed since "
            f"the freeze (event {frozen.sequence}); put it back, or freeze anew with --refreeze "
            "while there is no seed"
        )
    return frame


def _pack(month: Month, drawn: Draw, registration: Event) -> Pack:
    """The pack that the folder holds, or a new one."""
    if files.read_if_there(month.folder / PACK) is not None:
        pack = Pack.load(month.folder)
        if (pack.draw, pack.registration) != (drawn.digest, registration.hash):
            raise ConflictError(
                f"{month.folder / PACK}: is of another draw or registration; move it away"
            )
        return pack
    configuration = month.configuration
    contents = configuration.path(configuration.contents, month.period)
    fonts = configuration.fonts
    pack = render(
        drawn,
        lambda unit_ids: read_contents(contents, unit_ids),
        signatory=configuration.signatory,
        date=month.at.date(),
        head=registration.hash,
        letterhead=configuration.letterhead,
        template=_template(configuration),
        pdf=configuration.pdf,
        fonts=None if fonts is None else configuration.home / fonts,
    )
    pack.save(month.folder)
    return pack


def _template(configuration: Configuration) -> str | None:
    if configuration.template is None:
        return None
    path = configuration.home / configuration.template
    try:
        return files.read(path).decode()
    except (RecordError, UnicodeDecodeError):
        raise LetterError(f"{path}: not there, or not UTF-8; it is the letters' template") from None
