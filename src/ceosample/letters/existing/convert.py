"""Finished letters as Word files become PDFs: LibreOffice prints each once, and the PDF is kept.

LibreOffice has a profile of its own that is thrown away, with macros off and nothing to update,
and a limit of time. Two runs of it give two PDFs, which differ in a time and an id, so what is
signed is the PDF that was kept: its name holds the digest of the Word file and its own.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from ceosample import files
from ceosample.canonical import digest
from ceosample.errors import LetterError, MissingPartError, raise_faults
from ceosample.letters.existing.given import GivenPdf
from ceosample.text import printable

#: One start of LibreOffice prints so many letters.
LETTERS_A_START: Final = 25

#: Seconds for a start, and for each letter.
SECONDS_TO_START: Final = 60
SECONDS_A_LETTER: Final = 20

#: Where LibreOffice is, where it is not on the path.
_PLACES: Final = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    "C:/Program Files/LibreOffice/program/soffice.com",
)

#: Fields of a form would be a form, which no letter has; tags are for those who hear it.
_FILTER: Final = (
    'pdf:writer_pdf_Export:{"ExportFormFields":{"type":"boolean","value":"false"},'
    '"UseTaggedPDF":{"type":"boolean","value":"true"}}'
)

#: What LibreOffice gets of our environment: enough to start, and no password.
_ENVIRONMENT: Final = ("PATH", "SYSTEMROOT", "TMPDIR", "TEMP", "TMP", "LANG", "LC_ALL", "LC_CTYPE")

_SETTINGS: Final = (
    ("Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Writer/Content/Update", "Link", "0"),
    ("Writer/Content/Update", "Field", "false"),
)


def as_pdfs(given: Mapping[str, GivenPdf], kept: Path | None) -> dict[str, GivenPdf]:
    """The letters, those that are Word files as PDFs.

    Args:
        given: the letters by id.
        kept: the folder that keeps the PDFs. One that is there is used again.

    Raises:
        LetterError: every letter that cannot be printed, or whose kept PDF was changed.
        MissingPartError: LibreOffice is not installed.
    """
    words = {unit_id: one for unit_id, one in given.items() if one.is_word}
    if not words:
        return dict(given)
    if kept is None:
        raise_faults(
            LetterError,
            (
                f"letter {unit_id}, pdf: got a Word file; name a folder that keeps its PDF, "
                "converted=..., or give a PDF"
                for unit_id in words
            ),
        )
        raise AssertionError("a Word file without a fault")
    # A file that several letters name is printed once, too.
    sources = {unit_id: digest(one.data) for unit_id, one in words.items()}
    first = {source: unit_id for unit_id, source in reversed(sources.items())}
    found = {source: _kept(kept, source, unit_id) for source, unit_id in first.items()}
    missing = {first[source]: words[first[source]].data for source in found if not found[source]}
    for unit_id, data in _converted(missing).items():
        found[sources[unit_id]] = data
        files.write_whole(kept / f"{sources[unit_id]}.{digest(data)}.pdf", data)
    return {
        unit_id: GivenPdf(found[sources[unit_id]], sources[unit_id]) if one.is_word else one
        for unit_id, one in given.items()
    }


def _kept(folder: Path, source: str, unit_id: str) -> bytes:
    """The PDF that an earlier run made of a Word file; empty where there is none."""
    found = sorted(folder.glob(f"{source}.*.pdf"))
    if not found:
        return b""
    data = files.read(found[0])
    if found[0].name.split(".")[1] != digest(data):
        raise LetterError(
            f"letter {unit_id}, pdf: {printable(str(found[0]))} was changed since it was made; "
            "restore it, or move it away to have it made again"
        )
    return data


def libreoffice() -> str:
    """LibreOffice's command.

    Raises:
        MissingPartError: it is not installed.
    """
    names = ("soffice", "libreoffice")
    found = next(filter(None, map(shutil.which, names)), None)
    found = found or next((place for place in _PLACES if Path(place).exists()), None)
    if found is None:
        raise MissingPartError(
            "pdf: got a Word file, and LibreOffice, which prints it, is not installed; install it "
            "(Debian: libreoffice-writer-nogui, others: www.libreoffice.org), or give the letters "
            "as PDF"
        )
    return found


def _converted(given: Mapping[str, bytes]) -> dict[str, bytes]:
    """The PDF of each Word file; one that cannot be printed is tried once more by itself."""
    if not given:
        return {}
    program = libreoffice()
    found: dict[str, bytes] = {}
    faults: list[str] = []
    names = [*given]
    for first in range(0, len(names), LETTERS_A_START):
        batch = names[first : first + LETTERS_A_START]
        made, _ = _printed(program, [given[name] for name in batch])
        for name, data in zip(batch, made, strict=True):
            alone, why = ([data], "") if data else _printed(program, [given[name]])
            if alone[0]:
                found[name] = alone[0]
                continue
            faults.append(f"letter {name}, pdf: {why}; print it to PDF in Word, and give that")
            if why == _TOO_SLOW:
                raise LetterError(*faults)
    raise_faults(LetterError, faults)
    return found


_TOO_SLOW: Final = "LibreOffice took too long over the Word file"
_FAILED: Final = "LibreOffice cannot print the Word file"


def _printed(program: str, letters: list[bytes]) -> tuple[list[bytes], str]:
    """The PDF of each letter, empty where there is none, and why there is none."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        place = Path(name)
        _write_profile(place / "profile" / "user")
        sources = []
        for number, data in enumerate(letters):
            sources.append(place / f"{number}.docx")
            sources[-1].write_bytes(data)
        seconds = SECONDS_TO_START + SECONDS_A_LETTER * len(letters)
        in_time = _run([program, *_arguments(place), *map(str, sources)], place, seconds)
        if not in_time:  # the last one may be torn
            return [b""] * len(letters), _TOO_SLOW
        out = (place / "out" / f"{source.stem}.pdf" for source in sources)
        return [path.read_bytes() if path.exists() else b"" for path in out], _FAILED


def _arguments(place: Path) -> Iterator[str]:
    yield f"-env:UserInstallation={(place / 'profile').as_uri()}"
    yield from ("--headless", "--invisible", "--nodefault", "--nolockcheck", "--nologo")
    yield from ("--norestore", "--convert-to", _FILTER, "--outdir", str(place / "out"))


def _run(command: list[str], home: Path, seconds: int) -> bool:
    """Whether a program ended in time; with it go those that it started."""
    environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    options: dict[str, Any] = {"start_new_session": True} if os.name == "posix" else {}
    with subprocess.Popen(  # noqa: S603 - no shell, and no name of a user's file among the words
        command,
        cwd=home,
        env={**environment, "HOME": str(home)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **options,
    ) as process:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        finally:
            _end(process)
    return True


def _end(process: subprocess.Popen[bytes]) -> None:
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    elif process.poll() is None:
        process.kill()


def _write_profile(folder: Path) -> None:
    """A profile in which nothing runs by itself and nothing is fetched."""
    items = "".join(
        f'<item oor:path="/org.openoffice.Office.{path}"><prop oor:name="{name}" oor:op="fuse">'
        f"<value>{value}</value></prop></item>"
        for path, name, value in _SETTINGS
    )
    folder.mkdir(parents=True)
    (folder / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<oor:items '
        f'xmlns:oor="http://openoffice.org/2001/registry">{items}</oor:items>\n',
        "utf-8",
    )
