#!/usr/bin/env bash
# Babel 2.19.0 numbers every week of 2027 one too high in German, French or Swedish, if the locale names no country.
#
# CLDR keeps by country how many days of January make a first week: four in Europe, as in ISO 8601. For a language
# alone, as websites and templates of letters have it, the country is the likely one (UTS #35, part 6, Territory-Based
# Preferences), so Germany for "de", and ICU in Node.js goes by that. Babel takes the world's value, which is one day.
# "de" and "de_DE" agree in 2024, 2025 and nearly all of 2026, so that no test shows it, and differ from 28 December
# 2026 to the end of 2028. A letter names the wrong week, and a report sets complaints beside another week's answers.
#
# Seen 2026-11-30 with Babel 2.19.0 and Node.js 20 (ICU 78.2), Python 3.11. Fails if that changes.
set -euo pipefail
room=$(mktemp -d); trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check babel==2.19.0
cd "$room"
cat > weeks.cjs <<'JAVASCRIPT'
for (const language of process.argv.slice(2)) {
  const locale = new Intl.Locale(language);
  const week = locale.getWeekInfo ? locale.getWeekInfo() : locale.weekInfo;
  console.log(language, locale.maximize().region, week.minimalDays);
}
JAVASCRIPT
node weeks.cjs de fr sv > icu.txt
"$room/venv/bin/python" - <<'PYTHON'
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

from babel import Locale
from babel.dates import format_date

PATTERN = "YYYY-'W'ww"
days = [date(2024, 1, 1) + timedelta(number) for number in range((date(2029, 1, 1) - date(2024, 1, 1)).days)]
for line in Path("icu.txt").read_text().splitlines():
    language, country, least = line.split()
    alone, full = Locale(language), Locale(language, country)
    print(f"{language}: ICU {country}, {least} days; Babel {alone.min_week_days}, and {full} {full.min_week_days}")
    assert (least, full.min_week_days, alone.min_week_days) == ("4", 4, 1)
    wrong = Counter()
    for day in days:
        iso = "{0:04}-W{1:02}".format(*day.isocalendar())
        assert format_date(day, PATTERN, locale=full) == iso
        wrong[day.year] += format_date(day, PATTERN, locale=alone) != iso
    print("   days in another week than by ISO 8601:", dict(wrong))
    assert wrong == {2024: 0, 2025: 0, 2026: 4, 2027: 365, 2028: 366}, "Babel numbers other weeks now"
day = date(2027, 6, 1)
print(day, *(f"{locale}: {format_date(day, PATTERN, locale=locale)}" for locale in ("de", "de_DE", "fr", "fr_FR")))
PYTHON
