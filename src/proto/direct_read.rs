//! The rest of a long frame that an input has cut: read to where its message is gathered, so that it need not be copied
//! there.

use std::time::Duration;

use bytes::BufMut as _;
use bytes::buf::Limit;

use super::connection::Connection;
use super::event::Event;

/// A shorter rest is copied in less time than a read of its own takes.
const LONG: usize = 16 * 1024;

impl Connection {
    /// Reads the rest of a long frame right into its message: `read` puts in as many bytes as it has, up to the end of
    /// the frame or of the memory that there is. Gives what `read` returned, and the event, if that ended a message or
    /// the connection. `None` where nothing long is to come: read into a buffer, for [`receive`](Self::receive).
    ///
    /// Nobody need ask: what is given to `receive` instead is copied.
    pub fn receive_rest<R>(
        &mut self,
        now: Duration,
        read: impl FnOnce(&mut Limit<&mut Vec<u8>>) -> R,
    ) -> Option<(R, Option<Event<'static>>)> {
        if !self.reads() {
            return None;
        }
        let (header, offset) = self.decoder.within()?;
        let left = usize::try_from(header.length() - offset).unwrap_or(usize::MAX);
        if left < LONG {
            return None;
        }
        let payload = self.assembler.room(&header, LONG)?;
        let (have, room) = (payload.len(), payload.room());
        let read = read(&mut payload.end().limit(left.min(room)));
        let came = payload.len() - have;
        if came == 0 {
            return Some((read, None));
        }
        self.clock.heard(now);
        let last = self.decoder.advance(came);
        if let Some(key) = header.mask() {
            key.apply(offset, &mut payload.as_mut_slice()[have..]);
        }
        let done = self.assembler.judge(have, last.then(|| header.fin()));
        match done {
            Ok(message) => Some((read, message.map(Event::Message))),
            Err(error) => {
                self.fail(error, now);
                Some((read, Some(Event::Failed(error))))
            }
        }
    }
}
