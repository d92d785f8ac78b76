//! A connection with commented packets: those observed ahead, and the progress of its comments.

use std::collections::VecDeque;

use super::finding_comments::FindingComment;
use super::payload_comments::PayloadComments;
use super::state_comments as states;
use crate::explain::findings::FindingText;
use crate::explain::narrative::ack_run::SILENCE;
use crate::explain::narrative::phase::Phase;
use crate::explain::narrative::protocol::Protocol;
use crate::explain::narrative::warning::Warning;
use crate::explain::text::{Comment, EventName, Language, span};
use crate::observe::tcp::{Event, State};
use crate::observe::{Change, Ended, Fact, First, Flags, Layer, Marks, Observation, Stream};
use crate::wire::ws::{Opcode, ReadyState};
use crate::wire::{PerSide, Side};

/// A connection.
#[derive(Debug)]
pub(super) struct CommentedConnection {
    about: Stream,
    protocol: Protocol,
    /// The packets that are still to be commented on.
    steps: VecDeque<Observation>,
    carried: PayloadComments,
    /// Findings not commented on yet.
    findings: Vec<FindingComment>,
    ended: bool,
    /// The side that fell silent, and since which packet.
    silent: Option<First>,
    /// State after the last commented packet.
    progress: Progress,
}

/// State that the comments so far have reported.
#[derive(Debug, Default)]
struct Progress {
    phase: Option<Phase>,
    last_ns: Option<u64>,
    /// That it begins to close.
    close: bool,
    /// Sides in TIME-WAIT that have not sent their last ACK.
    waits: PerSide<bool>,
    /// Sides with bytes that are no longer analysed.
    blind: PerSide<bool>,
    /// `true` if bytes were not read so far that may hold a frame.
    is_partial: bool,
}

impl CommentedConnection {
    pub(super) fn new(about: Stream) -> Self {
        let (steps, carried, progress) = (VecDeque::new(), PayloadComments::default(), Progress::default());
        let findings = Vec::new();
        Self {
            about,
            protocol: Protocol::Other,
            steps,
            carried,
            findings,
            ended: false,
            silent: None,
            progress,
        }
    }

    /// Updates the roles.
    pub(super) fn about(&mut self, about: Stream) {
        if self.about.ends != about.ends {
            // Client and server were taken for each other.
            self.steps.iter_mut().for_each(Observation::swap_roles);
        }
        self.about = about;
    }

    /// Nothing more comes, and no comment is left.
    pub(super) fn is_done(&self) -> bool {
        self.ended && self.steps.is_empty()
    }

    pub(super) fn step(&mut self, step: &Observation, taken: u64, language: Language) {
        self.protocol = self.protocol.or(Protocol::of(step));
        for fact in &step.facts {
            self.carried.note(fact, step.number, taken, language);
        }
        let mut frames = 0;
        let facts = step.facts.iter().filter(|fact| match fact {
            Fact::Stream(_) | Fact::Message(_) => false,
            // The others report the same about the packet's phase as the first.
            Fact::Frame(frame) => {
                frames += 1;
                frames == 1 || frame.header.opcode() == Opcode::CLOSE
            }
            _ => true,
        });
        let facts = facts.cloned().collect();
        self.steps.push_back(Observation { transitions: step.transitions.clone(), facts, ..*step });
    }

    pub(super) fn ended(&mut self, ended: &Ended, taken: u64, language: Language) {
        self.ended = true;
        self.silent = ended.close.first.filter(|first| first.layer == Layer::Silence);
        for fact in &ended.facts {
            match (fact, self.steps.back_mut()) {
                (Fact::Frame(frame), _) => self.carried.unfinished(frame, taken, language),
                (_, Some(last)) => last.facts.push(fact.clone()),
                (_, None) => {}
            }
        }
    }

    /// Adds a finding, for the packet that shows it; for the next one, if that was commented on already.
    pub(super) fn finding(&mut self, finding: &FindingText) {
        self.findings.push(FindingComment::new(finding));
    }

    /// Findings not commented on yet.
    pub(super) fn findings(&self) -> &[FindingComment] {
        &self.findings
    }

    /// The comments on a packet about what was found.
    pub(super) fn found(&mut self, packet: u64) -> Vec<String> {
        let found = self.findings.extract_if(.., |it| it.packet <= packet);
        found.map(|it| it.comment()).collect()
    }

    /// Comments on the next packet.
    pub(super) fn next(&mut self, language: Language) -> Vec<String> {
        let Some(step) = self.steps.pop_front() else { return Vec::new() };
        let mut remarks = self.begins(&step, language);
        remarks.extend(self.carries(&step, language));
        let marks = EventName::OF_MARKS.iter().filter(|(mark, _)| step.marks.has(*mark));
        remarks.extend(marks.map(|(_, name)| name.text(language).to_owned()));
        remarks.extend(step.facts.iter().filter_map(Warning::of).map(|warning| warning.text(language)));
        remarks.extend(self.closes(&step, language));
        let is_of_protocol =
            |change: &Change| matches!(change, Change::Tcp { .. }) || self.protocol == Protocol::WebSocket;
        let changes = step.transitions.iter().filter(|transition| is_of_protocol(&transition.change));
        remarks.extend(changes.map(|transition| states::render(transition, language)));
        remarks.extend(self.waits(&step, language));
        if self.protocol == Protocol::WebSocket {
            remarks.extend(step.facts.iter().flat_map(|fact| states::reported(fact, language)));
        }
        remarks
    }

    /// Phases that begin with the packet, or ended before it.
    fn begins(&mut self, step: &Observation, language: Language) -> Vec<String> {
        let mut remarks = Vec::new();
        let last_ns = self.progress.last_ns.replace(step.time_ns);
        if last_ns.is_none() && self.about.begins_midway() {
            remarks.push(Comment::Midway.text(language).to_owned());
        }
        let quiet = last_ns.map_or(0, |last| step.time_ns.saturating_sub(last));
        if quiet >= SILENCE {
            remarks.push(Comment::Silence.fill(language, &[&span(quiet)]));
        }
        let phase = Phase::of(step, self.progress.phase, self.protocol);
        if let Some(new) = phase.filter(|_| phase != self.progress.phase) {
            self.progress.phase = phase;
            remarks.push(states::phase(new).text(language).to_owned());
        }
        remarks
    }

    fn carries(&mut self, step: &Observation, language: Language) -> Vec<String> {
        let lacks = [Marks::LOST_SEGMENT, Marks::ACK_LOST_SEGMENT];
        self.progress.is_partial |= lacks.iter().any(|mark| step.marks.has(*mark));
        for fact in &step.facts {
            match fact {
                Fact::Opaque(opaque) => self.progress.blind[opaque.from] = true,
                Fact::LostSync(lost) => self.progress.blind[lost.from] = true,
                Fact::Unread(_) => self.progress.is_partial = true,
                _ => {}
            }
        }
        let remarks = self.carried.describe(step.number, language);
        let is_open = step.ws.is_some_and(|ws| ws[step.from].state != ReadyState::Closed);
        let is_looked_at = self.protocol == Protocol::WebSocket && is_open && !self.progress.blind[step.from];
        // Of an open connection, what is not reported by now ends further on than is looked ahead.
        let is_long = !self.ended || self.carried.is_uncounted(step.from, step.number);
        if remarks.is_empty() && is_looked_at && is_long && step.length > 0 && step.marks.is_empty() {
            return vec![Comment::Beyond.fill(language, &[&step.length])];
        }
        remarks
    }

    /// The side that closes first; nothing where a Close frame may be among bytes that were not read.
    fn closes(&mut self, step: &Observation, language: Language) -> Option<String> {
        if self.progress.close || (self.progress.is_partial && self.protocol == Protocol::WebSocket) {
            return None;
        }
        let of_fin =
            if self.protocol == Protocol::WebSocket { Comment::FirstByFin } else { Comment::FirstByFinOfTcp };
        let by_frame = step.facts.iter().find_map(|fact| match fact {
            Fact::Frame(frame) if frame.header.opcode() == Opcode::CLOSE => {
                Some((frame.from, Comment::FirstByFrame))
            }
            _ => None,
        });
        let by_tcp = step.transitions.iter().find_map(|transition| match transition.change {
            Change::Tcp { event: Event::SendFin | Event::SendFinCrossing, .. } => {
                Some((transition.side, of_fin))
            }
            Change::Tcp { event: Event::SendRst, .. } => Some((transition.side, Comment::FirstByRst)),
            _ => None,
        });
        let by_silence = self.silent.filter(|first| first.packet == step.number);
        let by_silence = by_silence.map(|first| (first.side, Comment::FirstBySilence));
        let (side, remark) = by_frame.or(by_tcp).or(by_silence)?;
        self.progress.close = true;
        Some(remark.fill(language, &[&states::side(side, language)]))
    }

    /// The wait of the side that closed first has no packet: it is reported with its last ACK.
    fn waits(&mut self, step: &Observation, language: Language) -> Vec<String> {
        let is_last = self.is_done();
        let mut remarks = Vec::new();
        for side in [Side::Client, Side::Server] {
            let acknowledged = step.from == side && step.flags.has(Flags::ACK);
            let mut begins = false;
            let mut from_closing = false;
            for transition in step.transitions.iter().filter(|transition| transition.side == side) {
                if let Change::Tcp { from, to: State::TimeWait, .. } = transition.change {
                    begins = true;
                    // The FINs crossed: its last ACK has left already.
                    from_closing |= from == State::Closing;
                }
            }
            let waits = self.progress.waits[side] || begins;
            let is_told = waits && (from_closing || acknowledged && !begins || is_last);
            self.progress.waits[side] = waits && !is_told;
            if is_told {
                remarks.push(Comment::TimeWait.fill(language, &[&states::side(side, language)]));
            }
        }
        remarks
    }
}
