//! One step of the inspector: which rules apply to what, in which order, and what is remembered afterwards.

use super::finding::Finding;
use super::memory::capture_memory::CaptureMemory;
use super::memory::connection_memory::ConnectionMemory;
use super::memory::packet_ref::PacketRef;
use super::rules::{
    CloseRule, FindingRule, RuleContext, apple_client, capture, cause, closing, compression, early_frame,
    frames, http2, icmp, liveness, long_head, lost_sync, opening, reset, tcp, unresponsive, vanished,
};
use super::verdict::Verdict;
use crate::observe::{Close, EndReason, Ended, Fact, Flags, IcmpReport, Marks, Observation};
use crate::wire::Side;
use crate::wire::ws::Opcode;

/// Application of the rules to one packet or the end of one connection.
pub(super) struct Inspection<'i> {
    pub(super) capture: &'i mut CaptureMemory,
    pub(super) connection: &'i mut ConnectionMemory,
    pub(super) at: PacketRef,
    pub(super) is_syn: bool,
    pub(super) findings: &'i mut Vec<Finding>,
    /// The verdict, where the connection has closed.
    pub(super) verdict: Option<Verdict>,
}

/// State of a connection: packets may follow, or it has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum StreamState {
    Open,
    Ended(EndReason),
}

impl Inspection<'_> {
    /// Applies rules to an observation: whether one returned a finding. Most return none: they share a context until one
    /// does.
    fn apply<T>(&mut self, rules: &[FindingRule<T>], about: &T, state: StreamState) -> bool {
        let mut rest = rules.iter();
        let mut is_found = false;
        while let Some(finding) = {
            let context = self.context(state);
            rest.find_map(|rule| rule(&context, about))
        } {
            self.record(finding);
            is_found = true;
        }
        is_found
    }

    fn apply_to_close(&mut self, rules: &[CloseRule], close: &Close, state: StreamState) {
        for rule in rules {
            match rule {
                CloseRule::Once(rule) => self.apply_rule(|context| rule(context, close), state),
                CloseRule::EachSide(rule) => {
                    for side in [Side::Client, Side::Server] {
                        self.apply_rule(|context| rule(context, close, side), state);
                    }
                }
            }
        }
    }

    fn apply_rule(&mut self, rule: impl Fn(&RuleContext<'_>) -> Option<Finding>, state: StreamState) {
        if let Some(finding) = rule(&self.context(state)) {
            self.record(finding);
        }
    }

    const fn context(&self, state: StreamState) -> RuleContext<'_> {
        RuleContext {
            capture: self.capture,
            connection: self.connection,
            at: self.at,
            is_syn: self.is_syn,
            has_ended: !matches!(state, StreamState::Open),
            reason: match state {
                StreamState::Open => None,
                StreamState::Ended(reason) => Some(reason),
            },
        }
    }

    /// Records a finding, and keeps it if it is new.
    fn record(&mut self, finding: Finding) {
        debug_assert_eq!(finding.check_values(), Ok(()));
        if self.connection.record(&finding, self.at) {
            self.findings.push(finding);
        }
    }

    pub(super) fn step(&mut self, step: &Observation) {
        if step.marks.has(Marks::COPY) {
            self.connection.note_copy();
            return;
        }
        if self.is_noteworthy(step) {
            self.apply(capture::OF_PACKETS, step, StreamState::Open);
            self.apply(vanished::OF_PACKETS, step, StreamState::Open);
            self.apply(liveness::OF_PACKETS, step, StreamState::Open);
            self.apply(tcp::OF_PACKETS, step, StreamState::Open);
            self.apply(reset::OF_PACKETS, step, StreamState::Open);
        }
        self.connection.note_missing(step);
        for fact in &step.facts {
            self.fact(fact, StreamState::Open);
        }
        self.connection.note(step);
        for fact in &step.facts {
            if let Fact::Frame(frame) = fact
                && (frame.header.is_close() || frame.header.opcode() == Opcode::PONG)
            {
                self.connection.ends[frame.from].data_after_fin.leave_out(frame);
            }
            // Missing bytes are waited for until the end, and what shows that a RST in doubt ended nothing.
            if let Fact::Close(close) = fact
                && !self.connection.has_open_gap()
                && !self.is_reset_in_doubt(step)
            {
                self.close(close, StreamState::Open);
            }
        }
    }

    /// Returns `true` for a RST that may be another's, that its receiver may ignore, or that refuses an attempt which may
    /// be made once more.
    fn is_reset_in_doubt(&self, step: &Observation) -> bool {
        let is_odd = step.fit.differs() || step.marks.has(Marks::INEXACT_RESET);
        step.is_reset() && (is_odd || !self.connection.has_opened.server)
    }

    /// Returns `true` if the rules about packets may apply: most packets of an open connection are alike, and skip
    /// them.
    fn is_noteworthy(&self, step: &Observation) -> bool {
        let ends = &self.connection.ends;
        step.flags.0 & (Flags::SYN.0 | Flags::FIN.0 | Flags::RST.0) != 0
            || !step.marks.is_empty()
            || ends.client.has_ended()
            || ends.server.has_ended()
            || ends[step.from].zero_since.is_some()
            || ends[step.from.peer()].unanswered.is_some_and(|unanswered| unanswered.repeats > 0)
            || ends.client.packets < 2
            || step.time_ns.saturating_add(capture::STEP_BACK) <= self.connection.last.time_ns
            || step.length > ends[step.from.peer()].mss.map_or(u32::MAX, u32::from)
    }

    pub(super) fn icmp(&mut self, report: &IcmpReport) {
        self.apply(icmp::OF_ICMP, report, StreamState::Open);
        self.connection.ends[report.about].icmp.note(report);
    }

    fn fact(&mut self, fact: &Fact, state: StreamState) {
        match fact {
            Fact::Stream(about) => {
                self.apply(capture::OF_STREAMS, about, state);
            }
            Fact::Request(request) => {
                for rules in opening::OF_REQUESTS {
                    self.apply(rules, request, state);
                }
                self.apply(compression::OF_REQUESTS, request, state);
                self.apply(http2::OF_REQUESTS, request, state);
                if let Some((key, _)) = &request.key {
                    self.capture.note_key(key);
                }
            }
            Fact::Response(response) => {
                for rules in opening::OF_RESPONSES {
                    self.apply(rules, response, state);
                }
                self.apply(http2::OF_RESPONSES, response, state);
                self.apply(tcp::OF_RESPONSES, response, state);
                self.capture.note_response(self.connection, response, self.at);
            }
            Fact::Opaque(opaque) => {
                self.apply(capture::OF_OPAQUE, opaque, state);
                self.apply(tcp::OF_OPAQUE, opaque, state);
                self.apply(http2::OF_OPAQUE, opaque, state);
                self.apply(long_head::OF_OPAQUE, opaque, state);
            }
            Fact::Gap(gap) => {
                self.apply(capture::OF_GAPS, gap, state);
            }
            Fact::Frame(frame) => {
                self.apply(early_frame::OF_FRAMES, frame, state);
                self.apply(lost_sync::OF_NEXT_FRAMES, frame, state);
                // What is no frame breaks no rule about frames.
                let is_frame = !self.apply(lost_sync::OF_FRAMES, frame, state);
                if is_frame {
                    self.apply(compression::OF_FRAMES, frame, state);
                    self.apply(apple_client::OF_FRAMES, frame, state);
                    self.apply(frames::OF_FRAMES, frame, state);
                    self.apply(closing::OF_FRAMES, frame, state);
                }
                self.connection.senders[frame.from].note_length_form(Some(&**frame).filter(|_| is_frame));
            }
            Fact::Message(message) => {
                self.apply(frames::OF_MESSAGES, message, state);
                self.apply(compression::OF_MESSAGES, message, state);
                self.apply(apple_client::OF_MESSAGES, message, state);
            }
            Fact::Hello(hello) => {
                self.apply(http2::OF_HELLOS, hello, state);
            }
            Fact::Http2(frame) => {
                self.apply(http2::OF_FRAMES, frame, state);
            }
            Fact::GoesOn { .. } => {
                if let Some(before) = self.connection.forget_reset() {
                    self.apply_rule(|context| reset::rst_without_effect(context, &before), state);
                }
            }
            Fact::LostSync(lost) => {
                self.apply(lost_sync::OF_LOST_SYNC, lost, state);
            }
            _ => {}
        }
        self.connection.note_fact(fact, self.at);
    }

    fn close(&mut self, close: &Close, state: StreamState) {
        if !std::mem::replace(&mut self.connection.is_close_inspected, true) {
            self.connection.note_close(close);
            self.apply_to_close(capture::OF_CLOSES, close, state);
            self.apply_to_close(vanished::OF_CLOSES, close, state);
            self.apply_to_close(reset::OF_CLOSES, close, state);
            self.apply_to_close(early_frame::OF_CLOSES, close, state);
            self.apply_to_close(http2::OF_CLOSES, close, state);
            self.apply_to_close(lost_sync::OF_CLOSES, close, state);
            self.apply_to_close(frames::OF_CLOSES, close, state);
            self.apply_to_close(closing::OF_CLOSES, close, state);
            self.apply_to_close(tcp::OF_CLOSES, close, state);
            self.apply_to_close(unresponsive::OF_CLOSES, close, state);
            self.apply_to_close(liveness::OF_CLOSES, close, state);
            self.capture.note_close(self.connection, close);
        }
        self.verdict = cause::verdict(self.connection, close);
    }

    pub(super) fn ended(&mut self, ended: &Ended) {
        self.connection.note_close(&ended.close);
        let state = StreamState::Ended(ended.reason);
        if self.connection.reset.is_some() && !self.connection.has_open_gap() {
            // As it stood at the RST, which nothing contradicted.
            self.close(&ended.close, state);
        }
        for fact in &ended.facts {
            self.fact(fact, state);
        }
        self.apply_to_close(capture::OF_ENDS, &ended.close, state);
        for rules in opening::OF_ENDS {
            self.apply_to_close(rules, &ended.close, state);
        }
        self.close(&ended.close, state);
        self.apply_to_close(tcp::OF_ENDS, &ended.close, state);
    }
}
