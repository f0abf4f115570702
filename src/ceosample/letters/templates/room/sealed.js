// The envelope of a sealed file; docs/sealed-rooms.md has its bytes.

const KINDS = { room: "ceosample-room-1", decisions: "ceosample-acts-1", kept: "ceosample-kept-1" };
const SCHEME = "ceosample-sealed/1";
const HEADER = 80, ROUNDS_AT = 16, SALT_AT = 52, NONCE_AT = 68;
const ROUNDS = 600000, MOST_ROUNDS = 10000000;

// What is known once the room is open: the passphrase as a key that no script can read, the key under
// the room's salt, the room's header, and what the tab kept.
const vault = { base: null, key: null, header: null, kept: null };

function inBytes(base64) {
  const text = atob(base64), bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
  return bytes;
}

function inBase64(bytes) {
  const parts = [];
  for (let at = 0; at < bytes.length; at += 4096) {
    parts.push(String.fromCharCode(...bytes.subarray(at, at + 4096)));
  }
  return btoa(parts.join(""));
}

const importPassphrase = (passphrase) => crypto.subtle.importKey(
  "raw", new TextEncoder().encode(passphrase), "PBKDF2", false, ["deriveKey"]);

function keyUnder(base, header) {
  const rounds = new DataView(header.buffer, header.byteOffset).getUint32(ROUNDS_AT);
  if (rounds < ROUNDS || rounds > MOST_ROUNDS) throw new RangeError("rounds");
  const how = { name: "PBKDF2", hash: "SHA-256", iterations: rounds, salt: header.slice(SALT_AT, NONCE_AT) };
  return crypto.subtle.deriveKey(how, base, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

const cipherOf = (header) =>
  ({ name: "AES-GCM", iv: header.slice(NONCE_AT, HEADER), additionalData: header });

// The text in an envelope; throws where the key is not the one that sealed it, or a byte was changed.
async function unseal(kind, bytes, key) {
  const header = bytes.slice(0, HEADER);
  if (new TextDecoder().decode(header.slice(0, ROUNDS_AT)) !== KINDS[kind]) throw new TypeError("kind");
  const plain = await crypto.subtle.decrypt(cipherOf(header), key, bytes.subarray(HEADER));
  return new TextDecoder("utf-8", { fatal: true }).decode(plain);
}

// An envelope under the room's key and salt, and a nonce of its own.
async function sealed(kind, text) {
  const header = vault.header.slice();
  header.set(new TextEncoder().encode(KINDS[kind]));
  header.set(crypto.getRandomValues(new Uint8Array(HEADER - NONCE_AT)), NONCE_AT);
  const plain = new TextEncoder().encode(text);
  const box = new Uint8Array(await crypto.subtle.encrypt(cipherOf(header), vault.key, plain));
  return inBase64(new Uint8Array([...header, ...box]));
}

// The decisions in a file that may be sealed: by this room, or by an earlier one with its passphrase.
async function textOfFile(text) {
  let file;
  try { file = JSON.parse(text); } catch { return text; } // whoever reads it says what is wrong
  if (file?.scheme !== SCHEME) return text;
  try {
    const bytes = inBytes(file.sealed);
    const isOurs = vault.header.slice(SALT_AT, NONCE_AT).every((byte, at) => byte === bytes[SALT_AT + at]);
    const key = isOurs ? vault.key : await keyUnder(vault.base, bytes.slice(0, HEADER));
    return await unseal("decisions", bytes, key);
  } catch {
    throw ["It was sealed with another passphrase, or was changed on its way. Open it in the room that saved it, " +
      "or ask your office."];
  }
}
