"""The public text that fixes a draw, fresh each period."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from ceosample.canonical import Json, digest, netstring
from ceosample.errors import SeedError, raise_faults
from ceosample.got import Private, got, got_name
from ceosample.sampling.seeds import drand
from ceosample.sampling.seeds.seed_source import Dice, Link, Part, Round, SeedSource
from ceosample.show import Described

#: Fewer decimal digits could be tried one by one; so could fewer hexadecimal ones.
FEWEST_DIGITS = 20
FEWEST_HEX_DIGITS = 32

#: What a round's value is, where the beacon is one that has a form.
_VALUES = {
    "drand": (re.compile(r"[0-9a-f]{64}"), "64 lower-case hex digits, the field randomness"),
    "nist": (re.compile(r"[0-9a-f]{128}"), "128 lower-case hex digits, the field outputValue"),
}
_OTHER_VALUE = (
    re.compile(rf"[0-9]{{{FEWEST_DIGITS},}}|[0-9a-f]{{{FEWEST_HEX_DIGITS},}}"),
    f"at least {FEWEST_DIGITS} digits, or {FEWEST_HEX_DIGITS} lower-case hex digits",
)
_DIGITS = re.compile(r"[0-9]*")


def _as_tuple(texts: Any) -> Any:
    """A list as a tuple; what is no list is left as it is, for the check to name."""
    return tuple(texts) if isinstance(texts, list | tuple) else texts


@attrs.frozen
class Seed(Described):
    """A seed and where it came from; one that its source does not allow cannot be made.

    Attributes:
        value: the text that goes into the tickets: the contribution where there is one alone, else
            the SHA-256 of the netstrings of all, in the order of the source.
        source: what the commitment named: ``dice``, ``chain:LINK:END``, ``beacon:NAME:ROUND``, or
            several of them joined by ``+``.
        witnesses: the roles (not the names) of those who saw the dice; empty where no dice were
            rolled.
        contributions: what each part of the source gave, where it has several; else empty.
        signature: a drand round's, in hex, if it was kept; its SHA-256 is the round's value.
        previous_signature: that of the round before, in hex, where the chain signs it too.

    Raises:
        SeedError: every field that breaks these rules.

    >>> seed = Seed.from_dice("83019274650192837465", witnesses=["internal audit"])
    >>> seed.source, seed.value
    ('dice', '83019274650192837465')
    """

    value: str
    source: str
    witnesses: tuple[str, ...] = attrs.field(converter=_as_tuple)
    contributions: tuple[str, ...] = attrs.field(default=(), converter=_as_tuple)
    signature: str | None = None
    previous_signature: str | None = None

    @classmethod
    def from_dice(cls, value: str, *, witnesses: Sequence[str]) -> Seed:
        """Decimal digits rolled in front of witnesses, after the freeze.

        >>> seed = Seed.from_dice("83019274650192837465", witnesses=["internal audit"])
        >>> seed.source
        'dice'
        """
        return cls.from_source("dice", [value], witnesses=witnesses)

    @classmethod
    def from_source(
        cls,
        source: str,
        contributions: Sequence[str],
        *,
        witnesses: Sequence[str] = (),
        signature: str | None = None,
        previous_signature: str | None = None,
    ) -> Seed:
        """What the parts of a source gave, combined in their order.

        Args:
            source: as the freeze named it.
            contributions: for each part its digits, its link, or its round's value.
            witnesses: the roles of those who saw the dice, where dice are a part.
            signature: a drand round's, if it is to be kept with its value. Where the beacon's key
                is known here and the extra ``beacon`` is installed, it is checked.
            previous_signature: that of the round before, which the default chain signs too.

        >>> parts = ["83019274650192837465", "31415926535897932384"]
        >>> seed = Seed.from_source("dice+beacon:lottery:7", parts, witnesses=["internal audit"])
        >>> seed.value[:16], seed.contributions == tuple(parts)
        ('6c826f89262ce4a8', True)
        """
        raise_faults(SeedError, _faults_of_lists(witnesses, contributions))
        alone = len(contributions) == 1 and "+" not in str(source)
        value = contributions[0] if alone else _combined(contributions)
        seed = cls(
            value, source, witnesses, () if alone else contributions, signature, previous_signature
        )
        seed.require_signed()
        return seed

    def require_signed(self) -> None:
        """Check the signature of a round, where that is possible here.

        Raises:
            SeedError: the beacon did not sign this round with it.
        """
        named = SeedSource.parse(self.source).round
        if named is not None:
            fault = drand.fault_of_signature(named, self.signature, self.previous_signature)
            raise_faults(SeedError, filter(None, [fault]))

    def __attrs_post_init__(self) -> None:
        raise_faults(SeedError, _faults(self))

    @property
    def parts(self) -> list[tuple[Part, str]]:
        """Each part of the source with what it gave."""
        texts = self.contributions or (self.value,)
        return list(zip(SeedSource.parse(self.source).parts, texts, strict=True))

    @property
    def label(self) -> str | None:
        """``custodian-trusted`` for a chain alone, whose custodian could foresee it; else None."""
        return SeedSource.parse(self.source).label

    def to_dict(self) -> dict[str, Json]:
        """As the record holds it; what a source does not need is left out."""
        more: dict[str, Json] = {}
        if self.contributions:
            more["contributions"] = list(self.contributions)
        if self.signature is not None:
            more["signature"] = self.signature
        if self.previous_signature is not None:
            more["previous_signature"] = self.previous_signature
        return {
            "value": self.value,
            "source": self.source,
            "witnesses": list(self.witnesses),
            **more,
        }

    def _facts(self) -> tuple[str, list[tuple[str, str]]]:
        facts = [("value", self.value), ("witnesses", ", ".join(self.witnesses))]
        facts += [("gave", f"{text} ({part})") for part, text in self.parts if self.contributions]
        facts += [("signature", self.signature or ""), ("label", self.label or "")]
        return f"Seed from {self.source}", [fact for fact in facts if fact[1]]

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> Seed:
        """The seed that a record holds; fields that it does not know are passed over."""
        return cls(
            fields["value"],
            fields["source"],
            fields["witnesses"],
            fields.get("contributions", ()),
            fields.get("signature"),
            fields.get("previous_signature"),
        )


def _combined(contributions: Sequence[str]) -> str:
    """The SHA-256 of the netstrings; the check of a part finds what is not ASCII text."""
    texts = [text for text in contributions if isinstance(text, str) and text.isascii()]
    return digest(b"".join(map(netstring, texts)))


def _faults_of_lists(witnesses: object, contributions: object) -> list[str]:
    """Which of the two is no list; a text would be taken for its characters."""
    return [
        f"seed, {name}: {got(texts, private)}; give a list"
        for name, texts, private in (
            ("witnesses", witnesses, None),
            ("contributions", contributions, Private.SEED),
        )
        if not isinstance(texts, list | tuple)
    ]


def _faults(seed: Seed) -> list[str]:
    if faults := _faults_of_lists(seed.witnesses, seed.contributions):
        return faults
    try:
        parts = SeedSource.parse(seed.source).parts
    except SeedError as error:
        return [fault.replace("seed_source", "seed, source", 1) for fault in error.faults]
    dice = any(isinstance(part, Dice) for part in parts)
    faults = _faults_of_witnesses(seed.witnesses) if dice else []
    if seed.witnesses and not dice:
        faults.append(
            f"seed, witnesses: {got([*seed.witnesses])}, and the source has no dice; leave them out"
        )
    faults += _faults_of_signature("signature", seed.signature, parts)
    faults += _faults_of_signature("previous_signature", seed.previous_signature, parts)
    if seed.previous_signature is not None and seed.signature is None:
        faults.append("seed, signature: got none; give it with previous_signature")
    several = len(parts) > 1
    if len(seed.contributions) != (len(parts) if several else 0):
        wanted = f"one for each of its {len(parts)} parts" if several else "its value alone"
        what = got(seed.contributions, Private.SEED)
        return [*faults, f"seed, contributions: {what}; give {wanted}"]
    texts = seed.contributions or (seed.value,)
    for part, text in zip(parts, texts, strict=True):
        faults += _faults_of_part(part, text, seed.signature)
    if several and not faults and seed.value != _combined(texts):
        what = got(seed.value, Private.SEED)
        faults.append(f"seed: {what}; give the SHA-256 of the netstrings of its contributions")
    return faults


def _faults_of_part(part: Part, text: object, signature: object) -> list[str]:
    if not isinstance(text, str):
        return [
            f"seed: {got(text, Private.SEED)}; give the digits as text, so that zeros in front "
            "are kept"
        ]
    if isinstance(part, Dice):
        return _faults_of_dice(text)
    if isinstance(part, Link):
        return _faults_of_link(part, text)
    return _faults_of_round(part, text, signature)


def _faults_of_dice(digits: str) -> list[str]:
    if _DIGITS.fullmatch(digits) is None:
        return [f"seed: {got(digits, Private.SEED)}; give the digits 0 to 9 and nothing else"]
    if len(digits) < FEWEST_DIGITS:
        return [
            f"seed: {got(digits, Private.SEED)}; roll at least {FEWEST_DIGITS}, so that all seeds "
            "cannot be tried beforehand"
        ]
    return []


def _faults_of_link(part: Link, link: str) -> list[str]:
    if part.gives(link):
        return []
    return [
        f"seed: {got(link, Private.SEED)}; give link {part.number} of the chain that ends in "
        f"{part.end[:8]}, which gives that end when it is hashed {part.number} times"
    ]


def _faults_of_round(part: Round, value: str, signature: object) -> list[str]:
    form, words = _VALUES.get(part.beacon.partition("-")[0], _OTHER_VALUE)
    if form.fullmatch(value) is None:
        where = f"seed, round {part.number} of {part.beacon}"
        return [f"{where}: {got(value, Private.SEED)}; give {words}"]
    if isinstance(signature, str) and drand.is_hex(signature):
        found = drand.value_of(signature)
        if found != value:
            return [
                f"seed, signature: got one whose SHA-256 is {found[:8]}..., and the value of round "
                f"{part.number} is {value[:8]}...; give the two of one round"
            ]
    return []


def _faults_of_signature(name: str, signature: object, parts: Sequence[Part]) -> list[str]:
    if signature is None:
        return []
    if not any(isinstance(part, Round) and part.beacon.startswith("drand-") for part in parts):
        what = got(signature, Private.SEED)
        return [f"seed, {name}: {what}, and the source has no drand round; leave it out"]
    if not drand.is_hex(signature):
        return [f"seed, {name}: {got(signature, Private.SEED)}; give lower-case hex digits"]
    return []


def _faults_of_witnesses(witnesses: tuple[str, ...]) -> list[str]:
    if not witnesses:
        return ["seed, witnesses: got []; give the role of at least one who saw the dice"]
    faults = []
    for place, role in enumerate(witnesses, 1):
        where = f"seed, witness {place}"
        if not isinstance(role, str):
            faults.append(f"{where}: {got(role)}; give a role as text")
        elif said := got_name(role):
            faults.append(f"{where}: {said}")
        elif role in witnesses[: place - 1]:
            faults.append(f"{where}: {got(role)} a second time; name each role once")
    return faults
