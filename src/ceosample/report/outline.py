"""The report in words: what stands on the page, for the screen and for paper alike.

Both shells print what they are given here, so a figure cannot differ between them. The first page
is for two minutes: six figures, then what needs the board.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from ceosample.letters.markup.template import longdate
from ceosample.report.casebook_section import late_cases
from ceosample.report.foresight import foresight
from ceosample.report.picture import Picture
from ceosample.report.sections import sections
from ceosample.report.table_parts import Part, listed
from ceosample.show import ratio_text
from ceosample.signoff.figures.ratio import Ratio, words_of_readings
from ceosample.signoff.figures.reach import Reach
from ceosample.text import counted

if TYPE_CHECKING:
    from ceosample.report.figures import BoardFigures

TITLE: Final = "Complaint responses before the chief executive"

#: Where nothing asks for attention.
CALM: Final = (
    "Nothing: no open letter is overdue, none lapsed or lacks an owner, no answer is missing and "
    "no review is overdue."
)


#: What the count of letters that were found defective does not say.
FOUND_ALONE: Final = "By itself it says nothing about the other letters."


def page_of(report: BoardFigures, pictures: Mapping[str, Sequence[Picture]]) -> Part:
    """All that the shells print.

    Args:
        report: what was counted.
        pictures: for each section's id the pictures that stand in it.
    """
    page = {
        "language": "en",
        "title": TITLE,
        "firm": report.firm or "",
        "subtitle": _subtitle(report),
        "as_of": f"As of {longdate(report.as_of)}, {report.as_of:%H:%M %Z}",
        "lead": _lead(report),
        "figures": _figures(report),
        "attention": list(_attention(report)),
        "calm": CALM,
        "sections": [
            {**section, "pictures": [*pictures.get(section["id"], ())]}
            for section in sections(report)
        ],
    }
    return _about_readings(page) if report.metrics.is_reading else page


def _about_readings(page: Part) -> Part:
    """The page in the words of what is read and not signed; names from data stay as they are."""
    tables = [table for section in page["sections"] for table in section["tables"]]
    named = ((table, row) for table in tables for row in table["rows"])
    names = {str(row[column]) for table, row in named for column in table["words"]}

    def reworded(value: Any) -> Any:
        if isinstance(value, str):
            return words_of_readings(value, names)
        return [reworded(one) for one in value]

    def part(given: Part, *keys: str) -> Part:
        return {**given, **{key: reworded(given[key]) for key in keys}}

    return {
        **part(page, "title", "lead", "calm"),
        "figures": [part(one, "name", "of", "note") for one in page["figures"]],
        "attention": [part(one, "words") for one in page["attention"]],
        "sections": [
            {
                **part(one, "title", "said", "facts"),
                "tables": [part(table, "title", "header") for table in one["tables"]],
            }
            for one in page["sections"]
        ],
    }


def summary_of(report: BoardFigures) -> tuple[str, list[list[str]], list[str]]:
    """The first page for a terminal and a notebook: a title, the figures, what needs somebody."""
    page = page_of(report, {})
    rows = [[part["name"], part["count"], part["of"], part["share"]] for part in page["figures"]]
    attention = [
        ": ".join(filter(None, [entry["words"], ", ".join(entry["names"])]))
        for entry in page["attention"]
    ]
    alone = [f"{part['name']}: {part['note']}" for part in page["figures"] if part["note"]]
    notes = [*alone, *(attention or [page["calm"]])]
    return f"{page['title']}: {page['subtitle']}", rows, notes


def _subtitle(report: BoardFigures) -> str:
    return f"{report.title or report.population}, {_months(report)}"


def _months(report: BoardFigures) -> str:
    months = report.metrics.months
    begin, end = report.metrics.first, report.metrics.last
    first, last = begin or next(iter(months), None), end or next(reversed(months), None)
    if first is None or last is None:
        return "no month drawn"
    return first.words if first == last else f"{first.words} to {last.words}"


def _lead(report: BoardFigures) -> list[str]:
    sample, in_full = report.metrics.sample, report.metrics.take_all
    if not report.months:
        return ["In these months no response was drawn for the chief executive to read and sign."]
    months = report.metrics.months
    when = months[0].words if len(months) == 1 else counted(len(months), "month")
    drawn = ratio_text(sample.fraction.count, sample.fraction.of, "eligible responses")
    chosen = sample.fraction.count < sample.fraction.of
    lead = [
        f"In {when}, {drawn} were drawn"
        f"{' by chance' if chosen else ''} for the chief executive to read and sign.",
        *(
            foresight(frame for frame in report.frames if frame.period in report.months)
            if chosen
            else ["Every one of them was drawn, so it was known beforehand which ones."]
        ),
    ]
    if in_full.signoff.of:
        lead.append(
            "Of the divisions whose every letter was drawn, the chief executive signed "
            f"{in_full.signoff.short} letters in person. They are counted apart."
        )
    if report.inference is not None:
        lead += report.inference.words.lead
    return lead


def _figures(report: BoardFigures) -> list[dict[str, Any]]:
    sample = report.metrics.sample
    return [
        _figure("Signed in person", sample.signoff, "letters drawn", "coverage"),
        _divisions_reached(report.metrics.reach),
        _found_defective(report),
        _figure("Answered in time", sample.on_time.ratio, "letters due", "late"),
        _figure("Lapsed", sample.rates["lapsed"], "letters selected", "late"),
        _figure("Without an owner", report.unowned, "letters rendered, all divisions", "unowned"),
    ]  # fmt: skip


def _figure(name: str, ratio: Ratio, what: str, to: str) -> dict[str, Any]:
    """A count, with its share as a percentage where there are enough, and as a bar."""
    return {
        "name": name,
        # Out of nothing, a zero would be read as a failure.
        "count": str(ratio.count) if ratio.of else "-",
        "of": f"of {ratio.of} {what}" if ratio.of else f"no {what}",
        "note": "",
        "share": ratio.percentage,
        # For a bar: thousandths, which no reader sees as a number.
        "bar": None if ratio.share is None else round(ratio.share * 1000),
        "to": to,
    }


def _divisions_reached(reach: Reach) -> dict[str, Any]:
    """Those reached, by a substitute's letter too, which is said."""
    what = "; ".join(filter(None, ["divisions", reach.year_words]))
    return {**_figure("Divisions reached", reach.months, what, "reach"), "note": reach.months.note}


def _found_defective(report: BoardFigures) -> dict[str, Any]:
    """A count alone: its share would be taken for that of all letters, which nobody knows.

    It is the count that the claim above it gives, by any verdict; where nothing can be claimed,
    that of the findings.
    """
    if report.inference is None:
        ratio, of, to = report.findings.defective, "letters with a finding", "findings"
    else:
        counts = report.inference.counts
        ratio, of, to = Ratio(counts.defective, counts.read, ""), "letters read", "inference"
    figure = _figure("Found defective", ratio, of, to)
    return {**figure, "note": FOUND_ALONE, "share": "", "bar": None}


def _attention(report: BoardFigures) -> Iterator[dict[str, Any]]:
    """What somebody should ask about, the board's own work first: words, names, the section."""
    figures = report.metrics
    lapsed = sum(report.lapsed.values())
    unreconciled = figures.reconciled.of - figures.reconciled.count
    waiting = report.escalations.unanswered
    ineligible = sum(part.rates["ineligible"].count for part in (figures.sample, figures.take_all))
    exceeded = report.inference is not None and report.inference.against == "exceeded"
    found: list[tuple[object, str, str]] = [
        (exceeded, "inference", "More responses are defective than was stated as tolerable"),
        (
            waiting,
            "escalations",
            f"{counted(waiting, 'letter')} before the board, not answered yet",
        ),
        (report.reviews.count, "policies", str(report.reviews)),
        (late_cases(report.casebook), "casebook", late_cases(report.casebook)),
        (
            report.unreached_year,
            "reach",
            f"No letter signed in person {figures.reach.when} in "
            f"{counted(len(report.unreached_year), 'division')}",
        ),
        (report.undrawn, "frames", f"No draw counts for {listed(report.undrawn)}"),
        (report.overdue.count, "late", str(report.overdue)),
        (
            lapsed,
            "late",
            f"{lapsed} of {counted(report.letters, 'letter')} lapsed: time ran out first",
        ),
        (report.unowned.count, "unowned", str(report.unowned)),
        (
            unreconciled,
            "frames",
            f"{unreconciled} of {counted(figures.reconciled.of, 'month')} without counts of the "
            "register that add up",
        ),
        (figures.superseded, "record", f"{counted(figures.superseded, 'draw')} set aside"),
        (
            figures.set_aside.sent.count,
            "record",
            f"{counted(figures.set_aside.sent.count, 'letter')} sent before the draw was set aside",
        ),
        (
            ineligible,
            "coverage",
            f"{counted(ineligible, 'letter')} found ineligible after they were sent",
        ),
        (
            report.disagreements.count,
            "findings",
            f"{counted(report.disagreements.count, 'letter')} on whose quality readers disagree",
        ),
    ]
    for asked, to, words in found:
        if asked:
            names = [row.name for row in report.unreached_year] if to == "reach" else []
            yield {"words": words, "names": names, "to": to}
