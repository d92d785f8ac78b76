//! Rules about an answer that refuses the Upgrade, by its status (H01, H04, H07, H08, H10), and 403 (H09).

use super::deflate_parameters::fault_of_offer;
use super::doubled_header::has_several;
use super::{
    FindingRule, RuleContext, is_explained, is_refusal, of_refusal, offered, or_none, pending, value,
};
use crate::explain::findings::catalogue::opening::{
    ASK_WITH_CONNECT, BEHIND_FAILS, CLIENT_VERSION, DRAFT_ACCEPTED, DRAFT_REFUSED, DRAFT_WITH_SAME_FRAMES,
    DRAFT_WITHOUT_EFFECT, MALFORMED_OFFER, NO_CREDENTIALS, OLD_DRAFT, ORIGIN_DIFFERS, OTHER_REFUSAL,
    PAGE_INSTEAD_OF_UPGRADE, PLAIN_ANSWER, PORT_DIFFERS, PROXY_REFUSES, PROXY_TAKES_OUT, SERVER_FAILS,
    SERVER_VERSION, TAKEN_FOR_CONNECT, TOO_MANY_REQUESTS, TUNNEL_ANSWER, TWO_CONNECTION_LINES, UNAVAILABLE,
    UPDATE_CLIENT, UPGRADE_FORBIDDEN, UPGRADE_HEADERS_STRIPPED, UPGRADE_REDIRECTED, UPGRADE_REFUSED,
    UPGRADE_WANTED, VERSION_TALKED, VERSION_UNSUPPORTED, VERSION_WITHOUT_EFFECT, WRONG_PATH,
};
use crate::explain::findings::entry::{Certainty, Localized, Severity};
use crate::explain::findings::finding::Finding;
use crate::explain::findings::memory::opening::{is_interim, is_switch};
use crate::observe::{Draft, Request, Response};
use crate::wire::Side::{Client, Server};

pub(super) const OF_RESPONSES: &[FindingRule<Response>] = &[
    version_unsupported,
    upgrade_headers_stripped_by_proxy,
    page_instead_of_upgrade,
    upgrade_redirected,
    upgrade_forbidden,
    upgrade_refused,
];

/// The version of RFC 6455.
const VERSION: &str = "13";

/// H04: the client asks for another version than 13, or the server's list lacks it.
fn version_unsupported(context: &RuleContext<'_>, response: &Response) -> Option<Finding> {
    let request = pending(context)?;
    if is_interim(response) || response.upgrade.is_none() {
        return None;
    }
    if let Some(draft) = request.draft {
        return Some(old_draft(request, response, draft));
    }
    let asked = value(&request.head, "Sec-WebSocket-Version");
    let headers = response.head.headers();
    let wanted: Vec<&str> = headers.list("Sec-WebSocket-Version").collect();
    let (who, cause, severity, certainty) = if asked.as_deref() == Some(VERSION) {
        if is_switch(response) || wanted.is_empty() || wanted.contains(&VERSION) {
            return None;
        }
        (Server, SERVER_VERSION, Severity::Error, Certainty::Certain)
    } else if is_switch(response) {
        (Client, VERSION_TALKED, Severity::Warning, Certainty::Certain)
    } else if response.status.0 == 426 || !wanted.is_empty() {
        (Client, CLIENT_VERSION, Severity::Error, Certainty::Certain)
    } else if response.status.0 == 400 {
        (Client, CLIENT_VERSION, Severity::Error, Certainty::Likely)
    } else {
        (Client, VERSION_WITHOUT_EFFECT, Severity::Warning, Certainty::Certain)
    };
    let wanted = (!wanted.is_empty()).then(|| wanted.join(", "));
    let finding = Finding::new(&VERSION_UNSUPPORTED, request.head.packets.last())
        .with_packet(response.head.packets.last())
        .with_at_fault(who)
        .with_severity(severity)
        .with_certainty(certainty);
    let finding = finding.with("version", or_none(asked)).with("wanted", or_none(wanted));
    let finding = finding.with("status", u64::from(response.status.0)).with("cause", cause);
    Some(finding.with("packet", response.head.packets.last()))
}

/// H04, of a draft that RFC 6455 replaced. A server that does not speak it refuses it.
fn old_draft(request: &Request, response: &Response, draft: Draft) -> Finding {
    let is_told = response.status.0 == 426 || value(&response.head, "Sec-WebSocket-Version").is_some();
    let (inference, severity) = match (is_switch(response), draft.has_frames_of_rfc_6455()) {
        (true, true) => (DRAFT_WITH_SAME_FRAMES, Severity::Warning),
        (true, false) => (DRAFT_ACCEPTED, Severity::Warning),
        (false, _) if is_told || response.status.0 == 400 => (DRAFT_REFUSED, Severity::Error),
        (false, _) => (DRAFT_WITHOUT_EFFECT, Severity::Warning),
    };
    let is_certain = is_switch(response) || is_told || severity == Severity::Warning;
    let certainty = if is_certain { Certainty::Certain } else { Certainty::Likely };
    let finding = Finding::new(&VERSION_UNSUPPORTED, 0).with_packets(&request.head.packets);
    let finding = finding.with_packet(response.head.packets.last()).with_at_fault(Client);
    let finding =
        finding.with("draft", draft.to_string().as_str()).with("request", request.head.packets.last());
    let finding =
        finding.with("status", u64::from(response.status.0)).with("packet", response.head.packets.last());
    let finding = finding.with_severity(severity).with_certainty(certainty).with_fact(OLD_DRAFT);
    finding.with_inference(inference).with_confirm(UPDATE_CLIENT)
}

/// Names of proxies in the `Server` header.
const PROXIES: &[&str] = &[
    "akamaighost",
    "awselb",
    "caddy",
    "cloudflare",
    "cloudfront",
    "envoy",
    "haproxy",
    "istio-envoy",
    "microsoft-azure-application-gateway",
    "nginx",
    "openresty",
    "squid",
    "tengine",
    "traefik",
    "varnish",
];

/// H01, from the refusal: a proxy wrote it or passed it on.
fn upgrade_headers_stripped_by_proxy(context: &RuleContext<'_>, response: &Response) -> Option<Finding> {
    if !is_refusal(response, |status| matches!(status, 400 | 426)) || is_explained(context) {
        return None;
    }
    let (server, via) = (value(&response.head, "Server"), value(&response.head, "Via"));
    let name = server.as_deref().unwrap_or_default().to_ascii_lowercase();
    let is_proxy = via.is_some() || PROXIES.iter().any(|proxy| name.starts_with(proxy));
    // Such an answer names the version that it wants.
    let is_of_version = value(&response.head, "Sec-WebSocket-Version").is_some();
    let finding = || {
        of_refusal(&UPGRADE_HEADERS_STRIPPED, response)
            .with_fact(PROXY_REFUSES)
            .with_inference(PROXY_TAKES_OUT)
    };
    let finding = || {
        finding()
            .with_certainty(Certainty::Possible)
            .with("server", or_none(server))
            .with("via", or_none(via))
    };
    (is_proxy && !is_of_version).then(finding)
}

/// H07.
fn page_instead_of_upgrade(_: &RuleContext<'_>, response: &Response) -> Option<Finding> {
    if !is_refusal(response, |status| matches!(status, 200..=299)) {
        return None;
    }
    let kind = value(&response.head, "Content-Type");
    let is_page = kind.as_deref().is_some_and(|kind| kind.to_ascii_lowercase().contains("html"));
    let finding = of_refusal(&PAGE_INSTEAD_OF_UPGRADE, response).with("content_type", or_none(kind));
    Some(if response.phrase.trim().eq_ignore_ascii_case(TUNNEL_STANDS) {
        finding.with_fact(TUNNEL_ANSWER).with_inference(TAKEN_FOR_CONNECT).with_confirm(ASK_WITH_CONNECT)
    } else if is_page {
        finding
    } else {
        finding.with_inference(PLAIN_ANSWER).with_certainty(Certainty::Possible)
    })
}

/// The reason phrase of a proxy's answer to CONNECT.
const TUNNEL_STANDS: &str = "Connection established";

/// H08.
fn upgrade_redirected(_: &RuleContext<'_>, response: &Response) -> Option<Finding> {
    let to = value(&response.head, "Location");
    is_refusal(response, |status| matches!(status, 300..=399))
        .then(|| of_refusal(&UPGRADE_REDIRECTED, response).with("location", or_none(to)))
}

/// H09, of 403. A 401 and a 407 are [challenges](super::challenge).
fn upgrade_forbidden(context: &RuleContext<'_>, response: &Response) -> Option<Finding> {
    let request = pending(context)?;
    let (origin, host) = (value(&request.head, "Origin"), value(&request.head, "Host"));
    let difference = difference(origin.as_deref(), host.as_deref());
    let certainty = if difference.is_some() { Certainty::Likely } else { Certainty::Possible };
    is_refusal(response, |status| status == 403).then(|| {
        of_refusal(&UPGRADE_FORBIDDEN, response)
            .with("origin", or_none(origin))
            .with("host", or_none(host))
            .with("cause", difference.unwrap_or(NO_CREDENTIALS))
            .with_certainty(certainty)
    })
}

/// Difference between an Origin and the Host (RFC 6454 §4). The default port of the scheme may be omitted.
fn difference(origin: Option<&str>, host: Option<&str>) -> Option<Localized> {
    let (scheme, of_origin) = origin?.split_once("://")?;
    let own = if scheme == "https" { "443" } else { "80" };
    let split = |name: &str| {
        let (name, port) = match name.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => (host, port),
            _ => (name, own),
        };
        (name.to_ascii_lowercase(), port.to_owned())
    };
    let (origin, host) = (split(of_origin), split(host?));
    match (origin.0 == host.0, origin.1 == host.1) {
        (true, true) => None,
        (true, false) => Some(PORT_DIFFERS),
        (false, _) => Some(ORIGIN_DIFFERS),
    }
}

/// H10.
fn upgrade_refused(context: &RuleContext<'_>, response: &Response) -> Option<Finding> {
    let is_other = |status| (400..=599).contains(&status) && !matches!(status, 401 | 403 | 407);
    let has_cause = matches!(response.status.0, 400 | 426 | 505)
        && (is_explained(context) || context.connection.has_found(&VERSION_UNSUPPORTED, Some(Server)));
    if !is_refusal(response, is_other) || has_cause {
        return None;
    }
    let (cause, certainty) = cause_of_refusal(context, response.status.0);
    let (server, via) = (value(&response.head, "Server"), value(&response.head, "Via"));
    let finding = of_refusal(&UPGRADE_REFUSED, response)
        .with("server", or_none(server))
        .with("via", or_none(via))
        .with("cause", cause)
        .with_certainty(certainty);
    Some(finding)
}

/// The cause of a refusal: what the request has that servers stumble over, else what the status says.
fn cause_of_refusal(context: &RuleContext<'_>, status: u16) -> (Localized, Certainty) {
    let offers = || offered(context, "Sec-WebSocket-Extensions").unwrap_or_default();
    if matches!(status, 400 | 500) && fault_of_offer(&offers()).is_some() {
        return (MALFORMED_OFFER, Certainty::Likely);
    }
    if matches!(status, 400 | 426) && pending(context).is_some_and(|it| has_several(&it.head, "Connection")) {
        return (TWO_CONNECTION_LINES, Certainty::Likely);
    }
    match status {
        404 | 405 | 410 => (WRONG_PATH, Certainty::Likely),
        426 => (UPGRADE_WANTED, Certainty::Possible),
        502 | 504 => (BEHIND_FAILS, Certainty::Likely),
        429 => (TOO_MANY_REQUESTS, Certainty::Likely),
        503 => (UNAVAILABLE, Certainty::Likely),
        500..=599 => (SERVER_FAILS, Certainty::Likely),
        _ => (OTHER_REFUSAL, Certainty::Possible),
    }
}
