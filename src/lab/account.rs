//! The account of a connection: what the scripted end really did and saw.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use serde::Serialize;
use serde_json::{Value, json};

use crate::wire::Parsed;
use crate::wire::ws::HeaderView;

/// The most entries of an account.
const ENTRIES: usize = 100;

/// The most bytes of a transfer that are shown, in hexadecimal and as text.
const SHOWN: usize = 48;
const SHOWN_TEXT: usize = 512;

/// An event at the scripted end: its own, or seen of the other end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AccountEvent {
    /// Sent bytes.
    Sent,
    /// Could not send: the other end does not take it.
    NotSent,
    /// Read a frame or a head.
    Read,
    /// Read nothing for a while, on purpose.
    Paused,
    /// Sent a FIN.
    Finished,
    /// Sent a RST.
    Reset,
    /// The other end sent a FIN.
    PeerFinished,
    /// The other end sent a RST.
    PeerReset,
    /// It took too long, and was ended.
    TimeUp,
    /// The server stops.
    Stopping,
}

/// One entry of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccountEntry {
    /// Time, in milliseconds since the connection was handed to the player.
    pub at: u64,
    /// Event.
    #[serde(rename = "what")]
    pub event: AccountEvent,
    /// Description in terms of the protocol.
    pub note: String,
    /// First bytes: in hexadecimal, or as text if they are HTTP.
    pub bytes: String,
}

/// The account of one connection.
#[derive(Debug, Clone)]
pub struct Account {
    begin: Instant,
    entries: Arc<Mutex<Vec<AccountEntry>>>,
}

impl Default for Account {
    fn default() -> Self {
        Self { begin: Instant::now(), entries: Arc::default() }
    }
}

impl Account {
    /// The entries so far.
    #[must_use]
    pub fn entries(&self) -> Vec<AccountEntry> {
        lock(&self.entries).clone()
    }

    /// Adds an entry, if there is room.
    pub fn record(&self, event: AccountEvent, note: impl Into<String>, bytes: &[u8]) {
        let mut entries = lock(&self.entries);
        if entries.len() < ENTRIES {
            let at = u64::try_from(self.begin.elapsed().as_millis()).unwrap_or(u64::MAX);
            entries.push(AccountEntry { at, event, note: note.into(), bytes: shown(bytes) });
        }
    }

    /// Returns `true` if both are accounts of one connection.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.entries, &other.entries)
    }

    /// The entries as JSON, and which end closed first.
    #[must_use]
    pub fn json(&self) -> Value {
        let entries = self.entries();
        let first = entries.iter().find_map(|entry| match entry.event {
            AccountEvent::Finished => Some(json!({ "side": "server", "how": "FIN" })),
            AccountEvent::Reset => Some(json!({ "side": "server", "how": "RST" })),
            AccountEvent::PeerFinished => Some(json!({ "side": "client", "how": "FIN" })),
            AccountEvent::PeerReset => Some(json!({ "side": "client", "how": "RST" })),
            _ => None,
        });
        json!({ "first": first, "entries": entries })
    }
}

/// Locks, whatever happened to the last holder: an account is consistent between any two lines.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn shown(bytes: &[u8]) -> String {
    if first_line(bytes).is_none() {
        return hex(bytes);
    }
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(SHOWN_TEXT)]);
    text.replace('\r', "").trim_end().to_owned()
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in &bytes[..bytes.len().min(SHOWN)] {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x} ");
    }
    if bytes.len() > SHOWN {
        text.push('…');
    }
    text.trim_end().to_owned()
}

/// Description of bytes by how they begin.
pub(super) fn describe(bytes: &[u8]) -> String {
    if let Some(line) = first_line(bytes) {
        return line;
    }
    match HeaderView::parse(bytes) {
        Parsed::Complete { value, .. } => describe_header(&value),
        Parsed::NeedMore(_) => format!("{} B", bytes.len()),
    }
}

/// The first line, if bytes begin with a head of HTTP.
fn first_line(bytes: &[u8]) -> Option<String> {
    let line = bytes.split(|byte| *byte == b'\r').next()?;
    let text = std::str::from_utf8(line).ok()?;
    (text.contains("HTTP/1.")).then(|| text.to_owned())
}

pub(super) fn describe_header(header: &HeaderView) -> String {
    let mut text = header.opcode().to_string();
    for (bit, name) in [(4, "RSV1"), (2, "RSV2"), (1, "RSV3")] {
        if header.rsv() & bit != 0 {
            let _ = write!(text, " {name}");
        }
    }
    let fin = if header.fin() { "FIN=1" } else { "FIN=0" };
    let masked = if header.mask().is_some() { " masked" } else { "" };
    let _ = write!(text, " {fin} {} B{masked}", header.length());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_described_in_terms_of_the_protocol() {
        assert_eq!(describe(b"HTTP/1.1 200 OK\r\n\r\n"), "HTTP/1.1 200 OK");
        assert_eq!(describe(b"\x8a\x80\0\0\0\0"), "pong FIN=1 0 B masked");
        assert_eq!(describe(b"\x53\x01a"), "reserved-3 RSV1 RSV3 FIN=0 1 B");
        assert_eq!(describe(b"\x81"), "1 B");
        assert_eq!(shown(b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n"), "HTTP/1.1 200 OK\nA: b");
        assert_eq!(shown(b"\x8a\x01a"), "8a 01 61");
        assert_eq!(hex(&[0xAB; 60]).len(), 48 * 3 + "…".len());
    }

    #[test]
    fn an_account_is_bounded_and_tells_which_end_closed_first() {
        let account = Account::default();
        account.record(AccountEvent::PeerFinished, "", b"");
        account.record(AccountEvent::Finished, "", b"");
        assert_eq!(account.json()["first"], json!({ "side": "client", "how": "FIN" }));
        for _ in 0..2 * ENTRIES {
            account.record(AccountEvent::Read, "", b"");
        }
        assert_eq!(account.entries().len(), ENTRIES);
    }
}
