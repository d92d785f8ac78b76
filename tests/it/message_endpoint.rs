//! `/message` over the real server: counts, queries, pushes, and ends.

mod administrator;
mod authority;
mod burst;
mod count;
mod endings;
mod language;
mod questions;
mod single;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::support::PATIENCE;
use crate::support::people::Login;
use crate::support::server::Server;
use crate::support::ws::{Client, Event};

/// A message of the server: these keys in this order, and no other. The last two only when a session is ended.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Notice {
    code: u16,
    message: String,
    event: String,
    online: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

impl Notice {
    /// # Panics
    /// If the text is not byte for byte what the contract says.
    #[track_caller]
    fn read(text: &str) -> Self {
        let notice: Self = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
        assert_eq!(serde_json::to_string(&notice).expect("JSON"), text, "keys in order, no spaces");
        notice
    }

    #[track_caller]
    fn next(client: &mut Client) -> Self {
        Self::read(&client.text())
    }

    fn new(code: u16, event: &str, online: u64, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), event: event.to_owned(), online, reason: None, why: None }
    }

    /// The notice of a kick: in the language of the text, with the reason that was given.
    fn removed(online: u64, message: &str, reason: &str) -> Self {
        let (reason, why) = (Some(reason.to_owned()), Some("administrator".to_owned()));
        Self { reason, why, ..Self::new(200, "kicked", online, message) }
    }

    /// Any other notice that a session has ended.
    fn ended(online: u64, message: &str, why: &str) -> Self {
        Self { why: Some(why.to_owned()), ..Self::new(200, "kicked", online, message) }
    }
}

/// Ann and Bob are online: Ann's login, her connection, and Bob's, on which nothing is left to be read.
fn two_online(server: &Server) -> (Login, Client, Client) {
    let (ann, bob) = (Login::register(server, "Ann"), Login::register(server, "Bob"));
    let mut watcher = bob.connect(server);
    expect_presence(&mut watcher, 1);
    let mut connection = ann.connect(server);
    expect_presence(&mut connection, 2);
    expect_presence(&mut watcher, 2);
    (ann, connection, watcher)
}

/// The very next message says that so many are online.
#[track_caller]
fn expect_presence(client: &mut Client, online: u64) {
    let notice = Notice::next(client);
    assert_eq!(notice, Notice::new(200, "presence", online, format!("当前连接人数为：{online}")));
}

/// Reads until N is this; other numbers may come before, as changes in a row are coalesced.
#[track_caller]
fn until_presence(client: &mut Client, online: u64) {
    loop {
        let notice = Notice::next(client);
        assert_eq!((notice.code, notice.event.as_str()), (200, "presence"), "{notice:?}");
        if notice.online == online {
            return;
        }
    }
}

/// Checks that no message comes for longer than a push may be delayed.
#[track_caller]
fn expect_quiet(client: &mut Client) {
    let event = client.next(Duration::from_millis(300));
    assert!(event.is_none(), "{event:?}");
}

/// The next is a Close by the server, then the end of TCP. Returns the reason.
#[track_caller]
fn expect_close(client: &mut Client, code: u16) -> String {
    let reason = match client.next(PATIENCE) {
        Some(Event::Close(frame)) if frame.code().0 == code => frame.reason().to_owned(),
        other => panic!("expected Close {code}, got {other:?}"),
    };
    match client.next(PATIENCE) {
        Some(Event::End(record)) => assert!(record.is_clean(), "{record:?}"),
        other => panic!("expected the end, got {other:?}"),
    }
    reason
}
