//! Conversations as acts of the two ends, played to an observer and an inspector.

mod player;

use super::bytes::{request, response};
use super::certainty;
use crate::capture::Anomaly;
use crate::explain::findings::{Finding, Inspector, Verdict};
use crate::explain::text::Language;
use crate::explain::{File, View};
use crate::observe::{Checksum, Config, Evidence, Flags, IcmpCode, Observer};
use crate::testing::{Script, frame};
use crate::wire::PerSide;
use crate::wire::Side::{self, Client, Server};
use player::{Audience, Player, ViewEvent};

const MS: u64 = 1_000_000;

/// Segmentation of the bytes of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    /// One segment for each write.
    Whole,
    /// One segment for each byte.
    Bytes,
}

#[derive(Debug, Clone)]
enum Act {
    Segment {
        from: Side,
        flags: Flags,
        payload: Vec<u8>,
    },
    /// The last segment again, with all its numbers.
    Again(Side),
    /// The last segment again, with its IP ID too: captured twice.
    Copy(Side),
    /// A segment with no payload, its sequence number so far from the next one.
    Off {
        from: Side,
        flags: Flags,
        by: i32,
    },
    Window {
        of: Side,
        window: u16,
    },
    /// From here on this side's packets have another TTL.
    Ttl(Side, u8),
    /// From here on this side's IP IDs are so much larger.
    Id(Side, u16),
    /// Data to this side stays on its way.
    Hold(Side),
    Release(Side),
    Wait(u64),
    Back(u64),
    /// The next bytes of this side are not captured.
    Miss(Side, u32),
    /// A segment of which the capture has only so many bytes.
    Cut {
        from: Side,
        payload: Vec<u8>,
        kept: usize,
    },
    /// Another connection: to the same server from another port.
    Connection(u16),
    Checksum(Checksum),
    /// An ICMP error about the last segment of this side.
    Icmp(Side, IcmpCode),
    /// A packet without a TCP segment.
    Other(Anomaly),
    /// The file carries secrets of TLS.
    TlsSecrets,
}

/// Acts of the two ends, in order.
#[derive(Debug, Clone, Default)]
pub(super) struct Conversation {
    acts: Vec<Act>,
    evidence: Option<Evidence>,
    /// The only side whose packets are captured.
    only: Option<Side>,
    mss: Option<u16>,
    memory: Option<usize>,
}

impl Conversation {
    /// SYN, SYN-ACK, ACK.
    pub(super) fn tcp() -> Self {
        Self::default().handshake()
    }

    /// TCP, and the opening handshake of RFC 6455 §1.3.
    pub(super) fn websocket() -> Self {
        Self::tcp().opened()
    }

    pub(super) fn opened(self) -> Self {
        self.data(Client, request("").as_bytes()).data(Server, response("").as_bytes())
    }

    /// The same, with permessage-deflate with these parameters.
    pub(super) fn deflate(parameters: &str) -> Self {
        let offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";
        let answer = format!("Sec-WebSocket-Extensions: permessage-deflate{parameters}\r\n");
        Self::tcp().data(Client, request(offer).as_bytes()).data(Server, response(&answer).as_bytes())
    }

    fn act(mut self, act: Act) -> Self {
        self.acts.push(act);
        self
    }

    pub(super) fn send(self, from: Side, flags: Flags, payload: &[u8]) -> Self {
        self.act(Act::Segment { from, flags, payload: payload.to_vec() })
    }

    pub(super) fn handshake(self) -> Self {
        self.send(Client, Flags::SYN, b"").send(Server, Flags::SYN | Flags::ACK, b"").ack(Client)
    }

    pub(super) fn data(self, from: Side, payload: &[u8]) -> Self {
        self.send(from, Flags::PSH | Flags::ACK, payload)
    }

    pub(super) fn ack(self, from: Side) -> Self {
        self.send(from, Flags::ACK, b"")
    }

    pub(super) fn fin(self, from: Side) -> Self {
        self.send(from, Flags::FIN | Flags::ACK, b"")
    }

    pub(super) fn rst(self, from: Side) -> Self {
        self.send(from, Flags::RST | Flags::ACK, b"")
    }

    /// A frame; the client's is masked with a key of its own.
    pub(super) fn frame(self, from: Side, first: u8, payload: &[u8]) -> Self {
        let place = self.acts.len() as u8;
        let key = (from == Client).then_some([place, 0xA5, place.wrapping_mul(7), 0x3C]);
        self.data(from, &frame(first, key, payload))
    }

    /// Four segments, the server's FIN first.
    pub(super) fn four(self) -> Self {
        self.four_from(Server)
    }

    pub(super) fn four_from(self, first: Side) -> Self {
        let second = first.peer();
        self.fin(first).ack(second).fin(second).ack(first)
    }

    /// Both Close frames with 1000, and TCP's end.
    pub(super) fn closed(self) -> Self {
        self.frame(Client, 0x88, &[3, 0xE8]).frame(Server, 0x88, &[3, 0xE8]).four()
    }

    pub(super) fn wait_ms(self, ms: u64) -> Self {
        self.act(Act::Wait(ms * MS))
    }

    pub(super) fn wait_s(self, seconds: u64) -> Self {
        self.wait_ms(seconds * 1000)
    }

    pub(super) fn back_ms(self, ms: u64) -> Self {
        self.back_us(ms * 1000)
    }

    pub(super) fn back_us(self, us: u64) -> Self {
        self.act(Act::Back(us * 1000))
    }

    pub(super) fn again(self, from: Side) -> Self {
        self.act(Act::Again(from))
    }

    pub(super) fn copy(self, from: Side) -> Self {
        self.act(Act::Copy(from))
    }

    pub(super) fn off(self, from: Side, flags: Flags, by: i32) -> Self {
        self.act(Act::Off { from, flags, by })
    }

    pub(super) fn window(self, of: Side, window: u16) -> Self {
        self.act(Act::Window { of, window })
    }

    pub(super) fn hold(self, side: Side) -> Self {
        self.act(Act::Hold(side))
    }

    pub(super) fn release(self, side: Side) -> Self {
        self.act(Act::Release(side))
    }

    pub(super) fn miss(self, from: Side, bytes: u32) -> Self {
        self.act(Act::Miss(from, bytes))
    }

    pub(super) fn cut(self, from: Side, payload: &[u8], kept: usize) -> Self {
        self.act(Act::Cut { from, payload: payload.to_vec(), kept })
    }

    pub(super) fn ttl(self, side: Side, ttl: u8) -> Self {
        self.act(Act::Ttl(side, ttl))
    }

    pub(super) fn id(self, side: Side, ahead: u16) -> Self {
        self.act(Act::Id(side, ahead))
    }

    pub(super) fn connection(self, port: u16) -> Self {
        self.act(Act::Connection(port))
    }

    pub(super) fn checksum(self, checksum: Checksum) -> Self {
        self.act(Act::Checksum(checksum))
    }

    pub(super) fn icmp(self, about: Side, kind: u8, code: u8) -> Self {
        self.act(Act::Icmp(about, IcmpCode::V4 { kind, code }))
    }

    pub(super) fn other(self, anomaly: Anomaly) -> Self {
        self.act(Act::Other(anomaly))
    }

    pub(super) fn tls_secrets(self) -> Self {
        self.act(Act::TlsSecrets)
    }

    pub(super) fn then(mut self, other: Self) -> Self {
        self.acts.extend(other.acts);
        self
    }

    pub(super) fn rebuilt(self) -> Self {
        Self { evidence: Some(Evidence::Rebuilt), ..self }
    }

    pub(super) fn only(self, side: Side) -> Self {
        Self { only: Some(side), ..self }
    }

    pub(super) fn mss(self, mss: u16) -> Self {
        Self { mss: Some(mss), ..self }
    }

    /// With so much memory for connections, in bytes.
    pub(super) fn memory(self, bytes: usize) -> Self {
        Self { memory: Some(bytes), ..self }
    }

    /// Number of acts.
    pub(super) const fn len(&self) -> usize {
        self.acts.len()
    }

    /// Without its first acts: the capture begins midway.
    pub(super) fn midway(mut self, from: usize) -> Self {
        self.acts.drain(..from);
        self
    }

    /// Plays it, and returns the findings.
    pub(super) fn play(&self, cut: Cut) -> Vec<Finding> {
        self.play_on(cut, &[])
    }

    /// The same, on ports that are assumed to be WebSocket.
    pub(super) fn play_on(&self, cut: Cut, ports: &[u16]) -> Vec<Finding> {
        let (events, of_capture) = self.events(cut, ports);
        let found = events.into_iter().filter_map(|event| match event {
            ViewEvent::Finding(_, found) => Some(found),
            _ => None,
        });
        found.chain(of_capture).inspect(certainty::check).collect()
    }

    /// The verdict on its last connection.
    pub(super) fn verdict(&self) -> Option<Verdict> {
        let (events, _) = self.events(Cut::Whole, &[]);
        let mut verdicts = events.into_iter().filter_map(|event| match event {
            ViewEvent::Verdict(_, verdict) => Some(verdict),
            _ => None,
        });
        verdicts.next_back()
    }

    /// Plays it to a view.
    pub(super) fn show(&self, view: &mut dyn View) {
        let (events, of_capture) = self.events(Cut::Whole, &[]);
        for event in events {
            match event {
                ViewEvent::Observation(step) => view.step(&step),
                ViewEvent::Finding(stream, found) => view.finding(stream, &found),
                ViewEvent::Verdict(stream, verdict) => view.verdict(stream, &verdict),
                ViewEvent::Ended(ended) => view.ended(&ended),
            }
            .unwrap();
        }
        let notes = of_capture.iter().map(|finding| finding.render(Language::En)).collect();
        view.finish(&File { notes, ..File::default() }).unwrap();
    }

    /// Events of the connections in their order, and findings about the capture as a whole.
    fn events(&self, cut: Cut, ports: &[u16]) -> (Vec<ViewEvent>, Vec<Finding>) {
        let max_memory = self.memory.unwrap_or(Config::default().max_memory);
        let config = Config { assume_websocket: ports.to_vec(), max_memory, ..Config::default() };
        let ends = PerSide { client: ([10, 0, 0, 1], 50_000).into(), server: ([10, 0, 0, 2], 9_001).into() };
        let mut script = Script::new(ends, PerSide { client: 1_000, server: 5_000 });
        script.syn_options.mss = Some(self.mss.unwrap_or(1460));
        script.evidence = self.evidence.unwrap_or(Evidence::Captured);
        script.checksum = Checksum::Right;
        script.ttl = Some(PerSide { client: 64, server: 128 });
        let (observer, inspector) = (Observer::new(config), Inspector::default());
        let mut player = Player {
            script,
            audience: Audience {
                only: self.only.map(|side| ends[side]),
                observer,
                inspector,
                events: Vec::new(),
            },
        };
        for act in &self.acts {
            player.act(act, cut);
        }
        let mut audience = player.audience;
        let observer = std::mem::replace(&mut audience.observer, Observer::new(Config::default()));
        let given_up = observer.given_up();
        for ended in observer.finish() {
            audience.ended(ended);
        }
        (audience.events, audience.inspector.finish(&given_up))
    }
}
