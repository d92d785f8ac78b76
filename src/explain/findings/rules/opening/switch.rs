//! Rules about the 101 (H03, H05, H06, H11 to H13), and the time until any answer (H17).

use super::wrong_accept::mistake;
use super::{FindingRule, RuleContext, SLOW, deflate_parameters, of_101, offered, or_none, value};
use crate::explain::findings::catalogue::opening::{
    ACCEPT_MISSING, ACCEPT_WRONG, EMPTY_LINE, EXTENSION_NOT_AGREED, FROM_A_CACHE, NOT_FROM_A_CACHE,
    NOT_OFFERED, SUBPROTOCOL_NOT_CHOSEN, SUBPROTOCOL_NOT_OFFERED, UPGRADE_HEADER_MISSING_IN_101,
    UPGRADE_SLOW,
};
use crate::explain::findings::finding::Finding;
use crate::explain::findings::key::{accept, is_right};
use crate::explain::findings::memory::opening::{is_interim, is_switch};
use crate::observe::{Fault, Head, Response};
use crate::wire::Side::Server;

pub(super) const OF_RESPONSES: &[FindingRule<Response>] = &[
    upgrade_header_missing_in_101,
    accept_missing,
    accept_wrong,
    subprotocol_not_chosen,
    subprotocol_not_offered,
    extension_not_agreed,
    upgrade_slow,
];

fn has_fault(response: &Response, fault: Fault) -> bool {
    response.upgrade.as_ref().is_some_and(|upgrade| upgrade.faults.contains(&fault))
}

/// H03.
fn upgrade_header_missing_in_101(_: &RuleContext<'_>, response: &Response) -> Option<Finding> {
    let what = if has_fault(response, Fault::NoUpgrade) {
        "Upgrade: websocket"
    } else if has_fault(response, Fault::NoConnectionUpgrade) {
        "Connection: Upgrade"
    } else {
        return None;
    };
    of_101(&UPGRADE_HEADER_MISSING_IN_101, response).map(|finding| finding.with("missing", what))
}

/// H05.
fn accept_missing(_: &RuleContext<'_>, response: &Response) -> Option<Finding> {
    let finding = of_101(&ACCEPT_MISSING, response)?;
    let expected = response.upgrade.as_ref()?.accept_expected.clone();
    has_fault(response, Fault::NoAccept).then(|| finding.with("expected", or_none(expected)))
}

/// H06. A second line is [H21](super::doubled_header).
fn accept_wrong(context: &RuleContext<'_>, response: &Response) -> Option<Finding> {
    let finding = of_101(&ACCEPT_WRONG, response)?;
    let upgrade = response.upgrade.as_ref()?;
    let (sent, key) = (upgrade.accept.as_deref()?, upgrade.key.as_deref()?);
    (is_right(upgrade) == Some(false)).then(|| {
        finding
            .with("accept", sent)
            .with("expected", accept(key).as_str())
            .with("cause", mistake(key, sent, context.capture.keys()))
            .with("key", key)
    })
}

/// H11.
fn subprotocol_not_chosen(context: &RuleContext<'_>, response: &Response) -> Option<Finding> {
    let offered = offered(context, "Sec-WebSocket-Protocol").filter(|offered| !offered.is_empty())?;
    let is_none = value(&response.head, "Sec-WebSocket-Protocol").is_none() && is_switch(response);
    let finding =
        Finding::new(&SUBPROTOCOL_NOT_CHOSEN, 0).with_packets(&response.head.packets).with_at_fault(Server);
    is_none.then(|| {
        finding.with("offered", offered.join(", ").as_str()).with("packet", response.head.packets.last())
    })
}

/// H12.
fn subprotocol_not_offered(context: &RuleContext<'_>, response: &Response) -> Option<Finding> {
    let finding = of_101(&SUBPROTOCOL_NOT_OFFERED, response)?;
    let chosen = value(&response.head, "Sec-WebSocket-Protocol")?;
    let is_wrong = has_fault(response, Fault::Subprotocol) || chosen.is_empty();
    let offered = offered(context, "Sec-WebSocket-Protocol").filter(|offered| !offered.is_empty());
    is_wrong.then(|| {
        finding
            .with("chosen", chosen.as_str())
            .with("offered", or_none(offered.map(|names| names.join(", "))))
    })
}

/// H13.
fn extension_not_agreed(context: &RuleContext<'_>, response: &Response) -> Option<Finding> {
    let finding = of_101(&EXTENSION_NOT_AGREED, response)?;
    let chosen = value(&response.head, "Sec-WebSocket-Extensions")?;
    let offered = offered(context, "Sec-WebSocket-Extensions");
    let what = if has_fault(response, Fault::Extension) {
        NOT_OFFERED
    } else if chosen.is_empty() {
        EMPTY_LINE
    } else {
        deflate_parameters::fault_of_answer(&response.upgrade.as_ref()?.extensions, offered.as_deref()?)?
    };
    let offer = offered.filter(|offered| !offered.is_empty()).map(|offered| offered.join(", "));
    Some(finding.with("chosen", chosen.as_str()).with("offered", or_none(offer)).with("fault", what))
}

/// Returns `true` if the headers say that the response is from a cache.
fn is_cached(head: &Head) -> bool {
    let says_hit = |name| value(head, name).is_some_and(|value| value.to_ascii_uppercase().contains("HIT"));
    value(head, "Age").is_some_and(|age| age != "0")
        || ["X-Cache", "CF-Cache-Status"].into_iter().any(says_hit)
}

/// H17.
fn upgrade_slow(context: &RuleContext<'_>, response: &Response) -> Option<Finding> {
    let (request, asked) = context.connection.opening.request.as_deref()?;
    // To an earlier request, if not to this one.
    response.upgrade.as_ref()?;
    let waited = context.at.since(*asked);
    let has_age = !is_interim(response) && is_cached(&response.head);
    let is_slow = waited >= SLOW || has_age || response.status.0 == 499;
    let finding =
        Finding::new(&UPGRADE_SLOW, request.head.packets.last()).with_packet(response.head.packets.last());
    let finding = finding.with("status", u64::from(response.status.0)).with_time("delay", waited);
    let finding =
        finding.with("request", request.head.packets.last()).with("response", response.head.packets.last());
    is_slow.then(|| finding.with("source", if has_age { FROM_A_CACHE } else { NOT_FROM_A_CACHE }))
}
