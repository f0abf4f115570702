"""A gate's register among threads, forks, interruptions and the wrong files."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import FrameType

import attrs
import pytest

import ceosample as cs
from ceosample import files
from gates import AT, SEED, gate_of, lines_of
from needed import PATIENCE
from refusals import CHANGED_SINCE_WRITTEN, refused

PRE_FORKING = """
import datetime as dt, os, sys, threading, time, warnings
import ceosample as cs
warnings.simplefilter("ignore")  # Python 3.12 says that forking with threads is dangerous
gate = cs.gate.Gate("complaint-responses", "2026-10", "1/2", sys.argv[2])
register = cs.gate.Register(sys.argv[1], gate)
at = dt.datetime(2026, 10, 5, tzinfo=dt.UTC)
stop = threading.Event()

def ask():
    number = 0
    while not stop.is_set():
        register.ask(f"parent-{number}", at=at)
        number += 1

asking = threading.Thread(target=ask)
asking.start()
workers = []
for number in range(20):
    time.sleep(0.005)
    worker = os.fork()
    if worker == 0:
        register.ask(f"worker-{number}", at=at)
        time.sleep(3)  # it lives on, with every file of its parent open
        os._exit(0)
    workers.append(worker)
stop.set()
asking.join()
print("asked")
print(*{os.waitpid(worker, 0)[1] for worker in workers})
"""


@pytest.mark.slow
def test_workers_that_were_forked_in_the_middle_of_a_question_keep_nobody_waiting(
    tmp_path: Path,
) -> None:
    """A web server forks its workers from a process that may be asking in another thread."""
    path = tmp_path / "gate.jsonl"
    run = subprocess.run(
        [sys.executable, "-c", PRE_FORKING, str(path), SEED],
        capture_output=True, text=True, timeout=PATIENCE, check=True,
    )  # fmt: skip
    assert run.stdout == "asked\n0\n", run.stderr
    report = cs.gate.verify(lines_of(path), SEED)
    assert report.ok, report
    asked = {json.loads(line)["unit_id"] for line in lines_of(path)[1:]}
    assert {f"worker-{number}" for number in range(20)} <= asked


class OutOfTimeError(Exception):
    """What a task queue raises, out of a signal's handler, in a task that took too long."""


# A file that is open when it strikes may be closed only as it is forgotten.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_question_that_was_broken_off_anywhere_spoils_nothing(tmp_path: Path) -> None:
    """A time limit may strike between any two lines of the code; each of them is tried."""
    struck = 0
    for line in range(1000):
        path = tmp_path / f"{line}.jsonl"
        register = cs.gate.Register(path, gate_of("1/2"))
        register.ask("C-0", at=AT)
        left = line

        def strike(frame: FrameType, event: str, _: object) -> object:
            nonlocal left
            if "ceosample" not in frame.f_code.co_filename:
                return None
            if event == "line":
                left -= 1
                if left < 0:
                    raise OutOfTimeError
            return strike

        before = sys.gettrace()
        sys.settrace(strike)  # type: ignore[arg-type]
        try:
            register.ask("C-1", at=AT)
        except OutOfTimeError:
            struck += 1
        finally:
            sys.settrace(before)
        answer = register.ask("C-1", at=AT)
        assert (answer.unit_id, answer.sequence) == ("C-1", 2)
        assert register.ask("C-2", at=AT).sequence == 3
        assert cs.gate.verify(lines_of(path), SEED).ok
        if left >= 0:
            break  # it was through before it was struck
    assert 20 < struck < 1000


def test_a_file_that_is_no_register_is_refused_and_keeps_every_byte(tmp_path: Path) -> None:
    """A wrong path is not to cost anybody a file."""
    database = tmp_path / "ledger.db"
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE t (x)")
        connection.execute("INSERT INTO t VALUES ('a\nb')")
    connection.close()
    for name, data in {
        "settings.json": b'{"period": "2026-10"}',
        "notes.txt": b"first\nsecond",
        "table.csv": b"unit_id,stratum\nC-1,Cards\n",
        "zero.bin": b"\0" * 100,
        "draw.json": b'{"population":"complaint-responses","scheme":"ceosample/1"}\n',
        database.name: database.read_bytes(),
    }.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(
            cs.errors.GateError, match=f"{name}, line 1: not the first line of a gate's"
        ):
            cs.gate.Register(tmp_path / name, gate_of())
        assert (tmp_path / name).read_bytes() == data


def test_another_gates_register_loses_no_byte_to_us(tmp_path: Path) -> None:
    path = tmp_path / "gate.jsonl"
    cs.gate.Register(path, gate_of()).ask("C-1", "Cards", at=AT)
    for data in (path.read_bytes()[:-1], path.read_bytes()[:-9], lines_of(path)[0][:-1]):
        path.write_bytes(data)
        with pytest.raises(cs.errors.ConflictError, match="the register of another gate"):
            cs.gate.Register(path, gate_of("1/3"))
        assert path.read_bytes() == data


@pytest.mark.parametrize("cut", [0, 1, 100, -2, -1])
def test_a_first_line_that_was_cut_off_is_begun_again(cut: int, tmp_path: Path) -> None:
    path = tmp_path / "gate.jsonl"
    cs.gate.Register(path, gate_of())
    path.write_bytes(path.read_bytes()[:cut])
    cs.gate.Register(path, gate_of()).ask("C-1", "Cards", at=AT)
    assert cs.gate.verify(lines_of(path), SEED).ok


def test_a_line_cut_off_at_any_byte_is_dropped_or_whole(tmp_path: Path) -> None:
    path = tmp_path / "gate.jsonl"
    cs.gate.Register(path, gate_of()).ask("C-1", "Cards", at=AT)
    first, second = lines_of(path)
    for cut in range(1, len(second)):
        path.write_bytes(first + second[:cut])
        sequence = cs.gate.Register(path, gate_of()).ask("C-2", "Cards", at=AT).sequence
        assert sequence == (2 if cut == len(second) - 1 else 1)
        assert cs.gate.verify(lines_of(path), SEED).ok


def test_a_last_line_that_lost_its_end_to_an_editor_is_still_answered(tmp_path: Path) -> None:
    """It is a whole question, whose answer somebody may have heard."""
    path = tmp_path / "gate.jsonl"
    heard = cs.gate.Register(path, gate_of()).ask("C-1", "Complaints about us", at=AT)
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    assert cs.gate.Register(path, gate_of()).ask("C-1", "Complaints about us", at=AT) == heard
    assert path.read_bytes() == whole
    turned = whole[:-1].replace(b'"selected":true', b'"selected":false')
    path.write_bytes(turned)
    with refused(cs.errors.GateError, CHANGED_SINCE_WRITTEN, place="line 2"):
        cs.gate.Register(path, gate_of())
    assert path.read_bytes() == turned


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'{"at"', b'{ "at"'),
        (b"2026-10-05T09:30:00+01:00", b"yesterday"),
        (b"2026-10-05T09:30:00+01:00", b"2026-10-05T09:30:00"),
        (b"C-1", b"\\u0043-1"),
    ],
)
def test_a_last_line_that_a_register_would_not_write_is_refused(
    old: bytes, new: bytes, tmp_path: Path
) -> None:
    """No line after it has its hash; going on would put the change under all that follows."""
    path = tmp_path / "gate.jsonl"
    cs.gate.Register(path, gate_of()).ask("C-1", "Cards", at=AT)
    changed = path.read_bytes().replace(old, new)
    path.write_bytes(changed)
    with refused(cs.errors.GateError, CHANGED_SINCE_WRITTEN, place="line 2"):
        cs.gate.Register(path, gate_of())
    assert not cs.gate.verify(lines_of(path), SEED).ok


def test_a_register_that_is_gone_is_not_begun_anew_by_whoever_has_it_open(tmp_path: Path) -> None:
    path = tmp_path / "gate.jsonl"
    register = cs.gate.Register(path, gate_of())
    heard = register.ask("C-1", "Cards", at=AT)
    path.rename(tmp_path / "gate.jsonl.1")
    with pytest.raises(cs.errors.GateError, match="not there any more; restore it"):
        register.ask("C-2", "Cards", at=AT)
    assert not path.exists()
    (tmp_path / "gate.jsonl.1").rename(path)
    assert register.ask("C-1", "Cards", at=AT) == heard
    assert register.ask("C-2", "Cards", at=AT).sequence == 2


FULL = """
import datetime as dt, sys, resource
import ceosample as cs
gate = cs.gate.Gate("complaint-responses", "2026-10", "1/2", sys.argv[2])
register = cs.gate.Register(sys.argv[1], gate)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]),) * 2)
for number in range(1000):
    try:
        print(register.ask(f"C-{number}", at=dt.datetime(2026, 10, 5, tzinfo=dt.UTC)).unit_id)
    except OSError:
        sys.exit(9)
"""


def test_a_file_that_may_grow_no_more_holds_every_answer_that_was_heard(tmp_path: Path) -> None:
    """The system takes a part of the last line, and refuses the rest."""
    for size in (900, 1111):
        path = tmp_path / f"{size}.jsonl"
        run = subprocess.run(
            [sys.executable, "-c", FULL, str(path), SEED, str(size)],
            capture_output=True, text=True, timeout=PATIENCE, check=False,
        )  # fmt: skip
        assert run.returncode == 9, run.stderr
        assert path.stat().st_size == size
        heard = run.stdout.split()
        again = cs.gate.Register(path, gate_of("1/2"))
        assert [answer.unit_id for answer in again] == heard
        again.ask("one-more", at=AT)
        assert cs.gate.verify(lines_of(path), SEED).ok


def test_a_long_register_is_opened_without_keeping_anybody_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "gate.jsonl"
    register = cs.gate.Register(path, gate_of("1/2"))
    for number in range(50):
        register.ask(f"C-{number}", at=AT)
    read: list[bytes] = []
    parse = cs.gate.Answer.parse
    monkeypatch.setattr(cs.gate.Answer, "parse", lambda line: read.append(line) or parse(line))  # type: ignore[func-returns-value]
    opened: list[cs.gate.Register] = []
    opening = threading.Thread(target=lambda: opened.append(cs.gate.Register(path, gate_of("1/2"))))
    with files.appending(path):  # somebody else has it
        opening.start()
        until = time.monotonic() + PATIENCE
        while len(read) < 50 and time.monotonic() < until:
            time.sleep(0.01)
        assert (len(read), len(opened)) == (50, 0)
    opening.join()
    assert (len(read), len(opened[0])) == (50, 50)


@pytest.mark.parametrize(("old", "new"), [(b"\n", b"\r\n"), (b":", b": ")])
def test_a_register_that_an_editor_wrote_anew_is_not_said_to_be_another_gates(
    old: bytes, new: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "gate.jsonl"
    cs.gate.Register(path, gate_of()).ask("C-1", "Cards", at=AT)
    path.write_bytes(path.read_bytes().replace(old, new))
    with pytest.raises(
        cs.errors.GateError, match="line 1: changed since it was written; restore it"
    ):
        cs.gate.Register(path, gate_of())


def test_a_second_question_about_a_response_is_refused_though_it_fits_in_all_else(
    tmp_path: Path,
) -> None:
    """Somebody who has the file, and not the seed, asks again about a yes of another stratum."""
    path = tmp_path / "gate.jsonl"
    register = cs.gate.Register(path, gate_of())
    asked = register.ask("C-1", "Complaints about us", at=AT)
    again = attrs.evolve(
        asked, sequence=2, stratum=("Nothing",), selected=False, previous=register.head
    )
    with path.open("ab") as file:
        file.write(again.line())
    with refused(cs.errors.GateError, CHANGED_SINCE_WRITTEN, place="line 3"):
        register.ask("C-2", "Cards", at=AT)
    with refused(cs.errors.GateError, CHANGED_SINCE_WRITTEN, place="line 3"):
        cs.gate.Register(path, gate_of())
    report = cs.gate.verify(lines_of(path), SEED)
    assert report.differences == ("line 3: response C-1 was asked about before, in line 2",)


HOLDER = """
import sys, time
from pathlib import Path
from ceosample import files
with files.appending(Path(sys.argv[1])):
    print("has it", flush=True)
    time.sleep(60)
"""


def test_a_process_that_was_stopped_with_the_register_in_its_hands_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A paused container, say: whoever waits for it would wait for ever, and in silence."""
    path = tmp_path / "gate.jsonl"
    register = cs.gate.Register(path, gate_of())
    heard = register.ask("C-1", "Cards", at=AT)
    order = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(order, stdout=subprocess.PIPE, text=True) as holder:
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "has it\n"
            holder.send_signal(signal.SIGSTOP)
            monkeypatch.setattr(files, "_WAITS", (0.01,) * 10)
            with pytest.raises(
                cs.errors.BusyError, match=r"gate\.jsonl: locked by another process for"
            ):
                register.ask("C-2", "Cards", at=AT)
            assert register.ask("C-1", "Cards", at=AT) == heard
        finally:
            holder.kill()
    assert register.ask("C-2", "Cards", at=AT).sequence == 2
