//! Memory of one side's frames and messages.

use std::collections::VecDeque;

use super::compressed_history::CompressedHistory;
use super::data_frame::DataFrame;
use super::fragmented_message::FragmentedMessage;
use super::packet_ref::PacketRef;
use super::replies::Replies;
use crate::observe::Frame;
use crate::wire::ws::MaskKey;

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
    /// A frame whose header was read and whose payload has not ended.
    pub(in crate::explain::findings) partial_frame: Option<Box<Frame>>,
    pub(in crate::explain::findings) history: CompressedHistory,
    pub(in crate::explain::findings) replies: Replies,
    /// Its last message, if that is compressed and fragmented.
    pub(in crate::explain::findings) fragments: Option<FragmentedMessage>,
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
}

/// A ping without a pong.
#[derive(Debug, Clone)]
pub(in crate::explain::findings) struct Ping {
    pub(in crate::explain::findings) frame: u64,
    pub(in crate::explain::findings) at: PacketRef,
    pub(in crate::explain::findings) body: Box<[u8]>,
    /// `true` if it came with the head of the 101.
    pub(in crate::explain::findings) is_early: bool,
}
