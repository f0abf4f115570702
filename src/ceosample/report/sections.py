"""The sections of the report: sentences, tables and facts, each figure with what it is out of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ceosample.period import Period
from ceosample.report.casebook_section import casebook_section
from ceosample.report.contacts_section import contacts_section
from ceosample.report.findings import Findings, commonest_first
from ceosample.report.inference_section import inference_section
from ceosample.report.promises_section import causes_section, promises_section
from ceosample.report.table_parts import Part, each, listed, section, table
from ceosample.show import ratio_text, stratum_words
from ceosample.signoff.figures.by_stratum import Figures
from ceosample.signoff.figures.divisions import DivisionCoverage
from ceosample.signoff.figures.ratio import Ratio
from ceosample.signoff.figures.reconciliation import Reconciliation
from ceosample.text import counted

if TYPE_CHECKING:
    from ceosample.report.figures import BoardFigures, MonthFrame, Named


def sections(report: BoardFigures) -> list[Part]:
    """Every section, in the order of the page."""
    return [
        _coverage(report),
        _reach(report),
        _findings(report),
        causes_section(report),
        inference_section(report),
        _late(report),
        _unowned(report),
        contacts_section(report),
        promises_section(report),
        _recognitions(report),
        _escalations(report),
        _policies(report),
        _frames(report),
        *([_named(report, report.named)] if report.named else []),
        *([_imported(report)] if report.metrics.imported else []),
        # After every table of the sample, so that none of them has another number.
        *([casebook_section(report.casebook)] if report.casebook else []),
        _record(report),
    ]


def _totals(report: BoardFigures, sample: Sequence[str], in_full: Sequence[str]) -> list[list[str]]:
    """The last rows of a table of divisions; what is read in full is never mixed in."""
    totals = [["Drawn by chance, all", *sample]]
    return totals + ([["Read in full, all", *in_full]] if report.metrics.take_all.letters else [])


def _kind(report: BoardFigures) -> str:
    """What the rows of a table of strata are: divisions, unless the plan joined some."""
    joined = any(row.coverage.by_the_plan for row in report.metrics.divisions)
    return "Stratum" if joined else "Division"


def _coverage(report: BoardFigures) -> Part:
    figures = report.metrics
    kind = _kind(report)
    by_division = table(
        f"By {kind.lower()}",
        [
            *(kind, "Eligible", "Signed in person, of those drawn", "By deputy"),
            *("Places filled", f"Months since signed, to {figures.measured_to.words}"),
        ],
        ([row.name, *_covered(row.figures), row.since_signed] for row in figures.strata),
        totals=_totals(report, [*_covered(figures.sample), ""], [*_covered(figures.take_all), ""]),
    )
    in_full = ["Read in full, signed"] if figures.take_all.letters else []
    by_month = table(
        "By month",
        ["Month", "Drawn by chance, signed", *in_full, "Places filled", "Divisions reached"],
        (
            [
                month.words,
                found.signoff.short,
                *([found.take_all.short] if in_full else []),
                found.completion.short,
                found.stratum_reach.short,
            ]
            for month, found in report.months.items()
        ),
    )
    said = [
        f"{figures.sample.signoff}. A letter that lapsed, was withdrawn or was never read stays "
        "among those drawn, and a deputy's signature does not count as in person.",
        f"{figures.sample.completion}, by a signature, a deputy's or another resolution, "
        "substitutes included.",
        _ineligible(figures.sample.rates["ineligible"]),
        _ineligible(figures.take_all.rates["ineligible"], ", of those read in full"),
    ]
    return section(
        "coverage", "What was signed", said, [by_division, *([by_month] * (len(report.months) > 1))]
    )


def _ineligible(ratio: Ratio, which: str = "") -> str:
    """Letters that were sent and then found ineligible; empty where there are none."""
    if not ratio.count:
        return ""
    return (
        f"After they were sent, {ratio.short} letters{which} were found never to have been "
        "eligible. Their places stay empty, and they stay among those drawn."
    )


def _covered(figures: Figures) -> list[str]:
    return [
        str(figures.fraction.of),
        figures.signoff.short,
        figures.by_deputy.short,
        figures.completion.short,
    ]


def _reach(report: BoardFigures) -> Part:
    header = ["Division", "Eligible", "Signed in person, of those drawn"]
    reach, divisions = report.metrics.reach, [row.coverage for row in report.metrics.divisions]
    when, planned = reach.when, reach.as_planned
    return section(
        "reach",
        "Divisions not reached",
        [
            f"{reach.months.count} of {counted(reach.months.of, 'division')} "
            f"{'was' if reach.months.of == 1 else 'were'} reached{reach.months.note and ', '}"
            f"{reach.months.note}. A division is reached once the chief executive signed one of "
            "its letters in person, drawn by chance, read in full, or moved up from the reserves. "
            "One of which no letter was drawn is not reached.",
            f"In {listed(planned)} the ledger holds strata as the plan made them, and each is "
            "counted as a division."
            if planned
            else "",
            _all_reached("In these months", reach.months.of, report.unreached),
            _all_reached(when.capitalize(), reach.year.of, report.unreached_year),
        ],
        [
            table(
                "Divisions that the plan joined with others",
                ["Division", "In the plan as", *header[1:], "By a substitute"],
                map(_joined, (row for row in divisions if row.by_the_plan)),
                words=[1],
            ),
            table("Not reached in these months", header, map(_missed, report.unreached)),
            table(f"Not reached {when}", header, map(_missed, report.unreached_year)),
        ],
    )


def _all_reached(when: str, divisions: int, unreached: Sequence[DivisionCoverage]) -> str:
    """That all were; empty where one was not, or where there was none to be reached."""
    return f"{when} every division was reached." if divisions and not unreached else ""


def _missed(row: DivisionCoverage) -> list[str]:
    return [row.name, str(row.eligible), _signed(row)]


def _joined(row: DivisionCoverage) -> list[str]:
    by_substitute = Ratio(row.substitutes_signed, row.substitutes, "").short
    return [row.name, row.by_the_plan, str(row.eligible), _signed(row), by_substitute]


def _signed(row: DivisionCoverage) -> str:
    return f"{row.signed} of {row.selected}" if row.selected else "none drawn"


def _findings(report: BoardFigures) -> Part:
    of_those, kind = "Letters, of those with a finding", _kind(report)
    place = {code: number for number, code in enumerate(report.findings.codes)}
    by_division = sorted(
        (place.get(code, len(place)), code, row.name, f"{count} of {row.findings.found.count}")
        for row in report.strata_findings
        for code, count in row.findings.codes.items()
    )
    return section(
        "findings",
        "What was found",
        [
            f"{report.findings.found}; {_defective(report.findings)}. That says nothing about "
            "the letters without a finding. One that was found defective stays so, whatever came "
            "after.",
            _without_finding(report),
            f"{report.disagreements}." if report.disagreements.of else "",
        ],
        [
            table(
                f"Findings by {kind.lower()}",
                [kind, "With a finding, of those selected", "Defective, of those"],
                (
                    [row.name, *_found(row.findings)]
                    for row in report.strata_findings
                    if report.findings.found.count or report.full_findings.found.count
                ),
                totals=_totals(report, _found(report.findings), _found(report.full_findings)),
            ),
            table(
                "Codes, in the letters drawn by chance",
                ["Code", of_those],
                each(report.findings.codes, report.findings.found.count),
            ),
            table(
                f"Codes by {kind.lower()}",
                ["Code", kind, of_those],
                (row[1:] for row in by_division),
                words=[1],
            ),
        ],
    )


def _defective(findings: Findings) -> str:
    """The count alone: a percentage would be taken for one of all letters."""
    return f"{findings.defective.count} of {findings.defective.of} {findings.defective.what}"


def _without_finding(report: BoardFigures) -> str:
    """The letters that count as defective by another verdict; empty where there are none."""
    by = {} if report.inference is None else report.inference.counts.defective_by
    others = sum(number for basis, number in by.items() if basis != "finding")
    if not others:
        return ""
    count, it = ("counts", "it") if others == 1 else ("count", "them")
    return (
        f"Without a finding, {counted(others, 'letter')} also {count} as defective: a reader sent "
        f"{it} back or declined {it}."
    )


def _found(findings: Findings) -> list[str]:
    return [findings.found.short, findings.defective.short]


def _late(report: BoardFigures) -> Part:
    figures, kind = report.metrics, _kind(report)
    in_time = str(figures.sample.on_time)
    return section(
        "late",
        "Late and lapsed letters",
        [
            f"{in_time[0].upper()}{in_time[1:]}. A letter that is open when its day is over is "
            "late.",
            f"{report.overdue}. Working days from the desk to a signature in person: "
            f"{figures.sample.turnaround}.",
        ],
        [
            table(
                f"Late and lapsed, by {kind.lower()}",
                [kind, "In time, of those due", "Late", "Lapsed, of those selected"],
                ([row.name, *_timely(row.figures)] for row in figures.strata),
                totals=_totals(report, _timely(figures.sample), _timely(figures.take_all)),
            ),
            table(
                "Why letters lapsed",
                ["Reason", "Letters"],
                each(report.lapsed, sum(report.lapsed.values())),
            ),
        ],
    )


def _timely(figures: Figures) -> list[str]:
    due = figures.on_time.ratio
    return [due.short, Ratio(due.of - due.count, due.of, "").short, figures.rates["lapsed"].short]


def _unowned(report: BoardFigures) -> Part:
    return section(
        "unowned",
        "Letters without an owner",
        [
            f"{report.unowned}, of all that were rendered. An owner answers for what the letter "
            "promises; without one, nobody does."
        ],
    )


def _recognitions(report: BoardFigures) -> Part:
    found = report.recognitions
    given = sum(found.reasons.values())
    return section(
        "recognitions",
        "Good work that was named",
        [
            f"{counted(given, 'recognition')} of {counted(found.colleagues, 'colleague')}; "
            f"{found.letters}."
        ],
        [table("Reasons", ["Reason", "Recognitions"], each(found.reasons, given))],
    )


def _escalations(report: BoardFigures) -> Part:
    found = report.escalations
    answers = each(found.outcomes, found.answered.count)
    return section(
        "escalations",
        "Escalated to the board",
        [f"{found.letters}; {found.answered}."],
        [table("What the board answered", ["Answer", "Letters"], answers)],
    )


def _policies(report: BoardFigures) -> Part:
    policies, reviews = report.policies, report.reviews
    header = ["Policy", "Proposed", "Co-signed", "Adopted", "Kept", "Refused", "Review overdue"]
    rows = (
        [policy, str(counts.proposed), *(ratio.short for ratio in counts.ratios.values())]
        for policy, counts in policies.policies.items()
    )
    return section(
        "policies",
        "Resolutions outside policy, up for review",
        [
            f"{policies.total.cosigned}. Two colleagues' word applies such a resolution at once; "
            "its review says whether the policy should change. What is overridden often may be a "
            "wrong policy.",
            f"{policies.explained}. {policies.co_signers.always}: such a pair is one pair of eyes."
            if policies.resolutions
            else "",
            f"Up for review, whenever they were proposed: {reviews.of}, of which {reviews.count} "
            "overdue."
            if reviews.of
            else "No resolution is up for review.",
        ],
        [table("By policy, the most overridden first", header, rows)],
    )


def _frames(report: BoardFigures) -> Part:
    eligible = sum(frame.eligible for frame in report.frames)
    reasons = Counter[str]()
    for frame in report.frames:
        reasons.update(frame.exclusions)
    rows = eligible + reasons.total()
    empty = [frame.period for frame in report.frames if not frame.eligible]
    uncounted = sum(frame.control_total is None for frame in report.frames)
    return section(
        "frames",
        "Left out, and never counted",
        [
            f"{ratio_text(reasons.total(), rows, 'responses on the tables')} were left out "
            "for a stated "
            f"reason. In {uncounted} of {counted(len(report.frames), 'month')} there was no "
            "independent count to hold the table against. What never came onto a table could "
            "not be drawn, and is not counted here.",
            f"No draw counts for {listed(report.undrawn)}." if report.undrawn else "",
            f"Nothing was eligible in {listed(empty)}, so no letter was drawn." if empty else "",
            f"{report.metrics.reconciled}: opening + new - final = carried forward.",
        ],
        [
            table(
                "Register, eligible and left out",
                ["Month", "Register", "Eligible", "Left out"],
                map(_frame, report.frames),
            ),
            table(
                "Why responses were left out",
                ["Reason", "Responses, of those on the tables"],
                each(commonest_first(reasons), rows),
            ),
            table(
                "Counts that do not add up",
                ["Month", "Division", "Counts"],
                map(_sum, (row for row in report.metrics.reconciliations if not row.ok)),
                words=[1, 2],
            ),
        ],
    )


def _frame(frame: MonthFrame) -> list[str]:
    register = "no count" if frame.control_total is None else str(frame.control_total)
    return [frame.period.words, register, str(frame.eligible), str(frame.left_out)]


def _sum(row: Reconciliation) -> list[str]:
    where = "all" if row.stratum is None else stratum_words(row.stratum)
    return [Period.parse(row.period).words, where, row.sums]


def _named(report: BoardFigures, named: Named) -> Part:
    lists = {"Late": named.late, "Lapsed": named.lapsed, "Without an owner": named.unowned}
    shares = (
        [Period.parse(share.period).words, share.signatory, share.signed.short]
        for share in report.metrics.signatories
    )
    return section(
        "named",
        "Letters by their ids",
        [
            "An id leads to a customer: to the law it is personal data. Give this page to nobody "
            "who may not look the letters up."
        ],
        [
            *(table(title, ["Response"], ([i] for i in ids)) for title, ids in lists.items()),
            table(
                "Months with more than one signatory",
                ["Month", "Signatory", "Signed, of those addressed to them"],
                shares,
                words=[1],
            ),
        ],
    )


def _imported(report: BoardFigures) -> Part:
    """What an older table says, where there is any: apart from all figures, by its own name."""
    rows = report.metrics.imported
    letters, signed = (sum(getattr(row.signed, n) for row in rows) for n in ("of", "count"))
    return section(
        "imported",
        "Imported from older tables, unverified",
        [
            f"{ratio_text(signed, letters, 'letters said to be signed')}. They come from "
            "tables that were "
            "kept before there was a ledger. Nobody can show how these letters were chosen, nor "
            "that they were signed, and no other figure of this report counts them."
        ],
        [
            table(
                "What the older tables say, unverified",
                ["Month", "Division", "Said to be signed, of those listed"],
                ([row.period.words, row.name, row.signed.short] for row in rows),
                words=[1],
            )
        ],
    )


def _record(report: BoardFigures) -> Part:
    figures, check = report.metrics, report.check
    checked = (
        "not by what made this page"
        if check is None
        else f"{check.level.name}: {check.events} events, "
        + (check.checked_words or "all of them checked")
    )
    head = ["Ledger's head", *([report.head, "digest"] if report.head else ["not given"])]
    return section(
        "record",
        "The record behind these figures",
        [
            "Every figure is counted from a ledger that nobody can rewrite unnoticed: the head of "
            "an older report or cover sheet must still be found in it."
        ],
        facts=[
            head,
            ["Ledger checked", checked],
            ["As of", figures.as_of.isoformat(timespec="seconds")],
            ["Months drawn", str(len(figures.months))],
            ["Draws set aside", str(figures.superseded)],
            *([["Seen before", figures.set_aside.words]] if figures.set_aside.words else []),
            ["Events corrected", str(figures.corrected)],
        ],
    )
