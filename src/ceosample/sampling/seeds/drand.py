"""Whether a drand round was signed by the League of Entropy, by the keys that are shipped here."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any, Final

import attrs

from ceosample.canonical import digest
from ceosample.sampling.seeds.seed_source import Round

_HEX: Final = re.compile(r"([0-9a-f]{2})+")


@attrs.frozen
class DrandChain:
    """A chain of drand, and how its rounds are signed.

    Attributes:
        key: the group's public key, compressed, in hex.
        group: the ``groupHash`` of its ``/info``. With it the chain's name gives the key:
            SHA-256(period, genesis, key, group, beacon id) is the hash in the name.
        chained: whether a round is signed together with the signature of the one before.
        signature_bytes: of a signature. One of 48 is a point of G1, and the key one of G2; one of
            96 the other way round.
        suite: the domain separation tag of RFC 9380 with which a message becomes a point.
    """

    key: str
    group: str
    chained: bool
    signature_bytes: int
    suite: bytes


#: The two chains of the main net, from their ``/info`` (docs.drand.love, "drand HTTP API", and the
#: announcement "quicknet is live"): schemes ``pedersen-bls-chained``, ``bls-unchained-g1-rfc9380``.
CHAINS: Final[Mapping[str, DrandChain]] = {
    "drand-8990e7a9aaed2ffed73dbd7092123d6f289930540d7651336225dc172e51b2ce": DrandChain(
        key="868f005eb8e6e4ca0a47c8a77ceaa5309a47978a7c71bc5cce96366b5d7a5699"
        "37c529eeda66c7293784a9402801af31",
        group="176f93498eac9ca337150b46d21dd58673ea4e3581185f869672e59fa4cb390a",
        chained=True,
        signature_bytes=96,
        suite=b"BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_",
    ),
    "drand-52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971": DrandChain(
        key="83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c"
        "8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb"
        "5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a",
        group="f477d5c89f21a17c863a7f937c6a6d15859414d2be09cd448d4279af331c5d3e",
        chained=False,
        signature_bytes=48,
        suite=b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_",
    ),
}


def value_of(signature: str) -> str:
    """The value of the round that has a signature: the SHA-256 of its bytes.

    >>> value_of("00" * 48)[:16]
    '17b0761f87b081d5'
    """
    return digest(bytes.fromhex(signature))


def is_hex(text: object) -> bool:
    """Whether a text is bytes in lower-case hex."""
    return isinstance(text, str) and _HEX.fullmatch(text) is not None


def why_unchecked(named: Round, signature: str | None, previous: str | None) -> str | None:
    """Why a round's signature cannot be checked here, in words; None if it can."""
    if signature is None:
        return "no signature is kept with it"
    if named.beacon not in CHAINS:
        return "the key of its beacon is not known here"
    if CHAINS[named.beacon].chained and previous is None:
        return "a round of this chain is signed with the signature before it, which is not kept"
    if not is_installed():
        return "that needs py_arkworks_bls12381: pip install 'ceosample[beacon]'"
    return None


def is_installed() -> bool:
    """Whether the extra ``beacon`` is there."""
    try:
        import py_arkworks_bls12381  # noqa: F401 - asked for, and used where it is needed
    except ImportError:
        return False
    return True


def fault_of_signature(named: Round, signature: str | None, previous: str | None) -> str | None:
    """What is wrong with the signature of a round, in words; None if it is right or unchecked."""
    if signature is None or why_unchecked(named, signature, previous) is not None:
        return None
    chain = CHAINS[named.beacon]
    wanted = f"give the one that the beacon published for round {named.number}"
    if len(signature) != 2 * chain.signature_bytes:
        return (
            f"seed, signature: got {len(signature) // 2} bytes, and rounds of {named.beacon} have "
            f"signatures of {chain.signature_bytes}; {wanted}"
        )
    before = bytes.fromhex(previous or "") if chain.chained else b""
    message = hashlib.sha256(before + _as_number(named.number)).digest()
    if _is_signed(chain, message, bytes.fromhex(signature)):
        return None
    whole = "signature and previous_signature" if chain.chained else "signature"
    return (
        f"seed, {whole}: got {signature[:8]}..., which the key of {named.beacon[:14]}... did not "
        f"sign for round {named.number}; {wanted}"
    )


def _as_number(number: int) -> bytes:
    """A round as drand signs it; more than 8 bytes are no round that it can have."""
    return number.to_bytes(max(8, (number.bit_length() + 7) // 8), "big")


def _is_signed(chain: DrandChain, message: bytes, signature: bytes) -> bool:
    """Whether e(signature, generator) = e(hash of the message, key)."""
    import py_arkworks_bls12381 as curve

    short = chain.signature_bytes == 48
    of_signature: Any = curve.G1Point if short else curve.G2Point
    of_key: Any = curve.G2Point if short else curve.G1Point
    try:
        signed = of_signature.from_compressed_bytes(signature)
    except ValueError:  # no point of the curve, or none of the group
        return False
    hashed = of_signature.hash_to_curve(message, chain.suite)
    key = of_key.from_compressed_bytes(bytes.fromhex(chain.key))
    left, right = [signed, -hashed], [of_key(), key]
    return bool(curve.GT.pairing_check(*((left, right) if short else (right, left))))
