// What the files say of one response: the facts, of which sentences are made elsewhere.

/** Where a response's ticket is among those that competed for the same letters. */
function standingOf(month, id, line, key, competes) {
  const { frame, json } = month;
  const ticket = ticketOf(key, id);
  const own = frame.table.rowOf(id);
  const words = frame.ticketWords(key);
  let among = 0;
  let lower = 0;
  for (let row = 0; row < words.length; row++) {
    if (!competes(row)) continue;
    among += 1;
    if (words[row] > words[own] || row === own) continue;
    const theirs = words[row] < words[own] ? "" : ticketOf(key, frame.table.id(row));
    if (theirs < ticket || (theirs === ticket && row < own)) lower += 1;
  }
  const stratum = keyOf(poolOf(month, own).values);
  const drawn = json.get("selections").filter((unit) => unit.get("line") === line &&
    (line === "open" || keyOf(unit.get("stratum")) === stratum)).map((unit) => unit.get("ticket")).sort(compareAscii);
  return { line, ticket, lower, among, letters: drawn.length, cut: drawn.length ? drawn[drawn.length - 1] : null };
}

function poolOf({ frame, pools }, row) {
  return pools.find(({ kinds }) => kinds.includes(frame.table.kinds[row]));
}

/** One standing; two under a rotation, for the stratum's letter and for the open ones. */
function standingsOf(month, id, pool) {
  const { frame, seed, json, turn } = month;
  const identity = [frame.population, frame.period, seed.value];
  const rotates = turn instanceof Turn && !pool.takeAll;
  const { kinds } = frame.table;
  const own = new Set(pool.kinds);
  const first = standingOf(month, id, rotates ? "called" : undefined, drawKey(identity), (row) => own.has(kinds[row]));
  const called = new Set(json.get("selections").filter((unit) => unit.get("line") === "called")
    .map((unit) => frame.table.rowOf(unit.get("unit_id"))));
  if (!rotates || called.has(frame.table.rowOf(id))) return [first];
  const whole = new Set(month.pools.filter(({ takeAll }) => takeAll).flatMap((one) => one.kinds));
  return [first, standingOf(month, id, "open", drawKey(identity, "open"),
    (row) => !whole.has(kinds[row]) && !called.has(row))];
}

/** What a rotation or `waiting` had for a stratum; null where each stratum gives letters. */
function turnOf({ json, turn }, pool) {
  if (turn === null || pool.takeAll) return null;
  const stratum = keyOf(pool.values);
  if (turn instanceof Turn) {
    const isCalled = json.get("selections").some((unit) => unit.get("line") === "called" &&
      keyOf(unit.get("stratum")) === stratum);
    return isCalled ? "called" : turn.drawn.has(stratum) ? "drawn before" : "not called";
  }
  if (pool.chance.times(new Fraction(pool.size)).compare(new Fraction(1)) === 0) return "certain";
  return pool.letters ? "picked" : "not picked";
}

/** Under `waiting`, the lots of a stratum and those of all; else null. */
function lotsOf({ pools, turn }, pool) {
  if (!(turn instanceof Waiting) || pool.takeAll) return null;
  const all = pools.filter(({ takeAll }) => !takeAll).reduce((sum, one) => sum + turn.lots(one), 0);
  return [turn.lots(pool), all];
}

function schemeOf(json) {
  const plan = json.get("plan");
  if (plan.has("rotation")) return "rotation";
  const allocation = plan.get("allocation") || "proportional";
  return typeof allocation === "string" ? allocation : "as stated";
}

/** The only id of the two tables that differs from one in capital letters alone; null where there are none or more. */
function otherCaseOf(frame, id) {
  const plain = id.toLowerCase();
  const alike = [];
  for (const table of [frame.table, frame.left]) {
    for (let row = 0; row < table.count; row++) {
      const found = table.id(row);
      if (found.toLowerCase() === plain) alike.push(found);
    }
  }
  return alike.length === 1 ? alike[0] : null;
}

/** The facts of one id; `number` is what a customer calls it, where a code led to the id. */
function explained(month, id, number = null) {
  const { frame, json } = month;
  const known = { id, name: number === null ? id : number, number, population: frame.population, period: frame.period,
    draw: month.digest, scheme: schemeOf(json), eligible: frame.table.count, outcome: "absent" };
  const row = frame.table.rowOf(id);
  if (row < 0) {
    const other = frame.left.rowOf(id);
    return other < 0 ? { ...known, otherCase: otherCaseOf(frame, id) } : { ...known, outcome: "excluded", reason: frame.left.values[frame.left.kinds[other]][0] };
  }
  const pool = poolOf(month, row);
  const standings = standingsOf(month, id, pool);
  const isOwn = (unit) => unit.get("unit_id") === id;
  const kept = json.get("reserves").find(isOwn);
  const outcome = json.get("selections").some(isOwn) ? "drawn" : kept ? "reserve" : "not drawn";
  const behind = kept && standings.find(({ line }) => line === kept.get("line")).letters;
  return { ...known, outcome, standings, recorded: frame.table.values[frame.table.kinds[row]], stratum: pool.values,
    takeAll: Boolean(pool.takeAll), chance: pool.chance, turn: turnOf(month, pool), lots: lotsOf(month, pool),
    reserve: outcome === "reserve" ? kept.get("rank") - behind : null };
}
