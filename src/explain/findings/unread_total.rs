//! Bytes that were not read, counted by side and reason.

use super::catalogue::capture::{
    AFTER_CAPTURE, BEFORE_CAPTURE, BYTES, CUT_OFF, ENCRYPTED, GIVEN_UP, LACKING, LONG_HEAD, OTHER_DIRECTION,
    OTHER_PROTOCOL, UNBOUNDED_BODY, WITHOUT_BOUNDARY,
};
use super::entry::Localized;
use crate::explain::text::{self, Language};
use crate::observe::{Close, Reading, UnreadReason};
use crate::wire::Side;

/// Bytes of one side that were not read for one reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct UnreadTotal {
    side: Side,
    reason: UnreadReason,
    /// Their number; `None` if it is not known.
    length: Option<u64>,
}

impl UnreadTotal {
    /// The totals of a connection: of bytes that may hold a frame, for reasons that no other finding gives.
    pub(super) fn of(close: &Close) -> Vec<Self> {
        let mut totals: Vec<Self> = Vec::new();
        for side in [Side::Client, Side::Server] {
            for range in close.coverage[side].ranges() {
                let Reading::Unread(reason) = range.reading else { continue };
                let this = Self { side, reason, length: range.length() };
                if matches!(
                    reason,
                    UnreadReason::BeforeCapture | UnreadReason::AfterCapture | UnreadReason::Encrypted
                ) {
                    continue;
                }
                match totals.iter_mut().find(|total| (total.side, total.reason) == (side, reason)) {
                    Some(total) => {
                        total.length = total.length.zip(this.length).map(|(one, other)| one + other);
                    }
                    None => totals.push(this),
                }
            }
        }
        totals
    }

    /// Returns `true` if nothing but a limit on heads is why: a better capture would not help.
    pub(super) fn is_beyond_limit(&self) -> bool {
        self.reason == UnreadReason::LongHead
    }

    /// Side, number and reason: "the server: 1448 B that the capture lacks".
    pub(super) fn text(self, language: Language) -> String {
        let side = text::side(self.side, language);
        let length = match self.length {
            Some(length) => format!("{length} B"),
            None => BYTES.text(language).to_owned(),
        };
        let why = phrase(self.reason).text(language);
        match language {
            Language::En => format!("{side}: {length} {why}"),
            Language::Zh => format!("{side}：{length}，{why}"),
        }
    }
}

const fn phrase(reason: UnreadReason) -> Localized {
    match reason {
        UnreadReason::Gap => LACKING,
        UnreadReason::Cut => CUT_OFF,
        UnreadReason::Body => UNBOUNDED_BODY,
        UnreadReason::Desync => WITHOUT_BOUNDARY,
        UnreadReason::Encrypted => ENCRYPTED,
        UnreadReason::OtherProtocol => OTHER_PROTOCOL,
        UnreadReason::BeforeCapture => BEFORE_CAPTURE,
        UnreadReason::AfterCapture => AFTER_CAPTURE,
        UnreadReason::GivenUp => GIVEN_UP,
        UnreadReason::LongHead => LONG_HEAD,
        UnreadReason::OneDirection => OTHER_DIRECTION,
    }
}
