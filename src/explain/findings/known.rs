//! The catalogue, as others may know it.

use super::catalogue;
use super::entry::Severity;
use crate::explain::text::Language;
use crate::rfc::Rfc;

/// A finding that can be made.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    /// Its stable id.
    pub id: &'static str,
    /// How much it matters, most often.
    pub severity: Severity,
    /// Which rule it is about.
    pub rfc: Option<Rfc>,
    /// What it says was seen, in English, with its placeholders: `{packet}`.
    pub fact: &'static str,
}

/// All findings there are, in the order of the catalogue.
pub fn known() -> impl Iterator<Item = Known> {
    let entries = catalogue::ALL.iter().flat_map(|family| family.iter());
    entries.map(|entry| Known {
        id: entry.id,
        severity: entry.severity,
        rfc: entry.rfc,
        fact: entry.fact.text(Language::En),
    })
}
