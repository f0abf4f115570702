// Many faults of one cause are told once, with their count.

const QUOTATION = String.raw`(?<![\p{L}\p{N}_])(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")`;
const ONE_OF_MANY = new RegExp(
  String.raw`(?:^|(?<=, ))(row|line|letter|response|unit|decision) ` +
    String.raw`((?:${QUOTATION}|[^\s,:'"]+)(?: \([^\s()]+\))?)(?=[,:])`,
  "u",
);
const MOST_NAMED = 3;

/** What is in front of the first colon or semicolon that is in no quotation, and the rest. */
function splitAtMark(text) {
  for (const found of text.matchAll(new RegExp(`${QUOTATION}|([:;]) `, "gu"))) {
    if (found[1]) return [text.slice(0, found.index), text.slice(found.index)];
  }
  return [text, ""];
}

function listedWithAnd(items, more) {
  const all = more ? [...items, more] : [...items];
  const last = all.pop();
  return all.length ? `${all.join(", ")} and ${last}` : last;
}

class Cause {
  constructor(before, word, after, said, behind) {
    Object.assign(this, { before, word, after, said, behind });
    this.names = [];
    this.values = [];
    this.others = false;
    this.count = 0;
  }

  add(name, value) {
    this.count += 1;
    if (this.count <= MOST_NAMED) {
      this.names.push(name);
      this.values.push(value);
    } else {
      this.others = this.others || !this.values.includes(value);
    }
  }

  toString() {
    const more = this.count > MOST_NAMED ? `${withCommas(this.count - MOST_NAMED)} more` : "";
    if (this.word && this.count > 1) {
      const values = listedWithAnd(new Set(this.values), this.others ? "others" : "");
      const place = `${this.before}${this.word}s ${listedWithAnd(this.names, more)}${this.after}`;
      return `${place}${this.said}${values}${this.behind}`;
    }
    const name = this.word ? `${this.word} ${this.names[0]}` : "";
    const values = this.values.some(Boolean) ? listedWithAnd(this.values, more) : "";
    const times = this.count > 1 && !values ? ` (${withCommas(this.count)} times)` : "";
    return `${this.before}${name}${this.after}${this.said}${values}${this.behind}${times}`;
  }
}

/** The causes of faults, in the order in which each appears first. */
function causesOf(faults) {
  const found = new Map();
  for (const fault of faults) {
    const one = ONE_OF_MANY.exec(fault);
    const before = one ? fault.slice(0, one.index) : "";
    const rest = one ? fault.slice(one.index + one[0].length) : fault;
    let [after, said] = splitAtMark(rest);
    let value = "";
    let behind = "";
    if (said.startsWith(": got ")) {
      [value, behind] = splitAtMark(said.slice(6));
      said = ": got ";
    }
    const key = keyOf([before, one ? one[1] : "", after, said, behind]);
    if (!found.has(key)) found.set(key, new Cause(before, one ? one[1] : "", after, said, behind));
    found.get(key).add(one ? one[2] : "", value);
  }
  return [...found.values()];
}

/** All faults in one text. */
function allFaults(faults) {
  const causes = causesOf(faults);
  if (causes.length === 1) return String(causes[0]);
  const lines = [`${withCommas(faults.length)} problems`, ...causes.slice(0, 20).map(String)];
  const rest = causes.slice(20).reduce((sum, cause) => sum + cause.count, 0);
  return [...lines, ...(rest ? [`and ${withCommas(rest)} more`] : [])].join("\n  ");
}

/** What ends a message about a name that is not known: the nearest known one, if one is near. */
function meantName(name, known) {
  let best = null;
  for (const one of known) {
    const ratio = likeness(one, name);
    if (ratio < 0.6) continue;
    if (best === null || ratio > best[0] || (ratio === best[0] && one > best[1])) best = [ratio, one];
  }
  return best === null ? "" : ` (did you mean ${best[1]}?)`;
}

/** Twice the number of letters in the longest common runs, over all letters (Ratcliff, Obershelp). */
function likeness(one, other) {
  const a = Array.from(one);
  const b = Array.from(other);
  if (!a.length && !b.length) return 1;
  return (2 * commonLetters(a, 0, a.length, b, 0, b.length)) / (a.length + b.length);
}

function commonLetters(a, a0, a1, b, b0, b1) {
  let best = [a0, b0, 0];
  for (let i = a0; i < a1; i++) {
    for (let j = b0; j < b1; j++) {
      let size = 0;
      while (i + size < a1 && j + size < b1 && a[i + size] === b[j + size]) size += 1;
      if (size > best[2]) best = [i, j, size];
    }
  }
  const [i, j, size] = best;
  if (!size) return 0;
  const before = commonLetters(a, a0, i, b, b0, j);
  return before + size + commonLetters(a, i + size, a1, b, j + size, b1);
}
