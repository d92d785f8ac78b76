// @ts-check
// A state diagram, drawn from the table of transitions that the server's referee goes by. Here stands only where each
// state is drawn.

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 94;
const HEIGHT = 24;
/** A mark of an end that is in the state: at the edge of its box, beside the longest name. */
const CHIP = 11;
/** Where the states stand: as in figure 5 of RFC 9293, and in the order of a connection's life. */
const PLACES = {
  tcp: {
    "CLOSED": [150, 14], "LISTEN": [150, 54], "SYN-RECEIVED": [50, 88], "SYN-SENT": [250, 88],
    "ESTABLISHED": [150, 122], "FIN-WAIT-1": [50, 156], "CLOSE-WAIT": [250, 156],
    "FIN-WAIT-2": [50, 212], "CLOSING": [150, 188], "LAST-ACK": [250, 212], "TIME-WAIT": [150, 246],
  },
  ws: { "CONNECTING": [50, 14], "OPEN": [150, 46], "CLOSING": [250, 14], "CLOSED": [250, 78] },
};
const HEIGHTS = { tcp: 260, ws: 92 };
/** Where a line goes round what stands in its way. */
const BENDS = { "LAST-ACK CLOSED": [[304, 212], [304, 14]], "TIME-WAIT CLOSED": [[-4, 246], [-4, 14]] };
const GLYPHS = { client: "❱", server: "❰" };

export class Diagram {
  #nodes = new Map();
  #edges = new Map();
  #picture;
  #pills = new Map();
  #ends = { client: document.createElement("span"), server: document.createElement("span") };
  #name;
  #states = { client: null, server: null };

  /** Draws the machine `{ states, transitions }` into `figure`. */
  constructor(figure, name, { states, transitions }) {
    this.#name = name;
    this.#picture = svg("svg", { "viewBox": `-8 0 316 ${HEIGHTS[name]}`, "role": "img" });
    const marker = svg("marker", { id: `head-${name}`, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 8, markerHeight: 8, markerUnits: "userSpaceOnUse", orient: "auto-start-reverse" });
    marker.append(svg("path", { d: "M0 0L8 4L0 8z" }));
    this.#picture.append(marker);
    for (const { from, event, to, rfc } of transitions) this.#edge(from, to, `${event} (${rfc})`);
    for (const state of states) this.#node(state);
    const both = document.createElement("p");
    both.className = "of-both";
    both.append(this.#ends.client, " ", this.#ends.server);
    // The same where there is no room for a picture.
    const pills = document.createElement("ol");
    pills.className = "pills";
    pills.ariaHidden = "true";
    for (const state of states) {
      const pill = document.createElement("li");
      pill.className = "pill";
      pill.textContent = state;
      this.#pills.set(state, pill);
      pills.append(pill);
    }
    figure.append(both, this.#picture, pills);
    this.reset();
  }

  /** Where a connection begins. */
  reset() {
    for (const edge of this.#edges.values()) edge.classList.remove("taken");
    this.show("client", null);
    this.show("server", null);
  }

  /** Lights the state that an end is in; `null`: none. `mark` says how it is known: "", "*" or "?". */
  show(side, state, mark = "") {
    this.#states[side] = state;
    for (const parts of [this.#nodes, this.#pills]) for (const [name, part] of parts) part.classList.toggle(side, name === state);
    this.#ends[side].textContent = `${GLYPHS[side]} ${state ?? "–"}${mark}`;
    const { client, server } = this.#ends;
    this.#picture.setAttribute("aria-label", `${this.#name === "tcp" ? "TCP" : "WebSocket"}: ${client.textContent} ${server.textContent}`);
  }

  /** Marks the transition that an end has made. */
  mark(from, to) {
    this.#edges.get(`${from} ${to}`)?.classList.add("taken");
  }

  /** What is lit, in words: `❱ OPEN`, `❰ OPEN`. */
  get lit() {
    return { client: this.#ends.client.textContent ?? "", server: this.#ends.server.textContent ?? "" };
  }

  /** The states that are lit. */
  get states() {
    return { ...this.#states };
  }

  #node(state) {
    const [x, y] = PLACES[this.#name][state];
    const node = svg("g", { "class": "node", "data-state": state, "transform": `translate(${x - WIDTH / 2} ${y - HEIGHT / 2})` });
    const label = svg("text", { x: WIDTH / 2, y: HEIGHT / 2, class: "name" });
    label.textContent = state;
    node.append(svg("rect", { width: WIDTH, height: HEIGHT, rx: 6, class: "box" }), label);
    for (const [side, at] of /** @type {[Feed.Side, number][]} */ ([["client", 0], ["server", WIDTH - CHIP]])) {
      const chip = svg("g", { class: `chip of-${side}` });
      const glyph = svg("text", { x: at + CHIP / 2, y: HEIGHT / 2 });
      glyph.textContent = GLYPHS[side];
      chip.append(svg("rect", { x: at, width: CHIP, height: HEIGHT, rx: 5 }), glyph);
      node.append(chip);
    }
    this.#nodes.set(state, node);
    this.#picture.append(node);
  }

  /** Several events may lead the same way: one line, which says them all. */
  #edge(from, to, says) {
    const known = this.#edges.get(`${from} ${to}`);
    if (known !== undefined) {
      known.firstChild.textContent += `\n${says}`;
      // Not by resets alone.
      if (!says.includes("RST")) known.classList.remove("reset");
      return;
    }
    const [a, b] = [PLACES[this.#name][from], PLACES[this.#name][to]];
    const bends = (this.#name === "tcp" && BENDS[`${from} ${to}`]) || [];
    const way = [border(a, bends[0] ?? b), ...bends, border(b, bends.at(-1) ?? a)];
    const line = svg("path", { "d": `M${way.join("L")}`, "marker-end": `url(#head-${this.#name})`, "class": `edge${says.includes("RST") ? " reset" : ""}`, "data-edge": `${from} ${to}` });
    const title = svg("title", {});
    title.textContent = `${from} → ${to}\n${says}`;
    line.append(title);
    this.#edges.set(`${from} ${to}`, line);
    this.#picture.append(line);
  }
}

/** Where the line from the middle of one box to that of another leaves the first. */
function border([x, y], [toX, toY]) {
  const [dx, dy] = [toX - x, toY - y];
  const scale = Math.min(Math.abs((WIDTH / 2) / (dx || 1e-9)), Math.abs((HEIGHT / 2) / (dy || 1e-9)));
  return [x + dx * scale, y + dy * scale].map((value) => Math.round(value * 10) / 10);
}

function svg(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
