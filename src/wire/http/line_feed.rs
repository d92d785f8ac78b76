//! The end of a line of a head.

/// Index of the first LF.
#[cfg(feature = "explain")]
pub(super) fn line_feed(bytes: &[u8]) -> Option<usize> {
    memchr::memchr(b'\n', bytes)
}

/// Index of the first LF; slower, for the codec alone, which has no dependency for it.
#[cfg(not(feature = "explain"))]
pub(super) fn line_feed(bytes: &[u8]) -> Option<usize> {
    bytes.iter().position(|byte| *byte == b'\n')
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
