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
