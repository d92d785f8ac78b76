//! Why a connection opened and closed as it did, thought by thought.

use super::heartbeat::PingSummary;
use crate::explain::findings::Verdict;
use crate::explain::narrative::connection_log::ConnectionLog;
use crate::explain::narrative::protocol::Protocol;
use crate::explain::text::{Language, Narrative, escape_controls, sentence, side};
use crate::observe::tcp::State;
use crate::observe::{Close, Ended, Fact, First, Flags, Layer, Reported, SeenClose, TcpClose};
use crate::wire::Side;
use crate::wire::ws::CloseCode;

/// One thought about a connection.
#[derive(Debug)]
pub(in crate::explain) enum Statement<'c> {
    /// Three segments opened TCP.
    ThreeSegments,
    /// Both ends opened TCP at once.
    SimultaneousOpen,
    StillOpen,
    /// The side that closed first, and its way of closing.
    Closed {
        first: First,
        how: FirstClose<'c>,
    },
    /// The peer's Close frame, if it sent one.
    Answer {
        by: Side,
        frame: Option<&'c SeenClose>,
    },
    /// TCP's way of closing.
    Tcp(TcpClose),
    /// The side that stays in TIME-WAIT; `None` for both.
    TimeWait(Option<Side>),
    /// The report of an end's API.
    Reported {
        by: Side,
        reported: &'c Reported,
    },
    /// That 1006 is never sent.
    Abnormal,
    /// That 1005 is never sent.
    NoStatus,
    Pings(PingSummary),
    Verdict(&'c Verdict),
}

/// The first end's way of closing.
#[derive(Debug)]
pub(in crate::explain) enum FirstClose<'c> {
    CloseFrame(Option<&'c SeenClose>),
    /// A FIN, without a Close frame before it.
    Fin,
    /// A RST, without a Close frame before it.
    Rst,
    /// A FIN of a connection that is no WebSocket.
    FinOfTcp,
    RstOfTcp,
    /// The server's RST answers the SYN.
    Refusal,
    Silence,
}

/// Statements about a connection that was released.
pub(in crate::explain) fn story<'c>(connection: &'c ConnectionLog, ended: &'c Ended) -> Vec<Statement<'c>> {
    let close = &ended.close;
    let is_websocket = connection.protocol() == Protocol::WebSocket;
    let mut all: Vec<Statement<'c>> = opened(connection).into_iter().collect();
    all.push(close.first.map_or(Statement::StillOpen, |first| {
        let how = ending(connection, close, first, is_websocket);
        Statement::Closed { first, how }
    }));
    if let Some(First { side: first, layer: Layer::WebSocket, .. }) = close.first {
        let by = first.peer();
        all.push(Statement::Answer { by, frame: close.frames[by].as_ref() });
    }
    all.extend(close.tcp.map(Statement::Tcp));
    // A RST ends the wait: the state after the last packet counts.
    let last = connection.steps.last();
    let waits = |end: Side| last.is_some_and(|step| step.tcp[end].state == State::TimeWait);
    all.extend(match (waits(Side::Client), waits(Side::Server)) {
        (true, true) => Some(Statement::TimeWait(None)),
        (true, false) => Some(Statement::TimeWait(Some(Side::Client))),
        (false, true) => Some(Statement::TimeWait(Some(Side::Server))),
        (false, false) => None,
    });
    if is_websocket {
        all.extend(reported(close));
        all.extend(connection.heartbeats.summaries().map(Statement::Pings));
    }
    all.extend(connection.verdict.as_ref().map(Statement::Verdict));
    all
}

/// Why TCP opened as it did; nothing if that was not seen.
fn opened<'c>(connection: &ConnectionLog) -> Option<Statement<'c>> {
    let facts = || connection.steps.iter().flat_map(|step| &step.facts);
    if facts().any(|fact| *fact == Fact::SimultaneousOpen) {
        return Some(Statement::SimultaneousOpen);
    }
    let syns = connection.steps.iter().filter(|step| step.flags.has(Flags::SYN)).count();
    let was_open = connection.steps.iter().any(|step| step.tcp.server.state == State::Established);
    (syns >= 2 && was_open).then_some(Statement::ThreeSegments)
}

fn ending<'c>(
    connection: &ConnectionLog,
    close: &'c Close,
    first: First,
    is_websocket: bool,
) -> FirstClose<'c> {
    let peer = first.side.peer();
    let was_open = || connection.steps.iter().any(|step| step.tcp[peer].state == State::Established);
    match first.layer {
        Layer::WebSocket => FirstClose::CloseFrame(close.frames[first.side].as_ref()),
        Layer::Fin if is_websocket => FirstClose::Fin,
        Layer::Fin => FirstClose::FinOfTcp,
        Layer::Rst if first.side == Side::Server && !was_open() => FirstClose::Refusal,
        Layer::Rst if is_websocket => FirstClose::Rst,
        Layer::Rst => FirstClose::RstOfTcp,
        Layer::Silence => FirstClose::Silence,
    }
}

/// Each end's API report, and the meaning of codes that are never sent.
fn reported(close: &Close) -> Vec<Statement<'_>> {
    let mut all = Vec::new();
    for by in [Side::Client, Side::Server] {
        all.extend(close.reported[by].as_ref().map(|reported| Statement::Reported { by, reported }));
    }
    let reports = |code| {
        let both = [&close.reported.client, &close.reported.server];
        both.into_iter().flatten().any(|reported| reported.code == code)
    };
    all.extend(reports(CloseCode::ABNORMAL).then_some(Statement::Abnormal));
    all.extend(reports(CloseCode::NO_STATUS).then_some(Statement::NoStatus));
    all
}

impl Statement<'_> {
    /// As a sentence.
    pub(in crate::explain) fn text(&self, language: Language) -> String {
        let say =
            |story: Narrative, values: &[&dyn std::fmt::Display]| sentence(&story.fill(language, values));
        match self {
            Self::ThreeSegments => say(Narrative::ThreeToOpen, &[]),
            Self::SimultaneousOpen => say(Narrative::BothOpened, &[]),
            Self::StillOpen => say(Narrative::StillOpen, &[]),
            Self::Closed { first, how } => {
                let (who, packet) = (side(first.side, language), first.packet);
                let story = match how {
                    FirstClose::CloseFrame(frame) => {
                        return say(Narrative::ClosedByFrame, &[&who, &code(*frame, language), &packet]);
                    }
                    FirstClose::Fin => Narrative::ClosedByFin,
                    FirstClose::Rst => Narrative::ClosedByRst,
                    FirstClose::FinOfTcp => Narrative::TcpClosedByFin,
                    FirstClose::RstOfTcp => Narrative::TcpClosedByRst,
                    FirstClose::Refusal => Narrative::Refused,
                    FirstClose::Silence => Narrative::FellSilent,
                };
                say(story, &[&who, &packet])
            }
            Self::Answer { by, frame } => {
                let who = side(*by, language);
                frame.map_or_else(
                    || say(Narrative::NotAnswered, &[&who]),
                    |seen| {
                        say(Narrative::AnsweredByFrame, &[&who, &code(Some(seen), language), &seen.packet])
                    },
                )
            }
            Self::Tcp(tcp) => {
                let story = match tcp {
                    TcpClose::FourSegment => Narrative::Four,
                    TcpClose::ThreeSegment => Narrative::Three,
                    TcpClose::Simultaneous => Narrative::Simultaneous,
                    TcpClose::HalfOpen => Narrative::HalfOpen,
                    TcpClose::Reset => Narrative::Reset,
                };
                say(story, &[])
            }
            Self::TimeWait(Some(end)) => say(Narrative::TimeWait, &[&side(*end, language)]),
            Self::TimeWait(None) => say(Narrative::BothTimeWait, &[]),
            Self::Reported { by, reported } => {
                let what = match by {
                    Side::Client => format!("{} wasClean={}", reported.code, reported.was_clean),
                    Side::Server => reported.code.to_string(),
                };
                say(Narrative::Reported, &[&side(*by, language), &what])
            }
            Self::Abnormal => Narrative::Abnormal.text(language).to_owned(),
            Self::NoStatus => Narrative::NoStatus.text(language).to_owned(),
            Self::Pings(summary) => summary.text(language),
            Self::Verdict(verdict) => verdict.text(language),
        }
    }
}

/// The code of a Close frame, its name and the reason, with a space around as the language wants it; nothing if it has
/// none.
pub(super) fn code(seen: Option<&SeenClose>, language: Language) -> String {
    let Some(code) = seen.and_then(|seen| seen.code).filter(|code| *code != CloseCode::NO_STATUS) else {
        return String::new();
    };
    let name = code.name().map_or_else(String::new, |name| format!(" ({name})"));
    let reason = seen.map(|seen| seen.reason.as_str()).filter(|reason| !reason.is_empty());
    let reason = reason.map_or_else(String::new, |reason| format!(" \"{}\"", escape_controls(reason)));
    let after = if language == Language::Zh { " " } else { "" };
    format!(" {code}{name}{reason}{after}")
}
