// @ts-check
// What stands above and below the rows of a connection: who is who; how it closed, and all that was found.

import { el, rowLanguage, said, say } from "./dom.js";
import { findingOf } from "./packet_row.js";

const SEVERITIES = ["error", "warning", "info"];

const addressOf = ({ address, port }) => (address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`);

/** Who is who, where in the capture it begins, and what its packets are inside. */
export function headOf({ stream, client, server, begins, inside }) {
  const end = (side, address) => el("span", `end of-${side}`, el("b", null, say(`row.${side}`)), " ", el("span", "address", address === null ? "" : addressOf(address)));
  const parts = [
    el("h2", null, say("row.connection", { n: stream }), begins === null ? null : el("span", "soft", said(begins))),
    el("p", "ends", end("client", client), el("span", { "class": "glyph", "aria-hidden": "true" }, "⇄"), end("server", server)),
    inside === null ? null : el("p", "soft", said(inside)),
  ];
  return parts.filter((part) => part !== null);
}

/** How it closed, in words and in a table; what was found. */
export function endOf(connection) {
  const { close, story, findings, late } = connection;
  const parts = late.map(({ side, to }) => el("p", "silence", `⋮ ${say("row.time-passed", { who: say(`row.${side}`), state: to })} ⋮`));
  if (story !== null || close !== null) {
    parts.push(el("section", "autopsy", el("h3", null, say("row.close")),
      story === null ? null : el("ul", "story", story[rowLanguage()].map((sentence) => el("li", null, sentence))),
      close === null ? null : el("dl", "facts", factsOf(close).map(([word, value]) => el("div", null, el("dt", null, say(word)), el("dd", null, value))))));
  }
  if (findings.length > 0) {
    const sorted = SEVERITIES.flatMap((severity) => findings.filter((finding) => finding.severity === severity));
    parts.push(el("section", "found", el("h3", null, say("row.findings")), sorted.map((finding) => findingOf(finding, connection))));
  }
  return parts;
}

/**
 * @param {Feed.Close} close
 * @returns {[word: string, value: string][]}
 */
function factsOf({ first, layer, client_code, server_code, tcp, clean: inOrder, reported }) {
  if (layer === null) return [["row.close-layer", say("row.close-open")]];
  const code = (code) => (code === null ? "–" : String(code));
  return [
    ["row.close-first", say(`row.${first}`)],
    ["row.close-layer", say(`row.layer-${layer}`)],
    ["row.close-codes", `❱ ${code(client_code)} · ❰ ${code(server_code)}`],
    ["row.close-tcp", tcp ?? "–"],
    ["row.close-clean", say(inOrder ? "row.close-yes" : "row.close-no")],
    ["row.close-reported", `❱ ${reported.client ?? "–"} · ❰ ${reported.server ?? "–"}`],
  ];
}
