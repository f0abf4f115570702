// How a difference is told: `place: got VALUE; do THIS`, in the words of the library's report.

/** A list that is written in round brackets, as the values of a stratum are. */
class Tuple extends Array {
  static of_(items) {
    const found = new Tuple();
    for (const item of items) found.push(item);
    return found;
  }
}

/** Pairs of a key of any kind and a value. */
class Pairs {
  constructor(entries) {
    this.entries = entries;
  }

  get(key) {
    const named = keyOf(key);
    const found = this.entries.find(([one]) => keyOf(one) === named);
    return found && found[1];
  }
}

/** A text by which lists of texts are told apart. */
function keyOf(value) {
  return JSON.stringify(value);
}

const SHORT_ESCAPES = { 9: "\\t", 10: "\\n", 13: "\\r", 92: "\\\\" };

function escaped(point) {
  const digits = point.toString(16);
  if (point < 0x100) return `\\x${digits.padStart(2, "0")}`;
  return point < 0x10000 ? `\\u${digits.padStart(4, "0")}` : `\\U${digits.padStart(8, "0")}`;
}

/** A text in quotation marks; what cannot be seen in it is escaped. */
function inQuotes(text) {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  let said = mark;
  for (const one of text) {
    const point = one.codePointAt(0);
    if (SHORT_ESCAPES[point]) said += SHORT_ESCAPES[point];
    else if (one === mark) said += `\\${one}`;
    else said += isSeen(one, point) ? one : escaped(point);
  }
  return said + mark;
}

function isSeen(one, point) {
  if (point < 0x7f) return point >= 0x20;
  return kindOfRefused(point) === null && !/[\p{Cf}\p{Co}\p{Zs}\p{Cn}]/u.test(one);
}

/** A value of any kind, all of it; a text in it is told as it is alone. */
function inWords(value) {
  if (value === null || value === undefined) return "None";
  if (value === true || value === false) return value ? "True" : "False";
  if (typeof value === "string") return inQuotes(value);
  if (value instanceof Tuple) {
    return value.length === 1 ? `(${inWords(value[0])},)` : `(${allInWords(value)})`;
  }
  if (Array.isArray(value)) return `[${allInWords(value)}]`;
  const entries = value instanceof Pairs ? value.entries : value instanceof Map ? [...value] : null;
  if (entries) return `{${entries.map(([k, v]) => `${inWords(k)}: ${inWords(v)}`).join(", ")}}`;
  return String(value);
}

function allInWords(values) {
  return Array.from(values, (one) => inWords(one)).join(", ");
}

/** A value as a message shows it: on one line, not too long. */
function quoted(value, most = 60) {
  if (typeof value !== "string") {
    const points = Array.from(inWords(value));
    return points.length <= most ? points.join("") : `${points.slice(0, most).join("")}...`;
  }
  const points = Array.from(value);
  const said = inQuotes(points.slice(0, most).join(""));
  return points.length <= most ? said : `${said}... (${points.length} characters)`;
}

function got(value, most = 60) {
  return `got ${quoted(value, most)}`;
}

/** What kind of value it is, where the value itself may be private. */
function gotKind(value) {
  if (value === null || value === undefined) return "got None";
  if (typeof value === "string") {
    if (!value) return "got empty text";
    const what = /^[0-9]+$/.test(value) ? "digit" : "character";
    return `got text of ${counted(Array.from(value).length, what)}`;
  }
  if (typeof value === "boolean") return "got a boolean";
  if (Array.isArray(value)) return `got a list of ${value.length}`;
  if (value instanceof Map) return `got a mapping of ${value.size}`;
  return "got a whole number";
}

/** What a message says of a text that cannot be a name; null of one that can. */
function gotName(name, hide) {
  const said = hide ? gotKind : got;
  if (typeof name !== "string") return `${said(name)}; give text`;
  if (!name) return `${said(name)}; give it a value`;
  const fault = faultInName(name);
  return fault === null ? null : `${said(name)}: ${fault}`;
}

function counted(number, what) {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

function joined(items, most = 12) {
  const shown = items.slice(0, most).join(", ");
  return items.length <= most ? shown : `${shown} and ${items.length - most} more`;
}

function withCommas(number) {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ",");
}

function strataWords(stratum) {
  return stratum.join(" / ") || "all";
}

/** A whole number of at least `least`; true and false are none. */
function isCount(value, least = 0) {
  return typeof value === "number" && value >= least;
}

function isDigest(value) {
  return typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
}

/** A step that did not come out: its faults, the first of which is the difference. */
class Fault extends Error {
  constructor(kind, faults) {
    super(faults[0]);
    this.kind = kind;
    this.faults = faults;
  }
}

function raiseFaults(kind, faults) {
  if (faults.length) throw new Fault(kind, faults);
}
