"""Time stamps: what is refused and why, and that OpenSSL says the same of each."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from asn1crypto import tsp
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st

import ceosample as cs
import stamping
from ceosample.errors import RecordError
from stamping import (
    AT,
    POLICY,
    REJECTED,
    STAMPING,
    answer,
    answer_of_openssl,
    certify,
    clock,
    office,
    openssl,
    root,
)

DIGEST, OTHER = "ab" * 32, "cd" * 32
DAY = dt.timedelta(days=1)


def check(data: bytes, **given_: Any) -> cs.timestamps.TimeStamp:
    return cs.timestamps.check(data, **{"roots": root().pem, "digest": DIGEST, **given_})


# Requests

nonces = st.integers(0, 2**64 - 1)
policies = st.one_of(
    st.none(),
    st.lists(st.integers(0, 2**40), min_size=1, max_size=6).map(
        lambda rest: ".".join(map(str, [1, 3, *rest]))
    ),
)


@given(st.binary(min_size=32, max_size=32), nonces, policies)
def test_a_request_is_read_by_others_as_it_was_meant(
    digest: bytes, nonce: int, policy: str | None
) -> None:
    made = cs.timestamps.request(digest.hex(), nonce=nonce, policy=policy)
    read = tsp.TimeStampReq.load(made, strict=True)
    imprint = read["message_imprint"]
    assert imprint["hash_algorithm"]["algorithm"].native == "sha256"
    assert imprint["hashed_message"].native == digest
    assert (read["nonce"].native, read["cert_req"].native) == (nonce, True)
    assert read["req_policy"].dotted == policy if policy else read["req_policy"].native is None
    assert read.dump(force=True) == made


def test_a_request_is_the_one_that_openssl_writes(tmp_path: Path) -> None:
    """Byte for byte, but for the nonce, which OpenSSL draws."""
    asked = ["openssl", "ts", "-query", "-digest", DIGEST, "-sha256", "-cert", "-tspolicy", POLICY]
    made = subprocess.run([*asked], capture_output=True, check=True, timeout=60).stdout
    nonce = tsp.TimeStampReq.load(made)["nonce"].native
    assert cs.timestamps.request(DIGEST, nonce=nonce, policy=POLICY) == made


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"digest": "AB" * 32}, "digest: got 'ABAB.*give 64 lower-case hex digits"),
        ({"nonce": -1}, "nonce: got -1; give a whole number below 2"),
        ({"nonce": 2**64}, "nonce: got 18446744073709551616"),
        ({"nonce": True}, "nonce: got True"),
        ({"policy": "3.1"}, "policy: got '3.1'; give an object identifier"),
        ({"policy": "1.40.1"}, "policy: got '1.40.1'"),
        ({"policy": "1.2.03"}, "policy: got"),
        ({"digest": 7, "nonce": "7"}, "(?s)digest: got 7.*nonce: got '7'"),
    ],
)
def test_what_cannot_be_asked_is_refused(change: dict[str, Any], says: str) -> None:
    with pytest.raises(RecordError, match=says):
        cs.timestamps.request(**{"digest": DIGEST, "nonce": 7, **change})


# Answers


def test_an_answer_says_who_when_and_how_exactly(tmp_path: Path) -> None:
    query = cs.timestamps.request(DIGEST, nonce=7)
    found = check(answer(DIGEST), query=query, policy=POLICY)
    assert (found.digest, found.at, found.accuracy) == (DIGEST, AT, dt.timedelta(seconds=1))
    assert found.latest == AT + dt.timedelta(seconds=2)
    assert (found.policy, found.serial, found.nonce) == (POLICY, 4711, 7)
    assert found.authority == "CN=Test Clock"
    assert "to within 1 s" in found.words
    assert openssl(tmp_path, answer(DIGEST), root().pem, request=query) is None
    asked = cs.timestamps.request(DIGEST, nonce=7, policy=POLICY)
    assert check(answer(DIGEST), query=asked) == found
    fraction = answer(DIGEST, accuracy=None, at=AT + dt.timedelta(microseconds=250000))
    assert b"20261102091230.25Z" in fraction
    vague = check(fraction)
    assert (vague.accuracy, vague.at, vague.latest) == (None, AT, AT + dt.timedelta(seconds=1))
    assert "accuracy not stated" in vague.words


@pytest.mark.parametrize("names_by", ["sha1", "sha256", "sha512"])
def test_what_openssl_answers_as_an_authority_is_taken(names_by: str, tmp_path: Path) -> None:
    query = cs.timestamps.request(DIGEST, nonce=2**63 + 1, policy=POLICY)
    data = answer_of_openssl(tmp_path, query, names_by=names_by)
    found = check(data, query=query, policy=POLICY)
    assert (found.digest, found.nonce, found.authority) == (DIGEST, 2**63 + 1, "CN=Test Clock")
    assert found.accuracy == dt.timedelta(seconds=1)
    assert openssl(tmp_path, data, root().pem, request=query, at=found.at) is None


@cache
def signer(name: str) -> stamping.Certified:
    """Certificates that do not do, and two that do."""
    old_ca = cache(lambda: certify("Old CA", root(), ca=True, last=AT - DAY))
    mail = ExtendedKeyUsageOID.EMAIL_PROTECTION
    made: dict[str, Callable[[], stamping.Certified]] = {
        "expired": lambda: certify("A", office(), usages=STAMPING, last=AT - DAY),
        "not yet": lambda: certify("B", office(), usages=STAMPING, first=AT + DAY),
        "expired above": lambda: certify("C", old_ca(), usages=STAMPING),
        "no usage": lambda: certify("D", office()),
        "usage not critical": lambda: certify("E", office(), usages=STAMPING, critical=False),
        "two usages": lambda: certify("F", office(), usages=[*STAMPING, mail]),
        "another usage": lambda: certify("G", office(), usages=[mail]),
        "below no authority": lambda: certify("H", clock(), usages=STAMPING),
        "its own root": lambda: certify("I", usages=STAMPING),
        "expires later": lambda: certify("J", office(), usages=STAMPING, last=AT + DAY),
        "from the root": lambda: certify("K", root(), usages=STAMPING),
    }
    return made[name]()


#: By name: the answer, the roots (None for the right one), and what is said of it.
WRONG: Final[dict[str, tuple[Callable[[], bytes], Callable[[], bytes] | None, str]]] = {
    "another digest": (lambda: answer(OTHER), None, f"got one of {OTHER}; give one of"),
    "changed after it was signed": (lambda: answer(OTHER, stated=DIGEST), None, "not what was sig"),
    "another root": (lambda: answer(DIGEST), lambda: certify("X", ca=True).pem, "none of the root"),
    "the root of another": (lambda: answer(DIGEST), lambda: clock().pem, "none of the roots"),
    "the office alone": (lambda: answer(DIGEST), lambda: office().pem, "none of the roots"),
    "no certificate": (lambda: answer(DIGEST, embedded=False), None, "lacks the certificate"),
    "names no certificate": (lambda: answer(DIGEST, unnamed=True), None, "does not name the cert"),
    "names another's": (lambda: answer(DIGEST, named=office()), None, "does not name the certif"),
    "no token": (lambda: REJECTED, None, "got the status rejection; ask the authority again"),
    "no time stamp": (lambda: answer(DIGEST, content_type="data"), None, "not what was signed"),
    "no answer": (lambda: b"<html>", None, "no answer of RFC 3161"),
    "expired": (lambda: answer(DIGEST, by=signer("expired")), None, "had expired by then"),
    "not yet": (lambda: answer(DIGEST, by=signer("not yet")), None, "not valid yet"),
    "expired above": (lambda: answer(DIGEST, by=signer("expired above")), None, "had expired by"),
    "no usage": (lambda: answer(DIGEST, by=signer("no usage")), None, "not for time stamps"),
    "usage not critical": (
        lambda: answer(DIGEST, by=signer("usage not critical")), None, "not for time stamps",
    ),
    "two usages": (lambda: answer(DIGEST, by=signer("two usages")), None, "not for time stamps"),
    "another usage": (lambda: answer(DIGEST, by=signer("another usage")), None, "not for time st"),
    "below no authority": (
        lambda: answer(DIGEST, by=signer("below no authority")), None, "is no authority's",
    ),
    "its own root": (lambda: answer(DIGEST, by=signer("its own root")), None, "none of the roots"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_answer_is_refused_by_both(name: str, tmp_path: Path) -> None:
    """'all are refused with their reason, and openssl refuses them too'"""
    made, roots, says = WRONG[name]
    data, trusted = made(), roots() if roots else root().pem
    with pytest.raises(RecordError, match=says):
        check(data, roots=trusted)
    assert openssl(tmp_path, data, trusted, digest=DIGEST) is not None


@pytest.mark.parametrize("name", ["expires later", "from the root"])
def test_a_right_answer_is_taken_by_both(name: str, tmp_path: Path) -> None:
    """At its own time: the first certificate is over by the day on which this is tested."""
    data = answer(DIGEST, by=signer(name))
    assert check(data).at == AT
    roots = certify("Another", ca=True).pem + root().pem
    assert check(data, roots=roots).at == AT
    assert openssl(tmp_path, data, roots, digest=DIGEST) is None
    if name == "expires later":
        later = openssl(tmp_path, data, roots, digest=DIGEST, at=AT + 2 * DAY)
        assert "certificate has expired" in str(later)


def test_where_the_two_differ(tmp_path: Path) -> None:
    """`docs/seeds.md` says each of them and why."""
    algorithm = answer(DIGEST, algorithm="sha512")
    with pytest.raises(RecordError, match="another digest than SHA-256"):
        check(algorithm)
    assert openssl(tmp_path, algorithm, root().pem, digest=DIGEST) is None
    changed = answer(DIGEST, status="granted_with_mods")
    with pytest.raises(RecordError, match="status granted_with_mods; ask the authority again"):
        check(changed)
    assert openssl(tmp_path, changed, root().pem, digest=DIGEST) is None


@pytest.mark.parametrize(
    ("query", "says"),
    [
        (cs.timestamps.request(DIGEST, nonce=8), "nonce mismatch"),
        (cs.timestamps.request(OTHER, nonce=7), "imprint mismatch"),
        (cs.timestamps.request(DIGEST, nonce=7, policy="1.2.9"), "policy mismatch"),
    ],
)
def test_an_answer_to_another_request_is_refused_by_both(
    query: bytes, says: str, tmp_path: Path
) -> None:
    with pytest.raises(RecordError, match="does not answer the request"):
        check(answer(DIGEST), query=query)
    assert says in str(openssl(tmp_path, answer(DIGEST), root().pem, request=query))
    with pytest.raises(RecordError, match="does not answer the request"):
        check(answer(DIGEST, nonce=None), query=query)


def test_every_problem_is_told_at_once() -> None:
    data = answer(OTHER, by=signer("expired"))
    with pytest.raises(RecordError) as caught:
        check(data, query=cs.timestamps.request(DIGEST, nonce=7), policy="1.2.9")
    said = " ".join(caught.value.faults)
    assert len(caught.value.faults) == 4
    for part in ("had expired", f"give one of {DIGEST}", "give one under 1.2.9", "the request"):
        assert part in said


@pytest.mark.slow
def test_no_changed_byte_makes_it_say_anything_else(tmp_path: Path) -> None:
    """A few bytes of an answer are not signed, such as a version: then both take it as before."""
    data = answer(DIGEST)
    said = check(data)
    taken = []
    for place in range(len(data)):
        changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        try:
            assert check(changed) == said
        except RecordError:
            continue
        taken.append(changed)
    assert len(taken) < 20
    for changed in taken[:4]:
        assert openssl(tmp_path, changed, root().pem, digest=DIGEST) is None


def test_what_is_cut_off_or_too_long_is_refused() -> None:
    data = answer(DIGEST)
    for wrong in (b"", data[:-1], data[:40], data + b"\0", data * 2, bytes(1 << 21)):
        with pytest.raises(RecordError, match="no answer of RFC 3161"):
            check(wrong)


def test_roots_are_given_and_never_the_machine_s(monkeypatch: pytest.MonkeyPatch) -> None:
    """'against a root that the caller gives (never a trust store of the machine)'"""
    for text in (b"", b"no certificate", root().certificate.public_bytes(Encoding.DER)):
        with pytest.raises(RecordError, match="roots: got no certificates"):
            check(answer(DIGEST), roots=text)
    monkeypatch.setitem(sys.modules, "rfc3161_client", None)
    with pytest.raises(cs.errors.MissingPartError, match=r"ceosample\[timestamp\]"):
        check(answer(DIGEST))
