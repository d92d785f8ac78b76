//! Heads of HTTP/1: requests, their answers, and the switch to frames (RFC 6455 §4, RFC 9112).

use super::search::{expected, is_no_head};
use super::{ApplicationLayer, Dissector, MAX_PENDING_REQUESTS, Negotiated, Protocol, Reader};
use crate::observe::facts::{
    Body, Evidence, Fact, OpaqueKind, Relay, RelayEvent, RequestKind, Response, Switch, Upgrade,
};
use crate::observe::http::body::{BodyProgress, BodyReader};
use crate::observe::http::detection::{Detection, detect};
use crate::observe::http::head::{HeadCollector, HeadProgress, PendingRequest};
use crate::observe::reassembly::Piece;
use crate::observe::ws::Event;
use crate::observe::ws::frame_reader::Rsv1;
use crate::observe::ws::frame_search::FrameSearch;
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
        let segment = *piece;
        if self.is_assumed(from, piece) {
            return self.open_midway(from);
        }
        let is_midway = self.layer.protocol == Protocol::Unknown;
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
        let expected = expected(from);
        let detected = collector.detect(from);
        let is_other = match detected {
            Detection::Request | Detection::Response => {
                detected != expected || (is_midway && is_no_head(from, collector))
            }
            _ => detected == Detection::Other(OpaqueKind::Unknown),
        };
        if is_midway && is_other {
            let start = collector.start();
            return self.search_midway(from, start, &segment);
        }
        match detected {
            Detection::Other(kind @ (OpaqueKind::Tls | OpaqueKind::Http2)) => {
                let bytes = collector.bytes().to_vec();
                return self.switch_protocol(from, kind, &mut Piece { bytes: &bytes, ..*piece });
            }
            Detection::Relay(message) if collector.start().is_some_and(|(offset, _)| offset == 0) => {
                let bytes = collector.bytes().to_vec();
                return self.switch_to_relay(
                    from,
                    message,
                    &mut Piece { offset: 0, bytes: &bytes, ..*piece },
                );
            }
            Detection::Relay(_) => return self.set_opaque(from, OpaqueKind::Unknown, piece),
            Detection::Other(kind) => return self.set_opaque(from, kind, piece),
            _ if is_other => return self.set_opaque(from, OpaqueKind::Unknown, piece),
            _ => {}
        }
        match progress {
            HeadProgress::NeedMore => {}
            HeadProgress::TooLong(limit) => self.set_opaque(from, OpaqueKind::LongHead(limit), piece),
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
        } else {
            self.layer.protocol = Protocol::WebSocket;
            self.event(Side::Client, Event::SendRequest, evidence);
            self.event(Side::Server, Event::ReceiveRequest, evidence);
        }
        self.set_body(Side::Client, body, piece);
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
        let request = readers.pending_requests.pop_front();
        let switch = response.switch;
        if switch == Switch::WebSocket {
            self.switch_to_frames(response, piece);
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
        if is_refusal {
            self.event(Side::Server, Event::SendRefusal, evidence);
            self.event(Side::Client, Event::ReceiveRefusal, evidence);
        }
        match switch {
            Switch::Other(name) => {
                self.close.switched();
                self.set_foreign(OpaqueKind::Upgraded(name), piece);
            }
            Switch::Tunnel => {
                let target = request.and_then(|request| request.connect_target).unwrap_or_default();
                let event = RelayEvent::Tunnel { target };
                let (offset, packet) = (piece.offset, piece.origin.packet);
                let relay = Relay { from: Side::Server, packet, offset, length: 0, event };
                self.emitter.fact(Fact::Relay(Box::new(relay)));
            }
            Switch::None | Switch::LikeTunnel | Switch::WebSocket => {
                self.set_body(Side::Server, body, piece);
            }
        }
    }

    /// Reads a body behind a head.
    fn set_body(&mut self, from: Side, body: Body, piece: &Piece<'_>) {
        let Some(readers) = &mut self.layer.readers else { return };
        match BodyReader::new(body) {
            Some(reader) => readers.of[from] = Reader::Body(reader),
            None if body == Body::Unknown => self.set_opaque(from, OpaqueKind::HttpBody, piece),
            None => self.end_body(from),
        }
    }

    /// Reads on in a body.
    pub(super) fn read_body(&mut self, from: Side, piece: &mut Piece<'_>) {
        let Some(readers) = &mut self.layer.readers else { return };
        let Reader::Body(body) = &mut readers.of[from] else { return };
        match body.push(piece) {
            BodyProgress::NeedMore => {}
            BodyProgress::Complete => self.end_body(from),
            BodyProgress::Broken => self.set_opaque(from, OpaqueKind::HttpBody, piece),
        }
    }

    /// Reads what follows a message: frames if the 101 has come, else the answer is awaited, or another head comes.
    pub(super) fn end_body(&mut self, from: Side) {
        let Some(readers) = &mut self.layer.readers else { return };
        let asked = readers.pending_requests.back().map(|request| request.kind);
        readers.of[from] = match (from, readers.negotiated.take()) {
            (Side::Client, Some(negotiated)) => Reader::frames(Side::Client, negotiated, Evidence::Captured),
            (Side::Client, None) if asked.is_some_and(|kind| kind != RequestKind::Http) => {
                Reader::AwaitingAnswer { early: Vec::new(), memory: 0 }
            }
            _ => Reader::head(),
        };
    }

    /// Reads frames on both sides from here on, behind a 101.
    fn switch_to_frames(&mut self, response: Response, piece: &Piece<'_>) {
        let Some(readers) = &mut self.layer.readers else { return };
        let evidence = response.head.evidence;
        let upgrade = response.upgrade.as_ref();
        let is_valid = upgrade.is_some_and(|upgrade| upgrade.faults.is_empty());
        let negotiated = upgrade.map_or(Negotiated::NOT_SEEN, negotiated);
        let draft = upgrade.and_then(|upgrade| upgrade.draft);
        if let Some(draft) = draft.filter(|draft| !draft.has_frames_of_rfc_6455()) {
            self.emitter.fact(Fact::Response(Box::new(response)));
            self.set_foreign(OpaqueKind::Draft(draft), piece);
            return;
        }
        readers.agreed = negotiated;
        let client = match std::mem::replace(&mut readers.of.client, Reader::head()) {
            Reader::AwaitingAnswer { early, .. } => {
                readers.replay.extend(early);
                Reader::frames(Side::Client, negotiated, evidence)
            }
            // That the client's frames begin behind the gap is inferred.
            Reader::Opaque(OpaqueKind::AfterGap) => {
                Reader::frames(Side::Client, negotiated, Evidence::Inferred)
            }
            // Where the head ends was not seen.
            Reader::Opaque(OpaqueKind::LongHead(_)) => {
                readers.is_reported.client = true;
                Reader::Search(Box::new(FrameSearch::new(Side::Client, negotiated.rsv1)))
            }
            // The request may still come; without it, frames do.
            reader @ (Reader::Head(_) | Reader::Body(_)) => {
                readers.negotiated = Some(negotiated);
                reader
            }
            other => other,
        };
        let mut server = Reader::frames(Side::Server, negotiated, evidence);
        let headers = response.head.headers();
        if let Reader::Frames(reader) = &mut server
            && headers.list("Transfer-Encoding").any(|coding| coding.eq_ignore_ascii_case("chunked"))
        {
            reader.expect_chunks();
        }
        readers.of = PerSide { client, server };
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
