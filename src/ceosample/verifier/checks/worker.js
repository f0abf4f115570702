// The worker's entry: files come in, a report, a picture and stories go out.

let month = null;
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

/** Verify files, and what else was given with them. */
function check(files, given) {
  month = null;
  const zip = Object.keys(files).find((name) => name.endsWith(".zip"));
  const found = zip ? verifyHanded(files[zip], zip, tellPage)
    : { report: verifyFiles(files, tellPage), own: files, told: [] };
  const report = withReceipt(found.report, given.receipt);
  report.evidence = [...found.told, ...evidenceOf(found.own, given, report)];
  report.unchecked = uncheckedOf(zip ? {} : found.own, report);
  if (report.month) {
    month = report.month;
    report.picture = pictureOf(month, tellPage);
  }
  delete report.month;
  return report;
}

/** The story of an id, or of a complaint's number with the code that its customer has. */
function storyAsked(known, number, code) {
  if (!code) return { id: number, ...storyOf(known, number) };
  const id = blindedId(code, number);
  if (id === null) return { id: null, lines: ["The code cannot be right. Compare it with your letter, group by group."] };
  return { id, ...storyOf(known, id, asTyped(number)) };
}

const ANSWERS = {
  check: ({ files, given }) => check(bytesOf(files), given),
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
