"""Quantiles of t and beta, and the intervals of a share that rest on them; scipy is needed here."""

from __future__ import annotations

from fractions import Fraction
from math import exp, log, sqrt
from typing import Any

from ceosample.errors import MissingPartError


def t_quantile(confidence: Fraction, freedom: int) -> float:
    """So many standard errors on each side hold an estimate with this confidence."""
    return float(_special().stdtrit(freedom, float(1 - (1 - confidence) / 2)))


def proportion_interval(
    share: Fraction,
    variance: Fraction,
    letters: int,
    freedom: int,
    confidence: Fraction,
    method: str,
) -> tuple[float, float]:
    """The interval of a share above 0 and below 1, which stays within 0 and 1.

    ``beta``: E. Korn and B. Graubard, *Confidence intervals for proportions with small expected
    number of positive counts estimated from survey data*, Survey Methodology 24 (1998): Clopper and
    Pearson's with the effective number of letters. ``logit``: t's interval of the log-odds.
    """
    p = float(share)
    t = t_quantile(confidence, freedom)
    if method == "logit":
        reach = t * sqrt(float(variance)) / (p * (1 - p))
        middle = log(p / (1 - p))
        return _share_of(middle - reach), _share_of(middle + reach)
    effective = float(share * (1 - share) / variance)
    effective *= (t_quantile(confidence, letters - 1) / t) ** 2
    tail = float((1 - confidence) / 2)
    quantile = _special().betaincinv
    low = quantile(effective * p, effective * (1 - p) + 1, tail)
    high = quantile(effective * p + 1, effective * (1 - p), 1 - tail)
    return float(low), float(high)


def _share_of(log_odds: float) -> float:
    return 1 / (1 + exp(-log_odds))


def _special() -> Any:
    try:
        from scipy import special
    except ModuleNotFoundError:
        raise MissingPartError(
            "intervals: scipy is not installed; run pip install 'ceosample[inference]'"
        ) from None
    return special
