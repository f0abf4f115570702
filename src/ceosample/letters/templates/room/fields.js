// The fields of a dialog. Each gives its box, its value, a way to set it, and one to complain.

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

const labelled = (label, control) => element("div", { className: "line" },
  element("label", { htmlFor: control.id }, label), control);

function framed(name, tag, ...inside) {
  const fault = element("p", { className: "fault", id: `room-${name}-fault` });
  const box = element(tag, { className: "field" }, ...inside, fault);
  const controls = [...box.querySelectorAll("select, textarea, input")];
  controls.forEach((control) => control.setAttribute("aria-describedby", fault.id));
  const complain = (message) => {
    fault.textContent = message;
    controls.forEach((control) => { control.ariaInvalid = String(Boolean(message) && isToMend(control)); });
  };
  return { box, complain };
}

// Of a list and the line for another value beside it, the one that is in use.
const isToMend = (control) => control.type !== "checkbox" && !control.parentElement.hidden &&
  !(control.localName === "select" && control.value === "other");

const ownLine = (name) =>
  element("input", { id: `room-${name}-own`, autocomplete: "off", spellcheck: false });

// One of the options, or one's own where the type has another.
function pick({ name, label, options, type, optional }) {
  const known = typeof options === "function" ? options() : options;
  const list = element("select", { id: `room-${name}`, required: !optional },
    element("option", { value: "" }, optional ? "(none)" : "Choose"),
    ...Object.entries(known).map(([value, words]) =>
      element("option", { value }, words === value ? value : `${words} (${value})`)));
  if (type.other) list.append(element("option", { value: "other" }, `${type.other} ...`));
  const own = ownLine(name);
  const line = labelled(type.other ?? "", own);
  const show = () => { line.hidden = list.value !== "other"; };
  list.onchange = () => { show(); if (!line.hidden) own.focus(); };
  show();
  return {
    ...framed(name, "div", labelled(optional ? `${label} (optional)` : label, list), line),
    get: () => (list.value === "other" ? own.value.trim().normalize() : list.value),
    set: (value) => {
      const isKnown = Object.hasOwn(known, value);
      list.value = isKnown ? value : "other";
      own.value = isKnown ? "" : value;
      show();
    },
  };
}

// Any of the options, and one's own beside them.
function tick({ name, label, options, type }) {
  const boxes = Object.entries(options).map(([value, words]) =>
    [value, words, element("input", { type: "checkbox", value })]);
  const own = ownLine(name);
  return {
    ...framed(name, "fieldset", element("legend", {}, `${label} (optional)`),
      ...boxes.map(([value, words, box]) =>
        element("label", { className: "tick" }, box, `${words} (${value})`)),
      labelled(type.other, own)),
    get: () => [...boxes.filter(([, , box]) => box.checked).map(([value]) => value),
      ...own.value.split(/\s+/).filter(Boolean)],
    set: (values) => {
      boxes.forEach(([value, , box]) => { box.checked = values.includes(value); });
      own.value = values.filter((value) => !Object.hasOwn(options, value)).join(" ");
    },
  };
}

function write({ name, label, optional }) {
  const area = element("textarea",
    { id: `room-${name}`, rows: 5, maxLength: LONGEST_TEXT, required: !optional, dir: "auto" });
  return {
    ...framed(name, "div", labelled(optional ? `${label} (optional)` : label, area)),
    get: () => (area.value.trim() ? area.value : ""),
    set: (value) => { area.value = value; },
  };
}
