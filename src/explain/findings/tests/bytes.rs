//! Bytes of heads, and findings as text.

use crate::explain::findings::Finding;
use crate::explain::text::Language;

pub(super) const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
pub(super) const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/// A request for an Upgrade, with more header lines.
pub(super) fn request(more: &str) -> String {
    format!(
        "GET /echo HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n{more}\r\n"
    )
}

/// The 101 to it, with more header lines.
pub(super) fn response(more: &str) -> String {
    format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {ACCEPT}\r\n{more}\r\n"
    )
}

/// Ids of findings, with the side at fault.
pub(super) fn ids(found: &[Finding]) -> Vec<String> {
    let mut ids: Vec<String> = found
        .iter()
        .map(|found| match found.at_fault() {
            Some(side) => format!("{} {side}", found.id()),
            None => found.id().to_owned(),
        })
        .collect();
    ids.sort();
    ids.dedup();
    ids
}

/// Findings in English, for failing tests.
pub(super) fn render(found: &[Finding]) -> String {
    found
        .iter()
        .map(|finding| finding.render(Language::En))
        .fold(String::new(), |all, one| format!("{all}{one:?}\n"))
}
