//! A finding in a connection, before it is put into the words of a language.

use std::fmt::Display;

use super::catalogue::capture::X10;
use super::entry::{Certainty, Entry, Family, Localized, Severity};
use crate::explain::findings::FindingText;
use crate::explain::text::template::fill;
use crate::explain::text::{self, Language, cut, escape_controls, sentence, span};
use crate::observe::{Frame, Numbers};
use crate::rfc::Rfc;
use crate::wire::Side;

/// How many packets of one kind are remembered, and named.
pub(super) const MOST_PACKETS: usize = 32;

/// The longest text of others that is quoted, in columns.
const QUOTED: usize = 80;

/// Something that deserves attention.
#[derive(Debug, Clone)]
pub struct Finding {
    entry: &'static Entry,
    severity: Severity,
    certainty: Certainty,
    packets: Vec<u64>,
    frame: Option<u64>,
    at_fault: Option<Side>,
    values: Vec<Value>,
    /// What is said instead of what the entry has, where a case is special.
    rfc: Option<Rfc>,
    fact: Option<Localized>,
    inference: Option<Localized>,
    confirm: Option<Localized>,
}

/// What stands in the place of a value.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Number(u64),
    /// A time span in nanoseconds.
    Time(u64),
    Side(Side),
    /// Text of others, made fit to be read.
    Text(String),
    Phrase(Localized),
}

impl Value {
    fn render(&self, language: Language) -> Box<dyn Display + '_> {
        match self {
            Self::Number(number) => Box::new(number),
            Self::Time(nanoseconds) => Box::new(span(*nanoseconds)),
            Self::Side(side) => Box::new(text::side(*side, language)),
            Self::Text(text) => Box::new(text),
            Self::Phrase(phrase) => Box::new(phrase.text(language)),
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

impl From<Localized> for Value {
    fn from(phrase: Localized) -> Self {
        Self::Phrase(phrase)
    }
}

impl Finding {
    /// What a line of the catalogue says, shown by this packet.
    pub(super) fn new(entry: &'static Entry, packet: u64) -> Self {
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
    pub(super) fn of_capture(entry: &'static Entry) -> Self {
        Self { packets: Vec::new(), ..Self::new(entry, 0) }
    }

    /// About a frame: its number, its last packet, its opcode and its length are the first four values.
    pub(super) fn of_frame(entry: &'static Entry, frame: &Frame) -> Self {
        let opcode = frame.header.opcode().name();
        let found = Self::new(entry, 0).shown_by(&frame.packets).blamed_on(frame.from);
        Self { frame: Some(frame.index), ..found }
            .with(frame.index)
            .with(frame.packets.last())
            .with(opcode)
            .with(frame.header.length())
    }

    pub(super) fn with(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    pub(super) fn with_time(mut self, nanoseconds: u64) -> Self {
        self.values.push(Value::Time(nanoseconds));
        self
    }

    pub(super) fn blamed_on(self, side: Side) -> Self {
        Self { at_fault: Some(side), ..self }
    }

    pub(super) fn in_frame(self, frame: u64) -> Self {
        Self { frame: Some(frame), ..self }
    }

    /// All packets that show it; the last is where it is told.
    pub(super) fn shown_by(mut self, packets: &Numbers) -> Self {
        self.packets = packets.iter().take(MOST_PACKETS - 1).collect();
        self.and_by(packets.last())
    }

    /// One more packet that shows it.
    pub(super) fn and_by(mut self, packet: u64) -> Self {
        self.packets.push(packet);
        self.packets.sort_unstable();
        self.packets.dedup();
        self
    }

    pub(super) fn graver(self, severity: Severity) -> Self {
        Self { severity, ..self }
    }

    pub(super) fn surer(self, certainty: Certainty) -> Self {
        Self { certainty, ..self }
    }

    pub(super) fn saying(self, fact: Localized) -> Self {
        Self { fact: Some(fact), ..self }
    }

    pub(super) fn inferring(self, inference: Localized) -> Self {
        Self { inference: Some(inference), ..self }
    }

    pub(super) fn confirming(self, confirm: Localized) -> Self {
        Self { confirm: Some(confirm), ..self }
    }

    pub(super) fn citing(self, rfc: Rfc) -> Self {
        Self { rfc: Some(rfc), ..self }
    }

    /// Its id in the catalogue.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        self.entry.id
    }

    /// What it is about.
    pub(in crate::explain) const fn family(&self) -> Family {
        self.entry.family
    }

    /// Whether it says that packets were rebuilt and not captured.
    pub(in crate::explain) fn is_about_rebuilt(&self) -> bool {
        self.entry.id == X10.id
    }

    /// How much it matters.
    #[must_use]
    pub const fn severity(&self) -> Severity {
        self.severity
    }

    /// Who broke the rule, or caused it.
    #[must_use]
    pub const fn at_fault(&self) -> Option<Side> {
        self.at_fault
    }

    /// In which frame it shows.
    #[must_use]
    pub const fn frame(&self) -> Option<u64> {
        self.frame
    }

    /// The packets that show it, the last is where it became known.
    #[must_use]
    pub fn packets(&self) -> &[u64] {
        &self.packets
    }

    /// In words.
    #[must_use]
    pub fn render(&self, language: Language) -> FindingText {
        let values: Vec<_> = self.values.iter().map(|value| value.render(language)).collect();
        let values: Vec<&dyn Display> = values.iter().map(|value| &**value as &dyn Display).collect();
        let text =
            |both: Localized| fill(both.text(language), |place| values.get(place.parse::<usize>().ok()?));
        let inference = sentence(&text(self.inference.unwrap_or(self.entry.inference)));
        FindingText {
            id: self.entry.id,
            severity: self.severity,
            packets: self.packets.clone(),
            frame: self.frame,
            rfc: self.rfc.or(self.entry.rfc),
            at_fault: self.at_fault,
            fact: sentence(&text(self.fact.unwrap_or(self.entry.fact))),
            inference: Some(format!("{}{inference}", self.certainty.word(language))),
            confirm: Some(sentence(&text(self.confirm.unwrap_or(self.entry.confirm)))),
        }
    }
}
