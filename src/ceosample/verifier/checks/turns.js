// What a month carries on from earlier draws: a rotation's block, or the months before `waiting`.

const WAITING_MONTHS = 24;

/** What an earlier draw tells a later one. */
function pastOf(record) {
  const { fields } = record;
  const takeAll = new Set(readPlan(fields.get("plan")).takeAll.map(keyOf));
  const rotating = fields.get("strata").filter((entry) => !takeAll.has(keyOf(entry.get("stratum"))));
  return {
    population: fields.get("population"),
    period: fields.get("period"),
    month: monthOf(fields.get("period")),
    variables: keyOf(fields.get("frame").get("variables")),
    rotation: fields.get("plan").get("rotation"),
    digest: record.digest,
    present: new Set(rotating.map((entry) => keyOf(entry.get("stratum")))),
    drawn: new Set(rotating.filter((entry) => entry.get("n")).map((entry) => keyOf(entry.get("stratum")))),
  };
}

/** The earlier draws, oldest first, each of which belongs to a month's past. */
function earlierDraws(records, population, twice, whyNot, whyOther = () => null) {
  const pasts = records.map(pastOf).sort((a, b) => a.month - b.month);
  const faults = [];
  pasts.forEach((past, place) => {
    let why = whyNot(past);
    if (past.population !== population) why = `is of ${past.population}, another population`;
    else if (why === null && place && pasts[place - 1].month === past.month) why = twice;
    else if (why === null) why = whyOther(past);
    if (why !== null) faults.push(`earlier, ${past.period}: the draw ${past.digest.slice(0, 8)} ${why}`);
  });
  raiseFaults("PLAN", faults);
  return pasts;
}

/** A month's place in its rotation's block. */
class Turn {
  constructor(rotation, frame, records) {
    const month = monthOf(frame.period);
    const block = () => {
      if (month < rotation.first) {
        throw new Fault("PLAN", [`plan, rotation, start: got ${rotation.start}, and ${frame.period} is before ` +
          "it; give that month or an earlier one"]);
      }
      return month - ((month - rotation.first) % rotation.months);
    };
    const own = canonicalJson(asMap({ months: rotation.months, start: rotation.start }));
    this.earlier = earlierDraws(
      records,
      frame.population,
      "is given twice, or there are two draws of one month; give the one that counts",
      (past) => (block() <= past.month && past.month < month ? null
        : `is not of an earlier month of the block that began in ${monthText(block())}`),
      (past) => (past.rotation && canonicalJson(past.rotation) === own && past.variables === keyOf(frame.variables)
        ? null
        : `has another rotation or other stratum variables; let the new one start with this month, ${frame.period}`),
    );
    this.block = block();
    this.left = rotation.months - (month - this.block);
    this.drawn = new Set(this.earlier.flatMap((past) => [...past.drawn]));
  }

  isWaiting(stratum) {
    return !this.drawn.has(keyOf(stratum.values));
  }

  calls(strata) {
    return Math.ceil(strata.filter((one) => this.isWaiting(one)).length / this.left);
  }

  fewest(strata) {
    return Math.min(this.calls(strata) + 1, this.most(strata));
  }

  most(strata) {
    return strata.reduce((sum, { size }) => sum + size, 0);
  }

  /** The strata with their exact chances. */
  pools(strata, n) {
    const total = this.most(strata);
    const calls = this.calls(strata);
    if (n > total) throw new Fault("PLAN", [tooMany(n, total)]);
    if (n === total) return strata.map((one) => ({ ...one, letters: 0, chance: new Fraction(1) }));
    const waiting = strata.filter((one) => this.isWaiting(one)).length;
    if (calls >= n) {
      throw new Fault("PLAN", [
        `plan, rotation: ${waiting} strata are waiting and ${this.left} months of the block are left, so ` +
          `${calls} ${calls === 1 ? "is" : "are"} called this month, and at least one letter more must be open ` +
          `to all; the nearest possible size is ${this.fewest(strata)}, or make the blocks longer`,
      ]);
    }
    const free = new Fraction(n - calls, total - calls);
    return strata.map((one) => {
      const called = this.isWaiting(one) && calls
        ? new Fraction(BigInt(calls), BigInt(waiting) * BigInt(one.size)) : new Fraction(0);
      return { ...one, letters: 0, chance: called.plus(new Fraction(1).minus(called).times(free)) };
    });
  }

  /** The called letters, then the open ones, each with those next in line. */
  lines(frame, pools, n, reserves, identity, tell) {
    const key = drawKey(identity, "stratum");
    const number = (pool) => ticketOf(key, pool.values.map((v) => `${utf8(v).length}:${v},`).join(""));
    const called = pools
      .filter((pool) => this.isWaiting(pool))
      .map((pool) => ({ pool, ticket: number(pool) }))
      .sort((a, b) => compareAscii(a.ticket, b.ticket) || compareStrata(a.pool.values, b.pool.values))
      .slice(0, this.calls(pools))
      .map(({ pool }) => pool);
    const free = n - called.length;
    const first = inLine(frame, called, drawKey(identity), called.map(() => 1 + reserves + free), tell);
    const taken = new Set(first.map(([unit]) => unit.row));
    const most = n + reserves * (called.length + 1);
    const asked = inLine(frame, pools, drawKey(identity, "open"), pools.map(() => most), tell);
    const order = asked.flat().filter((unit) => !taken.has(unit.row))
      .sort((a, b) => compareAscii(a.ticket, b.ticket) || a.row - b.row);
    order.slice(0, free).forEach((unit) => taken.add(unit.row));
    const lines = first.map((units) => {
      const behind = units.filter((unit) => !taken.has(unit.row)).slice(0, reserves);
      behind.forEach((unit) => taken.add(unit.row));
      return { letters: 1, units: [units[0], ...behind], name: "called" };
    });
    const last = order.slice(free).filter((unit) => !taken.has(unit.row)).slice(0, reserves);
    return [...lines, { letters: free, units: [...order.slice(0, free), ...last], name: "open" }];
  }

  /** Strata that had letters in the block, this month included, and gave none so far. */
  record(pools, n, identity) {
    const rotating = pools.filter((pool) => !pool.takeAll);
    const seen = new Set([...rotating.map(({ values }) => keyOf(values)),
      ...this.earlier.flatMap((past) => [...past.present])]);
    const gave = new Set(rotating.filter(({ letters }) => letters).map(({ values }) => keyOf(values)));
    const unreached = [...seen].filter((key) => !this.drawn.has(key) && !gave.has(key))
      .map((key) => JSON.parse(key)).sort(compareStrata);
    return ["rotation", asMap({ block: monthText(this.block), earlier: earlierToJson(this.earlier), unreached })];
  }
}

function earlierToJson(pasts) {
  return pasts.map(({ period, digest }) => asMap({ period, draw: digest }));
}

/** How long each stratum has waited, before a month's draw. */
class Waiting {
  constructor(frame, records) {
    const month = monthOf(frame.period);
    if (month - monthOf("0001-01") < WAITING_MONTHS) {
      throw new Fault("PLAN", [`plan, allocation: got 'waiting', and fewer than ${WAITING_MONTHS} months come before ` +
        `${frame.period}; use another allocation`]);
    }
    this.block = month - WAITING_MONTHS;
    this.variables = keyOf(frame.variables);
    this.earlier = earlierDraws(
      records,
      frame.population,
      "is one of two draws of one month; give the one that counts",
      (past) => (this.block <= past.month && past.month < month ? null
        : `is not of one of the ${WAITING_MONTHS} months before ${frame.period}`),
    );
  }

  lots(stratum) {
    const key = keyOf(stratum.values);
    let waited = 0;
    for (const past of this.earlier) {
      if (past.variables !== this.variables) continue;
      if (past.drawn.has(key)) waited = 0;
      else if (past.present.has(key)) waited += 1;
    }
    return 1 + waited;
  }

  fewest(strata) {
    return Math.min(1, strata.length);
  }

  most(strata) {
    return strata.length;
  }

  /** The strata that give a letter for certain; the others, their lots and letters. */
  split(strata, n) {
    let open = strata.map((stratum) => ({ stratum, lots: this.lots(stratum) }));
    const certain = [];
    let whole = open.reduce((sum, { lots }) => sum + lots, 0);
    while (n) {
      const sure = open.filter(({ lots }) => n * lots >= whole);
      if (!sure.length) break;
      certain.push(...sure.map(({ stratum }) => stratum));
      n -= sure.length;
      open = open.filter((one) => !sure.includes(one));
      whole = open.reduce((sum, { lots }) => sum + lots, 0);
    }
    return { certain, open, left: n, whole };
  }

  pools(strata, n) {
    const possible = strata.length;
    if (n > possible || (n < 1 && possible >= 1)) {
      throw new Fault("PLAN", [
        `plan: got ${n} letters, and allocation='waiting' gives each of ${possible} strata at most one; the ` +
          `nearest possible size is ${Math.min(Math.max(n, 1), possible)}` +
          (n > possible ? `, or give size = {at_most = ${n}}, or use another allocation` : ""),
      ]);
    }
    const { open, left, whole } = this.split(strata, n);
    const chances = new Map(open.map(({ stratum, lots }) =>
      [stratum, new Fraction(BigInt(left * lots), BigInt(whole) * BigInt(stratum.size))]));
    return strata.map((one) => ({
      ...one, letters: 0, chance: chances.get(one) || new Fraction(1, one.size) }));
  }

  /** The number with the lowest ticket; null where each stratum gives a letter for certain. */
  start(strata, n, identity) {
    const { left, whole } = this.split(strata, n);
    if (!left) return null;
    const key = drawKey(identity, "waiting");
    let best = [ticketOf(key, "0"), 0];
    for (let number = 1; number < whole; number++) {
      const ticket = ticketOf(key, String(number));
      if (ticket < best[0]) best = [ticket, number];
    }
    return best[1];
  }

  /** For each stratum that is picked, its unit with the lowest ticket and those behind it. */
  lines(frame, pools, n, reserves, identity, tell) {
    const { certain, open, left, whole } = this.split(pools, n);
    const start = this.start(pools, n, identity);
    const picked = new Set(certain);
    let end = 0;
    for (const { stratum, lots } of open) {
      const begin = end;
      end += left * lots;
      for (let k = 0; k < left; k++) {
        const point = start + k * whole;
        if (begin <= point && point < end) picked.add(stratum);
      }
    }
    const chosen = pools.filter((pool) => picked.has(pool));
    const found = inLine(frame, chosen, drawKey(identity), chosen.map(() => 1 + reserves), tell);
    return found.map((units) => ({ letters: 1, units }));
  }

  record(pools, n, identity) {
    const others = pools.filter((pool) => !pool.takeAll);
    const lots = others.map((pool) => asMap({ stratum: pool.values, lots: this.lots(pool) }));
    return ["waiting", asMap({
      block: monthText(this.block),
      earlier: earlierToJson(this.earlier),
      lots,
      start: this.start(others, n, identity),
    })];
  }
}
