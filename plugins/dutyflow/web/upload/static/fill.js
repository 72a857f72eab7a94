// Makes the page handier; everything works without it. Nothing is fetched from elsewhere.
"use strict";

// The code stands in the address behind #, which is sent to no server: it is put into the form here.
function enterByLink() {
  const form = document.getElementById("door");
  const code = location.hash.slice(1);
  if (!form || !/^[a-z0-9-]{20,40}$/i.test(code)) return;
  history.replaceState(null, "", location.pathname);
  form.elements.code.value = code;
  form.requestSubmit();
}

// A page that came with something to say says it first.
function focusOnWhatIsSaid() {
  const said = document.querySelector("[autofocus]");
  if (said) said.focus();
}

// One click is enough; a page that comes back from the browser's memory can be sent again.
function sendOnce() {
  for (const form of document.forms)
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "yes";
    });
  addEventListener("pageshow", () => {
    for (const form of document.forms) delete form.dataset.sent;
  });
}

// What is too large is told at once, and not sent.
function weighFiles() {
  const limit = 25 * 1024 * 1024;
  const inputs = [...document.querySelectorAll("input[type=file]")];
  let last = null;

  function weigh() {
    const size = inputs.flatMap((it) => [...it.files]).reduce((sum, file) => sum + file.size, 0);
    const told = size > limit ? `選的檔案共 ${Math.ceil(size / 2 ** 20)} MB，應在 25 MB 以內` : "";
    for (const input of inputs) input.setCustomValidity(input === last ? told : "");
    if (told) last.reportValidity();
    return !told;
  }

  for (const input of inputs) input.addEventListener("change", () => { last = input; weigh(); });
  for (const form of new Set(inputs.map((it) => it.form)))
    form.addEventListener("submit", (event) => {
      if (last && !weigh()) event.preventDefault();
    });
}

// A draft is kept a few seconds after the last key. Files go along only with the buttons.
function keepDraft() {
  const form = document.getElementById("sheet");
  if (!form) return;
  const status = document.getElementById("status");
  const version = document.getElementById("version");
  let waiting, saving = null, again = false, stopped = false;

  function save() {
    if (stopped || form.dataset.sent) return;
    if (saving) again = true;
    else saving = saveNow().finally(() => { saving = null; });
  }

  async function saveNow() {
    again = false;
    const body = new FormData();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
    try {
      const answer = await fetch(form.getAttribute("action"), {
        method: "POST", body, headers: { Accept: "application/json" },
      });
      const told = await answer.json();
      if (told.state === "saved") version.value = told.version;
      else stopped = answer.status !== 429 && answer.status < 500;
      status.textContent = told.said;
    } catch {
      status.textContent = "目前連不上，尚未自動儲存；稍後會再試";
      again = true;
    }
    if (again && !stopped) later(10000);
  }

  function later(wait) {
    clearTimeout(waiting);
    waiting = setTimeout(save, wait);
  }

  // What is on its way has to arrive first: it raises the version that the form says.
  form.addEventListener("submit", (event) => {
    clearTimeout(waiting);
    if (!saving) return;
    event.preventDefault();
    saving.then(() => form.requestSubmit(event.submitter));
  });

  form.addEventListener("input", (event) => {
    if (event.target.type === "file" || stopped) return;
    status.textContent = "尚未儲存";
    later(2000);
  });
}

enterByLink();
addEventListener("hashchange", enterByLink);  // pasted into a tab that shows the door already
focusOnWhatIsSaid();
weighFiles();
keepDraft();
sendOnce();
