"""Resolutions outside policy with their words: what a reviewer reads, what a colleague looks up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from textwrap import wrap
from typing import Final

import attrs

from ceosample.canonical import Json
from ceosample.days import AS_WRITTEN, day_of
from ceosample.errors import LedgerError
from ceosample.result import Result
from ceosample.signoff.figures.policies import Resolution, resolutions
from ceosample.signoff.figures.ratio import Ratio
from ceosample.signoff.replay.valid_events import valid_events, when
from ceosample.signoff.replay.zones import Zones
from ceosample.signoff.store.events import Event
from ceosample.text import printable, quoted

#: What stands for words that were erased, and for words that were never given.
ERASED: Final = "(erased)"
NOT_GIVEN: Final = "(not given)"

#: No line of words is longer than a terminal.
_WIDTH: Final = 80


def _wrapped(title: str, facts: Sequence[tuple[str, str]]) -> str:
    """Names and words, of which none is longer than a terminal; a terminal obeys none of them."""
    width = max(len(name) for name, _ in facts) + 4
    lines = [printable(title)]
    for name, words in facts:
        rows = [row for part in words.splitlines() for row in wrap(printable(part), _WIDTH - width)]
        labels = [name, *[""] * len(rows)]
        lines += [f"  {labels[n]:{width - 4}}  {row}" for n, row in enumerate(rows)]
    return "\n".join(line.rstrip() for line in lines)


@attrs.frozen
class ResolutionWords(Result):
    """A resolution outside policy, and what people wrote about it.

    Attributes:
        resolution: as it stands.
        division: the division that it concerns; None where none was named.
        what, why: what was done and why, in the words of who proposed it; None where they were
            not given, or were erased.
        review: the words of its review; None for none.
        reviewer, reviewed: who reviewed it, and when; None before.
        erased: whether words of it were erased.
    """

    resolution: Resolution
    division: str | None
    what: str | None
    why: str | None
    review: str | None
    reviewer: str | None
    reviewed: dt.datetime | None
    erased: bool

    def to_dict(self) -> dict[str, Json]:
        """For JSON."""
        return {**self.resolution.to_dict(), **super().to_dict(), "resolution": self.id}

    @property
    def id(self) -> str:
        """The resolution's id."""
        return self.resolution.resolution

    def __str__(self) -> str:
        found = self.resolution
        absent = ERASED if self.erased else NOT_GIVEN
        cost = None if found.amount is None else f"{found.amount} {found.currency}"
        facts = [
            ("policy", found.policy),
            ("state", found.state),
            ("proposed", f"{day_of(found.proposed, AS_WRITTEN)} by {found.proposer}"),
            ("co-signed by", found.cosigner),
            ("response", found.unit_id),
            ("division", self.division),
            ("cost", cost),
            ("what", self.what or absent),
            ("why", self.why or absent),
            ("review by", None if found.reviewed else found.review_by.isoformat()),
            ("reviewed by", self.reviewer),
            ("review says", self.review),
        ]
        told = [(name, words) for name, words in facts if words is not None]
        return _wrapped(f"Resolution {self.id}", told)


@attrs.frozen
class Precedent(Result):
    """A resolution that a review adopted, for the next colleague: without its response and people.

    Attributes:
        resolution, policy: its id, and the policy from which it departed.
        division: the division that it concerned; None where none was named.
        adopted: the date of the review that adopted it.
        what, why: what was done and why.
        review: the words of the review; None for none.
    """

    resolution: str
    policy: str
    division: str | None
    adopted: dt.date
    what: str | None
    why: str | None
    review: str | None

    def __str__(self) -> str:
        facts = [
            *(("policy", self.policy), ("division", self.division)),
            *(("adopted", self.adopted.isoformat()), ("what", self.what), ("why", self.why)),
            ("review says", self.review),
        ]
        return _wrapped(self.resolution, [(n, words) for n, words in facts if words])


@attrs.frozen
class Precedents(Result):
    """What a search among the adopted resolutions found.

    Attributes:
        words: what was looked for.
        found: the newest adopted first.
        ratio: these / adopted resolutions.
        wordless: adopted resolutions without words, or whose words were erased: only their id and
            their policy can be found.
    """

    words: tuple[str, ...]
    found: tuple[Precedent, ...]
    ratio: Ratio
    wordless: int

    def __iter__(self) -> Iterator[Precedent]:
        return iter(self.found)

    def __str__(self) -> str:
        missing = f"; {self.wordless} adopted without words" if self.wordless else ""
        return "\n\n".join([f"{self.ratio}{missing}", *map(str, self.found)])


def resolution_words(
    events: Iterable[Event], texts: Mapping[str, str], *, population: str
) -> list[ResolutionWords]:
    """Each resolution of a population as it stands, with its words, in the order of proposal.

    Args:
        events: a ledger's.
        texts: the texts that are kept, by digest: ``ledger.resolution_texts(population)``.
        population: which.
    """
    read = [event for event in events if event.population == population]
    zones, valid = Zones.of(read), valid_events(read)
    told: dict[str, dict[str, Event]] = {}
    for event in valid:
        if event.kind.startswith("oop_"):
            told.setdefault(event.payload["resolution"], {})[event.kind] = event
    return [
        _with_words(found, told[found.resolution], texts, zones)
        for found in resolutions(valid, zones)
    ]


def _with_words(
    found: Resolution, told: Mapping[str, Event], texts: Mapping[str, str], zones: Zones
) -> ResolutionWords:
    proposed, reviewed = told["oop_proposed"], told.get("oop_reviewed")
    digests = {name: proposed.payload.get(name) for name in ("what", "why")}
    digests["review"] = None if reviewed is None else reviewed.payload.get("text")
    words = {name: texts.get(one) if one else None for name, one in digests.items()}
    return ResolutionWords(
        resolution=found,
        division=proposed.payload.get("division"),
        **words,
        reviewer=None if reviewed is None else reviewed.actor,
        reviewed=None if reviewed is None else zones.local(when(reviewed), found.population),
        erased=any(one is not None and words[name] is None for name, one in digests.items()),
    )


def resolution_of(
    events: Iterable[Event], texts: Mapping[str, str], resolution: str, *, population: str
) -> ResolutionWords:
    """One resolution as it stands, with its words; what its review reads.

    Args:
        events, texts, population: as ``resolution_words`` takes them.
        resolution: its id.

    Raises:
        LedgerError: it was not proposed.
    """
    for found in resolution_words(events, texts, population=population):
        if found.id == resolution:
            return found
    raise LedgerError(
        f"resolution {quoted(resolution)}: was not proposed in {population}; check its id and the "
        "population"
    )


def precedents(
    events: Iterable[Event], texts: Mapping[str, str], *words: str, population: str
) -> Precedents:
    """The adopted resolutions in which all of these words appear, the newest first.

    It looks in the id, the policy, what was done, why, and the review; large and small letters are
    the same. A part of a word is enough. Erased texts are never found.

    Args:
        events: a ledger's.
        texts: the texts that are kept, by digest: ``ledger.resolution_texts(population)``.
        words: what to look for; without any, every adopted resolution is found.
        population: which.

    >>> print(precedents([], {}, "late fee", population="complaint-responses"))
    0 of 0 adopted resolutions found
    """
    wanted = [word.casefold() for one in words for word in one.split()]
    every = resolution_words(events, texts, population=population)
    adopted = [one for one in every if one.resolution.state == "adopted"]
    found = [one for one in adopted if all(word in _searched(one) for word in wanted)]
    newest_first = sorted(found, key=lambda one: (one.reviewed, one.id), reverse=True)
    return Precedents(
        words=tuple(words),
        found=tuple(_precedent(one) for one in newest_first),
        ratio=Ratio(len(found), len(adopted), "adopted resolutions found"),
        wordless=sum(one.what is None and one.why is None for one in adopted),
    )


def _searched(one: ResolutionWords) -> str:
    parts: Sequence[str | None] = (one.id, one.resolution.policy, one.what, one.why, one.review)
    return "\n".join(part for part in parts if part).casefold()


def _precedent(one: ResolutionWords) -> Precedent:
    adopted = one.resolution.proposed if one.reviewed is None else one.reviewed
    return Precedent(
        resolution=one.id,
        policy=one.resolution.policy,
        division=one.division,
        adopted=day_of(adopted, AS_WRITTEN),
        what=one.what,
        why=one.why,
        review=one.review,
    )
