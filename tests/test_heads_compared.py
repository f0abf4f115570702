"""Signed heads, and two copies of a ledger compared: a ledger for a second audience shows."""

from __future__ import annotations

import base64
import datetime as dt
import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ceosample as cs
from ceosample.errors import ConflictError, LedgerError, SignatureError
from ceosample.signoff.keys.head_note import HeadNote, read_note
from ceosample.signoff.keys.recorder_key import RecorderKey
from ceosample.signoff.keys.signed_note import NoteKey, SignedNote, signed
from ceosample.signoff.replay.keys import Keys, RegisteredKey
from command import Ended, asked, asked_at
from inputs import configure, write_month
from release_0_1 import FOLDER
from thorough import examples

AT = dt.datetime(2028, 1, 3, 9, tzinfo=dt.UTC)
ANN = RecorderKey.new(lambda size: bytes([1]) * size)
BOB = RecorderKey.new(lambda size: bytes([2]) * size)
NAME = "5e1f" * 8

# The published example of golang.org/x/mod/sumdb/note.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PRIVATE = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
NOTE = (
    f"{TEXT}\n\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZ"
    "SNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def opened() -> cs.Ledger:
    return cs.Ledger.open("sqlite://", clock=lambda: AT, ledger_id=NAME, key=ANN)


def record(ledger: cs.Ledger, *people: str) -> None:
    for person in people:
        ledger.grant(person, "handler", since=AT.date(), by="board", at=AT)


@pytest.fixture
def ledger() -> cs.Ledger:
    made = opened()
    made.register_key(ANN, by="ann", at=AT)
    record(made, "one")
    return made


# Notes


def test_the_published_note_is_read_and_made_again_to_the_byte() -> None:
    peter = NoteKey.parse(PETER)
    assert (str(peter), peter.digits) == (PETER, "c74f20a3")
    note = SignedNote.parse(NOTE.encode())
    assert (note.text, note.signed_by([peter])) == (TEXT, [peter])
    private = RecorderKey.new(lambda _: base64.b64decode(PRIVATE)[1:])
    assert private.public == peter.public
    assert signed(TEXT, peter, private) == NOTE


@given(st.integers(0, len(NOTE.encode()) - 1), st.integers(1, 255))
@settings(max_examples=examples(60, one_in=4), deadline=None)
def test_a_note_with_another_byte_is_refused_or_signed_by_nobody(place: int, change: int) -> None:
    data = bytearray(NOTE.encode())
    data[place] ^= change
    try:
        note = SignedNote.parse(bytes(data))
        found = note.signed_by([NoteKey.parse(PETER)])
    except SignatureError:
        return
    assert found == []


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no signed note"),
        (NOTE.encode().removesuffix(b"\n"), "no signed note"),
        (NOTE.encode() + b"\n", "no signed note"),
        (TEXT.encode(), "no signed note"),
        (NOTE.replace("If", "\tIf").encode(), "no signed note"),
        (b"\xff" + NOTE.encode(), "no signed note"),
    ],
)
def test_what_is_no_note_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(SignatureError, match=said):
        SignedNote.parse(data)


@pytest.mark.parametrize("text", ["", "Peter", PETER.replace("c74f", "c74e"), f"{PETER[:-4]}AAAA"])
def test_what_is_no_key_of_a_verifier_is_refused(text: str) -> None:
    with pytest.raises(SignatureError, match="key: got"):
        NoteKey.parse(text)


def test_a_head_is_a_checkpoint_that_no_reader_of_trees_takes_for_theirs(
    ledger: cs.Ledger,
) -> None:
    """'our head is a hash chain's head and not a Merkle root'"""
    note = ledger.note().sign("ann lee+1", ANN)
    origin, size, head, words, blank, line = note.removesuffix("\n").split("\n")
    assert (origin, size, blank) == (f"ceosample/hash-chain/{NAME}", "4", "")
    assert base64.b64decode(head).hex() == ledger.head
    assert "no root of a Merkle tree" in words
    assert line.startswith("\u2014 ann%20lee%2B1 ")
    ann = Keys((RegisteredKey("ann lee+1", ANN.public, 3),))
    assert read_note(note.encode(), ann) == HeadNote(NAME, 4, ledger.head, ("ann lee+1",))


def test_a_note_counts_by_a_known_key_of_its_time_alone(ledger: cs.Ledger) -> None:
    note = ledger.note().sign("ann", ANN).encode()
    for keys, said in (
        (Keys(), "none by a key that is known here"),
        (Keys((RegisteredKey("ann", BOB.public, 3),)), "none by a key that is known here"),
        (Keys((RegisteredKey("ann", ANN.public, 3, 3, "revoked"),)), "signs events 3 to 3"),
        (Keys((RegisteredKey("ann", ANN.public, 5),)), "signs events 5 to the newest"),
    ):
        with pytest.raises(SignatureError, match=said):
            read_note(note, keys)
    other = SignedNote.parse(note).text.replace("\n4\n", "\n5\n")
    with pytest.raises(SignatureError, match="is wrong"):
        read_note(note.replace(b"\n4\n", b"\n5\n"), Keys((RegisteredKey("ann", ANN.public, 3),)))
    strange = signed(other.replace("ceosample/", "example.org/"), NoteKey("ann", ANN.public), ANN)
    with pytest.raises(SignatureError, match=r"got the origin 'example\.org"):
        read_note(strange.encode(), Keys((RegisteredKey("ann", ANN.public, 3),)))


def test_a_note_serves_a_check_as_a_head_does(ledger: cs.Ledger) -> None:
    note = ledger.note().sign("ann", ANN)
    record(ledger, "two")
    assert ledger.check(note).level is cs.verification.ChainLevel.ANCHORED
    assert ledger.check(checked_head=note).checked_from == 4
    forged = HeadNote(NAME, 4, "ab" * 32).sign("ann", ANN)
    assert not ledger.check(forged).ok
    with pytest.raises(LedgerError, match="note: got one of the ledger"):
        ledger.check(HeadNote("other", 4, ledger.head).sign("ann", ANN))
    with pytest.raises(SignatureError, match="none by a key that is known"):
        ledger.check(ledger.note().sign("ann", BOB))


# Two copies


def copy_of(ledger: cs.Ledger) -> cs.Ledger:
    """A copy on which somebody goes on."""
    copy = cs.Ledger.restore(
        "sqlite://", ledger.export(), signed=ledger.export_signatures(), clock=lambda: AT
    )
    copy._key = ANN
    return copy


def verdict(found: cs.verification.Comparison) -> tuple[str, bool, int | None]:
    return found.agreement.name, found.ok, found.common


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 3), st.integers(0, 3), st.booleans())
def test_copies_that_went_on_alike_are_one_ledger_and_others_part_at_the_first_event(
    here: int, there: int, same: bool
) -> None:
    with opened() as one:
        one.register_key(ANN, by="ann", at=AT)
        with copy_of(one) as other:
            record(one, *(f"p{n}" for n in range(here)))
            record(other, *(f"{'p' if same else 'q'}{n}" for n in range(there)))
            found = one.compare(other)
            parted = not same and here and there
            assert found.ok == (not parted)
            assert found.common == (3 if parted else 3 + min(here, there))
            wanted = "FORKED" if parted else "SAME" if here == there else "PREFIX"
            assert found.agreement.name == wanted
            assert str(found.first_difference).startswith("event 4: ") == bool(parted)
            # The same by two notes, without the other ledger.
            note = other.note().sign("ann", ANN)
            by_note = one.compare(note)
            if parted:
                assert by_note.agreement.name == ("FORKED" if there <= here else "BEHIND")
            else:
                assert by_note.ok == (there <= here)
            assert by_note.signed_by == ("ann",)


def test_a_bare_head_is_found_or_tells_nothing(ledger: cs.Ledger) -> None:
    head = ledger.head
    record(ledger, "two")
    assert verdict(ledger.compare(head)) == ("PREFIX", True, 4)
    assert verdict(ledger.compare(ledger.head)) == ("SAME", True, 5)
    found = ledger.compare("ab" * 32)
    assert verdict(found) == ("UNKNOWN", False, None)
    assert "older than it, or another ledger" in str(found)


def test_two_ledgers_are_no_two_copies(ledger: cs.Ledger) -> None:
    with cs.Ledger.open("sqlite://", clock=lambda: AT, ledger_id="other") as other:
        with pytest.raises(ConflictError, match="give two copies of one ledger"):
            ledger.compare(other)
        with pytest.raises(ConflictError, match="give two copies of one ledger"):
            ledger.compare(HeadNote("other", 4, other.head).sign("ann", ANN))


# The command


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of 0.1, upgraded, in which the office signs what it records."""
    place = Path(shutil.copytree(FOLDER, tmp_path / "firm"))
    config = place / "ceosample.toml"
    text = config.read_text("utf-8")
    config.write_text(text.replace("[ledger]\n", '[ledger]\nkey = "recorder.pem"\n', 1))
    return place


@pytest.mark.slow
def test_the_commands_make_register_and_use_a_key(folder: Path) -> None:
    def do(line: str, code: int = 0) -> Ended:
        ended = asked_at(AT, *line.split(), folder=folder)
        assert ended.code == code, ended.err + ended.out
        return ended

    made = do("key new")
    secret = (folder / "recorder.pem").read_bytes()
    assert (folder / "recorder.pem").stat().st_mode & 0o777 == 0o600
    assert "NOT encrypted" in made.out
    do("role grant h-0 handler --since 2028-01-03 --by board", 65)  # with a key of nobody
    do("key register --by office", 65)  # the ledger is older than signatures
    do("upgrade --by office")
    do("key register --by office")
    do("key new other.pem")
    do("role grant h-1 handler --since 2028-01-03 --by board")
    note = do("ledger head --note").out
    Path(folder, "head.note").write_text(note, "utf-8")
    do("export events.jsonl --signatures signatures.jsonl")
    do("role grant h-2 handler --since 2028-01-03 --by board")
    do("key rotate other.pem --by office")
    do("role grant h-3 handler --since 2028-01-03 --by board", 65)  # the old key is at rest
    listed = json.loads(do("key list --json").out)["keys"]
    assert [(one["person"], one["ended"]) for one in listed] == [
        ("office", "rotated"), ("office", None)
    ]  # fmt: skip
    check = do("status --check --head head.note --json").json["check"]
    assert (check["level"], check["signatures"]["by"]) == ("ANCHORED", {"office": 4})
    assert "checked from event" in do("status --checked-head head.note").out

    same = do("compare head.note --json").json
    assert (same["ok"], same["agreement"], same["signed_by"]) == (True, "PREFIX", ["office"])
    assert do("compare events.jsonl").out.startswith("ok: PREFIX, the same up to event")
    do(f"compare {'0' * 64}", 1)
    lines = (folder / "events.jsonl").read_bytes().splitlines(keepends=True)
    (folder / "short.jsonl").write_bytes(b"".join(lines[:-1]))
    do("compare head.note short.jsonl", 75)
    (folder / "wrong.jsonl").write_bytes(
        b"".join([*lines[:9], lines[9].replace(b'"actor":"', b'"actor":"x'), *lines[10:]])
    )
    assert "first difference: event 10: " in do("compare wrong.jsonl", 1).out
    trusted = listed[0]["verifier"]
    do(f"compare head.note head.note --key {trusted}")
    do("compare head.note head.note", 65)
    do("compare nowhere.jsonl", 65)

    config = folder / "ceosample.toml"
    text = config.read_text("utf-8")
    config.write_text(text.replace("signoff.db", "again.db").replace("recorder.pem", "other.pem"))
    do("import events.jsonl --signatures signatures.jsonl")
    assert do("status --check --json").json["check"]["signatures"]["by"] == {"office": 2}
    everything = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pem"]
    inner = b"".join(secret.splitlines()[1:-1])
    assert [path for path in everything if inner in path.read_bytes()] == []


def test_the_closing_sheet_prints_the_keys_that_sign(ledger: cs.Ledger) -> None:
    """'public keys stand on the closing sheet, so paper anchors them'"""
    frame = cs.Frame.from_records(
        [{"id": "R-1"}], population="pop", period="2027-12", unit_id="id", strata=[]
    )
    plan = cs.Plan(size=1)
    ledger.freeze(frame, plan, seed_source="dice", by="sampler", at=AT)
    seed = cs.Seed.from_dice("83019274650192837465", witnesses=["audit"])
    draw = cs.draw(frame, plan, seed)
    ledger.reveal(seed, population="pop", period="2027-12", by="audit", at=AT)
    ledger.register(draw, by="sampler", at=AT)
    sheet = cs.office.closing_sheet(
        ledger, population="pop", period="2027-12", at=AT, still_open=True, paper=False,
        signatory=cs.Signatory("ceo", "M. Llewelyn", "Chief Executive"),
    )  # fmt: skip
    (page,) = sheet.values()
    assert ANN.public in page.decode()
    assert "6 of 8 events (ann 6)" in page.decode()


def test_a_key_of_somebody_else_cannot_be_taken_by_the_environment(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person on a shared machine names their own key, and may not when others can read it."""
    BOB.save(folder / "bob.pem")
    (folder / "bob.pem").chmod(0o644)
    monkeypatch.setenv("CEOSAMPLE_KEY", str(folder / "bob.pem"))
    ended = asked(
        "role", "grant", "h", "handler", "--since", "2028-01-03", "--by", "b", folder=folder
    )
    assert (ended.code, "mode 0644" in ended.err) == (65, True)


def test_a_run_signs_the_whole_month_with_an_encrypted_key(tmp_path: Path) -> None:
    """'configuration key for the recorder's key file, so that `run` signs what it records'"""
    place = tmp_path
    write_month(place, "2026-10", count=40)
    configure(place, ("size = 12", "size = 8"), ("# pdf = true ", "pdf = false "))
    word = place / "recorder.word"
    word.write_text("correct horse battery\n")
    word.chmod(0o600)
    configure(place, ("[ledger]\n", '[ledger]\nkey = "r.pem"\nkey_passphrase = "recorder.word"\n'))
    for line, code, said in (
        ("key new", 0, ""),
        ("run --period 2026-10", 65, "is not registered in this ledger"),  # and nothing is begun
        ("key register --by batch", 0, ""),
        ("run --period 2026-10 --exit-waiting 4", 4, ""),
    ):
        ended = asked(*line.split(), folder=place)
        assert ended.code == code, ended.err
        assert said in ended.err
        assert "correct horse" not in ended.out + ended.err
    assert b"ENCRYPTED" in (place / "r.pem").read_bytes()
    with cs.Ledger.open(f"sqlite:///{place / 'signoff.db'}") as ledger:
        kinds = [event.kind for event in ledger.events()]
        assert kinds == ["opened", "rules", "key_registered", "frozen", "method_stated"]
        found = ledger.check().signatures
        assert found is not None
        assert (found.signed, dict(found.by), found.unsigned_with_key) == (3, {"batch": 3}, ())
    word.chmod(0o644)
    ended = asked(
        "role", "grant", "h", "handler", "--since", "2028-01-03", "--by", "b", folder=place
    )
    assert (ended.code, "ledger.key_passphrase" in ended.err) == (65, True)
