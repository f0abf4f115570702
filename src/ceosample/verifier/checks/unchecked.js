// What the page leaves open: each thing that it was given, or that the record rests on, and did not check.

const ASK = "not checked here: ask for";

/** Each open thing with what to ask for; a month in a folder, whose files are by name. */
function uncheckedOf(files, report) {
  const found = [];
  const leave = (name, words) => found.push({ name, words });
  if (report.month) leaveRound(report.month.seed, leave);
  const letters = files[PACK] ? Object.keys(namedByPack(files[PACK])).filter((name) => files[name]) : [];
  if (letters.length) {
    leave("letters and pages", `the words of ${counted(letters.length, "file")}, and digital signatures in them. Digests were ` +
      `compared. The rest is ${ASK} ceosample verify FOLDER`);
  }
  const rest = Object.keys(files).filter((name) => !isRead(name, files, report, letters)).sort(compareTexts);
  const stamps = rest.filter((name) => /\.ts[rq]$/i.test(name));
  if (stamps.length) {
    leave("time stamps", `${joined(stamps, 3)}: the authority’s signature and its time, ${ASK} ceosample verify FOLDER ` +
      "--stamp-root ROOT.pem");
  }
  const others = rest.filter((name) => !stamps.includes(name));
  if (others.length) {
    leave("other files", `${joined(others, 6)}: ${others.length === 1 ? "it was" : "they were"} not read; ${ASK} ceosample ` +
      "verify FOLDER --ledger");
  }
  return found;
}

/** A beacon's own signature: a pairing on BLS12-381, which this page has no code for. */
function leaveRound(seed, leave) {
  const round = readSource(seed.source).find(({ kind }) => kind === "beacon");
  if (!round) return;
  const what = seed.signature === null ? "no signature is kept, so compare its value with the beacon’s"
    : Object.hasOwn(DRAND_SIGNATURES, round.beacon) ? `whether the beacon’s key signed it, ${ASK} ceosample verify FOLDER, with ` +
      "the extra beacon"
      : "whether the beacon’s key signed it: ceosample knows no key of this beacon, so compare the round with the beacon’s own";
  leave(`round ${round.number} of ${round.beacon}`, what);
}

/** The files that pack.json names; none where it cannot be read. */
function namedByPack(bytes) {
  const pack = jsonIn(bytes);
  const named = pack instanceof Map ? pack.get("files") : null;
  return named instanceof Map ? Object.fromEntries(named) : {};
}

function isRead(name, files, report, letters) {
  if ([DRAW, MANIFEST, EXCLUSIONS, PACK, "verifier.html"].includes(name) || letters.includes(name)) return true;
  return /^earlier-[0-9]{4}-[0-9]{2}\.json$/.test(name) || (report.month && roundIn(name, files[name]) !== null);
}
