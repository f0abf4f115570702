"""What `sign` brings: pyHanko's packages, which of them are imported, and that none is called."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from floors import ROOT, plain

#: Packages that metadata demands, which nothing imports when a letter is signed and checked.
NEVER_IMPORTED = ("oscrypto", "cffi", "pycparser")

#: Signs a letter with a file and checks it, where these packages are not there and no connection
#: can be made, and prints the packages that were imported.
TRACED = """
import socket, sys
for name in {missing}:
    sys.modules[name] = None
def refuse(*given, **more):
    raise AssertionError("a connection was asked for")
socket.socket.connect = socket.getaddrinfo = socket.create_connection = refuse
import authority
assert authority.check(authority.signed()).level.name == "ACCEPTED"
print(*sorted({{name.partition(".")[0] for name, found in sys.modules.items() if found}}))
"""


def brought() -> set[str]:
    """The packages that metadata brings with ``pyhanko[pkcs11]``, without itself."""
    found: dict[str, set[str]] = {}
    ahead = [Requirement("pyhanko[pkcs11]")]
    while ahead:
        one = ahead.pop()
        name, extras = plain(one.name), {"", *one.extras}
        if found.get(name, set()) >= extras:
            continue
        found[name] = extras | found.get(name, set())
        more = [Requirement(line) for line in requires(name) or ()]
        ahead += [
            each for each in more
            if each.marker is None or any(each.marker.evaluate({"extra": e}) for e in extras)
        ]  # fmt: skip
    return set(found) - {"pyhanko"}


@pytest.mark.slow
def test_letters_are_signed_and_checked_without_what_is_never_imported_and_offline() -> None:
    """'measured by an import trace of both in an environment without it'"""
    done = subprocess.run(
        [sys.executable, "-c", TRACED.format(missing=NEVER_IMPORTED)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    imported = set(done.stdout.split())
    assert imported.isdisjoint(NEVER_IMPORTED)
    assert {"pyhanko", "aiohttp"} <= imported  # pyHanko imports its HTTP client and calls it never


def test_the_page_lists_every_package_that_metadata_demands() -> None:
    page = (ROOT / "docs" / "signatures.md").read_text("utf-8")
    table = page.partition("## What it installs")[2]
    listed = set(re.findall(r"`([a-z0-9-]+)`", table))
    assert brought() - {"attrs", "typing-extensions"} <= listed
