"""The pictures: each from the ledger's events, or from a draw, and readable without colour."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from ceosample.errors import PlanError
from ceosample.inference.ledger.statement import StatementFigures
from ceosample.inference.ledger.words import rate_words
from ceosample.report.picture import ACCENT, INK, MUTED, Picture, canvas, styled
from ceosample.sampling.draw import Draw
from ceosample.sampling.ticket import draw_key, ticket
from ceosample.show import FEWEST_FOR_PERCENT, percent, stratum_words
from ceosample.signoff.figures.divisions import DivisionCoverage, divisions_of
from ceosample.signoff.figures.letter_facts import LetterFacts, letter_facts
from ceosample.signoff.figures.metrics import Metrics
from ceosample.signoff.figures.policies import PolicySummary
from ceosample.signoff.figures.ratio import words_of_readings
from ceosample.signoff.figures.turnaround import (
    FEWEST_FOR_MEDIAN,
    Wait,
    calendar_of,
    survival,
    waits,
)
from ceosample.signoff.replay.lifecycle import REVIEW_OUTCOMES
from ceosample.signoff.replay.readings import populations_of_readings
from ceosample.signoff.replay.valid_events import histories_of, valid_events_at
from ceosample.signoff.replay.zones import Zones
from ceosample.signoff.store.events import Event
from ceosample.text import counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Inches for a row of a picture, and for its title and axis.
_ROW: Final = 0.32
_AROUND: Final = 1.3
_WIDTH: Final = 7.5

#: Letters of a name beside a row; with as many W a third of the width is left.
_LONGEST: Final = 28

#: The states on a letter's way, in their order, and those that lead off it.
_WAY: Final = ("selected", "rendered", "sent_for_signature", "viewed", "signed", "dispatched")
_OFF: Final = (
    *("returned_for_rework", "declined", "escalated_to_board", "taken_over", "delegated"),
    *("signed_by_deputy", "issued_under_other_name", "resolved_nonstandard", "lapsed"),
    *("replaced", "found_ineligible", "withdrawn"),
)


def coverage(events: Iterable[Event], *, as_of: dt.datetime) -> Picture:
    """Sign-off coverage by division and month: a cell says how many of how many were signed.

    Args:
        events: a ledger's, of one population.
        as_of: the moment, aware.
    """
    found: dict[str, tuple[DivisionCoverage, ...]] = {}
    known = valid_events_at(events, as_of)
    for month in sorted({event.period or "" for event in known if event.kind == "drawn"}):
        read = [event for event in known if event.period == month]
        found[month] = divisions_of(read, histories_of(read).values())
    return coverage_of(found, is_reading=bool(populations_of_readings(known)))


def coverage_of(
    found: Mapping[str, Sequence[DivisionCoverage]], *, is_reading: bool = False
) -> Picture:
    """Sign-off coverage by division and month, from the rows of each month's divisions.

    Args:
        found: by month, ``2026-10``, the coverage of each division, as the ``divisions`` of
            ``cs.signoff_coverage`` of that month's events.
        is_reading: True where the units are readings: the words then speak of *read*.
    """
    months = {
        month: {stratum_words(row.stratum): row for row in rows} for month, rows in found.items()
    }
    names = sorted({name for rows in months.values() for name in rows})
    title = "Letters signed in person, of those selected"
    title = words_of_readings(title) if is_reading else title
    with styled():
        figure, axes = canvas(title, 2.5 + 0.62 * max(len(months), 6), _height(len(names)))
        for y, name in enumerate(names):
            for x, rows in enumerate(months.values()):
                if name in rows:
                    _cell(axes, x, y, rows[name].signed, rows[name].selected)
        axes.set_xticks(range(len(months)), list(months), rotation=45, ha="right")
        axes.set_yticks(range(len(names)), [_brief(name) for name in names])
        axes.set_xlim(-0.5, max(len(months), 1) - 0.5)
        axes.set_ylim(max(len(names), 1) - 0.5, -0.5)
        axes.tick_params(length=0)
        for spine in axes.spines.values():
            spine.set_visible(False)
    words = "; ".join(
        f"{month}: "
        + ", ".join(f"{name} {row.signed} of {row.selected}" for name, row in rows.items())
        for month, rows in months.items()
    )
    return Picture(title, words, figure)


def months_since(metrics: Metrics) -> Picture:
    """For each division, the months since the signatory last signed one of its letters.

    Args:
        metrics: what ``cs.figures.metrics`` returned. A division without a signature in the
            months on record has a hatched bar.
    """
    rows = {stratum_words(row.coverage.stratum): row for row in metrics.divisions}
    title = "Months since a letter of the division was signed in person"
    title = words_of_readings(title) if metrics.is_reading else title
    labels = [row.since_signed for row in rows.values()]
    found = {name: row.months_since_signed for name, row in rows.items()}
    longest = max([1, *(since for since in found.values() if since is not None)])
    lengths = [longest + 1 if since is None else since for since in found.values()]
    with styled():
        figure, axes = canvas(title, _WIDTH, _height(len(found)))
        bars = axes.barh(range(len(found)), lengths, height=0.62, color="white", edgecolor=INK)
        for bar, since in zip(bars, found.values(), strict=True):
            if since is None:
                bar.set(hatch="////", edgecolor=MUTED)
            else:
                bar.set(color=ACCENT, edgecolor=ACCENT)
        _label(axes, lengths, labels)
        _rows_from_above(axes, [_brief(name) for name in found])
    pairs = zip(found, labels, strict=True)
    return Picture(title, "; ".join(f"{name}: {label}" for name, label in pairs), figure)


def funnel(events: Iterable[Event], *, as_of: dt.datetime) -> Picture:
    """How many of the letters ever selected were ever in each state.

    Args:
        events: a ledger's.
        as_of: the moment, aware.
    """
    letters = _letters(events, as_of)
    counts = Counter(state for letter in letters for state in letter.happened)
    counts["selected"] = len(letters)
    shown = [*_WAY, *(state for state in _OFF if counts[state])]
    title = f"Of {len(letters)} letters ever selected, so many were ever"
    numbers = [counts[state] for state in shown]
    with styled():
        figure, axes = canvas(title, _WIDTH, _height(len(shown)))
        names = [state.replace("_", " ") for state in shown]
        bars = axes.barh(range(len(names)), numbers, height=0.62, color=ACCENT, edgecolor=ACCENT)
        for bar in list(bars)[len(_WAY) :]:
            bar.set(color="white", edgecolor=MUTED)
        _label(axes, numbers, [f"{count} of {len(letters)}" for count in numbers])
        _rows_from_above(axes, names)
    words = "; ".join(f"{n}: {c} of {len(letters)}" for n, c in zip(names, numbers, strict=True))
    return Picture(title, words, figure)


def _letters(events: Iterable[Event], as_of: dt.datetime) -> list[LetterFacts]:
    read = list(events)
    return letter_facts(histories_of(valid_events_at(read, as_of)).values(), Zones.of(read))


def turnaround(
    events: Iterable[Event], *, as_of: dt.datetime, holidays: Iterable[dt.date] = ()
) -> Picture:
    """The share of sent letters that still wait for a signature, day by day (Kaplan and Meier).

    Args:
        events: a ledger's.
        as_of: the moment, aware; open letters have waited until its day.
        holidays: days off from Monday to Friday.
    """
    letters = _letters(events, as_of)
    found = waits(letters, as_of, calendar_of(holidays))
    curve = [(0, Fraction(1)), *survival(found)]
    last = max([1, *(days for days, _ in found)])
    title = f"Share of {len(found)} sent letters still waiting for a signature"
    with styled():
        figure, axes = canvas(title, _WIDTH, 3.4)
        days, shares = [d for d, _ in curve], [float(share * 100) for _, share in curve]
        axes.step([*days, last], [*shares, shares[-1]], where="post", color=ACCENT, linewidth=1.8)
        waiting = sorted(day for day, is_signed in found if not is_signed)
        axes.plot(
            waiting, [_at(curve, day) for day in waiting], "|", color=INK, markersize=9,
            label=f"{len(waiting)} not signed: so long they waited",
        )  # fmt: skip
        for share, name in ((50, "half"), (10, "one in ten")):
            if len(found) >= FEWEST_FOR_MEDIAN:
                axes.axhline(share, color=MUTED, linewidth=0.7, linestyle=":")
                axes.annotate(
                    name, (last, share), xytext=(0, 2), textcoords="offset points", ha="right"
                )
        axes.set(ylim=(0, 103), xlim=(0, last), xlabel="working days since it was sent")
        if len(found) >= FEWEST_FOR_PERCENT:
            axes.set_ylabel("%")
        else:
            axes.set_yticks([0, 100], ["none", "all"])
        if waiting:
            axes.legend(frameon=False, loc="upper right")
    return Picture(title, _waits_in_words(found, curve), figure)


def _waits_in_words(found: Sequence[Wait], curve: Sequence[tuple[int, Fraction]]) -> str:
    """The shares after so many days; of few letters their number, which is all that is known."""
    signed = [days for days, is_signed in found if is_signed]
    words = f"{len(signed)} of {len(found)} signed"
    if len(found) >= FEWEST_FOR_PERCENT:
        # The share after a number of days: who was signed on the day of sending waits no more.
        after = dict(curve).items()
        steps = ", ".join(f"{counted(days, 'day')} {percent(share)}" for days, share in after)
        return f"{words}; still waiting after {steps}"
    unsigned = [days for days, is_signed in found if not is_signed]
    for name, of in (("signed", signed), ("not signed", unsigned)):
        counts = sorted(Counter(of).items())
        listed = ", ".join(f"{number} after {counted(days, 'day')}" for days, number in counts)
        words += f"; {name}: {listed}" if listed else ""
    return words


def tickets(draw: Draw) -> Picture:
    """Where the tickets lie: those of each stratum from the lowest on, cut behind the last drawn.

    A mark is a response. Its place is its ticket as a share of the largest possible one.

    Args:
        draw: the draw, with its frame.

    Raises:
        PlanError: the draw is of a rotation, whose letters come from several lines.
    """
    if draw.plan.rotation is not None:
        raise PlanError(
            "tickets: got a draw under a rotation, whose letters are in several lines, so there is "
            "no one cut; give a draw without a rotation"
        )
    key = draw_key(draw.population, str(draw.period), draw.seed.value)
    chosen = {unit.unit_id for unit in draw.selections}
    reserve = {unit.unit_id for unit in draw.reserves}
    strata = draw.plan.design(draw.frame, draw.earlier).strata
    counts = strata.sizes()
    members = {pool.stratum: pool.members for pool in draw.pools}
    found = strata.lowest(key, counts)
    title = f"Tickets by stratum: {len(chosen)} of {sum(counts.values())} drawn"
    with styled():
        figure, axes = canvas(title, _WIDTH, _height(len(members)) + 0.3)
        for y, merged in enumerate(members.values()):
            units = [unit for stratum in merged for unit in found[stratum]]
            place = {u.unit_id: int(ticket(key, u.unit_id), 16) / 2**256 for u in units}
            others = [u for u in place if u not in chosen | reserve]
            _marks(axes, [place[u] for u in others], y, "|", color=MUTED, alpha=0.5)
            _marks(axes, [place[u] for u in place if u in reserve], y, "o", mfc="white", color=INK)
            drawn = [place[u] for u in place if u in chosen]
            _marks(axes, drawn, y, "o", color=ACCENT)
            if drawn:
                axes.plot([max(drawn)] * 2, [y - 0.42, y + 0.42], color=INK, linewidth=1.2)
        names = [
            f"{_brief(stratum_words(pool.stratum))}  {pool.letters} of {pool.size}"
            for pool in draw.pools
        ]
        _rows_from_above(axes, names)
        axes.set(xlim=(-0.01, 1.01), xlabel="ticket, as a share of the largest (filled: drawn; "
                 "open: in reserve; line: the cut)")  # fmt: skip
    words = "; ".join(
        f"{stratum_words(pool.stratum)}: {pool.letters} of {pool.size} drawn" for pool in draw.pools
    )
    return Picture(title, words, figure)


def policies(summary: PolicySummary) -> Picture:
    """How often each policy was overridden, and what the reviews came to.

    Args:
        summary: what ``cs.figures.policy_summary`` returned.
    """
    title = f"{summary.total.proposed} resolutions outside policy"
    names = list(summary.policies)
    parts: dict[str, list[int]] = {
        outcome: [getattr(summary.policies[name], outcome).count for name in names]
        for outcome in REVIEW_OUTCOMES
    }
    parts["not reviewed yet"] = [
        summary.policies[name].proposed - sum(counts[place] for counts in parts.values())
        for place, name in enumerate(names)
    ]
    with styled():
        figure, axes = canvas(title, _WIDTH, _height(len(names)) + 0.4)
        left = [0] * len(names)
        faces = ((ACCENT, ""), ("white", "////"), (MUTED, ""), ("white", ""))
        for (part, counts), (face, hatch) in zip(parts.items(), faces, strict=True):
            axes.barh(
                range(len(names)), counts, left=left, height=0.62, color=face, hatch=hatch,
                edgecolor=INK, label=f"{part} {sum(counts)}",
            )  # fmt: skip
            left = [before + count for before, count in zip(left, counts, strict=True)]
        _label(axes, left, [str(count) for count in left])
        _rows_from_above(axes, [_brief(name) for name in names])
        if names:
            figure.legend(loc="outside lower center", ncols=4, frameon=False)
    words = "; ".join(
        f"{name}: " + ", ".join(f"{counts[place]} {part}" for part, counts in parts.items())
        for place, name in enumerate(names)
    )
    return Picture(title, words, figure)


#: The most contacts that have a bar of their own: the customer of the founding essay needed 17.
_MOST_CONTACTS: Final = 17


def contacts(metrics: Metrics) -> Picture:
    """How many letters took how many contacts with the customer; of those drawn by chance.

    Args:
        metrics: what ``cs.figures.metrics`` returned. Letters of strata that are read in full are
            left out.
    """
    found = metrics.contacts.contacts
    counts = Counter[int]()
    for number, letters in found.spread.items():
        counts[min(number, _MOST_CONTACTS + 1)] += letters
    shown = range(min(found.most or 0, _MOST_CONTACTS + 1) + 1)
    names = [str(number) if number <= _MOST_CONTACTS else "more" for number in shown]
    numbers = [counts[number] for number in shown]
    title = f"Contacts that {counted(found.stated.count, 'letter')} took"
    with styled():
        figure, axes = canvas(title, _WIDTH, 3.0)
        axes.bar(shown, numbers, width=0.7, color=ACCENT, edgecolor=ACCENT)
        for number, letters in zip(shown, numbers, strict=True):
            if letters:
                axes.annotate(str(letters), (number, letters), xytext=(0, 3), ha="center",
                              textcoords="offset points")  # fmt: skip
        axes.set_xticks(shown, names)
        axes.set_yticks([])
        axes.set(xlabel="contacts of the customer before the answer", ylabel="letters")
        axes.set_ylim(0, max([1, *numbers]) * 1.15)
    words = "; ".join(
        f"{name}: {letters} of {found.stated.count}"
        for name, letters in zip(names, numbers, strict=True)
        if letters
    )
    return Picture(title, words, figure)


def limits(statement: StatementFigures) -> Picture:
    """Month by month, the most responses so far that may be defective, as a share of all so far.

    Args:
        statement: what ``cs.inference.infer`` returned, of two months or more.
    """
    found = statement.monitor.months
    names = [str(month) for month in statement.months]
    confidence = rate_words(statement.method.confidence)
    # A letter without a verdict may count as defective, which shows no defect.
    ends = {"upper": "at most", **({} if statement.counts.missing else {"lower": "at least"})}
    title = f"Defective responses so far, of 100: limits that hold together with {confidence}"
    with styled():
        figure, axes = canvas(title, 2.5 + 0.62 * max(len(found), 6), 3.4)
        places = range(len(found))
        for end, name in ends.items():
            shares = [100 * getattr(month, end) / month.eligible for month in found]
            axes.plot(places, shares, marker="o", color=ACCENT, label=name,
                      linewidth=1.8 if end == "upper" else 0.6)  # fmt: skip
        if statement.method.tolerable is not None:
            rate = float(100 * Fraction(statement.method.tolerable))
            axes.axhline(rate, color=INK, linewidth=0.9, linestyle="--", label="tolerable")
        axes.set_xticks(places, names, rotation=45, ha="right")
        axes.set(ylim=(0, 103), xlim=(-0.3, len(found) - 0.7), ylabel="%")
        axes.legend(frameon=False, loc="upper right")
    words = "; ".join(
        f"{name}: " + " and ".join(f"{word} {getattr(month, end)}" for end, word in ends.items())
        + f" of {month.eligible}"
        for name, month in zip(names, found, strict=True)
    )  # fmt: skip
    return Picture(title, words, figure)


def _height(rows: int) -> float:
    return _AROUND + _ROW * max(rows, 2)


def _cell(axes: Axes, x: int, y: int, signed: int, selected: int) -> None:
    """A cell of a heat map: the darker, the more; its counts stand in it."""
    from matplotlib.patches import Rectangle

    share = signed / selected if selected else 0.0
    axes.add_patch(
        Rectangle(
            (x - 0.47, y - 0.44),
            0.94,
            0.88,
            facecolor=(*_rgb(ACCENT), share),
            edgecolor=MUTED,
            linewidth=0.6,
        )
    )
    dark = share > 0.8
    axes.text(
        x, y, f"{signed}/{selected}", ha="center", va="center", color="white" if dark else INK
    )


def _rgb(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return red, green, blue


def _label(axes: Axes, lengths: Sequence[float], labels: Sequence[str]) -> None:
    """The words behind each bar, and room for them."""
    for y, (length, label) in enumerate(zip(lengths, labels, strict=True)):
        axes.annotate(label, (length, y), xytext=(5, 0), textcoords="offset points", va="center")
    axes.set_xlim(0, max([1, *lengths]) * 1.15)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)


def _rows_from_above(axes: Axes, names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(max(len(names), 1) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def _brief(name: str) -> str:
    """A name that leaves room for the picture; its words have the whole of it.

    >>> len(_brief("W" * 200)), _brief("Cards")
    (28, 'Cards')
    """
    return name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"


def _marks(axes: Axes, places: Sequence[float], y: int, mark: str, **look: object) -> None:
    axes.plot(places, [y] * len(places), mark, markersize=5.5, clip_on=False, **look)  # type: ignore[arg-type]


def _at(curve: Sequence[tuple[int, Fraction]], day: int) -> float:
    return float(100 * next(share for days, share in reversed(curve) if days <= day))
