//! Timestamps of pcapng: from the ticks of an interface to nanoseconds since 1970.
//!
//! pcap-file converts the times of the blocks that it parses; this is for those that it refuses.

use pcap_file::pcapng::ContentValidationError;
use pcap_file::pcapng::blocks::interface_description::{InterfaceDescriptionOption, InterfaceTsResolution};

/// Timestamp resolution and offset of an interface: `if_tsresol` and `if_tsoffset` of pcapng.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clock {
    /// As in the file.
    tsresol: u8,
    resolution: Resolution,
    offset_seconds: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Resolution {
    /// Nanoseconds of a tick.
    Times(u64),
    /// Ticks of a nanosecond.
    Parts(u128),
    /// Negative power of two, in seconds.
    Halvings(u8),
}

/// A time in nanoseconds since 1970.
pub(super) struct Time {
    pub(super) ns: u64,
    /// False if the time is out of range, and `ns` the nearest in range.
    pub(super) exact: bool,
}

impl Clock {
    pub(super) const SECOND: u64 = 1_000_000_000;
    /// The default of an interface that does not say its resolution.
    pub(super) const MICROSECONDS: Self =
        Self { tsresol: 6, resolution: Resolution::Times(1000), offset_seconds: 0 };

    /// The clock of an interface that pcap-file parsed.
    pub(super) fn of(options: &[InterfaceDescriptionOption<'_>]) -> Self {
        let mut clock = Self::MICROSECONDS;
        for option in options {
            match option {
                InterfaceDescriptionOption::IfTsResol(resolution) => clock.set_resolution(resolution.to_u8()),
                InterfaceDescriptionOption::IfTsOffset(offset) => clock.set_offset(*offset),
                _ => {}
            }
        }
        clock
    }

    /// The resolution as pcap-file has it.
    ///
    /// # Errors
    /// If it is finer than pcap-file knows.
    pub(super) fn resolution_of_pcap_file(self) -> Result<InterfaceTsResolution, ContentValidationError> {
        InterfaceTsResolution::from_u8(self.tsresol)
    }

    pub(super) const fn offset_seconds(self) -> i64 {
        self.offset_seconds
    }

    /// `if_tsresol`: a negative power of ten, or of two if the highest bit is set.
    pub(super) const fn set_resolution(&mut self, tsresol: u8) {
        let exponent = tsresol & 0x7F;
        self.tsresol = tsresol;
        self.resolution = match exponent {
            _ if tsresol & 0x80 != 0 => Resolution::Halvings(exponent),
            0..=9 => Resolution::Times(10_u64.pow(9 - exponent as u32)),
            // 10^38 is the largest power that fits, and more than any count of ticks.
            10..=47 => Resolution::Parts(10_u128.pow(exponent as u32 - 9)),
            _ => Resolution::Parts(u128::MAX),
        };
    }

    pub(super) const fn set_offset(&mut self, seconds: i64) {
        self.offset_seconds = seconds;
    }

    #[inline]
    pub(super) fn time(self, ticks: u64) -> Time {
        if let Self { resolution: Resolution::Times(factor), offset_seconds: 0, .. } = self
            && let Some(ns) = ticks.checked_mul(factor)
        {
            return Time { ns, exact: true };
        }
        let ticks = u128::from(ticks);
        let ns = match self.resolution {
            Resolution::Times(factor) => ticks * u128::from(factor),
            Resolution::Parts(parts) => ticks / parts,
            Resolution::Halvings(halvings) => (ticks * 1_000_000_000) >> halvings,
        };
        // Below 2^94, and the offset below 2^93: the sum cannot overflow.
        let moved = ns.cast_signed() + i128::from(self.offset_seconds) * 1_000_000_000;
        match u64::try_from(moved) {
            Ok(ns) => Time { ns, exact: true },
            Err(_) => Time { ns: if moved < 0 { 0 } else { u64::MAX }, exact: false },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(tsresol: u8, offset: i64, ticks: u64, expected: u64) {
        let mut clock = Clock::MICROSECONDS;
        clock.set_resolution(tsresol);
        clock.set_offset(offset);
        assert_eq!(clock.time(ticks).ns, expected, "{tsresol:#x} {offset} {ticks}");
    }

    #[test]
    fn every_resolution_of_pcapng() {
        check(6, 0, 1_700_000_000_123_456, 1_700_000_000_123_456_000);
        check(9, 0, 1_700_000_000_123_456_789, 1_700_000_000_123_456_789);
        check(3, 0, 1_700_000_000_123, 1_700_000_000_123_000_000);
        check(0, 0, 1_700_000_000, 1_700_000_000_000_000_000);
        check(12, 0, 1_700_000_000_123_456_789, 1_700_000_000_123_456);
        check(47, 0, u64::MAX, 0);
        check(127, 0, u64::MAX, 0);
        check(0x80, 0, 3, 3_000_000_000);
        check(0x81, 0, 3, 1_500_000_000);
        check(0x94, 0, (1_700_000_000 << 20) | (1 << 19), 1_700_000_000_500_000_000);
        check(0xFF, 0, u64::MAX, 0);
        check(6, 3600, 1_000_000, 3_601_000_000_000);
        check(6, -1, 1_500_000, 500_000_000);
    }

    #[test]
    fn times_out_of_range_become_the_nearest_in_range() {
        check(6, -2, 1_000_000, 0);
        check(0, 0, u64::MAX, u64::MAX);
        check(0, i64::MAX, u64::MAX, u64::MAX);
        check(0, i64::MIN, u64::MAX, u64::MAX);
        check(0, i64::MIN, 0, 0);
        for resolution in [Resolution::Times(1), Clock::MICROSECONDS.resolution] {
            assert!(!Clock { offset_seconds: -1, resolution, ..Clock::MICROSECONDS }.time(0).exact);
        }
        assert!(Clock::MICROSECONDS.time(0).exact);
    }
}
