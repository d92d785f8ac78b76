//! The autopsy: one verdict on how a connection ended, by whom, with which packet, and what kind of cause fits.

use super::ending::{self, sentence};
use crate::explain::finding::Finding;
use crate::explain::findings::Severity;
use crate::explain::held::{Connection, Talk};
use crate::explain::words::{Language, Story};
use crate::observe::{Close, Layer};

/// What findings tell of the cause, those first that tell most. Those about the close itself only say how it closed.
const CAUSES: &[&str] =
    &["T", "H", "L02", "L03", "L01", "F", "Z", "C12", "C04", "C05", "C10", "C09", "C13", "C07", "C06"];

/// The verdict; none while it is open.
pub(super) fn verdict(connection: &Connection, close: &Close, language: Language) -> Option<String> {
    let first = close.first?;
    let layer = match first.layer {
        Layer::WebSocket => Story::ByCloseFrame,
        Layer::Fin => Story::ByFin,
        Layer::Rst => Story::ByRst,
        Layer::Silence => Story::BySilence,
    };
    let is_wrong = |finding: &&Finding| finding.severity != Severity::Info.name();
    let cause = CAUSES.iter().find_map(|cause| {
        connection.findings.iter().filter(is_wrong).find(|finding| finding.id.starts_with(cause))
    });
    let why = match cause {
        Some(finding) => {
            let inference = finding.inference.as_deref().unwrap_or(&finding.fact);
            Story::Because.fill(language, &[&finding.id, &inference])
        }
        None if close.is_clean() => Story::InOrder.text(language).to_owned(),
        None if connection.talk() != Talk::WebSocket => return None,
        None if first.layer == Layer::WebSocket => Story::NotInOrder.text(language).to_owned(),
        None => Story::CauseUnknown.fill(language, &[&ending::side(first.side, language)]),
    };
    let (who, layer) = (ending::side(first.side, language), layer.text(language));
    Some(sentence(&Story::Verdict.fill(language, &[&who, &layer, &first.packet, &why])))
}
