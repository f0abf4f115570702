"""Rendering: a draw, the drawn letters' contents and a template become a pack."""

from __future__ import annotations

import datetime as dt
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NoReturn, TypeVar

import attrs

from ceosample.canonical import LARGEST_INTEGER, Json, canonical_file, digest, is_digest
from ceosample.days import fault_in_zone, plain_date
from ceosample.errors import LetterError, raise_faults
from ceosample.form import is_count
from ceosample.got import Private, got, got_name, kind_of
from ceosample.letters import child_process
from ceosample.letters.contents.by_number import by_id
from ceosample.letters.contents.clean import clean_text
from ceosample.letters.contents.content_digest import AS_COMMITTED, EDITED, Edit
from ceosample.letters.contents.docket_fields import DocketField, require_fields
from ceosample.letters.contents.due_dates import DueDatePolicy, with_deadlines
from ceosample.letters.contents.fields import (
    DRAW_CODE,
    NUMBER,
    Contents,
    LetterContents,
    clean_fields,
    docket_facts,
    fetch,
)
from ceosample.letters.contents.moments import in_zone, with_days
from ceosample.letters.existing.given import PDF
from ceosample.letters.existing_letters import slip_context, with_existing
from ceosample.letters.letter import Letter
from ceosample.letters.markup import languages, tree
from ceosample.letters.markup import template as templates
from ceosample.letters.markup.page_words import require_page_words
from ceosample.letters.markup.printed import unprinted, unprinted_fault
from ceosample.letters.papers import cover_and_dockets, typeset
from ceosample.letters.papers.letter_pages import with_letters
from ceosample.letters.papers.logo import LOGO, Logo
from ceosample.letters.papers.pack import Pack
from ceosample.letters.papers.paper_size import A4, fault_of_paper
from ceosample.letters.papers.said_before import SaidBefore, lacking, parts_said, require_said
from ceosample.letters.regimes.elements import KINDS, READING
from ceosample.letters.requirements import LetterRequirements, requirements_of
from ceosample.letters.signatory import Signatory
from ceosample.plain import plain_count
from ceosample.progress import Progress, watched
from ceosample.renamed import old_arguments
from ceosample.sampling.blinding.salts import load
from ceosample.sampling.draw import Draw
from ceosample.sampling.ticket import SCHEME
from ceosample.text import fault_in_title, quoted

#: So many letters are still one ``pack.pdf``.
LETTERS_A_PDF: Final = 250

#: A larger pack is several PDFs of so many letters: setting 250 at once takes 700 MB, 100 take 300.
LETTERS_A_PART: Final = 100

#: The most lines of a letterhead, and the most characters of a line.
LETTERHEAD_LINES: Final = 12
LETTERHEAD_LINE: Final = 200

#: What a template of the user's own may use, for each letter.
TEMPLATE_LIMITS: Final = child_process.Limits(seconds=5, megabytes=1024)

#: So many letters are the work of one child: starting it takes as long as some hundreds of them.
LETTERS_A_CHILD: Final = 2500

#: How a problem begins that every letter has: it is the template's.
EVERY: Final = "every letter: "

#: Names that the letter itself supplies to the template.
SUPPLIED: Final = ("unit_id", "population", "period", "date", "signatory", "letterhead", "needed")

T = TypeVar("T")


@old_arguments(head="registration", tried="attempts")
def render(
    draw: Draw,
    contents: Contents,
    *,
    signatory: Signatory,
    date: dt.date,
    registration: str | None = None,
    letterhead: Sequence[str] = (),
    template: str | None = None,
    kind: str | None = None,
    shared: Mapping[str, Any] | None = None,
    language: str = "en",
    unit_ids: Sequence[str] | None = None,
    version: int = 1,
    pdf: bool | None = None,
    fonts: str | Path | None = None,
    deadlines: DueDatePolicy | None = None,
    progress: Progress | None = None,
    attempts: str | None = None,
    title: str | None = None,
    firm: str | None = None,
    zone: str | None = None,
    strict: bool = False,
    edits: Mapping[str, Edit] | None = None,
    deputies: Sequence[str] = (),
    docket: Sequence[DocketField] = (),
    logo: Logo | None = None,
    paper_size: str = A4,
    converted: str | Path | None = None,
    page_words: Mapping[str, str] | None = None,
    said: SaidBefore | None = None,
    salts: str | Path | None = None,
    with_slip: bool = False,
) -> Pack:
    """The pack of a draw: its letters and the papers for signature.

    Args:
        draw: the draw.
        contents: unit id to ``{"letter": {...}, "docket": {...}}``, or a function that is called
            once with the drawn ids and returns that; no other letter is ever loaded. Where the
            frame commits to the letters' contents, each has its ``salt`` too.
        signatory: the person who signs.
        date: the letters' date.
        registration: the hash of the event that registered the draw, printed on the cover sheet;
            None for a preview, which the ledger does not send.
        letterhead: lines above each letter, the organisation's name first.
        template: the text of a Jinja template of your own, which may extend a packaged one. None
            gives each letter the ready template of its kind, and one without a kind the packaged
            ``letter.html``.
        kind: the kind of the letters whose fields have no ``kind``: ``upheld``, ``covering``, ...;
            ``reading`` makes a pack of what is no letter, which is read and not signed.
        shared: fields that every letter has unless its own override them: how to reach you.
        language: the letters' language, ``en``, ``es`` or ``en-GB``: the packaged templates' words,
            dates, money and hyphens follow it. A template of your own may be in any.
        unit_ids: the letters to render: those that came back for rework, or a substitute from the
            reserves. None for all selections.
        version: 1, or one more each time that you render these letters again.
        pdf: True for PDF, False for none. None makes PDF if the extra is installed, and warns if it
            is not.
        fonts: a folder of fonts for scripts that Typst's own fonts lack.
        deadlines: how due dates are computed where dockets name a regime. None takes the shipped
            regimes, without holidays and without a margin.
        progress: called now and then with the number of PDFs that are set and the number of all; by
            default a bar on a terminal or in a notebook, if it takes more than a second.
        attempts: what ``ledger.attempts`` returns for the month, for the cover sheet.
        title: what ``ledger.title`` returns: the population as people read it on the papers. None
            prints its id. No letter holds it.
        firm: the firm's name for the cover sheet. None takes the letterhead's first line.
        zone: what ``ledger.zone`` returns: the time zone whose dates the letters print and count
            where the contents have moments. None takes that of the docket's regime, else UTC.
        strict: True to refuse a field that a ready letter does not print, unless the frame commits
            to it: then nothing can be changed any more. The docket names such fields.
        edits: letters whose first version may differ from what the frame commits to, since that
            cannot be rendered: who allows it and why. Docket, cover sheet and ledger say so.
        deputies: the ids of the signatory's deputies, from which the signing room offers one.
        docket: fields of your own that dockets show, in this order: the complaint, the redress.
        logo: the logo above each letter, on paper and on the screen.
        paper_size: ``a4``, or ``letter`` for US Letter: what all papers of the pack are set for.
        converted: a folder that keeps the PDFs of finished letters that are Word files: LibreOffice
            prints each once.
        page_words: the words below every page of a letter, in place of those of its language:
            ``{"page": "Page {x} of {y}", "code": "Code {code}"}``, one of the two or both.
        said: for a letter that came back, what was said of the versions before, which its docket
            shows: unit id to pairs of a heading and its paragraphs. A character that cannot be
            printed is named by its code point.
        salts: the file of salts that :func:`~ceosample.blind` kept. ``contents`` then goes by the
            firm's numbers, and a function is called with the numbers of the drawn letters. Papers
            and letters show the number, and a template has the customer's code as ``draw_code``.
        with_slip: True if you post letters that exist already behind their approval slip; the cover
            sheet says which of the two goes out.

    Returns:
        The pack, in memory; ``save`` writes it.

    Raises:
        LetterError: everything that is wrong with any of the letters, letter by letter.
        MissingPartError: you asked for PDF and the extra is not installed.

    >>> import datetime as dt, ceosample as cs
    >>> frame = cs.Frame.from_records([{"id": "R-1"}], population="p", period="2026-10",
    ...                               unit_id="id", strata=[])
    >>> seed = cs.Seed.from_dice("83019274650192837465", witnesses=["internal audit"])
    >>> fields = {"recipient": "Ann", "address": [], "salutation": "Dear Ann,", "subject": "A fee",
    ...           "body": "We are sorry.", "closing": "Yours,"}
    >>> pack = cs.render(cs.draw(frame, cs.Plan(size=1), seed), {"R-1": {"letter": fields}},
    ...                  signatory=cs.Signatory("ceo", "M. Llewelyn", "Chief Executive"),
    ...                  date=dt.date(2026, 11, 2), pdf=False)
    >>> len(pack.letters), pack["R-1"].digest[:8]
    (1, '9a9746e9')
    """
    date, version = plain_date(date), plain_count(version)
    _check_arguments(draw, signatory, date, registration, language, title, firm, zone)
    check_words(template, kind, language)
    lines = clean_letterhead(letterhead)
    _check_selection(unit_ids, version)
    raise_faults(LetterError, filter(None, [fault_of_paper(paper_size)]))
    wanted, own = _wants_pdf(pdf), require_fields(docket)
    own_words = require_page_words(page_words or {})
    deadlines = deadlines or DueDatePolicy()
    if salts is not None:
        contents = by_id(contents, load(Path(salts)))
    fetched = with_days(fetch(contents, _drawn(draw, unit_ids), own), deadlines, zone)
    fetched = with_deadlines(fetched, deadlines, kind)
    fetched = _as_committed(draw, fetched, version, edits or {})
    orders = requirements_of(fetched, deadlines, kind)
    fetched = with_existing(fetched, orders, None if converted is None else Path(converted))
    common = common_fields(draw.population, str(draw.period), version, language, signatory, date)
    if kind == READING:
        common["reading"] = True
    supplied = {**common, "date": date, "letterhead": lines}
    everywhere = in_zone(clean_fields(shared or {}, "shared"), zone)
    told = template_context(fetched, orders, everywhere, supplied)
    fetched = _with_unprinted(
        fetched, orders, told, own=template is not None, strict=strict and not draw.frame.content
    )
    head: dict[str, Json] = {} if logo is None else {"logo": _checked_logo(logo).to_dict()}
    below: dict[str, Json] = {"page_words": dict(own_words)} if own_words else {}
    letters = _render_letters(told, orders, {**common, **head, **below}, template, fetched)
    firm = firm or next(iter(lines), None)
    page = cover_and_dockets.pack_page(
        draw,
        letters,
        fetched,
        registration,
        attempts,
        title=title,
        firm=firm,
        own=own,
        with_slip=with_slip,
    )
    page["paper"] = paper_size
    ids = [letter.unit_id for letter in letters]
    _say_before(page, ids, require_said(said or {}, ids), fonts, wanted)
    rendered = {f"letters/{letter.name}.json": letter.data for letter in letters}
    existing = {
        number: fields.existing
        for number, fields in enumerate(fetched, 1)
        if fields.existing is not None
    }
    rendered |= {letters[number - 1].pdf: given.data for number, given in existing.items()}
    rendered["pack.html"] = cover_and_dockets.pack_html(page, letters, existing, logo)
    if logo is not None:
        rendered[LOGO] = logo.data
    if wanted:
        blank = typeset.Page(
            "",
            date,
            None if fonts is None else str(fonts),
            logo=None if logo is None else logo.data,
        )
        made = _render_pdf(page, letters, blank, progress)
        rendered |= with_letters(made, letters, existing)
    fields: dict[str, Json] = {
        "scheme": SCHEME,
        **common,
        **({} if title is None else {"title": title}),
        **({"deputies": _names(deputies)} if deputies else {}),
        **head,
        **({} if paper_size == A4 else {"paper": paper_size}),
        "draw": draw.digest,
        "registration": registration,
        "letters": [
            {
                "unit_id": letter.unit_id,
                "name": letter.name,
                "letter": letter.digest,
                "docket": docket_facts(fields.facts),
            }
            for letter, fields in zip(letters, fetched, strict=True)
        ],
        "files": {name: digest(rendered[name]) for name in rendered},
    }
    return Pack(canonical_file(fields), fields, tuple(letters), rendered, unprinted=_lost(fetched))


def _say_before(
    page: dict[str, Any],
    unit_ids: Sequence[str],
    said: SaidBefore,
    fonts: str | Path | None,
    on_paper: bool,
) -> None:
    """Put what was said of the versions before on the dockets, above the firm's own fields."""
    texts = (text for told in said.values() for title, words in told for text in (title, *words))
    without = lacking(texts, fonts, on_paper=on_paper)
    for unit_id, item in zip(unit_ids, page["letters"], strict=True):
        told = parts_said(said.get(unit_id, ()), without)
        item["docket"]["own"] = [*told, *item["docket"]["own"]]


def _checked_logo(logo: object) -> Logo:
    if not isinstance(logo, Logo):
        raise LetterError(f"logo: got {kind_of(logo)}; give what Logo.load(...) returns")
    return logo


def common_fields(
    population: str,
    period: str,
    version: int,
    language: str,
    signatory: Signatory,
    date: dt.date,
) -> dict[str, Json]:
    """What all letters of a pack have in common."""
    return {
        "population": population,
        "period": period,
        "version": version,
        "language": language,
        "signatory": signatory.to_dict(),
        "date": date.isoformat(),
    }


def _names(deputies: Sequence[str]) -> list[Json]:
    """The ids, each once."""
    given = [deputies] if isinstance(deputies, str) else [*deputies]
    raise_faults(LetterError, (f"deputies: {said}" for one in given if (said := got_name(one))))
    return [*dict.fromkeys(given)]


def _drawn(draw: Draw, unit_ids: Sequence[str] | None) -> tuple[str, ...]:
    """The ids to render, in the draw's order."""
    if unit_ids is None:
        return draw.unit_ids
    if isinstance(unit_ids, str | bytes) or not isinstance(unit_ids, Iterable):
        raise LetterError(f"unit_ids: {got(unit_ids)}; give a list of ids")
    known = [*draw.unit_ids, *(reserve.unit_id for reserve in draw.reserves)]
    raise_faults(
        LetterError,
        (
            f"letter {quoted(u)}: is neither selected nor in reserve; give ids of this draw"
            for u in unit_ids
            if u not in known
        ),
    )
    return tuple(unit_id for unit_id in known if unit_id in unit_ids)


def _as_committed(
    draw: Draw, fetched: Sequence[LetterContents], version: int, edits: Mapping[str, Edit]
) -> list[LetterContents]:
    """The fields, each docket saying how its letter stands to what the frame committed to.

    Raises:
        LetterError: the first version of a letter is not what was committed to.
    """
    if not draw.frame.content:
        return list(fetched)
    committed = draw.frame.committed([fields.unit_id for fields in fetched])
    same = [committed[fields.unit_id] in (fields.content, fields.content_0_1) for fields in fetched]
    faults = [
        f"letter {fields.unit_id}: the frame commits to its contents, and no salt came with them; "
        "give {'letter': ..., 'docket': ..., 'salt': ...}"
        if fields.content is None
        else f"letter {fields.unit_id}: got contents with the SHA-256 {fields.content[:8]} for "
        f"{committed[fields.unit_id][:8]}: not what was committed to before the draw; restore "
        "them, and render what was edited as the next version; if they cannot be rendered, let a "
        "named person allow the edit, edits=..."
        for fields, is_same in zip(fetched, same, strict=True)
        if fields.content is None or (version == 1 and not is_same and fields.unit_id not in edits)
    ]
    faults += [
        f"letter {fields.unit_id}, edits: got {quoted(edits[fields.unit_id].by)}, its {name}; let "
        "another person allow the edit"
        for fields in fetched
        if fields.unit_id in edits
        for name in ("owner", "author")
        if fields.docket.get(name) == edits[fields.unit_id].by
    ]
    raise_faults(LetterError, faults)
    return [
        attrs.evolve(
            fields, found={**fields.found, **_committed_facts(edits.get(fields.unit_id), is_same)}
        )
        for fields, is_same in zip(fetched, same, strict=True)
    ]


def _committed_facts(edit: Edit | None, is_same: bool) -> dict[str, Json]:
    """How a letter stands to what the frame committed to, and who allowed another text."""
    if is_same:
        return {"content": AS_COMMITTED}
    allowed: dict[str, Json] = (
        {} if edit is None else {"edited_by": edit.by, "edited_for": edit.reason_code}
    )
    return {"content": EDITED, **allowed}


def _with_unprinted(
    fetched: Sequence[LetterContents],
    orders: Sequence[LetterRequirements],
    told: Sequence[Mapping[str, Any]],
    *,
    own: bool,
    strict: bool,
) -> list[LetterContents]:
    """The fields, each docket with those that the ready letter does not print; what a template of
    the user's own prints is not known.

    Raises:
        LetterError: there are such fields, and they are refused.
    """
    found, faults = [], []
    for fields, order, context in zip(fetched, orders, told, strict=True):
        lost = unprinted_of(fields, order, context, own=own)
        faults += [unprinted_fault(fields.unit_id, name) for name in lost]
        more: dict[str, Json] = {"unprinted": [*lost]} if lost else {}
        found.append(attrs.evolve(fields, found={**fields.found, **more}))
    raise_faults(LetterError, faults if strict else ())
    return found


def unprinted_of(
    fields: LetterContents, order: LetterRequirements, context: Mapping[str, Any], *, own: bool
) -> list[str]:
    """The fields that a ready letter, or a slip, does not print."""
    if own and not order.is_slip:
        return []
    given = {name: value for name, value in fields.letter.items() if name != PDF}
    return unprinted(given, order.packaged, order.kind, context)


def _lost(fetched: Iterable[LetterContents]) -> dict[str, int]:
    """The fields that are not printed, each with the number of letters that have it."""
    lost: Counter[str] = Counter()
    for fields in fetched:
        names: Any = fields.found.get("unprinted", ())
        lost.update(names)
    return dict(lost)


def template_context(
    fetched: Sequence[LetterContents],
    orders: Sequence[LetterRequirements],
    shared: Mapping[str, Any],
    supplied: Mapping[str, Any],
) -> list[dict[str, Any]]:
    """The fields that a template receives for each letter; its own override the shared ones."""
    given = [*((f"letter {x.unit_id}", x.letter) for x in fetched), ("shared", shared)]
    raise_faults(
        LetterError,
        (
            f"{where}, {name}: got a field that every letter is given already; rename yours"
            for where, said in given
            for name in said
            if name in SUPPLIED
        ),
    )
    everywhere = {name: supplied[name] for name in SUPPLIED if name in supplied}
    return [
        {
            **order.supplied(),
            **shared,
            **fields.letter,
            **everywhere,
            "unit_id": fields.unit_id if fields.number is None else fields.number,
            **({} if fields.draw_code is None else {DRAW_CODE: fields.draw_code}),
            "needed": [element.id for element in order.elements],
            **slip_context(fields),
        }
        for fields, order in zip(fetched, orders, strict=True)
    ]


def _render_letters(
    told: Sequence[Mapping[str, Any]],
    orders: Sequence[LetterRequirements],
    common: Mapping[str, Json],
    source: str | None,
    fetched: Sequence[LetterContents],
) -> list[Letter]:
    trees = _trees([fields.unit_id for fields in fetched], told, orders, common, source)
    return [
        Letter.write(
            {
                **common,
                "unit_id": fields.unit_id,
                **({} if fields.number is None else {NUMBER: fields.number}),
                "tree": [*nodes],
                **({} if fields.existing is None else {"pdf": fields.existing.to_dict()}),
            },
            number,
        )
        for number, (fields, nodes) in enumerate(zip(fetched, trees, strict=True), 1)
    ]


def _trees(
    unit_ids: Sequence[str],
    told: Sequence[Mapping[str, Any]],
    orders: Sequence[LetterRequirements],
    common: Mapping[str, Json],
    source: str | None,
) -> list[list[tree.Node]]:
    """The tree of each letter.

    Raises:
        LetterError: every letter that has none, or lacks what it must say.
    """
    made = [*_trees_or_faults(told, orders, str(common["language"]), source)]
    require_trees(unit_ids, [found if isinstance(found, LetterError) else None for found in made])
    return [found for found in made if not isinstance(found, LetterError)]


def _trees_or_faults(
    told: Sequence[Mapping[str, Any]],
    orders: Sequence[LetterRequirements],
    language: str,
    source: str | None,
) -> Iterator[list[tree.Node] | LetterError]:
    """The tree of each letter, or what keeps it from having one."""
    for order, made in zip(orders, markups(source, told, orders, language), strict=True):
        try:
            yield read(made, order)
        except LetterError as error:
            yield error


def require_trees(unit_ids: Sequence[str], errors: Sequence[LetterError | None]) -> None:
    """Raise if any letter has no tree; a problem of all letters is told once, as the template's."""
    faults = [
        f"letter {unit_id}: {fault}"
        for unit_id, error in zip(unit_ids, errors, strict=True)
        for fault in (() if error is None else error.faults)
    ]
    raise_faults(LetterError, _together(faults, len(unit_ids)))


def read(made: str | child_process.Failure, order: LetterRequirements) -> list[tree.Node]:
    """The tree of a letter's markup, if there is markup and it holds what a letter must.

    Raises:
        LetterError: there is none, it is not of the closed set, or a part is missing.
    """
    if isinstance(made, child_process.Failure):
        raise LetterError(made.message)
    try:
        nodes = tree.parse(made)
    except tree.MarkupError as error:
        raise LetterError(str(error)) from None
    raise_faults(LetterError, order.faults(nodes))
    return nodes


def _together(faults: Sequence[str], letters: int) -> list[str]:
    """The problems, those that every letter has once: they are the template's."""
    times = Counter(fault.partition(": ")[2] for fault in faults)
    every = [said for said, count in times.items() if count == letters > 1]
    return [EVERY + said for said in every] + [
        fault for fault in faults if fault.partition(": ")[2] not in every
    ]


def markups(
    source: str | None,
    told: Sequence[Mapping[str, Any]],
    orders: Sequence[LetterRequirements],
    language: str,
) -> Iterator[str | child_process.Failure]:
    """The markup of each letter, or why there is none.

    The packaged templates are ours and render here; any other renders under limits.
    """
    theirs = [not order.is_slip and source is not None for order in orders]
    jobs = [
        (source, fields, language)
        for fields, is_theirs in zip(told, theirs, strict=True)
        if is_theirs
    ]
    made = child_process.run(templates.job, jobs, TEMPLATE_LIMITS, LETTERS_A_CHILD)
    for fields, order, is_theirs in zip(told, orders, theirs, strict=True):
        if is_theirs:
            yield next(made)
            continue
        try:
            yield templates.markup(None, fields, language, order.packaged)
        except templates.TemplateError as error:
            yield child_process.Failure(str(error))


def _render_pdf(
    page: dict[str, Any],
    letters: Sequence[Letter],
    blank: typeset.Page,
    progress: Progress | None,
) -> dict[str, bytes]:
    """The pack, and every letter alone, set as a blank page; a letter that cannot be is named."""
    size = LETTERS_A_PDF if len(letters) <= LETTERS_A_PDF else LETTERS_A_PART
    packs = [_part(page, part, blank) for part in _batched(page["letters"], size)]
    single = [
        attrs.evolve(blank, data=cover_and_dockets.as_json({**alone, "paper": page["paper"]}))
        for alone in map(cover_and_dockets.letter_page, letters)
    ]
    batches = [[part] for part in packs] + _batched(single, child_process.JOBS_A_CHILD)
    with watched("setting the letters", "PDF", progress) as tell:
        made = typeset.compile_batches(batches, tell)
    set_packs, set_letters = made[: len(packs)], made[len(packs) :]
    raise_faults(
        LetterError,
        (
            f"letter {letter.unit_id}: {failed.message}"
            for letter, failed in zip(letters, set_letters, strict=True)
            if isinstance(failed, child_process.Failure)
        ),
    )
    if any(isinstance(failed, child_process.Failure) for failed in set_packs):
        _blame(page, blank)
    numbers = [""] if len(packs) == 1 else [f"-{i}" for i in range(1, len(packs) + 1)]
    names = [f"pack{number}.pdf" for number in numbers]
    names += [f"letters/{letter.name}.pdf" for letter in letters]
    return {name: data for name, data in zip(names, made, strict=True) if isinstance(data, bytes)}


def _part(page: dict[str, Any], items: list[Any], blank: typeset.Page) -> typeset.Page:
    return attrs.evolve(
        blank, data=cover_and_dockets.as_json(cover_and_dockets.part_of(page, items))
    )


def _blame(page: dict[str, Any], blank: typeset.Page) -> NoReturn:
    """Find whose docket cannot be set: the letters themselves can."""
    alone: list[list[dict[str, Any]]] = [[], *([item] for item in page["letters"])]
    cover, *dockets = typeset.compile_batches([[_part(page, part, blank) for part in alone]])
    if isinstance(cover, child_process.Failure):
        raise LetterError(f"pack, cover sheet: {cover.message}")
    raise_faults(
        LetterError,
        (
            f"letter {item['unit_id']}, docket: {made.message}"
            for item, made in zip(page["letters"], dockets, strict=True)
            if isinstance(made, child_process.Failure)
        ),
    )
    raise LetterError(
        "pack: each letter can be set, but not all of them together; split the month with unit_ids="
    )


def _batched(things: list[T], size: int) -> list[list[T]]:
    """The things in lists of this size, the last of what is left."""
    return [things[first : first + size] for first in range(0, len(things), size)]


def _wants_pdf(asked: bool | None) -> bool:
    if asked:
        typeset.require_installed()
    elif asked is None and not typeset.is_installed():
        warnings.warn(
            "Typst is not installed, so HTML is written and no PDF; pip install 'ceosample[pdf]', "
            "or set pdf=False",
            stacklevel=4,  # past the wrapper that takes the old names of arguments
        )
        return False
    return asked is not False


def _check_arguments(
    draw: Draw,
    signatory: Signatory,
    date: dt.date,
    registration: str | None,
    language: str,
    title: str | None,
    firm: str | None,
    zone: str | None,
) -> None:
    faults: list[str] = []
    if not isinstance(draw, Draw):
        faults.append(f"draw: got {kind_of(draw)}; give what cs.draw(...) returns")
    if not isinstance(signatory, Signatory):
        faults.append(f"signatory: {got(signatory, Private.CONTENTS)}; give a Signatory")
    if not isinstance(date, dt.date) or isinstance(date, dt.datetime):
        faults.append(f"date: got {quoted(date)}; give a datetime.date")
    if registration is not None and not is_digest(registration):
        faults.append(
            f"registration: got {quoted(registration)}; give the hash of the registration event"
        )
    if not languages.is_language(language):
        faults.append(languages.fault_in_language(language))
    for name, line in (("title", title), ("firm", firm)):
        if line is not None and (fault := fault_in_title(line, name)):
            faults.append(fault)
    if zone is not None and (fault := fault_in_zone(zone)):
        faults.append(f"zone: {fault}")
    raise_faults(LetterError, faults)


def check_words(template: str | None, kind: str | None, language: str) -> None:
    """Raise unless letters can have this kind and language; your own template can have any."""
    faults: list[str] = []
    if kind is not None and kind not in (*KINDS, READING):
        faults.append(f"kind: got {quoted(kind)}; use one of {', '.join(KINDS)}")
    if template is None and language.partition("-")[0] not in languages.languages():
        faults.append(
            f"language: got {quoted(language)}; use one of {', '.join(languages.languages())}, or "
            "give a template of your own"
        )
    raise_faults(LetterError, faults)
    if template is None:
        languages.require_installed(language)


def clean_letterhead(lines: Sequence[str]) -> list[str]:
    """The lines, cleaned like a letter's fields."""
    if isinstance(lines, str | bytes) or not isinstance(lines, Sequence):
        raise LetterError(f"letterhead: got {quoted(lines)}; give a list of lines of text")
    if len(lines) > LETTERHEAD_LINES:
        raise LetterError(f"letterhead: got {len(lines)} lines; give at most {LETTERHEAD_LINES}")
    faults: list[str] = []
    cleaned = []
    for number, line in enumerate(lines, 1):
        if isinstance(line, str) and len(line) > LETTERHEAD_LINE:
            faults.append(
                f"letterhead, line {number}: {got(line, Private.CONTENTS)}; give at most "
                f"{LETTERHEAD_LINE}"
            )
        elif isinstance(line, str):
            cleaned.append(clean_text(line, f"letterhead, line {number}", faults))
        else:
            faults.append(f"letterhead, line {number}: got {quoted(line)}; give text")
    raise_faults(LetterError, faults)
    return cleaned


def _check_selection(unit_ids: Sequence[str] | None, version: int) -> None:
    faults = []
    if unit_ids is not None and (isinstance(unit_ids, str) or not unit_ids):
        faults.append(f"unit_ids: got {quoted(unit_ids)}; give a list of ids, or None for all")
    if not is_count(version, 1) or version > LARGEST_INTEGER:
        faults.append(f"version: got {quoted(version)}; give a whole number of at least 1")
    raise_faults(LetterError, faults)
