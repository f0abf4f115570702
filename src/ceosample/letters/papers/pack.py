"""The pack: what goes in front of the executive, and what is kept of it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import attrs

from ceosample import files
from ceosample.canonical import Json, digest, is_digest, parse_json
from ceosample.errors import RecordError, raise_faults
from ceosample.form import Maybe, faults_of_form, is_text
from ceosample.letters.contents.fields import NUMBER
from ceosample.letters.existing.existing_letter import is_described
from ceosample.letters.letter import Letter
from ceosample.letters.papers import PACK
from ceosample.letters.papers.logo import LOGO, is_logo
from ceosample.letters.papers.signing_room import ROOM, signing_room
from ceosample.letters.pdf.paper_size import fault_of_paper
from ceosample.letters.room import sealed_page
from ceosample.result import Result
from ceosample.sampling.ticket import SCHEME
from ceosample.sealed.envelope import Seal
from ceosample.show import html_table, text_table
from ceosample.text import counted, fault_in_title, quoted
from ceosample.verifier.page import VERIFIER, verifier_page

#: The names that files of a pack have.
FILE: Final = re.compile(r"letters/[0-9]{4,}-[A-Za-z0-9._-]+|pack(-[0-9]+)?\.(html|pdf)|logo\.png")


def _is_files(value: object) -> bool:
    return isinstance(value, dict) and all(
        FILE.fullmatch(name) is not None and is_digest(said) for name, said in value.items()
    )


#: What each field of ``pack.json`` must be.
FORM: Final[dict[str, Any]] = {
    "population": is_text,
    "title": Maybe(lambda value: fault_in_title(value, "") is None),
    "period": is_text,
    "draw": is_digest,
    "registration": lambda value: value is None or is_digest(value),
    "signatory": {"id": is_text, "name": is_text, "title": is_text},
    "reading": Maybe(lambda value: value is True),
    "paper": Maybe(lambda value: fault_of_paper(value) is None),
    "deputies": Maybe(lambda value: isinstance(value, list) and all(map(is_text, value))),
    "logo": Maybe(is_logo),
    "letters": [{"unit_id": is_text, "name": is_text, "letter": is_digest}],
    "files": _is_files,
}

_HEADER = ["no.", "unit_id", "code", "words"]


@attrs.frozen(slots=False, repr=False, eq=False)  # a __dict__ is where cached_property keeps values
class Pack(Result):
    """A month's letters, ready to be signed; what ``render`` and ``Pack.load`` return.

    Attributes:
        data: the bytes of ``pack.json``.
        fields: what they hold: population, title if it has one, period, draw, registration,
            signatory, letters, files.
        letters: the letters, in the order of the draw.
        rendered: the bytes of the other files, by name.
        unprinted: the fields that ready letters do not print, by name, each with the number of
            letters that have it; empty in a pack that was loaded, whose dockets tell.
    """

    data: bytes
    fields: Mapping[str, Any]
    letters: tuple[Letter, ...]
    rendered: Mapping[str, bytes]
    unprinted: Mapping[str, int] = attrs.field(factory=dict)

    @property
    def population(self) -> str:
        """The population's id."""
        return str(self.fields["population"])

    @property
    def title(self) -> str | None:
        """The population as people read it; None where its id has to do."""
        value: str | None = self.fields.get("title")
        return value

    @property
    def is_reading(self) -> bool:
        """Whether it holds what is no letter, which is read and not signed."""
        return bool(self.fields.get("reading"))

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
        # It loads what a cover sheet needs.
        from ceosample.letters.papers.sheets.cover import reading_minutes

        return reading_minutes(self.letters)

    def files(self) -> dict[str, bytes]:
        """The bytes of ``pack.json`` and of every file that it names, by name; from no disk."""
        return {**self.rendered, PACK: self.data}

    def room(
        self,
        *,
        passphrase: str | None = None,
        random: Callable[[int], bytes] = secrets.token_bytes,
    ) -> bytes:
        """The signing room: one page in which all letters are read and decided, without a server.

        It is the same bytes whenever it is made, unless it is sealed. The page saves the decisions
        as ``decisions.json``, bound to this pack and its letters, for ``Ledger.record_all``.

        Args:
            passphrase: seals the room, and what it saves, as ``docs/sealed-rooms.md`` describes;
                one that ``cs.office.new_passphrase()`` returned. None leaves the room open.
            random: gives so many random bytes, for the salt and the nonce of a sealed room.

        Raises:
            RecordError: ``pack.html`` was made by a release without a signing room, or the
                passphrase is not one.
            MissingPartError: a sealed room needs the extra ``seal``.
        """
        reads = self.is_reading
        room = signing_room(self.rendered["pack.html"], self.room_data(), is_reading=reads)
        if passphrase is None:
            return room
        seal = Seal(passphrase, random)
        return sealed_page.sealed_page(room, self.digest, self.period, seal, is_reading=reads)

    def save(self, folder: str | Path, *, passphrase: str | None = None) -> None:
        """Write the pack, its signing room and the verifier's page, whole or not at all.

        Args:
            folder: the folder. A verifier's page that is there already is left as it is.
            passphrase: seals the room; None leaves it open. The other files are as they are.

        Raises:
            ConflictError: the folder holds another pack, which is left unchanged.
        """
        room = self.room()
        if passphrase is not None:
            there = files.read_if_there(Path(folder) / ROOM)
            holds = there is not None and sealed_page.holds(there, passphrase, room)
            room = there if there is not None and holds else self.room(passphrase=passphrase)
        page = files.read_if_there(Path(folder) / VERIFIER) or verifier_page()
        files.write_set(Path(folder), {**self.files(), VERIFIER: page, ROOM: room}, index=PACK)

    @classmethod
    def load(cls, folder: str | Path) -> Pack:
        """The pack that was saved in a folder.

        Raises:
            RecordError: a file is missing or is not the one that ``pack.json`` names.
        """
        place = Path(folder)
        data = files.read(place / PACK)
        fields = parse_pack(data, str(place / PACK))
        rendered = {name: files.read(place / name) for name in fields["files"]}
        raise_faults(
            RecordError,
            (
                f"{place / name}: changed since the pack was made (its SHA-256 is "
                f"{digest(rendered[name])}, pack.json has {said}); restore it"
                for name, said in fields["files"].items()
                if digest(rendered[name]) != said
            ),
        )
        return cls(data, fields, tuple(letters_of(fields, rendered)), rendered)

    def __getitem__(self, unit_id: str) -> Letter:
        for letter in self.letters:
            if letter.unit_id == unit_id:
                return letter
        raise KeyError(unit_id)

    def docket(self, unit_id: str) -> dict[str, Json]:
        """The part of a letter's docket for the ledger: owner, author, contacts, due date."""
        for entry in self.fields["letters"]:
            if entry["unit_id"] == unit_id:
                found: dict[str, Json] = entry.get("docket", {})
                return found
        raise KeyError(unit_id)

    def room_data(self) -> dict[str, Json]:
        """The signing room's data about the pack, next to the pages that it shows."""
        from ceosample.letters.papers.sheets.cover import WORDS_A_MINUTE

        return {
            "scheme": SCHEME,
            "pack": self.digest,
            "population": self.population,
            "period": self.period,
            "date": self.fields.get("date"),
            "registered": self.registration is not None,
            "signatory": self.fields["signatory"],
            **({"deputies": self.fields["deputies"]} if "deputies" in self.fields else {}),
            **({"reading": True} if self.is_reading else {}),
            "words_a_minute": WORDS_A_MINUTE,
            "letters": [
                {
                    "unit_id": letter.unit_id,
                    **({NUMBER: letter.shown} if NUMBER in letter.fields else {}),
                    "letter": letter.digest,
                    "words": letter.words,
                    "people": self._people(letter.unit_id),
                }
                for letter in self.letters
            ],
        }

    def _people(self, unit_id: str) -> list[Json]:
        """The people who worked on a letter, by its docket."""
        docket = self.docket(unit_id)
        said = (docket.get(name) for name in ("author", "owner"))
        return list(dict.fromkeys(person for person in said if isinstance(person, str)))

    def __len__(self) -> int:
        return len(self.letters)

    def __iter__(self) -> Iterator[Letter]:
        return iter(self.letters)

    def to_dict(self) -> dict[str, Json]:
        """The fields of ``pack.json``."""
        return dict(self.fields)

    def _caption(self) -> str:
        letters = counted(len(self), "reading" if self.is_reading else "letter")
        return (
            f"{letters} for {self.fields['signatory']['name']}: "
            f"{self.title or self.population}, "
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


def parse_pack(data: bytes, where: str) -> dict[str, Any]:
    """What the bytes of ``pack.json`` say.

    Raises:
        RecordError: it cannot be read, or its form is wrong.
    """
    try:
        fields: Any = parse_json(data)
    except ValueError as error:
        raise RecordError(f"{where}: {error}") from None
    if not isinstance(fields, dict) or fields.get("scheme") != SCHEME:
        raise RecordError(
            f"{where}: got a file that is not a pack of the scheme {SCHEME}; restore it"
        )
    raise_faults(RecordError, faults_of_form(fields, FORM, where))
    if "logo" in fields and fields["files"].get(LOGO) != fields["logo"]["sha256"]:
        raise RecordError(f"{where}, logo: its SHA-256 is not that of {LOGO}; restore it")
    # Packs of the first release have no dockets.
    dockets = [entry.get("docket", {}) for entry in fields["letters"]]
    if not all(isinstance(docket, dict) for docket in dockets):
        raise RecordError(f"{where}, letters: got a docket that is not an object; restore it")
    return fields


def _is_named(entry: Mapping[str, str], data: bytes, letter: Any, files: Mapping[str, str]) -> bool:
    """Whether a letter's file is the one that the pack names, or describes the PDF that it names.

    The digests of the files themselves are compared with ``files`` elsewhere.
    """
    existing = letter.get("pdf") if isinstance(letter, dict) else None
    if existing is None:
        return digest(data) == entry["letter"]
    pdf = files.get(f"letters/{entry['name']}.pdf")
    return is_described(existing) and entry["letter"] == existing["sha256"] == pdf


def letters_of(fields: Mapping[str, Any], rendered: Mapping[str, bytes]) -> Iterator[Letter]:
    """The letters that a pack names, from the bytes of their files.

    Raises:
        RecordError: a file is missing, or is not the letter that it is named for.
    """
    ids = [entry["unit_id"] for entry in fields["letters"]]
    if len(set(ids)) != len(ids):
        raise RecordError(f"{PACK}, letters: got an id twice; restore it")
    for entry in fields["letters"]:
        name = f"letters/{entry['name']}.json"
        data = rendered.get(name, b"")
        letter: Any = parse_json(data) if data else None
        if not _is_named(entry, data, letter, fields["files"]):
            raise RecordError(
                f"{name}: is not the letter {entry['letter']} that the pack names; restore it"
            )
        if not isinstance(letter, dict) or letter.get("unit_id") != entry["unit_id"]:
            raise RecordError(
                f"{name}: is not of the response {quoted(entry['unit_id'])}; restore it"
            )
        yield Letter(entry["unit_id"], entry["name"], data, letter)
