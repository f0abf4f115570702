"""Runs in processes of their own that need not import everything anew.

A process without threads imports the project once and forks for each run. A run can be killed, has
its own folder and its own end, as any process has, but begins after 0.02 seconds and not after one.
All of its runs have one hash seed; what differs with that is held by test_determinism.py.

As a program it reads orders, a line of JSON each, and answers each with how the run ended.
"""

from __future__ import annotations

import atexit
import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

#: What a run needs sooner or later and would otherwise import for itself.
BEFOREHAND: Final = (
    "ceosample.cli",
    "ceosample.job",
    "ceosample.letters.render",
    "ceosample.signoff.ledger",
    "jinja2.ext",
    "kill_runs",
    "narwhals.stable.v2",
    "sqlalchemy.dialects.sqlite",
    "tomllib",
)

_started: list[subprocess.Popen[str]] = []


def run(program: str, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run one of the ``PROGRAMS`` in a folder; standard input is empty."""
    command = [program, *arguments]
    with tempfile.TemporaryDirectory() as kept:
        out, err = Path(kept, "out"), Path(kept, "err")
        order: dict[str, Any] = {
            "folder": str(folder.absolute()),
            "environment": dict(os.environ),
            "command": command,
            "out": str(out),
            "err": str(err),
        }
        server = _server()
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(json.dumps(order) + "\n")
        server.stdin.flush()
        code = int(server.stdout.readline())
        said = [path.read_text("utf-8") for path in (out, err)]
    return subprocess.CompletedProcess(command, code, *said)


def _server() -> subprocess.Popen[str]:
    """The process that forks, one for each that runs tests."""
    if not _started:
        # Arithmetic would start threads, and what has threads should not fork.
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        server = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        _started.append(server)
        atexit.register(server.communicate)
    return _started[0]


def _command(*arguments: str) -> None:
    from ceosample.cli import main

    sys.argv = ["-c", *arguments]
    main()


def _kill_runs(run: str, place: str, number: str) -> None:
    import kill_runs

    kill_runs.main(run, place, int(number))


PROGRAMS: Final[Mapping[str, Callable[..., None]]] = {"ceosample": _command, "kill": _kill_runs}


def _serve() -> None:
    for name in BEFOREHAND:
        importlib.import_module(name)
    for line in iter(sys.stdin.readline, ""):
        child = os.fork()
        if child == 0:
            os._exit(_run(json.loads(line)))
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def _run(order: Mapping[str, Any]) -> int:
    """In the child: do what was ordered, and end as an interpreter does."""
    for number, name in enumerate((os.devnull, order["out"], order["err"])):
        opened = os.open(name, os.O_RDWR | os.O_CREAT)
        os.dup2(opened, number)
        os.close(opened)
    os.environ.clear()
    os.environ.update(order["environment"])
    time.tzset()
    os.chdir(order["folder"])
    sys.path[0] = ""
    code: object = 0
    try:
        program, *arguments = order["command"]
        PROGRAMS[program](*arguments)
    except SystemExit as end:
        code = end.code
    except BaseException:
        traceback.print_exc()
        code = 1
    atexit._run_exitfuncs()
    if isinstance(code, str):
        print(code, file=sys.stderr)
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    return int(code or 0) if isinstance(code, int | None) else 1


if __name__ == "__main__":
    _serve()
