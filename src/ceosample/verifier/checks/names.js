// Which texts can be names (docs/record.md, "Names"), by the tables of Unicode 14.0 alone.
// UNICODE14 and UNSEEN14 are the texts of unicode14.txt and unseen14.txt.

const WHITE_SPACE = new Set([
  9, 10, 11, 12, 13, 0x1c, 0x1d, 0x1e, 0x1f, 0x20, 0x85, 0xa0, 0x1680,
  ...[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((n) => 0x2000 + n),
  0x2028, 0x2029, 0x202f, 0x205f, 0x3000,
]);

const BIDIRECTIONAL = new Set([
  0x61c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069,
]);

const WITHOUT_WIDTH = new Set([
  0x180e, 0x200b, 0x200c, 0x200d, 0x2060, 0x2061, 0x2062, 0x2063, 0x2064,
  0x206a, 0x206b, 0x206c, 0x206d, 0x206e, 0x206f, 0xfeff,
]);

const LONGEST_NAME = 200;

function rangesOf(entries) {
  return entries.map((entry) => {
    const [first, last] = entry.split("-");
    return [parseInt(first, 16), parseInt(last || first, 16)];
  });
}

const ASSIGNED = rangesOf(UNICODE14.trim().split(/\s+/));
const UNSEEN = rangesOf(
  UNSEEN14.split("\n").filter((line) => /^[0-9A-F]/.test(line)).map((line) => line.split(" ")[0]),
);

function isIn(ranges, point) {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ranges[middle][1] < point) low = middle + 1;
    else high = middle;
  }
  return low < ranges.length && ranges[low][0] <= point;
}

/** The reason for which a code point may not be in a name, or null. */
function kindOfRefused(point) {
  if (BIDIRECTIONAL.has(point)) return "a bidirectional control character";
  if (WITHOUT_WIDTH.has(point)) return "a character without width";
  if (point < 0x20 || (point >= 0x7f && point < 0xa0)) return "a control character";
  if (point >= 0xd800 && point < 0xe000) return "a surrogate";
  if (point === 0x2028) return "a line separator";
  if (point === 0x2029) return "a paragraph separator";
  if (!isIn(ASSIGNED, point)) return "a code point that Unicode 14.0.0 does not assign";
  return null;
}

function codePoint(point) {
  return `U+${point.toString(16).toUpperCase().padStart(4, "0")}`;
}

function pointsOf(text) {
  return Array.from(text, (one) => one.codePointAt(0));
}

/** What keeps a text from being an id, a stratum's value or a variable; null if nothing. */
function faultInName(name) {
  if (/^[!-~](?:[ -~]{0,198}[!-~])?$/.test(name)) return null;
  if (!name) return "empty; give it a value";
  const points = pointsOf(name);
  for (const end of [points[0], points[points.length - 1]]) {
    if (WHITE_SPACE.has(end)) return `white space at an end (${codePoint(end)}); remove it`;
  }
  for (const point of points) {
    const kind = kindOfRefused(point);
    if (kind !== null) return `${kind} (${codePoint(point)}); remove it`;
  }
  const size = utf8(name).length;
  if (size > LONGEST_NAME) return `${size} bytes of UTF-8; give at most ${LONGEST_NAME}`;
  if (name.normalize("NFC") !== name) return "not in Unicode's normal form NFC; normalise it";
  return null;
}

/** The code points of a text that are not seen, in their order. */
function unseenIn(text) {
  return [...new Set(pointsOf(text))].filter((point) => point > 0x7e && isIn(UNSEEN, point));
}

/** The order of two texts by the bytes of their UTF-8, which is that of their code points. */
function compareTexts(a, b) {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rankOfUnit(x) - rankOfUnit(y);
  }
  return a.length - b.length;
}

/** Surrogates, of which the code points above U+FFFF are made, come behind all other units. */
function rankOfUnit(unit) {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit;
}

/** The order of two lists of texts, text by text. */
function compareStrata(a, b) {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const order = compareTexts(a[i], b[i]);
    if (order) return order;
  }
  return a.length - b.length;
}
