//! Payloads of segments: heads, frames, and parts of them.

use std::collections::HashMap;

use crate::explain::findings::key::{accept, is_right};
use crate::explain::narrative::inflation::{not_inflated, ratio};
use crate::explain::narrative::pdu_segment::PduSegment;
use crate::explain::text::{Comment, Language, escape_controls, hexadecimal};
use crate::explain::views::message_text::inflated_payload;
use crate::observe::{Fact, Frame, Message, Numbers, Request, RequestKind, Response};
use crate::wire::Side;
use crate::wire::ws::Opcode;

/// So many frames of a segment are described one by one.
const MOST: u64 = 12;

/// So many bytes of a payload that is no text are shown.
const BYTES: usize = 16;

/// By packet, what it carries; of packets that are still to be commented on.
#[derive(Debug, Default)]
pub(super) struct PayloadComments {
    loads: HashMap<u64, Load>,
    /// Side, first and last packet of parts that are not counted one by one.
    uncounted: Option<(Side, u64, u64)>,
    /// The packet that the last frame belongs to.
    last: u64,
}

/// The payload of a packet.
#[derive(Debug, Default)]
struct Load {
    remarks: Vec<String>,
    /// Number of frames it has bytes of.
    frames: u64,
}

impl Load {
    fn frame(&mut self, remarks: impl FnOnce() -> Vec<String>) {
        self.frames += 1;
        if self.frames <= MOST {
            self.remarks.extend(remarks());
        }
    }
}

impl PayloadComments {
    /// Takes what became known with the packet `step`; `taken` is the last packet that was commented on.
    pub(super) fn note(&mut self, fact: &Fact, step: u64, taken: u64, language: Language) {
        if let Fact::Message(message) = fact {
            let load = self.loads.get_mut(&self.last).filter(|load| load.frames <= MOST);
            if let Some(load) = load {
                load.remarks.extend(inflated(message, language));
            }
            return;
        }
        let packets = match fact {
            Fact::Request(request) => &request.head.packets,
            Fact::Response(response) => &response.head.packets,
            Fact::Frame(frame) => &frame.packets,
            _ => return,
        };
        // Bytes that close a gap make whole what a packet before them ended.
        let last = if packets.last() > taken { packets.last() } else { step };
        if packets.count() > 1 {
            self.pdu_segments(packets, last, &part_of(fact, language), taken, language);
        }
        if let Fact::Frame(frame) = fact
            && packets.left_out() > 0
        {
            let counted = packets.iter().take(Numbers::MOST).last().unwrap_or(packets.first());
            self.uncounted = Some((frame.from, counted, packets.last()));
        }
        let load = self.loads.entry(last).or_default();
        match fact {
            Fact::Request(head) => load.remarks.extend(request(head, language)),
            Fact::Response(head) => load.remarks.extend(response(head, language)),
            Fact::Frame(whole) => {
                load.frame(|| frame(whole, language));
                self.last = last;
            }
            _ => {}
        }
    }

    /// Takes a frame whose end was not seen.
    pub(super) fn unfinished(&mut self, frame: &Frame, taken: u64, language: Language) {
        let opcode = frame.header.opcode().to_string().to_uppercase();
        let what = Comment::Unfinished.fill(language, &[&opcode, &frame.header.length()]);
        // That there are more parts than were seen is what it is about.
        for (packet, PduSegment { place, .. }) in PduSegment::each(&frame.packets, "") {
            if packet > taken {
                let part = Comment::PartOf.fill(language, &[&place, &"?", &what]);
                self.loads.entry(packet).or_default().frame(|| vec![part]);
            }
        }
    }

    /// Each part of something, but the last.
    fn pdu_segments(&mut self, packets: &Numbers, last: u64, what: &str, taken: u64, language: Language) {
        for (packet, PduSegment { place, of, .. }) in PduSegment::each(packets, "") {
            if packet > taken && packet != last {
                let part = Comment::PartOf.fill(language, &[&place, &of, &what]);
                self.loads.entry(packet).or_default().frame(|| vec![part]);
            }
        }
    }

    /// Returns `true` if a packet carries a part of something that is too long to count its parts.
    pub(super) fn is_uncounted(&self, from: Side, packet: u64) -> bool {
        self.uncounted.is_some_and(|(side, begin, end)| side == from && begin < packet && packet < end)
    }

    /// The payload of a packet, in words.
    pub(super) fn describe(&mut self, packet: u64, language: Language) -> Vec<String> {
        let Some(Load { mut remarks, frames }) = self.loads.remove(&packet) else { return Vec::new() };
        if frames > 1 {
            remarks.insert(0, Comment::FramesHere.fill(language, &[&frames]));
        }
        if frames > MOST {
            remarks.push(Comment::FramesMore.fill(language, &[&(frames - MOST)]));
        }
        remarks
    }
}

/// The whole that a part belongs to.
fn part_of(fact: &Fact, language: Language) -> String {
    match fact {
        Fact::Request(_) => Comment::PartOfRequest.text(language).to_owned(),
        Fact::Frame(frame) => {
            let opcode = frame.header.opcode().to_string().to_uppercase();
            Comment::PartOfFrame.fill(language, &[&opcode, &frame.header.length()])
        }
        _ => Comment::PartOfResponse.text(language).to_owned(),
    }
}

fn request(request: &Request, language: Language) -> Vec<String> {
    let mut remarks = vec![
        Comment::Request
            .fill(language, &[&escape_controls(&request.method), &escape_controls(&request.target)]),
    ];
    let key = request.key.as_ref().map_or("", |(key, _)| key);
    match request.kind {
        RequestKind::WebSocket => remarks.push(Comment::AsksUpgrade.fill(language, &[&escape_controls(key)])),
        RequestKind::WebSocketWithoutUpgrade => {
            remarks.push(Comment::AsksWithoutUpgrade.text(language).to_owned());
        }
        RequestKind::Http => {}
    }
    remarks
}

fn response(response: &Response, language: Language) -> Vec<String> {
    let mut remarks =
        vec![Comment::Response.fill(language, &[&response.status.0, &escape_controls(&response.phrase)])];
    let Some(upgrade) = &response.upgrade else { return remarks };
    if response.status.0 != 101 {
        remarks.push(Comment::Refusal.text(language).to_owned());
        return remarks;
    }
    let sent = upgrade.accept.as_deref().map(escape_controls);
    let expected = upgrade.key.as_deref().map(accept);
    remarks.extend(match (sent, expected) {
        (Some(sent), Some(_)) if is_right(upgrade) == Some(true) => {
            Some(Comment::AcceptRight.fill(language, &[&sent]))
        }
        (Some(sent), Some(expected)) => Some(Comment::AcceptWrong.fill(language, &[&sent, &expected])),
        (None, Some(expected)) => Some(Comment::AcceptMissing.fill(language, &[&expected])),
        (Some(sent), None) => Some(Comment::AcceptUnknown.fill(language, &[&sent])),
        (None, None) => None,
    });
    remarks.extend(
        upgrade
            .subprotocol
            .as_ref()
            .map(|name| Comment::Subprotocol.fill(language, &[&escape_controls(name)])),
    );
    let extensions = upgrade.extensions.iter();
    remarks.extend(
        extensions.map(|extension| Comment::Extension.fill(language, &[&escape_controls(extension)])),
    );
    remarks
}

fn frame(frame: &Frame, language: Language) -> Vec<String> {
    let header = &frame.header;
    let rsv = if header.rsv() == 0 { String::new() } else { format!(" RSV={:03b}", header.rsv()) };
    let opcode = header.opcode().to_string().to_uppercase();
    let what = format!("{opcode} FIN={}{rsv}", u8::from(header.fin()));
    let mask = match header.mask() {
        Some(key) => {
            let key: String = hexadecimal(key.0).replace(' ', "");
            Comment::MaskedWith.fill(language, &[&key])
        }
        None => Comment::NotMasked.text(language).to_owned(),
    };
    let mut summary = match frame.packets.count() {
        1 => Comment::Frame.fill(language, &[&what, &header.length(), &mask]),
        segments => Comment::FrameEnds.fill(language, &[&segments, &what, &header.length(), &mask]),
    };
    if let Some(payload) = payload(frame) {
        summary = Comment::Payload.fill(language, &[&summary, &payload]);
    }
    let mut remarks = vec![summary];
    if let Some((code, reason)) = frame.close_body() {
        remarks.push(match code.name() {
            Some(name) => Comment::CloseNamed.fill(language, &[&code, &name]),
            None => Comment::CloseCode.fill(language, &[&code]),
        });
        if !reason.is_empty() {
            let reason = escape_controls(&String::from_utf8_lossy(reason));
            remarks.push(Comment::CloseReason.fill(language, &[&reason]));
        }
    }
    if header.mask().is_some() != (frame.from == Side::Client) {
        let rule = match frame.from {
            Side::Client => Comment::MustMask,
            Side::Server => Comment::MustNotMask,
        };
        remarks.push(Comment::Broken.fill(language, &[&rule.text(language)]));
    }
    if frame.missing > 0 {
        remarks.push(Comment::MissingBytes.fill(language, &[&frame.missing]));
    }
    remarks
}

/// A compressed message as the application gets it, or why that is not known.
fn inflated(message: &Message, language: Language) -> Option<String> {
    if let Some(reason) = not_inflated(message.coding) {
        return Some(Comment::NotInflated.fill(language, &[&reason.text(language)]));
    }
    let (payload, plain) = (inflated_payload(message)?, message.plain_length()?);
    let times = ratio(plain, message.length);
    Some(Comment::Inflated.fill(language, &[&message.length, &plain, &times, &payload]))
}

/// The beginning of a payload; nothing if there is none, or if it is shown otherwise.
fn payload(frame: &Frame) -> Option<String> {
    let bytes = frame.preview.bytes();
    if bytes.is_empty() || frame.close_body().is_some() {
        return None;
    }
    let is_text = frame.header.opcode() != Opcode::BINARY && frame.header.rsv() == 0;
    if is_text && frame.preview.text().is_some() {
        return Some(format!("\"{}\"", escape_controls(&frame.preview.to_string())));
    }
    let more = if bytes.len() > BYTES || frame.preview.is_cut() { " …" } else { "" };
    Some(hexadecimal(bytes.iter().copied().take(BYTES)) + more)
}
