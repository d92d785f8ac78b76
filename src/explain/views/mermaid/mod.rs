//! Connections as a Mermaid sequence diagram, small enough for its renderers.

mod diagram_log;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;

use self::diagram_log::{DiagramLog, DrawnPacket};

use crate::explain::findings::{File, Finding};
use crate::explain::narrative::ack_run::{AckRun, SILENCE};
use crate::explain::narrative::packet_label::{ArrowKind, labels};
use crate::explain::narrative::packet_window::SettledPacket;
use crate::explain::narrative::phase::Phase;
use crate::explain::narrative::state_changes::{EndState, StateChanges};
use crate::explain::text::{Label, Language, cut, escape_controls, span};
use crate::explain::views::View;
use crate::explain::views::label_text::{ARROW, label_text, no_connection};
use crate::observe::{Ended, Evidence, Fact, Observation, Stream};
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

/// Behind the phases, in turns: tints that leave the text readable on a light page and on a dark one.
const COLOURS: [&str; 2] = ["rgba(64, 128, 255, 0.1)", "rgba(64, 192, 128, 0.1)"];

/// Arrows of all connections from which on no further connection is kept: it has no room in [`TEXT`], however short the
/// lines are.
const ARROWS: usize = TEXT / 24;

/// Writes the connections of a capture as one diagram. What is too much for it is counted, and not kept.
#[derive(Debug)]
pub struct Mermaid<W> {
    to: W,
    language: Language,
    connections: BTreeMap<u64, DiagramLog>,
    written: usize,
    /// The first connection that was drawn.
    first: Option<u64>,
    folded: u64,
}

impl<W: io::Write> Mermaid<W> {
    /// A diagram to be written there.
    pub const fn new(to: W, language: Language) -> Self {
        Self { to, language, connections: BTreeMap::new(), written: 0, first: None, folded: 0 }
    }

    fn begin(&mut self) -> io::Result<()> {
        self.to.write_all(b"sequenceDiagram\n    autonumber\n")
    }

    /// A new connection, which is kept or counted, or the roles of one.
    fn about(&mut self, stream: u64, about: Stream) {
        if let Some(connection) = self.connections.get_mut(&stream) {
            connection.about(about);
        } else if self.connections.values().map(DiagramLog::arrows).sum::<usize>() < ARROWS {
            self.connections.insert(stream, DiagramLog::new(about));
        } else {
            self.folded += 1;
        }
    }

    /// Draws a connection, or counts it where it is too much.
    fn connection(&mut self, stream: u64, connection: &DiagramLog) -> io::Result<()> {
        let mut text = drawn(connection, stream, MOST, self.language);
        if text.len() > TEXT {
            text = drawn(connection, stream, FEW, self.language);
        }
        if self.first.is_none() {
            self.begin()?;
            self.first = Some(stream);
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
        for fact in &step.facts {
            if let Fact::Stream(about) = fact {
                self.about(step.stream, *about);
            }
        }
        if let Some(connection) = self.connections.get_mut(&step.stream) {
            connection.step(step);
        }
        Ok(())
    }

    fn finding(&mut self, stream: u64, finding: &Finding) -> io::Result<()> {
        if let Some(connection) = self.connections.get_mut(&stream) {
            connection.finding(finding);
        }
        Ok(())
    }

    fn ended(&mut self, ended: &Ended) -> io::Result<()> {
        if let Some(connection) = self.connections.get_mut(&ended.stream) {
            connection.end();
        }
        Ok(())
    }

    fn finish(&mut self, file: &File) -> io::Result<()> {
        for (stream, connection) in std::mem::take(&mut self.connections) {
            self.connection(stream, &connection)?;
        }
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

/// The arrows of a connection that can be drawn, and before which of them others are folded already.
struct Arrows {
    all: Vec<Arrow>,
    gap_at: usize,
}

impl Arrows {
    fn new(connection: &DiagramLog, language: Language) -> Self {
        let DiagramLog { protocol, first, folded, last, .. } = connection;
        let mut arrows = Self { all: Vec::new(), gap_at: 0 };
        let mut phase = None;
        let mut last_ns = None;
        let mut states = StateNote::new(connection);
        for drawn in &first.packets {
            phase = Phase::of(&drawn.packet.step, phase, *protocol);
            arrows.add(drawn, phase, last_ns, states.after(&drawn.packet.step), language);
            last_ns = Some(drawn.last_ns);
        }
        arrows.gap_at = arrows.all.len();
        if let Some((step, step_ns)) = &folded.last {
            phase = phase.max(folded.phase);
            last_ns = Some(*step_ns);
            states.after(step);
        }
        for drawn in &last.packets {
            phase = Phase::of(&drawn.packet.step, phase, *protocol);
            arrows.add(drawn, phase, last_ns, states.after(&drawn.packet.step), language);
            last_ns = Some(drawn.last_ns);
        }
        arrows
    }

    fn add(
        &mut self,
        drawn: &DrawnPacket,
        phase: Option<Phase>,
        last_ns: Option<u64>,
        states: Option<String>,
        language: Language,
    ) {
        let SettledPacket { step, parts, problems } = &drawn.packet;
        let first = self.all.len();
        for label in labels(step, parts) {
            let text = match drawn.acks {
                count @ AckRun::FOLDED_FROM.. => Label::MoreAcks.fill(language, &[&count]),
                _ => label_text(&label, ARROW, language),
            };
            self.all.push(Arrow {
                phase,
                silence: None,
                from: step.from,
                kind: label.kind(),
                label: text,
                states: None,
                findings: Vec::new(),
            });
        }
        let quiet = last_ns.map_or(0, |last: u64| step.time_ns.saturating_sub(last));
        self.all[first].silence = (quiet >= SILENCE).then_some(quiet);
        if let Some(last) = self.all.last_mut() {
            last.states = states;
            last.findings = problems
                .iter()
                .map(|finding| format!("{} {}", finding.id(), finding.render(language).fact))
                .collect();
        }
    }
}

/// The note of both ends' states.
struct StateNote(StateChanges);

impl StateNote {
    fn new(connection: &DiagramLog) -> Self {
        let about = &connection.about;
        let evidence = if about.begins_midway() { Evidence::Inferred } else { Evidence::Captured };
        Self(StateChanges::new(about.initial, evidence, connection.protocol))
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

/// The note in place of the arrows that are left out, with those that were not kept.
fn folded_note(folded: &[Arrow], connection: &DiagramLog, language: Language) -> String {
    let of_kept = folded.iter().filter(|arrow| arrow.kind == ArrowKind::WebSocket).count();
    let frames = of_kept + connection.folded.frames;
    match folded.len() - of_kept + connection.folded.others {
        0 => Label::FramesFolded.fill(language, &[&frames]),
        others => Label::ArrowsFolded.fill(language, &[&frames, &others]),
    }
}

/// The lines of one connection.
fn drawn(connection: &DiagramLog, stream: u64, most: usize, language: Language) -> String {
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
    let Arrows { all: arrows, gap_at } = Arrows::new(connection, language);
    let is_folded = arrows.len() > most || connection.folded.last.is_some();
    let fold_at = gap_at.min(most - AT_THE_END.min(most));
    let folded = if is_folded { fold_at..arrows.len().saturating_sub(AT_THE_END).max(gap_at) } else { 0..0 };
    let mut phase = None;
    let mut phases = 0;
    for (place, arrow) in arrows.iter().enumerate() {
        if is_folded && place == folded.start {
            let note = folded_note(&arrows[folded.clone()], connection, language);
            put(&format!("{both} {}", escaped(&note)));
        }
        if folded.contains(&place) {
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
