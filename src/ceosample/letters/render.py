"""Rendering: a draw, the drawn letters' contents and a template become a pack."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ceosample.canonical import Json, canonical_file, digest
from ceosample.days import plain_date
from ceosample.errors import LetterError, raise_faults
from ceosample.got import got
from ceosample.letters.contents.as_committed import as_committed
from ceosample.letters.contents.by_number import by_id
from ceosample.letters.contents.content_digest import Edit
from ceosample.letters.contents.docket_fields import DocketField, require_fields
from ceosample.letters.contents.due_dates import DueDatePolicy, with_deadlines
from ceosample.letters.contents.fields import (
    Contents,
    LetterContents,
    clean_fields,
    docket_facts,
    fetch,
)
from ceosample.letters.contents.moments import in_zone, with_days
from ceosample.letters.existing_letters import with_existing
from ceosample.letters.letter import Letter
from ceosample.letters.letter_trees import common_fields, render_letters, template_context
from ceosample.letters.markup.page_words import require_page_words
from ceosample.letters.papers import shell_pages
from ceosample.letters.papers.letter_pages import with_letters
from ceosample.letters.papers.logo import LOGO, Logo
from ceosample.letters.papers.pack import Pack
from ceosample.letters.papers.said_before import SaidBefore, lacking, parts_said, require_said
from ceosample.letters.papers.set_pack import render_pdf
from ceosample.letters.pdf import typeset
from ceosample.letters.pdf.paper_size import A4, fault_of_paper
from ceosample.letters.regimes.elements import READING
from ceosample.letters.render_arguments import (
    check_arguments,
    check_selection,
    check_words,
    checked_logo,
    clean_deputies,
    clean_letterhead,
    wants_pdf,
)
from ceosample.letters.requirements import requirements_of
from ceosample.letters.signatory import Signatory
from ceosample.letters.unprinted import count_unprinted, with_unprinted
from ceosample.plain import plain_count
from ceosample.progress import Progress
from ceosample.renamed import old_arguments
from ceosample.sampling.blinding.salts import load
from ceosample.sampling.draw import Draw
from ceosample.sampling.ticket import SCHEME
from ceosample.text import quoted


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
    check_arguments(draw, signatory, date, registration, language, title, firm, zone)
    check_words(template, kind, language)
    lines = clean_letterhead(letterhead)
    check_selection(unit_ids, version)
    raise_faults(LetterError, filter(None, [fault_of_paper(paper_size)]))
    wanted, own = wants_pdf(pdf), require_fields(docket)
    own_words = require_page_words(page_words or {})
    named = clean_deputies(deputies) if deputies else []
    deadlines = deadlines or DueDatePolicy()
    if salts is not None:
        contents = by_id(contents, load(Path(salts)))
    fetched = with_days(fetch(contents, _drawn(draw, unit_ids), own), deadlines, zone)
    fetched = with_deadlines(fetched, deadlines, kind)
    fetched = as_committed(draw, fetched, version, edits or {})
    orders = requirements_of(fetched, deadlines, kind)
    fetched = with_existing(fetched, orders, None if converted is None else Path(converted))
    common = common_fields(draw.population, str(draw.period), version, language, signatory, date)
    if kind == READING:
        common["reading"] = True
    supplied = {**common, "date": date, "letterhead": lines}
    everywhere = in_zone(clean_fields(shared or {}, "shared"), zone)
    told = template_context(fetched, orders, everywhere, supplied)
    fetched = with_unprinted(
        fetched, orders, told, own=template is not None, strict=strict and not draw.frame.content
    )
    head: dict[str, Json] = {} if logo is None else {"logo": checked_logo(logo).to_dict()}
    below: dict[str, Json] = {"page_words": dict(own_words)} if own_words else {}
    letters = render_letters(told, orders, {**common, **head, **below}, template, fetched)
    firm = firm or next(iter(lines), None)
    page = shell_pages.pack_page(
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
    font_folder = None if fonts is None else str(fonts)
    blank = typeset.Page("", date, font_folder, logo=None if logo is None else logo.data)
    rendered = _files(page, letters, fetched, logo, blank if wanted else None, progress)
    optional: dict[str, Json] = {
        **({} if title is None else {"title": title}),
        **({"deputies": named} if named else {}),
        **head,
        **({} if paper_size == A4 else {"paper": paper_size}),
    }
    fields = _fields_of_pack(draw, registration, {**common, **optional}, letters, fetched, rendered)
    return Pack(
        canonical_file(fields), fields, tuple(letters), rendered, unprinted=count_unprinted(fetched)
    )


def _files(
    page: dict[str, Any],
    letters: Sequence[Letter],
    fetched: Sequence[LetterContents],
    logo: Logo | None,
    blank: typeset.Page | None,
    progress: Progress | None,
) -> dict[str, bytes]:
    """The files of a pack by their names, without its record; with a blank page, its PDFs too."""
    existing = {
        number: fields.existing
        for number, fields in enumerate(fetched, 1)
        if fields.existing is not None
    }
    return {
        **{f"letters/{letter.name}.json": letter.data for letter in letters},
        **{letters[number - 1].pdf: given.data for number, given in existing.items()},
        "pack.html": shell_pages.pack_html(page, letters, existing, logo),
        **({} if logo is None else {LOGO: logo.data}),
        **(
            {}
            if blank is None
            else with_letters(render_pdf(page, letters, blank, progress), letters, existing)
        ),
    }


def _fields_of_pack(
    draw: Draw,
    registration: str | None,
    common: Mapping[str, Json],
    letters: Sequence[Letter],
    fetched: Sequence[LetterContents],
    rendered: Mapping[str, bytes],
) -> dict[str, Json]:
    """What the pack's own file says: of which draw it is, and the digests of letters and files."""
    return {
        "scheme": SCHEME,
        **common,
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
        "files": {name: digest(data) for name, data in rendered.items()},
    }


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
