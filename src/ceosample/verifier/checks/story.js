// One response's own story, and the tickets by stratum, from public data alone.

const STRATA_SHOWN = 60;
const FEWEST_SHOWN = 20;

/** Those units of each stratum that its picture shows, with its cut line. */
function pictureOf(month, tell) {
  const { frame, pools, seed, json, turn } = month;
  const key = drawKey([frame.population, frame.period, seed.value]);
  const shown = pools.slice(0, STRATA_SHOWN);
  const standing = new Map();
  for (const part of ["selections", "reserves"]) {
    for (const unit of json.get(part)) standing.set(unit.get("unit_id"), part);
  }
  const behind = readPlan(json.get("plan")).reserves;
  const counts = shown.map(({ letters, size }) => Math.min(size, Math.max(3 * (letters + behind), FEWEST_SHOWN)));
  const found = inLine(frame, shown, key, counts, tell);
  return {
    strata: shown.map((pool, place) => {
      const units = found[place];
      const last = units.length < pool.size && units.length ? shareOf(units[units.length - 1].ticket) : 1;
      return {
        name: strataWords(pool.values),
        size: pool.size,
        letters: pool.letters,
        takeAll: Boolean(pool.takeAll),
        end: last,
        shown: units.length,
        cut: turn instanceof Turn && !pool.takeAll ? null : cutOf(units, pool),
        units: units.map((unit) => ({
          id: unit.id, at: shareOf(unit.ticket), ticket: unit.ticket, as: standing.get(unit.id) || "others" })),
      };
    }),
    left: pools.length - shown.length,
    rotates: turn instanceof Turn,
  };
}

/** Where a ticket is between 0 and the largest, from 0 to 1. */
function shareOf(ticket) {
  return parseInt(ticket.slice(0, 12), 16) / 2 ** 48;
}

/** Between the last ticket that was drawn and the next one. */
function cutOf(units, pool) {
  if (!pool.letters || !units.length) return 0;
  if (pool.letters >= pool.size) return 1;
  return (shareOf(units[pool.letters - 1].ticket) + shareOf(units[pool.letters].ticket)) / 2;
}

/** One id's own story in the words of `ceosample explain`; `number` is the firm's, where a code led to the id. */
function storyOf(month, id, number = null) {
  const fault = gotName(number === null ? id : number);
  if (fault !== null) return { lines: [`ID: ${fault}`], customer: [] };
  const told = explained(month, id, number);
  return { lines: staffLines(told), customer: customerLines(told) };
}
