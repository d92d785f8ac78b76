//! The observer of every packet: prints the state transitions in the end, and writes the capture.

use std::borrow::Cow;
use std::io;

use wirewalk::capture::Interface;
use wirewalk::observe::tcp::State;
use wirewalk::observe::{Config, Fact, Frame, Observation, Observer};
use wirewalk::wire::ws::ReadyState;
use wirewalk::wire::{PerSide, Side};

use super::output;
use super::packets::Packet;
use super::recording::Recording;

/// A hint for Wireshark.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WiresharkHint {
    /// The display filter.
    pub(crate) filter: &'static str,
    /// What to see with it.
    pub(crate) at: &'static str,
}

/// The observer of every packet.
pub(crate) struct Witness {
    observer: Observer,
    recording: Option<Recording>,
    steps: Vec<Observation>,
}

impl Witness {
    /// An observer without packets. `shows` is the subject of the capture.
    pub(crate) fn new(shows: &str, interface: &Interface) -> io::Result<Self> {
        let recording = output().map(|path| Recording::create(&path, shows, interface)).transpose()?;
        Ok(Self { observer: Observer::new(Config::default()), recording, steps: Vec::new() })
    }

    /// Observes a packet.
    pub(crate) fn see(&mut self, packet: &Packet) -> io::Result<()> {
        let raw = packet.raw(self.steps.len() as u64 + 1);
        let segment = raw.decode().map_err(|anomaly| io::Error::other(anomaly.to_string()))?;
        let step = self.observer.observe(&segment);
        if let Some(recording) = &mut self.recording {
            recording.packet(packet, &comments(packet, &step))?;
        }
        self.steps.push(step);
        Ok(())
    }

    /// The last packet of a connection, as far as was seen.
    fn last(&self, stream: u64) -> Option<&Observation> {
        self.steps.iter().rev().find(|step| step.stream == stream)
    }

    /// Both ends' TCP states in the connection that was begun last.
    pub(crate) fn tcp(&self) -> Option<PerSide<State>> {
        let newest = self.steps.iter().map(|step| step.stream).max()?;
        self.last(newest).map(|step| step.tcp.map(|known| known.state))
    }

    /// Both ends' WebSocket states in the connection that was begun last.
    pub(crate) fn websocket(&self) -> Option<PerSide<ReadyState>> {
        self.steps.last()?.ws.map(|ws| ws.map(|known| known.state))
    }

    /// Connections that are closed at both ends.
    pub(crate) fn closed(&self) -> usize {
        let over = |state| matches!(state, State::Closed | State::TimeWait);
        let closed = |step: &Observation| over(step.tcp.client.state) && over(step.tcp.server.state);
        self.streams().filter(|stream| self.last(*stream).is_some_and(closed)).count()
    }

    fn streams(&self) -> impl Iterator<Item = u64> + use<> {
        let streams = self.steps.iter().map(|step| step.stream + 1).max().unwrap_or(0);
        0..streams
    }

    fn facts(&self) -> impl Iterator<Item = &Fact> {
        self.steps.iter().flat_map(|step| &step.facts)
    }

    /// The frames that were seen, in the order in which they ended.
    pub(crate) fn frames(&self) -> impl Iterator<Item = &Frame> {
        self.facts().filter_map(|fact| match fact {
            Fact::Frame(frame) => Some(&**frame),
            _ => None,
        })
    }

    /// Bytes of a packet's payload.
    pub(crate) fn length(&self, packet: u64) -> u32 {
        self.steps.iter().find(|step| step.number == packet).map_or(0, |step| step.length)
    }

    /// The end of an example: all state transitions, and what to look at.
    pub(crate) fn tell(self, look: WiresharkHint) -> io::Result<()> {
        println!("\nState transitions, from {} packets:", self.steps.len());
        for stream in self.streams() {
            if self.streams().count() > 1 {
                println!("  Connection {stream}");
            }
            for step in self.steps.iter().filter(|step| step.stream == stream) {
                for transition in &step.transitions {
                    println!("  packet {:>3}  {transition}", step.number);
                }
            }
            for side in self.waiting(stream) {
                println!("  no packet   {side} tcp TIME-WAIT → CLOSED after 2 MSL, on Linux 60 s");
            }
        }
        let file = match (self.recording, output()) {
            (Some(recording), Some(path)) => recording.finish().map(|()| format!("open {path}, "))?,
            _ => "name a file (… -- out.pcapng), open it, ".to_owned(),
        };
        println!("\nIn Wireshark: {file}display filter `{}`.", look.filter);
        println!("{}", look.at);
        Ok(())
    }

    fn waiting(&self, stream: u64) -> impl Iterator<Item = Side> {
        let last = self.last(stream);
        [Side::Client, Side::Server]
            .into_iter()
            .filter(move |side| last.is_some_and(|step| step.tcp[*side].state == State::TimeWait))
    }
}

/// The comments on a packet, which Wireshark shows.
fn comments(packet: &Packet, step: &Observation) -> Vec<Cow<'static, str>> {
    // Where it comes from stands first: that is where readers of captures look for it.
    let mut comments: Vec<Cow<'static, str>> = packet.comment.iter().cloned().collect();
    comments.extend(step.transitions.iter().map(|transition| format!("[wirewalk] {transition}").into()));
    if step.facts.iter().any(|fact| matches!(fact, Fact::Close(_))) {
        let waits = |side: &Side| step.tcp[*side].state == State::TimeWait;
        comments.extend([Side::Client, Side::Server].iter().filter(|side| waits(side)).map(|side| {
            let text = "is in TIME-WAIT for 2 MSL, on Linux 60 s, and no packet will show its end";
            format!("[wirewalk] The {side} {text} (RFC 9293 §3.6.1).").into()
        }));
    }
    comments
}
