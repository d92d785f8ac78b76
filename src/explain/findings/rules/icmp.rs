//! Rules about ICMP errors.

use super::{Finding, RuleContext};
use crate::explain::findings::catalogue::icmp::{
    ABOUT_PACKET, ABOUT_SEGMENT, ABOUT_SYN, ICMP_ERROR, WAS_NO_END, meaning, suggestion,
};
use crate::explain::findings::finding::Value;
use crate::observe::{IcmpMeaning, IcmpReport};

pub(in crate::explain::findings) const OF_ICMP: &[super::FindingRule<IcmpReport>] = &[icmp_error];

/// T13, once for each meaning and side.
fn icmp_error(context: &RuleContext<'_>, report: &IcmpReport) -> Option<Finding> {
    let IcmpReport { about, error, seq, .. } = *report;
    let what = error.code.meaning()?;
    let connection = context.connection;
    let end = &connection.ends[about];
    if end.icmp.has(what) {
        return None;
    }
    let (kind, code) = error.code.numbers();
    let finding = Finding::new(&ICMP_ERROR, error.number)
        .with("sender", Value::Text(error.sender.to_string()))
        .with("packet", error.number)
        .with("meaning", meaning(what))
        .with("type", u64::from(kind))
        .with("code", u64::from(code))
        .with("side", about)
        .with("suggestion", suggestion(what));
    let finding = if matches!(what, IcmpMeaning::TooBig | IcmpMeaning::Redirect) {
        finding.with_inference(WAS_NO_END)
    } else {
        finding
    };
    let is_last_payload = seq.is_some_and(|seq| seq + i64::from(end.last_length) == end.next);
    let quoted = end.last_payload.filter(|_| is_last_payload).map(|at| at.packet);
    Some(match quoted {
        _ if seq == Some(0) => finding.with("about", ABOUT_SYN),
        Some(packet) => finding.with_packet(packet).with("about", ABOUT_PACKET),
        None => finding.with("about", ABOUT_SEGMENT),
    })
}
