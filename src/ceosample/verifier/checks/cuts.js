// Numeric and date variables, cut at a plan's points (docs/record.md, "Strata").

/** What a text stands for, to be compared with its own kind; null if nothing. */
function cutValue(text) {
  if (typeof text !== "string" || faultInName(text)) return null;
  if (/^-?[0-9]+(\.[0-9]+)?$/.test(text)) {
    const [whole, part = ""] = text.split(".");
    return { kind: "numbers", value: new Fraction(BigInt(`${whole}${part}`.replace(/^-/, "")) *
      (text.startsWith("-") ? -1n : 1n), 10n ** BigInt(part.length)) };
  }
  const date = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(text);
  if (!date) return null;
  const [year, month, day] = date.slice(1).map(Number);
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
  if (!year || !days || day < 1 || day > days) return null;
  return { kind: "dates", value: new Fraction(BigInt(year * 10000 + month * 100 + day)) };
}

/** What is wrong with the points of a variable. */
function faultsOfPoints(points) {
  if (!points.length) return [`${got(points)}; give one point or more`];
  const values = Array.from(points, cutValue);
  const wrong = Array.from(points).filter((point, place) => values[place] === null);
  if (wrong.length) {
    return wrong.map((point) => `${got(point)}; give numbers, or dates such as 2026-10-01`);
  }
  if (new Set(values.map(({ kind }) => kind)).size > 1) {
    return [`${got(points)}, both numbers and dates; cut a variable by one of them`];
  }
  if (values.some(({ value }, place) => place && values[place - 1].value.compare(value) >= 0)) {
    return [`${got(points)}, not ascending; order the points, and give each once`];
  }
  return [];
}

/** The value of the stratum that a raw value falls in; null if it cannot be cut. */
function cutLabel(text, points, uncut) {
  if (uncut.includes(text)) return text;
  const values = points.map(cutValue);
  const found = cutValue(text);
  if (!found || found.kind !== values[0].kind) return null;
  const [before, after] = found.kind === "dates" ? ["before", "after"] : ["under", "over"];
  const place = values.filter(({ value }) => value.compare(found.value) <= 0).length;
  if (place === 0) return `${before} ${points[0]}`;
  if (place === points.length) return `${points[place - 1]} and ${after}`;
  return `${points[place - 1]} to ${before} ${points[place]}`;
}

/** The frame's strata with their values cut: of each the values that it then has. */
function cutStrata(strata, variables, plan) {
  if (plan.cuts === null) return strata;
  const faults = [];
  for (const [name] of plan.cuts.entries) {
    if (variables.includes(name)) continue;
    const rather = variables.length ? `use one of ${variables.join(", ")}` : "it has none, so leave cuts out";
    faults.push(`plan, cuts: got ${quoted(name)}, not a stratum variable of the frame; ${rather}`);
  }
  const found = variables.map((name, place) => {
    const points = plan.cuts.get(name);
    if (!points) return null;
    const labels = new Map();
    const refused = [];
    const values = [...new Set(strata.map(({ values: v }) => v[place]))].sort(compareTexts);
    for (const value of values) {
      const label = cutLabel(value, Array.from(points), plan.uncut);
      if (label === null) refused.push(quoted(value));
      else labels.set(value, label);
    }
    if (refused.length) {
      faults.push(`plan, cuts, ${quoted(name)}: got ${joined(refused, 5)}, and it is cut by ` +
        `${cutValue(points[0]).kind}; correct the values, or name them in uncut`);
    }
    return labels;
  });
  raiseFaults("FRAME", faults);
  return strata.map((stratum) => ({
    ...stratum,
    values: stratum.values.map((value, place) => (found[place] ? found[place].get(value) : value)),
  }));
}
