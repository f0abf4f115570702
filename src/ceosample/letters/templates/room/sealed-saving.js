async function save() {
  const savedAt = moment(new Date());
  const name = nameOfFile(savedAt).replace(".json", "-sealed.json");
  const entries = said; // a decision while it is sealed is in the next file
  const file = { scheme: SCHEME, sealed: await sealed("decisions", asFile(savedAt)) };
  const data = new Blob([`${JSON.stringify(file)}\n`], { type: "application/json" });
  const link = element("a", { href: URL.createObjectURL(data), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  setEntries(said, entries.map(asJson));
  draw();
  news(`${name} went to your downloads, sealed, with ${count(entries.length, "entry", "entries")}. ` +
    "See that it is there before you close this page.");
}
