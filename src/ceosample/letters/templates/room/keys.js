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
