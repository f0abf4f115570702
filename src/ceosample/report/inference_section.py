"""The section on the responses that nobody read: the claim, and what stands behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ceosample.inference.ledger.words import rate_words
from ceosample.report.table_parts import Part, section
from ceosample.show import share_text

if TYPE_CHECKING:
    from ceosample.report.figures import BoardFigures

TITLE = "What the verdicts say of the letters that nobody read"


def inference_section(report: BoardFigures) -> Part:
    """The claim in sentences, then its parts by name: a reader looks for one of them."""
    found = report.inference
    if found is None:
        return section("inference", TITLE, [f"Nothing is claimed. {report.uninferred or ''}"])
    words, counts = found.words, found.counts
    bounded = found.others_upper < counts.others
    share = share_text(found.others_upper, counts.others)
    limit = f"at most {found.others_upper} of the other {counts.others}" if bounded else "nothing"
    defective = " are defective" if bounded else ""
    rate = found.method.tolerable
    return section(
        "inference",
        TITLE,
        words.claim,
        facts=[
            ["Letters read", f"{counts.read} of {counts.drawn} drawn from {counts.eligible}"],
            ["Found defective", f"{counts.defective} of the {counts.read} that were read"],
            [
                "Claimed of the others",
                f"{limit}{(share and bounded and f' ({share})') or ''}{defective}",
            ],
            ["Confidence", rate_words(found.method.confidence)],
            *([["Tolerable rate", _against(rate, found.against)]] if rate else []),
            ["Not claimed", " ".join(words.not_said)],
            ["Method", " ".join(words.method)],
            ["It assumes", " ".join(words.assumptions)],
        ],
    )


def _against(rate: str, against: str | None) -> str:
    """Whether fewer, or more, than the tolerable rate are shown to be defective."""
    told = rate_words(rate)
    above = against == "exceeded"
    return f"{told}. {'Above' if above else 'Below'} {told}: {'shown' if above else against}"
