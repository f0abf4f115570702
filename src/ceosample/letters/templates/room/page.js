// The page: where one is, what is shown of the decisions, keys and buttons.

const articles = [...document.querySelectorAll("main > article")];
const title = document.title;

let place = 0;   // 0 is the cover sheet, n the n-th letter
let keys = true; // whether single keys do something
let unkept = 0;  // how many times in a row the browser did not keep the state

const heading = () => document.querySelector(place ? `#docket-${place}` : "body > header h1");
const count = (number, one, many) => `${number} ${number === 1 ? one : many}`;
const optionsOf = (values) => Object.fromEntries(values.map((value) => [value, value]));
const workers = () => optionsOf(pack.letters[place - 1].people);
const deputies = () =>
  optionsOf([...(pack.deputies ?? []), ...said.map((entry) => entry.to).filter(Boolean)]);

// What has just happened; it goes again, because it lies over the page.
let newsGoes;
function news(message) {
  clearTimeout(newsGoes);
  find("news").textContent = message;
  newsGoes = setTimeout(() => { find("news").textContent = ""; }, 8000);
}

function go(to) {
  if (to < 0 || to > articles.length) {
    news(to < 0 ? "This is the cover sheet." : "This is the last letter.");
    return;
  }
  place = to;
  draw();
  news("");
  scrollTo(0, 0);
  heading().focus({ preventScroll: true });
}

// ---- What is shown

function draw() {
  const where = place ? `Letter ${place} of ${articles.length}` : "Cover sheet";
  find("place").textContent = where;
  document.title = `${where} - ${title}`;
  document.body.classList.toggle("at-letter", place > 0);
  articles.forEach((article, at) => article.classList.toggle("current", at + 1 === place));
  drawTally();
  drawList();
  if (place) drawLetter(pack.letters[place - 1], articles[place - 1]);
  keep();
}

function drawTally() {
  const open = pack.letters.filter((letter) => !isDecided(letter));
  const words = open.reduce((sum, letter) => sum + letter.words, 0);
  const all = articles.length;
  Object.assign(find("progress"), { max: all, value: all - open.length });
  find("tally").textContent = `${all - open.length} of ${all} decided, ` +
    (open.length ? `about ${Math.ceil(words / pack.words_a_minute)} min to read` : "nothing left to read");
}

function drawList() {
  document.querySelectorAll("nav td.tools").forEach((cell, at) => {
    const done = about(pack.letters[at]).map((entry) => actionOf(entry.kind).past);
    cell.textContent = done.join(", ") || "open";
  });
}

function drawLetter(letter, article) {
  const rows = about(letter).map((entry) => element("li", {},
    element("p", { className: "what" }, `${entry.at.slice(11, 16)} ${inWords(entry)}`),
    element("button", { type: "button", ariaLabel: `Take back: ${actionOf(entry.kind).past}`,
      onclick: () => takeBack(entry) }, "Take back")));
  article.querySelector(".said").replaceChildren(element("h3", {}, "What you decided"),
    rows.length ? element("ul", {}, ...rows) : element("p", { className: "about" }, "Nothing yet."));
  find("choices").querySelectorAll("button").forEach((choice) => {
    choice.ariaCurrent = String(choice.dataset.kind === settled(letter)?.kind);
  });
}

function warn() {
  const date = moment(new Date()).slice(0, 10);
  const found = pack.registered ? [] : ["This is a preview: its draw is not registered, so " +
    "nothing that is decided here can be entered."];
  if (pack.date && date < pack.date) {
    found.push(`This computer's clock says ${date}, and the letters are dated ${pack.date}. Set it ` +
      "right first: what was decided before the letters were sent is refused.");
  }
  if (unkept >= UNKEPT_TO_TELL) {
    found.push("This browser does not keep what you decide: a reload of the page would lose what is " +
      "not saved. Save your decisions now. The page goes on trying.");
  }
  find("warning").textContent = found.join(" ");
  find("warning").hidden = !found.length;
}

// ---- A reload by accident: the tab's own history keeps the state, and goes with the tab

// A browser takes only so many changes of its history in half a minute, and may drop one without a word.
const UNKEPT_TO_TELL = 3, LONGEST_WAIT = 10000;

let turn = 0;
let keepsAgain;
function keep() {
  clearTimeout(keepsAgain);
  turn += 1;
  try {
    history.replaceState({ pack: pack.pack, said, saved: [...saved], place, keys, turn }, "");
  } catch {
    // Too often, or too much: it is tried again, and the browser still asks before it closes the page.
  }
  const isKept = history.state?.turn === turn;
  if (isKept && !unkept) return;
  unkept = isKept ? 0 : unkept + 1;
  warn();
  if (unkept) keepsAgain = setTimeout(keep, Math.min(1000 * unkept, LONGEST_WAIT));
}

function restore() {
  const kept = history.state;
  if (kept?.pack !== pack.pack) return;
  ({ place, keys, turn } = kept);
  setEntries(kept.said, kept.saved);
  if (said.length) news(`Loaded again; ${count(said.length, "entry is", "entries are")} still here.`);
}

// ---- Keys and buttons

function reach() {
  find("choices").scrollIntoView();
  find("settle").querySelector("button").focus({ preventScroll: true });
}

const DOINGS = {
  previous: () => go(place - 1), next: () => go(place + 1), cover: () => go(0),
  open: () => find("file").click(), review, save: () => { close(); save(); },
  help: () => open("help"), close, yes: () => onYes(), reach,
};
const KEYS = [
  { keys: ["n", "j", "ArrowRight"], does: "Next letter", go: DOINGS.next },
  { keys: ["p", "k", "ArrowLeft"], does: "Previous letter", go: DOINGS.previous },
  { keys: ["h"], does: "Cover sheet", go: DOINGS.cover },
  ...ACTIONS.map((action) =>
    ({ keys: [action.key], does: nameOf(action), go: () => choose(action) })),
  { keys: ["u"], does: "Take back the newest entry about this letter", go: undo },
  { keys: ["?"], does: "This help", go: DOINGS.help },
];
const ARROWS = { ArrowRight: "→", ArrowLeft: "←" };

function undo() {
  const newest = place ? about(pack.letters[place - 1]).at(-1) : undefined;
  if (newest) takeBack(newest);
  else news("There is nothing to take back.");
}

// The key as on a keyboard of Latin letters: one of Cyrillic or Greek letters has s where "ы" or "σ" is.
function pressedOn({ key, code, shiftKey }) {
  if (key.length > 1) return key;
  if (!/[^\p{ASCII}\p{Script=Latin}]/u.test(key)) return key.toLowerCase();
  return code === "Slash" && shiftKey ? "?" : code.replace(/^Key/, "").toLowerCase();
}

function onKey(event) {
  const isOther = event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing;
  const isScrolling = event.key in ARROWS && event.target.closest("[data-scrolls]");
  const isTyping = document.querySelector("dialog[open]"); // all fields are in dialogs
  if (!keys || isOther || isScrolling || isTyping) return;
  const pressed = pressedOn(event);
  const found = KEYS.find((one) => one.keys.includes(pressed));
  if (!found) return;
  event.preventDefault();
  found.go();
}

function onClick(event) {
  const doing = event.target.closest("[data-do]")?.dataset.do;
  if (doing) DOINGS[doing]();
  const link = event.target.closest("nav a, .skip");
  if (!link) return;
  event.preventDefault(); // the address, and what its history keeps, stay as they are
  if (link.matches(".skip")) heading().focus();
  else go(Number(link.hash.replace("#letter-", "")));
}

// ---- The start

function choiceOf(action) {
  const made = element("button",
    { type: "button", ariaLabel: nameOf(action), onclick: () => choose(action) },
    action.label, element("kbd", { ariaHidden: "true" }, action.key));
  made.dataset.kind = action.kind;
  made.setAttribute("aria-keyshortcuts", action.key);
  return made;
}

function furnish() {
  document.querySelector(".skip").after(find("bar"));
  document.querySelector("main").after(find("reach"), find("choices"));
  find("settle").append(...ACTIONS.filter((action) => action.settles).map(choiceOf));
  find("beside").append(...ACTIONS.filter((action) => !action.settles).map(choiceOf));
  articles.forEach((article) => article.querySelector(".docket").append(
    element("section", { className: "tools said", ariaLabel: "What you decided", lang: "en", dir: "ltr" })));
  document.querySelectorAll(".docket h2, body > header h1").forEach((one) => { one.tabIndex = -1; });
  document.querySelector("nav thead tr")
    .append(element("th", { className: "tools", scope: "col" }, "Decided"));
  document.querySelectorAll("nav tbody tr")
    .forEach((row) => row.append(element("td", { className: "tools" })));
  find("keys").append(...KEYS.map((one) => element("tr", {},
    element("td", {}, ...one.keys.flatMap((key) => [element("kbd", {}, ARROWS[key] ?? key), " "])),
    element("td", {}, one.does))));
}

// Last of all: a script that was stopped on its way leaves the page with its note, and without tools.
function unlock() {
  find("locked").hidden = true;
  document.querySelectorAll(".tools[hidden]").forEach((tool) => { tool.hidden = false; });
  document.body.classList.add("room");
}

// What is too wide for the window scrolls, and so must be reachable by key.
function watchWidths() {
  const watch = new ResizeObserver((seen) => seen.forEach(({ target }) => {
    const scrolls = target.scrollWidth > target.clientWidth;
    target.toggleAttribute("data-scrolls", scrolls);
    if (scrolls) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }));
  document.querySelectorAll(".wide").forEach((wide) => {
    wide.role = "group";
    wide.ariaLabel = wide.querySelector("caption")?.textContent ?? "The letters";
  });
  document.querySelectorAll(".wide, .letter").forEach((wide) => watch.observe(wide));
}

function listen() {
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", onClick);
  find("file").onchange = (event) => openFile(event.target);
  find("keys-on").onchange = (event) => { keys = event.target.checked; keep(); };
  addEventListener("beforeunload", (event) => {
    if (isUnsaved() || find("form").open) event.preventDefault();
  });
}

furnish();
listen();
restore();
find("keys-on").checked = keys;
warn();
watchWidths();
draw();
unlock();
