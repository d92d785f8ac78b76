//! The heads of HTTP in a dialogue: requests, their answers, and the switch to frames (RFC 6455 §4, RFC 9112).

use super::{Dialogue, Kind, MOST_ASKED, Reader, Switched, frames};
use crate::observe::emitter::Emitter;
use crate::observe::facts::fact::{Fact, Opaque, OpaqueKind};
use crate::observe::facts::segment::Evidence;
use crate::observe::facts::upgrade::{Asks, Body, Response, Upgrade};
use crate::observe::http::head::{Asked, Collected, Collector, Sniff, sniff};
use crate::observe::reassembly::Piece;
use crate::observe::ws::Event;
use crate::observe::ws::frame_reader::Rsv1;
use crate::wire::PerSide;
use crate::wire::Side;
use crate::wire::http::Status;
use crate::wire::ws::Deflate;

impl Dialogue {
    /// Reads on in a head.
    pub(super) fn read_head(&mut self, from: Side, piece: &mut Piece<'_>, told: &mut Emitter) {
        let Some(readers) = &mut self.readers else { return };
        let Reader::Head(collector) = &mut readers.of[from] else { return };
        if let (Side::Client, true, Some(switched)) = (from, collector.is_empty(), readers.switched)
            && matches!(sniff(from, piece.bytes), Sniff::Other(_))
        {
            // The request was never seen, so that a frame begins here is inferred.
            readers.of.client = frames(Side::Client, switched, Evidence::Inferred);
            return;
        }
        let collected = collector.push(piece);
        let expected = if from == Side::Client { Sniff::Request } else { Sniff::Response };
        match collector.sniff(from) {
            Sniff::Other(kind @ (OpaqueKind::Tls | OpaqueKind::Http2)) => {
                let bytes = collector.bytes().to_vec();
                return self.opaque(from, kind, &mut Piece { bytes: &bytes, ..*piece }, told);
            }
            Sniff::Other(kind) => return self.blind(from, kind, piece, told),
            sniffed @ (Sniff::Request | Sniff::Response) if sniffed != expected => {
                return self.blind(from, OpaqueKind::Unknown, piece, told);
            }
            _ => {}
        }
        match collected {
            Collected::More => {}
            Collected::TooLong => self.blind(from, OpaqueKind::LongHead, piece, told),
            Collected::Whole => {
                let collector = std::mem::take(collector);
                match from {
                    Side::Client => self.request(&collector, piece, told),
                    Side::Server => self.response(&collector, piece, told),
                }
            }
        }
    }

    fn request(&mut self, collector: &Collector, piece: &Piece<'_>, told: &mut Emitter) {
        let Some(readers) = &mut self.readers else { return };
        let Some(request) = collector.request() else {
            let (offset, packet) = collector.begin().unwrap_or((piece.offset, piece.packet));
            let whole = Piece { offset, packet, ..*piece };
            return self.blind(Side::Client, OpaqueKind::Unknown, &whole, told);
        };
        let asked = Asked::new(&request);
        let (asks, body, evidence) = (request.asks, request.body, request.head.evidence);
        if readers.asked.len() == MOST_ASKED {
            readers.asked.pop_front();
        }
        readers.asked.push_back(asked);
        told.fact(Fact::Request(Box::new(request)));
        if asks == Asks::Http {
            self.kind = Kind::Other;
            match body {
                Body::Bytes(length) if length > 0 => readers.of.client = Reader::Body(length),
                Body::NotTold => self.blind(Side::Client, OpaqueKind::HttpBody, piece, told),
                Body::Bytes(_) | Body::NoLength => {}
            }
            return;
        }
        self.kind = Kind::WebSocket;
        readers.of.client = match readers.switched.take() {
            Some(switched) => frames(Side::Client, switched, evidence),
            None => Reader::Waiting { early: Vec::new(), held: 0 },
        };
        self.event(Side::Client, Event::SendRequest, evidence, told);
        self.event(Side::Server, Event::ReceiveRequest, evidence, told);
    }

    fn response(&mut self, collector: &Collector, piece: &Piece<'_>, told: &mut Emitter) {
        let Some(readers) = &mut self.readers else { return };
        let response = collector.response(readers.asked.front());
        let Status(status) = response.status;
        if matches!(status, 100 | 102..=199) {
            // On the way to the answer (RFC 9110 §15.2).
            told.fact(Fact::Response(Box::new(response)));
            return;
        }
        readers.asked.pop_front();
        if response.status == Status::SWITCHING_PROTOCOLS && response.upgrade.is_some() {
            self.switch(response, told);
            return;
        }
        let evidence = response.head.evidence;
        let is_refusal = response.upgrade.is_some();
        let body = response.body;
        told.fact(Fact::Response(Box::new(response)));
        if let Reader::Waiting { early, .. } = &mut readers.of.client {
            readers.again.extend(early.drain(..));
            readers.of.client = Reader::Head(Collector::default());
        }
        match body {
            Body::Bytes(0) => {}
            Body::Bytes(length) => readers.of.server = Reader::Body(length),
            Body::NotTold | Body::NoLength => readers.of.server = Reader::Blind(OpaqueKind::HttpBody),
        }
        if is_refusal {
            self.event(Side::Server, Event::SendRefusal, evidence, told);
            self.event(Side::Client, Event::ReceiveRefusal, evidence, told);
        }
        if matches!(body, Body::NotTold | Body::NoLength) {
            let Piece { offset, packet, .. } = *piece;
            let kind = OpaqueKind::HttpBody;
            told.fact(Fact::Opaque(Opaque { from: Side::Server, offset, packet, kind }));
        }
    }

    /// A 101: frames from here on, on both sides.
    fn switch(&mut self, response: Response, told: &mut Emitter) {
        let Some(readers) = &mut self.readers else { return };
        let evidence = response.head.evidence;
        let upgrade = response.upgrade.as_ref();
        let is_valid = upgrade.is_some_and(|upgrade| upgrade.faults.is_empty());
        let switched = upgrade.map_or(Switched::NOT_SEEN, agreed);
        let client = match std::mem::replace(&mut readers.of.client, Reader::Body(0)) {
            Reader::Waiting { early, .. } => {
                readers.again.extend(early);
                frames(Side::Client, switched, evidence)
            }
            // That the client's frames begin behind the hole is inferred.
            Reader::Blind(OpaqueKind::AfterHole) => frames(Side::Client, switched, Evidence::Inferred),
            // The request may still come; without it, frames do.
            Reader::Head(collector) => {
                readers.switched = Some(switched);
                Reader::Head(collector)
            }
            other => other,
        };
        readers.of = PerSide { client, server: frames(Side::Server, switched, evidence) };
        self.kind = Kind::WebSocket;
        told.fact(Fact::Response(Box::new(response)));
        let received = if is_valid { Event::Receive101 } else { Event::ReceiveWrong101 };
        self.event(Side::Server, Event::Send101, evidence, told);
        self.event(Side::Client, received, evidence, told);
    }
}

fn agreed(upgrade: &Upgrade) -> Switched {
    let deflate = upgrade.extensions.iter().find_map(|element| Deflate::read(element));
    let rsv1 = if upgrade.extensions.is_empty() { Rsv1::Nothing } else { Rsv1::Something };
    Switched { deflate, rsv1 }
}
