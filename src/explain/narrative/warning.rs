//! Warnings: facts that limit what the capture shows, or that are rare.

use crate::explain::text::{self, Label, Language, escape_controls};
use crate::observe::{
    Agreement, Fact, Gap, LostSync, LostSyncReason, Opaque, OpaqueKind, Overlap, Relay, RelayEvent, Resync,
};

/// A fact that deserves a line of its own.
#[derive(Debug, Clone, Copy)]
pub(in crate::explain) enum Warning<'f> {
    Gap(&'f Gap),
    /// Bytes were sent again, and differ.
    Overlap(&'f Overlap),
    LostSync(&'f LostSync),
    /// Frames are read from here on, or again.
    Resync(&'f Resync),
    Opaque(&'f Opaque),
    /// What a proxy says, or is asked.
    Relay(&'f Relay),
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
            Fact::Resync(resync) => Self::Resync(resync),
            Fact::Opaque(opaque) => Self::Opaque(opaque),
            Fact::Relay(relay) => Self::Relay(relay),
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
            Self::LostSync(lost) => lost_label(lost.reason).fill(language, &[&lost.offset, &side(lost.from)]),
            Self::Resync(Resync { from, offset, packet }) => {
                Label::Resync.fill(language, &[offset, &side(*from), packet])
            }
            Self::Opaque(opaque) => {
                let kind = opaque_text(opaque.kind, language);
                Label::OpaqueBytes.fill(language, &[&opaque.offset, &side(opaque.from), &kind])
            }
            Self::Relay(relay) => relay_text(relay, language),
            Self::SimultaneousOpen => Label::SimultaneousOpen.text(language).to_owned(),
            Self::GoesOn { reset } => Label::GoesOn.fill(language, &[&reset]),
        }
    }
}

const fn lost_label(reason: LostSyncReason) -> Label {
    match reason {
        LostSyncReason::Http => Label::HttpForFrame,
        LostSyncReason::Chunk => Label::ChunkForFrame,
        LostSyncReason::Impossible | LostSyncReason::Gap => Label::LostSync,
    }
}

fn opaque_text(kind: OpaqueKind, language: Language) -> String {
    let label = match kind {
        OpaqueKind::Tls => Label::OpaqueTls,
        OpaqueKind::Http2 => Label::OpaqueHttp2,
        OpaqueKind::HttpBody => Label::OpaqueBody,
        OpaqueKind::LongHead(_) => Label::OpaqueLongHead,
        OpaqueKind::AfterGap => Label::OpaqueAfterHole,
        OpaqueKind::Upgraded(name) => {
            return Label::OpaqueUpgraded.fill(language, &[&escape_controls(name.as_str())]);
        }
        OpaqueKind::Draft(draft) => return Label::OpaqueDraft.fill(language, &[&draft]),
        OpaqueKind::Unknown => Label::OpaqueUnknown,
    };
    label.text(language).to_owned()
}

/// What a proxy says, or is asked, as a sentence.
fn relay_text(relay: &Relay, language: Language) -> String {
    let who = text::side(relay.from, language);
    match &relay.event {
        RelayEvent::ProxyHeader { version, ends: Some((source, destination)) } => {
            Label::ProxyHeader.fill(language, &[&who, version, source, destination])
        }
        RelayEvent::ProxyHeader { version, ends: None } => {
            Label::ProxyHeaderLocal.fill(language, &[&who, version])
        }
        RelayEvent::SocksRequest { version, target } => {
            Label::SocksRequest.fill(language, &[version, &escape_controls(target)])
        }
        RelayEvent::SocksReply { version, .. } if relay.event.is_granted() => {
            Label::SocksGranted.fill(language, &[version])
        }
        RelayEvent::SocksReply { version, code } => Label::SocksRefused.fill(language, &[version, code]),
        RelayEvent::Tunnel { target } => Label::Tunnel.fill(language, &[&escape_controls(target)]),
    }
}
