// The tickets of each stratum on a line, with the cut behind the last one that was drawn.

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 600;
const HEIGHT = 28;
const EDGE = 10;

function drawing(name, fields) {
  const made = document.createElementNS(SVG, name);
  for (const [field, value] of Object.entries(fields)) made.setAttribute(field, value);
  return made;
}

/** One mark: drawn ones are round and full, reserves are rings, others are thin lines. */
function markOf(as, x, y) {
  if (as === "others") return drawing("rect", { x: x - 1, y: y - 5, width: 2, height: 10, class: as });
  return drawing("circle", { cx: x, cy: y, r: as === "selections" ? 6 : 5, class: as });
}

function stripOf(stratum) {
  const strip = drawing("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img" });
  const count = `${stratum.letters} of ${stratum.size} drawn`;
  strip.setAttribute("aria-label", `${stratum.name}: ${count}`);
  const y = HEIGHT / 2;
  const place = (at) => EDGE + ((WIDTH - 2 * EDGE) * at) / stratum.end;
  strip.append(drawing("line", { x1: EDGE, x2: WIDTH - EDGE, y1: y, y2: y, class: "axis" }));
  // What was drawn is above all others.
  for (const as of ["others", "reserves", "selections"]) {
    for (const unit of stratum.units) {
      if (unit.as !== as) continue;
      const mark = markOf(as, place(unit.at), y);
      mark.dataset.id = unit.id;
      const title = drawing("title", {});
      title.textContent = `${unit.id}: ${unit.ticket}`;
      mark.append(title);
      strip.append(mark);
    }
  }
  if (stratum.cut !== null && stratum.letters < stratum.size) {
    const x = place(Math.min(stratum.cut, stratum.end));
    strip.append(drawing("line", { x1: x, x2: x, y1: 0, y2: HEIGHT, class: "cut" }));
  }
  return strip;
}

function keyOfPicture() {
  const key = element("p", undefined, "key");
  for (const [as, words] of [["selections", "drawn"], ["reserves", "reserve"], ["others", "others"]]) {
    const one = element("span");
    const mark = drawing("svg", { viewBox: "0 0 18 18", "aria-hidden": "true" });
    mark.append(markOf(as, 9, 9));
    one.append(mark, words);
    key.append(one);
  }
  return key;
}

function showPicture(picture) {
  const rows = picture.strata.map((stratum) => {
    const row = element("div", undefined, "stratum");
    const name = element("div", stratum.name, "name");
    const shown = stratum.shown < stratum.size ? `; the lowest ${stratum.shown} shown` : "";
    name.append(element("span", `${stratum.letters} of ${stratum.size} drawn${shown}`, "size"));
    row.append(name, stripOf(stratum));
    return row;
  });
  const left = picture.left ? ` ${picture.left} more strata are not shown.` : "";
  byId("about-picture").textContent =
    "Each mark is a response at its ticket, the lowest on the left. " +
    (picture.rotates
      ? "Under a rotation the called strata and the open line have tickets of their own, so there is no one cut."
      : "The dashed line is the cut: what is to its left was drawn.") + left;
  byId("picture").replaceChildren(keyOfPicture(), ...rows);
  byId("pictured").hidden = false;
}

/** Show where an id is in the picture, if it is there. */
function markInPicture(id) {
  for (const mark of document.querySelectorAll("#picture .mine")) mark.classList.remove("mine");
  for (const mark of document.querySelectorAll("#picture [data-id]")) {
    if (mark.dataset.id === id) mark.classList.add("mine");
  }
}
