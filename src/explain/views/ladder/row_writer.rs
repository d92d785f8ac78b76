//! The rows of one connection: its head, and a row or more for each packet.

use std::fmt::Write as _;
use std::io;

use anstyle::Style;
use unicode_width::UnicodeWidthStr as _;

use super::braces::{Brace, Braces};
use super::layout::{Columns, WARNING, arrow, style};
use super::times::Elapsed;
use super::{Detail, Paper, bits, heads};
use crate::explain::findings::FindingText;
use crate::explain::narrative::ack_run::{AckRun, SILENCE};
use crate::explain::narrative::encapsulation::encapsulation;
use crate::explain::narrative::inflation::compressed_message;
use crate::explain::narrative::packet_label::{ArrowKind, labels};
use crate::explain::narrative::packet_window::SettledPacket;
use crate::explain::narrative::pdu_segment::PduSegment;
use crate::explain::narrative::phase::Phase;
use crate::explain::narrative::protocol::Protocol;
use crate::explain::narrative::state_changes::{EndState, StateChanges};
use crate::explain::narrative::warning::Warning;
use crate::explain::text::{self, Label, Language, centred, escape_controls, pad, pieces, span, wrapped};
use crate::explain::views::label_text::{frame_text, label_text};
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
    elapsed: Elapsed,
}

impl RowPosition {
    pub(super) fn new(about: &Stream, protocol: Protocol, first_ns: u64) -> Self {
        let evidence = if about.begins_midway() { Evidence::Inferred } else { Evidence::Captured };
        let states = StateChanges::new(about.initial, evidence, protocol);
        Self {
            braces: Braces::default(),
            states,
            protocol,
            phase: None,
            elapsed: Elapsed { first_ns, last_ns: first_ns },
        }
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

    fn columns(&self) -> Columns {
        self.paper.columns
    }

    /// The titles of the columns, and the states before the first packet. `weakest` is [`Evidence::Rebuilt`] if packets
    /// are known to be.
    pub(super) fn head(&mut self, about: &Stream, weakest: Option<Evidence>) -> io::Result<()> {
        let (language, columns) = (self.language(), self.columns());
        let times: Vec<_> = columns.times.iter().map(|time| time.title(language)).collect();
        let left = "  ".to_owned() + &columns.left("#", &times);
        let middle = pad(Label::Client.text(language), columns.states + columns.arrow + 1);
        let right = Label::Server.text(language);
        self.paper.title(&format!("{left}{middle}{right}"))?;
        if about.begins_midway() {
            self.paper.paragraph(Label::Midway.text(language), 2)?;
        }
        if weakest == Some(Evidence::Rebuilt) {
            self.paper.paragraph(Label::RebuiltHere.text(language), 2)?;
        }
        let name = |known| EndState::Tcp(known).to_string();
        let before = self.position.states.tcp.map(|known| known.map_or_else(String::new, name));
        let left = " ".repeat(columns.before);
        let middle = pad(&before.client, columns.states + columns.arrow + 1);
        self.paper.plain(&format!("{left}{middle}{}", before.server))
    }

    /// The band of a new phase, and the row of a silence, before a packet.
    fn before(&mut self, step: &Observation) -> io::Result<()> {
        if let Some(inside) = encapsulation(step, self.language()) {
            self.paper.paragraph(&inside, 2)?;
        }
        let quiet = step.time_ns.saturating_sub(self.position.elapsed.last_ns);
        if quiet >= SILENCE {
            let text = Label::Silence.fill(self.language(), &[&span(quiet)]);
            let row = self.columns().row;
            self.paper.line(Style::new().dimmed(), &centred(&format!("⋮ {text} ⋮"), row))?;
        }
        let phase = Phase::of(step, self.position.phase, self.position.protocol);
        if let Some(phase) = phase.filter(|_| self.position.phase != phase) {
            self.position.phase = Some(phase);
            let name = phase.label().text(self.language());
            let rest = "─".repeat(self.columns().row.saturating_sub(name.width() + 4));
            self.paper.line(Style::new().bold(), &format!("── {name} {rest}"))?;
        }
        Ok(())
    }

    /// Number and times.
    fn left(&mut self, step: &Observation) -> String {
        let columns = self.columns();
        let times: Vec<_> = columns.times.iter().map(|time| time.text(step, self.position.elapsed)).collect();
        self.position.elapsed.last_ns = step.time_ns;
        let rebuilt = if step.evidence == Evidence::Rebuilt { "*" } else { "" };
        columns.left(&format!("{rebuilt}{}", step.number), &times)
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
        let columns = self.columns();
        let text = |label| label_text(label, columns.arrow, self.language());
        let labels: Vec<_> = labels.iter().map(|label| (label.kind(), text(label))).collect();
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
            let left = if row == 0 { left.clone() } else { " ".repeat(columns.before - 2) };
            let (arrow, look) = drawn(step.from, label, columns.arrow);
            let text = format!(
                "{}{left}{}{arrow} {}",
                brace.at(row),
                pad(&at(&news.client), columns.states),
                at(&news.server)
            );
            self.paper.line(look, &text)?;
        }
        self.facts(step, brace)?;
        Ok(brace)
    }

    /// A finding, right under the packet that shows it.
    fn wrong(&mut self, finding: &FindingText, brace: Brace) -> io::Result<()> {
        let text = format!("⚠ {} {}", finding.id, escape_controls(&finding.fact));
        self.below(brace, WARNING, &text)
    }

    /// A text below a packet, in as many lines as it needs.
    fn below(&mut self, brace: Brace, look: Style, text: &str) -> io::Result<()> {
        let columns = self.columns();
        let left = pad(&brace.below(), columns.below);
        for (place, line) in wrapped(text, columns.room_below() - 6).iter().enumerate() {
            let indent = if place == 0 { "" } else { "      " };
            self.paper.line(look, &format!("{left}{indent}{line}"))?;
        }
        Ok(())
    }

    /// The rows below a packet: heads, bits, and what is wrong.
    fn facts(&mut self, step: &Observation, brace: Brace) -> io::Result<()> {
        let (language, columns) = (self.language(), self.columns());
        let (left, room) = (pad(&brace.below(), columns.below), columns.room_below());
        for (place, fact) in step.facts.iter().enumerate() {
            let lines = match fact {
                Fact::Request(request) => heads::request(request, room, language),
                Fact::Response(response) => {
                    heads::response(response, room, self.paper.looks.remarks, language)
                }
                Fact::Frame(frame) if self.paper.looks.detail == Detail::Bits => {
                    let message = compressed_message(frame, &step.facts[place + 1..]);
                    bits::lines(frame, message, room, language)
                }
                Fact::Message(message) if self.paper.looks.detail == Detail::Line => joined(message, room),
                _ => Vec::new(),
            };
            for line in lines {
                self.paper.plain(&format!("{left}{line}"))?;
            }
            if let Fact::Frame(frame) = fact
                && frame.end == FrameEnd::NotReached
            {
                self.below(brace, WARNING, &format!("⚠ {}", not_whole(frame, language)))?;
            }
            if let Some(warning) = Warning::of(fact) {
                self.below(brace, WARNING, &format!("⚠ {}", warning.text(language)))?;
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
        let columns = self.columns();
        let (arrow, look) = drawn(last.from, Some(&label), columns.arrow);
        let brace = self.position.braces.of(last.number, &[], 1);
        self.paper.line(look, &format!("{}{left}{}{arrow}", brace.at(0), " ".repeat(columns.states)))
    }

    /// Facts that time alone brought, and those that only the end could show.
    pub(super) fn end(&mut self, ended: &Ended) -> io::Result<()> {
        let language = self.language();
        for transition in &ended.transitions {
            if matches!(transition.change, Change::Tcp { .. }) {
                let who = text::side(transition.side, language);
                let text = Label::TwoMslLater.fill(language, &[&who, &transition.change.to()]);
                let row = self.columns().row;
                self.paper.line(Style::new().dimmed(), &centred(&format!("⋮ {text} ⋮"), row))?;
            }
        }
        for fact in &ended.facts {
            if let Fact::Frame(frame) = fact {
                self.below(Brace::NONE, WARNING, &format!("⚠ {}", not_whole(frame, language)))?;
            }
            if let Some(warning) = Warning::of(fact) {
                self.below(Brace::NONE, WARNING, &format!("⚠ {}", warning.text(language)))?;
            }
        }
        Ok(())
    }
}

/// A compressed message of several fragments: each arrow shows but a part of it, compressed.
fn joined(message: &Message, columns: usize) -> Vec<String> {
    let kind = message.kind.to_string().to_uppercase();
    let payload = inflated_payload(message).filter(|_| message.frames.count() > 1);
    payload.map_or_else(Vec::new, |payload| pieces(&format!("= {kind} {payload}"), columns, MOST_ROWS))
}

/// A frame that has no end.
fn not_whole(frame: &Frame, language: Language) -> String {
    format!("{}: {}", escape_controls(&frame_text(frame, language)), Label::Cut.text(language))
}

fn drawn(from: Side, label: Option<&(ArrowKind, String)>, columns: usize) -> (String, Style) {
    match label {
        Some((kind, text)) => (arrow(from, *kind, text, columns), style(from, *kind)),
        None => (" ".repeat(columns), Style::new()),
    }
}
