//! IP headers with their extensions (RFC 791 §3.1, RFC 8200 §3 and §4): length, addresses, and the protocol they carry.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::Range;

/// Protocol number of TCP.
pub const TCP: u8 = 6;
/// Protocol number of IPv4 in IP.
pub const IPV4: u8 = 4;
/// Protocol number of IPv6 in IP.
pub const IPV6: u8 = 41;

/// Protocol number of the fragment header of IPv6.
const FRAGMENT: u8 = 44;

/// The most IP headers in one another: those of 16 tunnels, and what they carry.
pub const MOST_HEADERS: usize = 17;

/// Length of the IPv6 header without extensions.
pub const FIXED_6: usize = 40;

/// Version of IP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// IPv4
    Four,
    /// IPv6
    Six,
}

/// An IP header with its extensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Version.
    pub version: Version,
    /// Length in bytes.
    pub len: usize,
    /// Length of its packet, as it says; `None` if that is left to the network card, or too much for the field
    /// (RFC 2675).
    pub total: Option<usize>,
    /// Protocol of the payload.
    pub carries: u8,
}

/// Reason why a header, or what it carries, cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The bytes end within it.
    Cut,
    /// Unknown version of IP.
    NoVersion,
    /// An impossible length.
    Length,
    /// A fragment ([`Fragment`]).
    Fragment,
}

/// An extension of an IPv6 header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extension {
    /// Length in bytes.
    pub len: usize,
    /// Protocol of what follows.
    pub next: u8,
}

impl Extension {
    /// Reads the extension with this number; `None` if the number is the payload's protocol.
    #[must_use]
    pub fn read(number: u8, bytes: &[u8]) -> Option<Result<Self, Fault>> {
        if !matches!(number, 0 | 43 | 44 | 51 | 60 | 135 | 139 | 140) {
            return None;
        }
        let Some([next, len, high, low, ..]) = bytes.first_chunk::<8>() else { return Some(Err(Fault::Cut)) };
        let len = usize::from(*len);
        let len = match number {
            // A fragment that is all of its packet (RFC 6946) is read; offset and M are one field with two unused bits.
            44 if *high != 0 || low & !0b110 != 0 => return Some(Err(Fault::Fragment)),
            44 => 8,
            51 => (len + 2) * 4,
            _ => (len + 1) * 8,
        };
        Some(Ok(Self { len, next: *next }))
    }
}

impl Header {
    /// Reads the header that `bytes` begin with. Its last extension may be cut.
    ///
    /// # Errors
    /// [`Fault`]
    pub fn read(bytes: &[u8]) -> Result<Self, Fault> {
        match bytes.first().map(|first| first >> 4) {
            Some(4) => Self::version_4(bytes),
            Some(6) => Self::version_6(bytes),
            Some(_) => Err(Fault::NoVersion),
            None => Err(Fault::Cut),
        }
    }

    fn version_4(bytes: &[u8]) -> Result<Self, Fault> {
        let len = usize::from(bytes[0] & 15) * 4;
        if len < 20 {
            return Err(Fault::Length);
        }
        let header = bytes.get(..len).ok_or(Fault::Cut)?;
        let total = Some(number(header, 2)).filter(|total| *total > 0);
        if total.is_some_and(|total| total < len) {
            return Err(Fault::Length);
        }
        // More fragments, or an offset.
        if number(header, 6) & 0x3FFF != 0 {
            return Err(Fault::Fragment);
        }
        Ok(Self { version: Version::Four, len, total, carries: header[9] })
    }

    fn version_6(bytes: &[u8]) -> Result<Self, Fault> {
        let fixed = bytes.get(..FIXED_6).ok_or(Fault::Cut)?;
        let total = Some(number(fixed, 4)).filter(|length| *length > 0).map(|length| FIXED_6 + length);
        let (mut len, mut carries) = (FIXED_6, fixed[6]);
        while let Some(extension) = Extension::read(carries, bytes.get(len..).unwrap_or_default()) {
            let extension = extension?;
            (len, carries) = (len + extension.len, extension.next);
        }
        Ok(Self { version: Version::Six, len, total, carries })
    }

    /// Range of its two addresses, source first.
    #[must_use]
    pub const fn addresses(&self) -> Range<usize> {
        match self.version {
            Version::Four => 12..20,
            Version::Six => 8..40,
        }
    }

    /// Source and destination in the bytes that the header was read from.
    ///
    /// # Panics
    /// If `bytes` are fewer.
    #[must_use]
    pub fn ends(&self, bytes: &[u8]) -> [IpAddr; 2] {
        let both = &bytes[self.addresses()];
        let (source, destination) = both.split_at(both.len() / 2);
        [source, destination].map(|address| match <[u8; 4]>::try_from(address) {
            Ok(four) => Ipv4Addr::from(four).into(),
            Err(_) => Ipv6Addr::from(<[u8; 16]>::try_from(address).expect("half of 32 bytes")).into(),
        })
    }
}

/// A fragment of an IP packet (RFC 791 §3.2, RFC 8200 §4.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fragment {
    /// Version.
    pub version: Version,
    /// Length in bytes of the headers that each fragment has.
    pub header: usize,
    /// Offset in them of the protocol of what is fragmented.
    pub protocol_at: usize,
    /// The protocol of what is fragmented.
    pub carries: u8,
    /// Identification of the packet.
    pub id: u32,
    /// Offset of the fragment's payload in its own bytes.
    pub begin: usize,
    /// End of the fragment, as its header says; `None` if that is left to the network card.
    pub total: Option<usize>,
    /// Offset of the payload in the whole packet's.
    pub offset: usize,
    /// True if others follow.
    pub more: bool,
}

impl Fragment {
    /// Reads the fragment that `bytes` are; `None` if they are none, or cut.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        match bytes.first()? >> 4 {
            4 => {
                let header = usize::from(bytes[0] & 15) * 4;
                let fields = bytes.get(..header.max(20))?;
                let (flags, id) = (number(fields, 6), number(fields, 4) as u32);
                Some(Self {
                    version: Version::Four,
                    header: header.max(20),
                    protocol_at: 9,
                    carries: fields[9],
                    id,
                    begin: header.max(20),
                    total: Some(number(fields, 2)).filter(|total| *total > 0),
                    offset: (flags & 0x1FFF) * 8,
                    more: flags & 0x2000 != 0,
                })
            }
            6 => {
                let (mut protocol_at, mut header) = (6, FIXED_6);
                let mut carries = *bytes.get(6)?;
                while carries != FRAGMENT {
                    let Extension { len, next } = Extension::read(carries, bytes.get(header..)?)?.ok()?;
                    (protocol_at, header, carries) = (header, header + len, next);
                }
                let [next, _, high, low, id @ ..] = *bytes.get(header..)?.first_chunk::<8>()?;
                let flags = usize::from(u16::from_be_bytes([high, low]));
                Some(Self {
                    version: Version::Six,
                    header,
                    protocol_at,
                    carries: next,
                    id: u32::from_be_bytes(id),
                    begin: header + 8,
                    total: Some(number(bytes, 4)).filter(|length| *length > 0).map(|length| FIXED_6 + length),
                    offset: flags & !7,
                    more: flags & 1 != 0,
                })
            }
            _ => None,
        }
    }
}

fn number(header: &[u8], at: usize) -> usize {
    usize::from(u16::from_be_bytes([header[at], header[at + 1]]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_791_a_header_says_its_own_and_its_packets_length() {
        let mut header = [0; 24];
        header[0] = 0x46;
        header[9] = TCP;
        header[12..20].copy_from_slice(&[192, 0, 2, 1, 192, 0, 2, 2]);
        let read = Header::read(&header).unwrap();
        assert_eq!(read, Header { version: Version::Four, len: 24, total: None, carries: TCP });
        assert_eq!(read.ends(&header).map(|end| end.to_string()), ["192.0.2.1", "192.0.2.2"]);
        assert_eq!(Header::read(&header[..23]), Err(Fault::Cut));
        for (at, value, expected) in [
            (3, 24, Ok(Some(24))),
            (3, 23, Err(Fault::Length)),
            (0, 0x44, Err(Fault::Length)),
            (0, 0x56, Err(Fault::NoVersion)),
            (6, 0x40, Ok(None)),
            (6, 0x20, Err(Fault::Fragment)),
            (7, 1, Err(Fault::Fragment)),
        ] {
            let mut header = header;
            header[at] = value;
            assert_eq!(Header::read(&header).map(|header| header.total), expected, "{at} {value}");
        }
    }

    #[test]
    fn rfc_8200_extensions_are_followed_to_the_payload() {
        let mut header = vec![0x60, 0, 0, 0, 0, 36, 0, 64];
        header.resize(FIXED_6, 1);
        header.extend([44, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]); // hop-by-hop, two units
        header.extend([51, 0, 0, 6, 0, 0, 0, 9]); // a fragment that is all of its packet
        header.extend([TCP, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]); // authentication
        let read = Header::read(&header).unwrap();
        assert_eq!(read, Header { version: Version::Six, len: 76, total: Some(76), carries: TCP });
        assert_eq!(read.ends(&header)[1].to_string(), "101:101:101:101:101:101:101:101");
        for len in 0..72 {
            assert_eq!(Header::read(&header[..len]), Err(Fault::Cut), "{len}");
        }
        header[FIXED_6 + 16 + 3] = 1;
        assert_eq!(Header::read(&header), Err(Fault::Fragment));
    }
}
