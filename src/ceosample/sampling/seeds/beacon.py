"""When the rounds of the beacons that are known here come out. Nothing is fetched."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Final

import attrs

from ceosample.errors import SeedError
from ceosample.sampling.seeds.seed_source import Round
from ceosample.text import quoted


@attrs.frozen
class Timetable:
    """When the rounds of a beacon come out.

    Attributes:
        genesis: when round 1 did, in seconds since 1970.
        period: the seconds from one round to the next.
        name: what the beacon is called.
    """

    genesis: int
    period: int
    name: str


#: The two chains of the League of Entropy's main net, from their ``/info``: docs.drand.love,
#: developer guide, "drand HTTP API", and the announcement "quicknet is live".
TIMETABLES: Final[Mapping[str, Timetable]] = {
    "drand-8990e7a9aaed2ffed73dbd7092123d6f289930540d7651336225dc172e51b2ce": Timetable(
        1595431050, 30, "League of Entropy, default"
    ),
    "drand-52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971": Timetable(
        1692803367, 3, "League of Entropy, quicknet"
    ),
}

#: The last moment for which a round is counted.
_LATEST: Final = int(dt.datetime(9999, 1, 1, tzinfo=dt.UTC).timestamp())


def time_of(named: Round) -> dt.datetime | None:
    """When a round is published, in UTC; None for a beacon whose times are unknown here.

    Args:
        named: the round; its number counts from 1.

    >>> quicknet = "drand-52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"
    >>> time_of(Round(quicknet, 27946612)).isoformat()
    '2026-04-20T00:00:00+00:00'
    """
    table = TIMETABLES.get(named.beacon)
    if table is None:
        return None
    seconds = table.genesis + (named.number - 1) * table.period
    return dt.datetime.fromtimestamp(min(seconds, _LATEST), dt.UTC)


def round_after(beacon: str, moment: dt.datetime) -> Round:
    """The first round that is published later than a moment.

    Args:
        beacon: one whose times are known here.
        moment: aware.

    Raises:
        SeedError: its times are not known here, so the round has to be named.

    >>> quicknet = "drand-52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"
    >>> round_after(quicknet, dt.datetime(2026, 4, 20, tzinfo=dt.UTC)).number
    27946613
    """
    table = TIMETABLES.get(beacon)
    if table is None:
        raise SeedError(
            f"beacon: got {quoted(beacon, 100)}, whose timetable is not known here; name the round"
        )
    passed = (moment - dt.datetime.fromtimestamp(table.genesis, dt.UTC)) // dt.timedelta(
        seconds=table.period
    )
    return Round(beacon, max(passed + 2, 1))
