// @ts-check
// The address of what this server has. A proxy may serve it below a path of its own (--base-path), which nobody but
// this module needs to know: it is where this script itself came from.

const BASE = new URL(import.meta.url).pathname.replace(/\/assets\/common\/address\.js$/, "");

/**
 * The address of a path of the server, as it stands in its path table: "/login.html".
 * @param {string} path
 */
export function address(path) {
  return `${BASE}${path}`;
}
