"""An invented bank, so that everything can be tried before a real complaint is touched.

`month("2026-10")` gives a month of complaint responses and the letters that go with them;
`ceosample.demo.year.live` writes twelve of them into a ledger, with what became of each letter.
Nobody in them exists: the people, places and sums are all made up. The ombudsman does.
"""

from ceosample.demo.bank import BankMonth as BankMonth
from ceosample.demo.bank import month as month
