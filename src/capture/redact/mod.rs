//! Copies a capture without personal data: payloads from the caller, addresses of the documentation ranges, no names, no
//! comments, no secrets. Lengths, times, ports and TCP's numbers stay. What a payload becomes is the caller's choice.

mod addresses;
mod internet;
mod tunnels;

use std::io::{self, Read, Write};

use crate::capture::Anomaly;
use crate::capture::{Flush, Record, Times, Writer};
use crate::capture::{Interface, Section, Statistics};
use crate::capture::{LinkType, link};
use crate::capture::{Packet, REBUILT, Reader};
use crate::observe::{Evidence, Segment};
use addresses::Addresses;

/// `EtherType` of each packet that is not IP: Local Experimental Ethertype 1 (IEEE 802).
const EXPERIMENT: [u8; 2] = 0x88B5_u16.to_be_bytes();

/// `EtherType` of each packet that could not be read: Local Experimental Ethertype 2.
const UNREAD: [u8; 2] = 0x88B6_u16.to_be_bytes();

/// Link type in place of unsupported ones: one for private use.
const PRIVATE: LinkType = LinkType(147);

/// Copies the rest of a capture as pcapng in nanoseconds. `payload` gets each TCP segment, and the buffer for what
/// replaces its payload.
///
/// Packets without TCP keep their length and replaced IP addresses, and nothing else. Right checksums are right again,
/// wrong ones stay wrong.
///
/// # Errors
/// If the copy cannot be written. Damage of the original ends the copy, too.
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
    let (mut bytes, mut replacement) = (Vec::new(), Vec::new());
    while let Some(packet) = reader.next_packet() {
        for interface in &packet.info.interfaces[interfaces..] {
            writer.interface(&bare(interface, interfaces))?;
            interfaces += 1;
        }
        replacement.clear();
        if let Ok(segment) = &packet.segment {
            replacement.resize(segment.payload.len(), 0);
            payload(segment, &mut replacement);
        }
        scrub(&packet, &replacement, &mut bytes, &mut addresses);
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

/// An interface without names.
fn bare(interface: &Interface, number: usize) -> Interface {
    let link = if link::is_read(interface.link) { interface.link } else { PRIVATE };
    Interface { snaplen: interface.snaplen, name: Some(format!("if{number}")), ..Interface::new(link) }
}

/// Writes the packet that replaces this one, with this payload, into `bytes`.
fn scrub(packet: &Packet<'_>, payload: &[u8], bytes: &mut Vec<u8>, addresses: &mut Addresses) {
    bytes.clear();
    bytes.extend_from_slice(packet.bytes);
    let link = packet.interface().link;
    if packet.segment.is_ok()
        && let Some(at) = link::innermost_internet(link, bytes)
        && !tunnels::are_plain(link, &packet.raw().encapsulations())
    {
        tunnels::blank(link, at, 0..at, bytes);
        let wire = packet.original_length as usize - at;
        internet::scrub(&mut bytes[at..], wire, Instead::Payload(payload), addresses);
        return;
    }
    let hides_tcp = packet.segment.as_ref().is_err_and(Anomaly::hides_tcp);
    let instead = if hides_tcp { Instead::Unread } else { Instead::Payload(payload) };
    let ip = link::first_internet(link, packet.bytes);
    let at = ip.unwrap_or(packet.bytes.len());
    let (head, inner) = bytes.split_at_mut(at);
    let wire = packet.original_length as usize - at;
    let inside = if ip.is_some() && internet::scrub(inner, wire, instead, addresses) {
        Inside::Internet
    } else {
        inner.fill(0);
        if hides_tcp { Inside::Unread } else { Inside::Unknown }
    };
    scrub_link(link, head, inside);
}

/// What stands in place of what an IP packet carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Instead<'p> {
    /// This payload of TCP; zeros of a protocol for experiments where there is no TCP.
    Payload(&'p [u8]),
    /// Zeros of a protocol that is not read: TCP may have been in it.
    Unread,
}

/// The protocol that follows a link header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inside {
    Internet,
    /// Anything else: not copied.
    Unknown,
    /// TCP perhaps, which could not be read: not copied.
    Unread,
}

/// Removes the hardware addresses from a link header.
fn scrub_link(link: LinkType, head: &mut [u8], inside: Inside) {
    // Range of the addresses, and offset of the EtherType.
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
        place.copy_from_slice(if inside == Inside::Unread { &UNREAD } else { &EXPERIMENT });
    }
}

#[cfg(test)]
mod tests;
