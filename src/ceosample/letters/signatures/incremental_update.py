"""What was appended to a letter when it was signed: the signature's field, and nothing else.

A file can begin with the letter and be validly signed as a whole, and still show other words: an
update may put another page in the place of the letter's. So every object of the update is compared
with what signing makes of the letter. Whatever is neither is refused.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterator
from typing import Any, Final

import attrs
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.signers.cms_embedder import docmdp_reference_dictionary

from ceosample.letters.signatures.cms import Hole
from ceosample.letters.signatures.signature_field import FIELD, TOOLTIP, Place
from ceosample.text import quoted

#: Names by which an appearance could do more than be looked at, or look different elsewhere.
_NO_PICTURE: Final = frozenset(
    {"/OC", "/OCGs", "/Ref", "/OPI", "/PS", "/A", "/AA", "/JS", "/F", "/EF", "/Alternates", "/URI"}
)

#: The flags of the field's annotation.
PRINTED_AND_LOCKED: Final = 4 + 128

#: What the appearance's own dictionary has.
_APPEARANCE: Final = {"/Type": "/XObject", "/Subtype": "/Form"}
_MORE: Final = frozenset({"/BBox", "/Resources", "/Length", "/Filter"})


@attrs.frozen
class SignatureUpdate:
    """What the update says, where it is one that signs.

    Attributes:
        at: the time that the signature claims.
        reason: what it says beside the time, or None.
        image: whether a picture is in the field.
    """

    at: dt.datetime
    reason: str | None
    image: bool


def read_signature_update(pdf: bytes, letter: bytes, hole: Hole) -> SignatureUpdate:
    """What was appended to the letter.

    Args:
        pdf: the signed file, whose signature was found to be right.
        letter: the letter that it begins with.
        hole: where its signature is.

    Raises:
        ValueError: what it is that signing would not have appended.
    """
    try:
        return _Update(PdfFileReader(io.BytesIO(pdf)), PdfFileReader(io.BytesIO(letter))).read(hole)
    except ValueError:
        raise
    except (PdfReadError, KeyError, TypeError, AttributeError, IndexError, AssertionError) as error:
        raise ValueError(f"what was appended cannot be read ({type(error).__name__})") from None
    except RecursionError:
        raise ValueError("what was appended is nested too deeply") from None


@attrs.define
class _Update:
    now: PdfFileReader
    before: PdfFileReader
    explained: set[tuple[int, int]] = attrs.field(factory=set)

    def read(self, hole: Hole) -> SignatureUpdate:
        revision = self.before.xrefs.total_revisions
        if self.now.xrefs.total_revisions != revision + 1:
            raise ValueError("more than one update was appended; a signature is one")
        if self.now.xrefs.hybrid_xrefs_present or self.now.encrypted:
            raise ValueError("it shows different readers different things, or is encrypted")
        if self.now.xrefs.refs_freed_in_revision(revision):
            raise ValueError("parts of the letter were removed")
        self._require_trailer()
        signed = self._explain(hole)
        appended = {
            (ref.idnum, ref.generation)
            for ref in self.now.xrefs.explicit_refs_in_revision(revision)
        }
        surplus = sorted(appended - self.explained)
        if surplus:
            number, generation = surplus[0]
            raise ValueError(self._what(number, generation))
        return signed

    def _what(self, number: int, generation: int) -> str:
        """A surplus object in words."""
        is_letter_s = number < self.before.trailer["/Size"]
        verb = "replaces a part of the letter" if is_letter_s else "adds something"
        found = self.now.get_object(generic.Reference(number, generation, self.now))
        kind = found.get("/Type", "") if isinstance(found, generic.DictionaryObject) else ""
        return f"it {verb} next to the signature (object {number} {quoted(str(kind))})"

    def _require_trailer(self) -> None:
        own = ("/Prev", "/Size", "/ID", "/XRefStm", "/Length", "/Filter", "/W", "/Index", "/Type",
               "/DecodeParms")  # fmt: skip
        first, last = (
            {
                name: plain(reader.trailer.raw_get(name))
                for name in reader.trailer
                if name not in own
            }
            for reader in (self.before, self.now)
        )
        if first != last:
            raise ValueError("it names another beginning (its trailer is not the letter's)")

    def _explain(self, hole: Hole) -> SignatureUpdate:
        """Go from the catalog to everything that signing appends, and note what was seen."""
        root = self.now.trailer.raw_get("/Root")
        catalog = root.get_object()
        form = catalog.raw_get("/AcroForm")
        widget = self._only(form.get_object()["/Fields"])
        field = widget.get_object()
        signature = field.raw_get("/V")
        tag = self._tag()
        page = field.raw_get("/P")
        self._same(root, **{"/AcroForm": plain(form), "/Perms": {"/DocMDP": plain(signature)}})
        self._is(form, {"/Fields": [plain(widget)], "/SigFlags": 3})
        place = Place.of(self.before)
        right_page, _ = self.before.find_page_for_modification(place.page)
        if plain(page) != plain(right_page):
            raise ValueError("the signature is on another page than the approval")
        old = plain(self.before.get_object(_key(page, self.before))).get("/Annots", [])
        self._same(page, **{"/Annots": [*old, plain(widget)]})
        appearance = field["/AP"].raw_get("/N")
        self._is(
            widget,
            {
                "/Type": "/Annot",
                "/Subtype": "/Widget",
                "/FT": "/Sig",
                "/T": FIELD,
                "/TU": TOOLTIP,
                "/F": PRINTED_AND_LOCKED,
                "/Rect": [*place.box],
                "/P": plain(page),
                "/V": plain(signature),
                "/AP": {"/N": plain(appearance)},
                "/StructParent": field["/StructParent"],
            },
        )
        self._tagged(tag, widget, page, field["/StructParent"])
        image = self._picture(appearance, place)
        return self._signature(signature, hole, image=image)

    def _tag(self) -> generic.IndirectObject:
        """The field's tag, from the tree of the letter's structure."""
        tree: Any = self.now.root["/StructTreeRoot"]
        found: generic.IndirectObject = tree["/ParentTree"]["/Nums"].raw_get(-1)
        return found

    def _tagged(
        self,
        tag: generic.IndirectObject,
        widget: generic.IndirectObject,
        page: generic.IndirectObject,
        key: int,
    ) -> None:
        """The structure is the letter's, with one more tag at its end."""
        root = self.before.root.raw_get("/StructTreeRoot")
        tree = plain(root.get_object())
        nums = [*tree["/ParentTree"]["/Nums"], key, plain(tag)]
        if key != tree["/ParentTreeNextKey"]:
            raise ValueError("the signature's tag has another's place")
        self._same(
            root,
            **{
                "/ParentTree": {**tree["/ParentTree"], "/Nums": nums},
                "/ParentTreeNextKey": key + 1,
            },
        )
        document = root.get_object()["/K"].raw_get(0)
        children = plain(document.get_object())["/K"]
        self._same(document, **{"/K": [*children, plain(tag)]})
        self._is(
            tag,
            {
                "/Type": "/StructElem",
                "/S": "/Form",
                "/P": plain(document),
                "/Pg": plain(page),
                "/K": {"/Type": "/OBJR", "/Obj": plain(widget), "/Pg": plain(page)},
            },
        )

    def _signature(
        self, ref: generic.IndirectObject, hole: Hole, *, image: bool
    ) -> SignatureUpdate:
        found = ref.get_object()
        said = dict(plain(found))
        first, last = hole
        size = self.now.stream.seek(0, io.SEEK_END)
        self.now.stream.seek(first + 1)
        inside = bytes.fromhex(self.now.stream.read(last - first - 2).decode())
        if found.raw_get("/Contents").original_bytes != inside:
            raise ValueError("the signature is not the one in the field")
        moment = generic.parse_pdf_date(found["/M"])
        reason = found.get("/Reason")
        self._is(
            ref,
            {
                "/Type": "/Sig",
                "/Filter": "/Adobe.PPKLite",
                "/SubFilter": "/ETSI.CAdES.detached",
                "/Contents": said["/Contents"],
                "/ByteRange": [0, first, last, size - last],
                "/M": said["/M"],
                "/Reference": [plain(docmdp_reference_dictionary(MDPPerm.NO_CHANGES))],
                **({} if reason is None else {"/Reason": said["/Reason"]}),
            },
        )
        if moment.tzinfo is None:
            raise ValueError("the time that the signature claims has no zone")
        return SignatureUpdate(moment, None if reason is None else str(reason), image)

    def _picture(self, ref: generic.IndirectObject, place: Place) -> bool:
        """The appearance is a picture as large as the field; whether there is an image in it."""
        own = ref.get_object()
        said = plain(own)[0]
        left, bottom, right, top = place.box
        size = [round(right - left, 2), round(top - bottom, 2)]
        fits = all(abs(a - b) < 0.02 for a, b in zip(said["/BBox"], [0, 0, *size], strict=True))
        surplus = said.keys() - _APPEARANCE.keys() - _MORE
        if not fits or surplus or any(said[name] != value for name, value in _APPEARANCE.items()):
            raise ValueError("what the field shows is not a picture of its size")
        image = False
        for found in self._below(ref):
            names: dict[str, Any] = found if isinstance(found, generic.DictionaryObject) else {}
            if not _NO_PICTURE.isdisjoint(names):
                raise ValueError("what the field shows does more than be looked at")
            image = image or names.get("/Subtype") == "/Image"
        return image

    def _below(self, ref: generic.IndirectObject) -> Iterator[generic.PdfObject]:
        """Everything that the appearance is made of, none of it the letter's."""
        waiting: list[generic.PdfObject] = [ref]
        while waiting:
            found = waiting.pop()
            if isinstance(found, generic.IndirectObject):
                if found.idnum < self.before.trailer["/Size"]:
                    raise ValueError("what the field shows is made of the letter's parts")
                key = (found.idnum, found.generation)
                if key not in self.explained:
                    self.explained.add(key)
                    waiting.append(found.get_object())
                continue
            yield found
            if isinstance(found, generic.DictionaryObject):
                waiting += [found.raw_get(name) for name in found]
            elif isinstance(found, generic.ArrayObject):
                waiting += [found.raw_get(place) for place in range(len(found))]

    def _only(self, fields: generic.ArrayObject) -> generic.IndirectObject:
        if len(fields) != 1:
            raise ValueError(f"there are {len(fields)} fields in it; a letter has one")
        found: generic.IndirectObject = fields.raw_get(0)
        name = found.get_object().get("/T")
        if name != FIELD:
            raise ValueError(f"the signature is in the field {quoted(str(name))}, not in {FIELD!r}")
        return found

    def _same(self, ref: generic.IndirectObject, **otherwise: Any) -> None:
        """An object is the letter's own but for these entries."""
        old = plain(self.before.get_object(_key(ref, self.before)))
        self._is(ref, {**old, **otherwise}, what=old.get("/Type", "/StructTreeRoot"))

    def _is(self, ref: generic.IndirectObject, wanted: dict[str, Any], what: str = "") -> None:
        found = plain(self.now.get_object(_key(ref, self.now)))
        if not isinstance(found, dict) or found != wanted:
            names = sorted(
                name
                for name in {*wanted, *(found if isinstance(found, dict) else ())}
                if not isinstance(found, dict) or found.get(name) != wanted.get(name)
            )
            where = what or wanted.get("/Type", "/AcroForm")
            raise ValueError(
                f"it changes more than signing does: {quoted(', '.join(names))} of {where}"
            )
        self.explained.add((ref.idnum, ref.generation))


def _key(ref: generic.IndirectObject, reader: PdfFileReader) -> generic.Reference:
    return generic.Reference(ref.idnum, ref.generation, reader)


#: How each kind of object compares; the first that fits.
_PLAIN: Final[tuple[tuple[type, Callable[[Any], Any]], ...]] = (
    (generic.IndirectObject, lambda ref: ("ref", ref.idnum, ref.generation)),
    (generic.StreamObject, lambda found: (_entries(found), found.encoded_data)),
    (generic.DictionaryObject, lambda found: _entries(found)),
    (generic.ArrayObject, lambda found: [plain(found.raw_get(n)) for n in range(len(found))]),
    (generic.BooleanObject, lambda found: bool(found)),
    (generic.FloatObject, lambda found: float(found)),
    (generic.NumberObject, lambda found: int(found)),
    (generic.NullObject, lambda found: None),
    (generic.ByteStringObject, lambda found: bytes(found)),
)


def plain(found: generic.PdfObject) -> Any:
    """An object of a PDF as Python's own, so that two of different files can be compared."""
    for kind, convert in _PLAIN:
        if isinstance(found, kind):
            return convert(found)
    return str(found)


def _entries(found: generic.DictionaryObject) -> dict[str, Any]:
    return {str(name): plain(found.raw_get(name)) for name in found}
