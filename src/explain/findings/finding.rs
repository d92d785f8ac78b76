//! A finding in a connection or a capture: an entry of the catalogue with the packets and values of this case, in no
//! language yet.

use std::fmt::Display;

use super::catalogue::capture::PACKETS_REBUILT;
use super::entry::{CatalogueEntry, Certainty, Family, Localized, Severity};
use super::unread_total::UnreadTotal;
use crate::explain::findings::FindingText;
use crate::explain::text::template::fill;
use crate::explain::text::{self, Language, cut, escape_controls, sentence, span};
use crate::observe::{Frame, Numbers};
use crate::rfc::Rfc;
use crate::wire::Side;

/// The most packets of one kind that are remembered, and named.
pub(super) const MOST_PACKETS: usize = 32;

/// Longest quotation of text from the capture, in columns.
const QUOTED: usize = 80;

/// Something that deserves attention in a capture.
#[derive(Debug, Clone)]
pub struct Finding {
    entry: &'static CatalogueEntry,
    severity: Severity,
    certainty: Certainty,
    packets: Vec<u64>,
    frame: Option<u64>,
    at_fault: Option<Side>,
    /// Values of the placeholders, by name.
    values: Vec<(&'static str, Value)>,
    /// Texts and citation that a special case has instead of the entry's.
    rfc: Option<Rfc>,
    fact: Option<Localized>,
    inference: Option<Localized>,
    confirm: Option<Localized>,
}

/// The value of a placeholder.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Number(u64),
    /// A time span in nanoseconds.
    Time(u64),
    Side(Side),
    /// Text from the capture, escaped and cut.
    Text(String),
    /// A phrase of the catalogue, without placeholders of its own.
    Phrase(Localized),
    /// Bytes that were not read.
    Unread(Vec<UnreadTotal>),
}

impl Value {
    fn render(&self, language: Language) -> Box<dyn Display + '_> {
        match self {
            Self::Number(number) => Box::new(number),
            Self::Time(nanoseconds) => Box::new(span(*nanoseconds)),
            Self::Side(side) => Box::new(text::side(*side, language)),
            Self::Text(text) => Box::new(text),
            Self::Phrase(phrase) => Box::new(phrase.text(language)),
            Self::Unread(totals) => {
                let texts: Vec<_> = totals.iter().map(|total| total.text(language)).collect();
                Box::new(texts.join(if language == Language::Zh { "；" } else { "; " }))
            }
        }
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl From<Side> for Value {
    fn from(side: Side) -> Self {
        Self::Side(side)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(cut(&escape_controls(text), QUOTED))
    }
}

impl From<Vec<UnreadTotal>> for Value {
    fn from(totals: Vec<UnreadTotal>) -> Self {
        Self::Unread(totals)
    }
}

impl From<Localized> for Value {
    fn from(phrase: Localized) -> Self {
        Self::Phrase(phrase)
    }
}

/// Names of the values that each finding about a frame has, whether its texts use them or not.
const FRAME_VALUES: [&str; 5] = ["frame", "packet", "opcode", "length", "side"];

impl Finding {
    /// An entry of the catalogue, shown by this packet.
    pub(super) fn new(entry: &'static CatalogueEntry, packet: u64) -> Self {
        Self {
            entry,
            severity: entry.severity,
            certainty: entry.certainty,
            packets: vec![packet],
            frame: None,
            at_fault: None,
            values: Vec::new(),
            rfc: None,
            fact: None,
            inference: None,
            confirm: None,
        }
    }

    /// About a capture as a whole.
    pub(super) fn of_capture(entry: &'static CatalogueEntry) -> Self {
        Self { packets: Vec::new(), ..Self::new(entry, 0) }
    }

    /// About a frame, its sender at fault: has the values `frame`, `packet` (its last), `opcode`, `length`, `side`.
    pub(super) fn of_frame(entry: &'static CatalogueEntry, frame: &Frame) -> Self {
        let finding = Self::new(entry, 0).with_packets(&frame.packets).with_at_fault(frame.from);
        Self { frame: Some(frame.index), ..finding }
            .with("frame", frame.index)
            .with("packet", frame.packets.last())
            .with("opcode", frame.header.opcode().name())
            .with("length", frame.header.length())
            .with("side", frame.from)
    }

    /// With the value of a placeholder.
    pub(super) fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.values.push((name, value.into()));
        self
    }

    /// With a time span as a value, in nanoseconds.
    pub(super) fn with_time(self, name: &'static str, nanoseconds: u64) -> Self {
        self.with(name, Value::Time(nanoseconds))
    }

    pub(super) fn with_at_fault(self, side: Side) -> Self {
        Self { at_fault: Some(side), ..self }
    }

    /// Without a side at fault.
    pub(super) fn without_fault(self) -> Self {
        Self { at_fault: None, ..self }
    }

    pub(super) fn with_frame(self, frame: u64) -> Self {
        Self { frame: Some(frame), ..self }
    }

    /// With all packets that show it; it becomes known with the last.
    pub(super) fn with_packets(mut self, packets: &Numbers) -> Self {
        self.packets = packets.iter().take(MOST_PACKETS - 1).collect();
        self.with_packet(packets.last())
    }

    /// With one more packet that shows it.
    pub(super) fn with_packet(mut self, packet: u64) -> Self {
        self.packets.push(packet);
        self.packets.sort_unstable();
        self.packets.dedup();
        self
    }

    pub(super) fn with_severity(self, severity: Severity) -> Self {
        Self { severity, ..self }
    }

    pub(super) fn with_certainty(self, certainty: Certainty) -> Self {
        Self { certainty, ..self }
    }

    pub(super) fn with_fact(self, fact: Localized) -> Self {
        Self { fact: Some(fact), ..self }
    }

    pub(super) fn with_inference(self, inference: Localized) -> Self {
        Self { inference: Some(inference), ..self }
    }

    pub(super) fn with_confirm(self, confirm: Localized) -> Self {
        Self { confirm: Some(confirm), ..self }
    }

    pub(super) fn with_rfc(self, rfc: Rfc) -> Self {
        Self { rfc: Some(rfc), ..self }
    }

    /// Its fact, inference and confirmation.
    fn texts(&self) -> [Localized; 3] {
        let entry = self.entry;
        [
            self.fact.unwrap_or(entry.fact),
            self.inference.unwrap_or(entry.inference),
            self.confirm.unwrap_or(entry.confirm),
        ]
    }

    /// Checks that each placeholder of its texts has one value and each value a placeholder. The languages have the same
    /// placeholders, so both are checked.
    pub(super) fn check_values(&self) -> Result<(), String> {
        let texts = self.texts();
        let used = || texts.iter().flat_map(|text| text.names());
        for name in used() {
            if self.values.iter().filter(|(it, _)| *it == name).count() != 1 {
                return Err(format!("{} needs one value for {{{name}}}", self.id()));
            }
        }
        let is_of_frame = |name| self.frame.is_some() && FRAME_VALUES.contains(&name);
        for (name, value) in &self.values {
            if !is_of_frame(*name) && used().all(|it| it != *name) {
                return Err(format!("{} has no place for {{{name}}}", self.id()));
            }
            if matches!(value, Value::Phrase(phrase) if phrase.names().next().is_some()) {
                return Err(format!("{}: the phrase for {{{name}}} has placeholders", self.id()));
            }
        }
        Ok(())
    }

    /// Texts that stand instead of the entry's.
    #[cfg(test)]
    pub(super) fn own_texts(&self) -> impl Iterator<Item = Localized> {
        [self.fact, self.inference, self.confirm].into_iter().flatten()
    }

    /// Its entry in the catalogue.
    pub(super) const fn entry(&self) -> &'static CatalogueEntry {
        self.entry
    }

    /// Its id in the catalogue.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        self.entry.id
    }

    pub(in crate::explain) const fn family(&self) -> Family {
        self.entry.family
    }

    /// Returns `true` if it says that packets were rebuilt and not captured.
    pub(in crate::explain) fn is_about_rebuilt(&self) -> bool {
        *self.entry == PACKETS_REBUILT
    }

    /// Severity in this case.
    #[must_use]
    pub const fn severity(&self) -> Severity {
        self.severity
    }

    /// Certainty of its inference in this case.
    pub(in crate::explain) const fn certainty(&self) -> Certainty {
        self.certainty
    }

    /// The side that broke the rule, or caused it.
    #[must_use]
    pub const fn at_fault(&self) -> Option<Side> {
        self.at_fault
    }

    /// The frame in which it shows.
    #[must_use]
    pub const fn frame(&self) -> Option<u64> {
        self.frame
    }

    /// The packets that show it; with the last it became known.
    #[must_use]
    pub fn packets(&self) -> &[u64] {
        &self.packets
    }

    /// Its texts in a language, with the values of this case.
    #[must_use]
    pub fn render(&self, language: Language) -> FindingText {
        let values: Vec<_> =
            self.values.iter().map(|(name, value)| (*name, value.render(language))).collect();
        let [fact, inference, confirm] = self.texts().map(|text| {
            let value = |name: &str| values.iter().find(|(it, _)| *it == name).map(|(_, value)| value);
            sentence(&fill(text.text(language), value))
        });
        FindingText {
            id: self.entry.id,
            severity: self.severity,
            packets: self.packets.clone(),
            frame: self.frame,
            rfc: self.rfc.or(self.entry.rfc),
            at_fault: self.at_fault,
            fact,
            inference: Some(format!("{}{inference}", self.certainty.prefix(language))),
            confirm: Some(confirm),
        }
    }
}
