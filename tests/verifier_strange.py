"""Records that a reader could take in another way: every one is read alike, by name what it is."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any

import ceosample as cs
from ceosample.canonical import canonical_file
from generated_months import generated
from rooms import SEED
from verifier_cases import Case

#: JSON that one of two readers could take for another value, or take at all.
NUMBERS = (
    *(
        "-0",
        "1e3",
        "1E400",
        "01",
        "+1",
        "0x10",
        "1.0",
        ".5",
        "NaN",
        "-Infinity",
        "9007199254740992",
    ),
    *("-9007199254740993", "1" * 5000, "-" + "1" * 5000),
)
TEXTS = (
    *(r'"\ud800"', r'"\udc00\ud800"', r'"a\/b"', r'"\u0041"', r'"\x41"', r'"\u00zz"', '"\t"'),
    *(r'"\ud83d\ude00"', '"\u2028"', '"\x7f"', '"\ufeff"', '"\ue000"', '"\U0010ffff"'),
)
WHOLE = (
    *('{"a":1,}', "[1,]", "[1 2]", '{"a" 1}', "{1:2}", "[", '"', "", "null", "[]", "\ufeff{}"),
    *("{} {}", "tru", "'a'", "[" * 499 + "]" * 499, "[" * 500 + "]" * 500, "[" * 501 + "]" * 501),
    *("[" * 501, "[" * 20_000, '{"a":' * 501 + "1" + "}" * 501, '{"a":1,"a":2}', '{"__proto__":1}'),
)
#: Values that a message repeats: letters of any script, quotation marks, and what is not seen.
SHOWN: tuple[Any, ...] = (
    *("é\n", "\U0001f600\u0378", "\ue000é", "é\x85", "\x7fé", "a\u00a0é", "é'\u202e", "é" * 61),
    *(
        ["Zürich"],
        [["Zürich", 'a"b'], ["a'b"]],
        {"é": "ŵ"},
        ["\U0001f600"] * 30,
        ["é\n", None, True],
    ),
)
NAMES = ("__proto__", "constructor", "", "\U0001f600", "\ue000", "toString")

#: Tables that are of the record by their digests, and are written in another way.
TABLES: tuple[Callable[[bytes], bytes], ...] = (
    lambda data: b"\xef\xbb\xbf" + data,
    lambda data: data.replace(b"\n", b"\r\n"),
    lambda data: data.replace(b"\n", b"\r", 1),
    lambda data: data.removesuffix(b"\n"),
    lambda data: data + b"\n",
    lambda data: data + b'"',
    lambda data: data + b"\xff",
    lambda data: data + b"\xed\xa0\x80\n",
    lambda data: data + b'"Z\nZ",b\n',
    lambda data: data + b'Z"Z,b\n',
    lambda data: data + '\U0001f600z"'.encode() + b"\n",
    lambda data: data + "e\u0301".encode() + b",duplicate\n",
    lambda data: data + b"Zz\x00,b\n",
    lambda data: data + b"Zz," + b"x" * 131_073 + b"\n",
    lambda data: data + b"ZZ,duplicate\nZZ,duplicate\n",
    lambda data: data + "Z\u0378,duplicate\n".encode(),
    lambda data: data + b"Z\xc2\xa0,duplicate\n",
    lambda data: data + "Z\u3164Z,duplicate\n".encode(),
    lambda data: b"",
    lambda data: b"\n",
    lambda data: b"unit_id\n",
)


def strange() -> Iterator[Case]:
    """One oddity each: what the library finds of them is what every reader must find."""
    month = generated(3)
    yield from _odd_json(month)
    yield from _odd_words(month)
    yield from _odd_tables(month)
    yield from _odd_rounds(month)
    yield from _odd_months()


def _odd_json(files: dict[str, bytes]) -> Iterator[Case]:
    record = json.loads(files["draw.json"])
    sound = files["draw.json"].decode()
    for odd in (*NUMBERS, *TEXTS, *WHOLE):
        text = sound.replace('"period":"', f'"other":{odd},"period":"', 1)
        yield Case.of(f"{odd[:20]!r} as a value", {**files, "draw.json": _encoded(text)})
    for odd in WHOLE:
        yield Case.of(f"{odd[:20]!r} alone", {**files, "draw.json": _encoded(odd)})
    for odd in NUMBERS:
        text = sound.replace(f'"N":{record["strata"][0]["N"]}', f'"N":{odd}', 1)
        yield Case.of(f"{odd[:20]!r} as N", {**files, "draw.json": _encoded(text)})
    for name in NAMES:
        for place in (("seed",), ("frame", "exclusions"), ("plan",)):
            changed = copy.deepcopy(record)
            inner = changed
            for step in place:
                inner = inner[step]
            inner[name] = 3
            yield Case.of(f"{name!r} in {place}", {**files, "draw.json": canonical_file(changed)})
    backwards = json.dumps(dict(reversed(record.items())), ensure_ascii=False) + "\n"
    yield Case.of("names in another order", {**files, "draw.json": backwards.encode()})


def _odd_words(files: dict[str, bytes]) -> Iterator[Case]:
    """One difference has one wording, whatever the value that is shown."""
    for shown in SHOWN:
        for place in (("scheme",), ("plan", "take_all"), ("plan", "cuts"), ("seed", "witnesses")):
            changed = json.loads(files["draw.json"])
            *steps, name = place
            inner = changed
            for step in steps:
                inner = inner[step]
            inner[name] = shown
            what = f"{ascii(shown)[:20]} in {place}"
            yield Case.of(what, {**files, "draw.json": canonical_file(changed)})


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _odd_tables(files: dict[str, bytes]) -> Iterator[Case]:
    for name in ("manifest.csv", "exclusions.csv"):
        for number, change in enumerate(TABLES):
            changed = {**files, name: change(files[name])}
            record = json.loads(files["draw.json"])
            frame = record["frame"]
            frame["manifest"] = hashlib.sha256(changed["manifest.csv"]).hexdigest()
            frame["excluded"] = hashlib.sha256(changed["exclusions.csv"]).hexdigest()
            frame["control_total"] = None
            changed["draw.json"] = canonical_file(record)
            yield Case.of(f"{name}, change {number}", changed)


def _odd_rounds(files: dict[str, bytes]) -> Iterator[Case]:
    """Signatures where none belongs, and of a length that no round has."""
    quicknet = "drand-52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"
    fields: tuple[tuple[str, dict[str, Any]], ...] = (
        ("dice", {"previous_signature": "ab"}),
        ("dice", {"previous_signature": {"a": 1}}),
        (f"dice+beacon:{quicknet}:7", {"signature": "ab" * 47}),
        (f"dice+beacon:{quicknet}:7", {"previous_signature": "ab"}),
        (f"dice+beacon:{quicknet}:7", {"signature": "ab", "previous_signature": "x"}),
        (f"dice+beacon:{quicknet}:7", {}),
    )
    for source, more in fields:
        record = json.loads(files["draw.json"])
        dice = "83019274650192837465"
        signature = more.get("signature", "ab" * 48)
        value = hashlib.sha256(bytes.fromhex(signature)).hexdigest()
        seed = {"value": dice, "source": source, "witnesses": ["internal audit"], **more}
        if "+" in source:
            parts = [dice, value]
            netstrings = "".join(f"{len(part)}:{part}," for part in parts)
            seed["value"] = hashlib.sha256(netstrings.encode()).hexdigest()
            seed["contributions"] = parts
        record["seed"] = seed
        record["commitment"] = _commitment(record)
        yield Case.of(f"{source}, {[*more]}", {**files, "draw.json": canonical_file(record)})


def _commitment(record: Any) -> str:
    frame = record["frame"]
    carried = record.get("rotation") or record.get("waiting")
    fields = {name: record[name] for name in ("scheme", "population", "period", "plan")} | {
        "manifest": frame["manifest"], "excluded": frame["excluded"],
        "seed_source": record["seed"]["source"],
        "earlier": [one["draw"] for one in carried["earlier"]] if carried else [],
    }  # fmt: skip
    block = {"block": carried["block"]} if carried else {}
    return hashlib.sha256(canonical_file(fields | block)).hexdigest()


def _odd_months() -> Iterator[Case]:
    """Plans of each kind on frames at the edge, drawn as they are and with another period."""
    rows = [
        {"id": unit_id, "division": division, "amount": amount, "why": why}
        for unit_id, division, amount, why in (
            ("\ufb02", "Zürich", "100", ""),
            ("\U0001f600", "Zürich", "100.0", ""),
            ("é", 'The "first"', "-3", ""),
            ("e-", "Savings, old", "007", ""),
            ("constructor", "Zürich", "1.50", "duplicate"),
            ('a,"b"', "Savings, old", "20000", ""),
            ("<img src=x onerror=alert(1)>", "<b>", "unknown", ""),
        )
    ]
    divisions = sorted({row["division"] for row in rows})
    plans: list[dict[str, Any]] = [
        {"size": {"at_most": 50}},
        {"size": 4, "allocation": "neyman", "variances": [[[one], "1/3"] for one in divisions]},
        {"size": 5, "allocation": "power", "power": "5/12", "reserves": 0},
        {"size": 5, "allocation": "equal", "cap": 2},
        {"size": 3, "allocation": "srs", "reserves": 9},
        {"size": 2, "allocation": "waiting"},
        {"size": 3, "rotation": {"months": 3, "start": "2026-09"}},
        {"size": 0, "take_all": [[one] for one in divisions]},
        {"minutes": "45/2", "per_letter": "4/1"},
        {"detect": ["1/2", "1/2"]},
        {"size": 3, "merge_below": 2, "into": 'Small, "all"', "minimum": 0},
    ]
    for plan in plans:
        frame = cs.Frame.from_records(
            rows, population="p", period="2026-10", unit_id="id", strata=["division"],
            exclusion="why", control_total=len(rows),
        )  # fmt: skip
        yield from _drawn(frame, plan)
    cut = {"size": 6, "cuts": [["amount", ["-1", "100", "1000.5"]]], "uncut": ["unknown"]}
    yield from _drawn(
        cs.Frame.from_records(
            rows, population="p", period="2026-10", unit_id="id", strata=["amount"]
        ),
        cut,
    )
    nothing = cs.Frame.from_records(
        [{**row, "why": f"reason-{n}"} for n, row in enumerate(rows)],
        population="p", period="2026-10", unit_id="id", strata=["division"], exclusion="why",
    )  # fmt: skip
    yield from _drawn(nothing, {"size": {"at_most": 3}})


def _drawn(frame: cs.Frame, fields: dict[str, Any]) -> Iterator[Case]:
    files = dict(cs.draw(frame, cs.Plan.from_dict(fields), SEED).files())
    yield Case.of(f"plan {fields}", files)
    record = json.loads(files["draw.json"])
    record["period"] = "0002-12"
    for name in {"rotation", "waiting"} & record.keys():
        record[name]["block"] = record["period"]
    record["commitment"] = _commitment(record)
    yield Case.of(f"in another month, {fields}", {**files, "draw.json": canonical_file(record)})
