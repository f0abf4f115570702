"""The sheets that witnesses sign: the commitment before there is a seed, the dice as they fall.

A commitment proves something because it is older than the seed. Its date is on paper that others
keep, so the sheets are made while there is no seed yet, and never after.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from ceosample.days import AS_WRITTEN, day_of
from ceosample.errors import ConflictError, LedgerError, raise_faults
from ceosample.letters.markup.template import longdate
from ceosample.letters.papers import shell_pages
from ceosample.letters.pdf import typeset
from ceosample.letters.pdf.paper_size import A4, fault_of_paper
from ceosample.period import Period
from ceosample.sampling.seeds.seed import FEWEST_DIGITS
from ceosample.sampling.seeds.seed_source import Dice, Link, Part, SeedSource
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.replay.lifecycle import is_empty
from ceosample.signoff.replay.valid_events import valid_events
from ceosample.signoff.store.events import Event
from ceosample.text import counted

#: So many digits of the freeze's hash are in the names of its sheets.
_HASH_DIGITS: Final = 8

#: The witnesses that a sheet has room for, and the boxes for digits: twice as many as are needed.
_WITNESSES: Final = 3
_BOXES: Final = 2 * FEWEST_DIGITS


def sheet_names(frozen: str, seed_source: str) -> list[str]:
    """The names of a freeze's sheets without their ending.

    Args:
        frozen: the hash of the event that froze the month.
        seed_source: where its seed comes from.

    >>> sheet_names("3fa9c1d2" * 8, "dice")
    ['commitment-3fa9c1d2', 'dice-3fa9c1d2']
    """
    kinds = ["commitment", *(["dice"] if Dice.kind in SeedSource.parse(seed_source).kinds else [])]
    return [f"{kind}-{frozen[:_HASH_DIGITS]}" for kind in kinds]


def witness_sheets(
    ledger: Ledger,
    *,
    population: str,
    period: str | Period,
    paper: bool | None = None,
    fonts: str | Path | None = None,
    paper_size: str = A4,
) -> dict[str, bytes]:
    """The files of a frozen month's sheets for its witnesses, by name.

    They are ``commitment-HASH.html`` and ``commitment-HASH.pdf``, with the hash of the freeze's
    event. Where the seed comes from dice, also ``dice-HASH.html`` and ``dice-HASH.pdf``.

    Args:
        ledger: the ledger.
        population, period: the month.
        paper: True for the PDFs too, False for none; None makes them if the extra ``pdf`` is
            installed.
        fonts: a folder of fonts for scripts that Typst's own fonts lack.
        paper_size: ``a4``, or ``letter`` for US Letter.

    Raises:
        LedgerError: the month is not frozen, or no font has a character of its title.
        ConflictError: its seed is known already, so a sheet that is signed now proves nothing.
        MissingPartError: you asked for the PDFs and the extra is not installed.

    >>> import datetime as dt, ceosample as cs
    >>> at = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
    >>> month = {"population": "complaint-responses", "period": "2026-10"}
    >>> frame = cs.Frame.from_records([{"id": f"R-{i}"} for i in range(100)], unit_id="id", **month)
    >>> plan, by = cs.Plan(size=3), {"by": "sampling", "at": at}
    >>> with cs.Ledger.open("sqlite://", clock=lambda: at) as ledger:
    ...     frozen = ledger.freeze(frame, plan, seed_source="dice", **by)
    ...     sheets = cs.office.witness_sheets(ledger, **month, paper=False)
    >>> [name.partition("-")[0] for name in sheets]
    ['commitment', 'dice']
    """
    raise_faults(LedgerError, filter(None, [fault_of_paper(paper_size)]))
    if paper:
        typeset.require_installed()
    frozen = frozen_of(ledger, population, str(period))
    makers = {"commitment": _commitment, "dice": _dice}
    names = sheet_names(frozen.hash, frozen.payload["seed_source"])
    pages = {name: makers[name.partition("-")[0]](frozen) for name in names}
    pages = {name: {**page, "paper": paper_size} for name, page in pages.items()}
    made = {f"{name}.html": shell_pages.sheet_html(page) for name, page in pages.items()}
    if paper is not False and typeset.is_installed():
        made |= _on_paper(pages, frozen, None if fonts is None else str(fonts))
    return made


def frozen_of(ledger: Ledger, population: str, period: str) -> Event:
    """The month's newest freeze, while there is no seed.

    Raises:
        LedgerError: there is none.
        ConflictError: its seed is known, or nothing was eligible.
    """
    events = valid_events(ledger.events(population=population, period=period))
    last = {event.kind: event for event in events}
    where = f"{population}, {period}"
    frozen, revealed = last.get("frozen"), last.get("seed_revealed")
    if frozen is None:
        raise LedgerError(f"{where}: is not frozen, so there is nothing to sign; run it first")
    if revealed is not None and revealed.sequence > frozen.sequence:
        raise ConflictError(
            f"{where}: its seed has been known since event {revealed.sequence}, so a sheet that is "
            "signed now proves nothing; use the one that was printed before, or sign the closing "
            "sheet"
        )
    if is_empty(frozen):
        raise ConflictError(
            f"{where}: nothing was eligible, so no seed is rolled and there is nothing to witness; "
            "print the closing sheet (ceosample close)"
        )
    return frozen


def _on_paper(
    pages: Mapping[str, dict[str, Any]], frozen: Event, fonts: str | None
) -> dict[str, bytes]:
    date = day_of(dt.datetime.fromisoformat(frozen.at), AS_WRITTEN)
    batch = [typeset.Page(shell_pages.as_json(page), date, fonts) for page in pages.values()]
    made = typeset.compile_batches([batch])
    raise_faults(
        LedgerError,
        (
            f"{name}: {one.message}"
            for name, one in zip(pages, made, strict=True)
            if not isinstance(one, bytes)
        ),
    )
    return {
        f"{name}.pdf": one for name, one in zip(pages, made, strict=True) if isinstance(one, bytes)
    }


def _page(frozen: Event, title: str, lead: str, **more: Any) -> dict[str, Any]:
    """All that the shells print of a sheet, which ends with the hash of the freeze."""
    subtitle = shell_pages.month_words(
        str(frozen.population), frozen.payload.get("title"), Period.parse(str(frozen.period))
    )
    sheet = {
        "title": title,
        "subtitle": subtitle,
        "lead": lead,
        "foot": f"Event {frozen.hash}",
        "boxes": 0,
        "steps": [],
        **more,
    }
    return shell_pages.sheet_page("witnessed", f"{title}: {subtitle}", sheet)


def _commitment(frozen: Event) -> dict[str, Any]:
    payload, at = frozen.payload, dt.datetime.fromisoformat(frozen.at)
    left_out = [f"{reason} {number}" for reason, number in payload["exclusions"].items()]
    total = payload["control_total"]
    plan = [f"{name} {json.dumps(value)}" for name, value in payload["plan"].items()]
    return _page(
        frozen,
        "Commitment sheet",
        "This sheet fixes what can be drawn, and how, before anybody can know what will be. Print "
        "it, date it and sign it while there is no seed. Each witness keeps a copy where the "
        "ledger's keepers cannot exchange it.",
        facts=[
            ["Eligible", counted(payload["count"], "response")],
            ["Left out", ", ".join(left_out) or "none"],
            *([] if total is None else [["Register's count", f"{counted(total, 'response')}"]]),
            ["Plan", ", ".join(plan)],
            ["Seed from", _source_words(payload["seed_source"])],
            ["Frozen", f"{longdate(at)}, {at:%H:%M %Z}"],
            ["In the ledger", f"event {frozen.sequence}, by {frozen.actor}, at {frozen.at}"],
            ["Commitment", payload["commitment"], "digest"],
            ["Manifest", payload["manifest"], "digest"],
            ["Exclusions", payload["excluded"], "digest"],
            ["Event", frozen.hash, "digest"],
        ],
        signatures=_signatures(_WITNESSES),
    )


def _source_words(source: str) -> str:
    """Where a seed comes from, as people read it."""
    return ", and ".join(map(_part_words, SeedSource.parse(source).parts))


def _part_words(part: Part) -> str:
    if isinstance(part, Dice):
        return "dice, rolled after this"
    if isinstance(part, Link):
        return f"link {part.number} of the chain that ends in {part.end[:_HASH_DIGITS]}"
    return f"round {part.number} of {part.beacon}"


def _dice(frozen: Event) -> dict[str, Any]:
    return _page(
        frozen,
        "Dice sheet",
        f"Roll only after the commitment sheet is signed. At least {FEWEST_DIGITS} digits are "
        "needed: agree on the number before the first roll.",
        facts=[
            ["Commitment", frozen.payload["commitment"], "digest"],
            ["Event", frozen.hash, "digest"],
        ],
        steps=[
            "Take dice with ten faces. The face 10 or 0 counts as 0.",
            "Before each roll, say which die is first. Write every digit down at once, from left "
            "to right. Roll again only what fell off the table.",
            "Cross out the boxes that are left. A digit that was corrected is signed next to it.",
            "Read the digits aloud while somebody types them: "
            f"ceosample run --period {frozen.period} --dice DIGITS --witness ROLE --witness ROLE",
        ],
        boxes=_BOXES,
        signatures=[
            [["Number of digits agreed", ""], ["First roll: date and time", ""]],
            *_signatures(_WITNESSES - 1),
        ],
    )


def _signatures(witnesses: int) -> list[list[list[str]]]:
    """Rows of lines to sign on."""
    return [
        [["Witness: signature", ""], ["Name and role", ""], ["Date and time", ""]]
        for _ in range(witnesses)
    ]
