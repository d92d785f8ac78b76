//! Headers in front of the IP packet that carries TCP, without what identifies anybody.

use std::ops::Range;

use crate::capture::link::{LinkType, innermost_internet};
use crate::observe::{Encapsulation, EncapsulationProtocol as Protocol};

/// True if all headers in front of TCP are ones of which each field is known here: of these links, tags and IP.
pub(super) fn are_plain(link: LinkType, encapsulations: &[Encapsulation]) -> bool {
    const LINKS: [LinkType; 12] = [
        LinkType::ETHERNET,
        LinkType::NULL,
        LinkType::LOOP,
        LinkType::RAW,
        LinkType::RAW_BSD,
        LinkType::RAW_OPENBSD,
        LinkType::IPV4,
        LinkType::IPV6,
        LinkType::LINUX_SLL,
        LinkType::LINUX_SLL2,
        LinkType::PPP,
        LinkType::PPP_HDLC,
    ];
    let is_plain = |one: &Encapsulation| {
        matches!(
            one.protocol,
            Protocol::Vlan | Protocol::Mpls | Protocol::Pppoe | Protocol::Ipip | Protocol::SixInFour
        )
    };
    LINKS.contains(&link) && encapsulations.iter().all(is_plain)
}

/// Clears each byte of `range` that is not needed to find the IP packet at `at`: of a header that has many forms, what
/// is needed is kept, and nothing else.
pub(super) fn blank(link: LinkType, at: usize, range: Range<usize>, bytes: &mut [u8]) {
    let kept = bytes[range.clone()].to_vec();
    bytes[range.clone()].fill(0);
    if innermost_internet(link, bytes) == Some(at) {
        return;
    }
    bytes[range.clone()].copy_from_slice(&kept);
    if range.len() > 1 {
        let middle = range.start + range.len() / 2;
        blank(link, at, range.start..middle, bytes);
        blank(link, at, middle..range.end, bytes);
    }
}
