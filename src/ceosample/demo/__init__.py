"""An invented bank, so that everything can be tried before a real complaint is touched.

`month("2026-10")` gives a month of complaint responses and the letters that go with them;
`ceosample.demo.year.live` writes twelve of them into a ledger, with what became of each letter.
Nobody in them exists: the people, places and sums are all made up. The ombudsman does.
"""

from typing import Any

from ceosample.demo.bank import BankMonth as BankMonth
from ceosample.demo.bank import month as month
from ceosample.renamed import warn


def __getattr__(name: str) -> Any:
    if name == "Month":  # the name of 0.1
        warn("ceosample.demo.Month", "ceosample.demo.BankMonth")
        return BankMonth
    raise AttributeError(f"module 'ceosample.demo' has no attribute {name!r}")
