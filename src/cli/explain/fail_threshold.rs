//! `--fail-on`: whether something was found that is bad enough.

use crate::explain::Severity;

/// From which severity on findings make the exit code 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::cli) enum FailOn {
    Error,
    Warning,
    #[default]
    Never,
}

/// Counts the findings that are bad enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::cli) struct Gate {
    from: FailOn,
    found: u64,
}

impl Gate {
    pub(in crate::cli) const fn new(from: FailOn) -> Self {
        Self { from, found: 0 }
    }

    /// One was found, of this severity.
    pub(in crate::cli) fn count(&mut self, severity: Severity) {
        let is_bad = match self.from {
            FailOn::Error => severity >= Severity::Error,
            FailOn::Warning => severity >= Severity::Warning,
            FailOn::Never => false,
        };
        self.found += u64::from(is_bad);
    }

    /// Whether nothing bad enough was found.
    pub(super) const fn is_open(self) -> bool {
        self.found == 0
    }
}

#[test]
fn it_counts_what_is_bad_enough() {
    for (from, open) in [
        (FailOn::Never, [true, true, true]),
        (FailOn::Warning, [true, false, false]),
        (FailOn::Error, [true, true, false]),
    ] {
        let is_open = [Severity::Info, Severity::Warning, Severity::Error].map(|severity| {
            let mut gate = Gate::new(from);
            gate.count(severity);
            gate.is_open()
        });
        assert_eq!(is_open, open, "{from:?}");
    }
}
