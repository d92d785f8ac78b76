//! ICMP errors (RFC 792, RFC 4443): the TCP segment that they quote.

use std::net::{IpAddr, SocketAddr};

use super::ip::{self, Header};
use super::layer::{Carried, Trace};
use super::{RawPacket, decapsulation};
use crate::observe::{IcmpCode, IcmpError};

/// Protocol numbers.
pub(super) const V4: u8 = 1;
pub(super) const V6: u8 = 58;

/// Offset of the quoted packet.
const QUOTED: usize = 8;

/// The ICMP error about TCP that a packet carries.
pub(super) fn error(packet: &RawPacket<'_>) -> Option<IcmpError> {
    let mut found = Found(None);
    let _ = decapsulation::decapsulate(packet.link, packet.carried(), &mut found);
    let (sender, protocol, payload) = found.0?;
    let [kind, code] = *payload.bytes.first_chunk()?;
    let code = match protocol {
        V4 => IcmpCode::V4 { kind, code },
        _ => IcmpCode::V6 { kind, code },
    };
    if !code.is_error() {
        return None;
    }
    let quoted = payload.bytes.get(QUOTED..)?;
    let header = Header::read(quoted).ok().filter(|header| header.carries == ip::TCP)?;
    let [source, destination] = header.ends(quoted);
    // Eight bytes of TCP are quoted at least: ports and sequence number.
    let [a, b, c, d, sequence @ ..] = *quoted.get(header.len..)?.first_chunk::<8>()?;
    Some(IcmpError {
        number: packet.number,
        time_ns: packet.time_ns,
        sender,
        code,
        source: SocketAddr::new(source, u16::from_be_bytes([a, b])),
        destination: SocketAddr::new(destination, u16::from_be_bytes([c, d])),
        seq: u32::from_be_bytes(sequence),
    })
}

struct Found<'p>(Option<(IpAddr, u8, Carried<'p>)>);

impl<'p> Trace<'p> for Found<'p> {
    fn payload(&mut self, source: IpAddr, protocol: u8, payload: Carried<'p>) {
        if matches!(protocol, V4 | V6) {
            self.0 = Some((source, protocol, payload));
        }
    }
}
