//! Memory of the ICMP errors about what an end sent.

use crate::observe::{IcmpMeaning, IcmpReport};

/// The most meanings that are remembered.
const MOST: usize = 4;

/// ICMP errors about what an end sent.
#[derive(Debug, Default)]
pub(in crate::explain::findings) struct IcmpHistory {
    /// The first of each meaning.
    first: Vec<IcmpReport>,
}

impl IcmpHistory {
    /// Returns `true` if there was none.
    pub(in crate::explain::findings) const fn is_empty(&self) -> bool {
        self.first.is_empty()
    }

    /// Returns `true` if there was one with this meaning.
    pub(in crate::explain::findings) fn has(&self, meaning: IcmpMeaning) -> bool {
        self.first.iter().any(|report| report.error.code.meaning() == Some(meaning))
    }

    pub(in crate::explain::findings) fn note(&mut self, report: &IcmpReport) {
        let is_new = report.error.code.meaning().is_some_and(|meaning| !self.has(meaning));
        if is_new && self.first.len() < MOST {
            self.first.push(*report);
        }
    }
}
