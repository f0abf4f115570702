// What else was given: the pack and its letters, a chain's end, a beacon's round, a receipt.

const PACK = "pack.json";

/** Each further file or fact: whether it agrees with the draw, and why not. */
function evidenceOf(files, given, report) {
  const found = [];
  const say = (name, ok, words) => found.push({ name, ok, words });
  if (files[PACK]) packEvidence(files, report, say);
  const { month } = report;
  if (!month) return found;
  if (given.chainEnd) chainEvidence(given.chainEnd, month.seed, say);
  for (const [name, bytes] of Object.entries(files)) {
    const round = roundIn(name, bytes);
    if (round) roundEvidence(name, round, month.seed, say);
  }
  return found;
}

/** Whether pack.json is of this draw, and the files next to it are those that it names. */
function packEvidence(files, report, say) {
  let pack;
  try {
    pack = parseJson(files[PACK]);
  } catch (error) {
    if (!(error instanceof NotJson)) throw error;
    say(PACK, false, `${PACK}: ${error.message}`);
    return;
  }
  const named = pack instanceof Map && pack.get("files");
  const letters = pack instanceof Map && pack.get("letters");
  if (!(named instanceof Map) || !Array.isArray(letters) || !letters.every((one) => one instanceof Map)) {
    say(PACK, false, `${PACK}: has no lists of files and letters`);
    return;
  }
  const ours = report.redrawn || report.draw;
  const isOurs = pack.get("draw") === ours || pack.get("draw") === report.draw;
  say(PACK, isOurs, isOurs ? `the pack is of this draw; its SHA-256 is ${sha256(files[PACK])}`
    : `${PACK}, draw: the pack is of the draw ${quoted(pack.get("draw"), 64)}, and this is ${report.draw}`);
  if (report.month) lettersEvidence(letters, report.month, say);
  const absent = [];
  let same = 0;
  for (const [name, digest] of named) {
    if (!files[name]) absent.push(name);
    else if (sha256(files[name]) === digest) same += 1;
    else say(name, false, `${name}: its SHA-256 is ${sha256(files[name])}; ${PACK} has ${quoted(digest, 64)}`);
  }
  const rest = absent.length ? `; ${absent.length} not given: ${joined(absent, 3)}` : "";
  say("letters and pages", same + absent.length === named.size, `${same} of ${named.size} files of the pack are those ` +
    `that it names${rest}`);
}

/** Whether the pack has a letter for each selection, or a reserve of the draw in its place. */
function lettersEvidence(letters, month, say) {
  const drawn = month.json.get("selections").map((unit) => unit.get("unit_id"));
  const known = new Set([...drawn, ...month.json.get("reserves").map((unit) => unit.get("unit_id"))]);
  const inPack = new Set(letters.map((letter) => letter.get("unit_id")));
  const strange = [...inPack].filter((id) => !known.has(id));
  const missing = drawn.filter((id) => !inPack.has(id));
  if (strange.length) {
    say("letters", false, `${PACK}: ${joined(strange.map((id) => quoted(id)), 3)} was not drawn`);
  } else if (missing.length) {
    say("letters", null, `${drawn.length - missing.length} of ${drawn.length} letters that were drawn are in the pack; ask ` +
      `why ${joined(missing.map((id) => quoted(id)), 3)} is not`);
  } else {
    say("letters", true, `all ${drawn.length} letters that were drawn are in the pack`);
  }
}

function chainEvidence(end, seed, say) {
  const link = readSource(seed.source).find(({ kind }) => kind === "chain");
  if (!link) say("chain's end", false, "the seed is not from a chain, so no end belongs to it");
  else if (link.end === end) say("chain's end", true, "the end that you gave is the one that the commitment names");
  else say("chain's end", false, `the commitment names the end ${link.end}; you gave ${quoted(end, 64)}`);
}

/** A beacon's round as its service writes it, or null. */
function roundIn(name, bytes) {
  if (!name.endsWith(".json") || bytes.length > 100000) return null;
  let found;
  try {
    found = JSON.parse(decodeUtf8(bytes));
  } catch {
    return null;
  }
  if (!found || typeof found !== "object") return null;
  const { pulse } = found;
  if (pulse && typeof pulse === "object" && typeof pulse.outputValue === "string") {
    return { number: pulse.pulseIndex, value: pulse.outputValue.toLowerCase(), chain: "nist-" };
  }
  if (typeof found.round !== "number" || typeof found.signature !== "string") return null;
  const value = isHexBytes(found.signature) ? sha256(bytesOfHex(found.signature)) : "";
  const said = typeof found.randomness === "string" ? found.randomness : value;
  return { number: found.round, value, said, chain: "drand-" };
}

function roundEvidence(name, round, seed, say) {
  const parts = readSource(seed.source);
  const place = parts.findIndex(({ kind }) => kind === "beacon");
  const wanted = parts[place];
  if (!wanted || !wanted.beacon.startsWith(round.chain)) {
    say(name, false, `${name}: is a round of a beacon that the commitment does not name`);
    return;
  }
  const ours = parts.length > 1 ? seed.contributions[place] : seed.value;
  if (round.number !== wanted.number) {
    say(name, false, `${name}: is round ${round.number}; the commitment names ${wanted.number}`);
  } else if (round.said !== undefined && round.said !== round.value) {
    say(name, false, `${name}: its randomness is not the SHA-256 of its signature`);
  } else if (round.value !== ours) {
    say(name, false, `${name}: gives ${round.value}; the record has ${ours}`);
  } else {
    say(name, true, `${name}: round ${round.number} gives the value that the record has; the beacon's own signature was ` +
      "not checked here");
  }
}

/** The level and the notes with a receipt of the commitment, as docs/record.md has them. */
function withReceipt(report, receipt) {
  if (report.level !== "REPRODUCED" || report.first_difference !== null || !receipt) return report;
  const notes = report.notes.slice(0, -1);
  const { commitment } = report.month;
  const refuse = (fault) => ({
    ...report, notes, first_difference: fault, steps: [...report.steps, { name: "ORDER_PROVEN", ok: false, words: fault }] });
  if (receipt.fault) return refuse(receipt.fault);
  if (receipt.commitment !== commitment) {
    return refuse(receipt.other ? `${receipt.other}, not ${commitment}`
      : `receipt: it is for the commitment ${receipt.commitment}, not ${commitment}; give the hash on the sheet's line Commitment`);
  }
  const [at, seedAt] = [receipt.at, receipt.seed_at].map(momentOf);
  for (const [name, moment] of [["at", at], ["seed_at", seedAt]]) {
    if (moment === null) {
      return refuse(`receipt, ${name}: ${got(receipt[name])}; give date and time with the zone, such as ` +
        "2026-11-02T09:00+00:00");
    }
  }
  if (!(at < seedAt)) {
    return refuse(`receipt: given at ${receipt.at}, which is not before the seed's ${receipt.seed_at}`);
  }
  const words = `the commitment is older than the seed, by ${receipt.evidence}: there by ${receipt.at}, and the seed came ` +
    `at ${receipt.seed_at}, by the time given for it`;
  return {
    ...report,
    level: "ORDER_PROVEN",
    notes: [...notes, words],
    steps: [...report.steps, { name: "ORDER_PROVEN", ok: true, words }],
  };
}

/** Microseconds since 1970 of a date and time with its zone; null of any other text, in every browser. */
function momentOf(text) {
  const found = /^([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}:[0-9]{2})(:[0-9]{2})?(?:\.([0-9]{1,6}))?(Z|[+-]([0-9]{2}):([0-9]{2}))$/
    .exec(text);
  if (!found) return null;
  const [, day, minute, second = ":00", part = "", zone, hours, minutes] = found;
  const plain = `${day}T${minute}${second}.000Z`;
  const moment = Date.parse(plain);
  if (Number.isNaN(moment) || new Date(moment).toISOString() !== plain || (hours > "23" || minutes > "59")) return null;
  const away = zone === "Z" ? 0 : (zone[0] === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  return moment * 1000 - away * 60000000 + Number(part.padEnd(6, "0"));
}
