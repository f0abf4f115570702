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

// A tap on a letter's page shows it in its own size, and the next tap makes it fit again.
document.querySelector("main").addEventListener("click", ({ target }) => {
  const figure = target.matches(".pages img") && target.closest("figure");
  if (figure) figure.tabIndex = figure.classList.toggle("full") ? 0 : -1;
});
