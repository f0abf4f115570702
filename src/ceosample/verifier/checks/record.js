// draw.json read back: its form, and the first difference between two records in words.

const DRAW = "draw.json";

/** What a name of an object may be left out of. */
class Optional {
  constructor(form) {
    this.form = form;
  }
}

const isText = (value) => typeof value === "string";
const isTexts = (value) => Array.isArray(value) && value.every(isText);
const isMonth = (value) => monthOf(value) !== null;
const isNumber = (value) => isCount(value);
const isOne = (value) => isCount(value, 1);
const isDigestOrNull = (value) => value === null || isDigest(value);
const isNumberOrNull = (value) => value === null || isCount(value);
const isCounts = (value) => value instanceof Map && [...value.values()].every((one) => isCount(one));

const TICKETED = { unit_id: isText, stratum: isTexts, ticket: isDigest, rank: isOne, line: new Optional(isText) };
const EARLIER = [{ period: isMonth, draw: isDigest }];

const RECORD_FORM = {
  population: isText,
  period: isMonth,
  commitment: isDigest,
  plan: (value) => value instanceof Map,
  seed: {
    value: isText,
    source: isText,
    witnesses: isTexts,
    contributions: new Optional((value) => isTexts(value) && value.length > 1),
    signature: new Optional(isText),
    previous_signature: new Optional(isText),
  },
  frame: {
    manifest: isDigestOrNull,
    variables: isTexts,
    content: (value) => typeof value === "boolean",
    count: isNumber,
    exclusions: isCounts,
    excluded: isDigestOrNull,
    control_total: isNumberOrNull,
  },
  strata: [{ stratum: isTexts, N: isNumber, n: isNumber, probability: isText }],
  selections: [{ ...TICKETED, probability: isText }],
  reserves: [TICKETED],
  rotation: new Optional({
    block: isMonth,
    earlier: EARLIER,
    unreached: (value) => Array.isArray(value) && value.every(isTexts),
  }),
  waiting: new Optional({
    block: isMonth,
    earlier: EARLIER,
    lots: [{ stratum: isTexts, lots: isOne }],
    start: isNumberOrNull,
  }),
};

function faultsOfForm(value, form, where) {
  if (form instanceof Optional) return faultsOfForm(value, form.form, where);
  if (typeof form === "function") return form(value) ? [] : [`${where}: ${got(value)}, which is not allowed here`];
  if (Array.isArray(form)) {
    if (!Array.isArray(value)) return [`${where}: ${got(value)}; give a list`];
    return value.flatMap((item, place) => faultsOfForm(item, form[0], `${where}, entry ${place + 1}`));
  }
  if (!(value instanceof Map)) return [`${where}: ${got(value)}; give an object`];
  return Object.entries(form).flatMap(([name, inner]) => {
    if (value.has(name)) return faultsOfForm(value.get(name), inner, `${where}, ${name}`);
    return inner instanceof Optional ? [] : [`${where}, ${name}: missing`];
  });
}

/** The record that bytes hold; a Fault says why they hold none. */
function readRecord(bytes) {
  const fail = (...faults) => {
    throw new Fault("RECORD", faults);
  };
  let fields;
  try {
    fields = parseJson(bytes);
  } catch (error) {
    if (!(error instanceof NotJson)) throw error;
    fail(`${DRAW}: ${error.message}`);
  }
  if (!(fields instanceof Map)) fail(`${DRAW}: not a JSON object`);
  if (fields.get("scheme") !== SCHEME) {
    fail(`${DRAW}, scheme: got ${quoted(fields.get("scheme"))}; this release reads ${SCHEME}`);
  }
  const plan = fields.get("plan");
  if (plan instanceof Map) {
    try {
      if (!sameJson(planToJson(readPlan(plan)), plan)) {
        fail(`${DRAW}, plan: holds more than its size and what differs from defaults`);
      }
    } catch (error) {
      if (error.kind !== "PLAN") throw error;
      fail(...error.faults.map((fault) => `${DRAW}, ${fault}`));
    }
  }
  raiseFaults("RECORD", faultsOfForm(fields, RECORD_FORM, DRAW));
  if (!sameBytes(canonicalFile(fields), bytes)) {
    fail(`${DRAW}: not canonical JSON (RFC 8785) with a final newline`);
  }
  const carried = fields.get("rotation") || fields.get("waiting");
  return {
    fields,
    digest: sha256(bytes),
    named: carried ? carried.get("earlier") : [],
    committed: fields.get("frame").get("manifest") !== null,
  };
}

function earlierFile(period) {
  return `earlier-${period}.json`;
}

/** The first difference in words, or null; names that only the record has are ignored. */
function differenceOf(expected, recorded, where) {
  if (expected instanceof Map && recorded instanceof Map) {
    for (const [name, value] of expected) {
      const place = where ? `${where}, ${name}` : name;
      if (!recorded.has(name)) return `${place}: not in the record; a redraw gives ${quoted(value)}`;
      const found = differenceOf(value, recorded.get(name), place);
      if (found) return found;
    }
    return null;
  }
  if (Array.isArray(expected) && Array.isArray(recorded)) {
    for (let i = 0; i < Math.min(expected.length, recorded.length); i++) {
      const found = differenceOf(expected[i], recorded[i], `${where}, entry ${i + 1}`);
      if (found) return found;
    }
    if (expected.length === recorded.length) return null;
    return `${where}: the record has ${recorded.length} entries; a redraw gives ${expected.length}`;
  }
  if (typeof expected === typeof recorded && expected === recorded) return null;
  return `${where}: the record has ${quoted(recorded, 80)}; a redraw gives ${quoted(expected, 80)}`;
}

/** The places of names that only the record has; a value that differs is not looked into. */
function unknownNames(expected, recorded, where) {
  if (expected instanceof Map && recorded instanceof Map) {
    const found = [...recorded.keys()].filter((name) => !expected.has(name)).map((name) => `${where}, ${name}`);
    for (const [name, value] of expected) {
      if (recorded.has(name)) found.push(...unknownNames(value, recorded.get(name), `${where}, ${name}`));
    }
    return found.sort(compareTexts);
  }
  if (Array.isArray(expected) && Array.isArray(recorded)) {
    return expected.slice(0, recorded.length).flatMap((one, place) =>
      unknownNames(one, recorded[place], `${where}, entry ${place + 1}`));
  }
  return [];
}
