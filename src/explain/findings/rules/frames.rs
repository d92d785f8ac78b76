//! Rules about frames and messages (RFC 6455 §5).

use super::{CloseRule, FindingRule, RuleContext};
use crate::explain::findings::catalogue::frames::{
    CLIENT_FRAME_UNMASKED, CONTROL_FRAME_MALFORMED, CONTROL_FRAME_TOO_LONG, ENDS_HERE,
    FRAGMENTS_OUT_OF_ORDER, IN_FRAGMENTS, INTERRUPTING, LAST_FRAGMENT_MISSING, MASKING_KEY_NOT_RANDOM,
    MESSAGE_FRAGMENTED, NO_END, NO_REPLY_TO_FRAGMENTS, ORPHAN, OTHER_BODY, PING_UNANSWERED, PONG_UNSOLICITED,
    READS_NO_FRAGMENTS, RESERVED_BITS_SET, RESERVED_OPCODE, RSV1_WITHOUT_EXTENSION, RSV2, RSV2_AND_RSV3,
    RSV3, SAME_KEY, SERVER_FRAME_MASKED, TEXT_NOT_UTF8, TOO_LONG_AND_IN_FRAGMENTS, WRONG_PONG, ZERO_KEY,
};
use crate::explain::findings::entry::{Localized, Severity};
use crate::explain::findings::finding::Finding;
use crate::explain::text::hexadecimal;
use crate::observe::{Close, Evidence, Frame, Message, MessageEnd, Part, Text};
use crate::wire::Side;
use crate::wire::ws::{MAX_CONTROL_PAYLOAD, Opcode};

pub(in crate::explain::findings) const OF_FRAMES: &[FindingRule<Frame>] = &[
    client_frame_unmasked,
    server_frame_masked,
    rsv1_without_extension,
    reserved_bits_set,
    control_frame_malformed,
    fragments_out_of_order,
    masking_key_not_random,
    pong_with_other_body,
    pong_unsolicited,
];
pub(in crate::explain::findings) const OF_MESSAGES: &[FindingRule<Message>] =
    &[message_fragmented, text_not_utf8];
pub(in crate::explain::findings) const OF_CLOSES: &[CloseRule] = &[CloseRule::EachSide(fragments_unanswered)];

/// F01.
fn client_frame_unmasked(context: &RuleContext<'_>, frame: &Frame) -> Option<Finding> {
    let is_wrong = frame.from == Side::Client && frame.header.mask().is_none();
    (is_wrong && context.connection.knows_sides()).then(|| Finding::of_frame(&CLIENT_FRAME_UNMASKED, frame))
}

/// F02.
fn server_frame_masked(context: &RuleContext<'_>, frame: &Frame) -> Option<Finding> {
    let is_wrong = frame.from == Side::Server && frame.header.mask().is_some();
    (is_wrong && context.connection.knows_sides()).then(|| Finding::of_frame(&SERVER_FRAME_MASKED, frame))
}

/// F03.
fn rsv1_without_extension(context: &RuleContext<'_>, frame: &Frame) -> Option<Finding> {
    let opening = &context.connection.opening;
    let is_wrong = frame.header.rsv() & 0b100 != 0 && opening.is_upgraded && opening.extensions == 0;
    is_wrong.then(|| Finding::of_frame(&RSV1_WITHOUT_EXTENSION, frame))
}

/// Phrases for F04, by RSV2 and RSV3.
const RESERVED_BITS: [Localized; 4] = [RESERVED_OPCODE, RSV3, RSV2, RSV2_AND_RSV3];

/// F04. Not where other extensions than permessage-deflate were accepted: these may use the bits.
fn reserved_bits_set(context: &RuleContext<'_>, frame: &Frame) -> Option<Finding> {
    let unknown = context.connection.opening.usable_rsv() & 0b011;
    let knows_extensions = unknown == 0;
    let rsv = frame.header.rsv() & 0b011 != 0;
    let is_wrong = knows_extensions && (rsv || frame.header.opcode().is_reserved());
    let what = RESERVED_BITS[usize::from(frame.header.rsv() & 0b011)];
    is_wrong.then(|| Finding::of_frame(&RESERVED_BITS_SET, frame).with("fault", what))
}

/// F09. A Close that is only too long is [C05](super::closing).
fn control_frame_malformed(_: &RuleContext<'_>, frame: &Frame) -> Option<Finding> {
    let opcode = frame.header.opcode();
    if !opcode.is_control() || (opcode == Opcode::CLOSE && frame.header.fin()) {
        return None;
    }
    let is_long = frame.header.length() > MAX_CONTROL_PAYLOAD as u64;
    let what = match (is_long, frame.header.fin()) {
        (true, true) => CONTROL_FRAME_TOO_LONG,
        (true, false) => TOO_LONG_AND_IN_FRAGMENTS,
        (false, false) => IN_FRAGMENTS,
        (false, true) => return None,
    };
    Some(Finding::of_frame(&CONTROL_FRAME_MALFORMED, frame).with("fault", what))
}

/// F10. Not where frames were only inferred: a message may have begun before the capture.
fn fragments_out_of_order(_: &RuleContext<'_>, frame: &Frame) -> Option<Finding> {
    let what = match frame.part {
        Part::Orphan => ORPHAN,
        Part::Interrupting => INTERRUPTING,
        _ => return None,
    };
    let is_known = frame.evidence != Evidence::Inferred;
    is_known.then(|| Finding::of_frame(&FRAGMENTS_OUT_OF_ORDER, frame).with("fault", what))
}

/// F14. Two random keys are equal with a probability of 2⁻³².
fn masking_key_not_random(context: &RuleContext<'_>, frame: &Frame) -> Option<Finding> {
    let key = frame.header.mask()?;
    let before = &context.connection.senders[frame.from];
    let how = if key.0 == [0; 4] {
        ZERO_KEY
    } else if before.key == Some(key) {
        SAME_KEY
    } else {
        return None;
    };
    let is_new = frame.from == Side::Client
        && !context.connection.has_found(&MASKING_KEY_NOT_RANDOM, Some(frame.from));
    let text = hexadecimal(key.0);
    is_new.then(|| {
        Finding::of_frame(&MASKING_KEY_NOT_RANDOM, frame).with("key", text.as_str()).with("fault", how)
    })
}

/// F15, from a pong whose body is of none of the pending pings.
fn pong_with_other_body(context: &RuleContext<'_>, frame: &Frame) -> Option<Finding> {
    let waiting = &context.connection.senders[frame.from.peer()].pings;
    let is_pong = frame.header.opcode() == Opcode::PONG && frame.missing == 0;
    let ping = waiting.front().filter(|_| is_pong)?;
    if waiting.iter().any(|ping| ping.missing > 0 || *ping.body == *frame.preview.bytes()) {
        return None;
    }
    let finding = Finding::new(&PING_UNANSWERED, ping.at.packet)
        .with_packet(frame.packets.last())
        .with_frame(ping.frame);
    let finding = finding
        .with("side", frame.from.peer())
        .with("frame", ping.frame)
        .with("packet", ping.at.packet)
        .with_fact(OTHER_BODY)
        .with_inference(WRONG_PONG);
    Some(finding.with_at_fault(frame.from))
}

/// F16.
fn pong_unsolicited(context: &RuleContext<'_>, frame: &Frame) -> Option<Finding> {
    let asker = frame.from.peer();
    let connection = context.connection;
    let is_pong = frame.header.opcode() == Opcode::PONG && frame.evidence != Evidence::Inferred;
    let is_unasked = connection.senders[asker].pings.is_empty() && connection.reads_all(asker);
    let is_new = !connection.has_found(&PONG_UNSOLICITED, Some(frame.from));
    (is_pong && is_unasked && is_new).then(|| Finding::of_frame(&PONG_UNSOLICITED, frame))
}

/// F11, as a warning where a message certainly has no end: its sender had the time for it.
fn message_fragmented(context: &RuleContext<'_>, message: &Message) -> Option<Finding> {
    let fragments = message.frames.count();
    let connection = context.connection;
    let last = connection.senders[message.from]
        .last_data
        .as_ref()
        .filter(|last| last.index == message.frames.last());
    let is_begun = last.is_some_and(|last| !last.header.fin());
    let has_no_end = message.end == MessageEnd::NotReached && is_begun;
    let waited = connection.ends[message.from].last_payload.map_or(0, |last| context.at.since(last));
    let is_known = message.missing == 0 && connection.reads_all(message.from);
    let is_fault = has_no_end && is_known && waited >= REPLY_TIMEOUT;
    let is_new = fragments > 1 && !connection.has_found(&MESSAGE_FRAGMENTED, Some(message.from));
    if !is_new && !is_fault {
        return None;
    }
    let finding = Finding::new(&MESSAGE_FRAGMENTED, context.at.packet).with_frame(message.frames.last());
    let how = if message.end == MessageEnd::Final { ENDS_HERE } else { NO_END };
    let finding = finding
        .with("side", message.from)
        .with("message", message.index)
        .with("length", message.length)
        .with("fragments", fragments)
        .with("end", how);
    let finding = finding.with_at_fault(message.from);
    Some(if is_fault {
        finding.with_severity(Severity::Warning).with_inference(LAST_FRAGMENT_MISSING)
    } else {
        finding
    })
}

/// Time after which neither a last fragment nor a reply is expected any more, in nanoseconds.
const REPLY_TIMEOUT: u64 = 5_000_000_000;

/// F11, where an application that replied to each message did not reply to the first one in fragments.
fn fragments_unanswered(context: &RuleContext<'_>, _: &Close, quiet: Side) -> Option<Finding> {
    let connection = context.connection;
    let from = quiet.peer();
    let pending = connection.senders[from].replies.unanswered().filter(|pending| pending.fragments > 1)?;
    let waited = connection.last.since(pending.at);
    let has_closed =
        connection.senders[quiet].close.is_some_and(|close| close.at.since(pending.at) < REPLY_TIMEOUT);
    if waited < REPLY_TIMEOUT || has_closed || !connection.reads_all(quiet) {
        return None;
    }
    let finding = Finding::new(&MESSAGE_FRAGMENTED, pending.at.packet)
        .with_frame(pending.last_frame)
        .with_at_fault(quiet);
    let finding = finding
        .with_severity(Severity::Warning)
        .with_certainty(super::Certainty::Possible)
        .with_fact(NO_REPLY_TO_FRAGMENTS);
    let finding = finding
        .with_inference(READS_NO_FRAGMENTS)
        .with("side", from)
        .with("message", pending.index)
        .with("length", pending.length);
    Some(finding.with("fragments", pending.fragments).with("peer", quiet).with_time("duration", waited))
}

/// F12.
fn text_not_utf8(context: &RuleContext<'_>, message: &Message) -> Option<Finding> {
    let Text::NotUtf8 { frame, offset } = message.text else { return None };
    // Without the 101 it is not known whether messages are compressed.
    let last = context.connection.senders[message.from].last_data.as_ref();
    let is_plain = message.frames.count() == 1 && last.is_some_and(|last| last.header.rsv() == 0);
    if !context.connection.opening.is_upgraded && !is_plain {
        return None;
    }
    let finding =
        Finding::new(&TEXT_NOT_UTF8, context.at.packet).with_frame(frame).with_at_fault(message.from);
    Some(
        finding
            .with("side", message.from)
            .with("message", message.index)
            .with("offset", offset)
            .with("frame", frame),
    )
}
