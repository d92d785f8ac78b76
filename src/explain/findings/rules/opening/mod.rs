//! Rules about the opening handshake (RFC 6455 §4): a file for each question that is asked of its two heads.

mod body_header;
mod challenge;
mod deflate_offer;
mod deflate_parameters;
mod doubled_header;
mod refusal;
mod request;
mod switch;
mod unanswered_request;
mod wrong_accept;

use super::{CloseRule, FindingRule, RuleContext};
use crate::explain::findings::catalogue::opening::{
    HEADER_TWICE, HTTP_1_0_REQUEST, NONE, UPGRADE_HEADERS_STRIPPED, VERSION_UNSUPPORTED,
};
use crate::explain::findings::entry::CatalogueEntry;
use crate::explain::findings::finding::{Finding, Value};
use crate::explain::findings::memory::opening::is_switch;
use crate::observe::{Head, Request, Response};
use crate::wire::Side::{Client, Server};

pub(in crate::explain::findings) const OF_REQUESTS: &[&[FindingRule<Request>]] =
    &[request::OF_REQUESTS, doubled_header::OF_REQUESTS];
/// What the request has wrong comes first: it explains a refusal.
pub(in crate::explain::findings) const OF_RESPONSES: &[&[FindingRule<Response>]] = &[
    doubled_header::OF_RESPONSES,
    deflate_offer::OF_RESPONSES,
    body_header::OF_RESPONSES,
    switch::OF_RESPONSES,
    refusal::OF_RESPONSES,
    challenge::OF_RESPONSES,
];
pub(in crate::explain::findings) const OF_ENDS: &[&[CloseRule]] =
    &[challenge::OF_ENDS, unanswered_request::OF_ENDS, deflate_offer::OF_ENDS];

/// Time from which on an Upgrade is slow, and one without an answer is not just asked, in nanoseconds.
const SLOW: u64 = 3_000_000_000;

/// Value of the first header of this name.
fn value(head: &Head, name: &str) -> Option<String> {
    let headers = head.headers();
    let value = headers.all(name).next()?;
    Some(String::from_utf8_lossy(value).into_owned())
}

fn or_none(text: Option<String>) -> Value {
    text.map_or(NONE.into(), |text| text.as_str().into())
}

/// The request that waits for its answer.
fn pending<'c>(context: &RuleContext<'c>) -> Option<&'c Request> {
    context.connection.opening.request.as_deref().map(|(request, _)| request)
}

/// Elements of a header of the pending request.
fn offered(context: &RuleContext<'_>, name: &str) -> Option<Vec<String>> {
    Some(pending(context)?.head.headers().list(name).map(str::to_owned).collect())
}

/// A finding about a 101, with the value `packet`.
fn of_101(entry: &'static CatalogueEntry, response: &Response) -> Option<Finding> {
    let is_one = is_switch(response) && response.upgrade.is_some();
    is_one.then(|| {
        let finding = Finding::new(entry, 0).with_packets(&response.head.packets).with_at_fault(Server);
        finding.with("packet", response.head.packets.last())
    })
}

/// A finding about a refusal, with the values `status`, `reason` and `packet`.
fn of_refusal(entry: &'static CatalogueEntry, response: &Response) -> Finding {
    let finding = Finding::new(entry, 0).with_packets(&response.head.packets).with_at_fault(Server);
    let finding =
        finding.with("status", u64::from(response.status.0)).with("reason", response.phrase.as_str());
    finding.with("packet", response.head.packets.last())
}

/// Returns `true` if a response refuses an Upgrade, with such a status.
fn is_refusal(response: &Response, statuses: impl Fn(u16) -> bool) -> bool {
    response.upgrade.is_some() && !is_switch(response) && statuses(response.status.0)
}

/// Returns `true` if an earlier finding explains a refusal.
fn is_explained(context: &RuleContext<'_>) -> bool {
    let of_request = [&UPGRADE_HEADERS_STRIPPED, &HTTP_1_0_REQUEST, &VERSION_UNSUPPORTED, &HEADER_TWICE];
    let has_found = |side| of_request.iter().any(|entry| context.connection.has_found(entry, Some(side)));
    has_found(Client) || context.connection.has_found(&UPGRADE_HEADERS_STRIPPED, Some(Server))
}
