//! The referee: watches both ends of a connection from outside, and never plays.
//!
//! In reading order: [`Segment`] is what comes in, wherever it comes from; [`tcp`] and [`ws`] are the machines of one
//! end, as tables; a [`Observation`] is what one packet showed, a [`Fact`] what became known with it. Inside, a packet goes
//! through `observer` (which connection), `flow` (who does what), `half` (numbers and marks), `reassembly` (bytes in
//! order), `dialogue` (heads, then frames), `frames` and `messages`.
//!
//! ```
//! use wirewalk::observe::{Checksum, Config, Evidence, Flags, Observer, Options, Segment};
//!
//! let mut observer = Observer::new(Config::default());
//! let step = observer.observe(&Segment {
//!     number: 1,
//!     time_ns: 0,
//!     source: "127.0.0.1:50000".parse().unwrap(),
//!     destination: "127.0.0.1:9001".parse().unwrap(),
//!     ip: None,
//!     seq: 1000,
//!     ack: None,
//!     flags: Flags::SYN,
//!     window: 64240,
//!     options: Options::default(),
//!     payload: &[],
//!     length: 0,
//!     evidence: Evidence::Captured,
//!     checksum: Checksum::Right,
//! });
//! assert_eq!(step.transitions[0].to_string(), "client tcp CLOSED → SYN-SENT (send SYN, RFC 9293 §3.5, captured)");
//! assert_eq!(step.tcp.server.state.name(), "SYN-RECEIVED");
//! while let Some(ended) = observer.poll_ended() {
//!     println!("stream {} was released: {:?}", ended.stream, ended.reason);
//! }
//! for ended in observer.finish() {
//!     println!("stream {}: {:?}", ended.stream, ended.close);
//! }
//! ```
//!
//! What the vantage point means: the observer stands between the ends, and takes each segment as sent and as received
//! at the moment it sees it. What it does not see it infers, and says so ([`Evidence::Inferred`]), or leaves open.
//!
//! Pure: no I/O, no clock. It never imports [`crate::proto`], the player; a test drives both with the same bytes.

mod facts;
pub mod tcp;
pub mod ws;
mod http;
mod application;
mod reassembly;
mod position;
mod emitter;
mod flow;
mod flow_table;
mod observer;

pub use facts::close::{Close, First, Layer, Reported, SeenClose, TcpClose};
pub use facts::fact::{
    Agreement, Fact, Gap, GapReason, LostSync, LostSyncReason, Opaque, OpaqueKind, Overlap, Stream, ToldBy,
};
pub use facts::frame::{Frame, FrameEnd, Part};
pub use facts::marks::Marks;
pub use facts::message::{Coding, Inflated, Message, MessageEnd, Text};
pub use facts::numbers::Numbers;
pub use facts::observation::{Change, EndReason, Ended, Known, Observation, Transition};
pub use facts::preview::Preview;
pub use facts::segment::{Checksum, Evidence, Flags, Ip, Options, Segment};
pub use facts::upgrade::{Asks, Body, Fault, Head, Request, Response, Upgrade};
pub use http::hello::Hello;
pub use http::http2::{ErrorCode, Http2, Says};
pub use observer::{Config, Observer};

#[cfg(test)]
mod tests;
