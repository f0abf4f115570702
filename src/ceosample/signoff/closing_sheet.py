"""The closing sheet: how a month ended, with the ledger's head, for the executive to sign.

The head stands for every event up to then. Once it is on paper that somebody signed, a ledger that
was written anew, or whose tail was cut off, contradicts that paper: ``ledger.check(head)``.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from ceosample.days import AS_WRITTEN, day_of
from ceosample.errors import BusyError, ConflictError, LedgerError, joined, raise_faults
from ceosample.letters.letter import CODE_DIGITS
from ceosample.letters.papers import shell_pages
from ceosample.letters.pdf import typeset
from ceosample.letters.pdf.paper_size import A4, fault_of_paper
from ceosample.letters.signatory import Signatory
from ceosample.period import Period
from ceosample.release import program
from ceosample.show import FEWEST_FOR_PERCENT, ratio_text, share_text, stratum_words
from ceosample.signoff.check import ChainReport
from ceosample.signoff.figures.month_summary import EMPTY, MonthSummary, summarise
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.replay.history import History
from ceosample.signoff.replay.keys import Keys
from ceosample.signoff.replay.lifecycle import ENDS
from ceosample.signoff.replay.valid_events import valid_events
from ceosample.signoff.replay.zones import Zones
from ceosample.signoff.store.events import PROGRAM, Event, moment
from ceosample.text import counted

#: So many digits of the head are in the name of its sheet.
_HEAD_DIGITS: Final = 8


def sheet_name(head: str, *, still_open: bool = False) -> str:
    """The name of the sheet's files without their ending: ``closing-`` or ``interim-`` and head."""
    return f"{'interim' if still_open else 'closing'}-{head[:_HEAD_DIGITS]}"


def closing_sheet(
    ledger: Ledger,
    *,
    population: str,
    period: str | Period,
    signatory: Signatory,
    at: dt.datetime,
    still_open: bool = False,
    paper: bool | None = None,
    fonts: str | Path | None = None,
    paper_size: str = A4,
) -> dict[str, bytes]:
    """The files of a month's closing sheet, by name, after a check of the whole ledger.

    They are ``closing-HEAD.html`` and ``closing-HEAD.pdf``. While letters are open they are
    ``interim-HEAD.html`` and ``interim-HEAD.pdf``.

    Args:
        ledger: the ledger.
        population, period: the month.
        signatory: the person who signs the sheet.
        at: when it is made; aware.
        still_open: True to make an interim sheet while letters are open; it lists them.
        paper: True for the PDF too, False for none; None makes it if the extra ``pdf`` is
            installed.
        fonts: a folder of fonts for scripts that Typst's own fonts lack.
        paper_size: ``a4``, or ``letter`` for US Letter.

    Raises:
        LedgerError: the ledger is broken, or the month was not drawn.
        ConflictError: letters are open.
        BusyError: another run wrote to the ledger meanwhile.
        MissingPartError: you asked for the PDF and the extra is not installed.

    >>> import datetime as dt, ceosample as cs
    >>> at = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
    >>> month = {"population": "complaint-responses", "period": "2026-10"}
    >>> frame = cs.Frame.from_records([{"id": f"R-{i}"} for i in range(100)], unit_id="id", **month)
    >>> plan, by = cs.Plan(size=3), {"by": "sampling", "at": at}
    >>> seed = cs.Seed.from_dice("83019274650192837465", witnesses=["internal audit"])
    >>> with cs.Ledger.open("sqlite://", clock=lambda: at) as ledger:
    ...     frozen = ledger.freeze(frame, plan, seed_source="dice", **by)
    ...     drawn = ledger.register(cs.draw(frame, plan, seed), **by)
    ...     sheet = cs.office.closing_sheet(
    ...         ledger, **month, signatory=cs.Signatory("ceo", "M. Llewelyn", "Chief Executive"),
    ...         at=at, still_open=True, paper=False)
    >>> [name.partition("-")[0] for name in sheet]
    ['interim']
    """
    moment(at, "at")
    raise_faults(LedgerError, filter(None, [fault_of_paper(paper_size)]))
    if paper:
        typeset.require_installed()
    report = ledger.check()
    if not report.ok:
        raise LedgerError(
            f"ledger: {report.first_difference}; a closing sheet needs an intact ledger"
        )
    events = list(ledger.events(population=population, period=period))
    if ledger.head != report.head:
        raise BusyError("ledger: another run wrote to it while it was checked; try again")
    month = _month(events, f"{population}, {period}")
    if month.open and not still_open:
        raise ConflictError(
            f"{population}, {period}: still open: {_by_state(month.open)}; record what became of "
            "each (a signed letter is done once it is dispatched), or make an interim sheet with "
            "still_open (--still-open)"
        )
    at = Zones.of(events).local(at, population)
    keys = ledger.keys() if report.signatures is not None else Keys()
    page = {**_page(month, events, report, signatory, at, keys), "paper": paper_size}
    name = sheet_name(str(report.head), still_open=bool(month.open))
    made = {f"{name}.html": shell_pages.sheet_html(page)}
    if paper is not False and typeset.is_installed():
        made[f"{name}.pdf"] = _on_paper(page, at, None if fonts is None else str(fonts))
    return made


def _by_state(letters: Sequence[History]) -> str:
    """Letters by the state that they are in: ``signed: R-1, R-2; viewed: R-3``."""
    states: dict[str, list[str]] = {}
    for letter in letters:
        states.setdefault(str(letter.state), []).append(letter.subject.unit_id)
    return "; ".join(f"{state}: {joined(unit_ids)}" for state, unit_ids in states.items())


def _month(events: list[Event], words: str) -> MonthSummary:
    found = summarise(events)
    if not found or found[0].stage not in ("drawn", EMPTY):
        raise LedgerError(f"{words}: no draw is registered, so there is nothing to close")
    return found[0]


def _on_paper(page: dict[str, Any], at: dt.datetime, fonts: str | None) -> bytes:
    document = typeset.Page(shell_pages.as_json(page), day_of(at, AS_WRITTEN), fonts)
    return typeset.compile_page(document, "closing sheet", LedgerError)


def _page(
    month: MonthSummary,
    events: list[Event],
    report: ChainReport,
    signatory: Signatory,
    at: dt.datetime,
    keys: Keys,
) -> dict[str, Any]:
    """All that the shells print."""
    title = f"{'Interim' if month.open else 'Closing'} sheet"
    subtitle = shell_pages.month_words(month.population, month.title, Period.parse(month.period))
    sheet = {
        "title": title,
        "subtitle": subtitle,
        "lead": _lead(month),
        "facts": _facts(month, events, report, at, keys),
        "table": _reasons(month.left_out) if month.stage == EMPTY else _states(month),
        "signatures": [["Signed", f"{signatory.name}, {signatory.title}"], ["On", ""]],
        # Pages that follow the signed one carry the head at their foot.
        "annex": _letters(month, Zones.of(events)),
        "foot": f"Head {report.head}",
    }
    return shell_pages.sheet_page("closing", f"{title}: {subtitle}", sheet)


def _lead(month: MonthSummary) -> str:
    so_far = (
        "The month is done: nothing was eligible in it, so no letter was drawn."
        if month.stage == EMPTY
        else f"This sheet does not close the month: {len(month.open)} of its "
        f"{counted(len(month.letters), 'letter')} {'is' if len(month.open) == 1 else 'are'} still "
        "open."
        if month.open
        else "The month is done: its one letter has come to its end."
        if len(month.letters) == 1
        else f"The month is done: each of its {len(month.letters)} letters has come to its end."
    )
    return (
        f"{so_far} The head below stands for every event of the ledger up to this sheet; a ledger "
        "without it was written anew, or cut off. Keep the sheet where the ledger's keepers cannot "
        "exchange it."
    )


def _facts(
    month: MonthSummary,
    events: list[Event],
    report: ChainReport,
    at: dt.datetime,
    keys: Keys,
) -> list[list[str]]:
    checked = [
        ["As of", at.isoformat(timespec="minutes")],
        ["Ledger", f"{report.level.name}: {report.events} events, all of them checked"],
        ["Program", _programs(events)],
    ]
    # Public keys on paper that is signed cannot be exchanged later.
    head = [
        *([] if report.signatures is None else [["Signed by recorders", report.signatures.words]]),
        *([f"Key of {key.person}", key.public, "digest"] for key in keys.active),
        ["Head", str(report.head), "digest"],
    ]
    again = ["Frozen", f"{month.freezes} times" if month.freezes > 1 else "once"]
    if month.stage == EMPTY:
        left_out = sum((month.left_out or {}).values())
        return [
            ["Eligible", ratio_text(0, left_out, "responses on the table")],
            again,
            *checked,
            ["Commitment", str(month.commitment), "digest"],
            *head,
        ]
    coverage = month.coverage
    selected = sum(row.selected for row in coverage.strata)
    eligible = sum(row.eligible for row in coverage.strata)
    drawn = next(event for event in valid_events(events) if event.kind == "drawn")
    signatories = ", ".join(f"{who} {count}" for who, count in month.signatories.items())
    return [
        ["Selected", ratio_text(selected, eligible, "eligible responses")],
        ["Sign-off coverage", str(coverage.signoff)],
        *([["Read in full", str(coverage.take_all)]] if coverage.take_all.of else []),
        ["Completion", str(coverage.completion)],
        ["Divisions reached", str(coverage.stratum_reach)],
        [
            "Still open",
            ratio_text(len(month.open), len(month.letters), "letters, substitutes among them"),
        ],
        ["Sent to", signatories or "nobody"],
        again,
        *([["Draws set aside", str(month.superseded)]] if month.superseded else []),
        *([["Seen before", month.set_aside.words]] if month.set_aside.words else []),
        *([["Empty", month.empty_words]] if month.empty_places else []),
        *checked,
        ["Draw", str(drawn.payload["draw"]), "digest"],
        ["Registration", drawn.hash, "digest"],
        *head,
    ]


def _programs(events: list[Event]) -> str:
    """The program that makes this sheet, and those by which the month's runs froze and drew it."""
    noted = (event.payload.get(PROGRAM) for event in valid_events(events))
    ran = {str(one) for one in noted if one is not None}
    before = joined(sorted(ran - {program()}))
    return f"{program()}; the month was run with {before}" if before else program()


def _states(month: MonthSummary) -> dict[str, Any]:
    """Where the letters are, substitutes among them: each in one state, so the rows add up."""
    counts = Counter(_words(letter.state) for letter in month.letters)
    total = len(month.letters)
    rows = [*sorted(counts.items()), ("All", total)]
    shares = total >= FEWEST_FOR_PERCENT
    return {
        "title": "Where the letters are, substitutes among them",
        "header": ["State", "Letters", *(["Share"] if shares else [])],
        "rows": [
            [state, str(count), *([share_text(count, total)] if shares else [])]
            for state, count in rows
        ],
        "align": ["left", "right", *(["right"] if shares else [])],
    }


def _reasons(left_out: Mapping[str, int] | None) -> dict[str, Any]:
    """Why responses of a month without letters were left out."""
    counts = left_out or {}
    rows = [*sorted(counts.items()), ("All", sum(counts.values()))]
    return {
        "title": "What was left out, and why",
        "header": ["Reason", "Responses"],
        "rows": [[reason, str(count)] for reason, count in rows],
        "align": ["left", "right"],
    }


def _letters(month: MonthSummary, zones: Zones) -> dict[str, Any]:
    none = ["none was drawn", *["-"] * 5]
    return {
        "title": "Each letter",
        "header": ["Response", "Stratum", "State", "Since", "Signed by", "Code"],
        "rows": [_row(letter, zones) for letter in month.letters] or [none],
        "align": ["left"] * 6,
    }


def _row(letter: History, zones: Zones) -> list[str]:
    signed = letter.standing("signed", "signed_by_deputy")
    return [
        letter.subject.unit_id + ("" if letter.original else " (substitute)"),
        stratum_words(letter.stratum),
        _words(letter.state) + ("" if letter.state in ENDS else " (open)"),
        zones.day(letter.events[-1]).isoformat(),
        "-" if signed is None else signed.actor,
        (letter.letter or "-")[:CODE_DIGITS],
    ]


def _words(state: str) -> str:
    return state.replace("_", " ")
