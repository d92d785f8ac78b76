//! A message that lies whole in the input, in one frame: what most input is, taken in the shortest way.

use super::connection::Connection;
use super::decoder::Input;
use super::event::Kind;
use super::state::State;
use crate::wire::Side;
use crate::wire::ws::{MaskKey, Utf8};

impl Connection {
    /// Takes a message from the front of `input`, unmasked where it lies, if nothing else is to be told or judged. `None`
    /// in all other cases: then it is for [`receive`](Self::receive). That is to be asked after the last one too: it takes
    /// note of when the peer was heard.
    ///
    /// Nobody need ask: `receive` takes such messages as well, in more time.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "called for each message: the call costs a tenth of it")]
    pub fn receive_whole<'b>(&self, input: &mut Input<'b>) -> Option<(Kind, &'b mut [u8])> {
        if !matches!(self.state, State::Open) {
            return None;
        }
        let sender = self.side.peer();
        let most = self.assembler.most(&self.config.limits)?;
        let (header, payload) = self.decoder.whole(input, sender, most)?;
        let (header, payload) = input.front(header + payload).split_at_mut(header);
        let kind = if header[0] & 0x0F == 0x01 { Kind::Text } else { Kind::Binary };
        let key = header.last_chunk().filter(|_| sender == Side::Client).map(|key| MaskKey(*key));
        if let Some(key) = key {
            key.apply(0, payload);
        }
        if kind == Kind::Text && Utf8::check(payload).is_err() {
            // As it was before.
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
