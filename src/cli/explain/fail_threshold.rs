//! `--fail-on`: the severity from which on findings make the exit code 1.
//!
//! Severity alone counts: it grades the fact, which was captured. Certainty is about the inference from it, and what is
//! only surprising is information, which never counts.

use crate::explain::Severity;

/// The value of `--fail-on`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::cli) enum FailOn {
    Error,
    Warning,
    #[default]
    Never,
}

/// The threshold, and whether a finding has reached it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::cli) struct FailThreshold {
    from: FailOn,
    is_reached: bool,
}

impl FailThreshold {
    pub(in crate::cli) const fn new(from: FailOn) -> Self {
        Self { from, is_reached: false }
    }

    /// Counts a finding.
    pub(in crate::cli) fn count(&mut self, severity: Severity) {
        self.is_reached |= match self.from {
            FailOn::Error => severity >= Severity::Error,
            FailOn::Warning => severity >= Severity::Warning,
            FailOn::Never => false,
        };
    }

    /// Returns `true` if a finding was severe enough.
    pub(super) const fn is_reached(self) -> bool {
        self.is_reached
    }
}

#[test]
fn the_threshold_is_reached_from_its_severity_on() {
    for (from, expected) in [
        (FailOn::Never, [false, false, false]),
        (FailOn::Warning, [false, true, true]),
        (FailOn::Error, [false, false, true]),
    ] {
        let reached = [Severity::Info, Severity::Warning, Severity::Error].map(|severity| {
            let mut threshold = FailThreshold::new(from);
            threshold.count(severity);
            threshold.is_reached()
        });
        assert_eq!(reached, expected, "{from:?}");
    }
}
