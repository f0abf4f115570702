// The signing room. Nothing in it makes markup of a text: texts reach the page as text alone.

const find = (id) => document.getElementById(`room-${id}`);

// The pack: its digest, its letters and theirs, whoever signs.
const pack = JSON.parse(find("data").textContent);
