//! A packet as the framing finds it, before it is looked into.

use std::io;
use std::ops::Range;

use super::bytes::Order;
use crate::capture::Corruption;

/// The longest record that is kept in memory, in bytes.
pub(super) const LONGEST: u32 = 64 * 1024 * 1024;

/// Where a packet lies in the buffer of its source.
#[derive(Debug)]
pub(super) struct PacketLocation {
    /// The interface's place in the facts.
    pub(super) interface: usize,
    pub(super) time_ns: u64,
    pub(super) original_length: u32,
    pub(super) bytes: Range<usize>,
    /// The options of its block, in pcapng.
    pub(super) options: Range<usize>,
    pub(super) order: Order,
}

#[cold]
pub(super) fn cut_short(needed: usize, there: usize) -> Corruption {
    Corruption::CutShort { needed: needed as u64, there: there as u64 }
}

/// A file that ends within its compression is cut short too, and says so in other words.
#[cold]
pub(super) fn unreadable(error: &io::Error) -> Corruption {
    Corruption::Unreadable(match error.kind() {
        io::ErrorKind::UnexpectedEof => "the compressed file is cut short".to_owned(),
        _ => error.to_string(),
    })
}
