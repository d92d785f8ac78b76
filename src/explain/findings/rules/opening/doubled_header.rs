//! Rules about a header that is there twice (H21). Several lines of a list are one list (RFC 9110 §5.3), and legal; other
//! headers of the handshake must not be repeated.

use super::{FindingRule, RuleContext, pending};
use crate::explain::findings::catalogue::opening::{
    HEADER_TWICE, LEGAL_TWICE, NOTHING_TO_DO, READS_ONE_LINE, REQUEST_HEAD, RESPONSE_HEAD, WRITE_ONE_LINE,
};
use crate::explain::findings::entry::{Certainty, Severity};
use crate::explain::findings::finding::Finding;
use crate::explain::findings::memory::opening::{is_interim, is_switch};
use crate::observe::{Head, Request, Response};
use crate::rfc::Rfc;
use crate::wire::Side::{self, Client, Server};

pub(super) const OF_REQUESTS: &[FindingRule<Request>] = &[
    |_, request| of_request(request, "Host", Rfc(9112, "3.2")),
    |_, request| of_request(request, "Sec-WebSocket-Key", Rfc(6455, "11.3.1")),
    |_, request| of_request(request, "Sec-WebSocket-Version", Rfc(6455, "11.3.5")),
];
pub(super) const OF_RESPONSES: &[FindingRule<Response>] = &[
    |context, response| of_list(context, response, "Connection"),
    |context, response| of_list(context, response, "Upgrade"),
    connection_twice_in_101,
    |_, response| of_response(response, "Upgrade", Rfc(6455, "4.1")),
    |_, response| of_response(response, "Sec-WebSocket-Accept", Rfc(6455, "11.3.3")),
    |_, response| of_response(response, "Sec-WebSocket-Protocol", Rfc(6455, "11.3.4")),
    |_, response| of_response(response, "Sec-WebSocket-Extensions", Rfc(6455, "11.3.2")),
];

/// Returns `true` if a header stands on more than one line.
pub(super) fn has_several(head: &Head, name: &str) -> bool {
    head.headers().all(name).nth(1).is_some()
}

/// H21, if this header stands on more than one line.
fn of_head(head: &Head, side: Side, name: &'static str) -> Option<Finding> {
    let headers = head.headers();
    let values: Vec<_> = headers.all(name).map(String::from_utf8_lossy).collect();
    if values.len() < 2 {
        return None;
    }
    let what = if side == Client { REQUEST_HEAD } else { RESPONSE_HEAD };
    let finding = Finding::new(&HEADER_TWICE, 0).with_packets(&head.packets).with("head", what);
    let finding = finding.with("side", side).with("packet", head.packets.last()).with("name", name);
    Some(finding.with("count", values.len() as u64).with("values", values.join(" | ").as_str()))
}

/// H21, where the lines are one list.
fn legal(finding: Finding) -> Finding {
    let finding = finding.with_rfc(Rfc(9110, "5.3")).with_severity(Severity::Info);
    finding.with_inference(LEGAL_TWICE).with_confirm(NOTHING_TO_DO)
}

fn of_request(request: &Request, name: &'static str, rfc: Rfc) -> Option<Finding> {
    let is_upgrade = request.key.is_some();
    let finding = of_head(&request.head, Client, name).filter(|_| is_upgrade)?;
    Some(finding.with_rfc(rfc).with_at_fault(Client))
}

fn of_response(response: &Response, name: &'static str, rfc: Rfc) -> Option<Finding> {
    let is_101 = is_switch(response) && response.upgrade.is_some();
    let finding = of_head(&response.head, Server, name).filter(|_| is_101)?;
    Some(finding.with_rfc(rfc).with_at_fault(Server))
}

/// H21, of a list in the request, with the answer to it.
fn of_list(context: &RuleContext<'_>, response: &Response, name: &'static str) -> Option<Finding> {
    if is_interim(response) {
        return None;
    }
    let finding = of_head(&pending(context)?.head, Client, name)?;
    if !matches!(response.status.0, 400 | 426) {
        return Some(legal(finding));
    }
    let answer = response.head.packets.last();
    let finding = finding.with_packet(answer).with("status", u64::from(response.status.0));
    let finding = finding.with("answer", answer).with_rfc(Rfc(9110, "5.3")).with_at_fault(Server);
    let finding = finding.with_severity(Severity::Warning).with_certainty(Certainty::Likely);
    Some(finding.with_inference(READS_ONE_LINE).with_confirm(WRITE_ONE_LINE))
}

fn connection_twice_in_101(_: &RuleContext<'_>, response: &Response) -> Option<Finding> {
    let is_101 = is_switch(response) && response.upgrade.is_some();
    of_head(&response.head, Server, "Connection").filter(|_| is_101).map(legal)
}
