//! The meaning of the tokens that came up, once for a document.

use std::collections::HashSet;

use crate::explain::narrative::inflation::compressed_message;
use crate::explain::narrative::pdu_segment::PduSegment;
use crate::explain::narrative::protocol::Protocol;
use crate::explain::text::{GlossaryEntry, Language, pad};
use crate::observe::tcp::State;
use crate::observe::{Fact, Flags, Observation, Stream};
use crate::wire::ws::ReadyState;

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

/// A token and its meaning. In Chinese a state stands with it behind, `FIN-WAIT-1(等待对方确认 FIN)`, as readers know it
/// from books.
fn line((token, sign, gloss): &Row, language: Language) -> (String, &'static str) {
    let text = gloss.text(language);
    match (sign, language) {
        (Sign::Tcp(_) | Sign::WebSocket(_), Language::Zh) => (format!("{token}({text})"), ""),
        (Sign::Masked, Language::Zh) => (pad("掩码", Tokens::COLUMNS), text),
        _ => (pad(token, Tokens::COLUMNS), text),
    }
}

/// The tokens that came up so far, each to be explained once.
#[derive(Debug, Default)]
pub(super) struct Tokens(HashSet<&'static str>);

impl Tokens {
    /// Columns of a token, before its meaning.
    pub(super) const COLUMNS: usize = 17;

    /// Adds those of a connection.
    pub(super) fn add(&mut self, other: &Self) {
        self.0.extend(&other.0);
    }

    /// What explains them: each token, and its meaning.
    pub(super) fn lines(&self, language: Language) -> impl Iterator<Item = (String, &'static str)> {
        ROWS.iter().filter(|(token, ..)| self.0.contains(token)).map(move |row| line(row, language))
    }

    /// Notes the states before the first packet.
    pub(super) fn note_initial(&mut self, about: &Stream) {
        let initial = [about.initial.client, about.initial.server];
        let is_initial = |sign| matches!(sign, Sign::Tcp(state) if initial.contains(&state));
        self.0.extend(ROWS.iter().filter(|(_, sign, _)| is_initial(*sign)).map(|(token, ..)| *token));
    }

    /// Notes what a packet shows.
    pub(super) fn note(&mut self, step: &Observation, parts: &[PduSegment], protocol: Protocol) {
        for (token, sign, _) in ROWS {
            if !self.0.contains(token) && shows((step, parts), *sign, protocol) {
                self.0.insert(token);
            }
        }
    }
}

fn shows((step, parts): (&Observation, &[PduSegment]), sign: Sign, protocol: Protocol) -> bool {
    let frames = || {
        step.facts.iter().enumerate().filter_map(|(place, fact)| match fact {
            Fact::Frame(frame) => {
                let message = compressed_message(frame, &step.facts[place + 1..]);
                let is_inflated = message.is_some_and(|message| message.plain_length().is_some());
                Some((&frame.header, is_inflated))
            }
            _ => None,
        })
    };
    match sign {
        Sign::Flag(flag) => step.flags.has(flag),
        Sign::Always => true,
        Sign::Option(has) => step.flags.has(Flags::SYN) && has(step),
        Sign::Masked => frames().any(|(header, _)| header.mask().is_some()),
        Sign::Rsv1 => frames().any(|(header, is_inflated)| header.rsv() & 4 != 0 && !is_inflated),
        Sign::Inflated => frames().any(|(_, is_inflated)| is_inflated),
        Sign::Joined => !parts.is_empty(),
        Sign::Tcp(state) => step.tcp.client.state == state || step.tcp.server.state == state,
        Sign::WebSocket(state) => {
            let is = step.ws.is_some_and(|ws| ws.client.state == state || ws.server.state == state);
            is && protocol == Protocol::WebSocket
        }
    }
}
