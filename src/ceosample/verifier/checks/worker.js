// The worker's entry: files come in, a report, a picture and stories go out.

let month = null;
let lastTold = 0;

function tellPage(what, share) {
  const now = Date.now();
  if (now - lastTold < 50) return;
  lastTold = now;
  self.postMessage({ kind: "progress", what, share });
}

/** Verify files, and what else was given with them. */
function check(files, given) {
  month = null;
  const report = withReceipt(verifyFiles(files, tellPage), given.receipt);
  report.evidence = evidenceOf(files, given, report);
  if (report.month) {
    month = report.month;
    report.picture = pictureOf(month, tellPage);
  }
  delete report.month;
  return report;
}

const ANSWERS = {
  check: ({ files, given }) => check(files, given || {}),
  story: ({ id }) => (month ? storyOf(month, id) : null),
  hash: ({ data }) => sha256(data),
  order: ({ texts }) => [...texts].sort(compareTexts),
};

if (typeof self !== "undefined" && typeof self.postMessage === "function") {
  self.onmessage = ({ data }) => {
    try {
      self.postMessage({ kind: "answer", number: data.number, value: ANSWERS[data.kind](data) });
    } catch (error) {
      self.postMessage({ kind: "failed", number: data.number, words: String(error && error.stack) });
    }
  };
}
