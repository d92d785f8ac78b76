//! Rules about permessage-deflate.

use super::{FindingRule, RuleContext};
use crate::explain::findings::catalogue::compression::{
    AT_LEAST, CLIENT_COMPRESSION_FAULT, DECOMPRESSION_BOMB, EXACTLY, MESSAGE_NOT_COMPRESSED,
    MESSAGE_NOT_INFLATABLE, NOT_DEFLATE, NOT_TRIED, RSV1_ON_LATER_FRAME, SENDER_KEEPS_WINDOW,
    WINDOW_EXCEEDED, WITH_KEPT_WINDOW, WITH_NEITHER,
};
use crate::explain::findings::finding::Finding;
use crate::explain::findings::memory::compressed_history::WindowTrial;
use crate::observe::{Coding, Frame, Inflated, Message, Request};
use crate::wire::Side::{Client, Server};
use crate::wire::ws::{InflateError, Opcode, WindowReach};

pub(in crate::explain::findings) const OF_REQUESTS: &[FindingRule<Request>] = &[obsolete_extension];
pub(in crate::explain::findings) const OF_FRAMES: &[FindingRule<Frame>] = &[rsv1_on_later_frame];
pub(in crate::explain::findings) const OF_MESSAGES: &[FindingRule<Message>] =
    &[message_not_inflatable, message_not_compressed, decompression_bomb, window_exceeded];

/// Inflated length from which on a message may be a decompression bomb, in bytes.
const BOMB: u64 = 16 * 1024 * 1024;

/// Ratio of lengths from which on it is one.
const RATIO: u64 = 100;

/// Returns `true` if a message could not be inflated by its own fault, not because an earlier one could not.
const fn is_broken(message: &Message) -> bool {
    matches!(
        message.coding,
        Coding::Deflate(Inflated::Failed(InflateError::Corrupt | InflateError::Unfinished))
    )
}

/// Inflates a message with a kept window that the agreed window does not inflate; `None` if it does, or if the messages are
/// too long for a trial.
pub(in crate::explain::findings) fn try_kept_window(
    context: &RuleContext<'_>,
    message: &Message,
) -> Option<WindowTrial> {
    let sender = &context.connection.senders[message.from];
    let window = context.connection.opening.deflate?.of(message.from);
    let last = sender.last_data.as_ref().filter(|last| last.index == message.frames.last());
    last.filter(|_| is_broken(message)).and_then(|last| sender.history.try_kept_window(last, window))
}

/// Z01.
fn message_not_inflatable(context: &RuleContext<'_>, message: &Message) -> Option<Finding> {
    // Another extension may have changed the bytes as well.
    if !is_broken(message) || !context.connection.opening.is_only_deflate {
        return None;
    }
    let (how, why) = match try_kept_window(context, message) {
        Some(WindowTrial::Kept) => (WITH_KEPT_WINDOW, SENDER_KEEPS_WINDOW),
        Some(WindowTrial::Neither) => (WITH_NEITHER, NOT_DEFLATE),
        None => (NOT_TRIED, NOT_DEFLATE),
    };
    let finding = Finding::new(&MESSAGE_NOT_INFLATABLE, context.at.packet)
        .with_frame(message.frames.last())
        .with_at_fault(message.from);
    let finding = finding
        .with("side", message.from)
        .with("message", message.index)
        .with("frame", message.frames.last())
        .with("length", message.length);
    let certainty =
        if why == SENDER_KEEPS_WINDOW { super::Certainty::Likely } else { super::Certainty::Possible };
    Some(finding.with("retry", how).with("cause", why).with_certainty(certainty))
}

/// Z02.
fn rsv1_on_later_frame(context: &RuleContext<'_>, frame: &Frame) -> Option<Finding> {
    let opcode = frame.header.opcode();
    let is_misplaced = opcode.is_control() || opcode == Opcode::CONTINUATION;
    let is_wrong = frame.header.rsv() & 0b100 != 0 && is_misplaced;
    (is_wrong && context.connection.opening.is_only_deflate)
        .then(|| Finding::of_frame(&RSV1_ON_LATER_FRAME, frame))
}

/// Z03.
fn message_not_compressed(context: &RuleContext<'_>, message: &Message) -> Option<Finding> {
    let is_plain =
        message.coding == Coding::Plain && !context.connection.has_found(&MESSAGE_NOT_COMPRESSED, None);
    (is_plain && context.connection.opening.deflate.is_some()).then(|| {
        let finding =
            Finding::new(&MESSAGE_NOT_COMPRESSED, context.at.packet).with_frame(message.frames.last());
        finding.with("side", message.from).with("message", message.index).with("length", message.length)
    })
}

/// Z04.
fn decompression_bomb(context: &RuleContext<'_>, message: &Message) -> Option<Finding> {
    let (how, length) = match message.coding {
        Coding::Deflate(Inflated::Failed(InflateError::TooLong)) => (AT_LEAST, Message::MOST_INFLATED),
        Coding::Deflate(Inflated::Whole(length)) if length >= BOMB && length / RATIO > message.length => {
            (EXACTLY, length)
        }
        _ => return None,
    };
    let finding = Finding::new(&DECOMPRESSION_BOMB, context.at.packet)
        .with_frame(message.frames.last())
        .with_at_fault(message.from);
    let finding =
        finding.with("side", message.from).with("message", message.index).with("length", message.length);
    Some(finding.with("bound", how).with("inflated", length))
}

/// Z06.
fn window_exceeded(context: &RuleContext<'_>, message: &Message) -> Option<Finding> {
    let agreed = context.connection.opening.deflate.filter(|_| message.reach == WindowReach::Beyond)?;
    let finding = Finding::new(&WINDOW_EXCEEDED, context.at.packet)
        .with_frame(message.frames.last())
        .with_at_fault(message.from);
    let finding = finding
        .with("side", message.from)
        .with("message", message.index)
        .with("frame", message.frames.last())
        .with("length", message.length)
        .with("window", 1_u64 << agreed.of(message.from).max_bits);
    Some(finding.with(
        "parameter",
        match message.from {
            Client => "client_max_window_bits",
            Server => "server_max_window_bits",
        },
    ))
}

/// Z05: an extension older than permessage-deflate.
fn obsolete_extension(_: &RuleContext<'_>, request: &Request) -> Option<Finding> {
    const OLD: &str = "x-webkit-deflate-frame";
    let headers = request.head.headers();
    let is_old = headers.list("Sec-WebSocket-Extensions").any(|element| element.starts_with(OLD));
    let finding =
        Finding::new(&CLIENT_COMPRESSION_FAULT, 0).with_packets(&request.head.packets).with_at_fault(Client);
    is_old.then(|| finding.with("extension", OLD).with("packet", request.head.packets.last()))
}
