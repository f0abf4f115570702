"""Who can read what is written.

The specification: "Nothing with customers' data is readable by *others*: new folders 0700, new
files 0600, [output] readable_by = "group" gives 0640 and 2750; what exists keeps its mode, owner
and ACL, and a new file in an existing folder takes that folder's group and read bits less *others*;
the ledger's SQLite file likewise; the public record follows the umask."
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ceosample as cs
import release_0_1
from ceosample import file_modes, files
from command import asked
from due_months import write_months
from inputs import configure
from months import SEED, drawn_with
from thorough import examples

pytestmark = pytest.mark.skipif(os.name != "posix", reason="this system has no modes")


@contextlib.contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


SINCE = release_0_1.AS_OF.date()

masks = pytest.mark.parametrize("mask", [0o000, 0o022, 0o027, 0o077], ids=oct)


@masks
def test_new_folders_and_files_are_their_owner_s_alone(mask: int, tmp_path: Path) -> None:
    path = tmp_path / "new" / "inner" / "letter.json"
    with umask(mask):
        files.write_whole(path, b"Dear Ms Example")
    assert [mode(p) for p in (path, path.parent, path.parent.parent)] == [0o600, 0o700, 0o700]


@masks
def test_for_a_group_they_can_be_read_by_it(mask: int, tmp_path: Path) -> None:
    """'readable_by = "group" gives 0640 and 2750'"""
    path = tmp_path / "new" / "inner" / "letter.json"
    with umask(mask), file_modes.for_group(True):
        files.write_whole(path, b"Dear Ms Example")
    assert [mode(p) for p in (path, path.parent, path.parent.parent)] == [0o640, 0o2750, 0o2750]
    with umask(mask):  # the folder hands it on
        files.write_whole(path.parent / "rework-1" / "letter.json", b"Dear Ms Example")
    assert mode(path.parent / "rework-1") == 0o2750
    assert mode(path.parent / "rework-1" / "letter.json") == 0o640


@settings(max_examples=examples(30, one_in=3))
@given(folder=st.integers(0, 0o777).map(lambda m: m | 0o700), mask=st.integers(0, 0o777))
def test_a_new_file_has_its_folder_s_read_bits_less_others(
    tmp_path_factory: pytest.TempPathFactory, folder: int, mask: int
) -> None:
    place = tmp_path_factory.mktemp("folder")
    place.chmod(folder)
    with umask(mask):
        files.write_whole(place / "letter.json", b"x")
        file_modes.begin(place / "signoff.db")
    assert mode(place / "letter.json") == 0o600 | (folder & 0o040)
    assert mode(place / "signoff.db") == mode(place / "letter.json")
    shutil.rmtree(place)


@settings(max_examples=examples(30, one_in=3))
@given(before=st.integers(0, 0o777), mask=st.integers(0, 0o777))
def test_what_exists_keeps_its_mode(
    tmp_path_factory: pytest.TempPathFactory, before: int, mask: int
) -> None:
    path = tmp_path_factory.mktemp("folder") / "letter.json"
    path.write_bytes(b"")
    path.chmod(before)
    with umask(mask):
        files.write_whole(path, b"x", public=True)
    assert mode(path) == before
    path.parent.chmod(0o755)
    files.write_whole(path.parent / "new" / "x", b"")
    assert mode(path.parent) == 0o755


def test_it_is_no_moment_wider_than_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the bytes are written their owner alone can read them."""
    (tmp_path / "letter.json").write_bytes(b"")
    (tmp_path / "letter.json").chmod(0o644)
    seen: list[int] = []

    def chunks() -> Iterator[bytes]:
        yield b"Dear "
        seen.extend(mode(path) for path in tmp_path.glob(".*.part"))
        yield b"Ms Example"

    with umask(0):
        files.write_whole(tmp_path / "letter.json", chunks)
    assert seen == [0o600]


needs_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="owners change by root alone"
)


@needs_root
def test_owner_and_group_stay_and_a_new_file_has_its_folder_s_group(tmp_path: Path) -> None:
    old = tmp_path / "old.json"
    old.write_bytes(b"")
    os.chown(old, 1234, 1235)
    old.chmod(0o640)
    files.write_whole(old, b"x")
    found = old.stat()
    assert (found.st_uid, found.st_gid, mode(old)) == (1234, 1235, 0o640)
    os.chown(tmp_path, -1, 1236)
    tmp_path.chmod(0o750)
    files.write_whole(tmp_path / "new.json", b"x")
    assert (tmp_path / "new.json").stat().st_gid == 1236


@needs_root
def test_where_the_group_cannot_be_kept_no_other_group_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.chown(tmp_path, -1, 1236)
    tmp_path.chmod(0o750)
    (tmp_path / "old.json").write_bytes(b"")
    os.chown(tmp_path / "old.json", -1, 1236)
    (tmp_path / "old.json").chmod(0o640)

    def refused(*_: object) -> NoReturn:
        raise PermissionError

    monkeypatch.setattr(os, "fchown", refused)
    for name in ("new.json", "old.json"):
        files.write_whole(tmp_path / name, b"x")
        assert mode(tmp_path / name) == 0o600


def test_an_acl_stays(tmp_path: Path) -> None:
    path = tmp_path / "letter.json"
    path.write_bytes(b"")
    entries = [(1, 6, -1), (2, 4, 4321), (4, 4, -1), (16, 4, -1), (32, 0, -1)]
    acl = b"\x02\0\0\0" + b"".join(
        tag.to_bytes(2, "little") + rights.to_bytes(2, "little")
        + (who & 0xFFFFFFFF).to_bytes(4, "little")
        for tag, rights, who in entries
    )  # fmt: skip
    try:
        os.setxattr(path, "system.posix_acl_access", acl)
    except (AttributeError, OSError):
        pytest.skip("this file system has no ACLs")
    before = os.getxattr(path, "system.posix_acl_access")
    files.write_whole(path, b"x")
    assert os.getxattr(path, "system.posix_acl_access") == before
    # One that a folder gives to what is new in it is cut down by the mode: others get nothing.
    os.setxattr(tmp_path, "system.posix_acl_default", acl.replace(b"\x20\0\0", b"\x20\0\4"))
    files.write_whole(tmp_path / "inner" / "new.json", b"x")
    assert mode(tmp_path / "inner" / "new.json") & 0o007 == 0
    assert mode(tmp_path / "inner") & 0o007 == 0


@masks
def test_the_public_record_follows_the_umask(mask: int, tmp_path: Path) -> None:
    folder = tmp_path / "draw"
    with umask(mask):
        drawn_with(SEED).save(folder)
    for path in folder.iterdir():
        assert mode(path) == 0o666 & ~mask, path.name
    assert mode(folder) == 0o700


@masks
def test_a_ledger_s_file_and_journal_are_not_for_others(mask: int, tmp_path: Path) -> None:
    seen: dict[str, int] = {}
    url = f"sqlite:///{tmp_path / 'signoff.db'}"
    with (
        umask(mask),
        cs.Ledger.open(url, clock=lambda: release_0_1.AS_OF) as ledger,
        ledger.transaction(),
    ):
        ledger.grant("ceo", "signatory", since=SINCE, by="board", at=release_0_1.AS_OF)
        # Written, and not yet kept: the journal is there.
        seen = {path.name: mode(path) for path in tmp_path.iterdir()}
    assert seen == {"signoff.db": 0o600, "signoff.db-journal": 0o600}
    (tmp_path / "signoff.db").chmod(0o664)
    with cs.Ledger.open(f"sqlite:///{tmp_path / 'signoff.db'}"):
        assert mode(tmp_path / "signoff.db") == 0o664


# A month, by the command


PUBLIC = {"draw.json", "manifest.csv", "exclusions.csv"}


@pytest.mark.parametrize("group", [False, True], ids=["owner", "group"])
def test_nothing_that_a_month_writes_is_for_others(group: bool, tmp_path: Path) -> None:
    """Everything that the command leaves: packs, room, ledger, exports, sheets, locks."""
    write_months(tmp_path, "2026-10")
    who = "group" if group else "owner"
    configure(tmp_path, ("[output]", f'[output]\npickup = "outbox"\nreadable_by = "{who}"'))
    given_by_us = {path.name for path in tmp_path.iterdir()}
    moment = ("--at", "2026-11-02T09:00:00+00:00")
    with umask(0):
        lines = [
            ("run", "--period", "2026-10", *moment),
            ("run", "--period", "2026-10", "--dice", "83019274650192837465", "--witness", "x",
             "--at", "2026-11-02T09:30:00+00:00"),
            ("close", "--period", "2026-10", "--still-open"),
            ("export", "out/letters.csv"), ("export", "out/events.jsonl"),
        ]  # fmt: skip
        for line in lines:
            ended = asked(*line, folder=tmp_path)
            assert ended.code in (0, 75), ended
    month = tmp_path / "packs" / "2026-10"
    assert (month / "room.html").exists()
    written = [path for path in tmp_path.rglob("*") if path.name not in given_by_us]
    assert {path.name for path in written} > {"signoff.db", "pack.json", "letters.csv"}
    open_to_all = {path.name for path in written if mode(path) & 0o007}
    assert open_to_all == PUBLIC
    wanted = (0o640, 0o2750) if group else (0o600, 0o700)
    found = [mode(path) for path in (month / "pack.json", month)]
    assert (*found, mode(tmp_path / "signoff.db")) == (*wanted, wanted[0])
    assert mode(month / "letters") == mode(tmp_path / "outbox" / "2026-10") == wanted[1]


def test_check_names_what_others_can_read(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(release_0_1.FOLDER, tmp_path / "month"))
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)
    quiet = asked("check", "--json", folder=folder).json
    assert "others can read" not in str(quiet)
    for path in (folder / "packs", folder / "packs" / "2026-10"):
        path.chmod(0o755)
    (folder / "packs" / "2026-10" / "pack.html").chmod(0o644)
    (folder / "packs" / "2026-10" / "draw.json").chmod(0o644)
    (folder / "packs" / "2026-12" / "pack.html").chmod(0o644)  # in a folder that is closed
    (folder / "signoff.db").chmod(0o604)
    output = asked("check", "--json", folder=folder).json["parts"][-1]
    assert output["state"] == "ok"
    named = [line for line in output["said"] if "others can read it" in line]
    assert [Path(line.partition(": ")[0]).name for line in named] == ["pack.html", "signoff.db"]


@pytest.mark.parametrize("existing", ["letters/{unit_id}.pdf", "{unit_id}.pdf", "letters"])
def test_letters_that_others_can_read_are_named_and_a_table_once(
    existing: str, tmp_path: Path
) -> None:
    """A register can be the table of the responses and of the letters; it was named twice."""
    (tmp_path / "ceosample.toml").write_text(SAME_TABLE.replace("HERE", existing), "utf-8")
    place = tmp_path / existing.partition("{")[0]
    place.mkdir(exist_ok=True)
    place.chmod(0o755)
    (tmp_path / "register.csv").write_text("id,team\nCR-1,a\n", "utf-8")
    for path in (tmp_path / "register.csv", place / "CR-1.pdf"):
        path.touch()
        path.chmod(0o644)
    output = asked("check", "--period", "2026-10", "--json", folder=tmp_path).json["parts"][-1]
    named = [line for line in output["said"] if "others can read it" in line]
    assert [Path(line.partition(": ")[0]).name for line in named] == ["register.csv", "CR-1.pdf"]


#: A register that gives the responses and the letters' dockets.
SAME_TABLE = """\
population.name = "p"
source = {csv = "register.csv", unit_id = "id"}
strata.variables = ["team"]
plan.size = 1
seed.source = "dice"
signatory = {id = "ceo", name = "M", title = "CE"}
letters = {contents = "register.csv", existing = "HERE", columns = {"docket.owner" = "team"}}
ledger.url = "sqlite:///signoff.db"
output.folder = "packs"
"""


def test_a_file_system_without_modes_is_a_note_of_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert file_modes.keeps_modes(tmp_path / "not" / "there")
    real = Path.read_text
    line = f"1 2 3:4 / {str(tmp_path).replace(' ', chr(92) + '040')} rw - vfat /dev/x rw\n"

    def read(path: Path, *arguments: Any) -> str:
        more = line if path == Path("/proc/self/mountinfo") else ""
        return real(path, *arguments) + more

    monkeypatch.setattr(Path, "read_text", read)
    if sys.platform == "linux":
        assert not file_modes.keeps_modes(tmp_path / "not" / "there")
        assert file_modes.keeps_modes(tmp_path.parent)
