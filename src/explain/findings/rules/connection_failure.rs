//! Rules about an end that fails the connection for what it received (RFC 6455 §7.1.7).

use super::closing::legal_code;
use super::{Certainty, RuleContext, compression, frames};
use crate::explain::findings::catalogue::closing::{
    COMPARE_UNCOMPRESSED, CONNECTION_FAILED, FAILED_FOR_BYTES, FAILED_FOR_FRAME, FAILED_WITHOUT_FAULT,
    NO_BROKEN_RULE, RECEIVER_AT_FAULT, TOLERATED_BEFORE,
};
use crate::explain::findings::catalogue::frames::{DECLARES_TOO_MUCH, MESSAGE_TOO_BIG};
use crate::explain::findings::finding::Finding;
use crate::explain::findings::memory::framing_fault::FramingFault;
use crate::observe::{Close, Frame};
use crate::wire::Side;
use crate::wire::ws::CloseCode;

/// F13, found with the Close frame that says it.
pub(super) fn message_too_big(context: &RuleContext<'_>, frame: &Frame) -> Option<Finding> {
    if legal_code(frame) != Some(CloseCode::TOO_BIG) {
        return None;
    }
    let sender = frame.from.peer();
    let of_sender = &context.connection.senders[sender];
    let partial =
        of_sender.partial_frame.as_deref().filter(|partial| partial.header.length() > of_sender.largest);
    if let Some(partial) = partial {
        let packet = partial.packets.first();
        let finding =
            Finding::new(&MESSAGE_TOO_BIG, frame.packets.last()).with_packet(packet).with_at_fault(sender);
        let finding =
            finding.with("side", frame.from).with("packet", frame.packets.last()).with("peer", sender);
        return Some(
            finding
                .with("length", partial.header.length())
                .with("begin", packet)
                .with_fact(DECLARES_TOO_MUCH),
        );
    }
    if !context.connection.reads_all(sender) {
        return None;
    }
    let (index, packet) = of_sender
        .last_data
        .map(|last| (last.index, last.packet))
        .or_else(|| of_sender.last_frame.map(|(index, at)| (index, at.packet)))?;
    let finding = Finding::new(&MESSAGE_TOO_BIG, frame.packets.last())
        .with_packet(packet)
        .with_frame(index)
        .with_at_fault(sender);
    Some(
        finding
            .with("side", frame.from)
            .with("packet", frame.packets.last())
            .with("peer", sender)
            .with("length", of_sender.largest),
    )
}

/// C12, once all bytes before the Close frame are known. 1009 is reported by F13.
pub(super) fn connection_failed(context: &RuleContext<'_>, close: &Close, side: Side) -> Option<Finding> {
    let code = close.frames[side].as_ref().filter(|seen| seen.is_legal)?.code?;
    let sent = context.connection.senders[side].close?;
    let is_failure = matches!(code, CloseCode::PROTOCOL_ERROR | CloseCode::INVALID_DATA);
    if !is_failure || is_echo(close, side) {
        return None;
    }
    let culprit = side.peer();
    let finding = Finding::new(&CONNECTION_FAILED, sent.at.packet);
    let finding =
        finding.with("side", side).with("code", u64::from(code.0)).with("name", code.name().unwrap_or("–"));
    let finding = finding.with("packet", sent.at.packet).with("peer", culprit);
    let fault = context.connection.breach_of(culprit).or_else(|| fault_of_partial_frame(context, culprit));
    let tolerated = context.connection.tolerated_breach_of(culprit);
    Some(match (fault, sent.last_peer_frame) {
        (Some(FramingFault { entry, frame: Some(frame), .. }), _) => {
            let finding = finding.with_frame(frame).with("frame", frame).with_at_fault(culprit);
            finding.with("fault", entry.id).with_fact(FAILED_FOR_FRAME)
        }
        (Some(FramingFault { entry, packet, .. }), _) => finding
            .with_packet(packet)
            .with_at_fault(culprit)
            .with("begin", packet)
            .with("fault", entry.id)
            .with_fact(FAILED_FOR_BYTES),
        (None, Some(frame)) if tolerated.is_none() && can_inflate_all(context, culprit) => finding
            .with_frame(frame)
            .with("frame", frame)
            .with("count", context.connection.senders[culprit].inflation.sound)
            .with_at_fault(side)
            .with_certainty(Certainty::Likely)
            .with_fact(FAILED_WITHOUT_FAULT)
            .with_inference(RECEIVER_AT_FAULT)
            .with_confirm(COMPARE_UNCOMPRESSED),
        (None, Some(frame)) => {
            let finding = finding.with_frame(frame).with("frame", frame).with_certainty(Certainty::Possible);
            match tolerated {
                Some(fault) => finding.with("fault", fault.entry.id).with_inference(TOLERATED_BEFORE),
                None => finding.with_inference(NO_BROKEN_RULE),
            }
        }
        (None, None) => return None,
    })
}

/// Returns `true` if a Close frame is the answer to one with the same code: it repeats that, and fails nothing (RFC 6455
/// §5.5.1).
fn is_echo(close: &Close, side: Side) -> bool {
    match (&close.frames[side], &close.frames[side.peer()]) {
        (Some(own), Some(other)) => other.packet < own.packet && other.code == own.code,
        _ => false,
    }
}

/// Returns `true` if a side sent compressed messages, and all of its bytes keep the rules and inflate as agreed.
fn can_inflate_all(context: &RuleContext<'_>, side: Side) -> bool {
    let inflation = context.connection.senders[side].inflation;
    inflation.sound > 0 && inflation.other == 0 && context.connection.reads_all(side)
}

/// The fault in the header of a frame whose payload has not ended.
fn fault_of_partial_frame(context: &RuleContext<'_>, side: Side) -> Option<FramingFault> {
    let partial = context.connection.senders[side].partial_frame.as_deref()?;
    let rules = compression::OF_FRAMES.iter().chain(frames::OF_FRAMES);
    let fault =
        rules.filter_map(|rule| rule(context, partial)).find_map(|finding| FramingFault::of(&finding))?;
    Some(FramingFault { frame: None, packet: partial.packets.first(), ..fault })
}
