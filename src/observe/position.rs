//! Positions in a stream of bytes, counted from its SYN (RFC 9293 §3.4): signed, since bytes before the first one that
//! the capture knows may come again.

/// How many bytes lie between; none if `to` is not behind `from`.
pub(super) fn between(from: i64, to: i64) -> usize {
    usize::try_from(to.saturating_sub(from)).unwrap_or(0)
}

/// The position behind so many bytes.
pub(super) fn behind(position: i64, bytes: usize) -> i64 {
    position.saturating_add(i64::try_from(bytes).unwrap_or(i64::MAX))
}
