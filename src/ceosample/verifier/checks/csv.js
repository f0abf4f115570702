// A table read strictly (docs/record.md, "manifest.csv and exclusions.csv"): what is wrong with it.

const LONGEST_FIELD = 131072;
const NO_LINE_FEED = "the file does not end with one line feed";

/** A field as it is written: in quotation marks only if it holds one, or a comma. */
function fieldText(text) {
  return /[,"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** All rows of a file, the header first. */
function strictRows(bytes, name) {
  const wrong = faultInUtf8(bytes, 0, bytes.length);
  if (wrong) {
    const byte = bytes[wrong.at].toString(16).padStart(2, "0");
    const what = wrong.at === wrong.last ? `byte 0x${byte} in position ${wrong.at}`
      : `bytes in position ${wrong.at}-${wrong.last}`;
    throw new Fault("FRAME", [`${name}: cannot be read ('utf-8' codec can't decode ${what}: ${wrong.why})`]);
  }
  const rows = [];
  const form = new TableForm(name);
  for (const [text, row] of rowsOf(decodeUtf8(bytes), name)) {
    form.look(text, row);
    rows.push(row);
  }
  form.require();
  return rows;
}

/** Each row's text and its fields. */
function* rowsOf(text, name) {
  let at = 0;
  const fail = (why) => {
    throw new Fault("FRAME", [`${name}: cannot be read (${why})`]);
  };
  while (at < text.length) {
    const begin = at;
    const row = [];
    if (text[at] === "\n" || text[at] === "\r") {
      at += text.startsWith("\r\n", at) ? 2 : 1;
      yield [text.slice(begin, at), row];
      continue;
    }
    for (;;) {
      let value = "";
      if (text[at] === '"') {
        at += 1;
        for (;;) {
          const close = text.indexOf('"', at);
          if (close < 0) {
            if (text.length - at + value.length > LONGEST_FIELD) fail(tooLong());
            fail("unexpected end of data");
          }
          value += text.slice(at, close);
          at = close + 1;
          if (text[at] !== '"') break;
          value += '"';
          at += 1;
        }
        if (at < text.length && !",\n\r".includes(text[at])) fail("',' expected after '\"'");
      } else {
        const from = at;
        while (at < text.length && !",\n\r".includes(text[at])) at += 1;
        value = text.slice(from, at);
      }
      if (value.length > LONGEST_FIELD && Array.from(value).length > LONGEST_FIELD) fail(tooLong());
      row.push(value);
      if (text[at] !== ",") break;
      at += 1;
    }
    at += text.startsWith("\r\n", at) ? 2 : at < text.length ? 1 : 0;
    yield [text.slice(begin, at), row];
  }
}

function tooLong() {
  return `field larger than field limit (${LONGEST_FIELD})`;
}

/** What is wrong with the rows of a file; of each kind of fault the first. */
class TableForm {
  constructor(name) {
    this.name = name;
    this.count = 0;
    this.last = "";
  }

  look(text, row) {
    this.count += 1;
    if (this.count === 1) this.width = row.length;
    if (!this.written) this.written = this.faultOfText(text, row);
    if (row.length !== this.width || !row.length) {
      this.fields = this.fields || `line ${this.count} has ${row.length} fields, the header ${this.width}`;
    } else if (this.count > 1) {
      if (this.count > 2 && !this.order && compareTexts(this.last, row[0]) >= 0) {
        const what = this.last === row[0] ? "repeats an id" : "is out of order";
        this.order = `line ${this.count} ${what}; rows are sorted by the id's bytes`;
      }
      this.last = row[0];
    }
  }

  faultOfText(text, row) {
    const ours = `${row.map(fieldText).join(",")}\n`;
    if (text === ours) return null;
    if (`${text}\n` === ours) return NO_LINE_FEED;
    return `line ${this.count} is not written as the specification has it`;
  }

  require() {
    const fault = this.count ? this.written || this.fields || this.order : NO_LINE_FEED;
    if (fault) throw new Fault("FRAME", [`${this.name}: ${fault}`]);
  }
}
