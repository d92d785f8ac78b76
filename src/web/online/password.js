// A new password, for who is signed in: the form behind "Change password".

import { call } from "../shared/api.js";
import { refusalOf } from "../login/refusals.js";
import { put, putText } from "../shared/words.js";

const SIGN_IN = "/login.html";

const at = (id) => document.getElementById(id);
const [form, current, fresh, submit] = ["password-form", "current-password", "new-password", "change-password"].map(at);
const [error, done] = ["password-error", "password-done"].map(at);

let busy = false;

for (const field of [current, fresh]) field.addEventListener("input", () => field.removeAttribute("aria-invalid"));
form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!busy) send();
});

async function send() {
  complain();
  done.hidden = true;
  if (current.value === "") return complain("password.no-current", current);
  if (fresh.value === "") return complain("password.no-new", fresh);
  busy = true;
  form.setAttribute("aria-busy", "true");
  put(submit, "login.busy");
  const answer = await call("POST", "/user/password", { password: current.value, newPassword: fresh.value });
  busy = false;
  form.removeAttribute("aria-busy");
  put(submit, "password.change");
  if (answer.code !== 200) return explain(answer);
  form.reset();
  done.hidden = false;
}

function explain(answer) {
  switch (answer.code) {
    case 0: return complain("trouble.unreachable");
    case 401:
      // Without that reason it is the session that is not good, and no password helps.
      if (answer.data?.why === "password") return complain("password.wrong", current);
      return location.assign(SIGN_IN);
    case 429:
      return answer.retryAfter === null
        ? complain("trouble.later")
        : complain("trouble.wait", null, { n: answer.retryAfter });
    case 503:
      if (answer.retryAfter !== null) return complain("trouble.busy", null, { n: answer.retryAfter });
      // Falls through: without a time, the server's own words.
    default: {
      const refusal = refusalOf(answer.message);
      // Of a new password only: the name is as it was.
      if (refusal !== null) return complain(refusal.word, fresh);
      if (answer.message === "") return complain("trouble.code", null, { n: answer.code });
      putText(error, answer.message);
      error.hidden = false;
    }
  }
}

/** Shows an error, and where it is; without a word, clears both. */
function complain(word, field = null, values = {}) {
  for (const each of [current, fresh]) each.removeAttribute("aria-invalid");
  error.hidden = word === undefined;
  if (word === undefined) return putText(error, "");
  put(error, word, values);
  field?.setAttribute("aria-invalid", "true");
  field?.focus();
}
