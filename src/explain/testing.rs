//! Captures to be shown by every view: one of observations made by hand, and one that the observer saw.

use std::net::SocketAddr;

use super::{File, View};
use crate::observe::tcp::{Event, State};
use crate::observe::{
    self, Change, Checksum, Close, Config, EndReason, Ended, Evidence, Fact, First, Flags, Head, HeaderFit,
    Known, Layer, Marks, Numbers, Observation, Observer, Options, Request, RequestKind, Response, RoleSource,
    Segment, Stream, TcpClose, Transition, ws,
};
use crate::rfc::Rfc;
use crate::testing::{BEGIN_NS, Script, frame};
use crate::wire::http::{Key, Status};
use crate::wire::ws::ReadyState;
use crate::wire::{PerSide, Side};

const CAPTURED: Evidence = Evidence::Captured;

const SYN_OPTIONS: Options =
    Options { mss: Some(1460), window_scale: Some(7), sack_permitted: false, timestamps: None };

/// A capture as the observer emitted it.
pub(super) struct ObservedCapture {
    pub(super) steps: Vec<Observation>,
    pub(super) ended: Vec<Ended>,
}

impl ObservedCapture {
    /// Feed all of it to a view.
    pub(super) fn show(&self, view: &mut dyn View) {
        self.steps.iter().for_each(|step| view.step(step).unwrap());
        self.ended.iter().for_each(|ended| view.ended(ended).unwrap());
        let packets = self.steps.len() as u64;
        let (format, link) = ("pcapng".to_owned(), "ETHERNET".to_owned());
        let file = File { name: "made.pcapng".to_owned(), format, link, packets, ..File::default() };
        view.finish(&file).unwrap();
    }
}

fn ends() -> PerSide<SocketAddr> {
    PerSide { client: ([10, 0, 0, 1], 50_000).into(), server: ([10, 0, 0, 2], 8_080).into() }
}

fn stream(ends: PerSide<SocketAddr>) -> Fact {
    let before = PerSide { client: State::Closed, server: State::Listen };
    let role_source = RoleSource::Syn;
    Fact::Stream(Stream { ends, role_source, evidence: CAPTURED, initial: before, reuses_ports_of: None })
}

fn tcp(packet: u64, side: Side, from: State, to: State, event: Event) -> Transition {
    let change = Change::Tcp { from, to, event };
    Transition { packet: Some(packet), side, change, rfc: Rfc(9293, "3.5"), evidence: CAPTURED }
}

fn open(packet: u64, side: Side, event: ws::Event) -> Transition {
    let change = Change::WebSocket { from: ReadyState::Connecting, to: ReadyState::Open, event };
    Transition { packet: Some(packet), side, change, rfc: Rfc(6455, "4.1"), evidence: CAPTURED }
}

/// A connection of observations made by hand: each with the changes it brings.
struct HandmadeConnection {
    capture: ObservedCapture,
    tcp: PerSide<State>,
    ws: PerSide<ReadyState>,
    time_ns: u64,
    next: PerSide<i64>,
}

impl HandmadeConnection {
    fn new() -> Self {
        Self {
            capture: ObservedCapture { steps: Vec::new(), ended: Vec::new() },
            tcp: PerSide { client: State::Closed, server: State::Listen },
            ws: PerSide { client: ReadyState::Connecting, server: ReadyState::Connecting },
            time_ns: BEGIN_NS,
            next: PerSide { client: 0, server: 0 },
        }
    }

    fn packet(&mut self, after_ns: u64, from: Side, flags: Flags, length: u32) -> &mut Observation {
        self.time_ns += after_ns;
        let known = |state| Known { state, evidence: CAPTURED };
        let seq = self.next[from];
        self.next[from] +=
            i64::from(length) + i64::from(flags.has(Flags::SYN)) + i64::from(flags.has(Flags::FIN));
        self.capture.steps.push(Observation {
            stream: 0,
            number: self.capture.steps.len() as u64 + 1,
            time_ns: self.time_ns,
            from,
            ip: None,
            fit: HeaderFit::Unknown,
            flags,
            seq,
            ack: flags.has(Flags::ACK).then_some(self.next[from.peer()]),
            length,
            window: 64_240,
            options: if flags.has(Flags::SYN) { SYN_OPTIONS } else { Options::default() },
            evidence: CAPTURED,
            checksum: Checksum::Unknown,
            marks: Marks::NONE,
            tcp: self.tcp.map(known),
            ws: Some(PerSide { client: known_ws(self.ws.client), server: known_ws(self.ws.server) }),
            transitions: Vec::new(),
            facts: Vec::new(),
        });
        self.capture.steps.last_mut().unwrap()
    }

    /// The last packet changed these.
    fn changed(&mut self, changes: &[(Side, State, Event)]) {
        for &(side, to, event) in changes {
            let step = self.capture.steps.last_mut().unwrap();
            step.transitions.push(tcp(step.number, side, self.tcp[side], to, event));
            self.tcp[side] = to;
            step.tcp[side].state = to;
        }
    }

    fn opened(&mut self, side: Side, event: ws::Event) {
        let step = self.capture.steps.last_mut().unwrap();
        step.transitions.push(open(step.number, side, event));
        self.ws[side] = ReadyState::Open;
        step.ws.as_mut().unwrap()[side] = known_ws(ReadyState::Open);
    }
}

/// That a connection will be a WebSocket is only supposed before its request.
const fn known_ws(state: ReadyState) -> Known<ReadyState> {
    let evidence = if matches!(state, ReadyState::Connecting) { Evidence::Inferred } else { CAPTURED };
    Known { state, evidence }
}

fn head(packet: u64, length: u64, lines: &[(&str, &str)]) -> Head {
    let lines = lines.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec())).collect();
    let (packets, raw) = (Numbers::new(packet), Vec::new());
    Head { packets, offset: 0, length, raw, lines, refused: None, evidence: CAPTURED }
}

/// SYN to 101, a second of silence and more, then the server's RST.
pub(super) fn opened_and_reset() -> ObservedCapture {
    use Side::{Client, Server};
    let key = Key::parse(b"dGhlIHNhbXBsZSBub25jZQ==").unwrap();
    let mut made = HandmadeConnection::new();
    made.packet(0, Client, Flags::SYN, 0).facts.push(stream(ends()));
    made.changed(&[
        (Client, State::SynSent, Event::SendSyn),
        (Server, State::SynReceived, Event::ReceiveSyn),
    ]);
    made.packet(41_000, Server, Flags::SYN | Flags::ACK, 0);
    made.changed(&[(Client, State::Established, Event::ReceiveSynAck)]);
    made.packet(8_000, Client, Flags::ACK, 0);
    made.changed(&[(Server, State::Established, Event::ReceiveAckOfSyn)]);

    let request = Request {
        head: head(
            4,
            120,
            &[("Host", "example.com"), ("Upgrade", "websocket"), ("Sec-WebSocket-Key", key.as_str())],
        ),
        method: "GET".to_owned(),
        target: "/ws".to_owned(),
        version: "HTTP/1.1".to_owned(),
        kind: RequestKind::WebSocket,
        key: Some((key.as_str().to_owned(), Ok(()))),
        accept_expected: Some(key.accept()),
        body: observe::Body::Bytes(0),
        draft: None,
    };
    let step = made.packet(200_000, Client, Flags::PSH | Flags::ACK, 120);
    step.facts.push(Fact::Request(Box::new(request)));
    made.packet(30_000, Server, Flags::ACK, 0);
    let response = Response {
        head: head(6, 90, &[("Upgrade", "websocket"), ("Sec-WebSocket-Accept", &key.accept())]),
        version: "HTTP/1.1".to_owned(),
        status: Status(101),
        phrase: "Switching Protocols".to_owned(),
        upgrade: Some(observe::Upgrade {
            key: Some(key.as_str().to_owned()),
            accept: Some(key.accept()),
            accept_expected: Some(key.accept()),
            subprotocol: None,
            extensions: Vec::new(),
            draft: None,
            faults: Vec::new(),
        }),
        body: observe::Body::Bytes(0),
        switch: observe::Switch::WebSocket,
    };
    let step = made.packet(600_000, Server, Flags::PSH | Flags::ACK, 90);
    step.facts.push(Fact::Response(Box::new(response)));
    made.opened(Server, ws::Event::Send101);
    made.opened(Client, ws::Event::Receive101);
    made.packet(58_900_000_000, Server, Flags::RST | Flags::ACK, 0);
    made.changed(&[(Server, State::Closed, Event::SendRst), (Client, State::Closed, Event::ReceiveRst)]);

    let close = Close {
        first: Some(First { side: Server, layer: Layer::Rst, packet: 7 }),
        rst: Some((Server, 7)),
        tcp: Some(TcpClose::Reset),
        ..Close::default()
    };
    let last = made.capture.steps.last().unwrap();
    let (tcp, ws) = (last.tcp, last.ws);
    let (transitions, facts, reason) = (Vec::new(), Vec::new(), EndReason::Finished);
    made.capture.ended.push(Ended {
        stream: 0,
        reason,
        tcp,
        ws,
        transitions,
        facts,
        close,
        packets: 7,
        last_packet: 7,
    });
    made.capture
}

/// The same, but at first the ends were taken for each other.
pub(super) fn corrected() -> ObservedCapture {
    let mut capture = opened_and_reset();
    let PerSide { client, server } = ends();
    capture.steps[0].facts = vec![stream(PerSide { client: server, server: client })];
    capture.steps[0].from = Side::Server;
    for transition in &mut capture.steps[0].transitions {
        transition.side = transition.side.peer();
    }
    let PerSide { client, server } = capture.steps[0].tcp;
    capture.steps[0].tcp = PerSide { client: server, server: client };
    capture.steps[1].facts = vec![stream(ends())];
    capture
}

/// A conversation as the observer reports it: the Upgrade, so many messages of the client, each echoed, all in segments
/// of their own but the last echo, which is cut in three and followed by a Close frame in its last segment; then the
/// close.
pub(super) fn chatter(messages: usize) -> ObservedCapture {
    use Side::{Client, Server};
    const DATA: Flags = Flags(Flags::PSH.0 | Flags::ACK.0);
    const FIN: Flags = Flags(Flags::FIN.0 | Flags::ACK.0);
    let mut script = Script::new(ends(), PerSide { client: 1_000, server: 5_000 });
    script.syn_options = SYN_OPTIONS;
    script.gap_ns = 1_000_000;
    let mut observer = Observer::new(Config::default());
    let mut steps = Vec::new();
    let mut observe = |segment: Segment<'_>| steps.push(observer.observe(&segment));
    script.handshake().into_iter().for_each(&mut observe);
    observe(script.segment(
        Client,
        DATA,
        b"GET /echo HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
          Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    ));
    observe(script.segment(
        Server,
        DATA,
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
          Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
    ));
    for message in 0..messages {
        let text = format!("message {message}");
        observe(script.segment(Client, DATA, &frame(0x81, Some([1, 2, 3, 4]), text.as_bytes())));
        let echo = frame(0x81, None, text.as_bytes());
        if message + 1 < messages {
            observe(script.segment(Server, DATA, &echo));
            continue;
        }
        observe(script.segment(Server, Flags::ACK, &echo[..4]));
        observe(script.segment(Server, Flags::ACK, &echo[4..6]));
        let close = frame(0x88, None, b"\x03\xe8bye; <b>\x20");
        observe(script.segment(Server, DATA, &[&echo[6..], &close[..]].concat()));
    }
    // All but three bytes, then all.
    let numbers = (script.next.client, script.expects.client - 3);
    observe(script.segment_at(Client, Flags::ACK, numbers, b""));
    observe(script.segment(Client, Flags::ACK, b""));
    observe(script.segment(Client, DATA, &frame(0x88, Some([0xAA, 1, 2, 3]), b"\x03\xe8")));
    for (from, flags) in [(Server, FIN), (Client, FIN), (Server, Flags::ACK)] {
        observe(script.segment(from, flags, b""));
    }
    ObservedCapture { steps, ended: observer.finish().collect() }
}
