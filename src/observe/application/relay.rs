//! Proxies before HTTP: their messages are read one by one, and what follows them as if there had been none.

use super::{Dissector, Reader};
use crate::observe::facts::{Fact, OpaqueKind, Relay};
use crate::observe::http::relay::{RelayMessage, RelayProgress, RelayReader};
use crate::observe::reassembly::{Origin, Piece};
use crate::wire::Side;

impl Dissector<'_> {
    /// Reads a client's bytes as messages to a proxy from here on, and the server's as its answers.
    pub(super) fn switch_to_relay(&mut self, from: Side, message: RelayMessage, piece: &mut Piece<'_>) {
        let Some(readers) = &mut self.layer.readers else { return };
        readers.of[from] = Reader::Relay(RelayReader::new(message));
        if let (Some(answer), Reader::Head(collector)) = (message.answer(), &readers.of[from.peer()])
            && collector.is_empty()
        {
            readers.of[from.peer()] = Reader::Relay(RelayReader::new(answer));
        }
        self.read(from, *piece);
    }

    /// Reads on in a message of a proxy, or to it.
    pub(super) fn read_relay(&mut self, from: Side, piece: &mut Piece<'_>) {
        let Some(readers) = &mut self.layer.readers else { return };
        let Reader::Relay(reader) = &mut readers.of[from] else { return };
        match reader.push(piece) {
            RelayProgress::NeedMore => {}
            RelayProgress::Complete(offset, length, event, next) => {
                readers.of[from] =
                    next.map_or_else(Reader::head, |next| Reader::Relay(RelayReader::new(next)));
                if let Some(event) = event {
                    let relay = Relay { from, packet: piece.origin.packet, offset, length, event };
                    self.emitter.fact(Fact::Relay(Box::new(relay)));
                }
            }
            RelayProgress::Other(offset, packet) => {
                let origin = Origin { packet, ..piece.origin };
                self.set_opaque(from, OpaqueKind::Unknown, &Piece { offset, bytes: &[], origin });
            }
        }
    }
}
