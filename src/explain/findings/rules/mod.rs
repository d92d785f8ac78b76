//! Rules, by family. A rule is a function of one observation (a packet, a frame, a close …) and of what is remembered; it
//! returns a finding or none, and changes nothing. Each file lists its rules by the kind of observation they apply to.

pub(super) mod apple_client;
pub(super) mod capture;
pub(super) mod closing;
pub(super) mod compression;
mod deflate_parameters;
pub(super) mod early_frame;
pub(super) mod frames;
pub(super) mod http2;
pub(super) mod icmp;
pub(super) mod liveness;
pub(super) mod lost_sync;
pub(super) mod opening;
pub(super) mod tcp;
pub(super) mod unread_packets;
mod wrong_accept;

use super::entry::{CatalogueEntry, Certainty, Severity};
use super::finding::Finding;
use super::memory::capture_memory::CaptureMemory;
use super::memory::connection_memory::ConnectionMemory;
use super::memory::packet_ref::PacketRef;
use crate::observe::Close;
use crate::wire::Side;

/// A rule about observations of one kind.
pub(in crate::explain::findings) type FindingRule<T> = fn(&RuleContext<'_>, &T) -> Option<Finding>;

/// A rule about the close of a connection.
#[derive(Debug, Clone, Copy)]
pub(in crate::explain::findings) enum CloseRule {
    Once(FindingRule<Close>),
    /// Applied to each side.
    EachSide(fn(&RuleContext<'_>, &Close, Side) -> Option<Finding>),
}

/// Context of a rule: all that it may know beside its observation.
#[derive(Debug)]
pub(in crate::explain::findings) struct RuleContext<'a> {
    pub(in crate::explain::findings) capture: &'a CaptureMemory,
    pub(in crate::explain::findings) connection: &'a ConnectionMemory,
    /// The packet that shows it.
    pub(in crate::explain::findings) at: PacketRef,
    /// `true` if it is a SYN.
    pub(in crate::explain::findings) is_syn: bool,
    /// `true` if the connection has ended, so that no packet follows.
    pub(in crate::explain::findings) has_ended: bool,
}
