//! Replacements of addresses: the same for the same, from the documentation ranges.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Addresses and their replacements.
#[derive(Debug, Default)]
pub(super) struct Addresses {
    known: HashMap<IpAddr, IpAddr>,
    /// Number of replacements of each kind.
    counts: HashMap<Kind, u32>,
}

/// Kind of an address, which its replacement has, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Four,
    Loopback,
    Multicast,
    Six,
    MulticastSix,
}

impl Addresses {
    pub(super) fn four(&mut self, address: [u8; 4]) -> [u8; 4] {
        match self.replacement(Ipv4Addr::from(address).into()) {
            IpAddr::V4(address) => address.octets(),
            IpAddr::V6(_) => unreachable!("the version stays"),
        }
    }

    pub(super) fn six(&mut self, address: [u8; 16]) -> [u8; 16] {
        match self.replacement(Ipv6Addr::from(address).into()) {
            IpAddr::V6(address) => address.octets(),
            IpAddr::V4(_) => unreachable!("the version stays"),
        }
    }

    fn replacement(&mut self, address: IpAddr) -> IpAddr {
        let kind = match address {
            IpAddr::V4(Ipv4Addr::LOCALHOST | Ipv4Addr::UNSPECIFIED | Ipv4Addr::BROADCAST) => return address,
            IpAddr::V6(Ipv6Addr::LOCALHOST | Ipv6Addr::UNSPECIFIED) => return address,
            IpAddr::V4(it) if it.is_loopback() => Kind::Loopback,
            IpAddr::V4(it) if it.is_multicast() => Kind::Multicast,
            IpAddr::V4(_) => Kind::Four,
            IpAddr::V6(it) if it.is_multicast() => Kind::MulticastSix,
            IpAddr::V6(_) => Kind::Six,
        };
        if let Some(known) = self.known.get(&address) {
            return *known;
        }
        let count = self.counts.entry(kind).or_default();
        let instead = of(kind, *count);
        *count += 1;
        self.known.insert(address, instead);
        instead
    }
}

/// The address of a kind with this number, from 0. Beyond the end of its range numbers wrap around.
fn of(kind: Kind, number: u32) -> IpAddr {
    const THREE: [[u8; 3]; 3] = [[192, 0, 2], [198, 51, 100], [203, 0, 113]];
    let last = (number % 254) as u8 + 1;
    match kind {
        // RFC 5737, and beyond that the range for benchmarks of RFC 2544.
        Kind::Four => match THREE.get((number / 254) as usize) {
            Some([a, b, c]) => Ipv4Addr::new(*a, *b, *c, last).into(),
            None => Ipv4Addr::from(u32::from(Ipv4Addr::new(198, 18, 0, 0)) + number % 0x2_0000).into(),
        },
        // The first is the one that stays as it is.
        Kind::Loopback => Ipv4Addr::from(u32::from(Ipv4Addr::new(127, 0, 0, 2)) + number % 0xFF_0000).into(),
        // RFC 6676 §2.
        Kind::Multicast => Ipv4Addr::new(233, 252, 0, last).into(),
        Kind::MulticastSix => {
            Ipv6Addr::from(0xFF0E_0000_0000_0000_0000_0DB8_0000_0001 + u128::from(number)).into()
        }
        // RFC 3849.
        Kind::Six => Ipv6Addr::from(0x2001_0DB8_0000_0000_0000_0000_0000_0001 + u128::from(number)).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_stay_and_addresses_do_not() {
        let mut addresses = Addresses::default();
        let rows = [
            ("10.1.2.3", "192.0.2.1"),
            ("8.8.8.8", "192.0.2.2"),
            ("10.1.2.3", "192.0.2.1"),
            ("127.0.0.1", "127.0.0.1"),
            ("127.9.8.7", "127.0.0.2"),
            ("0.0.0.0", "0.0.0.0"),
            ("255.255.255.255", "255.255.255.255"),
            ("224.0.0.251", "233.252.0.1"),
            ("fe80::1234", "2001:db8::1"),
            ("2001:db8::77", "2001:db8::2"),
            ("::1", "::1"),
            ("ff02::fb", "ff0e::db8:0:1"),
        ];
        for (address, instead) in rows {
            assert_eq!(addresses.replacement(address.parse().unwrap()).to_string(), instead, "{address}");
        }
    }

    #[test]
    fn many_stay_different() {
        let mut addresses = Addresses::default();
        let mut all: Vec<_> =
            (0..100_000_u32).map(|it| addresses.four((0x0A00_0000 + it).to_be_bytes())).collect();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 100_000);
    }
}
