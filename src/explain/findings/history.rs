//! Compressed messages once more, with a fresh window and with a kept one (RFC 7692 §7.1.1): which of the two would have
//! read them.

use super::watched::LastFrame;
use crate::observe::{Frame, Part};
use crate::wire::ws::{Inflater, Takeover, Window};

/// How many bytes of a side's compressed messages are kept.
const MOST: usize = 4 * 1024;

/// To how many bytes a message is inflated once more.
const MOST_INFLATED: u64 = 64 * 1024;

/// A side's compressed messages from its first on, as long as all of them are short.
#[derive(Debug, Default)]
pub(super) struct History {
    /// `None` once one is missing.
    messages: Kept,
}

#[derive(Debug)]
enum Kept {
    Messages(Vec<Box<[u8]>>, usize),
    NotAll,
}

impl Default for Kept {
    fn default() -> Self {
        Self::Messages(Vec::new(), 0)
    }
}

/// Which windows read a message that the agreed one does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reads {
    Fresh,
    Kept,
    Neither,
}

impl History {
    /// Remembers a compressed message of one frame.
    pub(super) fn note(&mut self, frame: &Frame, window: Window) {
        let is_compressed = frame.header.rsv() & 0b100 != 0 && frame.part != Part::Control;
        // Where the window is kept the agreement reads what a kept window reads.
        if !is_compressed || window.takeover == Takeover::Kept {
            return;
        }
        let whole = frame.part == Part::Whole && frame.missing == 0 && !frame.preview.is_cut();
        let Kept::Messages(messages, bytes) = &mut self.messages else { return };
        *bytes += frame.preview.bytes().len();
        if whole && *bytes <= MOST {
            messages.push(frame.preview.bytes().into());
        } else {
            self.messages = Kept::NotAll;
        }
    }

    /// What reads the message in a frame, which the agreed window does not; `None` if it is too long to be tried.
    pub(super) fn reads(&self, last: &LastFrame, agreed: Window) -> Option<Reads> {
        if !last.is_whole {
            return None;
        }
        let body = last.preview.bytes();
        let inflate = |takeover: Takeover, messages: &[Box<[u8]>]| {
            let window = Window { takeover, max_bits: Window::default().max_bits };
            let mut inflater = Inflater::new(window, MOST_INFLATED);
            let mut read = |bytes: &[u8]| inflater.push(bytes, |_| {}).is_ok() && inflater.finish().is_ok();
            messages.iter().all(|before| read(before)) && read(body)
        };
        if agreed.takeover == Takeover::Kept {
            return Some(if inflate(Takeover::Dropped, &[]) { Reads::Fresh } else { Reads::Neither });
        }
        let Kept::Messages(before, _) = &self.messages else { return None };
        // The frame itself is remembered already.
        let before = &before[..before.len().saturating_sub(1)];
        Some(if inflate(Takeover::Kept, before) { Reads::Kept } else { Reads::Neither })
    }
}
