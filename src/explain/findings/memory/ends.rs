//! What is remembered of one end's packets.

use super::checksums::Checksums;
use super::connection_memory::PacketRef;
use crate::explain::findings::finding::MOST_PACKETS;
use crate::observe::{Flags, Frame, Ip, Marks, Observation, OpaqueKind};

/// One end's packets.
#[derive(Debug, Default)]
pub(in crate::explain::findings) struct End {
    pub(in crate::explain::findings) packets: u64,
    pub(in crate::explain::findings) syns: u64,
    pub(in crate::explain::findings) syn: Option<PacketRef>,
    pub(in crate::explain::findings) mss: Option<u16>,
    pub(in crate::explain::findings) first_payload: Option<PacketRef>,
    pub(in crate::explain::findings) last_payload: Option<PacketRef>,
    /// How many bytes that had.
    pub(in crate::explain::findings) last_length: u32,
    /// The position after the last byte that it sent.
    pub(in crate::explain::findings) next: i64,
    /// Its FIN, and the position after it.
    pub(in crate::explain::findings) fin: Option<(PacketRef, i64)>,
    pub(in crate::explain::findings) rst: Option<(PacketRef, i64)>,
    /// Since when its window is closed.
    pub(in crate::explain::findings) zero_since: Option<PacketRef>,
    pub(in crate::explain::findings) keep_alives: u64,
    pub(in crate::explain::findings) last_keep_alive: Option<PacketRef>,
    /// Bytes of it are missing, so what it sent is not all known.
    pub(in crate::explain::findings) is_missing: bool,
    /// Bytes of it had not come by yet, when the last of it did.
    pub(in crate::explain::findings) is_awaited: bool,
    /// What its IP headers have in common.
    pub(in crate::explain::findings) hops: Hops,
    /// What it sent behind its peer's FIN.
    pub(in crate::explain::findings) late: Late,
    /// From here on its bytes are not looked at.
    pub(in crate::explain::findings) opaque: Option<OpaqueKind>,
    /// Its frames cannot be told from each other any more.
    pub(in crate::explain::findings) is_lost: bool,
    pub(in crate::explain::findings) checksums: Checksums,
}

/// What an end's IP headers have in common, as long as nobody else sends in its name.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::explain::findings) struct Hops {
    /// Of the last packet.
    pub(in crate::explain::findings) last: Option<Ip>,
    /// How many packets in a row had that TTL.
    pub(in crate::explain::findings) alike: u64,
    /// Whether another one came before.
    pub(in crate::explain::findings) varies: bool,
}

impl Hops {
    const fn note(&mut self, ip: Option<Ip>) {
        match (ip, self.last) {
            (Some(ip), Some(last)) if ip.ttl != last.ttl => (self.alike, self.varies) = (1, true),
            (Some(_), _) => self.alike += 1,
            (None, _) => self.varies = true,
        }
        self.last = ip;
    }
}

/// What an end sent after it had acknowledged its peer's FIN, the answer to a Close frame left out: to send that late
/// does no harm.
#[derive(Debug, Default)]
pub(in crate::explain::findings) struct Late {
    pub(in crate::explain::findings) bytes: u64,
    /// The first of the packets that have them, with how many each.
    pub(in crate::explain::findings) packets: Vec<(u64, u32)>,
    pub(in crate::explain::findings) count: u64,
}

impl Late {
    fn note(&mut self, step: &Observation) {
        self.bytes += u64::from(step.length);
        self.count += 1;
        if self.packets.len() < MOST_PACKETS {
            self.packets.push((step.number, step.length));
        }
    }

    /// Some of it is a Close frame.
    pub(in crate::explain::findings) fn leave_out(&mut self, close: &Frame) {
        if self.count == 0 {
            return;
        }
        let mut left = u64::from(close.header_len) + close.header.length();
        // It is what came last.
        while let Some((number, length)) = self.packets.last_mut()
            && close.packets.iter().any(|packet| packet == *number)
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

impl End {
    /// Whether it has sent its FIN, or a RST.
    pub(in crate::explain::findings) const fn has_ended(&self) -> bool {
        self.fin.is_some() || self.rst.is_some()
    }

    pub(in crate::explain::findings) fn note_control(&mut self, step: &Observation) {
        let at = PacketRef::of(step);
        if step.flags.has(Flags::SYN) {
            self.syns += 1;
            self.syn.get_or_insert(at);
            self.mss = self.mss.or(step.options.mss);
        }
        if step.flags.has(Flags::FIN) {
            self.fin.get_or_insert((at, step.seq + i64::from(step.length) + 1));
        }
        if step.flags.has(Flags::RST) && !step.marks.has(Marks::OUT_OF_WINDOW) {
            self.rst.get_or_insert((at, step.seq));
        }
    }

    /// Remembers what every packet has.
    pub(in crate::explain::findings) fn note(&mut self, step: &Observation) {
        self.packets += 1;
        self.hops.note(step.ip);
        self.checksums.note(step.checksum, PacketRef::of(step));
    }

    /// Remembers bytes that it sends behind its peer's FIN, which it had acknowledged.
    pub(in crate::explain::findings) fn note_late(&mut self, step: &Observation, fin: i64) {
        let is_new = step.length > 0 && step.seq >= self.next;
        if is_new && step.ack.is_some_and(|ack| ack >= fin) {
            self.late.note(step);
        }
    }
}
