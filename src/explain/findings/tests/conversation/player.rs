//! Player of conversations: makes segments of the acts, and shows them to an observer and an inspector.

use std::net::SocketAddr;

use super::{Act, Cut, MS};
use crate::explain::findings::{Finding, Inspector, Verdict};
use crate::observe::{Ended, Flags, IcmpCode, IcmpError, Observation, Observer, Segment};
use crate::testing::Script;

/// An event that a view receives.
pub(super) enum ViewEvent {
    Observation(Observation),
    Finding(u64, Finding),
    Verdict(u64, Verdict),
    Ended(Box<Ended>),
}

pub(super) struct Player {
    pub(super) script: Script,
    pub(super) audience: Audience,
}

impl Player {
    pub(super) fn act(&mut self, act: &Act, cut: Cut) {
        let Self { script, audience } = self;
        match act {
            Act::Segment { from, flags, payload } if cut == Cut::Bytes && payload.len() > 1 => {
                script.gap_ns = 1_000;
                for byte in payload.chunks(1) {
                    audience.observe(script.segment(*from, *flags, byte));
                }
            }
            Act::Segment { from, flags, payload } => {
                script.gap_ns = MS / 4;
                audience.observe(script.segment(*from, *flags, payload));
            }
            Act::Again(from) => {
                script.gap_ns = 2_000;
                if let Some(segment) = script.again(*from) {
                    audience.observe(segment);
                }
            }
            Act::Copy(from) => {
                script.gap_ns = 2_000;
                if let Some(segment) = script.copy(*from) {
                    audience.observe(segment);
                }
            }
            Act::Off { from, flags, by } => {
                script.gap_ns = MS / 4;
                audience.observe(script.off(*from, *flags, i64::from(*by)));
            }
            Act::Window { of, window } => script.window[*of] = *window,
            Act::Ttl(side, ttl) => script.ttl.as_mut().unwrap()[*side] = *ttl,
            Act::Id(side, ahead) => script.id_ahead[*side] = *ahead,
            Act::Hold(side) => script.hold(*side),
            Act::Release(side) => script.release(*side),
            Act::Wait(ns) => script.time_ns += ns,
            Act::Back(ns) => script.time_ns -= ns,
            Act::Miss(from, bytes) => script.miss(*from, i64::from(*bytes)),
            Act::Cut { from, payload, kept } => {
                script.gap_ns = 0;
                audience.observe(script.cut(*from, Flags::ACK, payload, *kept));
            }
            Act::Icmp(about, code) => {
                if let Some(quoted) = script.again(*about) {
                    audience.icmp(&quoted, *code);
                }
            }
            Act::Other(anomaly) => audience.inspector.note_other(*anomaly, 1, script.time_ns),
            Act::TlsSecrets => audience.inspector.note_tls_secrets(),
            Act::Checksum(checksum) => script.checksum = *checksum,
            Act::Connection(port) => script.reconnect(*port),
        }
    }
}

/// An observer and an inspector, and what a view receives of them.
pub(super) struct Audience {
    /// The only end whose packets are captured.
    pub(super) only: Option<SocketAddr>,
    pub(super) observer: Observer,
    pub(super) inspector: Inspector,
    pub(super) events: Vec<ViewEvent>,
}

impl Audience {
    /// A segment arrives; the window of an RST is 0.
    fn observe(&mut self, segment: Segment<'_>) {
        if self.only.is_some_and(|only| only != segment.source) || self.observer.is_given_up(&segment) {
            return;
        }
        let window = if segment.flags.has(Flags::RST) { 0 } else { segment.window };
        let step = self.observer.observe(&Segment { window, ..segment });
        while let Some(ended) = self.observer.poll_ended() {
            self.ended(ended);
        }
        let found = self
            .inspector
            .step(&step)
            .map(|found| ViewEvent::Finding(step.stream, found))
            .collect::<Vec<_>>();
        let stream = step.stream;
        self.events.push(ViewEvent::Observation(step));
        self.events.extend(found);
        self.verdict(stream);
    }

    /// An ICMP error arrives, from a router.
    fn icmp(&mut self, quoted: &Segment<'_>, code: IcmpCode) {
        let Segment { number, time_ns, source, destination, seq, .. } = *quoted;
        let sender = [203, 0, 113, 7].into();
        let error = IcmpError { number, time_ns, sender, code, source, destination, seq };
        let Some(report) = self.observer.attribute(&error) else { return };
        let found = self.inspector.icmp(&report).map(|found| ViewEvent::Finding(report.stream, found));
        self.events.extend(found);
    }

    pub(super) fn ended(&mut self, ended: Ended) {
        self.events.extend(self.inspector.ended(&ended).map(|found| ViewEvent::Finding(ended.stream, found)));
        self.verdict(ended.stream);
        self.events.push(ViewEvent::Ended(Box::new(ended)));
    }

    fn verdict(&mut self, stream: u64) {
        let verdict = self.inspector.take_verdict();
        self.events.extend(verdict.map(|verdict| ViewEvent::Verdict(stream, verdict)));
    }
}
