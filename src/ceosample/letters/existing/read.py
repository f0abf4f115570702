"""Letters' PDFs read in the child process, which has a limit of time and of memory for each."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from typing import Final

from ceosample.errors import LetterError, MissingPartError, raise_faults
from ceosample.letters import child_process
from ceosample.letters.existing.existing_letter import ExistingLetter, LetterPage
from ceosample.letters.existing.given import GivenPdf

#: What one letter may use. The megabytes are address space, of which libraries take some hundreds.
LIMITS: Final = child_process.Limits(seconds=30, megabytes=2048)

#: A child reads so many letters, of so many bytes together.
_LETTERS_A_CHILD: Final = 30
_BYTES_A_CHILD: Final = 40_000_000


def require_installed() -> None:
    """Raise unless PDFs can be read.

    Raises:
        MissingPartError: with the command that installs what is missing.
    """
    missing = [name for name in ("pikepdf", "pypdfium2") if find_spec(name) is None]
    if missing:
        raise MissingPartError(
            f"pdf: got a finished letter, and {' and '.join(missing)}, which reads it, is not "
            "installed; pip install 'ceosample[pdf]'"
        )


def read_letters(given: Mapping[str, GivenPdf]) -> dict[str, ExistingLetter]:
    """The letters of these PDFs, by the same ids.

    Raises:
        LetterError: every PDF that is refused, with the reasons.
        MissingPartError: the extra ``pdf`` is not installed.
    """
    if not given:
        return {}
    require_installed()
    names = [*given]
    batches = [*_batches([given[name].data for name in names])]
    made = (one for batch in child_process.run_beside(job, batches, LIMITS) for one in batch)
    found: dict[str, ExistingLetter] = {}
    faults: list[str] = []
    for name, read in zip(names, made, strict=True):
        if isinstance(read, child_process.Failure):
            why = read.message if read.message.startswith("pdf: ") else f"pdf: {read.message}"
            does = why if ";" in why else f"{why}; print it to PDF again, or leave pictures out"
            faults.append(f"letter {name}, {does}")
            continue
        said = json.loads(read)
        faults += [f"letter {name}, {fault}" for fault in said["faults"]]
        pages = (
            LetterPage(**{**page, "picture": base64.b64decode(page["picture"])})
            for page in said["pages"]
        )
        found[name] = ExistingLetter(given[name].data, tuple(pages), given[name].source)
    raise_faults(LetterError, faults)
    return found


def job(data: bytes) -> str:
    """What is wrong with a PDF, and its pages where nothing is; the child calls this."""
    from ceosample.letters.existing.refuse import faults_of_pdf
    from ceosample.letters.existing.show import pages_of

    faults = faults_of_pdf(data)
    pages = [] if faults else [*pages_of(data)]
    told = [
        {
            "width": page.width,
            "height": page.height,
            "text": page.text,
            "picture": base64.b64encode(page.picture).decode(),
        }
        for page in pages
    ]
    return json.dumps({"faults": faults, "pages": told})


def _batches(given: Sequence[bytes]) -> Iterator[list[bytes]]:
    """The PDFs, in lists that one child can be handed."""
    batch: list[bytes] = []
    for data in given:
        if batch and (
            len(batch) == _LETTERS_A_CHILD or sum(map(len, batch)) + len(data) > _BYTES_A_CHILD
        ):
            yield batch
            batch = []
        batch.append(data)
    if batch:
        yield batch
