// ---- A reload by accident: the tab's own history keeps the state sealed, and goes with the tab

const UNKEPT_TO_TELL = 3, LONGEST_WAIT = 10000;

let turn = 0;
let keepsAgain;
async function keep() {
  clearTimeout(keepsAgain);
  turn += 1;
  const mine = turn;
  try {
    const state = await sealed("kept", JSON.stringify({ said, saved: [...saved], place, keys, turn }));
    if (mine !== turn) return; // a newer one is on its way
    history.replaceState({ pack: pack.pack, state, turn }, "");
  } catch {
    // Too often, or too much: it is tried again, and the browser still asks before it closes the page.
  }
  const isKept = history.state?.turn === mine;
  if (isKept && !unkept) return;
  unkept = isKept ? 0 : unkept + 1;
  warn();
  if (unkept) keepsAgain = setTimeout(keep, Math.min(1000 * unkept, LONGEST_WAIT));
}

function restore() {
  if (!vault.kept) return;
  ({ place, keys, turn } = vault.kept);
  setEntries(vault.kept.said, vault.kept.saved);
  if (said.length) news(`Loaded again; ${count(said.length, "entry is", "entries are")} still here.`);
}
