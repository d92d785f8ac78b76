//! Rules about HTTP/2 (H14), on which a WebSocket opens by an extended CONNECT (RFC 8441).

use super::{Certainty, CloseRule, FindingRule, RuleContext};
use crate::explain::findings::catalogue::opening::{
    ACCEPTED_WITHOUT_ANNOUNCEMENT, ANNOUNCED, ANNOUNCEMENT_NOT_SEEN, ANSWERED_BY_HTTP_1, ANSWERED_IN_HTTP_2,
    CONNECT_CANCELLED, CONNECT_ON_HTTP_2, HTTP_2_CONNECTION, LET_HTTP_1, NAMES_H2, NOT_ANNOUNCED,
    ONLY_HTTP_2, ONLY_THE_OPENING, OPEN_ON_HTTP_2, OTHER_HANDSHAKE, REFUSED_ON_HTTP_2, REFUSED_OR_NOT_KNOWN,
    REFUSED_WITHOUT_ANNOUNCEMENT, SEE_IT_ON_HTTP_1, UNANSWERED_ON_HTTP_2, WANTS_HTTP_1,
};
use crate::explain::findings::entry::{Localized, Severity};
use crate::explain::findings::finding::Finding;
use crate::explain::findings::memory::http2_opening::{ConnectAnswer, ExtendedConnect, Http2Opening};
use crate::observe::{Close, ErrorCode, Hello, Http2, Opaque, OpaqueKind, Request, RequestKind, Response};
use crate::rfc::Rfc;
use crate::wire::Side::{self, Client, Server};

pub(in crate::explain::findings) const OF_OPAQUE: &[FindingRule<Opaque>] =
    &[http_2_preface, upgrade_answered_in_http_2];
pub(in crate::explain::findings) const OF_REQUESTS: &[FindingRule<Request>] = &[upgrade_asked_of_http_2];
pub(in crate::explain::findings) const OF_RESPONSES: &[FindingRule<Response>] = &[preface_refused];
pub(in crate::explain::findings) const OF_HELLOS: &[FindingRule<Hello>] = &[only_h2_in_alpn];
pub(in crate::explain::findings) const OF_FRAMES: &[FindingRule<Http2>] = &[connect_answered];
pub(in crate::explain::findings) const OF_CLOSES: &[CloseRule] = &[CloseRule::Once(connect_unanswered)];

/// H14, as information: it may be right.
fn http_2_preface(_: &RuleContext<'_>, opaque: &Opaque) -> Option<Finding> {
    let is_it = opaque.kind == OpaqueKind::Http2 && opaque.from == Client;
    let finding = Finding::new(&HTTP_2_CONNECTION, opaque.packet).with_severity(Severity::Info);
    is_it.then(|| finding.with("packet", opaque.packet).with("context", ONLY_THE_OPENING))
}

/// H14: an HTTP/1 server does not know the preface.
fn preface_refused(context: &RuleContext<'_>, response: &Response) -> Option<Finding> {
    let end = &context.connection.ends.client;
    let first = end.first_payload.filter(|_| end.opaque == Some(OpaqueKind::Http2))?;
    let finding = Finding::new(&HTTP_2_CONNECTION, first.packet)
        .with_packet(response.head.packets.last())
        .with_at_fault(Client);
    Some(finding.with("packet", first.packet).with("context", ANSWERED_BY_HTTP_1))
}

/// H14: an Upgrade request to an HTTP/2 server, with the packets of the request and of the answer.
fn of_http_2_server(request: u64, answer: u64) -> Finding {
    let finding = Finding::new(&HTTP_2_CONNECTION, request)
        .with_packet(answer)
        .with_at_fault(Server)
        .with("request", request)
        .with("answer", answer)
        .with_certainty(Certainty::Likely);
    finding.with_fact(ANSWERED_IN_HTTP_2).with_inference(ONLY_HTTP_2).with_confirm(LET_HTTP_1)
}

fn upgrade_answered_in_http_2(context: &RuleContext<'_>, opaque: &Opaque) -> Option<Finding> {
    let (request, _) = &**context.connection.opening.request.as_ref()?;
    let is_it = opaque.kind == OpaqueKind::Http2 && opaque.from == Server;
    is_it.then(|| of_http_2_server(request.head.packets.last(), opaque.packet))
}

/// H14, where the server begins before the request.
fn upgrade_asked_of_http_2(context: &RuleContext<'_>, request: &Request) -> Option<Finding> {
    let end = &context.connection.ends.server;
    let first = end.first_payload.filter(|_| end.opaque == Some(OpaqueKind::Http2))?;
    (request.kind != RequestKind::Http).then(|| of_http_2_server(request.head.packets.last(), first.packet))
}

/// H14, from a TLS hello: its ALPN has `h2` and nothing else.
fn only_h2_in_alpn(context: &RuleContext<'_>, hello: &Hello) -> Option<Finding> {
    let is_it = hello.protocols == ["h2"] && !context.connection.has_found(&HTTP_2_CONNECTION, None);
    let finding = Finding::new(&HTTP_2_CONNECTION, hello.packet)
        .with_severity(Severity::Info)
        .with_certainty(Certainty::Possible);
    let finding = finding.with_fact(NAMES_H2).with_inference(OTHER_HANDSHAKE);
    is_it.then(|| finding.with("packet", hello.packet).with("side", hello.from))
}

/// Outcome of an extended CONNECT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Accepted,
    Refused,
    WantsHttp1,
    Cancelled,
}

impl Outcome {
    const fn of(answer: ConnectAnswer) -> Self {
        match answer {
            ConnectAnswer::Status(None | Some(..=299)) => Self::Accepted,
            ConnectAnswer::Reset(ErrorCode::HTTP_1_1_REQUIRED)
            | ConnectAnswer::GoAway(ErrorCode::HTTP_1_1_REQUIRED) => Self::WantsHttp1,
            ConnectAnswer::Status(_) | ConnectAnswer::Reset(_) | ConnectAnswer::GoAway(_) => Self::Refused,
            ConnectAnswer::Cancelled(_) => Self::Cancelled,
        }
    }
}

/// The server's announcement of `SETTINGS_ENABLE_CONNECT_PROTOCOL`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Announcement {
    Yes,
    No,
    /// The capture does not show it.
    NotSeen,
}

impl Announcement {
    fn of(context: &RuleContext<'_>) -> Self {
        let connection = context.connection;
        match &connection.http2 {
            Http2Opening { is_announced: true, .. } => Self::Yes,
            Http2Opening { has_settings: true, .. } if connection.reads_all(Server) => Self::No,
            _ => Self::NotSeen,
        }
    }

    const fn phrase(self) -> Localized {
        match self {
            Self::Yes => ANNOUNCED,
            Self::No => NOT_ANNOUNCED,
            Self::NotSeen => ANNOUNCEMENT_NOT_SEEN,
        }
    }
}

/// Severity, side at fault and inference by announcement and outcome. Nobody is at fault where the announcement was not
/// captured.
const fn judge(announced: Announcement, outcome: Outcome) -> (Severity, Option<Side>, Localized) {
    use Announcement::{No, NotSeen, Yes};
    use Outcome::{Accepted, Cancelled, Refused, WantsHttp1};
    match (announced, outcome) {
        (Yes | NotSeen, Accepted) => (Severity::Info, None, OPEN_ON_HTTP_2),
        (No, Accepted) => (Severity::Warning, Some(Client), ACCEPTED_WITHOUT_ANNOUNCEMENT),
        (No, Refused | WantsHttp1 | Cancelled) => {
            (Severity::Error, Some(Client), REFUSED_WITHOUT_ANNOUNCEMENT)
        }
        (Yes, Refused) => (Severity::Error, Some(Server), REFUSED_ON_HTTP_2),
        (Yes, WantsHttp1) => (Severity::Error, Some(Server), WANTS_HTTP_1),
        (Yes, Cancelled) => (Severity::Warning, Some(Client), CONNECT_CANCELLED),
        (NotSeen, Refused) => (Severity::Info, None, REFUSED_OR_NOT_KNOWN),
        (NotSeen, WantsHttp1) => (Severity::Info, None, WANTS_HTTP_1),
        (NotSeen, Cancelled) => (Severity::Info, None, CONNECT_CANCELLED),
    }
}

/// Certainty of that inference: why a server refuses is not in the capture, what it says is.
const fn certainty_of(announced: Announcement, outcome: Outcome) -> Certainty {
    match (announced, outcome) {
        (Announcement::No, Outcome::Refused | Outcome::WantsHttp1 | Outcome::Cancelled) => Certainty::Likely,
        (_, Outcome::Refused) => Certainty::Possible,
        (_, Outcome::Accepted | Outcome::WantsHttp1 | Outcome::Cancelled) => Certainty::Certain,
    }
}

/// A finding about an extended CONNECT, with the values `stream`, `request` and `announcement`.
fn of_connect(asked: ExtendedConnect, context: &RuleContext<'_>, outcome: Outcome) -> Finding {
    let announced = Announcement::of(context);
    let (severity, at_fault, why) = judge(announced, outcome);
    // What a client must not send, or what it sends (RFC 8441 §3, §4).
    let rule = if announced == Announcement::No { Rfc(8441, "3") } else { Rfc(8441, "4") };
    let finding = Finding::new(&HTTP_2_CONNECTION, asked.packet)
        .with_severity(severity)
        .with_inference(why)
        .with_certainty(certainty_of(announced, outcome))
        .with_rfc(rule);
    let finding = at_fault.into_iter().fold(finding, Finding::with_at_fault);
    let finding = if severity == Severity::Info { finding.with_confirm(SEE_IT_ON_HTTP_1) } else { finding };
    finding
        .with("stream", u64::from(asked.stream))
        .with("request", asked.packet)
        .with("announcement", announced.phrase())
}

/// H14, with the answer to an extended CONNECT.
fn connect_answered(context: &RuleContext<'_>, frame: &Http2) -> Option<Finding> {
    let (asked, answer) = context.connection.http2.answer(frame)?;
    let finding = of_connect(asked, context, Outcome::of(answer))
        .with_fact(CONNECT_ON_HTTP_2)
        .with_packet(frame.packet);
    let finding =
        finding.with("side", frame.from).with("frame", answer.name()).with("value", answer.value().as_str());
    Some(finding.with("packet", frame.packet))
}

/// H14, where the client sends what it must not, and nothing answers.
fn connect_unanswered(context: &RuleContext<'_>, _: &Close) -> Option<Finding> {
    let asked = context.connection.http2.request?;
    let is_wrong = Announcement::of(context) == Announcement::No;
    is_wrong.then(|| of_connect(asked, context, Outcome::Refused).with_fact(UNANSWERED_ON_HTTP_2))
}
