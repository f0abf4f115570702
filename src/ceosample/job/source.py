"""The frame that a month's source gives."""

from __future__ import annotations

from ceosample.job.month import Month
from ceosample.sampling.frame import Frame


def from_source(month: Month, control_total: int | None) -> Frame:
    """The frame that the source gives now."""
    configuration = month.configuration
    return Frame.from_csv(
        configuration.path(configuration.csv, month.period),
        population=configuration.population,
        period=month.period,
        unit_id=configuration.unit_id,
        strata=configuration.variables,
        exclusion=configuration.exclusion,
        missing=configuration.missing,
        content=configuration.content,
        control_total=control_total,
    )
