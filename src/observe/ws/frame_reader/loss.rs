//! Bytes that are no frames: the loss of synchronization, gaps, and what ends by itself, so that frames are read behind it.

use super::foreign::{ForeignBytes, Progress};
use super::{Boundary, Chunks, FrameReader, MissingBytes, Signal, State};
use crate::observe::facts::{FrameEnd, LostSync, LostSyncReason, Message};
use crate::observe::reassembly::Piece;
use crate::observe::ws::numbering::Numbering;
use crate::observe::ws::plausibility::{Rsv1, is_http};

impl FrameReader {
    /// Skips bytes of a head of HTTP.
    pub(super) fn skip_head(&mut self, piece: &mut Piece<'_>) {
        let State::Head(head) = &mut self.state else { return };
        let mut bytes = piece.bytes.iter();
        let progress = bytes.by_ref().map(|byte| head.push(*byte)).find(|it| *it != Progress::NeedMore);
        piece.advance(piece.bytes.len() - bytes.len());
        match progress {
            Some(Progress::Complete) => {
                (self.state, self.boundary) = (State::BETWEEN, Boundary::Presumed);
            }
            Some(_) => self.state = State::Lost,
            None => {}
        }
    }

    /// Reads on in a chunk's framing.
    pub(super) fn read_chunk(&mut self, piece: &mut Piece<'_>) -> Option<Signal> {
        let State::Chunk(foreign, lost) = &mut self.state else { return None };
        while let [byte, ..] = *piece.bytes {
            let progress = foreign.push(byte);
            if progress != Progress::Broken {
                piece.advance(1);
                if let Some(place) = lost.bytes.get_mut(usize::from(lost.bytes_len)) {
                    (*place, lost.bytes_len) = (byte, lost.bytes_len + 1);
                }
            }
            match progress {
                Progress::NeedMore => {}
                Progress::Complete => {
                    let lost = *lost;
                    self.state = State::BETWEEN;
                    let is_new = std::mem::replace(&mut self.chunks, Chunks::Reported) == Chunks::Declared;
                    return is_new.then_some(Signal::Lost(lost, None));
                }
                Progress::Broken => {
                    let lost = LostSync { reason: LostSyncReason::Impossible, ..*lost };
                    self.state = State::Losing(lost, None);
                    return None;
                }
            }
        }
        None
    }

    /// Returns `true` if a chunk's framing begins with the next byte, and no frame.
    pub(super) fn begins_chunk(&self, piece: &Piece<'_>) -> bool {
        let begins = piece.bytes.first().is_some_and(|byte| ForeignBytes::may_begin_chunk(*byte));
        // With RSV1 in use a letter may begin a frame.
        let is_clear =
            self.context.rsv1 == Rsv1::Unused || piece.bytes.first().is_some_and(u8::is_ascii_digit);
        begins && is_clear && matches!(self.state, State::Header { len: 0, .. })
    }

    /// A loss of synchronization at this place, without a sample.
    pub(super) const fn lost(&self, offset: u64, packet: u64, reason: LostSyncReason) -> LostSync {
        let after_frame = self.last_frame;
        LostSync { from: self.from, offset, packet, reason, after_frame, bytes: [0; 16], bytes_len: 0 }
    }

    /// Reports the loss of synchronization, if its sample is still being collected.
    pub(in crate::observe) fn give_up_header(&mut self) -> Option<Signal> {
        if let State::Chunk(_, lost) = self.state {
            self.state = State::Lost;
            return (self.chunks == Chunks::Declared).then_some(Signal::Lost(lost, None));
        }
        let State::Losing(lost, message) = &mut self.state else { return None };
        let (mut lost, message) = (*lost, message.take());
        let sample = &lost.bytes[..usize::from(lost.bytes_len)];
        let mut head = ForeignBytes::head();
        self.state = State::Lost;
        if is_http(sample) {
            // A whole head is longer than the sample, or exactly as long.
            let progress = sample.iter().map(|byte| head.push(*byte)).last();
            lost.reason = LostSyncReason::Http;
            if progress == Some(Progress::Complete) {
                (self.state, self.boundary) = (State::BETWEEN, Boundary::Presumed);
            } else {
                self.state = State::Head(head);
            }
        }
        Some(Signal::Lost(lost, message))
    }

    /// Ends the open message without its last frame; others may follow.
    pub(super) fn break_off_message(&mut self, numbering: &mut Numbering) -> Option<Box<Message>> {
        self.assembler.break_off().map(|message| Box::new(message.number(self.from, numbering)))
    }

    /// Ends the open message without its last frame, for good.
    pub(super) fn give_up_message(&mut self, numbering: &mut Numbering) -> Option<Box<Message>> {
        self.assembler.give_up().map(|message| Box::new(message.number(self.from, numbering)))
    }

    /// Skips missing bytes. Within a payload they do no harm: where the frame ends is known.
    pub(in crate::observe) fn gap(
        &mut self,
        gap: MissingBytes,
        numbering: &mut Numbering,
    ) -> [Option<Signal>; 2] {
        let mut ended = self.give_up_header();
        let mut length = gap.length;
        if let State::Payload(open) = &mut self.state {
            let left = open.header.length() - open.received - open.missing;
            let here = left.min(length);
            open.missing += here;
            open.preview.seal();
            self.assembler.skip(open.part, here);
            length -= here;
            if here == left {
                ended = Some(self.end(FrameEnd::Reached, numbering));
            }
        }
        if length == 0 || matches!(self.state, State::Lost) {
            return [ended, None];
        }
        let lost = self.lost(gap.offset + (gap.length - length), gap.packet, LostSyncReason::Gap);
        self.state = State::Lost;
        [ended, Some(Signal::Lost(lost, self.give_up_message(numbering)))]
    }
}
