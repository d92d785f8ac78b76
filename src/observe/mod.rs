//! The referee: watches both ends of a connection from outside, and never plays.
//!
//! In reading order: a [`Segment`] is the input, wherever it comes from; an [`Observation`] is the output of one packet, a
//! [`Fact`] something that became known with it. These and all other values are in `facts`, which knows no mechanism.
//! [`tcp`] and [`ws`] are the machines of one end, as tables. Inside, a packet goes down this list:
//!
//! - `observer`, `flow_table`: which connection it belongs to
//! - `flow`: the roles of the ends, then the packet's way through one connection
//! - `tcp`: relative numbers, marks, states
//! - `reassembly`: each side's bytes in order
//! - `application`: the reader of each side, and what its output means: heads from `http`, frames and messages from `ws`
//! - `emitter`, `close_tracker`: the output of the packet, and the close of the connection, as they are gathered
//!
//! A test (`tests/it/tidy/observe.rs`) keeps the order in which these parts may use each other.
//!
//! ```
//! use wirewalk::observe::{Checksum, Config, Evidence, Flags, Observer, Options, Segment};
//!
//! let mut observer = Observer::new(Config::default());
//! let observation = observer.observe(&Segment {
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
//! assert_eq!(observation.transitions[0].to_string(), "client tcp CLOSED → SYN-SENT (send SYN, RFC 9293 §3.5, captured)");
//! assert_eq!(observation.tcp.server.state.name(), "SYN-RECEIVED");
//! while let Some(ended) = observer.poll_ended() {
//!     println!("stream {} was released: {:?}", ended.stream, ended.reason);
//! }
//! for ended in observer.finish() {
//!     println!("stream {}: {:?}", ended.stream, ended.close);
//! }
//! ```
//!
//! The vantage point: the observer stands between the ends, and counts each segment as sent and as received at the moment
//! it passes. What it does not see it infers, with [`Evidence::Inferred`], or leaves open.
//!
//! Pure: no I/O, no clock. It never imports [`crate::proto`], the player; a test drives both with the same bytes.

mod facts;
mod config;
mod reassembly;
mod close_tracker;
pub mod tcp;
pub mod ws;
mod http;
mod emitter;
mod application;
mod flow_memory;
mod flow;
mod flow_table;
mod place_list;
mod tombstones;
mod observer;

pub use config::Config;
pub use facts::{
    Agreement, Body, Change, Checksum, Close, Coding, Coverage, CoveredRange, Draft, Encapsulation,
    EncapsulationProtocol, EndReason, Ended, ErrorCode, Evidence, Fact, Fault, First, Flags, Frame, FrameEnd,
    Gap, GapReason, GivenUp, Head, HeadLimit, HeaderFit, Hello, Http2, Http2Event, IcmpCode, IcmpError,
    IcmpMeaning, IcmpReport, Inflated, Ip, Known, Layer, LostSync, LostSyncReason, Marks, Message,
    MessageEnd, Numbers, Observation, Opaque, OpaqueKind, Options, Overlap, Part, Preview, ProtocolName,
    Reading, Relay, RelayEvent, Reported, ReportedClose, Request, RequestKind, Response, Resync, RoleSource,
    SeenClose, Segment, Stream, Switch, TcpClose, Text, Transition, Unread, UnreadReason, Upgrade,
};
pub use observer::Observer;

#[cfg(test)]
mod tests;
