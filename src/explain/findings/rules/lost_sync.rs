//! Rules about lost frame boundaries: a wrong length, two writers at once, or bytes that are no frame.

use super::{Certainty, CloseRule, FindingRule, RuleContext};
use crate::explain::findings::catalogue::frames::{
    CHUNK, COUNTED_CHARACTERS, COUNTED_SHORT, FRAME_HEADER_IMPOSSIBLE, FRAME_LENGTH_WRONG, HIGH_BIT,
    HIGH_BIT_SET, HTTP_AFTER_UPGRADE, HTTP_REQUEST, HTTP_RESPONSE, LENGTH_IN_SEVEN_BITS, LENGTH_NOT_MINIMAL,
    LENGTH_WRAPPED, LOOK_AT_HANDLERS, LOOK_AT_POOL, NO_BODY_IN_101, NO_CHUNKS, NO_LAST_FRAME, NOT_REACHED,
    NOTHING_BEHIND, OFTEN_NOT_MINIMAL, SECOND_101, SENT_BY_POOL, TWO_HANDLERS, TWO_WRITERS,
    TWO_WRITERS_OR_LENGTH,
};
use crate::explain::findings::entry::{Localized, Severity};
use crate::explain::findings::finding::Finding;
use crate::explain::findings::memory::data_frame::DataFrame;
use crate::explain::findings::memory::sender_memory::{LongLengths, SenderMemory};
use crate::explain::text::hexadecimal;
use crate::observe::{Close, Frame, FrameEnd, LostSync, LostSyncReason, Part, Preview};
use crate::rfc::Rfc;
use crate::wire::Parsed;
use crate::wire::Side;
use crate::wire::ws::{HeaderView, MAX_CONTROL_PAYLOAD, Opcode};

/// A frame with a finding of these is no frame, or has a wrong length: other rules do not apply to it.
pub(in crate::explain::findings) const OF_FRAMES: &[FindingRule<Frame>] = &[frame_header_implausible];
pub(in crate::explain::findings) const OF_LOST_SYNC: &[FindingRule<LostSync>] =
    &[http_after_upgrade, chunk_around_frames, frame_header_impossible, length_not_minimal_before_lost_sync];
/// Rules about the frame before, which is known once the next one is read: applied first.
pub(in crate::explain::findings) const OF_NEXT_FRAMES: &[FindingRule<Frame>] = &[length_not_minimal];
pub(in crate::explain::findings) const OF_CLOSES: &[CloseRule] =
    &[CloseRule::EachSide(length_not_minimal_at_end)];

/// The most bytes that are shown in the place of a header.
const SHOWN: usize = 16;

/// The kind of HTTP message in the place of a frame.
#[derive(Clone, Copy, PartialEq, Eq)]
enum HttpMessage {
    Request,
    /// A 101 behind the 101.
    SecondSwitch,
    Response,
}

impl HttpMessage {
    fn of(begin: &[u8]) -> Self {
        let is_switch = begin.get(8..12).is_some_and(|status| status == b" 101");
        match begin.starts_with(b"HTTP/") {
            true if is_switch => Self::SecondSwitch,
            true => Self::Response,
            false => Self::Request,
        }
    }
}

/// F06: a request, a second 101, or another response.
fn http_after_upgrade(_: &RuleContext<'_>, lost: &LostSync) -> Option<Finding> {
    if lost.reason != LostSyncReason::Http {
        return None;
    }
    let begin = first_bytes(lost);
    let text = String::from_utf8_lossy(begin).into_owned();
    let (what, inference, confirm) = match HttpMessage::of(begin) {
        HttpMessage::Request => (HTTP_REQUEST, SENT_BY_POOL, LOOK_AT_POOL),
        HttpMessage::SecondSwitch => (SECOND_101, TWO_HANDLERS, LOOK_AT_HANDLERS),
        HttpMessage::Response => (HTTP_RESPONSE, HTTP_AFTER_UPGRADE.inference, HTTP_AFTER_UPGRADE.confirm),
    };
    let finding = Finding::new(&HTTP_AFTER_UPGRADE, lost.packet)
        .with("side", lost.from)
        .with("offset", lost.offset)
        .with("packet", lost.packet)
        .with("what", what);
    let finding = finding.with_inference(inference).with_confirm(confirm);
    Some(finding.with("text", text.as_str()).with_at_fault(lost.from))
}

/// F05, where the framing of a chunked body stands around the frames: the 101 declared it.
fn chunk_around_frames(_: &RuleContext<'_>, lost: &LostSync) -> Option<Finding> {
    (lost.reason == LostSyncReason::Chunk).then(|| {
        let text = String::from_utf8_lossy(first_bytes(lost)).into_owned();
        let finding = Finding::new(&FRAME_HEADER_IMPOSSIBLE, lost.packet)
            .with("side", lost.from)
            .with("offset", lost.offset)
            .with("packet", lost.packet)
            .with("text", text.as_str())
            .with_at_fault(lost.from);
        let finding = finding.with_rfc(Rfc(9112, "6.1")).with_certainty(Certainty::Certain);
        finding.with_fact(CHUNK).with_inference(NO_BODY_IN_101).with_confirm(NO_CHUNKS)
    })
}

/// F05, F07, or F08 as an error.
fn frame_header_impossible(context: &RuleContext<'_>, lost: &LostSync) -> Option<Finding> {
    // Without a frame and without the request, that frames begin here is only inferred.
    let is_inferred = lost.after_frame.is_none() && context.connection.opening.first_request.is_none();
    if lost.reason != LostSyncReason::Impossible || is_inferred {
        return None;
    }
    let bytes = first_bytes(lost);
    let sender = &context.connection.senders[lost.from];
    let before = sender.last_data.as_ref().filter(|before| lost.after_frame == Some(before.index));
    let finding = of_bytes(lost.from, lost.offset, lost.packet, bytes);
    if let Some(header) = high_bit(bytes) {
        return Some(of_high_bit(lost, header));
    }
    let behind = Behind { bytes, is_all: bytes.len() < lost.bytes.len() };
    if let Some((before, inner)) = before.and_then(|it| Some((it, inner_frame(it, behind)?))) {
        return Some(of_two_writers(finding, before, inner));
    }
    if let Some((before, wrong)) = before.and_then(|it| Some((it, wrong_length(sender, it, behind)?))) {
        return Some(of_wrong_length(lost, before, wrong));
    }
    Some(match lost.after_frame {
        Some(frame) => finding.with("last", frame).with_frame(frame),
        None => finding.with("last", NO_LAST_FRAME),
    })
}

/// F08, once the next frame follows: the length is right, only its form is not. Once for each side.
fn length_not_minimal(context: &RuleContext<'_>, next: &Frame) -> Option<Finding> {
    of_last_length(context, next.from)
}

fn of_last_length(context: &RuleContext<'_>, side: Side) -> Option<Finding> {
    let frame = context.connection.senders[side].long_form.as_deref()?;
    let is_new = !context.connection.has_found(&LENGTH_NOT_MINIMAL, Some(side));
    is_new.then(|| Finding::of_frame(&LENGTH_NOT_MINIMAL, frame))
}

/// F08, where what follows is no frame, but for another reason than this length.
fn length_not_minimal_before_lost_sync(context: &RuleContext<'_>, lost: &LostSync) -> Option<Finding> {
    let is_length =
        frame_header_impossible(context, lost).is_some_and(|finding| *finding.entry() == FRAME_LENGTH_WRONG);
    of_last_length(context, lost.from).filter(|_| !is_length)
}

/// F08, where nothing follows; with the number of such frames, where there are more than the one that was reported.
fn length_not_minimal_at_end(context: &RuleContext<'_>, _: &Close, side: Side) -> Option<Finding> {
    let sender = &context.connection.senders[side];
    let LongLengths { count, last: (frame, packet) } = sender.long_lengths;
    if !context.connection.has_found(&LENGTH_NOT_MINIMAL, Some(side)) {
        return of_last_length(context, side).filter(|_| !context.connection.ends[side].has_lost_sync);
    }
    let finding = Finding::new(&LENGTH_NOT_MINIMAL, packet).with_frame(frame).with_at_fault(side);
    let finding = finding.with_fact(OFTEN_NOT_MINIMAL).with("count", count).with("frames", sender.frames);
    (count > 1).then(|| finding.with("side", side).with("frame", frame).with("packet", packet))
}

/// F05.
fn of_bytes(from: Side, offset: u64, packet: u64, bytes: &[u8]) -> Finding {
    let shown = hexadecimal(bytes[..bytes.len().min(SHOWN)].iter().copied());
    Finding::new(&FRAME_HEADER_IMPOSSIBLE, packet)
        .with("side", from)
        .with("offset", offset)
        .with("packet", packet)
        .with("bytes", shown.as_str())
        .with_at_fault(from)
}

/// F05, where a second writer explains it.
fn of_two_writers(finding: Finding, last: &DataFrame, inner: InnerFrame) -> Finding {
    let finding = finding
        .with("last", last.index)
        .with_frame(last.index)
        .with("opcode", inner.header.opcode().name())
        .with("length", inner.header.length());
    let inference = match inner.certainty {
        Certainty::Likely => TWO_WRITERS,
        _ => TWO_WRITERS_OR_LENGTH,
    };
    finding.with_certainty(inner.certainty).with_inference(inference)
}

/// F08: a 64-bit length with its highest bit set, in an otherwise regular header.
fn of_high_bit(lost: &LostSync, header: HeaderView) -> Finding {
    let finding = Finding::new(&LENGTH_NOT_MINIMAL, lost.packet)
        .with_severity(Severity::Error)
        .with_at_fault(lost.from);
    let finding =
        finding.with("frame", lost.after_frame.map_or(0, |frame| frame + 1)).with("packet", lost.packet);
    let finding = finding
        .with("opcode", header.opcode().name())
        .with("length", format!("{:#x}", header.length()).as_str());
    finding.with("side", lost.from).with_fact(HIGH_BIT_SET).with_inference(HIGH_BIT)
}

fn high_bit(bytes: &[u8]) -> Option<HeaderView> {
    let Parsed::Complete { value: header, .. } = HeaderView::parse(bytes) else { return None };
    let is_high = header.length() >> 63 != 0 && !header.opcode().is_reserved() && header.rsv() == 0;
    is_high.then_some(header)
}

/// F07.
fn of_wrong_length(lost: &LostSync, before: &DataFrame, wrong: WrongLength) -> Finding {
    let finding = Finding::new(&FRAME_LENGTH_WRONG, before.packet)
        .with_packet(lost.packet)
        .with_frame(before.index)
        .with_at_fault(lost.from);
    let finding = finding
        .with("frame", before.index)
        .with("packet", before.packet)
        .with("opcode", before.header.opcode().name());
    let finding = finding.with("length", before.header.length()).with("side", lost.from);
    match wrong {
        WrongLength::Wrapped => finding.with("cause", LENGTH_WRAPPED).with_fact(NOTHING_BEHIND),
        WrongLength::By(by, why) => finding.with("beyond", by as u64).with("cause", why),
    }
}

/// The bytes after a frame.
#[derive(Clone, Copy)]
struct Behind<'b> {
    bytes: &'b [u8],
    /// `true` if these are all bytes until the end of the stream.
    is_all: bool,
}

impl Behind<'_> {
    /// Returns `true` if at this place a frame like `last` may begin, or the stream ends.
    fn may_end(self, last: &HeaderView, place: usize) -> bool {
        match self.bytes.get(place..) {
            Some([]) => self.is_all,
            Some(bytes) => begins_like(last, bytes),
            None => false,
        }
    }
}

/// A wrong length.
#[derive(Clone, Copy)]
enum WrongLength {
    /// It was cut to sixteen bits.
    Wrapped,
    /// The next header begins so many bytes further on, with the likely cause.
    By(usize, Localized),
}

/// The fault in a frame's length, as the bytes after it show.
fn wrong_length(sender: &SenderMemory, last: &DataFrame, behind: Behind<'_>) -> Option<WrongLength> {
    let header = last.header;
    // A sender that never writes the short forms has its lengths right all the same.
    let is_first = sender.long_lengths.count == 1;
    if header.length_field() == 126 && header.length() < 126 && is_first {
        return Some(WrongLength::Wrapped);
    }
    if last.preview.is_cut() || last.header.rsv() != 0 {
        return None;
    }
    let places = (1..behind.bytes.len()).filter(|by| begins_whole(&header, &behind.bytes[*by..]).is_some());
    let mut chained = None;
    for by in places {
        if header.opcode() == Opcode::TEXT
            && let Some(why) = counted(last, &behind.bytes[..by])
        {
            return Some(WrongLength::By(by, why));
        }
        // One header may be a coincidence: its own length must fit, too.
        let next = begins_whole(&header, &behind.bytes[by..]).map(|(header, len)| (header.length(), len));
        let end = next.and_then(|(length, len)| Some(by + len + usize::try_from(length).ok()?));
        if end.is_some_and(|end| behind.may_end(&header, end)) {
            chained.get_or_insert(WrongLength::By(by, COUNTED_SHORT));
        }
    }
    chained
}

/// The miscount of a text's length, if these bytes are the rest of the text.
fn counted(last: &DataFrame, beyond: &[u8]) -> Option<Localized> {
    let declared = last.header.length();
    let mut beyond = beyond.to_vec();
    if let Some(key) = last.header.mask() {
        key.apply(declared, &mut beyond);
    }
    let whole = [last.preview.bytes(), &beyond].concat();
    let text = std::str::from_utf8(&whole).ok()?;
    let counts = [text.chars().count(), text.encode_utf16().count()];
    if counts.into_iter().any(|count| count as u64 == declared) {
        return Some(COUNTED_CHARACTERS);
    }
    // One byte that looks like text may be a coincidence.
    let is_text = beyond.len() > 1 && beyond.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ');
    is_text.then_some(COUNTED_SHORT)
}

/// A frame that a second writer may have put into the payload of another.
#[derive(Clone, Copy)]
struct InnerFrame {
    header: HeaderView,
    certainty: Certainty,
}

/// The frame of a second writer within the payload of another. The displaced payload comes after that payload, and after
/// as many bytes the next frame begins, or the stream ends. A text must be UTF-8 without the inner frame and not with it;
/// bytes of a binary frame may look like a header by chance, and compressed bytes prove nothing.
fn inner_frame(last: &DataFrame, behind: Behind<'_>) -> Option<InnerFrame> {
    let is_text = last.header.opcode() == Opcode::TEXT;
    let is_intact = is_text && std::str::from_utf8(last.preview.bytes()).is_ok();
    if !last.is_whole || last.header.rsv() != 0 || is_intact {
        return None;
    }
    let payload = raw(&last.header, &last.preview);
    let all = [&payload[..], behind.bytes].concat();
    (1..payload.len()).find_map(|place| {
        let (header, len) = begins_whole(&last.header, &all[place..])?;
        let whole = len + usize::try_from(header.length()).ok()?;
        if header.length() == 0 || !behind.may_end(&last.header, whole) {
            return None;
        }
        let mut outer = [&all[..place], all.get(place + whole..payload.len() + whole)?].concat();
        if let Some(key) = last.header.mask() {
            key.apply(0, &mut outer);
        }
        let certainty = if is_text { Certainty::Likely } else { Certainty::Possible };
        (!is_text || std::str::from_utf8(&outer).is_ok()).then_some(InnerFrame { header, certainty })
    })
}

/// F05 and F07, where bytes could be read as a frame, but hardly are one.
fn frame_header_implausible(context: &RuleContext<'_>, frame: &Frame) -> Option<Finding> {
    let header = &frame.header;
    let is_cut = frame.end == FrameEnd::NotReached;
    if is_cut && header.length_field() >= 126 && is_read_as_length(frame) {
        let came = header.length() - frame.missing;
        let finding = Finding::of_frame(&FRAME_LENGTH_WRONG, frame).with_fact(NOT_REACHED);
        return Some(finding.with("received", came).with("cause", LENGTH_IN_SEVEN_BITS));
    }
    let unexpected = header.rsv() & !context.connection.opening.usable_rsv();
    let is_odd = unexpected != 0 || header.opcode().is_reserved() || is_cut || is_misplaced(frame);
    let sender = &context.connection.senders[frame.from];
    let last = sender.last_data.as_ref().filter(|_| is_odd)?;
    if sender.last_frame.is_none_or(|(latest, _)| latest != last.index) {
        return None;
    }
    let bytes = [header.to_bytes(), raw(header, &frame.preview)].concat();
    let behind = Behind { bytes: &bytes, is_all: is_cut && !frame.preview.is_cut() };
    let inner = inner_frame(last, behind)?;
    let finding = of_bytes(frame.from, frame.offset, frame.packets.last(), &bytes);
    Some(of_two_writers(finding, last, inner))
}

const fn is_misplaced(frame: &Frame) -> bool {
    matches!(frame.part, Part::Orphan | Part::Interrupting)
}

/// Returns `true` if a length of 126 or 127 was written into the seven bits, where these numbers say that the length
/// follows. The frame ends, or another begins, where that length has it.
fn is_read_as_length(frame: &Frame) -> bool {
    let header = &frame.header;
    let key = if header.mask().is_some() { 4 } else { 0 };
    let end = 2 + key + u64::from(header.length_field()) - u64::from(frame.header_len);
    let came = header.length() - frame.missing;
    let Ok(place) = usize::try_from(end) else { return false };
    came == end || raw(header, &frame.preview).get(place..).is_some_and(|bytes| begins_like(header, bytes))
}

/// Beginning of a payload, masked as on the wire.
fn raw(header: &HeaderView, preview: &Preview) -> Vec<u8> {
    let mut bytes = preview.bytes().to_vec();
    if let Some(key) = header.mask() {
        key.apply(0, &mut bytes);
    }
    bytes
}

/// The header at the beginning of these bytes, if that is complete and regular for the sender of `last`.
fn begins_whole(last: &HeaderView, bytes: &[u8]) -> Option<(HeaderView, usize)> {
    match HeaderView::parse(bytes) {
        Parsed::Complete { value, len } if is_regular(last, &value) => Some((value, len)),
        _ => None,
    }
}

/// Returns `true` if these bytes begin with such a header, as far as two bytes or more show.
fn begins_like(last: &HeaderView, bytes: &[u8]) -> bool {
    let [first, second, ..] = *bytes else { return false };
    match HeaderView::parse(bytes) {
        Parsed::Complete { value, .. } => is_regular(last, &value),
        Parsed::NeedMore(_) => {
            let opcode = Opcode::from_bits(first);
            first & 0xF0 == 0x80
                && !opcode.is_reserved()
                && opcode != Opcode::CONTINUATION
                && (second & 0x80 != 0) == last.mask().is_some()
        }
    }
}

fn is_regular(last: &HeaderView, header: &HeaderView) -> bool {
    let opcode = header.opcode();
    let is_short = !opcode.is_control() || header.length() <= MAX_CONTROL_PAYLOAD as u64;
    header.mask().is_some() == last.mask().is_some()
        && !opcode.is_reserved()
        && header.fin()
        && header.rsv() == 0
        && header.is_minimal()
        && is_short
        && opcode != Opcode::CONTINUATION
}

fn first_bytes(lost: &LostSync) -> &[u8] {
    &lost.bytes[..usize::from(lost.bytes_len)]
}
