//! H14: HTTP/2, on which a WebSocket opens otherwise (RFC 8441).

use super::{Certainty, OfClose, Rule, RuleContext};
use crate::explain::findings::catalogue::opening::*;
use crate::explain::findings::entry::{Localized as Phrase, Severity};
use crate::explain::findings::finding::Finding;
use crate::explain::findings::memory::http2::{Answer, Asked, Opening};
use crate::observe::{Close, ErrorCode, Hello, Http2, Opaque, OpaqueKind, Request, RequestKind, Response};
use crate::rfc::Rfc;
use crate::wire::Side::{self, Client, Server};

pub(in crate::explain::findings) const OF_OPAQUE: &[Rule<Opaque>] = &[preface, answered_in_http_2];
pub(in crate::explain::findings) const OF_REQUESTS: &[Rule<Request>] = &[asked_of_http_2];
pub(in crate::explain::findings) const OF_RESPONSES: &[Rule<Response>] = &[refused];
pub(in crate::explain::findings) const OF_HELLOS: &[Rule<Hello>] = &[by_alpn];
pub(in crate::explain::findings) const OF_FRAMES: &[Rule<Http2>] = &[answered];
pub(in crate::explain::findings) const OF_CLOSES: &[OfClose] = &[OfClose::Once(unanswered)];

/// H14, where it may be right.
fn preface(_: &RuleContext<'_>, opaque: &Opaque) -> Option<Finding> {
    let is_it = opaque.kind == OpaqueKind::Http2 && opaque.from == Client;
    let found = Finding::new(&H14, opaque.packet).graver(Severity::Info);
    is_it.then(|| found.with(opaque.packet).with(ONLY_THE_OPENING))
}

/// H14: a server of HTTP/1 does not know the preface.
fn refused(scene: &RuleContext<'_>, response: &Response) -> Option<Finding> {
    let end = &scene.connection.ends.client;
    let begun = end.first_payload.filter(|_| end.opaque == Some(OpaqueKind::Http2))?;
    let found = Finding::new(&H14, begun.packet).and_by(response.head.packets.last()).blamed_on(Client);
    Some(found.with(begun.packet).with(ANSWERED_BY_HTTP_1))
}

/// H14, the other way round: a request for an Upgrade, and a server of HTTP/2.
fn of_http_2_server(asked: u64, begun: u64) -> Finding {
    let found = Finding::new(&H14, asked).and_by(begun).blamed_on(Server).with(asked).with(begun);
    found.saying(ANSWERED_IN_HTTP_2).inferring(ONLY_HTTP_2).confirming(LET_HTTP_1)
}

fn answered_in_http_2(scene: &RuleContext<'_>, opaque: &Opaque) -> Option<Finding> {
    let (request, _) = &**scene.connection.opening.request.as_ref()?;
    let is_it = opaque.kind == OpaqueKind::Http2 && opaque.from == Server;
    is_it.then(|| of_http_2_server(request.head.packets.last(), opaque.packet))
}

/// A server may begin before it has read anything.
fn asked_of_http_2(scene: &RuleContext<'_>, request: &Request) -> Option<Finding> {
    let end = &scene.connection.ends.server;
    let begun = end.first_payload.filter(|_| end.opaque == Some(OpaqueKind::Http2))?;
    (request.kind != RequestKind::Http).then(|| of_http_2_server(request.head.packets.last(), begun.packet))
}

/// H14, as far as TLS tells it without keys: an end names HTTP/2 and nothing else.
fn by_alpn(scene: &RuleContext<'_>, hello: &Hello) -> Option<Finding> {
    let is_it = hello.protocols == ["h2"] && !scene.connection.has_told(&H14, None);
    let found = Finding::new(&H14, hello.packet).graver(Severity::Info).surer(Certainty::Possible);
    let found = found.saying(NAMES_H2).inferring(OTHER_HANDSHAKE);
    is_it.then(|| found.with(hello.packet).with(hello.from))
}

/// What becomes of an extended CONNECT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Taken,
    Refused,
    WantsHttp1,
    GivenUp,
}

impl Outcome {
    const fn of(answer: Answer) -> Self {
        match answer {
            Answer::Status(None | Some(..=299)) => Self::Taken,
            Answer::Reset(ErrorCode::HTTP_1_1_REQUIRED) | Answer::GoAway(ErrorCode::HTTP_1_1_REQUIRED) => {
                Self::WantsHttp1
            }
            Answer::Status(_) | Answer::Reset(_) | Answer::GoAway(_) => Self::Refused,
            Answer::GivenUp(_) => Self::GivenUp,
        }
    }
}

/// Whether the server had announced that it takes an extended CONNECT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Announced {
    Yes,
    No,
    /// The capture does not show it.
    NotSeen,
}

impl Announced {
    fn of(scene: &RuleContext<'_>) -> Self {
        let connection = scene.connection;
        let end = &connection.ends.server;
        let sees_all = !connection.about.begins_midway() && !end.is_missing && !end.is_awaited;
        match &connection.http2 {
            Opening { is_announced: true, .. } => Self::Yes,
            Opening { has_settings: true, .. } if sees_all => Self::No,
            _ => Self::NotSeen,
        }
    }

    const fn phrase(self) -> Phrase {
        match self {
            Self::Yes => ANNOUNCED,
            Self::No => NOT_ANNOUNCED,
            Self::NotSeen => ANNOUNCEMENT_NOT_SEEN,
        }
    }
}

/// What follows from both: how grave it is, whose fault, and why. What depends on bytes that were not seen is nobody's.
const fn judge(announced: Announced, outcome: Outcome) -> (Severity, Option<Side>, Phrase) {
    use Announced::{No, NotSeen, Yes};
    use Outcome::{GivenUp, Refused, Taken, WantsHttp1};
    match (announced, outcome) {
        (Yes | NotSeen, Taken) => (Severity::Info, None, OPEN_ON_HTTP_2),
        (No, Taken) => (Severity::Warning, Some(Client), TAKEN_ALL_THE_SAME),
        (No, Refused | WantsHttp1 | GivenUp) => (Severity::Error, Some(Client), NOT_TAKEN),
        (Yes, Refused) => (Severity::Error, Some(Server), REFUSED_ON_HTTP_2),
        (Yes, WantsHttp1) => (Severity::Error, Some(Server), WANTS_HTTP_1),
        (Yes, GivenUp) => (Severity::Warning, Some(Client), GIVEN_UP),
        (NotSeen, Refused) => (Severity::Info, None, REFUSED_OR_NOT_KNOWN),
        (NotSeen, WantsHttp1) => (Severity::Info, None, WANTS_HTTP_1),
        (NotSeen, GivenUp) => (Severity::Info, None, GIVEN_UP),
    }
}

/// Its stream, its packet, and whether it was announced are the first three values.
fn of_connect(asked: Asked, scene: &RuleContext<'_>, outcome: Outcome) -> Finding {
    let announced = Announced::of(scene);
    let (severity, at_fault, why) = judge(announced, outcome);
    // What a client must not send, or what it sends (RFC 8441 §3, §4).
    let rule = if announced == Announced::No { Rfc(8441, "3") } else { Rfc(8441, "4") };
    let found = Finding::new(&H14, asked.packet).graver(severity).inferring(why).citing(rule);
    let found = at_fault.into_iter().fold(found, Finding::blamed_on);
    let found = if severity == Severity::Info { found.confirming(SEE_IT_ON_HTTP_1) } else { found };
    found.with(u64::from(asked.stream)).with(asked.packet).with(announced.phrase())
}

/// H14, with the answer to an extended CONNECT.
fn answered(scene: &RuleContext<'_>, frame: &Http2) -> Option<Finding> {
    let (asked, answer) = scene.connection.http2.answer(frame)?;
    let found = of_connect(asked, scene, Outcome::of(answer)).saying(CONNECT_ON_HTTP_2).and_by(frame.packet);
    let found = found.with(frame.from).with(answer.name()).with(answer.value().as_str());
    Some(found.with(frame.packet))
}

/// H14, where the client asks what it must not, and nothing answers.
fn unanswered(scene: &RuleContext<'_>, _: &Close) -> Option<Finding> {
    let asked = scene.connection.http2.asked?;
    let is_wrong = Announced::of(scene) == Announced::No;
    is_wrong.then(|| of_connect(asked, scene, Outcome::Refused).saying(UNANSWERED_ON_HTTP_2))
}
