// The index of a file of evidence: what it says of the files and of the events.

const INDEX = "index.json";
const INDEX_FORM = 1;

/** Whose months the index says these are, and which; `json` is null where it cannot be read. */
function indexIn(files, say) {
  const bytes = files.get(INDEX) || new Uint8Array(0);
  const json = jsonIn(bytes);
  const asked = json instanceof Map ? json.get("asked") : null;
  const [population, first, last] = ["population", "first", "last"].map((name) =>
    (asked instanceof Map ? asked.get(name) : null));
  const fault = faultOfIndex(json, bytes, population, first, last);
  if (fault) say(INDEX, false, fault);
  return { json: fault ? null : json, population, first, last };
}

function faultOfIndex(json, bytes, population, first, last) {
  if (!(json instanceof Map) || !sameBytes(canonicalFile(json), bytes)) return "is not canonical JSON with a final newline";
  if (json.get("evidence") !== INDEX_FORM) return "is of a form that this page does not read";
  if (typeof population !== "string" || monthOf(first) === null || monthOf(last) === null || last < first) {
    return "does not say whose months these are, and which";
  }
  const signed = json.get("signed_by");
  if (signed !== null && !isDigest(signed)) return "has a signed_by that is neither a SHA-256 nor null";
  return null;
}

/** Whether the index names these files, by size and digest, the end of these events, and the signature. */
function indexAgrees(files, json, events, say) {
  const isSigned = json.get("signed_by") !== null;
  if (isSigned && !files.has(SIGNATURE)) say(SIGNATURE, false, `${INDEX} names a signature, and the file holds none`);
  if (!isSigned && files.has(SIGNATURE)) say(SIGNATURE, false, `${INDEX} names no signature`);
  const listed = json.get("files") instanceof Map ? json.get("files") : new Map();
  const held = [...files.keys()].filter((name) => ![INDEX, SUMS, SIGNATURE].includes(name));
  const wrong = [...held, ...listed.keys()].find((name) => !isListed(listed.get(name), files.get(name)));
  const missing = [...WORDS, OWN_COPY].find((name) => !files.has(name));
  if (missing) say(missing, false, "is not in the file");
  const end = json.get("ledger");
  const [head] = events.length ? events[events.length - 1] : [null];
  if (wrong !== undefined) say(INDEX, false, `names another ${wrong}, or none`);
  else if (events.length && !(end instanceof Map && end.get("events") === events.length && end.get("head") === head)) {
    say(INDEX, false, "says another end of the events");
  } else say(INDEX, true, "names these files, and the end of these events");
}

function isListed(said, bytes) {
  return said instanceof Map && bytes !== undefined && said.get("bytes") === bytes.length && said.get("sha256") === sha256(bytes);
}
