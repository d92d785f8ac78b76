// @ts-check
// A new password, for who is signed in: the form behind "Change password".

import { AccountForm } from "../login/account_form.js";
import { address } from "../common/address.js";
import { call } from "../common/api.js";
import { at } from "../common/page.js";

const SIGN_IN = address("/login.html");

const [form, current, fresh, submit] = ["password-form", "current-password", "new-password", "change-password"].map(at);
const [error, done] = ["password-error", "password-done"].map(at);
// Of a new password only: the name is as it was.
const refused = { userName: fresh, password: fresh };
const account = new AccountForm({ form, submit, error, inputs: [current, fresh], refused }, send);

async function send() {
  account.clear();
  done.hidden = true;
  if (current.value === "") return account.complain("password.no-current", current);
  if (fresh.value === "") return account.complain("password.no-new", fresh);
  account.begin();
  const reply = await call("POST", "/user/password", { password: current.value, newPassword: fresh.value });
  account.end("password.change");
  if (reply.code !== 200) return explain(reply);
  form.reset();
  done.hidden = false;
}

/** @param {import("../common/api.js").Reply} reply */
function explain(reply) {
  if (reply.code !== 401) return account.explain(reply);
  // Without that reason it is the session that is not good, and no password helps.
  if (reply.data?.why === "password") return account.complain("password.wrong", current);
  location.assign(SIGN_IN);
}
