//! Heads of HTTP/1: requests, their answers, and the switch to frames (RFC 6455 §4, RFC 9112).

use super::{ApplicationLayer, Dissector, MAX_PENDING_REQUESTS, Negotiated, Protocol, Reader};
use crate::observe::facts::{Body, Evidence, Fact, Opaque, OpaqueKind, RequestKind, Response, Upgrade};
use crate::observe::http::detection::{Detection, detect};
use crate::observe::http::head::{HeadCollector, HeadProgress, PendingRequest};
use crate::observe::reassembly::Piece;
use crate::observe::ws::Event;
use crate::observe::ws::frame_reader::Rsv1;
use crate::wire::http::Status;
use crate::wire::ws::Deflate;
use crate::wire::{PerSide, Side};

impl ApplicationLayer {
    /// Returns `true` if a WebSocket was asked for, or frames were read.
    pub(in crate::observe) fn is_websocket(&self) -> bool {
        self.protocol == Protocol::WebSocket
    }
}

impl Dissector<'_> {
    /// Reads on in a head.
    pub(super) fn read_head(&mut self, from: Side, piece: &mut Piece<'_>) {
        let Some(readers) = &mut self.layer.readers else { return };
        let Reader::Head(collector) = &mut readers.of[from] else { return };
        if let (Side::Client, true, Some(negotiated)) = (from, collector.is_empty(), readers.negotiated)
            && matches!(detect(from, piece.bytes), Detection::Other(_))
        {
            // The request was never seen, so that a frame begins here is inferred.
            readers.of.client = Reader::frames(Side::Client, negotiated, Evidence::Inferred);
            return;
        }
        let progress = collector.push(piece);
        let expected = if from == Side::Client { Detection::Request } else { Detection::Response };
        match collector.detect(from) {
            Detection::Other(kind @ (OpaqueKind::Tls | OpaqueKind::Http2)) => {
                let bytes = collector.bytes().to_vec();
                return self.switch_protocol(from, kind, &mut Piece { bytes: &bytes, ..*piece });
            }
            Detection::Other(kind) => return self.set_opaque(from, kind, piece),
            detected @ (Detection::Request | Detection::Response) if detected != expected => {
                return self.set_opaque(from, OpaqueKind::Unknown, piece);
            }
            _ => {}
        }
        match progress {
            HeadProgress::NeedMore => {}
            HeadProgress::TooLong => self.set_opaque(from, OpaqueKind::LongHead, piece),
            HeadProgress::Complete => {
                let collector = std::mem::take(collector);
                match from {
                    Side::Client => self.request(&collector, piece),
                    Side::Server => self.response(&collector, piece),
                }
            }
        }
    }

    fn request(&mut self, collector: &HeadCollector, piece: &Piece<'_>) {
        let Some(readers) = &mut self.layer.readers else { return };
        let Some(request) = collector.request() else {
            let mut start = *piece;
            (start.offset, start.origin.packet) =
                collector.start().unwrap_or((piece.offset, piece.origin.packet));
            return self.set_opaque(Side::Client, OpaqueKind::Unknown, &start);
        };
        let (kind, body, evidence) = (request.kind, request.body, request.head.evidence);
        if readers.pending_requests.len() == MAX_PENDING_REQUESTS {
            readers.pending_requests.pop_front();
        }
        readers.pending_requests.push_back(PendingRequest::new(&request));
        self.emitter.fact(Fact::Request(Box::new(request)));
        if kind == RequestKind::Http {
            self.layer.protocol = Protocol::Other;
            match body {
                Body::Bytes(length) if length > 0 => readers.of.client = Reader::Body(length),
                Body::Unknown => self.set_opaque(Side::Client, OpaqueKind::HttpBody, piece),
                Body::Bytes(_) | Body::NoLength => {}
            }
            return;
        }
        self.layer.protocol = Protocol::WebSocket;
        readers.of.client = match readers.negotiated.take() {
            Some(negotiated) => Reader::frames(Side::Client, negotiated, evidence),
            None => Reader::AwaitingAnswer { early: Vec::new(), memory: 0 },
        };
        self.event(Side::Client, Event::SendRequest, evidence);
        self.event(Side::Server, Event::ReceiveRequest, evidence);
    }

    fn response(&mut self, collector: &HeadCollector, piece: &Piece<'_>) {
        let Some(readers) = &mut self.layer.readers else { return };
        let response = collector.response(readers.pending_requests.front());
        let Status(status) = response.status;
        if matches!(status, 100 | 102..=199) {
            // Interim, before the answer (RFC 9110 §15.2).
            self.emitter.fact(Fact::Response(Box::new(response)));
            return;
        }
        readers.pending_requests.pop_front();
        if response.status == Status::SWITCHING_PROTOCOLS && response.upgrade.is_some() {
            self.switch_to_frames(response);
            return;
        }
        let evidence = response.head.evidence;
        let is_refusal = response.upgrade.is_some();
        let body = response.body;
        self.emitter.fact(Fact::Response(Box::new(response)));
        if let Reader::AwaitingAnswer { early, .. } = &mut readers.of.client {
            readers.replay.extend(early.drain(..));
            readers.of.client = Reader::head();
        }
        match body {
            Body::Bytes(0) => {}
            Body::Bytes(length) => readers.of.server = Reader::Body(length),
            Body::Unknown | Body::NoLength => {
                let (offset, packet) = (piece.offset, piece.origin.packet);
                let kind = OpaqueKind::HttpBody;
                readers.of.server = Reader::Opaque(kind);
                self.emitter.fact(Fact::Opaque(Opaque { from: Side::Server, offset, packet, kind }));
            }
        }
        if is_refusal {
            self.event(Side::Server, Event::SendRefusal, evidence);
            self.event(Side::Client, Event::ReceiveRefusal, evidence);
        }
    }

    /// Reads frames on both sides from here on, behind a 101.
    fn switch_to_frames(&mut self, response: Response) {
        let Some(readers) = &mut self.layer.readers else { return };
        let evidence = response.head.evidence;
        let upgrade = response.upgrade.as_ref();
        let is_valid = upgrade.is_some_and(|upgrade| upgrade.faults.is_empty());
        let negotiated = upgrade.map_or(Negotiated::NOT_SEEN, negotiated);
        let client = match std::mem::replace(&mut readers.of.client, Reader::Body(0)) {
            Reader::AwaitingAnswer { early, .. } => {
                readers.replay.extend(early);
                Reader::frames(Side::Client, negotiated, evidence)
            }
            // That the client's frames begin behind the gap is inferred.
            Reader::Opaque(OpaqueKind::AfterGap) => {
                Reader::frames(Side::Client, negotiated, Evidence::Inferred)
            }
            // The request may still come; without it, frames do.
            Reader::Head(collector) => {
                readers.negotiated = Some(negotiated);
                Reader::Head(collector)
            }
            other => other,
        };
        readers.of = PerSide { client, server: Reader::frames(Side::Server, negotiated, evidence) };
        self.layer.protocol = Protocol::WebSocket;
        self.emitter.fact(Fact::Response(Box::new(response)));
        let received = if is_valid { Event::Receive101 } else { Event::ReceiveWrong101 };
        self.event(Side::Server, Event::Send101, evidence);
        self.event(Side::Client, received, evidence);
    }
}

fn negotiated(upgrade: &Upgrade) -> Negotiated {
    let deflate = upgrade.extensions.iter().find_map(|element| Deflate::read(element));
    let rsv1 = if upgrade.extensions.is_empty() { Rsv1::Unused } else { Rsv1::Extension };
    Negotiated { deflate, rsv1 }
}
