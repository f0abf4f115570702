"""Runs in processes of their own that need not import everything anew.

A process without threads imports the project once and forks for each run. A run can be killed, has
its own folder and its own end, as any process has, but begins after 0.02 seconds and not after one.
All of its runs have one hash seed; what differs with that is held by test_determinism.py.

As a program it reads orders, a line of JSON each, and answers each with how its runs ended.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
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

#: What the kernel of a notebook would import besides, none of which starts a thread. Not pandas: it
#: looks when it is imported whether it is in a notebook, and shows its tables accordingly.
OF_A_KERNEL: Final = (
    "ceosample.demo.year",
    "ceosample.figures",
    "ceosample.inference",
    "ceosample.report",
    "ipykernel.kernelapp",
    "ipykernel.zmqshell",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "matplotlib.figure",
)

_started: list[subprocess.Popen[str]] = []


def run(
    program: str, *arguments: str, folder: Path, seconds: float | None = None
) -> subprocess.CompletedProcess[str]:
    """Run one of the ``PROGRAMS`` in a folder; standard input is empty.

    Args:
        program: its name.
        arguments: what it is given.
        folder: where it runs.
        seconds: when it is killed, if it has not ended by itself.
    """
    (ended,) = run_together([(program, *arguments)], folder=folder, seconds=seconds)
    return ended


def run_together(
    commands: Sequence[Sequence[str]], *, folder: Path, seconds: float | None = None
) -> list[subprocess.CompletedProcess[str]]:
    """The same of several at once; how each ended, in their order."""
    with tempfile.TemporaryDirectory() as kept:
        said = [(Path(kept, f"out{n}"), Path(kept, f"err{n}")) for n in range(len(commands))]
        order: dict[str, Any] = {
            "folder": str(folder.absolute()),
            "environment": dict(os.environ),
            "seconds": seconds,
            "runs": [
                {"command": command, "out": str(out), "err": str(err)}
                for command, (out, err) in zip(commands, said, strict=True)
            ],
        }
        server = _server()
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(json.dumps(order) + "\n")
        server.stdin.flush()
        codes: list[int] = json.loads(server.stdout.readline())
        return [
            subprocess.CompletedProcess(
                [*command], code, out.read_text("utf-8"), err.read_text("utf-8")
            )
            for command, code, (out, err) in zip(commands, codes, said, strict=True)
        ]


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


def _letters(path: str) -> None:
    from ceosample.letters import child_process

    sys.path[:] = json.loads(path)
    child_process.serve()


def _kernel(*arguments: str) -> None:
    from ipykernel import kernelapp

    # It ends when what answers for it does, as a kernel ends with who started it.
    parent = f"--IPKernelApp.parent_handle={os.getppid()}"
    sys.argv = ["ipykernel_launcher", *arguments, parent]
    kernelapp.launch_new_instance()


PROGRAMS: Final[Mapping[str, Callable[..., None]]] = {
    "ceosample": _command,
    "kernel": _kernel,
    "kill": _kill_runs,
    "letters": _letters,
}


def prepare(program: str = "ceosample") -> None:
    """Import what runs need, those of a program above all."""
    for name in (*BEFOREHAND, *(OF_A_KERNEL if program == "kernel" else ())):
        importlib.import_module(name)
    from ceosample.cli import cli

    assert [*cli.commands.values()]  # the module of each is loaded when it is asked for
    freeze()


def freeze() -> None:
    """What was imported is no garbage. A child that looked through it all would copy the memory
    that it shares with us, which takes it longer than most of what it is forked for."""
    gc.collect()
    gc.freeze()


def _serve() -> None:
    prepare()
    for order in map(json.loads, iter(sys.stdin.readline, "")):
        children = [_forked(order, run) for run in order["runs"]]
        if order["seconds"] is not None:
            _kill_after(order["seconds"], children)
        codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        print(json.dumps(codes), flush=True)


def _forked(order: Mapping[str, Any], run: Mapping[str, Any]) -> int:
    child = os.fork()
    if child == 0:
        os._exit(_run(order, run))
    return child


def _kill_after(seconds: float, children: Sequence[int]) -> None:
    """Kill whatever has not ended by then; all stay to be waited for."""
    until = time.monotonic() + seconds
    for child in children:
        while os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            if time.monotonic() >= until:
                os.kill(child, signal.SIGKILL)
                break
            time.sleep(0.002)


def _run(order: Mapping[str, Any], run: Mapping[str, Any]) -> int:
    names = (os.devnull, run["out"], run["err"])
    streams = [os.open(name, os.O_RDWR | os.O_CREAT) for name in names]
    return run_in_child(run["command"], order["folder"], order["environment"], streams)


def run_in_child(
    command: Sequence[str], folder: str, environment: Mapping[str, str], streams: Sequence[int]
) -> int:
    """In the child: do what was ordered, and end as an interpreter does."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    os.chdir(folder)
    sys.path[0] = ""
    code: object = 0
    try:
        program, *arguments = command
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
