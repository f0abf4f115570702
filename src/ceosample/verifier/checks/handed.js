// A file of evidence (docs/evidence.md): a zip of months, events and digests, none of it compressed.

const SUMS = "SHA256SUMS";
const SIGNATURE = "SHA256SUMS.p7s";
const EVENTS = "events.jsonl";
const MOST_FILES = 20000;

const textOf = (bytes) => new TextDecoder().decode(bytes);

/** Verify a file of evidence: its digests, its events, and every month; one month is shown. */
function verifyHanded(zip, where, tell) {
  let files;
  try {
    files = storedFiles(zip, where);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const [words] = error.faults;
    return { report: stoppedAt({ level: "MALFORMED", first_difference: words, draw: null, notes: [], unknown: [],
      redrawn: null, steps: [] }), told: [], own: {} };
  }
  const told = [];
  const say = (name, ok, words) => told.push({ name, ok, words });
  sumsAgree(files, say);
  const newest = eventsOf(files.get(EVENTS) || new Uint8Array(0), populationIn(files), say);
  let shown = null;
  for (const period of monthsIn(files)) {
    const own = monthFiles(files, period);
    namedInEvents(period, own, newest.get(period), say);
    if (!own["draw.json"]) continue;
    const report = verifyFiles(own, tell);
    const ok = report.first_difference === null;
    say(period, ok, `${report.level}${ok ? "" : `: ${report.first_difference}`}`);
    if (!shown || shown.report.first_difference === null) shown = { report, own };
  }
  return { ...(shown || { report: verifyFiles({}, tell), own: {} }), told };
}

const monthsIn = (files) => [...new Set([...files.keys()]
  .map((name) => /^months\/(\d{4}-\d\d)\//.exec(name)).filter(Boolean).map(([, period]) => period))].sort();

function monthFiles(files, period) {
  const inside = `months/${period}/`;
  return Object.fromEntries([...files].filter(([name]) => name.startsWith(inside))
    .map(([name, bytes]) => [name.slice(inside.length), bytes]));
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

/** Whose months these are: one ledger can have several populations. */
function populationIn(files) {
  const index = jsonIn(files.get("index.json") || new Uint8Array(0));
  const asked = index instanceof Map && index.get("asked");
  return asked instanceof Map ? asked.get("population") : null;
}

/** The newest valid events of each month of a population, after a look at the chain. */
function eventsOf(bytes, population, say) {
  const newest = new Map();
  const lines = textOf(bytes).split("\n").slice(0, -1);
  const events = [];
  let previous = "0".repeat(64);
  for (const [place, line] of lines.entries()) {
    const data = utf8(line);
    const event = jsonIn(data);
    const isEvent = event instanceof Map && event.get("payload") instanceof Map;
    if (!isEvent || event.get("previous") !== previous || event.get("sequence") !== place + 1) {
      say(EVENTS, false, `event ${place + 1} does not hold the SHA-256 of the one before`);
      return newest;
    }
    previous = sha256(data);
    events.push([previous, event]);
  }
  say(EVENTS, lines.length > 0, `${lines.length} events, each with the SHA-256 of the one before. Compare their head ` +
    `${previous} with a signed closing sheet`);
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
