//! The rules, by family: each looks at something that the observer told and at what is remembered, and may find one.

mod accept;
pub(super) mod apple;
pub(super) mod capture;
pub(super) mod closing;
pub(super) mod compression;
pub(super) mod early;
pub(super) mod frames;
pub(super) mod http2;
pub(super) mod liveness;
pub(super) mod opening;
mod parameters;
pub(super) mod sync;
pub(super) mod tcp;

use super::entry::{Certainty, Entry, Severity};
use super::finding::Finding;
use super::memory::capture::Capture;
use super::memory::connection_memory::{ConnectionMemory, PacketRef};
use crate::observe::Close;
use crate::wire::Side;

/// Looks at something that the observer told.
pub(in crate::explain::findings) type Rule<T> = fn(&RuleContext<'_>, &T) -> Option<Finding>;

/// Looks at how a connection closed.
#[derive(Debug, Clone, Copy)]
pub(in crate::explain::findings) enum OfClose {
    Once(Rule<Close>),
    /// At each side's part in it.
    EachSide(fn(&RuleContext<'_>, &Close, Side) -> Option<Finding>),
}

/// What a rule may know.
#[derive(Debug)]
pub(in crate::explain::findings) struct RuleContext<'a> {
    pub(in crate::explain::findings) capture: &'a Capture,
    pub(in crate::explain::findings) connection: &'a ConnectionMemory,
    /// The packet that shows it.
    pub(in crate::explain::findings) at: PacketRef,
    /// Whether it is a SYN.
    pub(in crate::explain::findings) is_syn: bool,
    /// Whether the connection has ended, and nothing more comes.
    pub(in crate::explain::findings) is_over: bool,
}
