// What can be wrong with a plan's fields, before any frame is known, in the order of the report.

function faultsOfPlan(plan) {
  return [
    ...faultsOfCounts(plan),
    ...faultsOfNumbers(plan),
    ...faultsOfPurpose(plan),
    ...faultsOfAllocation(plan),
    ...faultsOfTakeAll(plan.takeAll),
    ...faultsOfRotation(plan),
    ...faultsOfMerging(plan),
    ...faultsOfCuts(plan),
  ];
}

function faultsOfCounts(plan) {
  const named = { size: plan.size, cap: plan.cap, merge_below: plan.mergeBelow, rest: plan.rest };
  const asked = [["minimum", plan.minimum, 0], ["reserves", plan.reserves, 0]];
  const some = Array.isArray(plan.takeAll) ? plan.takeAll.length > 0
    : plan.takeAll instanceof Map ? plan.takeAll.size > 0 : Boolean(plan.takeAll);
  const least = { size: some || isCount(plan.size) ? 0 : 1, cap: 1, merge_below: 2, rest: 1 };
  if ("atMost" in plan) asked.push(["size, at_most", plan.atMost, least.size]);
  for (const [name, value] of Object.entries(named)) {
    if (value !== null) asked.push([name, value, least[name]]);
  }
  return asked.filter(([, value, low]) => !isCount(value, low)).map(([name, value, low]) =>
    `plan, ${name}: ${got(value)}; give a whole number of at least ${low}`);
}

function faultsOfNumbers(plan) {
  const faults = [["power", plan.power], ["minutes", plan.minutes], ["per_letter", plan.perLetter]]
    .filter(([, value]) => value !== null && !(value instanceof Fraction))
    .map(([name, value]) => `plan, ${name}: ${got(asGiven(value))}; give a number such as '0.05' or '1/20'`);
  const share = (value) => value instanceof Fraction && value.n > 0n && value.n < value.d;
  const { detect, variances } = plan;
  if (detect !== null && !(detect instanceof Tuple && detect.length === 2 && detect.every(share))) {
    faults.push(`plan, detect: ${got(asGiven(detect))}; give a rate and a confidence, each above 0 ` +
      "and below 1, such as ['0.05', '0.9']");
  }
  if (variances !== null && !areNumbers(variances)) {
    faults.push(`plan, variances: ${got(asGiven(variances))}; give a mapping of stratum to number`);
  }
  return faults;
}

function areNumbers(value) {
  return value instanceof Pairs && value.entries.length > 0 &&
    value.entries.every(([key, number]) => !faultOfStratum(key) && number instanceof Fraction);
}

function faultsOfPurpose(plan) {
  const size = "atMost" in plan ? asMap({ at_most: plan.atMost }) : plan.size;
  const given = [["size", size], ["minutes", plan.minutes], ["detect", plan.detect]]
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name} ${quoted(asGiven(value))}`);
  const faults = [];
  if (given.length !== 1) {
    const named = given.join(" and ") || "None for each of them";
    faults.push(`plan: got ${named}; give one of size, minutes, detect`);
  }
  if (plan.minutes !== null && plan.perLetter === null) {
    faults.push("plan, per_letter: missing; give the number of minutes that a letter takes");
  }
  for (const [name, value] of [["minutes", plan.minutes], ["per_letter", plan.perLetter]]) {
    if (value instanceof Fraction && value.n <= 0n) {
      faults.push(`plan, ${name}: ${got(asGiven(value))}; give minutes above 0`);
    }
  }
  return faults;
}

function faultsOfAllocation(plan) {
  const method = plan.allocation;
  if (method instanceof Pairs) {
    if (typeof plan.size !== "number") {
      return [`plan, allocation: ${got(method)}, letters per stratum; give their sum as the size`];
    }
    if (!method.entries.length || method.entries.some(([key]) => faultOfStratum(key))) {
      return [`plan, allocation: ${got(method)}; give a mapping of stratum to letters`];
    }
    return [];
  }
  if (!METHODS.includes(method)) {
    return [`plan, allocation: ${got(method)}; use one of ${METHODS.join(", ")}, or a mapping`];
  }
  const unset = (name, value, ...allowed) => allowed.includes(value) ? [] : [[name, value]];
  const bounds = [...unset("minimum", plan.minimum, 0, 1), ...unset("cap", plan.cap, null)];
  const noCuts = plan.cuts === null || (plan.cuts instanceof Pairs && !plan.cuts.entries.length);
  const faults = [];
  if (method === "srs") {
    const wrong = [...bounds, ...unset("merge_below", plan.mergeBelow, null), ...(noCuts ? [] : [["cuts", plan.cuts]])];
    faults.push(...wrong.map(([name, value]) =>
      `plan, ${name}: ${got(asGiven(value))}, and 'srs' has no strata; leave it out`));
  }
  if (method === "waiting") {
    faults.push(...[...bounds, ...unset("detect", plan.detect, null)].map(([name, value]) =>
      `plan, ${name}: ${got(asGiven(value))}, and 'waiting' picks the strata by lot; leave it out`));
  }
  for (const [name, value, user] of [["variances", plan.variances, "neyman"], ["power", plan.power, "power"]]) {
    if (method === user && value === null) {
      faults.push(`plan, ${name}: missing; give what allocation='${user}' needs`);
    } else if (method !== user && value !== null) {
      faults.push(`plan, ${name}: ${got(asGiven(value))}, which only allocation='${user}' uses; leave it out`);
    }
  }
  if (plan.power instanceof Fraction) faults.push(...faultsOfPower(plan.power));
  return faults;
}

function faultsOfPower(power) {
  if (power.n < 0n || power.n > power.d) return [`plan, power: got ${power}; give a number from 0 to 1`];
  if (power.d > BigInt(FINEST_POWER)) {
    return [`plan, power: got ${power}; give a fraction of at most ${FINEST_POWER}ths, such as '1/2' or '1/3'`];
  }
  return [];
}

function faultsOfTakeAll(takeAll) {
  if (!(takeAll instanceof Tuple)) return [`plan, take_all: ${got(takeAll)}; give a list of strata`];
  const keys = takeAll.map(keyOf);
  const faults = [];
  takeAll.forEach((stratum, place) => {
    const where = `plan, take_all, stratum ${place + 1}`;
    const fault = faultOfStratum(stratum);
    if (fault) faults.push(`${where}: ${fault}`);
    else if (keys.indexOf(keys[place]) < place) {
      faults.push(`${where}: ${got(Array.from(stratum))} a second time; name it once`);
    }
  });
  return faults;
}

function faultsOfRotation(plan) {
  if (plan.rotation === null) return [];
  if (!plan.rotation || plan.rotation.first === undefined) {
    return [`plan, rotation: ${got(plan.rotation)}; give months and start, as Rotation takes them`];
  }
  const faults = [];
  const leave = (name, value, ...unset) => {
    if (unset.includes(value)) return;
    faults.push(`plan, ${name}: ${got(asGiven(value))}, and a rotation calls the strata by lot; leave it out`);
  };
  leave("allocation", plan.allocation, "proportional");
  leave("minimum", plan.minimum, 0, 1);
  leave("cap", plan.cap, null);
  leave("detect", plan.detect, null);
  return faults;
}

function faultsOfMerging(plan) {
  const { mergeBelow, into } = plan;
  if ((mergeBelow === null) !== (into === null)) {
    const [absent, given, value] = into === null ? ["into", "merge_below", mergeBelow] : ["merge_below", "into", into];
    return [`plan, ${absent}: missing, and ${given} is ${quoted(value)}; give both, or leave both out`];
  }
  const fault = into === null ? null : faultOfStratum(asStratum(into));
  return fault ? [`plan, into: ${fault}`] : [];
}

function faultsOfCuts(plan) {
  const { cuts, uncut } = plan;
  if (cuts === null) {
    const some = Array.isArray(uncut) ? uncut.length : uncut instanceof Map ? uncut.size : uncut;
    return some ? [`plan, uncut: ${got(uncut)}, which only cuts uses; leave it out`] : [];
  }
  if (!(cuts instanceof Pairs) || !cuts.entries.length) {
    return [`plan, cuts: ${got(cuts)}; give a mapping of variable to points`];
  }
  const faults = [];
  for (const [name, points] of cuts.entries) {
    const where = `plan, cuts, ${quoted(name)}`;
    if (typeof name !== "string" || !(points instanceof Tuple)) {
      faults.push(`${where}: ${got(points)}; give a list of points`);
    } else {
      faults.push(...faultsOfPoints(points).map((fault) => `${where}: ${fault}`));
    }
  }
  if (!(uncut instanceof Tuple) || !uncut.every((text) => typeof text === "string")) {
    faults.push(`plan, uncut: ${got(uncut)}; give a list of values as text`);
  }
  return faults;
}

function faultOfStratum(stratum) {
  if (!(stratum instanceof Tuple) || !stratum.every((value) => typeof value === "string")) {
    return `${got(stratum)}; give the stratum's values as text`;
  }
  for (const value of stratum) {
    const said = gotName(value);
    if (said) return said;
  }
  return null;
}

/** A stratum that is named may have no letters this month, but it must be one that could. */
function faultsOfWidth(what, strata, width) {
  return strata.filter((stratum) => stratum.length !== width).map((stratum) =>
    `plan, ${what}: ${got(Array.from(stratum))}, values of ${stratum.length} variables; give a ` +
    `value for each of the frame's ${width} stratum variables`);
}
