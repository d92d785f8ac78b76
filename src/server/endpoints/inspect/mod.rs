//! The live page: what both ends of a visitor's own connections do, as it happens.
//!
//! A page makes up a secret key and opens the [`feed`], `/inspect/live?key=KEY`, which enters the key in the
//! [`registry`]. A WebSocket that is then opened with `?inspect=KEY`, to whatever endpoint, gets a tap ([`watch`]), and
//! the [`live_feed`] sends the page what is observed on it. Nothing else connects the two: no login, no cookie, no
//! address. A key without a feed means nothing, and a connection without a key never gets a tap.
//!
//! The queue to a feed is bounded, and so is what it sends in a second: for a page that is slow, events are dropped and
//! counted. By a [`command`] the page has the server act on a watched connection; its [`saved_packets`] can be exported
//! ([`export_queue`]) as long as the feed is open.

mod command;
mod export_queue;
mod feed;
mod live_feed;
mod redacted_head;
mod registry;
pub(super) mod routes;
mod saved_packets;
mod watch;

pub(super) use feed::Viewer;
pub(super) use registry::WatchRegistry;
pub(super) use watch::{ConnectionControl, PendingWatch};

/// Path of the feed.
pub(super) const PATH: &str = "/inspect/live";
