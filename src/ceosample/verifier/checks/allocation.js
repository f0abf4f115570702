// Letters per stratum (docs/record.md, "Allocation"), in whole numbers and exact fractions.

/** The letters of each stratum; strata are `{values, size}`, in order. */
function allocate(strata, n, plan, method) {
  const { minimum, cap } = plan;
  const bounds = strata.map(({ values, size }) => ({
    values,
    low: Math.max(1, Math.min(minimum, size)),
    high: Math.min(cap === null ? size : cap, size),
  }));
  raiseFaults("PLAN", bounds.filter(({ low, high }) => low > high).map(({ values, low, high }) =>
    `plan, minimum, ${wordsOf(values)}: got ${low}, and its letters are at most ${high}; raise its ` +
    "cap or lower its minimum"));
  if (method instanceof Pairs) return statedLetters(bounds, method, n);
  // Of the priorities only the order counts, so all are compared as whole powers.
  const weights = weightsOf(strata, plan, method);
  const root = method === "power" ? plan.power.d : 1n;
  requirePossible(bounds, n);
  return handOut(bounds, weights, root, n);
}

function wordsOf(stratum) {
  return quoted(stratum.join(" / "));
}

function weightsOf(strata, plan, method) {
  const sizes = strata.map(({ size }) => BigInt(size));
  if (method === "equal" || method === "srs") return sizes.map(() => 1n);
  if (method === "power") return sizes.map((size) => size ** (2n * plan.power.n));
  if (method !== "neyman") return sizes.map((size) => size * size);
  const spreads = strata.map(({ values }) => plan.variances.get(values));
  raiseFaults("PLAN", strata.filter((_, place) => spreads[place] === undefined).map(({ values }) =>
    `plan, variances, ${wordsOf(values)}: missing; give its variance`));
  raiseFaults("PLAN", strata.filter((_, place) => spreads[place].n < 0n).map(({ values }) =>
    `plan, variances, ${wordsOf(values)}: ${got(String(plan.variances.get(values)))}; give 0 or more`));
  const common = spreads.reduce((all, { d }) => (all / greatestDivisor(all, d)) * d, 1n);
  return sizes.map((size, place) => size * size * spreads[place].n * (common / spreads[place].d));
}

function requirePossible(bounds, n) {
  const low = bounds.reduce((sum, one) => sum + one.low, 0);
  const high = bounds.reduce((sum, one) => sum + one.high, 0);
  if (n > high) throw new Fault("PLAN", [tooMany(n, high)]);
  if (n >= low) return;
  const [why, rather] = low === bounds.length
    ? [`cannot reach ${low} strata, so some would have no chance at all`, ", or merge strata, or use allocation='srs'"]
    : [`cannot give each of ${bounds.length} strata its minimum`, ", or lower the minimum"];
  throw new Fault("PLAN", [`plan: got ${n} letters, which ${why}; the nearest possible size is ${low}${rather}`]);
}

function tooMany(n, high) {
  return `plan: got ${n} letters, and ${high} responses can be drawn; the nearest possible size is ` +
    `${high}, or give size = {at_most = ${n}} for months that may have fewer`;
}

/** One letter after the other to the stratum with the highest priority; a tie to the first. */
function handOut(bounds, weights, root, n) {
  const letters = bounds.map(({ low }) => low);
  let left = n - letters.reduce((sum, count) => sum + count, 0);
  const step = letters.map((k) => (BigInt(k) * BigInt(k + 1)) ** root);
  const comesFirst = (a, b) => {
    const order = weights[a] * step[b] - weights[b] * step[a];
    return order > 0n || (order === 0n && a < b);
  };
  const heap = new Heap(comesFirst);
  bounds.forEach(({ high }, place) => {
    if (letters[place] < high) heap.push(place);
  });
  while (left > 0) {
    const place = heap.pop();
    letters[place] += 1;
    left -= 1;
    step[place] = (BigInt(letters[place]) * BigInt(letters[place] + 1)) ** root;
    if (letters[place] < bounds[place].high) heap.push(place);
  }
  return letters;
}

/** Gives the first of what was put in, by an order. */
class Heap {
  constructor(comesFirst) {
    this.comesFirst = comesFirst;
    this.items = [];
  }

  push(item) {
    const { items, comesFirst } = this;
    let at = items.push(item) - 1;
    while (at && comesFirst(items[at], items[(at - 1) >> 1])) {
      [items[at], items[(at - 1) >> 1]] = [items[(at - 1) >> 1], items[at]];
      at = (at - 1) >> 1;
    }
  }

  pop() {
    const { items, comesFirst } = this;
    const first = items[0];
    const last = items.pop();
    if (!items.length) return first;
    items[0] = last;
    for (let at = 0; ; ) {
      let best = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < items.length && comesFirst(items[child], items[best])) best = child;
      }
      if (best === at) return first;
      [items[at], items[best]] = [items[best], items[at]];
      at = best;
    }
  }
}

/** Letters per stratum that the plan states, if they are possible. */
function statedLetters(bounds, stated, n) {
  const known = new Set(bounds.map(({ values }) => keyOf(values)));
  const faults = stated.entries.filter(([key]) => !known.has(keyOf(key))).map(([key]) =>
    `plan, allocation: got ${wordsOf(key)}, not a stratum of the frame; leave it out`);
  for (const { values, low, high } of bounds) {
    const count = stated.get(values);
    if (isCount(count) && count >= low && count <= high) continue;
    const what = count === undefined ? "missing" : got(count);
    faults.push(`plan, allocation, ${wordsOf(values)}: ${what}; give a whole number from ${low} to ${high}`);
  }
  raiseFaults("PLAN", faults);
  const total = stated.entries.reduce((sum, [, count]) => sum + count, 0);
  if (total !== n) {
    throw new Fault("PLAN", [`plan, allocation: got letters that sum to ${total}, and the size is ${n}; make ` +
      "the two equal"]);
  }
  return bounds.map(({ values }) => stated.get(values));
}

/** The largest chance that a draw holds none of so many letters, wherever these are. */
function worstMiss(pools, marked) {
  const most = pools.reduce((sum, { size, letters }) => sum + size - letters, 0);
  if (marked > most) return new Fraction(0);
  const free = pools.filter(({ letters }) => !letters).reduce((sum, { size }) => sum + size, 0);
  if (marked <= free) return new Fraction(1);
  let above = 1n;
  let below = 1n;
  hardestSpread(pools, marked).forEach((count, place) => {
    const { size, letters } = pools[place];
    // Drawn and marked letters can change places: the product of fewer factors is the same.
    const [few, many] = count < letters ? [count, letters] : [letters, count];
    for (let i = 0; i < few; i++) {
      above *= BigInt(size - many - i);
      below *= BigInt(size - i);
    }
  });
  return new Fraction(above, below);
}

/** One marked letter more multiplies the chance by 1 - n / m; m are those of a stratum not marked
 * yet. So each goes where m / n is largest, and the last n of a stratum are never marked. */
function hardestSpread(pools, marked) {
  const drawn = pools.filter(({ letters }) => letters);
  const common = drawn.reduce((all, { letters }) => {
    const n = BigInt(letters);
    return (all / greatestDivisor(all, n)) * n;
  }, 1n);
  const largest = BigInt(Math.max(...pools.map(({ size }) => size)));
  // How many of a stratum have m / n >= least / common.
  const taken = (least) => pools.map(({ size, letters }) => {
    if (!letters) return size;
    const fewest = (BigInt(letters) * least + common - 1n) / common;
    const last = fewest - 1n > BigInt(letters) ? fewest - 1n : BigInt(letters);
    return Math.max(0, size - Number(last));
  });
  const total = (counts) => counts.reduce((sum, count) => sum + count, 0);
  let low = common;
  let high = common * (1n + largest);
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (total(taken(middle)) >= marked) low = middle;
    else high = middle;
  }
  const spread = taken(high);
  const more = taken(low);
  let left = marked - total(spread);
  return spread.map((count, place) => {
    const added = Math.min(left, more[place] - count);
    left -= added;
    return count + added;
  });
}
