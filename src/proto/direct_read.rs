//! Direct read: the rest of a long frame goes from the socket straight into its message, without a copy.

use std::time::Duration;

use bytes::BufMut as _;
use bytes::buf::Limit;

use super::connection::Connection;
use super::event::Event;

/// Shortest rest worth a read of its own, in bytes: less is copied faster.
const MIN_DIRECT: usize = 16 * 1024;

impl Connection {
    /// Reads the rest of a long frame straight into its message: `read` appends up to the limit, the end of the frame
    /// or of the memory. Returns the result of `read`, and the event, if a message or the connection ended. `None`
    /// where no long rest is awaited: then read into a buffer, for [`receive`](Self::receive).
    ///
    /// Optional: `receive` accepts the same bytes, and copies them.
    pub fn receive_rest<R>(
        &mut self,
        now: Duration,
        read: impl FnOnce(&mut Limit<&mut Vec<u8>>) -> R,
    ) -> Option<(R, Option<Event<'static>>)> {
        if !self.reads() {
            return None;
        }
        let (header, offset) = self.decoder.cut_frame()?;
        let left = usize::try_from(header.length() - offset).unwrap_or(usize::MAX);
        if left < MIN_DIRECT {
            return None;
        }
        let payload = self.assembler.spare_room(&header, MIN_DIRECT)?;
        let (have, room) = (payload.len(), payload.room());
        let read = read(&mut payload.end().limit(left.min(room)));
        let came = payload.len() - have;
        if came == 0 {
            return Some((read, None));
        }
        self.clock.received(now);
        let last = self.decoder.advance(came);
        if let Some(key) = header.mask() {
            key.apply(offset, &mut payload.as_mut_slice()[have..]);
        }
        let done = self.assembler.check(have, last.then(|| header.fin()));
        match done {
            Ok(message) => Some((read, message.map(Event::Message))),
            Err(error) => {
                self.fail(error, now);
                Some((read, Some(Event::Failed(error))))
            }
        }
    }
}
