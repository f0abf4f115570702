"""The field of a letter's digital signature: where it stands, and how a letter is given it.

A letter is never rewritten: the field is appended to it, in an update of its own (ISO 32000-1,
7.5.6), so the signed file begins with the very bytes that were sent.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Generator
from typing import IO, Any, Final

import attrs
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import (
    PdfCMSEmbedder,
    SigIOSetup,
    SigMDPSetup,
    SigObjSetup,
)
from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest, SignatureObject

from ceosample.canonical import digest
from ceosample.errors import LetterError
from ceosample.letters.signatures.appearance import HEIGHT, WIDTH

#: The one field that a letter has.
FIELD: Final = "approval"

#: What a reader hears of the field, and sees when the pointer rests on it.
TOOLTIP: Final = "Digital signature of the approval"

#: The hash that is signed.
HASH: Final = "sha256"

#: So much of the 22 mm above the rule stays free below the field, in points.
ABOVE_RULE: Final = 2.83

_PLACE = re.compile(r"signature-([0-9]+)-([0-9.]+)-([0-9.]+)")


Box = tuple[float, float, float, float]


@attrs.frozen
class Place:
    """Where a letter is signed.

    Attributes:
        page: its page, 0 the first.
        box: left, bottom, right and top of the field, in points from the lower left.
    """

    page: int
    box: Box

    @classmethod
    def of(cls, reader: PdfFileReader) -> Place:
        """The place that the letter itself names, in a named destination.

        Raises:
            LetterError: it names none.
        """
        try:
            names = reader.root["/Names"]["/Dests"]["/Names"]
        except KeyError:
            names = []
        found = [match for name in list(names)[::2] if (match := _PLACE.fullmatch(str(name)))]
        if len(found) != 1:
            raise LetterError(
                "the PDF names no place for a signature; render the letter again as a new version"
            )
        page, x, y = int(found[0][1]) - 1, float(found[0][2]), float(found[0][3])
        height = float(reader.find_page_for_modification(page)[0].get_object()["/MediaBox"][3])
        bottom = round(height - y + ABOVE_RULE, 2)
        return cls(page, (x, bottom, round(x + WIDTH, 2), round(bottom + HEIGHT, 2)))


class Update(IncrementalPdfFileWriter):
    """An update that adds nothing by chance: no random id, no clock, the letter's own metadata."""

    @classmethod
    def _handle_id(cls, prev: PdfFileReader) -> generic.ArrayObject:
        """The second part of the id says which state of the file it is: here, of which file."""
        prev.stream.seek(0)
        first, _ = prev.trailer["/ID"]
        second = bytes.fromhex(digest(prev.stream.read())[:32])
        return generic.ArrayObject(
            [generic.ByteStringObject(first.original_bytes), generic.ByteStringObject(second)]
        )

    def _write_header(self, stream: IO[bytes]) -> None:
        """The letter, and a line end where it has none: Typst's PDFs end with ``%%EOF``, and PDF/A
        wants each object to begin a line (ISO 19005-2, 6.1.9)."""
        super()._write_header(stream)  # type: ignore[no-untyped-call]
        here = self.input_stream.tell()
        self.input_stream.seek(-1, io.SEEK_END)
        if self.input_stream.read(1) not in b"\r\n":
            stream.write(b"\n")
        self.input_stream.seek(here)

    def _update_meta(self) -> None:
        """The letter's metadata stay: they are about the letter, and both places of it agree."""


@attrs.frozen
class Unsigned:
    """A letter with an empty place for the signature's bytes.

    Attributes:
        digest: the SHA-256 of all the rest, which is signed.
    """

    digest: bytes
    _prepared: PreparedByteRangeDigest
    _output: io.BytesIO

    def signed(self, cms: bytes) -> bytes:
        """The signed letter."""
        self._prepared.fill_with_cms(self._output, cms)
        return self._output.getvalue()


def with_field(
    letter: bytes,
    appearance: PdfFileReader,
    *,
    at: dt.datetime,
    reserved: int,
    reason: str | None = None,
) -> Unsigned:
    """Append the field to a letter, and leave room for a signature.

    Args:
        letter: the PDF that was sent.
        appearance: what the field shows, a page.
        at: the time that the signature claims; aware.
        reserved: hexadecimal digits of room for the signature.
        reason: what the signature says beside the time, or None.

    Raises:
        LetterError: the PDF names no place to sign.
    """
    return add_field(
        Update(io.BytesIO(letter)), appearance, at=at, reserved=reserved, reason=reason
    )


def add_field(
    writer: IncrementalPdfFileWriter,
    appearance: PdfFileReader,
    *,
    at: dt.datetime,
    reserved: int,
    reason: str | None = None,
) -> Unsigned:
    """Write an update with the field in it; see ``with_field``."""
    place = Place.of(writer.prev)
    # Typed as whole numbers there, and written as they are.
    box: Any = place.box
    spec = SigFieldSpec(FIELD, on_page=place.page, box=box)
    steps: Generator[Any, Any, Any] = PdfCMSEmbedder(new_field_spec=spec).write_cms(FIELD, writer)
    widget = next(steps)
    _dress(writer, widget, place, appearance)
    # Certified, and nothing may be changed any more: viewers tell whoever opens a changed letter.
    lock = SigMDPSetup(md_algorithm=HASH, certify=True, docmdp_perms=MDPPerm.NO_CHANGES)
    signature = SignatureObject(
        timestamp=at, subfilter=SigSeedSubFilter.PADES, reason=reason, bytes_reserved=reserved
    )
    steps.send(SigObjSetup(sig_placeholder=signature, mdp_setup=lock))
    prepared, output = steps.send(SigIOSetup(md_algorithm=HASH, output=io.BytesIO()))
    return Unsigned(prepared.document_digest, prepared, output)


def _dress(
    writer: IncrementalPdfFileWriter,
    widget: generic.IndirectObject,
    place: Place,
    appearance: PdfFileReader,
) -> None:
    """Give the field what it shows, and its tag in the structure of a tagged letter."""
    field = widget.get_object()
    shown = writer.import_page_as_xobject(appearance)
    field[pdf_name("/AP")] = generic.DictionaryObject({pdf_name("/N"): shown})
    field[pdf_name("/TU")] = generic.pdf_string(TOOLTIP)
    tree = writer.root["/StructTreeRoot"]
    document_ref = tree["/K"].raw_get(0)
    document, parents = document_ref.get_object(), tree["/ParentTree"]
    key = tree["/ParentTreeNextKey"]
    page = field.raw_get("/P")
    tag = writer.add_object(
        generic.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/StructElem"),
                pdf_name("/S"): pdf_name("/Form"),
                pdf_name("/P"): document_ref,
                pdf_name("/Pg"): page,
                pdf_name("/K"): generic.DictionaryObject(
                    {
                        pdf_name("/Type"): pdf_name("/OBJR"),
                        pdf_name("/Obj"): widget,
                        pdf_name("/Pg"): page,
                    }
                ),
            }
        )
    )
    document["/K"].append(tag)
    parents["/Nums"].extend([generic.NumberObject(key), tag])
    field[pdf_name("/StructParent")] = generic.NumberObject(key)
    tree[pdf_name("/ParentTreeNextKey")] = generic.NumberObject(key + 1)
    for changed in (document["/K"], parents["/Nums"], tree):
        writer.update_container(changed)
