// A plan worked out on a frame: its strata, the letters or chances of each, and the size.

/** The pools of a plan, in order, and how many letters they give beside take-all strata. */
function designOf(plan, frame, records) {
  const resting = frame.exclusions.get("at-rest");
  if (plan.rest === null && resting) {
    throw new Fault("PLAN", [`plan, rest: missing, and the frame leaves out ${resting} units as at-rest; give ` +
      "the number of months that a unit rests, or another reason"]);
  }
  const cut = cutStrata(frame.strata, frame.variables, plan);
  let turn = null;
  if (plan.rotation !== null) turn = new Turn(plan.rotation, frame, records);
  else if (plan.allocation === "waiting") turn = new Waiting(frame, records);
  else if (records.length) {
    throw new Fault("PLAN", [`earlier: got ${records.length}, and a plan without a rotation or 'waiting' uses ` +
      "none; leave earlier out"]);
  }
  const strata = membersOf(plan, grouped(cut, ({ values }) => values));
  const isTakeAll = new Set(plan.takeAll.map(keyOf));
  const inFull = strata.filter(({ values }) => isTakeAll.has(keyOf(values))).map((one) => ({
    ...one, letters: one.size, takeAll: true, chance: new Fraction(1) }));
  const rest = strata.filter(({ values }) => !isTakeAll.has(keyOf(values)));
  if (!frame.strata.length) {
    if (plan.size !== 0 && !("atMost" in plan)) {
      throw new Fault("PLAN", ["plan: the frame has no responses, so there is nothing to draw; give the size as " +
        "{at_most = ...}, which takes a month without any"]);
    }
    return { pools: [], turn, size: 0 };
  }
  const size = sizeOf(plan, rest, inFull, turn);
  const sampled = turn === null ? sampledPools(plan, rest, size) : turn.pools(rest, size);
  const pools = [...inFull, ...sampled].sort((a, b) => compareStrata(a.values, b.values));
  return { pools, turn, size };
}

/** Strata under other names, those of one name as one, in the order of the names. */
function grouped(strata, nameOf) {
  const found = new Map();
  for (const stratum of strata) {
    const values = nameOf(stratum);
    const key = keyOf(values);
    if (!found.has(key)) found.set(key, { values, kinds: [], size: 0 });
    const one = found.get(key);
    one.kinds.push(...(stratum.kinds || [stratum.kind]));
    one.size += stratum.size;
  }
  return [...found.values()].sort((a, b) => compareStrata(a.values, b.values));
}

/** The plan's strata: small ones, but those of `take_all`, become `into`. */
function membersOf(plan, strata) {
  const width = strata.length ? strata[0].values.length : 0;
  const into = typeof plan.into === "string" ? new Array(width).fill(plan.into) : Array.from(plan.into || []);
  const faults = strata.length ? faultsOfWidth("take_all", plan.takeAll, width) : [];
  if (strata.length && plan.mergeBelow !== null) faults.push(...faultsOfWidth("into", [into], width));
  raiseFaults("PLAN", faults);
  const kept = new Set(plan.takeAll.map(keyOf));
  return grouped(strata, ({ values, size }) =>
    (size < (plan.mergeBelow || 0) && !kept.has(keyOf(values)) ? into : values));
}

/** The fewest and the most letters that strata can give. */
function boundsOf(plan, rest) {
  let fewest = rest.reduce((sum, { size }) => sum + Math.max(1, Math.min(plan.minimum, size)), 0);
  if (plan.allocation === "srs") fewest = Math.min(1, rest.length);
  const most = rest.reduce((sum, { size }) => sum + Math.min(plan.cap || size, size), 0);
  return [fewest, most];
}

function sizeOf(plan, rest, inFull, turn) {
  const most = () => (turn === null ? boundsOf(plan, rest)[1] : turn.most(rest));
  if ("atMost" in plan) return Math.min(plan.atMost, most());
  if (plan.size !== null) return plan.size;
  if (plan.minutes !== null) return readable(plan, rest, inFull, turn, most());
  return detecting(plan, rest, inFull);
}

/** The letters that the time is enough for, once those of take-all strata are read. */
function readable(plan, rest, inFull, turn, most) {
  const taken = inFull.reduce((sum, { size }) => sum + size, 0);
  const fewest = turn === null ? boundsOf(plan, rest)[0] : turn.fewest(rest);
  const enough = Number(plan.minutes.over(plan.perLetter).whole());
  if (enough - taken >= fewest) return Math.min(enough - taken, most);
  const needed = new Fraction(fewest + taken).times(plan.perLetter);
  const up = new Fraction(needed.times(new Fraction(10)).ceil(), 10n);
  throw new Fault("PLAN", [
    `plan, minutes: ${decimalText(plan.minutes)} are enough for ${enough} letters; ${fewest} are needed next to ` +
      `the ${taken} of strata that are read in full, so the nearest possible plan is of ${decimalText(up)}`,
  ]);
}

function sampledPools(plan, rest, n) {
  if (plan.allocation === "srs" && rest.length) {
    const whole = {
      values: [],
      kinds: rest.flatMap(({ kinds }) => kinds),
      size: rest.reduce((sum, { size }) => sum + size, 0),
    };
    const [letters] = allocate([whole], n, { minimum: 0, cap: null }, "srs");
    return [withLetters(whole, letters)];
  }
  const method = plan.allocation === "srs" ? "proportional" : plan.allocation;
  const letters = allocate(rest, n, plan, method);
  return rest.map((stratum, place) => withLetters(stratum, letters[place]));
}

function withLetters(stratum, letters) {
  return { ...stratum, letters, takeAll: false, chance: new Fraction(letters, stratum.size) };
}

/** The fewest letters whose worst case holds a defective one with the confidence asked for. */
function detecting(plan, rest, inFull) {
  const [rate, confidence] = plan.detect;
  const total = [...rest, ...inFull].reduce((sum, { size }) => sum + size, 0);
  const defective = Number(new Fraction(total).times(rate).ceil());
  const chance = (n) => new Fraction(1).minus(worstMiss([...inFull, ...sampledPools(plan, rest, n)], defective));
  const reached = (n) => chance(n).compare(confidence) >= 0;
  const [fewest, most] = boundsOf(plan, rest);
  let low = fewest;
  let step = low;
  while (low + step < most && !reached(low + step)) {
    low += step + 1;
    step *= 2;
  }
  let high = Math.min(low + step, most);
  if (high === most && !reached(high)) {
    const possible = new Fraction(chance(high).times(new Fraction(10000)).whole(), 10000n);
    throw new Fault("PLAN", [
      `plan, detect: ${percentText(confidence)} cannot be reached with at most ${high} letters; the nearest ` +
        `possible confidence is ${decimalText(possible, 4)}, or raise the cap`,
    ]);
  }
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (reached(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
