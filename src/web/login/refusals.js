// What the server says of a name or a password that it refuses, by how the sentence begins: our word and the field.

const REFUSALS = [
  ["the name is empty", "login.name-empty", "userName"],
  ["the name is longer than", "login.name-long", "userName"],
  ["the name begins or ends", "login.name-edge", "userName"],
  ["the name has two spaces", "login.name-double", "userName"],
  ["the name has a character", "login.name-character", "userName"],
  ["the name is reserved", "login.name-reserved", "userName"],
  ["the password is shorter than", "login.password-short", "password"],
  ["the password is longer than", "login.password-long", "password"],
  ["the password is the name", "login.password-name", "password"],
  ["the password is one character", "login.password-repeated", "password"],
  ["the password is among the commonest", "login.password-common", "password"],
  ["the password is a common one", "login.password-tail", "password"],
];

/** `{ word, field }` for what the server says of a name or a password, or null if it is about something else. */
export function refusalOf(message) {
  const refusal = REFUSALS.find(([begin]) => message.startsWith(begin));
  return refusal === undefined ? null : { word: refusal[1], field: refusal[2] };
}
