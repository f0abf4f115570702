// A table in which nothing is wrong, read once as bytes; what is not plain is left to csv.js.

/** Rows below a header: the ids, and for each the number of what is behind it. */
class Table {
  constructor(header, bytes, starts, ends, kinds, values, contentsAreDigests) {
    Object.assign(this, { header, bytes, starts, ends, kinds, values, contentsAreDigests });
  }

  get count() {
    return this.starts.length;
  }

  /** The id of a row. */
  id(row) {
    return decodeUtf8(this.bytes.subarray(this.starts[row], this.ends[row]));
  }

  /** The order of a row's id and other bytes. */
  compareId(row, bytes, from, to) {
    return compareBytes(this.bytes, this.starts[row], this.ends[row], bytes, from, to);
  }

  /** The row of an id, or -1; rows are in the order of the bytes of their ids. */
  rowOf(text) {
    const bytes = utf8(text);
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.compareId(middle, bytes, 0, bytes.length) < 0) low = middle + 1;
      else high = middle;
    }
    return low < this.count && this.compareId(low, bytes, 0, bytes.length) === 0 ? low : -1;
  }
}

function decodeUtf8(bytes) {
  return new TextDecoder("utf-8", { ignoreBOM: true, fatal: true }).decode(bytes);
}

function compareBytes(a, from, to, b, start, end) {
  while (from < to && start < end) {
    const order = a[from++] - b[start++];
    if (order) return order;
  }
  return to - from - (end - start);
}

const COMMA = 0x2c;
const LINE_FEED = 0x0a;
const QUOTE = 0x22;

/** Different runs of bytes, each with a number; no text is made for a run that was seen. */
class Interned {
  constructor(bytes) {
    this.bytes = bytes;
    this.slots = new Int32Array(1 << 10).fill(-1);
    this.starts = [];
    this.ends = [];
    this.hashes = [];
  }

  number(from, to) {
    const { bytes } = this;
    let hash = 0x811c9dc5;
    for (let at = from; at < to; at++) hash = Math.imul(hash ^ bytes[at], 0x01000193);
    let slot = (hash ^ (hash >>> 15)) & (this.slots.length - 1);
    for (;;) {
      const found = this.slots[slot];
      if (found < 0) break;
      if (
        this.hashes[found] === hash &&
        compareBytes(bytes, from, to, bytes, this.starts[found], this.ends[found]) === 0
      ) {
        return found;
      }
      slot = (slot + 1) & (this.slots.length - 1);
    }
    const number = this.starts.length;
    this.slots[slot] = number;
    this.starts.push(from);
    this.ends.push(to);
    this.hashes.push(hash);
    if (2 * number > this.slots.length) this.grow();
    return number;
  }

  grow() {
    this.slots = new Int32Array(4 * this.slots.length).fill(-1);
    this.hashes.forEach((hash, number) => {
      let slot = (hash ^ (hash >>> 15)) & (this.slots.length - 1);
      while (this.slots[slot] >= 0) slot = (slot + 1) & (this.slots.length - 1);
      this.slots[slot] = number;
    });
  }

  texts() {
    return this.starts.map((from, number) => decodeUtf8(this.bytes.subarray(from, this.ends[number])));
  }
}

function hasContent(header) {
  return header[header.length - 1] === "content";
}

/** Read a table; null where it is not proved that nothing is wrong with its form or its ids. */
function plainTable(bytes, tell) {
  const end = bytes.length;
  let rows = -1;
  for (let at = 0; at < end; at++) {
    const byte = bytes[at];
    if (byte === LINE_FEED) rows += 1;
    else if (byte === QUOTE || byte < 0x20) return null;
  }
  if (rows < 0 || bytes[end - 1] !== LINE_FEED || faultInUtf8(bytes, 0, end)) return null;
  let at = bytes.indexOf(LINE_FEED) + 1;
  const header = decodeUtf8(bytes.subarray(0, at - 1)).split(",");
  const commas = header.length - 1;
  const content = hasContent(header) && commas > 0;
  const starts = new Uint32Array(rows);
  const ends = new Uint32Array(rows);
  const kinds = new Uint32Array(rows);
  const interned = new Interned(bytes);
  for (let row = 0; row < rows; row++) {
    const from = at;
    while (bytes[at] !== COMMA && bytes[at] !== LINE_FEED) at += 1;
    if (!isName(bytes, from, at)) return null;
    if (row && compareBytes(bytes, starts[row - 1], ends[row - 1], bytes, from, at) >= 0) return null;
    starts[row] = from;
    ends[row] = at;
    let left = commas;
    let behind = at;
    let last = at;
    while (bytes[at] !== LINE_FEED) {
      if (bytes[at] === COMMA) {
        left -= 1;
        last = at;
      }
      at += 1;
    }
    if (left) return null;
    const stop = content ? last : at;
    if (content && !isDigestAt(bytes, last + 1, at)) return null;
    kinds[row] = stop > behind ? interned.number(behind + 1, stop) : interned.number(behind, behind);
    at += 1;
    if (tell && (row & 0x7fff) === 0) tell(row, rows);
  }
  const width = commas - (content ? 1 : 0);
  const values = interned.texts().map((text) => (width ? text.split(",") : []));
  return new Table(header, bytes, starts, ends, kinds, values);
}

function isName(bytes, from, to) {
  if (to === from || to - from > LONGEST_NAME) return false;
  if (bytes[from] === 0x20 || bytes[to - 1] === 0x20) return false;
  for (let at = from; at < to; at++) {
    if (bytes[at] > 0x7e) return faultInName(decodeUtf8(bytes.subarray(from, to))) === null;
  }
  return true;
}

function isDigestAt(bytes, from, to) {
  if (to - from !== 64) return false;
  for (let at = from; at < to; at++) {
    const byte = bytes[at];
    if (!((byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66))) return false;
  }
  return true;
}
