//! The rows of one connection: its head, and a row or more for each packet.

use std::fmt::Write as _;
use std::io;

use anstyle::Style;
use unicode_width::UnicodeWidthStr as _;

use super::braces::{Brace, Braces};
use super::layout::{BEFORE, ROW, STATES, WARNING, arrow, style};
use super::{Detail, Paper, bits, heads};
use crate::explain::findings::FindingText;
use crate::explain::narrative::ack_run::{AckRun, SILENCE};
use crate::explain::narrative::begin_offset::begin_offset;
use crate::explain::narrative::encapsulation::encapsulation;
use crate::explain::narrative::inflation::compressed_message;
use crate::explain::narrative::packet_label::{ArrowKind, labels};
use crate::explain::narrative::packet_window::SettledPacket;
use crate::explain::narrative::pdu_segment::PduSegment;
use crate::explain::narrative::phase::Phase;
use crate::explain::narrative::protocol::Protocol;
use crate::explain::narrative::state_changes::{EndState, StateChanges};
use crate::explain::narrative::warning::Warning;
use crate::explain::text::{
    self, Label, Language, centred, delta, escape_controls, pad, pad_left, pieces, seconds, span, wrapped,
};
use crate::explain::views::label_text::{ARROW, frame_text, label_text};
use crate::explain::views::message_text::inflated_payload;
use crate::observe::{Change, Ended, Evidence, Fact, Frame, FrameEnd, Message, Observation, Stream};
use crate::wire::{PerSide, Side};

/// The most rows of a message that its arrows do not show.
const MOST_ROWS: usize = 4;

/// Progress of a connection on the paper.
#[derive(Debug)]
pub(super) struct RowPosition {
    braces: Braces,
    states: StateChanges,
    protocol: Protocol,
    phase: Option<Phase>,
    first_ns: u64,
    last_ns: u64,
}

impl RowPosition {
    pub(super) fn new(about: &Stream, protocol: Protocol, first_ns: u64) -> Self {
        let evidence = if about.begins_midway() { Evidence::Inferred } else { Evidence::Captured };
        let states = StateChanges::new(about.initial, evidence, protocol);
        Self { braces: Braces::default(), states, protocol, phase: None, first_ns, last_ns: first_ns }
    }

    /// Notes the protocol, as far as it shows by now.
    pub(super) fn note_protocol(&mut self, protocol: Protocol) {
        self.protocol = self.protocol.or(protocol);
        self.states.protocol = self.protocol;
    }
}

/// Acknowledgments in a row.
#[derive(Debug)]
pub(super) struct FoldedAcks {
    pub(super) run: AckRun,
    pub(super) first: Observation,
    pub(super) last: Observation,
}

/// Writes the rows of a connection, from its place on.
pub(super) struct RowWriter<'a, W> {
    pub(super) paper: &'a mut Paper<W>,
    pub(super) position: &'a mut RowPosition,
}

impl<W: io::Write> RowWriter<'_, W> {
    fn language(&self) -> Language {
        self.paper.looks.language
    }

    /// The roles. `weakest` is [`Evidence::Rebuilt`] if packets are known to be.
    pub(super) fn head(&mut self, about: &Stream, stream: u64, weakest: Option<Evidence>) -> io::Result<()> {
        let language = self.language();
        let title = Label::Connection.fill(language, &[&stream]);
        let begins = begin_offset(self.paper.begin_ns, self.position.first_ns, language).unwrap_or_default();
        self.paper.line(Style::new().bold(), &format!("{title}{begins}"))?;
        let ends = about.ends;
        let client = format!("{} {}", Label::Client.text(language), ends.client);
        let server = format!("{} {}", Label::Server.text(language), ends.server);
        let left = pad("  #     ", 8) + &pad("t", 10) + &pad("Δt", 12);
        let middle = pad(&client, ROW - BEFORE - STATES);
        self.paper.line(Style::new().bold(), &format!("{left}{middle}{server}"))?;
        if about.begins_midway() {
            self.paper.paragraph(Label::Midway.text(language), 2)?;
        }
        if weakest == Some(Evidence::Rebuilt) {
            self.paper.paragraph(Label::RebuiltHere.text(language), 2)?;
        }
        let name = |known| EndState::Tcp(known).to_string();
        let before = self.position.states.tcp.map(|known| known.map_or_else(String::new, name));
        let left = " ".repeat(BEFORE);
        let middle = pad(&before.client, ROW - BEFORE - STATES);
        self.paper.plain(&format!("{left}{middle}{}", before.server))
    }

    /// The band of a new phase, and the row of a silence, before a packet.
    fn before(&mut self, step: &Observation) -> io::Result<()> {
        if let Some(inside) = encapsulation(step, self.language()) {
            self.paper.paragraph(&inside, 2)?;
        }
        let quiet = step.time_ns.saturating_sub(self.position.last_ns);
        if quiet >= SILENCE {
            let text = Label::Silence.fill(self.language(), &[&span(quiet)]);
            self.paper.line(Style::new().dimmed(), &centred(&format!("⋮ {text} ⋮"), ROW))?;
        }
        let phase = Phase::of(step, self.position.phase, self.position.protocol);
        if let Some(phase) = phase.filter(|_| self.position.phase != phase) {
            self.position.phase = Some(phase);
            let name = phase.label().text(self.language());
            let rest = "─".repeat(ROW.saturating_sub(name.width() + 4));
            self.paper.line(Style::new().bold(), &format!("── {name} {rest}"))?;
        }
        Ok(())
    }

    /// Number, time, and time since the packet before.
    fn left(&mut self, step: &Observation) -> String {
        let since_first = step.time_ns.saturating_sub(self.position.first_ns);
        let time = format!("{:.6}", seconds(since_first));
        let delta = delta(self.position.first_ns, self.position.last_ns, step.time_ns);
        self.position.last_ns = step.time_ns;
        let rebuilt = if step.evidence == Evidence::Rebuilt { "*" } else { "" };
        let number = format!("{rebuilt}{}", step.number);
        format!("{} {} {}", pad_left(&number, 5), pad(&time, 10), pad(&delta, 11))
    }

    /// A packet, and the findings about it.
    pub(super) fn settled(&mut self, packet: &SettledPacket) -> io::Result<()> {
        let brace = self.packet(&packet.step, &packet.parts)?;
        let language = self.language();
        packet.problems.iter().try_for_each(|finding| self.wrong(&finding.render(language), brace))
    }

    /// A packet, which carries these parts; gives the brace that goes on below it.
    pub(super) fn packet(&mut self, step: &Observation, parts: &[PduSegment]) -> io::Result<Brace> {
        self.before(step)?;
        let labels = labels(step, parts);
        let labels: Vec<_> =
            labels.iter().map(|label| (label.kind(), label_text(label, self.language()))).collect();
        let left = self.left(step);
        let news = PerSide {
            client: self.position.states.update(Side::Client, step),
            server: self.position.states.update(Side::Server, step),
        };
        let brace = self.position.braces.of(step.number, parts, labels.len());
        let rows = labels.len().max(news.client.len()).max(news.server.len());
        for row in 0..rows {
            let label = labels.get(row);
            let at = |news: &[EndState]| news.get(row).map_or_else(String::new, EndState::to_string);
            let left = if row == 0 { left.clone() } else { " ".repeat(BEFORE - 2) };
            let (arrow, look) = drawn(step.from, label);
            let text = format!(
                "{}{left}{}{arrow}  {}",
                brace.at(row),
                pad(&at(&news.client), STATES),
                at(&news.server)
            );
            self.paper.line(look, &text)?;
        }
        self.facts(step, brace)?;
        Ok(brace)
    }

    /// A finding, right under the packet that shows it.
    fn wrong(&mut self, finding: &FindingText, brace: Brace) -> io::Result<()> {
        let left = format!("{}{}", brace.below(), " ".repeat(BEFORE - 2));
        let text = format!("⚠ {} {}", finding.id, escape_controls(&finding.fact));
        for (place, line) in wrapped(&text, ROW - BEFORE).iter().enumerate() {
            let indent = if place == 0 { "" } else { "      " };
            self.paper.line(WARNING, &format!("{left}{indent}{line}"))?;
        }
        Ok(())
    }

    /// The rows below a packet: heads, bits, and what is wrong.
    fn facts(&mut self, step: &Observation, brace: Brace) -> io::Result<()> {
        let language = self.language();
        let left = format!("{}{}", brace.below(), " ".repeat(BEFORE - 2));
        for (place, fact) in step.facts.iter().enumerate() {
            let lines = match fact {
                Fact::Request(request) => heads::request(request, language),
                Fact::Response(response) => heads::response(response, language),
                Fact::Frame(frame) if self.paper.looks.detail == Detail::Bits => {
                    bits::lines(frame, compressed_message(frame, &step.facts[place + 1..]), language)
                }
                Fact::Message(message) if self.paper.looks.detail == Detail::Line => joined(message),
                _ => Vec::new(),
            };
            for line in lines {
                self.paper.plain(&format!("{left}{line}"))?;
            }
            if let Fact::Frame(frame) = fact
                && frame.end == FrameEnd::NotReached
            {
                self.paper.line(WARNING, &format!("{left}⚠ {}", not_whole(frame, language)))?;
            }
            if let Some(warning) = Warning::of(fact) {
                self.paper.line(WARNING, &format!("{left}⚠ {}", warning.text(language)))?;
            }
        }
        Ok(())
    }

    /// Several acknowledgments in a row, in one.
    pub(super) fn acks(&mut self, FoldedAcks { run, first, last }: &FoldedAcks) -> io::Result<()> {
        self.before(first)?;
        let left = self.left(last);
        let mut text = Label::MoreAcks.fill(self.language(), &[&run.count]);
        let _ = write!(text, " #{}…{}", first.number, last.number);
        if let (Some(from), Some(to)) = (first.ack, last.ack) {
            let _ = write!(text, " ack={from}…{to}");
        }
        let label = (ArrowKind::Ack, text);
        let (arrow, look) = drawn(last.from, Some(&label));
        let brace = self.position.braces.of(last.number, &[], 1);
        self.paper.line(look, &format!("{}{left}{}{arrow}", brace.at(0), " ".repeat(STATES)))
    }

    /// Facts that time alone brought, and those that only the end could show.
    pub(super) fn end(&mut self, ended: &Ended) -> io::Result<()> {
        let language = self.language();
        for transition in &ended.transitions {
            if matches!(transition.change, Change::Tcp { .. }) {
                let who = text::side(transition.side, language);
                let text = Label::TwoMslLater.fill(language, &[&who, &transition.change.to()]);
                self.paper.line(Style::new().dimmed(), &centred(&format!("⋮ {text} ⋮"), ROW))?;
            }
        }
        let left = " ".repeat(BEFORE);
        for fact in &ended.facts {
            if let Fact::Frame(frame) = fact {
                self.paper.line(WARNING, &format!("{left}⚠ {}", not_whole(frame, language)))?;
            }
            if let Some(warning) = Warning::of(fact) {
                self.paper.line(WARNING, &format!("{left}⚠ {}", warning.text(language)))?;
            }
        }
        Ok(())
    }
}

/// A compressed message of several fragments: each arrow shows but a part of it, compressed.
fn joined(message: &Message) -> Vec<String> {
    let kind = message.kind.to_string().to_uppercase();
    let payload = inflated_payload(message).filter(|_| message.frames.count() > 1);
    payload.map_or_else(Vec::new, |payload| pieces(&format!("= {kind} {payload}"), ROW - BEFORE, MOST_ROWS))
}

/// A frame that has no end.
fn not_whole(frame: &Frame, language: Language) -> String {
    format!("{}: {}", escape_controls(&frame_text(frame, language)), Label::Cut.text(language))
}

fn drawn(from: Side, label: Option<&(ArrowKind, String)>) -> (String, Style) {
    match label {
        Some((kind, text)) => (arrow(from, *kind, text), style(from, *kind)),
        None => (" ".repeat(ARROW), Style::new()),
    }
}
