"""Recorders' keys: who signed which event, which nobody signed, and which signatures are wrong."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

import ceosample as cs
import needed
from books import Book
from ceosample.errors import ConflictError, LedgerError, SignatureError
from ceosample.signoff.check import ChainLevel, ChainReport
from ceosample.signoff.keys.recorder_key import KeyInFile, RecorderKey
from ceosample.signoff.store import signatures
from ceosample.signoff.store.signatures import message_of
from ceosample.signoff.store.tables import SIGNATURES
from postgresql import Server

GOLDEN = Path(__file__).parent / "golden"
AT = dt.datetime(2028, 1, 3, 9, tzinfo=dt.UTC)


def key(number: int) -> RecorderKey:
    """A key that is the same every time."""
    return RecorderKey.new(lambda size: bytes([number]) * size)


ANN, ANN_2, BOB, EVE = key(1), key(2), key(3), key(4)


def opened(url: str = "sqlite://", signer: RecorderKey | None = None, **more: Any) -> cs.Ledger:
    return cs.Ledger.open(url, clock=lambda: AT, key=signer, **more)


def record(ledger: cs.Ledger, person: str, by: str = "board") -> cs.Event:
    return ledger.grant(person, "handler", since=AT.date(), by=by, at=AT)


def rotate_and_fail(ledger: cs.Ledger) -> None:
    with ledger.transaction():
        ledger.rotate_key(ANN_2, by="ann", at=AT)
        record(ledger, "lost", by="")


def found(report: ChainReport) -> tuple[int, dict[str, int], tuple[int, ...]]:
    assert report.signatures is not None
    return (
        report.signatures.signed, dict(report.signatures.by), report.signatures.unsigned_with_key
    )  # fmt: skip


# Files


def test_the_private_key_is_in_a_file_of_its_owner_alone_and_is_never_shown(tmp_path: Path) -> None:
    place = tmp_path / "ann.pem"
    ANN.save(place)
    assert place.stat().st_mode & 0o777 == 0o600
    assert place.read_bytes().startswith(b"-----BEGIN PRIVATE KEY-----\n")  # PKCS#8
    assert RecorderKey.load(place).public == ANN.public
    secret = base64.b64decode(b"".join(place.read_bytes().splitlines()[1:-1]))[-32:]
    for shown in (repr(ANN), str(ANN), repr(KeyInFile(place))):
        assert secret.hex() not in shown
        assert base64.b64encode(secret).decode() not in shown
    with pytest.raises(ConflictError, match="left unchanged"):
        BOB.save(place)
    place.chmod(0o640)
    with pytest.raises(SignatureError, match="mode 0640"):
        RecorderKey.load(place)


def test_an_encrypted_key_opens_with_its_passphrase_alone(tmp_path: Path) -> None:
    place, word = tmp_path / "ann.pem", "correct horse battery"
    with pytest.raises(SignatureError, match="too short"):
        ANN.save(place, passphrase=word[:8])
    ANN.save(place, passphrase=word)
    assert RecorderKey.load(place, passphrase=lambda: word).public == ANN.public
    for wrong in (None, lambda: word.upper(), lambda: "\udc80" * 12):
        with pytest.raises(SignatureError) as refused:
            RecorderKey.load(place, passphrase=wrong)
        assert word.upper() not in str(refused.value)
    place.write_bytes(b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
    with pytest.raises(SignatureError, match="restore the file"):
        RecorderKey.load(place)


def test_a_signature_of_an_event_is_one_that_openssl_verifies(tmp_path: Path) -> None:
    """The page tells how: a checker needs the public key, the hash and one line of text."""
    openssl = needed.program("openssl", "openssl")
    public = bytes.fromhex("302a300506032b6570032100") + bytes.fromhex(ANN.public)
    (tmp_path / "key.der").write_bytes(public)
    event = hashlib.sha256(b"an event").hexdigest()
    (tmp_path / "signature").write_bytes(ANN.sign(message_of(event)))
    for text, code in ((f"ceosample-event/1\n{event}\n", 0), (f"{event}\n", 1)):
        (tmp_path / "message").write_text(text)
        ended = subprocess.run(
            [openssl, "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", "key.der",
             "-rawin", "-in", "message", "-sigfile", "signature"],
            cwd=tmp_path, capture_output=True, check=False,
        )  # fmt: skip
        assert ended.returncode == code, ended.stderr


# Who signed


def test_a_check_says_who_signed_what_and_what_nobody_signed(address: str) -> None:
    """'`check` says which events are signed by whom and which are not'"""
    with opened(address) as ledger:
        record(ledger, "one")
        assert ledger.check().signatures is None
        plain = str(ledger.check())
    with opened(address, ANN) as ledger:
        assert str(ledger.check()) == plain  # a key alone changes nothing
        ledger.register_key(ANN, by="ann", at=AT)
        signed = record(ledger, "two", by="board")
        assert signed.payload["recorder"] == "ann"
    with opened(address, recorder="ann") as ledger:
        record(ledger, "three")
    with opened(address) as ledger:
        record(ledger, "four", by="somebody")
        report = ledger.check()
        assert (report.ok, found(report)) == (True, (2, {"ann": 2}, (6,)))
        assert str(report).splitlines()[1:] == [
            "  signed: 2 of 7 events (ann 2)",
            "  not signed: 5 of 7 events, 1 of them although the recorder had a key: 6",
        ]
        assert report.to_dict()["signatures"] == {
            "events": 7, "signed": 2, "by": {"ann": 2}, "unsigned": 5, "unsigned_with_key": [6],
            "first": 1, "checked": True,
        }  # fmt: skip
        later = ledger.check(checked_head=signed.hash)
        assert (later.checked_from, found(later)) == (5, (0, {}, (6,)))


def test_events_and_signatures_are_read_page_by_page(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two signatures of one event may be on two pages."""
    monkeypatch.setattr(signatures, "PAGE", 2)
    with opened(address, ANN) as ledger:
        ledger.register_key(ANN, by="ann", at=AT)
        ledger.rotate_key(ANN_2, by="ann", at=AT)
        for person in ("one", "two", "three"):
            record(ledger, person)
        assert len(list(ledger.export_signatures())) == 6
        assert found(ledger.check()) == (5, {"ann": 5}, ())


def test_a_key_that_is_not_registered_signs_nothing_and_nothing_is_recorded() -> None:
    with opened() as ledger, opened(signer=EVE) as other:
        for one in (ledger, other):
            assert one.count == 2
        with pytest.raises(LedgerError, match="is not registered in this ledger"):
            record(other, "one")
        assert other.count == 2


def test_the_holder_of_the_key_is_the_recorder(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'l.db'}"
    with opened(url) as ledger:
        ledger.register_key(ANN, by="ann", at=AT)
    with (
        opened(url, ANN, recorder="bob") as ledger,
        pytest.raises(ConflictError, match="that of 'ann'"),
    ):
        record(ledger, "one")


def test_each_person_registers_their_own_key_once() -> None:
    with opened() as ledger:
        first = ledger.register_key(ANN, by="ann", at=AT)
        assert ledger.register_key(ANN, by="ann", at=AT) == first
        for signer, by, why in (
            (ANN, "bob", "was registered by event 3 already"),
            (ANN_2, "ann", "holds the key"),
        ):
            with pytest.raises(LedgerError, match=why):
                ledger.register_key(signer, by=by, at=AT)
    with (
        opened(recorder="bob") as ledger,
        pytest.raises(LedgerError, match="registers and rotates their own"),
    ):
        ledger.register_key(ANN, by="ann", at=AT)


def test_a_key_is_rotated_in_the_middle_of_a_batch_or_not_at_all() -> None:
    with opened(signer=ANN) as ledger:
        ledger.register_key(ANN, by="ann", at=AT)
        with pytest.raises(LedgerError, match="by: "):
            rotate_and_fail(ledger)
        assert [one.public for one in ledger.keys().active] == [ANN.public]
        with ledger.transaction():
            record(ledger, "one")
            with pytest.raises(LedgerError, match="by: "):  # a part of it
                rotate_and_fail(ledger)
            record(ledger, "two")
            turned = ledger.rotate_key(ANN_2, by="ann", at=AT)
            record(ledger, "three")
        rows = list(ledger.export_signatures())
        assert sum(f'"sequence":{turned.sequence},'.encode() in row for row in rows) == 2
        report = ledger.check()
        assert (report.ok, found(report)) == (True, (5, {"ann": 5}, ()))
        assert ledger.keys().keys[0].until == turned.sequence
    with opened(signer=EVE) as ledger:
        ledger.register_key(ANN, by="ann", at=AT)
        with pytest.raises(LedgerError, match="give the key with which they sign now"):
            ledger.rotate_key(EVE, by="ann", at=AT)


def test_a_lost_key_is_revoked_by_two_persons() -> None:
    revoking: dict[str, Any] = {"at": AT, "reason_code": "lost"}
    with opened() as ledger:
        ledger.register_key(ANN, by="ann", at=AT)
        with pytest.raises(LedgerError, match="two persons revoke a key"):
            ledger.revoke_key(ANN.public, by="ann", approver="ann", **revoking)
        ledger.grant("bob", "recorder", since=AT.date(), by="board", at=AT)
        with pytest.raises(LedgerError, match="approver: 'eve' is not recorder or"):
            ledger.revoke_key(ANN.public, by="bob", approver="eve", **revoking)
        with pytest.raises(LedgerError, match="names no key"):
            ledger.revoke_key("ab", by="bob", approver="ann", **revoking)
        gone = ledger.revoke_key(ANN.public[:8], by="bob", approver="ann", **revoking)
        assert ledger.revoke_key(ANN.public, by="bob", approver="ann", **revoking) == gone
        with pytest.raises(LedgerError, match="cannot be corrected; revoke the key"):
            ledger.correct(gone.hash, by="bob", at=AT, reason_code="slip")
        with pytest.raises(LedgerError, match="was registered by event 3 already"):
            ledger.register_key(ANN, by="ann", at=AT)
        ledger.register_key(ANN_2, by="ann", at=AT)
        assert ledger.check().ok


def test_an_approver_who_has_a_key_signs_the_revocation_with_it(tmp_path: Path) -> None:
    """One person who names a second one is no two persons."""
    made = Book.of_file(tmp_path / "ledger.db")
    revoking: dict[str, Any] = {"by": "ann", "approver": "bob", "at": AT, "reason_code": "stolen"}
    with opened(made.url, ANN) as ledger:
        for signer, person in ((ANN, "ann"), (BOB, "bob"), (EVE, "eve")):
            ledger.register_key(signer, by=person, at=AT)
        for given in (None, EVE):
            with pytest.raises(LedgerError, match="so that both sign"):
                ledger.revoke_key(EVE.public, approver_key=given, **revoking)
        with pytest.raises(LedgerError, match="holds none that goes on"):
            ledger.revoke_key(EVE.public, approver_key=EVE, **{**revoking, "approver": "dpo"})
        gone = ledger.revoke_key(EVE.public, approver_key=BOB, **revoking)
        assert found(ledger.check()) == (4, {"ann": 2, "bob": 1, "eve": 1}, ())
    made.tamper(
        "DELETE FROM signatures WHERE sequence = :number AND signer = :bob",
        number=gone.sequence,
        bob=BOB.public,
    )
    assert "key_revoked, and the key ed4928c6 did not sign it" in str(made.check())


@pytest.mark.parametrize("after", [0, 1])
def test_a_revoked_key_signs_nothing_from_its_revocation_on(tmp_path: Path, after: int) -> None:
    """'a signature by a revoked key after its revocation is refused/told'"""
    made = Book.of_file(tmp_path / "ledger.db")
    with opened(made.url, ANN) as ledger:
        ledger.register_key(ANN, by="ann", at=AT)
        gone = ledger.revoke_key(ANN.public, by="ann", approver="bob", at=AT, reason_code="stolen")
        with pytest.raises(LedgerError, match="was revoked and signs no event after event 3"):
            record(ledger, "one")
    with opened(made.url) as ledger:
        record(ledger, "one", by="ann")
        assert ledger.check().ok
    number = gone.sequence + after
    event = made.read()[number - 1]["hash"]
    made.tamper(
        INTO, number=number, signer=ANN.public, event=event, signature=signature(ANN, event)
    )
    said = f"event {number}: is signed by the key 8a88e3dd of 'ann', which was revoked"
    assert said in str(made.check().first_difference)


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["record", "other", "register", "rotate", "revoke"]), st.integers(0, 1)
    ),
    max_size=12,
)


@pytest.mark.slow
@settings(max_examples=12, deadline=None)
@given(ACTS)
def test_whatever_happens_to_keys_the_counts_are_those_of_a_plain_list(
    acts: list[tuple[str, int]],
) -> None:
    """What was recorded is whole, and signed by whoever held a key, in every order of the acts."""
    numbers = iter(range(10, 200))
    held: dict[str, RecorderKey | None] = {"ann": None, "bob": None}
    signed: dict[str, int] = {}
    unsigned = []
    with opened() as ledger:
        for act, which in acts:
            person = ("ann", "bob")[which]
            mine = held[person]
            ledger._key = mine if act != "other" else None
            if act in ("register", "rotate") and (mine is None) == (act == "register"):
                new = key(next(numbers))
                change = ledger.register_key if act == "register" else ledger.rotate_key
                change(new, by=person, at=AT)
                held[person], signed[person] = new, signed.get(person, 0) + 1
            elif act == "revoke" and mine is not None:
                ledger.revoke_key(mine.public, by=person, approver="dpo", at=AT, reason_code="lost")
                held[person] = None
            elif act in ("record", "other"):
                event = record(ledger, f"p{next(numbers)}", by=person)
                if act == "record" and mine is not None:
                    signed[person] = signed.get(person, 0) + 1
                elif mine is not None:
                    unsigned.append(event.sequence)
        report = ledger.check()
        assert report.ok, str(report)
        if report.signatures is None:
            assert (signed, unsigned) == ({}, [])
        else:
            assert found(report) == (sum(signed.values()), signed, tuple(unsigned))
        with cs.Ledger.restore(
            "sqlite://", ledger.export(), signed=ledger.export_signatures()
        ) as copy:
            assert copy.check() == report


# What was tampered with


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """A ledger in which ann and bob signed, and ann rotated."""
    made = Book.of_file(tmp_path / "ledger.db")
    with opened(made.url, ANN) as ledger:
        ledger.register_key(ANN, by="ann", at=AT)  # event 3
        record(ledger, "one")
        ledger.rotate_key(ANN_2, by="ann", at=AT)  # event 5
        record(ledger, "two")
    with opened(made.url, BOB) as ledger:
        ledger.register_key(BOB, by="bob", at=AT)  # event 7
        record(ledger, "three")
        assert ledger.check().ok
    return made


def signature(signer: RecorderKey, event: str) -> str:
    return base64.b64encode(signer.sign(message_of(event))).decode()


INTO = "INSERT INTO signatures VALUES (:number, :signer, :event, :signature)"


@pytest.mark.parametrize(
    ("number", "signer", "said"),
    [
        (8, ANN_2, f"is signed by the key {ANN_2.public[:8]} of 'ann', and 'bob' recorded it"),
        (8, ANN, "of 'ann', which was rotated and signs nothing after event 5"),
        (8, EVE, "is signed by the key 'ca93ac17', which is not registered"),
        (2, BOB, "event 2: is signed, and no key was registered then"),
        (4, BOB, "is signed by the key 'ed4928c6', which is not registered"),
        (9, BOB, "event 9: is signed, and there is no such event"),
    ],
)
def test_a_signature_that_was_slipped_in_is_named(
    book: Book, number: int, signer: RecorderKey, said: str
) -> None:
    rows = book.read()
    event = rows[number - 1]["hash"] if number <= len(rows) else "0" * 64
    book.tamper(
        INTO, number=number, signer=signer.public, event=event, signature=signature(signer, event)
    )
    report = book.check()
    assert (report.ok, report.level) == (False, ChainLevel.BROKEN)
    assert said in str(report.first_difference)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE signatures SET signature = :other WHERE sequence = 8", "event 8: its signature"),
        ("UPDATE signatures SET signature = 'x' WHERE sequence = 8", "event 8: its signature"),
        ("UPDATE signatures SET event = :other WHERE sequence = 8", "event 8: its signature"),
        ("DELETE FROM signatures WHERE sequence = 3", "event 3: key_registered, and the key"),
        ("DELETE FROM signatures WHERE sequence = 5 AND signer = :old", "event 5: key_rotated"),
        ("DROP TABLE signatures", "table signatures: missing"),
    ],
)
def test_a_signature_that_was_changed_or_taken_away_is_named(
    book: Book, statement: str, said: str
) -> None:
    other = base64.b64encode(bytes(64)).decode()
    with book.open() as execute:
        triggers = execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table",
            {"table": "signatures"},
        ).fetchall()
        for name, _ in triggers:
            execute(f"DROP TRIGGER {name}", {})
        values = {
            n: v for n, v in {"other": other, "old": ANN.public}.items() if f":{n}" in statement
        }
        execute(statement, values)
        for _, made in [] if "DROP" in statement else triggers:
            execute(made, {})
    report = book.check()
    assert not report.ok
    assert said in str(report.first_difference)


def test_a_signature_that_was_taken_away_is_an_event_that_its_recorder_did_not_sign(
    book: Book,
) -> None:
    book.tamper("DELETE FROM signatures WHERE sequence = 8")
    report = book.check()
    assert (report.ok, found(report)) == (True, (5, {"ann": 4, "bob": 1}, (8,)))


def test_a_rewritten_event_has_no_signature_of_its_recorder(book: Book) -> None:
    """Whoever rewrites the book and its hashes lacks the key."""
    changed = dict(book.read()[7])
    book.forge(8, at="2028-01-03T08:00:00+00:00")
    assert book.read()[7]["hash"] != changed["hash"]
    report = book.check()
    assert "event 8: its signature by the key ed4928c6 of 'bob' is wrong" in str(
        report.first_difference
    )


def test_the_table_of_signatures_only_grows(address: str) -> None:
    with opened(address, ANN) as ledger:
        ledger.register_key(ANN, by="ann", at=AT)
    engine = sa.create_engine(address)
    for statement in (
        SIGNATURES.delete(),
        SIGNATURES.update().values(signature="x"),
        SIGNATURES.insert().values(sequence=3, signer=ANN.public, event="x", signature="y"),
    ):
        with pytest.raises(sa.exc.DBAPIError), engine.begin() as connection:
            connection.execute(statement)
    engine.dispose()


def test_without_cryptography_a_check_counts_and_says_that_it_verified_nothing(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ceosample.signoff.keys import check_signatures

    monkeypatch.setattr(check_signatures, "_can_verify", lambda: False)
    report = book.check()
    assert report.ok
    assert "NOT verified, which needs cryptography: pip install 'ceosample[keys]'" in str(report)


# Databases


def test_a_writer_that_dies_in_a_batch_leaves_neither_events_nor_signatures(tmp_path: Path) -> None:
    """'a batch's events and its signatures are written in one transaction, whole or not at all'"""
    needed.sigkill()
    url = f"sqlite:///{tmp_path / 'l.db'}"
    with opened(url, ANN) as ledger:
        ledger.register_key(ANN, by="ann", at=AT)
    child = os.fork()
    if child == 0:
        with opened(url, ANN) as ledger, ledger.transaction():
            record(ledger, "one")
            record(ledger, "two")
            os.kill(os.getpid(), signal.SIGKILL)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    with opened(url, ANN) as ledger:
        assert (ledger.count, len(list(ledger.export_signatures()))) == (3, 1)
        record(ledger, "one")
        assert found(ledger.check()) == (2, {"ann": 2}, ())


def test_an_old_ledger_keeps_signatures_after_an_upgrade(tmp_path: Path) -> None:
    old = Path(shutil.copy(GOLDEN / "ledger.db", tmp_path / "ledger.db"))
    with opened(f"sqlite:///{old}") as ledger:
        before = ledger.check()
        coverage = cs.signoff_coverage(ledger.events()).to_dict()
        with pytest.raises(LedgerError, match="run 'ceosample upgrade' first"):
            ledger.register_key(ANN, by="ann", at=AT)
        done = ledger.upgrade(by="office", at=AT, backup=tmp_path / "kept")
        assert any("signatures" in change for change in done.changes)
        ledger.register_key(ANN, by="ann", at=AT)
        report = ledger.check()
        assert (before.ok, report.ok, report.events) == (True, True, before.events + 2)
        assert found(report) == (1, {"ann": 1}, ())
        assert cs.signoff_coverage(ledger.events()).to_dict() == coverage


def test_where_the_writer_may_not_create_the_upgrade_prints_the_sql(
    postgresql: Server, tmp_path: Path
) -> None:
    """'with the SQL printed where the writer role may not alter'"""
    with postgresql.database() as name:
        url = postgresql.url(name)
        with opened(url) as ledger:
            pass
        with postgresql.connect(name) as admin:
            admin.execute("DROP TABLE signatures; DROP FUNCTION signatures_refuse")
            admin.execute("CREATE ROLE scribe LOGIN; GRANT SELECT, INSERT ON events TO scribe")
            admin.execute("GRANT SELECT ON texts TO scribe")
            admin.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
            try:
                with opened(postgresql.url(name, user="scribe")) as ledger:
                    record(ledger, "one")
                    asked = ledger.upgrade(by="office", at=AT, backup=tmp_path / "kept")
                    assert (asked.done, asked.changes, len(asked.statements)) == (False, (), 3)
                    assert "let the owner of the tables run" in str(asked)
                    for statement in asked.statements:
                        admin.execute(statement.encode())
                    admin.execute("GRANT SELECT, INSERT ON signatures TO scribe")
                    ledger.register_key(ANN, by="ann", at=AT)
                    report = ledger.check()
                    assert (report.ok, found(report)) == (True, (1, {"ann": 1}, ()))
                    assert "nothing to change" in str(
                        ledger.upgrade(by="office", at=AT, backup=tmp_path / "kept")
                    )
                with (
                    psycopg.connect(
                        postgresql.url(name, user="scribe").replace("+psycopg", "")
                    ) as plain,
                    pytest.raises(psycopg.errors.InsufficientPrivilege),
                ):
                    plain.execute("DELETE FROM signatures")
            finally:
                admin.execute("DROP OWNED BY scribe")
                admin.execute("DROP ROLE scribe")


def test_a_repair_keeps_the_signatures(book: Book, tmp_path: Path) -> None:
    with book.open() as execute:
        execute("DROP INDEX events_kind", {})
    with opened(book.url, BOB) as ledger:
        before = list(ledger.export_signatures())
        assert ledger.repair(by="bob", at=AT, backup=tmp_path / "kept").done
        assert list(ledger.export_signatures())[:-1] == before
        assert found(ledger.check()) == (7, {"ann": 4, "bob": 3}, ())
