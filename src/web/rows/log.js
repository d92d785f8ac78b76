// @ts-check
// The log of connections: who is who, their packets, and what each packet carries. Nothing of how that looks.

/** What a packet weighs beside its bytes, and each of its runs: about what a browser takes for them. */
const OBJECT = 512;
const RUN = 96;

/** About how much memory an object takes. */
export function weightOf({ base64 = "", runs = [] }) {
  return OBJECT + base64.length + RUN * runs.length;
}

/** The connections of the feed. */
export class Log {
  connections = new Map();
  packets = new Map();
  #news;
  #prefix;

  /**
   * Called with what is new: `connection` and `packet` before more is known of them, `bytes` when a packet has its
   * bytes, `wrong` with the packet of a finding, `changed` when anything else of a packet has changed. All addresses
   * begin with `prefix`, where a page has several logs.
   */
  constructor(news, prefix = "") {
    this.#news = news;
    this.#prefix = prefix;
  }

  /** @param {Feed.Thing} object */
  add(object) {
    if (object.stream !== undefined) this[`_${object.type}`]?.(this.#connection(object.stream), object);
  }

  /** So many frames of it ended in packets that were not kept: those that follow count on. */
  skip(stream, frames) {
    this.#connection(stream).frameCount += frames;
  }

  /** Lets go of all packets, and of connections that are closed. */
  clear() {
    this.packets.clear();
    for (const [stream, connection] of this.connections) {
      if (connection.close !== null) this.connections.delete(stream);
      else Object.assign(connection, { frames: new Map(), story: null, findings: [], late: [], isStale: true });
    }
  }

  forget({ object, frames, connection }) {
    this.packets.delete(object.number);
    for (const { index } of frames) connection.frames.delete(index);
  }

  /** The packet whose row shows a frame: that with its header. */
  packetOfFrame(stream, index) {
    const all = stream === undefined ? this.connections.values() : [this.connections.get(Number(stream))];
    for (const connection of all) {
      const frame = connection?.frames.get(index);
      if (frame !== undefined) return this.packets.get(frame.at);
    }
    return undefined;
  }

  #connection(stream) {
    const known = this.connections.get(stream);
    if (known !== undefined) return known;
    const connection = {
      stream, prefix: this.#prefix, client: null, server: null, frames: new Map(), frameCount: 0,
      begins: null, inside: null, upgrade: null, close: null, story: null, findings: [], late: [], isStale: true,
    };
    this.connections.set(stream, connection);
    this.#news.connection(connection);
    return connection;
  }

  /** @param {any} connection @param {Feed.Connection} object */
  _connection(connection, { client, server }) {
    // Client and server were taken for each other: that holds for earlier packets, too.
    const before = connection.client;
    if (before !== null && (before.address !== client.address || before.port !== client.port)) this.#swapEnds(connection);
    Object.assign(connection, { client, server, isStale: true });
  }

  /** @param {any} connection @param {Feed.Head} object */
  _head(connection, object) {
    Object.assign(connection, { begins: object.begins ?? null, inside: object.inside ?? null, isStale: true });
  }

  /** @param {any} connection @param {Feed.Packet} object */
  _packet(connection, object) {
    const packet = {
      object, connection, bytes: null, transitions: [], findings: [],
      // Frames that end in it, those that begin in it, and the one that goes on in it from packets before.
      frames: [], beginning: [], continued: null,
    };
    connection.isStale = true;
    this.packets.set(object.number, packet);
    this.#news.packet(packet);
  }

  /** @param {any} connection @param {Feed.Transition} object */
  _transition(connection, object) {
    const packet = this.packets.get(object.packet);
    if (packet !== undefined) {
      packet.transitions.push(object);
      this.#news.changed(packet);
    } else {
      connection.late.push(object);
      connection.isStale = true;
    }
  }

  _upgrade(connection, object) {
    connection.upgrade = object;
    connection.isStale = true;
  }

  /** @param {any} connection @param {Feed.Frame} object */
  _frame(connection, object) {
    // Where its header is shown; and, if no packet has all of that, its beginning.
    const frame = Object.assign(object, { index: connection.frameCount, at: object.packets[0], beginning: null, label: null, segments: /** @type {any[]} */ ([]) });
    connection.frameCount += 1;
    connection.frames.set(frame.index, frame);
    this.packets.get(frame.at)?.beginning.push(frame);
    frame.segments = frame.packets.map((number) => this.packets.get(number)).filter((packet) => packet !== undefined);
    const last = this.packets.get(frame.packets.at(-1));
    if (last !== undefined) {
      last.frames.push(frame);
      this.#news.changed(last);
    }
    for (const number of frame.packets.slice(1)) {
      const packet = this.packets.get(number);
      if (packet === undefined || packet.continued !== null) continue;
      packet.continued = frame;
      this.#news.changed(packet);
    }
  }

  /** @param {any} connection @param {Feed.Bytes} object */
  _bytes(connection, object) {
    const packet = this.packets.get(object.number);
    if (packet === undefined) return;
    packet.bytes = object;
    labelFrames(packet);
    for (const [index, beginning] of object.cut ?? []) {
      const frame = connection.frames.get(index);
      if (frame !== undefined) Object.assign(frame, { at: object.number, beginning });
    }
    this.#news.bytes(packet);
  }

  /** @param {any} connection @param {Feed.Labels} labels */
  _labels(connection, { replaced = [], added = [] }) {
    for (const [number, label] of replaced) this.#label(number, () => [label]);
    for (const [number, label] of added) this.#label(number, (labels) => [...labels, label]);
  }

  #label(number, change) {
    const packet = this.packets.get(number);
    if (packet === undefined || packet.bytes === null) return;
    packet.bytes.labels = change(packet.bytes.labels);
    labelFrames(packet);
    this.#news.changed(packet);
  }

  /** @param {any} connection @param {Feed.Finding} object */
  _finding(connection, object) {
    connection.findings.push(object);
    connection.isStale = true;
    const packet = this.packets.get(object.packets.at(-1));
    if (packet === undefined || object.severity === "info") return;
    packet.findings.push(object);
    this.#news.wrong(packet);
  }

  _close(connection, object) {
    Object.assign(connection, { close: object, isStale: true });
  }

  _story(connection, object) {
    Object.assign(connection, { story: object, isStale: true });
  }

  #swapEnds(connection) {
    const other = { client: "server", server: "client" };
    const swapped = (both) => (both === null ? null : { client: both.server, server: both.client });
    for (const packet of this.packets.values()) {
      if (packet.connection !== connection) continue;
      const { object } = packet;
      Object.assign(object, { from: other[object.from], tcp: swapped(object.tcp), ws: swapped(object.ws) });
      for (const change of [...packet.transitions, ...packet.bytes?.states ?? []]) change.side = other[change.side];
      this.#news.changed(packet);
    }
    for (const frame of connection.frames.values()) frame.from = other[frame.from];
  }
}

/** Gives the frames that end in a packet their labels. */
function labelFrames({ bytes, frames }) {
  const labels = bytes.labels.filter(([kind]) => kind === "frame");
  frames.forEach((frame, place) => { frame.label = labels[place] ?? null; });
}
