//! Packet options from either byte order to the little-endian one of a copy.

use std::borrow::Cow;

use crate::capture::read::COMMENT;
use crate::capture::read::{Opt, Order, text};

/// The option in little-endian order; `None` if it is malformed or must not be copied.
pub(super) fn transcode(order: Order, option: Opt<'_>) -> Option<(u16, Cow<'_, [u8]>)> {
    let Opt { code, value } = option;
    // Length of the number that the value begins with.
    let number = match code {
        // Invalid UTF-8 is not copied.
        COMMENT => {
            let text = match text(value).0 {
                Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
                Cow::Owned(text) => Cow::Owned(text.into_bytes()),
            };
            // A replacement character is longer than the byte it replaces.
            return u16::try_from(text.len()).is_ok().then_some((code, text));
        }
        // Flags; the queue.
        2 | 6 if value.len() == 4 => 4,
        // The count of dropped packets; the packet's identity.
        4 | 5 if value.len() == 8 => 8,
        2 | 4..=6 => return None,
        // Custom options that may be copied: the enterprise number, then data of unknown layout.
        2988 | 2989 if value.len() >= 4 => 4,
        2988 | 2989 | 19372 | 19373 => return None,
        _ => 0,
    };
    if order == Order::Little || number == 0 {
        return Some((code, value.into()));
    }
    let mut value = value.to_vec();
    value[..number].reverse();
    Some((code, value.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_change_their_order_and_bytes_do_not() {
        let check = |code, value: &[u8], expected: Option<&[u8]>| {
            let copied = transcode(Order::Big, Opt { code, value }).map(|(_, value)| value.into_owned());
            assert_eq!(copied.as_deref(), expected, "{code}");
            let same = expected.map(|_| value);
            let copied = transcode(Order::Little, Opt { code, value }).map(|(_, value)| value.into_owned());
            assert_eq!(copied.as_deref(), same, "{code}");
        };
        check(1, b"text", Some(b"text"));
        check(2, &[1, 2, 3, 4], Some(&[4, 3, 2, 1]));
        check(3, &[2, 1, 2, 3, 4], Some(&[2, 1, 2, 3, 4]));
        check(4, &[1, 2, 3, 4, 5, 6, 7, 8], Some(&[8, 7, 6, 5, 4, 3, 2, 1]));
        check(2988, &[1, 2, 3, 4, 5], Some(&[4, 3, 2, 1, 5]));
        check(2, &[1], None);
        check(19372, &[1, 2, 3, 4, 5], None);
    }
}
