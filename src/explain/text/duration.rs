//! Durations as text.

/// A time in seconds.
#[expect(clippy::cast_precision_loss, reason = "to be read by people")]
pub(in crate::explain) fn seconds(nanoseconds: u64) -> f64 {
    nanoseconds as f64 / 1e9
}

/// Duration in the unit that fits: `58.9 s`.
pub(in crate::explain) fn span(nanoseconds: u64) -> String {
    let of = |unit: f64| seconds(nanoseconds) * 1e9 / unit;
    match nanoseconds {
        0..1_000 => format!("{nanoseconds} ns"),
        1_000..1_000_000 => format!("{:.1} µs", of(1e3)),
        1_000_000..1_000_000_000 => format!("{:.1} ms", of(1e6)),
        1_000_000_000..120_000_000_000 => format!("{:.1} s", of(1e9)),
        _ => format!("{:.1} min", of(60e9)),
    }
}

/// The time since the packet before, with its sign; empty at the beginning. All three in nanoseconds.
pub(in crate::explain) fn delta(first: u64, before: u64, now: u64) -> String {
    match now.checked_sub(before) {
        _ if now == first && before == first => String::new(),
        Some(later) => format!("+{}", span(later)),
        None => format!("-{}", span(before - now)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_their_unit() {
        assert_eq!(span(41_000), "41.0 µs");
        assert_eq!(span(58_900_000_000), "58.9 s");
        assert_eq!(span(600_000_000_000), "10.0 min");
    }
}
