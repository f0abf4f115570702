// What the page shows of a report. All that files hold is put in as text.

const STEP_WORDS = {
  MALFORMED: "The record can be read",
  FRAME: "The tables are those of the record",
  COMMITMENT: "The commitment is that of frame, plan and seed’s source",
  SEED: "The seed is one that the scheme allows",
  ALLOCATION: "Each stratum has the letters that the plan gives",
  SELECTION: "The lowest tickets were drawn",
  ORDER_PROVEN: "The commitment is older than the seed",
};

const MEANINGS = {
  MALFORMED: "The record cannot be read.",
  FRAME: "The manifest or the exclusions are not those of the record.",
  COMMITMENT: "The commitment is not that of this frame, plan, source of the seed and earlier draws.",
  SEED: "The seed is not one that the scheme allows.",
  ALLOCATION: "The letters of a stratum are not those that the plan gives.",
  SELECTION: "A selection or a reserve is not the one that the tickets give.",
  REPRODUCED: "Drawn again, everything came out the same.",
  ORDER_PROVEN: "Everything came out the same, and the paper shows that the commitment is older than the seed.",
  "other paper": "Drawn again, everything came out the same. What you gave of the paper does not show the order.",
  "no draw": "The file holds no draw. Its digests and its events were checked.",
};

let chosen = {};

function outcomeOf(ok) {
  if (ok === true) return element("span", "✓ passes", "outcome good");
  return ok === false ? element("span", "✗ differs", "outcome bad") : element("span", "– open", "outcome open");
}

function stepItem(ok, what, why) {
  const item = element("li");
  const told = element("div");
  told.append(element("span", what, "what"));
  if (why) told.append(element("span", why, "why"));
  item.append(outcomeOf(ok), told);
  return item;
}

function showReport(report) {
  const failed = report.evidence.find(({ ok }) => ok === false);
  const ok = report.first_difference === null && !failed;
  const verdict = byId("verdict");
  const drawn = report.months.filter(({ period }) => period !== null);
  // Of several months that are right, the verdict is what holds of each.
  const level = drawn.some((one) => one.ok && one.level === "REPRODUCED") && ok ? "REPRODUCED" : report.level;
  const open = ok ? report.open : 0;
  verdict.textContent = `${ok ? "ok" : "NOT ok"}: ${level}${open ? `; not checked here: ${open}` : ""}`;
  verdict.className = !ok ? "bad" : open ? "part" : "good";
  const whose = drawn.length > 1 ? (ok ? `All ${drawn.length} months: ` : `${report.period}: `) : "";
  const isOther = level === "REPRODUCED" && report.first_difference !== null;
  byId("meaning").textContent = whose + MEANINGS[isOther ? "other paper" : level] +
    (report.first_difference === null && failed ? ` Something else differs: ${failed.name}, ${failed.words}` : "");
  showWhole(report, drawn);
  const other = drawn.length ? [] : report.evidence;
  byId("evidence").hidden = !other.length;
  byId("evidence-list").replaceChildren(...other.map((one) => stepItem(one.ok, one.name, one.words)));
  byId("result").hidden = false;
  showMonth(report);
  verdict.focus();
}

/** What a file of evidence holds besides the draws: what was checked, and what is left to others. */
function showWhole(report, drawn) {
  const isWhole = drawn.length > 0 || report.left.length > 0;
  byId("whole").hidden = !isWhole;
  if (!isWhole) return;
  byId("whole-list").replaceChildren(...report.evidence.map((one) => stepItem(one.ok, one.name, one.words)));
  byId("left").hidden = !report.left.length;
  byId("left-list").replaceChildren(...report.left.map(leftItem));
  byId("questions").hidden = !report.standards.length;
  byId("standards").replaceChildren(...report.standards.map(standardItem));
  byId("of-month").hidden = byId("choose-month").hidden = !drawn.length;
  byId("month").replaceChildren(...drawn.map(({ period, level, ok }, place) => {
    const option = element("option", `${period}: ${ok ? level : `NOT ok, ${level}`}`);
    option.value = String(place);
    option.selected = place === report.place;
    return option;
  }));
}

function leftItem({ names, words, lines }) {
  const item = element("li", undefined, "left");
  item.append(element("span", names.join(", "), "what"), element("span", words, "why"));
  if (lines.length) {
    const shell = element("pre");
    shell.tabIndex = 0;
    shell.append(element("code", lines.join("\n")));
    item.append(shell);
  }
  return item;
}

function standardItem({ name, checked, questions }) {
  const item = element("details");
  const list = element("dl", undefined, "asked");
  list.append(...questions.map(({ asks, answer, files }) => {
    const row = element("div");
    const told = element("dd", answer);
    if (files.length) told.append(element("span", files.join(", "), "why"));
    row.append(element("dt", asks), told);
    return row;
  }));
  item.append(element("summary", `${name}: ${checked}`), list);
  return item;
}

/** The steps, the notes and the picture of one month. */
function showMonth(report) {
  const difference = byId("difference");
  difference.hidden = report.first_difference === null;
  difference.textContent = `First difference: ${report.first_difference}`;
  const reached = new Map(report.steps.map((step) => [step.name, step]));
  byId("steps").replaceChildren(...Object.entries(STEP_WORDS).map(([name, what]) => {
    const step = reached.get(name);
    if (step) return stepItem(step.ok, what, step.words);
    return stepItem(null, what, name === "ORDER_PROVEN" && report.level === "REPRODUCED"
      ? "not shown: give what the dated paper says, under More evidence" : "not reached");
  }));
  byId("unchecked").hidden = !report.unchecked.length;
  byId("unchecked-list").replaceChildren(...report.unchecked.map((one) => stepItem(null, one.name, one.words)));
  byId("steps").hidden = report.level === "no draw";
  byId("steps").previousElementSibling.hidden = report.level === "no draw";
  byId("notes").replaceChildren(...report.notes.map((note) => element("li", note)));
  byId("notes").hidden = !report.notes.length;
  byId("notes").previousElementSibling.hidden = !report.notes.length;
  byId("pictured").hidden = byId("one").hidden = true;
  byId("story").replaceChildren();
  if (report.picture) {
    showPicture(report.picture);
    byId("one").hidden = false;
  }
}

function showGiven(files) {
  const given = byId("given");
  given.replaceChildren(...Object.entries(files).map(([name, file]) =>
    element("li", `${name}, ${file.size.toLocaleString("en")} bytes`)));
  given.hidden = false;
}

function givenEvidence() {
  const said = (id) => byId(id).value.trim();
  const given = {};
  if (said("chain-end")) given.chainEnd = said("chain-end");
  if (said("receipt-commitment") || said("receipt-at") || said("receipt-seed")) {
    given.receipt = {
      commitment: said("receipt-commitment"),
      at: said("receipt-at"),
      seed_at: said("receipt-seed"),
      evidence: said("receipt-what") || "the paper that was given",
    };
  }
  return given;
}

async function checkChosen() {
  byId("working").hidden = false;
  byId("result").hidden = true;
  showProgress("reading", 0);
  try {
    showReport(await ask("check", { files: chosen, given: givenEvidence() }));
  } catch (error) {
    showFailure(error);
  }
  byId("working").hidden = true;
}

function showFailure(error) {
  byId("verdict").textContent = "This page could not check the files";
  byId("verdict").className = "bad";
  byId("meaning").textContent = error instanceof Refused ? "Nothing was checked. Choose the files again:"
    : "This says nothing of the draw. Verify it with the command, and report this:";
  byId("difference").textContent = String(error.message || error);
  byId("difference").hidden = false;
  for (const id of ["steps", "evidence-list", "notes"]) byId(id).replaceChildren();
  for (const id of ["evidence", "whole", "unchecked", "notes", "pictured", "one"]) byId(id).hidden = true;
  byId("result").hidden = false;
}

async function take(found) {
  if (!found.length) return;
  try {
    const files = namedFiles(found);
    // A new record is a new month, and a file of evidence has its own; other files come to what is there.
    const isWhole = files["draw.json"] || Object.keys(files).some((name) => name.endsWith(".zip"));
    const together = isWhole ? files : Object.assign(Object.create(null), chosen, files);
    requireAlone(together);
    chosen = together;
    showGiven(chosen);
  } catch (error) {
    showFailure(error);
    return;
  }
  await checkChosen();
}

/** What became of a response: a title and its lines, and the same for its customer. */
function storyItems({ lines: [title, ...lines], customer }) {
  const list = element("ul", undefined, "plain");
  list.append(...lines.map((line) => element("li", line)));
  const items = [element("p", title, "what"), list];
  if (customer && customer.length) {
    const plain = element("details");
    plain.append(element("summary", "In words for the customer"), ...customer.map((line) => element("p", line)));
    items.push(plain);
  }
  return items;
}

async function lookUp(event) {
  event.preventDefault();
  const story = await ask("story", { number: byId("id").value.trim(), code: byId("code").value.trim() });
  byId("story").replaceChildren(...(story ? storyItems(story) : []));
  markInPicture(story && story.id);
}

for (const id of ["files", "folder"]) {
  byId(id).addEventListener("change", ({ target }) =>
    take([...target.files].map((file) => ({ name: file.webkitRelativePath || file.name, file }))));
}
byId("more").addEventListener("submit", (event) => {
  event.preventDefault();
  checkChosen();
});
byId("look-up").addEventListener("submit", lookUp);
byId("month").addEventListener("change", async ({ target }) =>
  showMonth(await ask("show", { place: Number(target.value) })));
const drop = byId("drop");
for (const kind of ["dragenter", "dragover"]) {
  addEventListener(kind, (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
}
addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) drop.classList.remove("over");
});
addEventListener("drop", async (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  try {
    await take(await filesDropped(event.dataTransfer));
  } catch (error) {
    showFailure(error);
  }
});
