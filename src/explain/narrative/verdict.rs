//! The autopsy: one verdict on how a connection ended, by whom, with which packet, and what kind of cause fits.

use crate::explain::findings::Finding;
use crate::explain::narrative::connection_log::ConnectionLog;
use crate::explain::narrative::protocol::Protocol;
use crate::explain::text::{self, Language, Narrative, sentence};
use crate::observe::{Close, First, Layer};
use crate::wire::ws::CloseCode;

/// The end of a connection, and its reason.
#[derive(Debug)]
pub(in crate::explain) struct Verdict<'c> {
    /// The side that ended it, the layer and the packet.
    pub(in crate::explain) first: First,
    pub(in crate::explain) cause: Cause<'c>,
}

/// Why a connection ended, as far as the capture shows.
#[derive(Debug)]
pub(in crate::explain) enum Cause<'c> {
    /// The closing handshake and TCP's end are in order: it was time.
    InOrder,
    /// This was found.
    Finding(&'c Finding),
    /// It closed by a Close frame, and then not in order.
    NotInOrder,
    /// Nothing shows it.
    Unknown,
}

impl<'c> Verdict<'c> {
    /// None while it is open, and of a connection that is no WebSocket and has nothing to be found.
    pub(in crate::explain) fn of(connection: &'c ConnectionLog, close: &Close) -> Option<Self> {
        let first = close.first?;
        let ranked =
            connection.findings.iter().filter_map(|finding| Some((finding.rank_as_cause(first)?, finding)));
        let finding = ranked.min_by_key(|(rank, _)| *rank).map(|(_, finding)| finding);
        let code = close.frames[first.side].as_ref().and_then(|seen| seen.code);
        let is_normal =
            matches!(code, Some(CloseCode::NORMAL | CloseCode::GOING_AWAY | CloseCode::NO_STATUS));
        let cause = match finding {
            _ if is_normal && close.is_clean() => Cause::InOrder,
            Some(finding) => Cause::Finding(finding),
            None if close.is_clean() => Cause::InOrder,
            None if connection.protocol() != Protocol::WebSocket => return None,
            None if first.layer == Layer::WebSocket => Cause::NotInOrder,
            None => Cause::Unknown,
        };
        Some(Self { first, cause })
    }

    /// As a sentence.
    pub(in crate::explain) fn text(&self, language: Language) -> String {
        let who = text::side(self.first.side, language);
        let layer = match self.first.layer {
            Layer::WebSocket => Narrative::ByCloseFrame,
            Layer::Fin => Narrative::ByFin,
            Layer::Rst => Narrative::ByRst,
            Layer::Silence => Narrative::BySilence,
        };
        let why = match self.cause {
            Cause::InOrder => Narrative::InOrder.text(language).to_owned(),
            Cause::Finding(finding) => {
                let finding = finding.render(language);
                let inference = finding.inference.as_deref().unwrap_or(&finding.fact);
                Narrative::Because.fill(language, &[&finding.id, &inference])
            }
            Cause::NotInOrder => Narrative::NotInOrder.text(language).to_owned(),
            Cause::Unknown => Narrative::CauseUnknown.fill(language, &[&who]),
        };
        sentence(&Narrative::Verdict.fill(language, &[&who, &layer.text(language), &self.first.packet, &why]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::narrative::connection_log::ConnectionLogs;
    use crate::explain::testing::{ObservedCapture, chatter, opened_and_reset};

    fn held(capture: &ObservedCapture) -> ConnectionLog {
        let mut held = ConnectionLogs::default();
        capture.steps.iter().for_each(|step| held.step(step));
        held.remove(0).unwrap()
    }

    #[test]
    fn a_reset_without_findings_has_an_unknown_cause() {
        let capture = opened_and_reset();
        let connection = held(&capture);
        let verdict = Verdict::of(&connection, &capture.ended[0].close).unwrap();
        assert_eq!((verdict.first.layer, verdict.first.packet), (Layer::Rst, 7));
        assert!(matches!(verdict.cause, Cause::Unknown), "{verdict:?}");
    }

    #[test]
    fn a_clean_close_is_in_order() {
        let capture = chatter(2);
        let connection = held(&capture);
        let verdict = Verdict::of(&connection, &capture.ended[0].close).unwrap();
        assert_eq!(verdict.first.layer, Layer::WebSocket);
        assert!(matches!(verdict.cause, Cause::InOrder), "{verdict:?}");
        assert!(Verdict::of(&connection, &Close::default()).is_none(), "it is open");
    }
}
