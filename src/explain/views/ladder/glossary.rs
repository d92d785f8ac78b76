//! The meaning of tokens that came up, each explained once.

use std::collections::HashSet;

use crate::explain::narrative::connection_log::ConnectionLog;
use crate::explain::narrative::inflation::compressed_message;
use crate::explain::narrative::pdu_segment::PduSegments;
use crate::explain::narrative::protocol::Protocol;
use crate::explain::text::{GlossaryEntry, Language, pad};
use crate::observe::tcp::State;
use crate::observe::{Fact, Flags, Message, Observation};
use crate::wire::ws::ReadyState;

/// Columns of the tokens.
const TOKENS: usize = 17;

/// A token, what shows that it came up, and what it means. In the order in which a reader meets them.
type Row = (&'static str, Sign, GlossaryEntry);

/// The sign that a token came up.
#[derive(Debug, Clone, Copy)]
enum Sign {
    Flag(Flags),
    /// Any packet.
    Always,
    /// Its SYN says it.
    Option(fn(&Observation) -> bool),
    Masked,
    /// The first reserved bit is set, and shown: of a frame whose message is not inflated with it.
    Rsv1,
    /// A compressed message is inflated.
    Inflated,
    Joined,
    Tcp(State),
    WebSocket(ReadyState),
}

const ROWS: &[Row] = &[
    ("SYN", Sign::Flag(Flags::SYN), GlossaryEntry::Syn),
    ("ACK", Sign::Flag(Flags::ACK), GlossaryEntry::Ack),
    ("PSH", Sign::Flag(Flags::PSH), GlossaryEntry::Psh),
    ("FIN", Sign::Flag(Flags::FIN), GlossaryEntry::Fin),
    ("RST", Sign::Flag(Flags::RST), GlossaryEntry::Rst),
    ("URG", Sign::Flag(Flags::URG), GlossaryEntry::Urg),
    ("seq", Sign::Always, GlossaryEntry::Seq),
    ("ack", Sign::Always, GlossaryEntry::AckNumber),
    ("mss", Sign::Option(|step| step.options.mss.is_some()), GlossaryEntry::Mss),
    ("ws=", Sign::Option(|step| step.options.window_scale.is_some()), GlossaryEntry::Scale),
    ("win", Sign::Flag(Flags::SYN), GlossaryEntry::Win),
    ("masked", Sign::Masked, GlossaryEntry::Masking),
    ("RSV=100", Sign::Rsv1, GlossaryEntry::Rsv1),
    ("15 → 26 B", Sign::Inflated, GlossaryEntry::Inflated),
    ("reassembled PDU", Sign::Joined, GlossaryEntry::Pdu),
    ("CLOSED", Sign::Tcp(State::Closed), GlossaryEntry::Closed),
    ("LISTEN", Sign::Tcp(State::Listen), GlossaryEntry::Listen),
    ("SYN-SENT", Sign::Tcp(State::SynSent), GlossaryEntry::SynSent),
    ("SYN-RECEIVED", Sign::Tcp(State::SynReceived), GlossaryEntry::SynReceived),
    ("ESTABLISHED", Sign::Tcp(State::Established), GlossaryEntry::Established),
    ("FIN-WAIT-1", Sign::Tcp(State::FinWait1), GlossaryEntry::FinWait1),
    ("FIN-WAIT-2", Sign::Tcp(State::FinWait2), GlossaryEntry::FinWait2),
    ("CLOSE-WAIT", Sign::Tcp(State::CloseWait), GlossaryEntry::CloseWait),
    ("CLOSING", Sign::Tcp(State::Closing), GlossaryEntry::Closing),
    ("LAST-ACK", Sign::Tcp(State::LastAck), GlossaryEntry::LastAck),
    ("TIME-WAIT", Sign::Tcp(State::TimeWait), GlossaryEntry::TimeWait),
    ("ws CONNECTING", Sign::WebSocket(ReadyState::Connecting), GlossaryEntry::WsConnecting),
    ("ws OPEN", Sign::WebSocket(ReadyState::Open), GlossaryEntry::WsOpen),
    ("ws CLOSING", Sign::WebSocket(ReadyState::Closing), GlossaryEntry::WsClosing),
    ("ws CLOSED", Sign::WebSocket(ReadyState::Closed), GlossaryEntry::WsClosed),
];

/// The tokens explained already.
#[derive(Debug, Default)]
pub(super) struct Glossary {
    explained: HashSet<&'static str>,
}

impl Glossary {
    /// The lines for what a connection brings up for the first time.
    pub(super) fn news(
        &mut self,
        connection: &ConnectionLog,
        parts: &PduSegments,
        language: Language,
    ) -> Vec<String> {
        let came_up = CameUp::new(connection, parts);
        let new: Vec<&Row> = ROWS
            .iter()
            .filter(|(token, sign, _)| !self.explained.contains(token) && came_up.has(*sign))
            .collect();
        self.explained.extend(new.iter().map(|(token, ..)| *token));
        new.into_iter().map(|row| line(row, language)).collect()
    }
}

/// In Chinese a state stands with its meaning behind it, `FIN-WAIT-1(等待对方确认 FIN)`, as readers know it from books.
fn line((token, sign, gloss): &Row, language: Language) -> String {
    let text = gloss.text(language);
    match (sign, language) {
        (Sign::Tcp(_) | Sign::WebSocket(_), Language::Zh) => format!("{token}({text})"),
        (Sign::Masked, Language::Zh) => format!("{}{text}", pad("掩码", TOKENS)),
        _ => format!("{}{text}", pad(token, TOKENS)),
    }
}

/// Tokens that came up in a connection.
struct CameUp<'c> {
    connection: &'c ConnectionLog,
    protocol: Protocol,
    flags: Flags,
    is_masked: bool,
    has_rsv1: bool,
    is_inflated: bool,
    is_joined: bool,
}

impl<'c> CameUp<'c> {
    fn new(connection: &'c ConnectionLog, parts: &PduSegments) -> Self {
        let frames = || {
            connection.steps.iter().flat_map(|step| {
                step.facts.iter().enumerate().filter_map(|(place, fact)| match fact {
                    Fact::Frame(frame) => Some((frame, compressed_message(frame, &step.facts[place + 1..]))),
                    _ => None,
                })
            })
        };
        let is_inflated =
            |message: Option<&Message>| message.is_some_and(|message| message.plain_length().is_some());
        Self {
            connection,
            protocol: connection.protocol(),
            flags: Flags(connection.steps.iter().fold(0, |flags, step| flags | step.flags.0)),
            is_masked: frames().any(|(frame, _)| frame.header.mask().is_some()),
            has_rsv1: frames().any(|(frame, ended)| frame.header.rsv() & 4 != 0 && !is_inflated(ended)),
            is_inflated: frames().any(|(_, ended)| is_inflated(ended)),
            is_joined: !parts.is_empty(),
        }
    }

    fn has(&self, sign: Sign) -> bool {
        let steps = || self.connection.steps.iter();
        match sign {
            Sign::Flag(flag) => self.flags.has(flag),
            Sign::Always => true,
            Sign::Option(has) => steps().any(|step| step.flags.has(Flags::SYN) && has(step)),
            Sign::Masked => self.is_masked,
            Sign::Rsv1 => self.has_rsv1,
            Sign::Inflated => self.is_inflated,
            Sign::Joined => self.is_joined,
            Sign::Tcp(state) => {
                let is = |it: State| it == state;
                let before = self.connection.about.initial;
                is(before.client)
                    || is(before.server)
                    || steps().any(|step| is(step.tcp.client.state) || is(step.tcp.server.state))
            }
            Sign::WebSocket(state) => {
                let is = |step: &Observation| {
                    step.ws.is_some_and(|ws| ws.client.state == state || ws.server.state == state)
                };
                self.protocol == Protocol::WebSocket && steps().any(is)
            }
        }
    }
}
