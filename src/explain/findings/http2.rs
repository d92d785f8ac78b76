//! The rules about HTTP/2, on which a WebSocket opens otherwise (RFC 8441).

use super::catalogue::opening::*;
use super::entry::Severity;
use super::found::Found;
use super::{Certainty, Rule, Scene};
use crate::observe::{Hello, Opaque, OpaqueKind, Response};
use crate::wire::Side::Client;

pub(super) const OF_OPAQUE: &[Rule<Opaque>] = &[preface];
pub(super) const OF_RESPONSES: &[Rule<Response>] = &[refused];
pub(super) const OF_HELLOS: &[Rule<Hello>] = &[by_alpn];

/// H14, where it may be right.
fn preface(_: &Scene<'_>, opaque: &Opaque) -> Option<Found> {
    let is_it = opaque.kind == OpaqueKind::Http2 && opaque.from == Client;
    let found = Found::new(&H14, opaque.packet).graver(Severity::Info);
    is_it.then(|| found.with(opaque.packet).with(NOT_LOOKED_AT))
}

/// H14: a server of HTTP/1 does not know the preface.
fn refused(scene: &Scene<'_>, response: &Response) -> Option<Found> {
    let end = &scene.connection.ends.client;
    let begun = end.first_payload.filter(|_| end.opaque == Some(OpaqueKind::Http2))?;
    let found = Found::new(&H14, begun.packet).and_by(response.head.packets.last()).blamed_on(Client);
    Some(found.with(begun.packet).with(ANSWERED_BY_HTTP_1))
}

/// H14, as far as TLS tells it without keys: an end names HTTP/2 and nothing else.
fn by_alpn(scene: &Scene<'_>, hello: &Hello) -> Option<Found> {
    let is_it = hello.protocols == ["h2"] && !scene.connection.has_told(&H14, None);
    let found = Found::new(&H14, hello.packet).graver(Severity::Info).surer(Certainty::Possible);
    let found = found.saying(NAMES_H2).inferring(OTHER_HANDSHAKE);
    is_it.then(|| found.with(hello.packet).with(hello.from))
}
