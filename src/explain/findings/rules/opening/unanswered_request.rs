//! The Upgrade request without any answer (H19), judged once nothing more comes.

use super::{RuleContext, SLOW};
use crate::explain::findings::catalogue::opening::{
    ANSWERED_BEFORE, CAPTURE_LONGER, CLIENT_DID_NOT_WAIT, CLOSED_FOR_ANSWER, JUST_ASKED,
    REQUEST_ACKNOWLEDGED, REQUEST_LOST, REQUEST_NOT_ACKNOWLEDGED, UNTIL_CAPTURE_ENDS, UNTIL_CLIENT_FIN,
    UNTIL_CLIENT_RST, UNTIL_SERVER_FIN, UNTIL_SERVER_RST, UPGRADE_UNANSWERED,
};
use crate::explain::findings::entry::{Certainty, Localized, Severity};
use crate::explain::findings::finding::{Finding, Value};
use crate::explain::findings::memory::packet_ref::PacketRef;
use crate::explain::findings::rules::CloseRule;
use crate::observe::{Close, CoveredRange, First, Layer, Reading, Request};
use crate::wire::Side::{self, Client, Server};

pub(super) const OF_ENDS: &[CloseRule] = &[CloseRule::Once(upgrade_unanswered)];

/// The end of the wait: who made it and in which packet; `None` for the end of the capture.
type EndOfWait = Option<(Side, PacketRef, Localized)>;

/// H19.
fn upgrade_unanswered(context: &RuleContext<'_>, close: &Close) -> Option<Finding> {
    let connection = context.connection;
    let (request, asked) = connection.opening.request.as_deref()?;
    if is_answer_begun(context, close, *asked) || !connection.reads_all(Server) {
        return None;
    }
    let end = end_of_wait(context, close);
    let waited = match end {
        Some((_, at, _)) => at.since(*asked),
        None => context.capture.last_ns.saturating_sub(asked.time_ns),
    };
    let is_acknowledged = is_acknowledged(context, request);
    let receipt = if is_acknowledged { REQUEST_ACKNOWLEDGED } else { REQUEST_NOT_ACKNOWLEDGED };
    let packet = request.head.packets.last();
    let finding = Finding::new(&UPGRADE_UNANSWERED, 0).with_packets(&request.head.packets);
    let finding =
        finding.with("packet", packet).with("duration", in_seconds(waited)).with("receipt", receipt);
    let finding = finding.with("end", end.map_or(UNTIL_CAPTURE_ENDS, |(.., how)| how));
    let is_early = waited < SLOW && end.is_none_or(|(side, ..)| side == Client);
    Some(match end {
        _ if is_early => finding
            .with_severity(Severity::Info)
            .with_certainty(Certainty::Certain)
            .with_inference(if end.is_none() { JUST_ASKED } else { CLIENT_DID_NOT_WAIT })
            .with_confirm(CAPTURE_LONGER),
        _ if !is_acknowledged => finding.with_inference(REQUEST_LOST).with_certainty(Certainty::Possible),
        Some((Server, ..)) if waited < SLOW => {
            finding.with_at_fault(Server).with_inference(CLOSED_FOR_ANSWER)
        }
        _ if connection.opening.responses_end > 0 => {
            finding.with_at_fault(Server).with_inference(ANSWERED_BEFORE)
        }
        _ => finding.with_at_fault(Server),
    })
}

/// Returns `true` if the server sent a part of an answer: bytes since the request that belong to no response before.
fn is_answer_begun(context: &RuleContext<'_>, close: &Close, asked: PacketRef) -> bool {
    let connection = context.connection;
    let has_sent = connection.ends.server.last_payload.is_some_and(|last| last.packet >= asked.packet);
    let responses_end = connection.opening.responses_end;
    let is_other = |range: &CoveredRange| match range.reading {
        Reading::HttpHead => range.to.is_none_or(|to| to > responses_end),
        Reading::Frames | Reading::TlsHello | Reading::Http2 => true,
        Reading::HttpBody | Reading::Unread(_) | Reading::UnreadPayload(_) => false,
    };
    has_sent && close.coverage.server.ranges().iter().any(is_other)
}

/// A wait as timeouts are configured: in seconds, also where it is of minutes.
fn in_seconds(nanoseconds: u64) -> Value {
    const SECOND: u64 = 1_000_000_000;
    if nanoseconds < SECOND {
        return Value::Time(nanoseconds);
    }
    let tenths = nanoseconds / (SECOND / 10);
    format!("{}.{} s", tenths / 10, tenths % 10).as_str().into()
}

/// The first FIN or RST behind the request.
fn end_of_wait(context: &RuleContext<'_>, close: &Close) -> EndOfWait {
    let First { side, layer, packet } = close.first?;
    let end = &context.connection.ends[side];
    let (at, how) = match (layer, side) {
        (Layer::Fin, Client) => (end.fin?.0, UNTIL_CLIENT_FIN),
        (Layer::Fin, Server) => (end.fin?.0, UNTIL_SERVER_FIN),
        (Layer::Rst, Client) => (end.rst?.0, UNTIL_CLIENT_RST),
        (Layer::Rst, Server) => (end.rst?.0, UNTIL_SERVER_RST),
        (Layer::WebSocket | Layer::Silence, _) => return None,
    };
    (at.packet == packet).then_some((side, at, how))
}

/// Returns `true` if the server's TCP acknowledged the request's last byte.
fn is_acknowledged(context: &RuleContext<'_>, request: &Request) -> bool {
    // The first byte has the sequence position 1.
    let end = 1 + request.head.offset + request.head.length;
    context.connection.ends.server.acknowledged >= i64::try_from(end).unwrap_or(i64::MAX)
}
