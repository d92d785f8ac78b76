//! What is remembered of the capture as a whole.

use std::collections::VecDeque;

use super::deaths::Death;

/// What is remembered of the capture as a whole.
#[derive(Debug, Default)]
pub(in crate::explain::findings) struct Capture {
    /// The time of its last packet.
    pub(in crate::explain::findings) last_ns: u64,
    pub(in crate::explain::findings) connections: u64,
    /// The keys of the last connections.
    keys: VecDeque<String>,
    /// How the last connections ended.
    pub(in crate::explain::findings) deaths: VecDeque<Death>,
}

/// How many keys are remembered.
const MOST_KEYS: usize = 64;

impl Capture {
    pub(in crate::explain::findings) fn keys(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(String::as_str)
    }

    pub(in crate::explain::findings) fn note_key(&mut self, key: &str) {
        if self.keys.len() == MOST_KEYS {
            self.keys.pop_front();
        }
        self.keys.push_back(key.to_owned());
    }
}
