//! Tunnels: what an IP packet carries that is a packet again.
//!
//! Each function reads one header and returns what follows it; none knows what stands before.

mod gre;
mod l2tp;
mod udp;

use super::header::ether;
use super::ip;
use super::layer::{Carried, Content, Step};
use crate::capture::Anomaly;
use crate::capture::anomaly::UnreadProtocol;
use crate::observe::EncapsulationProtocol as Protocol;

/// The payload of an IP packet, by its protocol number.
pub(super) fn payload(number: u8, carried: Carried<'_>) -> Result<Step<'_>, Anomaly> {
    match number {
        ip::IPV4 => Step::plain(Content::Internet, carried, 0).map(|step| step.through(Protocol::Ipip, None)),
        ip::IPV6 => {
            Step::plain(Content::Internet, carried, 0).map(|step| step.through(Protocol::SixInFour, None))
        }
        17 => udp::payload(carried),
        47 => gre::payload(carried),
        50 => Err(Anomaly::Encapsulated(UnreadProtocol::Esp)),
        51 => authenticated(carried),
        108 => Err(Anomaly::Encapsulated(UnreadProtocol::IpComp)),
        115 => l2tp::over_ip(carried),
        137 => ether::mpls(carried),
        254 => Err(Anomaly::Encapsulated(UnreadProtocol::Redacted)),
        other => Err(Anomaly::NotTcp(other)),
    }
}

/// `IPsec`'s Authentication Header (RFC 4302 §2): protocol, length in words less two, SPI.
fn authenticated(carried: Carried<'_>) -> Result<Step<'_>, Anomaly> {
    let [next, len, _, _, spi @ ..]: [u8; 8] = *carried.first()?;
    let step = Step::plain(Content::Protocol(next), carried, (usize::from(len) + 2) * 4)?;
    Ok(step.through(Protocol::AuthenticationHeader, u32::from_be_bytes(spi)))
}
