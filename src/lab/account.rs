//! What really happened, as the end that played tells it: the account of a connection, and of a visitor's run.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use serde::Serialize;
use serde_json::{Value, json};

use crate::wire::Parsed;
use crate::wire::ws::HeaderView;

/// The most runs that are remembered.
const RUNS: usize = 256;

/// The most connections of a run that are told of.
const CONNECTIONS: usize = 8;

/// The most that is told of a connection.
const ENTRIES: usize = 100;

/// The most bytes that are shown of what was sent or read at once, in hexadecimal and as text.
const SHOWN: usize = 48;
const SHOWN_TEXT: usize = 512;

/// What an end did, or saw the other do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
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

/// One line of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// When, in milliseconds since the connection was handed to the experiment.
    pub at: u64,
    /// What.
    pub what: What,
    /// In words of the protocol.
    pub note: String,
    /// The first of the bytes: in hexadecimal, or as they are if they are HTTP.
    pub bytes: String,
}

/// The account of one connection.
#[derive(Debug, Clone)]
pub struct Account {
    begin: Instant,
    entries: Arc<Mutex<Vec<Entry>>>,
}

impl Default for Account {
    fn default() -> Self {
        Self { begin: Instant::now(), entries: Arc::default() }
    }
}

impl Account {
    /// What was told so far.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        lock(&self.entries).clone()
    }

    pub(crate) fn tell(&self, what: What, note: impl Into<String>, bytes: &[u8]) {
        let mut entries = lock(&self.entries);
        if entries.len() < ENTRIES {
            let at = u64::try_from(self.begin.elapsed().as_millis()).unwrap_or(u64::MAX);
            entries.push(Entry { at, what, note: note.into(), bytes: shown(bytes) });
        }
    }

    fn json(&self) -> Value {
        let entries = self.entries();
        let first = entries.iter().find_map(|entry| match entry.what {
            What::Finished => Some(json!({ "side": "server", "how": "FIN" })),
            What::Reset => Some(json!({ "side": "server", "how": "RST" })),
            What::PeerFinished => Some(json!({ "side": "client", "how": "FIN" })),
            What::PeerReset => Some(json!({ "side": "client", "how": "RST" })),
            _ => None,
        });
        json!({ "first": first, "entries": entries })
    }
}

/// All connections that a visitor opened for one run.
#[derive(Debug)]
pub(crate) struct Run {
    key: String,
    id: &'static str,
    connections: Mutex<Vec<(Account, bool)>>,
}

impl Run {
    /// Another connection of it.
    pub(crate) fn join(&self, account: &Account) {
        let mut connections = lock(&self.connections);
        if connections.len() < CONNECTIONS {
            connections.push((account.clone(), false));
        }
    }

    pub(crate) fn ended(&self, account: &Account) {
        for (known, ended) in lock(&self.connections).iter_mut() {
            *ended |= Arc::ptr_eq(&known.entries, &account.entries);
        }
    }

    /// How many connections it had so far.
    pub(crate) fn connections(&self) -> usize {
        lock(&self.connections).len()
    }

    pub(crate) fn json(&self) -> Value {
        let connections = lock(&self.connections);
        let connection = |(account, ended): &(Account, bool)| {
            let mut json = account.json();
            json["ended"] = (*ended).into();
            json
        };
        json!({ "id": self.id, "connections": connections.iter().map(connection).collect::<Vec<_>>() })
    }
}

/// The last runs. A visitor makes the key up, and who does not know it does not see the run.
#[derive(Debug, Default)]
pub(crate) struct Runs(Mutex<VecDeque<Arc<Run>>>);

impl Runs {
    /// The run of this key, begun if there is none; `None`: the key belongs to a run of another experiment.
    pub(crate) fn begin(&self, key: &str, id: &'static str) -> Option<Arc<Run>> {
        let mut runs = lock(&self.0);
        if let Some(run) = runs.iter().find(|run| run.key == key) {
            return (run.id == id).then(|| Arc::clone(run));
        }
        if runs.len() >= RUNS {
            runs.pop_front();
        }
        let run = Arc::new(Run { key: key.to_owned(), id, connections: Mutex::default() });
        runs.push_back(Arc::clone(&run));
        Some(run)
    }

    pub(crate) fn get(&self, key: &str) -> Option<Arc<Run>> {
        lock(&self.0).iter().find(|run| run.key == key).cloned()
    }
}

/// Locks, whatever happened to the last holder: an account is whole between any two lines.
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

/// What bytes are, told by how they begin.
pub(crate) fn describe(bytes: &[u8]) -> String {
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

pub(crate) fn describe_header(header: &HeaderView) -> String {
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
    fn bytes_are_told_in_words_of_the_protocol() {
        assert_eq!(describe(b"HTTP/1.1 200 OK\r\n\r\n"), "HTTP/1.1 200 OK");
        assert_eq!(describe(b"\x8a\x80\0\0\0\0"), "pong FIN=1 0 B masked");
        assert_eq!(describe(b"\x53\x01a"), "reserved-3 RSV1 RSV3 FIN=0 1 B");
        assert_eq!(describe(b"\x81"), "1 B");
        assert_eq!(shown(b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n"), "HTTP/1.1 200 OK\nA: b");
        assert_eq!(shown(b"\x8a\x01a"), "8a 01 61");
        assert_eq!(hex(&[0xAB; 60]).len(), 48 * 3 + "…".len());
    }

    #[test]
    fn a_run_is_seen_by_its_key_and_the_oldest_are_forgotten() {
        let runs = Runs::default();
        let run = runs.begin("key", "F01").unwrap();
        let account = Account::default();
        run.join(&account);
        account.tell(What::PeerFinished, "", b"");
        account.tell(What::Finished, "", b"");
        run.ended(&account);
        assert!(runs.begin("key", "F02").is_none(), "one key, one experiment");
        let json = runs.get("key").unwrap().json();
        assert_eq!(json["connections"][0]["first"], json!({ "side": "client", "how": "FIN" }));
        assert_eq!((&json["id"], &json["connections"][0]["ended"]), (&json!("F01"), &json!(true)));
        for other in 0..RUNS {
            runs.begin(&other.to_string(), "F01");
        }
        assert!(runs.get("key").is_none() && runs.get("0").is_some());
        let long = Account::default();
        for _ in 0..2 * ENTRIES {
            long.tell(What::Read, "", b"");
        }
        assert_eq!(long.entries().len(), ENTRIES);
    }
}
