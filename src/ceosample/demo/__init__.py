"""An invented bank, so that everything can be tried before a real complaint is touched.

`month("2026-10")` gives a month of complaint responses and the letters that go with them. Nobody
in them exists: the people, places and sums are all made up. The ombudsman whom they name does.
"""

from ceosample.demo.bank import Month as Month
from ceosample.demo.bank import month as month
