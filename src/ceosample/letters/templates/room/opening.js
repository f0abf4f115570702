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
