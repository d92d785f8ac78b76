//! A queue of bytes: in memory up to a limit, then in a temporary file.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt as _;

/// Bytes in memory at most: more than what lies between two readers while packets are read. A single block of a capture
/// may be longer.
const IN_MEMORY: usize = 32 * 1024 * 1024;

/// Bytes that were written and not read yet, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    /// The oldest ones.
    memory: VecDeque<u8>,
    /// Those behind them.
    spilled: Option<SpilledBytes>,
}

/// Bytes in a file without a name.
#[derive(Debug)]
struct SpilledBytes {
    file: File,
    /// Offsets of the first that was not read, and behind the last.
    begin: u64,
    end: u64,
}

impl Backlog {
    pub(super) fn is_empty(&self) -> bool {
        self.memory.is_empty() && self.spilled.is_none()
    }

    /// Adds bytes.
    pub(super) fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.spilled.is_none() && self.memory.len() + bytes.len() <= IN_MEMORY {
            self.memory.extend(bytes);
            return Ok(());
        }
        let spilled = match &mut self.spilled {
            Some(spilled) => spilled,
            none => none.insert(SpilledBytes { file: tempfile::tempfile()?, begin: 0, end: 0 }),
        };
        spilled.file.write_all_at(bytes, spilled.end)?;
        spilled.end += bytes.len() as u64;
        Ok(())
    }
}

impl Read for Backlog {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let Some(spilled) = self.spilled.as_mut().filter(|_| self.memory.is_empty()) else {
            return self.memory.read(into);
        };
        let len = into.len().min(usize::try_from(spilled.end - spilled.begin).unwrap_or(usize::MAX));
        let came = spilled.file.read_at(&mut into[..len], spilled.begin)?;
        spilled.begin += came as u64;
        if spilled.begin == spilled.end {
            self.spilled = None;
        }
        Ok(came)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_out_in_order_and_few_are_in_memory() {
        let block: Vec<u8> = (0..=255).cycle().take(1 << 20).collect();
        let mut backlog = Backlog::default();
        assert!(backlog.is_empty());
        for round in 0..2 {
            for _ in 0..40 {
                backlog.push(&block).unwrap();
            }
            assert_eq!(backlog.memory.len(), IN_MEMORY, "round {round}");
            let mut into = vec![0; 1 << 20];
            for _ in 0..40 {
                backlog.read_exact(&mut into).unwrap();
                assert!(into == block);
            }
            assert!(backlog.is_empty());
        }
    }
}
