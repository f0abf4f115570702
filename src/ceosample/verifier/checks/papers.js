// The papers in a file of evidence: sheets and time stamps, each named by a digest of the events.

const SHEET = /^months\/.*?(?:^|\/)(closing|interim|commitment|dice)-([0-9a-f]{8})\.(?:html|pdf)$/;
const STAMP = /^(?:months\/(?:.*\/)?(commitment|head)|chains\/(?:.*\/)?(chain))-([0-9a-f]{8})\.ts[qr]$/;

/** What papers can be named by: hashes of events, commitments by their freeze, ends of chains. */
function digestsOf(events) {
  const found = { head: new Map(), commitment: new Map(), chain: new Map() };
  for (const [hash, event] of events) {
    const begins = hash.slice(0, 8);
    const payload = event.get("payload");
    found.head.set(begins, hash);
    if (event.get("kind") === "frozen") found.commitment.set(begins, payload.get("commitment"));
    const end = event.get("kind") === "chain_published" ? payload.get("end") : null;
    if (typeof end === "string") found.chain.set(end.slice(0, 8), end);
  }
  return found;
}

/** The digest that a time stamp of this name must be of; undefined where there is none. */
function stampedDigest(name, digests) {
  const stamp = STAMP.exec(name);
  return stamp ? digests[stamp[1] || stamp[2]].get(stamp[3]) : undefined;
}

/** Whether each sheet and time stamp is of an event of these. */
function papersAgree(files, digests, say) {
  let sheets = 0;
  let stamps = 0;
  let isWrong = false;
  for (const [name, bytes] of files) {
    const sheet = SHEET.exec(name);
    const isStamp = STAMP.test(name);
    if (!sheet && !isStamp) continue;
    const fault = sheet ? faultOfSheet(name, bytes, digests.head.get(sheet[2]))
      : faultOfStamp(bytes, stampedDigest(name, digests));
    sheets += sheet ? 1 : 0;
    stamps += isStamp ? 1 : 0;
    isWrong = isWrong || fault !== null;
    if (fault !== null) say(name, false, fault);
  }
  if (isWrong) return;
  if (sheets) say("sheets", true, `${counted(sheets, "sheet")}, each named by the hash of an event`);
  if (stamps) say("time stamps", true, `${counted(stamps, "file")} for time stamps, each of a digest of these events`);
}

function faultOfSheet(name, bytes, hash) {
  if (hash === undefined) return "no event has a hash that begins so";
  return !name.endsWith(".html") || textOf(bytes).includes(hash) ? null : `does not show the hash ${hash}`;
}

function faultOfStamp(bytes, digest) {
  if (digest === undefined) return "no event has a hash, or a chain's end, that begins so";
  const isOf = isHexBytes(digest) && bytes.length <= 2 ** 20 && holds(bytes, bytesOfHex(digest));
  return isOf ? null : `is no time stamp of ${digest}, nor a request for one`;
}

function holds(bytes, wanted) {
  for (let at = bytes.indexOf(wanted[0]); at >= 0; at = bytes.indexOf(wanted[0], at + 1)) {
    if (wanted.every((one, place) => bytes[at + place] === one)) return true;
  }
  return false;
}
