// @ts-check
// The modules of a report, each loaded from a blob: a page from disk cannot import files. Each stands behind those that
// it imports.

/** @type {[name: string, text: string][]} */
const MODULES = [];

/** @type {Record<string, string>} */
const addresses = {};
for (const [name, text] of MODULES) {
  const linked = text.replace(/"module:([^"]+)"/g, (_, imported) => `"${addresses[imported]}"`);
  addresses[name] = URL.createObjectURL(new Blob([linked], { type: "text/javascript" }));
}
// A browser or an extension may refuse blobs: then the page says so, and the console says why.
import(addresses["report/report.js"]).catch((error) => {
  document.getElementById("not-loaded")?.removeAttribute("hidden");
  throw error;
});
