//! Fast path: a message that lies whole in the input, in one frame. The common case.

use super::connection::Connection;
use super::decoder::Input;
use super::event::Kind;
use super::state::State;
use crate::wire::Side;
use crate::wire::ws::{MaskKey, Utf8};

impl Connection {
    /// The message at the front of `input`, unmasked in place and consumed, if it is whole, in one frame and legal.
    /// `None` in all other cases: call [`receive`](Self::receive) then, and also after the last message, as only
    /// `receive` restarts the idle timer.
    ///
    /// Optional: `receive` returns such messages too, in more time.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "called for each message: the call costs a tenth of it")]
    pub fn receive_whole<'b>(&self, input: &mut Input<'b>) -> Option<(Kind, &'b mut [u8])> {
        if !matches!(self.state, State::Open) {
            return None;
        }
        let sender = self.side.peer();
        let most = self.assembler.message_limit(&self.config.limits)?;
        let (header, payload) = self.decoder.whole_message(input, sender, most)?;
        let (header, payload) = input.front(header + payload).split_at_mut(header);
        let kind = if header[0] & 0x0F == 0x01 { Kind::Text } else { Kind::Binary };
        let key = header.last_chunk().filter(|_| sender == Side::Client).map(|key| MaskKey(*key));
        if let Some(key) = key {
            key.apply(0, payload);
        }
        if kind == Kind::Text && Utf8::check(payload).is_err() {
            // Masked again, for `receive` to judge.
            if let Some(key) = key {
                key.apply(0, payload);
            }
            return None;
        }
        let (header, payload) = (header.len(), payload.len());
        input.take(header);
        Some((kind, input.take(payload)))
    }
}
