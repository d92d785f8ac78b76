//! Output: bytes buffered until the caller writes them.

use super::connection::Connection;
use super::state::State;
use crate::wire::Side;

/// The next step on the transport.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transmit<'c> {
    /// Write these bytes, and report how many were written by [`Connection::transmitted`].
    Bytes(&'c [u8]),
    /// Shut down writing (TCP FIN): nothing more will be sent. Returned once.
    Eof,
}

/// Bytes that wait to be written.
#[derive(Debug, Default)]
pub(super) struct SendBuffer {
    pub(super) bytes: Vec<u8>,
    /// Bytes at the front that are written.
    written: usize,
    eof: Eof,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum Eof {
    #[default]
    NotYet,
    Due,
    Reported,
}

impl SendBuffer {
    fn pending(&self) -> &[u8] {
        &self.bytes[self.written..]
    }

    pub(super) fn end(&mut self) {
        if self.eof == Eof::NotYet {
            self.eof = Eof::Due;
        }
    }
}

impl Connection {
    /// The next step on the transport; `None`: nothing to do. After [`Transmit::Bytes`] call
    /// [`transmitted`](Self::transmitted), or the same bytes come again.
    pub fn poll_transmit(&mut self) -> Option<Transmit<'_>> {
        if matches!(self.state, State::Closed(_)) {
            return None;
        }
        if self.out.pending().is_empty() {
            if self.out.eof != Eof::Due {
                return None;
            }
            self.out.eof = Eof::Reported;
            return Some(Transmit::Eof);
        }
        Some(Transmit::Bytes(self.out.pending()))
    }

    /// Consumes `written` bytes of the output. Its memory is reused, until it is [reclaimed](Self::reclaim).
    ///
    /// # Panics
    /// If `written` is more than was pending.
    #[inline]
    pub fn transmitted(&mut self, written: usize) {
        assert!(written <= self.out.pending().len(), "more written than there was");
        self.out.written += written;
        if self.out.pending().is_empty() {
            self.out.bytes.clear();
            self.out.written = 0;
        }
    }

    /// Lends memory for output, unless the connection has some; `memory` is empty afterwards if it was used.
    #[inline]
    pub fn lend(&mut self, memory: &mut Vec<u8>) {
        if self.out.bytes.capacity() == 0 {
            self.out.bytes = std::mem::take(memory);
            self.out.bytes.clear();
        }
    }

    /// Returns the memory for output, if nothing is pending: an idle connection needs none.
    #[inline]
    pub fn reclaim(&mut self) -> Option<Vec<u8>> {
        let idle = self.out.bytes.is_empty() && self.out.bytes.capacity() > 0;
        idle.then(|| std::mem::take(&mut self.out.bytes))
    }

    /// Frees the memory of written bytes, if it is more than half: a peer that does not read could pin it for long.
    pub fn shrink_unsent(&mut self) {
        let out = &mut self.out;
        if out.bytes.capacity() / 2 > out.pending().len() {
            out.bytes = out.pending().to_vec();
            out.written = 0;
        }
    }

    /// Bytes that wait to be written.
    #[must_use]
    pub fn unsent(&self) -> usize {
        self.out.pending().len()
    }

    /// After the closing handshake, or our part in a failed one, writing ends: the server's at once (RFC 6455
    /// §7.1.1 has it close TCP first), the client's when the server's has.
    pub(super) fn end_output_if_done(&mut self) {
        let Some(record) = self.state.record() else { return };
        let failed = record.cause.is_some();
        let done = record.sent.is_some() && record.received.is_some();
        if failed || (done && self.side == Side::Server) {
            self.out.end();
        }
    }
}
