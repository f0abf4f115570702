// The verification: every step passes, or is where the record first differs.

const LEVELS = [
  "MALFORMED", "FRAME", "COMMITMENT", "SEED", "ALLOCATION", "SELECTION", "UNCOMMITTED", "REPRODUCED",
  "ORDER_PROVEN",
];

const NOT_PART = `not part of ${SCHEME}, proves nothing`;

/** A step that differed, with its level. */
class Stopped extends Error {
  constructor(level, difference) {
    super(difference);
    this.level = level;
  }
}

/** Run a step; what it finds wrong is a difference at a level. */
function step(levels, run) {
  try {
    return run();
  } catch (error) {
    if (error instanceof Fault && levels[error.kind]) throw new Stopped(levels[error.kind], error.faults[0]);
    throw error;
  }
}

/** So many units of each pool, those with the lowest tickets, in order. */
function inLine(frame, pools, key, counts, tell) {
  const groups = pools.map(({ kinds, size }, place) => ({ kinds, count: Math.min(counts[place], size) }));
  const found = frame.lowest(key, groups, tell);
  return found.map((units, place) => units.map((unit) => ({ ...unit, pool: pools[place] })));
}

/** The draw that a plan and a seed give, as the record writes it. */
function drawAgain(frame, plan, design, seed, commitment, tell) {
  const { pools, turn, size } = design;
  const identity = [frame.population, frame.period, seed.value];
  const own = pools.filter((pool) => turn === null || pool.takeAll);
  const lines = inLine(frame, own, drawKey(identity), own.map((pool) => pool.letters + plan.reserves), tell)
    .map((units, place) => ({ letters: own[place].letters, units }));
  if (turn !== null) {
    const rotating = pools.filter((pool) => !pool.takeAll);
    lines.push(...turn.lines(frame, rotating, size, plan.reserves, identity, tell));
  }
  const selections = [];
  const reserves = [];
  for (const { letters, units, name } of lines) {
    units.forEach((unit, place) => (place < letters ? selections : reserves).push({ ...unit, rank: place + 1, line: name }));
  }
  const drawn = new Map();
  for (const { pool } of selections) drawn.set(pool, (drawn.get(pool) || 0) + 1);
  const counted = pools.map((pool) => ({ ...pool, letters: drawn.get(pool) || 0 }));
  const toJson = (unit) => new Map([
    ...(unit.line === undefined ? [] : [["line", unit.line]]),
    ["unit_id", unit.id],
    ["stratum", unit.pool.values],
    ["ticket", unit.ticket],
    ["rank", unit.rank],
  ]);
  const inOrder = (units) => units.sort((a, b) =>
    compareStrata(a.pool.values, b.pool.values) || compareAscii(a.ticket, b.ticket) || a.row - b.row);
  const found = new Map(turn === null ? [] : [turn.record(counted, lettersBeside(counted, turn, size), identity)]);
  const fields = {
    scheme: SCHEME,
    population: frame.population,
    period: frame.period,
    commitment,
    plan: planToJson(plan),
    seed: seedToJson(seed),
    frame: frame.summary(),
    strata: counted.map((pool) => asMap({
      stratum: pool.values, N: pool.size, n: pool.letters, probability: pool.chance.text })),
    selections: inOrder(selections).map((unit) => toJson(unit).set("probability", unit.pool.chance.text)),
    reserves: inOrder(reserves).map(toJson),
  };
  for (const [name, value] of Object.entries(fields)) found.set(name, value);
  return { json: found, pools: counted };
}

/** The letters of the strata that are not taken in full. */
function lettersBeside(pools) {
  return pools.filter((pool) => !pool.takeAll).reduce((sum, { letters }) => sum + letters, 0);
}

function commitmentOf(frame, plan, turn, source) {
  const found = asMap({
    scheme: SCHEME,
    population: frame.population,
    period: frame.period,
    plan: planToJson(plan),
    manifest: frame.manifestDigest,
    excluded: frame.excludedDigest,
    seed_source: source,
    earlier: turn === null ? [] : turn.earlier.map(({ digest }) => digest),
  });
  if (turn !== null) found.set("block", monthText(turn.block));
  return sha256(canonicalFile(found));
}

/**
 * Verify a record from the bytes of its files.
 *
 * `files` has draw.json, manifest.csv and exclusions.csv by name, and the earlier draws that
 * the record names. `tell` is told each step (what, share done).
 */
function verifyFiles(files, tell = () => {}) {
  const steps = [];
  const report = (level, difference, more = {}) => ({
    level, first_difference: difference, draw: null, notes: [], unknown: [], redrawn: null, steps, ...more });
  const pass = (name, words) => steps.push({ name, ok: true, words });
  let record;
  let earlier;
  try {
    record = readRecord(fileNamed(files, DRAW));
    if (record.committed) [MANIFEST, EXCLUSIONS].forEach((name) => fileNamed(files, name));
    earlier = record.named.map((entry) => [entry, fileNamed(files, earlierFile(entry.get("period")))]);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return stoppedAt(report("MALFORMED", allFaults(error.faults)));
  }
  pass("MALFORMED", `${record.fields.get("population")}, ${record.fields.get("period")}`);
  try {
    const found = redraw(record, files, earlier, pass, tell);
    return { ...report("REPRODUCED", null), ...found, draw: record.digest };
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    return stoppedAt(report(error.level, error.message, { draw: record.digest }));
  }
}

function stoppedAt(report) {
  report.steps.push({ name: report.level, ok: false, words: report.first_difference });
  return report;
}

function fileNamed(files, name) {
  if (files[name]) return files[name];
  throw new Fault("RECORD", [`${name}: not there; restore it, or give the path of another file`]);
}

/** The names under exclusions are the firm's reasons: one that no response has is a difference. */
function requireReasons(frame, fields) {
  const counts = fields.get("frame").get("exclusions");
  const [reason] = [...counts.keys()].filter((name) => !frame.exclusions.has(name)).sort(compareTexts);
  if (reason === undefined) return;
  throw new Stopped("FRAME", `frame, exclusions, ${reason}: the record has ${counts.get(reason)}; no response was ` +
    "left out for it");
}

/** Draw again, one step after the other; a Stopped is thrown at the first that differs. */
function redraw(record, files, earlier, pass, tell) {
  const { fields } = record;
  const compare = (level, name, ours) => {
    const found = differenceOf(new Map([[name, ours]]), fields, "");
    if (found) throw new Stopped(level, found);
  };
  if (!record.committed) {
    throw new Stopped("FRAME", `${DRAW}, frame, manifest: null, so the draw was not committed to its frame and no ` +
      "table of it was kept; give the frame that it was drawn from");
  }
  const frame = step({ FRAME: "FRAME" }, () => namedFrame(record, files, tell));
  compare("FRAME", "frame", frame.summary());
  requireReasons(frame, fields);
  pass("FRAME", `${counted(frame.table.count, "response")}, ${frame.left.count} left out`);
  const plan = readPlan(fields.get("plan"));
  const source = fields.get("seed").get("source");
  const before = step({ RECORD: "COMMITMENT" }, () => earlierRecords(earlier));
  step({ SEED: "SEED" }, () => readSource(source));
  const design = step({ PLAN: "ALLOCATION", FRAME: "ALLOCATION" }, () => designOf(plan, frame, before));
  const settled = { ...plan };
  if ("atMost" in plan) {
    settled.size = design.size;
    delete settled.atMost;
  }
  const commitment = commitmentOf(frame, settled, design.turn, source);
  compare("COMMITMENT", "commitment", commitment);
  pass("COMMITMENT", commitment);
  const seed = step({ SEED: "SEED" }, () => readSeed(fields.get("seed")));
  pass("SEED", `${seed.value}, from ${seed.source}`);
  const ours = drawAgain(frame, settled, design, seed, commitment, tell);
  compare("ALLOCATION", "strata", ours.json.get("strata"));
  pass("ALLOCATION", `strata: ${ours.pools.length}`);
  for (const name of ["selections", "reserves", "rotation", "waiting"]) {
    if (ours.json.has(name)) compare("SELECTION", name, ours.json.get(name));
  }
  const count = ours.json.get("selections").length;
  pass("SELECTION", `${counted(count, "letter")}, ${counted(ours.json.get("reserves").length, "reserve")}`);
  const unknown = unknownNames(ours.json, fields, DRAW);
  return {
    notes: [
      `${count} of ${frame.table.count} responses of ${frame.population}, ${frame.period}, in ` +
        `${ours.pools.length} strata: the same letters come out again`,
      `commitment ${commitment}`,
      "not shown by these files: that the control total and the witnesses are as they say",
      ...notesOnNames(frame),
      ...notesOnEarlier(design.turn, frame.period),
      ...notesOnSeed(seed),
      ...unknown.map((place) => `${place}: ${NOT_PART}`),
      "that the commitment is older than the seed was not shown: no receipt given",
    ],
    unknown,
    redrawn: sha256(canonicalFile(ours.json)),
    month: { frame, pools: ours.pools, seed, json: ours.json, turn: design.turn, commitment, digest: record.digest },
  };
}

/** The frame of the two files, which must be those that the record names. */
function namedFrame(record, files, tell) {
  const said = record.fields.get("frame");
  const digests = [[MANIFEST, "manifest"], [EXCLUSIONS, "excluded"]].map(([name, field]) => {
    const found = sha256(files[name], (done) => tell(`hashing ${name}`, done / files[name].length));
    const expected = said.get(field);
    if (found !== expected) {
      throw new Fault("FRAME", [`${name}: its SHA-256 is ${found}; the record says ${expected === null ? "None" : expected}`]);
    }
    return found;
  });
  return readFrame(files[MANIFEST], files[EXCLUSIONS], {
    population: record.fields.get("population"),
    period: record.fields.get("period"),
    controlTotal: said.get("control_total"),
    manifestDigest: digests[0],
    excludedDigest: digests[1],
  }, (done, all) => tell(`reading ${MANIFEST}`, done / all));
}

/** The earlier draws that a record carries on, which must be those that it names. */
function earlierRecords(earlier) {
  for (const [entry, bytes] of earlier) {
    const found = sha256(bytes);
    if (found !== entry.get("draw")) {
      throw new Fault("RECORD", [`${earlierFile(entry.get("period"))}: its SHA-256 is ${found}; the record says ` +
        `${entry.get("draw")}`]);
    }
  }
  return earlier.map(([, bytes]) => readRecord(bytes));
}

function notesOnNames(frame) {
  const unseen = unseenInFrame(frame);
  if (!unseen.length) return [];
  return [`frame: ids or strata hold ${joined(unseen.map(codePoint))}, which are not seen, so two of them can look ` +
    "the same; the scheme allows it, and new frames refuse it"];
}

/** What a draw that carries on earlier ones rests on. */
function notesOnEarlier(turn, period) {
  if (turn === null) return [];
  const rotates = turn instanceof Turn;
  const kind = rotates ? "rotation" : "waiting";
  const block = monthText(turn.block);
  const given = turn.earlier.map((past) => past.month);
  const month = monthOf(period);
  const without = [];
  for (let gone = rotates ? turn.block : Math.min(...given, month); gone < month; gone++) {
    if (!given.includes(gone)) without.push(monthText(gone));
  }
  const named = turn.earlier.map((past) => `${past.period} (${past.digest.slice(0, 8)})`).join(", ") || "none";
  const notes = [`${kind}: ${rotates ? `the block began in ${block}` : `draws count from ${block}`}; earlier draws of ` +
    `it: ${named}; they are taken as their records have them, and each can be verified by itself`];
  if (without.length) {
    notes.push(`${kind}: no draw is named for ${without.join(", ")}; ask whether there was one`);
  }
  return notes;
}
