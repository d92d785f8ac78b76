//! What is remembered of the opening handshake, and the rules about it.

use super::accept::mistake;
use super::parameters;
use super::{Rule, RuleContext};
use crate::explain::findings::catalogue::opening::*;
use crate::explain::findings::entry::Localized as Phrase;
use crate::explain::findings::finding::Finding;
use crate::explain::findings::key::is_right;
use crate::explain::findings::memory::opening::{is_interim, is_switch};
use crate::observe::{Fault, Head, Request, RequestKind, Response};
use crate::wire::Side::{Client, Server};
use crate::wire::http::{KeyError, Status};

pub(in crate::explain::findings) const OF_REQUESTS: &[Rule<Request>] =
    &[lines_taken_out, http_1_0, malformed_key];
pub(in crate::explain::findings) const OF_RESPONSES: &[Rule<Response>] = &[
    lines_missing,
    proxy_refuses,
    version,
    no_accept,
    wrong_accept,
    page,
    redirect,
    forbidden,
    refused,
    no_subprotocol,
    other_subprotocol,
    other_extension,
    slow,
];

/// An Upgrade that takes so long is slow.
const SLOW: u64 = 3_000_000_000;

/// A refusal of an Upgrade, with this status.
fn is_refusal(response: &Response, statuses: impl Fn(u16) -> bool) -> bool {
    response.upgrade.is_some() && !is_switch(response) && statuses(response.status.0)
}

/// A header's value, the first of its name.
fn value(head: &Head, name: &str) -> Option<String> {
    let headers = head.headers();
    let value = headers.all(name).next()?;
    Some(String::from_utf8_lossy(value).into_owned())
}

fn or_none(found: Finding, text: Option<String>) -> Finding {
    match text {
        Some(text) => found.with(text.as_str()),
        None => found.with(NONE),
    }
}

/// H01.
fn lines_taken_out(_: &RuleContext<'_>, request: &Request) -> Option<Finding> {
    let what = match request.kind {
        RequestKind::WebSocketWithoutUpgrade => NO_UPGRADE,
        RequestKind::WebSocket if !request.head.headers().has_token("Connection", "Upgrade") => NO_CONNECTION,
        _ => return None,
    };
    let found = Finding::new(&H01, 0).shown_by(&request.head.packets).blamed_on(Client);
    Some(found.with(request.head.packets.last()).with(what))
}

/// H02.
fn http_1_0(_: &RuleContext<'_>, request: &Request) -> Option<Finding> {
    let is_old = request.version == "HTTP/1.0" && request.kind != RequestKind::Http;
    let found = Finding::new(&H02, 0).shown_by(&request.head.packets).blamed_on(Client);
    is_old.then(|| found.with(request.head.packets.last()).with(request.version.as_str()))
}

/// H15.
fn malformed_key(_: &RuleContext<'_>, request: &Request) -> Option<Finding> {
    let (key, why) = request.key.as_ref()?;
    let what = match why {
        Ok(()) => return None,
        Err(KeyError::NotBase64) => NOT_CANONICAL,
        Err(KeyError::WrongLength(_)) => WRONG_LENGTH,
    };
    let found = Finding::new(&H15, 0).shown_by(&request.head.packets).blamed_on(Client);
    Some(found.with(key.as_str()).with(request.head.packets.last()).with(what))
}

/// Told of a 101, by its last packet.
fn of_101(entry: &'static super::Entry, response: &Response) -> Option<Finding> {
    let found = Finding::new(entry, 0).shown_by(&response.head.packets).blamed_on(Server);
    let is_one = is_switch(response) && response.upgrade.is_some();
    is_one.then(|| found.with(response.head.packets.last()))
}

fn has_fault(response: &Response, fault: Fault) -> bool {
    response.upgrade.as_ref().is_some_and(|upgrade| upgrade.faults.contains(&fault))
}

/// H03.
fn lines_missing(_: &RuleContext<'_>, response: &Response) -> Option<Finding> {
    let what = if has_fault(response, Fault::NoUpgrade) {
        "Upgrade: websocket"
    } else if has_fault(response, Fault::NoConnectionUpgrade) {
        "Connection: Upgrade"
    } else {
        return None;
    };
    of_101(&H03, response).map(|found| found.with(what))
}

/// H04.
fn version(scene: &RuleContext<'_>, response: &Response) -> Option<Finding> {
    let (request, _) = &**scene.connection.opening.request.as_ref()?;
    if is_interim(response) || response.upgrade.is_none() {
        return None;
    }
    let asked = value(&request.head, "Sec-WebSocket-Version");
    let is_other = asked.as_deref() != Some("13");
    let is_told = value(&response.head, "Sec-WebSocket-Version").is_some() && !is_switch(response);
    let is_wanted = response.status == Status::UPGRADE_REQUIRED && !is_explained(scene);
    let is_wrong = is_other || (is_told && !is_explained(scene)) || is_wanted;
    let who = if is_other { Client } else { Server };
    let found = Finding::new(&H04, request.head.packets.last()).and_by(response.head.packets.last());
    let found = or_none(found.blamed_on(who), asked).with(u64::from(response.status.0));
    let found = found.with(response.head.packets.last());
    is_wrong.then(|| found.with(if is_other { CLIENT_VERSION } else { SERVER_VERSION }))
}

/// Whether a refusal follows from what was found already.
fn is_explained(scene: &RuleContext<'_>) -> bool {
    let of_request = [&H01, &H02, &H04];
    let has_told = |side| of_request.iter().any(|entry| scene.connection.has_told(entry, Some(side)));
    has_told(Client) || scene.connection.has_told(&H01, Some(Server))
}

/// What proxies call themselves in their answers.
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

/// H01, as an answer hints at it: that of a proxy to what it took for no Upgrade.
fn proxy_refuses(scene: &RuleContext<'_>, response: &Response) -> Option<Finding> {
    if !is_refusal(response, |status| matches!(status, 400 | 426)) || is_explained(scene) {
        return None;
    }
    let (server, via) = (value(&response.head, "Server"), value(&response.head, "Via"));
    let name = server.as_deref().unwrap_or_default().to_ascii_lowercase();
    let is_proxy = via.is_some() || PROXIES.iter().any(|proxy| name.starts_with(proxy));
    // That says itself what it wants.
    let is_of_version = value(&response.head, "Sec-WebSocket-Version").is_some();
    let found = || of_refusal(&H01, response).saying(PROXY_REFUSES).inferring(PROXY_TAKES_OUT);
    let found = || or_none(or_none(found().surer(super::Certainty::Possible), server), via);
    (is_proxy && !is_of_version).then(found)
}

/// H05.
fn no_accept(_: &RuleContext<'_>, response: &Response) -> Option<Finding> {
    let found = of_101(&H05, response)?;
    let expected = response.upgrade.as_ref()?.accept_expected.clone();
    has_fault(response, Fault::NoAccept).then(|| or_none(found, expected))
}

/// H06.
fn wrong_accept(scene: &RuleContext<'_>, response: &Response) -> Option<Finding> {
    let found = of_101(&H06, response)?;
    let upgrade = response.upgrade.as_ref()?;
    let (sent, key) = (upgrade.accept.as_deref()?, upgrade.key.as_deref()?);
    let mistake = if is_right(upgrade) == Some(false) {
        mistake(key, sent, scene.capture.keys())
    } else if has_fault(response, Fault::WrongAccept) {
        MORE_THAN_ONE
    } else {
        return None;
    };
    let expected = crate::explain::findings::key::accept(key);
    Some(found.with(sent).with(expected.as_str()).with(mistake).with(key))
}

/// A refusal: its status, its phrase and its packet are the first three values.
fn of_refusal(entry: &'static super::Entry, response: &Response) -> Finding {
    let found = Finding::new(entry, 0).shown_by(&response.head.packets).blamed_on(Server);
    let found = found.with(u64::from(response.status.0)).with(response.phrase.as_str());
    found.with(response.head.packets.last())
}

/// H07.
fn page(_: &RuleContext<'_>, response: &Response) -> Option<Finding> {
    let kind = value(&response.head, "Content-Type");
    is_refusal(response, |status| matches!(status, 200..=299))
        .then(|| or_none(of_refusal(&H07, response), kind))
}

/// H08.
fn redirect(_: &RuleContext<'_>, response: &Response) -> Option<Finding> {
    let to = value(&response.head, "Location");
    is_refusal(response, |status| matches!(status, 300..=399))
        .then(|| or_none(of_refusal(&H08, response), to))
}

/// H09.
fn forbidden(scene: &RuleContext<'_>, response: &Response) -> Option<Finding> {
    let (request, _) = &**scene.connection.opening.request.as_ref()?;
    let (origin, host) = (value(&request.head, "Origin"), value(&request.head, "Host"));
    let difference = difference(origin.as_deref(), host.as_deref()).filter(|_| response.status.0 == 403);
    let is_it = is_refusal(response, |status| matches!(status, 401 | 403));
    let certainty = if difference.is_some() { super::Certainty::Likely } else { super::Certainty::Possible };
    let found = || or_none(or_none(of_refusal(&H09, response), origin), host).surer(certainty);
    is_it.then(|| found().with(difference.unwrap_or(NO_CREDENTIALS)))
}

/// How an Origin differs from the Host (RFC 6454 §4): a port that is the scheme's own need not be told.
fn difference(origin: Option<&str>, host: Option<&str>) -> Option<Phrase> {
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

/// H10. What a refusal with 426 says is [H04](version).
fn refused(scene: &RuleContext<'_>, response: &Response) -> Option<Finding> {
    if matches!(response.status.0, 400 | 505) && is_explained(scene) {
        return None;
    }
    let why: Phrase = match response.status.0 {
        404 | 405 | 410 => WRONG_PATH,
        502 | 504 => BEHIND_FAILS,
        429 | 503 => UNAVAILABLE,
        500..=599 => SERVER_FAILS,
        _ => OTHER_REFUSAL,
    };
    let is_other = |status| (400..=599).contains(&status) && !matches!(status, 401 | 403 | 426);
    let (server, via) = (value(&response.head, "Server"), value(&response.head, "Via"));
    let found = || or_none(or_none(of_refusal(&H10, response), server), via).with(why);
    is_refusal(response, is_other).then(found)
}

fn offered(scene: &RuleContext<'_>, name: &str) -> Option<Vec<String>> {
    let (request, _) = &**scene.connection.opening.request.as_ref()?;
    Some(request.head.headers().list(name).map(str::to_owned).collect())
}

/// H11.
fn no_subprotocol(scene: &RuleContext<'_>, response: &Response) -> Option<Finding> {
    let offered = offered(scene, "Sec-WebSocket-Protocol").filter(|offered| !offered.is_empty())?;
    let is_none = value(&response.head, "Sec-WebSocket-Protocol").is_none() && is_switch(response);
    let found = Finding::new(&H11, 0).shown_by(&response.head.packets).blamed_on(Server);
    is_none.then(|| found.with(offered.join(", ").as_str()).with(response.head.packets.last()))
}

/// H12.
fn other_subprotocol(scene: &RuleContext<'_>, response: &Response) -> Option<Finding> {
    let found = of_101(&H12, response)?;
    let chosen = value(&response.head, "Sec-WebSocket-Protocol")?;
    let is_wrong = has_fault(response, Fault::Subprotocol) || chosen.is_empty();
    let offered = offered(scene, "Sec-WebSocket-Protocol").filter(|offered| !offered.is_empty());
    is_wrong.then(|| or_none(found.with(chosen.as_str()), offered.map(|names| names.join(", "))))
}

/// H13.
fn other_extension(scene: &RuleContext<'_>, response: &Response) -> Option<Finding> {
    let found = of_101(&H13, response)?;
    let chosen = value(&response.head, "Sec-WebSocket-Extensions")?;
    let offered = offered(scene, "Sec-WebSocket-Extensions");
    let what = if has_fault(response, Fault::Extension) {
        NOT_OFFERED
    } else if chosen.is_empty() {
        EMPTY_LINE
    } else if !parameters::are_right(&response.upgrade.as_ref()?.extensions, &offered?) {
        BAD_PARAMETER
    } else {
        return None;
    };
    Some(found.with(chosen.as_str()).with(what))
}

/// Whether a cache says that the answer is its own.
fn is_cached(head: &Head) -> bool {
    let says_hit = |name| value(head, name).is_some_and(|value| value.to_ascii_uppercase().contains("HIT"));
    value(head, "Age").is_some_and(|age| age != "0")
        || ["X-Cache", "CF-Cache-Status"].into_iter().any(says_hit)
}

/// H17.
fn slow(scene: &RuleContext<'_>, response: &Response) -> Option<Finding> {
    let (request, asked) = &**scene.connection.opening.request.as_ref()?;
    let waited = scene.at.since(*asked);
    let has_age = !is_interim(response) && is_cached(&response.head);
    let is_slow = waited >= SLOW || has_age || response.status.0 == 499;
    let found = Finding::new(&H17, request.head.packets.last()).and_by(response.head.packets.last());
    let found = found.with(u64::from(response.status.0)).with_time(waited);
    let found = found.with(request.head.packets.last()).with(response.head.packets.last());
    is_slow.then(|| found.with(if has_age { FROM_A_CACHE } else { NOT_FROM_A_CACHE }))
}
