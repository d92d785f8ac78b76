//! How values of other modules stand in JSON.
#![expect(
    clippy::ref_option,
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands a field by reference"
)]

use std::fmt::{Display, Write as _};

use serde::{Serialize, Serializer};

use crate::observe::{Both, Flags, Marks, Numbers, tcp, ws};
use crate::wire::ws::ReadyState;

pub(super) fn printed<S: Serializer>(value: &impl Display, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(value)
}

pub(super) fn printed_if_any<S: Serializer>(value: &Option<impl Display>, to: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => to.collect_str(value),
        None => to.serialize_none(),
    }
}

pub(super) fn listed<S: Serializer>(numbers: &Numbers, to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(numbers.iter())
}

pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

pub(super) fn digest<S: Serializer>(sha256: &Option<[u8; 32]>, to: S) -> Result<S::Ok, S::Error> {
    match sha256 {
        Some(digest) => to.serialize_str(&hexadecimal(digest)),
        None => to.serialize_none(),
    }
}

pub(super) fn flags<S: Serializer>(flags: &Flags, to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(flags.names())
}

pub(super) fn marks<S: Serializer>(marks: &Marks, to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(marks.names())
}

#[derive(Serialize)]
struct States {
    client: &'static str,
    server: &'static str,
}

pub(super) fn tcp_states<S: Serializer>(states: &Both<tcp::State>, to: S) -> Result<S::Ok, S::Error> {
    let Both { client, server } = states.map(tcp::State::name);
    States { client, server }.serialize(to)
}

pub(super) fn ws_states<S: Serializer>(states: &Option<Both<ReadyState>>, to: S) -> Result<S::Ok, S::Error> {
    let named = states.map(|states| states.map(ws::name));
    named.map(|Both { client, server }| States { client, server }).serialize(to)
}
