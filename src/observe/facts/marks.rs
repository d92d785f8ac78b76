//! Marks of a segment among its neighbours, in Wireshark's terms (`tcp.analysis.*`).

use std::fmt;

use super::segment::write_list;

/// A set of marks.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Marks(u32);

/// Defines the constants and, from the same rows, the names.
macro_rules! marks {
    ($($(#[$doc:meta])* $name:ident = $bit:literal, $spelled:literal;)*) => {
        impl Marks {
            $($(#[$doc])* pub const $name: Self = Self(1 << $bit);)*

            /// Each mark with its name.
            pub(crate) const NAMES: &[(Self, &'static str)] = &[$((Self::$name, $spelled)),*];
        }
    };
}

marks! {
    /// Bytes that were sent before.
    RETRANSMISSION = 0, "retransmission";
    /// Bytes sent again at the third duplicate acknowledgment, before the timer (RFC 5681 §3.2).
    FAST_RETRANSMISSION = 1, "fast_retransmission";
    /// Bytes sent again that were acknowledged already.
    SPURIOUS_RETRANSMISSION = 2, "spurious_retransmission";
    /// Bytes that should have come before others, and too soon for a retransmission.
    OUT_OF_ORDER = 3, "out_of_order";
    /// Bytes before these are missing: previous segment not captured.
    LOST_SEGMENT = 4, "lost_segment";
    /// Acknowledges bytes that were not seen.
    ACK_LOST_SEGMENT = 5, "ack_lost_segment";
    /// Repeats an acknowledgment (RFC 5681 §2).
    DUPLICATE_ACK = 6, "duplicate_ack";
    /// A keep-alive probe (RFC 9293 §3.8.4).
    KEEP_ALIVE = 7, "keep_alive";
    /// The answer to a keep-alive probe.
    KEEP_ALIVE_ACK = 8, "keep_alive_ack";
    /// The receiver has no room (RFC 9293 §3.8.6).
    ZERO_WINDOW = 9, "zero_window";
    /// One byte against a closed window (RFC 9293 §3.8.6.1).
    ZERO_WINDOW_PROBE = 10, "zero_window_probe";
    /// The answer to such a probe, while the window stays closed.
    ZERO_WINDOW_PROBE_ACK = 11, "zero_window_probe_ack";
    /// Announces a new window and nothing else.
    WINDOW_UPDATE = 12, "window_update";
    /// Fills the receiver's window to its edge.
    WINDOW_FULL = 13, "window_full";
    /// The ports of an earlier connection are used again.
    REUSED_PORTS = 14, "reused_ports";
    /// Far outside the receiver's window, so it has no effect there (RFC 9293 §3.4). Not a term of Wireshark's.
    OUT_OF_WINDOW = 15, "out_of_window";
    /// Captured a second time: the same packet, which counts once. Not a term of Wireshark's.
    COPY = 16, "copy";
    /// A RST whose checksum is wrong: its receiver drops it (RFC 9293 §3.1). Not a term of Wireshark's.
    BAD_CHECKSUM = 17, "bad_checksum";
    /// Belongs to an older connection on the same ports, which one end still has (RFC 9293 §3.5.1). Not a term of
    /// Wireshark's.
    OLDER_CONNECTION = 18, "older_connection";
    /// A RST within the window whose number is not the next: its receiver answers it with a challenge ACK (RFC 5961 §3.2).
    /// Not a term of Wireshark's.
    INEXACT_RESET = 19, "inexact_reset";
    /// Retransmitted bytes that were not captured before: the first copy was lost before it came here, or later. Not a
    /// term of Wireshark's.
    FILLS_GAP = 20, "fills_gap";
}

impl Marks {
    /// No mark.
    pub const NONE: Self = Self(0);

    /// Returns `true` if all of `marks` are set.
    #[must_use]
    pub const fn has(self, marks: Self) -> bool {
        self.0 & marks.0 == marks.0
    }

    /// Returns `true` if none is set.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The names of those that are set.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES.iter().filter(move |(mark, _)| self.has(*mark)).map(|(_, name)| *name)
    }

    /// Returns `true` if the segment changes nothing at its receiver: ignored there, or captured twice.
    #[must_use]
    pub const fn has_no_effect(self) -> bool {
        self.any(Self::OUT_OF_WINDOW.or(Self::COPY).or(Self::BAD_CHECKSUM).or(Self::OLDER_CONNECTION))
    }

    pub(in crate::observe) const fn or(self, marks: Self) -> Self {
        Self(self.0 | marks.0)
    }

    pub(in crate::observe) const fn any(self, of: Self) -> bool {
        self.0 & of.0 != 0
    }

    pub(in crate::observe) const fn add(&mut self, marks: Self) {
        self.0 |= marks.0;
    }
}

impl fmt::Display for Marks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_list(f, self.names())
    }
}

impl fmt::Debug for Marks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Marks({self})")
    }
}
