"""A child process for work that may loop, grow or crash: a user's template, a typesetter.

Jobs go in, results come out in the same order, one line of JSON each, so a job that does not come
back is known by its place and the others are not lost. The child is replaced after some jobs, since
a typesetter's cache grows with every page.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import pickle
import queue
import re
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType
from typing import IO, Any, Final, TypeAlias

import attrs

from ceosample.errors import MissingPartError
from ceosample.text import quoted

#: What a child does with each job. Pickle names the function by its module,
#: which the child imports.
Task: TypeAlias = Callable[[Any], bytes | str]

#: A child does so many jobs and is then replaced.
JOBS_A_CHILD: Final = 250

#: So many children work at once; with more, what all of them hold would be more than a gigabyte.
SIDE_BY_SIDE: Final = 2

#: What the child has of our environment: enough to start, and no password.
_ENVIRONMENT: Final = (
    *("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONHOME", "SYSTEMROOT"),
    *("TMPDIR", "TEMP", "TMP", "TZ", "LANG", "LC_ALL", "LC_CTYPE"),
)

#: The child finds its modules where we find ours, which a notebook may have added to.
_START: Final = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    f"from {__name__} import serve; serve()"
)

#: The child's first line, which no other program writes.
_HERE: Final = b"ceosample: the child is here\n"

#: The names of interpreters; other programs would take our arguments for theirs.
_PYTHON: Final = re.compile(r"(python|pypy|graalpy)[0-9a-z._-]*", re.IGNORECASE)

#: Time for starting the child, and for an answer that no alarm can bring.
SECONDS_TO_START: Final = 5


@attrs.frozen
class Limits:
    """What one job may use.

    Attributes:
        seconds: of the wall clock.
        megabytes: of address space for the child as a whole; None for no limit.
    """

    seconds: float
    megabytes: int | None = None


@attrs.frozen
class Failure:
    """A job that gave no result.

    Attributes:
        message: why, in words that fit after the letter's name.
        out_of_time: whether it ran out of its time, and so ended the run.
    """

    message: str
    out_of_time: bool = False


_NOT_TRIED: Final = Failure("not tried, since one before it took too long", out_of_time=True)


def run(
    task: Task, jobs: Sequence[Any], limits: Limits, jobs_a_child: int = JOBS_A_CHILD
) -> Iterator[Any]:
    """For each job the result of ``task``, called in a child, or a :class:`Failure`.

    A job that crashes the child costs itself alone. One that runs out of time ends the run: what
    loops for one letter mostly loops for all.
    """
    done = 0
    while done < len(jobs):
        batch = jobs[done : done + jobs_a_child]
        results, ended = _child(task, batch, limits)
        if len(results) < len(batch) and not _ran_out(results):
            results.append(ended)
        yield from results
        done += len(results)
        if _ran_out(results):
            yield from [_NOT_TRIED] * (len(jobs) - done)
            return


def run_beside(task: Task, batches: Sequence[Sequence[Any]], limits: Limits) -> Iterator[list[Any]]:
    """Do each batch as :func:`run` does, two batches at once; the results in the batches' order."""
    pool = ThreadPoolExecutor(SIDE_BY_SIDE)
    try:
        # The threads only wait for their children.
        yield from pool.map(lambda batch: [*run(task, batch, limits)], batches)
    finally:
        pool.shutdown(cancel_futures=True)


def call(order: tuple[Task, Any]) -> bytes | str:
    """Do a job that brings its own task, for jobs of several kinds that are done at once."""
    task, job = order
    return task(job)


def _ran_out(results: Sequence[Any]) -> bool:
    return bool(results) and isinstance(results[-1], Failure) and results[-1].out_of_time


def _child(task: Task, batch: Sequence[Any], limits: Limits) -> tuple[list[Any], Failure]:
    """The results that came back, and what to say of the job that did not."""
    order = pickle.dumps((task, list(batch), attrs.asdict(limits)))
    results: list[Any] = []
    with tempfile.TemporaryFile() as complaints:
        child = _started(complaints)
        lines = _lines(child, order)
        try:
            # The child has an alarm of its own; this is for what no alarm can interrupt.
            line = lines.get(timeout=limits.seconds + SECONDS_TO_START)
            is_ours = line == _HERE
            while line is not None and is_ours and len(results) < len(batch):
                line = lines.get(timeout=limits.seconds + SECONDS_TO_START)
                if line is not None:
                    results.append(_result(json.loads(line)))
        except queue.Empty:
            return results, _too_long(limits.seconds)
        finally:
            child.kill()
            child.wait()
            _close(child)
        complaints.seek(0)
        ended = _how_it_ended(child.returncode, complaints.read())
        if line is not None and not is_ours:
            raise _no_python(" (it answers as another program)")
        if line is None and not is_ours and child.returncode >= 0:
            raise _no_python(f" ({ended})")
        return results, Failure(ended)


def _started(complaints: IO[bytes]) -> subprocess.Popen[bytes]:
    """A child that waits for its order.

    Raises:
        MissingPartError: there is no interpreter to start.
    """
    interpreter = sys.executable
    if not interpreter or getattr(sys, "frozen", False) or not _is_python(interpreter):
        raise _no_python()
    # -P keeps the folder we are started in from standing in for a module, -s the user's own.
    command = [interpreter, "-P", "-s", "-c", _START, json.dumps(_path())]
    environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    try:
        return subprocess.Popen(  # noqa: S603 - our own interpreter and our own module
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env=environment,
        )
    except OSError as error:
        raise _no_python(f" ({error.strerror})") from None


def _is_python(interpreter: str) -> bool:
    """Whether a program is an interpreter by its name, or by that of what it is a link to."""
    names = (Path(interpreter).name, Path(interpreter).resolve().name)
    return any(_PYTHON.fullmatch(name) for name in names)


def _no_python(why: str = "") -> MissingPartError:
    got = f"got {quoted(sys.executable, 80)}{why}"
    if getattr(sys, "frozen", False):
        got += " of a frozen program"
    return MissingPartError(
        f"sys.executable: {got}, which is no Python interpreter with ceosample, and one sets PDFs "
        "and renders templates of your own; set sys.executable to the path of python before that"
    )


def _path() -> list[str]:
    """Where modules are found, the folder we are started in last: it must not hide any."""
    named = [place for place in sys.path if isinstance(place, str)]
    here = []
    with contextlib.suppress(OSError):  # the folder we are in may be gone
        here = [str(Path.cwd())] * ("" in named)
    return [*filter(None, named), *here]


def _lines(child: subprocess.Popen[bytes], order: bytes) -> queue.Queue[bytes | None]:
    """The child's whole lines as they come, then None; a thread waits for them."""
    lines: queue.Queue[bytes | None] = queue.Queue()

    def talk() -> None:
        with contextlib.suppress(OSError, ValueError):  # it was ended while we talked
            if child.stdin is not None and child.stdout is not None:
                child.stdin.write(order)
                child.stdin.close()
                for line in child.stdout:
                    if line.endswith(b"\n"):  # one without its end was cut off
                        lines.put(line)
        lines.put(None)

    threading.Thread(target=talk, daemon=True).start()
    return lines


def _close(child: subprocess.Popen[bytes]) -> None:
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()


def _result(said: dict[str, Any]) -> Any:
    if "failure" in said:
        return Failure(said["failure"], said["out_of_time"])
    return base64.b64decode(said["bytes"]) if "bytes" in said else said["text"]


def _too_long(seconds: float) -> Failure:
    return Failure(f"took longer than {seconds:g} seconds", out_of_time=True)


def _how_it_ended(code: int, stderr: bytes) -> str:
    if code < 0:
        return f"the process was ended by {signal.Signals(-code).name}"
    lines = stderr.decode(errors="replace").strip().splitlines()
    # Behind its first colon an error may quote a letter.
    error = lines[-1].partition(":")[0][:80] if lines else ""
    return f"the process ended with {code}" + (f" ({error})" if error else "")


def serve() -> None:
    """The child: say that it is there, read the order, do it, write a line a job."""
    out = sys.stdout.buffer
    out.write(_HERE)
    out.flush()
    do, jobs, limits = pickle.load(sys.stdin.buffer)  # noqa: S301 - our own parent wrote it
    sys.stdout = sys.stderr  # whatever else prints must not stand between the results
    if limits["megabytes"] is not None:
        _limit_memory(limits["megabytes"])
    for job in jobs:
        said = _attempt(do, job, limits)
        out.write(json.dumps(said).encode() + b"\n")
        out.flush()
        if said.get("out_of_time"):
            break


def _attempt(do: Task, job: Any, limits: dict[str, Any]) -> dict[str, Any]:
    try:
        with _alarm(limits["seconds"]):
            result = do(job)
    except TimeoutError:
        return _as_json(_too_long(limits["seconds"]))
    except MemoryError:
        return _as_json(Failure(f"needs more than {limits['megabytes']} MB of memory"))
    except ValueError as error:
        return _as_json(Failure(str(error)))
    if isinstance(result, bytes):
        return {"bytes": base64.b64encode(result).decode()}
    return {"text": str(result)}


def _as_json(failure: Failure) -> dict[str, Any]:
    return {"failure": failure.message, "out_of_time": failure.out_of_time}


@contextlib.contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Raise TimeoutError in the middle of things, where the system can; the parent waits anyway."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def ring(_number: int, _frame: FrameType | None) -> None:
        raise TimeoutError

    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _limit_memory(megabytes: int) -> None:
    try:
        import resource
    except ImportError:  # not POSIX: the limit of time remains
        return
    size = megabytes * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
