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

/** What became of one id: lines for people, and whether it was in the frame. */
function storyOf(month, id) {
  const { frame, pools, seed, json, turn } = month;
  const row = frame.table.rowOf(id);
  if (row < 0) {
    const other = frame.left.rowOf(id);
    if (other < 0) {
      return { found: false, lines: [`${quoted(id, 200)} is in neither of the two tables: it could not be drawn in ` +
        `${frame.period}. Look for another spelling, or for another month.`] };
    }
    const [reason] = frame.left.values[frame.left.kinds[other]];
    return { found: true, lines: [`${quoted(id, 200)} was left out of the draw of ${frame.period}. The reason on record is ` +
      `${quoted(reason)}.`] };
  }
  const kind = frame.table.kinds[row];
  const pool = pools.find(({ kinds }) => kinds.includes(kind));
  const lower = lowerThan(frame, drawKey([frame.population, frame.period, seed.value]), row, pool);
  const among = pool.values.length ? `the stratum ${strataWords(pool.values)}` : "the whole frame";
  const lines = [
    `${quoted(id, 200)} was in the frame of ${frame.period}: one of ${counted(pool.size, "response")} of ${among}.`,
    `Its ticket is ${lower.ticket}. ${lower.count} of the others have a lower one, so it is number ${lower.count + 1}.`,
  ];
  const unitOf = (part) => json.get(part).find((unit) => unit.get("unit_id") === id);
  const selected = unitOf("selections");
  const reserve = unitOf("reserves");
  const by = turn instanceof Turn && !pool.takeAll ? byRotation(selected || reserve)
    : turn !== null && !pool.takeAll ? `The lots gave the stratum ${counted(pool.letters, "letter")}.`
      : `The ${pool.letters === 1 ? "lowest ticket was" : `${pool.letters} lowest tickets were`} drawn.`;
  if (selected) lines.push(`It was drawn. ${by}`);
  else if (reserve) lines.push(`It was not drawn. It is reserve ${reserve.get("rank")} of its line. ${by}`);
  else lines.push(`It was not drawn. ${by}`);
  lines.push(`Before the draw its chance was ${pool.chance.text}.`);
  return { found: true, drawn: Boolean(selected), lines, stratum: strataWords(pool.values), ticket: lower.ticket };
}

function byRotation(unit) {
  const line = unit && unit.get("line");
  if (line === "called") return "Its stratum was called this month, and gives its lowest ticket.";
  if (line === "open") return "It stands in the open line, which has tickets of its own for all responses.";
  return "The month is one of a rotation: called strata and the open line were drawn by tickets of their own.";
}

/** How many of a pool have a lower ticket than a row. */
function lowerThan(frame, key, row, pool) {
  const words = frame.ticketWords(key);
  const { kinds } = frame.table;
  const among = new Set(pool.kinds);
  const ticket = ticketOf(key, frame.table.id(row));
  let count = 0;
  for (let other = 0; other < kinds.length; other++) {
    if (other === row || words[other] > words[row] || !among.has(kinds[other])) continue;
    if (words[other] < words[row]) count += 1;
    else {
      const theirs = ticketOf(key, frame.table.id(other));
      if (theirs < ticket || (theirs === ticket && other < row)) count += 1;
    }
  }
  return { ticket, count };
}
