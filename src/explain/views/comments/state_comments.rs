//! Sides, phases and changes of state in the words of comments.

use crate::explain::narrative::phase::Phase;
use crate::explain::narrative::unread::report;
use crate::explain::text::{Comment, EventName, Language};
use crate::observe::{Change, Evidence, Fact, Transition};
use crate::wire::Side;

pub(super) const fn side(side: Side, language: Language) -> &'static str {
    match side {
        Side::Client => Comment::Client.text(language),
        Side::Server => Comment::Server.text(language),
    }
}

pub(super) const fn phase(phase: Phase) -> Comment {
    match phase {
        Phase::Open => Comment::PhaseOpen,
        Phase::Upgrade => Comment::PhaseUpgrade,
        Phase::Data => Comment::PhaseData,
        Phase::Messages => Comment::PhaseMessages,
        Phase::WebSocketClose => Comment::PhaseWsClose,
        Phase::TcpClose => Comment::PhaseTcpClose,
    }
}

/// `client TCP: CLOSED → SYN-SENT (sends SYN, RFC 9293 §3.5)`
pub(super) fn render(transition: &Transition, language: Language) -> String {
    let Transition { side: whose, change, rfc, evidence, .. } = transition;
    let (remark, event) = match change {
        Change::Tcp { event, .. } => (Comment::TcpState, EventName::of_tcp(*event)),
        Change::WebSocket { event, .. } => (Comment::WsState, EventName::of_websocket(*event)),
    };
    let evidence = match evidence {
        Evidence::Captured => None,
        Evidence::Rebuilt => Some(Comment::Rebuilt),
        // The event says it.
        Evidence::Inferred if event == EventName::NotCaptured => None,
        Evidence::Inferred => Some(Comment::Inferred),
    };
    let source =
        evidence.map_or_else(|| rfc.to_string(), |evidence| format!("{rfc}, {}", evidence.text(language)));
    let event = event.text(language);
    remark.fill(language, &[&side(*whose, language), &change.from(), &change.to(), &event, &source])
}

/// Each end's API report, once TCP is done.
pub(super) fn reported(fact: &Fact, language: Language) -> Vec<String> {
    let Fact::Close(close) = fact else { return Vec::new() };
    let said = |end: Side| {
        let reported = close.reported[end].as_ref()?;
        let what = report(end, reported, language);
        Some(Comment::Reported.fill(language, &[&side(end, language), &what]))
    };
    [Side::Client, Side::Server].into_iter().filter_map(said).collect()
}
