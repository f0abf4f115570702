"""How many letters each stratum gives, and how many show how much."""

from __future__ import annotations

from ceosample.inference.sizes import SampleSize, allowed_errors, size_for
from ceosample.inference.spread import estimated_variances
from ceosample.sampling.plans.allocation import allocate, allocate_for_variance

__all__ = [
    "SampleSize",
    "allocate",
    "allocate_for_variance",
    "allowed_errors",
    "estimated_variances",
    "size_for",
]
