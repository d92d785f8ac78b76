//! A packet as the framing finds it, before its headers are decoded.

use std::io;
use std::ops::Range;

use super::bytes::Order;
#[cfg(doc)]
use crate::capture::CaptureInfo;
use crate::capture::Corruption;
use crate::observe::Evidence;

/// Limit of a record in memory, in bytes.
pub(super) const LONGEST: u32 = 64 * 1024 * 1024;

/// Place of a packet in the buffer of its source.
#[derive(Debug)]
pub(super) struct PacketLocation {
    /// Index in [`CaptureInfo::interfaces`].
    pub(super) interface: usize,
    /// Nanoseconds since 1970.
    pub(super) time_ns: u64,
    /// Length on the wire.
    pub(super) original_length: u32,
    pub(super) bytes: Range<usize>,
    /// The options of its block, in pcapng.
    pub(super) options: Range<usize>,
    pub(super) order: Order,
    pub(super) marks: PacketMarks,
}

/// Values of a packet's options, beside the text of its comments.
#[derive(Debug, Clone, Copy)]
pub(super) struct PacketMarks {
    /// `epb_flags`
    pub(super) flags: Option<u32>,
    pub(super) evidence: Evidence,
}

impl PacketMarks {
    /// Those of a packet without options.
    pub(super) const NONE: Self = Self { flags: None, evidence: Evidence::Captured };
}

#[cold]
pub(super) fn cut_short(needed: usize, there: usize) -> Corruption {
    Corruption::CutShort { needed: needed as u64, there: there as u64 }
}

/// A compressed file that ends within its compression is cut short, too.
#[cold]
pub(super) fn unreadable(error: &io::Error) -> Corruption {
    Corruption::Unreadable(match error.kind() {
        io::ErrorKind::UnexpectedEof => "the compressed file is cut short".to_owned(),
        _ => error.to_string(),
    })
}
