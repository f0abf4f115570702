// A file of evidence (docs/evidence.md): a zip of months, events and digests, none of it compressed.

const SUMS = "SHA256SUMS";
const SIGNATURE = "SHA256SUMS.p7s";
const EVENTS = "events.jsonl";
const MOST_FILES = 20000;

const textOf = (bytes) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);

/** Verify a file of evidence: its digests, its events, its papers, and every month. */
function verifyHanded(zip, where, given, tell) {
  let files;
  try {
    files = storedFiles(zip, where);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const [words] = error.faults;
    return { months: [stoppedMonth(words)], told: [] };
  }
  const told = [];
  const say = (name, ok, words) => told.push({ name, ok, words });
  const index = indexIn(files, say);
  sumsAgree(files, say);
  const events = eventsOf(files.get(EVENTS) || new Uint8Array(0), say);
  if (index.json) indexAgrees(files, index.json, events, say);
  const newest = newestOf(events, index.population);
  for (const name of events.length ? strayIn(files, newest) : []) say(name, false, "the events froze no such month");
  const months = [];
  let chained = false;
  for (const period of periodsOf(files, newest, index)) {
    const own = monthFiles(files, period);
    namedInEvents(period, own, newest.get(period), say);
    if (!own["draw.json"]) {
      say(period, null, "the events have no draw that counts");
      continue;
    }
    const report = verifyFiles(own, tell);
    const ok = report.first_difference === null;
    say(period, ok, `${report.level}${ok ? "" : `: ${report.first_difference}`}`);
    const isOfChain = report.month && readSource(report.month.seed.source).some(({ kind }) => kind === "chain");
    for (const one of evidenceOf(own, isOfChain ? given : {}, report)) say(`${period}, ${one.name}`, one.ok, one.words);
    chained = chained || isOfChain;
    months.push({ period, report });
  }
  if (given.chainEnd && !chained) say("chain's end", false, "no seed is from a chain, so no end belongs to it");
  papersAgree(files, digestsOf(events), say);
  return {
    months: months.length ? months : [{ period: null, report: drawless() }],
    told,
    events,
    left: leftToOthers(files, digestsOf(events)),
    standards: standardsIn(index.json),
  };
}

const blankReport = (level, fault) => ({ level, first_difference: fault, draw: null, notes: [], unknown: [], redrawn: null,
  steps: [] });

const stoppedMonth = (words) => ({ period: null, report: stoppedAt(blankReport("MALFORMED", words)) });

const drawless = () => blankReport("no draw", null);

/** The months that have files, and those of the range of which the events have more. */
function periodsOf(files, newest, { first, last }) {
  const there = [...files.keys()].map((name) => /^months\/(\d{4}-\d\d)\//.exec(name)).filter(Boolean)
    .map(([, period]) => period);
  const known = [...newest].filter(([period, events]) => first <= period && period <= last && events.size)
    .map(([period]) => period);
  return [...new Set([...there, ...known])].sort();
}

/** The files below months/ that are of no month of the events. */
function strayIn(files, newest) {
  return [...files.keys()].filter((name) => name.startsWith("months/") && !newest.has(name.split("/")[1]));
}

function monthFiles(files, period) {
  const inside = `months/${period}/`;
  const found = Object.create(null); // a file can be called constructor
  for (const [name, bytes] of files) if (name.startsWith(inside)) found[name.slice(inside.length)] = bytes;
  return found;
}

/** Whether each file has the digest that SHA256SUMS gives it, and none is missing or added. */
function sumsAgree(files, say) {
  const sums = files.has(SUMS) ? textOf(files.get(SUMS)) : "";
  const names = [...files.keys()].filter((name) => name !== SUMS && name !== SIGNATURE).sort(compareTexts);
  const ours = names.map((name) => `${sha256(files.get(name))}  ${name}\n`);
  const lines = new Set(sums.split("\n").map((line) => `${line}\n`));
  const wrong = names.find((name, place) => !lines.has(ours[place]));
  say(SUMS, sums === ours.join(""), sums === ours.join("") ? `${names.length} files, each with its digest`
    : wrong ? `${wrong}: has another digest, or none` : "names other files than there are");
}

/** The events, each with its hash, as far as the chain is whole. */
function eventsOf(bytes, say) {
  const stop = (words) => {
    say(EVENTS, false, words);
    return [];
  };
  if (faultInUtf8(bytes, 0, bytes.length)) return stop("is not UTF-8");
  const lines = decodeUtf8(bytes).split("\n");
  if (lines.pop() !== "") return stop("does not end with a line feed, so its last line is no event");
  const events = [];
  let previous = "0".repeat(64);
  for (const [place, line] of lines.entries()) {
    const data = utf8(line);
    const event = jsonIn(data);
    const isEvent = event instanceof Map && event.get("payload") instanceof Map;
    if (!isEvent || event.get("previous") !== previous || event.get("sequence") !== place + 1) {
      return stop(`event ${place + 1} does not hold the SHA-256 of the one before`);
    }
    if (canonicalJson(event) !== line) return stop(`event ${place + 1} is not canonical JSON`);
    previous = sha256(data);
    events.push([previous, event]);
  }
  say(EVENTS, lines.length > 0, `${lines.length} events, each with the SHA-256 of the one before. Compare their head ` +
    `${previous} with a signed closing sheet`);
  return events;
}

/** A receipt where the paper has the hash of a freeze: it is one for the commitment that was frozen. */
function receiptByEvent(events, receipt) {
  const [hash, event] = events.find(([one]) => receipt && one === receipt.commitment) || [];
  if (!event) return receipt;
  const what = `event ${event.get("sequence")} of the ledger`;
  if (event.get("kind") !== "frozen") {
    return { ...receipt, fault: `receipt: the hash is that of ${what} (${event.get("kind")}), which is no freeze; give the ` +
      "hash on the sheet's line Commitment or Event" };
  }
  const commitment = event.get("payload").get("commitment");
  return { ...receipt, commitment, evidence: `${what}, under the head ${hash} on ${receipt.evidence}`,
    other: `receipt: the hash is that of ${what}, which froze ${event.get("population")}, ${event.get("period")}, under the ` +
      `commitment ${commitment}` };
}

/** The newest valid freeze and draw of each month of a population. */
function newestOf(events, population) {
  const newest = new Map();
  const isVoid = new Set(events.filter(([, event]) => event.get("kind") === "corrected")
    .map(([, event]) => event.get("payload").get("event")));
  for (const [hash, event] of events) {
    const period = event.get("period");
    if (isVoid.has(hash) || !period || event.get("population") !== population) continue;
    const of = newest.get(period) || new Map();
    newest.set(period, of);
    if (event.get("kind") === "superseded") of.clear();
    if (["frozen", "drawn"].includes(event.get("kind"))) of.set(event.get("kind"), event.get("payload"));
  }
  return newest;
}

/** What JSON holds; null where it is none. */
function jsonIn(data) {
  try {
    return parseJson(data);
  } catch (error) {
    if (error instanceof NotJson) return null;
    throw error;
  }
}

/** Whether a month's files are those whose digests the ledger has. */
function namedInEvents(period, own, events, say) {
  const frozen = events && events.get("frozen");
  const drawn = events && events.get("drawn");
  const wanted = [["manifest.csv", frozen && frozen.get("manifest")],
    ["exclusions.csv", frozen && frozen.get("excluded")], ["draw.json", drawn && drawn.get("draw")]];
  const wrong = wanted.find(([name, said]) => (own[name] ? sha256(own[name]) : undefined) !== (said || undefined));
  say(`${period}, ledger`, !wrong, wrong ? `${wrong[0]}: is not the one that the events have`
    : "the events have the digests of its files");
}
