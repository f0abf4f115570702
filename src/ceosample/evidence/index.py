"""The index of a file of evidence: which file is what, and which question it answers.

``index.json`` is for programs, ``index.html`` for people, and ``SHA256SUMS`` for ``sha256sum``.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from ceosample.canonical import Json, canonical_file, digest
from ceosample.errors import joined
from ceosample.evidence.collect import MONTHS, SHEET, megabytes
from ceosample.evidence.months import EvidenceMonth
from ceosample.evidence.page import index_html
from ceosample.evidence.questions import standards
from ceosample.evidence.request import FIGURES, METHOD, REPORT, EvidenceRequest
from ceosample.letters.markup.template import longdate
from ceosample.period import Period
from ceosample.signoff.check import ChainReport
from ceosample.text import counted
from ceosample.verifier.page import VERIFIER

INDEX: Final = "index.json"
PAGE: Final = "index.html"
SUMS: Final = "SHA256SUMS"
SIGNATURE: Final = "SHA256SUMS.p7s"
EVENTS: Final = "events.jsonl"

#: The form of the index.
FORM: Final = 1

#: What the files are, by their names or by how the names begin.
_WHAT: Final = {
    EVENTS: "the ledger's events, one a line, each with the SHA-256 of the one before",
    REPORT: "the board's report of these months",
    FIGURES: "the report's figures, for programs",
    METHOD: "the method in two pages: what is random, what is proved, what is not",
    VERIFIER: "a page that draws a month again in any browser; your own copy is better",
    PAGE: "this index",
    INDEX: "the index for programs",
    SUMS: "the digest of every file",
}
_WHAT_OF_A_MONTH: Final = {
    "draw.json": "plan, seed and selections",
    "manifest.csv": "the table of responses that could be drawn",
    "exclusions.csv": "the responses that were left out, each with its reason",
    "pack.json": "what the pack of letters holds, by digest",
    "pack.html": "the letters with their inside pages, as the signatory had them",
    "pack.pdf": "the same on paper",
}
_WHAT_OF_A_SHEET: Final = {
    "closing": "the closing sheet, with the hash of the ledger at the month's end",
    "interim": "an interim sheet, made while letters were open",
    "commitment": "the sheet that witnesses date and sign before there is a seed",
    "dice": "the sheet for the dice and their witnesses",
}

_LEAD: Final = (
    "This file holds what an outsider needs to check how letters were drawn, who signed them, and "
    "what the report says of them. You need no program of ours for it."
)

_VERIFY: Final = (
    "openssl cms -verify -binary -inform DER -in SHA256SUMS.p7s -content SHA256SUMS "
    "-CAfile root.pem -purpose any -out /dev/null"
)

_CHAIN: Final = (
    "p=$(printf %064d 0); while IFS= read -r e; do "
    'case $e in *\'"previous":"\'$p\'","recorded_at":\'*) ;; *) echo "broken at $e";; esac; '
    'p=$(printf %s "$e" | sha256sum | cut -c1-64); done < events.jsonl; echo "head $p"'
)


def index_of(
    request: EvidenceRequest,
    check: ChainReport,
    months: Sequence[EvidenceMonth],
    files: Mapping[str, bytes],
    *,
    title: str | None,
    program: str,
    certificate: str | None,
) -> dict[str, bytes]:
    """The index's files, by name.

    Args:
        request: what was asked for.
        check: the check of the ledger.
        months: the months, as the ledger has them.
        files: all other files.
        title: the population as people read it.
        program: what makes the file, with its release.
        certificate: the SHA-256 of the certificate that signs it; None where it is not signed.
    """
    fields: dict[str, Json] = {
        "evidence": FORM,
        "program": program,
        "asked": request.to_dict(),
        "title": title,
        "ledger": {"events": check.events, "head": check.head},
        "months": [month.to_dict() for month in months],
        "signed_by": certificate,
    }
    page = index_page(fields, request, months, files)
    listed = {**files, PAGE: page}
    fields["standards"] = [standard.to_dict() for standard in standards()]
    fields["files"] = {
        name: {"bytes": len(data), "sha256": digest(data), "what": what_is(name)}
        for name, data in sorted(listed.items())
    }
    made = {PAGE: page, INDEX: canonical_file(fields)}
    return {**made, SUMS: sums_of({**files, **made})}


def sums_of(files: Mapping[str, bytes]) -> bytes:
    """What ``sha256sum --check`` reads."""
    return "".join(f"{digest(data)}  {name}\n" for name, data in sorted(files.items())).encode()


def what_is(name: str) -> str:
    """What a file is, in words."""
    inside = re.fullmatch(rf"{MONTHS}/(\d{{4}}-\d\d)/(?:.*/)?([^/]+)", name)
    if inside is None:
        return _WHAT.get(name, "")
    if (sheet := SHEET.fullmatch(inside[2])) is not None:
        return _WHAT_OF_A_SHEET[sheet["kind"]]
    return _WHAT_OF_A_MONTH.get(
        inside[2], "a letter" if "/letters/" in name else "an earlier draw that this one carries on"
    )


def index_page(
    fields: Mapping[str, Any],
    request: EvidenceRequest,
    months: Sequence[EvidenceMonth],
    files: Mapping[str, bytes],
) -> bytes:
    """The page, from what the index states before it lists its files."""
    title: str | None = fields["title"]
    signed = fields["signed_by"]
    data = {
        "firm": request.firm,
        "title": "Evidence",
        "subtitle": request.subtitle(title),
        "as_of": longdate(request.as_of),
        "program": f"Made with {fields['program']}",
        "lead": _LEAD,
        "months": [_month(month, request, files) for month in months],
        "steps": [*_steps(fields["ledger"]["head"], signed, files)],
        "standards": standards(),
        "place": functools.partial(_place, files, months),
        "files_words": _files_words(files, signed),
        "files": [
            {
                "name": name,
                "what": what_is(name),
                "size": megabytes(len(content)),
                "sha256": digest(content),
            }
            for name, content in sorted(files.items())
        ],
        "open": [*_open(request)],
    }
    return index_html(data, paper_size=request.paper_size)


def _month(
    month: EvidenceMonth, request: EvidenceRequest, files: Mapping[str, bytes]
) -> dict[str, Any]:
    inside = f"{MONTHS}/{month.period}/"
    names = [name for name in sorted(files) if name.startswith(inside) and "/letters/" not in name]
    sheets = [name for name in names if SHEET.fullmatch(name.removeprefix(inside))]
    rows: list[tuple[str, str, str]] = []
    for kind, label in (
        ("frozen", "Frozen"),
        ("seed_revealed", "Seed revealed"),
        ("drawn", "Draw registered"),
    ):
        event = month.events.get(kind)
        if event is not None:
            when = f"event {event['event']}, recorded at {str(event['recorded_at'])[:19]}Z"
            rows.append((label, when, str(event["hash"])))
    if month.commitment is not None:
        rows.append(("Commitment", "", month.commitment))
    kinds = {str(found["kind"]) for s in sheets if (found := SHEET.fullmatch(s[len(inside) :]))}
    words = f"The month is {month.stage}." if month.stage == "drawn" else f"State: {month.stage}."
    if "closing" not in kinds and month.stage == "drawn":
        words += " Its folder holds no closing sheet."
    if request.letters and month.erased:
        words += " Its letters are left out: texts of it were erased."
    return {
        "title": Period.parse(month.period).words,
        "words": words,
        "rows": rows,
        "links": [(name, name.removeprefix(inside)) for name in names],
    }


def _place(files: Mapping[str, bytes], months: Sequence[EvidenceMonth], name: str) -> str | None:
    """Where a file of a question is; None where there is one a month, or none."""
    if len(months) == 1:
        name = name.replace("PERIOD", months[0].period)
    return name if name in {*files, PAGE, INDEX, SUMS} else None


def _steps(
    head: str, signed: str | None, files: Mapping[str, bytes]
) -> Iterator[dict[str, str | None]]:
    yield {
        "says": "Compare the zip's SHA-256 with the one that its maker told you by telephone or on "
        "paper.",
        "line": "sha256sum EVIDENCE.zip",
    }
    yield {
        "says": "Unpack it, and compare every file with its digest.",
        "line": f"sha256sum --check --quiet {SUMS}",
    }
    if signed is not None:
        yield {
            "says": "Check the signature over the digests. Get root.pem from somebody else than "
            "the maker of this file. The signer's certificate has this SHA-256:",
            "digest": signed,
            "line": _VERIFY,
        }
    yield {
        "says": "Check that each event holds the SHA-256 of the one before. The last line must "
        "print this head:",
        "digest": head,
        "line": _CHAIN,
    }
    yield {
        "says": "Compare that head, or an earlier event's hash, with a signed closing sheet that "
        "the firm's bookkeeper could not exchange. Compare each freeze's hash with the dated "
        "commitment sheet, and its date with the minutes of the dice.",
        "line": None,
    }
    yield {
        "says": f"Draw each month again. Open {VERIFIER} in a browser, and give it the zip. The "
        "copy in this file is the firm's: get your own from somewhere else, or compare its SHA-256 "
        "with the one that the release names.",
        "line": None,
    }
    yield {
        "says": "Or let the program check all of this file at once, draws, events and figures.",
        "line": "ceosample verify EVIDENCE.zip",
    }


def _files_words(files: Mapping[str, bytes], signed: str | None) -> str:
    total = megabytes(sum(map(len, files.values())))
    words = f"{counted(len(files), 'file')}, {total}. {INDEX} and {SUMS} come on top"
    return f"{words}, and {SIGNATURE}, the signature." if signed else f"{words}."


def _open(request: EvidenceRequest) -> Iterator[str]:
    yield (
        "The ids of responses are in the tables, and lead to customers in the firm's own systems. "
        "Treat this file as personal data."
    )
    if request.letters:
        yield "It holds letters with customers' names and texts, because the firm asked for them."
    else:
        yield "It holds no customer's name and no text of a letter. The events have their digests."
    yield (
        f"{EVENTS} holds every event of the ledger up to the head, also of other months and "
        "populations: with a part left out, nobody could see that the part is harmless."
    )
    yield (
        "The file agrees with itself, or a check names where it does not. A firm that makes up "
        "ledger, table and papers together is found by what others keep: dated sheets, the "
        f"complaints register, and the letters themselves. {METHOD} says which."
    )
    unread = [standard.name for standard in standards() if not standard.checked]
    yield f"These standards were not compared with their own text: {joined(unread)}."
