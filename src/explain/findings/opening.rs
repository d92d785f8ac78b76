//! What is remembered of the opening handshake, and the rules about it.

use super::watched::At;
use crate::observe::{Asks, Request, Response};
use crate::wire::http::Status;
use crate::wire::ws::Deflate;

/// The opening handshake, as far as it has come.
#[derive(Debug, Default)]
pub(super) struct Opening {
    /// The request whose answer has not come yet.
    pub(super) request: Option<Box<(Request, At)>>,
    /// Whether a 101 was seen.
    pub(super) is_upgraded: bool,
    /// How many extensions it accepted.
    pub(super) extensions: usize,
    /// Whether that is permessage-deflate and nothing else.
    pub(super) is_only_deflate: bool,
    pub(super) deflate: Option<Deflate>,
    /// The last packet of the 101.
    pub(super) answered: Option<At>,
}

impl Opening {
    pub(super) fn note_request(&mut self, request: &Request, at: At) {
        self.request = (request.asks != Asks::Http).then(|| Box::new((request.clone(), at)));
    }

    pub(super) fn note_response(&mut self, response: &Response, at: At) {
        if matches!(response.status.0, 100 | 102..=199) {
            return;
        }
        self.request = None;
        let Some(upgrade) = &response.upgrade else { return };
        if response.status == Status::SWITCHING_PROTOCOLS {
            self.is_upgraded = true;
            self.extensions = upgrade.extensions.len();
            self.deflate = upgrade.extensions.iter().find_map(|element| Deflate::read(element));
            self.is_only_deflate = self.extensions == 1 && self.deflate.is_some();
            self.answered = Some(at);
        }
    }
}
