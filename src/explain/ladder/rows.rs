//! The rows of one connection: its head, and a row or more for each packet.

use std::collections::HashMap;
use std::io;

use anstyle::Style;

use super::label::{Label, Part, labels};
use super::layout::{BEFORE, Line, ROW, STATES, arrow, centred, clean, pad, pad_left, seconds, span, style};
use super::{Detail, Paper, bits, heads};
use crate::explain::held::{Connection, Phase, is_pure_ack};
use crate::explain::words::{Language, Word};
use crate::observe::{Both, Ended, Evidence, Fact, Known, Step, tcp};
use crate::wire::Side;
use crate::wire::ws::ReadyState;

/// Silence is drawn from so many nanoseconds on.
pub(in crate::explain) const SILENCE: u64 = 1_000_000_000;

/// So many acknowledgments in a row are told in one.
const FOLDED_FROM: usize = 2;

/// Writes a connection.
pub(super) fn write<W: io::Write>(
    paper: &mut Paper<W>,
    connection: &Connection,
    parts: &HashMap<u64, Part>,
    ended: &Ended,
) -> io::Result<()> {
    let first_ns = connection.steps.first().map_or(0, |step| step.time_ns);
    let mut rows = Rows { paper, parts, states: Shown::default(), phase: None, first_ns, last_ns: first_ns };
    rows.head(connection, ended)?;
    let mut steps = connection.steps.as_slice();
    while let Some(step) = steps.first() {
        let folded = steps.iter().take_while(|step| can_fold(step)).count();
        if folded >= FOLDED_FROM {
            let (acks, rest) = steps.split_at(folded);
            rows.acks(acks)?;
            steps = rest;
        } else {
            rows.packet(step)?;
            steps = &steps[1..];
        }
    }
    rows.end(ended)
}

fn can_fold(step: &Step) -> bool {
    is_pure_ack(step) && step.transitions.is_empty() && step.facts.is_empty() && step.marks.is_empty()
}

/// What states stand on the paper already.
#[derive(Debug, Default)]
struct Shown {
    tcp: Both<Option<Known<tcp::State>>>,
    ws: Both<Option<Known<ReadyState>>>,
}

impl Shown {
    /// The states of an end that are new, to be shown.
    fn news(&mut self, side: Side, step: &Step) -> Vec<String> {
        let mut news = Vec::new();
        if self.tcp[side].map(|known| known.state) != Some(step.tcp[side].state) {
            self.tcp[side] = Some(step.tcp[side]);
            news.push(named(step.tcp[side].state.name(), step.tcp[side].evidence));
        }
        let Some(ws) = step.ws.map(|ends| ends[side]) else { return news };
        // That a connection will be a WebSocket is only supposed until it asks for it.
        let supposed = ws.state == ReadyState::Connecting && ws.evidence == Evidence::Inferred;
        if !supposed && self.ws[side].map(|known| known.state) != Some(ws.state) {
            self.ws[side] = Some(ws);
            news.push(named(&format!("ws {}", ws.state), ws.evidence));
        }
        news
    }
}

fn named(state: &str, evidence: Evidence) -> String {
    let doubt = if evidence == Evidence::Inferred { "?" } else { "" };
    format!("{state}{doubt}")
}

struct Rows<'a, W> {
    paper: &'a mut Paper<W>,
    parts: &'a HashMap<u64, Part>,
    states: Shown,
    phase: Option<Phase>,
    first_ns: u64,
    last_ns: u64,
}

impl<W: io::Write> Rows<'_, W> {
    fn language(&self) -> Language {
        self.paper.looks.language
    }

    fn head(&mut self, connection: &Connection, ended: &Ended) -> io::Result<()> {
        let language = self.language();
        let title = Word::Connection.fill(language, &[&ended.stream]);
        self.paper.line(Style::new().bold(), &title)?;
        let ends = connection.about.ends;
        let client = format!("{} {}", Word::Client.text(language), ends.client);
        let server = format!("{} {}", Word::Server.text(language), ends.server);
        let left = pad("  #     ", 8) + &pad("t", 10) + &pad("Δt", 12);
        let middle = pad(&client, ROW - BEFORE - STATES);
        self.paper.line(Style::new().bold(), &format!("{left}{middle}{server}"))?;
        if connection.about.begins_midway() {
            self.paper.paragraph(Word::Midway.text(language), 2)?;
        }
        let before = connection.about.before;
        let evidence = if connection.about.begins_midway() { Evidence::Inferred } else { Evidence::Captured };
        let known = |state| Some(Known { state, evidence });
        self.states.tcp = Both { client: known(before.client), server: known(before.server) };
        let states = before.map(|state| named(state.name(), evidence));
        let left = " ".repeat(BEFORE);
        let middle = pad(&states.client, ROW - BEFORE - STATES);
        self.paper.plain(&format!("{left}{middle}{}", states.server))
    }

    /// The band of a new phase, and the row of a silence, before a packet.
    fn before(&mut self, step: &Step) -> io::Result<()> {
        let quiet = step.time_ns.saturating_sub(self.last_ns);
        if quiet >= SILENCE {
            let text = Word::Silence.fill(self.language(), &[&span(quiet)]);
            self.paper.line(Style::new().dimmed(), &centred(&format!("⋮ {text} ⋮"), ROW))?;
        }
        let phase = Phase::of(step, self.phase);
        if let Some(phase) = phase.filter(|_| self.phase != phase) {
            self.phase = Some(phase);
            let name = phase_name(phase).text(self.language());
            let rest = "─".repeat(ROW.saturating_sub(unicode_width::UnicodeWidthStr::width(name) + 4));
            self.paper.line(Style::new().bold(), &format!("── {name} {rest}"))?;
        }
        Ok(())
    }

    /// Number, time, and time since the packet before.
    fn left(&mut self, step: &Step) -> String {
        let since_first = step.time_ns.saturating_sub(self.first_ns);
        let time = format!("{:.6}", seconds(since_first));
        let delta = match step.time_ns.checked_sub(self.last_ns) {
            _ if step.time_ns == self.first_ns && self.last_ns == self.first_ns => String::new(),
            Some(later) => format!("+{}", span(later)),
            None => format!("-{}", span(self.last_ns - step.time_ns)),
        };
        self.last_ns = step.time_ns;
        format!("{} {} {}", pad_left(&step.number.to_string(), 5), pad(&time, 10), pad(&delta, 11))
    }

    fn packet(&mut self, step: &Step) -> io::Result<()> {
        self.before(step)?;
        let language = self.language();
        let labels = labels(step, self.parts.get(&step.number), language);
        let left = self.left(step);
        let news = Both {
            client: self.states.news(Side::Client, step),
            server: self.states.news(Side::Server, step),
        };
        let braces = Braces { part: self.parts.get(&step.number), labels: labels.len() };
        let rows = labels.len().max(news.client.len()).max(news.server.len());
        for row in 0..rows {
            let label = labels.get(row);
            let at = |news: &[String]| news.get(row).cloned().unwrap_or_default();
            let left = if row == 0 { left.clone() } else { " ".repeat(BEFORE - 2) };
            let (arrow, look) = drawn(step.from, label);
            let text = format!(
                "{}{left}{}{arrow}  {}",
                braces.at(row),
                pad(&at(&news.client), STATES),
                at(&news.server)
            );
            self.paper.line(look, &text)?;
        }
        self.facts(step)
    }

    /// What stands below a packet: heads, bits, and what is wrong.
    fn facts(&mut self, step: &Step) -> io::Result<()> {
        let language = self.language();
        let bits = self.paper.looks.detail == Detail::Bits;
        let side = |side| super::ending::side(side, language);
        for fact in &step.facts {
            let lines = match fact {
                Fact::Request(request) => heads::request(request),
                Fact::Response(response) => heads::response(response, language),
                Fact::Frame(frame) if bits => bits::lines(frame),
                Fact::Hole(hole) => {
                    vec![warned(&Word::Hole.fill(language, &[&hole.length, &side(hole.from), &hole.offset]))]
                }
                Fact::Overlap(overlap) if overlap.agreement == crate::observe::Agreement::Different => {
                    vec![warned(&Word::Overlap.fill(language, &[&overlap.length, &side(overlap.from)]))]
                }
                Fact::LostSync(lost) => {
                    vec![warned(&Word::LostSync.fill(language, &[&lost.offset, &side(lost.from)]))]
                }
                Fact::Opaque(opaque) => {
                    vec![warned(&Word::OpaqueBytes.fill(language, &[&opaque.offset, &side(opaque.from)]))]
                }
                Fact::SimultaneousOpen => vec![warned(Word::SimultaneousOpen.text(language))],
                _ => continue,
            };
            for line in lines {
                self.paper.plain(&format!("{}{line}", " ".repeat(BEFORE)))?;
            }
        }
        Ok(())
    }

    /// Several acknowledgments in a row, in one.
    fn acks(&mut self, acks: &[Step]) -> io::Result<()> {
        let (Some(first), Some(last)) = (acks.first(), acks.last()) else { return Ok(()) };
        self.before(first)?;
        let left = self.left(last);
        let text = Word::MoreAcks.fill(self.language(), &[&acks.len()]);
        let label = Label { line: Line::Ack, text };
        let (arrow, look) = drawn(last.from, Some(&label));
        self.paper.line(look, &format!("  {left}{}{arrow}", " ".repeat(STATES)))
    }

    /// What time alone brought, and what only the end could tell.
    fn end(&mut self, ended: &Ended) -> io::Result<()> {
        if let Some(transition) = ended.transitions.first() {
            let later = Word::TwoMslLater.text(self.language());
            let text = format!("⋮ {later}: {} {} ⋮", transition.side, transition.change.to());
            self.paper.line(Style::new().dimmed(), &centred(&text, ROW))?;
        }
        for fact in &ended.facts {
            if let Fact::Frame(frame) = fact {
                let text = super::label::frame_label(frame, self.language());
                self.paper.plain(&format!("{}⚠ {} …", " ".repeat(BEFORE), clean(&text)))?;
            }
        }
        Ok(())
    }
}

fn warned(text: &str) -> String {
    format!("⚠ {text}")
}

fn drawn(from: Side, label: Option<&Label>) -> (String, Style) {
    match label {
        Some(label) => (arrow(from, label.line, &label.text), style(from, label.line)),
        None => (" ".repeat(super::layout::ARROW), Style::new()),
    }
}

pub(in crate::explain) const fn phase_name(phase: Phase) -> Word {
    match phase {
        Phase::Open => Word::PhaseOpen,
        Phase::Upgrade => Word::PhaseUpgrade,
        Phase::Data => Word::PhaseData,
        Phase::Messages => Word::PhaseMessages,
        Phase::WebSocketClose => Word::PhaseWsClose,
        Phase::TcpClose => Word::PhaseTcpClose,
    }
}

/// What ties rows together, in two columns on the left: one thing over several packets, several things in one.
struct Braces<'a> {
    part: Option<&'a Part>,
    labels: usize,
}

impl Braces<'_> {
    fn at(&self, row: usize) -> String {
        let over_packets = match self.part {
            Some(Part { place: 1, .. }) if row == 0 => '╭',
            Some(Part { place, of, .. }) if place == of && row == 0 => '╰',
            Some(Part { place, of, .. }) if place < of => '│',
            _ => ' ',
        };
        let in_packet = match row {
            _ if self.labels < 2 || row >= self.labels => ' ',
            0 => '┌',
            row if row + 1 == self.labels => '└',
            _ => '├',
        };
        format!("{over_packets}{in_packet}")
    }
}
