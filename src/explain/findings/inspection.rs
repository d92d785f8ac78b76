//! One step of the inspector: which rules apply to what, in which order, and what is remembered afterwards.

use super::finding::Finding;
use super::memory::capture_memory::CaptureMemory;
use super::memory::connection_memory::ConnectionMemory;
use super::memory::packet_ref::PacketRef;
use super::rules::{
    CloseRule, FindingRule, RuleContext, apple_client, capture, closing, compression, early_frame, frames,
    http2, icmp, liveness, lost_sync, opening, tcp,
};
use crate::observe::{Close, Ended, Fact, Flags, IcmpReport, Observation};
use crate::wire::Side;

/// Application of the rules to one packet or the end of one connection.
pub(super) struct Inspection<'i> {
    pub(super) capture: &'i mut CaptureMemory,
    pub(super) connection: &'i mut ConnectionMemory,
    pub(super) at: PacketRef,
    pub(super) is_syn: bool,
    pub(super) findings: &'i mut Vec<Finding>,
}

/// State of a connection: packets may follow, or it has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum StreamState {
    Open,
    Ended,
}

impl Inspection<'_> {
    /// Applies rules to an observation: whether one returned a finding.
    fn apply<T>(&mut self, rules: &[FindingRule<T>], about: &T, state: StreamState) -> bool {
        let mut is_found = false;
        for rule in rules {
            is_found |= self.apply_rule(|context| rule(context, about), state);
        }
        is_found
    }

    fn apply_to_close(&mut self, rules: &[CloseRule], close: &Close, state: StreamState) {
        for rule in rules {
            match rule {
                CloseRule::Once(rule) => {
                    self.apply_rule(|context| rule(context, close), state);
                }
                CloseRule::EachSide(rule) => {
                    for side in [Side::Client, Side::Server] {
                        self.apply_rule(|context| rule(context, close, side), state);
                    }
                }
            }
        }
    }

    /// Applies a rule and keeps its finding: whether it returned one.
    fn apply_rule(&mut self, rule: impl Fn(&RuleContext<'_>) -> Option<Finding>, state: StreamState) -> bool {
        let context = RuleContext {
            capture: self.capture,
            connection: self.connection,
            at: self.at,
            is_syn: self.is_syn,
            has_ended: state == StreamState::Ended,
        };
        // Most rules return none: a finding is large, and moved only if there is one.
        let Some(finding) = rule(&context) else { return false };
        debug_assert_eq!(finding.check_values(), Ok(()));
        if self.connection.record(&finding) {
            self.findings.push(finding);
        }
        true
    }

    pub(super) fn step(&mut self, step: &Observation) {
        if self.is_noteworthy(step) {
            self.apply(capture::OF_PACKETS, step, StreamState::Open);
            self.apply(tcp::OF_PACKETS, step, StreamState::Open);
        }
        for fact in &step.facts {
            self.fact(fact, StreamState::Open);
        }
        self.connection.note(step);
        for fact in &step.facts {
            if let Fact::Frame(frame) = fact
                && frame.header.is_close()
            {
                self.connection.ends[frame.from].data_after_fin.leave_out(frame);
            }
            // Missing bytes are waited for until the end.
            if let Fact::Close(close) = fact
                && !self.connection.has_open_gap()
            {
                self.close(close, StreamState::Open);
            }
        }
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
                self.apply(opening::OF_REQUESTS, request, state);
                self.apply(compression::OF_REQUESTS, request, state);
                self.apply(http2::OF_REQUESTS, request, state);
                if let Some((key, _)) = &request.key {
                    self.capture.note_key(key);
                }
            }
            Fact::Response(response) => {
                self.apply(opening::OF_RESPONSES, response, state);
                self.apply(http2::OF_RESPONSES, response, state);
                self.apply(tcp::OF_RESPONSES, response, state);
            }
            Fact::Opaque(opaque) => {
                self.apply(capture::OF_OPAQUE, opaque, state);
                self.apply(tcp::OF_OPAQUE, opaque, state);
                self.apply(http2::OF_OPAQUE, opaque, state);
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
                let is_long_form = is_frame && !frame.header.is_minimal();
                self.connection.senders[frame.from].long_form = is_long_form.then(|| frame.clone());
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
            Fact::LostSync(lost) => {
                self.apply(lost_sync::OF_LOST_SYNC, lost, state);
            }
            _ => {}
        }
        self.connection.note_fact(fact, self.at);
    }

    fn close(&mut self, close: &Close, state: StreamState) {
        if !std::mem::replace(&mut self.connection.is_close_inspected, true) {
            self.apply_to_close(capture::OF_CLOSES, close, state);
            self.apply_to_close(early_frame::OF_CLOSES, close, state);
            self.apply_to_close(http2::OF_CLOSES, close, state);
            self.apply_to_close(lost_sync::OF_CLOSES, close, state);
            self.apply_to_close(frames::OF_CLOSES, close, state);
            self.apply_to_close(closing::OF_CLOSES, close, state);
            self.apply_to_close(tcp::OF_CLOSES, close, state);
            self.apply_to_close(liveness::OF_CLOSES, close, state);
            self.capture.note_close(self.connection, close);
        }
    }

    pub(super) fn ended(&mut self, ended: &Ended) {
        for fact in &ended.facts {
            self.fact(fact, StreamState::Ended);
        }
        self.apply_to_close(capture::OF_ENDS, &ended.close, StreamState::Ended);
        self.close(&ended.close, StreamState::Ended);
    }
}
