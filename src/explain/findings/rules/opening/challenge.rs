//! Rules about challenges: 401 and 407 (H09). One that is answered, and then accepted, is how HTTP authentication works.

use super::{FindingRule, RuleContext, of_refusal, or_none, value};
use crate::explain::findings::catalogue::opening::{
    CHALLENGE_ANSWERED, HTTP_AUTHENTICATION, NEXT_CONNECTION, NO_CREDENTIALS, NOTHING_TO_DO, SAME_CONNECTION,
    UPGRADE_FORBIDDEN,
};
use crate::explain::findings::entry::{Certainty, Localized, Severity};
use crate::explain::findings::finding::Finding;
use crate::explain::findings::memory::challenge::Challenge;
use crate::explain::findings::memory::opening::is_switch;
use crate::explain::findings::rules::CloseRule;
use crate::observe::{Close, Response};
use crate::rfc::Rfc;

pub(super) const OF_RESPONSES: &[FindingRule<Response>] = &[challenge_answered];
pub(super) const OF_ENDS: &[CloseRule] = &[CloseRule::Once(challenge_left)];

/// A challenge that a 101 in this packet answers.
fn answered(challenge: &Challenge, packet: u64, place: Localized) -> Finding {
    let finding = of_refusal(&UPGRADE_FORBIDDEN, &challenge.response).without_fault();
    let finding = finding.with_severity(Severity::Info).with_certainty(Certainty::Certain);
    let finding = finding.with_rfc(Rfc(9110, "11.4")).with("accepted", packet).with("place", place);
    finding.with_fact(CHALLENGE_ANSWERED).with_inference(HTTP_AUTHENTICATION).with_confirm(NOTHING_TO_DO)
}

/// H09, as information: on this connection.
fn challenge_answered(context: &RuleContext<'_>, response: &Response) -> Option<Finding> {
    let challenge = context.connection.opening.challenge.as_deref().filter(|_| is_switch(response))?;
    let packet = response.head.packets.last();
    Some(answered(challenge, packet, SAME_CONNECTION).with_packet(packet))
}

/// H09, where no 101 came on this connection; as information if one came on another.
fn challenge_left(context: &RuleContext<'_>, _: &Close) -> Option<Finding> {
    let challenge = context.connection.opening.challenge.as_deref()?;
    if let Some(accepted) = context.capture.accepted_after(&context.connection.about, challenge) {
        return Some(answered(challenge, accepted, NEXT_CONNECTION));
    }
    let head = &challenge.request.head;
    let (origin, host) = (value(head, "Origin"), value(head, "Host"));
    let finding = of_refusal(&UPGRADE_FORBIDDEN, &challenge.response);
    Some(finding.with("origin", or_none(origin)).with("host", or_none(host)).with("cause", NO_CREDENTIALS))
}
