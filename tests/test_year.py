"""A year of a firm, counted again by hand: no code of ``signoff`` does the counting.

The year itself is in ``firm.py``. A worker lives through it once, in SQLite; in PostgreSQL the firm
lives through its first months, and in a thorough run through all.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

import attrs
import pytest

from ceosample.signoff.figures.by_stratum import Figures
from ceosample.signoff.figures.metrics import Metrics, metrics
from ceosample.signoff.figures.open_letters import contacts_by_channel, without_owner
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.replay.lifecycle import ANNOTATIONS, PROMISED, STATES
from ceosample.signoff.replay.people import ROLES
from ceosample.signoff.store.events import Event
from firm import DIVISIONS, POPULATION, YEAR, Firm, ledger_of_the_year
from postgresql import Server
from thorough import first_of

pytestmark = pytest.mark.slow

#: The kinds of events that are about no letter, or about one and beside its states.
OTHERS = {
    "opened", "rules", "frozen", "seed_revealed", "drawn", "superseded", "reconciled", "corrected",
    "held", "hold_lifted", "forgotten", "role_granted", "role_revoked", "named", "oop_proposed",
    "oop_cosigned", "oop_reviewed",
}  # fmt: skip
OUT = ("dispatched", "issued_under_other_name", "resolved_nonstandard", "lapsed")
UNSENT = ("replaced", "found_ineligible", "withdrawn")
HOLIDAYS = [dt.date(2026, 4, 3), dt.date(2026, 4, 6), dt.date(2026, 5, 25), dt.date(2026, 12, 25)]
RATES = {
    "replaced": "replaced", "ineligible": "found_ineligible", "withdrawn": "withdrawn",
    "lapsed": "lapsed", "declined": "declined", "reworked": "returned_for_rework",
}  # fmt: skip
SPEED, BUDGET = 200, 30

#: A range of months, and a moment.
ASKED = [
    (None, None, "2027-06-30T18:00:00+00:00"),
    (None, None, "2026-12-31T18:00:00+00:00"),
    ("2026-02", "2026-02", "2026-03-10T10:00:00+00:00"),
    ("2026-05", "2026-05", "2026-06-06T10:00:00+00:00"),  # before the draw of May is set aside
    ("2026-05", "2026-05", "2026-06-12T10:00:00+02:00"),  # and after
    ("2026-06", "2026-08", "2026-07-20T23:30:00-05:00"),  # a new chief executive
    ("2026-06", "2026-08", "2026-10-01T09:00:00+00:00"),
    ("2026-03", None, "2026-09-15T09:00:00+00:00"),
    (None, "2026-10", "2027-06-30T18:00:00+00:00"),
    (None, None, "2026-01-15T09:00:00+00:00"),  # nothing is drawn yet
]


@attrs.frozen
class Lived:
    """A ledger after the year."""

    url: str
    events: list[Event]
    before: list[Event]


def customers_forgotten(ledger: Ledger, url: str) -> Lived:
    """What becomes of a ledger when the words of all its customers are erased."""
    now = dt.datetime(2027, 7, 1, tzinfo=dt.UTC)
    before = list(ledger.events())
    held = {str(e.unit_id): e.kind == "held" for e in before if e.kind in ("held", "hold_lifted")}
    for unit_id in sorted({str(e.unit_id) for e in before if e.subject and "text" in e.payload}):
        said: dict[str, Any] = {"population": POPULATION, "period": unit_id[:7], "by": "aud"}
        if held.get(unit_id):  # a hold outlives the draw that was set aside
            ledger.hold(unit_id, at=now, reason_code="settled", lift=True, **said)
        ledger.forget(unit_id, at=now, reason_code="years-are-over", **said)
    return Lived(url, list(ledger.events()), before)


def live(url: str, months: int) -> Lived:
    """Live through the first months of the year, and forget the customers."""
    firm = Firm(url, 7)
    firm.months = YEAR[:months]
    with firm.ledger:
        firm.live()
        firm.now = dt.datetime(2027, 7, 1, tzinfo=dt.UTC)
        return customers_forgotten(firm.ledger, url)


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    file = tmp_path_factory.mktemp("year") / "signoff.db"
    file.write_bytes(ledger_of_the_year())
    url = f"sqlite:///{file}"
    now = dt.datetime(2027, 7, 1, tzinfo=dt.UTC)
    with Ledger.open(url, create=False, clock=lambda: now, recorder="clerk") as ledger:
        return customers_forgotten(ledger, url)


#: How many months are lived in both databases: each costs a second.
BOTH = first_of(1, [2, 12])


@pytest.fixture(scope="module")
def in_both(
    request: pytest.FixtureRequest, postgresql: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Lived]]:
    """So many months in SQLite, and the same in PostgreSQL."""
    file = tmp_path_factory.mktemp("both") / "signoff.db"
    with postgresql.database() as name:
        yield [live(url, request.param) for url in (f"sqlite:///{file}", postgresql.url(name))]


# The plain count: dictionaries of what the events say, and nothing else.


def as_told(events: Iterable[Event], as_of: dt.datetime) -> dict[str, Any]:
    """The letters, months and resolutions of which somebody knew at a moment."""
    told: dict[str, Any] = {
        "letters": {}, "drawn": {}, "counts": {}, "oop": {}, "superseded": [], "corrected": []
    }  # fmt: skip
    read: list[dict[str, Any]] = [
        {"hash": e.hash, "time": dt.datetime.fromisoformat(e.at), "kind": e.kind, "who": e.actor,
         "month": e.period, "unit": e.unit_id, "said": e.payload}
        for e in events
        if e.population == POPULATION
    ]  # fmt: skip
    void = {
        e["said"]["event"] for e in read if e["kind"] == "corrected" and e["time"] <= as_of
    }  # fmt: skip
    closed: set[str] = set()
    for e in read:
        kind, unit, month, said = e["kind"], e["unit"], e["month"], e["said"]
        late = e["time"] > as_of
        if e["hash"] in void or unit in closed or month in closed:
            continue
        if kind == "superseded" and late:
            closed.add(month)
        elif unit and month and late and (kind in STATES or kind == "corrected"):
            closed.add(unit)
        if late:
            continue
        if kind == "superseded":
            told["letters"] = {u: x for u, x in told["letters"].items() if x["month"] != month}
            told["corrected"] = [m for m in told["corrected"] if m != month]
            told["drawn"].pop(month, None)
            told["counts"].pop(month, None)
            told["superseded"].append(month)
        elif kind == "corrected":
            told["corrected"].append(month or e["time"].isoformat()[:7])
        elif kind == "drawn":
            told["drawn"][month] = said["strata"]
        elif kind == "reconciled":
            told["counts"][month] = said
        elif kind.startswith("oop_"):
            about = told["oop"].setdefault(said["resolution"], {})
            about[kind] = {**said, "month": e["time"].isoformat()[:7]}
        elif kind in STATES:
            letter = told["letters"].setdefault(
                unit,
                {"unit": unit, "month": month, "stratum": tuple(said.get("stratum", ())),
                 "take_all": said.get("take_all"), "first": kind, "steps": []},
            )  # fmt: skip
            letter["steps"].append((kind, e["time"].date(), said))
    return told


def standing(letter: dict[str, Any], *kinds: str) -> dt.date | None:
    day = None
    for kind, on, _ in letter["steps"]:
        day = None if kind == "returned_for_rework" else on if kind in kinds else day
    return day


def newest(letter: dict[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for kind, _, payload in letter["steps"]:
        said = payload if kind == "rendered" else said
    return said


def ended(letter: dict[str, Any]) -> tuple[str, dt.date] | None:
    kind, day, _ = letter["steps"][-1]
    return (kind, day) if kind in (*OUT, *UNSENT) else None


def timed(letter: dict[str, Any], today: dt.date) -> str:
    due, end = newest(letter).get("due"), ended(letter)
    if due is None:
        return "undated"
    by = dt.date.fromisoformat(due)
    # One found ineligible after it was sent stays in every denominator, in this too.
    if end and end[0] in ("replaced", "withdrawn") and end[1] <= by:
        return "ended before"
    if today <= by:
        return "not yet due"
    return "in time" if end and end[0] in OUT and end[1] <= by else "late"


def waited(letter: dict[str, Any], today: dt.date) -> tuple[int, bool] | None:
    sent = [day for kind, day, _ in letter["steps"] if kind == "sent_for_signature"]
    if not sent:
        return None
    signed, end = standing(letter, "signed"), ended(letter)
    until = signed or (end[1] if end else today)
    days = [sent[0] + dt.timedelta(n) for n in range(max(0, (until - sent[0]).days))]
    return sum(d.weekday() < 5 and d not in HOLIDAYS for d in days), signed is not None


def waiting_falls_to(waits: list[tuple[int, bool]], most: Fraction) -> int | None:
    share = Fraction(1)
    for day in range(max((days for days, _ in waits), default=-1) + 1):
        if came := sum(wait == (day, True) for wait in waits):
            share *= 1 - Fraction(came, sum(days >= day for days, _ in waits))
        if share <= most:
            return day
    return None


def words_read(letter: dict[str, Any]) -> dict[str, int]:
    words = {said["letter"]: said["words"] for kind, _, said in letter["steps"] if "words" in said}
    sent = {said["letter"] for kind, _, said in letter["steps"] if kind == "sent_for_signature"}
    return {digest: words[digest] for digest in sent}


def counted(letters: list[dict[str, Any]], pools: list[Any], today: dt.date) -> dict[str, Any]:
    """The figures of these letters, of these entries of the months' draws."""
    ever = [x for x in letters if x["steps"][-1][0] != "reserve"]
    first = [x for x in ever if x["first"] == "selected"]
    planned = sum(pool["n"] for pool in pools)
    filled = [
        x
        for x in ever
        if x["steps"][-1][0] not in ("replaced", "found_ineligible")
        and (standing(x, "signed", "signed_by_deputy", "resolved_nonstandard"))
    ]
    verdicts = Counter(timed(x, today) for x in ever)
    waits = [wait for x in ever if (wait := waited(x, today)) is not None]
    return {
        "letters": len(ever),
        "fraction": (planned, sum(pool["N"] for pool in pools)),
        "signoff": (sum(standing(x, "signed") is not None for x in first), len(first)),
        "by deputy": (sum(standing(x, "signed_by_deputy") is not None for x in first), len(first)),
        "completion": (len(filled), planned),
        **{
            name: (sum(kind in [step[0] for step in x["steps"]] for x in ever), len(ever))
            for name, kind in RATES.items()
        },
        "on time": (verdicts["in time"], verdicts["in time"] + verdicts["late"]),
        "left out": (verdicts["not yet due"], verdicts["undated"], verdicts["ended before"]),
        "sent": (sum(came for _, came in waits), len(waits)),
        "median": waiting_falls_to(waits, Fraction(1, 2)),
        "90th": waiting_falls_to(waits, Fraction(1, 10)),
        "words": sum(sum(words_read(x).values()) for x in ever),
        "versions": sum(len(words_read(x)) for x in ever),
    }


def told_by(figures: Figures) -> dict[str, Any]:
    """The same of the library's figures."""
    ratios = {
        "fraction": figures.fraction,
        "signoff": figures.signoff,
        "by deputy": figures.by_deputy,
        "completion": figures.completion,
        **figures.rates,
        "on time": figures.on_time.ratio,
        "sent": figures.turnaround.signed,
    }
    timed_ = figures.on_time
    return {
        "letters": figures.letters,
        **{name: (ratio.count, ratio.of) for name, ratio in ratios.items()},
        "left out": (timed_.not_yet_due, timed_.undated, timed_.ended_before),
        "median": figures.turnaround.median,
        "90th": figures.turnaround.ninetieth,
        "words": figures.reading.words,
        "versions": figures.reading.counted.of,
    }


@attrs.frozen
class Count:
    """A plain count of a range of months, next to what the library says."""

    told: dict[str, Any]
    first: str
    last: str
    as_of: dt.datetime
    found: Metrics

    @classmethod
    def of(cls, events: list[Event], asked: tuple[str | None, str | None, str]) -> Count:
        first, last, moment = asked
        as_of = dt.datetime.fromisoformat(moment)
        found = metrics(
            events, population=POPULATION, first=first, last=last, as_of=as_of, holidays=HOLIDAYS,
            budget=BUDGET, words_a_minute=SPEED,
        )  # fmt: skip
        return cls(as_told(events, as_of), first or "0000-00", last or "9999-99", as_of, found)

    def months(self, first: str, last: str) -> list[str]:
        return [month for month in sorted(self.told["drawn"]) if first <= month <= last]

    def letters(self, months: list[str]) -> list[dict[str, Any]]:
        return [x for x in self.told["letters"].values() if x["month"] in months]

    def pools(self, months: list[str]) -> list[Any]:
        return [pool for month in months for pool in self.told["drawn"][month]]

    def reached(self, months: list[str], take_all: bool) -> tuple[int, int]:
        """Of all strata, substitutes included; or of those read in full alone."""
        asked = [True] if take_all else [True, False]
        strata = {tuple(p["stratum"]) for p in self.pools(months) if p["take_all"] in asked}
        signed = {
            x["stratum"]
            for x in self.letters(months)
            if x["take_all"] in asked and standing(x, "signed")
        }
        return len(signed & strata), len(strata)


@pytest.fixture(
    scope="module", params=ASKED, ids=lambda asked: f"{asked[0]} to {asked[1]} at {asked[2]}"
)
def count(request: pytest.FixtureRequest, sqlite: Lived) -> Count:
    return Count.of(sqlite.events, request.param)


# The year


def test_everything_that_can_happen_happens_in_the_year(sqlite: Lived) -> None:
    kinds = {event.kind for event in sqlite.events}
    # Promises and readings have a year of their own, in test_office_year.
    assert kinds == (STATES | set(ANNOTATIONS) | OTHERS) - {*PROMISED, "read"}
    said = [event.payload for event in sqlite.events]
    assert any(payload.get("own_letter") for payload in said)
    assert any("recorder" in payload for payload in said)
    assert len({event.period for event in sqlite.events if event.kind == "drawn"}) == 12
    granted = {event.payload["role"] for event in sqlite.events if event.kind == "role_granted"}
    assert granted <= set(ROLES)
    steps = [e.kind for e in sqlite.events if e.unit_id and e.kind in STATES]
    assert steps.count("sent_for_signature") > steps.count("rendered")  # a delegation taken back


@pytest.mark.parametrize("in_both", BOTH, indirect=True)
def test_both_databases_hold_the_same_events_byte_for_byte(in_both: list[Lived]) -> None:
    """'identical on both databases'"""
    here, there = in_both
    assert [e.text for e in here.events] == [e.text for e in there.events]
    for asked in ASKED:
        counts = [Count.of(lived.events, asked).found.to_dict() for lived in in_both]
        assert counts[0] == counts[1]


def test_a_year_in_which_customers_were_forgotten_still_verifies(sqlite: Lived) -> None:
    """'a customer can be forgotten and the chain still verifies', and counts the same"""
    still_verifies(sqlite)


@pytest.mark.parametrize("in_both", BOTH, indirect=True)
def test_months_in_postgresql_whose_customers_were_forgotten_still_verify(
    in_both: list[Lived],
) -> None:
    still_verifies(in_both[1])


def still_verifies(lived: Lived) -> None:
    with Ledger.open(lived.url, create=False) as ledger:
        assert ledger.check(lived.before[-1].hash).ok
        kept = [
            ledger.texts(str(e.unit_id), population=POPULATION, period=str(e.period))
            for e in lived.events
            if e.subject is not None
        ]
    assert not any(kept)
    assert len(lived.events) > len(lived.before)
    for asked in ASKED:
        before, after = Count.of(lived.before, asked), Count.of(lived.events, asked)
        assert before.found.to_dict() == after.found.to_dict()


# The figures


def test_the_months_are_those_that_were_drawn(count: Count) -> None:
    months = count.months(count.first, count.last)
    assert [str(month) for month in count.found.months] == months
    within = [m for m in count.told["superseded"] if count.first <= m <= count.last]
    assert count.found.superseded == len(within)
    within = [m for m in count.told["corrected"] if count.first <= m <= count.last]
    assert count.found.corrected == len(within)


def test_every_figure_is_a_plain_count(count: Count) -> None:
    months = count.months(count.first, count.last)
    for take_all, figures in ((False, count.found.sample), (True, count.found.take_all)):
        letters = [x for x in count.letters(months) if x["take_all"] == take_all]
        pools = [pool for pool in count.pools(months) if pool["take_all"] == take_all]
        assert told_by(figures) == counted(letters, pools, count.as_of.astimezone(dt.UTC).date())


def test_every_figure_of_a_stratum_is_a_plain_count(count: Count) -> None:
    months = count.months(count.first, count.last)
    assert {row.stratum[0] for row in count.found.strata} == (set(DIVISIONS) if months else set())
    until = count.months("0000-00", count.last)
    for row in count.found.strata:
        letters = [x for x in count.letters(months) if x["stratum"] == row.stratum]
        pools = [pool for pool in count.pools(months) if tuple(pool["stratum"]) == row.stratum]
        assert told_by(row.figures) == counted(
            letters, pools, count.as_of.astimezone(dt.UTC).date()
        )
        signed = [
            x["month"]
            for x in count.letters(until)
            if x["stratum"] == row.stratum and standing(x, "signed")
        ]
        last = count.last if count.last < "9999" else count.as_of.isoformat()[:7]
        since = months_between(max(signed), last) if signed else None
        assert row.months_since_signed == since


def months_between(one: str, other: str) -> int:
    (year, month), (later, then) = ([int(part) for part in m.split("-")] for m in (one, other))
    return (later - year) * 12 + then - month


def test_the_reach_is_a_plain_count(count: Count) -> None:
    months = count.months(count.first, count.last)
    last = count.last if count.last < "9999" else (months[-1] if months else "0000-00")
    year = [m for m in count.months("0000-00", last) if months_between(m, last) < 12]
    for take_all, reach in ((False, count.found.reach), (True, count.found.take_all_reach)):
        assert (reach.months.count, reach.months.of) == count.reached(months, take_all)
        newest_ = [month for month in months if month == last]
        assert (reach.month.count, reach.month.of) == count.reached(newest_, take_all)
        assert (reach.year.count, reach.year.of) == count.reached(year, take_all)


def test_the_reading_of_a_month_is_a_plain_count(count: Count) -> None:
    months = count.months(count.first, count.last)
    assert [str(month) for month in count.found.reading] == months
    for month, reading in count.found.reading.items():
        words = sum(sum(words_read(x).values()) for x in count.letters([str(month)]))
        assert reading.minutes == Fraction(words, SPEED)
        assert reading.share == Fraction(words, SPEED * BUDGET)


def test_the_reconciliation_is_a_plain_count(count: Count) -> None:
    months, counts = count.months(count.first, count.last), count.told["counts"]
    right = 0
    for month in months:
        said = counts.get(month)
        before = counts.get(YEAR[YEAR.index(month) - 1]) if month != YEAR[0] else None
        if said and said["opening"] + said["new"] - said["final"] == said["carried"]:
            right += before is None or before["carried"] == said["opening"]
    assert (count.found.reconciled.count, count.found.reconciled.of) == (right, len(months))


def test_the_out_of_policy_resolutions_are_a_plain_count(count: Count) -> None:
    stories = [
        story
        for story in count.told["oop"].values()
        if count.first <= story["oop_proposed"]["month"] <= count.last
    ]
    reviewed = [s["oop_reviewed"]["outcome"] for s in stories if "oop_reviewed" in s]
    waiting = [s for s in stories if "oop_cosigned" in s and "oop_reviewed" not in s]
    today = count.as_of.astimezone(dt.UTC).date().isoformat()
    overdue = [s for s in waiting if s["oop_proposed"]["review_by"] < today]
    found = count.found.out_of_policy
    assert found.proposed == len(stories)
    assert found.cosigned.count == sum("oop_cosigned" in story for story in stories)
    for outcome, ratio in (
        ("adopted", found.adopted), ("kept", found.kept), ("refused", found.refused)
    ):  # fmt: skip
        assert (ratio.count, ratio.of) == (reviewed.count(outcome), len(reviewed))
    assert (found.overdue.count, found.overdue.of) == (len(overdue), len(waiting))


def test_who_signed_in_a_month_with_two_signatories_is_a_plain_count(count: Count) -> None:
    months: dict[str, dict[str, list[bool]]] = {}
    for letter in count.letters(count.months(count.first, count.last)):
        signatory = newest(letter).get("signatory")
        if signatory is not None:
            names = months.setdefault(letter["month"], {})
            names.setdefault(signatory, []).append(standing(letter, "signed") is not None)
    plain = [
        (month, name, sum(signed), len(signed))
        for month, names in sorted(months.items())
        for name, signed in sorted(names.items())
        if len(names) == 2
    ]
    found = count.found.signatories
    assert [(s.period, s.signatory, s.signed.count, s.signed.of) for s in found] == plain


def test_the_year_has_a_month_with_two_signatories(sqlite: Lived) -> None:
    shares = Count.of(sqlite.events, ASKED[0]).found.signatories
    assert {share.signatory for share in shares} == {"ceo", "heir"}


def test_letters_without_an_owner_and_contacts_are_plain_counts(sqlite: Lived) -> None:
    """'letters without an owner reported', 'contacts by channel on every docket'"""
    told = as_told(sqlite.events, dt.datetime(2100, 1, 1, tzinfo=dt.UTC))
    rendered = [x for x in told["letters"].values() if newest(x)]
    nobodys = [x["unit"] for x in rendered if "owner" not in newest(x)]
    found = without_owner(sqlite.events)
    assert nobodys
    assert (sorted(found.letters), found.ratio.of) == (sorted(nobodys), len(rendered))
    channels: Counter[str] = Counter()
    for letter in rendered:
        channels.update(newest(letter)["contacts"])
    contacts = contacts_by_channel(sqlite.events)
    assert dict(contacts.channels) == dict(channels)
