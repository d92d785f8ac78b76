//! Numbers and options in either byte order.

use std::borrow::Cow;

pub(in crate::capture) use pcap_file::Endianness as Order;

/// The 16 bits at `at`, which must be there.
#[inline]
pub(super) fn u16_at(order: Order, bytes: &[u8], at: usize) -> u16 {
    let bytes = *bytes[at..].first_chunk().expect("checked by the caller");
    match order {
        Order::Big => u16::from_be_bytes(bytes),
        Order::Little => u16::from_le_bytes(bytes),
    }
}

/// The 32 bits at `at`, which must be there.
#[inline]
pub(super) fn u32_at(order: Order, bytes: &[u8], at: usize) -> u32 {
    let bytes = *bytes[at..].first_chunk().expect("checked by the caller");
    match order {
        Order::Big => u32::from_be_bytes(bytes),
        Order::Little => u32::from_le_bytes(bytes),
    }
}

/// The 64 bits of an option's value, if it has as many.
pub(super) fn u64_of(order: Order, value: &[u8]) -> Option<u64> {
    let bytes = value.try_into().ok()?;
    Some(match order {
        Order::Big => u64::from_be_bytes(bytes),
        Order::Little => u64::from_le_bytes(bytes),
    })
}

/// Two words of 32 bits, the high one first in either order: how pcapng writes times.
#[inline]
pub(super) fn high_low(order: Order, bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(order, bytes, at)) << 32 | u64::from(u32_at(order, bytes, at + 4))
}

/// Length with padding to 32 bits.
pub(in crate::capture) const fn padded(len: usize) -> usize {
    len.next_multiple_of(4)
}

/// The options of a block, or the records of name resolution, which have the same layout.
#[derive(Debug, Clone)]
pub(in crate::capture) struct Options<'b> {
    pub(in crate::capture) order: Order,
    pub(in crate::capture) bytes: &'b [u8],
}

/// An option: code and value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::capture) struct Opt<'b> {
    pub(in crate::capture) code: u16,
    pub(in crate::capture) value: &'b [u8],
}

/// The option ends beyond its block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::capture) struct OptionOverrun;

impl<'b> Iterator for Options<'b> {
    type Item = Result<Opt<'b>, OptionOverrun>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.bytes.is_empty() {
            return None;
        }
        let bytes = std::mem::take(&mut self.bytes);
        if bytes.len() < 4 {
            return Some(Err(OptionOverrun));
        }
        let code = u16_at(self.order, bytes, 0);
        let len = usize::from(u16_at(self.order, bytes, 2));
        if code == 0 {
            // opt_endofopt, or nrb_record_end.
            return None;
        }
        let Some(value) = bytes[4..].get(..len) else { return Some(Err(OptionOverrun)) };
        self.bytes = bytes.get(4 + padded(len)..).unwrap_or_default();
        Some(Ok(Opt { code, value }))
    }
}

/// A text of the file with invalid bytes replaced, and whether it is UTF-8.
pub(in crate::capture) fn text(value: &[u8]) -> (Cow<'_, str>, bool) {
    // Some writers count the terminating zero as part of the text.
    let value = value.strip_suffix(&[0]).unwrap_or(value);
    let text = String::from_utf8_lossy(value);
    let is_utf8 = matches!(text, Cow::Borrowed(_));
    (text, is_utf8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_in_both_orders() {
        let big = [0, 1, 0, 3, b'a', b'b', b'c', 0, 0, 2, 0, 4, 1, 2, 3, 4, 0, 0, 0, 0, 9, 9];
        let little = [1, 0, 3, 0, b'a', b'b', b'c', 0, 2, 0, 4, 0, 1, 2, 3, 4, 0, 0, 0, 0, 9, 9];
        for (order, bytes) in [(Order::Big, big), (Order::Little, little)] {
            let options: Vec<_> = Options { order, bytes: &bytes }.map(Result::unwrap).collect();
            assert_eq!(options.len(), 2);
            assert_eq!(options[0], Opt { code: 1, value: b"abc" });
            assert_eq!(options[1], Opt { code: 2, value: &[1, 2, 3, 4] });
        }
    }

    #[test]
    fn an_option_beyond_its_block_ends_the_options() {
        for bytes in [&[0, 1, 0][..], &[0, 1, 0, 1], &[0, 1, 0, 9, 1, 2, 3, 4]] {
            let options: Vec<_> = Options { order: Order::Big, bytes }.collect();
            assert_eq!(options, [Err(OptionOverrun)]);
        }
        // A last option without its padding is read.
        let mut options = Options { order: Order::Big, bytes: &[0, 1, 0, 1, b'a'] };
        assert_eq!(options.next(), Some(Ok(Opt { code: 1, value: b"a" })));
        assert_eq!(options.next(), None);
    }
}
