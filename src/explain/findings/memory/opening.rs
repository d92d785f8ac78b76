//! Progress of the opening handshake.

use super::challenge::Challenge;
use super::packet_ref::PacketRef;
use crate::observe::{Request, RequestKind, Response};
use crate::wire::http::Status;
use crate::wire::ws::Deflate;

/// Progress of the opening handshake.
#[derive(Debug, Default)]
pub(in crate::explain::findings) struct OpeningMemory {
    /// The Upgrade request without a final response.
    pub(in crate::explain::findings) request: Option<Box<(Request, PacketRef)>>,
    /// Offset behind the server's last head that is final.
    pub(in crate::explain::findings) responses_end: u64,
    /// The last challenge, until a 101 comes.
    pub(in crate::explain::findings) challenge: Option<Box<Challenge>>,
    /// The first request of any kind.
    pub(in crate::explain::findings) first_request: Option<PacketRef>,
    /// `true` if an Upgrade was asked for or answered.
    pub(in crate::explain::findings) is_of_websocket: bool,
    /// Status of the last final response that refused an Upgrade.
    pub(in crate::explain::findings) refusal: Option<Status>,
    /// `true` if a 101 was seen.
    pub(in crate::explain::findings) is_upgraded: bool,
    /// Number of extensions that the 101 accepted.
    pub(in crate::explain::findings) extensions: usize,
    /// `true` if permessage-deflate is the only one.
    pub(in crate::explain::findings) is_only_deflate: bool,
    /// Agreed parameters of permessage-deflate.
    pub(in crate::explain::findings) deflate: Option<Deflate>,
    /// User-Agent of a client of Apple that offers compression.
    pub(in crate::explain::findings) apple: Option<Box<str>>,
    /// First and last packet of the 101.
    pub(in crate::explain::findings) answer: Option<(u64, u64)>,
}

impl OpeningMemory {
    pub(in crate::explain::findings) fn note_request(&mut self, request: &Request, at: PacketRef) {
        self.first_request.get_or_insert(at);
        self.apple = apple_user_agent(request);
        self.is_of_websocket |= request.kind != RequestKind::Http;
        self.request = (request.kind != RequestKind::Http).then(|| Box::new((request.clone(), at)));
    }

    /// Reserved bits that an extension may have given a meaning: all of them without the 101, or where an extension was
    /// agreed on that is not permessage-deflate.
    pub(in crate::explain::findings) const fn usable_rsv(&self) -> u8 {
        match (self.is_upgraded, self.extensions, self.is_only_deflate) {
            (true, 0, _) => 0,
            (true, _, true) => 0b100,
            _ => 0b111,
        }
    }

    pub(in crate::explain::findings) fn note_response(&mut self, response: &Response, at: PacketRef) {
        if is_interim(response) {
            return;
        }
        self.responses_end = response.head.offset + response.head.length;
        // Responses come in the order of their requests: one to a plain request before leaves the Upgrade request waiting.
        let request = if response.upgrade.is_some() { self.request.take() } else { None };
        if let Some((request, _)) = request.map(|boxed| *boxed).filter(|_| Challenge::is_one(response)) {
            self.challenge = Some(Box::new(Challenge { request, response: response.clone(), at }));
        }
        self.is_of_websocket |= response.upgrade.is_some();
        self.refusal = (response.upgrade.is_some() && !is_switch(response)).then_some(response.status);
        let Some(upgrade) = response.upgrade.as_ref().filter(|_| is_switch(response)) else { return };
        self.is_upgraded = true;
        self.challenge = None;
        self.extensions = upgrade.extensions.len();
        self.deflate = upgrade.extensions.iter().find_map(|element| Deflate::read(element));
        self.is_only_deflate = self.extensions == 1 && self.deflate.is_some();
        self.answer = Some((response.head.packets.first(), response.head.packets.last()));
    }
}

/// Returns `true` if a response is interim, other than a 101 (RFC 9110 §15.2).
pub(in crate::explain::findings) const fn is_interim(response: &Response) -> bool {
    matches!(response.status.0, 100 | 102..=199)
}

pub(in crate::explain::findings) fn is_switch(response: &Response) -> bool {
    response.status == Status::SWITCHING_PROTOCOLS
}

/// Parts of a User-Agent by which a client of Apple is known: an app, or a browser.
const MARKS: &[&[&str]] = &[&["CFNetwork/", "Darwin/"], &["AppleWebKit/605", "Mac OS X"]];

/// User-Agent of a client of Apple that offers permessage-deflate.
pub(in crate::explain::findings) fn apple_user_agent(request: &Request) -> Option<Box<str>> {
    let headers = request.head.headers();
    let agent = String::from_utf8_lossy(headers.all("User-Agent").next()?).into_owned();
    let is_it = MARKS.iter().any(|marks| marks.iter().all(|mark| agent.contains(mark)));
    let offers = headers.list("Sec-WebSocket-Extensions").any(|it| it.starts_with("permessage-deflate"));
    (is_it && offers).then(|| agent.into())
}
