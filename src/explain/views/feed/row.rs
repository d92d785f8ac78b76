//! The row of a packet: its time, what stands before it, on its arrows, and at both ends.

use crate::explain::narrative::accept_steps::AcceptSteps;
use crate::explain::narrative::ack_run::{AckRun, SILENCE};
use crate::explain::narrative::mark_severity::mark_severity;
use crate::explain::narrative::packet_label::{ArrowKind, LabelContent, PacketLabel, labels};
use crate::explain::narrative::pdu_segment::PduSegment;
use crate::explain::narrative::phase::Phase;
use crate::explain::narrative::state_changes::{EndState, StateChanges};
use crate::explain::text::{EventName, Label, Language, cut, delta, seconds, span};
use crate::explain::views::json::text::Text;
use crate::explain::views::label_text::label_parts;
use crate::explain::views::message_text::{inflated_payload, inflation_text};
use crate::observe::{Change, Coding, Fact, Frame, Observation};
use crate::wire::{PerSide, Side};

/// Progress of the rows of a connection.
#[derive(Debug)]
pub(super) struct Rows {
    pub(super) states: StateChanges,
    pub(super) first_ns: u64,
    last_ns: u64,
    pub(super) phase: Option<Phase>,
    /// Those that the last packet ended.
    pub(super) acks: Option<AckRun>,
    /// When the packet before them came.
    before_acks_ns: u64,
}

/// Facts about a packet beside its observation.
pub(super) struct Row<'r> {
    pub(super) step: &'r Observation,
    pub(super) phase: Option<Phase>,
    pub(super) acks: Option<AckRun>,
    pub(super) parts: &'r [PduSegment],
    pub(super) round_trip_ns: Option<u64>,
}

/// Columns of a label: more than a row has room for. All of a payload stands in its bytes.
const WIDEST: usize = 80;

const fn kind_name(kind: ArrowKind) -> &'static str {
    match kind {
        ArrowKind::Tcp => "tcp",
        ArrowKind::WebSocket => "frame",
        ArrowKind::Ack => "ack",
        ArrowKind::Reset => "reset",
    }
}

/// A label as `[kind, text]`, or `[kind, text, size]`; `sized` makes a size as it is written.
fn write_label(label: &PacketLabel<'_>, sized: impl Fn(String, Language) -> String, to: &mut Text) {
    let [(en, en_size), (zh, zh_size)] = Language::BOTH.map(|language| {
        let (text, size) = label_parts(label, language);
        (cut(&text, WIDEST), size.map(|size| sized(size, language)))
    });
    let pick = |language, en: &String, zh: &String| match language {
        Language::En => en.clone(),
        Language::Zh => zh.clone(),
    };
    to.raw("[").name(kind_name(label.kind())).raw(",").bilingual(|language| pick(language, &en, &zh));
    if let (Some(en), Some(zh)) = (en_size, zh_size) {
        to.raw(",").bilingual(|language| pick(language, &en, &zh));
    }
    to.raw("]");
}

impl Rows {
    pub(super) fn new(first_ns: u64) -> Self {
        let (phase, acks, states) = (None, None, StateChanges::default());
        Self { states, first_ns, last_ns: first_ns, phase, acks, before_acks_ns: first_ns }
    }

    /// Writes the fields of a row, each behind a comma.
    pub(super) fn write(&mut self, row: &Row<'_>, to: &mut Text) {
        let Row { step, phase, acks, parts, round_trip_ns } = *row;
        self.write_time(step, acks, to);
        if let Some(phase) = phase.filter(|_| phase != self.phase) {
            to.raw(r#","begins":"#).bilingual(|language| phase.label().text(language).to_owned());
        }
        to.raw(r#","labels":"#)
            .list(labels(step, parts), |to, label| write_label(&label, |size, _| size, to));
        self.write_states(step, to);
        write_inflated(step, to);
        write_words(step, to);
        if let Some(took) = round_trip_ns {
            to.raw(r#","round_trip":"#).serialized(&span(took));
        }
        (self.phase, self.acks, self.last_ns) = (phase, acks, step.time_ns);
    }

    fn write_time(&mut self, step: &Observation, acks: Option<AckRun>, to: &mut Text) {
        let Self { first_ns, last_ns, .. } = *self;
        let now = step.time_ns;
        to.raw(r#","time":""#).raw(&format!("{:.6}", seconds(now.saturating_sub(first_ns)))).raw("\"");
        to.raw(r#","delta":"#).serialized(&delta(first_ns, last_ns, now));
        let quiet = now.saturating_sub(last_ns);
        if quiet >= SILENCE {
            to.raw(r#","silence":"#).bilingual(|language| Label::Silence.fill(language, &[&span(quiet)]));
        }
        match acks {
            Some(AckRun { count: 1, .. }) => self.before_acks_ns = last_ns,
            Some(_) => {
                to.raw(r#","acks_delta":"#).serialized(&delta(first_ns, self.before_acks_ns, now));
            }
            None => {}
        }
    }

    fn write_states(&mut self, step: &Observation, to: &mut Text) {
        let news = PerSide {
            client: self.states.update(Side::Client, step),
            server: self.states.update(Side::Server, step),
        };
        if news.client.is_empty() && news.server.is_empty() {
            return;
        }
        let of = |side: Side| news[side].iter().map(move |state| (side, *state));
        to.raw(r#","states":"#).list(of(Side::Client).chain(of(Side::Server)), |to, (side, state)| {
            let (layer, name) = match state {
                EndState::Tcp(known) => ("tcp", known.state.to_string()),
                EndState::WebSocket(known) => ("websocket", known.state.to_string()),
            };
            to.raw(r#"{"side":"#).name(side.name()).raw(r#","layer":"#).name(layer);
            to.raw(r#","state":"#).name(&name).raw(r#","evidence":"#).name(state.evidence().name());
            to.raw(r#","text":"#).name(&state.to_string()).raw("}");
        });
    }
}

/// The words for what a packet brought: its marks, its transitions, and of an answer the accept key.
fn write_words(step: &Observation, to: &mut Text) {
    let mut marks = EventName::OF_MARKS.iter().filter(|(mark, _)| step.marks.has(*mark)).peekable();
    if marks.peek().is_some() {
        to.raw(r#","marks":"#).list(marks, |to, (mark, name)| {
            to.raw("[").name(mark_severity(*mark).name()).raw(",");
            to.bilingual(|language| name.text(language).to_owned()).raw("]");
        });
    }
    if !step.transitions.is_empty() {
        to.raw(r#","events":"#).list(&step.transitions, |to, transition| {
            let name = match transition.change {
                Change::Tcp { event, .. } => EventName::of_tcp(event),
                Change::WebSocket { event, .. } => EventName::of_websocket(event),
            };
            to.bilingual(|language| name.text(language).to_owned());
        });
    }
    let upgrade = step.facts.iter().find_map(|fact| match fact {
        Fact::Response(response) => response.upgrade.as_ref(),
        _ => None,
    });
    let steps = |language| upgrade.and_then(|upgrade| AcceptSteps::of(upgrade, language));
    if let (Some(en), Some(zh)) = (steps(Language::En), steps(Language::Zh)) {
        to.raw(r#","accept":{"title":"#);
        to.bilingual(|language| Label::AcceptTitle.text(language).to_owned()).raw(r#","steps":"#);
        to.list(en.steps.iter().zip(&zh.steps), |to, ((word, en), (_, zh))| {
            to.raw("[").bilingual(|language| word.text(language).to_owned()).raw(",");
            to.bilingual(|language| if language == Language::En { en.clone() } else { zh.clone() }).raw("]");
        });
        to.raw(r#","command":"#).serialized(&en.command).raw("}");
    }
}

/// The compressed messages that end in the packet, as the application gets them.
fn write_inflated(step: &Observation, to: &mut Text) {
    let compressed = |fact: &Fact| matches!(fact, Fact::Message(it) if it.coding != Coding::Plain);
    if !step.facts.iter().any(compressed) {
        return;
    }
    let messages = step.facts.iter().filter_map(|fact| match fact {
        Fact::Message(message) if message.coding != Coding::Plain => Some(message),
        _ => None,
    });
    to.raw(r#","inflated":"#).list(messages, |to, message| {
        _ = to.bilingual(|language| {
            let lengths = inflation_text(message, language);
            inflated_payload(message)
                .map_or_else(|| lengths.clone(), |payload| format!("{lengths}: {payload}"))
        });
    });
}

/// The label of a frame whose end never came.
pub(super) fn write_unfinished(frame: &Frame, to: &mut Text) {
    let label = PacketLabel { mark: None, content: LabelContent::Frame(frame, None) };
    write_label(&label, |size, language| format!("{size}: {}", Label::Cut.text(language)), to);
}
