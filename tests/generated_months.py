"""Months of every kind by a number, and what is done to them, for other implementations.

The same number gives the same month on every machine: Python's ``random.Random`` keeps the stream
of ``random()`` for a seed, and nothing else of it is used here.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Sequence
from typing import Any

from ceosample import Draw, Frame, Plan, Rotation, Seed, draw
from ceosample.canonical import canonical_file, netstring
from ceosample.errors import CeosampleError

#: Ids and strata are made of these: what CSV and JSON quote, and both sides of U+FFFF.
SYLLABLES = [
    "A",
    "b",
    "7",
    "-",
    ",",
    '"',
    "\\",
    "/",
    "é",
    "ŵ",
    "ﬂ",
    "\U0001f600",
    "字",
    "%",
    "'",
    "&",
]
DIVISIONS = [
    "Cards",
    "Loans",
    "Savings, old",
    'The "first"',
    "Zürich",
    "\U0001d538",
    "ﬀ",
    "a/b",
    "Mortgages",
]
REASONS = ["duplicate", "in-progress", "out-of-scope"]
POPULATION = "complaint-responses"


class Chance:
    """Choices that follow from a number."""

    def __init__(self, number: int) -> None:
        self._random = random.Random(number).random

    def below(self, end: int) -> int:
        return int(self._random() * end)

    def one(self, of: Sequence[Any]) -> Any:
        return of[self.below(len(of))]

    def some(self, of: Sequence[Any]) -> list[Any]:
        return [each for each in of if self._random() < 0.5]

    def digits(self, count: int) -> str:
        return "".join(str(self.below(10)) for _ in range(count))


def generated(number: int) -> dict[str, bytes]:
    """The public record of a month: name and bytes of each file."""
    for trial in range(1000):  # some plans cannot be carried out on some frames
        chance = Chance(number * 1000 + trial)
        try:
            return _drawn(chance).files()
        except CeosampleError:
            continue
    raise AssertionError(number)


def _drawn(chance: Chance) -> Draw:
    variables = chance.one([[], ["division"], ["division"], ["division", "amount"]])
    cuts = {"amount": ["100", "1000.5"]} if "amount" in variables and chance.below(2) else None
    plan = _plan(chance, variables, cuts)
    if "rotation" in plan or plan.get("allocation") == "waiting":
        earlier: list[Draw] = []
        for month in range(1, 1 + chance.below(4)):
            frame = _frame(chance, variables, f"2026-{month:02}")
            earlier.append(draw(frame, Plan(**plan), _seed(chance), earlier=earlier))
        frame = _frame(chance, variables, f"2026-{len(earlier) + 1:02}")
        return draw(frame, Plan(**plan), _seed(chance), earlier=earlier)
    return draw(_frame(chance, variables, "2026-10"), Plan(**plan), _seed(chance))


def _frame(chance: Chance, variables: Sequence[str], period: str) -> Frame:
    ids: set[str] = set()
    while len(ids) < 5 + chance.below(60):
        ids.add("R" + "".join(chance.one(SYLLABLES) for _ in range(1 + chance.below(6))))
    divisions = DIVISIONS[: 1 + chance.below(len(DIVISIONS))]
    rows = [
        {
            "id": unit_id,
            "division": chance.one(divisions),
            "amount": chance.one(["5", "100", "99.99", "1000.5", "20000"]),
            "content": hashlib.sha256(unit_id.encode()).hexdigest(),
            "why": chance.one(["", "", "", *REASONS]),
        }
        for unit_id in sorted(ids)
    ]
    return Frame.from_records(
        rows, population=POPULATION, period=period, unit_id="id", strata=variables,
        exclusion="why", control_total=chance.one([None, len(rows)]),
        content=chance.one([None, "content"]),
    )  # fmt: skip


def _plan(
    chance: Chance, variables: Sequence[str], cuts: dict[str, list[str]] | None
) -> dict[str, Any]:
    plan: dict[str, Any] = {"size": 1 + chance.below(14), "reserves": chance.below(4)}
    kind = chance.one(
        ["proportional", "proportional", "equal", "power", "srs", "rotation", "waiting", "mapping"]
    )
    if kind == "rotation":
        plan |= {"rotation": Rotation(1 + chance.below(6), "2026-01")}
    elif kind == "mapping" and variables == ["division"]:
        plan["allocation"] = {(name,): 1 + chance.below(2) for name in DIVISIONS[:2]}
        plan["size"] = sum(plan["allocation"].values())
    elif kind == "power":
        plan |= {"allocation": "power", "power": "1/2"}
    elif kind != "mapping":
        plan["allocation"] = kind
    if kind not in ("srs", "rotation", "waiting", "mapping"):
        plan |= chance.one([{}, {"minimum": chance.below(3)}, {"cap": 1 + chance.below(4)}])
    if variables == ["division"]:
        plan["take_all"] = chance.one([[], [], [chance.one(DIVISIONS)]])
        if kind != "mapping":
            plan |= chance.one([{}, {"merge_below": 1 + chance.below(6), "into": "Others"}])
    if cuts:
        plan["cuts"] = cuts
    return plan


def _seed(chance: Chance) -> Seed:
    kind, dice = chance.below(4), chance.digits(20 + chance.below(5))
    if kind < 2:
        return Seed.from_dice(dice, witnesses=["internal audit"])
    link = hashlib.sha256(chance.digits(8).encode()).hexdigest()
    end, number = link, 1 + chance.below(5)
    for _ in range(number):
        end = hashlib.sha256(end.encode()).hexdigest()
    if kind == 2:
        return Seed.from_source(f"chain:{number}:{end}", [link])
    signature = hashlib.sha512(dice.encode()).digest()
    drand = "beacon:drand-" + "ab" * 32 + ":12"
    return Seed.from_source(
        f"dice+{drand}", [dice, hashlib.sha256(signature).hexdigest()],
        witnesses=["internal audit"], signature=signature.hex(),
    )  # fmt: skip


def tampered(files: dict[str, bytes], number: int) -> tuple[str, dict[str, bytes]]:
    """The record with one thing changed by somebody who knows the scheme, and what that is.

    Half of the time what follows from the change is made right again: digests, counts, commitment.
    """
    chance = Chance(number)
    change = chance.one(_CHANGES)
    what = change.__name__[1:].replace("_", " ")
    record = json.loads(files["draw.json"])
    tables = {name: files[name].decode().split("\n") for name in ("manifest.csv", "exclusions.csv")}
    change(chance, record, tables)
    changed = {name: "\n".join(lines).encode() for name, lines in tables.items()}
    if chance.below(2):
        what += ", made right"
        _make_right(record, tables, changed)
    return what, files | changed | {"draw.json": canonical_file(record)}


def _make_right(record: Any, tables: dict[str, list[str]], changed: dict[str, bytes]) -> None:
    frame = record["frame"]
    frame["manifest"] = hashlib.sha256(changed["manifest.csv"]).hexdigest()
    frame["excluded"] = hashlib.sha256(changed["exclusions.csv"]).hexdigest()
    frame["count"] = len(tables["manifest.csv"]) - 2
    if frame["control_total"] is not None:
        frame["control_total"] = sum(map(len, tables.values())) - 4
    carried = record.get("rotation") or record.get("waiting")
    block = {"block": carried["block"]} if carried else {}
    record["commitment"] = hashlib.sha256(
        canonical_file(
            block
            | {name: record[name] for name in ("scheme", "population", "period", "plan")}
            | {"manifest": frame["manifest"], "excluded": frame["excluded"]}
            | {"seed_source": record["seed"]["source"]}
            | {"earlier": [each["draw"] for each in carried["earlier"]] if carried else []}
        )
    ).hexdigest()


def _line_is_gone(chance: Chance, record: Any, tables: dict[str, list[str]]) -> None:
    lines = tables["manifest.csv"]
    del lines[1 + chance.below(len(lines) - 2)]


def _line_is_new(chance: Chance, record: Any, tables: dict[str, list[str]]) -> None:
    lines = tables["manifest.csv"]
    place = 1 + chance.below(len(lines) - 2)
    unit_id = lines[place].partition(",")[0].strip('"') + "x"
    lines.insert(place + 1, ",".join([unit_id, *lines[place].split(",")[1:]]))


def _lines_trade_places(chance: Chance, record: Any, tables: dict[str, list[str]]) -> None:
    lines = tables["manifest.csv"]
    lines[1], lines[2] = lines[2], lines[1]


def _cell_is_quoted(chance: Chance, record: Any, tables: dict[str, list[str]]) -> None:
    lines = tables["manifest.csv"]
    lines[0] = lines[0].replace("unit_id", '"unit_id"')


def _seed_is_another(chance: Chance, record: Any, tables: dict[str, list[str]]) -> None:
    record["seed"]["value"] = record["seed"]["value"][::-1] + "0"


def _contribution_is_another(chance: Chance, record: Any, tables: dict[str, list[str]]) -> None:
    given = record["seed"].get("contributions", [])
    if given:
        given[0] = given[0][:-1] + "7"
        record["seed"]["value"] = hashlib.sha256(b"".join(map(netstring, given))).hexdigest()
    else:
        _seed_is_another(chance, record, tables)


def _plan_has_more_reserves(chance: Chance, record: Any, tables: dict[str, list[str]]) -> None:
    record["plan"]["reserves"] = record["plan"].get("reserves", 2) + 3


def _letters_move(chance: Chance, record: Any, tables: dict[str, list[str]]) -> None:
    record["strata"][0]["n"] += 1
    record["strata"][-1]["n"] -= 1


def _size_is_another(chance: Chance, record: Any, tables: dict[str, list[str]]) -> None:
    chance.one(record["strata"])["N"] += 1


def _chance_is_another(chance: Chance, record: Any, tables: dict[str, list[str]]) -> None:
    chance.one(record["strata"])["probability"] = "1/1000"


def _unit_is_another(chance: Chance, record: Any, tables: dict[str, list[str]]) -> None:
    chance.one(record["selections"])["unit_id"] += "x"


def _unit_is_not_drawn(chance: Chance, record: Any, tables: dict[str, list[str]]) -> None:
    selections = record["selections"]
    del selections[chance.below(len(selections))]


def _reserve_is_drawn(chance: Chance, record: Any, tables: dict[str, list[str]]) -> None:
    drawn, reserves = record["selections"], record["reserves"]
    if reserves:
        for name in ("unit_id", "ticket"):
            drawn[0][name], reserves[0][name] = reserves[0][name], drawn[0][name]
    else:
        _unit_is_another(chance, record, tables)


def _rank_is_another(chance: Chance, record: Any, tables: dict[str, list[str]]) -> None:
    chance.one(record["selections"])["rank"] += 1


def _weight_is_another(chance: Chance, record: Any, tables: dict[str, list[str]]) -> None:
    chance.one(record["selections"])["probability"] = "1/1000"


def _count_is_another(chance: Chance, record: Any, tables: dict[str, list[str]]) -> None:
    record["frame"]["exclusions"]["duplicate"] = 40 + chance.below(9)


def _commitment_is_another(chance: Chance, record: Any, tables: dict[str, list[str]]) -> None:
    record["commitment"] = record["commitment"][::-1]


_CHANGES: list[Callable[[Chance, Any, dict[str, list[str]]], None]] = [
    _line_is_gone,
    _line_is_new,
    _lines_trade_places,
    _cell_is_quoted,
    _seed_is_another,
    _contribution_is_another,
    _plan_has_more_reserves,
    _letters_move,
    _size_is_another,
    _chance_is_another,
    _unit_is_another,
    _unit_is_not_drawn,
    _reserve_is_drawn,
    _rank_is_another,
    _weight_is_another,
    _count_is_another,
    _commitment_is_another,
]
