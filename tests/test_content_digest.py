"""What was sampled is what is signed: letters that a frame commits to by salted digests."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ceosample as cs
import months
from ceosample.got import Private, got
from ceosample.letters.contents.clean import clean_text
from ceosample.text import is_assigned
from command import ceosample
from inputs import commit_to_letters, write_letters, write_month

SALTS = {f"C-{i}": hashlib.sha256(b"%d" % i).hexdigest() for i in range(6)}
CONTENTS: dict[str, dict[str, Any]] = {
    unit_id: {**fields, "salt": SALTS[unit_id]}
    for unit_id, fields in months.contents(SALTS, "handler-1").items()
}
SIGNATORY = cs.Signatory("ceo", "Margaret Llewelyn", "Chief Executive")

# What a letter can say: nothing else has a digest.
JSON_TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Zl", "Zp"]).filter(is_assigned)
    | st.sampled_from("\n\r\t\x0b\u2028\u2029\u202e\u200d"),
    max_size=8,
)
NAMES = st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=1, max_size=8)
FIELDS = st.dictionaries(
    NAMES,
    st.recursive(
        JSON_TEXT | st.integers(-(2**40), 2**40) | st.booleans() | st.none(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
        max_leaves=6,
    ),
    max_size=4,
)


def committed() -> cs.Draw:
    rows = [
        {"id": unit_id, "digest": cs.content_digest(fields["letter"], fields["salt"])}
        for unit_id, fields in CONTENTS.items()
    ]
    frame = cs.Frame.from_records(rows, **months.MONTH, unit_id="id", content="digest")
    return cs.draw(frame, cs.Plan(size=2, reserves=1), months.SEED)


DRAW = committed()
FIRST, SECOND = DRAW.unit_ids


def render(contents: dict[str, dict[str, Any]], **more: Any) -> cs.Pack:
    return cs.render(
        DRAW,
        lambda ids: {unit_id: contents[unit_id] for unit_id in ids},
        signatory=SIGNATORY,
        date=dt.date(2026, 11, 2),
        pdf=False,
        **more,
    )


def edited(unit_id: str, **fields: Any) -> dict[str, dict[str, Any]]:
    letter = {**CONTENTS[unit_id]["letter"], **fields}
    return {**CONTENTS, unit_id: {**CONTENTS[unit_id], "letter": letter}}


@given(FIELDS, st.binary(min_size=32, max_size=32))
def test_a_digest_is_the_hash_of_the_salt_and_the_letters_json(
    letter: dict[str, Any], salt: bytes
) -> None:
    """'`content` is SHA-256(salt || letter bytes) in hex, with a salt of 32 random bytes'"""

    # RFC 8785 orders names by UTF-16 code units.
    def ordered(value: Any) -> Any:
        if isinstance(value, dict):
            names = sorted(value, key=lambda name: name.encode("utf-16-be"))
            return {name: ordered(value[name]) for name in names}
        return [ordered(item) for item in value] if isinstance(value, list) else value

    text = json.dumps(ordered(letter), separators=(",", ":"), ensure_ascii=False)
    by_hand = hashlib.sha256(salt + text.encode() + b"\n").hexdigest()
    assert cs.content_digest(letter, salt) == by_hand
    assert cs.content_digest(letter, salt.hex()) == by_hand


def test_dates_and_decimals_are_hashed_as_the_text_that_a_file_holds() -> None:
    salt = "11" * 32
    values = {"on": dt.date(2026, 10, 1), "paid": Decimal("12.50"), "days": (1, True)}
    as_text = {"on": "2026-10-01", "paid": "12.50", "days": [1, True]}
    assert cs.content_digest(values, salt) == cs.content_digest(as_text, salt)
    assert cs.content_digest({"n": np.int64(5)}, salt) == cs.content_digest({"n": 5}, salt)
    assert cs.content_digest(values, salt) != cs.content_digest({**as_text, "days": [1, 1]}, salt)


@pytest.mark.parametrize(
    "value", [1.5, float("nan"), Decimal("NaN"), 2**53, b"x", "\ud800", {1: 2}]
)
def test_a_field_without_certain_bytes_is_refused(value: Any) -> None:
    with pytest.raises(cs.errors.LetterError, match="content: "):
        cs.content_digest({"field": value}, "00" * 32)


@pytest.mark.parametrize("salt", ["", "5e" * 31, "zz" * 32, b"short", "5e" * 32 + "\n", 7, None])
def test_a_salt_that_is_none_is_refused_and_not_shown(salt: Any) -> None:
    with pytest.raises(cs.errors.LetterError) as caught:
        cs.content_digest({"body": "x"}, salt)
    assert str(caught.value) == (
        f"salt: {got(salt, Private.SECRET)}; give 32 random bytes, or their 64 hex digits"
    )
    assert not salt or str(salt) not in str(caught.value)


def test_what_was_committed_to_is_rendered_and_the_docket_says_so() -> None:
    pack = render(CONTENTS)
    assert b"as committed to before the seed" in pack.rendered["pack.html"]
    assert {pack.docket(unit_id)["content"] for unit_id in DRAW.unit_ids} == {"as-committed"}


def test_a_docket_says_next_to_its_dates_how_its_letter_stands_to_what_was_committed_to() -> None:
    known = {**CONTENTS[FIRST]["docket"], "due": dt.date(2026, 11, 20)}
    given = {**CONTENTS, FIRST: {**CONTENTS[FIRST], "docket": known}}
    deadlines = cs.regimes.DueDatePolicy(sampling="after-issue")
    said = render(given, deadlines=deadlines).docket(FIRST)
    assert (said["due"], said["sampling"]) == ("2026-11-20", "after-issue")
    assert said["content"] == "as-committed"


@pytest.mark.parametrize(
    "change",
    [
        {"body": "We are sorry about the parrot. "},  # white space alone
        {"body": "We are sorry about the parrot\u202e."},  # stripped before it is printed
        {"body": "We are sorry about the parrot.\r\n"},
        {"note": ""},  # a field that nothing prints
    ],
)
def test_other_bytes_are_refused_by_name(change: dict[str, str]) -> None:
    """'Where the frame committed to the letters\' contents, `render` refuses other bytes'"""
    with pytest.raises(
        cs.errors.LetterError, match=rf"letter {FIRST}: got .*: not what was committed to"
    ):
        render(edited(FIRST, **change))


def test_two_letters_that_changed_places_are_both_refused() -> None:
    swapped = {**CONTENTS, FIRST: CONTENTS[SECOND], SECOND: CONTENTS[FIRST]}
    with pytest.raises(cs.errors.LetterError) as caught:
        render(swapped)
    assert [fault.split(":")[0] for fault in caught.value.faults] == [
        f"letter {FIRST}",
        f"letter {SECOND}",
    ]


def test_a_letter_without_its_salt_is_refused_in_every_version() -> None:
    bare = {u: {k: v for k, v in fields.items() if k != "salt"} for u, fields in CONTENTS.items()}
    for version in (1, 2):
        with pytest.raises(
            cs.errors.LetterError, match=f"letters {FIRST} .* no salt came with them"
        ):
            render(bare, version=version)


def test_another_salt_is_another_letter() -> None:
    with pytest.raises(cs.errors.LetterError, match="not what was committed to"):
        render({**CONTENTS, FIRST: {**CONTENTS[FIRST], "salt": "00" * 32}})


def test_a_misspelt_salt_is_named_and_not_shown() -> None:
    with pytest.raises(cs.errors.LetterError) as caught:
        render({**CONTENTS, FIRST: {**CONTENTS[FIRST], "salt": "secret-but-misspelt"}})
    assert f"letter {FIRST}, salt: got text that is not shown" in str(caught.value)
    assert "secret-but-misspelt" not in str(caught.value)


def test_an_edit_after_the_draw_is_a_new_version_and_the_docket_and_the_ledger_say_so() -> None:
    """'an edit after the draw is a visible new version, and the docket says so'"""
    with months.open_ledger() as ledger:
        who: dict[str, Any] = {"by": "office", "at": months.AT}
        ledger.freeze(DRAW.frame, DRAW.plan, seed_source="dice", **who)
        event = ledger.register(DRAW, by="sampling", at=months.AT)
        ledger.send(render(CONTENTS, registration=event.hash), **who)
        again = render(
            edited(FIRST, body="We are very sorry."),
            registration=event.hash,
            version=2,
            unit_ids=[FIRST],
        )
        months.a_day_on(ledger)
        ledger.record("returned_for_rework", FIRST, by="ceo", at=months.LATER, reason_code="tone")
        ledger.send(again, by="office", at=months.LATER)
        rendered = [e.payload for e in ledger.history(FIRST).events if e.kind == "rendered"]
    assert [payload["content"] for payload in rendered] == ["as-committed", "edited"]
    assert b"EDITED since the draw" in again.rendered["pack.html"]


def test_a_cover_sheet_says_in_words_that_a_frame_was_not_committed_to() -> None:
    about: dict[str, Any] = {**months.MONTH, "unit_id": "id", "manifest": False}
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE r (id VARCHAR)")
        connection.executemany("INSERT INTO r VALUES (?)", [[unit] for unit in CONTENTS])
        with cs.warehouse.SqlFrame.from_duckdb(connection, "r", **about) as frame:
            draw = cs.draw(frame, cs.Plan(size=6), months.SEED)
            pack = cs.render(
                draw, CONTENTS, signatory=SIGNATORY, date=dt.date(2026, 11, 2), pdf=False
            )
    page = pack.rendered["pack.html"].decode()
    facts = dict(re.findall(r"<dt>(\w+)</dt>\s*<dd[^>]*>(.*?)</dd>", page, re.DOTALL))
    assert facts["Manifest"] == facts["Exclusions"] == "not committed to"
    assert len(facts["Commitment"]) == 64


def test_a_frame_that_commits_to_nothing_takes_letters_with_and_without_salts() -> None:
    frame = cs.Frame.from_records([{"id": u} for u in CONTENTS], **months.MONTH, unit_id="id")
    draw = cs.draw(frame, cs.Plan(size=6), months.SEED)
    pack = cs.render(draw, CONTENTS, signatory=SIGNATORY, date=dt.date(2026, 11, 2), pdf=False)
    assert b"not committed to beforehand" in pack.rendered["pack.html"]
    assert "content" not in pack.docket(FIRST)


@pytest.mark.slow
def test_the_command_refuses_a_letter_that_was_edited_after_the_freeze(tmp_path: Path) -> None:
    write_month(tmp_path, "2026-10")
    letters = commit_to_letters(tmp_path, "2026-10")

    def run(*arguments: str) -> tuple[int, str]:
        month = ("--period", "2026-10", "--at", months.AT.isoformat())
        ended = ceosample("run", *month, *arguments, folder=tmp_path)
        return ended.code, ended.out + ended.err

    def write(changed: str) -> None:
        lines = [
            {**x, "letter": {**x["letter"], "findings": x["letter"]["findings"] + changed}}
            for x in letters
        ]
        write_letters(tmp_path, "2026-10", lines)

    write("")
    assert run()[0] == 75
    write(" Edited.")
    dice = ("--dice", "83019274650192837465", "--witness", "internal audit")
    code, said = run(*dice)
    assert code == 65
    assert re.search(r"letters .* and 9 more: .*: not what was committed to before the draw", said)
    assert "Edited." not in said
    write("")
    assert run(*dice)[0] == 0


@given(st.text(st.characters(codec="utf-8"), max_size=6))
def test_a_digest_is_made_of_what_can_be_rendered_and_of_nothing_else(text: str) -> None:
    """'`content_digest` refuses characters that `render` refuses'"""
    faults: list[str] = []
    clean_text(text, "letter", faults)
    letter = {"body": ["Dear Ms Lee", {"more": text}]}
    if not faults:
        assert len(cs.content_digest(letter, "00" * 32)) == 64
        return
    with pytest.raises(cs.errors.LetterError) as caught:
        cs.content_digest(letter, "00" * 32)
    told = [fault.partition(", item 2, more: ")[2] for fault in caught.value.faults]
    assert told == [fault.partition(": ")[2] for fault in faults]


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x0c", "\x85", "\u0378"])
def test_what_render_refuses_has_no_digest(character: str) -> None:
    name = f"U+{ord(character):04X}"
    with pytest.raises(cs.errors.LetterError, match=re.escape(name)) as caught:
        cs.content_digest({"body": f"We were{character}wrong."}, "00" * 32)
    assert caught.value.faults[0].startswith("content, body: got text of 14 characters with ")


@pytest.mark.parametrize("end", ["\x0b", "\u2028", "\u2029", "\r\n", "\r"])
def test_other_line_ends_are_rendered_as_line_ends_and_committed_to_as_given(end: str) -> None:
    """'U+000B, U+2028 and U+2029 are line ends when rendered; digests are over what was given.'"""
    body = f"We were wrong.{end}We are sorry."
    contents = edited(FIRST, body=body)
    digests = {u: cs.content_digest(f["letter"], f["salt"]) for u, f in contents.items()}
    assert digests[FIRST] != cs.content_digest(
        {**contents[FIRST]["letter"], "body": body.replace(end, "\n")}, SALTS[FIRST]
    )
    rows = [{"id": unit_id, "digest": digest} for unit_id, digest in digests.items()]
    frame = cs.Frame.from_records(rows, **months.MONTH, unit_id="id", content="digest")
    drawn = cs.draw(frame, cs.Plan(size=6, reserves=0), months.SEED)
    pack = cs.render(drawn, contents, signatory=SIGNATORY, date=dt.date(2026, 11, 2), pdf=False)
    assert "We were wrong.<br>We are sorry." in pack.files()["pack.html"].decode()


def test_a_missing_date_is_committed_to_as_null_and_a_frame_of_0_1_still_holds() -> None:
    """'`content_digest` hashes a null as "NaT"'"""
    salt = "22" * 32
    given = {"body": "We were wrong.", "settled": pd.NaT}
    as_null = cs.content_digest({"body": "We were wrong.", "settled": None}, salt)
    assert cs.content_digest(given, salt) == as_null
    by_0_1 = cs.content_digest({"body": "We were wrong.", "settled": "NaT"}, salt)
    contents = {
        unit_id: {**fields, "letter": {**fields["letter"], "settled": pd.NaT}, "salt": salt}
        for unit_id, fields in CONTENTS.items()
    }
    for missing in (None, "NaT"):  # as it is committed to now, and as 0.1 did
        rows = [
            {
                "id": unit_id,
                "digest": cs.content_digest({**fields["letter"], "settled": missing}, salt),
            }
            for unit_id, fields in contents.items()
        ]
        frame = cs.Frame.from_records(rows, **months.MONTH, unit_id="id", content="digest")
        drawn = cs.draw(frame, cs.Plan(size=2, reserves=0), months.SEED)
        pack = cs.render(drawn, contents, signatory=SIGNATORY, date=dt.date(2026, 11, 2), pdf=False)
        assert pack.docket(drawn.unit_ids[0])["content"] == "as-committed"
    assert by_0_1 != as_null
