//! One layer of a packet: what its bytes are, how many there were on the wire, and what was passed on the way to it.

use std::net::IpAddr;

use super::LinkType;
use crate::capture::Anomaly;
use crate::observe::{Encapsulation, EncapsulationProtocol};

/// Protocol that bytes belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// IP, of the version in its first four bits.
    Internet,
    /// The payload of an IP packet.
    Protocol(u8),
    /// A header of this link type.
    Link(LinkType),
    /// The payload of a frame with this `EtherType`, or IEEE 802.2 behind a length.
    EtherType(u16),
    /// IEEE 802.2 LLC.
    Llc,
    /// PPP, from its protocol field on.
    Ppp,
}

/// Bytes of a layer and all within it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Carried<'p> {
    /// Offset in the packet.
    pub(super) at: usize,
    /// The captured ones.
    pub(super) bytes: &'p [u8],
    /// Their number on the wire.
    pub(super) wire: usize,
}

impl<'p> Carried<'p> {
    /// The bytes at its beginning.
    #[inline]
    pub(super) fn first<const N: usize>(&self) -> Result<&'p [u8; N], Anomaly> {
        self.bytes.first_chunk().ok_or(Anomaly::CutInHeader)
    }

    /// What follows so many bytes.
    #[inline]
    pub(super) fn skip(self, len: usize) -> Result<Self, Anomaly> {
        let bytes = self.bytes.get(len..).ok_or(Anomaly::CutInHeader)?;
        Ok(Self { at: self.at + len, bytes, wire: self.wire.saturating_sub(len) })
    }

    /// The part between these offsets. The bytes may be cut before its beginning.
    #[inline]
    pub(super) fn part(self, begin: usize, end: usize) -> Self {
        let captured = end.min(self.bytes.len());
        let bytes = &self.bytes[begin.min(captured)..captured];
        Self { at: self.at + begin, bytes, wire: end.saturating_sub(begin) }
    }

    /// The 16 bits at an offset, in network byte order.
    #[inline]
    pub(super) fn number(&self, at: usize) -> Result<u16, Anomaly> {
        let bytes = self.bytes.get(at..).and_then(<[u8]>::first_chunk).ok_or(Anomaly::CutInHeader)?;
        Ok(u16::from_be_bytes(*bytes))
    }
}

/// What follows a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Step<'p> {
    pub(super) content: Content,
    pub(super) carried: Carried<'p>,
    /// The encapsulation that the header belongs to, and the number it names.
    pub(super) through: Option<(EncapsulationProtocol, Option<u32>)>,
}

impl<'p> Step<'p> {
    /// What follows `len` bytes of a header that is no encapsulation.
    #[inline]
    pub(super) fn plain(content: Content, carried: Carried<'p>, len: usize) -> Result<Self, Anomaly> {
        Ok(Self { content, carried: carried.skip(len)?, through: None })
    }

    /// What follows `len` bytes of an encapsulation's header.
    pub(super) fn through(self, protocol: EncapsulationProtocol, id: impl Into<Option<u32>>) -> Self {
        Self { through: Some((protocol, id.into())), ..self }
    }
}

/// IP, or nothing that is read: by the version in the first four bits.
pub(super) fn internet(carried: Carried<'_>, len: usize) -> Result<Step<'_>, Anomaly> {
    match carried.bytes.get(len).map(|first| first >> 4) {
        Some(4 | 6) => Step::plain(Content::Internet, carried, len),
        Some(_) => Err(Anomaly::NoNetwork),
        None => Err(Anomaly::CutInHeader),
    }
}

/// Observer of the way through a packet. Each function is called with what it is named after.
pub(super) trait Trace<'p> {
    fn encapsulation(&mut self, _encapsulation: impl FnOnce() -> Encapsulation) {}
    /// The packet of IP that is read.
    fn internet(&mut self, _packet: Carried<'p>) {}
    /// A fragment of IP: nothing within it is read.
    fn fragment(&mut self, _packet: Carried<'p>) {}
    /// A payload of IP that is not TCP, and no tunnel.
    fn payload(&mut self, _source: IpAddr, _protocol: u8, _payload: Carried<'p>) {}
}

/// No trace.
impl Trace<'_> for () {}
