// The bytes of a file of evidence (docs/evidence.md): one list of files has one zip, and no other is read.

const LARGEST_ZIP = 50000000;
const LONGEST_PATH = 200;
const OWNER_ALONE = 0o600 << 16;
const PATH = /^[A-Za-z0-9_-][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/;

/** The files in such a zip, by name; a Fault says why it is none. */
function storedFiles(bytes, where) {
  const fail = (words) => {
    throw new Fault("RECORD", [`${where}: ${words}`]);
  };
  if (bytes.length > LARGEST_ZIP) fail(`got ${bytes.length} bytes; give at most ${LARGEST_ZIP}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = new Map();
  let at = 0;
  while (at + 4 <= bytes.length && view.getUint32(at, true) === 0x04034b50 && found.size <= MOST_FILES) {
    if (at + 30 > bytes.length) fail("ends in the middle; give the whole file");
    const size = view.getUint32(at + 22, true);
    const start = at + 30 + view.getUint16(at + 26, true);
    const isStored = !view.getUint16(at + 8, true) && view.getUint32(at + 18, true) === size &&
      !view.getUint16(at + 28, true);
    if (!isStored) fail("its files are compressed; give it as it was handed over, not packed again");
    if (start + size > bytes.length) fail("ends in the middle; give the whole file");
    found.set(asciiOf(bytes.subarray(at + 30, start)), bytes.subarray(start, start + size));
    at = start + size;
  }
  if (found.size > MOST_FILES) fail(`got more than ${MOST_FILES} files; give a shorter range`);
  const fault = faultOfZip(bytes, found);
  if (fault !== null) fail(fault);
  return found;
}

/** The text of a name; what is not ASCII is refused with it. */
function asciiOf(bytes) {
  return Array.from(bytes, (byte) => (byte < 0x80 ? String.fromCharCode(byte) : "\ufffd")).join("");
}

/** What says that a zip of these files is written in another way; null if nothing. */
function faultOfZip(bytes, found) {
  const names = [...found.keys()];
  const wrong = names.filter((name) => name.length > LONGEST_PATH || !PATH.test(name));
  if (wrong.length) {
    return `${counted(wrong.length, "name")} of files that no evidence has, ${quoted(wrong[0], 80)} first; open nothing of ` +
      "it, and ask who made it";
  }
  const folded = new Set(names.map((name) => name.toLowerCase()));
  const isFolder = (name) => name.split("/").some((_, at, parts) => at && folded.has(parts.slice(0, at).join("/")));
  if (folded.size < names.length || [...folded].some(isFolder)) {
    return "two of its names are one on many systems; ask who made it";
  }
  return found.size && sameBytes(zipOf(found), bytes) ? null
    : "not a file that 'ceosample evidence' wrote; give it as it was handed over, not packed again";
}

/** The zip of files: in the order of their names, of one date, not compressed. */
function zipOf(files) {
  const entries = [];
  const index = [];
  let place = 0;
  let size = 0;
  const names = [...files.keys()].sort(compareTexts);
  for (const name of names) {
    const data = files.get(name);
    const path = utf8(name);
    const about = [20, 0, 0, 0, 0x21].flatMap(two).concat(four(crc32(data)), four(data.length), four(data.length),
      two(path.length), two(0));
    entries.push(Uint8Array.from([...four(0x04034b50), ...about]), path, data);
    index.push(Uint8Array.from([...four(0x02014b50), ...two(20), ...about, ...[0, 0, 0].flatMap(two), ...four(OWNER_ALONE),
      ...four(place)]), path);
    place += 30 + path.length + data.length;
    size += 46 + path.length;
  }
  const end = [...four(0x06054b50), ...[0, 0, names.length, names.length].flatMap(two), ...four(size), ...four(place),
    ...two(0)];
  return joinBytes([...entries, ...index, Uint8Array.from(end)]);
}

const two = (number) => [number & 0xff, number >>> 8];
const four = (number) => [0, 8, 16, 24].map((bits) => (number >>> bits) & 0xff);

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  return rest;
});

function crc32(bytes) {
  let rest = 0xffffffff;
  for (let at = 0; at < bytes.length; at++) rest = CRC_TABLE[(rest ^ bytes[at]) & 0xff] ^ (rest >>> 8);
  return ~rest >>> 0;
}
