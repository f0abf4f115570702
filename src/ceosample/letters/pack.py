"""The pack: what goes in front of the executive, and what is kept of it."""

from __future__ import annotations

import datetime as dt
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final, NoReturn

import attrs

from ceosample import files
from ceosample.canonical import LARGEST_INTEGER, Json, canonical_file, digest, is_digest, parse_json
from ceosample.errors import LetterError, RecordError, raise_all
from ceosample.form import faults_of_form, is_text
from ceosample.letters import pages, pdf, tree, worker
from ceosample.letters import template as templates
from ceosample.letters.contents import Contents, Fields, clean_text, docket_facts, fetch
from ceosample.letters.due import Deadlines, with_deadlines
from ceosample.letters.letter import APPROVAL, Letter, Signatory, require_elements
from ceosample.sampling.draw import Draw
from ceosample.sampling.ticket import SCHEME
from ceosample.show import html_table, text_table
from ceosample.text import shown

PACK: Final = "pack.json"

#: One PDF holds so many letters; a larger pack is several.
LETTERS_A_PDF: Final = 250

#: What a template of the user's own may use, for each letter.
TEMPLATE_LIMITS: Final = worker.Limits(seconds=5, megabytes=1024)

#: Names that the letter itself supplies to the template.
SUPPLIED: Final = ("unit_id", "population", "period", "date", "signatory", "letterhead")

_FILE = re.compile(r"letters/[0-9]{4,}-[A-Za-z0-9._-]+|pack(-[0-9]+)?\.(html|pdf)")
_LANGUAGE = re.compile(r"[a-z]{2,3}")


def _is_files(value: object) -> bool:
    return isinstance(value, dict) and all(
        _FILE.fullmatch(name) is not None and is_digest(said) for name, said in value.items()
    )


#: What each field of ``pack.json`` must be.
FORM: Final[dict[str, Any]] = {
    "population": is_text,
    "period": is_text,
    "draw": is_digest,
    "registration": lambda value: value is None or is_digest(value),
    "signatory": {"id": is_text, "name": is_text, "title": is_text},
    "letters": [{"unit_id": is_text, "name": is_text, "letter": is_digest}],
    "files": _is_files,
}

_HEADER = ["no.", "unit_id", "code", "words"]


@attrs.frozen(slots=False, repr=False, eq=False)  # a __dict__ is where cached_property keeps values
class Pack:
    """A month's letters, ready to be signed; what ``render`` and ``Pack.load`` return.

    Attributes:
        data: the bytes of ``pack.json``.
        fields: what they say: population, period, draw, registration, signatory, letters, files.
        letters: in the order of the draw.
        rendered: name and bytes of the other files.
    """

    data: bytes
    fields: Mapping[str, Any]
    letters: tuple[Letter, ...]
    rendered: Mapping[str, bytes]

    @property
    def population(self) -> str:
        """The sampled stream."""
        return str(self.fields["population"])

    @property
    def period(self) -> str:
        """The ISO month."""
        return str(self.fields["period"])

    @property
    def draw(self) -> str:
        """The digest of the draw whose letters these are."""
        return str(self.fields["draw"])

    @property
    def registration(self) -> str | None:
        """The hash of the ledger's event that registered the draw; None in a preview."""
        value: str | None = self.fields["registration"]
        return value

    @property
    def digest(self) -> str:
        """The SHA-256 of ``pack.json``."""
        return digest(self.data)

    @cached_property
    def minutes(self) -> int:
        """Whole minutes to read all letters."""
        return pages.reading_minutes(self.letters)

    def files(self) -> dict[str, bytes]:
        """Name and bytes of every file. Touches no disk."""
        return {**self.rendered, PACK: self.data}

    def save(self, folder: str | Path) -> None:
        """Write the pack into ``folder``, whole or not at all.

        Raises:
            ConflictError: the folder holds another pack, which stays.
        """
        files.write_set(Path(folder), self.files(), index=PACK)

    @classmethod
    def load(cls, folder: str | Path) -> Pack:
        """Read a pack back, weeks later, in another process.

        Raises:
            RecordError: a file is missing or is not the one that ``pack.json`` names.
        """
        place = Path(folder)
        data = files.read(place / PACK)
        fields = _parse(data, str(place / PACK))
        rendered = {name: files.read(place / name) for name in fields["files"]}
        raise_all(
            RecordError,
            (
                f"{place / name}: changed since the pack was made (its SHA-256 is "
                f"{digest(rendered[name])}, the pack says {said}); restore it"
                for name, said in fields["files"].items()
                if digest(rendered[name]) != said
            ),
        )
        return cls(data, fields, tuple(_letters(fields, rendered)), rendered)

    def __getitem__(self, unit_id: str) -> Letter:
        for letter in self.letters:
            if letter.unit_id == unit_id:
                return letter
        raise KeyError(unit_id)

    def docket(self, unit_id: str) -> dict[str, Json]:
        """What the ledger is told of a letter's docket: owner, author, contacts, due date."""
        for entry in self.fields["letters"]:
            if entry["unit_id"] == unit_id:
                found: dict[str, Json] = entry.get("docket", {})
                return found
        raise KeyError(unit_id)

    def __len__(self) -> int:
        return len(self.letters)

    def __iter__(self) -> Iterator[Letter]:
        return iter(self.letters)

    def _caption(self) -> str:
        return (
            f"{len(self)} letters for {self.fields['signatory']['name']}: {self.population}, "
            f"{self.period}, about {self.minutes} min to read, pack {self.digest[:8]}"
        )

    def _rows(self) -> list[list[str]]:
        return [
            [str(number), letter.unit_id, letter.code, str(letter.words)]
            for number, letter in enumerate(self.letters, 1)
        ]

    def __repr__(self) -> str:
        return f"<Pack {self._caption()}>"

    def __str__(self) -> str:
        return f"{self._caption()}\n{text_table(_HEADER, self._rows(), 'rllr')}"

    def _repr_html_(self) -> str:
        return html_table(self._caption(), _HEADER, self._rows(), "rllr")


def render(
    draw: Draw,
    contents: Contents,
    *,
    signatory: Signatory,
    date: dt.date,
    head: str | None = None,
    letterhead: Sequence[str] = (),
    template: str | None = None,
    language: str = "en",
    unit_ids: Sequence[str] | None = None,
    version: int = 1,
    pdf: bool | None = None,
    fonts: str | Path | None = None,
    deadlines: Deadlines | None = None,
) -> Pack:
    """Render the drawn letters and the papers for signature.

    Args:
        draw: whose letters.
        contents: unit id to ``{"letter": {...}, "docket": {...}}``, or a function that is called
            once with the drawn ids and gives that; nobody else's letter is ever loaded.
        signatory: who signs.
        date: the letters' date.
        head: the hash of the event that registered the draw, printed on the cover sheet; None for
            a preview, which the ledger will not send.
        letterhead: lines above each letter, the organisation's name first.
        template: the text of a Jinja template of your own; it may extend ``letter.html``.
        language: the letters' language, for hyphens and readers: ``en``.
        unit_ids: the letters to render, where not all are wanted: those that came back for rework,
            or a substitute from the reserves. All selections by default.
        version: 1, or one more each time that these letters are rendered anew.
        pdf: True for PDF, False for none; by default PDF if the extra is installed, and a warning
            if it is not.
        fonts: a folder of fonts for scripts that Typst's own lack.
        deadlines: how due dates are found where dockets name a regime; the shipped regimes with no
            holidays and no margin by default.

    Returns:
        The pack, in memory; ``save`` writes it.

    Raises:
        LetterError: everything that keeps any of the letters from being right, letter by letter.
        MissingPartError: PDF was asked for and the extra is not installed.
    """
    _check_arguments(draw, signatory, date, head, language)
    lines = _letterhead(letterhead)
    _check_selection(unit_ids, version)
    wanted = _wants_pdf(pdf)
    fetched = with_deadlines(fetch(contents, _drawn(draw, unit_ids)), deadlines or Deadlines())
    common: dict[str, Json] = {
        "population": draw.population,
        "period": str(draw.period),
        "version": version,
        "language": language,
        "signatory": signatory.to_dict(),
        "date": date.isoformat(),
    }
    letters = _render_letters(fetched, common, date, lines, template)
    page = pages.pack_page(draw, letters, fetched, head)
    rendered = {f"letters/{letter.name}.json": letter.data for letter in letters}
    rendered["pack.html"] = pages.pack_html(page)
    if wanted:
        rendered |= _render_pdf(page, letters, date, None if fonts is None else str(fonts))
    fields: dict[str, Json] = {
        "scheme": SCHEME,
        **common,
        "draw": draw.digest,
        "registration": head,
        "letters": [
            {
                "unit_id": letter.unit_id,
                "name": letter.name,
                "letter": letter.digest,
                "docket": docket_facts(fields.docket),
            }
            for letter, fields in zip(letters, fetched, strict=True)
        ],
        "files": {name: digest(rendered[name]) for name in rendered},
    }
    return Pack(canonical_file(fields), fields, tuple(letters), rendered)


def _drawn(draw: Draw, unit_ids: Sequence[str] | None) -> tuple[str, ...]:
    """The ids to render, in the draw's order."""
    if unit_ids is None:
        return draw.unit_ids
    known = [*draw.unit_ids, *(reserve.unit_id for reserve in draw.reserves)]
    raise_all(
        LetterError,
        (f"letter {shown(u)}: neither selected nor in reserve" for u in unit_ids if u not in known),
    )
    return tuple(unit_id for unit_id in known if unit_id in unit_ids)


def _render_letters(
    fetched: Sequence[Fields],
    common: Mapping[str, Json],
    date: dt.date,
    letterhead: Sequence[str],
    source: str | None,
) -> list[Letter]:
    raise_all(
        LetterError,
        (
            f"letter {fields.unit_id}, {name}: the letter has one already; name yours otherwise"
            for fields in fetched
            for name in fields.letter
            if name in SUPPLIED
        ),
    )
    supplied = {**common, "date": date, "letterhead": list(letterhead)}
    orders = [
        {**fields.letter, **{name: supplied[name] for name in SUPPLIED if name in supplied},
         "unit_id": fields.unit_id}
        for fields in fetched
    ]  # fmt: skip
    letters: list[Letter] = []
    faults: list[str] = []
    for number, (fields, made) in enumerate(zip(fetched, _markups(source, orders), strict=True), 1):
        try:
            nodes = _read(made)
        except ValueError as error:
            faults.append(f"letter {fields.unit_id}: {error}")
        else:
            letters.append(
                Letter.write({**common, "unit_id": fields.unit_id, "tree": nodes}, number)
            )
    raise_all(LetterError, _together(faults, len(fetched)))
    return letters


def _read(made: str | worker.Failure) -> list[Json]:
    """The tree of a letter's markup, if there is markup and it says what a letter must."""
    if isinstance(made, worker.Failure):
        raise ValueError(made.message)
    nodes = tree.parse(made)
    require_elements(nodes, (APPROVAL,))
    return [*nodes]


def _together(faults: Sequence[str], letters: int) -> list[str]:
    """A fault that every letter has is the template's, and is said once."""
    same = {fault.partition(": ")[2] for fault in faults}
    if len(same) == 1 and len(faults) == letters > 1:
        return [f"every letter: {same.pop()}"]
    return list(faults)


def _markups(
    source: str | None, orders: Sequence[Mapping[str, Any]]
) -> Iterator[str | worker.Failure]:
    """The default template is ours and renders here; any other renders under limits."""
    if source is not None:
        yield from worker.run("markup", [(source, order) for order in orders], TEMPLATE_LIMITS)
        return
    for order in orders:
        try:
            yield templates.markup(None, order)
        except templates.TemplateError as error:
            yield worker.Failure(str(error))


def _render_pdf(
    page: dict[str, Any], letters: Sequence[Letter], date: dt.date, fonts: str | None
) -> dict[str, bytes]:
    """Every letter alone, then the pack; a letter that cannot be set is named."""
    single = [pdf.Page(pages.as_json(pages.letter_page(x)), date, fonts) for x in letters]
    names = [f"letters/{letter.name}.pdf" for letter in letters]
    set_pages = pdf.compile_pages(single)
    raise_all(
        LetterError,
        (
            f"letter {letter.unit_id}: {made.message}"
            for letter, made in zip(letters, set_pages, strict=True)
            if isinstance(made, worker.Failure)
        ),
    )
    parts = [
        page["letters"][first : first + LETTERS_A_PDF]
        for first in range(0, len(letters), LETTERS_A_PDF)
    ] or [[]]
    part_names = (
        ["pack.pdf"] if len(parts) == 1 else [f"pack-{i}.pdf" for i in range(1, len(parts) + 1)]
    )
    packs = pdf.compile_pages(
        [pdf.Page(pages.as_json({**page, "letters": part}), date, fonts) for part in parts]
    )
    made_all = dict(zip([*part_names, *names], [*packs, *set_pages], strict=True))
    if any(isinstance(made, worker.Failure) for made in packs):
        _blame(page, date, fonts)
    return {name: made for name, made in made_all.items() if isinstance(made, bytes)}


def _blame(page: dict[str, Any], date: dt.date, fonts: str | None) -> NoReturn:
    """Find whose docket cannot be set: the letters themselves can."""
    alone: list[list[dict[str, Any]]] = [[], *([item] for item in page["letters"])]
    cover, *dockets = pdf.compile_pages(
        [pdf.Page(pages.as_json({**page, "letters": part}), date, fonts) for part in alone]
    )
    if isinstance(cover, worker.Failure):
        raise LetterError(f"pack, cover sheet: {cover.message}")
    raise_all(
        LetterError,
        (
            f"letter {item['unit_id']}, docket: {made.message}"
            for item, made in zip(page["letters"], dockets, strict=True)
            if isinstance(made, worker.Failure)
        ),
    )
    raise LetterError("pack: each letter can be set, and all together cannot; split the month")


def _wants_pdf(asked: bool | None) -> bool:
    if asked:
        pdf.require_installed()
    elif asked is None and not pdf.is_installed():
        warnings.warn(
            "Typst is not installed, so HTML is written and no PDF; pip install 'ceosample[pdf]', "
            "or say pdf=False",
            stacklevel=3,
        )
        return False
    return asked is not False


def _check_arguments(
    draw: Draw,
    signatory: Signatory,
    date: dt.date,
    head: str | None,
    language: str,
) -> None:
    faults: list[str] = []
    if not isinstance(draw, Draw):
        faults.append(f"draw: got {type(draw).__name__}; give what cs.draw(...) returns")
    if not isinstance(signatory, Signatory):
        faults.append(f"signatory: got {type(signatory).__name__}; give a Signatory")
    if not isinstance(date, dt.date) or isinstance(date, dt.datetime):
        faults.append(f"date: got {shown(date)}; give a datetime.date")
    if head is not None and not is_digest(head):
        faults.append(f"head: got {shown(head)}; give the hash of the registration event")
    if not isinstance(language, str) or _LANGUAGE.fullmatch(language) is None:
        faults.append(f"language: got {shown(language)}; give a code such as 'en'")
    raise_all(LetterError, faults)


def _letterhead(lines: Sequence[str]) -> list[str]:
    """The lines, cleaned as a letter's fields are."""
    if isinstance(lines, str) or not isinstance(lines, Sequence):
        raise LetterError(f"letterhead: got {shown(lines)}; give a list of lines")
    faults: list[str] = []
    cleaned = []
    for number, line in enumerate(lines, 1):
        if isinstance(line, str):
            cleaned.append(clean_text(line, f"letterhead, line {number}", faults))
        else:
            faults.append(f"letterhead, line {number}: got {shown(line)}; give text")
    raise_all(LetterError, faults)
    return cleaned


def _check_selection(unit_ids: Sequence[str] | None, version: int) -> None:
    faults = []
    if unit_ids is not None and (isinstance(unit_ids, str) or not unit_ids):
        faults.append(f"unit_ids: got {shown(unit_ids)}; give a list of ids, or None for all")
    is_whole = isinstance(version, int) and not isinstance(version, bool)
    if not is_whole or not 1 <= version <= LARGEST_INTEGER:
        faults.append(f"version: got {shown(version)}; give a whole number of at least 1")
    raise_all(LetterError, faults)


def _parse(data: bytes, where: str) -> dict[str, Any]:
    try:
        fields: Any = parse_json(data)
    except ValueError as error:
        raise RecordError(f"{where}: {error}") from None
    if not isinstance(fields, dict) or fields.get("scheme") != SCHEME:
        raise RecordError(f"{where}: not a pack of the scheme {SCHEME}")
    raise_all(RecordError, faults_of_form(fields, FORM, where))
    # Packs of the first release have no dockets.
    dockets = [entry.get("docket", {}) for entry in fields["letters"]]
    if not all(isinstance(docket, dict) for docket in dockets):
        raise RecordError(f"{where}, letters: a docket is no object")
    return fields


def _letters(fields: Mapping[str, Any], rendered: Mapping[str, bytes]) -> Iterator[Letter]:
    ids = [entry["unit_id"] for entry in fields["letters"]]
    if len(set(ids)) != len(ids):
        raise RecordError(f"{PACK}, letters: an id stands twice")
    for entry in fields["letters"]:
        name = f"letters/{entry['name']}.json"
        data = rendered.get(name)
        if data is None or digest(data) != entry["letter"]:
            raise RecordError(f"{name}: is not the letter {entry['letter']} that the pack names")
        letter: Any = parse_json(data)
        if not isinstance(letter, dict) or letter.get("unit_id") != entry["unit_id"]:
            raise RecordError(f"{name}: is not of the response {shown(entry['unit_id'])}")
        yield Letter(entry["unit_id"], entry["name"], data, letter)
