//! The autopsy: one verdict on how a connection ended, by whom, with which packet, and what kind of cause fits.

use crate::explain::findings::{Finding, Severity};
use crate::explain::narrative::connection_log::{Connection, Talk};
use crate::explain::text::{self, Language, Story, sentence};
use crate::observe::{Close, First, Layer};
use crate::wire::ws::CloseCode;

/// What findings tell of the cause, those first that tell most. Those about the close itself only say how it closed.
const CAUSES: &[&str] =
    &["T", "H", "L02", "L03", "L01", "F", "Z", "C04", "C05", "C10", "C12", "C09", "C13", "C07", "C06"];

/// Whether a finding may tell why it ended: a broken rule makes the other end close, and what came later is no cause. How
/// the closing handshake went is told whenever it shows.
fn may_be_cause(finding: &Finding, first: First) -> bool {
    let is_wrong = finding.severity != Severity::Info.name();
    let came_before = finding.packets.last().is_some_and(|last| *last <= first.packet);
    is_wrong
        && match finding.id.as_bytes() {
            [b'C', ..] => true,
            [b'F' | b'Z', ..] => came_before && finding.at_fault == Some(first.side.peer()),
            // Who refuses closes, and so does who is refused.
            [b'H', ..] => came_before && finding.severity == Severity::Error.name(),
            _ => came_before || first.layer == Layer::Silence,
        }
}

/// The verdict; none while it is open.
pub(in crate::explain) fn verdict(
    connection: &Connection,
    close: &Close,
    language: Language,
) -> Option<String> {
    let first = close.first?;
    let layer = match first.layer {
        Layer::WebSocket => Story::ByCloseFrame,
        Layer::Fin => Story::ByFin,
        Layer::Rst => Story::ByRst,
        Layer::Silence => Story::BySilence,
    };
    let wrong = || connection.findings.iter().filter(|finding| may_be_cause(finding, first));
    let cause = CAUSES.iter().find_map(|cause| wrong().find(|finding| finding.id.starts_with(cause)));
    let code = close.frames[first.side].as_ref().and_then(|seen| seen.code);
    let is_normal = matches!(code, Some(CloseCode::NORMAL | CloseCode::GOING_AWAY | CloseCode::NO_STATUS));
    let why = match cause {
        _ if is_normal && close.is_clean() => Story::InOrder.text(language).to_owned(),
        Some(finding) => {
            let inference = finding.inference.as_deref().unwrap_or(&finding.fact);
            Story::Because.fill(language, &[&finding.id, &inference])
        }
        None if close.is_clean() => Story::InOrder.text(language).to_owned(),
        None if connection.talk() != Talk::WebSocket => return None,
        None if first.layer == Layer::WebSocket => Story::NotInOrder.text(language).to_owned(),
        None => Story::CauseUnknown.fill(language, &[&text::side(first.side, language)]),
    };
    let (who, layer) = (text::side(first.side, language), layer.text(language));
    Some(sentence(&Story::Verdict.fill(language, &[&who, &layer, &first.packet, &why])))
}
