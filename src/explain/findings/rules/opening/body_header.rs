//! Rules about a body that a 101 must not have (H20).

use super::{FindingRule, RuleContext, of_101};
use crate::explain::findings::catalogue::opening::BODY_HEADER_IN_101;
use crate::explain::findings::finding::Finding;
use crate::observe::{Head, Response};
use crate::rfc::Rfc;

pub(super) const OF_RESPONSES: &[FindingRule<Response>] = &[body_header_in_101];

/// The lines that give a body its length, and the section that forbids each in a 101.
const BODY_LINES: [(&str, Rfc); 2] =
    [("Transfer-Encoding", Rfc(9112, "6.1")), ("Content-Length", Rfc(9110, "8.6"))];

/// The first such line of a head, as it stands there.
fn body_line(head: &Head) -> Option<(String, Rfc)> {
    let headers = head.headers();
    BODY_LINES.iter().find_map(|(name, rfc)| {
        let value = headers.all(name).next()?;
        Some((format!("{name}: {}", String::from_utf8_lossy(value)), *rfc))
    })
}

/// H20. Chunks in the place of frames are [lost synchronization](crate::explain::findings::rules::lost_sync).
fn body_header_in_101(_: &RuleContext<'_>, response: &Response) -> Option<Finding> {
    let finding = of_101(&BODY_HEADER_IN_101, response)?;
    let (line, rfc) = body_line(&response.head)?;
    Some(finding.with("line", line.as_str()).with_rfc(rfc))
}
