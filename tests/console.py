"""The commands of a page as a shell runs them, and the kernels of notebooks as Jupyter starts them,
without a new interpreter for each.

A page has dozens of them, and the imports are most of what each costs. So what the shell finds as
``ceosample`` hands its arguments, its folder, its environment and its standard streams to a process
that has imported everything, and ends as the fork of that one ends. Whether the installed script
itself runs is held by the page that test_readme.py runs, and by test_command.py. A kernel is one of
its forks too: it has run no cell of another notebook.

As a program it is that process: it listens at the socket whose path it is given, for orders of one
of the ``forked.PROGRAMS``.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

#: What stands in for the command: no more than the standard library has built in.
STAND_IN: Final = """#!{python} -IS
import json, os, socket, struct, sys
order = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode()
with socket.socket(socket.AF_UNIX) as server:
    server.connect({address!r})
    socket.send_fds(server, [struct.pack("<I", len(order))], [0, 1, 2])
    server.sendall(order)
    (code,) = server.recv(1) or b"F"
os._exit(code)
"""


@contextlib.contextmanager
def commands() -> Iterator[Path]:
    """A folder for a shell's PATH that has ``ceosample`` in it, while somebody answers there."""
    with _answered("ceosample") as folder:
        yield folder


@contextlib.contextmanager
def kernels() -> Iterator[Path]:
    """A folder for JUPYTER_PATH: Python 3 is a fork there, while somebody answers."""
    with _answered("kernel") as folder:
        spec = folder / "kernels" / "python3"
        spec.mkdir(parents=True)
        started = {"argv": [str(folder / "kernel"), "-f", "{connection_file}"]}
        named = {"display_name": "Python 3", "language": "python"}
        (spec / "kernel.json").write_text(json.dumps({**started, **named}), "utf-8")
        yield folder


@contextlib.contextmanager
def _answered(program: str) -> Iterator[Path]:
    """A folder with what stands in for a program, while somebody answers."""
    with tempfile.TemporaryDirectory() as folder:
        address = str(Path(folder, "socket"))
        command = Path(folder, program)
        command.write_text(STAND_IN.format(python=sys.executable, address=address), "utf-8")
        command.chmod(0o755)
        environment = {**os.environ, "LC_ALL": "C.UTF-8"}
        # Arithmetic would start threads, and what has threads should not fork.
        environment |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        with subprocess.Popen(
            [sys.executable, __file__, address, program],
            env=environment,
            stdout=subprocess.PIPE,
        ) as server:
            assert server.stdout is not None
            assert server.stdout.readline() == b"listening\n"
            try:
                yield Path(folder)
            finally:
                server.terminate()


def _serve(address: str, program: str) -> None:
    import forked

    forked.prepare(program)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        print("listening", flush=True)
        while True:
            connection, _ = listener.accept()
            # Commands of one shell run beside each other in a pipe, so nobody is waited for here.
            if os.fork() == 0:
                listener.close()
                _answer(connection, program)
            connection.close()
            with contextlib.suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass


def _answer(connection: socket.socket, program: str) -> None:
    """In a child: run one command in a child of its own, and tell how it ended."""
    import forked

    length, streams, _, _ = socket.recv_fds(connection, 4, 3)
    order = b""
    (size,) = struct.unpack("<I", length)
    while len(order) < size:
        order += connection.recv(65536)
    arguments, folder, environment = json.loads(order)
    child = os.fork()
    if child == 0:
        connection.close()
        os._exit(forked.run_in_child([program, *arguments], folder, environment, streams))
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    connection.sendall(bytes([code if code >= 0 else 128 - code]))
    os._exit(0)


if __name__ == "__main__":
    _serve(*sys.argv[1:])
