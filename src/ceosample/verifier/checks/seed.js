// The seed: its source's grammar, and what each part of the source gave (docs/record.md, "Seed").

const LONGEST_CHAIN = 600;
const BEACON = /^(?:drand-[0-9a-f]{64}|nist-[1-9][0-9]{0,8}|(?!drand-|nist-)[a-z][a-z0-9-]{0,79})$/;
const WHOLE_NUMBER = /^[1-9][0-9]{0,14}$/;

/** The parts of a source; a Fault says why it is none. */
function readSource(text) {
  const parts = text.split("+").map(readPart);
  const kinds = parts.map(({ kind }) => kind);
  const twice = [...new Set(kinds.filter((kind, place) => kinds.indexOf(kind) < place))].sort();
  if (twice.length) {
    throw new Fault("SEED", [`seed_source: ${got(text, 200)}, with ${joined(twice)} twice; name each once`]);
  }
  return parts;
}

function readPart(text) {
  const [kind, ...fields] = text.split(":");
  if (kind === "dice" && !fields.length) return { kind };
  if (kind === "chain" && fields.length === 2 && isDigest(fields[1]) && WHOLE_NUMBER.test(fields[0]) &&
    Number(fields[0]) <= LONGEST_CHAIN) {
    return { kind, number: Number(fields[0]), end: fields[1] };
  }
  if (kind === "beacon" && fields.length === 2 && BEACON.test(fields[0]) && WHOLE_NUMBER.test(fields[1])) {
    return { kind, beacon: fields[0], number: Number(fields[1]) };
  }
  throw new Fault("SEED", [`seed_source: ${got(text, 100)}; use dice, chain:LINK:END or beacon:NAME:ROUND`]);
}

function combined(contributions) {
  const ascii = contributions.filter((text) => /^[\0-\x7f]*$/.test(text));
  return sha256(joinBytes(ascii.map(netstring)));
}

/** The seed that a record holds; a Fault says what is wrong with it. */
function readSeed(fields) {
  const seed = {
    value: fields.get("value"),
    source: fields.get("source"),
    witnesses: fields.get("witnesses"),
    contributions: fields.get("contributions") || [],
    signature: fields.has("signature") ? fields.get("signature") : null,
    previous: fields.has("previous_signature") ? fields.get("previous_signature") : null,
  };
  raiseFaults("SEED", faultsOfSeed(seed));
  requireLength(seed);
  return seed;
}

function seedToJson(seed) {
  const found = asMap({ value: seed.value, source: seed.source, witnesses: seed.witnesses });
  if (seed.contributions.length) found.set("contributions", seed.contributions);
  if (seed.signature !== null) found.set("signature", seed.signature);
  if (seed.previous !== null) found.set("previous_signature", seed.previous);
  return found;
}

function faultsOfSeed(seed) {
  const parts = readSource(seed.source);
  const dice = parts.some(({ kind }) => kind === "dice");
  const faults = dice ? faultsOfWitnesses(seed.witnesses) : [];
  if (seed.witnesses.length && !dice) {
    faults.push(`seed, witnesses: ${got(seed.witnesses)}, and the source has no dice; leave them out`);
  }
  faults.push(...faultsOfSignature("signature", seed.signature, parts));
  faults.push(...faultsOfSignature("previous_signature", seed.previous, parts));
  if (seed.previous !== null && seed.signature === null) {
    faults.push("seed, signature: got none; give it with previous_signature");
  }
  const several = parts.length > 1;
  if (seed.contributions.length !== (several ? parts.length : 0)) {
    const wanted = several ? `one for each of its ${parts.length} parts` : "its value alone";
    return [...faults, `seed, contributions: ${gotKind(seed.contributions)}; give ${wanted}`];
  }
  const texts = several ? seed.contributions : [seed.value];
  parts.forEach((part, place) => faults.push(...faultsOfPart(part, texts[place], seed.signature)));
  if (several && !faults.length && seed.value !== combined(texts)) {
    faults.push(`seed: ${gotKind(seed.value)}; give the SHA-256 of the netstrings of its contributions`);
  }
  return faults;
}

function faultsOfPart(part, text, signature) {
  if (part.kind === "dice") {
    if (!/^[0-9]*$/.test(text)) return [`seed: ${gotKind(text)}; give the digits 0 to 9 and nothing else`];
    if (text.length >= 20) return [];
    return [`seed: ${gotKind(text)}; roll at least 20, so that all seeds cannot be tried beforehand`];
  }
  if (part.kind === "chain") {
    if (isDigest(text) && hashedTimes(text, part.number) === part.end) return [];
    return [`seed: ${gotKind(text)}; give link ${part.number} of the chain that ends in ` +
      `${part.end.slice(0, 8)}, which gives that end when it is hashed ${part.number} times`];
  }
  return faultsOfRound(part, text, signature);
}

function hashedTimes(link, times) {
  for (let i = 0; i < times; i++) link = sha256(link);
  return link;
}

const ROUND_VALUES = {
  drand: [/^[0-9a-f]{64}$/, "64 lower-case hex digits, the field randomness"],
  nist: [/^[0-9a-f]{128}$/, "128 lower-case hex digits, the field outputValue"],
};
const OTHER_VALUE = [/^(?:[0-9]{20,}|[0-9a-f]{32,})$/, "at least 20 digits, or 32 lower-case hex digits"];

function faultsOfRound(part, value, signature) {
  const kind = part.beacon.split("-")[0];
  const [form, words] = Object.hasOwn(ROUND_VALUES, kind) ? ROUND_VALUES[kind] : OTHER_VALUE;
  if (!form.test(value)) {
    return [`seed, round ${part.number} of ${part.beacon}: ${gotKind(value)}; give ${words}`];
  }
  if (signature === null || !isHexBytes(signature)) return [];
  const found = sha256(bytesOfHex(signature));
  if (found === value) return [];
  return [`seed, signature: got one whose SHA-256 is ${found.slice(0, 8)}..., and the value of round ` +
    `${part.number} is ${value.slice(0, 8)}...; give the two of one round`];
}

function isHexBytes(text) {
  return /^(?:[0-9a-f]{2})+$/.test(text);
}

function bytesOfHex(text) {
  return Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));
}

function faultsOfSignature(name, signature, parts) {
  if (signature === null) return [];
  if (!parts.some(({ beacon }) => beacon && beacon.startsWith("drand-"))) {
    return [`seed, ${name}: ${gotKind(signature)}, and the source has no drand round; leave it out`];
  }
  if (!isHexBytes(signature)) return [`seed, ${name}: ${gotKind(signature)}; give lower-case hex digits`];
  return [];
}

function faultsOfWitnesses(witnesses) {
  if (!witnesses.length) {
    return ["seed, witnesses: got []; give the role of at least one who saw the dice"];
  }
  const faults = [];
  witnesses.forEach((role, place) => {
    const said = gotName(role);
    const where = `seed, witness ${place + 1}`;
    if (said) faults.push(`${where}: ${said}`);
    else if (witnesses.indexOf(role) < place) {
      faults.push(`${where}: ${got(role)} a second time; name each role once`);
    }
  });
  return faults;
}

const DRAND_TIMES = {
  "drand-8990e7a9aaed2ffed73dbd7092123d6f289930540d7651336225dc172e51b2ce": [1595431050, 30],
  "drand-52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971": [1692803367, 3],
};

/** What the report says of where a seed came from. */
function notesOnSeed(seed) {
  const parts = readSource(seed.source);
  const notes = [];
  for (const { kind, number, end } of parts) {
    if (kind !== "chain") continue;
    notes.push(`seed: link ${number}, hashed so many times, is the end that the commitment names, ${end}; ask ` +
      "when that was published");
  }
  if (parts.length === 1 && parts[0].kind === "chain") {
    notes.push("seed: custodian-trusted: whoever keeps the chain's secret could foresee it");
  }
  for (const { kind, beacon, number } of parts) {
    if (kind !== "beacon") continue;
    notes.push(`seed: round ${number} of ${beacon} ${timeOfRound(beacon, number)}; ${
      seed.signature !== null
        ? `its value is the SHA-256 of its signature, whose own truth was not checked: ${
          Object.hasOwn(DRAND_TIMES, beacon) ? "this page checks no signatures" : "the key of its beacon is not known here"}`
        : "its value was taken as given; compare it with the beacon's"}`);
  }
  return notes;
}

/** The bytes of a signature of each chain whose rounds are known; true where it is signed with the one before. */
const DRAND_SIGNATURES = {
  "drand-8990e7a9aaed2ffed73dbd7092123d6f289930540d7651336225dc172e51b2ce": [96, true],
  "drand-52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971": [48, false],
};

/** A signature that is too short or too long to be one of its chain. */
function requireLength(seed) {
  const round = readSource(seed.source).find(({ beacon }) => beacon && Object.hasOwn(DRAND_SIGNATURES, beacon));
  if (!round || seed.signature === null) return;
  const [bytes, isChained] = DRAND_SIGNATURES[round.beacon];
  if ((isChained && seed.previous === null) || seed.signature.length === 2 * bytes) return;
  throw new Fault("SEED", [`seed, signature: got ${seed.signature.length / 2} bytes, and rounds of ${round.beacon} have ` +
    `signatures of ${bytes}; give the one that the beacon published for round ${round.number}`]);
}

function timeOfRound(beacon, number) {
  const times = Object.hasOwn(DRAND_TIMES, beacon) ? DRAND_TIMES[beacon] : null;
  if (!times) return "came out when its beacon says; that is not known here and was not checked";
  const latest = Date.UTC(9999, 0, 1) / 1000;
  const moment = new Date(1000 * Math.min(times[0] + (number - 1) * times[1], latest));
  return `came out at ${moment.toISOString().slice(0, 19)}+00:00; the freeze must be older than that`;
}
