"""Exports of a ledger with something changed: none may end in an exception that is not ours.

Run: ``python benchmarks/changed_exports.py [HOW_MANY] [FIRST]``, 20,000 from 0 by default. Each
export has right hashes. It is checked, and every figure is asked for as if SQL had put it into a
ledger; each tenth is imported, and its ledger asked too. It prints how many were refused and
taken, and each that failed.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import time
import traceback
from collections import Counter
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1] / "tests"
sys.path.insert(0, str(TESTS))

from changed_exports import changed, outcome  # noqa: E402 - it stands with the tests

AS_OF = dt.datetime(2027, 3, 1, tzinfo=dt.UTC)


def main() -> int:
    """Change so many exports; 1 if any ended in an exception that is not ours."""
    many, first = (int(text) for text in (*sys.argv[1:], *("20000", "0")[len(sys.argv) - 1 :]))
    golden = (TESTS / "golden" / "ledger.jsonl").read_bytes().splitlines()
    events = [event for event in map(json.loads, golden) if "payload" in event]
    found: Counter[str] = Counter()
    for number in range(first, first + many):
        try:
            lines = changed(events, number)
            whole = number % 10 == 0
            found[outcome(lines, AS_OF, "complaint-responses", whole=whole)] += 1
        except Exception:
            found["failed"] += 1
            print(f"export {number}:\n{traceback.format_exc(limit=-4)}")
    print(f"{many} exports in {time.process_time():.0f} s of CPU: {dict(found)}")
    return 1 if found["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
