"""The parts of a configuration, in the order in which a run comes to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from ceosample.job.checks import of_draw, of_folders, of_ledger, of_letters
from ceosample.job.checks.context import CheckContext

#: What is asked, in the order in which a run comes to it.
PARTS: Final[Mapping[str, Callable[[CheckContext], Sequence[str]]]] = {
    "source": of_draw.check_source,
    "plan": of_draw.check_plan,
    "seed": of_draw.check_seed,
    "ledger": of_ledger.check_ledger,
    "signatory": of_ledger.check_signatory,
    "letters": of_letters.check_letters,
    "pdf": of_letters.check_pdf,
    "contents": of_letters.check_contents,
    "deadlines": of_letters.check_deadlines,
    "trial": of_letters.check_trial,
    "signatures": of_letters.check_signatures,
    "output": of_folders.check_output,
}
