// The dialogs: an action's fields, a question, what is to be saved.

function open(name) {
  find(name).showModal();
  find(`${name}-title`).focus();
}

const close = () => document.querySelector("dialog[open]")?.close();

// ---- A question, or news that wait for an answer

let onYes = close;

function ask(question, lines, yes, then) {
  onYes = () => { close(); then(); };
  showAsk(question, lines, "Leave it", yes);
}

const tell = (message, lines) => showAsk(message, lines, "Close", "");

function showAsk(message, lines, no, yes) {
  find("ask-title").textContent = message;
  find("ask-list").replaceChildren(...lines.map((line) => element("li", {}, line)));
  find("ask-no").textContent = no;
  find("ask-yes").textContent = yes;
  find("ask-yes").hidden = !yes;
  open("ask");
}

// A file that was handed in may be on record: whoever changes what it says should know.
function unlessSaved(entry, then) {
  if (!entry || !isSaved(entry)) return then();
  return ask("This stands in a saved file", [
    "If your office has entered that file, this is on record, and another decision may be " +
      "refused until your office has corrected it.",
    "If nobody has the file yet, change what you like, save again, and throw the first file away.",
  ], "Change it", then);
}

// ---- An action

function choose(action) {
  if (!place) return;
  const letter = pack.letters[place - 1];
  const old = replaced(action, letter);
  // What was put off is meant to be decided later.
  unlessSaved(old?.kind === "viewed" ? undefined : old, () => {
    if (action.fields.length) showForm(action, letter, old);
    else finish(action, letter, {});
  });
}

function showForm(action, letter, old) {
  const fields = action.fields.map((field) => ({ ...field, ...field.type.ask(field) }));
  if (old?.kind === action.kind) {
    fields.filter(({ name }) => name in old).forEach(({ name, set }) => set(old[name]));
  }
  find("form-title").textContent = action.title;
  find("form-about").replaceChildren(`Letter ${place}, `, element("bdi", {}, letter.number ?? letter.unit_id));
  find("fields").replaceChildren(...fields.map(({ box }) => box));
  find("form-submit").textContent = action.settles ? action.label : "Note it";
  find("form-form").onsubmit = (event) => {
    event.preventDefault();
    const what = valuesOf(fields);
    if (!what) return find("fields").querySelector("[aria-invalid=true]").focus();
    close();
    return finish(action, letter, what);
  };
  open("form");
}

// The fields' values by name; null if one does not fit, which then says why.
function valuesOf(fields) {
  const found = fields.map((field) => [field, field.get()]);
  const wrong = found.filter(([field, value]) => {
    const message = value.length ? field.type.fault : "Choose or write something.";
    const isRight = value.length ? field.type.fits(value) : field.optional;
    field.complain(isRight ? "" : message);
    return !isRight;
  });
  if (wrong.length) return null;
  return Object.fromEntries(found.filter(([, value]) => value.length)
    .map(([field, value]) => [field.name, value]));
}

function finish(action, letter, what) {
  const entry = enter(action, letter, what);
  draw();
  news(`Letter ${place}: ${inWords(entry)}`);
}

function takeBack(entry) {
  unlessSaved(entry, () => {
    drop(entry);
    draw();
    heading().focus();
    news(`Letter ${place}, taken back: ${inWords(entry)}`);
  });
}

// ---- Saving, and opening what was saved

function review() {
  if (!said.length && !saved.size) {
    tell("Nothing is decided yet", ["Go to a letter and say what becomes of it."]);
    return;
  }
  const left = pack.letters.filter((letter) => !isDecided(letter)).length;
  find("review-lead").textContent = left
    ? `${count(left, "letter is", "letters are")} not decided yet. You can save now and go on later.`
    : "Every letter is decided.";
  find("review-list").replaceChildren(...pack.letters.map((letter) => element("li", {},
    element("bdi", {}, letter.number ?? letter.unit_id), `: ${about(letter).map(inWords).join(" ") || "nothing yet"}`)));
  open("review");
}
