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
from ceosample.evidence.collect import megabytes
from ceosample.evidence.months import EvidenceMonth
from ceosample.evidence.page import index_html
from ceosample.evidence.papers import MONTHS, SHEET, Digests, answers_in, sheet_in, stamp_in
from ceosample.evidence.questions import standards
from ceosample.evidence.request import FIGURES, METHOD, REPORT, EvidenceRequest
from ceosample.evidence.steps import EVENTS, INDEX, PAGE, SIGNATURE, SUMS, steps_of
from ceosample.letters.markup.template import longdate
from ceosample.period import Period
from ceosample.sampling.stamps.evidence import ANSWER
from ceosample.signoff.check import ChainReport
from ceosample.text import counted
from ceosample.verifier.page import VERIFIER

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
_WHAT_OF_A_STAMP: Final = {
    "commitment": "the commitment, which is fixed by the time that it states",
    "head": "the ledger's head: every event up to it was recorded by that time",
    "chain": "the end of the chain of seeds",
}

_LEAD: Final = (
    "This file holds what an outsider needs to check how letters were drawn, who signed them, and "
    "what the report says of them. You need no program of ours for it."
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
    digests: Digests,
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
        digests: what the time stamps are of.
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
    stamped = {name: str(digests.stamped(name)) for name in answers_in(files)}
    page = index_page(fields, request, months, files, stamped)
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
    if (stamp := stamp_in(name)) is not None:
        said = "an authority's time stamp" if name.endswith(ANSWER) else "the request for one"
        return f"{said} of {_WHAT_OF_A_STAMP[stamp['kind']]}"
    inside = re.fullmatch(rf"{MONTHS}/(\d{{4}}-\d\d)/(?:.*/)?([^/]+)", name)
    if inside is None:
        return _WHAT.get(name, "")
    if (sheet := sheet_in(name)) is not None:
        return _WHAT_OF_A_SHEET[sheet["kind"]]
    return _WHAT_OF_A_MONTH.get(
        inside[2], "a letter" if "/letters/" in name else "an earlier draw that this one carries on"
    )


def index_page(
    fields: Mapping[str, Any],
    request: EvidenceRequest,
    months: Sequence[EvidenceMonth],
    files: Mapping[str, bytes],
    stamped: Mapping[str, str],
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
        "steps": [*steps_of(fields["ledger"]["head"], signed, stamped)],
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
    stage = "drawn, and each of its letters has come to its end" if month.is_done else month.stage
    words = f"The month is {stage}." if month.stage == "drawn" else f"State: {month.stage}."
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
