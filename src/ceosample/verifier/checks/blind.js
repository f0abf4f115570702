// A blinded id from a complaint's number and its code (docs/record.md, "Blinded ids").

const CODE_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const CODE_LENGTH = 52;
const BETWEEN = /[ \-\t\r\n\u00a0\u2010-\u2014\ufeff]/g;

/** The salt that a code writes; null if it is no code. */
function saltOfCode(code) {
  const text = code.replace(BETWEEN, "").toLowerCase().replace(/[il]/g, "1").replaceAll("o", "0");
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

/** A number as a person types it from a letter: without the white space around it, in form NFC. */
function asTyped(number) {
  let from = 0;
  let to = number.length;
  while (from < to && WHITE_SPACE.has(number.charCodeAt(from))) from += 1;
  while (to > from && WHITE_SPACE.has(number.charCodeAt(to - 1))) to -= 1;
  return number.slice(from, to).normalize("NFC");
}

/** The id under which a complaint is in the frame, of its number as it was typed and its code. */
function blindedId(code, number) {
  const salt = saltOfCode(code);
  if (salt === null) return null;
  const parts = [utf8("ceosample/1"), utf8("blind"), salt, utf8(asTyped(number))];
  return sha256(joinBytes(parts.flatMap((part) => [utf8(`${part.length}:`), part, utf8(",")])));
}
