"""The figures of a board's report: counts and what they are out of, nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import attrs

from ceosample.canonical import Json
from ceosample.inference.ledger.infer import Statement
from ceosample.period import Period
from ceosample.report.findings import Escalations, Findings, Recognitions, StratumFindings
from ceosample.result import Result
from ceosample.signoff.check import ChainReport
from ceosample.signoff.figures.coverage import SignoffCoverage
from ceosample.signoff.figures.divisions import DivisionCoverage
from ceosample.signoff.figures.metrics import Metrics
from ceosample.signoff.figures.outside.casebook import CasebookSummary
from ceosample.signoff.figures.policies import PolicySummary
from ceosample.signoff.figures.ratio import Ratio


@attrs.frozen
class MonthFrame(Result):
    """What of a month could have been drawn, and what was left out.

    Attributes:
        period: the month.
        eligible: responses that could have been drawn.
        exclusions: responses left out, by reason.
        control_total: the independent register's count of both; None if none was given. (A frame
            that contradicts one is refused.)
        seed_source: where the month's seed comes from, as the freeze named it.
    """

    period: Period
    eligible: int
    exclusions: Mapping[str, int]
    control_total: int | None
    seed_source: str

    @property
    def left_out(self) -> int:
        """All responses that were left out."""
        return sum(self.exclusions.values())


@attrs.frozen
class Named(Result):
    """Letters by their ids, in the order of their months, where the reader asked for them.

    Attributes:
        late: those whose due day is over and that were not out by it.
        lapsed: those that went out unsigned.
        unowned: those whose newest version names no owner.
    """

    late: tuple[str, ...]
    lapsed: tuple[str, ...]
    unowned: tuple[str, ...]


@attrs.frozen
class BoardFigures(Result):
    """What the board is told of a month or a year.

    Attributes:
        population: which.
        title: the population as people read it, by the newest month's freeze; None shows its id.
        firm: the firm's name at the head of the page; None leaves it out.
        head: the hash of the ledger's newest event; None if it was not given.
        check: the check of the ledger's events; None if they were not checked.
        metrics: every figure of the months; who signed is left out unless ids were asked for.
        months: each drawn month's coverage.
        undrawn: months of the range, over by ``as_of``, of which no draw counts.
        unreached: divisions of which no letter was signed in person in the range, drawn or not.
        unreached_year: the same for the twelve months that end with the range, as far as they are
            on record.
        findings, full_findings: of the random sample, and of what was read in full.
        strata_findings: of each stratum.
        disagreements: letters whose readers' verdicts differ / letters with findings of several
            readers, those read in full included; each reader's newest verdict counts.
        lapsed: lapsed letters by reason.
        overdue: open letters whose due day is over / open letters that say when they are due.
        unowned: letters without an owner / letters rendered.
        recognitions, escalations: of all letters ever selected.
        policies: the resolutions outside policy that were proposed in the range.
        reviews: those of any time that are approved and not reviewed, of which so many are overdue.
        frames: what could have been drawn in each month, and what was left out.
        named: letters by id; None unless asked for.
        inference: what the verdicts say of the unread responses; None where nothing
            could be said.
        uninferred: why nothing could be said; None where something is.
        casebook: what reached the executive without being drawn, in a section of its own; None
            where there is no case.
    """

    population: str
    head: str | None
    metrics: Metrics
    months: Mapping[Period, SignoffCoverage]
    undrawn: tuple[Period, ...]
    unreached: tuple[DivisionCoverage, ...]
    unreached_year: tuple[DivisionCoverage, ...]
    findings: Findings
    full_findings: Findings
    strata_findings: tuple[StratumFindings, ...]
    disagreements: Ratio
    lapsed: Mapping[str, int]
    overdue: Ratio
    unowned: Ratio
    recognitions: Recognitions
    escalations: Escalations
    policies: PolicySummary
    reviews: Ratio
    frames: tuple[MonthFrame, ...]
    named: Named | None
    title: str | None = None
    firm: str | None = None
    check: ChainReport | None = None
    inference: Statement | None = None
    uninferred: str | None = None
    casebook: CasebookSummary | None = None

    @property
    def as_of(self) -> dt.datetime:
        """The moment that it is as of."""
        return self.metrics.as_of

    @property
    def letters(self) -> int:
        """Letters ever selected, those read in full included."""
        return self.metrics.sample.letters + self.metrics.take_all.letters

    def to_dict(self) -> dict[str, Json]:
        """For JSON."""
        policies, fields = self.policies.to_dict(), super().to_dict()
        if self.casebook is None:
            del fields["casebook"]
        return {
            **fields,
            "policies": {name: policies[name] for name in ("policies", "total")},
        }
