"""A saved pack compared with itself: pack.json, letters, PDFs, pages and the signing room."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from pathlib import Path
from typing import Any, Final

import attrs

from ceosample import files
from ceosample.canonical import Json, canonical_file, digest, parse_json
from ceosample.errors import RecordError
from ceosample.letters.letter import Letter, file_name
from ceosample.letters.markup import tree
from ceosample.letters.papers import shown_pages
from ceosample.letters.papers.pack import FILE, PACK, Pack, letters_of, parse_pack
from ceosample.letters.papers.signing_room import ROOM, Room
from ceosample.letters.room import sealed_page
from ceosample.sampling.frames.manifest import digest_of
from ceosample.sampling.record import Record
from ceosample.text import counted, quoted
from ceosample.verifier.page import VERIFIER, is_shipped

#: The page that a browser shows.
PAGE: Final = "pack.html"

#: No file that is read as a whole has more bytes; larger ones are refused unread.
LARGEST: Final = 1 << 28

#: What a computer's desktop leaves in any folder.
_DESKTOP: Final = frozenset({"Thumbs.db", "desktop.ini"})


class PackLevel(IntEnum):
    """How far a comparison of a saved pack came. Below ``WORDS``, the step at which it stopped."""

    MALFORMED = 0  #: pack.json cannot be read, or is not of this draw
    FILES = 1  #: a file is missing, was changed, is no file, or is not one of the pack
    LETTERS = 2  #: a letter is not one of the draw, or the pack's page shows other words
    ROOM = 3  #: the signing room shows other words, digests or codes
    SENT = 4  #: the ledger sent other letters, or none
    WORDS = 5  #: words compared, page not: the files and every letter's words agree
    PAGE = 6  #: and the pages and the signing room are as a release made them
    RECORDED = 7  #: and the ledger sent exactly these letters


@attrs.frozen
class SavedPack:
    """A pack that agrees with itself.

    Attributes:
        folder: where it is.
        pack: the pack, of whose files only the letters and the page are held.
        level: ``WORDS`` or ``PAGE``.
        notes: what was looked at, and what was not.
    """

    folder: Path
    pack: Pack
    level: PackLevel
    notes: tuple[str, ...]


class Stopped(Exception):
    """A step of the comparison that did not come out."""

    def __init__(self, level: PackLevel, difference: str) -> None:
        super().__init__(level, difference)
        self.level = level
        self.difference = difference


def verify_pack(
    folder: Path,
    record: Record,
    *,
    whole: bool,
    redrawn: str | None = None,
    passphrase: str | None = None,
) -> SavedPack:
    """The pack in a folder, each of its parts compared with the others and with the draw.

    Args:
        folder: holds ``pack.json``.
        record: the draw that it must be of.
        whole: whether it must hold all letters drawn; a rework holds some, or substitutes.
        redrawn: the digest of the record without names that are no part of it; they may have been
            added since.
        passphrase: opens a sealed room; None leaves it closed, and only its shell is compared.

    Raises:
        Stopped: the first difference.
    """
    fields, data = _fields(folder, record, redrawn)
    rendered = dict(_files(folder, fields))
    _require_no_others(folder, fields)
    try:
        letters = tuple(letters_of(fields, rendered))
    except (RecordError, ValueError) as error:
        raise Stopped(PackLevel.LETTERS, f"{folder / PACK}: {error}") from None
    pack = Pack(data, fields, letters, rendered)
    _require_letters(folder, pack, record, whole)
    page = _text(folder, PAGE, rendered.get(PAGE, b""), PackLevel.LETTERS)
    if what := shown_pages.other_words(page, letters):
        raise Stopped(PackLevel.LETTERS, f"{folder / PAGE}: {what}; restore it from the backup")
    release = shown_pages.release_of_page(page)
    level, notes = _room(folder, pack, page, release, passphrase)
    count = len(fields["files"])
    counts = f"{counted(len(letters), 'letter')}, {counted(count, 'file')} as pack.json has them"
    made = f"the shell of {release}" if release else "a shell of no release known here"
    notes = [f"{counts}; PDFs by their digests", f"{PAGE}: every letter's words; {made}", *notes]
    others = sorted(_not_looked_at(folder))
    if others:
        notes.append(f"not looked at: {', '.join(others)}")
    return SavedPack(folder, pack, level, tuple(notes))


def _fields(folder: Path, record: Record, redrawn: str | None) -> tuple[dict[str, Any], bytes]:
    """What ``pack.json`` says, and its bytes."""
    where = folder / PACK
    try:
        data = _read(folder, PACK)
        fields = parse_pack(data, str(where))
    except RecordError as error:
        raise Stopped(PackLevel.MALFORMED, error.faults[0]) from None
    draw = redrawn if fields["draw"] == redrawn else digest(record.data)
    wanted = {"draw": draw, "period": record.period}
    wanted["population"] = record.fields["population"]
    for name, value in wanted.items():
        if fields[name] != value:
            raise Stopped(
                PackLevel.MALFORMED,
                f"{where}, {name}: got {quoted(fields[name], 64)}; draw.json gives "
                f"{quoted(value, 64)}",
            )
    if not fields["letters"]:
        raise Stopped(PackLevel.MALFORMED, f"{where}, letters: names none; restore it")
    folded: dict[str, str] = {}
    for name in fields["files"]:
        if (other := folded.setdefault(name.casefold(), name)) != name:
            raise Stopped(
                PackLevel.MALFORMED,
                f"{where}, files: {quoted(other)} and {quoted(name)} are one name on many "
                "systems; restore it",
            )
    return fields, data


def _files(folder: Path, fields: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    """The letters and the page, each with the digest that pack.json has; all others are hashed."""
    for name, said in fields["files"].items():
        try:
            is_held = name == PAGE or name.endswith(".json")
            data = _read(folder, name) if is_held else b""
            found = digest(data) if is_held else digest_of(files.there(_inside(folder, name))())
        except RecordError as error:
            raise Stopped(PackLevel.FILES, error.faults[0]) from None
        if found != said:
            raise Stopped(
                PackLevel.FILES,
                f"{folder / name}: its SHA-256 is {found}; pack.json has {said}; restore it",
            )
        if is_held:
            yield name, data


def _inside(folder: Path, name: str) -> Path:
    """The path of a file that lies in the folder, where no link leads out of it.

    Raises:
        RecordError: a link does.
    """
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise RecordError(f"{path}: a link leads out of the folder; put the file in its place")
    return path


def _read(folder: Path, name: str) -> bytes:
    """The bytes of a file of the folder.

    Raises:
        RecordError: it is not there, is no file, lies elsewhere, or is too large to be one of ours.
    """
    path = _inside(folder, name)
    data = bytearray()
    for chunk in files.there(path)():
        data += chunk
        if len(data) > LARGEST:
            raise RecordError(f"{path}: got more than {LARGEST} bytes; restore it")
    return bytes(data)


def _require_no_others(folder: Path, fields: dict[str, Any]) -> None:
    """Raise where a file looks like one of the pack, and pack.json does not name it."""
    names = {str(name).casefold() for name in fields["files"]}
    found = [f"letters/{name}" for name in _names(folder / "letters")]
    found += [name for name in _names(folder) if FILE.fullmatch(name)]
    for name in found:
        if name.casefold() not in names:
            raise Stopped(
                PackLevel.FILES,
                f"{folder / name}: pack.json does not name it; find out where it comes from, and "
                "move it away",
            )


def _names(folder: Path) -> list[str]:
    """What is in a folder, in order, without what is hidden or a desktop's."""
    there = folder.iterdir() if folder.is_dir() else ()
    names = (path.name for path in there)
    return sorted(name for name in names if not name.startswith(".") and name not in _DESKTOP)


def _require_letters(folder: Path, pack: Pack, record: Record, whole: bool) -> None:
    """Raise unless the letters are of the draw, in its order, and each is a letter."""
    drawn = [entry["unit_id"] for entry in record.fields["selections"]]
    known = [*drawn, *(entry["unit_id"] for entry in record.fields["reserves"])]
    ids = [letter.unit_id for letter in pack.letters]
    where = f"{folder / PACK}, letters"
    if whole and ids != drawn:
        other = next((u for u in drawn if u not in ids), None) or next(
            (u for u in ids if u not in drawn), None
        )
        what = "in another order" if other is None else f"{quoted(other)} is in one of them alone"
        raise Stopped(PackLevel.LETTERS, f"{where}: not the letters of draw.json: {what}")
    if ids != [unit_id for unit_id in known if unit_id in ids]:
        raise Stopped(PackLevel.LETTERS, f"{where}: not letters of draw.json in its order")
    for number, letter in enumerate(pack.letters, 1):
        if fault := _fault_of(letter, number, pack):
            place = folder / "letters" / f"{letter.name}.json"
            raise Stopped(PackLevel.LETTERS, f"{place}: {fault}; restore it from the backup")


def _fault_of(letter: Letter, number: int, pack: Pack) -> str | None:
    """What is wrong with a letter's own file."""
    if letter.name != file_name(number, letter.unit_id):
        return f"is not the name of letter {number}, {quoted(letter.unit_id)}"
    common = ("population", "period", "version", "language", "signatory", "date", "reading")
    for name in common:
        if name in pack.fields and letter.fields.get(name) != pack.fields[name]:
            return f"{name} is not that of pack.json"
    if letter.fields.get("logo") != pack.fields.get("logo"):
        return "logo is not that of pack.json"
    try:
        nodes = letter.tree
        is_tree = tree.parse(tree.to_html(nodes)) == nodes
        is_tree = is_tree and canonical_file(dict(letter.fields)) == letter.data
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError):
        is_tree = False
    return None if is_tree else "its tree is not one that a release writes"


def _room(
    folder: Path, pack: Pack, page: str, release: str | None, passphrase: str | None
) -> tuple[PackLevel, list[str]]:
    """How far the signing room could be compared, and what to say of it."""
    try:
        data = _read(folder, ROOM)
    except RecordError as error:
        if (folder / ROOM).is_symlink() or (folder / ROOM).exists():
            raise Stopped(PackLevel.ROOM, error.faults[0]) from None
        return PackLevel.WORDS, [f"{ROOM}: not there, so no signing room was compared"]
    if not sealed_page.is_sealed(data):
        return _open_room(folder, pack, page, release, data)
    if not sealed_page.has_our_shell(
        data, pack.room(), pack.digest, pack.period, is_reading=pack.is_reading
    ):
        shell = "its form and script are of no release known here, so give it no passphrase"
    else:
        shell = "its form and script are those of this release"
    if passphrase is None:
        return PackLevel.WORDS, [f"{ROOM}: sealed, and not opened; {shell}"]
    try:
        about, inside = sealed_page.opened_page(data, passphrase, str(folder / ROOM))
    except RecordError as error:
        raise Stopped(PackLevel.ROOM, error.faults[0]) from None
    if about != pack.digest:
        raise Stopped(
            PackLevel.ROOM,
            f"{folder / ROOM}: was sealed as that of the pack {about[:8]}; seal it again from this "
            f"one, {pack.digest[:8]}",
        )
    level, notes = _open_room(folder, pack, page, release, inside)
    is_ours = "no release" not in shell
    return (level if is_ours else PackLevel.WORDS), [*notes, f"{ROOM}: sealed, and opened; {shell}"]


def _open_room(
    folder: Path, pack: Pack, page: str, release: str | None, data: bytes
) -> tuple[PackLevel, list[str]]:
    """The same of an open room, or of what was in a sealed one."""
    html = _text(folder, ROOM, data, PackLevel.ROOM)
    again = f"{folder / ROOM}: {{}}; make it again from the pack, with Pack.load(...).room()"
    if what := shown_pages.other_words(html, pack.letters):
        raise Stopped(PackLevel.ROOM, again.format(what))
    room = Room.read(html)
    if what := _other_data(html if room is None else room.data, pack, taken_apart=room is not None):
        raise Stopped(PackLevel.ROOM, again.format(what))
    words = f"{ROOM}: every letter's words, digest and code compared"
    tools = None if room is None else shown_pages.release_of_tools(room.tools)
    if room is not None and shown_pages.release_of_page(room.page) and room.page != page:
        raise Stopped(
            PackLevel.ROOM, again.format(f"its sheets or dockets are not those of {PAGE}")
        )
    if room is None or tools is None or room.page != page:
        return PackLevel.WORDS, [f"{words}, page not: its shell is of no release known here"]
    if release is None:
        return PackLevel.WORDS, [f"{words}, page not: it is that of {PAGE}, of no release"]
    return PackLevel.PAGE, [f"{words}; its page is that of {PAGE}, its tools those of {tools}"]


def _other_data(text: str, pack: Pack, *, taken_apart: bool) -> str | None:
    """What the data block of a signing room says that the pack does not, or None."""
    if not taken_apart:
        before, _, rest = text.partition(' id="room-data">')
        text, end, after = rest.partition("</script>")
        if not before or not end or ' id="room-data"' in after:
            return "it does not have its data once"
    try:
        said = parse_json(text.encode())
    except ValueError as error:
        return f"its data: {error}"
    # Deputies that the pack does not name must not be offered either.
    return _other({"deputies": None, **pack.room_data()}, said, "its data")


def _other(ours: Json, said: Json, where: str) -> str | None:
    """The first place in which two values differ; names that only the second has are ignored."""
    if isinstance(ours, dict) and isinstance(said, dict):
        found = (_other(ours[name], said.get(name), f"{where}, {name}") for name in ours)
        return next(filter(None, found), None)
    if isinstance(ours, list) and isinstance(said, list) and len(ours) == len(said):
        pairs = enumerate(zip(ours, said, strict=True), 1)
        found = (_other(one, other, f"{where}, entry {n}") for n, (one, other) in pairs)
        return next(filter(None, found), None)
    is_same = type(ours) is type(said) and ours == said
    return (
        None if is_same else f"{where}: got {quoted(said, 64)}; the pack gives {quoted(ours, 64)}"
    )


def _text(folder: Path, name: str, data: bytes, level: PackLevel) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise Stopped(level, f"{folder / name}: not UTF-8 at byte {error.start}") from None


def _is_verifier(path: Path) -> bool:
    """Whether a file is a verifier's page that a release shipped."""
    return path.is_file() and path.stat().st_size <= LARGEST and is_shipped(path.read_bytes())


def _not_looked_at(folder: Path) -> Iterator[str]:
    """What else is in the folder, but for the record and the room that are."""
    looked_at = {PACK, PAGE, ROOM, "letters", "draw.json", "manifest.csv", "exclusions.csv"}
    for name in _names(folder):
        is_looked_at = name in looked_at or FILE.fullmatch(name) or name.startswith("earlier-")
        is_looked_at = is_looked_at or (name == VERIFIER and _is_verifier(folder / name))
        if not is_looked_at and not name.startswith("rework-"):
            yield name
