//! Memory of a RST that ended a connection: what both ends had done before it.

use super::connection_memory::ConnectionMemory;
use super::packet_ref::PacketRef;
use crate::observe::{Flags, HeaderFit, Ip, Marks, Observation};
use crate::wire::Side;

/// A RST, and what came before it.
#[derive(Debug, Clone, Copy)]
pub(in crate::explain::findings) struct ResetMemory {
    pub(in crate::explain::findings) from: Side,
    pub(in crate::explain::findings) at: PacketRef,
    pub(in crate::explain::findings) ip: Option<Ip>,
    pub(in crate::explain::findings) fit: HeaderFit,
    /// `false` if its number is not the one that its receiver expects next.
    pub(in crate::explain::findings) is_exact: bool,
    /// What it acknowledges. Without, it answers a segment for which there is no socket (RFC 9293 §3.5.2).
    pub(in crate::explain::findings) ack: Option<i64>,
    /// `true` if it has the number that the peer acknowledged last, as such an answer has.
    pub(in crate::explain::findings) answers_last_segment: bool,
    /// `true` if its sender has sent nothing else that the capture has.
    pub(in crate::explain::findings) is_only_packet: bool,
    /// The FIN of its sender before it.
    pub(in crate::explain::findings) own_fin: Option<PacketRef>,
    pub(in crate::explain::findings) own_last_payload: Option<PacketRef>,
    pub(in crate::explain::findings) peer_data: Option<PeerData>,
}

/// The peer's last packet with payload before a RST.
#[derive(Debug, Clone, Copy)]
pub(in crate::explain::findings) struct PeerData {
    pub(in crate::explain::findings) at: PacketRef,
    pub(in crate::explain::findings) length: u32,
    /// Sequence position after it.
    pub(in crate::explain::findings) end: i64,
    /// Time before it without any packet, in nanoseconds.
    pub(in crate::explain::findings) silence: u64,
}

impl ResetMemory {
    /// A RST, before it is noted itself.
    pub(in crate::explain::findings) fn new(connection: &ConnectionMemory, step: &Observation) -> Self {
        let (own, peer) = (&connection.ends[step.from], &connection.ends[step.from.peer()]);
        let peer_data = peer.last_payload.map(|at| PeerData {
            at,
            length: peer.last_length,
            end: peer.next,
            silence: peer.silence_before_payload,
        });
        Self {
            from: step.from,
            at: PacketRef::of(step),
            ip: step.ip,
            fit: step.fit,
            is_exact: !step.marks.has(Marks::INEXACT_RESET),
            ack: step.ack.filter(|_| step.flags.has(Flags::ACK)),
            answers_last_segment: peer.last_ack == Some(step.seq),
            is_only_packet: own.packets == 0,
            own_fin: own.fin.map(|(fin, _)| fin),
            own_last_payload: own.last_payload,
            peer_data,
        }
    }
}
