//! Protocols other than HTTP/1 and WebSocket: a TLS hello and HTTP/2, as far as they concern a WebSocket.

use super::{Dissector, Protocol, Reader};
use crate::observe::facts::{Fact, Hello, Opaque, OpaqueKind};
use crate::observe::http::hello::{HelloCollector, Progress};
use crate::observe::http::http2;
use crate::observe::reassembly::Piece;
use crate::wire::Side;

impl Dissector<'_> {
    /// Stops reading a side's bytes, from its open head on, if there is one.
    pub(super) fn set_opaque(&mut self, from: Side, kind: OpaqueKind, piece: &Piece<'_>) {
        let Some(readers) = &mut self.layer.readers else { return };
        let start = match &readers.of[from] {
            Reader::Head(collector) => collector.start(),
            _ => None,
        };
        let (offset, packet) = start.unwrap_or((piece.offset, piece.origin.packet));
        readers.of[from] = Reader::Opaque(kind);
        self.emitter.fact(Fact::Opaque(Opaque { from, offset, packet, kind }));
        if self.layer.protocol != Protocol::WebSocket {
            self.layer.protocol = Protocol::Other;
        }
    }

    /// Reads neither side's bytes from here on, behind a server's head.
    pub(super) fn set_foreign(&mut self, kind: OpaqueKind, piece: &Piece<'_>) {
        let Some(readers) = &mut self.layer.readers else { return };
        readers.of.server = Reader::Foreign(kind);
        match &mut readers.of.client {
            Reader::Head(collector) if !collector.is_empty() => self.set_opaque(Side::Client, kind, piece),
            Reader::AwaitingAnswer { early, .. } => {
                readers.replay.extend(early.drain(..));
                readers.of.client = Reader::Foreign(kind);
            }
            Reader::Head(_) => readers.of.client = Reader::Foreign(kind),
            _ => {}
        }
        self.layer.protocol = Protocol::Other;
    }

    /// Reads a side's bytes as another protocol from here on.
    pub(super) fn switch_protocol(&mut self, from: Side, kind: OpaqueKind, piece: &mut Piece<'_>) {
        self.set_opaque(from, kind, piece);
        let Some(readers) = &mut self.layer.readers else { return };
        match kind {
            OpaqueKind::Tls => {
                readers.of[from] = Reader::Hello(HelloCollector::default());
                self.read_hello(from, piece);
            }
            OpaqueKind::Http2 => {
                readers.of[from] = Reader::Http2(Box::new(http2::Reader::new(from)));
                self.read_http2(from, piece);
            }
            _ => {}
        }
    }

    /// Reads on in a TLS hello.
    pub(super) fn read_hello(&mut self, from: Side, piece: &mut Piece<'_>) {
        let Some(readers) = &mut self.layer.readers else { return };
        let Reader::Hello(collector) = &mut readers.of[from] else { return };
        match collector.push(piece.bytes) {
            Progress::NeedMore => {}
            Progress::Complete(protocols) => {
                let packet = piece.origin.packet;
                self.emitter.fact(Fact::Hello(Box::new(Hello { from, packet, protocols })));
                readers.of[from] = Reader::Opaque(OpaqueKind::Tls);
            }
            Progress::NoHello => readers.of[from] = Reader::Opaque(OpaqueKind::Tls),
        }
        piece.advance(piece.bytes.len());
    }

    /// Reads on in frames of HTTP/2.
    pub(super) fn read_http2(&mut self, from: Side, piece: &mut Piece<'_>) {
        let Some(readers) = &mut self.layer.readers else { return };
        let Reader::Http2(reader) = &mut readers.of[from] else { return };
        loop {
            match reader.next(piece) {
                Ok(Some(event)) => self.emitter.fact(Fact::Http2(event)),
                Ok(None) => return,
                Err(http2::NotHttp2) => break,
            }
        }
        readers.of[from] = Reader::Opaque(OpaqueKind::Http2);
    }
}
