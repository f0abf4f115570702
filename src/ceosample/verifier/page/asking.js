// The worker: made of the text of the checks, since browsers refuse a worker's file on file://.

const byId = (id) => document.getElementById(id);

let worker = null;
let asked = 0;
const waiting = new Map();

function startWorker() {
  const code = new Blob([byId("checks").textContent], { type: "text/javascript" });
  const address = URL.createObjectURL(code);
  worker = new Worker(address);
  worker.onmessage = ({ data }) => {
    if (data.kind === "progress") {
      showProgress(data.what, data.share);
      return;
    }
    const { resolve, reject } = waiting.get(data.question);
    waiting.delete(data.question);
    if (data.kind === "answer") resolve(data.value);
    else reject(new Error(data.words));
  };
}

/** Ask the worker. It reads files itself, so that the page stays free meanwhile. */
function ask(kind, more) {
  if (!worker) startWorker();
  asked += 1;
  const question = asked;
  return new Promise((resolve, reject) => {
    waiting.set(question, { resolve, reject });
    worker.postMessage({ kind, question, ...more });
  });
}

/** An element with a text, which is never read as anything but text. */
function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function showProgress(what, share) {
  byId("doing").textContent = what[0].toUpperCase() + what.slice(1);
  byId("progress").value = share;
}
