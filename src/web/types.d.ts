// What the feed sends (src/explain/views/feed), as the pages read it. Objects that stand in the JSON of `explain` too are
// described there; here is what the scripts touch.

declare namespace Feed {
  /** What is said: one text where both languages say the same. */
  type Said = string | Both;
  type Both = { en: string, zh: string };
  type Side = "client" | "server";
  type Layer = "tcp" | "websocket";
  type Evidence = "captured" | "rebuilt" | "inferred";
  type Severity = "error" | "warning" | "info";
  type Address = { address: string, port: number };

  type Label = [kind: "tcp" | "frame" | "ack" | "reset" | "many", text: Said, size?: Said];
  type Run = [length: number, field: string, value?: string];
  type State = { side: Side, layer: Layer, state: string, evidence: Evidence, text: string };

  /** What is said of a field: its name, its value in words, why it exists, and the sentence that defines it. */
  type FieldText = { id: string, name: Said, value: Said, why: Said, rfc?: string, sentence?: string };

  /** The texts of all fields, and the words for values, to which a grid points by number. */
  interface Fields { type: "fields", stream?: undefined, fields: FieldText[], values: Said[] }

  /** A frame's header: `at` is its place in the packet, `cut` the index of a frame that no packet has the header of. */
  type Grid = {
    at?: number, cut?: number, payload: number, length: string,
    fields: [id: string, bits: string, words: number][],
  };

  type Accept = { title: Said, steps: [what: Said, value: Said][], command: string | null };

  interface Connection { type: "connection", stream: number, client: Address, server: Address }

  /** Beside a connection's name: where in the capture it begins, what its packets are inside. */
  interface Head { type: "head", stream: number, begins?: Said, inside?: Said }

  interface Packet {
    type: "packet", stream: number, number: number, time_ns: number, from: Side, flags: string[], seq: number,
    len: number, ack: number | null, tcp: Record<Side, string>, ws: Record<Side, string> | null,
  }

  interface Transition {
    type: "transition", stream: number, packet: number | null, side: Side, layer: Layer, from: string, to: string,
    event: string, rfc: string, evidence: Evidence,
  }

  interface Upgrade { type: "upgrade", stream: number, response: { status: number } | null }

  interface Frame {
    type: "frame", stream: number, packets: number[], from: Side, opcode: string, masked: boolean,
    masking_key: string | null, length: number, payload_sha256: string | null,
  }

  interface Bytes {
    type: "bytes", stream: number, number: number, evidence: Evidence, captured: number, length: number,
    base64: string, runs: Run[], acks?: number, cut?: [index: number, beginning: string][],
    time: string, delta: string, acks_delta?: string, silence?: Said, begins?: Said, labels: Label[],
    states?: State[], inflated?: Said[],
    marks?: [severity: Severity, name: Said][], events?: Said[], accept?: Accept, round_trip?: string,
    grids?: Grid[],
  }

  interface Labels {
    type: "labels", stream: number, replaced?: [packet: number, label: Label][], added?: [packet: number, label: Label][],
  }

  type Words = { fact: string, inference: string | null, confirm: string | null };

  /** A note about the file; in a connection it is a `Finding`. */
  interface Note extends Words {
    id: string, severity: Severity, packets: number[], frame: number | null, rfc: string | null, at_fault: Side | null,
    zh?: Words,
  }

  interface Finding extends Note { type: "finding", stream: number }

  /** What each side's bytes were read as; an offset that is not known is null. */
  interface Coverage { type: "coverage", stream: number, client: CoveredRange[], server: CoveredRange[] }
  interface CoveredRange { from: number | null, to: number | null, as: string, why?: string }

  interface Close {
    type: "close", stream: number, first: Side | null, layer: "websocket" | "fin" | "rst" | "silence" | null,
    client_code: number | null, server_code: number | null, tcp: string | null, clean: boolean | null,
    reported: Record<Side, string | null>, verdict: Verdict | null,
  }

  /** Who ended it, on which layer, in which packet; the cause is one of the findings, or not known. */
  interface Verdict {
    ended_by: Side, layer: "websocket" | "fin" | "rst" | "silence", packet: number,
    cause: { finding: string, certainty: "certain" | "likely" | "possible" } | null, text: string,
  }

  interface Story { type: "story", stream: number, en: string[], zh: string[] }
  interface Notes { type: "notes", stream?: undefined, en: Words[], zh: Words[] }

  interface File {
    type: "file", stream?: undefined, name: string, format: string, link: string, packets: number, truncated: boolean,
    notes: Note[],
  }

  type Thing = Fields | Connection | Head | Packet | Transition | Upgrade | Frame | Bytes | Labels | Finding | Coverage
    | Close | Story | Notes | File | { type: "message", stream: number }
    | { type: "relay", stream: number } | { type: "resync", stream: number };

  /** What the live feed says besides. */
  type News = { type: "lost", events: number } | { type: "full", packet: number } | { type: "refused" } | Announcement;

  /** What just happened, as a sentence: behind the packet, the finding or the verdict that it tells of. */
  type Announcement = { type: "announcement", stream: number, text: Said };
}
