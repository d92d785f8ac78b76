// @ts-check
// What the rows that were shown say about the questions of the tour. Nothing here knows what is right: the feed does.

const DATA = ["text", "binary"];

/**
 * How each fact is read from an object of the feed, and what was shown of its connection before; `undefined`: this one
 * does not say.
 * @type {Record<string, (object: any, so: ReturnType<typeof begin>) => string | undefined>}
 */
const FACTS = {
  "first-packet": (object, { packets }) => (object.type === "packet" && packets === 1 ? object.from : undefined),
  "answer-to-syn": (object, { ofServer }) => (object.type === "packet" && object.from === "server" && ofServer === 1 ? object.flags.join(",") : undefined),
  "packets-to-open": (object, { packets, wasOpen }) => (object.type === "packet" && !wasOpen && isOpen(object) ? String(packets) : undefined),
  "first-data": (object, { data }) => (object.type === "packet" && object.len > 0 && data === 1 ? object.from : undefined),
  "status": (object) => (object.type === "upgrade" && object.response !== null ? String(object.response.status) : undefined),
  "bytes-around-text": (object, { length }) => (isMessage(object, "client") && object.packets.length === 1 ? String(length - object.length) : undefined),
  "mask-of-server": (object) => (isMessage(object, "server") ? (object.masked ? "masked" : "plain") : undefined),
  "body-of-pong": (object, { ping }) => {
    if (object.type !== "frame" || object.opcode !== "pong" || ping === null) return undefined;
    if (object.payload_sha256 === ping.payload_sha256) return "same";
    return object.length === 0 ? "empty" : "other";
  },
  "close-frames": (object, { closes }) => (closes === 2 || (object.type === "packet" && object.flags.includes("FIN")) ? String(closes) : undefined),
  "first-fin": (object, { fins }) => (object.type === "packet" && object.flags.includes("FIN") && fins === 1 ? object.from : undefined),
  "time-wait": (object) => {
    if (object.type === "transition" && object.to === "TIME-WAIT") return object.side;
    return object.type === "close" ? "none" : undefined;
  },
  "port-again": (object, { portBefore }) => {
    if (object.type !== "connection" || portBefore === null) return undefined;
    return object.client.port === portBefore ? "same-port" : "other-port";
  },
};

const isOpen = ({ tcp }) => tcp.client === "ESTABLISHED" && tcp.server === "ESTABLISHED";
const isMessage = (object, from) => object.type === "frame" && object.from === from && DATA.includes(object.opcode);

/** What was shown of a connection so far. */
const begin = (portBefore) => ({
  packets: 0, ofServer: 0, data: 0, length: 0, wasOpen: false, ping: /** @type {any} */ (null), closes: 0, fins: 0, port: /** @type {number | null} */ (null), portBefore,
});

export class TourFacts {
  /** What has shown, and in which packet. @type {Map<string, { value: string, packet: number }>} */
  #facts = new Map();
  /** @type {number | null} */
  #stream = null;
  #packet = 0;
  #so = begin(null);

  /** Takes an object of the feed: those of the newest connection count. */
  note(object) {
    if (object.type === "connection" && object.stream !== this.#stream) {
      this.#stream = object.stream;
      this.#so = { ...begin(this.#so.port), port: object.client.port };
    }
    if (object.stream !== this.#stream) return;
    this.#count(object);
    for (const [name, read] of Object.entries(FACTS)) {
      const value = read(object, this.#so);
      // A connection is announced before its first packet.
      const packet = this.#packet + (object.type === "connection" ? 1 : 0);
      if (value !== undefined && !this.#facts.has(name)) this.#facts.set(name, { value, packet });
    }
    if (object.type === "packet") this.#so.wasOpen ||= isOpen(object);
  }

  /** What has shown of a fact; `undefined`: nothing yet. */
  get(name) {
    return this.#facts.get(name);
  }

  /** Only what is shown from now on counts. */
  forget(name) {
    this.#facts.delete(name);
  }

  #count(object) {
    const so = this.#so;
    if (object.type === "packet") {
      this.#packet = object.number;
      so.packets += 1;
      so.length = object.len;
      if (object.from === "server") so.ofServer += 1;
      if (object.len > 0) so.data += 1;
      if (object.flags.includes("FIN")) so.fins += 1;
    } else if (object.type === "frame") {
      if (object.opcode === "ping") so.ping = object;
      if (object.opcode === "close") so.closes += 1;
    }
  }
}
