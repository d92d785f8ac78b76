// The sign-in page: one form, two modes. To register is to sign in right after.

import { call } from "../shared/api.js";
import { refusalOf } from "./refusals.js";
import { put, putText, speak } from "../shared/words.js";

const at = (id) => document.getElementById(id);
const [form, userName, password, submit, error] = ["form", "user-name", "password", "submit", "error"].map(at);

const MODES = {
  "sign-in": { title: "login.title", word: "login.sign-in", autocomplete: "current-password" },
  "register": { title: "login.title-register", word: "login.register", autocomplete: "new-password" },
};

let mode = "sign-in";
let busy = false;

speak(at("language"));
enter("sign-in");
for (const name of Object.keys(MODES)) at(`mode-${name}`).addEventListener("click", () => enter(name));
at("show-password").addEventListener("click", () => reveal(password.type === "password" ? "text" : "password"));
for (const field of [userName, password]) field.addEventListener("input", () => field.removeAttribute("aria-invalid"));
form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!busy) send();
});
// The back button may bring this page back as it was left, in the middle of a submit.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

function enter(name) {
  mode = name;
  const { title, word, autocomplete } = MODES[name];
  for (const other of Object.keys(MODES)) at(`mode-${other}`).setAttribute("aria-pressed", String(other === name));
  put(document.querySelector("title"), title);
  put(at("heading"), word);
  put(submit, word);
  password.autocomplete = autocomplete;
  complain();
}

function reveal(type) {
  password.type = type;
  put(at("show-password"), type === "text" ? "login.hide" : "login.show");
}

async function send() {
  complain();
  if (userName.value.trim() === "") return complain("login.no-name", userName);
  if (password.value === "") return complain("login.no-password", password);
  begin();
  const account = { userName: userName.value, password: password.value };
  try {
    if (mode === "register") {
      const answer = await call("POST", "/register", account);
      if (answer.code !== 200) return explain(answer);
    }
    const answer = await call("POST", "/login", account);
    if (answer.code === 200) {
      reveal("password");
      location.replace("/");
      return;
    }
    const registered = mode === "register";
    if (registered) enter("sign-in");
    if (registered && answer.code !== 429) complain("login.registered");
    else explain(answer);
  } finally {
    end();
  }
}

// While a request is under way the button says so; it keeps the focus, so it is not disabled.
function begin() {
  busy = true;
  form.setAttribute("aria-busy", "true");
  put(submit, "login.busy");
}

function end() {
  busy = false;
  form.removeAttribute("aria-busy");
  put(submit, MODES[mode].word);
}

function explain(answer) {
  switch (answer.code) {
    case 0: return complain("trouble.unreachable");
    case 401: return complain("login.wrong", password);
    case 409: return complain("login.taken", userName);
    case 429:
      return answer.retryAfter === null
        ? complain("trouble.later")
        : complain("trouble.wait", null, { n: answer.retryAfter });
    case 503:
      if (answer.retryAfter !== null) return complain("trouble.busy", null, { n: answer.retryAfter });
      // Falls through: without a time, the server's own words.
    default: {
      const refusal = refusalOf(answer.message);
      if (refusal !== null) return complain(refusal.word, { userName, password }[refusal.field]);
      if (answer.message === "") return complain("trouble.code", null, { n: answer.code });
      putText(error, answer.message);
      error.hidden = false;
    }
  }
}

/** Shows an error, and where it is; without a word, clears both. */
function complain(word, field = null, values = {}) {
  for (const each of [userName, password]) each.removeAttribute("aria-invalid");
  error.hidden = word === undefined;
  if (word === undefined) return putText(error, "");
  put(error, word, values);
  field?.setAttribute("aria-invalid", "true");
  field?.focus();
}
