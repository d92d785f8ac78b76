// @ts-check
// The sign-in page: one form, two modes. To register is to sign in right after.

import { address } from "../common/address.js";
import { call } from "../common/api.js";
import { at } from "../common/page.js";
import { put, speak } from "../common/words.js";
import { AccountForm } from "./account_form.js";

const [form, userName, password, submit, error] = ["form", "user-name", "password", "submit", "error"].map(at);

/** @type {Record<string, { title: string, word: string, autocomplete: string }>} */
const MODES = {
  "sign-in": { title: "login.title", word: "login.sign-in", autocomplete: "current-password" },
  "register": { title: "login.title-register", word: "login.register", autocomplete: "new-password" },
};

let mode = "sign-in";
const account = new AccountForm({ form, submit, error, inputs: [userName, password], refused: { userName, password } }, send);

speak(at("language"));
enter("sign-in");
for (const name of Object.keys(MODES)) at(`mode-${name}`).addEventListener("click", () => enter(name));
at("show-password").addEventListener("click", () => reveal(password.type === "password" ? "text" : "password"));
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
  account.clear();
}

function reveal(type) {
  password.type = type;
  put(at("show-password"), type === "text" ? "login.hide" : "login.show");
}

async function send() {
  account.clear();
  if (userName.value.trim() === "") return account.complain("login.no-name", userName);
  if (password.value === "") return account.complain("login.no-password", password);
  account.begin();
  const credentials = { userName: userName.value, password: password.value };
  try {
    if (mode === "register") {
      const reply = await call("POST", "/register", credentials);
      if (reply.code !== 200) return explain(reply);
    }
    const reply = await call("POST", "/login", credentials);
    if (reply.code === 200) {
      reveal("password");
      location.replace(address("/"));
      return;
    }
    const registered = mode === "register";
    if (registered) enter("sign-in");
    if (registered && reply.code !== 429) account.complain("login.registered");
    else explain(reply);
  } finally {
    account.end(MODES[mode].word);
  }
}

/** @param {import("../common/api.js").Reply} reply */
function explain(reply) {
  if (reply.code === 401) return account.complain("login.wrong", password);
  if (reply.code === 409) return account.complain("login.taken", userName);
  account.explain(reply);
}
