//! The verdict in words: who ended a connection, in which packet and how, and what the capture points to.

use super::story::code;
use crate::explain::findings::{Cause, Verdict, Words};
use crate::explain::text::{self, Language, Narrative, sentence};
use crate::observe::Layer;

impl Verdict {
    /// As a sentence.
    pub(in crate::explain) fn text(&self, language: Language) -> String {
        let (who, packet) = (text::side(self.first.side, language), self.first.packet);
        let mut how = match (self.first.layer, &self.words) {
            (Layer::WebSocket, Words::Close(seen)) => {
                let code = code(Some(seen), language);
                Narrative::EndedByCloseFrame.fill(language, &[&who, &packet, &code])
            }
            (Layer::WebSocket, _) => Narrative::EndedByCloseFrame.fill(language, &[&who, &packet, &""]),
            (Layer::Fin, _) => Narrative::EndedByFin.fill(language, &[&who, &packet]),
            (Layer::Rst, _) => Narrative::EndedByRst.fill(language, &[&who, &packet]),
            (Layer::Silence, _) => Narrative::EndedBySilence.fill(language, &[&who, &packet]),
        };
        if let Words::Refusal(status) = self.words {
            how += &Narrative::AfterRefusal.fill(language, &[&status.0]);
        }
        let why = match &self.cause {
            Cause::InOrder => Narrative::InOrder.text(language).to_owned(),
            Cause::Finding(finding) => {
                let finding = finding.render(language);
                let inference = finding.inference.as_deref().unwrap_or(&finding.fact);
                Narrative::Because.fill(language, &[&finding.id, &inference])
            }
            Cause::Unfinished => Narrative::Unfinished.text(language).to_owned(),
            Cause::NotInOrder => Narrative::NotInOrder.text(language).to_owned(),
            Cause::Unknown => Narrative::CauseUnknown.fill(language, &[&who]),
            Cause::NotRead => Narrative::CauseNotRead.fill(language, &[&who]),
        };
        sentence(&Narrative::Verdict.fill(language, &[&how, &why]))
    }
}
