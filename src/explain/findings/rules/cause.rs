//! The cause of a connection's end: the finding that explains it, along the chain from what happened to the end that
//! closed.
//!
//! A finding explains the end if the end that closed had received what it is about, did nothing afterwards that shows
//! that it did not mind, and nothing earlier in [`CHAIN`] explains it. Findings about the closing handshake only say how
//! it closed, and are no cause.

use super::Severity;
use crate::explain::findings::catalogue::closing::{
    CLOSE_UNANSWERED, CONNECTION_FAILED, TCP_LINGERS_AFTER_CLOSE,
};
use crate::explain::findings::catalogue::frames::{MESSAGE_TOO_BIG, PING_UNANSWERED};
use crate::explain::findings::catalogue::icmp::ICMP_ERROR;
use crate::explain::findings::catalogue::liveness::{HEARTBEAT_TOO_SLOW, MAXIMUM_AGE, ONE_DIRECTION_SILENT};
use crate::explain::findings::catalogue::tcp::{
    CONNECTION_REFUSED, PATH_INTERRUPTED, PEER_VANISHED, RST_INJECTED, RST_WITH_DATA_UNREAD,
    SERVER_CLOSED_UNREAD, SYN_UNANSWERED, TLS_MISMATCH, ZERO_WINDOW_STALL,
};
use crate::explain::findings::entry::{CatalogueEntry, Family};
use crate::explain::findings::memory::connection_memory::ConnectionMemory;
use crate::explain::findings::memory::framing_fault::FramingFault;
use crate::explain::findings::memory::packet_ref::PacketRef;
use crate::explain::findings::memory::suspect::{Suspect, TAKEN};
use crate::explain::findings::verdict::{Cause, Verdict, Words};
use crate::observe::{Close, First, Layer};
use crate::wire::Side;
use crate::wire::ws::CloseCode;

/// Findings that a link of the chain is about.
#[derive(Debug)]
enum Findings {
    One(&'static CatalogueEntry),
    Of(&'static [Family]),
}

impl Findings {
    fn has(&self, suspect: &Suspect) -> bool {
        match self {
            Self::One(entry) => *entry == suspect.finding.entry(),
            Self::Of(families) => families.contains(&suspect.finding.family()),
        }
    }
}

/// Choice among several findings that fit.
#[derive(Debug, Clone, Copy)]
enum Choice {
    /// The one closest to the end.
    Last,
    First,
}

/// A kind of cause: the findings that it is about, and the test whether one of them explains this end.
struct Link {
    findings: Findings,
    explains: fn(&End<'_>, &Suspect) -> bool,
    choice: Choice,
}

const fn link(findings: Findings, explains: fn(&End<'_>, &Suspect) -> bool) -> Link {
    Link { findings, explains, choice: Choice::Last }
}

/// Kinds of causes, the closest first.
static CHAIN: &[Link] = {
    use Findings::{Of, One};
    &[
        // A RST that the end did not send.
        link(One(&RST_INJECTED), is_rst_of),
        // The words of the end that closed, and the breach that it failed the connection for.
        link(One(&MESSAGE_TOO_BIG), says),
        link(Of(&[Family::Frames, Family::Compression, Family::Closing]), fails_for),
        link(One(&CONNECTION_FAILED), says),
        // The opening.
        link(One(&CONNECTION_REFUSED), comes_after),
        link(One(&SYN_UNANSWERED), comes_after),
        link(One(&SERVER_CLOSED_UNREAD), comes_after),
        link(One(&TLS_MISMATCH), comes_after),
        Link { findings: Of(&[Family::Opening]), explains: rejects_opening, choice: Choice::First },
        // Data unread.
        link(One(&RST_WITH_DATA_UNREAD), is_rst_of),
        // A peer, or a path, that is gone: what ICMP says of it is closer than what is missing.
        link(One(&ICMP_ERROR), is_unreachable),
        link(One(&PEER_VANISHED), gives_up_for),
        link(Of(&[Family::Tcp]), gives_up_for),
        link(One(&ZERO_WINDOW_STALL), waits_for_room),
        // Silence, and limits of time.
        link(One(&HEARTBEAT_TOO_SLOW), is_unwanted),
        link(One(&MAXIMUM_AGE), is_unwanted),
        link(One(&ONE_DIRECTION_SILENT), is_unwanted),
        link(Of(&[Family::Liveness]), is_unwanted),
        link(One(&PING_UNANSWERED), waits_for_pong),
    ]
};

/// The verdict on a connection; `None` while it is open, and of a connection that is no WebSocket and shows no cause.
pub(in crate::explain::findings) fn verdict(connection: &ConnectionMemory, close: &Close) -> Option<Verdict> {
    let end = End::of(connection, close)?;
    let first = close.first?;
    let is_websocket =
        connection.opening.is_of_websocket || connection.has_opened.client || connection.has_opened.server;
    let cause = match end.cause() {
        _ if end.is_normal() && close.is_clean() => Cause::InOrder,
        Some(suspect) => Cause::Finding(Box::new(suspect.finding.clone())),
        None if close.is_clean() => Cause::InOrder,
        None if !is_websocket => return None,
        None if first.layer == Layer::WebSocket && is_unfinished(connection, close) => Cause::Unfinished,
        None if first.layer == Layer::WebSocket => Cause::NotInOrder,
        None if connection.reads_all(first.side) => Cause::Unknown,
        None => Cause::NotRead,
    };
    let words = match (&close.frames[first.side], connection.opening.refusal) {
        (Some(seen), _) if first.layer == Layer::WebSocket => Words::Close(Box::new(seen.clone())),
        (_, Some(status)) => Words::Refusal(status),
        _ => Words::None,
    };
    Some(Verdict { first, words, cause })
}

/// Returns `true` if the capture ends before TCP does, and nothing that was waited for is late by then.
fn is_unfinished(connection: &ConnectionMemory, close: &Close) -> bool {
    let is_late = [Side::Client, Side::Server].into_iter().any(|side| {
        let has_found = |entry| connection.has_found(entry, Some(side));
        has_found(&CLOSE_UNANSWERED) || has_found(&TCP_LINGERS_AFTER_CLOSE)
    });
    let has_ended = close.fins.client.is_some() && close.fins.server.is_some();
    close.rst.is_none() && !has_ended && !is_late
}

/// The end of a connection, before its cause is known.
struct End<'m> {
    connection: &'m ConnectionMemory,
    first: First,
    /// The packet that ended it; the last packet, if it fell silent.
    at: PacketRef,
    /// The code of the Close frame that ended it.
    code: Option<CloseCode>,
}

impl<'m> End<'m> {
    /// `None` while the connection is open.
    fn of(connection: &'m ConnectionMemory, close: &Close) -> Option<Self> {
        let first = close.first?;
        let (end, sender) = (&connection.ends[first.side], &connection.senders[first.side]);
        let at = match first.layer {
            Layer::WebSocket => sender.close.map(|close| close.at),
            Layer::Fin => end.fin.map(|(at, _)| at),
            Layer::Rst => end.rst.map(|(at, _)| at),
            Layer::Silence => None,
        };
        let code = close.frames[first.side].as_ref().and_then(|seen| seen.code);
        let code = code.filter(|_| first.layer == Layer::WebSocket);
        Some(Self { connection, first, at: at.unwrap_or(connection.last), code })
    }

    /// The cause, if the capture shows it.
    fn cause(&self) -> Option<&'m Suspect> {
        CHAIN.iter().find_map(|link| {
            let fits = |it: &&Suspect| link.findings.has(it) && (link.explains)(self, it);
            let mut suspects = self.connection.suspects.iter().filter(fits);
            match link.choice {
                Choice::First => suspects.next(),
                // Of several with one packet the first.
                Choice::Last => suspects.rev().max_by_key(|it| it.packet()),
            }
        })
    }

    /// Returns `true` if it is a Close frame that says that nothing is wrong.
    const fn is_normal(&self) -> bool {
        matches!(self.code, Some(CloseCode::NORMAL | CloseCode::GOING_AWAY | CloseCode::NO_STATUS))
    }

    /// Returns `true` if it is a Close frame that says that the peer broke a rule.
    const fn says_breach(&self) -> bool {
        matches!(self.code, Some(CloseCode::PROTOCOL_ERROR | CloseCode::INVALID_DATA | CloseCode::TOO_BIG))
    }

    /// Returns `true` if the end that closed had received a finding's packets: its FIN or RST acknowledges them, or came
    /// after them and acknowledges nothing.
    fn has_received(&self, suspect: &Suspect) -> bool {
        let closing = self.connection.ends[self.first.side].closing;
        let ack = closing.filter(|(packet, _)| *packet == self.first.packet).and_then(|(_, ack)| ack);
        suspect.packet() < self.first.packet && suspect.is_covered_by(ack)
    }

    /// Returns `true` if the connection was kept for seconds after a finding.
    fn is_long_after(&self, suspect: &Suspect) -> bool {
        self.is_long_after_packet(suspect.at)
    }

    fn is_long_after_packet(&self, at: PacketRef) -> bool {
        self.at.since(at) >= TAKEN
    }
}

/// The end itself says so, in its Close frame.
fn says(end: &End<'_>, suspect: &Suspect) -> bool {
    end.says_breach() && suspect.finding.packets().contains(&end.first.packet)
}

/// A breach of the framing rules, for which the receiver must fail the connection.
fn fails_for(end: &End<'_>, suspect: &Suspect) -> bool {
    let is_minded = !suspect.is_accepted && !end.is_long_after(suspect) && !end.is_normal();
    let said = || end.connection.breach_of(end.first.side.peer());
    let is_said = || {
        let fault = FramingFault::of(&suspect.finding);
        said().zip(fault).is_some_and(|(said, fault)| said.entry == fault.entry)
    };
    FramingFault::of(&suspect.finding).is_some()
        && suspect.finding.at_fault() == Some(end.first.side.peer())
        && end.has_received(suspect)
        && if end.says_breach() { is_said() } else { is_minded }
}

/// It follows, whoever ended it.
fn comes_after(end: &End<'_>, suspect: &Suspect) -> bool {
    let first = suspect.finding.packets().first();
    end.first.layer == Layer::Silence || first.is_some_and(|first| *first <= end.first.packet)
}

/// An opening that one side must not or does not accept. Whoever asked or answered wrongly may end a refused one; an
/// upgraded one is ended by the side that minds.
fn rejects_opening(end: &End<'_>, suspect: &Suspect) -> bool {
    let is_upgraded = end.connection.opening.is_upgraded;
    let culprit = suspect.finding.at_fault().unwrap_or(Side::Server);
    let is_judge = !is_upgraded || culprit == end.first.side.peer();
    let is_used = is_upgraded && end.is_long_after(suspect) && end.connection.senders[culprit].frames > 0;
    suspect.finding.severity() == Severity::Error
        && suspect.packet() <= end.first.packet
        && !suspect.is_accepted
        && !end.is_normal()
        && is_judge
        && !is_used
}

/// A finding about the RST that ended it.
fn is_rst_of(end: &End<'_>, suspect: &Suspect) -> bool {
    end.first.layer == Layer::Rst && suspect.finding.packets().contains(&end.first.packet)
}

/// A peer that does not answer any more.
fn gives_up_for(end: &End<'_>, suspect: &Suspect) -> bool {
    let is_wrong = suspect.finding.severity() != Severity::Info || end.first.layer == Layer::Silence;
    let entry = suspect.finding.entry();
    let is_told_elsewhere =
        [&ZERO_WINDOW_STALL, &RST_WITH_DATA_UNREAD, &RST_INJECTED, &PATH_INTERRUPTED].contains(&entry);
    // A peer that is gone is the reason of what came after the first packet that it did not answer.
    let is_before = *entry != PEER_VANISHED
        || end.first.layer == Layer::Silence
        || suspect.finding.packets().get(1).is_some_and(|first| *first < end.first.packet);
    is_wrong && !is_told_elsewhere && is_before && comes_after(end, suspect)
}

/// An end that waited for the window of its peer, which was closed to the last.
fn waits_for_room(end: &End<'_>, suspect: &Suspect) -> bool {
    let peer = end.first.side.peer();
    let is_closed = end.connection.ends[peer].zero_since.is_some_and(|since| end.is_long_after_packet(since));
    is_closed && !end.is_normal() && suspect.finding.at_fault() == Some(peer)
}

/// ICMP says why a peer does not answer.
fn is_unreachable(end: &End<'_>, suspect: &Suspect) -> bool {
    let is_gone = end.connection.has_found(&PEER_VANISHED, None) || end.first.layer == Layer::Silence;
    is_gone && comes_after(end, suspect)
}

/// An end that no Close frame calls normal.
fn is_unwanted(end: &End<'_>, suspect: &Suspect) -> bool {
    suspect.finding.severity() != Severity::Info && !end.is_normal() && comes_after(end, suspect)
}

/// The asker of a ping closes with a code of failure, and its peer, which sent other things since, did not answer.
fn waits_for_pong(end: &End<'_>, suspect: &Suspect) -> bool {
    let peer = end.first.side.peer();
    let is_alive = end.connection.ends[peer].last_payload.is_some_and(|last| last.packet > suspect.packet());
    let is_failure = end.first.layer == Layer::WebSocket && !end.is_normal();
    is_failure && is_alive && suspect.finding.at_fault() == Some(peer)
}
