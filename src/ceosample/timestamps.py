"""Time stamps of RFC 3161: requests for commitments and heads, and answers checked offline."""

from __future__ import annotations

from ceosample.sampling.stamps.evidence import Stamps
from ceosample.sampling.stamps.request import request
from ceosample.sampling.stamps.stamp import TimeStamp
from ceosample.sampling.stamps.stamp import check_stamp as check

__all__ = ["Stamps", "TimeStamp", "check", "request"]
