//! Findings: what deserves attention in a capture, as values that a view renders.
//!
//! The `catalogue` is data: an entry for each finding with its id, severity, citation and texts. `rules` are functions of
//! one observation (a packet, a frame, a close …) and of the `memory` of its connection, and return a [`Finding`] or none.
//! An [`Inspector`] applies them. Rules use memory, and both use `finding`; nothing points back.
//!
//! A [`Verdict`] says how a connection ended, and which of its findings explains that: the chain is in `rules::cause`.
//!
//! A rule states what was seen. It claims nothing that the capture cannot show, because that begins midway or has gaps: see
//! `ConnectionMemory::reads_all`.
//!
//! Here lives what decides a finding. What a finding means for the course of a connection is for `narrative`, layout is for
//! `views`.

mod catalogue;
mod entry;
mod finding;
mod finding_kind;
mod finding_text;
mod inspection;
mod inspector;
pub(in crate::explain) mod key;
mod memory;
mod rules;
mod unread_total;
mod verdict;

use entry::CatalogueEntry;
pub(in crate::explain) use entry::Family;
pub use entry::Severity;
pub use finding::Finding;
pub use finding_kind::{FindingKind, finding_kinds};
pub use finding_text::{File, FindingText};
pub use inspector::Inspector;
pub use verdict::Verdict;
pub(in crate::explain) use verdict::{Cause, Words};

#[cfg(test)]
mod tests;
