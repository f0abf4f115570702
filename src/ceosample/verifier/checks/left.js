// What this page leaves to others in a file of evidence, and which file answers which question.

const WORDS = ["report.html", "figures.json", "index.html", "index.json", "method.html"];
const OWN_COPY = "verifier.html";
const WITH_THE_PROGRAM = "ceosample verify EVIDENCE.zip";
const OF_MONTH = /^months\/[0-9]{4}-[0-9]{2}\/(?:(?:draw|earlier-[0-9]{4}-[0-9]{2})\.json|(?:manifest|exclusions)\.csv)$/;

/** Each group of files that was not checked here, with what to do and a line for the shell. */
function leftToOthers(files, digests) {
  const names = [...files.keys()].sort(compareTexts);
  const left = [];
  const leave = (found, words, lines = []) => {
    if (found.length) left.push({ names: found, words, lines });
  };
  leave(names.filter((name) => name === SIGNATURE), "The signature over all digests. Get root.pem from somebody other than " +
    "the maker of the file, unpack the zip, and run this line. The answer must be CMS Verification successful.",
  [`openssl cms -verify -binary -inform DER -in ${SIGNATURE} -content ${SUMS} -CAfile root.pem -purpose any -out /dev/null`]);
  const answers = names.filter((name) => name.endsWith(".tsr") && STAMP.test(name));
  leave(answers, "Time stamps, each of the digest in its line. The authority’s signature says whose it is, and when it was made. " +
    "Get root.pem from the authority itself, unpack the zip, and run each line. It must answer Verification: OK.",
  answers.map((name) => `openssl ts -verify -digest ${stampedDigest(name, digests)} -in ${name} -CAfile root.pem`));
  leave(names.filter((name) => SHEET.test(name)), "Sheets that people sign. Ask the executive’s office for the signed " +
    "paper: its hash must be the one on the sheet here, and a commitment’s date must be before the dice.");
  leave(names.filter((name) => name === EVENTS), "Of the events, this page followed the chain alone. Whether the ledger allows " +
    "each of them, and whose key signed it, is left to the program.", [WITH_THE_PROGRAM]);
  leave(names.filter((name) => WORDS.includes(name)),
    "Figures and words. The program makes them again from the events and compares each byte. You can also count some " +
    "figures in events.jsonl.", [WITH_THE_PROGRAM]);
  leave(names.filter((name) => name === OWN_COPY), "A copy of this page. It came with the file, so use your own.");
  leave(names.filter((name) => isOther(name)), "Letters, and files that this page does not know. It compared their digests, and " +
    "left what is in them to the program.", [WITH_THE_PROGRAM]);
  return left;
}

/** Whether nothing above or in the checks of a month reads a file of this name. */
function isOther(name) {
  const isKnown = [SUMS, SIGNATURE, EVENTS, OWN_COPY, ...WORDS].includes(name);
  return !isKnown && !SHEET.test(name) && !STAMP.test(name) && !OF_MONTH.test(name);
}

/** The standards and questions that the index of the file has; it is the firm's, so it is read with care. */
function standardsIn(json) {
  const listed = json instanceof Map ? json.get("standards") : null;
  const text = (value) => (typeof value === "string" ? value : "");
  const maps = (value) => (Array.isArray(value) ? value.filter((one) => one instanceof Map) : []);
  return maps(listed).map((standard) => ({
    name: text(standard.get("name")),
    checked: text(standard.get("checked")),
    questions: maps(standard.get("question") || standard.get("questions")).map((question) => ({
      asks: `${text(question.get("clause"))} ${text(question.get("asks"))}`.trim(),
      answer: text(question.get("answer")),
      files: (Array.isArray(question.get("files")) ? question.get("files") : []).map(text).filter(Boolean),
    })),
  }));
}
