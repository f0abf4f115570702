"""Where seeds come from: chains and beacons, by plain hashlib and by published values."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import secrets
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ceosample as cs
from ceosample.canonical import canonical_file
from ceosample.letters.papers.sheets.seed_lines import seed_facts, who_could_know
from ceosample.sampling.seeds.beacon import TIMETABLES, round_after, time_of
from ceosample.sampling.seeds.seed_source import LONGEST_CHAIN, Dice, Link, Round, SeedSource

PAGE = Path(__file__).parents[1] / "docs/seeds.md"
POPULATION = "complaint-responses"
DICE = "83019274650192837465"
DEFAULT, QUICKNET = TIMETABLES

#: Rounds as the League of Entropy published them: chain, round, randomness, signature.
PUBLISHED = [
    (
        DEFAULT,
        367,
        "3439d92d58e47d342131d446a3abe264396dd264717897af30525c98408c834f",
        "90957ebc0719f8bfb67640aff8ca219bf9f2c5240e60a8711c968d93370d38f87b38ed234a8c63863eb81f23"
        "4efce55b047478848c0de025527b3d3476dfe860632c1b799550de50a6b9540463e9fb66c8016b89c04a9f52"
        "dabdc988e69463c1",
    ),
    (
        QUICKNET,
        1000,
        "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd",
        "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b"
        "63ed5e39",
    ),
]

secrets_ = st.binary(min_size=32, max_size=32)
values = st.from_regex(r"[0-9a-f]{32,80}", fullmatch=True)


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def chain_of(
    secret: bytes = bytes(32), months: int = 12, first: str = "2026-11"
) -> cs.seeds.SeedChain:
    return cs.seeds.SeedChain.new(POPULATION, first=first, months=months, random=lambda _: secret)


# The chain


@given(secrets_, st.integers(1, 80))
def test_each_link_is_the_hash_of_the_next_as_hex_text(secret: bytes, months: int) -> None:
    """'link i is the lower-case hex of SHA-256 of link i + 1 (hex text hashed as ASCII)'

    '32 random bytes `s[n]`, made once ... `s[0]` is published and month i reveals `s[i]`'
    """
    chain = chain_of(secret, months)
    links = [secret.hex()]
    for _ in range(months):
        links.insert(0, sha256(links[0]))
    assert chain.end == links[0]
    month = chain.published.first
    for number in range(1, months + 1):
        assert chain.link(month) == links[number]
        assert chain.source(month) == f"chain:{number}:{links[0]}"
        assert chain.seed(month).value == links[number]
        month = month.next()
    for outside in (month, chain.published.first.previous()):
        with pytest.raises(cs.errors.SeedError, match=f"got {outside}; give a month from"):
            chain.link(outside)


def test_the_page_has_the_chain_s_vectors() -> None:
    """'Vectors for the chain are in the docs and in the tests.'"""
    rows = re.findall(r"^\| `s\[(\d)\]` \|.*\| `([0-9a-f]{64})` \|$", PAGE.read_text("utf-8"), re.M)
    links = {int(number): text for number, text in rows}
    assert [*links] == [3, 2, 1, 0]
    assert all(links[i] == sha256(links[i + 1]) for i in range(3))
    chain = chain_of(bytes.fromhex(links[3]), months=3)
    assert [chain.end, *map(chain.link, ("2026-11", "2026-12", "2027-01"))] == [*links.values()][
        ::-1
    ]


def test_the_page_names_the_beacons_whose_times_are_known() -> None:
    for name, table in TIMETABLES.items():
        row = f"| `{name}` | {table.name}: every {table.period} s since {table.genesis} |"
        assert row in PAGE.read_text("utf-8")


def test_the_page_has_the_vector_of_several_contributions() -> None:
    page = PAGE.read_text("utf-8")
    found = re.search(r"`(20:\d{20},64:[0-9a-f]{64},)` \| `([0-9a-f]{64})`", page)
    assert found is not None
    assert sha256(found[1]) == found[2]
    dice, link = re.findall(r":([0-9a-f]+),", found[1])
    seed = cs.Seed.from_source(
        f"dice+chain:1:{sha256(link)}", [dice, link], witnesses=["internal audit"]
    )
    assert seed.value == found[2]


def test_a_secret_stands_in_no_repr_and_no_message() -> None:
    secret = secrets.token_bytes(32)
    chain = chain_of(secret)
    said = [repr(chain), str(chain), repr(chain.published)]
    for spoilt in (
        lambda: attrs.evolve(chain, published=attrs.evolve(chain.published, end="0" * 64)),
        lambda: attrs.evolve(chain, secret=secret.hex()[::-1]),
        lambda: attrs.evolve(chain, secret=secret.hex().upper()),
        lambda: cs.Seed.from_source(chain.source("2026-11"), [secret.hex()]),
        lambda: cs.Seed.from_source("dice", [secret.hex()], witnesses=["x"]),
    ):
        with pytest.raises(cs.errors.SeedError) as caught:
            spoilt()
        said.append(str(caught.value))
    assert not any(secret.hex() in text or secret.hex()[::-1] in text for text in said)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"months": 0}, "give 1 to 600"),
        ({"months": LONGEST_CHAIN + 1}, "give 1 to 600"),
        ({"months": "12"}, "got '12'"),
        ({"months": True}, "got True"),
        ({"first": "next month"}, "got 'next month'; give an ISO month"),
        ({"first": "9999-06"}, "after the year 9999"),
        ({"population": "Complaints!"}, "lower-case letters"),
        ({"random": lambda count: bytes(count - 1)}, "returns 32 random bytes"),
        ({"random": lambda count: "0" * count}, "returns 32 random bytes"),
    ],
)
def test_a_chain_that_cannot_be_is_refused(change: dict[str, Any], says: str) -> None:
    given_: dict[str, Any] = {
        "population": POPULATION,
        "first": "2026-11",
        "months": 12,
        "random": bytes,
    } | change
    with pytest.raises(cs.errors.SeedError, match=says):
        cs.seeds.SeedChain.new(given_.pop("population"), **given_)


def test_the_longest_chain_has_a_link_for_its_last_month() -> None:
    chain = cs.seeds.SeedChain.new(POPULATION, first="2026-11", months=LONGEST_CHAIN, random=bytes)
    assert chain.link("2076-10") == chain.secret
    assert chain.seed("2026-11").source == f"chain:1:{chain.end}"


@pytest.mark.parametrize("text", ["", "é" * 32, "ab" * 31, "AB" * 32, "ab" * 32 + "\n"])
def test_a_text_that_no_link_can_be_is_refused(text: str) -> None:
    with pytest.raises(cs.errors.SeedError, match=r"got .*; give link 1 of the chain"):
        cs.Seed.from_source(f"chain:1:{'a' * 64}", [text])


# The source


numbers = st.integers(1, 10**15 - 1)
parts = st.one_of(
    st.just(Dice()),
    st.builds(Link, st.integers(1, LONGEST_CHAIN), secrets_.map(bytes.hex)),
    st.builds(Round, st.sampled_from([DEFAULT, "nist-2", "lottery-saturday"]), numbers),
)


@given(st.lists(parts, min_size=1, max_size=3, unique_by=lambda part: part.kind))
def test_a_source_is_read_as_it_is_written(made: list[Any]) -> None:
    source = SeedSource(tuple(made))
    assert SeedSource.parse(str(source)) == source
    assert (source.label == "custodian-trusted") == (source.kinds == ("chain",))


@pytest.mark.parametrize(
    "text",
    [
        "", "+", "dice+", "dice+dice", "Dice", " dice", "dice:1", "chain", "guess",
        f"chain:0:{'a' * 64}", f"chain:01:{'a' * 64}", f"chain:601:{'a' * 64}",
        f"chain:1:{'A' * 64}", f"chain:1:{'a' * 63}", f"chain:1:{'a' * 64}:1", "chain:1",
        "beacon:lottery", "beacon:lottery:0", "beacon:lottery:1.5", "beacon:Lottery:1",
        "beacon::1", "beacon:drand-1:1", f"beacon:drand-{'a' * 63}:1", "beacon:nist-x:1",
        "beacon:a:1+beacon:b:2", "beacon:lottery:١", f"beacon:{'a' * 81}:1",
        "beacon:lottery:1\n", None, 5, b"dice",
    ],
)  # fmt: skip
def test_a_source_is_written_in_one_way(text: Any) -> None:
    with pytest.raises(cs.errors.SeedError, match="seed_source"):
        SeedSource.parse(text)


# The seed


@given(st.permutations(["dice", "chain", "beacon"]), st.integers(1, 3), values)
def test_contributions_are_combined_in_the_order_of_the_source(
    kinds: list[str], count: int, value: str
) -> None:
    """'combined as SHA-256 of their netstrings in the order that the commitment names'"""
    chain = chain_of()
    text = {"dice": DICE, "chain": chain.link("2026-12"), "beacon": value}
    named = {"dice": "dice", "chain": chain.source("2026-12"), "beacon": "beacon:lottery:7"}
    used = kinds[:count]
    seed = cs.Seed.from_source(
        "+".join(named[kind] for kind in used),
        [text[kind] for kind in used],
        witnesses=["internal audit"] if "dice" in used else [],
    )
    netstrings = "".join(f"{len(text[kind])}:{text[kind]}," for kind in used)
    assert seed.value == (sha256(netstrings) if count > 1 else text[used[0]])
    assert cs.Seed.from_dict(json.loads(json.dumps(seed.to_dict()))) == seed


@pytest.mark.parametrize(("beacon", "number", "value", "signature"), PUBLISHED)
def test_published_rounds_are_taken_and_others_are_not(
    beacon: str, number: int, value: str, signature: str
) -> None:
    source = f"beacon:{beacon}:{number}"
    assert cs.Seed.from_source(source, [value], signature=signature).value == value
    assert cs.Seed.from_source(source, [value]).value == value
    wrong = signature[:-1] + ("0" if signature[-1] != "0" else "1")
    with pytest.raises(cs.errors.SeedError, match="give the two of one round"):
        cs.Seed.from_source(source, [value], signature=wrong)
    with pytest.raises(cs.errors.SeedError, match="give the two of one round"):
        cs.Seed.from_source(source, [value[::-1]], signature=signature)


LINK = chain_of().source("2026-11")


@pytest.mark.parametrize(
    ("source", "given_", "more", "says"),
    [
        (LINK, ["0" * 64], {}, "give link 1 of the chain"),
        (LINK, [chain_of().link("2026-12")], {}, "give link 1 of the chain"),
        (LINK, [chain_of().link("2026-11").upper()], {}, "give link 1 of the chain"),
        (
            LINK,
            [chain_of().link("2026-11")],
            {"witnesses": ["x"]},
            r"got \['x'\], and the source",
        ),
        (LINK, [chain_of().link("2026-11")], {"signature": "00"}, "no drand round"),
        (LINK, [], {}, "give link 1 of the chain"),
        (LINK, ["a" * 64, "b" * 64], {}, "contributions: got a list of 2; give its value alone"),
        (
            "dice+beacon:lottery:1",
            [DICE],
            {"witnesses": ["x"]},
            "got a list of 1; give one",
        ),
        ("dice+beacon:lottery:1", [DICE, "1" * 19], {"witnesses": ["x"]}, "at least 20 digits"),
        ("dice+beacon:lottery:1", [DICE, "a" * 31], {"witnesses": ["x"]}, "at least 20 digits"),
        ("dice+beacon:lottery:1", [DICE, "1" * 20], {}, r"got \[\]; give the role of at least one"),
        ("dice+beacon:lottery:1", ["\ud800", "1" * 20], {"witnesses": ["x"]}, "digits 0 to 9"),
        ("dice+beacon:lottery:1", [7, "1" * 20], {"witnesses": ["x"]}, "give the digits as text"),
        ("dice", "1" * 20, {"witnesses": ["x"]}, "got text of 20 digits; give a list"),
        ("beacon:nist-2:1", ["a" * 64], {}, "128 lower-case hex digits"),
        (f"beacon:{DEFAULT}:1", ["A" * 64], {}, "64 lower-case hex digits"),
        (f"beacon:{DEFAULT}:1", ["a" * 64], {"signature": "abc"}, "lower-case hex digits"),
    ],
)
def test_a_seed_that_its_source_does_not_allow_is_refused(
    source: str, given_: Any, more: dict[str, Any], says: str
) -> None:
    with pytest.raises(cs.errors.SeedError, match=says):
        cs.Seed.from_source(source, given_, **more)


def test_a_combined_value_that_its_contributions_do_not_give_is_refused() -> None:
    source, given_ = "dice+beacon:lottery:1", [DICE, "1" * 20]
    fields = cs.Seed.from_source(source, given_, witnesses=["x"]).to_dict()
    with pytest.raises(cs.errors.SeedError, match=r"got text of 64 .*; give the SHA-256 of"):
        cs.Seed.from_dict({**fields, "value": "0" * 64})
    with pytest.raises(cs.errors.SeedError, match=r"got text of 64 .*; give the SHA-256 of"):
        cs.Seed.from_dict({**fields, "contributions": [DICE, "2" * 20]})


# Rounds


@given(
    st.sampled_from([DEFAULT, QUICKNET]),
    st.integers(1_400_000_000, 7_000_000_000).map(lambda at: dt.datetime.fromtimestamp(at, dt.UTC)),
)
def test_the_round_that_is_named_is_the_first_one_later(beacon: str, moment: dt.datetime) -> None:
    """'named at freeze as the first round after freeze time'"""
    named = round_after(beacon, moment)
    time = time_of(named)
    assert time is not None
    assert time > moment
    before = time_of(Round(beacon, named.number - 1))
    assert named.number == 1 or (before is not None and before <= moment)


def test_times_of_rounds_are_those_that_others_count() -> None:
    """Round 100000 of the default chain came out on 26 August 2020 at 08:37:00 UTC."""
    assert time_of(Round(DEFAULT, 100_000)) == dt.datetime(2020, 8, 26, 8, 37, tzinfo=dt.UTC)
    assert time_of(Round(QUICKNET, 27_946_612)) == dt.datetime(2026, 4, 20, tzinfo=dt.UTC)
    assert time_of(Round("lottery", 1)) is None
    with pytest.raises(cs.errors.SeedError, match="name the round"):
        round_after("lottery", dt.datetime(2026, 1, 1, tzinfo=dt.UTC))


# The record


def drawn_with(seed: cs.Seed) -> cs.Draw:
    rows = [{"id": f"R-{i}", "division": ("Cards", "Loans")[i % 2]} for i in range(20)]
    frame = cs.Frame.from_records(
        rows, population=POPULATION, period="2026-11", unit_id="id", strata=["division"]
    )
    return cs.draw(frame, cs.Plan(size=4), seed)


def verified(draw: cs.Draw, **change: Any) -> cs.VerificationReport:
    files = draw.files()
    fields = json.loads(files["draw.json"])
    fields["seed"] |= change
    return cs.verification.verify_record(
        canonical_file(fields), files["manifest.csv"], files["exclusions.csv"]
    )


def test_a_chain_s_draw_is_verified_and_labelled() -> None:
    """'a chain alone is labelled `custodian-trusted`'"""
    draw = drawn_with(chain_of().seed("2026-11"))
    report = verified(draw)
    assert report.level is cs.verification.Level.REPRODUCED
    assert any("custodian-trusted" in note for note in report.notes)
    assert any(chain_of().end in note for note in report.notes)
    assert "custodian-trusted" in repr(draw)
    assert sorted(json.loads(draw.record)["seed"]) == ["source", "value", "witnesses"]


def test_a_chain_with_a_later_round_is_not_labelled(tmp_path: Path) -> None:
    """'combined with a beacon round later than the freeze it is not'"""
    beacon, number, value, signature = PUBLISHED[1]
    source = f"{chain_of().source('2026-11')}+beacon:{beacon}:{number}"
    link = chain_of().link("2026-11")
    draw = drawn_with(cs.Seed.from_source(source, [link, value], signature=signature))
    report = verified(draw)
    assert report.level is cs.verification.Level.REPRODUCED
    assert "custodian-trusted" not in repr(draw) + str(report)
    assert "2023-08-23T15:59:24+00:00" in str(report)
    draw.save(tmp_path)
    assert cs.Draw.load(tmp_path).digest == draw.digest
    named = drawn_with(cs.Seed.from_source("beacon:lottery:7", ["1" * 20]))
    assert "not known here and was not checked" in str(verified(named))


@pytest.mark.parametrize(
    ("change", "level", "says"),
    [
        ({"value": chain_of().link("2026-12")}, cs.verification.Level.SEED, "give link 1"),
        ({"source": chain_of().source("2026-12")}, cs.verification.Level.COMMITMENT, "commitment"),
        ({"source": "dice"}, cs.verification.Level.COMMITMENT, "commitment"),
        ({"source": "chain:1:x"}, cs.verification.Level.SEED, "use dice, chain:"),
        ({"witnesses": ["x"]}, cs.verification.Level.SEED, "got ['x'], and the source"),
        ({"contributions": []}, cs.verification.Level.MALFORMED, "contributions"),
        (
            {"contributions": ["a", "b"]},
            cs.verification.Level.SEED,
            "got a list of 2",
        ),
        ({"contributions": 7}, cs.verification.Level.MALFORMED, "contributions"),
        ({"signature": 7}, cs.verification.Level.MALFORMED, "signature"),
        ({"signature": "00"}, cs.verification.Level.SEED, "no drand round"),
    ],
)
def test_a_record_with_a_false_seed_is_found_out(
    change: dict[str, Any], level: cs.verification.Level, says: str
) -> None:
    report = verified(drawn_with(chain_of().seed("2026-11")), **change)
    assert (report.ok, report.level) == (False, level)
    assert says in str(report.first_difference)


def test_the_cover_sheet_says_each_part_of_a_seed() -> None:
    pulse = "0123456789abcdef" * 8
    source = f"dice+{chain_of().source('2026-11')}+beacon:nist-2:9"
    texts = [DICE, chain_of().link("2026-11"), pulse]
    rows = seed_facts(cs.Seed.from_source(source, texts, witnesses=["internal audit"]))
    assert [row[1] for row in rows[1:]] == [
        f"{DICE} (dice; witnesses: internal audit)",
        "link 1 of a published chain",
        chain_of().end,
        "round 9 of nist-2",
        pulse[:64],
        pulse[64:],
    ]
    assert all(len(text) <= 64 for _, text, kind in rows if kind == "digest")
    ((label, warning, _),) = who_could_know(chain_of().seed("2026-11"))
    assert (label, warning.partition(":")[0]) == ("Who could know", "custodian-trusted")
    assert who_could_know(cs.Seed.from_source(source, texts, witnesses=["internal audit"])) == []
