//! Fields before the IP header, by link type.

use super::{Field, Runs};

/// A fixed header: how many bytes each field has.
type Layout = &'static [(usize, Field)];

const ETHERNET: Layout =
    &[(6, Field::EthernetDestination), (6, Field::EthernetSource), (2, Field::EthernetType)];
const NULL: Layout = &[(4, Field::NullFamily)];
const COOKED: Layout = &[
    (2, Field::CookedType),
    (2, Field::CookedDevice),
    (2, Field::CookedAddressLength),
    (8, Field::CookedAddress),
    (2, Field::CookedProtocol),
];
const COOKED_2: Layout = &[
    (2, Field::CookedProtocol),
    (2, Field::CookedReserved),
    (4, Field::CookedInterface),
    (2, Field::CookedDevice),
    (1, Field::CookedType),
    (1, Field::CookedAddressLength),
    (8, Field::CookedAddress),
];

/// Reads up to the IP header; `None` if it is not reached.
pub(super) fn read(link: u32, bytes: &[u8], runs: &mut Runs) -> Option<()> {
    match link {
        1 => {
            fixed(ETHERNET, bytes, runs)?;
            network(number(bytes, 12)?, bytes, runs)
        }
        12 | 101 | 228 | 229 => Some(()),
        0 | 108 => fixed(NULL, bytes, runs),
        113 => {
            fixed(COOKED, bytes, runs)?;
            network(number(bytes, 14)?, bytes, runs)
        }
        276 => {
            fixed(COOKED_2, bytes, runs)?;
            network(number(bytes, 0)?, bytes, runs)
        }
        9 | 50 => match bytes {
            [0x0F | 0x8F, 0x00, ..] => {
                put(4, Field::PppHeader, bytes, runs)?;
                network(number(bytes, 2)?, bytes, runs)
            }
            [0xFF, 0x03, ..] => ppp(2, bytes, runs),
            _ => ppp(0, bytes, runs),
        },
        _ => None,
    }
}

/// A number of two bytes.
fn number(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|two| u16::from_be_bytes(*two))
}

fn put(len: usize, field: Field, bytes: &[u8], runs: &mut Runs) -> Option<()> {
    let is_there = bytes.len() >= runs.at + len;
    is_there.then(|| runs.plain(len, field))
}

fn fixed(layout: Layout, bytes: &[u8], runs: &mut Runs) -> Option<()> {
    let len: usize = layout.iter().map(|(len, _)| len).sum();
    let is_there = bytes.len() >= runs.at + len;
    is_there.then(|| layout.iter().for_each(|(len, field)| runs.plain(*len, *field)))
}

/// From an `EtherType` on: through tags and labels (IEEE 802.1Q, RFC 2516 §4, RFC 3032 §2.1, RFC 1042).
fn network(mut kind: u16, bytes: &[u8], runs: &mut Runs) -> Option<()> {
    loop {
        let at = runs.at;
        match kind {
            0x0800 | 0x86DD => return Some(()),
            0x8100 | 0x88A8 | 0x9100 | 0x9200 => {
                kind = number(bytes, at + 2)?;
                put(4, Field::VlanTag, bytes, runs)?;
            }
            0x8864 => {
                put(6, Field::PppoeHeader, bytes, runs)?;
                return ppp(0, bytes, runs);
            }
            0x8847 | 0x8848 => {
                put(4, Field::MplsLabel, bytes, runs)?;
                if bytes[at + 2] & 1 == 1 {
                    return Some(());
                }
            }
            0..=1500 => {
                kind = number(bytes, at + 6)?;
                put(8, Field::SnapHeader, bytes, runs)?;
                if kind <= 1500 {
                    return None;
                }
            }
            _ => return None,
        }
    }
}

/// PPP's protocol (RFC 1661 §2), behind so many bytes: one byte if it is odd, two otherwise.
fn ppp(before: usize, bytes: &[u8], runs: &mut Runs) -> Option<()> {
    let protocol = if bytes.get(runs.at + before)? & 1 == 1 { 1 } else { 2 };
    put(before + protocol, Field::PppHeader, bytes, runs)
}
