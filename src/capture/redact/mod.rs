//! Copies a capture without what it tells of people and machines: the payloads that the caller gives, addresses out of
//! the ranges for documentation, no names, no comments, no secrets. Lengths, times, ports and TCP's numbers stay.

mod addresses;
mod internet;

use std::io::{self, Read, Write};

use crate::capture::Anomaly;
use crate::capture::{Flush, Record, Times, Writer};
use crate::capture::{Interface, Section, Statistics};
use crate::capture::{LinkType, link};
use crate::capture::{Packet, REBUILT, Reader};
use crate::observe::{Evidence, Segment};
use addresses::Addresses;

/// Of packets that are no IP, what they say they are: a number for experiments (IEEE 802, local experimental).
const EXPERIMENT: [u8; 2] = 0x88B5_u16.to_be_bytes();

/// In place of link types that are not read: a number for private use.
const PRIVATE: LinkType = LinkType(147);

/// Copies what is left of a capture, as pcapng in nanoseconds. `payload` is given each TCP segment, and room for what
/// stands in place of its payload.
///
/// What is not TCP keeps its length and its IP addresses' places, and nothing else. Checksums that were right are right
/// again, those that were wrong stay wrong.
///
/// # Errors
/// If the copy cannot be written. A flaw of the original ends the copy where it ends the original.
pub fn redact<R: Read, W: Write>(
    reader: &mut Reader<R>,
    to: W,
    mut payload: impl FnMut(&Segment<'_>, &mut [u8]),
) -> io::Result<W> {
    let section = Section {
        comments: vec!["redacted by wirewalk".to_owned()],
        hardware: None,
        os: None,
        application: Section::ours(Vec::new()).application,
    };
    let mut writer = Writer::new(to, &section, Flush::WhenFull, Times::Keep)?;
    let (mut interfaces, mut addresses) = (0, Addresses::default());
    let rebuilt = [format!("[wirewalk] {REBUILT}").into()];
    let (mut bytes, mut instead) = (Vec::new(), Vec::new());
    while let Some(packet) = reader.next_packet() {
        for interface in &packet.info.interfaces[interfaces..] {
            writer.interface(&bare(interface, interfaces))?;
            interfaces += 1;
        }
        instead.clear();
        if let Ok(segment) = &packet.segment {
            instead.resize(segment.payload.len(), 0);
            payload(segment, &mut instead);
        }
        scrub(&packet, &instead, &mut bytes, &mut addresses);
        let is_rebuilt = matches!(packet.segment, Ok(Segment { evidence: Evidence::Rebuilt, .. }));
        writer.packet(&Record {
            interface: packet.interface,
            time_ns: packet.time_ns,
            original_length: packet.original_length,
            bytes: &bytes,
            direction: packet.direction(),
            comments: if is_rebuilt { &rebuilt } else { &[] },
        })?;
    }
    let info = reader.info();
    for interface in &info.interfaces[interfaces..] {
        writer.interface(&bare(interface, interfaces))?;
        interfaces += 1;
    }
    for statistics in &info.statistics {
        writer.statistics(&Statistics { comments: Vec::new(), ..statistics.clone() })?;
    }
    writer.finish()
}

/// An interface without what names it.
fn bare(interface: &Interface, number: usize) -> Interface {
    let link = if is_read(interface.link) { interface.link } else { PRIVATE };
    Interface { snaplen: interface.snaplen, name: Some(format!("if{number}")), ..Interface::new(link) }
}

/// Whether packets of this link type are looked into.
fn is_read(link: LinkType) -> bool {
    !matches!(link::ip(link, &[]), Err(Anomaly::UnknownLink(_)))
}

/// Makes the packet that stands in place of this one, with this payload.
fn scrub(packet: &Packet<'_>, payload: &[u8], bytes: &mut Vec<u8>, addresses: &mut Addresses) {
    bytes.clear();
    bytes.extend_from_slice(packet.bytes);
    let link = packet.interface().link;
    let ip = link::ip(link, packet.bytes).ok();
    let at = ip.map_or(packet.bytes.len(), |ip| packet.bytes.len() - ip.len());
    let (head, inner) = bytes.split_at_mut(at);
    let wire = packet.original_length as usize - at;
    let inside = if ip.is_some() && internet::scrub(inner, wire, payload, addresses) {
        Inside::Internet
    } else {
        inner.fill(0);
        Inside::Unknown
    };
    scrub_link(link, head, inside);
}

/// What a link header stands before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inside {
    Internet,
    /// Nothing that is kept.
    Unknown,
}

/// Takes the hardware's addresses out of a link header.
fn scrub_link(link: LinkType, head: &mut [u8], inside: Inside) {
    // Where an address is, and where the kind of what follows.
    let (address, kind) = match link {
        LinkType::ETHERNET => (0..12, 12),
        LinkType::LINUX_SLL => (6..14, 14),
        LinkType::LINUX_SLL2 => (12..20, 0),
        _ if inside == Inside::Internet => return,
        _ => return head.fill(0),
    };
    if inside == Inside::Internet {
        head[address].fill(0);
        return;
    }
    head.fill(0);
    if let Some(place) = head.get_mut(kind..kind + 2) {
        place.copy_from_slice(&EXPERIMENT);
    }
}

#[cfg(test)]
mod tests;
