//! Rules, by family. A rule is a function of one observation (a packet, a frame, a close …) and of what is remembered; it
//! returns a finding or none, and changes nothing. Each file lists its rules by the kind of observation they apply to.

pub(super) mod apple_client;
pub(super) mod capture;
pub(super) mod cause;
pub(super) mod closing;
pub(super) mod compression;
mod connection_failure;
pub(super) mod early_frame;
pub(super) mod frames;
pub(super) mod http2;
pub(super) mod icmp;
pub(super) mod liveness;
pub(super) mod long_head;
pub(super) mod lost_sync;
pub(super) mod opening;
pub(super) mod reset;
pub(super) mod room;
pub(super) mod tcp;
pub(super) mod unread_packets;
pub(super) mod unresponsive;
pub(super) mod vanished;

use super::catalogue::liveness::{UNTIL_CAPTURE_ENDS, UNTIL_GIVEN_UP, UNTIL_PORTS_REUSED};
use super::entry::{CatalogueEntry, Certainty, Localized, Severity};
use super::finding::Finding;
use super::memory::capture_memory::CaptureMemory;
use super::memory::connection_memory::ConnectionMemory;
use super::memory::packet_ref::PacketRef;
use crate::observe::{Close, EndReason};
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
    /// The reason why no packet follows.
    pub(in crate::explain::findings) reason: Option<EndReason>,
}

impl RuleContext<'_> {
    /// Time up to which a connection was watched, in nanoseconds since 1970: that of its last packet if TCP is closed, else
    /// of the last packet so far, of any connection. An open one lasts until the end of the capture.
    pub(in crate::explain::findings) fn watched_until(&self, close: &Close) -> u64 {
        let last = self.connection.last.time_ns;
        if is_over(close) { last } else { self.capture.last_ns.max(last) }
    }

    /// What ended the watch of an open connection.
    pub(in crate::explain::findings) const fn watch_end(&self) -> Localized {
        match self.reason {
            Some(EndReason::PortsReused) => UNTIL_PORTS_REUSED,
            Some(EndReason::Evicted) => UNTIL_GIVEN_UP,
            _ => UNTIL_CAPTURE_ENDS,
        }
    }
}

/// Returns `true` if TCP is closed.
const fn is_over(close: &Close) -> bool {
    close.rst.is_some() || (close.fins.client.is_some() && close.fins.server.is_some())
}
