//! Warnings: facts that limit what the capture shows, or that are rare.

use crate::explain::text::{self, Label, Language};
use crate::observe::{Agreement, Fact, Gap, LostSync, Opaque, OpaqueKind, Overlap};

/// A fact that deserves a line of its own.
#[derive(Debug, Clone, Copy)]
pub(in crate::explain) enum Warning<'f> {
    Gap(&'f Gap),
    /// Bytes were sent again, and differ.
    Overlap(&'f Overlap),
    LostSync(&'f LostSync),
    Opaque(&'f Opaque),
    SimultaneousOpen,
    /// A RST ended nothing.
    GoesOn {
        reset: u64,
    },
}

impl<'f> Warning<'f> {
    pub(in crate::explain) fn of(fact: &'f Fact) -> Option<Self> {
        Some(match fact {
            Fact::Gap(gap) => Self::Gap(gap),
            Fact::Overlap(overlap) if overlap.agreement == Agreement::Different => Self::Overlap(overlap),
            Fact::LostSync(lost) => Self::LostSync(lost),
            Fact::Opaque(opaque) => Self::Opaque(opaque),
            Fact::SimultaneousOpen => Self::SimultaneousOpen,
            Fact::GoesOn { reset } => Self::GoesOn { reset: *reset },
            _ => return None,
        })
    }

    /// As a sentence.
    pub(in crate::explain) fn text(self, language: Language) -> String {
        let side = |side| text::side(side, language);
        match self {
            Self::Gap(gap) => Label::Gap.fill(language, &[&gap.length, &side(gap.from), &gap.offset]),
            Self::Overlap(overlap) => Label::Overlap.fill(language, &[&overlap.length, &side(overlap.from)]),
            Self::LostSync(lost) => Label::LostSync.fill(language, &[&lost.offset, &side(lost.from)]),
            Self::Opaque(opaque) => {
                let kind = opaque_label(opaque.kind).text(language);
                Label::OpaqueBytes.fill(language, &[&opaque.offset, &side(opaque.from), &kind])
            }
            Self::SimultaneousOpen => Label::SimultaneousOpen.text(language).to_owned(),
            Self::GoesOn { reset } => Label::GoesOn.fill(language, &[&reset]),
        }
    }
}

const fn opaque_label(kind: OpaqueKind) -> Label {
    match kind {
        OpaqueKind::Tls => Label::OpaqueTls,
        OpaqueKind::Http2 => Label::OpaqueHttp2,
        OpaqueKind::HttpBody => Label::OpaqueBody,
        OpaqueKind::LongHead => Label::OpaqueLongHead,
        OpaqueKind::AfterGap => Label::OpaqueAfterHole,
        OpaqueKind::Unknown => Label::OpaqueUnknown,
    }
}
