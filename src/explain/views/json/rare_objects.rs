//! Objects of which most connections have none, written by serde: relays before the HTTP, frames that were found by their
//! form, ICMP errors about the connection. The lists stand in the document only where there is something in them.

use std::net::IpAddr;

use serde::Serialize;

use super::objects::{Address, printed};
use crate::observe::{self, IcmpCode, IcmpReport, RelayEvent};
use crate::wire::Side;

/// What a proxy says, or is asked. A field that its kind does not have is null.
#[derive(Debug, Serialize)]
pub(super) struct Relay<'r> {
    packet: u64,
    #[serde(serialize_with = "printed")]
    from: Side,
    offset: u64,
    length: u64,
    kind: &'static str,
    version: Option<u8>,
    /// Of the connection that the proxy accepted.
    source: Option<Address>,
    destination: Option<Address>,
    /// Host and port.
    target: Option<&'r str>,
    code: Option<u8>,
    granted: Option<bool>,
}

impl<'r> Relay<'r> {
    pub(super) fn new(relay: &'r observe::Relay) -> Self {
        let observe::Relay { from, packet, offset, length, ref event } = *relay;
        let (mut version, mut ends, mut target, mut code) = (None, None, None, None);
        let kind = match event {
            RelayEvent::ProxyHeader { version: number, ends: named } => {
                (version, ends) = (Some(*number), *named);
                "proxy-header"
            }
            RelayEvent::SocksRequest { version: number, target: named } => {
                (version, target) = (Some(*number), Some(named.as_str()));
                "socks-request"
            }
            RelayEvent::SocksReply { version: number, code: reply } => {
                (version, code) = (Some(*number), Some(*reply));
                "socks-reply"
            }
            RelayEvent::Tunnel { target: named } => {
                target = Some(named.as_str());
                "connect-tunnel"
            }
        };
        Self {
            packet,
            from,
            offset,
            length,
            kind,
            version,
            source: ends.map(|(source, _)| Address::of(source)),
            destination: ends.map(|(_, destination)| Address::of(destination)),
            target,
            code,
            granted: code.map(|_| event.is_granted()),
        }
    }
}

/// A side's bytes are read as frames from here on, or again: inferred from their form.
#[derive(Debug, Serialize)]
pub(super) struct Resync {
    packet: u64,
    #[serde(serialize_with = "printed")]
    from: Side,
    offset: u64,
}

impl Resync {
    pub(super) const fn new(resync: observe::Resync) -> Self {
        let observe::Resync { from, offset, packet } = resync;
        Self { packet, from, offset }
    }
}

/// An ICMP error that quotes a segment of the connection: `from` sent that segment, `seq` is its relative number.
#[derive(Debug, Serialize)]
pub(super) struct IcmpError {
    packet: u64,
    time_ns: u64,
    sender: IpAddr,
    /// 4 or 6.
    version: u8,
    icmp_type: u8,
    icmp_code: u8,
    #[serde(serialize_with = "printed")]
    from: Side,
    seq: Option<i64>,
}

impl IcmpError {
    pub(super) const fn new(report: &IcmpReport) -> Self {
        let IcmpReport { about, seq, error, .. } = *report;
        let version = match error.code {
            IcmpCode::V4 { .. } => 4,
            IcmpCode::V6 { .. } => 6,
        };
        let (icmp_type, icmp_code) = error.code.numbers();
        let observe::IcmpError { number, time_ns, sender, .. } = error;
        Self { packet: number, time_ns, sender, version, icmp_type, icmp_code, from: about, seq }
    }
}
