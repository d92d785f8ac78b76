//! What just happened, as one sentence for each packet that brought something: for a reader who watches.
//!
//! Acknowledgments and parts of a message bring nothing to say. A packet that brought several things says the last.

mod announcer;

pub(in crate::explain) use announcer::Announcer;

use std::fmt::Display;

use crate::explain::text::{self, AnnouncementText as Text, Language, escape_controls, sentence, span};
use crate::observe::Frame;
use crate::wire::Side;
use crate::wire::http::Status;

/// Something that a packet brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::explain) enum Announcement {
    Syn(Side),
    SynAck(Side),
    /// Both ends are ESTABLISHED.
    Opened {
        by: Side,
        after_ns: Option<u64>,
    },
    /// A request's path, without its query.
    Request {
        by: Side,
        what: RequestLine,
    },
    Response {
        by: Side,
        outcome: Outcome,
        after_ns: Option<u64>,
    },
    Message {
        by: Side,
        kind: MessageKind,
        length: u64,
        frames: u64,
        /// It is the peer's last message, this long ago.
        echo_after_ns: Option<u64>,
    },
    Fragment {
        by: Side,
        length: u64,
    },
    Ping {
        by: Side,
        length: u64,
    },
    Pong {
        by: Side,
        length: u64,
        after_ns: Option<u64>,
    },
    Close {
        by: Side,
        body: Option<(u16, String)>,
        /// The peer's Close came before, this long ago.
        answers_after_ns: Option<u64>,
    },
    Fin {
        by: Side,
        is_second: IsSecond,
    },
    /// Both FINs are acknowledged; the side that stays in TIME-WAIT.
    Ended(Option<Side>),
    Reset {
        by: Side,
        of: ResetOf,
    },
    SentAgain(Side),
}

/// A request in short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::explain) enum RequestLine {
    Upgrade { path: String },
    Other { method: String, path: String },
}

/// What a response means for the request before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::explain) enum Outcome {
    Switched,
    WrongAccept,
    Refused(Status),
    Other(Status),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::explain) enum MessageKind {
    Text,
    Binary,
}

/// A FIN's place among the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::explain) enum IsSecond {
    First,
    Second,
}

/// What a RST ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::explain) enum ResetOf {
    Connection,
    /// The SYN was not accepted.
    Attempt,
}

impl Announcement {
    /// As a sentence.
    pub(in crate::explain) fn text(&self, language: Language) -> String {
        let side = |side: Side| text::side(side, language);
        let say = |text: Text, values: &[&dyn Display]| sentence(&text.fill(language, values));
        match self {
            Self::Syn(by) => say(Text::Syn, &[&side(*by)]),
            Self::SynAck(by) => say(Text::SynAck, &[&side(*by)]),
            Self::Opened { by, after_ns: Some(time) } => say(Text::Opened, &[&side(*by), &span(*time)]),
            Self::Opened { by, after_ns: None } => say(Text::OpenedAtSomeTime, &[&side(*by)]),
            Self::Request { by, what } => match what {
                RequestLine::Upgrade { path } => say(Text::Upgrade, &[&side(*by), &escape_controls(path)]),
                RequestLine::Other { method, path } => {
                    let (method, path) = (escape_controls(method), escape_controls(path));
                    say(Text::Request, &[&side(*by), &method, &path])
                }
            },
            Self::Response { by, outcome, after_ns } => match (outcome, after_ns) {
                (Outcome::Switched, Some(time)) => say(Text::SwitchedAfter, &[&side(*by), &span(*time)]),
                (Outcome::Switched, None) => say(Text::Switched, &[&side(*by)]),
                (Outcome::WrongAccept, _) => say(Text::WrongAccept, &[&side(*by)]),
                (Outcome::Refused(status), _) => say(Text::Refused, &[&side(*by), &status.0]),
                (Outcome::Other(status), _) => say(Text::Response, &[&side(*by), &status.0]),
            },
            Self::Message { by, kind, length, frames, echo_after_ns } => match (echo_after_ns, kind) {
                (Some(time), _) => say(Text::Echo, &[&side(*by), length, &span(*time)]),
                _ if *frames > 1 => say(Text::FragmentedMessage, &[&side(*by), length, frames]),
                (None, MessageKind::Text) => say(Text::TextMessage, &[&side(*by), length]),
                (None, MessageKind::Binary) => say(Text::BinaryMessage, &[&side(*by), length]),
            },
            Self::Fragment { by, length } => say(Text::Fragment, &[&side(*by), length]),
            Self::Ping { by, length } => say(Text::Ping, &[&side(*by), length, &side(by.peer())]),
            Self::Pong { by, length, after_ns: Some(time) } => {
                say(Text::Pong, &[&side(*by), &side(by.peer()), length, &span(*time)])
            }
            Self::Pong { by, after_ns: None, .. } => say(Text::LonePong, &[&side(*by)]),
            Self::Close { by, body, answers_after_ns } => {
                let code = code(body.as_ref());
                match answers_after_ns {
                    Some(time) => say(Text::CloseAnswer, &[&side(*by), &code, &span(*time)]),
                    None => say(Text::Close, &[&side(*by), &code]),
                }
            }
            Self::Fin { by, is_second: IsSecond::First } => say(Text::Fin, &[&side(*by)]),
            Self::Fin { by, is_second: IsSecond::Second } => say(Text::SecondFin, &[&side(*by)]),
            Self::Ended(Some(waiting)) => say(Text::Ended, &[&sentence(side(*waiting))]),
            Self::Ended(None) => say(Text::EndedForAll, &[]),
            Self::Reset { by, of: ResetOf::Connection } => say(Text::Reset, &[&side(*by)]),
            Self::Reset { by, of: ResetOf::Attempt } => say(Text::ConnectionRefused, &[&side(*by)]),
            Self::SentAgain(by) => say(Text::SentAgain, &[&side(*by)]),
        }
    }
}

/// Code and reason of a Close, behind a space; nothing if it has none.
fn code(body: Option<&(u16, String)>) -> String {
    match body {
        None => String::new(),
        Some((code, reason)) if reason.is_empty() => format!(" {code}"),
        Some((code, reason)) => format!(" {code} \"{}\"", escape_controls(reason)),
    }
}

/// Code and reason in a Close frame.
fn body_of(frame: &Frame) -> Option<(u16, String)> {
    frame.close_body().map(|(code, reason)| (code.0, String::from_utf8_lossy(reason).into_owned()))
}

#[cfg(test)]
mod tests;
