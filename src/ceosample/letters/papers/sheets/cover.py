"""The cover sheet: how the letters were drawn, and what ties the pack to record and ledger."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Final

from ceosample.canonical import Json
from ceosample.letters.contents import content_digest
from ceosample.letters.contents.fields import LetterContents
from ceosample.letters.letter import Letter
from ceosample.letters.papers.sheets.seed_lines import seed_facts, who_could_know
from ceosample.sampling.draw import Draw
from ceosample.sampling.frames.frame import summary
from ceosample.show import decimal, percent, ratio_text, stratum_words
from ceosample.text import counted

#: Words a minute, silent reading of non-fiction in English: M. Brysbaert, *How many words do we
#: read per minute?*, Journal of Memory and Language 109 (2019).
WORDS_A_MINUTE: Final = 238


def reading_minutes(letters: Sequence[Letter]) -> int:
    """Whole minutes to read all letters, rounded up."""
    return math.ceil(Fraction(sum(letter.words for letter in letters), WORDS_A_MINUTE))


def are_readings(letters: Sequence[Letter]) -> bool:
    """Whether the pack holds what is read and not signed."""
    return any(letter.fields.get("reading") for letter in letters)


def cover_of(
    draw: Draw, letters: Sequence[Letter], dockets: Sequence[LetterContents], with_slip: bool
) -> dict[str, Any]:
    """What the executive reads first."""
    eligible = sum(draw.frame.sizes().values())
    return {
        "lead": _lead(draw, letters, eligible, with_slip),
        "facts": [*_cover_facts(draw, letters, eligible), *_edited(dockets)],
        "tables": [_strata_table(draw)],
    }


def list_of_letters(draw: Draw, letters: Sequence[Letter]) -> dict[str, Any]:
    """The letters in their order, with their strata and codes."""
    return {
        "title": "The readings" if are_readings(letters) else "The letters",
        "header": [
            "No.",
            "Reading" if are_readings(letters) else "Response",
            "Stratum",
            "Code",
            "Page",
        ],
        "rows": [
            [str(number), letter.shown, stratum_words(draw[letter.unit_id].stratum), letter.code]
            for number, letter in enumerate(letters, 1)
        ],
    }


def _lead(draw: Draw, letters: Sequence[Letter], eligible: int, with_slip: bool) -> str:
    if are_readings(letters):
        part = "" if len(letters) == len(draw) else f" This pack holds {len(letters)} of them."
        return (
            f"{_drawn(draw, eligible, 'readings')}{part} Please read each beside its docket. A "
            "reading is no letter: it asks for no signature, and nothing goes out."
        )
    drawn = _drawn(draw, eligible)
    here = counted(len(letters), "letter")
    part = "" if len(letters) == len(draw) else f" This pack holds {here} of them."
    return (
        f"{drawn}{part} Please read each letter beside its docket; then sign it, or send it back. "
        f"It goes out as it stands here{_goes_out(letters, with_slip)}"
    )


def _goes_out(letters: Sequence[Letter], with_slip: bool) -> str:
    """How a letter is posted: what is finished already has the executive's name on its slip alone.

    The words continue a sentence.
    """
    finished = sum(letter.existing is not None for letter in letters)
    if finished == 0:
        return ", under your name."
    if with_slip:
        return ", under your name: a finished letter is posted behind its slip."
    if finished == len(letters):
        return ", without its slip: the slip, which has your name, stays in your office."
    return ", under your name. A finished letter is posted without its slip."


def _unit(letters: Sequence[Letter]) -> str:
    return "Reading" if are_readings(letters) else "Response"


def _units(letters: Sequence[Letter]) -> str:
    return f"{_unit(letters).lower()}s"


def _drawn(draw: Draw, eligible: int, units: str = "responses") -> str:
    """How the letters were chosen: what is read in full came by no chance."""
    in_full = sum(pool.size for pool in draw.pools if pool.probability == 1)
    by_chance = len(draw) - in_full
    drawn = f"{by_chance} of the month's {eligible} {units} were drawn by chance."
    more = "comes from a stratum that is" if in_full == 1 else "come from strata that are"
    return f"{drawn} {in_full} more {more} read in full." if in_full else drawn


def _cover_facts(draw: Draw, letters: Sequence[Letter], eligible: int) -> list[list[str]]:
    minutes = reading_minutes(letters)
    return [
        ["Selected", ratio_text(len(draw), eligible, f"eligible {_units(letters)}"), "text"],
        ["Left out", _left_out(draw), "text"],
        ["Register", _register(draw, eligible), "text"],
        ["Plan", f"{draw.plan.words}; {len(draw.reserves)} in reserve", "text"],
        *([["Rotation", draw.block_words, "text"]] if draw.block_words else []),
        ["Reading time", f"about {minutes} min at {WORDS_A_MINUTE} words a minute", "text"],
        *who_could_know(draw.seed),
    ]


def _edited(dockets: Sequence[LetterContents]) -> list[list[str]]:
    """The number of letters that are not what the frame committed to."""
    edited = sum(fields.found.get("content") == content_digest.EDITED for fields in dockets)
    said = f"{edited} of {counted(len(dockets), 'letter')} since the draw: see the dockets"
    return [["EDITED", said, "text"]] if edited else []


def for_the_auditor(draw: Draw, registration: str | None, attempts: str | None) -> dict[str, Any]:
    """The box at the end of the cover sheet: what ties the pack to the record and the ledger."""
    frame = summary(draw.frame)
    facts = [
        *seed_facts(draw.seed),
        ["Letters' contents", _content(draw), "text"],
        _committed("Manifest", frame["manifest"]),
        _committed("Exclusions", frame["excluded"]),
        ["Commitment", draw.commitment, "digest"],
        ["Draw", draw.digest, "digest"],
        *([["On record", attempts, "text"]] if attempts else []),
        [
            "Registration",
            registration or "not registered yet",
            "digest" if registration else "text",
        ],
    ]
    return {
        "title": "For the auditor",
        "lead": "These tie the pack to the record of the draw and to the ledger.",
        "facts": facts,
    }


def _committed(name: str, digest: Json) -> list[str]:
    return [name, "not committed to", "text"] if digest is None else [name, str(digest), "digest"]


def _left_out(draw: Draw) -> str:
    reasons = draw.frame.exclusions
    total = sum(reasons.values())
    if not total:
        return "none"
    return f"{total}: " + ", ".join(f"{reason} {count}" for reason, count in reasons.items())


def _register(draw: Draw, eligible: int) -> str:
    total = draw.frame.control_total
    if total is None:
        return "no independent count was given"
    left_out = sum(draw.frame.exclusions.values())
    return f"{total} in the independent register = {eligible} eligible + {left_out} left out"


def _content(draw: Draw) -> str:
    return "committed to before the seed" if draw.frame.content else "not committed to beforehand"


def _strata_table(draw: Draw) -> dict[str, Any]:
    rows = [
        [
            stratum_words(pool.stratum) + (" (in full)" if pool.take_all else ""),
            str(pool.size),
            str(pool.letters),
            percent(pool.probability),
            decimal(1 / pool.probability) if pool.letters else "-",
        ]
        for pool in draw.pools
    ]
    total = ["All", str(sum(p.size for p in draw.pools)), str(len(draw)), "", ""]
    return {
        "title": "How they were drawn",
        "header": ["Stratum", "Eligible", "Drawn", "Chance", "Stands for"],
        "rows": [*rows, total],
        "align": ["left", "right", "right", "right", "right"],
    }
