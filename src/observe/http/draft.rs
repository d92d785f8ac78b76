//! Drafts of the protocol before RFC 6455, by the headers of their handshakes.

use crate::observe::facts::{Draft, RequestKind};
use crate::wire::http::Headers;

/// The version of RFC 6455.
const VERSION: u8 = 13;

/// The draft that a request speaks.
pub(super) fn draft_of_request(headers: &Headers<'_>, kind: RequestKind) -> Option<Draft> {
    let has = |name| headers.all(name).next().is_some();
    if kind == RequestKind::Http {
        return None;
    }
    if has("Sec-WebSocket-Key1") && has("Sec-WebSocket-Key2") {
        return Some(Draft::Hixie76);
    }
    if !has("Sec-WebSocket-Key") && !has("Sec-WebSocket-Version") && has("Origin") {
        return Some(Draft::Hixie75);
    }
    let mut versions = headers.all("Sec-WebSocket-Version");
    let (version, None) = (std::str::from_utf8(versions.next()?).ok()?, versions.next()) else { return None };
    let version = version.trim().parse().ok().filter(|version| (1..VERSION).contains(version));
    version.map(Draft::Hybi)
}

/// The draft that a 101 speaks, whose request was not seen.
pub(super) fn draft_of_response(headers: &Headers<'_>) -> Option<Draft> {
    let has = |name| headers.all(name).next().is_some();
    if has("Sec-WebSocket-Accept") {
        return None;
    }
    if has("Sec-WebSocket-Location") {
        return Some(Draft::Hixie76);
    }
    has("WebSocket-Location").then_some(Draft::Hixie75)
}
