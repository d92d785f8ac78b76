//! Words in place of words: the same for the same, another for another, each as long as what it stands for.

use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

use crate::wire::http::Key;

/// The replacement of text.
pub(super) const LETTER: u8 = b'x';

/// So many words are remembered: a word that comes again after so many others is another.
const MOST: usize = 16 * 1024;

/// The words that were replaced.
#[derive(Debug, Default)]
pub(super) struct Words {
    places: HashMap<Rc<[u8]>, u64>,
    /// The same in their order.
    order: VecDeque<Rc<[u8]>>,
    /// The number of words of each length.
    counts: HashMap<usize, u64>,
}

impl Words {
    /// Its position among the words of its length, from 0.
    fn place(&mut self, word: &[u8]) -> u64 {
        if let Some(place) = self.places.get(word) {
            return *place;
        }
        let count = self.counts.entry(word.len()).or_default();
        let place = *count;
        *count += 1;
        if self.order.len() == MOST
            && let Some(oldest) = self.order.pop_front()
        {
            self.places.remove(&oldest);
        }
        let word: Rc<[u8]> = word.into();
        self.order.push_back(Rc::clone(&word));
        self.places.insert(word, place);
        place
    }

    /// The word in place of this one: letters, and a number at their end.
    pub(super) fn word(&mut self, original: &[u8]) -> Vec<u8> {
        let mut word = vec![LETTER; original.len()];
        let mut number = self.place(original);
        for byte in word.iter_mut().rev() {
            if number == 0 {
                break;
            }
            *byte = b"0123456789"[(number % 10) as usize];
            number /= 10;
        }
        word
    }

    /// The key in place of this one.
    pub(super) fn key(&mut self, original: &[u8]) -> Key {
        let mut nonce = *b"redacted\0\0\0\0\0\0\0\0";
        nonce[8..].copy_from_slice(&self.place(original).to_be_bytes());
        Key::from_nonce(nonce)
    }
}
