// Files that were chosen or dropped, by their names within the folder that holds draw.json.

const MOST_BYTES = 2 ** 31;

/** All files of what was dropped, those of folders included. */
async function filesDropped(transfer) {
  const plain = [...transfer.files].map((file) => ({ name: file.name, file }));
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry && item.webkitGetAsEntry());
  if (!entries.some((entry) => entry && entry.isDirectory)) return plain;
  const found = [];
  try {
    for (const entry of entries) await gather(entry, "", found);
  } catch {
    // Chromium reads no dropped folder on a page from a disk; a field may.
    throw new Error("this browser does not read a dropped folder; choose it with the second field");
  }
  return found;
}

async function gather(entry, above, found) {
  const name = `${above}${entry.name}`;
  if (entry.isFile) {
    found.push({ name, file: await new Promise((resolve, reject) => entry.file(resolve, reject)) });
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return;
    for (const one of some) await gather(one, `${name}/`, found);
  }
}

/** Files by their names in the folder of draw.json; letters may be given alone. */
function namedFiles(found) {
  const draw = found.find(({ name }) => /(^|\/)draw\.json$/.test(name));
  const folder = draw ? draw.name.slice(0, -"draw.json".length) : "";
  const files = {};
  for (const { name, file } of found) {
    if (file.size > MOST_BYTES) throw new Error(`${name}: is larger than 2 GB; verify it with the command`);
    let short = name.startsWith(folder) ? name.slice(folder.length) : name;
    if (!short.includes("/") && /^[0-9]{4}-.*\.(json|txt|pdf)$/.test(short)) short = `letters/${short}`;
    files[short] = file;
  }
  return files;
}
