//! The times beside a packet.

use jiff::Timestamp;

use crate::explain::text::{Label, Language, delta, pad, seconds};
use crate::observe::Observation;

/// The time that is shown beside each packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TimeFormat {
    /// Since the connection's first packet, and where there is room since the packet before.
    #[default]
    Auto,
    /// Since the connection's first packet.
    Relative,
    /// Since the packet before it in the connection.
    Delta,
    /// The time of day, UTC.
    Absolute,
}

/// A column of times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TimeColumn {
    Relative,
    Delta,
    Absolute,
}

/// The times of a connection's first packet and of the last one so far, in nanoseconds since 1970.
#[derive(Debug, Clone, Copy)]
pub(super) struct Elapsed {
    pub(super) first_ns: u64,
    pub(super) last_ns: u64,
}

impl TimeColumn {
    /// Columns of a time.
    pub(super) const fn width(self) -> usize {
        match self {
            Self::Relative | Self::Delta => 10,
            Self::Absolute => 15,
        }
    }

    pub(super) fn title(self, language: Language) -> String {
        let title = match self {
            Self::Relative => "t",
            Self::Delta => "Δt",
            Self::Absolute => Label::TimeOfDay.text(language),
        };
        pad(title, self.width())
    }

    /// The time of a packet.
    pub(super) fn text(self, step: &Observation, elapsed: Elapsed) -> String {
        let Elapsed { first_ns, last_ns } = elapsed;
        match self {
            Self::Relative => in_columns(seconds(step.time_ns.saturating_sub(first_ns)), self.width()),
            Self::Delta => delta(first_ns, last_ns, step.time_ns),
            Self::Absolute => {
                let text = rfc3339(step.time_ns);
                text.split_once('T').map_or("", |(_, time)| time.trim_end_matches('Z')).to_owned()
            }
        }
    }
}

/// Seconds with six decimals, or as many as fit in so many columns.
fn in_columns(seconds: f64, columns: usize) -> String {
    let whole = format!("{seconds:.0}").len();
    let decimals = columns.saturating_sub(whole + 1).min(6);
    format!("{seconds:.decimals$}")
}

/// `2023-11-14T22:13:20.000041Z`
pub(super) fn rfc3339(time_ns: u64) -> String {
    let time = Timestamp::from_nanosecond(i128::from(time_ns)).unwrap_or(Timestamp::UNIX_EPOCH);
    format!("{time:.6}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_fit_in_their_columns() {
        for (seconds, text) in [
            (0.000_041, "0.000041"),
            (999.999_999_9, "1000.00000"),
            (123_456.789_012, "123456.789"),
            (1_234_567_890.0, "1234567890"),
        ] {
            assert_eq!(in_columns(seconds, 10), text);
        }
    }

    #[test]
    fn the_time_of_day_has_microseconds() {
        assert_eq!(rfc3339(1_700_000_000_000_041_999), "2023-11-14T22:13:20.000041Z");
        // The last that a capture can have.
        assert_eq!(rfc3339(u64::MAX), "2554-07-21T23:34:33.709551Z");
    }
}
