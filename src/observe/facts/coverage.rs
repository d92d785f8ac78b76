//! Coverage: which bytes of a side's stream were read as what, and why the others were not.

use super::spelled;
use crate::wire::Side;

spelled! {
    /// The reason why bytes were not read.
    UnreadReason {
        /// They are missing from the capture.
        Gap = "gap",
        /// Their packets were cut when they were captured (snapshot length).
        Cut = "cut",
        /// An HTTP body of unknown length: where it ends is not known.
        Body = "body",
        /// No boundary of a frame or a head is known.
        Desync = "desync",
        /// They are encrypted.
        Encrypted = "encrypted",
        /// A protocol that is not read.
        OtherProtocol = "other_protocol",
        /// They were sent before the capture began.
        BeforeCapture = "before_capture",
        /// They may have been sent after the capture ended.
        AfterCapture = "after_capture",
        /// They were dropped for lack of room.
        GivenUp = "given_up",
        /// A head beyond a limit: where it ends was not looked for. In JSON one that was given up, as it was before the two
        /// were distinguished.
        LongHead = "given_up",
        /// The capture has no packet of this side, though its peer acknowledges what it sent.
        OneDirection = "one_direction",
    }
}

/// The meaning that bytes were read with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// Heads of HTTP/1.
    HttpHead,
    /// Bodies of HTTP/1.
    HttpBody,
    /// WebSocket frames.
    Frames,
    /// A TLS hello.
    TlsHello,
    /// Frames of HTTP/2.
    Http2,
    /// None. Anything may be among them, a Close frame too.
    Unread(UnreadReason),
    /// None, within the payload of a frame or a body whose end is known: no other frame is among them.
    UnreadPayload(UnreadReason),
}

impl Reading {
    /// Its name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::HttpHead => "http",
            Self::HttpBody => "http_body",
            Self::Frames => "frames",
            Self::TlsHello => "tls",
            Self::Http2 => "http2",
            Self::Unread(_) | Self::UnreadPayload(_) => "unread",
        }
    }

    /// The reason why the bytes were not read; `None` if they were.
    #[must_use]
    pub const fn reason(self) -> Option<UnreadReason> {
        match self {
            Self::Unread(reason) | Self::UnreadPayload(reason) => Some(reason),
            _ => None,
        }
    }
}

/// A range of a side's stream with one reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CoveredRange {
    /// Offset of the first byte; `None` if it lies before the first byte that the capture knows.
    pub from: Option<u64>,
    /// Offset behind the last byte; `None` if it is not known.
    pub to: Option<u64>,
    /// The reading.
    pub reading: Reading,
}

impl CoveredRange {
    /// The number of bytes; `None` if it is not known.
    #[must_use]
    pub fn length(&self) -> Option<u64> {
        Some(self.to?.saturating_sub(self.from?))
    }
}

/// Bytes of a side that were not read, and may hold anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unread {
    /// The sender of the bytes.
    pub from: Side,
    /// Offset of the first byte in the sender's stream.
    pub offset: u64,
    /// Their number; `None` if it is not known.
    pub length: Option<u64>,
    /// The reason.
    pub reason: UnreadReason,
}

/// The effect of a record on the list of ranges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::observe) enum Growth {
    /// The last range has grown.
    SameRange,
    /// A range has begun.
    NewRange,
}

/// Coverage of one side's stream: ranges in order, without a hole. Of more than [`Coverage::MOST`] ranges the last one
/// stands for all that follow, as given up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    ranges: Vec<CoveredRange>,
}

impl Coverage {
    /// The most ranges of a side.
    pub const MOST: usize = 1024;

    pub(in crate::observe) const fn new() -> Self {
        Self { ranges: Vec::new() }
    }

    /// The ranges, in order.
    #[must_use]
    pub fn ranges(&self) -> &[CoveredRange] {
        &self.ranges
    }

    /// The first bytes of `from`, whose coverage this is, that were not read and may hold a frame: of those that begin
    /// before offset `until`, if there is one.
    ///
    /// What may come after the capture does not count, as a claim goes no further than that. Nor does what came before it
    /// where a head or frames follow: none of it was a Close frame.
    #[must_use]
    pub fn unread(&self, from: Side, until: Option<u64>) -> Option<Unread> {
        let is_begun = |it: &CoveredRange| matches!(it.reading, Reading::Frames | Reading::HttpHead);
        let is_begun = self.ranges.iter().any(is_begun);
        self.ranges.iter().find_map(|range| {
            let Reading::Unread(reason) = range.reading else { return None };
            let offset = range.from.unwrap_or(0);
            let counts = match reason {
                UnreadReason::AfterCapture => false,
                UnreadReason::BeforeCapture => !is_begun,
                _ => until.is_none_or(|until| offset < until),
            };
            counts.then(|| Unread { from, offset, length: range.length(), reason })
        })
    }

    /// The last bytes of `from`, whose coverage this is, that were not read.
    pub(in crate::observe) fn last_missing(&self, from: Side) -> Option<Unread> {
        self.ranges.iter().rev().find_map(|range| {
            let reason = range.reading.reason()?;
            Some(Unread { from, offset: range.from?, length: range.length(), reason })
        })
    }

    /// Memory in use, in bytes.
    pub(in crate::observe) const fn memory(&self) -> usize {
        self.ranges.capacity() * size_of::<CoveredRange>()
    }

    /// The offset behind the last range.
    pub(in crate::observe) fn end(&self) -> u64 {
        self.ranges.last().and_then(|range| range.to).unwrap_or(0)
    }

    /// Records the reading of bytes. Those that were skipped before them were given up; those that are recorded further on
    /// are forgotten.
    #[inline]
    pub(in crate::observe) fn record(&mut self, offset: u64, length: u64, reading: Reading) -> Growth {
        if let Some(last) = self.ranges.last_mut()
            && last.reading == reading
            && last.to == Some(offset)
        {
            last.to = Some(offset + length);
            return Growth::SameRange;
        }
        if length == 0 { Growth::SameRange } else { self.push(offset, offset + length, reading) }
    }

    #[cold]
    fn push(&mut self, from: u64, to: u64, reading: Reading) -> Growth {
        if from > self.end() {
            // What they are was never decided.
            self.push(self.end(), from, Reading::Unread(UnreadReason::Desync));
        }
        self.truncate(from);
        let is_full = self.ranges.len() >= Self::MOST;
        match self.ranges.last_mut() {
            Some(last) if last.reading == reading => {
                last.to = Some(to);
                return Growth::SameRange;
            }
            Some(last) if is_full => {
                (last.to, last.reading) = (Some(to), Reading::Unread(UnreadReason::GivenUp));
            }
            _ => self.ranges.push(CoveredRange { from: Some(from), to: Some(to), reading }),
        }
        Growth::NewRange
    }

    fn truncate(&mut self, offset: u64) {
        while let Some(last) = self.ranges.last_mut()
            && last.to.is_some_and(|to| to > offset)
        {
            if last.from.is_some_and(|from| from < offset) {
                last.to = Some(offset);
                return;
            }
            self.ranges.pop();
        }
    }

    /// Puts a range in front, of bytes before the first one that the capture knows.
    pub(in crate::observe) fn begin(&mut self, reason: UnreadReason) {
        let range = CoveredRange { from: None, to: Some(0), reading: Reading::Unread(reason) };
        self.ranges.insert(0, range);
    }

    /// Adds a range of unknown length at the end.
    pub(in crate::observe) fn leave_open(&mut self, reason: UnreadReason) {
        let range = CoveredRange { from: Some(self.end()), to: None, reading: Reading::Unread(reason) };
        self.ranges.push(range);
    }

    /// Records that the capture has none of the bytes. How many there were the peer's acknowledgments show.
    pub(in crate::observe) fn has_none(&mut self, reason: UnreadReason) {
        let to = Some(self.end()).filter(|end| *end > 0);
        self.ranges = vec![CoveredRange { from: Some(0), to, reading: Reading::Unread(reason) }];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranges(coverage: &Coverage) -> Vec<(u64, u64, Reading)> {
        coverage.ranges().iter().map(|it| (it.from.unwrap(), it.to.unwrap(), it.reading)).collect()
    }

    const GAP: Reading = Reading::Unread(UnreadReason::Gap);

    #[test]
    fn pieces_with_one_reading_are_one_range() {
        let mut coverage = Coverage::default();
        coverage.record(0, 10, Reading::HttpHead);
        coverage.record(10, 5, Reading::Frames);
        coverage.record(15, 5, Reading::Frames);
        coverage.record(20, 0, GAP);
        assert_eq!(ranges(&coverage), [(0, 10, Reading::HttpHead), (10, 20, Reading::Frames)]);
        assert_eq!(coverage.unread(Side::Client, None), None);
    }

    #[test]
    fn skipped_bytes_have_no_known_boundary() {
        let mut coverage = Coverage::default();
        coverage.record(4, 2, Reading::Frames);
        let skipped = Reading::Unread(UnreadReason::Desync);
        assert_eq!(ranges(&coverage), [(0, 4, skipped), (4, 6, Reading::Frames)]);
    }

    #[test]
    fn a_reading_is_corrected_from_an_offset_on() {
        let mut coverage = Coverage::default();
        coverage.record(0, 10, Reading::Frames);
        coverage.record(10, 10, Reading::UnreadPayload(UnreadReason::Gap));
        coverage.record(20, 10, Reading::Frames);
        let desync = Reading::Unread(UnreadReason::Desync);
        coverage.record(5, 25, desync);
        assert_eq!(ranges(&coverage), [(0, 5, Reading::Frames), (5, 30, desync)]);
        let unread = coverage.unread(Side::Server, None).unwrap();
        assert_eq!((unread.offset, unread.length, unread.reason), (5, Some(25), UnreadReason::Desync));
        assert_eq!(coverage.unread(Side::Server, Some(5)), None, "it begins at the offset");
    }

    #[test]
    fn missing_payload_hides_nothing() {
        let mut coverage = Coverage::default();
        coverage.record(0, 10, Reading::Frames);
        coverage.record(10, 10, Reading::UnreadPayload(UnreadReason::Cut));
        coverage.leave_open(UnreadReason::AfterCapture);
        assert_eq!(coverage.unread(Side::Client, None), None);
        coverage.begin(UnreadReason::BeforeCapture);
        assert_eq!(coverage.unread(Side::Client, None), None, "frames follow");
        let mut coverage = Coverage::default();
        coverage.begin(UnreadReason::BeforeCapture);
        assert_eq!(coverage.unread(Side::Client, None).unwrap().reason, UnreadReason::BeforeCapture);
    }

    #[test]
    fn the_list_is_bounded() {
        let mut coverage = Coverage::default();
        for place in 0..3 * Coverage::MOST as u64 {
            coverage.record(place, 1, if place % 2 == 0 { GAP } else { Reading::Frames });
        }
        let last = *coverage.ranges().last().unwrap();
        assert_eq!(coverage.ranges().len(), Coverage::MOST);
        assert_eq!(
            (last.to, last.reading),
            (Some(3 * Coverage::MOST as u64), Reading::Unread(UnreadReason::GivenUp))
        );
    }
}
