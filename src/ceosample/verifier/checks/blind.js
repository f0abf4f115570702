// A blinded id from a complaint's number and its code (docs/record.md, "Blinded ids").

const CODE_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const CODE_LENGTH = 52;

/** The salt that a code writes; null if it is no code. */
function saltOfCode(code) {
  const text = code.toLowerCase().replace(/[\s-]/g, "").replace(/[il]/g, "1").replaceAll("o", "0");
  if (text.length !== CODE_LENGTH) return null;
  let bits = 0n;
  for (const one of text) {
    const value = CODE_ALPHABET.indexOf(one);
    if (value < 0) return null;
    bits = bits * 32n + BigInt(value);
  }
  const salt = bytesOfHex((bits >> 4n).toString(16).padStart(64, "0"));
  return sha256(salt)[0] === (bits & 15n).toString(16) ? salt : null;
}

/** The id under which a complaint is in the frame, of its number and its code. */
function blindedId(code, number) {
  const salt = saltOfCode(code);
  if (salt === null) return null;
  const parts = [utf8("ceosample/1"), utf8("blind"), salt, utf8(number.trim().normalize("NFC"))];
  return sha256(joinBytes(parts.flatMap((part) => [utf8(`${part.length}:`), part, utf8(",")])));
}
