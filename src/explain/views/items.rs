//! From what the observer tells to the objects of the document, in the order in which they are understood.

use std::collections::HashMap;

use crate::explain::views::document::{Close, Ends, Frame, Message, Packet, Transition, Upgrade};
use crate::observe::{self, Ended, Fact, Observation, RequestKind};

/// An object of the document. Serialized, each is what stands there.
#[derive(Debug)]
pub(super) enum Item<'s> {
    /// A new connection; or who is who in it was corrected.
    Connection(Ends),
    Packet(Packet),
    Transition(Transition<'static>),
    /// A later one takes the place of an earlier one: an attempt after one that was refused.
    Upgrade(Box<Upgrade>),
    Frame(Frame<'s>),
    Message(Message<'s>),
    /// The last of a connection.
    Close(Box<Close>),
}

/// Makes the objects. Holds of each connection the request whose answer has not come yet, and nothing else.
#[derive(Debug, Default)]
pub(super) struct Items {
    asked: HashMap<u64, Upgrade>,
}

impl Items {
    /// What one packet showed.
    pub(super) fn step<'s>(&mut self, step: &'s Observation, mut told: impl FnMut(Item<'s>)) {
        for fact in &step.facts {
            if let Fact::Stream(stream) = fact {
                told(Item::Connection(Ends::of(stream.ends)));
            }
        }
        told(Item::Packet(Packet::of(step)));
        for transition in &step.transitions {
            told(Item::Transition(Transition::of(transition)));
        }
        self.facts(step.stream, &step.facts, told);
    }

    /// What the end of a stream left.
    pub(super) fn ended<'s>(&mut self, ended: &'s Ended, mut told: impl FnMut(Item<'s>)) {
        for transition in &ended.transitions {
            told(Item::Transition(Transition::of(transition)));
        }
        self.facts(ended.stream, &ended.facts, &mut told);
        if let Some(unanswered) = self.asked.remove(&ended.stream) {
            told(Item::Upgrade(Box::new(unanswered)));
        }
        told(Item::Close(Box::new(Close::of(&ended.close))));
    }

    fn facts<'s>(&mut self, stream: u64, facts: &'s [Fact], mut told: impl FnMut(Item<'s>)) {
        for fact in facts {
            match fact {
                Fact::Request(request) if request.kind != RequestKind::Http => {
                    self.asked.insert(stream, Upgrade::asked(request));
                }
                Fact::Response(response) => {
                    if let Some(upgrade) = self.response(stream, response) {
                        told(Item::Upgrade(Box::new(upgrade)));
                    }
                }
                Fact::Frame(frame) => told(Item::Frame(Frame::of(frame))),
                Fact::Message(message) => told(Item::Message(Message::of(message))),
                _ => {}
            }
        }
    }

    fn response(&mut self, stream: u64, response: &observe::Response) -> Option<Upgrade> {
        let upgrade = response.upgrade.as_ref()?;
        // On the way to the answer (RFC 9110 §15.2).
        let interim = matches!(response.status.0, 100 | 102..=199);
        (!interim).then(|| self.asked.remove(&stream).unwrap_or_default().answered(response, upgrade))
    }
}
