//! Objects of the JSON contract of which each connection has a few, written by serde. Other programs rely on the keys and
//! their order: keys may be added, but not changed.

use std::net::{IpAddr, SocketAddr};

use serde::{Serialize, Serializer};

use crate::explain::findings::key::{accept, is_right};
use crate::explain::findings::{Cause, Verdict};
use crate::explain::narrative::unread::report;
use crate::explain::text::{Language, printed_if_any};
use crate::observe::{self, Fact, First, Numbers};
use crate::wire::{PerSide, Side};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct Address {
    address: IpAddr,
    port: u16,
}

impl Address {
    pub(super) const fn of(end: SocketAddr) -> Self {
        Self { address: end.ip(), port: end.port() }
    }
}

/// The ends of a connection, and what its packets are in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Ends {
    #[serde(flatten)]
    pub(super) sides: PerSide<Address>,
    /// The outermost first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) encapsulation: Vec<Encapsulation>,
}

/// A tag, a label or a tunnel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Encapsulation {
    protocol: &'static str,
    id: Option<u32>,
    source: Option<IpAddr>,
    destination: Option<IpAddr>,
}

impl Ends {
    /// Those of a stream whose first packet brought these facts.
    pub(super) fn of(stream: &observe::Stream, facts: &[Fact]) -> Self {
        let encapsulations = facts.iter().find_map(|fact| match fact {
            Fact::Encapsulation(all) => Some(all.as_slice()),
            _ => None,
        });
        let object = |one: &observe::Encapsulation| Encapsulation {
            protocol: one.protocol.name(),
            id: one.id,
            source: one.ends.map(|[source, _]| source),
            destination: one.ends.map(|[_, destination]| destination),
        };
        Self {
            sides: stream.ends.map(Address::of),
            encapsulation: encapsulations.unwrap_or_default().iter().map(object).collect(),
        }
    }
}

#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Upgrade {
    request: Option<Request>,
    response: Option<Response>,
    key: Option<String>,
    accept: Option<String>,
    accept_expected: Option<String>,
    accept_ok: Option<bool>,
    subprotocol: Option<String>,
    extensions: Vec<String>,
}

#[derive(Debug, Clone, Serialize)]
struct Request {
    #[serde(serialize_with = "numbers")]
    packets: Numbers,
    method: String,
    target: String,
    headers: Vec<(String, String)>,
}

#[derive(Debug, Clone, Serialize)]
struct Response {
    #[serde(serialize_with = "numbers")]
    packets: Numbers,
    status: u16,
    headers: Vec<(String, String)>,
}

fn header_lines(head: &observe::Head) -> Vec<(String, String)> {
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    head.lines.iter().map(|(name, value)| (name.clone(), text(value))).collect()
}

impl Upgrade {
    /// As far as the request shows.
    pub(super) fn requested(request: &observe::Request) -> Self {
        let head = Request {
            packets: request.head.packets.clone(),
            method: request.method.clone(),
            target: request.target.clone(),
            headers: header_lines(&request.head),
        };
        let key = request.key.as_ref().map(|(key, _)| key.clone());
        let accept_expected = key.as_deref().map(accept);
        Self { request: Some(head), key, accept_expected, ..Self::default() }
    }

    /// With the response to it.
    pub(super) fn answered(self, response: &observe::Response, upgrade: &observe::Upgrade) -> Self {
        let head = Response {
            packets: response.head.packets.clone(),
            status: response.status.0,
            headers: header_lines(&response.head),
        };
        let key = upgrade.key.clone().or(self.key);
        let is_right = is_right(upgrade).filter(|_| head.status == 101);
        Self {
            request: self.request,
            response: Some(head),
            accept: upgrade.accept.clone(),
            accept_ok: is_right,
            accept_expected: key.as_deref().map(accept),
            key,
            subprotocol: upgrade.subprotocol.clone(),
            extensions: upgrade.extensions.clone(),
        }
    }
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Close {
    #[serde(serialize_with = "printed_if_any")]
    first: Option<Side>,
    layer: Option<&'static str>,
    client_code: Option<u16>,
    server_code: Option<u16>,
    tcp: Option<&'static str>,
    /// `None` if bytes were not read that may hold a Close frame; of `first` and `layer` likewise.
    clean: Option<bool>,
    reported: PerSide<Option<String>>,
    verdict: Option<VerdictText>,
}

/// `close.verdict`: who ended it, on which layer, in which packet; the finding that is the cause, with its certainty, or
/// null where the capture shows none; all of it as a sentence, in English.
#[derive(Debug, Clone, Serialize)]
struct VerdictText {
    #[serde(serialize_with = "printed")]
    ended_by: Side,
    layer: &'static str,
    packet: u64,
    cause: Option<CauseName>,
    text: String,
}

/// The finding that is the cause: one of the connection's.
#[derive(Debug, Clone, Serialize)]
struct CauseName {
    finding: &'static str,
    certainty: &'static str,
}

impl VerdictText {
    fn new(verdict: &Verdict) -> Self {
        let cause = match &verdict.cause {
            Cause::Finding(finding) => {
                Some(CauseName { finding: finding.id(), certainty: finding.certainty().name() })
            }
            _ => None,
        };
        let First { side, layer, packet } = verdict.first;
        let text = verdict.text(Language::En);
        Self { ended_by: side, layer: layer.name(), packet, cause, text }
    }
}

impl Close {
    /// Of an open connection.
    pub(super) const OPEN: Self = Self {
        first: None,
        layer: None,
        client_code: None,
        server_code: None,
        tcp: None,
        clean: Some(false),
        reported: PerSide { client: None, server: None },
        verdict: None,
    };

    pub(super) fn new(close: &observe::Close, verdict: Option<&Verdict>) -> Self {
        let code = |side: Side| close.frames[side].as_ref().and_then(|seen| seen.code).map(|code| code.0);
        let reported = |end: Side| close.reported[end].as_ref().map(|it| report(end, it, Language::En));
        let first = close.known_first();
        Self {
            first: first.map(|first| first.side),
            layer: first.map(|first| first.layer.name()),
            client_code: code(Side::Client),
            server_code: code(Side::Server),
            tcp: close.tcp.map(observe::TcpClose::name),
            clean: close.is_known_clean(),
            reported: PerSide { client: reported(Side::Client), server: reported(Side::Server) },
            verdict: verdict.filter(|_| close.unread_before_first.is_none()).map(VerdictText::new),
        }
    }
}

/// A range of one side's stream: an offset that is not known is null.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct CoveredRange {
    from: Option<u64>,
    to: Option<u64>,
    r#as: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'static str>,
    /// What exceeds a limit, where that is why.
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<&'static str>,
}

/// Each side's ranges.
pub(super) fn coverage(close: &observe::Close) -> PerSide<Vec<CoveredRange>> {
    let ranges = |side: Side| {
        let range = |range: &observe::CoveredRange| CoveredRange {
            from: range.from,
            to: range.to,
            r#as: range.reading.name(),
            why: range.reading.reason().map(observe::UnreadReason::name),
            limit: (range.reading.reason() == Some(observe::UnreadReason::LongHead)).then_some("head"),
        };
        close.coverage[side].ranges().iter().map(range).collect()
    };
    PerSide { client: ranges(Side::Client), server: ranges(Side::Server) }
}

pub(super) fn printed<S: Serializer>(value: &impl std::fmt::Display, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(value)
}

fn numbers<S: Serializer>(numbers: &Numbers, to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(numbers.iter())
}
