//! From observations to the objects of the contract, in the order in which they are understood.

use std::collections::HashMap;

use super::hot_objects::{write_frame, write_message, write_packet, write_transition};
use super::objects::{Close, CoveredRange, Ends, Upgrade, coverage};
use super::rare_objects::{IcmpError, Relay, Resync};
use super::text::Text;
use crate::explain::findings::Verdict;
use crate::observe::{self, Ended, Fact, Observation, RequestKind};
use crate::wire::PerSide;

/// One object of the contract.
#[derive(Debug)]
pub(super) enum Object<'o> {
    /// A new connection; or its roles were corrected.
    Connection(Ends),
    Packet(&'o Observation),
    Transition(&'o observe::Transition),
    /// A later one replaces an earlier one: an attempt after one that was refused.
    Upgrade(Box<Upgrade>),
    Frame(&'o observe::Frame),
    Message(&'o observe::Message),
    /// What a proxy says, or is asked.
    Relay(Relay<'o>),
    /// Frames are read from here on, or again.
    Resync(Resync),
    IcmpError(IcmpError),
    /// What each side's bytes were read as.
    Coverage(PerSide<Vec<CoveredRange>>),
    /// The last of a connection.
    Close(Box<Close>),
}

impl Object<'_> {
    pub(super) fn write(&self, to: &mut Text) {
        match self {
            Self::Connection(ends) => _ = to.serialized(ends),
            Self::Packet(packet) => write_packet(packet, to),
            Self::Transition(transition) => write_transition(transition, to),
            Self::Upgrade(upgrade) => _ = to.serialized(upgrade),
            Self::Frame(frame) => write_frame(frame, to),
            Self::Message(message) => write_message(message, to),
            Self::Relay(relay) => _ = to.serialized(relay),
            Self::Resync(resync) => _ = to.serialized(resync),
            Self::IcmpError(error) => _ = to.serialized(error),
            Self::Coverage(coverage) => _ = to.serialized(coverage),
            Self::Close(close) => _ = to.serialized(close),
        }
    }
}

/// Builds the objects. Memory holds the unanswered request of each open connection, and nothing else.
#[derive(Debug, Default)]
pub(super) struct ObjectBuilder {
    unanswered: HashMap<u64, Upgrade>,
}

impl ObjectBuilder {
    /// The objects of one packet.
    pub(super) fn packet<'o>(&mut self, packet: &'o Observation, mut emit: impl FnMut(&Object<'o>)) {
        for fact in &packet.facts {
            if let Fact::Stream(stream) = fact {
                emit(&Object::Connection(Ends::of(stream, &packet.facts)));
            }
        }
        emit(&Object::Packet(packet));
        for transition in &packet.transitions {
            emit(&Object::Transition(transition));
        }
        self.facts(packet.stream, &packet.facts, emit);
    }

    /// The objects of a connection's end.
    pub(super) fn ended<'o>(
        &mut self,
        ended: &'o Ended,
        verdict: Option<&Verdict>,
        mut emit: impl FnMut(&Object<'o>),
    ) {
        for transition in &ended.transitions {
            emit(&Object::Transition(transition));
        }
        self.facts(ended.stream, &ended.facts, &mut emit);
        if let Some(unanswered) = self.unanswered.remove(&ended.stream) {
            emit(&Object::Upgrade(Box::new(unanswered)));
        }
        emit(&Object::Coverage(coverage(&ended.close)));
        emit(&Object::Close(Box::new(Close::new(&ended.close, verdict))));
    }

    fn facts<'o>(&mut self, stream: u64, facts: &'o [Fact], mut emit: impl FnMut(&Object<'o>)) {
        for fact in facts {
            match fact {
                Fact::Request(request) if request.kind != RequestKind::Http => {
                    self.unanswered.insert(stream, Upgrade::requested(request));
                }
                Fact::Response(response) => {
                    if let Some(upgrade) = self.response(stream, response) {
                        emit(&Object::Upgrade(Box::new(upgrade)));
                    }
                }
                Fact::Frame(frame) => emit(&Object::Frame(frame)),
                Fact::Message(message) => emit(&Object::Message(message)),
                Fact::Relay(relay) => emit(&Object::Relay(Relay::new(relay))),
                Fact::Resync(resync) => emit(&Object::Resync(Resync::new(*resync))),
                _ => {}
            }
        }
    }

    fn response(&mut self, stream: u64, response: &observe::Response) -> Option<Upgrade> {
        let upgrade = response.upgrade.as_ref()?;
        // An interim response (RFC 9110 §15.2) is not the answer.
        if matches!(response.status.0, 100 | 102..=199) {
            return None;
        }
        Some(self.unanswered.remove(&stream).unwrap_or_default().answered(response, upgrade))
    }
}
