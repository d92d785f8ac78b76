//! Detection of a protocol from its first bytes.

use super::http2;
use super::proxy_header;
use super::relay::RelayMessage;
use crate::observe::facts::OpaqueKind;
use crate::wire::Side;
use crate::wire::http::is_token;

/// The longest request method that is recognized, in bytes.
pub(super) const MAX_METHOD: usize = 24;

/// The protocol that a side's first bytes show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::observe) enum Detection {
    Request,
    Response,
    /// Too few bytes to decide.
    Undecided,
    /// A message to, or of, a proxy.
    Relay(RelayMessage),
    Other(OpaqueKind),
}

/// Detects the protocol of a side from its first bytes.
pub(in crate::observe) fn detect(from: Side, bytes: &[u8]) -> Detection {
    if from == Side::Server && bytes.first() == Some(&0) {
        return match http2::is_server_preface(bytes) {
            None => Detection::Undecided,
            Some(true) => Detection::Other(OpaqueKind::Http2),
            Some(false) => Detection::Other(OpaqueKind::Unknown),
        };
    }
    if from == Side::Client
        && let Some(message) = RelayMessage::detect(bytes)
    {
        return Detection::Relay(message);
    }
    let start = bytes.iter().position(|byte| !matches!(byte, b'\r' | b'\n')).unwrap_or(bytes.len());
    let bytes = &bytes[start..];
    match bytes {
        [] | [0x15 | 0x16] => return Detection::Undecided,
        [4 | 5] if from == Side::Client => return Detection::Undecided,
        [0x15 | 0x16, 0x03, ..] => return Detection::Other(OpaqueKind::Tls),
        _ => {}
    }
    if bytes.starts_with(b"HTTP/") {
        return Detection::Response;
    }
    let word = bytes.iter().position(|byte| !is_token(*byte)).unwrap_or(bytes.len());
    match bytes.get(word) {
        _ if word > MAX_METHOD => Detection::Other(OpaqueKind::Unknown),
        Some(b' ') if &bytes[..word] == b"PRI" => Detection::Other(OpaqueKind::Http2),
        Some(b' ') if word > 0 => Detection::Request,
        None => Detection::Undecided,
        // `HTTP/` is on its way.
        Some(b'/') if &bytes[..word] == b"HTTP" && bytes.len() < 5 => Detection::Undecided,
        Some(_) => Detection::Other(OpaqueKind::Unknown),
    }
}

/// The detection of a request line or a status line at the front of a payload; stricter than [`detect`], since it
/// decides the roles in a stream that begins midway.
pub(in crate::observe) fn first_line(payload: &[u8]) -> Option<Detection> {
    if payload.starts_with(b"HTTP/1.") {
        return Some(Detection::Response);
    }
    if proxy_header::is_begun(payload) {
        return Some(Detection::Request);
    }
    let line = payload.split(|byte| *byte == b'\n').next()?.trim_ascii_end();
    let version = line.len().checked_sub(9)?;
    let is_request = line[version..].starts_with(b" HTTP/1.") && line[0].is_ascii_uppercase();
    is_request.then_some(Detection::Request)
}
