//! Compressed messages of one side, to be inflated again with a kept window where a fresh one was agreed on
//! (RFC 7692 §7.1.1). The reverse needs no trial: what a fresh window inflates, a kept one inflates as well.

use super::sender_memory::DataFrame;
use crate::observe::{Frame, Part};
use crate::wire::ws::{Inflater, Takeover, Window};

/// The most bytes of a side's compressed messages that are remembered.
const MOST_BYTES: usize = 4 * 1024;

/// The most bytes that a message is inflated to in the trial.
const MOST_INFLATED: u64 = 64 * 1024;

/// A side's compressed messages from its first on, as long as all of them are short.
#[derive(Debug, Default)]
pub(in crate::explain::findings) struct CompressedHistory {
    messages: Messages,
}

#[derive(Debug)]
enum Messages {
    /// With the sum of their lengths.
    All(Vec<Box<[u8]>>, usize),
    /// One is missing, or they are too long.
    Incomplete,
}

impl Default for Messages {
    fn default() -> Self {
        Self::All(Vec::new(), 0)
    }
}

/// Result of inflating a message again that the agreed window does not inflate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::explain::findings) enum WindowTrial {
    /// A kept window inflates it.
    Kept,
    /// Neither window does.
    Neither,
}

impl CompressedHistory {
    /// Remembers a compressed message of one frame.
    pub(in crate::explain::findings) fn note(&mut self, frame: &Frame, window: Window) {
        let is_compressed = frame.header.rsv() & 0b100 != 0 && frame.part != Part::Control;
        // Where the window is kept the agreement reads what a kept window reads.
        if !is_compressed || window.takeover == Takeover::Kept {
            return;
        }
        let whole = frame.part == Part::Whole && frame.missing == 0 && !frame.preview.is_cut();
        let Messages::All(messages, bytes) = &mut self.messages else { return };
        *bytes += frame.preview.bytes().len();
        if whole && *bytes <= MOST_BYTES {
            messages.push(frame.preview.bytes().into());
        } else {
            self.messages = Messages::Incomplete;
        }
    }

    /// Inflates the message in a frame with a kept window; `None` if the messages are too long for that.
    pub(in crate::explain::findings) fn try_kept_window(
        &self,
        last: &DataFrame,
        agreed: Window,
    ) -> Option<WindowTrial> {
        if !last.is_whole {
            return None;
        }
        if agreed.takeover == Takeover::Kept {
            return Some(WindowTrial::Neither);
        }
        let Messages::All(messages, _) = &self.messages else { return None };
        // The frame itself is the last of them already.
        let mut inflater = Inflater::new(Window::default(), MOST_INFLATED);
        let mut read = |bytes: &[u8]| inflater.push(bytes, |_| {}).is_ok() && inflater.finish().is_ok();
        Some(if messages.iter().all(|message| read(message)) {
            WindowTrial::Kept
        } else {
            WindowTrial::Neither
        })
    }
}

#[cfg(test)]
mod tests {
    use flate2::{Compress, Compression, FlushCompress};
    use proptest::prelude::*;

    use super::*;

    fn compressed(compress: &mut Compress, plain: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(plain.len() + 256);
        compress.compress_vec(plain, &mut bytes, FlushCompress::Sync).unwrap();
        bytes.truncate(bytes.len() - 4);
        bytes
    }

    fn plain() -> impl Strategy<Value = Vec<u8>> {
        prop::collection::vec(any::<u8>(), 1..64)
    }

    proptest! {
        #[test]
        fn a_kept_window_inflates_what_a_fresh_one_does(
            before in prop::collection::vec(plain(), 0..4),
            message in prop_oneof![
                plain(),
                plain().prop_map(|plain| compressed(&mut Compress::new(Compression::fast(), false), &plain)),
            ],
        ) {
            let read = |inflater: &mut Inflater, bytes: &[u8]| {
                let mut plain = Vec::new();
                let is_read = inflater.push(bytes, |piece| plain.extend_from_slice(piece)).is_ok();
                (is_read && inflater.finish().is_ok()).then_some(plain)
            };
            let mut kept = Inflater::new(Window::default(), MOST_INFLATED);
            let mut compress = Compress::new(Compression::fast(), false);
            for plain in &before {
                let is_read = read(&mut kept, &compressed(&mut compress, plain)) == Some(plain.clone());
                prop_assert!(is_read);
            }
            if let Some(plain) = read(&mut Inflater::new(Window::default(), MOST_INFLATED), &message) {
                prop_assert_eq!(read(&mut kept, &message), Some(plain));
            }
        }
    }
}
