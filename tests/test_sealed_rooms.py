"""A sealed month by the command alone: its files, its decisions, a lost passphrase; the layout."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import stat
import struct
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

import ceosample as cs
from ceosample.errors import RecordError
from ceosample.letters.papers import shown_pages
from ceosample.letters.papers.signing_room import Room
from ceosample.sealed import envelope
from ceosample.sealed.passphrase import new_passphrase, normal
from ceosample.sealed.typed import ALPHABET
from command import Ended, asked
from inputs import configure, write_month
from rooms import PACK
from thorough import examples

PERIOD = "2026-10"
DICE = ("--dice", "83019274650192837465", "--witness", "internal audit")
PASSPHRASE = "abcd-efgh-jkmn-pqrs-tv00"
FORM = re.compile(f"[{ALPHABET}]{{4}}(-[{ALPHABET}]{{4}}){{4}}\n")


def by_hand(data: bytes, passphrase: str) -> tuple[bytes, str, bytes]:
    """docs/sealed-rooms.md, step by step, with nothing of the library."""
    kind, rounds, pack, salt, nonce = struct.unpack(">16s I 32s 16s 12s", data[:80])
    key = hashlib.pbkdf2_hmac("sha256", passphrase.encode(), salt, rounds, 32)
    return kind, pack.hex(), AESGCM(key).decrypt(nonce, data[80:], data[:80])


def envelope_in(page: bytes) -> bytes:
    found = re.search(rb'id="room-sealed">([A-Za-z0-9+/=]+)</script>', page)
    assert found is not None
    return base64.b64decode(found[1])


def sealed_decisions(pack: Path, passphrase: str, *decisions: dict[str, str]) -> bytes:
    """What a sealed room saves: made by hand, as the page about the layout has it."""
    fields = json.loads(pack.read_bytes())
    about = hashlib.sha256(pack.read_bytes()).digest()
    ids = {entry["unit_id"]: entry["letter"] for entry in fields["letters"]}
    said = [
        {"population": fields["population"], "period": fields["period"],
         "letter": ids[one["unit_id"]], "by": "ceo", "at": "2026-11-03T09:00:00+00:00", **one}
        for one in decisions
    ]  # fmt: skip
    file = {"scheme": "ceosample/1", "pack": about.hex(), "count": len(said), "decisions": said,
            "saved_at": "2026-11-03T09:05:00+00:00"}  # fmt: skip
    salt, nonce = b"s" * 16, os.urandom(12)
    header = struct.pack(">16s I 32s 16s 12s", b"ceosample-acts-1", 600_000, about, salt, nonce)
    key = hashlib.pbkdf2_hmac("sha256", passphrase.encode(), salt, 600_000, 32)
    box = AESGCM(key).encrypt(nonce, json.dumps(file).encode(), header)
    text = base64.b64encode(header + box).decode()
    return json.dumps({"scheme": "ceosample-sealed/1", "sealed": text}).encode()


@pytest.fixture(scope="module")
def sealed_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sealed")
    write_month(folder, PERIOD)
    configure(folder, ("# pdf = true ", "pdf = false "), ("# seal = true ", "seal = true "),
              ('# passphrase = "room', 'passphrase = "room'), ("# pickup", "pickup"))  # fmt: skip
    assert asked("passphrase", "--to", "room.passphrase", folder=folder).code == 0
    run = ("run", "--period", PERIOD, "--at", "2026-11-02T09:00:00+00:00")
    assert asked(*run, folder=folder).code == 75
    assert asked(*run, *DICE, folder=folder).code == 0
    return folder


@pytest.fixture
def month(sealed_once: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sealed_once, tmp_path / "month"))


def passphrase_of(month: Path) -> str:
    return (month / "room.passphrase").read_text("utf-8").strip()


def room_of(month: Path) -> Path:
    return month / "packs" / PERIOD / "room.html"


def verified(month: Path, *more: str) -> Ended:
    return asked("verify", f"packs/{PERIOD}", *more, folder=month)


# ---- The passphrase ----------------------------------------------------------------------------


def test_a_passphrase_is_printed_or_goes_to_a_file_of_its_owner(tmp_path: Path) -> None:
    """'five groups of four from 32 letters and digits'"""
    one, two = (asked("passphrase", folder=tmp_path) for _ in range(2))
    assert FORM.fullmatch(one.out)
    assert one.out != two.out
    assert len(set(ALPHABET)) == 32
    assert not set("ilou") & set(ALPHABET)

    made = asked("passphrase", "--to", "keys/room", folder=tmp_path)
    file = tmp_path / "keys" / "room"
    assert FORM.fullmatch(file.read_text("utf-8"))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert passphrase_in(file) not in made.out + made.err
    again = asked("passphrase", "--to", "keys/room", folder=tmp_path)
    assert (again.code, "left unchanged" in again.err) == (3, True)


def passphrase_in(file: Path) -> str:
    return file.read_text("utf-8").strip()


@settings(max_examples=examples(50, one_in=4))
@given(st.integers(0, 2**100 - 1), st.data())
def test_a_passphrase_is_read_however_it_was_typed(number: int, data: st.DataObject) -> None:
    digits = iter([number >> 5 * n & 31 for n in range(20)])
    made = new_passphrase(lambda below: next(digits) % below)
    looks = {"0": "0oO", "1": "1iIlL", "-": "- \t\u2013"}
    typed = "".join(
        data.draw(st.sampled_from(looks.get(one, one + one.upper())), label=one) for one in made
    )
    assert normal(f" {typed}\n") == made == normal(made)


def test_a_file_of_another_mode_is_refused_before_anything_is_written(month: Path) -> None:
    """'unattended runs read it from a file of mode 0600; other modes are refused'"""
    secret, before = passphrase_of(month), (month / "signoff.db").read_bytes()
    for mode in (0o644, 0o640, 0o660, 0o604, 0o400):
        (month / "room.passphrase").chmod(mode)
        run = ("run", "--period", PERIOD, "--at", "2026-11-05T09:00:00+00:00")
        for command in (run, ("room", PERIOD, "--by", "office")):
            ended = asked(*command, folder=month)
            assert ended.code == 65
            assert f"got the mode {mode:04o}" in ended.err
            assert "chmod 600" in ended.err
            assert secret not in ended.out + ended.err
    assert (month / "signoff.db").read_bytes() == before


def test_a_file_without_a_passphrase_is_told_and_not_shown(month: Path) -> None:
    file = month / "room.passphrase"
    check = ("check", "--period", PERIOD)
    assert "rooms are sealed" in asked(*check, folder=month).out
    file.unlink()
    assert "names no file that can be read" in asked(*check, folder=month).out
    for text in ("my dog has fleas\n", "abcd-efgh-jkmn-pqrs-tvu0\n", ""):
        file.touch(0o600)
        file.write_text(text, "utf-8")
        ended = asked(*check, folder=month)
        assert ended.code == 65
        assert "got no passphrase in it" in ended.out
        assert not text or text.strip() not in ended.out + ended.err


def test_a_seal_needs_a_passphrase_and_a_slip_does_not_print_it(month: Path) -> None:
    text = (month / "ceosample.toml").read_text("utf-8")
    line = next(line for line in text.splitlines() if line.startswith("passphrase ="))
    (month / "ceosample.toml").write_text(text.replace(line, ""), "utf-8")
    ended = asked("status", folder=month)
    assert ended.code == 78
    assert "output.passphrase: missing" in ended.err
    slip = text.replace(line, f'passphrase = "{PASSPHRASE}"')  # itself, and not its file
    (month / "ceosample.toml").write_text(slip, "utf-8")
    ended = asked("room", PERIOD, "--by", "office", folder=month)
    assert ended.code == 65
    assert "names no file" in ended.err
    assert PASSPHRASE not in ended.out + ended.err


# ---- The room ----------------------------------------------------------------------------------


def test_the_room_of_a_run_is_sealed_and_opens_with_cryptography_alone(month: Path) -> None:
    """'Decrypted by `cryptography` alone from the published layout'"""
    page = room_of(month).read_bytes()
    pack = cs.Pack.load(room_of(month).parent)
    assert stat.S_IMODE(room_of(month).stat().st_mode) == 0o600
    for letter in pack:
        assert letter.unit_id.encode() not in page
        assert letter.digest.encode() not in page
    assert by_hand(envelope_in(page), passphrase_of(month)) == (
        b"ceosample-room-1", pack.digest, pack.room()
    )  # fmt: skip


def test_nothing_that_leaves_has_the_passphrase(month: Path) -> None:
    """'never in mail, log, ledger, error, argument list'"""
    secret = passphrase_of(month)
    asked("run", "--log", "run.log", "--at", "2026-11-05T09:00:00+00:00", folder=month)
    told = asked("room", PERIOD, "--by", "office", "--json", folder=month)
    assert told.code == 0
    for path in month.rglob("*"):
        if path.is_file() and path.name != "room.passphrase":
            data = path.read_bytes()
            for form in (secret, secret.replace("-", "")):
                assert form.encode() not in data, path
    assert secret not in told.out + told.err


def test_the_pick_up_folder_gets_no_letter_in_clear(month: Path) -> None:
    outbox = month / "outbox" / PERIOD
    names = {path.name for path in outbox.iterdir()}
    assert names <= {"room.html", "attendance.csv", "attendance.pdf", "ready.json"}
    assert (outbox / "room.html").read_bytes() == room_of(month).read_bytes()


def test_a_run_again_leaves_the_sealed_room_as_it_is(month: Path) -> None:
    before = room_of(month).read_bytes()
    run = ("run", "--period", PERIOD, "--at", "2026-11-05T09:00:00+00:00")
    assert asked(*run, folder=month).code == 0
    assert room_of(month).read_bytes() == before
    pack = cs.Pack.load(room_of(month).parent)
    pack.save(room_of(month).parent, passphrase=passphrase_of(month))
    assert room_of(month).read_bytes() == before


def test_without_a_seal_the_room_is_the_same_to_the_byte(tmp_path: Path) -> None:
    """'with `seal = false` the room is the same to the byte'"""
    PACK.save(tmp_path / "plain")
    PACK.save(tmp_path / "sealed", passphrase=PASSPHRASE)
    assert (tmp_path / "plain" / "room.html").read_bytes() == PACK.room()
    for path in (tmp_path / "plain").rglob("*.*"):
        other = tmp_path / "sealed" / path.relative_to(tmp_path / "plain")
        assert (other.read_bytes() == path.read_bytes()) == (path.name != "room.html")
    room = Room.read(PACK.room().decode())
    assert room is not None
    assert shown_pages.release_of_tools(room.tools) is not None
    assert "sealed" not in room.tools.casefold()


def test_salt_and_nonce_are_fresh_and_an_argument_of_tests() -> None:
    one, two = (PACK.room(passphrase=PASSPHRASE) for _ in range(2))
    assert envelope_in(one)[52:80] != envelope_in(two)[52:80]
    same = [PACK.room(passphrase=PASSPHRASE, random=lambda n: bytes(range(n))) for _ in range(2)]
    assert same[0] == same[1]
    assert envelope_in(same[0])[52:80] == bytes(range(16)) + bytes(range(12))


@pytest.mark.parametrize("place", ["kind", "rounds", "pack", "salt", "nonce", "text", "tag"])
def test_a_changed_byte_anywhere_does_not_open(place: str) -> None:
    """'header, rounds and pack digest are authenticated'"""
    seal = envelope.Seal(PASSPHRASE, lambda n: b"\0" * n)
    data = bytearray(envelope.sealed(envelope.ROOM, "ab" * 32, b"text", seal))
    at = {"kind": 15, "rounds": 19, "pack": 20, "salt": 52, "nonce": 79, "text": 80, "tag": -1}
    data[at[place]] ^= 1
    with pytest.raises(RecordError, match=r"x\.html"):
        envelope.opened(bytes(data), envelope.ROOM, PASSPHRASE, "x.html")


@pytest.mark.parametrize("rounds", [0, 1, 599_999, 10_000_001, 2**32 - 1])
def test_rounds_that_are_weak_or_never_end_are_refused_without_trying(rounds: int) -> None:
    data = struct.pack(">16s I 32s 16s 12s", envelope.ROOM, rounds, b"p" * 32, b"s" * 16, b"n" * 12)
    with pytest.raises(RecordError, match=f"rounds: got {rounds}"):
        envelope.opened(data + b"t" * 16, envelope.ROOM, PASSPHRASE, "x.html")


# ---- verify, record, room ----------------------------------------------------------------------


def test_verify_opens_it_with_the_file_and_says_so_without(month: Path) -> None:
    closed = verified(month)
    assert closed.code == 0
    assert "room.html: sealed, and not opened; its form and script are those" in closed.out
    opened = verified(month, "--passphrase-file", "room.passphrase")
    assert opened.code == 0
    assert "words and page compared" in opened.out
    assert "sealed, and opened" in opened.out
    assert asked("verify", "--all", folder=month).code == 0


def test_verify_tells_another_room_passphrase_or_form(month: Path) -> None:
    option = ("--passphrase-file", "room.passphrase")
    page = room_of(month).read_bytes()
    other = PACK.room(passphrase=passphrase_of(month))
    room_of(month).write_bytes(other)
    assert (verified(month, *option).code, verified(month, *option).out.count("8 letters")) == (
        1,
        0,
    )
    assert "was sealed as that of the pack" in verified(month, *option).out

    data = bytearray(page)
    data[page.index(b'room-sealed">') + 500] ^= 1
    room_of(month).write_bytes(bytes(data))
    assert verified(month, *option).code == 1

    # A form that would send the passphrase away: the words agree, the page is not ours.
    room_of(month).write_bytes(page.replace(b"Open the letters", b"Send it to us   "))
    for found in (verified(month), verified(month, *option)):
        assert "words compared, page not" in found.out
        assert "of no release known here, so give it no passphrase" in found.out


def test_decisions_that_were_saved_sealed_are_recorded(month: Path) -> None:
    """'record and verify take the passphrase file'"""
    pack = room_of(month).with_name("pack.json")
    one, two = (entry["unit_id"] for entry in json.loads(pack.read_bytes())["letters"][:2])
    words = "Say sorry to Ms Quillfeather."
    data = sealed_decisions(
        pack, passphrase_of(month), {"unit_id": one, "kind": "signed"},
        {"unit_id": two, "kind": "returned_for_rework", "reason_code": "tone", "text": words},
    )  # fmt: skip
    assert words.encode() not in base64.b64decode(json.loads(data)["sealed"])
    file = month / "decisions-sealed.json"
    file.write_bytes(data)
    record = ("record", "--from", file.name, "--recorder", "office")
    done = asked(*record, folder=month)
    assert (done.code, "2 of 2 new" in done.out) == (0, True), done.err
    again = asked(*record, "--passphrase-file", "room.passphrase", folder=month)
    assert (again.code, "0 of 2 new" in again.out) == (0, True)


def test_sealed_decisions_need_the_passphrase_that_sealed_them(month: Path) -> None:
    pack = room_of(month).with_name("pack.json")
    unit_id = json.loads(pack.read_bytes())["letters"][0]["unit_id"]
    file = month / "decisions.json"
    file.write_bytes(sealed_decisions(pack, PASSPHRASE, {"unit_id": unit_id, "kind": "signed"}))
    events = asked("export", "-", folder=month).out
    wrong = asked("record", "--from", file.name, "--recorder", "office", folder=month)
    assert (wrong.code, "this passphrase does not open it" in wrong.err) == (65, True)
    configure(
        month, ("seal = true", "seal = false"), ('passphrase = "room', '# passphrase = "room')
    )
    none = asked("record", "--from", file.name, "--recorder", "office", folder=month)
    assert (none.code, "got a sealed file and no passphrase" in none.err) == (65, True)
    file.write_bytes(b'{"scheme": "ceosample-sealed/1", "sealed": "AAA"}')
    cut = asked("record", "--from", file.name, "--recorder", "office", folder=month)
    assert (cut.code, "changed or cut" in cut.err) == (65, True)
    assert asked("export", "-", folder=month).out == events


def test_a_lost_passphrase_is_replaced_and_the_room_sealed_again_on_record(month: Path) -> None:
    """'Lost: `ceosample room PERIOD` seals anew from the pack, recorded'"""
    old, before = passphrase_of(month), room_of(month).read_bytes()
    (month / "room.passphrase").unlink()
    assert asked("passphrase", "--to", "room.passphrase", folder=month).code == 0
    shutil.rmtree(month / "outbox" / PERIOD)  # it was fetched
    made = asked("room", PERIOD, "--by", "pa-2", "--json", folder=month)
    assert made.code == 0, made.err
    page = room_of(month).read_bytes()
    pack = cs.Pack.load(room_of(month).parent)
    assert by_hand(envelope_in(page), passphrase_of(month))[1:] == (pack.digest, pack.room())
    assert by_hand(envelope_in(before), old)[2] == pack.room()  # whoever has both can still read
    assert (month / "outbox" / PERIOD / "room.html").read_bytes() == page

    events = [json.loads(line) for line in asked("export", "-", folder=month).out.splitlines()]
    event = events[-1]
    assert (event["kind"], event["actor"], event["period"]) == ("room_sealed", "pa-2", PERIOD)
    assert event["payload"] == {"pack": pack.digest, "room": hashlib.sha256(page).hexdigest()}
    assert verified(month, "--passphrase-file", "room.passphrase", "--ledger").code == 0
    void = ("correct", made.json[0]["event"], "--by", "pa-2", "--reason-code", "wrong-month")
    assert asked(*void, folder=month).code == 0


def test_a_room_is_made_again_open_where_no_seal_is_asked_for(month: Path) -> None:
    configure(month, ("seal = true", "seal = false"))
    events = asked("export", "-", folder=month).out
    room_of(month).unlink()
    made = asked("room", PERIOD, "--by", "pa-2", folder=month)
    assert (made.code, "open, as output.seal has it" in made.out) == (0, True)
    assert room_of(month).read_bytes() == cs.Pack.load(room_of(month).parent).room()
    assert asked("export", "-", folder=month).out == events
    nothing = asked("room", "2026-09", "--by", "pa-2", folder=month)
    assert (nothing.code, "has no pack that was sent" in nothing.err) == (3, True)
