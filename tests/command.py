"""The command as tests run it: in a process of its own, in this one, before somebody's eyes."""

from __future__ import annotations

import contextlib
import datetime as dt
import importlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import attrs
from click.testing import CliRunner

import forked
from ceosample.cli import cli
from ceosample.errors import CeosampleError
from needed import PATIENCE, need

#: The command, of whatever interpreter runs the tests.
COMMAND = (sys.executable, "-c", "from ceosample.cli import main; main()")


@attrs.frozen
class Ended:
    """What a run of the command left: its exit code, and what it said where."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def ceosample(*arguments: str, folder: Path, env: dict[str, str] | None = None) -> Ended:
    """Run the command for real, in a process of its own: a new one where it has its own values of
    the environment, and otherwise one that was forked, which spares it the imports."""
    if env is None and hasattr(os, "fork"):
        ended = forked.run("ceosample", *arguments, folder=folder)
    else:
        ended = subprocess.run(
            [*COMMAND, *arguments],
            cwd=folder,
            env=env,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=PATIENCE,
            check=False,
        )
    # No mistake of a user's may end in a trace of our code.
    assert "Traceback" not in ended.stderr, ended.stderr
    return Ended(ended.returncode, ended.stdout, ended.stderr)


def asked(*arguments: str, folder: Path) -> Ended:
    """The same in this process, which is faster: for what is refused before much happens."""
    with contextlib.chdir(folder):
        result = CliRunner().invoke(cli, arguments)
    error = result.exception
    if isinstance(error, CeosampleError):
        return Ended(error.exit_code, result.stdout, f"{result.stderr}ceosample: {error}\n")
    if error is not None and not isinstance(error, SystemExit):
        raise error
    return Ended(result.exit_code, result.stdout, result.stderr)


@contextlib.contextmanager
def time_told(tell: Callable[[], dt.datetime]) -> Iterator[None]:
    """Within it the command and its ledgers ask this clock, and no other."""
    assert [*cli.commands.values()]  # their modules are loaded when they are asked for
    ledger = importlib.import_module("ceosample.signoff.ledger")
    places = [
        (module, "now")
        for name, module in sys.modules.items()
        if name.startswith("ceosample.cli") and hasattr(module, "now")
    ]
    assert places, "the command's clock is no longer ceosample.cli.options.now; tell this function"
    before = [(place, name, getattr(place, name)) for place, name in [*places, (ledger, "_now")]]
    for place, name, _ in before:
        setattr(place, name, tell)
    try:
        yield
    finally:
        for place, name, value in before:
            setattr(place, name, value)


def asked_at(at: dt.datetime, *arguments: str, folder: Path) -> Ended:
    """What it does by a clock that stands at a moment."""
    with time_told(lambda: at):
        return asked(*arguments, folder=folder)


def done_at(at: dt.datetime, *arguments: str, folder: Path) -> Ended:
    """The same, where it must succeed."""
    ended = asked_at(at, *arguments, folder=folder)
    assert ended.code == 0, ended.err
    return ended


def on_a_terminal(*program: str, folder: Path | None = None) -> tuple[bytes, bytes]:
    """What a program prints, and what a person at its terminal sees beside it."""
    need(find_spec("termios"), "no terminals that a program can be given: a POSIX matter")
    import pty
    import termios

    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    with subprocess.Popen(program, cwd=folder, stdout=subprocess.PIPE, stderr=theirs) as process:
        os.close(theirs)
        seen = b"".join(iter(lambda: _read(ours), b""))
        os.close(ours)
        out, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    return out, seen


def _read(terminal: int) -> bytes:
    """What came last; nothing once the other end is gone, which Linux calls an error."""
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""
