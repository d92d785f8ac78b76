//! Rules about the request: a line that is missing, HTTP/1.0, and a key that is none (H01, H02, H15).

use super::{FindingRule, RuleContext};
use crate::explain::findings::catalogue::opening::{
    HTTP_1_0_REQUEST, KEY_MALFORMED, NO_CONNECTION_HEADER, NO_UPGRADE_HEADER, NOT_CANONICAL,
    UPGRADE_HEADERS_STRIPPED, WRONG_LENGTH,
};
use crate::explain::findings::finding::Finding;
use crate::observe::{Request, RequestKind};
use crate::wire::Side::Client;
use crate::wire::http::KeyError;

pub(super) const OF_REQUESTS: &[FindingRule<Request>] =
    &[upgrade_headers_stripped, http_1_0_request, key_malformed];

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
