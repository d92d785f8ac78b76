//! The rule about heads beyond a limit (H23).

use super::{FindingRule, RuleContext};
use crate::explain::findings::catalogue::opening::{
    EMPTY_LINES_ONLY, HEAD_TOO_LONG, MORE_THAN_64_KIB, MORE_THAN_1000_LINES,
};
use crate::explain::findings::finding::Finding;
use crate::observe::{HeadLimit, Opaque, OpaqueKind};

pub(in crate::explain::findings) const OF_OPAQUE: &[FindingRule<Opaque>] = &[head_too_long];

/// H23. Other protocols never come so far: their first bytes are no head.
fn head_too_long(_: &RuleContext<'_>, opaque: &Opaque) -> Option<Finding> {
    let OpaqueKind::LongHead(limit) = opaque.kind else { return None };
    let excess = match limit {
        HeadLimit::Length => MORE_THAN_64_KIB,
        HeadLimit::Lines => MORE_THAN_1000_LINES,
        HeadLimit::EmptyLines => EMPTY_LINES_ONLY,
    };
    let finding = Finding::new(&HEAD_TOO_LONG, opaque.packet).with_at_fault(opaque.from);
    Some(finding.with("side", opaque.from).with("packet", opaque.packet).with("excess", excess))
}
