//! Connections as a Mermaid sequence diagram, small enough for its renderers.

use std::fmt::Write as _;
use std::io;

use crate::explain::findings::{File, Finding};
use crate::explain::narrative::ack_run::{AckRun, SILENCE};
use crate::explain::narrative::connection_log::ConnectionLog;
use crate::explain::narrative::connection_queue::ConnectionQueue;
use crate::explain::narrative::packet_label::{ArrowKind, labels};
use crate::explain::narrative::pdu_segment::pdu_segments;
use crate::explain::narrative::phase::Phase;
use crate::explain::narrative::state_changes::{EndState, StateChanges};
use crate::explain::text::{Label, Language, cut, escape_controls, span};
use crate::explain::views::View;
use crate::explain::views::label_text::{label_text, no_connection};
use crate::observe::{Ended, Evidence, Observation};
use crate::wire::{PerSide, Side};

/// Columns of a label.
const LABEL: usize = 60;

/// The most arrows of a connection that are drawn; the last ones of them are its end.
const MOST: usize = 180;

/// So many of them at its end.
const AT_THE_END: usize = 30;

/// Arrows of a connection whose labels are so long that [`MOST`] of them would be too much text.
const FEW: usize = 60;

/// The most text for a renderer, in bytes, with room to spare: Mermaid's own limit is 50,000.
const TEXT: usize = 45_000;

/// Behind the phases, in turns.
const COLOURS: [&str; 2] = ["rgb(235, 243, 252)", "rgb(240, 250, 240)"];

/// Writes the connections of a capture as one diagram. What is too much for it is counted.
#[derive(Debug)]
pub struct Mermaid<W> {
    to: W,
    language: Language,
    held: ConnectionQueue,
    written: usize,
    /// The first connection that was drawn.
    first: Option<u64>,
    folded: u64,
}

impl<W: io::Write> Mermaid<W> {
    /// A diagram to be written there.
    pub fn new(to: W, language: Language) -> Self {
        Self { to, language, held: ConnectionQueue::default(), written: 0, first: None, folded: 0 }
    }

    /// With up to so many bytes of packets of open connections in memory.
    #[must_use]
    pub fn with_memory(self, most: usize) -> Self {
        Self { held: ConnectionQueue::with_memory(most), ..self }
    }

    fn begin(&mut self) -> io::Result<()> {
        self.to.write_all(b"sequenceDiagram\n    autonumber\n")
    }

    /// Draws a connection, or counts it where it is too much.
    fn connection(&mut self, connection: &ConnectionLog, ended: &Ended) -> io::Result<()> {
        let mut text = drawn(connection, ended.stream, MOST, self.language);
        if text.len() > TEXT {
            text = drawn(connection, ended.stream, FEW, self.language);
        }
        if self.first.is_none() {
            self.begin()?;
            self.first = Some(ended.stream);
        } else if self.written + text.len() > TEXT {
            self.folded += 1;
            return Ok(());
        }
        self.written += text.len();
        self.to.write_all(text.as_bytes())
    }
}

impl<W: io::Write> View for Mermaid<W> {
    fn step(&mut self, step: &Observation) -> io::Result<()> {
        self.held.step(step);
        Ok(())
    }

    fn finding(&mut self, stream: u64, finding: &Finding) -> io::Result<()> {
        self.held.finding(stream, finding.clone());
        Ok(())
    }

    fn ended(&mut self, ended: &Ended) -> io::Result<()> {
        self.held.ended(ended);
        while let Some((connection, ended)) = self.held.next() {
            self.connection(&connection, &ended)?;
        }
        Ok(())
    }

    fn finish(&mut self, file: &File) -> io::Result<()> {
        let Some(first) = self.first else {
            self.begin()?;
            let text = no_connection(file, self.language);
            writeln!(
                self.to,
                "    participant C as {}\n    Note over C: {}",
                escaped(&file.name),
                escaped(&text)
            )?;
            return self.to.flush();
        };
        if self.folded > 0 {
            let text = Label::ConnectionsFolded.fill(self.language, &[&self.folded]);
            writeln!(self.to, "    Note over C{first},S{first}: {}", escaped(&text))?;
        }
        if file.truncated {
            let text = Label::EndsEarly.text(self.language);
            writeln!(self.to, "    Note over C{first},S{first}: {}", escaped(text))?;
        }
        self.to.flush()
    }
}

/// An arrow of the diagram, and what stands before and after it.
struct Arrow {
    phase: Option<Phase>,
    silence: Option<u64>,
    from: Side,
    kind: ArrowKind,
    label: String,
    /// Both ends' states, if they changed.
    states: Option<String>,
    /// Findings about the packet.
    findings: Vec<String>,
}

fn arrows(connection: &ConnectionLog, language: Language) -> Vec<Arrow> {
    let parts = pdu_segments(connection);
    let protocol = connection.protocol();
    let mut arrows: Vec<Arrow> = Vec::new();
    let mut phase = None;
    let mut last_ns = None;
    let mut acks = None;
    let mut states = StateNote::new(connection);
    for step in &connection.steps {
        phase = Phase::of(step, phase, protocol);
        let quiet = last_ns.map_or(0, |last: u64| step.time_ns.saturating_sub(last));
        let silence = (quiet >= SILENCE).then_some(quiet);
        last_ns = Some(step.time_ns);
        acks = connection.acks(step, acks);
        if let (Some(AckRun { count: count @ AckRun::FOLDED_FROM.., .. }), Some(last)) =
            (acks, arrows.last_mut())
        {
            last.label = Label::MoreAcks.fill(language, &[&count]);
            continue;
        }
        let first = arrows.len();
        let carried = parts.get(&step.number).map_or(&[][..], Vec::as_slice);
        for label in labels(step, carried) {
            arrows.push(Arrow {
                phase,
                silence: None,
                from: step.from,
                kind: label.kind(),
                label: label_text(&label, language),
                states: None,
                findings: Vec::new(),
            });
        }
        arrows[first].silence = silence;
        if let Some(last) = arrows.last_mut() {
            last.states = states.after(step);
            let wrong = connection.problems_at(step.number);
            last.findings =
                wrong.map(|finding| format!("{} {}", finding.id(), finding.render(language).fact)).collect();
        }
    }
    arrows
}

/// The note of both ends' states.
struct StateNote(StateChanges);

impl StateNote {
    fn new(connection: &ConnectionLog) -> Self {
        let about = &connection.about;
        let evidence = if about.begins_midway() { Evidence::Inferred } else { Evidence::Captured };
        Self(StateChanges::new(about.initial, evidence, connection.protocol()))
    }

    fn text(&self) -> String {
        let name = |known| EndState::Tcp(known).to_string();
        let tcp = self.0.tcp.map(|known| known.map_or_else(String::new, name));
        let ws = self.0.ws.map(|known| known.map(|known| EndState::WebSocket(known).to_string()));
        let websocket = if ws == PerSide::default() {
            String::new()
        } else {
            let PerSide { client, server } = ws.map(|state| state.unwrap_or_else(|| "–".to_owned()));
            format!(" · {client} / {server}")
        };
        format!("{} / {}{websocket}", tcp.client, tcp.server)
    }

    /// The note after a packet, if it changed a state.
    fn after(&mut self, step: &Observation) -> Option<String> {
        let changes = [Side::Client, Side::Server].map(|side| self.0.update(side, step));
        changes.iter().any(|changes| !changes.is_empty()).then(|| self.text())
    }
}

/// The note in place of the arrows that are left out.
fn folded_note(folded: &[Arrow], language: Language) -> String {
    let frames = folded.iter().filter(|arrow| arrow.kind == ArrowKind::WebSocket).count();
    match folded.len() - frames {
        0 => Label::FramesFolded.fill(language, &[&frames]),
        others => Label::ArrowsFolded.fill(language, &[&frames, &others]),
    }
}

/// The lines of one connection.
fn drawn(connection: &ConnectionLog, stream: u64, most: usize, language: Language) -> String {
    let (client, server) = (format!("C{stream}"), format!("S{stream}"));
    let both = format!("Note over {client},{server}:");
    let mut text = String::new();
    let mut put = |line: &str| {
        let _ = writeln!(text, "    {line}");
    };
    let ends = connection.about.ends;
    put(&format!("participant {client} as {} {}", Label::Client.text(language), ends.client));
    put(&format!("participant {server} as {} {}", Label::Server.text(language), ends.server));
    put(&format!("{both} {}", StateNote::new(connection).text()));
    let arrows = arrows(connection, language);
    let folded = arrows.len().saturating_sub(most);
    let fold_at = most - AT_THE_END.min(most);
    let mut phase = None;
    let mut phases = 0;
    for (place, arrow) in arrows.iter().enumerate() {
        if folded > 0 && place == fold_at {
            let note = folded_note(&arrows[fold_at..fold_at + folded], language);
            put(&format!("{both} {}", escaped(&note)));
        }
        if folded > 0 && (fold_at..fold_at + folded).contains(&place) {
            continue;
        }
        if let Some(silence) = arrow.silence {
            let silence = Label::Silence.fill(language, &[&span(silence)]);
            put(&format!("{both} ⋮ {} ⋮", escaped(&silence)));
        }
        if let Some(next) = arrow.phase.filter(|_| phase != arrow.phase) {
            if phase.is_some() {
                put("end");
            }
            phase = arrow.phase;
            put(&format!("rect {}", COLOURS[phases % COLOURS.len()]));
            phases += 1;
            put(&format!("{both} {}", escaped(next.label().text(language))));
        }
        let (from, to) = match arrow.from {
            Side::Client => (&client, &server),
            Side::Server => (&server, &client),
        };
        let stroke = match arrow.kind {
            ArrowKind::Tcp => "->>",
            ArrowKind::WebSocket => "-)",
            ArrowKind::Ack => "-->>",
            ArrowKind::Reset => "-x",
        };
        put(&format!("{from}{stroke}{to}: {}", escaped(&arrow.label)));
        if let Some(states) = &arrow.states {
            put(&format!("{both} {states}"));
        }
        for finding in &arrow.findings {
            put(&format!("{both} ⚠ {}", escaped(finding)));
        }
    }
    if phase.is_some() {
        put("end");
    }
    text
}

/// Text that Mermaid takes as it is: short, on one line, without what ends a statement, or begins an entity, a
/// directive (`%%{`), a formula (`$$`), a new line (`\\n`) or a label on an arrow (`|`).
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for character in cut(&escape_controls(text), LABEL).chars() {
        match character {
            '#' => escaped.push_str("#35;"),
            ';' => escaped.push_str("#59;"),
            '%' => escaped.push_str("#37;"),
            '$' => escaped.push_str("#36;"),
            '\\' => escaped.push_str("#92;"),
            '|' => escaped.push_str("#124;"),
            '<' => escaped.push_str("#lt;"),
            '>' => escaped.push_str("#gt;"),
            '&' => escaped.push_str("#amp;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests;
