//! Messages encoded once, for many receivers.

use bytes::Bytes;

use super::commands::header;
use super::event::Kind;
use crate::wire::ws::Fin;

/// Whole messages in frames as a server sends them, unmasked (RFC 6455 §5.1). A clone shares the bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frames(Bytes);

impl Frames {
    /// Bytes on the wire.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns `true` if there is no message.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// A builder of [`Frames`].
#[derive(Debug, Default)]
pub struct Batch(Vec<u8>);

impl Batch {
    /// Adds a message. The payload of a [`Kind::Text`] must be UTF-8, as that of a received text message is.
    pub fn push(&mut self, kind: Kind, payload: &[u8]) {
        header(Fin::Final, kind.opcode(), payload, None).encode_frame(payload, &mut self.0);
    }

    /// The messages since the last call; `None` if there was none.
    pub fn drain(&mut self) -> Option<Frames> {
        (!self.0.is_empty()).then(|| Frames(Bytes::from(std::mem::take(&mut self.0))))
    }
}
