//! The referee: watches both ends of a connection from outside, and never plays.
//!
//! In reading order: [`segment`] is what comes in, wherever it comes from; [`tcp`] and [`ws`] are the machines of one
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

pub mod segment;
pub mod tcp;
pub mod ws;
mod numbers;
mod preview;
mod marks;
mod upgrade;
mod frame;
mod message;
mod close;
mod fact;
mod observation;
mod emitter;
mod position;
mod reassembly;
mod half;
mod head;
mod hello;
mod hpack;
mod http2;
mod messages;
mod frames;
mod closing;
mod dialogue;
mod opening;
mod flow;
mod streams;
mod observer;

pub use close::{Close, First, Layer, Reported, SeenClose, TcpClose};
pub use fact::{
    Agreement, Fact, Gap, GapReason, LostSync, LostSyncReason, Opaque, OpaqueKind, Overlap, Stream, ToldBy,
};
pub use frame::{Frame, FrameEnd, Part};
pub use hello::Hello;
pub use http2::{ErrorCode, Http2, Says};
pub use marks::Marks;
pub use message::{Coding, Inflated, Message, MessageEnd, Text};
pub use numbers::Numbers;
pub use observation::{Change, EndReason, Ended, Known, Observation, Transition};
pub use observer::{Config, Observer};
pub use preview::Preview;
pub use segment::{Checksum, Evidence, Flags, Ip, Options, Segment};
pub use upgrade::{Asks, Body, Fault, Head, Request, Response, Upgrade};

#[cfg(test)]
mod tests;
