"""Files of a month that the ledger knows by their digests and its folder does not hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import attrs

from ceosample import files
from ceosample.canonical import Json, digest, parse_json
from ceosample.configuration import Configuration
from ceosample.job.due import month_states
from ceosample.letters.papers import PACK
from ceosample.period import Period
from ceosample.result import Result
from ceosample.sampling.names import DRAW, EXCLUSIONS, MANIFEST
from ceosample.signoff.replay.valid_events import valid_events
from ceosample.signoff.store.events import Event


@attrs.frozen
class LostFiles(Result):
    """What one month lost.

    Attributes:
        period: the month.
        folder: its folder.
        names: the files that are not there, or are not what the ledger has.
        packs: the digests of packs that were sent and that no folder of the month holds whole.
    """

    period: str
    folder: Path
    names: tuple[str, ...]
    packs: tuple[str, ...]

    def __str__(self) -> str:
        what = [*self.names, *(f"the pack {pack[:8]}" for pack in self.packs)]
        return (
            f"{self.period}: lost {', '.join(what)} of {self.folder}; restore the backup, or "
            f"'ceosample rebuild {self.period}'"
        )

    def to_dict(self) -> dict[str, Json]:
        """For JSON, without the folder's path."""
        return {"period": self.period, "files": [*self.names], "packs": [*self.packs]}


def lost_files(configuration: Configuration, events: Iterable[Event]) -> list[LostFiles]:
    """What each month of a configuration's population lost, oldest first.

    A month that was superseded, or whose letters' texts were erased, may be in an archive. A month
    that a run was stopped in is finished by the next one, which writes its files.

    Args:
        configuration: the population, and where its months' folders are.
        events: the ledger's events.
    """
    told = [*events]
    by_month: dict[str, list[Event]] = {}
    for event in told:
        if event.population == configuration.population and event.period is not None:
            by_month.setdefault(event.period, []).append(event)
    found = []
    for period, newest in sorted(month_states(configuration, told).items()):
        if "frozen" in newest:
            lost = lost_of(configuration, period, newest, by_month[str(period)])
            if lost is not None:
                found.append(lost)
    return found


def lost_of(
    configuration: Configuration,
    period: Period,
    newest: Mapping[str, Event],
    events: Iterable[Event],
) -> LostFiles | None:
    """What a frozen month lost; None if all that the ledger knows is there.

    Args:
        configuration: where its folder is.
        period: the month.
        newest: its newest valid event of each kind.
        events: all its events.
    """
    folder = configuration.month_folder(period)
    names = [name for name, said in _record(newest).items() if _digest(folder / name) != said]
    packs = lost_packs(folder, events)
    if not names and not packs:
        return None
    return LostFiles(str(period), folder, tuple(names), tuple(packs))


def lost_packs(folder: Path, events: Iterable[Event]) -> list[str]:
    """The digests of packs that were sent and that no folder of the month holds whole."""
    there = {pack for pack, place in pack_folders(folder).items() if _is_whole(place)}
    return [pack for pack in packs_sent(events) if pack not in there]


def packs_sent(events: Iterable[Event]) -> dict[str, list[Event]]:
    """The packs of a month's draw that were sent, each with the events that sent its letters.

    A pack with a letter whose texts were erased is not among them: it may be gone on purpose.
    """
    told = [*events]
    since = max((e.sequence for e in told if e.kind == "superseded"), default=0)
    erased = {event.unit_id for event in told if event.kind == "forgotten"}
    found: dict[str, list[Event]] = {}
    for event in valid_events(told):
        if event.kind == "sent_for_signature" and event.sequence > since:
            found.setdefault(event.payload["pack"], []).append(event)
    return {
        pack: sent
        for pack, sent in found.items()
        if erased.isdisjoint(event.unit_id for event in sent)
    }


def pack_folders(folder: Path) -> dict[str, Path]:
    """The packs in a month's folder and those of its reworks, whole or not, by their digests."""
    places = (folder, *sorted(folder.glob("rework-*")))
    found = {_digest(place / PACK): place for place in places}
    return {pack: place for pack, place in found.items() if pack is not None}


def _is_whole(place: Path) -> bool:
    """Whether each file that a pack names is there; ``verify`` compares what they hold."""
    pack = parse_json(files.read(place / PACK))
    names = pack["files"] if isinstance(pack, dict) and isinstance(pack["files"], dict) else {}
    return all((place / name).is_file() for name in names)


def _record(newest: Mapping[str, Event]) -> dict[str, str]:
    """The files of the public record, each with its digest in the ledger."""
    frozen = newest["frozen"].payload
    said = {MANIFEST: frozen["manifest"], EXCLUSIONS: frozen["excluded"]}
    if "drawn" in newest:
        said[DRAW] = newest["drawn"].payload["draw"]
    return said


def _digest(path: Path) -> str | None:
    data = files.read_if_there(path)
    return None if data is None else digest(data)
