//! Rules about an offer of permessage-deflate that breaks its grammar (H22), told with the answer to it.

use super::deflate_parameters::fault_of_offer;
use super::{FindingRule, RuleContext, offered, pending};
use crate::explain::findings::catalogue::opening::{
    DEFLATE_OFFER_MALFORMED, OFFER_ACCEPTED, OFFER_DECLINED, OFFER_REFUSED, OFFER_UNANSWERED, OFFER_UNRELATED,
};
use crate::explain::findings::entry::{Certainty, Localized};
use crate::explain::findings::finding::Finding;
use crate::explain::findings::memory::opening::{is_interim, is_switch};
use crate::explain::findings::rules::CloseRule;
use crate::observe::{Close, Response};
use crate::wire::Side::Client;
use crate::wire::ws::Deflate;

pub(super) const OF_RESPONSES: &[FindingRule<Response>] = &[offer_answered];
pub(super) const OF_ENDS: &[CloseRule] = &[CloseRule::Once(offer_unanswered)];

/// H22.
fn of_offer(context: &RuleContext<'_>, outcome: Localized) -> Option<Finding> {
    let offers = offered(context, "Sec-WebSocket-Extensions")?;
    let (offer, fault) = fault_of_offer(&offers)?;
    let packets = &pending(context)?.head.packets;
    let finding = Finding::new(&DEFLATE_OFFER_MALFORMED, 0).with_packets(packets).with_at_fault(Client);
    let finding = finding.with("packet", packets.last()).with("offer", offer).with("fault", fault);
    Some(finding.with("outcome", outcome))
}

fn offer_answered(context: &RuleContext<'_>, response: &Response) -> Option<Finding> {
    let upgrade = response.upgrade.as_ref().filter(|_| !is_interim(response))?;
    let is_accepted = || upgrade.extensions.iter().any(|element| Deflate::read(element).is_some());
    let (outcome, certainty) = match response.status.0 {
        _ if is_switch(response) && is_accepted() => (OFFER_ACCEPTED, Certainty::Certain),
        _ if is_switch(response) => (OFFER_DECLINED, Certainty::Certain),
        400 | 500 => (OFFER_REFUSED, Certainty::Likely),
        _ => (OFFER_UNRELATED, Certainty::Certain),
    };
    let finding = of_offer(context, outcome)?.with_certainty(certainty);
    Some(finding.with_packet(response.head.packets.last()))
}

/// H22, where no answer came.
fn offer_unanswered(context: &RuleContext<'_>, _: &Close) -> Option<Finding> {
    of_offer(context, OFFER_UNANSWERED)
}
