"""Each error for a bad value shows that value, or its kind where it may be private.

What is private is read from the library's own table, :class:`ceosample.got.Private`.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import math
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import attrs
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import ceosample as cs
from ceosample.configuration.keys import KEYS as CONFIGURATION
from ceosample.errors import raise_faults
from ceosample.form import Key, faults_of_keys
from ceosample.got import Private
from ceosample.letters.contents.fields import fetch
from ceosample.letters.regimes.regime_file import KEYS as REGIME
from ceosample.text import printable, quoted
from refusals import refused
from thorough import examples

pytestmark = pytest.mark.slow

DICE = "83019274650192837465"
FRAME = cs.Frame.from_records(
    [{"id": f"R-{n}", "division": "ab"[n % 2]} for n in range(20)],
    population="responses", period="2026-10", unit_id="id", strata=["division"],
)  # fmt: skip
PLAN = cs.Plan(size=4)
END = "ab" * 32

#: In every text that is made, so that a private one is known wherever it turns up.
MARK = "Ms Lee"


@attrs.frozen
class Slot:
    """A place that a user can put a bad value in.

    Attributes:
        name: the function, and the argument.
        put: puts it there.
        private: what kind of private value it is; None for one that is shown.
        usual: what is said where the value is right, and something else is not: no such letter.
    """

    name: str
    put: Callable[[Any], object]
    private: Private | None = None
    usual: str = ""


def told_by(call: Callable[[], object]) -> str:
    """What the library says of a call; nothing where it is right."""
    try:
        call()
    except cs.CeosampleError as error:
        return "\n".join(error.faults)
    return ""


def slots_of(
    what: str,
    function: Callable[..., object],
    arguments: Mapping[str, Any],
    names: Iterable[str] = (),
    /,
    **private: Private,
) -> Iterator[Slot]:
    """Each argument of a call that is right as it is, or those that are named."""

    def put(name: str) -> Callable[[Any], object]:
        return lambda bad: function(**{**arguments, name: bad})

    usual = told_by(lambda: function(**arguments))
    for name in names or arguments:
        yield Slot(f"{what}, {name}", put(name), private.get(name), usual)


def of_frames() -> Iterator[Slot]:
    """The arguments of the constructors of frames, and the cells of their tables."""
    row = {"id": "R-1", "division": "a", "why": None, "salted": "0" * 64}
    asked: dict[str, Any] = {
        "population": "p", "period": "2026-10", "unit_id": "id", "strata": ["division"],
        "exclusion": "why", "content": "salted", "missing": None, "control_total": None,
    }  # fmt: skip
    lines = ["id,division,why,salted\n", f"R-1,a,,{'0' * 64}\n"]
    constructors: dict[str, Callable[..., object]] = {
        "from_records": partial(cs.Frame.from_records, [row]),
        "from_dataframe": partial(cs.Frame.from_dataframe, pd.DataFrame([row])),
        "from_csv": partial(cs.Frame.from_csv, lines),
    }
    for name, function in constructors.items():
        yield from slots_of(f"Frame.{name}", function, asked)

    def frozen(rows: Any) -> object:
        return cs.Frame.from_records(rows, **asked)

    cell = Private.CELL
    yield from slots_of(
        "a cell", lambda **cells: frozen([cells]), row, division=cell, why=cell, salted=cell
    )
    yield Slot("a row", lambda bad: isinstance(bad, dict) or frozen([bad]), cell)
    yield Slot("Frame.rest, unit_ids", FRAME.rest)
    yield Slot("Frame.rest, one of unit_ids", lambda bad: FRAME.rest([bad]))


def of_plans() -> Iterator[Slot]:
    """The fields of a plan, and what is asked of one."""
    kinds: dict[str, dict[str, Any]] = {
        "": {"size": 4},
        " of minutes": {"minutes": 30, "per_letter": 4},
        " under 'neyman'": {"size": 4, "allocation": "neyman", "variances": {"a": 1, "b": 2}},
        " under 'power'": {"size": 4, "allocation": "power", "power": "1/2"},
        " under 'srs'": {"size": 4, "allocation": "srs"},
        " under a rotation": {"size": 4, "rotation": {"months": 3, "start": "2026-01"}},
        " with cuts": {"size": 4, "cuts": {"division": [1]}, "uncut": ["a", "b"]},
        " that merges": {"size": 4, "merge_below": 3, "into": "rest"},
    }

    def promised(**fields: Any) -> object:
        return cs.Plan(**fields).promise(FRAME)

    for kind, fields in kinds.items():
        yield from slots_of(f"Plan{kind}", promised, fields, attrs.fields_dict(cs.Plan))
    yield from slots_of("Rotation", cs.Rotation, {"months": 3, "start": "2026-01"})
    promise = PLAN.promise(FRAME)
    chance = {"stratum": "a", "letters_a_month": 1, "months": 1}
    yield from slots_of("Promise.chance", promise.chance, chance)
    yield from slots_of("Promise.detects", promise.detects, {"rate": "0.1", "spread": "worst"})
    design = cs.design
    asked = {"tolerable": "0.09", "confidence": "0.95", "expected": "0.02", "population": 400}
    yield from slots_of("size_for", design.size_for, asked)
    allowed = {"n": 30, "tolerable": "0.09", "confidence": "0.9", "population": 400}
    yield from slots_of("allowed_errors", design.allowed_errors, allowed)
    variances = design.estimated_variances
    yield from slots_of("estimated_variances", variances, {"findings": {}, "floor": 1}, ["floor"])
    yield Slot("estimated_variances, a finding", lambda bad: variances({"a": [0, bad]}, floor=1))
    sizes = {"a": 10, "b": 20}
    names = ("n", "method", "variances", "power", "minimum", "cap")
    yield from slots_of("allocate", design.allocate, {"sizes": sizes, "n": 3}, names)
    yield Slot("allocate, a size", lambda bad: design.allocate({"a": bad}, 3))


def of_seeds() -> Iterator[Slot]:
    """What seeds, chains and gates are made of."""
    seed, secret = Private.SEED, Private.SECRET
    one = {
        "value": DICE, "source": "dice", "witnesses": ["a"], "contributions": (), "signature": None
    }  # fmt: skip
    yield from slots_of("Seed", cs.Seed, one, value=seed, contributions=seed, signature=seed)

    def from_one(text: Any, **arguments: Any) -> object:
        return cs.Seed.from_source(contributions=[text], **arguments)

    for source in ("dice", f"chain:3:{END}", "beacon:lottery:7", f"beacon:drand-{END}:7"):
        witnesses = ["a"] if source == "dice" else []
        made = partial(from_one, source=source, witnesses=witnesses)
        yield from slots_of(f"Seed.from_source, {source[:20]}", made, {"text": ""}, text=seed)
    rolled = {"value": DICE, "witnesses": ["a"]}
    yield from slots_of("Seed.from_dice", cs.Seed.from_dice, rolled, value=seed)
    yield Slot("Seed.from_dice, a witness", lambda bad: cs.Seed.from_dice(DICE, witnesses=[bad]))
    committed = {"frame": FRAME, "plan": PLAN, "seed_source": "dice"}
    yield from slots_of("commit", cs.commit, committed, ["seed_source"])
    new: dict[str, Any] = {
        "population": "responses",
        "first": "2026-11",
        "months": 3,
        "random": bytes,
    }
    yield from slots_of(
        "SeedChain.new", cs.seeds.SeedChain.new, new, ["population", "first", "months"]
    )
    published = cs.seeds.SeedChain.new(**new).published
    chain = {"published": published, "secret": ""}
    yield from slots_of("SeedChain", cs.seeds.SeedChain, chain, ["secret"], secret=secret)
    gate: dict[str, Any] = {
        "population": "p",
        "period": "2026-10",
        "chances": "1/2",
        "seed": "5e" * 32,
    }
    yield from slots_of("Gate", cs.gate.Gate, gate, seed=seed)
    yield Slot("Gate, a chance", lambda bad: cs.gate.Gate(**{**gate, "chances": {"Cards": bad}}))
    rule = cs.gate.Gate(**gate)
    yield from slots_of("Gate.selects", rule.selects, {"unit_id": "R-1", "stratum": ()})
    at = dt.datetime(2026, 10, 5, 9, 30, tzinfo=dt.UTC)

    def ask(**arguments: Any) -> object:
        with tempfile.TemporaryDirectory() as folder:
            return cs.gate.Register(Path(folder) / "gate.jsonl", rule).ask(**arguments)

    yield from slots_of("Register.ask", ask, {"unit_id": "R-1", "at": at, "content": None})


def of_contents() -> Iterator[Slot]:
    """What a letter, its docket and the people around it are made of."""
    contents, secret = Private.CONTENTS, Private.SECRET

    def fetched(**given: Any) -> object:
        return fetch({"R-1": {"letter": {}, **given}}, ["R-1"])

    yield from slots_of("contents", fetched, {"letter": {}}, letter=contents)
    yield Slot("contents, a field", lambda bad: fetched(letter={"body": bad}), contents)
    for name in ("owner", "author", "division", "regime", "received", "due", "contacts"):

        def put(bad: Any, name: str = name) -> object:
            return fetched(docket={name: bad})

        yield Slot(f"contents, docket.{name}", put, contents)
    salted = {"letter": {}, "salt": "5e" * 32}
    yield from slots_of("content_digest", cs.content_digest, salted, ["salt"], salt=secret)
    person = {"id": "ceo", "name": "Ann", "title": "Chief"}
    yield from slots_of("Signatory", cs.Signatory, person)
    policy: dict[str, Any] = {"margin": 0, "sampling": "before-issue"}
    yield from slots_of("DueDatePolicy", cs.regimes.DueDatePolicy, policy)


#: Ledgers in which nothing was recorded: to open one takes longer than to be refused by it.
NEW_LEDGERS: list[cs.Ledger] = []


@contextlib.contextmanager
def a_new_ledger() -> Iterator[cs.Ledger]:
    """A ledger that holds what every new one does."""
    ledger = NEW_LEDGERS.pop() if NEW_LEDGERS else cs.Ledger.open("sqlite://")
    begun = list(ledger.events())
    try:
        yield ledger
    finally:
        if list(ledger.events()) == begun:
            NEW_LEDGERS.append(ledger)
        else:
            ledger.close()


@pytest.fixture(scope="module", autouse=True)
def _closed() -> Iterator[None]:
    yield
    while NEW_LEDGERS:
        NEW_LEDGERS.pop().close()


def of_ledgers() -> Iterator[Slot]:
    """What a ledger is opened with, and the arguments of its methods."""

    def opened(**arguments: Any) -> None:
        cs.Ledger.open(**arguments).close()

    yield from slots_of("Ledger.open", opened, {"url": "sqlite://", "recorder": "office"},
                        url=Private.URL)  # fmt: skip

    def asked(method: str, **arguments: Any) -> object:
        with a_new_ledger() as ledger:
            return getattr(ledger, method)(**arguments)

    by = {"by": "office", "at": dt.datetime(2026, 11, 2, 9, 30, tzinfo=dt.UTC)}
    month = {"population": "responses", "period": "2026-10"}
    letter = {"unit_id": "R-1", **month}
    why = {"reason_code": "late", **by}
    day = dt.date(2026, 11, 2)
    role = {"person": "p-1", "role": "owner", "since": day, "population": None}
    resolution = {"resolution": "E-1", "population": "responses"}
    policy = {"policy": "late-fee", "review_by": day, "division": "Cards"}
    money = {"amount": "10", "currency": "GBP", "unit_id": "R-1"}
    counts = {"opening": 3, "new": 2, "final": 1, "carried": 4}
    methods: dict[str, dict[str, Any]] = {
        "sign": {"letter": END, **letter, **by},
        "record": {"kind": "returned", **letter, **by},
        "hold": {**letter, **why},
        "forget": {**letter, **why},
        "correct": {"event": END, **why},
        "supersede": {**month, **why},
        "reconcile": {**month, **counts, **by},
        "grant": {**role, "until": None, "of": None, "limit": None, "currency": None, **by},
        "revoke": {**role, **by},
        "name": {"person": "p-1", "name": "Ann Example", **by},
        "forget_person": {"person": "p-1", **why},
        "propose": {**resolution, **policy, **money, **by},
        "cosign": {**resolution, **by},
        "review": {**resolution, "outcome": "kept", **by},
        "history": letter,
        "texts": letter,
        "events": letter,
        "attempts": month,
        "withdraw_history": {"file": END, "population": "responses", **why},
    }
    for method, arguments in methods.items():
        private = {"name": Private.CONTENTS} if method == "name" else {}
        yield from slots_of(f"Ledger.{method}", partial(asked, method), arguments, **private)


def of_letters() -> Iterator[Slot]:
    """The arguments of ``render``, what letters and dockets hold, and what regimes are asked."""
    draw = cs.draw(FRAME, cs.Plan(size=2), cs.Seed.from_dice(DICE, witnesses=["a"]))
    letter = {
        "recipient": "Ann Example", "address": ["1 High Street"], "salutation": "Dear Ms Example,",
        "subject": "Your complaint", "body": "We are sorry.", "closing": "Yours sincerely,",
    }  # fmt: skip
    arguments: dict[str, Any] = {
        "signatory": cs.Signatory("ceo", "Ann Example", "Chief Executive"),
        "date": dt.date(2026, 11, 2), "registration": END, "letterhead": ["A bank"], "kind": None,
        "language": "en", "unit_ids": None, "version": 1,
    }  # fmt: skip

    def rendered(fields: Any = None, **given: Any) -> object:
        contents = {unit: {"letter": {**letter, **(fields or {})}} for unit in draw.unit_ids}
        return cs.render(draw, contents, pdf=False, **{**arguments, **given})

    def one_field(name: str, bad: Any) -> object:
        return rendered({name: bad})

    names = [name for name in arguments if name != "letterhead"]
    yield from slots_of("render", rendered, arguments, names, signatory=Private.CONTENTS)
    yield Slot("render, letterhead", lambda bad: isinstance(bad, list) or rendered(letterhead=bad))
    for name in letter:
        yield Slot(f"render, a letter's {name}", partial(one_field, name), Private.CONTENTS)
    regime = cs.regimes.Regime.named("fca-disp-1.5")
    yield Slot("Regime.named", cs.regimes.Regime.named)
    yield Slot("Regime.elements_of", regime.elements_of)
    start = {"received": dt.date(2026, 10, 1), "name": "final", "holidays": ()}
    yield from slots_of("Regime.deadline", regime.deadline, start)


def of_keys() -> Iterator[Slot]:
    """The keys of a configuration and of a regime's file."""

    def put(name: str, key: Key) -> Callable[[Any], object]:
        return lambda bad: raise_faults(
            cs.errors.ConfigurationError, faults_of_keys({name: bad}, {name: key}, "")
        )

    tables = {**CONFIGURATION, "regime": REGIME}
    for table, keys in tables.items():
        for name, key in keys.items():
            yield Slot(f"{table}.{name}", put(name, key), key.private)


SLOTS = [
    *of_frames(),
    *of_plans(),
    *of_seeds(),
    *of_contents(),
    *of_ledgers(),
    *of_letters(),
    *of_keys(),
]

# ---- Bad values --------------------------------------------------------------------------------

_TEXTS = st.builds(
    "{}{}{}".format,
    st.text(max_size=4),
    st.just(MARK),
    st.sampled_from(["", " ", "\u202e", "x" * 250]),
)
_ATOMS = st.one_of(
    _TEXTS,
    st.sampled_from(["", "3", " ", "0" * 64, "2026-13", "nan", "1/0"]),
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(10**250, 10**260),
    st.floats(),
    st.fractions(),
    st.dates(),
    st.datetimes(),
    st.builds(lambda text: text.encode("utf-8", "replace"), _TEXTS),
)
BAD = st.recursive(
    _ATOMS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=3) | st.integers(), inner, max_size=3)
    ),
    max_leaves=4,
)


def leaves(value: object) -> Iterator[object]:
    """A value, and all values in it."""
    yield value
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from leaves(key)
            yield from leaves(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from leaves(item)


def shown(value: object) -> set[str]:
    """The ways to show a value, cut where a message may cut it."""
    ways = {quoted(value)}
    if isinstance(value, str):
        # Of a text the sign that it was cut comes behind its quotation mark.
        ways = {quoted(value[:30])[:-1]} if len(value) > 30 else ways
        ways |= {printable(value[:30])}
    elif isinstance(value, dt.date):
        ways |= {str(value), value.isoformat()}
    elif isinstance(value, int | float | Fraction) and not isinstance(value, bool):
        ways |= {str(value)}
        if math.isfinite(value):
            ways |= {str(Fraction(str(value)) if isinstance(value, float) else Fraction(value))}
    elif isinstance(value, list | tuple):
        ways |= {f"got {len(value)}"}
    if value is None or value == "" or value != value:
        ways |= {"an empty cell", ": missing"}
    if isinstance(value, Mapping):
        ways |= {": missing"}  # it lacks a key, and what else it has does no harm
    return {_plain(way.removesuffix("...")[:40]) for way in ways}


def _plain(told: str) -> str:
    """A list and a tuple, a list of pairs and a mapping: all are the same to who gave them."""
    return told.translate(str.maketrans("(){}", "[][]"))


#: What letters say of a text that cannot be printed, of a key that is no name, of None, and of an
#: element that has nothing in it.
_OTHER_KINDS = {"text with", "got the name", "is null", "' is empty; give it text"}


@given(bad=BAD)
@example(bad="")
@settings(max_examples=examples(40, one_in=20), deadline=None)
def test_an_error_shows_what_it_got_or_its_kind(bad: object) -> None:
    """'each error raised for a bad value shows that value, or says its kind ...'"""
    assert len(SLOTS) > 480
    wrong = []
    for slot in SLOTS:
        try:
            require_shown(slot, bad)
        except AssertionError as error:
            wrong.append(f"{slot.name}: {error}")
    assert wrong == []


def require_shown(slot: Slot, bad: object) -> None:
    told = told_by(lambda: slot.put(bad))
    if told in ("", slot.usual):
        return  # it is no bad value here
    if "the database refused" in told or "the template, line" in told:
        return  # a database quotes the value, so it is cut; a template fails at a line of its own
    if slot.private is None:
        if "the nearest possible" in told or "uncut" in told:
            return  # it could be meant, but not on this frame or beside another field
        plain = _plain(told)
        assert any(way in plain for leaf in leaves(bad) for way in shown(leaf)), (bad, told)
    else:
        if slot.name == "a cell, division":
            # A stratum that differs from a good name by what nobody sees is told that name.
            told = "\n".join(re.sub(r"\); use .*", ")", line) for line in told.splitlines())
        assert MARK not in told, (bad, told)
        kinds = {slot.private.told(leaf) for leaf in leaves(bad)} | _OTHER_KINDS
        # A letter's texts lose their marks of direction before they are looked at.
        kinds |= {
            slot.private.told(leaf.strip("\u202e")) for leaf in leaves(bad) if isinstance(leaf, str)
        }
        kinds |= {quoted(leaf) for leaf in leaves(bad) if not leaf}  # nothing is no secret
        assert any(kind in told for kind in kinds), (bad, told)


def test_every_kind_of_private_value_is_tried() -> None:
    """The library's own table says what is private; a kind that is added to it is tried here."""
    assert {slot.private for slot in SLOTS} == {None, *Private}


@pytest.mark.parametrize("bad", [None, [], {}, 3, MARK, pd.DataFrame({"id": ["R-1"]})], ids=type)
@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("frame", cs.errors.FrameError),
        ("plan", cs.errors.PlanError),
        ("seed", cs.errors.SeedError),
    ],
)
def test_a_draw_of_something_else_than_a_frame_a_plan_or_a_seed_is_refused(
    name: str, kind: type[cs.CeosampleError], bad: object
) -> None:
    arguments: dict[str, Any] = {
        "frame": FRAME, "plan": PLAN, "seed": cs.Seed.from_dice(DICE, witnesses=["a"])
    }  # fmt: skip
    with refused(kind, "give a", place=name):
        cs.draw(**{**arguments, name: bad})
    if name != "seed":
        del arguments["seed"]
        with refused(kind, "give a", place=name):
            cs.commit(**{**arguments, name: bad}, seed_source="dice")


@pytest.mark.parametrize("bad", [[], {}, {"a": []}, 10**300, 3, float("nan"), b"x"], ids=repr)
@pytest.mark.parametrize("name", ["chains", "imported", "month_events", "people"])
def test_what_no_ledger_can_hold_is_no_population(name: str, bad: Any) -> None:
    with cs.Ledger.open("sqlite://") as ledger, refused(
        cs.errors.LedgerError, place="population", got=quoted(bad)
    ):  # fmt: skip
        getattr(ledger, name)(bad)
