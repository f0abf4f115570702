"""The folder that ceosample 0.1 left, and what can be asked of it: by 0.1 then, by us now."""

from __future__ import annotations

import datetime as dt
import importlib
import inspect
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from command import Ended, asked, time_told

FIXTURE = Path(__file__).parent / "golden" / "release-0.1"
FOLDER = FIXTURE / "ceosample-demo"
EXPECTED = FIXTURE / "expected"

POPULATION = "complaint-responses"
MONTHS = ("2026-10", "2026-11", "2026-12")
AS_OF = dt.datetime(2027, 2, 10, 12, tzinfo=dt.UTC)

#: What stands in answers in place of the folder's own path.
PLACE = "FOLDER"

#: The library as a user of 0.1 has it: by the names of 0.1, which types need not know any more.
cs: Any = importlib.import_module("ceosample")


def expected(name: str) -> Any:
    """What 0.1 said, by the name of the file."""
    return json.loads((EXPECTED / name).read_text("utf-8"))


def ask(arguments: Sequence[str], folder: Path, moment: dt.datetime) -> Ended:
    """Run the command in the folder at a moment, whenever that is by other clocks."""
    with time_told(lambda: moment):
        return asked(*arguments, folder=folder)


def json_of(ended: Ended, arguments: Sequence[str], folder: Path) -> Any:
    """The JSON that it printed, without the folder's path; None where it printed none."""
    if "--json" not in arguments or not ended.out.startswith(("{", "[")):
        return None
    return json.loads(ended.out.replace(str(folder), PLACE))


def from_python(folder: Path) -> dict[str, Any]:
    """What the library answers, by the public name that is asked."""
    with cs.Ledger.open(f"sqlite:///{folder / 'signoff.db'}", create=False) as ledger:
        events, checked = list(ledger.events()), ledger.check()
    packs = {month: folder / "packs" / month for month in MONTHS}
    board = cs.board_report(events, population=POPULATION, as_of=AS_OF, head=events[-1].hash)
    of_months = {month: [e for e in events if e.period == month] for month in MONTHS}
    return {
        "Ledger.check": checked.to_dict(),
        "Event": [event.hash for event in events],
        "signoff_coverage": {m: cs.signoff_coverage(e).to_dict() for m, e in of_months.items()},
        "metrics": cs.metrics(events, population=POPULATION, as_of=AS_OF).to_dict(),
        "board_report": board.to_dict(),
        "letters_table": cs.letters_table(events).to_dict(),
        "at_risk": cs.at_risk(events, as_of=AS_OF, within=30).to_dict(),
        "without_owner": cs.without_owner(events).to_dict(),
        "policy_summary": cs.policy_summary(events, AS_OF).to_dict(),
        "verify": {month: cs.verify(place).to_dict() for month, place in packs.items()},
        "Draw": {month: cs.Draw.load(place).to_dict() for month, place in packs.items()},
        "Pack": {month: _of_pack(cs.Pack.load(place)) for month, place in packs.items()},
    }


def _of_pack(pack: Any) -> dict[str, Any]:
    return {
        "digest": pack.digest,
        "registration": pack.registration,
        "letters": {letter.unit_id: letter.digest for letter in pack},
    }


def of_commands(command: click.Command) -> dict[str, Any]:
    """Every option and argument of a command, or of the commands below it."""
    if isinstance(command, click.Group):
        return {name: of_commands(one) for name, one in sorted(command.commands.items())}
    return {
        "options": sorted(o for p in command.params if isinstance(p, click.Option) for o in p.opts),
        "arguments": [p.name for p in command.params if isinstance(p, click.Argument)],
    }


def of_name(value: Any) -> dict[str, Any]:
    """What a public name offers: of a class its public attributes, and what each of them takes."""
    if not inspect.isclass(value):
        return {"takes": takes(value)}
    inherited = {name for base in (int, ValueError) for name in dir(base)}
    own = {name for name in dir(value) if not name.startswith("_")} - inherited
    own |= {field.alias for field in getattr(value, "__attrs_attrs__", ()) if field.init}
    return {
        "takes": [] if issubclass(value, int) else takes(value),
        "has": {name: takes(getattr(value, name, None)) for name in sorted(own)},
    }


def takes(value: Any) -> list[str]:
    """The names of what a function takes; nothing where it is none."""
    try:
        found = inspect.signature(value).parameters.values()
    except (TypeError, ValueError):
        return []
    return [f"**{p.name}" if p.kind is p.VAR_KEYWORD else p.name for p in found]
