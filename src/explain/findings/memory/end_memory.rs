//! Memory of one end's packets.

use super::checksum_counts::ChecksumCounts;
use super::icmp_history::IcmpHistory;
use super::packet_ref::PacketRef;
use super::unanswered::Unanswered;
use crate::explain::findings::finding::MOST_PACKETS;
use crate::observe::{Flags, Frame, Observation, OpaqueKind};

/// Memory of one end's packets.
#[derive(Debug, Default)]
pub(in crate::explain::findings) struct EndMemory {
    pub(in crate::explain::findings) packets: u64,
    /// Its last packet.
    pub(in crate::explain::findings) last: Option<PacketRef>,
    /// Sequence position up to which its peer has acknowledged, once there is an acknowledgment.
    pub(in crate::explain::findings) acked: Option<i64>,
    /// Packets that it has sent since its peer was last heard, and that want an answer.
    pub(in crate::explain::findings) unanswered: Option<Unanswered>,
    pub(in crate::explain::findings) syns: u64,
    pub(in crate::explain::findings) syn: Option<PacketRef>,
    pub(in crate::explain::findings) mss: Option<u16>,
    pub(in crate::explain::findings) first_payload: Option<PacketRef>,
    pub(in crate::explain::findings) last_payload: Option<PacketRef>,
    /// Time without any packet before that, in nanoseconds.
    pub(in crate::explain::findings) silence_before_payload: u64,
    /// Bytes in the last packet with payload.
    pub(in crate::explain::findings) last_length: u32,
    /// Sequence position after the last byte sent.
    pub(in crate::explain::findings) next: i64,
    /// The highest sequence position of its peer that it acknowledged.
    pub(in crate::explain::findings) acknowledged: i64,
    /// Its last acknowledgment.
    pub(in crate::explain::findings) last_ack: Option<i64>,
    /// The first FIN, and the sequence position after it.
    pub(in crate::explain::findings) fin: Option<(PacketRef, i64)>,
    /// The first RST within the window, and its sequence position.
    pub(in crate::explain::findings) rst: Option<(PacketRef, i64)>,
    /// Packet and acknowledgment of its first FIN or RST: what it had received by then.
    pub(in crate::explain::findings) closing: Option<(u64, Option<i64>)>,
    /// Packet that closed its window, while that is closed.
    pub(in crate::explain::findings) zero_since: Option<PacketRef>,
    /// Number of its peer's probes meanwhile: its peer has more to send.
    pub(in crate::explain::findings) zero_probes: u64,
    pub(in crate::explain::findings) keep_alives: u64,
    pub(in crate::explain::findings) last_keep_alive: Option<PacketRef>,
    /// `true` if bytes of it are missing for good.
    pub(in crate::explain::findings) has_gap: bool,
    /// `true` if bytes of it were missing that may still come.
    pub(in crate::explain::findings) has_open_gap: bool,
    /// Payload sent after its peer's FIN.
    pub(in crate::explain::findings) data_after_fin: DataAfterFin,
    /// Content of its bytes that is not decoded, once there is such.
    pub(in crate::explain::findings) opaque: Option<OpaqueKind>,
    /// The packet with the first byte of them.
    pub(in crate::explain::findings) opaque_since: Option<u64>,
    /// `true` if frame boundaries were lost in its bytes.
    pub(in crate::explain::findings) has_lost_sync: bool,
    pub(in crate::explain::findings) checksums: ChecksumCounts,
    /// ICMP errors about what it sent.
    pub(in crate::explain::findings) icmp: IcmpHistory,
}

/// Payload that an end sent after it had acknowledged its peer's FIN. Its Close frame and its pongs are left out: they
/// answer what came before the FIN.
#[derive(Debug, Default)]
pub(in crate::explain::findings) struct DataAfterFin {
    pub(in crate::explain::findings) bytes: u64,
    /// The first packets with such payload, with the length in each.
    pub(in crate::explain::findings) packets: Vec<(u64, u32)>,
    pub(in crate::explain::findings) count: u64,
}

impl DataAfterFin {
    fn note(&mut self, step: &Observation) {
        self.bytes += u64::from(step.length);
        self.count += 1;
        if self.packets.len() < MOST_PACKETS {
            self.packets.push((step.number, step.length));
        }
    }

    /// Leaves out a frame that answers one of the peer.
    pub(in crate::explain::findings) fn leave_out(&mut self, answer: &Frame) {
        if self.count == 0 {
            return;
        }
        let mut left = u64::from(answer.header_len) + answer.header.length();
        // It is at the end of what was noted.
        while let Some((number, length)) = self.packets.last_mut()
            && answer.packets.iter().any(|packet| packet == *number)
        {
            let here = left.min(u64::from(*length));
            left -= here;
            self.bytes -= here;
            *length -= here as u32;
            if *length > 0 {
                return;
            }
            self.packets.pop();
            self.count -= 1;
        }
        self.bytes = self.bytes.saturating_sub(left);
    }
}

impl EndMemory {
    /// Returns `true` if it has sent a FIN or a RST.
    pub(in crate::explain::findings) const fn has_ended(&self) -> bool {
        self.fin.is_some() || self.rst.is_some()
    }

    /// Number of its bytes that its peer has not acknowledged. Position 1 is that of the first byte.
    pub(in crate::explain::findings) fn unacked(&self) -> u64 {
        let has_fin = self.fin.is_some_and(|(_, after)| after == self.next);
        let sent = self.next - i64::from(has_fin);
        u64::try_from(sent - self.acked.unwrap_or(1)).unwrap_or(0)
    }

    /// Notes SYN, FIN and RST.
    pub(in crate::explain::findings) fn note_flags(&mut self, step: &Observation) {
        let at = PacketRef::of(step);
        if step.flags.has(Flags::SYN) {
            self.syns += 1;
            self.syn.get_or_insert(at);
            self.mss = self.mss.or(step.options.mss);
        }
        if step.flags.has(Flags::FIN) || step.is_reset() {
            self.closing.get_or_insert((step.number, step.ack));
        }
        if step.flags.has(Flags::FIN) {
            self.fin.get_or_insert((at, step.seq + i64::from(step.length) + 1));
        }
        if step.is_reset() {
            self.rst.get_or_insert((at, step.seq));
        }
    }

    /// Notes what every packet has.
    pub(in crate::explain::findings) fn note(&mut self, step: &Observation) {
        self.packets += 1;
        self.acknowledged = self.acknowledged.max(step.ack.unwrap_or_default());
        self.last_ack = step.ack.or(self.last_ack);
        self.last = Some(PacketRef::of(step));
        self.checksums.note(step.checksum, PacketRef::of(step));
    }

    /// Notes payload sent after the peer's FIN was acknowledged.
    pub(in crate::explain::findings) fn note_data_after_fin(&mut self, step: &Observation, fin: i64) {
        let is_new = step.length > 0 && step.seq >= self.next;
        if is_new && step.ack.is_some_and(|ack| ack >= fin) {
            self.data_after_fin.note(step);
        }
    }
}
