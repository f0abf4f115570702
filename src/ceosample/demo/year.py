"""A year of the invented bank in a ledger: twelve draws, and what became of their letters."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from typing import Any, Final

from ceosample.demo.bank import BankMonth, month
from ceosample.demo.chance import Chance
from ceosample.letters.render import render
from ceosample.letters.signatory import Signatory
from ceosample.period import Period
from ceosample.sampling.draw import Draw, draw
from ceosample.sampling.frames.frame import Frame
from ceosample.sampling.plans.plan import Plan
from ceosample.sampling.seeds.seed import Seed
from ceosample.signoff.ledger import Ledger

POPULATION: Final = "complaint-responses"
_TITLE: Final = "Complaint responses"
PLAN: Final = Plan(size=12, minimum=1)
CEO: Final = Signatory("ceo", "Margaret Llewelyn", "Chief Executive")

#: In August the letters of July wait for a deputy.
_ON_LEAVE: Final = 7

#: From this month on nobody takes this division's letters to the executive: figures must show it.
_FORGOTTEN: Final = ("Private bank", 9)

Step = tuple[int, str, str, dict[str, Any]]
"""Days after the letter was sent, what is said of it, by whom, with what."""

_OFFICE: Final = "executive-office"
_SIGNED: Final[list[Step]] = [(1, "viewed", "ceo", {}), (1, "signed", "ceo", {})]
_SOUND: Final[list[Step]] = [*_SIGNED, (1, "finding", "ceo", {"verdict": "sound"})]


def _defective(*codes: str) -> list[Step]:
    finding = {"verdict": "defective", "codes": codes}
    return [
        (2, "returned_for_rework", "ceo", {"reason_code": codes[0]}),
        (2, "finding", "ceo", finding),
        (6, "sent again", _OFFICE, {}),
        (8, "signed", "ceo", {}),
    ]


_LAPSED: Final[list[Step]] = [(14, "lapsed", _OFFICE, {"reason_code": "deadline"})]

#: What can become of a letter, and how likely it is.
_FATES: Final[tuple[tuple[list[Step], int], ...]] = (
    (_SIGNED, 22),
    (_SOUND, 28),
    ([*_SOUND, (1, "recognition", "ceo", {"colleague": "h-007", "reason_code": "kind"})], 6),
    (_defective("tone"), 6),
    (_defective("facts", "tone"), 3),
    (_defective("redress"), 3),
    (
        [
            (3, "declined", "ceo", {"reason_code": "facts"}),
            (6, "issued_under_other_name", _OFFICE, {}),
        ],
        4,
    ),
    (
        [
            (1, "taken_over", "ceo", {}),
            (2, "contact", "ceo", {"channel": "phone", "outcome": "reached"}),
            (3, "signed", "ceo", {}),
        ],
        4,
    ),
    (
        [
            (2, "escalated_to_board", "ceo", {"reason_code": "pattern"}),
            (16, "board_answer", "board", {"outcome": "policy-changes"}),
            (17, "signed", "ceo", {}),
        ],
        3,
    ),
    ([(9, "withdrawn", _OFFICE, {"reason_code": "customer", "approver": "audit"})], 3),
    (_LAPSED, 8),
    ([(4, "viewed", "ceo", {})], 1),
    ([], 3),
)

_DELEGATED: Final[list[Step]] = [
    (1, "delegated", "ceo", {"to": "deputy"}),
    (3, "signed_by_deputy", "deputy", {}),
]

#: What departs from policy now and then.
_POLICIES: Final = (("late-payment-fee", 5), ("refund-after-a-year", 3), ("branch-travel", 2))


def live(url: str, year: int = 2026, *, count: int = 300, months: int = 12) -> None:
    """Record a year of the bank in a ledger: the same year on every machine.

    Args:
        url: of a ledger that is not there yet, ``sqlite:///year.db``; one that holds this year
            already stays as it is.
        year: which.
        count: the responses of each month.
        months: how many of the year, from January: 1 to 12.

    Raises:
        ConflictError: it holds other draws of these months.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     url = f"sqlite:///{folder}/year.db"
    ...     live(url, count=40, months=1)
    ...     with Ledger.open(url) as ledger:
    ...         print(ledger.check().level.name)
    INTACT
    """
    office = _Office(url, year)
    with office.ledger:
        office.begin()
        for number in range(1, months + 1):
            office.month(month(f"{year}-{number:02}", count=count), Period(year, number))


class _Office:
    """Who writes the year down."""

    def __init__(self, url: str, year: int) -> None:
        self.chance = Chance.of(f"year/{year}")
        self.now = dt.datetime(year, 1, 2, 9, tzinfo=dt.UTC)
        self.open = 40  # complaints that wait for an answer
        digest = hashlib.sha256(b"%d" % year).hexdigest()
        recorded = self.now
        self.ledger = Ledger.open(url, clock=lambda: max(self.now, recorded), ledger_id=digest[:32])
        # A year that was written down already is told again by a clock that stays at its end.
        for event in self.ledger.events():
            recorded = max(recorded, dt.datetime.fromisoformat(event.recorded_at))

    def begin(self) -> None:
        """The roles of the year."""
        leave = dt.date(self.now.year, _ON_LEAVE + 1, 1)
        said: dict[str, Any] = {"by": "board", "at": self.now}
        self.ledger.grant("ceo", "signatory", since=self.now.date(), **said)
        self.ledger.grant("board", "board", since=self.now.date(), **said)
        self.ledger.grant(
            "deputy", "deputy", of="ceo", since=leave, until=leave + dt.timedelta(30), **said
        )

    def month(self, bank: BankMonth, period: Period) -> None:
        """One month, from the freeze to what became of each letter."""
        self.now = dt.datetime.combine(period.next().first_day, dt.time(9), dt.UTC)
        drawn, head = self.draw(bank, period)
        self.send(bank, drawn, head)
        steps = [
            (day, place, selection.unit_id, kind, by, more)
            for place, selection in enumerate(drawn.selections)
            for day, kind, by, more in self.fate(period, selection.stratum[0])
        ]
        first = self.now
        for day, place, unit_id, kind, by, more in sorted(steps, key=lambda step: step[:2]):
            self.now = max(self.now, first + dt.timedelta(days=day, minutes=4 * place))
            if kind == "sent again":
                self.send(bank, drawn, head, [unit_id], version=2)
            else:
                self.say(kind, unit_id, period, by, more)
        self.beyond_policy(period)
        self.reconcile(period, len(bank.responses))

    def draw(self, bank: BankMonth, period: Period) -> tuple[Draw, str]:
        """Freeze, roll, draw, register."""
        frame = Frame.from_records(
            bank.responses, population=POPULATION, period=str(period), unit_id="response_id",
            strata=["division"], exclusion="why_excluded", control_total=len(bank.responses),
        )  # fmt: skip
        self.ledger.freeze(
            frame, PLAN, seed_source="dice", by="sampling", at=self.now, title=_TITLE
        )
        self.ledger.state_method(POPULATION, period, tolerable="0.05", by="sampling", at=self.now)
        digits = "".join(str(self.chance.below(10)) for _ in range(20))
        drawn = draw(frame, PLAN, Seed.from_dice(digits, witnesses=["internal audit"]))
        return drawn, self.ledger.register(drawn, by="sampling", at=self.now).hash

    def send(
        self,
        bank: BankMonth,
        drawn: Draw,
        head: str,
        unit_ids: Sequence[str] | None = None,
        version: int = 1,
    ) -> None:
        """Render letters and send them for signature."""

        def contents(asked: Iterable[str]) -> dict[str, Any]:
            return {unit_id: bank.contents[unit_id] for unit_id in asked}

        pack = render(
            drawn, contents, signatory=CEO, date=self.now.date(), registration=head,
            unit_ids=unit_ids, version=version, pdf=False, title=_TITLE,
        )  # fmt: skip
        self.ledger.send(pack, by=_OFFICE, at=self.now)

    def fate(self, period: Period, division: str) -> list[Step]:
        """What becomes of one letter; what is signed goes out the day after."""
        away = period.month == _ON_LEAVE and self.chance.happens(60)
        steps = _DELEGATED if away else self.chance.weighted(_FATES)
        if division == _FORGOTTEN[0] and period.month >= _FORGOTTEN[1]:
            steps = _LAPSED
        later = self.chance.below(9)
        dated = [(later + day, kind, by, more) for day, kind, by, more in steps]
        signed = [day for day, kind, _, _ in dated if kind in ("signed", "signed_by_deputy")]
        return [*dated, *((day + 1, "dispatched", _OFFICE, {}) for day in signed)]

    def say(self, kind: str, unit_id: str, period: Period, by: str, more: dict[str, Any]) -> None:
        """Write a step down."""
        about: dict[str, Any] = {"population": POPULATION, "period": period}
        if kind in ("signed", "signed_by_deputy"):
            more = {**more, "letter": self.ledger.history(unit_id, **about).letter}
        self.ledger.record(kind, unit_id, by=by, at=self.now, **about, **more)

    def beyond_policy(self, period: Period) -> None:
        """Resolutions that no policy foresees; in most months some, reviewed now and then."""
        for number in range(self.chance.below(4)):
            name, policy = f"{period}-{number + 1}", self.chance.weighted(_POLICIES)
            review_by = self.now.date() + dt.timedelta(90)
            said: dict[str, Any] = {"population": POPULATION, "at": self.now}
            self.ledger.propose(name, policy=policy, review_by=review_by, by="h-001", **said)
            self.ledger.cosign(name, by="h-002", **said)
            if self.chance.happens(60):
                outcome = self.chance.weighted((("adopted", 3), ("kept", 5), ("refused", 2)))
                self.ledger.review(name, outcome, by="panel", **said)

    def reconcile(self, period: Period, new: int) -> None:
        """The register's counts; those of May were never handed in."""
        final = new - 3 + self.chance.below(7)
        counts = {"opening": self.open, "new": new, "final": final}
        self.open += new - final
        if period.month != 5:
            self.ledger.reconcile(
                POPULATION, period, **counts, carried=self.open, by=_OFFICE, at=self.now
            )
