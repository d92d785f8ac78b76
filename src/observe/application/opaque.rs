//! What is no HTTP/1 and no frames in a dialogue: its beginning, and of HTTP/2 what concerns a WebSocket.

use super::{Dialogue, Kind, Reader};
use crate::observe::emitter::Emitter;
use crate::observe::facts::fact::{Fact, Opaque, OpaqueKind};
use crate::observe::http::hello::{self, Hello, Progress};
use crate::observe::http::http2;
use crate::observe::reassembly::Piece;
use crate::wire::Side;

impl Dialogue {
    /// From here on a side's bytes are not looked at.
    pub(super) fn blind(&mut self, from: Side, kind: OpaqueKind, piece: &Piece<'_>, told: &mut Emitter) {
        let Some(readers) = &mut self.readers else { return };
        let begin = match &readers.of[from] {
            Reader::Head(collector) => collector.begin(),
            _ => None,
        };
        let (offset, packet) = begin.unwrap_or((piece.offset, piece.packet));
        readers.of[from] = Reader::Blind(kind);
        told.fact(Fact::Opaque(Opaque { from, offset, packet, kind }));
        if self.kind != Kind::WebSocket {
            self.kind = Kind::Other;
        }
    }

    /// A side's bytes turn out to be of another protocol, of which there is something to read.
    pub(super) fn opaque(&mut self, from: Side, kind: OpaqueKind, piece: &mut Piece<'_>, told: &mut Emitter) {
        self.blind(from, kind, piece, told);
        let Some(readers) = &mut self.readers else { return };
        readers.of[from] = match kind {
            OpaqueKind::Tls => Reader::Hello(hello::Collector::default()),
            OpaqueKind::Http2 => Reader::Http2(Box::new(http2::Reader::new(from))),
            _ => return,
        };
        self.read_opaque(from, piece, told);
    }

    fn read_opaque(&mut self, from: Side, piece: &mut Piece<'_>, told: &mut Emitter) {
        match self.readers.as_ref().map(|readers| &readers.of[from]) {
            Some(Reader::Hello(_)) => self.read_hello(from, piece, told),
            Some(Reader::Http2(_)) => self.read_http2(from, piece, told),
            _ => {}
        }
    }

    /// Reads on in a hello of TLS.
    pub(super) fn read_hello(&mut self, from: Side, piece: &mut Piece<'_>, told: &mut Emitter) {
        let Some(readers) = &mut self.readers else { return };
        let Reader::Hello(collector) = &mut readers.of[from] else { return };
        match collector.push(piece.bytes) {
            Progress::More => {}
            Progress::Whole(protocols) => {
                told.fact(Fact::Hello(Box::new(Hello { from, packet: piece.packet, protocols })));
                readers.of[from] = Reader::Blind(OpaqueKind::Tls);
            }
            Progress::Other => readers.of[from] = Reader::Blind(OpaqueKind::Tls),
        }
        piece.advance(piece.bytes.len());
    }

    /// Reads on in frames of HTTP/2.
    pub(super) fn read_http2(&mut self, from: Side, piece: &mut Piece<'_>, told: &mut Emitter) {
        let Some(readers) = &mut self.readers else { return };
        let Reader::Http2(reader) = &mut readers.of[from] else { return };
        if reader.push(piece, told) == http2::Progress::Lost {
            readers.of[from] = Reader::Blind(OpaqueKind::Http2);
        }
    }
}
