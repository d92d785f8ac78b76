//! What is said of a capture as a whole, and what deserves attention in it.

use serde::Serialize;

use super::Severity;
use crate::explain::text::printed_if_any;
use crate::rfc::Rfc;
use crate::wire::Side;

/// What is known of a capture as a whole.
#[derive(Debug, Clone, Default, Serialize)]
pub struct File {
    /// Its name; `-` for standard input.
    pub name: String,
    /// `pcapng`, or what it is else.
    pub format: String,
    /// What its packets begin with: `ETHERNET`.
    pub link: String,
    /// How many packets it holds, those without TCP too.
    pub packets: u64,
    /// Whether it ends before its last packet does.
    pub truncated: bool,
    /// What is odd about it.
    pub notes: Vec<FindingText>,
    /// The same in Chinese, for views that speak both languages.
    #[serde(skip)]
    pub notes_in_chinese: Vec<FindingText>,
}

/// Something that deserves attention.
#[derive(Debug, Clone, Serialize)]
pub struct FindingText {
    /// Which of the catalogue; `X00` for what a file's reader noticed.
    pub id: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// Where it shows.
    pub packets: Vec<u64>,
    /// In which frame.
    pub frame: Option<u64>,
    /// Which rule it is about.
    #[serde(serialize_with = "printed_if_any")]
    pub rfc: Option<Rfc>,
    /// Who broke it.
    #[serde(serialize_with = "printed_if_any")]
    pub at_fault: Option<Side>,
    /// What was seen.
    pub fact: String,
    /// What follows from it.
    pub inference: Option<String>,
    /// How to make sure.
    pub confirm: Option<String>,
}

impl FindingText {
    /// What a file's reader noticed.
    #[must_use]
    pub fn of_file(severity: Severity, packet: Option<u64>, fact: String) -> Self {
        let packets = packet.into_iter().collect();
        let (frame, rfc, at_fault, inference, confirm) = (None, None, None, None, None);
        Self { id: "X00", severity, packets, frame, rfc, at_fault, fact, inference, confirm }
    }
}
