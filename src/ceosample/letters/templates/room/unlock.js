// The form that asks for the passphrase. It waits as long as it takes, and has no count of tries: who
// has the file can try elsewhere.

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz", LENGTH = 20;
const at = (id) => document.getElementById(`room-${id}`);

// As the key is made of it, however it was typed: a copy has spaces, a telephone writes capitals.
function normal(typed) {
  const looks = { i: "1", l: "1", o: "0" };
  const plain = typed.replace(/[\s\-\u2010-\u2014\ufeff]/g, "").toLowerCase().replace(/[ilo]/g, (one) => looks[one]);
  return { plain, grouped: plain.match(/.{1,4}/g)?.join("-") ?? "" };
}

function faultIn(plain) {
  const strange = [...new Set([...plain].filter((one) => !ALPHABET.includes(one)))];
  if (!plain) return "Type or paste the passphrase.";
  if (strange.length) return `A passphrase has no ${strange.slice(0, 3).join(" and no ")}. Look at what you typed.`;
  if (plain.length === LENGTH) return "";
  return `A passphrase has ${LENGTH} letters and digits, and this has ${plain.length}. Look at what you typed.`;
}

function complain(message) {
  at("fault").textContent = message;
  at("passphrase").ariaInvalid = String(Boolean(message));
  if (message) at("passphrase").focus();
}

// The page that was sealed, in place of this one. Its script stays out: the policy lets this one alone run.
function show(html) {
  const policy = globalThis.trustedTypes?.createPolicy("opened-room", { createHTML: (text) => text });
  const page = new DOMParser().parseFromString(policy ? policy.createHTML(html) : html, "text/html");
  page.querySelectorAll("script:not(#room-data)").forEach((script) => script.remove());
  page.querySelectorAll("form").forEach((form) => { form.autocomplete = "off"; }); // no browser keeps what is typed
  document.documentElement.lang = page.documentElement.lang;
  document.documentElement.dir = page.documentElement.dir;
  document.title = page.title;
  document.body.replaceChildren(...page.body.childNodes);
}

async function open(passphrase, bytes) {
  const header = bytes.slice(0, HEADER);
  const base = await importPassphrase(passphrase);
  const key = await keyUnder(base, header);
  const html = await unseal("room", bytes, key);
  Object.assign(vault, { base, key, header });
  vault.kept = await stateOf(history.state, key);
  return html;
}

// What the tab kept of this room; a room that was sealed anew cannot open it, and begins again.
async function stateOf(state, key) {
  try { return JSON.parse(await unseal("kept", inBytes(state.state), key)); } catch { return null; }
}

let opens = false;
async function onSubmit(event) {
  event.preventDefault();
  if (opens) return;
  const { plain, grouped } = normal(at("passphrase").value);
  complain(faultIn(plain));
  if (faultIn(plain)) return;
  opens = true;
  at("busy").textContent = "Opening. This takes a moment.";
  let html;
  try { html = await open(grouped, inBytes(at("sealed").textContent)); } catch {
    complain("This passphrase does not open the room. Look at what you typed, or ask your office whether it is the one " +
      "of this file.");
    return;
  } finally {
    opens = false;
    at("busy").textContent = "";
  }
  show(html);
  openRoom();
  scrollTo(0, 0);
  document.querySelector("body > header h1").focus({ preventScroll: true });
}

at("locked").hidden = true;
if (globalThis.crypto?.subtle) {
  at("unlock").onsubmit = onSubmit;
  at("show").onchange = (event) => { at("passphrase").type = event.target.checked ? "text" : "password"; };
  at("closed").hidden = false;
  at("passphrase").focus();
} else {
  at("unsafe").hidden = false;
}
