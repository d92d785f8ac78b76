//! Decoding with memory: fragments of IP packets are put together.

use super::fragments::{Fragments, LostFragments, WholeDatagram};
use super::icmp;
use super::layer::{Carried, Trace};
use super::{LinkType, RawPacket, decapsulation};
use crate::capture::Anomaly;
use crate::observe::{IcmpError, Segment};

/// The most packets within packets that are put together.
const MOST_NESTED: usize = 4;

/// Decodes packets in the order of a capture. Memory is bounded.
#[derive(Debug, Default)]
pub struct Decoder {
    fragments: Fragments,
    /// The datagram that was put together last.
    whole: Vec<u8>,
}

/// A packet, decoded.
#[derive(Debug, Clone)]
pub struct Decoded<'p> {
    /// The TCP segment, or the reason why there is none.
    pub segment: Result<Segment<'p>, Anomaly>,
    /// ICMP error about a TCP segment.
    pub icmp: Option<Box<IcmpError>>,
    /// Number of packets that the segment was put together from; 1 without fragments.
    pub fragments: u64,
}

impl Decoder {
    /// Decodes a packet. Of the last fragment of a datagram it returns the segment of the whole; of those before it
    /// [`Anomaly::Fragment`].
    #[inline]
    pub fn decode<'p>(&'p mut self, packet: &RawPacket<'p>) -> Decoded<'p> {
        match packet.decode() {
            Err(anomaly) => self.other(packet, anomaly),
            segment => Decoded { segment, icmp: None, fragments: 1 },
        }
    }

    /// A packet without a TCP segment of its own.
    #[inline(never)]
    fn other<'p>(&'p mut self, packet: &RawPacket<'p>, anomaly: Anomaly) -> Decoded<'p> {
        match anomaly {
            Anomaly::Fragment => self.fragment(packet),
            Anomaly::NotTcp(icmp::V4 | icmp::V6) => {
                Decoded { segment: Err(anomaly), icmp: icmp::error(packet).map(Box::new), fragments: 1 }
            }
            _ => Decoded { segment: Err(anomaly), icmp: None, fragments: 1 },
        }
    }

    fn fragment<'p>(&'p mut self, packet: &RawPacket<'p>) -> Decoded<'p> {
        let Self { fragments, whole } = self;
        let (mut wire, mut fragments_in) = (0, 0);
        // A datagram that was put together may be a tunnel's, and carry a fragment again.
        for nested in 0..MOST_NESTED {
            let fragment = match nested {
                0 => fragment_of(packet.link, packet.carried()),
                _ => fragment_of(LinkType::RAW, Carried { at: 0, bytes: whole, wire }),
            };
            let completed = fragment.and_then(|it| fragments.add(it, packet.number, packet.time_ns));
            let Some(WholeDatagram { bytes, wire: length, fragments: count }) = completed else { break };
            (*whole, wire, fragments_in) = (bytes, length, fragments_in + count);
            let is_nested = matches!(
                RawPacket { link: LinkType::RAW, bytes: whole, ..*packet }.decode_unverified(),
                Err(Anomaly::Fragment)
            );
            if !is_nested {
                let original_length = u32::try_from(wire).unwrap_or(u32::MAX);
                let datagram = RawPacket { link: LinkType::RAW, original_length, bytes: whole, ..*packet };
                let segment = datagram.decode();
                return Decoded { segment, icmp: None, fragments: fragments_in - nested as u64 };
            }
        }
        Decoded { segment: Err(Anomaly::Fragment), icmp: None, fragments: 1 }
    }

    /// There are no more packets: returns the fragments that were never put together.
    pub fn finish(&mut self) -> LostFragments {
        self.fragments.finish()
    }
}

/// The fragment of IP in a packet.
fn fragment_of(link: LinkType, packet: Carried<'_>) -> Option<Carried<'_>> {
    struct Found<'p>(Option<Carried<'p>>);
    impl<'p> Trace<'p> for Found<'p> {
        fn fragment(&mut self, packet: Carried<'p>) {
            self.0 = Some(packet);
        }
    }
    let mut found = Found(None);
    let _ = decapsulation::decapsulate(link, packet, &mut found);
    found.0
}
