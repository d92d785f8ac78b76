//! In words: why it opened and closed as it did, and what the words mean.

use crate::explain::held::Connection;
use crate::explain::words::{Language, Word};
use crate::observe::tcp::State;
use crate::observe::{Close, Ended, First, Flags, Layer, TcpClose};
use crate::wire::Side;
use crate::wire::ws::CloseCode;

/// The side, in words.
pub(super) const fn side(side: Side, language: Language) -> &'static str {
    match side {
        Side::Client => Word::TheClient.text(language),
        Side::Server => Word::TheServer.text(language),
    }
}

/// Its first letter large, where there is one.
fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

fn code(close: &Close, from: Side) -> String {
    let code = close.frames[from].as_ref().and_then(|seen| seen.code);
    code.filter(|code| *code != CloseCode::NO_STATUS).map_or_else(String::new, |code| match code.name() {
        Some(name) => format!("{code} ({name})"),
        None => code.to_string(),
    })
}

/// What is to say about a connection that was released.
pub(super) fn sentences(connection: &Connection, ended: &Ended, language: Language) -> Vec<String> {
    let say = |word: Word, values: &[&dyn std::fmt::Display]| {
        sentence(word.fill(language, values).replace("  ", " ").trim())
    };
    let close = &ended.close;
    let mut all = Vec::new();
    let syn = connection.steps.iter().filter(|step| step.flags.has(Flags::SYN)).count();
    if syn >= 2 && connection.steps.iter().any(|step| step.tcp.server.state == State::Established) {
        all.push(Word::WhyThreeToOpen.text(language).to_owned());
    }
    match close.first {
        None => all.push(Word::StillOpen.text(language).to_owned()),
        Some(First { side: first, layer, packet }) => {
            let who = side(first, language);
            let peer = first.peer();
            match layer {
                Layer::WebSocket => {
                    all.push(say(Word::ClosedByFrame, &[&who, &code(close, first), &packet]));
                    let whom = side(peer, language);
                    match &close.frames[peer] {
                        Some(seen) => {
                            all.push(say(Word::AnsweredByFrame, &[&whom, &code(close, peer), &seen.packet]));
                        }
                        None => all.push(say(Word::NotAnswered, &[&whom])),
                    }
                }
                Layer::Fin => all.push(say(Word::ClosedByFin, &[&who, &packet])),
                Layer::Rst => all.push(say(Word::ClosedByRst, &[&who, &packet])),
                Layer::Silence => all.push(say(Word::FellSilent, &[&who, &packet])),
            }
        }
    }
    let tcp = close.tcp.map(|tcp| match tcp {
        TcpClose::FourSegment => Word::WhyFour,
        TcpClose::ThreeSegment => Word::WhyThree,
        TcpClose::Simultaneous => Word::WhySimultaneous,
        TcpClose::HalfOpen => Word::WhyHalfOpen,
        TcpClose::Reset => Word::WhyReset,
    });
    all.extend(tcp.map(|word| word.text(language).to_owned()));
    for end in [Side::Client, Side::Server] {
        if connection.steps.iter().any(|step| step.tcp[end].state == State::TimeWait) {
            all.push(say(Word::WhyTimeWait, &[&side(end, language)]));
        }
    }
    for end in [Side::Client, Side::Server] {
        let Some(reported) = &close.reported[end] else { continue };
        let what = match end {
            Side::Client => format!("{} wasClean={}", reported.code, reported.was_clean),
            Side::Server => reported.code.to_string(),
        };
        all.push(say(Word::Reported, &[&side(end, language), &what]));
    }
    let both = [&close.reported.client, &close.reported.server];
    if both.into_iter().flatten().any(|reported| reported.code == CloseCode::ABNORMAL) {
        all.push(Word::Abnormal.text(language).to_owned());
    }
    all
}

/// The words that came up in a capture, each to be explained once.
#[derive(Debug, Default)]
pub(super) struct Glossary {
    flags: u8,
    joined: bool,
}

impl Glossary {
    pub(super) fn note(&mut self, connection: &Connection) {
        self.flags |= connection.steps.iter().fold(0, |flags, step| flags | step.flags.0);
    }

    /// Something came in several segments.
    pub(super) const fn note_joined(&mut self) {
        self.joined = true;
    }

    pub(super) fn lines(&self, language: Language) -> Vec<(&'static str, &'static str)> {
        if self.flags == 0 {
            return Vec::new();
        }
        let has = |flag: Flags| Flags(self.flags).has(flag);
        let words = [
            (has(Flags::SYN), "SYN", Word::GlossSyn),
            (has(Flags::ACK), "ACK", Word::GlossAck),
            (has(Flags::PSH), "PSH", Word::GlossPsh),
            (has(Flags::FIN), "FIN", Word::GlossFin),
            (has(Flags::RST), "RST", Word::GlossRst),
            (has(Flags::URG), "URG", Word::GlossUrg),
            (true, "seq", Word::GlossSeq),
            (true, "ack", Word::GlossAckNumber),
            (self.joined, "reassembled PDU", Word::GlossPdu),
        ];
        let came_up = words.into_iter().filter(|(came_up, ..)| *came_up);
        came_up.map(|(_, token, word)| (token, word.text(language))).collect()
    }
}
