//! Rules about the opening handshake (RFC 6455 §4).

use super::deflate_parameters;
use super::wrong_accept::mistake;
use super::{FindingRule, RuleContext};
use crate::explain::findings::catalogue::opening::{
    ACCEPT_MISSING, ACCEPT_WRONG, BAD_PARAMETER, BEHIND_FAILS, CLIENT_VERSION, EMPTY_LINE,
    EXTENSION_NOT_AGREED, FROM_A_CACHE, HTTP_1_0_REQUEST, KEY_MALFORMED, MORE_THAN_ONE, NO_CONNECTION_HEADER,
    NO_CREDENTIALS, NO_UPGRADE_HEADER, NONE, NOT_CANONICAL, NOT_FROM_A_CACHE, NOT_OFFERED, ORIGIN_DIFFERS,
    OTHER_REFUSAL, PAGE_INSTEAD_OF_UPGRADE, PORT_DIFFERS, PROXY_REFUSES, PROXY_TAKES_OUT, SERVER_FAILS,
    SERVER_VERSION, SUBPROTOCOL_NOT_CHOSEN, SUBPROTOCOL_NOT_OFFERED, UNAVAILABLE, UPGRADE_FORBIDDEN,
    UPGRADE_HEADER_MISSING_IN_101, UPGRADE_HEADERS_STRIPPED, UPGRADE_REDIRECTED, UPGRADE_REFUSED,
    UPGRADE_SLOW, VERSION_UNSUPPORTED, WRONG_LENGTH, WRONG_PATH,
};
use crate::explain::findings::entry::Localized;
use crate::explain::findings::finding::{Finding, Value};
use crate::explain::findings::key::is_right;
use crate::explain::findings::memory::opening::{is_interim, is_switch};
use crate::observe::{Fault, Head, Request, RequestKind, Response};
use crate::wire::Side::{Client, Server};
use crate::wire::http::{KeyError, Status};

pub(in crate::explain::findings) const OF_REQUESTS: &[FindingRule<Request>] =
    &[upgrade_headers_stripped, http_1_0_request, key_malformed];
pub(in crate::explain::findings) const OF_RESPONSES: &[FindingRule<Response>] = &[
    upgrade_header_missing_in_101,
    upgrade_headers_stripped_by_proxy,
    version_unsupported,
    accept_missing,
    accept_wrong,
    page_instead_of_upgrade,
    upgrade_redirected,
    upgrade_forbidden,
    upgrade_refused,
    subprotocol_not_chosen,
    subprotocol_not_offered,
    extension_not_agreed,
    upgrade_slow,
];

/// Time from which on an Upgrade is slow, in nanoseconds.
const SLOW: u64 = 3_000_000_000;

/// Returns `true` if a response refuses an Upgrade, with such a status.
fn is_refusal(response: &Response, statuses: impl Fn(u16) -> bool) -> bool {
    response.upgrade.is_some() && !is_switch(response) && statuses(response.status.0)
}

/// Value of the first header of this name.
fn value(head: &Head, name: &str) -> Option<String> {
    let headers = head.headers();
    let value = headers.all(name).next()?;
    Some(String::from_utf8_lossy(value).into_owned())
}

fn or_none(text: Option<String>) -> Value {
    text.map_or(NONE.into(), |text| text.as_str().into())
}

/// H01.
fn upgrade_headers_stripped(_: &RuleContext<'_>, request: &Request) -> Option<Finding> {
    let what = match request.kind {
        RequestKind::WebSocketWithoutUpgrade => NO_UPGRADE_HEADER,
        RequestKind::WebSocket if !request.head.headers().has_token("Connection", "Upgrade") => {
            NO_CONNECTION_HEADER
        }
        _ => return None,
    };
    let finding =
        Finding::new(&UPGRADE_HEADERS_STRIPPED, 0).with_packets(&request.head.packets).with_at_fault(Client);
    Some(finding.with("packet", request.head.packets.last()).with("missing", what))
}

/// H02.
fn http_1_0_request(_: &RuleContext<'_>, request: &Request) -> Option<Finding> {
    let is_old = request.version == "HTTP/1.0" && request.kind != RequestKind::Http;
    let finding =
        Finding::new(&HTTP_1_0_REQUEST, 0).with_packets(&request.head.packets).with_at_fault(Client);
    is_old.then(|| {
        finding.with("packet", request.head.packets.last()).with("version", request.version.as_str())
    })
}

/// H15.
fn key_malformed(_: &RuleContext<'_>, request: &Request) -> Option<Finding> {
    let (key, why) = request.key.as_ref()?;
    let what = match why {
        Ok(()) => return None,
        Err(KeyError::NotBase64) => NOT_CANONICAL,
        Err(KeyError::WrongLength(_)) => WRONG_LENGTH,
    };
    let finding = Finding::new(&KEY_MALFORMED, 0).with_packets(&request.head.packets).with_at_fault(Client);
    Some(finding.with("key", key.as_str()).with("packet", request.head.packets.last()).with("fault", what))
}

/// A finding about a 101, with the value `packet`.
fn of_101(entry: &'static super::CatalogueEntry, response: &Response) -> Option<Finding> {
    let finding = Finding::new(entry, 0).with_packets(&response.head.packets).with_at_fault(Server);
    let is_one = is_switch(response) && response.upgrade.is_some();
    is_one.then(|| finding.with("packet", response.head.packets.last()))
}

fn has_fault(response: &Response, fault: Fault) -> bool {
    response.upgrade.as_ref().is_some_and(|upgrade| upgrade.faults.contains(&fault))
}

/// H03.
fn upgrade_header_missing_in_101(_: &RuleContext<'_>, response: &Response) -> Option<Finding> {
    let what = if has_fault(response, Fault::NoUpgrade) {
        "Upgrade: websocket"
    } else if has_fault(response, Fault::NoConnectionUpgrade) {
        "Connection: Upgrade"
    } else {
        return None;
    };
    of_101(&UPGRADE_HEADER_MISSING_IN_101, response).map(|finding| finding.with("missing", what))
}

/// H04.
fn version_unsupported(context: &RuleContext<'_>, response: &Response) -> Option<Finding> {
    let (request, _) = &**context.connection.opening.request.as_ref()?;
    if is_interim(response) || response.upgrade.is_none() {
        return None;
    }
    let asked = value(&request.head, "Sec-WebSocket-Version");
    let is_other = asked.as_deref() != Some("13");
    let is_told = value(&response.head, "Sec-WebSocket-Version").is_some() && !is_switch(response);
    let is_wanted = response.status == Status::UPGRADE_REQUIRED && !is_explained(context);
    let is_wrong = is_other || (is_told && !is_explained(context)) || is_wanted;
    let who = if is_other { Client } else { Server };
    let finding = Finding::new(&VERSION_UNSUPPORTED, request.head.packets.last())
        .with_packet(response.head.packets.last());
    let finding = finding
        .with_at_fault(who)
        .with("version", or_none(asked))
        .with("status", u64::from(response.status.0));
    let finding = finding.with("packet", response.head.packets.last());
    is_wrong.then(|| finding.with("cause", if is_other { CLIENT_VERSION } else { SERVER_VERSION }))
}

/// Returns `true` if an earlier finding explains a refusal.
fn is_explained(context: &RuleContext<'_>) -> bool {
    let of_request = [&UPGRADE_HEADERS_STRIPPED, &HTTP_1_0_REQUEST, &VERSION_UNSUPPORTED];
    let has_found = |side| of_request.iter().any(|entry| context.connection.has_found(entry, Some(side)));
    has_found(Client) || context.connection.has_found(&UPGRADE_HEADERS_STRIPPED, Some(Server))
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
            .with_certainty(super::Certainty::Possible)
            .with("server", or_none(server))
            .with("via", or_none(via))
    };
    (is_proxy && !is_of_version).then(finding)
}

/// H05.
fn accept_missing(_: &RuleContext<'_>, response: &Response) -> Option<Finding> {
    let finding = of_101(&ACCEPT_MISSING, response)?;
    let expected = response.upgrade.as_ref()?.accept_expected.clone();
    has_fault(response, Fault::NoAccept).then(|| finding.with("expected", or_none(expected)))
}

/// H06.
fn accept_wrong(context: &RuleContext<'_>, response: &Response) -> Option<Finding> {
    let finding = of_101(&ACCEPT_WRONG, response)?;
    let upgrade = response.upgrade.as_ref()?;
    let (sent, key) = (upgrade.accept.as_deref()?, upgrade.key.as_deref()?);
    let mistake = if is_right(upgrade) == Some(false) {
        mistake(key, sent, context.capture.keys())
    } else if has_fault(response, Fault::WrongAccept) {
        MORE_THAN_ONE
    } else {
        return None;
    };
    let expected = crate::explain::findings::key::accept(key);
    Some(
        finding
            .with("accept", sent)
            .with("expected", expected.as_str())
            .with("cause", mistake)
            .with("key", key),
    )
}

/// A finding about a refusal, with the values `status`, `reason` and `packet`.
fn of_refusal(entry: &'static super::CatalogueEntry, response: &Response) -> Finding {
    let finding = Finding::new(entry, 0).with_packets(&response.head.packets).with_at_fault(Server);
    let finding =
        finding.with("status", u64::from(response.status.0)).with("reason", response.phrase.as_str());
    finding.with("packet", response.head.packets.last())
}

/// H07.
fn page_instead_of_upgrade(_: &RuleContext<'_>, response: &Response) -> Option<Finding> {
    let kind = value(&response.head, "Content-Type");
    is_refusal(response, |status| matches!(status, 200..=299))
        .then(|| of_refusal(&PAGE_INSTEAD_OF_UPGRADE, response).with("content_type", or_none(kind)))
}

/// H08.
fn upgrade_redirected(_: &RuleContext<'_>, response: &Response) -> Option<Finding> {
    let to = value(&response.head, "Location");
    is_refusal(response, |status| matches!(status, 300..=399))
        .then(|| of_refusal(&UPGRADE_REDIRECTED, response).with("location", or_none(to)))
}

/// H09.
fn upgrade_forbidden(context: &RuleContext<'_>, response: &Response) -> Option<Finding> {
    let (request, _) = &**context.connection.opening.request.as_ref()?;
    let (origin, host) = (value(&request.head, "Origin"), value(&request.head, "Host"));
    let difference = difference(origin.as_deref(), host.as_deref()).filter(|_| response.status.0 == 403);
    let is_it = is_refusal(response, |status| matches!(status, 401 | 403));
    let certainty = if difference.is_some() { super::Certainty::Likely } else { super::Certainty::Possible };
    let finding = || {
        of_refusal(&UPGRADE_FORBIDDEN, response)
            .with("origin", or_none(origin))
            .with("host", or_none(host))
            .with_certainty(certainty)
    };
    is_it.then(|| finding().with("cause", difference.unwrap_or(NO_CREDENTIALS)))
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

/// H10. A refusal with 426 is [H04](version_unsupported).
fn upgrade_refused(context: &RuleContext<'_>, response: &Response) -> Option<Finding> {
    if matches!(response.status.0, 400 | 505) && is_explained(context) {
        return None;
    }
    let why: Localized = match response.status.0 {
        404 | 405 | 410 => WRONG_PATH,
        502 | 504 => BEHIND_FAILS,
        429 | 503 => UNAVAILABLE,
        500..=599 => SERVER_FAILS,
        _ => OTHER_REFUSAL,
    };
    let is_other = |status| (400..=599).contains(&status) && !matches!(status, 401 | 403 | 426);
    let (server, via) = (value(&response.head, "Server"), value(&response.head, "Via"));
    let finding = || {
        of_refusal(&UPGRADE_REFUSED, response)
            .with("server", or_none(server))
            .with("via", or_none(via))
            .with("cause", why)
    };
    is_refusal(response, is_other).then(finding)
}

fn offered(context: &RuleContext<'_>, name: &str) -> Option<Vec<String>> {
    let (request, _) = &**context.connection.opening.request.as_ref()?;
    Some(request.head.headers().list(name).map(str::to_owned).collect())
}

/// H11.
fn subprotocol_not_chosen(context: &RuleContext<'_>, response: &Response) -> Option<Finding> {
    let offered = offered(context, "Sec-WebSocket-Protocol").filter(|offered| !offered.is_empty())?;
    let is_none = value(&response.head, "Sec-WebSocket-Protocol").is_none() && is_switch(response);
    let finding =
        Finding::new(&SUBPROTOCOL_NOT_CHOSEN, 0).with_packets(&response.head.packets).with_at_fault(Server);
    is_none.then(|| {
        finding.with("offered", offered.join(", ").as_str()).with("packet", response.head.packets.last())
    })
}

/// H12.
fn subprotocol_not_offered(context: &RuleContext<'_>, response: &Response) -> Option<Finding> {
    let finding = of_101(&SUBPROTOCOL_NOT_OFFERED, response)?;
    let chosen = value(&response.head, "Sec-WebSocket-Protocol")?;
    let is_wrong = has_fault(response, Fault::Subprotocol) || chosen.is_empty();
    let offered = offered(context, "Sec-WebSocket-Protocol").filter(|offered| !offered.is_empty());
    is_wrong.then(|| {
        finding
            .with("chosen", chosen.as_str())
            .with("offered", or_none(offered.map(|names| names.join(", "))))
    })
}

/// H13.
fn extension_not_agreed(context: &RuleContext<'_>, response: &Response) -> Option<Finding> {
    let finding = of_101(&EXTENSION_NOT_AGREED, response)?;
    let chosen = value(&response.head, "Sec-WebSocket-Extensions")?;
    let offered = offered(context, "Sec-WebSocket-Extensions");
    let what = if has_fault(response, Fault::Extension) {
        NOT_OFFERED
    } else if chosen.is_empty() {
        EMPTY_LINE
    } else if !deflate_parameters::are_right(&response.upgrade.as_ref()?.extensions, &offered?) {
        BAD_PARAMETER
    } else {
        return None;
    };
    Some(finding.with("chosen", chosen.as_str()).with("fault", what))
}

/// Returns `true` if the headers say that the response is from a cache.
fn is_cached(head: &Head) -> bool {
    let says_hit = |name| value(head, name).is_some_and(|value| value.to_ascii_uppercase().contains("HIT"));
    value(head, "Age").is_some_and(|age| age != "0")
        || ["X-Cache", "CF-Cache-Status"].into_iter().any(says_hit)
}

/// H17.
fn upgrade_slow(context: &RuleContext<'_>, response: &Response) -> Option<Finding> {
    let (request, asked) = &**context.connection.opening.request.as_ref()?;
    let waited = context.at.since(*asked);
    let has_age = !is_interim(response) && is_cached(&response.head);
    let is_slow = waited >= SLOW || has_age || response.status.0 == 499;
    let finding =
        Finding::new(&UPGRADE_SLOW, request.head.packets.last()).with_packet(response.head.packets.last());
    let finding = finding.with("status", u64::from(response.status.0)).with_time("delay", waited);
    let finding =
        finding.with("request", request.head.packets.last()).with("response", response.head.packets.last());
    is_slow.then(|| finding.with("source", if has_age { FROM_A_CACHE } else { NOT_FROM_A_CACHE }))
}
