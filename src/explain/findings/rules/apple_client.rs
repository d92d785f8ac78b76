//! Rules about compression by Apple's `NSURLSession` (Z05). Most of its versions are right, so there is a finding only
//! where one of the known faults shows.

use super::{Certainty, FindingRule, RuleContext};
use crate::explain::findings::catalogue::compression::{
    ACCEPT_DEFLATE, APPLE_FRAGMENTS, APPLE_KEEPS, APPLE_UNASKED, CANNOT_INFLATE_FRAGMENTS,
    CLIENT_COMPRESSION_FAULT, KEEPS_ITS_WINDOW, SEND_ONE_FRAME, TAKES_OFFER_FOR_AGREEMENT,
};
use crate::explain::findings::finding::Finding;
use crate::explain::findings::memory::compressed_history::WindowTrial;
use crate::explain::findings::memory::fragmented_message::FragmentedMessage;
use crate::observe::{Frame, Message};
use crate::wire::Side::{Client, Server};
use crate::wire::ws::CloseCode;

pub(in crate::explain::findings) const OF_FRAMES: &[FindingRule<Frame>] =
    &[compresses_without_agreement, cannot_inflate_fragments];
pub(in crate::explain::findings) const OF_MESSAGES: &[FindingRule<Message>] = &[ignores_no_context_takeover];

/// A finding about a frame of such a client, with the values `agent`, `frame` and `packet`.
fn of_apple(context: &RuleContext<'_>, frame: u64, packet: u64) -> Option<Finding> {
    let agent = context.connection.opening.apple.as_deref()?;
    let finding = Finding::new(&CLIENT_COMPRESSION_FAULT, packet).with_frame(frame).with_at_fault(Client);
    Some(finding.with("agent", agent).with("frame", frame).with("packet", packet))
}

/// Z05: compression, though the 101 accepted none.
fn compresses_without_agreement(context: &RuleContext<'_>, frame: &Frame) -> Option<Finding> {
    let opening = &context.connection.opening;
    let is_compressed = frame.from == Client && frame.header.rsv() == 0b100;
    let is_new = !context.connection.has_found(&CLIENT_COMPRESSION_FAULT, Some(Client));
    let is_it = is_compressed && is_new && opening.is_upgraded && opening.extensions == 0;
    let finding = of_apple(context, frame.index, frame.packets.last())
        .filter(|_| is_it)?
        .with_certainty(Certainty::Likely);
    Some(
        finding
            .with_fact(APPLE_UNASKED)
            .with_inference(TAKES_OFFER_FOR_AGREEMENT)
            .with_confirm(ACCEPT_DEFLATE),
    )
}

/// Z05, found together with [Z01](super::compression), which tries both windows.
fn ignores_no_context_takeover(context: &RuleContext<'_>, message: &Message) -> Option<Finding> {
    let is_it = message.from == Client
        && super::compression::try_kept_window(context, message) == Some(WindowTrial::Kept);
    let is_new = !context.connection.has_found(&CLIENT_COMPRESSION_FAULT, Some(Client));
    let finding = of_apple(context, message.frames.last(), context.at.packet).filter(|_| is_it && is_new)?;
    Some(finding.with_certainty(Certainty::Likely).with_fact(APPLE_KEEPS).with_inference(KEEPS_ITS_WINDOW))
}

/// Z05: a 1002 after a message that can be inflated.
fn cannot_inflate_fragments(context: &RuleContext<'_>, close: &Frame) -> Option<Finding> {
    let code = close.close()?.ok()?.code();
    let is_failure = close.from == Client && code == CloseCode::PROTOCOL_ERROR;
    let senders = &context.connection.senders;
    let FragmentedMessage { fragments, last_frame } = senders.server.fragments.filter(|_| is_failure)?;
    if senders.client.close.is_some() || context.connection.breach_of(Server).is_some() {
        return None;
    }
    let finding = of_apple(context, last_frame, close.packets.last())?
        .with("fragments", fragments)
        .with_certainty(Certainty::Possible);
    Some(
        finding
            .with_fact(APPLE_FRAGMENTS)
            .with_inference(CANNOT_INFLATE_FRAGMENTS)
            .with_confirm(SEND_ONE_FRAME),
    )
}
