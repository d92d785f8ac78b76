// What was told of connections: who is who, their packets, and what each packet carries. Nothing of how that looks.

import { fromBase64 } from "./dom.js";

/** What a packet weighs beside its bytes, and each of its runs: about what a browser takes for them. */
const OBJECT = 512;
const RUN = 96;

/** About how much memory an object takes. */
export function weightOf({ base64 = "", runs = [] }) {
  return OBJECT + base64.length + RUN * runs.length;
}

/** Milliseconds since the connection's first packet. Numbers of a browser hold times since 1970 only to 256 ns. */
export function timeOf({ object, bytes, connection }) {
  return (bytes?.at_ns ?? object.time_ns - connection.first_ns) / 1e6;
}

export class Told {
  connections = new Map();
  packets = new Map();
  #news;

  /**
   * `news` is told what comes: `connection`, `packet` and `wrong` (with the packet that it is about) before anything is
   * known of them but their names, `bytes` when a packet's are there, `changed` when something else of it has.
   */
  constructor(news) {
    this.#news = news;
  }

  take(object) {
    if (object.stream !== undefined) this[`_${object.type}`]?.(this.#connection(object.stream), object);
  }

  /** So many frames of it ended in packets that were not kept: those that follow count on. */
  skip(stream, frames) {
    this.#connection(stream).frameCount += frames;
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
      stream, client: null, server: null, first_ns: null, previous: null, frames: new Map(), frameCount: 0,
      upgrade: null, close: null, story: null, findings: [], late: [], isStale: true,
    };
    this.connections.set(stream, connection);
    this.#news.connection(connection);
    return connection;
  }

  _connection(connection, { client, server }) {
    // Client and server were taken for each other: that holds for what was told before, too.
    const before = connection.client;
    if (before !== null && (before.address !== client.address || before.port !== client.port)) this.#swapEnds(connection);
    Object.assign(connection, { client, server, isStale: true });
  }

  _packet(connection, object) {
    const { previous } = connection;
    connection.first_ns ??= object.time_ns;
    const packet = {
      object, connection, bytes: null, heads: [], parts: [], transitions: [], findings: [],
      // Frames that end in it, and those that begin in it.
      frames: [], begun: [],
      before: previous === null ? null : { time: timeOf(previous), phase: previous.bytes?.phase ?? null },
    };
    connection.previous = packet;
    connection.isStale = true;
    this.packets.set(object.number, packet);
    this.#news.packet(packet);
  }

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
    for (const part of [object.request, object.response]) this.#carried(part?.packets ?? [], part?.method ?? String(part?.status));
  }

  _frame(connection, object) {
    // Where its header is shown; and, if no packet has all of that, its beginning.
    const frame = Object.assign(object, { index: connection.frameCount, at: object.packets[0], beginning: null });
    connection.frameCount += 1;
    connection.frames.set(frame.index, frame);
    this.packets.get(frame.at)?.begun.push(frame);
    const last = this.packets.get(frame.packets.at(-1));
    if (last !== undefined) {
      last.frames.push(frame);
      this.#news.changed(last);
    }
    this.#carried(frame.packets, frame.opcode.toUpperCase(), frame);
  }

  _bytes(connection, object) {
    const packet = this.packets.get(object.number);
    if (packet === undefined) return;
    packet.bytes = object;
    packet.heads = headsIn(object);
    for (const [index, beginning] of object.cut ?? []) {
      const frame = connection.frames.get(index);
      if (frame !== undefined) Object.assign(frame, { at: object.number, beginning });
    }
    this.#news.bytes(packet);
  }

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

  /** Something that takes several packets: each carries its part. */
  #carried(packets, what, frame = null) {
    if (packets.length < 2) return;
    packets.forEach((number, place) => {
      const packet = this.packets.get(number);
      if (packet === undefined) return;
      packet.parts.push({ a: place + 1, b: packets.length, what, frame });
      this.#news.changed(packet);
    });
  }

  #swapEnds(connection) {
    const other = { client: "server", server: "client" };
    const swapped = (both) => (both === null ? null : { client: both.server, server: both.client });
    for (const packet of this.packets.values()) {
      if (packet.connection !== connection) continue;
      const { object } = packet;
      Object.assign(object, { from: other[object.from], tcp: swapped(object.tcp), ws: swapped(object.ws) });
      for (const transition of packet.transitions) transition.side = other[transition.side];
      this.#news.changed(packet);
    }
    for (const frame of connection.frames.values()) frame.from = other[frame.from];
  }
}

/** The first lines of the heads in a packet. */
function headsIn({ base64, runs }) {
  const heads = [];
  let at = 0;
  for (const [len, field] of runs) {
    const kind = { "http.request-line": "request", "http.status-line": "response" }[field];
    if (kind !== undefined) {
      const line = new TextDecoder().decode(fromBase64(base64, at, at + len)).trim();
      const text = kind === "request" ? line.replace(/ HTTP\/[\d.]+$/, "") : line.replace(/^HTTP\/[\d.]+ /, "");
      heads.push({ kind, text });
    }
    at += len;
  }
  return heads;
}
