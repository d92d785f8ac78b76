//! Text of connections whose turn has not come: its beginning in a spool, its end in memory.

use std::io::{self, SeekFrom, Write};

use crate::explain::views::Spool;

/// Bytes of a connection in memory before they are spilled.
const IN_MEMORY: usize = 4096;

/// Text of one connection.
#[derive(Debug, Default)]
pub(super) struct WaitingText {
    /// Offset and length of each part in the spool.
    spilled: Vec<(u64, usize)>,
    rest: Vec<u8>,
}

/// The spool that all of them share.
#[derive(Debug)]
pub(super) struct TextSpool<S> {
    spool: S,
    end: u64,
}

impl<S: Spool> TextSpool<S> {
    pub(super) const fn new(spool: S) -> Self {
        Self { spool, end: 0 }
    }

    /// Adds to the text of a connection.
    pub(super) fn append(&mut self, text: &mut WaitingText, bytes: &[u8]) -> io::Result<()> {
        text.rest.extend_from_slice(bytes);
        if text.rest.len() < IN_MEMORY {
            return Ok(());
        }
        self.spool.seek(SeekFrom::Start(self.end))?;
        self.spool.write_all(&text.rest)?;
        text.spilled.push((self.end, text.rest.len()));
        self.end += text.rest.len() as u64;
        text.rest.clear();
        Ok(())
    }

    /// Writes the text of a connection there.
    pub(super) fn release(&mut self, text: &mut WaitingText, to: &mut impl Write) -> io::Result<()> {
        let mut bytes = Vec::new();
        for (offset, len) in text.spilled.drain(..) {
            bytes.resize(len, 0);
            self.spool.seek(SeekFrom::Start(offset))?;
            self.spool.read_exact(&mut bytes)?;
            to.write_all(&bytes)?;
        }
        to.write_all(&std::mem::take(&mut text.rest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_comes_out_whole_while_others_grow() {
        let mut spool = TextSpool::new(io::Cursor::new(Vec::new()));
        let (mut one, mut other) = (WaitingText::default(), WaitingText::default());
        let (mut of_one, mut of_other) = (Vec::new(), Vec::new());
        for round in 0..3 {
            for line in 0..2_000 {
                spool.append(&mut one, format!("one {line}\n").as_bytes()).unwrap();
                spool.append(&mut other, format!("other {line}\n").as_bytes()).unwrap();
            }
            assert!(one.rest.len() < IN_MEMORY && !one.spilled.is_empty(), "round {round}");
            spool.release(&mut one, &mut of_one).unwrap();
        }
        spool.release(&mut other, &mut of_other).unwrap();
        let all = |name: &str| -> String {
            (0..3).flat_map(|_| (0..2_000).map(|line| format!("{name} {line}\n"))).collect()
        };
        assert!(of_one == all("one").as_bytes() && of_other == all("other").as_bytes());
    }
}
