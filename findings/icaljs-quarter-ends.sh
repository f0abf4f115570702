#!/usr/bin/env bash
# ical.js 2.2.1 finds the ends of the quarters in a rule's first year, and 1 July and 1 October in each later one.
#
# FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1 is the last day of four months (RFC 5545, 3.3.10). ical.js, by which
# Thunderbird and calendars on the web work such rules out, counts the days of June and September as 31. BYMONTHDAY=29
# in February becomes 1 March, though the RFC wants a day that does not exist left out. python-dateutil and rrule.js
# have the right days, as ical.js has for FREQ=MONTHLY;INTERVAL=3. Whoever plans a regulator's returns by the rule
# looks at the first year, finds it right, and closes the next year's quarters a day late.
#
# Seen 2026-11-30 with ical.js 2.2.1, rrule 2.8.1, Node.js 20 and python-dateutil 2.9.0.post0, Python 3.11. Fails if
# that changes.
set -euo pipefail
room=$(mktemp -d); trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check python-dateutil==2.9.0.post0
cd "$room"
npm install --silent --no-audit --no-fund ical.js@2.2.1 rrule@2.8.1
cat > days.mjs <<'JAVASCRIPT'
import ICAL from 'ical.js';
import rrule from 'rrule';
const [start, rule] = process.argv.slice(2);
const iterator = ICAL.Recur.fromString(rule).iterator(ICAL.Time.fromDateString(start));
const days = [];
for (let day = iterator.next(); day; day = iterator.next()) days.push(day.toString());
const other = rrule.rrulestr(`DTSTART:${start.replaceAll('-', '')}T000000Z\nRRULE:${rule}`).all();
console.log(days.join(' '));
console.log(other.map((day) => day.toISOString().slice(0, 10)).join(' '));
JAVASCRIPT
"$room/venv/bin/python" - <<'PYTHON'
import subprocess

from dateutil.rrule import rrulestr

CASES = {
    "FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1;COUNT=8": {"2027-06-30": "2027-07-01", "2027-09-30": "2027-10-01"},
    "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=-1;COUNT=8": {},
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;COUNT=1": {"2028-02-29": "2027-03-01"},
}
for rule, wrong in CASES.items():
    days = [f"{day:%F}" for day in rrulestr(f"DTSTART:20260331T000000\nRRULE:{rule}")]
    command = ["node", "days.mjs", "2026-03-31", rule]
    icaljs, rrulejs = (line.split() for line in subprocess.check_output(command, text=True).splitlines())
    print(rule)
    print("  ical.js  ", *icaljs)
    print("  rrule.js ", *rrulejs)
    print("  dateutil ", *days)
    assert rrulejs == days
    assert icaljs == [wrong.get(day, day) for day in days]
PYTHON
