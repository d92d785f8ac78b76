//! Compressed messages once more, with a kept window where a fresh one was agreed on (RFC 7692 §7.1.1). The other way
//! round there is nothing to try: what a fresh window reads, a kept one reads as well.

use super::connection_memory::LastFrame;
use crate::observe::{Frame, Part};
use crate::wire::ws::{Inflater, Takeover, Window};

/// How many bytes of a side's compressed messages are kept.
const MOST: usize = 4 * 1024;

/// To how many bytes a message is inflated once more.
const MOST_INFLATED: u64 = 64 * 1024;

/// A side's compressed messages from its first on, as long as all of them are short.
#[derive(Debug, Default)]
pub(in crate::explain::findings) struct History {
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

/// Whether a kept window reads a message that the agreed one does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::explain::findings) enum Reads {
    Kept,
    Neither,
}

impl History {
    /// Remembers a compressed message of one frame.
    pub(in crate::explain::findings) fn note(&mut self, frame: &Frame, window: Window) {
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

    /// Whether a kept window reads the message in a frame, which the agreed window does not; `None` if it is too long to be
    /// tried.
    pub(in crate::explain::findings) fn reads(&self, last: &LastFrame, agreed: Window) -> Option<Reads> {
        if !last.is_whole {
            return None;
        }
        if agreed.takeover == Takeover::Kept {
            return Some(Reads::Neither);
        }
        let Kept::Messages(messages, _) = &self.messages else { return None };
        // The frame itself is the last of them already.
        let mut inflater = Inflater::new(Window::default(), MOST_INFLATED);
        let mut read = |bytes: &[u8]| inflater.push(bytes, |_| {}).is_ok() && inflater.finish().is_ok();
        Some(if messages.iter().all(|message| read(message)) { Reads::Kept } else { Reads::Neither })
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
        /// So there is no message that only a fresh window reads.
        #[test]
        fn what_a_fresh_window_reads_a_kept_one_reads_as_well(
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
