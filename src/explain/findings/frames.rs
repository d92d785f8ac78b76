//! The rules about frames and messages.

use super::catalogue::frames::*;
use super::entry::{Both as Phrase, Severity};
use super::found::Found;
use super::watched::LastFrame;
use super::{Rule, Scene};
use crate::explain::ladder::layout::hexadecimal;
use crate::observe::{Evidence, Frame, LostSync, LostSyncReason, Message, Part, Text};
use crate::wire::ws::{HeaderView, MAX_CONTROL_PAYLOAD, Opcode};
use crate::wire::{Parsed, Side};

pub(super) const OF_FRAMES: &[Rule<Frame>] = &[
    not_masked,
    masked,
    rsv1,
    meaningless_bits,
    not_minimal,
    control,
    order,
    constant_key,
    other_pong,
    unasked_pong,
];
pub(super) const OF_MESSAGES: &[Rule<Message>] = &[fragments, not_utf8];
pub(super) const OF_LOST_SYNC: &[Rule<LostSync>] = &[http_inside, high_bit, wrong_length, no_header];

/// F01.
fn not_masked(scene: &Scene<'_>, frame: &Frame) -> Option<Found> {
    let is_wrong = frame.from == Side::Client && frame.header.mask().is_none();
    (is_wrong && scene.connection.knows_sides()).then(|| Found::of_frame(&F01, frame))
}

/// F02.
fn masked(scene: &Scene<'_>, frame: &Frame) -> Option<Found> {
    let is_wrong = frame.from == Side::Server && frame.header.mask().is_some();
    (is_wrong && scene.connection.knows_sides()).then(|| Found::of_frame(&F02, frame))
}

/// F03.
fn rsv1(scene: &Scene<'_>, frame: &Frame) -> Option<Found> {
    let opening = &scene.connection.opening;
    let is_wrong = frame.header.rsv() & 0b100 != 0 && opening.is_upgraded && opening.extensions == 0;
    is_wrong.then(|| Found::of_frame(&F03, frame).with(frame.from))
}

/// F04. What another extension makes of the bits is not known here.
fn meaningless_bits(scene: &Scene<'_>, frame: &Frame) -> Option<Found> {
    let opening = &scene.connection.opening;
    let knows_extensions = opening.is_upgraded && (opening.extensions == 0 || opening.is_only_deflate);
    let rsv = frame.header.rsv() & 0b011 != 0;
    let is_wrong = knows_extensions && (rsv || frame.header.opcode().is_reserved());
    is_wrong.then(|| {
        let bits = format!("{:03b}", frame.header.rsv());
        Found::of_frame(&F04, frame).with(frame.from).with(bits.as_str())
    })
}

/// F08.
fn not_minimal(_: &Scene<'_>, frame: &Frame) -> Option<Found> {
    (!frame.header.is_minimal()).then(|| Found::of_frame(&F08, frame).with(frame.from))
}

/// F09.
fn control(_: &Scene<'_>, frame: &Frame) -> Option<Found> {
    if !frame.header.opcode().is_control() {
        return None;
    }
    let is_long = frame.header.length() > MAX_CONTROL_PAYLOAD as u64;
    let what = match (is_long, frame.header.fin()) {
        (true, true) => TOO_LONG,
        (true, false) => TOO_LONG_AND_IN_FRAGMENTS,
        (false, false) => IN_FRAGMENTS,
        (false, true) => return None,
    };
    Some(Found::of_frame(&F09, frame).with(frame.from).with(what))
}

/// F10. Where the beginning of the frames was not seen, neither was that of a message perhaps.
fn order(_: &Scene<'_>, frame: &Frame) -> Option<Found> {
    let what = match frame.part {
        Part::Orphan => ORPHAN,
        Part::Interrupting => INTERRUPTING,
        _ => return None,
    };
    let is_known = frame.evidence != Evidence::Inferred;
    is_known.then(|| Found::of_frame(&F10, frame).with(frame.from).with(what))
}

/// F14. Two keys drawn at random are the same once in four thousand million times.
fn constant_key(scene: &Scene<'_>, frame: &Frame) -> Option<Found> {
    let key = frame.header.mask()?;
    let before = &scene.connection.senders[frame.from];
    let how = if key.0 == [0; 4] {
        ZERO_KEY
    } else if before.key == Some(key) {
        SAME_KEY
    } else {
        return None;
    };
    let is_new = frame.from == Side::Client && !scene.connection.has_told(&F14, Some(frame.from));
    let text = hexadecimal(key.0);
    is_new.then(|| Found::of_frame(&F14, frame).with(frame.from).with(text.as_str()).with(how))
}

/// F15, by a pong with another body than any ping that waits.
fn other_pong(scene: &Scene<'_>, frame: &Frame) -> Option<Found> {
    let waiting = &scene.connection.senders[frame.from.peer()].pings;
    let is_pong = frame.header.opcode() == Opcode::PONG && frame.missing == 0;
    let ping = waiting.front().filter(|_| is_pong)?;
    if waiting.iter().any(|ping| *ping.body == *frame.preview.bytes()) {
        return None;
    }
    let found = Found::new(&F15, ping.at.packet).and_by(frame.packets.last()).in_frame(ping.frame);
    let found = found.with(frame.from.peer()).with(ping.frame).with(ping.at.packet).with(OTHER_BODY);
    Some(found.blamed_on(frame.from))
}

/// F16.
fn unasked_pong(scene: &Scene<'_>, frame: &Frame) -> Option<Found> {
    let asker = frame.from.peer();
    let connection = scene.connection;
    let is_pong = frame.header.opcode() == Opcode::PONG && frame.evidence != Evidence::Inferred;
    let is_unasked = connection.senders[asker].pings.is_empty() && connection.knows_all_of(asker);
    let is_new = !connection.has_told(&F16, Some(frame.from));
    (is_pong && is_unasked && is_new).then(|| Found::of_frame(&F16, frame).with(frame.from))
}

/// F11.
fn fragments(scene: &Scene<'_>, message: &Message) -> Option<Found> {
    let fragments = message.frames.count();
    if fragments < 2 || scene.connection.has_told(&F11, Some(message.from)) {
        return None;
    }
    let found = Found::new(&F11, scene.at.packet).in_frame(message.frames.last());
    let how = if scene.is_over { QUIET_AFTER } else { ENDS_HERE };
    let found = found.with(message.from).with(message.index).with(message.length).with(fragments).with(how);
    Some(found.blamed_on(message.from))
}

/// F12.
fn not_utf8(scene: &Scene<'_>, message: &Message) -> Option<Found> {
    let Text::NotUtf8 { frame, offset } = message.text else { return None };
    let found = Found::new(&F12, scene.at.packet).in_frame(frame).blamed_on(message.from);
    Some(found.with(message.from).with(message.index).with(offset).with(frame))
}

/// F06.
fn http_inside(_: &Scene<'_>, lost: &LostSync) -> Option<Found> {
    if lost.reason != LostSyncReason::Http {
        return None;
    }
    let text = String::from_utf8_lossy(begin(lost)).into_owned();
    let found = Found::new(&F06, lost.packet).with(lost.from).with(lost.offset).with(lost.packet);
    Some(found.with(text.as_str()).blamed_on(lost.from))
}

/// F08, where it is an error: a 64-bit length with its highest bit set, and nothing else odd.
fn high_bit(_: &Scene<'_>, lost: &LostSync) -> Option<Found> {
    let header = is_high(lost)?;
    let found = Found::new(&F08, lost.packet).graver(Severity::Error).blamed_on(lost.from);
    let found = found.with(lost.after_frame.map_or(0, |frame| frame + 1)).with(lost.packet);
    let found = found.with(header.opcode().name()).with(format!("{:#x}", header.length()).as_str());
    Some(found.with(lost.from).inferring(HIGH_BIT))
}

fn is_high(lost: &LostSync) -> Option<HeaderView> {
    let Parsed::Complete { value: header, .. } = HeaderView::parse(begin(lost)) else { return None };
    let is_high = header.length() >> 63 != 0 && !header.opcode().is_reserved() && header.rsv() == 0;
    is_high.then_some(header)
}

/// F05.
fn no_header(scene: &Scene<'_>, lost: &LostSync) -> Option<Found> {
    let is_told = is_high(lost).is_some() || shifted(scene, lost).is_some();
    if lost.reason != LostSyncReason::Impossible || is_told {
        return None;
    }
    let bytes = hexadecimal(begin(lost).iter().copied());
    let found = Found::new(&F05, lost.packet).with(lost.from).with(lost.offset).with(lost.packet);
    let found = found.with(bytes.as_str()).blamed_on(lost.from);
    Some(match lost.after_frame {
        Some(frame) => found.with(frame).in_frame(frame),
        None => found.with(AFTER_NOTHING),
    })
}

/// F07.
fn wrong_length(scene: &Scene<'_>, lost: &LostSync) -> Option<Found> {
    let (before, by, why) = shifted(scene, lost)?;
    let found =
        Found::new(&F07, before.packet).and_by(lost.packet).in_frame(before.index).blamed_on(lost.from);
    let found = found.with(before.index).with(before.packet).with(before.header.opcode().name());
    Some(found.with(before.header.length()).with(lost.from).with(by as u64).with(why))
}

/// Whether the next header stands a few bytes behind where the frame before said, and why that may be.
fn shifted<'s>(scene: &Scene<'s>, lost: &LostSync) -> Option<(&'s LastFrame, usize, Phrase)> {
    let before = scene.connection.senders[lost.from].last.as_ref()?;
    if lost.reason != LostSyncReason::Impossible || lost.after_frame != Some(before.index) {
        return None;
    }
    let (declared, bytes) = (before.header.length(), begin(lost));
    if before.header.length_field() == 126 && declared < 126 {
        return Some((before, bytes.len(), WRAPPED));
    }
    if before.header.opcode() != Opcode::TEXT || before.preview.is_cut() {
        return None;
    }
    (1..bytes.len()).filter(|by| is_plausible(before, &bytes[*by..])).find_map(|by| {
        // The bytes before it must be the rest of the text.
        let mut beyond = bytes[..by].to_vec();
        if let Some(key) = before.header.mask() {
            key.apply(declared, &mut beyond);
        }
        let whole = [before.preview.bytes(), &beyond].concat();
        let text = std::str::from_utf8(&whole).ok()?;
        let counts = [text.chars().count(), text.encode_utf16().count()];
        if counts.into_iter().any(|count| count as u64 == declared) {
            return Some((before, by, COUNTED_CHARACTERS));
        }
        // One byte that looks like text says nothing.
        let is_text = by > 1 && beyond.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ');
        is_text.then_some((before, by, COUNTED_SHORT))
    })
}

/// Whether a frame like the one before may begin so: a regular header, all of which is there.
fn is_plausible(last: &LastFrame, bytes: &[u8]) -> bool {
    let Parsed::Complete { value: header, .. } = HeaderView::parse(bytes) else { return false };
    let opcode = header.opcode();
    let is_short = !opcode.is_control() || header.length() <= MAX_CONTROL_PAYLOAD as u64;
    header.mask().is_some() == last.header.mask().is_some()
        && !opcode.is_reserved()
        && header.fin()
        && header.rsv() == 0
        && header.is_minimal()
        && is_short
        && opcode != Opcode::CONTINUATION
}

fn begin(lost: &LostSync) -> &[u8] {
    &lost.bytes[..usize::from(lost.bytes_len)]
}
