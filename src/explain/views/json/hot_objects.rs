//! Packets, transitions, frames and messages as JSON text, written key by key. A capture has millions of them; of all
//! other objects it has a few for each connection, and serde writes those. Other programs rely on the keys and their
//! order: keys may be added, but not changed.
//!
//! `cargo bench --bench explain -- objects` shows what this saves; `tests/it/explain/objects.rs` holds that serde writes
//! the same text.

use super::text::Text;
use crate::observe::{self, Coding, Numbers, Observation, Preview, tcp, ws};
use crate::rfc::Rfc;
use crate::wire::PerSide;
use crate::wire::ws::{MaskKey, Opcode};

pub(super) fn write_packet(packet: &Observation, to: &mut Text) {
    to.raw(r#"{"number":"#).number(packet.number);
    to.raw(r#","time_ns":"#).number(packet.time_ns);
    to.raw(r#","from":"#).name(packet.from.name());
    to.raw(r#","flags":"#).list(packet.flags.names(), |to, name| _ = to.name(name));
    to.raw(r#","seq":"#).number(packet.seq);
    to.raw(r#","ack":"#).maybe(packet.ack, |to, ack| _ = to.number(ack));
    to.raw(r#","len":"#).number(packet.length);
    to.raw(r#","window":"#).number(packet.window);
    to.raw(r#","marks":"#).list(packet.marks.names(), |to, name| _ = to.name(name));
    to.raw(r#","tcp":"#);
    write_states(packet.tcp.map(|known| tcp::State::name(known.state)), to);
    to.raw(r#","ws":"#);
    to.maybe(packet.ws, |to, ends| write_states(ends.map(|known| ws::name(known.state)), to)).raw("}");
}

fn write_states(PerSide { client, server }: PerSide<&str>, to: &mut Text) {
    to.raw(r#"{"client":"#).name(client).raw(r#","server":"#).name(server).raw("}");
}

pub(super) fn write_transition(transition: &observe::Transition, to: &mut Text) {
    let observe::Transition { packet, side, change, rfc: Rfc(number, section), evidence } = transition;
    to.raw(r#"{"packet":"#).maybe(*packet, |to, packet| _ = to.number(packet));
    to.raw(r#","side":"#).name(side.name());
    to.raw(r#","layer":"#).name(change.layer());
    to.raw(r#","from":"#).name(change.from());
    to.raw(r#","to":"#).name(change.to());
    to.raw(r#","event":"#).name(change.event());
    to.raw(r#","rfc":"RFC "#).number(*number).raw(" §").raw(section);
    to.raw(r#"","evidence":"#).name(evidence.name()).raw("}");
}

pub(super) fn write_frame(frame: &observe::Frame, to: &mut Text) {
    let header = &frame.header;
    let (opcode, rsv, mask) = (header.opcode(), header.rsv(), header.mask());
    to.raw(r#"{"packets":"#);
    write_numbers(&frame.packets, to);
    to.raw(r#","offset":"#).number(frame.offset);
    to.raw(r#","from":"#).name(frame.from.name());
    to.raw(r#","fin":"#).truth(header.fin());
    to.raw(r#","rsv1":"#).truth(rsv & 4 != 0);
    to.raw(r#","rsv2":"#).truth(rsv & 2 != 0);
    to.raw(r#","rsv3":"#).truth(rsv & 1 != 0);
    to.raw(r#","opcode":"#).name(opcode.name());
    to.raw(r#","masked":"#).truth(mask.is_some());
    to.raw(r#","masking_key":"#).maybe(mask, |to, MaskKey(key)| write_hexadecimal(&key, to));
    to.raw(r#","length":"#).number(header.length());
    to.raw(r#","payload_sha256":"#).maybe(frame.payload_sha256, |to, hash| write_hexadecimal(&hash, to));
    to.raw(r#","preview":"#);
    match frame.close() {
        Some(Ok(close)) if close.reason().is_empty() && header.length() > 0 => {
            to.raw("\"").number(close.code().0).raw("\"");
        }
        Some(Ok(close)) if header.length() > 0 => {
            to.serialized(&format_args!("{} {}", close.code(), close.reason()));
        }
        // Compressed, or an unknown extension's.
        _ if rsv != 0 => write_preview(Opcode::BINARY, &frame.preview, to),
        _ => write_preview(opcode, &frame.preview, to),
    }
    to.raw("}");
}

pub(super) fn write_message(message: &observe::Message, to: &mut Text) {
    let (kind, length, preview) = (message.kind, message.plain_length(), &message.preview);
    // A message that could not be inflated has what came out before the error.
    let preview = (length.is_some() || !preview.bytes().is_empty()).then_some(preview);
    to.raw(r#"{"from":"#).name(message.from.name());
    to.raw(r#","kind":"#).name(kind.name());
    to.raw(r#","frames":"#);
    write_numbers(&message.frames, to);
    to.raw(r#","length":"#).maybe(length, |to, length| _ = to.number(length));
    to.raw(r#","compressed":"#).truth(message.coding != Coding::Plain);
    to.raw(r#","sha256":"#).maybe(message.sha256, |to, hash| write_hexadecimal(&hash, to));
    to.raw(r#","preview":"#).maybe(preview, |to, preview| write_preview(kind, preview, to)).raw("}");
}

fn write_numbers(numbers: &Numbers, to: &mut Text) {
    to.list(numbers.iter(), |to, number| _ = to.number(number));
}

fn write_hexadecimal(bytes: &[u8], to: &mut Text) {
    to.raw("\"").hexadecimal(bytes).raw("\"");
}

/// The beginning of a payload: text as it is, all else in hexadecimal; `…` at its end if there is more.
fn write_preview(kind: Opcode, preview: &Preview, to: &mut Text) {
    match preview.text().filter(|_| kind != Opcode::BINARY && !kind.is_reserved()) {
        Some(text) => _ = to.string(text),
        None => write_hexadecimal(preview.bytes(), to),
    }
    if preview.is_cut() {
        to.further_text("…");
    }
}
