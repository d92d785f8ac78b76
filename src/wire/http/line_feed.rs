//! The end of a line of a head.

use std::io::BufRead as _;

/// Index of the first LF, by the `memchr` of the C library, which the standard library reaches by
/// [`skip_until`](std::io::BufRead::skip_until) alone.
pub(super) fn line_feed(bytes: &[u8]) -> Option<usize> {
    let mut rest = bytes;
    let last = rest.skip_until(b'\n').ok()?.checked_sub(1)?;
    (bytes[last] == b'\n').then_some(last)
}

#[cfg(test)]
mod tests {
    use super::line_feed;

    #[test]
    fn the_first_line_feed_is_found() {
        for (bytes, at) in [
            (&b""[..], None),
            (b"a", None),
            (b"a\r", None),
            (b"\n", Some(0)),
            (b"ab\r\n", Some(3)),
            (b"a\nb\n", Some(1)),
            (b"a\nb", Some(1)),
        ] {
            assert_eq!(line_feed(bytes), at, "{bytes:?}");
        }
    }
}
