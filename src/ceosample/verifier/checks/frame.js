// The frame: what manifest.csv and exclusions.csv hold, and the lowest tickets of its strata.

const MANIFEST = "manifest.csv";
const EXCLUSIONS = "exclusions.csv";
const MOST_REASONS = 50;

/** The eligible responses of a month. */
class Frame {
  constructor(table, left, about) {
    this.table = table;
    this.left = left;
    Object.assign(this, about);
    this.content = hasContent(table.header);
    this.variables = table.header.slice(1, table.header.length - (this.content ? 1 : 0));
    const sizes = new Array(table.values.length).fill(0);
    for (let row = 0; row < table.count; row++) sizes[table.kinds[row]] += 1;
    this.strata = table.values
      .map((values, kind) => ({ values, kind, size: sizes[kind] }))
      .sort((a, b) => compareStrata(a.values, b.values));
    const reasons = new Map();
    left.kinds.forEach((kind) => {
      const [reason] = left.values[kind];
      reasons.set(reason, (reasons.get(reason) || 0) + 1);
    });
    this.exclusions = new Map([...reasons].sort(([a], [b]) => compareTexts(a, b)));
    this.words = new Map();
  }

  /** The frame's part of draw.json. */
  summary() {
    return asMap({
      manifest: this.manifestDigest,
      variables: this.variables,
      content: this.content,
      count: this.table.count,
      exclusions: this.exclusions,
      excluded: this.excludedDigest,
      control_total: this.controlTotal,
    });
  }

  /** The first word of every ticket under a key, computed once. */
  ticketWords(key, tell) {
    const told = tell && ((done, all) => tell("computing tickets", done / all));
    if (!this.words.has(key)) this.words.set(key, firstWords(this.table, key, told));
    return this.words.get(key);
  }

  /**
   * In each stratum so many units with the lowest tickets, in order.
   *
   * `groups` are lists of kinds of rows, each with how many are wanted.
   */
  lowest(key, groups, tell) {
    const words = this.ticketWords(key, tell);
    const groupOf = new Int32Array(this.table.values.length).fill(-1);
    groups.forEach(({ kinds }, number) => kinds.forEach((kind) => (groupOf[kind] = number)));
    const sizes = groups.map(() => 0);
    const { kinds } = this.table;
    for (let row = 0; row < kinds.length; row++) {
      const group = groupOf[kinds[row]];
      if (group >= 0) sizes[group] += 1;
    }
    const wanted = groups.map(({ count }, number) => Math.min(count, sizes[number]));
    const limits = Float64Array.from(wanted, (count, number) => firstLimit(count, sizes[number]));
    for (;;) {
      const found = groups.map(() => []);
      for (let row = 0; row < kinds.length; row++) {
        const group = groupOf[kinds[row]];
        if (group >= 0 && words[row] < limits[group]) found[group].push(row);
      }
      const short = found.map((rows, number) => rows.length < wanted[number]);
      if (!short.includes(true)) {
        return found.map((rows, number) => this.ranked(key, rows, wanted[number]));
      }
      short.forEach((is, number) => {
        if (is) limits[number] *= 8;
      });
    }
  }

  ranked(key, rows, count) {
    const units = rows.map((row) => ({ row, id: this.table.id(row), kind: this.table.kinds[row] }));
    for (const unit of units) unit.ticket = ticketOf(key, unit.id);
    // Rows are in the order of the bytes of their ids.
    return units.sort((a, b) => compareAscii(a.ticket, b.ticket) || a.row - b.row).slice(0, count);
  }
}

function compareAscii(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A first word below which almost surely so many of the tickets of a stratum are. */
function firstLimit(count, size) {
  if (!count) return 0;
  const enough = count + 5 * (Math.sqrt(count) + 1) + 12;
  return enough >= size ? 0x100000000 : Math.ceil((0x100000000 * enough) / size);
}

/** Read the two files; a Fault says what is wrong first. */
function readFrame(manifest, excluded, about, tell) {
  let table = plainTable(manifest, tell);
  let left = table && plainTable(excluded);
  const plain =
    left && apart(table, left) && table.values.every((values) => values.every((v) => !faultInName(v))) &&
    left.values.every((values) => values.length === 1 && isReason(values[0])) &&
    left.values.length <= MOST_REASONS && keyOf(left.header) === '["unit_id","reason"]';
  let rows = null;
  if (!plain) {
    rows = [strictRows(manifest, MANIFEST), strictRows(excluded, EXCLUSIONS)];
    raiseFaults("FRAME", faultsOfHeaders(rows[0][0], rows[1][0]));
  } else {
    raiseFaults("FRAME", faultsOfHeaders(table.header, left.header));
  }
  const header = rows ? rows[0][0] : table.header;
  raiseFaults("FRAME", faultsOfMonth(header, about));
  if (rows) {
    raiseFaults("FRAME", faultsOfRows(rows[0], rows[1]));
    table = tableOfRows(rows[0]);
    left = tableOfRows(rows[1]);
  }
  const [eligible, others] = [table.count, left.count];
  const total = about.controlTotal;
  if (total !== null && eligible + others !== total) {
    throw new Fault("FRAME", [
      `control_total: the register has ${total} responses, the table has ${eligible + others} ` +
        `(${eligible} eligible and ${others} left out); find the ` +
        `${Math.abs(total - eligible - others)} in which they differ`,
    ]);
  }
  return new Frame(table, left, about);
}

function isReason(text) {
  return /^[a-z0-9-]{1,40}$/.test(text);
}

/** Whether no id is in both tables. */
function apart(table, left) {
  let row = 0;
  for (let other = 0; other < left.count; other++) {
    const from = left.starts[other];
    const to = left.ends[other];
    while (row < table.count && table.compareId(row, left.bytes, from, to) < 0) row += 1;
    if (row < table.count && table.compareId(row, left.bytes, from, to) === 0) return false;
  }
  return true;
}

function faultsOfHeaders(manifest, exclusions) {
  const faults = [];
  if (manifest[0] !== "unit_id") {
    faults.push(`${MANIFEST}, first column: ${got(manifest[0])}, not 'unit_id'`);
  }
  if (keyOf(exclusions) !== '["unit_id","reason"]') {
    faults.push(`${EXCLUSIONS}, header: ${got(exclusions.join(","))}, not 'unit_id,reason'`);
  }
  return faults;
}

function faultsOfMonth(header, about) {
  const faults = [];
  if (!/^[a-z0-9-]{1,100}$/.test(about.population)) {
    faults.push(`population: ${got(about.population)}; use lower-case letters, digits and hyphens`);
  }
  const variables = header.slice(1, header.length - (hasContent(header) ? 1 : 0));
  variables.forEach((name, place) => {
    const where = `strata, variable ${place + 1}`;
    const said = gotName(name);
    if (name === "unit_id" || name === "content") {
      faults.push(`${where}: ${got(name)}, a column of the manifest's own; rename it`);
    } else if (said) {
      faults.push(`${where}: ${said}`);
    } else if (variables.indexOf(name) < place) {
      faults.push(`${where}: ${got(name)} a second time; name each variable once`);
    }
  });
  return faults;
}

const FILL = "got an empty cell; give it a value";
const FILL_STRATUM = `${FILL}, or name a label for all such cells with 'missing'`;

/** What is wrong with the cells of both tables; rows are numbered through both. */
function faultsOfRows(manifest, exclusions) {
  const [header, ...units] = manifest;
  const content = hasContent(header);
  const width = header.length - (content ? 1 : 0);
  const found = [];
  const firstRow = new Map();
  const say = (row, column, what) => found.push(`row ${row}, column ${quoted(column)}: ${what}`);
  units.forEach((cells, index) => {
    const row = index + 1;
    firstRow.set(cells[0], row);
    const said = cells[0] ? gotName(cells[0]) : FILL;
    if (said) say(row, "unit_id", said);
    for (let place = 1; place < width; place++) {
      const fault = cells[place] ? gotName(cells[place], true) : FILL_STRATUM;
      if (fault) say(row, header[place], fault);
    }
    if (content && !isDigest(cells[width])) {
      const what = "give SHA-256(salt || letter), 64 lower-case hex digits";
      say(row, "content", cells[width] ? `${gotKind(cells[width])}; ${what}` : FILL);
    }
  });
  const reasons = new Set();
  let without = false;
  exclusions.slice(1).forEach(([id, reason], index) => {
    const row = units.length + index + 1;
    const said = id ? gotName(id) : FILL;
    if (said) say(row, "unit_id", said);
    if (reason && !isReason(reason)) {
      say(row, REASON_COLUMN, `${gotKind(reason)}; give a short code such as 'in-progress', or leave the ` +
        "cell empty for an eligible response");
    }
    if (firstRow.has(id)) {
      say(row, "unit_id", `${got(id)} as in row ${firstRow.get(id)}; give each response an id of its own`);
    }
    if (reason && isReason(reason)) reasons.add(reason);
    else {
      for (let place = 1; place < width; place++) say(row, header[place], FILL_STRATUM);
      if (content) say(row, "content", FILL);
      without = true;
    }
  });
  if (!found.length && without) {
    found.push(`${EXCLUSIONS}: a row without a reason; it has one for each unit`);
  }
  if (reasons.size > MOST_REASONS) {
    return [`column ${quoted(REASON_COLUMN)}: got ${reasons.size} different reasons; group them under ` +
      `at most ${MOST_REASONS} codes`];
  }
  return found;
}

/** What the reasons' column is called next to those of the manifest, none of which can end so. */
const REASON_COLUMN = "reason ";

/** The same table as that of plain bytes, from rows in which nothing is wrong. */
function tableOfRows([header, ...rows]) {
  const width = header.length - (hasContent(header) ? 1 : 0);
  const ids = rows.map((cells) => utf8(cells[0]));
  const starts = new Uint32Array(rows.length);
  const ends = new Uint32Array(rows.length);
  const kinds = new Uint32Array(rows.length);
  const numbers = new Map();
  const values = [];
  let at = 0;
  rows.forEach((cells, row) => {
    starts[row] = at;
    at += ids[row].length;
    ends[row] = at;
    const stratum = cells.slice(1, width);
    const key = keyOf(stratum);
    if (!numbers.has(key)) numbers.set(key, values.push(stratum) - 1);
    kinds[row] = numbers.get(key);
  });
  return new Table(header, joinBytes(ids), starts, ends, kinds, values);
}

/** The code points in ids and strata that are not seen, each once, in the order of the files. */
function unseenInFrame(frame) {
  const found = new Set();
  for (const table of [frame.table, frame.left]) {
    const ofKind = table.values.map((values) => unseenIn(values.join("")));
    for (let row = 0; row < table.count; row++) {
      const ofId = hasHighByte(table.bytes, table.starts[row], table.ends[row]);
      if (ofId) unseenIn(table.id(row)).forEach((point) => found.add(point));
      for (const point of ofKind[table.kinds[row]]) found.add(point);
    }
  }
  return [...found];
}

function hasHighByte(bytes, from, to) {
  for (let at = from; at < to; at++) if (bytes[at] > 0x7e) return true;
  return false;
}
