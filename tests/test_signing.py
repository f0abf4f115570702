"""Signing letters: where the field stands, what it shows, which keys there are."""

from __future__ import annotations

import datetime as dt
import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pkcs11
import pypdf
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pkcs11.util.x509 import decode_x509_certificate

import authority as au
from authority import AT, SECRET, authority, check, issue, key_of, png, sent, signed
from ceosample.errors import LetterError, SignatureError
from ceosample.letters.signatures.appearance import HEIGHT, WIDTH
from ceosample.letters.signatures.signature_field import ABOVE_RULE
from ceosample.signing import Consent, SigningKey
from ceosample.signing import sign as sign_letters
from needed import need
from refusals import NO_TIME_ZONE, refused

LIBRARIES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so")


def field_of(pdf: bytes) -> tuple[int, Any]:
    """The page and the dictionary of the field."""
    found = [
        (number, annotation.get_object())
        for number, page in enumerate(pypdf.PdfReader(io.BytesIO(pdf), strict=True).pages)
        for annotation in page.get("/Annots", [])
    ]
    assert len(found) == 1
    return found[0]


def rule_of(pdf: bytes) -> tuple[int, float, float]:
    """The page, the left end and the height of the rule to sign on, from what is drawn."""
    drawn = re.compile(
        rb"1 0 0 -1 ([0-9.]+) ([0-9.]+) cm[^Q]*?0 0\.25 m 0 -0\.25 l 204\.09448 -0\.25 l"
    )
    for number, page in enumerate(pypdf.PdfReader(io.BytesIO(pdf)).pages):
        contents = page.get_contents()
        assert contents is not None
        if match := drawn.search(contents.get_data()):
            return number, float(match[1]), float(match[2])
    raise AssertionError("no rule")


@pytest.mark.parametrize("unit_id", au.LETTERS)
def test_the_field_stands_on_the_rule_of_the_right_page(unit_id: str) -> None:
    """'a visible field at the approval line', in letters of one page and of several."""
    number, field = field_of(signed(unit_id))
    page, left, height = rule_of(sent(unit_id))
    assert (number == 0) is (unit_id == au.LETTERS[0])
    assert number == page
    box = [float(side) for side in field["/Rect"]]
    bottom = height + ABOVE_RULE
    assert box == pytest.approx([left, bottom, left + WIDTH, bottom + HEIGHT], abs=0.02)
    assert field["/T"] == "approval"


def test_the_field_is_tagged_and_its_fonts_are_embedded() -> None:
    """What is true of PDF/UA and PDF/A after signing."""
    with pikepdf.open(io.BytesIO(signed())) as pdf:
        field = pdf.Root.AcroForm.Fields[0]
        tags = pdf.Root.StructTreeRoot.ParentTree.Nums
        tag = dict(zip(list(tags)[::2], list(tags)[1::2], strict=True))[field.StructParent]
        assert tag.S == "/Form"
        assert tag.K.Obj.objgen == field.objgen
        assert str(field.TU)
        assert int(field.F) & 4  # printed
        fonts = field.AP.N.Resources.Font
        for font in fonts.values():
            assert "/FontFile3" in font.DescendantFonts[0].FontDescriptor
        assert pdf.open_metadata()["pdfaid:part"] == "2"


def test_the_field_shows_who_signed_and_when() -> None:
    text = pypdf.PdfReader(io.BytesIO(au.appearance())).pages[0].extract_text()
    assert text.split("\n") == ["Digitally signed by", "Margaret Llewelyn", "2026-11-02 09:00 UTC"]


def test_the_same_key_and_time_give_the_same_bytes_with_rsa() -> None:
    again = sign_letters(au.paper(), key_of(authority().ceo), at=AT)
    assert list(again) == list(au.LETTERS)
    assert {unit_id: signed(unit_id) for unit_id in au.LETTERS} == again


def test_no_other_certificate_of_the_file_goes_into_a_signature() -> None:
    """A file often holds more than the path, and the check refuses what is not of the path."""
    other = issue("Somebody Else", authority().office).certificate
    key = SigningKey.from_pkcs12(authority().ceo.pkcs12(others=(other,)), SECRET)
    assert check(sign_letters(au.paper(), key, at=AT, unit_ids=["C-0"])["C-0"]).ok


def test_a_key_shows_no_secret() -> None:
    key = key_of(authority().ceo)
    assert key.name == "Margaret Llewelyn"
    assert SECRET not in repr(key)
    assert "signer" not in repr(key)


@pytest.mark.parametrize(
    ("data", "secret"),
    [(b"", SECRET), (b"PK", None), ("right", "wrong"), ("right", None), ("right", "ŵ")],
)
def test_a_file_that_does_not_open_is_refused_without_its_passphrase(
    data: Any, secret: str | None
) -> None:
    data = authority().ceo.pkcs12() if data == "right" else data
    with pytest.raises(SignatureError, match="cannot be opened") as refusal:
        SigningKey.from_pkcs12(data, secret)
    assert str(secret) not in str(refusal.value)


@pytest.mark.parametrize(
    ("key", "usage", "told"),
    [
        (au.rsa_key("weak", 1024), "content_commitment", "1024 bits"),
        (ec.generate_private_key(ec.SECP192R1()), "content_commitment", "P-256"),
        (ed25519.Ed25519PrivateKey.generate(), "content_commitment", "neither RSA nor ECDSA"),
        (None, "key_encipherment", "key usage is not signing"),
    ],
)
def test_a_key_that_is_not_for_signing_is_refused(key: Any, usage: str, told: str) -> None:
    holder = issue("Margaret Llewelyn", authority().office, key=key, usage=usage)
    with pytest.raises(SignatureError, match=told):
        key_of(holder)


def test_what_cannot_be_signed_is_named_and_nothing_is_signed() -> None:
    key = key_of(authority().ceo)
    with pytest.raises(SignatureError, match="'X-9': is not in the pack"):
        sign_letters(au.paper(), key, at=AT, unit_ids=["C-0", "X-9"])
    with refused(SignatureError, NO_TIME_ZONE):
        sign_letters(au.paper(), key, at=AT.replace(tzinfo=None))
    with pytest.raises(SignatureError, match="is valid from"):
        sign_letters(au.paper(), key, at=AT + dt.timedelta(days=99_999))


def test_a_name_that_no_font_has_is_said_before_anything_is_signed() -> None:
    holder = issue("王小明", authority().office, key=authority().ceo.key)
    with pytest.raises(LetterError, match="no font has"):
        sign_letters(au.paper(), key_of(holder), at=AT)


# ---- The image -----------------------------------------------------------------------------------


def test_an_image_needs_a_consent_for_every_letter() -> None:
    """'Signature images are off by default and, if used, need consent per letter'"""
    key = key_of(authority().ceo)
    late = Consent("ceo", AT + dt.timedelta(seconds=1))
    for consent in (None, {}, {"C-0": Consent("ceo", AT)}, dict.fromkeys(au.LETTERS, late)):
        with pytest.raises(SignatureError, match="C-4: no consent"):
            sign_letters(au.paper(), key, at=AT, image=png(), consent=consent)
    with pytest.raises(SignatureError, match="got a consent without an image"):
        sign_letters(au.paper(), key, at=AT, consent={"C-0": Consent("ceo", AT)})


@pytest.mark.parametrize(
    ("image", "told"),
    [
        (b"", "not a PNG"),
        (b"GIF89a", "not a PNG"),
        (png()[:-9], "checksum"),
        (png(60_000, 60_000, rows=b"\0" * 9), "60000 by 60000 pixels"),
        (png(1000, 1000, rows=b"\0" * 50_000_000), "does not unpack to its size"),
        (png(rows=b"\0"), "does not unpack to its size"),
        (png() + b"\0" * 600_000, "bytes"),
        (png().replace(b"IHDR", b"IHDX"), "checksum"),
        (b"\x89PNG\r\n\x1a\n", "does not begin with its size"),
    ],
)
def test_a_bomb_or_a_damaged_image_is_refused_before_it_is_unpacked(
    image: bytes, told: str
) -> None:
    consent = {unit_id: Consent("ceo", AT) for unit_id in au.LETTERS}
    with pytest.raises(LetterError, match=told):
        sign_letters(au.paper(), key_of(authority().ceo), at=AT, image=image, consent=consent)


# ---- A key in a device ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def device(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A software security module with two keys; PIN 1234."""
    library = next((path for path in LIBRARIES if Path(path).exists()), "")
    need(library and shutil.which("softhsm2-util"), "no SoftHSM: install it (Debian: softhsm2)")
    home = tmp_path_factory.mktemp("softhsm")
    (home / "tokens").mkdir()
    (home / "conf").write_text(f"directories.tokendir = {home / 'tokens'}\n")
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(home / "conf")

    def util(*arguments: str) -> None:
        subprocess.run(["softhsm2-util", *arguments], check=True, capture_output=True)

    util("--init-token", "--free", "--label", "letters", "--so-pin", "12345678", "--pin", "1234")
    people = {"ceo": authority().ceo, "deputy": authority().deputy}
    for number, (name, holder) in enumerate(people.items(), 1):
        (home / "key").write_bytes(
            holder.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
        util(
            *("--import", str(home / "key"), "--token", "letters", "--pin", "1234"),
            *("--label", name, "--id", f"A{number}"),
        )
    token = pkcs11.lib(library).get_token(token_label="letters")  # noqa: S106 - no secret
    with token.open(user_pin="1234", rw=True) as session:
        for name, holder in {**people, "office": authority().office}.items():
            entry = decode_x509_certificate(holder.certificate.public_bytes(Encoding.DER))
            entry |= {pkcs11.Attribute.TOKEN: True, pkcs11.Attribute.LABEL: name}
            session.create_object(entry)
    yield library
    os.environ.pop("SOFTHSM2_CONF")
    if before is not None:
        os.environ["SOFTHSM2_CONF"] = before


@pytest.mark.parametrize("who", ["ceo", "deputy"])
def test_a_key_in_a_device_signs(device: str, who: str) -> None:
    """RSA and ECDSA; the key never leaves the device."""
    with SigningKey.from_pkcs11(device, "letters", pin="1234", label=who) as key:
        assert key.certificate == getattr(authority(), who).digest
        made = sign_letters(au.paper(), key, at=AT)
    for pdf in made.values():
        assert check(pdf).ok
    if who == "ceo":
        assert made["C-0"] == signed()  # the same signature as that of the file


def test_a_device_that_fails_while_it_signs_is_named(device: str) -> None:
    with SigningKey.from_pkcs11(device, "letters", pin="1234", label="ceo") as key:
        key.session.close()  # as a card does that is pulled out
        with pytest.raises(SignatureError, match="key of Margaret Llewelyn: did not sign"):
            sign_letters(au.paper(), key, at=AT)
    assert key.certificate == authority().ceo.digest  # nor does it raise when it is closed again


@pytest.mark.parametrize(
    ("token", "pin", "label", "told"),
    [
        ("another", "1234", "ceo", "token"),
        ("letters", "9876", "ceo", "PinIncorrect"),
        ("letters", "1234", "nobody", "certificate"),
    ],
)
def test_a_device_that_does_not_give_the_key_is_refused_without_the_pin(
    device: str, token: str, pin: str, label: str, told: str
) -> None:
    with pytest.raises(SignatureError, match=told) as refusal:
        SigningKey.from_pkcs11(device, token, pin=pin, label=label)
    assert "9876" not in str(refusal.value)


def test_a_library_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SignatureError, match="device: "):
        SigningKey.from_pkcs11(tmp_path / "none.so", "letters", pin="1234", label="ceo")


def test_without_the_extra_the_error_names_it() -> None:
    code = """
import sys
class Without:
    def find_spec(self, name, *_):
        if name.split(".")[0] == "pyhanko":
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Without())
import importlib.util
found = importlib.util.find_spec
importlib.util.find_spec = lambda name: None if name == "pyhanko" else found(name)
import ceosample as cs
try:
    cs.signing.SigningKey.from_pkcs12(b"")
except cs.errors.MissingPartError as error:
    print(error)
"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pip install 'ceosample[sign]'" in told.stdout
