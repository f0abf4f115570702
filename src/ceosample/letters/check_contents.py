"""Whether letters can be rendered, tried before any is drawn: after the draw nothing can be mended.

A letter that a frame commits to must be rendered as it was committed to. So every letter that can
be drawn is tried while its fields can still be changed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import attrs

from ceosample.canonical import Json
from ceosample.days import plain_date
from ceosample.errors import FrameError, LetterError, joined
from ceosample.got import Private, got, kind_of
from ceosample.letters.contents.by_number import blinded
from ceosample.letters.contents.content_digest import digest_of_fields
from ceosample.letters.contents.docket_fields import DocketField, own_part, require_fields
from ceosample.letters.contents.due_dates import DueDatePolicy
from ceosample.letters.contents.fields import SALT
from ceosample.letters.existing.given import PDF
from ceosample.letters.existing_letters import try_files
from ceosample.letters.letter_trees import EVERY
from ceosample.letters.markup.printed import unprinted_fault
from ceosample.letters.pdf import typeset
from ceosample.letters.pdf.unprintable import faults_of_characters
from ceosample.letters.regimes.regime import Regime
from ceosample.letters.signatory import Signatory
from ceosample.letters.trial import TrialLetter, try_letters
from ceosample.problems import causes_of
from ceosample.result import Result
from ceosample.sampling.blinding.salts import load
from ceosample.sampling.frames.cells import is_empty
from ceosample.sampling.frames.frame import Frame
from ceosample.sampling.frames.table import dataframe_rows
from ceosample.spreadsheet import is_blank, is_null
from ceosample.text import counted, quoted
from ceosample.unseen import cleaned

#: So many ids are named where a message lists letters.
_MOST_IDS: Final = 3

_ANYONE: Final = Signatory("signatory", "Signatory", "Title")
_ANY_DAY: Final = dt.date(2026, 1, 1)
_PARTS: Final = ("letter", "docket", SALT)


@attrs.frozen
class ContentsReport(Result):
    """What a trial of letters found; nothing is drawn and nothing is written.

    Attributes:
        eligible: the number of letters that can be drawn.
        tried: the number of those that have contents: each was rendered.
        without: the ids of the others, which cannot be rendered.
        problems: what keeps letters from being rendered, each with its letter.
        unprinted: fields that a ready letter does not print, each with its letter. They are among
            the problems too where contents are committed to, or with ``strict=True``.
    """

    eligible: int
    tried: int
    without: tuple[str, ...]
    problems: tuple[str, ...]
    unprinted: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every letter has contents that can be rendered."""
        return not self.problems and not self.without

    def to_dict(self) -> dict[str, Json]:
        """For JSON."""
        return {"ok": self.ok, **super().to_dict()}

    @property
    def lacking(self) -> list[str]:
        """The letters without contents, in words; empty if there is none."""
        if not self.without:
            return []
        named = joined([*map(quoted, self.without)], _MOST_IDS)
        return [
            f"{len(self.without)} of {counted(self.eligible, 'eligible letter')} have no contents "
            f"({named}); give them"
        ]

    def __str__(self) -> str:
        first = f"{self.tried} of {counted(self.eligible, 'eligible letter')} can be tried"
        problems = [str(cause) for cause in causes_of(self.problems)]
        told = [*self.lacking, *problems, *map(str, causes_of(self.unprinted))]
        verdict = "ok" if self.ok else "NOT ok"
        return "\n  ".join([f"{verdict}: {first}", *dict.fromkeys(told)])


def check_contents(
    table: Any,
    template: str | None = None,
    regime: str | Regime | None = None,
    *,
    frame: Frame | None = None,
    unit_id: str = "unit_id",
    kind: str | None = None,
    shared: Mapping[str, Any] | None = None,
    language: str = "en",
    letterhead: Sequence[str] = (),
    signatory: Signatory = _ANYONE,
    date: dt.date = _ANY_DAY,
    deadlines: DueDatePolicy | None = None,
    zone: str | None = None,
    fonts: str | Path | None = None,
    strict: bool = False,
    docket: Sequence[DocketField] = (),
    salts: str | Path | None = None,
) -> ContentsReport:
    """Try every letter's fields before the draw, as ``render`` would after it.

    Args:
        table: the letters: a mapping of id to ``{"letter": {...}, "docket": {...}}`` as ``render``
            takes it; or a pandas, polars or pyarrow table, or a list of mappings, one row a letter.
            A row's columns are the letter's fields, ``docket.owner`` the docket's, ``salt`` its
            salt, and a row can have whole mappings under ``letter`` and ``docket``.
        template: the text of your own template; None for the ready ones.
        regime: the regime of letters whose docket names none: its id, or a regime of your own.
        frame: the month's frame. Its eligible responses without contents are counted, other rows
            are passed over, and contents that it commits to are compared with its digests. None
            takes every row.
        unit_id: the column of ids.
        kind, shared, language, letterhead, signatory, date, deadlines, zone, docket: the arguments
            of ``render`` with these names; the date and the signatory matter to the trial alone.
        fonts: a folder of fonts; where Typst is installed, characters that no font has are named.
        strict: True to refuse fields that a ready letter does not print.
        salts: the file of salts of a frame whose ids :func:`~ceosample.blind` blinded; the letters
            then go by the firm's numbers.

    Returns:
        A report; a letter that cannot be rendered is a finding and not an exception.

    Raises:
        LetterError: no table, or arguments that no letter can be rendered with.

    >>> report = check_contents([{"unit_id": "CR-1", "body": "We were wrong."}])
    >>> report.ok
    False
    >>> report.problems[0].partition(" are")[0]  # doctest: +ELLIPSIS
    "letter CR-1: the fields 'recipient', ..."
    """
    policy = deadlines or DueDatePolicy()
    if isinstance(regime, Regime):
        policy, regime = attrs.evolve(policy, own=[*policy.own, regime]), regime.id
    given = _contents_of(table, unit_id, None if salts is None else Private.CELL)
    if salts is not None:
        given = blinded(given, load(Path(salts)))
    eligible = [*given] if frame is None else [unit.unit_id for unit in frame.units]
    trial = Trial(
        signatory=signatory,
        date=plain_date(date),
        letterhead=letterhead,
        template=template,
        kind=kind,
        shared=shared or {},
        language=language,
        deadlines=policy,
        zone=zone,
        fonts=None if fonts is None else str(fonts),
        pdf=typeset.is_installed(),
        strict=strict or (frame is not None and frame.content),
        docket=require_fields(docket),
    )
    there = {name: _under(given[name], regime) for name in eligible if name in given}
    committed = {} if frame is None else frame.committed(eligible)
    return trial.report(eligible, there, committed)


@attrs.frozen(kw_only=True)
class Trial:
    """How letters are tried: the arguments of ``render`` with these names, and what is refused.

    Attributes:
        fonts: a folder of fonts, or None.
        pdf: whether letters are set as PDF, so that a font must have each character.
        strict: whether a field that is not printed is refused.
    """

    signatory: Signatory
    date: dt.date
    letterhead: Sequence[str]
    template: str | None
    kind: str | None
    shared: Mapping[str, Any]
    language: str
    deadlines: DueDatePolicy
    zone: str | None
    fonts: str | None
    pdf: bool
    strict: bool
    docket: Sequence[DocketField] = ()

    def report(
        self,
        eligible: Sequence[str],
        contents: Mapping[str, Mapping[str, Any]],
        committed: Mapping[str, str],
    ) -> ContentsReport:
        """Try the letters that have contents.

        Args:
            eligible: the ids of all letters.
            contents: the contents of those that have some.
            committed: the digests that the frame commits to.
        """
        contents, digests, unread = try_files(contents, whole=bool(committed))
        tried, problems = self._tried(contents)
        lost = [unprinted_fault(one.unit_id, name) for one in tried for name in one.unprinted]
        found = [
            *unread,
            *problems,
            *_empty_bodies({one.unit_id: contents[one.unit_id] for one in tried}),
            *_not_committed(_with_digests(contents, digests), committed, self.docket),
            *(self._without_font(tried) if self.pdf else ()),
            *(lost if self.strict else ()),
        ]
        without = tuple(name for name in eligible if name not in contents)
        return ContentsReport(
            len(eligible), len(contents), without, tuple(dict.fromkeys(found)), tuple(lost)
        )

    def _tried(
        self, contents: Mapping[str, Mapping[str, Any]]
    ) -> tuple[list[TrialLetter], list[str]]:
        """The letters that can be rendered, and what keeps the others from it.

        A step of rendering names all letters that fail it, so the others can go on.
        """
        left, problems = dict(contents), list[str]()
        while left:
            try:
                return self._rendered(left), problems
            except LetterError as error:
                # "Every letter" is every one that is left: what failed before may not have it.
                faults = [
                    said
                    for fault in error.faults
                    for said in (_of_each(fault, left) if problems else [fault])
                ]
                problems += faults
                failed = {_named(fault, left) for fault in faults} - {None}
                if not failed:  # it is of the template: no letter can be rendered
                    break
                left = {name: fields for name, fields in left.items() if name not in failed}
        return [], problems

    def _rendered(self, contents: Mapping[str, Mapping[str, Any]]) -> list[TrialLetter]:
        return try_letters(
            contents,
            period=f"{self.date:%Y-%m}",
            signatory=self.signatory,
            date=self.date,
            letterhead=self.letterhead,
            template=self.template,
            kind=self.kind,
            shared=self.shared,
            language=self.language,
            deadlines=self.deadlines,
            zone=self.zone,
            docket=self.docket,
        )

    def _without_font(self, letters: Sequence[TrialLetter]) -> list[str]:
        """The letters with characters that no font has."""
        texts = {one.unit_id: one.unit_id + one.text for one in letters}
        missing = faults_of_characters("".join(texts.values()), self.fonts)
        return [
            f"letter {name}: {fault}"
            for name, text in texts.items()
            for character, fault in missing.items()
            if character in text
        ]


def _contents_of(
    table: Any, column: str, private: Private | None = None
) -> dict[str, Mapping[str, Any]]:
    """Id to contents, from whatever a caller has; ``private`` where no message may show an id."""
    if isinstance(table, Mapping):
        return {str(name): fields for name, fields in table.items()}
    found: dict[str, Mapping[str, Any]] = {}
    faults = []
    for number, row in enumerate(_rows_of(table), 1):
        if not isinstance(row, Mapping):
            faults.append(f"row {number}: {got(row, Private.CELL)}; give a mapping of its fields")
        elif is_blank(row.values()):
            continue
        elif is_empty(row.get(column)):
            faults.append(f"row {number}, column {quoted(column)}: got no id; give the letter's id")
        elif str(row[column]) in found:
            faults.append(f"row {number}: {got(str(row[column]), private)} again; remove one")
        else:
            found[str(row[column])] = _fields_of(row, column)
    if faults:
        raise LetterError(*faults)
    return found


def _rows_of(table: Any) -> Iterator[Any]:
    """The rows of a table, as mappings."""
    if isinstance(table, Iterable) and not hasattr(table, "__dataframe__"):
        if isinstance(table, str | bytes):
            raise LetterError(f"table: {kind_of(table)}; give a table, or a mapping of the letters")
        if not hasattr(table, "columns") and not hasattr(table, "column_names"):
            yield from table
            return
    try:
        yield from dataframe_rows(table)
    except FrameError:
        raise LetterError(
            f"table: got {kind_of(table)}; give a pandas, polars or pyarrow table, or a mapping of "
            "the letters"
        ) from None


def _fields_of(row: Mapping[str, Any], column: str) -> dict[str, Any]:
    """A row as ``{"letter": {...}, "docket": {...}}``; an empty cell is a field that is missing."""
    found: dict[str, Any] = {"letter": {}, "docket": {}}
    for name, value in row.items():
        if name == column or is_null(value):
            continue
        if name in _PARTS and (isinstance(value, Mapping) or name == SALT):
            found[name] = {**found[name], **value} if name != SALT else value
            continue
        first, *path = str(name).split(".")
        *above, last = path if first == "docket" else (first, *path)
        place = found["docket" if first == "docket" else "letter"]
        for step in above:
            place = place.setdefault(step, {})
        place[last] = value
    return found


def _under(fields: Any, regime: str | None) -> Any:
    """The contents with a regime, where their docket names none."""
    if regime is None or not isinstance(fields, Mapping):
        return fields
    docket = fields.get("docket") or {}
    return {**fields, "docket": {"regime": regime, **docket}}


def _of_each(fault: str, letters: Iterable[str]) -> list[str]:
    """A problem that every one of these letters has, for each of them; any other as it is."""
    said = fault.removeprefix(EVERY)
    return [fault] if said == fault else [f"letter {name}: {said}" for name in letters]


def _named(fault: str, letters: Mapping[str, Any]) -> str | None:
    """The letter that a fault names; an id may hold commas and colons itself."""
    said = fault.removeprefix("letter ")
    if said == fault:
        return None
    ends = [place for place, one in enumerate(said) if one in ",:"]
    return next((said[:end] for end in ends if said[:end] in letters), None)


def _empty_bodies(contents: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for name, fields in contents.items():
        letter = fields.get("letter") if isinstance(fields, Mapping) else None
        body = letter.get("body") if isinstance(letter, Mapping) else None
        if isinstance(body, str) and not cleaned(body):
            yield f"letter {name}, letter, body: got empty text; give the words of the letter"


def _with_digests(
    contents: Mapping[str, Mapping[str, Any]], digests: Mapping[str, str]
) -> dict[str, Mapping[str, Any]]:
    """The contents, those that exist already as what is committed to: their digests."""
    return {
        name: {**fields, "letter": {**fields["letter"], PDF: digests[name]}}
        if name in digests
        else fields
        for name, fields in contents.items()
    }


def _not_committed(
    contents: Mapping[str, Mapping[str, Any]],
    committed: Mapping[str, str],
    own: Sequence[DocketField],
) -> Iterator[str]:
    """The letters that are not what the frame commits to."""
    for name, digest in committed.items():
        fields = contents.get(name)
        if not isinstance(fields, Mapping) or not isinstance(fields.get("letter"), Mapping):
            continue
        if fields.get(SALT) is None:
            yield f"letter {name}: the frame commits to its contents; give its 'salt' too"
            continue
        try:
            is_same = (
                digest_of_fields(
                    fields["letter"], fields[SALT], own_part(fields.get("docket"), own)
                )
                == digest
            )
        except LetterError:
            continue  # a problem of its fields, which is told already
        if not is_same:
            yield (
                f"letter {name}: its contents are not what the frame commits to; restore them, or "
                "make the digests of the frame again"
            )
