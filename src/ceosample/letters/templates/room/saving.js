function save() {
  const savedAt = moment(new Date());
  const name = nameOfFile(savedAt);
  const data = new Blob([asFile(savedAt)], { type: "application/json" });
  const link = element("a", { href: URL.createObjectURL(data), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  setEntries(said, said.map(asJson));
  draw();
  news(`${name} went to your downloads, with ${count(said.length, "entry", "entries")}. ` +
    "See that it is there before you close this page.");
}

async function openFile(input) {
  const [file] = input.files;
  const data = asText(await file.arrayBuffer());
  input.value = "";
  let entries;
  try { entries = read(data); } catch (faults) {
    if (!Array.isArray(faults)) throw faults;
    tell(`${file.name} cannot be opened`, faults);
    return;
  }
  const take = () => {
    setEntries(entries, entries.map(asJson));
    draw();
    news(`${file.name} is open, with ${count(said.length, "entry", "entries")}.`);
  };
  if (!isUnsaved()) return take();
  return ask("Replace what is not saved?", ["What you decided here since you last saved goes."],
    "Replace it", take);
}
