// Files that were chosen or dropped, by their names within the folder that holds draw.json.

const MOST_BYTES = 2 ** 31;

const NAMES = ["draw.json", "manifest.csv", "exclusions.csv", "pack.json"];

/** Files that are not looked at, and why. */
class Refused extends Error {}

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
    throw new Refused("this browser does not read a dropped folder; choose it with the second field");
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
  const [draw, ...more] = found.filter(({ name }) => /(^|\/)draw\.json$/.test(name));
  if (more.length) {
    throw new Refused(`${draw.name} and ${more[0].name}: are of two months, and this page checks one at a time; give one ` +
      "month’s files, or an evidence file");
  }
  const folder = draw ? draw.name.slice(0, -"draw.json".length) : "";
  const files = Object.create(null);
  for (const { name, file } of found) {
    if (file.size > MOST_BYTES) throw new Refused(`${name}: is larger than 2 GB; verify it with the command`);
    let short = name.startsWith(folder) ? name.slice(folder.length) : name;
    short = short.replace(/\.zip$/i, ".zip");
    if (!short.includes("/") && /^[0-9]{4}-.*\.(json|txt|pdf)$/.test(short)) short = `letters/${short}`;
    const plain = short.toLowerCase();
    if (NAMES.includes(plain) && short !== plain) throw new Refused(`${short}: is not called ${plain}; give it that name`);
    if (Object.hasOwn(files, short)) throw new Refused(`${short}: is given twice; give each file once`);
    files[short] = file;
  }
  return files;
}

/** Refuse an evidence file with others: one of them would be looked at, and the others not. */
function requireAlone(files) {
  const names = Object.keys(files);
  const zip = names.find((name) => name.endsWith(".zip"));
  if (zip && names.length > 1) throw new Refused(`${zip}: is given with other files; give an evidence file alone`);
}
