//! The live page's feed: it tells of a key's own connections what `explain` tells of their capture, of nobody else's
//! anything, and holds nobody up.

mod feed;
mod private;
mod slow;

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::PATIENCE;
use crate::support::random;
use crate::support::ws::{Client, Event};

/// A key that nobody else knows.
fn key() -> String {
    let [one, other] = [random(), random()].map(u64::from_ne_bytes);
    format!("{one:016x}{other:016x}")
}

/// Someone who watches.
struct Viewer {
    key: String,
    client: Client,
    /// Events of the feed so far.
    events: Vec<Value>,
}

impl Viewer {
    fn open(to: SocketAddr) -> Self {
        let key = key();
        let client = Client::connect(to, &format!("/inspect/live?key={key}"), &[])
            .unwrap_or_else(|answer| panic!("{}", answer.text()));
        Self { key, client, events: Vec::new() }
    }

    /// A connection of theirs.
    fn connect(&self, to: SocketAddr, path: &str) -> Client {
        Client::connect(to, &format!("{path}?inspect={}", self.key), &[])
            .unwrap_or_else(|answer| panic!("{}", answer.text()))
    }

    /// Reads on until something is told of which this is true.
    fn hears(&mut self, what: &str, is_it: impl Fn(&Value) -> bool) {
        let mut from = 0;
        while !self.events[from..].iter().any(&is_it) {
            from = self.events.len();
            match self.client.next(PATIENCE) {
                Some(Event::Text(text)) => {
                    let batch: Vec<Value> = serde_json::from_str(&text).expect("a JSON array");
                    self.events.extend(batch);
                }
                Some(Event::Ping(_) | Event::Pong(_)) => {}
                other => {
                    panic!("{what}: not told, but {other:?}; before: {}", Value::from(self.events.clone()))
                }
            }
        }
    }

    fn hears_of(&mut self, kind: &str) {
        self.hears(kind, |it| it["type"] == kind);
    }

    /// Whether nothing more is told for a while.
    fn hears_nothing(&mut self) {
        let next = self.client.next(Duration::from_millis(300));
        assert!(!matches!(next, Some(Event::Text(_))), "{next:?}");
    }

    fn wish(&mut self, stream: u64, deed: &Value) {
        let mut wish = json!({ "stream": stream });
        wish.as_object_mut().unwrap().extend(deed.as_object().unwrap().clone());
        self.client.send_text(&wish.to_string());
    }

    /// Events of this kind so far.
    fn all(&self, kind: &str) -> Vec<&Value> {
        self.events.iter().filter(|it| it["type"] == kind).collect()
    }
}
