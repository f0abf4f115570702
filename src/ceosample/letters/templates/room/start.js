// The signing room. Nothing in it makes markup of a text: texts reach the page as text alone.

// Without its style every letter would show at once: then the page stays as it is without a script.
if (!getComputedStyle(document.documentElement).getPropertyValue("--panel")) {
  throw new Error("The style of this page was blocked or changed.");
}

const find = (id) => document.getElementById(`room-${id}`);

// The pack: its digest, its letters and theirs, whoever signs.
const pack = JSON.parse(find("data").textContent);
