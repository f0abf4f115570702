"""A notice in words: what its page, its PDF and its text print, so that none can differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ceosample.days import AS_WRITTEN, day_of
from ceosample.notices.suppression import LEAST
from ceosample.notices.words import NoticeWords, without_marks
from ceosample.period import Period
from ceosample.sampling.seeds.seed_source import Dice, Link, SeedSource

if TYPE_CHECKING:
    from ceosample.notices.counts import SeedSeen
    from ceosample.notices.figures import NoticeFigure, NoticeFigures

#: The figures of each section, in their order.
_READING = ("drawn", "read", "whole", "whole_read", "divisions", "months", "set_aside")
_CHANGED = ("as-written", "sent-back", "in-person", "to-the-board", "contacted", "policies")
_THANKS = ("praised", "thanked")


def page_of(notice: NoticeFigures) -> dict[str, Any]:
    """All that the shells print, as plain values."""
    words = NoticeWords.of(notice.language)
    said = [words.phrases[notice.audience], words.say("as_of", date=_day(notice, words))]
    title, subtitle = words.phrases["title"], words.listed(_about(notice, words))
    return {
        "language": notice.language,
        "direction": words.direction,
        "firm": notice.firm or "",
        "document": without_marks(f"{title}: {subtitle}"),
        "title": title,
        "subtitle": subtitle,
        "said": said,
        "lead": words.phrases["lead" if notice.months else "none"],
        "sections": [*_sections(notice, words)] if notice.months else [],
        "checking": {
            "title": words.phrases["checking"],
            "said": _checking(notice, words),
            "head": words.phrases["head"],
            "digest": notice.head or "",
        },
    }


def _day(notice: NoticeFigures, words: NoticeWords) -> str:
    return words.day(day_of(notice.as_of, AS_WRITTEN))


def _about(notice: NoticeFigures, words: NoticeWords) -> Iterator[str]:
    yield notice.title or notice.population
    if notice.months:
        first = notice.first or notice.months[0]
        last = notice.last or notice.months[-1]
        yield words.months(_all(first, last))


def _all(first: Period, last: Period) -> list[Period]:
    return [first.plus(number) for number in range(last.months_since(first) + 1)]


def _sections(notice: NoticeFigures, words: NoticeWords) -> Iterator[dict[str, Any]]:
    yield _section("reading", _READING, notice, words)
    drawing = [*_drawing(notice, words)]
    if drawing:
        title = words.phrases["drawing"]
        yield {"id": "drawing", "title": title, "before": [], "rows": drawing, "after": []}
    changed = [words.say("adopted", who=words.listed(notice.adopted))] if notice.adopted else []
    of_read = words.phrases["of_read"]
    yield _section("changed", _CHANGED, notice, words, before=[of_read], after=changed)
    named = [words.say("named", who=words.listed(notice.thanked))] if notice.thanked else []
    after = [*named, words.phrases["unnamed"]]
    yield _section("thanks", _THANKS, notice, words, after=after)


def _section(
    name: str,
    figures: Iterable[str],
    notice: NoticeFigures,
    words: NoticeWords,
    *,
    before: Sequence[str] = (),
    after: Sequence[str] = (),
) -> dict[str, Any]:
    rows = [
        [words.phrases[_label(one, notice)], _count(notice.figures[one], words)]
        for one in figures
        if one in notice.figures
    ]
    title = words.phrases[name]
    return {"id": name, "title": title, "before": [*before], "rows": rows, "after": [*after]}


def _label(figure: str, notice: NoticeFigures) -> str:
    """The phrase of a figure: nobody signs a reading."""
    return "divisions_read" if notice.readings and figure == "divisions" else figure


def _count(figure: NoticeFigure, words: NoticeWords) -> str:
    if figure.count is None:
        return words.phrases["hidden"]
    if figure.of == 0:
        return "-"  # a zero would be read as a failure
    count = words.number(figure.count)
    return count if figure.of is None else words.say("of", x=count, y=words.number(figure.of))


def _drawing(notice: NoticeFigures, words: NoticeWords) -> Iterator[list[str]]:
    """The months with where their seeds came from; those alike in one row."""
    alike: dict[str, list[Period]] = {}
    for seen in notice.seeds:
        if seen.source:
            alike.setdefault(_seed(seen, words), []).append(seen.month)
    for said, months in alike.items():
        yield [words.months(months), said]


def _seed(seen: SeedSeen, words: NoticeWords) -> str:
    parts = []
    for part in SeedSource.parse(seen.source).parts:
        if isinstance(part, Dice):
            witnesses = words.listed(seen.witnesses)
            parts += [words.phrases["dice"]]
            parts += [words.say("witnesses", who=witnesses)] if seen.witnesses else []
        elif isinstance(part, Link):
            parts.append(words.phrases["chain"])
        else:
            number = words.number(part.number)
            parts.append(words.say("beacon", number=number, name=part.beacon))
    return words.joined(parts)


def _checking(notice: NoticeFigures, words: NoticeWords) -> list[str]:
    place = notice.check_at
    where = words.phrases["nowhere"] if place is None else words.say("place", place=place)
    return [where, words.say("small", x=words.number(LEAST))] if notice.months else [where]
