//! The referee: watches both ends of a connection from outside, and never plays.
//!
//! In reading order: [`segment`] is what comes in, wherever it comes from; [`tcp`] and [`ws`] are the machines of one
//! end, as tables; a [`Step`] is what one packet showed, a [`Fact`] what became known with it.
//!
//! Pure: no I/O, no clock. It never imports [`crate::proto`], the player; a test drives both with the same bytes.

pub mod segment;
pub mod tcp;
pub mod ws;
mod both;
mod numbers;
mod preview;
mod marks;
mod upgrade;
mod frame;
mod message;
mod close;
mod fact;
mod step;
mod told;
mod position;
mod reassembly;
mod half;
mod head;
mod messages;
mod frames;
mod closing;
mod dialogue;
mod opening;
mod flow;
mod streams;
mod observer;

pub use both::Both;
pub use close::{Close, First, Layer, Reported, SeenClose, TcpClose};
pub use fact::{
    Agreement, Fact, Hole, HoleReason, LostSync, LostSyncReason, Opaque, OpaqueKind, Overlap, Stream, ToldBy,
};
pub use frame::{Frame, FrameEnd, Part};
pub use marks::Marks;
pub use message::{Coding, Message, MessageEnd, Text};
pub use numbers::Numbers;
pub use observer::{Config, Observer};
pub use preview::Preview;
pub use segment::{Evidence, Flags, Options, Segment};
pub use step::{Change, EndReason, Ended, Known, Step, Transition};
pub use upgrade::{Asks, Fault, Head, Request, Response, Upgrade};

#[cfg(test)]
mod tests;
