"""The children in which letters are made, forked from one that has imported what they need.

Nearly every test that makes letters starts one, and the imports are most of what a short one costs.
What is forked is what the project starts: its own limits, folder, environment and streams, the same
order and the same answers, and it can be killed. How a new interpreter becomes such a child is held
by test_child_process.py, and by every test that runs the command as a process of its own.

As a program it is the process that forks: it listens at the socket whose path it is given.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import selectors
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any, Final

import attrs

#: What the jobs of a child need sooner or later.
BEFOREHAND: Final = (
    "babel.dates",
    "babel.numbers",
    "ceosample.letters.existing.read",
    "ceosample.letters.render",
    "ceosample.letters.signatures.appearance",
    "ceosample.letters.word.template",
    "docxtpl",
    "jinja2.ext",
    "pikepdf",
    "pypdfium2",
    "typst",
)


@attrs.define
class Child:
    """A child that was forked, with what the project uses of ``subprocess.Popen``.

    Attributes:
        stdin, stdout: our ends of its streams.
        returncode: how it ended; None before it was waited for.
    """

    _server: socket.socket
    stdin: IO[bytes]
    stdout: IO[bytes]
    returncode: int | None = None

    def kill(self) -> None:
        """End it, if it has not ended by itself."""
        with contextlib.suppress(OSError):
            self._server.sendall(b"k")

    def wait(self) -> int:
        """How it ended, as ``subprocess`` has it."""
        if self.returncode is None:
            with self._server:
                (self.returncode,) = struct.unpack("<i", self._server.recv(4))
        assert self.returncode is not None
        return self.returncode


@contextlib.contextmanager
def forked() -> Iterator[None]:
    """Let the project fork its children instead of starting an interpreter for each."""
    from ceosample.letters import child_process

    module: Any = child_process
    with tempfile.TemporaryDirectory() as folder:
        address = Path(folder, "socket")
        servers: list[subprocess.Popen[bytes]] = []
        lock = threading.Lock()

        def start(command: Sequence[str], **given: Any) -> Child | subprocess.Popen[bytes]:
            its_own = [sys.executable, "-P", "-s", "-c", child_process._START]
            if command[:-1] != its_own or not _has_folder():
                return subprocess.Popen(command, **given)
            with lock:  # a pack is set in two threads
                if not servers:
                    servers.append(_server(address))
            return _asked(address, command[-1], given["env"], given["stderr"].fileno())

        module.subprocess = SimpleNamespace(PIPE=subprocess.PIPE, Popen=start)
        try:
            yield
        finally:
            module.subprocess = subprocess
            for server in servers:
                server.terminate()
                server.communicate()


def _has_folder() -> bool:
    """Whether the folder that we are in is still there."""
    with contextlib.suppress(OSError):
        return bool(Path.cwd())
    return False


def _server(address: Path) -> subprocess.Popen[bytes]:
    # Arithmetic would start threads, and what has threads should not fork.
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    server = subprocess.Popen(
        [sys.executable, __file__, address], env=environment, stdout=subprocess.PIPE
    )
    assert server.stdout is not None
    assert server.stdout.readline() == b"listening\n"
    return server


def _asked(address: Path, path: str, environment: Mapping[str, str], complaints: int) -> Child:
    """Ask the server for a child with these streams."""
    order = json.dumps([path, str(Path.cwd()), environment]).encode()
    (reads, ours), (theirs, writes) = os.pipe(), os.pipe()
    server = socket.socket(socket.AF_UNIX)
    server.connect(str(address))
    socket.send_fds(server, [struct.pack("<I", len(order))], [reads, writes, complaints])
    server.sendall(order)
    os.close(reads)
    os.close(writes)
    return Child(server, os.fdopen(ours, "wb"), os.fdopen(theirs, "rb"))


def _serve(address: str) -> None:
    import forked

    for name in BEFOREHAND:
        importlib.import_module(name)
    forked.freeze()
    waiting = selectors.DefaultSelector()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen(16)
        waiting.register(listener, selectors.EVENT_READ)
        print("listening", flush=True)
        while True:
            for key, _ in waiting.select():
                if key.fileobj is listener:
                    _begin(waiting, listener.accept()[0])
                elif key.fd in waiting.get_map():  # it may have gone in this very round
                    _heard(waiting, key)


def _begin(waiting: selectors.BaseSelector, connection: socket.socket) -> None:
    """Fork a child as it is ordered, and wait for its end and for the word to kill it."""
    import forked

    length, streams, _, _ = socket.recv_fds(connection, 4, 3)
    order = b""
    (size,) = struct.unpack("<I", length)
    while len(order) < size:
        order += connection.recv(65536)
    path, folder, environment = json.loads(order)
    child = os.fork()
    if child == 0:
        connection.close()
        os._exit(forked.run_in_child(["letters", path], folder, environment, streams))
    for stream in streams:
        os.close(stream)
    end = os.pidfd_open(child)
    waiting.register(end, selectors.EVENT_READ, (child, connection))
    waiting.register(connection, selectors.EVENT_READ, (child, None))


def _heard(waiting: selectors.BaseSelector, key: selectors.SelectorKey) -> None:
    """A child has ended, or is to be killed."""
    child, connection = key.data
    if connection is None:
        waiting.unregister(key.fileobj)
        os.kill(child, 9)
        return
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    waiting.unregister(key.fileobj)
    os.close(key.fd)
    with contextlib.suppress(KeyError):  # unless it was killed
        waiting.unregister(connection)
    with contextlib.suppress(OSError), connection:  # who asked may have gone
        connection.sendall(struct.pack("<i", code))


if __name__ == "__main__":
    _serve(sys.argv[1])
