//! What was not read, and what an end's API reports of it, in words.

use crate::explain::text::{Language, Narrative, side};
use crate::observe::{Reported, Unread, UnreadReason};
use crate::wire::Side;

/// Bytes that were not read, and why: the subject and the verb of a sentence.
pub(in crate::explain) fn unread(unread: &Unread, language: Language) -> String {
    let (side, offset) = (side(unread.from, language), unread.offset);
    let length = match unread.length {
        Some(length) => format!("{length} B"),
        None => Narrative::SomeBytes.text(language).to_owned(),
    };
    let text = match unread.reason {
        UnreadReason::Gap => Narrative::UnreadGap,
        UnreadReason::Cut => Narrative::UnreadCut,
        UnreadReason::GivenUp => Narrative::UnreadGivenUp,
        UnreadReason::LongHead => return Narrative::UnreadLongHead.fill(language, &[&side, &offset]),
        UnreadReason::Body => return Narrative::UnreadBody.fill(language, &[&side, &offset]),
        UnreadReason::Desync => return Narrative::UnreadDesync.fill(language, &[&side, &offset]),
        UnreadReason::Encrypted => return Narrative::UnreadEncrypted.fill(language, &[&side, &offset]),
        UnreadReason::OtherProtocol => return Narrative::UnreadOther.fill(language, &[&side, &offset]),
        UnreadReason::BeforeCapture => return Narrative::UnreadBefore.fill(language, &[&side]),
        UnreadReason::AfterCapture => return Narrative::UnreadAfter.fill(language, &[&side]),
        UnreadReason::OneDirection => return Narrative::UnreadDirection.fill(language, &[&side]),
    };
    text.fill(language, &[&side, &offset, &length])
}

/// The reason why the report of an end's API is not known; `None` if it is.
pub(super) fn why_unknown(reported: &Reported, language: Language) -> Option<String> {
    match reported {
        Reported::Known(_) => None,
        Reported::Unknown(bytes) => Some(unread(bytes, language)),
        Reported::Aborted { by, packet } => {
            Some(Narrative::OnlyRstAcknowledges.fill(language, &[&side(by.peer(), language), packet]))
        }
        Reported::NoSocket { packet } => Some(Narrative::NoSocketReports.fill(language, &[packet])),
    }
}

/// The report of an end's API: a browser's has `wasClean` besides the code.
pub(in crate::explain) fn report(by: Side, reported: &Reported, language: Language) -> String {
    let Reported::Known(close) = reported else {
        let why = why_unknown(reported, language).unwrap_or_default();
        return Narrative::ReportUnknown.fill(language, &[&why]);
    };
    match (by, close.was_clean) {
        (Side::Client, Some(was_clean)) => format!("{} wasClean={was_clean}", close.code),
        (Side::Client, None) => format!("{} wasClean=unknown", close.code),
        (Side::Server, _) => close.code.to_string(),
    }
}
