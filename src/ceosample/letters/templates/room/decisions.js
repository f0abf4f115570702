// What is decided: a list of the entries that decisions.json will hold, and nothing else.

let said = [];           // the entries, in order
let saved = new Set();   // those that stand in a file already, each as its JSON

const asJson = (entry) => JSON.stringify(entry);
const isSaved = (entry) => saved.has(asJson(entry));
const about = (letter) => said.filter((entry) => entry.unit_id === letter.unit_id);
const settled = (letter) => about(letter).find((entry) => actionOf(entry.kind).settles);
const isDecided = (letter) => (settled(letter)?.kind ?? "viewed") !== "viewed";

// Whether closing the page would lose something: an entry that no file has, or that one was taken back.
function isUnsaved() {
  const now = new Set(said.map(asJson));
  return now.size !== saved.size || [...now].some((entry) => !saved.has(entry));
}

// What every entry about a letter holds: which letter of which pack was read, and by whom.
const bound = (letter) => ({
  population: pack.population, period: pack.period, unit_id: letter.unit_id,
  letter: letter.letter, by: pack.signatory.id,
});

// The entry of a letter that a new one of this action replaces.
function replaced(action, letter) {
  if (action.settles) return settled(letter);
  return action.single ? about(letter).find((entry) => entry.kind === action.kind) : undefined;
}

function enter(action, letter, what) {
  const entry = { ...bound(letter), kind: action.kind, at: moment(new Date()), ...what };
  const old = replaced(action, letter);
  said = [...said.filter((other) => other !== old), entry];
  return entry;
}

function drop(entry) {
  said = said.filter((other) => other !== entry);
}

// Local time with its offset, as RFC 3339 writes it.
function moment(date) {
  const east = -date.getTimezoneOffset();
  const local = new Date(date.getTime() + east * 60000).toISOString().slice(0, -1);
  const two = (number) => String(Math.trunc(Math.abs(number))).padStart(2, "0");
  return `${local}${east < 0 ? "-" : "+"}${two(east / 60)}:${two(east % 60)}`;
}

function inWords(entry) {
  const codes = ["verdict", "outcome", "channel", "reason_code", "to", "colleague"]
    .map((name) => entry[name]).concat(entry.codes).filter(Boolean).join(", ");
  return `${actionOf(entry.kind).past}${codes && `: ${codes}`}.${entry.text ? ` “${entry.text}”` : ""}`;
}

// ---- decisions.json

function asFile(saved_at) {
  const file = {
    scheme: pack.scheme, pack: pack.pack, saved_at, count: said.length, decisions: said,
  };
  return `${JSON.stringify(file, null, 1)}\n`;
}

// With the month, the pack's code and the time: of a pack's files, the last name is the newest.
function nameOfFile(saved_at) {
  const time = saved_at.slice(0, 19).replace("T", "-").replaceAll(":", "");
  return `decisions-${pack.period}-${pack.pack.slice(0, 8)}-${time}.json`;
}

// The text of a file: UTF-8, or UTF-16 where its first two bytes say so, as a text editor saves it.
function asText(buffer) {
  const [one, two] = new Uint8Array(buffer);
  const marked = { 0xfffe: "utf-16le", 0xfeff: "utf-16be" }[one * 256 + two];
  return new TextDecoder(marked ?? "utf-8").decode(buffer);
}

function setEntries(entries, inFile) {
  said = entries;
  saved = new Set(inFile);
}

// The entries of a saved file. All that is wrong with it is thrown at once, as a list.
function read(data) {
  let file;
  try { file = JSON.parse(data); } catch { throw ["It is not JSON; choose a file that a signing room saved."]; }
  if (file?.scheme !== pack.scheme || !Array.isArray(file.decisions)) {
    throw [`It holds no decisions of the scheme ${pack.scheme}; choose a file that a signing room saved.`];
  }
  if (file.pack !== pack.pack) throw ["It is about another pack; open it in that pack's room."];
  const all = file.decisions.length;
  if ("count" in file && file.count !== all) {
    throw [`It says that it holds ${file.count} decisions, and holds ${all}: it was changed, or is not whole.`];
  }
  const faults = file.decisions.flatMap((entry, at) =>
    [...faultsOf(entry), ...faultsOfOrder(entry, file.decisions.slice(0, at))]
      .map((fault) => `Decision ${at + 1}: ${fault}`));
  if (faults.length) throw faults;
  return file.decisions;
}

function faultsOf(entry) {
  const action = actionOf(entry?.kind);
  if (!action) return ["it is of a kind that this page does not know."];
  const letter = pack.letters.find((other) => other.unit_id === entry.unit_id);
  if (!letter) return ["it is about a letter that is not in this pack."];
  const fixed = bound(letter);
  const known = ["kind", "at", ...Object.keys(fixed), ...action.fields.map(({ name }) => name)];
  return [
    ...Object.keys(fixed).filter((name) => entry[name] !== fixed[name])
      .map((name) => `its ${name} is not that of this pack.`),
    ...(isMoment(entry.at) ? [] : ["its at is not a time with its zone."]),
    ...Object.keys(entry).filter((name) => !known.includes(name))
      .map((name) => `its ${name} is not known.`),
    ...action.fields.filter((field) => !isFilled(field, entry[field.name]))
      .map(({ name, type }) => `its ${name}: ${type.fault}`),
  ];
}

function faultsOfOrder(entry, earlier) {
  const action = actionOf(entry?.kind);
  const rivals = earlier.filter((other) => other?.unit_id === entry?.unit_id &&
    (action?.settles ? actionOf(other.kind)?.settles : action?.single && other.kind === entry.kind));
  return rivals.length ? ["it says of a letter what an earlier one says already."] : [];
}

function isFilled({ type, optional }, value) {
  if (value === undefined) return optional;
  return (type === CODES || typeof value === "string") && type.fits(value);
}

const isMoment = (value) => typeof value === "string" && !Number.isNaN(Date.parse(value)) &&
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(value);
