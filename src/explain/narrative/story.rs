//! Why a connection opened and closed as it did, thought by thought.

use super::heartbeat::PingSummary;
use super::unread::{report, unread, why_unknown};
use crate::explain::findings::Verdict;
use crate::explain::narrative::connection_log::ConnectionLog;
use crate::explain::narrative::protocol::Protocol;
use crate::explain::text::{Language, Narrative, escape_controls, sentence, side};
use crate::observe::tcp::State;
use crate::observe::{
    Close, EndReason, Ended, Fact, First, Flags, Layer, Marks, Observation, Reported, SeenClose, TcpClose,
    Unread, UnreadReason,
};
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
    /// Bytes were not read at the end of a side: whether it was closed is not known.
    EndUnknown(Unread),
    /// Nobody acknowledged the SYN, or the SYN,ACK.
    NeverOpened,
    /// A new connection took the ports; the end of this one was not captured.
    EndNotCaptured,
    /// The side that closed first, and its way of closing.
    Closed {
        first: First,
        how: FirstClose<'c>,
    },
    /// The peer's Close frame, if it sent one.
    Answer {
        by: Side,
        frame: Answer<'c>,
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
    /// That 1006 must not be sent.
    Abnormal,
    /// That 1005 must not be sent.
    NoStatus,
    Pings(PingSummary),
    Verdict(&'c Verdict),
    /// Bytes were not read that may hold the beginning of the end.
    VerdictUnknown(Unread),
}

/// The answer to a Close frame.
#[derive(Debug)]
pub(in crate::explain) enum Answer<'c> {
    Seen(&'c SeenClose),
    /// All was read until the side's end.
    None,
    /// All was read, and the capture ends.
    NoneYet,
    /// It may be among these bytes.
    Unknown(Unread),
}

impl<'c> Answer<'c> {
    fn of(close: &'c Close, by: Side) -> Self {
        match (&close.frames[by], close.unread(by)) {
            (Some(seen), _) => Self::Seen(seen),
            (None, Some(unread)) => Self::Unknown(unread),
            (None, None) if close.fins[by].is_none() && close.rst.is_none() => Self::NoneYet,
            (None, None) => Self::None,
        }
    }
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
    /// The first that was seen, though bytes before it were not read.
    Unknown(Unread),
}

/// Statements about a connection that was released.
pub(in crate::explain) fn story<'c>(connection: &'c ConnectionLog, ended: &'c Ended) -> Vec<Statement<'c>> {
    let close = &ended.close;
    let is_websocket = connection.protocol() == Protocol::WebSocket;
    let mut all: Vec<Statement<'c>> = opened(connection).into_iter().collect();
    all.push(match close.first {
        Some(first) => Statement::Closed { first, how: ending(connection, close, first, is_websocket) },
        None => without_end(connection, ended),
    });
    if let Some(First { side: first, layer: Layer::WebSocket, .. }) = close.first {
        let by = first.peer();
        all.push(Statement::Answer { by, frame: Answer::of(close, by) });
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
        let is_known = |by: Side| close.unread(by.peer()).is_none();
        let pings = connection.heartbeats.summaries();
        all.extend(pings.map(|it| Statement::Pings(if is_known(it.by) { it } else { it.without_missed() })));
    }
    all.extend(match close.unread_before_first {
        Some(unread) => is_websocket.then_some(Statement::VerdictUnknown(unread)),
        None => connection.verdict.as_ref().map(Statement::Verdict),
    });
    all
}

/// The statement that answers best how a connection ended: the verdict, else its end as far as the capture shows.
pub(in crate::explain) fn answer<'s, 'c>(story: &'s [Statement<'c>]) -> Option<&'s Statement<'c>> {
    let is_end = |statement: &&Statement<'_>| {
        matches!(
            statement,
            Statement::StillOpen
                | Statement::EndUnknown(_)
                | Statement::NeverOpened
                | Statement::EndNotCaptured
                | Statement::Closed { .. }
        )
    };
    story.iter().find(|statement| statement.is_verdict()).or_else(|| story.iter().find(is_end))
}

/// The last bytes of a side, if they were not read, and a FIN may stand among them.
fn unread_end(close: &Close) -> Option<Unread> {
    [Side::Client, Side::Server].into_iter().find_map(|side| {
        let reason = close.coverage[side].ranges().last()?.reading.reason()?;
        let hides = matches!(
            reason,
            UnreadReason::Gap | UnreadReason::GivenUp | UnreadReason::LongHead | UnreadReason::OneDirection
        );
        close.unread(side).filter(|_| hides)
    })
}

/// Why TCP opened as it did; nothing if that was not seen.
fn opened<'c>(connection: &ConnectionLog) -> Option<Statement<'c>> {
    let facts = || connection.steps.iter().flat_map(|step| &step.facts);
    if facts().any(|fact| *fact == Fact::SimultaneousOpen) {
        return Some(Statement::SimultaneousOpen);
    }
    let is_syn = |step: &&Observation| step.flags.has(Flags::SYN) && !step.marks.has(Marks::COPY);
    let syns = connection.steps.iter().filter(is_syn).count();
    let was_open = connection.steps.iter().any(|step| step.tcp.server.state == State::Established);
    (syns >= 2 && was_open).then_some(Statement::ThreeSegments)
}

/// A connection whose end the capture does not have.
fn without_end<'c>(connection: &ConnectionLog, ended: &Ended) -> Statement<'c> {
    let is_opening = |step: &Observation| {
        !step.tcp.client.state.is_synchronized() || step.tcp.server.state == State::SynReceived
    };
    match ended.reason {
        EndReason::PortsReused => Statement::EndNotCaptured,
        _ if connection.steps.last().is_some_and(is_opening) => Statement::NeverOpened,
        _ => unread_end(&ended.close).map_or(Statement::StillOpen, Statement::EndUnknown),
    }
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
        Layer::WebSocket | Layer::Fin | Layer::Rst if is_websocket && close.unread_before_first.is_some() => {
            close.unread_before_first.map_or(FirstClose::Silence, FirstClose::Unknown)
        }
        Layer::WebSocket => FirstClose::CloseFrame(close.frames[first.side].as_ref()),
        // Behind a 101 to another protocol, a Close frame is not to be looked for.
        Layer::Fin if is_websocket && close.unread(first.side).is_none() => FirstClose::Fin,
        Layer::Fin => FirstClose::FinOfTcp,
        Layer::Rst if first.side == Side::Server && !was_open() => FirstClose::Refusal,
        Layer::Rst if is_websocket && close.unread(first.side).is_none() => FirstClose::Rst,
        Layer::Rst => FirstClose::RstOfTcp,
        Layer::Silence => FirstClose::Silence,
    }
}

/// Each end's API report, and the meaning of codes that must not be sent.
fn reported(close: &Close) -> Vec<Statement<'_>> {
    let mut all = Vec::new();
    for by in [Side::Client, Side::Server] {
        all.extend(close.reported[by].as_ref().map(|reported| Statement::Reported { by, reported }));
    }
    let reports = |code| {
        let both = [&close.reported.client, &close.reported.server];
        both.into_iter().flatten().any(|reported| reported.code() == Some(code))
    };
    all.extend(reports(CloseCode::ABNORMAL).then_some(Statement::Abnormal));
    all.extend(reports(CloseCode::NO_STATUS).then_some(Statement::NoStatus));
    all
}

impl Statement<'_> {
    /// Returns `true` for the verdict, or that there is none.
    pub(in crate::explain) const fn is_verdict(&self) -> bool {
        matches!(self, Self::Verdict(_) | Self::VerdictUnknown(_))
    }

    /// As a sentence.
    pub(in crate::explain) fn text(&self, language: Language) -> String {
        let say =
            |story: Narrative, values: &[&dyn std::fmt::Display]| sentence(&story.fill(language, values));
        match self {
            Self::ThreeSegments => say(Narrative::ThreeToOpen, &[]),
            Self::SimultaneousOpen => say(Narrative::BothOpened, &[]),
            Self::StillOpen => say(Narrative::StillOpen, &[]),
            Self::EndUnknown(bytes) => say(Narrative::EndUnknown, &[&unread(bytes, language)]),
            Self::NeverOpened => say(Narrative::NeverOpened, &[]),
            Self::EndNotCaptured => say(Narrative::EndNotCaptured, &[]),
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
                    FirstClose::Unknown(bytes) => {
                        let what = match first.layer {
                            Layer::WebSocket => Narrative::FirstCloseFrame,
                            Layer::Fin => Narrative::FirstFin,
                            Layer::Rst | Layer::Silence => Narrative::FirstRst,
                        };
                        let why = unread(bytes, language);
                        let what = what.text(language);
                        return say(Narrative::ClosedUnknown, &[&who, &what, &packet, &why]);
                    }
                };
                say(story, &[&who, &packet])
            }
            Self::Answer { by, frame } => {
                let who = side(*by, language);
                match frame {
                    Answer::Seen(seen) => {
                        say(Narrative::AnsweredByFrame, &[&who, &code(Some(seen), language), &seen.packet])
                    }
                    Answer::None => say(Narrative::NotAnswered, &[&who]),
                    Answer::NoneYet => say(Narrative::NotAnsweredYet, &[&who]),
                    Answer::Unknown(bytes) => {
                        say(Narrative::AnswerUnknown, &[&who, &unread(bytes, language)])
                    }
                }
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
                let who = side(*by, language);
                match why_unknown(reported, language) {
                    None => say(Narrative::Reported, &[&who, &report(*by, reported, language)]),
                    Some(why) => say(Narrative::ReportedUnknown, &[&who, &why]),
                }
            }
            Self::Abnormal => Narrative::Abnormal.text(language).to_owned(),
            Self::NoStatus => Narrative::NoStatus.text(language).to_owned(),
            Self::Pings(summary) => summary.text(language),
            Self::Verdict(verdict) => verdict.text(language),
            Self::VerdictUnknown(bytes) => say(Narrative::VerdictUnknown, &[&unread(bytes, language)]),
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
