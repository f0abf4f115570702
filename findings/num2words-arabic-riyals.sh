#!/usr/bin/env bash
# num2words 0.5.14 writes pounds, euros and dollars as Saudi riyals, if the letter is in Arabic.
#
# lang="ar" knows TND, EGP and KWD and takes every other code for the riyal: a thousand pounds become a thousand riyals,
# worth a fifth of them. Other languages raise NotImplementedError for a code that they do not have. A Kuwaiti dinar has
# 1,000 fils, and ISO 4217 gives it three digits as it does the Tunisian one: 1.250 dinars become a dinar and
# twenty-five fils, a tenth of the fils, while the Tunisian dinar is right. num2words2 1.0.20, a fork in Rust, does the
# same with pounds, euros and fils. Babel takes names and digits from CLDR and has both right. A letter that states
# redress in figures and in words contradicts itself, and where the two differ it is mostly the words that count.
#
# Seen 2026-11-30 with num2words 0.5.14, num2words2 1.0.20 and Babel 2.19.0, Python 3.11. Fails if that changes.
set -euo pipefail
room=$(mktemp -d); trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check num2words==0.5.14 num2words2==1.0.20 babel==2.19.0
cd "$room"
"$room/venv/bin/python" - <<'PYTHON'
from decimal import Decimal

import num2words
import num2words2
from babel.numbers import format_currency

RIYAL = "\u0631\u064a\u0627\u0644"
STERLING = "\u0625\u0633\u062a\u0631\u0644\u064a\u0646\u064a"
TWENTY = "\u0639\u0634\u0631\u0648\u0646"
TWO_HUNDRED = "\u0645\u0626\u062a\u0627\u0646"
AMOUNTS = [("SAR", "1000"), ("GBP", "1000"), ("EUR", "1000"), ("KWD", "1.250"), ("TND", "1.250")]


def write(module, lang, code, amount):
    return module.num2words(Decimal(amount), lang=lang, to="currency", currency=code)


for module in (num2words, num2words2):
    words = {code: write(module, "ar", code, amount) for code, amount in AMOUNTS}
    for code, amount in AMOUNTS:
        print(f"{module.__name__}, {amount} {code}: {words[code]}")
    assert RIYAL in words["SAR"]
    assert words["GBP"] == words["EUR"] == words["SAR"], "pounds are no riyals now"
    assert TWENTY in words["KWD"] and TWO_HUNDRED not in words["KWD"], "a dinar has 1,000 fils now"
    assert TWO_HUNDRED in words["TND"] and TWENTY not in words["TND"]

assert write(num2words, "ar", "USD", "1000") == write(num2words, "ar", "SAR", "1000")
named = {code: format_currency(Decimal(amount), code, locale="ar", format_type="name") for code, amount in AMOUNTS}
for code, name in named.items():
    print(f"Babel, {code}: {name}")
assert STERLING in named["GBP"] and RIYAL not in named["GBP"] and named["KWD"].startswith("1.250")
try:
    print(write(num2words, "de", "XAF", "1000"))
except NotImplementedError as error:
    print("num2words in German:", error)
else:
    raise AssertionError("German takes any code now")
PYTHON
