"""Firefox and WebKit for the tests, by the protocols that they speak themselves.

Firefox: Marionette, frames of JSON with their length before them. WebKit: WebDriver over HTTP, on a
display in memory. Both take the same commands and the same keys, so one script drives both.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final, Protocol

import attrs

from needed import PATIENCE, need, program

#: The keys that are no letters, by their names on a keyboard (WebDriver, section 17.4.2).
NAMED = {"Enter": "\ue007", "Escape": "\ue00c", "ArrowRight": "\ue014", "ArrowLeft": "\ue012",
         "Tab": "\ue004"}  # fmt: skip

#: How long a driver waits, in milliseconds: half a minute for a script if a session says nothing.
TIMEOUTS = {"script": PATIENCE * 1000, "pageLoad": PATIENCE * 1000}

#: Where Debian keeps what a driver of WebKit starts.
MINI_BROWSERS = "/usr/lib/*/webkit2gtk-4.*/MiniBrowser"


class Driven(Protocol):
    """A browser with one page."""

    def open(self, file: Path) -> None: ...

    def press(self, *keys: str) -> None:
        """Press keys, by their names, one after the other."""

    def run(self, script: str) -> Any:
        """What a function's body returns in the page."""

    def saved(self) -> bytes:
        """The one file that the page saved since the last call."""


@attrs.define
class WebDriver:
    """A browser that takes WebDriver's commands, however they reach it.

    Attributes:
        ask: sends a command with its parameters and returns its value.
        downloads: the folder in which it saves.
        commands: the names of *go to*, *run a script* and *press keys*.
    """

    ask: Callable[[str, dict[str, Any]], Any]
    downloads: Path
    commands: tuple[str, str, str]

    def open(self, file: Path) -> None:
        self.ask(self.commands[0], {"url": file.as_uri()})

    def run(self, script: str) -> Any:
        return self.ask(self.commands[1], {"script": script, "args": []})

    def press(self, *keys: str) -> None:
        strokes = [
            {"type": kind, "value": NAMED.get(key, key)}
            for key in keys
            for kind in ("keyDown", "keyUp")
        ]
        source = {"type": "key", "id": "keyboard", "actions": strokes}
        self.ask(self.commands[2], {"actions": [source]})

    def saved(self) -> bytes:
        found = waited_for(
            lambda: [one for one in self.downloads.glob("*.json") if whole(one)], "a saved file"
        )
        (file,) = found
        data: bytes = file.read_bytes()
        file.unlink()
        return data


def whole(file: Path) -> bool:
    """Whether a browser is done with a file: it ends as ours do."""
    return file.read_bytes().endswith(b"}\n")


def waited_for(found: Callable[[], Any], what: str) -> Any:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if there := found():
            return there
        time.sleep(0.05)
    raise TimeoutError(what)


# ---- Firefox -----------------------------------------------------------------------------------

_PREFERENCES = {
    "marionette.port": 0,
    "browser.download.folderList": 2,
    "browser.download.useDownloadDir": True,
    "browser.download.always_ask_before_handling_new_types": False,
    "browser.helperApps.neverAsk.saveToDisk": "application/json",
    "browser.download.alwaysOpenPanel": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.aboutwelcome.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "app.normandy.enabled": False,
    "app.update.enabled": False,
    "extensions.update.enabled": False,
    "services.settings.server": "data:,",
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "dom.disable_beforeunload": True,
    "ui.prefersReducedMotion": 1,
    # What it need not begin with, nor do beside the page: a third of what its start takes.
    "dom.ipc.processCount": 1,
    "dom.ipc.processPrelaunch.enabled": False,
    "fission.autostart": False,
    "browser.startup.page": 0,
    "browser.startup.homepage_override.mstone": "ignore",
    "browser.newtabpage.enabled": False,
    "browser.newtab.preload": False,
    "extensions.enabledScopes": 0,
    "extensions.installDistroAddons": False,
    "extensions.webextensions.remote": False,
    "media.gmp-manager.updateEnabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.search.update": False,
    "browser.translations.enable": False,
    "toolkit.telemetry.enabled": False,
}


@contextlib.contextmanager
def firefox(folder: Path) -> Iterator[WebDriver]:
    """Start Firefox with a profile of its own, and stop it afterwards."""
    binary = shutil.which("firefox-esr") or program("firefox", "firefox-esr")
    downloads = made(folder / "downloads")
    profile = made(folder / "profile")
    preferences = {**_PREFERENCES, "browser.download.dir": str(downloads)}
    lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in preferences.items()]
    (profile / "user.js").write_text("".join(lines), "utf-8")
    arguments = [binary, "--headless", "--no-remote", "--marionette", "--profile", str(profile)]
    with started(arguments, folder, {"MOZ_CRASHREPORTER_DISABLE": "1"}) as process:
        port = int(waited_for(lambda: said_port(process, profile), "Firefox's port"))
        with (
            socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as line,
            line.makefile("rb") as reader,
        ):
            ask = marionette(line, reader)
            ask("WebDriver:NewSession", {"timeouts": TIMEOUTS})
            commands = "WebDriver:Navigate", "WebDriver:ExecuteScript", "WebDriver:PerformActions"
            yield WebDriver(ask, downloads, commands)


def said_port(process: subprocess.Popen[bytes], profile: Path) -> str:
    assert process.poll() is None, "Firefox ended"
    file = profile / "MarionetteActivePort"
    return file.read_text() if file.exists() else ""


def marionette(line: socket.socket, reader: BinaryIO) -> Callable[[str, dict[str, Any]], Any]:
    """The commands of a connection: ``LENGTH:[0, id, name, parameters]`` there, and back
    ``LENGTH:[1, id, error, result]``, of bytes."""
    numbers = itertools.count(1)

    def read() -> Any:
        length = b""
        while not length.endswith(b":"):
            byte = reader.read(1)
            assert byte, "Firefox hung up"
            length += byte
        return json.loads(reader.read(int(length[:-1])))

    def ask(name: str, parameters: dict[str, Any]) -> Any:
        number = next(numbers)
        data = json.dumps([0, number, name, parameters]).encode()
        line.sendall(str(len(data)).encode() + b":" + data)
        kind, answered, error, result = read()
        assert (kind, answered, error) == (1, number, None), (name, error)
        return result["value"] if isinstance(result, dict) and "value" in result else result

    assert read()["marionetteProtocol"] == 3
    return ask


# ---- WebKit ------------------------------------------------------------------------------------


@contextlib.contextmanager
def webkit(folder: Path) -> Iterator[WebDriver]:
    """Start WebKitGTK's browser on a display of its own, and stop both afterwards."""
    driver = program("WebKitWebDriver", "webkit2gtk-driver")
    screen = program("Xvfb", "xvfb")
    found = sorted(Path("/").glob(MINI_BROWSERS[1:]))
    need(found, "no MiniBrowser: install it (Debian: webkit2gtk-driver)")
    downloads = made(folder / "Downloads")
    made(folder / "config").joinpath("user-dirs.dirs").write_text(
        f'XDG_DOWNLOAD_DIR="{downloads}"\n', "utf-8"
    )
    with display(screen, folder) as name:
        homes = {
            "DISPLAY": name, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder / "config"),
            "XDG_CACHE_HOME": str(folder / "cache"), "XDG_DATA_HOME": str(folder / "data"),
            "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1", "GDK_BACKEND": "x11",
            "LIBGL_ALWAYS_SOFTWARE": "1", "NO_AT_BRIDGE": "1",
        }  # fmt: skip
        port = free_port()
        with started([driver, f"--port={port}", "--host=127.0.0.1"], folder, homes):
            options = {"binary": str(found[-1]), "args": ["--automation"]}
            wanted = {"alwaysMatch": {"webkitgtk:browserOptions": options, "timeouts": TIMEOUTS}}
            address = f"http://127.0.0.1:{port}/session"
            waited_for(lambda: answers(port), "WebKit's driver")
            session = posted(address, {"capabilities": wanted})["sessionId"]

            def ask(command: str, parameters: dict[str, Any]) -> Any:
                return posted(f"{address}/{session}/{command}", parameters)

            yield WebDriver(ask, downloads, ("url", "execute/sync", "actions"))
            posted(f"{address}/{session}", None, method="DELETE")


#: Browsers beside Chromium, by name.
OTHERS: Final = {"firefox": firefox, "webkit": webkit}


@contextlib.contextmanager
def display(screen: str, folder: Path) -> Iterator[str]:
    """A display in memory; its server chooses the number."""
    reading, writing = os.pipe()
    arguments = [
        screen,
        "-displayfd",
        str(writing),
        "-screen",
        "0",
        "1280x900x24",
        "-nolisten",
        "tcp",
    ]
    with started(arguments, folder, {}, pass_fds=(writing,)):
        os.close(writing)
        with os.fdopen(reading) as said:
            yield f":{said.readline().strip()}"


def posted(address: str, parameters: Any, method: str = "POST") -> Any:
    data = None if parameters is None else json.dumps(parameters).encode()
    request = urllib.request.Request(address, data, {"Content-Type": "application/json"})  # noqa: S310
    request.method = method
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
            return json.load(answer)["value"]
    except urllib.error.HTTPError as error:
        raise AssertionError(error.read().decode()) from None


def answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        number: int = found.getsockname()[1]
        return number


# ---- Both --------------------------------------------------------------------------------------


def made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextlib.contextmanager
def started(
    arguments: list[str], folder: Path, variables: dict[str, str], pass_fds: tuple[int, ...] = ()
) -> Iterator[subprocess.Popen[bytes]]:
    """A program with all that it starts, which is ended as one."""
    log = (folder / f"{Path(arguments[0]).name}.log").open("wb")
    with log:
        process = subprocess.Popen(
            arguments, stdout=log, stderr=log, stdin=subprocess.DEVNULL, pass_fds=pass_fds,
            env={**os.environ, **variables}, start_new_session=True,
        )  # fmt: skip
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
