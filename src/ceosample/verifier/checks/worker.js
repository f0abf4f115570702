// The worker's entry: files come in, a report, a picture and stories go out.

let month = null;
let known = [];
let lastTold = 0;

function tellPage(what, share) {
  const now = Date.now();
  if (now - lastTold < 50) return;
  lastTold = now;
  self.postMessage({ kind: "progress", what, share });
}

/** The bytes of each file. */
function bytesOf(files) {
  const reader = new FileReaderSync();
  const found = Object.create(null); // a file can be called constructor
  for (const [name, file] of Object.entries(files)) found[name] = new Uint8Array(reader.readAsArrayBuffer(file));
  return found;
}

/** Verify files, and what else was given with them; one month of them is shown. */
function check(files, given) {
  const zip = Object.keys(files).find((name) => name.endsWith(".zip"));
  const found = zip ? verifyHanded(files[zip], zip, given, tellPage) : verifyFolder(files, given);
  known = found.months.map((one) => ({ unchecked: uncheckedOf({}, one.report), ...one }));
  const receipt = receiptByEvent(found.events || [], given.receipt);
  const place = placeOfShown(known, receipt);
  if (known[place]) known[place].report = withReceipt(known[place].report, receipt);
  const { told, left = [], standards = [] } = found;
  const open = left.length + known.reduce((sum, { unchecked }) => sum + unchecked.length, 0);
  return { ...shown(place), evidence: told, left, standards, open,
    months: known.map(({ period, report }) => ({ period, level: report.level, ok: report.first_difference === null })) };
}

function verifyFolder(files, given) {
  const report = verifyFiles(files, tellPage);
  return { months: [{ period: null, report, unchecked: uncheckedOf(files, report) }], told: evidenceOf(files, given, report) };
}

/** The first month that differs, else the one that a receipt is for, else the newest. */
function placeOfShown(months, receipt) {
  const differs = months.findIndex(({ report }) => report.first_difference !== null);
  if (differs >= 0) return differs;
  const own = receipt ? months.findIndex(({ report }) => report.month && report.month.commitment === receipt.commitment) : -1;
  return own >= 0 ? own : months.length - 1;
}

/** What the page shows of one month; its stories are told from now on. */
function shown(place) {
  const { period, unchecked, report: { month: of, ...report } } = known[place];
  month = of || null;
  return { ...report, period, place, unchecked, picture: month ? pictureOf(month, tellPage) : null };
}

/** The story of an id, or of a complaint's number with the code that its customer has. */
function storyAsked(of, number, code) {
  if (!code) return { id: number, ...storyOf(of, number) };
  const id = blindedId(code, number);
  if (id === null) return { id: null, lines: ["The code cannot be right. Compare it with your letter, group by group."] };
  return { id, ...storyOf(of, id, asTyped(number)) };
}

const ANSWERS = {
  check: ({ files, given }) => check(bytesOf(files), given),
  show: ({ place }) => shown(place),
  story: ({ number, code }) => (month ? storyAsked(month, number, code) : null),
  hash: ({ data }) => sha256(data),
  order: ({ texts }) => [...texts].sort(compareTexts),
};

if (typeof self !== "undefined" && typeof self.postMessage === "function") {
  self.onmessage = ({ data }) => {
    try {
      self.postMessage({ kind: "answer", question: data.question, value: ANSWERS[data.kind](data) });
    } catch (error) {
      self.postMessage({ kind: "failed", question: data.question, words: String(error && error.stack) });
    }
  };
}
