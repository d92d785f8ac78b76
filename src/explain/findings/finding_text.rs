//! Findings and facts about the file as they stand in JSON, in one language.

use serde::Serialize;

use super::Severity;
use crate::explain::text::printed_if_any;
use crate::rfc::Rfc;
use crate::wire::Side;

/// Facts about a capture as a whole.
#[derive(Debug, Clone, Default, Serialize)]
pub struct File {
    /// Its name; `-` for standard input.
    pub name: String,
    /// File format: `pcapng`, `pcap`.
    pub format: String,
    /// Link type: `ETHERNET`.
    pub link: String,
    /// Number of packets, those without TCP included.
    pub packets: u64,
    /// `true` if it ends within a packet.
    pub truncated: bool,
    /// Number of TCP connections, where none of them was selected; else 0.
    #[serde(skip)]
    pub unselected: u64,
    /// Findings about the file.
    pub notes: Vec<FindingText>,
    /// The same in Chinese, for views that speak both languages.
    #[serde(skip)]
    pub notes_in_chinese: Vec<FindingText>,
}

/// A finding in one language.
#[derive(Debug, Clone, Serialize)]
pub struct FindingText {
    /// Id in the catalogue; `X00` for what the reader of the file noticed.
    pub id: &'static str,
    /// Severity.
    pub severity: Severity,
    /// Packets that show it.
    pub packets: Vec<u64>,
    /// Frame that shows it.
    pub frame: Option<u64>,
    /// The section that states the rule.
    #[serde(serialize_with = "printed_if_any")]
    pub rfc: Option<Rfc>,
    /// The side at fault.
    #[serde(serialize_with = "printed_if_any")]
    pub at_fault: Option<Side>,
    /// The observed fact.
    pub fact: String,
    /// The inference from it.
    pub inference: Option<String>,
    /// The check that confirms it.
    pub confirm: Option<String>,
}

impl FindingText {
    /// A finding of the file's reader.
    #[must_use]
    pub fn of_file(severity: Severity, packet: Option<u64>, fact: String) -> Self {
        let packets = packet.into_iter().collect();
        let (frame, rfc, at_fault, inference, confirm) = (None, None, None, None, None);
        Self { id: "X00", severity, packets, frame, rfc, at_fault, fact, inference, confirm }
    }
}
