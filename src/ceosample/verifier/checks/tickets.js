// Draw keys and tickets (docs/record.md, "Tickets").

const SCHEME = "ceosample/1";

/** The key of a draw: 32 hexadecimal digits. A key for another purpose has its name, too. */
function drawKey(identity, purpose) {
  const parts = [SCHEME, ...identity, ...(purpose === undefined ? [] : [purpose])];
  return sha256(joinBytes(parts.map(netstring))).slice(0, 32);
}

/** The ticket of a unit: 64 hexadecimal digits. */
function ticketOf(key, id) {
  return sha256(`${key},${id}`);
}

/** The first words of the tickets of all rows, without making a text of any. */
function firstWords(table, key, tell) {
  const { bytes, starts, ends, count } = table;
  const words = new Uint32Array(count);
  const block = new Uint8Array(64);
  const state = new Int32Array(8);
  block.set(utf8(`${key},`));
  const from = 33;
  let filled = from;
  for (let row = 0; row < count; row++) {
    const start = starts[row];
    const size = ends[row] - start;
    if (size > 22) {
      words[row] = hashWords(joinBytes([block.subarray(0, from), bytes.subarray(start, ends[row])]))[0];
      continue;
    }
    for (let i = 0; i < size; i++) block[from + i] = bytes[start + i];
    const end = from + size;
    for (let at = end + 1; at < filled; at++) block[at] = 0;
    block[end] = 0x80;
    filled = end + 1;
    block[62] = end >> 5;
    block[63] = (end << 3) & 0xff;
    state.set(FIRST_STATE);
    compress(state, block, 0);
    words[row] = state[0];
    if (tell && (row & 0x7fff) === 0) tell(row, count);
  }
  return words;
}
