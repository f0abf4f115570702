// The plan as the record writes it, and what is wrong with its fields.

const PLAN_FIELDS = [
  "size", "allocation", "minimum", "reserves", "take_all", "cap", "variances", "power", "minutes",
  "per_letter", "detect", "rotation", "rest", "cuts", "uncut", "merge_below", "into",
];
const METHODS = ["proportional", "neyman", "equal", "power", "srs", "waiting"];
const FINEST_POWER = 12;
const MOST_MONTHS = 120;

/** The months since year 0 of an ISO month; null if it is none. */
function monthOf(text) {
  const found = typeof text === "string" && /^([0-9]{4})-(0[1-9]|1[0-2])$/.exec(text);
  return found && found[1] !== "0000" ? Number(found[1]) * 12 + Number(found[2]) - 1 : null;
}

function monthText(months) {
  const year = Math.floor(months / 12);
  return `${String(year).padStart(4, "0")}-${String((months % 12) + 1).padStart(2, "0")}`;
}

/** The plan that a record holds; a Fault names every field that is wrong. */
function readPlan(given) {
  raiseFaults("PLAN", [...given.keys()].filter((name) => !PLAN_FIELDS.includes(name)).map((name) =>
    `plan, ${quoted(name)}: not known; use one of ${PLAN_FIELDS.join(", ")}${meantName(name, PLAN_FIELDS)}`));
  const take = (name, unset) => (given.has(name) ? given.get(name) : unset);
  const plan = {
    size: take("size", null),
    allocation: asPairs(take("allocation", "proportional")),
    minimum: take("minimum", 1),
    reserves: take("reserves", 2),
    takeAll: asStrata(take("take_all", [])),
    cap: take("cap", null),
    variances: asExact(asPairs(take("variances", null))),
    power: asExact(take("power", null)),
    minutes: asExact(take("minutes", null)),
    perLetter: asExact(take("per_letter", null)),
    detect: asExact(take("detect", null)),
    rotation: asRotation(take("rotation", null)),
    rest: take("rest", null),
    cuts: asCuts(take("cuts", null)),
    uncut: asTuple(take("uncut", [])),
    mergeBelow: take("merge_below", null),
    into: asTuple(take("into", null)),
  };
  const { size } = plan;
  if (size instanceof Map && size.size === 1 && size.has("at_most")) {
    plan.size = null;
    plan.atMost = size.get("at_most");
  }
  raiseFaults("PLAN", faultsOfPlan(plan));
  return plan;
}

/** `size` and the fields that differ from their defaults, as the record writes them. */
function planToJson(plan) {
  const found = new Map();
  const put = (name, value, unset) => {
    if (canonicalJson(value) !== canonicalJson(unset)) found.set(name, value);
  };
  const exact = (value) => (value === null ? null : value.text);
  put("size", "atMost" in plan ? asMap({ at_most: plan.atMost }) : plan.size, null);
  put("allocation", pairsToJson(plan.allocation, (number) => number), "proportional");
  put("minimum", plan.minimum, 1);
  put("reserves", plan.reserves, 2);
  put("take_all", plan.takeAll, []);
  put("cap", plan.cap, null);
  put("variances", pairsToJson(plan.variances, exact), null);
  put("power", exact(plan.power), null);
  put("minutes", exact(plan.minutes), null);
  put("per_letter", exact(plan.perLetter), null);
  put("detect", plan.detect && Array.from(plan.detect, exact), null);
  const turn = plan.rotation;
  put("rotation", turn && asMap({ months: turn.months, start: turn.start }), null);
  put("rest", plan.rest, null);
  put("cuts", pairsToJson(plan.cuts, (points) => points), null);
  put("uncut", plan.uncut, []);
  put("merge_below", plan.mergeBelow, null);
  put("into", plan.into, null);
  return found;
}

function pairsToJson(value, ofEntry) {
  if (!(value instanceof Pairs)) return value;
  const order = ([a], [b]) => (Array.isArray(a) ? compareStrata(a, b) : compareTexts(a, b));
  return [...value.entries].sort(order).map(([key, entry]) => [key, ofEntry(entry)]);
}

// What cannot be converted is left as it is, for the faults to name.

function asTuple(value) {
  return Array.isArray(value) ? Tuple.of_(value) : value;
}

function asStratum(value) {
  return typeof value === "string" ? Tuple.of_([value]) : asTuple(value);
}

function asStrata(value) {
  return Array.isArray(value) ? Tuple.of_(value.map(asStratum)) : value;
}

/** The pairs of a mapping, or of the list that the record makes of one. */
function asMapping(value) {
  if (value instanceof Map) return new Pairs([...value]);
  if (!Array.isArray(value)) return value;
  const isKey = (key) => !(key instanceof Map) && !(Array.isArray(key) && key.some((v) => typeof v === "object" && v));
  if (!value.every((pair) => Array.isArray(pair) && pair.length === 2 && isKey(pair[0]))) return value;
  const entries = value.map(([key, entry]) => [asTuple(key), entry]);
  return new Set(entries.map(([key]) => keyOf(key))).size === entries.length ? new Pairs(entries) : value;
}

function asPairs(value) {
  const found = asMapping(value);
  if (!(found instanceof Pairs)) return found;
  return new Pairs(found.entries.map(([key, entry]) => [asStratum(key), entry]));
}

function asExact(value) {
  if (value === null) return value;
  if (value instanceof Map) return new Pairs([...value].map(([k, v]) => [k, asExact(v)]));
  if (value instanceof Pairs) return new Pairs(value.entries.map(([k, v]) => [k, asExact(v)]));
  if (Array.isArray(value)) return Tuple.of_(Array.from(value, (one) => asExact(one)));
  const found = exactNumber(value);
  return found === null ? value : found;
}

function asCuts(value) {
  const found = asMapping(value);
  if (!(found instanceof Pairs)) return found;
  const point = (one) => (typeof one === "number" ? String(one) : one);
  return new Pairs(found.entries.map(([name, points]) => [
    name, Array.isArray(points) ? Tuple.of_(points.map(point)) : points]));
}

function asRotation(value) {
  if (!(value instanceof Map) || value.size !== 2 || !value.has("months") || !value.has("start")) return value;
  const months = value.get("months");
  const start = value.get("start");
  const faults = [];
  if (!isCount(months, 1) || months > MOST_MONTHS) {
    faults.push(`plan, rotation, months: ${got(months)}; give 1 to ${MOST_MONTHS}`);
  }
  if (monthOf(start) === null) {
    faults.push(`plan, rotation, start: ${got(start)}; give a month such as '2026-01'`);
  }
  raiseFaults("PLAN", faults);
  return { months, start, first: monthOf(start) };
}

/** A field as a message shows it: exact numbers as text. */
function asGiven(value) {
  if (value instanceof Fraction) return String(value);
  if (value instanceof Pairs) return new Pairs(value.entries.map(([k, v]) => [k, asGiven(v)]));
  if (value instanceof Tuple) return Array.from(value, asGiven);
  return value;
}
