//! Memory of one side's frames and messages.

use std::collections::VecDeque;

use super::compressed_history::CompressedHistory;
use super::data_frame::DataFrame;
use super::fragmented_message::FragmentedMessage;
use super::packet_ref::PacketRef;
use super::replies::Replies;
use super::unreplied::Unreplied;
use crate::observe::{Coding, Frame, Inflated, Message, Text};
use crate::wire::ws::{MaskKey, WindowReach};

/// The most pings that may wait for their pongs.
pub(in crate::explain::findings) const MOST_PINGS: usize = 8;

/// Memory of one side's frames and messages.
#[derive(Debug, Default)]
pub(in crate::explain::findings) struct SenderMemory {
    pub(in crate::explain::findings) frames: u64,
    pub(in crate::explain::findings) last_data: Option<DataFrame>,
    pub(in crate::explain::findings) key: Option<MaskKey>,
    pub(in crate::explain::findings) close: Option<SentClose>,
    /// Pings without a pong, oldest first.
    pub(in crate::explain::findings) pings: VecDeque<Ping>,
    /// Time between its last two pings, in nanoseconds.
    pub(in crate::explain::findings) ping_interval: Option<u64>,
    pub(in crate::explain::findings) last_ping: Option<PacketRef>,
    /// Length of its largest message or frame, in bytes.
    pub(in crate::explain::findings) largest: u64,
    /// Its last frame other than a Close, and the packet in which it ends.
    pub(in crate::explain::findings) last_frame: Option<(u64, PacketRef)>,
    /// Its last frame, if the length of that is not minimal: what follows shows whether the length is right.
    pub(in crate::explain::findings) long_form: Option<Box<Frame>>,
    pub(in crate::explain::findings) long_lengths: LongLengths,
    /// A frame whose header was read and whose payload has not ended.
    pub(in crate::explain::findings) partial_frame: Option<Box<Frame>>,
    pub(in crate::explain::findings) history: CompressedHistory,
    pub(in crate::explain::findings) replies: Replies,
    pub(in crate::explain::findings) inflation: Inflation,
    pub(in crate::explain::findings) unreplied: Unreplied,
    /// Its last message, if that is compressed and fragmented.
    pub(in crate::explain::findings) fragments: Option<FragmentedMessage>,
}

/// Its compressed messages, counted by whether a receiver can read them as they were agreed on.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::explain::findings) struct Inflation {
    /// Inflated within the agreed window, and UTF-8 if text.
    pub(in crate::explain::findings) sound: u64,
    pub(in crate::explain::findings) other: u64,
}

impl Inflation {
    pub(in crate::explain::findings) const fn note(&mut self, message: &Message) {
        let is_text_right = !matches!(message.text, Text::NotUtf8 { .. });
        match (message.coding, message.reach) {
            (Coding::Plain, _) => {}
            (Coding::Deflate(Inflated::Whole(_)), WindowReach::Within) if is_text_right => self.sound += 1,
            (Coding::Deflate(_), _) => self.other += 1,
        }
    }
}

impl SenderMemory {
    /// Notes how the length of the last frame is written; `None` if that is no frame.
    pub(in crate::explain::findings) fn note_length_form(&mut self, frame: Option<&Frame>) {
        let long = frame.filter(|frame| !frame.header.is_minimal());
        if let Some(frame) = long {
            self.long_lengths.count += 1;
            self.long_lengths.last = (frame.index, frame.packets.last());
        }
        self.long_form = long.map(|frame| Box::new(frame.clone()));
    }
}

/// Frames whose length is not in its shortest form.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::explain::findings) struct LongLengths {
    pub(in crate::explain::findings) count: u64,
    /// Index and packet of the last one.
    pub(in crate::explain::findings) last: (u64, u64),
}

/// A Close frame.
#[derive(Debug, Clone, Copy)]
pub(in crate::explain::findings) struct SentClose {
    pub(in crate::explain::findings) at: PacketRef,
    pub(in crate::explain::findings) frame: u64,
    /// The sequence position after it.
    pub(in crate::explain::findings) end: i64,
    /// The peer's last frame of data before it.
    pub(in crate::explain::findings) last_peer_frame: Option<u64>,
    /// `true` if it came with the head of the 101.
    pub(in crate::explain::findings) is_early: bool,
    /// The last packet with payload before it.
    pub(in crate::explain::findings) payload_before: Option<PacketRef>,
}

/// A ping without a pong.
#[derive(Debug, Clone)]
pub(in crate::explain::findings) struct Ping {
    pub(in crate::explain::findings) frame: u64,
    pub(in crate::explain::findings) at: PacketRef,
    pub(in crate::explain::findings) body: Box<[u8]>,
    /// Bytes of the body that were not read.
    pub(in crate::explain::findings) missing: u64,
    /// `true` if it came with the head of the 101.
    pub(in crate::explain::findings) is_early: bool,
    /// Sequence position after its last byte.
    pub(in crate::explain::findings) end: i64,
}
