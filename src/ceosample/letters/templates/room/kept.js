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
