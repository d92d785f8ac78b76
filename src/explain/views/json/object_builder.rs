//! From observations to the objects of the contract, in the order in which they are understood.

use std::collections::HashMap;

use serde::Serialize;

use super::objects::{Close, Ends, Frame, Message, Packet, Transition, Upgrade};
use crate::observe::{self, Ended, Fact, Observation, RequestKind};

/// One object of the contract.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Object<'o> {
    /// A new connection; or its roles were corrected.
    Connection(Ends),
    Packet(Packet),
    Transition(Transition),
    /// A later one replaces an earlier one: an attempt after one that was refused.
    Upgrade(Box<Upgrade>),
    Frame(Frame<'o>),
    Message(Message<'o>),
    /// The last of a connection.
    Close(Box<Close>),
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
                emit(&Object::Connection(Ends::new(stream.ends)));
            }
        }
        emit(&Object::Packet(Packet::new(packet)));
        for transition in &packet.transitions {
            emit(&Object::Transition(Transition::new(transition)));
        }
        self.facts(packet.stream, &packet.facts, emit);
    }

    /// The objects of a connection's end.
    pub(super) fn ended<'o>(&mut self, ended: &'o Ended, mut emit: impl FnMut(&Object<'o>)) {
        for transition in &ended.transitions {
            emit(&Object::Transition(Transition::new(transition)));
        }
        self.facts(ended.stream, &ended.facts, &mut emit);
        if let Some(unanswered) = self.unanswered.remove(&ended.stream) {
            emit(&Object::Upgrade(Box::new(unanswered)));
        }
        emit(&Object::Close(Box::new(Close::new(&ended.close))));
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
                Fact::Frame(frame) => emit(&Object::Frame(Frame::new(frame))),
                Fact::Message(message) => emit(&Object::Message(Message::new(message))),
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
