// JSON read strictly, and written canonically (RFC 8785), of what records may hold.

const LARGEST_INTEGER = Number.MAX_SAFE_INTEGER;
const DEEPEST = 500;

class NotJson extends Error {}

/** A number with a point or an exponent, which no record may hold. */
class Float {}

/** Read one JSON value from bytes; a NotJson says what is wrong. Objects are Maps. */
function parseJson(bytes) {
  const wrong = faultInUtf8(bytes, 0, bytes.length);
  if (wrong) throw new NotJson(`not UTF-8 at byte ${wrong.at}`);
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  const value = new JsonReader(text).whole();
  requirePlain(value);
  return value;
}

class JsonReader {
  constructor(text) {
    this.text = text;
    this.at = 0;
    this.depth = 0;
  }

  fail(what, at) {
    const before = this.text.slice(0, at);
    const line = before.split("\n").length;
    const column = Array.from(before.slice(before.lastIndexOf("\n") + 1)).length + 1;
    throw new NotJson(`not JSON at line ${line}, column ${column}: ${what}`);
  }

  space() {
    while (" \t\n\r".includes(this.text[this.at]) && this.at < this.text.length) this.at += 1;
  }

  whole() {
    if (this.text.startsWith("\ufeff")) this.fail("Unexpected UTF-8 BOM (decode using utf-8-sig)", 0);
    this.space();
    const value = this.value();
    this.space();
    if (this.at < this.text.length) this.fail("Extra data", this.at);
    return value;
  }

  value() {
    const { text, at } = this;
    const first = text[at];
    if (first === '"') return this.string();
    if (first === "{" || first === "[") {
      this.depth += 1;
      if (this.depth > DEEPEST) throw new NotJson("nested too deeply");
      const found = first === "{" ? this.object() : this.array();
      this.depth -= 1;
      return found;
    }
    for (const [word, meaning] of [["null", null], ["true", true], ["false", false]]) {
      if (text.startsWith(word, at)) {
        this.at += word.length;
        return meaning;
      }
    }
    for (const word of ["NaN", "Infinity", "-Infinity"]) {
      if (text.startsWith(word, at)) throw new NotJson(`${word} is not JSON`);
    }
    const number = /(-?(?:0|[1-9][0-9]*))(\.[0-9]+)?([eE][-+]?[0-9]+)?/y;
    number.lastIndex = at;
    const found = number.exec(text);
    if (!found) this.fail("Expecting value", at);
    this.at = number.lastIndex;
    if (found[2] || found[3]) return new Float();
    const whole = Number(found[1]);
    return Math.abs(whole) <= LARGEST_INTEGER ? whole : BigInt(found[1]);
  }

  object() {
    const pairs = [];
    this.at += 1;
    this.space();
    if (this.text[this.at] === "}") {
      this.at += 1;
      return new Map();
    }
    for (;;) {
      if (this.text[this.at] !== '"') {
        this.fail("Expecting property name enclosed in double quotes", this.at);
      }
      const name = this.string();
      this.space();
      if (this.text[this.at] !== ":") this.fail("Expecting ':' delimiter", this.at);
      this.at += 1;
      this.space();
      pairs.push([name, this.value()]);
      this.space();
      const mark = this.text[this.at];
      if (mark === "}") break;
      if (mark !== ",") this.fail("Expecting ',' delimiter", this.at);
      this.at += 1;
      this.space();
    }
    this.at += 1;
    const found = new Map(pairs);
    if (found.size !== pairs.length) {
      const names = pairs.map(([name]) => name);
      const twice = names.find((name) => names.indexOf(name) !== names.lastIndexOf(name));
      throw new NotJson(`the name ${quoted(twice)} appears twice in one object`);
    }
    return found;
  }

  array() {
    const found = [];
    this.at += 1;
    this.space();
    if (this.text[this.at] === "]") {
      this.at += 1;
      return found;
    }
    for (;;) {
      found.push(this.value());
      this.space();
      const mark = this.text[this.at];
      if (mark === "]") break;
      if (mark !== ",") this.fail("Expecting ',' delimiter", this.at);
      this.at += 1;
      this.space();
    }
    this.at += 1;
    return found;
  }

  string() {
    const { text } = this;
    const begin = this.at;
    let said = "";
    let at = begin + 1;
    for (;;) {
      const from = at;
      while (at < text.length && text[at] !== '"' && text[at] !== "\\" && text[at] >= " ") at += 1;
      said += text.slice(from, at);
      if (at >= text.length) this.fail("Unterminated string starting at", begin);
      if (text[at] === '"') break;
      if (text[at] !== "\\") this.fail("Invalid control character at", at);
      const mark = text[at + 1];
      if (mark === undefined) this.fail("Unterminated string starting at", begin);
      const plain = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };
      if (mark === "u") {
        const digits = text.slice(at + 2, at + 6);
        if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.fail("Invalid \\uXXXX escape", at + 1);
        said += String.fromCharCode(parseInt(digits, 16));
        at += 6;
      } else {
        if (!Object.hasOwn(plain, mark)) this.fail("Invalid \\escape", at);
        said += plain[mark];
        at += 2;
      }
    }
    this.at = at + 1;
    return said;
  }
}

/** Refuse what RFC 8785 could write but records must not hold. */
function requirePlain(value) {
  if (value instanceof Float) throw new NotJson("a record cannot hold a float");
  if (typeof value === "bigint") {
    throw new NotJson(`the integer ${quoted(value)} is not below 2**53`);
  }
  if (typeof value === "string") requireEncodable(value);
  else if (Array.isArray(value)) value.forEach(requirePlain);
  else if (value instanceof Map) {
    for (const [name, item] of value) {
      requireEncodable(name);
      requirePlain(item);
    }
  }
}

function requireEncodable(text) {
  if (/\p{Cs}/u.test(text)) {
    throw new NotJson("text with a lone surrogate, which UTF-8 cannot hold");
  }
}

/** RFC 8785: names in the order of their UTF-16 units, nothing between tokens. */
function canonicalJson(value) {
  if (Array.isArray(value)) return `[${Array.from(value, (one) => canonicalJson(one)).join(",")}]`;
  if (value instanceof Map) {
    const names = [...value.keys()].sort();
    return `{${names.map((n) => `${JSON.stringify(n)}:${canonicalJson(value.get(n))}`).join(",")}}`;
  }
  return typeof value === "number" ? String(value) : JSON.stringify(value);
}

function canonicalFile(value) {
  return utf8(`${canonicalJson(value)}\n`);
}

/** An object of JSON from one of JavaScript. */
function asMap(fields) {
  return new Map(Object.entries(fields));
}

/** Whether two values of JSON are the same. */
function sameJson(a, b) {
  return canonicalJson(a) === canonicalJson(b);
}

function sameBytes(a, b) {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** The first place where bytes are not UTF-8: its bytes, and what is wrong; null if there is none. */
function faultInUtf8(bytes, from, to) {
  let at = from;
  while (at < to) {
    const first = bytes[at];
    if (first < 0x80) {
      at += 1;
      continue;
    }
    const size = first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3
      : first >= 0xf0 && first < 0xf5 ? 4 : 0;
    if (!size) return { at, last: at, why: "invalid start byte" };
    for (let i = 1; i < size; i++) {
      if (at + i >= to) return { at, last: at + i - 1, why: "unexpected end of data" };
      const next = bytes[at + i];
      const least = i > 1 ? 0x80 : first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
      const most = i > 1 ? 0xbf : first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
      if (next < least || next > most) {
        return { at, last: at + i - 1, why: "invalid continuation byte" };
      }
    }
    at += size;
  }
  return null;
}
