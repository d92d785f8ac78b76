//! The reach of back-references in DEFLATE data (RFC 1951 §3.2), read without output: how far back the data refer.

/// The most bytes of a message that are looked at.
const MOST_BYTES: usize = 64 * 1024;

/// The longest code, in bits (RFC 1951 §3.2.7).
const MAX_CODE: usize = 15;

/// The first symbol that is no literal: the end of a block.
const END_OF_BLOCK: usize = 256;

/// Number of literals and lengths, and of distances, that a dynamic block may have codes for.
const MOST_LENGTHS: usize = 286;
const MOST_DISTANCES: usize = 30;

/// Additional bits of the length symbols 257 to 285 (RFC 1951 §3.2.5).
const LENGTH_BITS: [u8; 29] =
    [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];

/// Order of the code lengths that code the others (RFC 1951 §3.2.7).
const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// The reach of a message's back-references, compared with the agreed window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WindowReach {
    /// All of them are within it, in the first 64 KiB of the compressed message.
    Within,
    /// One reaches further back (RFC 7692 §7.1.2).
    Beyond,
}

/// The compressed bytes of the open message, for a window smaller than the largest.
#[derive(Debug)]
pub(super) struct ReachCheck {
    /// The agreed window, in bytes.
    window: u32,
    message: Vec<u8>,
}

impl ReachCheck {
    pub(super) const fn new(window_bits: u8) -> Self {
        Self { window: 1 << window_bits, message: Vec::new() }
    }

    pub(super) fn push(&mut self, piece: &[u8]) {
        let free = MOST_BYTES - self.message.len();
        self.message.extend_from_slice(&piece[..piece.len().min(free)]);
    }

    /// The message has ended: its reach.
    pub(super) fn finish(&mut self) -> WindowReach {
        let message = std::mem::take(&mut self.message);
        let mut scan =
            Scan { bits: Bits { bytes: &message, place: 0 }, window: self.window, is_beyond: false };
        while !scan.is_beyond && scan.block().is_some() {}
        if scan.is_beyond { WindowReach::Beyond } else { WindowReach::Within }
    }

    pub(super) fn clear(&mut self) {
        self.message = Vec::new();
    }

    pub(super) const fn memory(&self) -> usize {
        self.message.capacity()
    }
}

/// Bits of bytes, the lowest first.
struct Bits<'b> {
    bytes: &'b [u8],
    /// In bits.
    place: usize,
}

impl Bits<'_> {
    fn bit(&mut self) -> Option<u32> {
        let byte = self.bytes.get(self.place / 8)?;
        let bit = byte >> (self.place % 8) & 1;
        self.place += 1;
        Some(u32::from(bit))
    }

    fn number(&mut self, bits: u8) -> Option<u32> {
        let mut number = 0;
        for place in 0..bits {
            number |= self.bit()? << place;
        }
        Some(number)
    }

    const fn align(&mut self) {
        self.place = self.place.next_multiple_of(8);
    }
}

/// A canonical code: how many symbols have each length, and the symbols in order of their codes (RFC 1951 §3.2.2).
struct Code {
    counts: [u16; MAX_CODE + 1],
    symbols: Vec<u16>,
}

impl Code {
    fn new(lengths: &[u8]) -> Self {
        let mut counts = [0; MAX_CODE + 1];
        for length in lengths {
            counts[usize::from(*length)] += 1;
        }
        counts[0] = 0;
        let mut symbols: Vec<u16> =
            (0..lengths.len() as u16).filter(|at| lengths[usize::from(*at)] > 0).collect();
        symbols.sort_by_key(|at| lengths[usize::from(*at)]);
        Self { counts, symbols }
    }

    /// The next symbol; `None` if the bits end, or are none.
    fn symbol(&self, bits: &mut Bits<'_>) -> Option<usize> {
        let (mut code, mut first, mut index) = (0_u32, 0_u32, 0_u32);
        for count in &self.counts[1..] {
            let count = u32::from(*count);
            code |= bits.bit()?;
            if code < first + count {
                return self.symbols.get((index + code - first) as usize).map(|symbol| usize::from(*symbol));
            }
            index += count;
            first = (first + count) << 1;
            code <<= 1;
        }
        None
    }
}

struct Scan<'b> {
    bits: Bits<'b>,
    window: u32,
    is_beyond: bool,
}

impl Scan<'_> {
    /// Reads a block; `None` if the bytes end, or are none.
    fn block(&mut self) -> Option<()> {
        let is_last = self.bits.bit()? == 1;
        match self.bits.number(2)? {
            0 => {
                self.bits.align();
                let length = self.bits.number(16)?;
                self.bits.place += 16 + 8 * length as usize;
            }
            1 => {
                let mut lengths = [8; 288];
                lengths[144..256].fill(9);
                lengths[256..280].fill(7);
                self.symbols(&Code::new(&lengths), &Code::new(&[5; MOST_DISTANCES]))?;
            }
            2 => {
                let (lengths, distances) = self.codes()?;
                self.symbols(&lengths, &distances)?;
            }
            _ => return None,
        }
        if is_last {
            // The next stream begins with the next byte (RFC 7692 §7.2.3.4).
            self.bits.align();
        }
        Some(())
    }

    /// Reads the codes of a dynamic block (RFC 1951 §3.2.7).
    fn codes(&mut self) -> Option<(Code, Code)> {
        let lengths = self.bits.number(5)? as usize + 257;
        let distances = self.bits.number(5)? as usize + 1;
        let count = self.bits.number(4)? as usize + 4;
        if lengths > MOST_LENGTHS || distances > MOST_DISTANCES {
            return None;
        }
        let mut of_lengths = [0; ORDER.len()];
        for at in &ORDER[..count] {
            of_lengths[*at] = self.bits.number(3)? as u8;
        }
        let code = Code::new(&of_lengths);
        let mut all = Vec::with_capacity(lengths + distances);
        while all.len() < lengths + distances {
            let (length, times) = match code.symbol(&mut self.bits)? {
                16 => (*all.last()?, 3 + self.bits.number(2)?),
                17 => (0, 3 + self.bits.number(3)?),
                18 => (0, 11 + self.bits.number(7)?),
                length => (length as u8, 1),
            };
            all.resize(all.len() + times as usize, length);
        }
        let (of_lengths, of_distances) = all.split_at(lengths);
        Some((Code::new(of_lengths), Code::new(&of_distances[..distances])))
    }

    /// Reads the symbols of a block, up to its end or to a distance beyond the window.
    fn symbols(&mut self, lengths: &Code, distances: &Code) -> Option<()> {
        loop {
            let symbol = lengths.symbol(&mut self.bits)?;
            if symbol == END_OF_BLOCK {
                return Some(());
            }
            let Some(length) = symbol.checked_sub(END_OF_BLOCK + 1) else { continue };
            self.bits.number(*LENGTH_BITS.get(length)?)?;
            let distance = distances.symbol(&mut self.bits)? as u32;
            // Two symbols for each number of additional bits (RFC 1951 §3.2.5).
            let bits = (distance / 2).saturating_sub(1);
            let base = if distance < 4 { distance } else { (2 + distance % 2) << bits };
            if base + self.bits.number(bits as u8)? >= self.window {
                self.is_beyond = true;
                return None;
            }
        }
    }
}
