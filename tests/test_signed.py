"""Signed letters that come back: a genuine one is accepted, and every other one refused."""

from __future__ import annotations

import datetime as dt
import io
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pypdf
import pytest
from asn1crypto import cms as asn1_cms
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, fields, signers

import authority as au
from authority import AT, Holder, authority, check, forged, issue, sent, signed
from ceosample.errors import SignatureError
from ceosample.letters.signatures.appearance import HEIGHT, WIDTH
from ceosample.letters.signatures.run_async import run_async
from ceosample.letters.signatures.sign import Consent, sign_letters
from ceosample.letters.signatures.signature_field import Place, Update
from ceosample.signing import Level as SignedLevel
from needed import program
from thorough import examples

YEAR = dt.timedelta(days=365)
FIRST_OF_CMS = signed().index(b"/Contents <") + len(b"/Contents <")


def refused(pdf: bytes, level: SignedLevel, reason: str, **otherwise: Any) -> None:
    report = check(pdf, **otherwise)
    assert (report.ok, report.level) == (False, level), report
    assert report.reason is not None
    assert reason in report.reason


@pytest.mark.parametrize("unit_id", au.LETTERS)
@pytest.mark.parametrize("who", ["ceo", "deputy"])
def test_a_letter_that_was_signed_is_accepted(unit_id: str, who: str) -> None:
    """RSA and ECDSA, one page and several."""
    pdf = signed(unit_id, who)
    report = check(pdf)
    assert report.ok
    assert report.level is SignedLevel.ACCEPTED
    letter = au.paper()[unit_id]
    assert (report.unit_id, report.letter) == (unit_id, letter.digest)
    assert report.certificate == getattr(authority(), who).digest
    assert (report.person, report.in_person) == (
        ("ceo", True) if who == "ceo" else ("deputy-1", False)
    )
    assert report.at == AT
    assert (report.grade, report.image) == (None, None)
    assert pdf.startswith(sent(unit_id))


def test_poppler_finds_the_signature_valid_and_the_whole_document_signed(tmp_path: Path) -> None:
    """An independent reader: 'its signature covers the entire file'."""
    pdfsig = program("pdfsig", "poppler-utils")
    (tmp_path / "signed.pdf").write_bytes(signed())
    told = subprocess.run(
        [pdfsig, "-nocert", "signed.pdf"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "Signature Validation: Signature is Valid." in told
    assert "Total document signed" in told
    assert "Signature Type: ETSI.CAdES.detached" in told
    assert "Signature Field Name: approval" in told


# ---- Bytes -----------------------------------------------------------------------------------


@settings(max_examples=examples(80, one_in=4), deadline=None)
@given(place=st.integers(0, len(signed()) - 1), flip=st.integers(1, 255))
@example(place=0, flip=1)
@example(place=len(signed()) - 1, flip=1)
@example(place=FIRST_OF_CMS, flip=1)
def test_any_byte_that_is_flipped_is_noticed(place: int, flip: int) -> None:
    """'Any byte flipped, appended or re-saved is refused with the reason.'"""
    changed = bytearray(signed())
    changed[place] ^= flip
    report = check(bytes(changed))
    assert not report.ok, (place, flip)
    assert report.reason


@pytest.mark.parametrize("where", range(FIRST_OF_CMS, FIRST_OF_CMS + 4400, 211))
@pytest.mark.parametrize("flip", [1, 3, 0x20])
def test_a_byte_of_the_signature_itself_is_noticed(where: int, flip: int) -> None:
    """The part of the file that no hash covers."""
    test_any_byte_that_is_flipped_is_noticed.hypothesis.inner_test(where, flip)  # type: ignore[attr-defined]


def in_cms(change: Callable[[bytearray], None], pdf: bytes = signed()) -> bytes:
    """The signed letter with other bytes in its signature."""
    first = pdf.index(b"/Contents <") + len(b"/Contents <")
    last = pdf.index(b">", first)
    inside = bytearray.fromhex(pdf[first:last].decode())
    change(inside)
    return pdf[:first] + inside.hex().upper().encode() + pdf[last:]


def longer(cms: bytearray) -> None:
    """The whole takes in two bytes of the padding."""
    cms[2:4] = (int.from_bytes(cms[2:4]) + 2).to_bytes(2)


def other_case(cms: bytearray) -> None:
    """The issuer of the signer's certificate, named in other letters: names are compared folded."""
    last = cms.rindex(b"The Office")  # the last is under the signature, in an attribute
    cms[cms.rindex(b"The Office", 0, last)] ^= 0x20


def padded(cms: bytearray) -> None:
    cms[-1] = 1


def office_in(cms: bytearray) -> int:
    """Where the certificate of the office ends."""
    der = authority().office.certificate.public_bytes(Encoding.DER)
    return cms.index(der) + len(der)


def other_algorithm(cms: bytearray) -> None:
    """rsaEncryption for sha256WithRSAEncryption, in the part that the root did not sign."""
    place = cms.rindex(bytes.fromhex("2A864886F70D01010B"), 0, office_in(cms))
    cms[place + 8] = 1


def spare_bits(cms: bytearray) -> None:
    """The office's signature, with a bit that is unused."""
    cms[office_in(cms) - 257] = 1


@pytest.mark.parametrize("change", [longer, padded, other_case, other_algorithm, spare_bits])
def test_a_signature_can_be_written_in_one_way_only(change: Callable[[bytearray], None]) -> None:
    """Each of these verifies in pyHanko: the bytes are under no signature."""
    refused(in_cms(change), SignedLevel.BROKEN, "damaged")


def other_of_two(cms: bytearray) -> None:
    """r and the order less s, which is as valid as r and s."""
    found = asn1_cms.ContentInfo.load(bytes(cms), strict=False)
    info = found["content"]["signer_infos"][0]
    r, s = decode_dss_signature(info["signature"].native)
    info["signature"] = encode_dss_signature(r, SECP256R1().group_order - s)
    made = found.dump(force=True)
    cms[:] = made + bytes(len(cms) - len(made))


def test_ecdsa_s_other_signature_of_the_same_bytes_is_refused() -> None:
    pdf = signed("C-0", "deputy")
    assert check(pdf).ok
    refused(in_cms(other_of_two, pdf), SignedLevel.BROKEN, "the other one of the two")


def test_a_digit_of_the_signature_in_the_other_case_is_noticed() -> None:
    pdf = signed()
    place = next(n for n in range(FIRST_OF_CMS, len(pdf)) if pdf[n : n + 1] in b"ABCDEF")
    changed = pdf[:place] + pdf[place : place + 1].lower() + pdf[place + 1 :]
    refused(changed, SignedLevel.NOT_COVERED, "more of the file than itself")


@pytest.mark.parametrize("more", [b"\n", b" ", b"\0", b"%%EOF\n", b"1 0 obj\nnull\nendobj\n"])
def test_what_is_appended_is_refused(more: bytes) -> None:
    refused(signed() + more, SignedLevel.NOT_COVERED, f"{len(more)} bytes were appended")


def test_what_is_cut_off_is_refused() -> None:
    refused(signed()[:-1], SignedLevel.NOT_COVERED, "1 bytes at its end are missing")
    refused(sent(), SignedLevel.NOT_COVERED, "no signature")
    refused(sent()[:-1], SignedLevel.OTHER_LETTER, "no letter of the pack")
    refused(b"", SignedLevel.OTHER_LETTER, "no letter of the pack")
    refused(sent() + b"\0" * 4_000_001, SignedLevel.NOT_COVERED, "more than 4000000 bytes")


def by_pikepdf(pdf: bytes) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as read:
        read.save(out)
    return out.getvalue()


def by_pypdf(pdf: bytes) -> bytes:
    out = io.BytesIO()
    pypdf.PdfWriter(clone_from=io.BytesIO(pdf)).write(out)
    return out.getvalue()


@pytest.mark.parametrize("save", [by_pikepdf, by_pypdf])
def test_a_file_that_was_saved_anew_is_refused(save: Callable[[bytes], bytes]) -> None:
    refused(save(signed()), SignedLevel.OTHER_LETTER, "from which it differs at byte")


# ---- Updates after the signature ----------------------------------------------------------------


def page_of(writer: IncrementalPdfFileWriter, number: int = 0) -> Any:
    return writer.find_page_for_modification(number)[0].get_object()


def stream(writer: IncrementalPdfFileWriter, data: bytes) -> Any:
    return writer.add_object(generic.StreamObject(stream_data=data))


def new_words(writer: IncrementalPdfFileWriter) -> None:
    page = page_of(writer)
    page["/Contents"] = stream(writer, b"BT ET")
    writer.update_container(page)


def new_annotation(writer: IncrementalPdfFileWriter) -> None:
    note = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/FreeText"),
            pdf_name("/Rect"): generic.ArrayObject(generic.NumberObject(n) for n in (0, 0, 9, 9)),
            pdf_name("/Contents"): generic.pdf_string("We are not sorry."),
        }
    )
    writer.register_annotation(writer.find_page_for_modification(0)[0], writer.add_object(note))


def new_value(writer: IncrementalPdfFileWriter) -> None:
    form: Any = writer.root["/AcroForm"]
    field = form["/Fields"][0]
    field["/TU"] = generic.pdf_string("filled")
    writer.update_container(field)


@pytest.mark.parametrize("change", [new_words, new_annotation, new_value])
def test_an_update_after_the_signature_is_refused(
    change: Callable[[IncrementalPdfFileWriter], None],
) -> None:
    """'nothing was modified after it'"""
    writer = IncrementalPdfFileWriter(io.BytesIO(signed()))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    refused(out.getvalue(), SignedLevel.NOT_COVERED, "bytes were appended after it was signed")


def test_two_updates_under_one_signature_are_refused() -> None:
    """The first of them could be anything, and the signature is right."""
    writer = IncrementalPdfFileWriter(io.BytesIO(sent()))
    new_words(writer)
    out = io.BytesIO()
    writer.write(out)
    twice = forged(letter=out.getvalue())
    refused(twice, SignedLevel.ALTERED, "more than one update was appended")


def other_information(writer: Update) -> None:
    """The trailer names a part of the letter as what says its title."""
    writer.set_info(writer.prev.trailer.raw_get("/Root"))


def test_a_trailer_that_is_not_the_letters_is_refused() -> None:
    refused(forged(other_information), SignedLevel.ALTERED, "its trailer is not the letter's")


def test_a_table_of_contents_that_removes_a_part_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write: Any = Update.write
    first = b"65535 f \n"

    def otherwise(writer: Update, stream: Any) -> None:
        out = io.BytesIO()
        write(writer, out)
        before, _, after = out.getvalue().rpartition(first)
        stream.write(before + first + b"3 1\n0000000000 00001 f \n" + after)

    monkeypatch.setattr(Update, "write", otherwise)
    refused(forged(), SignedLevel.ALTERED, "parts of the letter were removed")


def test_a_name_in_a_certificate_cannot_speak_for_the_report() -> None:
    """A certificate's name may hold line feeds and a terminal's commands."""
    stranger = issue("x\n  ok: ACCEPTED\x1b[2J\u202e")
    report = check(forged(by=stranger))
    assert report.level is SignedLevel.UNTRUSTED
    assert "ok: ACCEPTED" in str(report)
    assert "\n  ok" not in str(report)
    assert "\x1b" not in str(report) + str(report.subject)
    assert "\u202e" not in str(report) + str(report.subject)


def by_pyhanko(
    pdf: bytes, field: str, algorithm: str = "sha256", *, prefer_pss: bool = False, **more: Any
) -> bytes:
    """Signed by the signatory with pyHanko's own signer, as another program might."""
    signer = signers.SimpleSigner.load_pkcs12_data(
        authority().ceo.pkcs12(), [], passphrase=au.SECRET.encode()
    )
    meta = PdfSignatureMetadata(
        field_name=field, md_algorithm=algorithm, subfilter=fields.SigSeedSubFilter.PADES, **more
    )
    assert signer is not None
    signer.prefer_pss = prefer_pss
    # A browser of other tests may keep a loop running here.
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    out = run_async(signers.PdfSigner(meta, signer=signer).async_sign_pdf(writer))
    return bytes(out.getbuffer())


def test_a_second_signature_is_refused() -> None:
    """'there is exactly one in the named field'"""
    twice = by_pyhanko(by_pyhanko(sent(), "approval"), "another")
    refused(twice, SignedLevel.NOT_COVERED, "there are 2 signatures in it")


def test_a_signature_in_another_field_is_refused() -> None:
    refused(
        by_pyhanko(sent(), "Signature1"),
        SignedLevel.UNTRUSTED,
        "a certificate that is not one",
    )


def test_a_signature_by_rsa_pss_is_called_what_it_is() -> None:
    """'RSA-PSS is called damaged and weak (take it, or say what it is)'"""
    report = check(by_pyhanko(sent(), "approval", prefer_pss=True))
    assert report.level is SignedLevel.BROKEN
    assert report.reason is not None
    assert report.reason.startswith("it is signed by RSASSA-PSS, which is sound and is not taken")


def test_sha_1_is_refused() -> None:
    refused(
        by_pyhanko(sent(), "approval", "sha1"), SignedLevel.BROKEN, "sha1 with sha1_rsa is weak"
    )


# ---- More than a signature, in the update that signs ---------------------------------


def new_font(writer: Any) -> None:
    page = page_of(writer)
    page["/Resources"] = generic.DictionaryObject()
    writer.update_container(page)


def other_words_in_place(writer: Any) -> None:
    """The content stream itself is written anew under its number: the page does not change."""
    ref = page_of(writer).raw_get("/Contents").reference
    writer.objects[(ref.generation, ref.idnum)] = generic.StreamObject(stream_data=b"BT ET")


def opens_with(writer: Any) -> None:
    writer.root["/OpenAction"] = generic.DictionaryObject(
        {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): generic.pdf_string("1")}
    )
    writer.update_root()


def other_language(writer: Any) -> None:
    writer.root["/Lang"] = generic.pdf_string("cy")
    writer.update_root()


def smaller_page(writer: Any) -> None:
    page = page_of(writer)
    page["/CropBox"] = generic.ArrayObject(generic.NumberObject(n) for n in (0, 0, 90, 90))
    writer.update_container(page)


def lone_object(writer: Any) -> None:
    writer.add_object(generic.pdf_string("nobody refers to this"))


def upside_down(writer: Any) -> None:
    pages: Any = writer.root["/Pages"]
    pages["/Rotate"] = generic.NumberObject(180)
    writer.update_container(pages)


def own_form(writer: Any) -> None:
    writer.root["/AcroForm"] = form = generic.DictionaryObject(
        {
            pdf_name("/Fields"): generic.ArrayObject(),
            pdf_name("/XFA"): generic.ArrayObject(),
        }
    )
    writer.root["/AcroForm"] = writer.add_object(form)
    writer.update_root()


@pytest.mark.parametrize(
    "change",
    [
        *(new_words, new_font, other_words_in_place, new_annotation, opens_with, other_language),
        *(smaller_page, lone_object, upside_down, own_form),
    ],
)
def test_what_changes_the_letter_in_the_update_that_signs_it_is_refused(
    change: Callable[[Update], None],
) -> None:
    """The file begins with the letter, and is validly signed as a whole by the signatory."""
    assert check(forged()).ok
    refused(forged(change), SignedLevel.ALTERED, "it ")


def shown_by(page: bytes, **more: Any) -> bytes:
    """An appearance, as a PDF of one page."""
    with pikepdf.open(io.BytesIO(au.appearance())) as pdf:
        for name, value in more.items():
            pdf.pages[0][f"/{name}"] = value
        pdf.pages[0].Contents = pdf.make_stream(page)
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


def test_an_appearance_of_another_size_is_refused() -> None:
    huge = shown_by(b"1 g 0 0 600 900 re f", MediaBox=[0, 0, 600, 900])
    refused(forged(shows=huge), SignedLevel.ALTERED, "not a picture of its size")
    assert check(forged(shows=shown_by(b"0 g"))).ok


def test_an_appearance_that_is_hidden_from_some_is_refused() -> None:
    layer = pikepdf.Dictionary(OC=pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name="x"))
    page = shown_by(b"0 g", Resources=pikepdf.Dictionary(Properties=layer))
    refused(forged(shows=page), SignedLevel.ALTERED, "does more than be looked at")


def test_a_field_elsewhere_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A field as large as the page could cover every word of it."""
    place = Place(0, (0.0, 0.0, WIDTH, HEIGHT))
    with monkeypatch.context() as patched:
        patched.setattr(Place, "of", classmethod(lambda cls, reader: place))
        moved = forged()
    refused(moved, SignedLevel.ALTERED, "'/Rect' of /Annot")


def test_a_picture_without_consent_is_refused() -> None:
    with pikepdf.open(io.BytesIO(au.appearance())) as pdf:
        image = pdf.make_stream(zlib.compress(b"\0"), Filter=pikepdf.Name.FlateDecode)
        image.update({"/Type": pikepdf.Name.XObject, "/Subtype": pikepdf.Name.Image})
        pdf.pages[0].Resources.XObject = pikepdf.Dictionary(Im=image)
        out = io.BytesIO()
        pdf.save(out)
    pdf_with = forged(shows=out.getvalue())
    refused(pdf_with, SignedLevel.ALTERED, "there is a picture in the field, and no consent to it")
    refused(forged(reason="I am bored"), SignedLevel.ALTERED, "it states the reason")


# ---- Another letter, another signer -------------------------------------------------------------


def test_a_signature_of_another_letter_is_refused() -> None:
    """'the letter's bytes are the ones that were sent'"""
    other = au.paper("We are not sorry about the parrot.")
    pdf = sign_letters(other, au.key_of(authority().ceo), at=AT, unit_ids=["C-0"])["C-0"]
    refused(pdf, SignedLevel.OTHER_LETTER, "it is nearest to that of C-0")


def expired() -> Holder:
    return issue("Margaret Llewelyn", authority().office, last=AT - dt.timedelta(seconds=10))


def not_yet() -> Holder:
    return issue("Margaret Llewelyn", authority().office, first=AT + dt.timedelta(hours=1))


def other_root() -> Holder:
    return issue("Margaret Llewelyn", issue("Another Root", ca=True))


def self_signed() -> Holder:
    return issue("Margaret Llewelyn")


def root_of_the_same_name() -> Holder:
    root = issue("The Root", key=au.rsa_key("a forger"), ca=True)
    return issue("Margaret Llewelyn", issue("The Office", root, ca=True))


def for_encryption() -> Holder:
    return issue("Margaret Llewelyn", authority().office, usage="key_encipherment")


def an_authority() -> Holder:
    return issue("Margaret Llewelyn", authority().office, ca=True)


def weak_key() -> Holder:
    key = rsa.generate_private_key(65537, 1024)  # noqa: S505 - that is the point
    return issue("Margaret Llewelyn", authority().office, key=key)


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (expired, "expired"),
        (not_yet, "not valid until"),
        (other_root, "does not lead to any of the roots"),
        (self_signed, "self-signed"),
        (root_of_the_same_name, ""),
        (for_encryption, "key usage is not signing"),
        (an_authority, "key usage is not signing"),
        (weak_key, "rsa, 1024 bits"),
    ],
)
def test_a_certificate_that_is_not_to_be_trusted_is_refused(
    made: Callable[[], Holder], reason: str
) -> None:
    """'it chains to the configured roots'; each is named for the signatory, as if it were right."""
    holder = made()
    refused(forged(by=holder), SignedLevel.UNTRUSTED, reason, people={"ceo": [holder.digest]})


def test_a_certificate_of_somebody_else_under_the_same_root_is_refused() -> None:
    other = issue("Mererid Vaughan", authority().office)
    refused(forged(by=other), SignedLevel.OTHER_SIGNER, "no person who may sign")
    twice = {"ceo": [other.digest], "deputy-1": [other.digest]}
    refused(forged(by=other), SignedLevel.OTHER_SIGNER, "ceo, deputy-1", people=twice)


def test_a_time_that_is_still_to_come_is_refused() -> None:
    late = forged(at=AT + dt.timedelta(minutes=6))
    refused(late, SignedLevel.CLOCK, "after this check")
    assert check(late, at=AT + dt.timedelta(minutes=7)).ok
    refused(forged(at=AT - 2 * YEAR), SignedLevel.CLOCK, "before its certificate")


def test_a_signer_s_clock_may_be_some_minutes_ahead() -> None:
    """'a signer's clock seconds ahead is ALTERED (a tolerance, and a level of its own)'"""
    for ahead in (dt.timedelta(seconds=3), dt.timedelta(minutes=5)):
        assert check(forged(at=AT + ahead)).level is SignedLevel.ACCEPTED


def test_a_letter_is_checked_at_the_moment_that_is_given() -> None:
    """There is no time stamp, so the certificate must be valid when the letter comes in."""
    refused(signed(), SignedLevel.UNTRUSTED, "expired", at=AT + 60 * YEAR)


@pytest.mark.parametrize(
    ("roots", "told"),
    [
        ([], "roots: got none"),
        ([b"x"], "root 1: got a file that is not a certificate"),
        ([b""], "root 1"),
    ],
)
def test_roots_that_are_none_are_refused(roots: list[bytes], told: str) -> None:
    with pytest.raises(SignatureError, match=told):
        check(signed(), roots=roots)


def test_roots_come_as_der_too_and_several_in_a_file() -> None:
    root = authority().root
    assert check(signed(), roots=[root.certificate.public_bytes(Encoding.DER)]).ok
    assert check(signed(), roots=[issue("Another Root", ca=True).pem + root.pem]).ok
    elsewhere = issue("Another Root", ca=True).pem
    refused(signed(), SignedLevel.UNTRUSTED, "to any of the roots", roots=[elsewhere])


# ---- What the certificate says of itself -----------------------------


def statements(*oids: str) -> bytes:
    """QCStatements (RFC 3739) with these and nothing more."""
    each = b"".join(b"\x30" + bytes([len(oid) + 2]) + b"\x06" + bytes([len(oid)]) + oid
                    for oid in (bytes.fromhex(text) for text in oids))  # fmt: skip
    return b"\x30" + bytes([len(each)]) + each


@pytest.mark.parametrize(
    ("oids", "grade"),
    [
        (["04008E460101", "04008E460104"], "qualified"),
        (["04008E460101"], "advanced, with a qualified certificate"),
        (["04008E460104"], None),
    ],
)
def test_a_grade_is_named_only_where_the_certificate_says_it(
    oids: list[str], grade: str | None
) -> None:
    """'Say "advanced" or "qualified" only where the user's certificate makes it so.'"""
    holder = issue("Margaret Llewelyn", authority().office, statements=statements(*oids))
    report = check(forged(by=holder), people={"ceo": [holder.digest]})
    assert report.ok, report
    assert report.grade == grade
    assert "not checked: whether the certificate was revoked" in str(report)
    assert ("says the certificate" in str(report)) is (grade is not None)


def test_a_consent_is_the_signers_and_comes_before_the_signature() -> None:
    png = au.png()
    key = au.key_of(authority().ceo)
    given: dict[str, Any] = {"at": AT, "unit_ids": ["C-0"], "image": png}
    good = sign_letters(au.paper(), key, **given, consent={"C-0": Consent("ceo", AT)})["C-0"]
    report = check(good)
    assert report.ok
    assert report.image == au.digest(png)
    bad = sign_letters(au.paper(), key, **given, consent={"C-0": Consent("pa-2", AT)})["C-0"]
    refused(bad, SignedLevel.ALTERED, "is another person's")
