//! The catalogue for readers outside: documentation and tests.

use super::catalogue;
use super::entry::Severity;
use crate::explain::text::Language;
use crate::rfc::Rfc;

/// A kind of finding.
#[derive(Debug, Clone, Copy)]
pub struct FindingKind {
    /// Stable id.
    pub id: &'static str,
    /// Usual severity.
    pub severity: Severity,
    /// The section that states the rule.
    pub rfc: Option<Rfc>,
    /// The observed fact, in English, with its placeholders: `{packet}`.
    pub fact: &'static str,
    /// How sure the inference usually is: certain, likely or possible.
    pub certainty: &'static str,
    /// The inference from the fact, in English, with its placeholders.
    pub inference: &'static str,
    /// What to check or to do, in English, with its placeholders.
    pub confirm: &'static str,
}

/// All kinds of findings, in the order of the catalogue.
pub fn finding_kinds() -> impl Iterator<Item = FindingKind> {
    let entries = catalogue::ALL.iter().flat_map(|family| family.iter());
    entries.map(|entry| FindingKind {
        id: entry.id,
        severity: entry.severity,
        rfc: entry.rfc,
        fact: entry.fact.text(Language::En),
        certainty: entry.certainty.name(),
        inference: entry.inference.text(Language::En),
        confirm: entry.confirm.text(Language::En),
    })
}
